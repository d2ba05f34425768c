import type { PagesAfter } from '../../accounts/account.ts'
import type { Account } from '../../accounts/accounts.ts'
import { forgetConnection, revoke, type ConnectionDeps } from '../../accounts/connection.ts'
import { changePagesAfter, setRetired } from '../../accounts/pause.ts'
import { findAccountFor } from '../../accounts/change-account.ts'
import { record } from '../../activity/record.ts'
import type { Database, Writer } from '../../db/database.ts'
import { Conflict, NotAllowed, Refused } from '../../errors.ts'
import { queueMail } from '../../mail/outbox.ts'
import { listRoles } from '../../people/people.ts'
import { isLead, type Actor } from '../../people/person.ts'
import { accountToPause, haltAccount } from '../../publishing/pause.ts'
import { OPEN_STATES } from '../../rota/week.ts'
import { endHosting, listWeeks, touchWeek } from '../../rota/weeks.ts'
import { takeBackAccountWork, takeBackHostWork } from '../week/take-back.ts'

/** What an account's end does, to be said before and after it. */
export interface Retired {
  weeks: number
  cancelledDeliveries: number
  /** X confirmed that our permission ended. False also where there was none. */
  revoked: boolean
}

/**
 * Ends an account for good: its weeks that are not over are cancelled and their hosts are told, what waits is never sent, the
 * permission at the network is given back. What is being sent at this moment may still go out, and then stands on the record.
 * Everything that was can be read as before.
 * @throws Refused when the handle was not typed as it is, NotFound, NotAllowed for all but leads, Conflict when it has ended.
 */
export async function retireAccount(
  deps: ConnectionDeps,
  {
    accountId,
    handle,
    reason,
    pagesAfter,
    actor,
  }: {
    accountId: string
    /** Typed by the person, so that nobody does this by mistake. */
    handle: string
    reason: string
    pagesAfter: PagesAfter
    actor: Actor
  },
): Promise<Retired> {
  const { db, clock, vault, network } = deps
  const [now, machineNow] = [clock.now(), clock.machine()]
  const by = { personId: actor.personId, now }
  const { tokens, ...done } = await db.write(async (tx) => {
    const seen = await accountToPause(tx, accountId, actor)
    if (handle.replace(/^@/, '').toLowerCase() !== seen.handle.toLowerCase())
      throw new Refused({ handle: `Type @${seen.handle}, so that this happens to no other account.` })
    const { account: halted } = await haltAccount(tx, seen, { actor, reason, now })
    const weeks = await endWeeks(tx, halted, { reason, actor, now, machineNow })
    const cancelledDeliveries = weeks.cancelledDeliveries + (await takeBackAccountWork(tx, accountId, by))
    const account = await setRetired(tx, halted, { ...by, pagesAfter })
    await record(tx, {
      accountId,
      kind: 'account.retired',
      personId: actor.personId,
      details: { reason, pages: pagesAfter, weeks: weeks.count, cancelledDeliveries },
      at: now,
    })
    await mailEnded(tx, account, { reason, actor, now, machineNow })
    const tokens = await forgetConnection(tx, vault, { accountId, ...by })
    return { tokens, weeks: weeks.count, cancelledDeliveries }
  })
  return { ...done, ...(await revoke(network, tokens)) }
}

/** Withdraws the public pages of an account that ended, or puts them back. @throws Conflict for one that goes on. */
export async function choosePagesAfter(
  db: Database,
  {
    accountId,
    pagesAfter,
    actor,
    now,
  }: { accountId: string; pagesAfter: PagesAfter; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const account = await findAccountFor(tx, accountId, actor)
    if (!isLead(actor, accountId)) throw new NotAllowed('Only the account’s leads change it.')
    if (!account.retiredAt)
      throw new Conflict('This account goes on, so its public pages stay. A single story can be withdrawn.')
    if (account.pagesAfter === pagesAfter) return
    await changePagesAfter(tx, account, pagesAfter)
    await record(tx, {
      accountId,
      kind: 'account.pages-changed',
      personId: actor.personId,
      details: { pages: pagesAfter },
      at: now,
    })
  })
}

interface Ending {
  reason: string
  actor: Actor
  now: Date
  machineNow: Date
}

async function endWeeks(
  tx: Writer,
  account: Account,
  ending: Ending,
): Promise<{ count: number; cancelledDeliveries: number }> {
  const all = await listWeeks(tx, account.id, '0000-01-01', '9999-12-31')
  const coming = all.filter(({ week }) => OPEN_STATES.includes(week.state) && week.closesAt > ending.now)
  let cancelledDeliveries = 0
  for (const { week, host } of coming) {
    await touchWeek(tx, week, week.version, { state: 'cancelled' })
    const by = { personId: ending.actor.personId, now: ending.now }
    const cancelled = await takeBackHostWork(tx, week.id, by)
    cancelledDeliveries += cancelled
    if (host) await endHosting(tx, { account, week, host, ending: 'cancelled', ...ending })
    await record(tx, {
      accountId: account.id,
      kind: 'week.cancelled',
      personId: ending.actor.personId,
      weekId: week.id,
      details: {
        slot: week.slot,
        kind: week.kind,
        host: host?.name ?? null,
        reason: ending.reason,
        cancelledDeliveries: cancelled,
      },
      at: ending.now,
    })
  }
  return { count: coming.length, cancelledDeliveries }
}

async function mailEnded(
  tx: Writer,
  account: Account,
  { reason, actor, now, machineNow }: Ending,
): Promise<void> {
  for (const { person } of await listRoles(tx, account.id)) {
    if (person.id === actor.personId) continue
    await queueMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'account-ended',
      to: person.email,
      subject: `@${account.handle} has ended here`,
      text: `Hello ${person.name},

${actor.name} ended @${account.handle} for good. Its weeks that were not over are cancelled and their hosts are told, nothing goes out any more, and our permission at X is given back. What was can be read as before.
${reason ? `\n${actor.name} writes: ${reason}\n` : ''}`,
      now,
      machineNow,
    })
  }
}
