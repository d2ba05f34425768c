import { setImmediate } from 'node:timers/promises'
import { record } from '../../activity/record.ts'
import type { Database, Writer } from '../../db/database.ts'
import { forgottenOf } from '../../listening/forgotten.ts'
import { CLEARING_STAGES, type ClearingProgress } from '../../listening/post.ts'
import {
  changeClearing,
  eraseNameWords,
  postsAfter,
  requestToClear,
  type RemovalRequest,
} from '../../listening/removals.ts'
import { leftOfRecap, recapAfter, weekHostsAfter } from './copies-store.ts'
import { leaveOutOfLookingBack, leaveOutOfSaid } from './leave-out.ts'
import { sweepRecap } from './sweep-recaps.ts'
import { tellWhoAsked } from './tell-who-asked.ts'

const POSTS_AT_ONCE = 200
const HOSTS_AT_ONCE = 10

/**
 * Goes through all that is stored of an account for whoever was taken off its pages, and takes them out for good: a few posts,
 * hosts or one story at a time, in short changes, so that nobody waits for it. How far it came is kept, and a crash costs one such
 * piece. When all is done, whoever asked is told. Returns whether there is more than these `pieces`.
 */
export async function clearRemovals(
  db: Database,
  { pieces = 1, ...at }: { pieces?: number; now: Date; machineNow: Date },
): Promise<boolean> {
  for (let piece = 0; piece < pieces; piece += 1) {
    const request = await requestToClear(db.read)
    if (!request) return false
    await clearPiece(db, request, at)
    await setImmediate()
  }
  return (await requestToClear(db.read)) !== undefined
}

async function clearPiece(
  db: Database,
  request: RemovalRequest,
  at: { now: Date; machineNow: Date },
): Promise<void> {
  const { id, accountId } = request
  const { stage, after } = request.progress ?? { stage: CLEARING_STAGES[0], after: '' }
  const until = await STAGES[stage](db, accountId, after)
  const next = until === null ? nextStage(stage) : { stage, after: until }
  await db.write(async (tx) => {
    if (next) await changeClearing(tx, id, { progress: next })
    else await finish(tx, request, at)
  })
}

function nextStage(stage: ClearingProgress['stage']): ClearingProgress | null {
  const next = CLEARING_STAGES[CLEARING_STAGES.indexOf(stage) + 1]
  return next ? { stage: next, after: '' } : null
}

/** Each does a piece, and says what it came to; null when nothing is left. Stories come last: they are told from the others. */
const STAGES: Record<
  ClearingProgress['stage'],
  (db: Database, accountId: string, after: string) => Promise<string | null>
> = {
  async posts(db, accountId, after) {
    const some = await postsAfter(db.read, accountId, { after, limit: POSTS_AT_ONCE })
    const { mask } = await forgottenOf(db.read, accountId)
    const naming = some.filter(({ id: _id, ...said }) => JSON.stringify(mask(said)) !== JSON.stringify(said))
    await leaveOutOfSaid(
      db,
      accountId,
      naming.map(({ id }) => id),
    )
    return some.at(-1)?.id ?? null
  },
  async 'looking-back'(db, accountId, after) {
    const some = await weekHostsAfter(db.read, accountId, { after, limit: HOSTS_AT_ONCE })
    const { mask } = await forgottenOf(db.read, accountId)
    if (some.length > 0)
      await db.write(async (tx) => {
        for (const weekHostId of some) await leaveOutOfLookingBack(tx, weekHostId, mask)
      })
    return some.at(-1) ?? null
  },
  async stories(db, accountId, after) {
    const recap = await recapAfter(db.read, accountId, after)
    if (!recap) return null
    const left = await leftOfRecap(db.read, recap)
    const gone = new Map(left.map(({ networkId, leftPage }) => [networkId, leftPage]))
    await sweepRecap(db, recap, { gone, unnamed: await forgottenOf(db.read, accountId) })
    return recap.id
  },
}

async function finish(
  tx: Writer,
  { id, accountId, email }: RemovalRequest,
  { now, machineNow }: { now: Date; machineNow: Date },
): Promise<void> {
  if (!(await changeClearing(tx, id, { state: 'done', email: '', progress: null }))) return
  await eraseNameWords(tx, id)
  await record(tx, { accountId, kind: 'removal.cleared', personId: null, at: now })
  await tellWhoAsked(tx, {
    accountId,
    email,
    kind: 'removal-done',
    subject: 'What you asked for is done',
    words: (account) =>
      `You asked to be taken off the public pages of @${account}. It is done: what you said, your name and your handle are on none of them any more, and no copy of it is left there. What you posted on X itself is yours, and stands there as before.`,
    now,
    machineNow,
  })
}
