import { findAccount, type Account } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { Conflict, NotFound } from '../errors.ts'
import {
  accountsReaching,
  findTrouble,
  markByHand,
  neverArrived,
  unmark,
  seenFrom,
  type SeenTrouble,
} from '../mail/addresses.ts'
import { countMails } from '../mail/mails.ts'
import { queueMail, type Mail } from '../mail/outbox.ts'
import { requireLead } from '../people/desk.ts'
import { findPerson, inviteToDesk, listRoles, requireLeadOfAll } from '../people/people.ts'
import { deskOf, type Actor } from '../people/person.ts'
import { comingHosts, type Week, type WeekHost } from '../rota/weeks.ts'

interface OfAccount {
  personId: string
  actor: Actor
  now: Date
}

/** How an account reaches somebody by mail. */
export interface Reach {
  account: Account
  person: { id: string; name: string; email: string }
  /** Set while mail to them comes back. */
  trouble: SeenTrouble | null
  /** Who marked it by hand at this account. */
  marker: string | null
  /** At the desk their address is changed on their page there; of a host on the page of a week. */
  atDesk: boolean
  weeks: { week: Week; host: WeekHost }[]
  /** What never reached them, the latest first. */
  lost: Mail[]
}

/**
 * Whether mail reaches somebody whom the account needs to reach at whose desk a lead sits.
 * @throws NotFound for people whom it need not reach (any more), whose data was deleted, and for everybody without a place at the
 * desk, NotAllowed for approvers.
 */
export async function readReach(read: Reader, of: OfAccount): Promise<Reach> {
  const { personId, now } = of
  const { account, person } = await findReached(read, of)
  const found = await findTrouble(read, personId)
  const trouble = found ? seenFrom(account.id, found) : null
  const atDesk = await roleAt(read, { accountId: account.id, personId })
  const coming = await comingHosts(read, now)
  return {
    account,
    person: { id: personId, ...person },
    trouble,
    marker: trouble?.markedBy
      ? ((await findPerson(read, trouble.markedBy))?.name ?? 'Somebody who left')
      : null,
    atDesk: atDesk !== undefined,
    weeks: coming.filter(({ week, host }) => week.accountId === account.id && host.personId === personId),
    lost: await neverArrived(read, { personId, accountId: account.id, now }),
  }
}

async function findReached(read: Reader, { personId, actor, now }: OfAccount) {
  const accountId = deskOf(actor)
  requireLead(actor, accountId)
  const account = (await findAccount(read, accountId))!
  const here = (await accountsReaching(read, personId, now)).find((one) => one.accountId === accountId)
  if (!here) throw new NotFound()
  const { email } = (await findPerson(read, personId))!
  return { account, person: { name: here.called, email } }
}

async function roleAt(read: Reader, { accountId, personId }: { accountId: string; personId: string }) {
  return (await listRoles(read, accountId)).find(({ person }) => person.id === personId)
}

/**
 * A mail to somebody came back in a lead’s own mailbox: nothing more is sent to them, by any account. So one has to lead all that
 * need to reach them.
 * @throws Conflict where one does not, or when it is marked already; else as `readReach`.
 */
export async function markAddress(
  db: Database,
  { words, ...of }: OfAccount & { words: string },
): Promise<{ name: string }> {
  const { personId, actor, now } = of
  return db.write(async (tx) => {
    const { account, person } = await findReached(tx, of)
    const { name, email: address } = person
    const known = (await findPerson(tx, personId))!
    await requireLeadOfAll(tx, known, { called: name, can: 'say that mail to them comes back', actor, now })
    const { id: accountId } = account
    if (!(await markByHand(tx, { personId, address, words, by: actor.personId, accountId, now })))
      throw new Conflict(`It is known already that mail to ${name} comes back.`)
    return { name }
  })
}

/**
 * Mail reaches somebody after all, as a lead knows. What waited goes. To take away what another lead marked by hand needs
 * the power that marking does.
 * @throws Conflict where one has not; else as `readReach`.
 */
export async function unmarkAddress(db: Database, of: OfAccount): Promise<{ name: string }> {
  const { personId, actor, now } = of
  return db.write(async (tx) => {
    const { person } = await findReached(tx, of)
    const marker = (await findTrouble(tx, personId))?.markedBy ?? null
    if (marker !== null && marker !== actor.personId) {
      const known = (await findPerson(tx, personId))!
      await requireLeadOfAll(tx, known, { called: person.name, can: 'take the mark away', actor, now })
    }
    await unmark(tx, { personId, by: actor.personId, now })
    return person
  })
}

/** So many tries within so many minutes of product time: a mailbox can’t be flooded. */
const TRIES_AT_MOST = 3
const TRIES_WITHIN = 10

/**
 * Sends a mail that only says that it arrived, to an address that does not work as far as we know.
 * @throws Conflict when that was done several times just now, or when there is nothing to try; else as `readReach`.
 */
export async function tryAddress(
  db: Database,
  { machineNow, ...of }: OfAccount & { machineNow: Date },
): Promise<{ email: string }> {
  return db.write(async (tx) => {
    const { account, person } = await findReached(tx, of)
    const { personId, actor, now } = of
    await queueTry(tx, { personId, ...person, accountId: account.id, now, machineNow })
    const about = { accountId: account.id, personId: actor.personId, at: now }
    await record(tx, { ...about, kind: 'person.address-tried', details: { name: person.name } })
    return person
  })
}

/** The same, for oneself. @throws Conflict as `tryAddress`. */
export async function tryOwnAddress(
  db: Database,
  { actor, now, machineNow }: { actor: Actor; now: Date; machineNow: Date },
): Promise<void> {
  const { personId, name, email } = actor
  await db.write((tx) => queueTry(tx, { personId, name, email, accountId: null, now, machineNow }))
}

async function queueTry(
  tx: Writer,
  {
    personId,
    name,
    email,
    accountId,
    now,
    machineNow,
  }: { personId: string; name: string; email: string; accountId: string | null; now: Date; machineNow: Date },
): Promise<void> {
  if (!(await findTrouble(tx, personId))) throw new Conflict('Mail reaches this address, as far as we know.')
  const since = new Date(now.getTime() - TRIES_WITHIN * 60_000)
  if ((await countMails(tx, { personId, kind: 'address-tried', since })) >= TRIES_AT_MOST)
    throw new Conflict('It was tried several times just now. Wait for some minutes.')
  await queueMail(tx, {
    ...(accountId !== null && { accountId }),
    personId,
    kind: 'address-tried',
    to: email,
    asked: true,
    subject: 'Mail reaches you again',
    text: `Hello ${name},

Mail from My Working Week to ${email} came back. Somebody asked us to try once more: if you read this, it works again, and you need do nothing.
`,
    now,
    machineNow,
  })
}

/**
 * Sends somebody at the desk their invitation to it once more, which never reached them.
 * @throws Conflict when it did, or may; NotFound for whoever has no place there; else as `readReach`.
 */
export async function inviteToDeskAgain(
  db: Database,
  { publicUrl, machineNow, ...of }: OfAccount & { publicUrl: string; machineNow: Date },
): Promise<{ name: string }> {
  const { personId, actor, now } = of
  return db.write(async (tx) => {
    const { account } = await findReached(tx, of)
    const accountId = account.id
    const found = await roleAt(tx, { accountId, personId })
    if (!found) throw new NotFound()
    const lost = await neverArrived(tx, { personId, accountId, now })
    if (!lost.some(({ kind }) => kind === 'desk-invitation'))
      throw new Conflict('Their invitation to the desk has reached them, or is on its way.')
    await inviteToDesk(tx, {
      accountId,
      handle: account.handle,
      ...found,
      asked: true,
      actor,
      publicUrl,
      now,
      machineNow,
    })
    return found.person
  })
}
