import { changeBrakePass, setBrake } from '../accounts/brake.ts'
import { endPauseOf, setPause } from '../accounts/pause.ts'
import { findAccount, type Account } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { Writer } from '../db/database.ts'
import { Conflict, NotAllowed, NotFound } from '../errors.ts'
import { isLead, mayDecide, type Actor } from '../people/person.ts'
import { countPosts } from './brake.ts'
import { mailGoesOnAfterPause, mailPaused } from './pause-mails.ts'
import { holdForBrake } from './held-store.ts'
import { tellingOf } from './record-answer.ts'
import type { ReconcileDeps } from './settings.ts'

type PauseDeps = Pick<ReconcileDeps, 'db' | 'clock' | 'settings'>

interface Pausing {
  accountId: string
  actor: Actor
}

/**
 * An account rests: the brake goes on and can't be released before the pause ends, replies are not read, and no mails of weeks
 * go to hosts. Weeks stay booked. Pausing twice is pausing once.
 * @throws NotFound, NotAllowed for all but leads, Conflict for an account that ended.
 */
export async function pauseAccount(
  deps: PauseDeps,
  { accountId, actor, reason }: Pausing & { reason: string },
): Promise<void> {
  const telling = tellingOf(deps)
  await deps.db.write(async (tx) => {
    const seen = await accountToPause(tx, accountId, actor)
    if (seen.pausedAt) return
    const { account, held } = await haltAccount(tx, seen, { actor, reason, now: telling.now })
    await record(tx, {
      accountId,
      kind: 'account.paused',
      personId: actor.personId,
      details: { reason, held },
      at: telling.now,
    })
    await mailPaused(tx, { account, actor, reason, held, ...telling })
  })
}

/**
 * Step: nothing of an account goes out from here on, also nothing that would pass the brake. Returns the account as it is
 * then, and how many posts are held.
 */
export async function haltAccount(
  tx: Writer,
  seen: Account,
  { actor, reason, now }: { actor: Actor; reason: string; now: Date },
): Promise<{ account: Account; held: number }> {
  const braked = seen.brakeAt
    ? await changeBrakePass(tx, seen, { namedId: null, passId: null })
    : await setBrake(tx, seen, { personId: actor.personId, now, reason: reason || null })
  const account = await setPause(tx, braked, { personId: actor.personId, now, reason: reason || null })
  return { account, held: countPosts(await holdForBrake(tx, account.id)) }
}

/**
 * The account goes on: replies are read again, and mails to hosts go. The brake stays on, so that somebody looks at what was
 * held before it goes out.
 * @throws NotFound, NotAllowed, Conflict for an account that ended.
 */
export async function resumeAccount(deps: PauseDeps, { accountId, actor }: Pausing): Promise<void> {
  const telling = tellingOf(deps)
  await deps.db.write(async (tx) => {
    const seen = await accountToPause(tx, accountId, actor)
    if (!seen.pausedAt) return
    const account = await endPauseOf(tx, seen)
    await record(tx, { accountId, kind: 'account.resumed', personId: actor.personId, at: telling.now })
    await mailGoesOnAfterPause(tx, { account, actor, ...telling })
  })
}

/** An account that this person may pause, and that has not ended. */
export async function accountToPause(tx: Writer, accountId: string, actor: Actor): Promise<Account> {
  const account = mayDecide(actor, accountId) ? await findAccount(tx, accountId) : undefined
  if (!account) throw new NotFound()
  if (!isLead(actor, accountId)) throw new NotAllowed('Only the account’s leads pause or end it.')
  if (account.retiredAt)
    throw new Conflict('This account has ended. What it was can be read, and nothing goes on.')
  return account
}
