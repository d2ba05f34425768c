import { randomUUID } from 'node:crypto'
import { findAccount, type Account } from '../accounts/accounts.ts'
import type { Writer } from '../db/database.ts'
import { Refused } from '../errors.ts'
import { imagesOfAccount } from '../images/images.ts'
import { dropPlannedMails, queueMail } from '../mail/outbox.ts'
import { deleteSessionsOf, findOrAddPerson, findPerson, knowAgain } from '../people/people.ts'
import type { Actor } from '../people/person.ts'
import type { HostDetails } from './host.ts'
import { weekInWords } from './pages.ts'
import { isNothing, missingOf, readinessOf } from './readiness/readiness.ts'
import { insertHost, markEnded, updateHost } from './hosts-store.ts'
import type { Week, WeekHost } from './store.ts'
import type { HostEnding } from './week.ts'

/** Step: gives a week to a host, found by their address or made. They know nothing of it until they are invited. */
export async function beginHosting(
  tx: Writer,
  { week, email, host, now }: { week: Week; email: string; host: HostDetails; now: Date },
): Promise<WeekHost> {
  await requirePortrait(tx, week.accountId, host.portraitHash)
  const person = await findOrAddPerson(tx, { name: host.name, email, now })
  await knowAgain(tx, { accountId: week.accountId, personId: person.id })
  const begun = await insertHost(tx, {
    id: randomUUID(),
    weekId: week.id,
    personId: person.id,
    ...host,
    opening: 'waits',
    createdAt: now,
  })
  const readiness = await readinessOf(tx, (await findAccount(tx, week.accountId))!, begun)
  if (!isNothing(missingOf(readiness))) return begun
  await updateHost(tx, begun.id, { opening: 'ready' })
  return { ...begun, opening: 'ready' }
}

/** @throws Refused when no such picture was brought here for the account. */
export async function requirePortrait(
  tx: Writer,
  accountId: string,
  hash: string | null | undefined,
): Promise<void> {
  if (!hash) return
  const known = await imagesOfAccount(tx, [hash], accountId)
  if (known.length === 0)
    throw new Refused({ portrait: 'This portrait was lost on the way. Please choose it again.' })
}

/**
 * Step: takes a week from its host. Their powers and their sessions end in this transaction; what they wrote stays. They are
 * told by mail, if they knew of the week at all and had not said no to it.
 */
export async function endHosting(
  tx: Writer,
  {
    account,
    week,
    host,
    ending,
    reason,
    actor,
    now,
    machineNow,
  }: {
    account: Account
    week: Week
    host: WeekHost
    ending: HostEnding
    /** In the lead's words, for the mail; may be empty. */
    reason: string
    actor: Actor
    now: Date
    machineNow: Date
  },
): Promise<void> {
  if (!(await markEnded(tx, host.id, now, ending))) return
  await dropPlannedMails(tx, host.id)
  if (host.declinedAt) return
  // A lead who hosts and ends their own week stays at the desk.
  if (host.personId !== actor.personId) await deleteSessionsOf(tx, host.personId)
  const person = await findPerson(tx, host.personId)
  if (!host.invitedAt || !person) return
  const { days } = weekInWords(week, host, { zone: account.timeZone, now })
  const what =
    ending === 'cancelled'
      ? `The week of ${days} at @${account.handle} is cancelled.`
      : `The week of ${days} at @${account.handle} has gone to somebody else.`
  await queueMail(tx, {
    accountId: account.id,
    personId: person.id,
    weekHostId: host.id,
    kind: 'hosting-ended',
    to: person.email,
    subject:
      ending === 'cancelled'
        ? `Your week at @${account.handle} is cancelled`
        : `Your week at @${account.handle} has changed hands`,
    text: `Hello ${host.name},

${what}
${reason ? `\n${actor.name} writes: ${reason}\n` : ''}
Nothing of yours that was waiting goes out any more, and you can’t sign in for this week now. What you wrote is kept by the team.${host.acceptedAt ? ' The entry in your calendar is cancelled with this mail; should it stay, please delete it there.' : ''}

If this surprises you, please write to ${actor.name}, ${actor.email}.
`,
    now,
    machineNow,
  })
}
