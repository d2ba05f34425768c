import { record } from '../activity/record.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import {
  accountsReaching,
  countWaiting,
  deleteTrouble,
  dropWaiting,
  findTrouble,
  giveUpWaiting,
  holderOf,
  keepTrouble,
  listTroubles,
  mailsTo,
  readdress,
  readdressNaming,
  troubleOfAddress,
  waitingTo,
  troublesOf,
  type AddressTrouble,
} from './address-store.ts'
import type { MailKind } from './mail.ts'
import type { Mail } from './store.ts'

/** Steps of this room for others. */
export {
  accountsReaching,
  countWaiting,
  findTrouble,
  latestTry,
  peopleReached,
  type AddressTrouble,
} from './address-store.ts'

/**
 * Step: the mail server says that nobody has this address. Nothing more goes to it, and the accounts that need to reach whose it
 * is have it on the record. Nothing where nobody here has the address (any more).
 */
export async function noteNoMailbox(
  tx: Writer,
  { address, words, now }: { address: string; words: string; now: Date },
): Promise<void> {
  const personId = await holderOf(tx, address)
  if (!personId) return
  const known = await findTrouble(tx, personId)
  await keepTrouble(tx, {
    personId,
    address,
    since: known?.since ?? now,
    words,
    markedBy: null,
    accountId: null,
  })
  if (!known) await tellRecord(tx, 'person.address-fails', { personId, by: null, now })
}

/**
 * Step: the mail server took a mail. Where it had refused the address itself, or somebody wanted it tried, the address works
 * again. A mark by hand stays otherwise: the server took those mails too that came back later, and anybody can ask for a
 * sign-in mail. False where nothing changed.
 */
export async function noteTaken(
  tx: Writer,
  { address, asked, now }: { address: string; asked: boolean; now: Date },
): Promise<boolean> {
  const trouble = await troubleOfAddress(tx, address)
  if (!trouble || (trouble.markedBy !== null && !asked)) return false
  await deleteTrouble(tx, trouble.personId)
  await tellRecord(tx, 'person.address-works', { personId: trouble.personId, by: null, now })
  return true
}

/** Step: at an account’s desk somebody says that mail to a person comes back. False when it was known. */
export async function markByHand(
  tx: Writer,
  {
    personId,
    address,
    words,
    by,
    accountId,
    now,
  }: { personId: string; address: string; words: string; by: string; accountId: string; now: Date },
): Promise<boolean> {
  if (await findTrouble(tx, personId)) return false
  await keepTrouble(tx, { personId, address, since: now, words, markedBy: by, accountId })
  await tellRecord(tx, 'person.address-fails', { personId, by, now })
  return true
}

/** Step: somebody says that mail reaches a person again. What waited goes. False when nothing was marked. */
export async function unmark(
  tx: Writer,
  { personId, by, now }: { personId: string; by: string; now: Date },
): Promise<boolean> {
  if (!(await deleteTrouble(tx, personId))) return false
  await tellRecord(tx, 'person.address-works', { personId, by, now })
  return true
}

/** They are for nobody but the reader of the old address, who is no longer to sign in. */
const ENDS_WITH_ADDRESS: MailKind[] = ['sign-in', 'address-tried']

/** That the address has changed is told to the old one too. */
const STAYS_WITH_ADDRESS: MailKind[] = ['address-changed']

/**
 * Step: somebody has another address. What waited because mail to the old one came back goes to the new one, and whatever kept it
 * waiting so does an invitation to a desk, which names the address to sign in with.
 */
export async function leaveAddress(
  tx: Writer,
  { personId, from, to }: { personId: string; from: string; to: string },
): Promise<void> {
  await dropWaiting(tx, { personId, to: from, kinds: ENDS_WITH_ADDRESS })
  for (const { id, text } of await waitingTo(tx, { personId, to: from, kind: 'desk-invitation' }))
    await readdressNaming(tx, { id, to, text: withAddress(text, from, to) })
  if (!(await deleteTrouble(tx, personId))) return
  await readdress(tx, { personId, from, to, but: STAYS_WITH_ADDRESS })
}

/** Not within another address that ends or begins like it. */
function withAddress(text: string, from: string, to: string): string {
  const literally = from.replaceAll(/[^\w@]/g, '\\$&')
  return text.replaceAll(new RegExp(`(?<![\\w.+-])${literally}(?![\\w-]|\\.\\w)`, 'gi'), () => to)
}

/** How long a mail waits for an address to work. Days of product time; after them what it tells is no news. */
export const WAITS_FOR_ADDRESS_DAYS = 3

/** Ends the waiting of what has become old. It is shown as failed. */
export async function endWaiting(db: Database, now: Date): Promise<void> {
  if ((await listTroubles(db.read)).length === 0) return
  const before = new Date(now.getTime() - WAITS_FOR_ADDRESS_DAYS * 86_400_000)
  const trouble = 'Mail to this address came back, and this one was too old to wait longer.'
  await db.write((tx) => giveUpWaiting(tx, { before, trouble }))
}

/** So long ago something may have been written that is still worth sending again. Milliseconds of product time. */
const WORTH_SENDING = 28 * 86_400_000

/** What of an account’s mails never reached somebody, the latest first: of each kind, unless a later one of it did, or may. */
export async function neverArrived(
  read: Reader,
  { personId, accountId, now }: { personId: string; accountId: string; now: Date },
): Promise<Mail[]> {
  const since = new Date(now.getTime() - WORTH_SENDING)
  const all = await mailsTo(read, { personId, accountId, since })
  const isLast = ({ kind, weekHostId }: Mail, at: number) =>
    all.findLastIndex((one) => one.kind === kind && one.weekHostId === weekHostId) === at
  const isNews = ({ kind }: Mail) => kind !== 'address-tried'
  return all.filter((mail, at) => mail.state === 'failed' && isLast(mail, at) && isNews(mail)).toReversed()
}

/** That mail to somebody comes back, as one account reads it. */
export interface SeenTrouble extends AddressTrouble {
  /** Somebody marked it, here or elsewhere; `markedBy` is set only where they did it here. */
  byHand: boolean
}

/** What was typed at another account’s desk, and by whom, stays there. */
export function seenFrom(accountId: string, trouble: AddressTrouble): SeenTrouble {
  const byHand = trouble.markedBy !== null
  return byHand && trouble.accountId !== accountId
    ? { ...trouble, byHand, words: '', markedBy: null }
    : { ...trouble, byHand }
}

/** Who says that an address does not work. `marker`: whoever marked it at the account that reads this. */
export function saidOfAddress({
  address,
  byHand,
  marker,
}: {
  address: string
  byHand: boolean
  marker: string | null
}): string {
  if (!byHand) return `The mail server says that nobody has the address ${address}.`
  return marker
    ? `${marker} says that ${address} does not work.`
    : `It was marked by hand that ${address} does not work.`
}

/** Somebody whom an account needs to reach, and mail to them comes back. */
export interface OutOfReach extends SeenTrouble {
  /** What the account calls them. */
  name: string
  /** How many mails of the account wait. */
  waiting: number
}

/** Whom of an account mail does not reach, those of longest standing first. */
export async function outOfReach(read: Reader, accountId: string, now: Date): Promise<OutOfReach[]> {
  return Promise.all(
    (await troublesOf(read, accountId, now)).map(async ({ called, ...trouble }) => ({
      ...seenFrom(accountId, trouble),
      name: called,
      waiting: await countWaiting(read, { address: trouble.address, accountId }),
    })),
  )
}

/** Whether an account needs to reach somebody. */
export async function isReachedBy(
  read: Reader,
  { personId, accountId, now }: { personId: string; accountId: string; now: Date },
): Promise<boolean> {
  return (await accountsReaching(read, personId, now)).some((one) => one.accountId === accountId)
}

/** On the record of each account that needs to reach them, under the name that it knows. */
async function tellRecord(
  tx: Writer,
  kind: 'person.address-fails' | 'person.address-works',
  { personId, by, now }: { personId: string; by: string | null; now: Date },
): Promise<void> {
  for (const { accountId, called } of await accountsReaching(tx, personId, now))
    await record(tx, {
      accountId,
      kind,
      personId: by,
      details: { name: called, byHand: by !== null },
      at: now,
    })
}
