import { addDays, dayOf, instantOf } from '../../calendar.ts'
import type { MailKind } from '../../mail/mail.ts'
import type { WeekSpan } from '../week.ts'

/** The mails to a week's host that have a time by the week, and move with it. */
export const TIMED_MAILS = [
  'week-four-weeks',
  'week-one-week',
  'week-eve',
  'week-welcome',
  'week-last-day',
  'week-after',
] as const satisfies readonly MailKind[]
export type TimedMailKind = (typeof TIMED_MAILS)[number]

/** The mails of a week's life to its host, in their order. The invitation goes when a lead says so, the others by themselves. */
export const WEEK_MAILS = [
  'invitation',
  'week-confirmed',
  ...TIMED_MAILS,
] as const satisfies readonly MailKind[]
export type WeekMailKind = (typeof WEEK_MAILS)[number]

/** The mails to people who ask for a week, or were suggested: they go when somebody does something. */
export const ASKING_MAILS = [
  'candidate-nominated',
  'candidate-offer',
  'candidate-kept',
  'candidate-declined',
] as const satisfies readonly MailKind[]
export type AskingMailKind = (typeof ASKING_MAILS)[number]

/** The mails whose words an account can change. */
export type WordedMailKind = AskingMailKind | WeekMailKind

export function isAskingMail(kind: MailKind): kind is AskingMailKind {
  return ASKING_MAILS.some((one) => one === kind)
}

export function isTimed(kind: MailKind): kind is TimedMailKind {
  return TIMED_MAILS.some((timed) => timed === kind)
}

/** Milliseconds. */
const DAY = 86_400_000
/** Before the week closes. Milliseconds. */
const BEFORE_CLOSING = 3 * 3_600_000

/** When a mail goes: by the wall clocks of the account's zone, whatever the change of the clocks does between. */
export function mailTime(kind: TimedMailKind, { opensAt, closesAt }: WeekSpan, zone: string): Date {
  const first = dayOf(opensAt, zone)
  const at = (days: number, time: string) => instantOf(addDays(first, days), time, zone)
  const times: Record<TimedMailKind, () => Date> = {
    'week-four-weeks': () => at(-28, '10:00'),
    'week-one-week': () => at(-7, '10:00'),
    'week-eve': () => at(-1, '17:00'),
    'week-welcome': () => opensAt,
    'week-last-day': () => new Date(Math.max(closesAt.getTime() - BEFORE_CLOSING, opensAt.getTime())),
    'week-after': () => at(8, '10:00'),
  }
  return times[kind]()
}

/** From when on a mail that could not go says nothing that is still of use: it is not sent by itself any more. */
export function mailTooLate(kind: TimedMailKind, span: WeekSpan, zone: string): Date {
  const of = (other: TimedMailKind) => mailTime(other, span, zone)
  const ends: Record<TimedMailKind, () => Date> = {
    'week-four-weeks': () => of('week-one-week'),
    'week-one-week': () => of('week-eve'),
    'week-eve': () => span.opensAt,
    'week-welcome': () => of('week-last-day'),
    'week-last-day': () => span.closesAt,
    'week-after': () => new Date(of('week-after').getTime() + 21 * DAY),
  }
  return ends[kind]()
}

export const MAIL_TITLES: Record<WordedMailKind, string> = {
  'candidate-nominated': 'Somebody suggests you',
  'candidate-offer': 'Weeks to choose from',
  'candidate-kept': 'Kept for later',
  'candidate-declined': 'No, kindly',
  invitation: 'Invitation',
  'week-confirmed': 'Confirmation, with a calendar entry',
  'week-four-weeks': 'Four weeks before',
  'week-one-week': 'One week before',
  'week-eve': 'The evening before',
  'week-welcome': 'Welcome, as the week opens',
  'week-last-day': 'The last day',
  'week-after': 'The week after',
}

/** When it goes, for people. */
export const MAIL_WHEN: Record<WordedMailKind, string> = {
  'candidate-nominated': 'when somebody suggested a person, who is asked before anything else happens',
  'candidate-offer': 'when a lead offers weeks to somebody who asked for one',
  'candidate-kept': 'when a lead keeps somebody for later, and wants them to know',
  'candidate-declined': 'when a lead says no to somebody who asked for a week',
  invitation: 'when a lead invites the host',
  'week-confirmed': 'as soon as the host has accepted, with an entry for their calendar',
  'week-four-weeks': 'four weeks before the first day, at 10:00',
  'week-one-week': 'a week before the first day, at 10:00, with what is missing',
  'week-eve': 'the day before, at 17:00',
  'week-welcome': 'when the week opens',
  'week-last-day': 'three hours before the week closes',
  'week-after': 'in the week after, on the ninth day from the first, at 10:00',
}
