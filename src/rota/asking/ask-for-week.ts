import { findAccount, type Account } from '../../accounts/accounts.ts'
import { askHrefOf } from '../../accounts/asking.ts'
import { contactOf } from '../../accounts/contact.ts'
import type { Database, Writer } from '../../db/database.ts'
import { Conflict, NotFound, Refused } from '../../errors.ts'
import { CONFIRM_LINK } from '../../mail/mail.ts'
import { queueMailToStranger } from '../../mail/outbox.ts'
import { normaliseEmail } from '../../people/person.ts'
import { CONFIRM_REST_HOURS, MOST_AN_HOUR, UNCONFIRMED_DAYS, type AskedFor } from '../candidate.ts'
import { isResting, restAddress } from './rests.ts'
import {
  changeCandidate,
  countCandidatesSince,
  findCandidate,
  findUnconfirmed,
  insertCandidate,
} from './store.ts'

const HOUR = 3_600_000

interface Asking {
  /** Made with the form. */
  id: string
  accountId: string
  now: Date
  machineNow: Date
}

/**
 * Somebody would like a week. Nobody sees it before they press the button behind the link that is mailed to their address;
 * to the same address one such mail goes in a day, so a second form before that takes the place of the first.
 * @throws NotFound, Conflict while nobody can ask, Refused when too many forms come.
 */
export async function askForWeek(
  db: Database,
  { id, accountId, asked, now, machineNow }: Asking & { asked: AskedFor },
): Promise<void> {
  const said = { ...asked, email: normaliseEmail(asked.email) }
  await db.write(async (tx) => {
    const account = await findAccountThatTakes(tx, accountId)
    if (await findCandidate(tx, id)) return
    const eraseAt = daysLater(now, UNCONFIRMED_DAYS)
    const before = await findUnconfirmed(tx, { accountId, email: said.email })
    if (before) await changeCandidate(tx, before, { ...said, eraseAt })
    if (await isResting(tx, { email: said.email, reason: 'confirm' }, machineNow)) return
    if (!before) {
      await requireRoom(tx, account, now)
      await insertCandidate(tx, { id, accountId, state: 'unconfirmed', ...said, createdAt: now, eraseAt })
    }
    await askToConfirm(tx, account, {
      candidateId: before?.id ?? id,
      to: said.email,
      suggests: false,
      now,
      machineNow,
    })
  })
}

/**
 * Somebody suggests somebody else, who hears of it only once the first one has answered for their own address.
 * @throws NotFound, Conflict while nobody can ask, Refused when too many forms come.
 */
export async function suggestHost(
  db: Database,
  {
    id,
    accountId,
    by,
    suggested,
    now,
    machineNow,
  }: Asking & {
    by: { name: string; email: string }
    suggested: Pick<AskedFor, 'name' | 'email' | 'job' | 'about'>
  },
): Promise<void> {
  const suggesterEmail = normaliseEmail(by.email)
  await db.write(async (tx) => {
    const account = await findAccountThatTakes(tx, accountId)
    if (await findCandidate(tx, id)) return
    if (await isResting(tx, { email: suggesterEmail, reason: 'confirm' }, machineNow)) return
    await requireRoom(tx, account, now)
    await insertCandidate(tx, {
      id,
      accountId,
      state: 'unconfirmed',
      ...suggested,
      email: normaliseEmail(suggested.email),
      weeks: [],
      weeksWords: '',
      sample: '',
      suggestedBy: by.name,
      suggesterEmail,
      createdAt: now,
      eraseAt: daysLater(now, UNCONFIRMED_DAYS),
    })
    await askToConfirm(tx, account, {
      candidateId: id,
      to: suggesterEmail,
      suggests: true,
      now,
      machineNow,
    })
  })
}

async function findAccountThatTakes(tx: Writer, accountId: string): Promise<Account> {
  const account = await findAccount(tx, accountId)
  if (!account) throw new NotFound()
  if (!askHrefOf(account))
    throw new Conflict(`Nobody can ask for a week at @${account.handle} at present. Nothing was sent.`)
  return account
}

/** However many machines send forms, the desk and the mail server have only so much to bear. */
async function requireRoom(tx: Writer, account: Account, now: Date): Promise<void> {
  if ((await countCandidatesSince(tx, new Date(now.getTime() - HOUR))) < MOST_AN_HOUR) return
  const contact = contactOf(account.texts.contact)
  const reach = contact
    ? ` Or reach us directly: ${'address' in contact ? contact.address : contact.words}`
    : ''
  throw new Refused({
    '': `More forms arrive just now than we can take, so this one was not sent. Please try again in an hour: what you typed stands below.${reach}`,
  })
}

/** Nothing that a stranger typed stands in it: it may go to somebody who never filled in a form. */
async function askToConfirm(
  tx: Writer,
  account: Account,
  {
    candidateId,
    to,
    suggests,
    now,
    machineNow,
  }: { candidateId: string; to: string; suggests: boolean; now: Date; machineNow: Date },
): Promise<void> {
  await restAddress(tx, {
    email: to,
    reason: 'confirm',
    until: new Date(machineNow.getTime() + CONFIRM_REST_HOURS * HOUR),
  })
  await queueMailToStranger(tx, {
    accountId: account.id,
    candidateId,
    kind: 'candidate-confirm',
    to,
    subject: suggests
      ? `Somebody for a week at @${account.handle}: do you suggest them?`
      : `A week at @${account.handle}: is this you?`,
    text: `Hello,

${
  suggests
    ? `somebody used this address to suggest a person for a week at @${account.handle}, the account of ${account.name}. If that was you, look at it once more; with one press that person is asked:`
    : `somebody filled in the form about a week at @${account.handle}, the account of ${account.name}, with this address. If that was you, look at it once more and send it to the team:`
}

${CONFIRM_LINK}

Nobody has seen it yet. Without that it is deleted after ${UNCONFIRMED_DAYS} days.

If it was not you, you can leave this mail alone. At most one such mail a day goes to an address.
`,
    now,
    machineNow,
  })
}

export function daysLater(from: Date, days: number): Date {
  return new Date(from.getTime() + days * 24 * HOUR)
}
