import { findAccount, type Account } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import { momentInWords } from '../calendar.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { NotFound } from '../errors.ts'
import { queueMail } from '../mail/outbox.ts'
import { decidersAt } from '../people/people.ts'
import { removalDueAt } from './post.ts'
import {
  changeRemovalRequest,
  insertRemovalRequest,
  openRemovalRequests,
  type RemovalRequest,
} from './removals-store.ts'

const HOUR = 3_600_000

/** The desk is reminded so many hours after a request, and then every day until it is closed. */
const REMINDED_AFTER_HOURS = [12, 20, 24]

interface Telling {
  publicUrl: string
  now: Date
  machineNow: Date
}

/**
 * Somebody without an account here asks to be taken off an account's pages; the desk hears of it at once. The same form sent
 * twice asks once.
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
    await tellDesk(tx, account, {
      kind: 'removal-asked',
      request,
      subject: `Somebody asks to be taken off the pages of @${account.handle}`,
      ...telling,
    })
  })
}

/** Reminds the desks of requests that still wait, as often as they are due. Returns how many. */
export async function remindOfRemovals(db: Database, telling: Telling): Promise<number> {
  const due = (await openRemovalRequests(db.read)).filter((request) => remindAt(request) <= telling.now)
  for (const request of due)
    await db.write(async (tx) => {
      const account = (await findAccount(tx, request.accountId))!
      if (!(await changeRemovalRequest(tx, request.id, { reminders: remindersBy(request, telling.now) })))
        return
      const late = telling.now >= removalDueAt(request)
      await tellDesk(tx, account, {
        kind: 'removal-waits',
        request,
        subject: late
          ? `Late: somebody still waits to be taken off the pages of @${account.handle}`
          : `Somebody still waits to be taken off the pages of @${account.handle}`,
        ...telling,
      })
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

async function tellDesk(
  tx: Writer,
  account: Account,
  {
    kind,
    request,
    subject,
    publicUrl,
    now,
    machineNow,
  }: {
    kind: 'removal-asked' | 'removal-waits'
    request: Pick<RemovalRequest, 'id' | 'askedAt'>
    subject: string
  } & Telling,
): Promise<void> {
  const until = momentInWords(removalDueAt(request), now, account.timeZone)
  for (const { person } of await decidersAt(tx, account.id, now)) {
    await queueMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind,
      to: person.email,
      subject,
      text: `Hello ${person.name},

Somebody asks that what they said, and their name, is taken off the public pages of @${account.handle}. They were told that it is done within a day: until ${until}.

Look at it, and take it off or say why not:
${publicUrl}/removal-requests/${request.id}
`,
      now,
      machineNow,
    })
  }
}
