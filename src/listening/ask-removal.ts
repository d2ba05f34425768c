import { findAccount, type Account } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import { momentInWords } from '../calendar.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { NotFound } from '../errors.ts'
import { gatherMail, queueMail } from '../mail/outbox.ts'
import type { MailItem } from '../mail/mail.ts'
import { decidersAt } from '../people/people.ts'
import { removalDueAt } from './post.ts'
import {
  changeRemovalRequest,
  insertRemovalRequest,
  openRemovalRequests,
  type RemovalRequest,
} from './removals-store.ts'
import { capital } from '../words.ts'

const HOUR = 3_600_000

/** The desk is reminded so many hours after a request, and then every day until it is closed. */
const REMINDED_AFTER_HOURS = [12, 20, 24]

interface Telling {
  publicUrl: string
  now: Date
  machineNow: Date
}

/**
 * Somebody without an account here asks to be taken off an account's pages; the desk hears of it at once, of several with one mail.
 * The same form sent twice asks once.
 * @throws NotFound for an account that is not here.
 */
export async function askForRemoval(
  db: Database,
  {
    id,
    accountId,
    about,
    words,
    email,
    ...telling
  }: { id: string; accountId: string; about: string; words: string; email: string } & Telling,
): Promise<void> {
  await db.write(async (tx) => {
    const account = await findAccount(tx, accountId)
    if (!account) throw new NotFound()
    const request = { id, accountId, state: 'open', about, words, email, askedAt: telling.now } as const
    if (!(await insertRemovalRequest(tx, request))) return
    await record(tx, { accountId, kind: 'removal.asked', personId: null, at: telling.now })
    await tellOfNew(tx, account, { request, ...telling })
  })
}

/** Reminds the desks of requests that still wait, as often as they are due, each with one mail for all. Returns how many. */
export async function remindOfRemovals(db: Database, telling: Telling): Promise<number> {
  const due = (await openRemovalRequests(db.read)).filter((request) => remindAt(request) <= telling.now)
  for (const accountId of new Set(due.map((request) => request.accountId)))
    await db.write(async (tx) => {
      const account = (await findAccount(tx, accountId))!
      const waiting: RemovalRequest[] = []
      for (const request of due.filter((one) => one.accountId === accountId))
        if (await changeRemovalRequest(tx, request.id, { reminders: remindersBy(request, telling.now) }))
          waiting.push(request)
      if (waiting.length > 0) await tellOfWaiting(tx, account, waiting, telling)
    })
  return due.length
}

/** When `remindOfRemovals` has something to do next, in product time; null when nothing waits. */
export async function nextRemovalReminder(read: Reader): Promise<Date | null> {
  const times = (await openRemovalRequests(read)).map((request) => remindAt(request).getTime())
  return times.length === 0 ? null : new Date(Math.min(...times))
}

function remindAt({ askedAt, reminders }: RemovalRequest): Date {
  const days = reminders - REMINDED_AFTER_HOURS.length + 1
  const hours = REMINDED_AFTER_HOURS[reminders] ?? REMINDED_AFTER_HOURS.at(-1)! + 24 * days
  return new Date(askedAt.getTime() + hours * HOUR)
}

/** After a long stop one reminder speaks for all that were missed. */
function remindersBy(request: RemovalRequest, now: Date): number {
  let { reminders } = request
  while (remindAt({ ...request, reminders }) <= now) reminders += 1
  return reminders
}

async function tellOfNew(
  tx: Writer,
  account: Account,
  { request, publicUrl, now, machineNow }: { request: Pick<RemovalRequest, 'id' | 'askedAt'> } & Telling,
): Promise<void> {
  const item = itemOf(request, account, { publicUrl, now })
  for (const { person } of await decidersAt(tx, account.id, now)) {
    await gatherMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'removal-asked',
      to: person.email,
      cause: `removal-asked:${account.id}`,
      items: [item],
      compose: (items) => ({
        subject: `${somebody(items.length)} to be taken off the pages of @${account.handle}`,
        text: textOf(person.name, items, account),
      }),
      now,
      machineNow,
    })
  }
}

async function tellOfWaiting(
  tx: Writer,
  account: Account,
  requests: readonly RemovalRequest[],
  { publicUrl, now, machineNow }: Telling,
): Promise<void> {
  const late = requests.some((request) => now >= removalDueAt(request))
  const waits = requests.length === 1 ? 'somebody still waits' : `${requests.length} people still wait`
  const subject = `${late ? 'Late: ' : ''}${waits} to be taken off the pages of @${account.handle}`
  const items = requests.map((request) => itemOf(request, account, { publicUrl, now }))
  for (const { person } of await decidersAt(tx, account.id, now)) {
    await queueMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'removal-waits',
      to: person.email,
      subject: capital(subject),
      text: textOf(person.name, items, account),
      now,
      machineNow,
    })
  }
}

function itemOf(
  request: Pick<RemovalRequest, 'id' | 'askedAt'>,
  { timeZone }: Account,
  { publicUrl, now }: Pick<Telling, 'publicUrl' | 'now'>,
): MailItem {
  return {
    id: request.id,
    text: '',
    why: `until ${momentInWords(removalDueAt(request), now, timeZone)}`,
    link: `${publicUrl}/removal-requests/${request.id}`,
  }
}

function somebody(requests: number): string {
  return requests === 1 ? 'Somebody asks' : `${requests} people ask`
}

function textOf(name: string, items: readonly MailItem[], { handle }: Account): string {
  if (items.length === 1)
    return `Hello ${name},

Somebody asks that what they said, and their name, is taken off the public pages of @${handle}. They were told that you aim to see to it within a day: ${items[0]!.why}.

Look at it, and take it off, change by hand what names them, or say why not:
${items[0]!.link}
`
  return `Hello ${name},

${somebody(items.length)} that what they said, and their names, are taken off the public pages of @${handle}. They were told that you aim to see to it within a day.

Look at each, and take it off, change by hand what names them, or say why not:
${items.map(({ why, link }) => `- ${why}\n  ${link}`).join('\n')}
`
}
