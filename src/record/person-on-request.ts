import { findAccount, type Account } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { Conflict, NotFound, Refused } from '../errors.ts'
import { queueMail, queueMailToStranger } from '../mail/outbox.ts'
import { requireLead } from '../people/desk.ts'
import { findPersonByEmail, type Person } from '../people/people.ts'
import { deskOf, normaliseEmail, type Actor } from '../people/person.ts'
import { eraseCandidatesOf } from '../rota/asking/candidates.ts'
import { dropAddress } from '../rota/calendar/calendar-addresses.ts'
import { forgetStandby } from '../rota/planner/standby.ts'
import { eraseEverywhere, gatherAll, gatherAt, whyNotDelete } from './delete-person.ts'
import {
  eraseAtAccounts,
  eraseSelf,
  findOfAccount,
  isNeededElsewhere,
  ledAlone,
  markErased,
  readMailTrouble,
  weeksAhead,
} from './person-store.ts'

/** Rises when something in the file is called otherwise or is gone. */
const FORMAT = 1

interface OfAccount {
  personId: string
  actor: Actor
  now: Date
}

/**
 * Somebody who has to do with the account at whose desk a lead sits, as that account knows them, and why what it keeps of them
 * can't be deleted at present, in sentences.
 * @throws NotFound for people of elsewhere and for everybody without a place at the desk, NotAllowed for approvers.
 */
export async function readOnRequest(read: Reader, { personId, actor, now }: OfAccount) {
  const accountId = deskOf(actor)
  requireLead(actor, accountId)
  const account = (await findAccount(read, accountId))!
  const person = await findOfAccount(read, { accountId, id: personId })
  if (!person) throw new NotFound()
  return { account, person, reasons: await whyNotHere(read, { account, personId, person, actor, now }) }
}

async function whyNotHere(
  read: Reader,
  {
    account,
    personId,
    person,
    actor,
    now,
  }: OfAccount & { account: Account; person: { name: string; erased: boolean } },
): Promise<string[]> {
  if (person.erased) return ['It was deleted already. What stays is said here.']
  if (personId === actor.personId) return ['This is you: delete the data about you on your own page.']
  const alone = (await ledAlone(read, personId)).some(({ accountId }) => accountId === account.id)
  const ahead = await weeksAhead(read, personId, now, account.id)
  return [
    ...(alone
      ? [`${person.name} is the last lead of @${account.handle}. Make somebody else a lead first.`]
      : []),
    ...(ahead.length > 0
      ? [`${person.name} hosts a week that is not over. Give it to somebody else, or wait until it is.`]
      : []),
  ]
}

/**
 * What this account keeps of somebody, as a file for them: nothing of another account, and not how they sign in. It stands on
 * the record, and they are told by mail.
 * @throws as `readOnRequest`.
 */
export async function exportOnRequest(
  db: Database,
  { personId, actor, now, machineNow }: OfAccount & { machineNow: Date },
): Promise<string> {
  const { account, person } = await readOnRequest(db.read, { personId, actor, now })
  const around = [account.id]
  const { name, email } = person
  const kept = await gatherAt(db.read, { personId, name, email, around, accountId: account.id })
  const file = {
    format: FORMAT,
    account: { handle: account.handle, name: account.name },
    madeAt: now,
    person: { name, email: person.erased ? null : email },
    ...(person.erased ? {} : await readMailTrouble(db.read, personId, account.id)),
    ...kept,
  }
  await db.write(async (tx) => {
    await recordOnRequest(tx, 'person.data-exported', { accountId: account.id, name, actor, now })
    if (person.erased || personId === actor.personId) return
    await queueMail(tx, {
      accountId: account.id,
      personId,
      kind: 'data-exported',
      to: email,
      subject: `A copy of what @${account.handle} keeps about you was taken`,
      text: `Hello ${name},

${actor.name} took a copy of what @${account.handle} keeps about you, as a file. If you asked for it, it will be on its way to you.

If this surprises you, please write to ${actor.name}, ${actor.email}.
`,
      now,
      machineNow,
    })
  })
  return JSON.stringify(file, null, 2)
}

/**
 * Deletes what an account keeps of somebody, at their wish, but for what has to be kept: what they wrote, decided and signed,
 * under their name. Where nothing else has to do with them they can't sign in any more; else only this account knows no address
 * of theirs from now on, and writes to them no more. They are told by mail, at the address that is deleted.
 * @throws Refused when the address was not typed as it is, Conflict with what is in the way; else as `readOnRequest`.
 */
export async function deleteOnRequest(
  db: Database,
  { personId, email, actor, now, machineNow }: OfAccount & { email: string; machineNow: Date },
): Promise<{ name: string }> {
  return db.write(async (tx) => {
    const { account, person, reasons } = await readOnRequest(tx, { personId, actor, now })
    if (reasons.length > 0) throw new Conflict(reasons.join(' '))
    if (normaliseEmail(email) !== person.email)
      throw new Refused({ email: `Type ${person.email}, so that this does not happen by mistake.` })
    const accountId = account.id
    const staysElsewhere = await isNeededElsewhere(tx, personId, accountId)
    await eraseCandidatesOf(tx, { email: person.email, accountId, now })
    await forgetStandby(tx, { personId, accountId, by: actor.personId, now })
    await eraseAtAccounts(tx, personId, accountId)
    if (staysElsewhere) await markErased(tx, { accountId, personId, at: now })
    else {
      await dropAddress(tx, personId)
      await eraseSelf(tx, personId, now)
    }
    await recordOnRequest(tx, 'person.data-deleted', { accountId, name: person.name, actor, now })
    await queueMailToStranger(tx, {
      accountId,
      kind: 'data-deleted',
      to: person.email,
      subject: `What @${account.handle} kept about you is deleted`,
      text: `Hello ${person.name},

${actor.name} deleted what @${account.handle} kept about you: your address, your place at its desk and on its lists, the words of its mails to you, and what you said of yourself for weeks that never took place.

${WHAT_STAYS}

This is its last mail to you. If this surprises you, please write to ${actor.name}, ${actor.email}.
`,
      now,
      machineNow,
    })
    return { name: person.name }
  })
}

const WHAT_STAYS = `What stays is what an organisation has to be able to show: what you wrote, approved and signed, under your name, the record of who did what, and published stories of weeks that you hosted. To be taken off those, ask on the account’s public pages.`

async function recordOnRequest(
  tx: Writer,
  kind: 'person.data-exported' | 'person.data-deleted',
  { accountId, name, actor, now }: { accountId: string; name: string; actor: Actor; now: Date },
): Promise<void> {
  await record(tx, { accountId, kind, personId: actor.personId, details: { name }, at: now })
}

/** Somebody by their address, for whoever runs the installation. @throws NotFound when nobody has it. */
async function findByAddress(read: Reader, email: string): Promise<Person> {
  const person = await findPersonByEmail(read, email)
  if (!person) throw new NotFound(`Nobody here has the address ${email}.`)
  return person
}

/**
 * Everything that is kept about somebody, of all accounts, for whoever runs the installation. It stands on the record.
 * @throws NotFound when nobody has the address.
 */
export async function exportByAddress(
  db: Database,
  { email, now }: { email: string; now: Date },
): Promise<string> {
  const { id, name, email: known } = await findByAddress(db.read, email)
  const kept = await gatherAll(db.read, { personId: id, name, email: known })
  await db.write((tx) =>
    record(tx, { accountId: null, kind: 'person.data-exported', personId: null, details: { name }, at: now }),
  )
  return JSON.stringify({ format: FORMAT, madeAt: now, ...kept }, null, 2)
}

/**
 * Deletes the data about somebody in the whole installation, at their wish, as they can themselves. They are told by mail.
 * `sure` false changes nothing, and only looks whether it could be.
 * @throws NotFound when nobody has the address, Conflict with what is in the way.
 */
export async function deleteByAddress(
  db: Database,
  { email, sure, now, machineNow }: { email: string; sure: boolean; now: Date; machineNow: Date },
): Promise<{ name: string }> {
  return db.write(async (tx) => {
    const { id, name, email: known } = await findByAddress(tx, email)
    const reasons = await whyNotDelete(tx, id, now, 'they')
    if (reasons.length > 0) throw new Conflict(reasons.join(' '))
    if (!sure) return { name }
    await eraseEverywhere(tx, { personId: id, email: known, by: null, now })
    await record(tx, {
      accountId: null,
      kind: 'person.data-deleted',
      personId: null,
      details: { name },
      at: now,
    })
    await queueMailToStranger(tx, {
      kind: 'data-deleted',
      to: known,
      subject: 'What My Working Week kept about you is deleted',
      text: `Hello ${name},

Whoever looks after My Working Week deleted what it kept about you, of all accounts: your address and how you signed in, your places and lists, the words of mails to you, and what you said of yourself for weeks that never took place.

${WHAT_STAYS}
`,
      now,
      machineNow,
    })
    return { name }
  })
}
