import { randomUUID } from 'node:crypto'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import type { Reader, Writer } from '../../db/database.ts'
import {
  dropPlanned,
  dropPlannedMails,
  failPlanned,
  findTrouble,
  kindsToHost,
  movePlanned,
  planMail,
  queuePlanned,
  type Mail,
} from '../../mail/outbox.ts'
import type { MailKind } from '../../mail/mail.ts'
import { findPerson } from '../../people/people.ts'
import {
  isTimed,
  MAIL_TITLES,
  mailTime,
  mailTooLate,
  TIMED_MAILS,
  type TimedMailKind,
  type WeekMailKind,
  type WordedMailKind,
} from './mail-plan.ts'
import { mailValues, type NumbersOf } from './mail-values.ts'
import { DEFAULT_WORDS, fillIn, type MailWords } from './mail-words.ts'
import { findHosting } from '../hosts-store.ts'
import { findTemplate } from './mail-words-store.ts'
import type { Week, WeekHost } from '../store.ts'

export interface Mailing {
  numbersOf: NumbersOf
  now: Date
  machineNow: Date
  /** Without a slash at its end. */
  publicUrl: string
}

/** Step: plans the confirmation, which goes at once, and what comes after it. */
export async function beginWeekMails(
  tx: Writer,
  { week, host }: { week: Week; host: WeekHost },
  now: Date,
): Promise<void> {
  await plan(tx, { week, host }, { kind: 'week-confirmed', plannedFor: now }, now)
  await planWeekMails(tx, { week, host }, now)
}

/** Step: plans the mails of a week's life that lie ahead, for the host who accepted it. What was planned once stays as it is. */
export async function planWeekMails(
  tx: Writer,
  { week, host }: { week: Week; host: WeekHost },
  now: Date,
): Promise<void> {
  const { timeZone } = (await findAccount(tx, week.accountId))!
  const known = await kindsToHost(tx, host.id, host.movedAt)
  for (const kind of unplanned(week, { timeZone, known, now }))
    await plan(tx, { week, host }, { kind, plannedFor: mailTime(kind, week, timeZone) }, now)
}

/** What of a week's mails lies ahead and was never planned. */
export function unplanned(
  week: Week,
  { timeZone, known, now }: { timeZone: string; known: MailKind[]; now: Date },
): TimedMailKind[] {
  return TIMED_MAILS.filter((kind) => !known.includes(kind) && mailTime(kind, week, timeZone) > now)
}

async function plan(
  tx: Writer,
  { week, host }: { week: Week; host: WeekHost },
  { kind, plannedFor }: { kind: WeekMailKind; plannedFor: Date },
  now: Date,
): Promise<void> {
  const person = await findPerson(tx, host.personId)
  if (!person) return
  await planMail(tx, {
    id: randomUUID(),
    accountId: week.accountId,
    personId: person.id,
    weekHostId: host.id,
    kind,
    to: person.email,
    subject: MAIL_TITLES[kind],
    plannedFor,
    createdAt: now,
  })
}

/** The words of a mail as the account wants them, or the good default. */
export async function wordsOf(read: Reader, accountId: string, kind: WordedMailKind): Promise<MailWords> {
  const template = await findTemplate(read, accountId, kind)
  return template ? { subject: template.subject, text: template.text } : DEFAULT_WORDS[kind]
}

/** What a mail says as things stand. The invitation keeps the placeholder of its secret. */
export async function writeWeekMail(
  read: Reader,
  kind: WeekMailKind,
  about: Parameters<typeof mailValues>[1],
): Promise<MailWords> {
  return fillIn(await wordsOf(read, about.account.id, kind), await mailValues(read, about))
}

/**
 * Step: brings one planned mail to where its week wants it: at another time, out with the words as they stand now, or nowhere
 * because it is too late or its host has the week no more. `asked`: a person wants it now.
 */
export async function tendPlannedMail(
  tx: Writer,
  mail: Mail,
  mailing: Mailing,
  { asked = false }: { asked?: boolean } = {},
): Promise<void> {
  const found = mail.weekHostId ? await findHosting(tx, mail.weekHostId) : undefined
  if (!found || found.host.endedAt || found.host.declinedAt || found.week.state === 'cancelled')
    return dropPlannedMails(tx, mail.weekHostId ?? '')
  const { week, host } = found
  const account = (await findAccount(tx, week.accountId))!
  const { now, machineNow } = mailing
  if (!asked && account.pausedAt) return
  const person = await findPerson(tx, host.personId)
  if (!person) return
  if (!asked) {
    const at = timeOf(mail, week, account)
    const moved = at.getTime() !== mail.plannedFor!.getTime()
    // The week has come nearer than the mail says: it tells nothing that is true any more.
    if (moved && at.getTime() < now.getTime() - DAY) return dropPlanned(tx, mail)
    if (moved) await movePlanned(tx, mail, at)
    if (mail.state !== 'planned' || at > now) return
    // Its week was moved, and nobody said yes to the new days: it would tell of something that is not agreed.
    if (!host.acceptedAt) return dropPlanned(tx, mail)
    if (now >= tooLate(mail, week, account))
      return failPlanned(tx, mail, 'It was too late for it when it could have gone.')
    // Mail to them comes back: it goes when it reaches them again, if it still says something true by then.
    if (await findTrouble(tx, person.id)) return
  }
  const kind = mail.kind as WeekMailKind
  const words = await writeWeekMail(tx, kind, { account, week, host, ...mailing })
  await queuePlanned(tx, mail, { ...words, personId: person.id, to: person.email, asked, now, machineNow })
}

const DAY = 86_400_000

/** Whether nothing has to be done with a planned mail yet. */
export async function isInPlace(read: Reader, mail: Mail, now: Date): Promise<boolean> {
  const found = mail.weekHostId ? await findHosting(read, mail.weekHostId) : undefined
  if (!found || found.host.endedAt || found.host.declinedAt || found.week.state === 'cancelled') return false
  const account = (await findAccount(read, found.week.accountId))!
  // While the account rests, nothing goes; when it goes on, what has become too late says so.
  if (account.pausedAt) return true
  const at = timeOf(mail, found.week, account)
  if (at.getTime() !== mail.plannedFor!.getTime()) return false
  if (mail.state === 'held' || at > now) return true
  return (
    now < tooLate(mail, found.week, account) && (await findTrouble(read, found.host.personId)) !== undefined
  )
}

/** From when on a planned mail says nothing that is true any more. */
function tooLate(mail: Mail, week: Week, account: Account): Date {
  return isTimed(mail.kind) ? mailTooLate(mail.kind, week, account.timeZone) : week.closesAt
}

/** The confirmation has no time by the week. */
function timeOf(mail: Mail, week: Week, account: Account): Date {
  return isTimed(mail.kind) ? mailTime(mail.kind, week, account.timeZone) : mail.plannedFor!
}
