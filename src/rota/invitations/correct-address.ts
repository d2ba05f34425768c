import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Writer } from '../../db/database.ts'
import { Conflict, Refused } from '../../errors.ts'
import { dropQueuedMails, queueMail } from '../../mail/outbox.ts'
import {
  changeAddress,
  deleteSessionsOf,
  findOrAddPerson,
  findPerson,
  knowAgain,
} from '../../people/people.ts'
import { normaliseEmail, type Actor } from '../../people/person.ts'
import { queueInvitation } from './invitations.ts'
import { deleteInvitations, giveHosting } from './invitations-store.ts'
import type { WeekHost } from '../store.ts'
import { requireOwnAddress } from '../near-person.ts'
import { findWeekToChange, touchWeek } from '../weeks.ts'

/**
 * Mends the e-mail address of a week's host, who stays the same person. Before they accepted the mailbox may be a stranger's:
 * the week goes to the right one, the old invitation is void, and a new one is sent if there was one. Afterwards the address
 * that they sign in with changes, and both mailboxes are told.
 * @throws Refused for an address that it is already, or that somebody else has; Conflict when nobody hosts the week, the host
 * said no, it is over, or somebody was faster; NotAllowed for everybody but leads.
 */
export async function correctAddress(
  db: Database,
  {
    weekId,
    version,
    email,
    actor,
    now,
    machineNow,
  }: { weekId: string; version: number; email: string; actor: Actor; now: Date; machineNow: Date },
): Promise<{ invitedAgain: boolean }> {
  return db.write(async (tx) => {
    const found = await findWeekToChange(tx, { weekId, actor, now })
    const { host } = found
    if (!host || host.declinedAt)
      throw new Conflict('Nobody hosts this week, so there is no address to correct.')
    const before = (await findPerson(tx, host.personId))!
    const after = normaliseEmail(email)
    if (after === before.email) throw new Refused({ email: 'This is the address already.' })
    const account = (await findAccount(tx, found.week.accountId))!
    const week = await touchWeek(tx, found.week, version, {})
    await record(tx, {
      accountId: account.id,
      kind: 'week.changed',
      personId: actor.personId,
      weekId,
      details: { host: host.name, changed: 'e-mail address' },
      at: now,
    })
    if (host.acceptedAt) {
      await changeAddress(tx, before, { name: before.name, email, actor })
      await tellBoth(tx, { account, host, addresses: [before.email, after], actor, now, machineNow })
      return { invitedAgain: false }
    }
    const instead = 'Then give the week to them by “Replace the host”; nothing is changed yet.'
    await requireOwnAddress(tx, account.id, { name: host.name, email }, instead)
    await deleteInvitations(tx, host.id)
    await dropQueuedMails(tx, host.id)
    const { id: personId } = await findOrAddPerson(tx, { name: host.name, email, now })
    await knowAgain(tx, { accountId: account.id, personId })
    await giveHosting(tx, host.id, personId)
    if (before.id !== actor.personId) await deleteSessionsOf(tx, before.id)
    if (!host.invitedAt) return { invitedAgain: false }
    await queueInvitation(tx, { account, week, host: { ...host, personId }, actor, now, machineNow })
    return { invitedAgain: true }
  })
}

async function tellBoth(
  tx: Writer,
  {
    account,
    host,
    addresses,
    actor,
    now,
    machineNow,
  }: { account: Account; host: WeekHost; addresses: string[]; actor: Actor; now: Date; machineNow: Date },
): Promise<void> {
  const [before, after] = addresses
  for (const to of addresses) {
    await queueMail(tx, {
      accountId: account.id,
      personId: host.personId,
      weekHostId: host.id,
      kind: 'address-changed',
      to,
      subject: `Your address for @${account.handle} has changed`,
      text: `Hello ${host.name},

${actor.name} changed the address that you sign in with for your week at @${account.handle}, from ${before} to ${after}. Sign-in links go to the new one from now on; who was signed in has to sign in again. Your drafts and your week stay as they are.

If this surprises you, please write to ${actor.name}, ${actor.email}.
`,
      now,
      machineNow,
    })
  }
}
