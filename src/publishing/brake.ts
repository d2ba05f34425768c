import {
  changeBrakeNote,
  clearBrake,
  dueBrakeEnds,
  nextBrakeEnd as earliestBrakeEnd,
  setBrake,
} from '../accounts/brake.ts'
import { findAccount, type Account } from '../accounts/accounts.ts'
import { requireNotRetired } from '../accounts/pause.ts'
import { findAccountFor } from '../accounts/change-account.ts'
import { record } from '../activity/record.ts'
import type { Reader, Writer } from '../db/database.ts'
import { Conflict, Refused } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { mailBrakeEnded, mailBrakePulled, mailItGoesOn } from './brake-mails.ts'
import { heldByBrake, holdForBrake } from './held-store.ts'
import type { Delivery } from './store.ts'
import { tellingOf } from './record-answer.ts'
import type { ReconcileDeps } from './settings.ts'
import type { Telling } from './tell-deciders.ts'

type BrakeDeps = Pick<ReconcileDeps, 'db' | 'clock' | 'settings'>

interface Braking {
  accountId: string
  actor: Actor
}

/**
 * Stops everything new of an account from going out, at once: what waits is held, whenever it was due. What is being sent
 * at this moment can't be stopped any more. Pulling it twice is pulling it once. Leads and approvers may.
 * @throws NotFound for everybody else.
 */
export async function pullBrake(
  deps: BrakeDeps,
  { accountId, actor }: Braking,
): Promise<{ pulled: boolean }> {
  const telling = tellingOf(deps)
  return deps.db.write(async (tx) => {
    const seen = await findAccountFor(tx, accountId, actor)
    if (seen.brakeAt) return { pulled: false }
    const account = await setBrake(tx, seen, { personId: actor.personId, now: telling.now })
    const held = countPosts(await holdForBrake(tx, accountId))
    await record(tx, {
      accountId,
      kind: 'account.brake-pulled',
      personId: actor.personId,
      details: { held },
      at: telling.now,
    })
    await mailBrakePulled(tx, { account, actor, held, ...telling })
    return { pulled: true }
  })
}

/**
 * Says why the brake is on, and when it ends by itself: told after the pull, and as often as it changes.
 * @throws Conflict when it is off by now, or was changed meanwhile; Refused for an end that has passed.
 */
export async function explainBrake(
  { db, clock }: Pick<BrakeDeps, 'db' | 'clock'>,
  {
    accountId,
    actor,
    version,
    reason,
    endsAt,
  }: Braking & {
    /** Of the page that they saw. */
    version: number
    /** Empty: nothing is said. */
    reason: string
    /** Product time. Null: it stays on until somebody releases it. */
    endsAt: Date | null
  },
): Promise<void> {
  const now = clock.now()
  await db.write(async (tx) => {
    const account = await findAccountFor(tx, accountId, actor)
    if (!account.brakeAt) throw new Conflict('The brake is off by now, so there was nothing to change.')
    if (endsAt && endsAt <= now)
      throw new Refused({ time: 'This time has passed. Choose a later one, or leave day and time empty.' })
    const said = reason || null
    if (said === account.brakeReason && endsAt?.getTime() === account.brakeEndsAt?.getTime()) return
    await changeBrakeNote(tx, { id: accountId, version }, { reason: said, endsAt })
    await record(tx, {
      accountId,
      kind: 'account.brake-explained',
      personId: actor.personId,
      details: { reason, endsAt: endsAt?.toISOString() ?? null },
      at: now,
    })
  })
}

/**
 * Step: lets things go again from here on, and tells the hosts. What was held stays held until somebody decides about it.
 * `actor` is null where the brake came to its own end.
 */
export async function releaseBrake(
  tx: Writer,
  { account, actor, ...telling }: { account: Account; actor: Actor | null } & Telling,
): Promise<void> {
  requireNotRetired(account)
  if (account.pausedAt)
    throw new Conflict(`@${account.handle} is paused. A lead ends the pause first, on the account’s page.`)
  await clearBrake(tx, account)
  const held = countPosts(await heldByBrake(tx, account.id))
  await record(tx, {
    accountId: account.id,
    kind: 'account.brake-released',
    personId: actor?.personId ?? null,
    details: { held },
    at: telling.now,
  })
  await mailItGoesOn(tx, { account, ...telling })
}

/** Ends the brakes whose own end has come, and tells the desk what waits for their word. Returns when the next one ends. */
export async function endDueBrakes(deps: BrakeDeps): Promise<Date | null> {
  const { db } = deps
  const telling = tellingOf(deps)
  for (const { id } of await dueBrakeEnds(db.read, telling.now)) {
    await db.write(async (tx) => {
      const account = (await findAccount(tx, id))!
      if (!account.brakeAt || !account.brakeEndsAt || account.brakeEndsAt > telling.now) return
      const held = countPosts(await heldByBrake(tx, id))
      await releaseBrake(tx, { account, actor: null, ...telling })
      await mailBrakeEnded(tx, { account, held, ...telling })
    })
  }
  return nextBrakeEnd(db.read)
}

/** When the next brake ends by itself, in product time; null when none does. */
export async function nextBrakeEnd(read: Reader): Promise<Date | null> {
  return earliestBrakeEnd(read)
}

/** A thread is one post to whoever counts. */
export function countPosts(deliveries: readonly Pick<Delivery, 'decisionId'>[]): number {
  return new Set(deliveries.map(({ decisionId }) => decisionId)).size
}
