import type { Reader, Writer } from '../db/database.ts'
import type { Refusal } from './refusal.ts'

export const MAIL_STATES = ['planned', 'held', 'queued', 'sent', 'failed'] as const

export const MAIL_KINDS = [
  'sign-in',
  'invitation',
  'hosting-ended',
  'week-moved',
  'candidate-confirm',
  'candidate-nominated',
  'candidate-offer',
  'candidate-declined',
  'candidate-kept',
  'candidates-news',
  'standby-added',
  'swap-asked',
  'swap-done',
  'host-dropped-out',
  'rota-gap',
  'week-not-open',
  'week-open',
  'week-confirmed',
  'week-four-weeks',
  'week-one-week',
  'week-eve',
  'week-welcome',
  'week-last-day',
  'week-after',
  'week-declined',
  'address-changed',
  'address-tried',
  'deputy',
  'draft-submitted',
  'draft-reminder',
  'live-posted',
  'draft-approved',
  'changes-requested',
  'draft-declined',
  'draft-answered',
  'draft-named',
  'draft-undecided',
  'draft-goes-out',
  'draft-stopped',
  'delivery-trouble',
  'post-news',
  'post-taken-down',
  'connection-lost',
  'budget-near',
  'account-paused',
  'account-resumed',
  'account-ended',
  'desk-invitation',
  'data-exported',
  'data-deleted',
  'passkey-added',
  'brake-pulled',
  'brake-released',
  'answer-waits',
  'help-asked',
  'help-closed',
  'hiding-stuck',
  'recap-ready',
  'recap-published',
  'reflection-submitted',
  'reflection-decided',
  'removal-asked',
  'removal-waits',
  'removal-done',
  'removal-settled',
  'removal-refused',
] as const
export type MailKind = (typeof MAIL_KINDS)[number]

/** One thing of which a mail tells that gathers several. */
export interface MailItem {
  /** Told again, it takes the place of what was told before. */
  id: string
  text: string
  /** What happened to it, for people. */
  why: string
  /** Where it stands. */
  link: string
}

/** Stands in a mail's text where a link is made at the moment of sending, so that no secret lies in the outbox. */
export const SIGN_IN_LINK = '{sign-in-link}'
export const INVITATION_LINK = '{invitation-link}'
/** To who filled in a form with their own address. */
export const CONFIRM_LINK = '{confirm-link}'
/** To who would host. */
export const ANSWER_LINK = '{answer-link}'

/** Asked for by who is to read them, so they go out although mail to the address came back. */
export const ASKED_BY_READER: MailKind[] = ['sign-in', 'candidate-confirm']

/** Which mails have such a link. In any other it is what somebody typed, in a draft or a comment, and stays that. */
export const LINK_OF: Partial<Record<MailKind, string>> = {
  'sign-in': SIGN_IN_LINK,
  invitation: INVITATION_LINK,
  'week-moved': INVITATION_LINK,
  'candidate-confirm': CONFIRM_LINK,
  'candidate-nominated': ANSWER_LINK,
  'candidate-offer': ANSWER_LINK,
  'candidate-kept': ANSWER_LINK,
}

/** Makes a mail's secret link at the moment of sending. `taken` is called once the mail server took the mail. */
export type LinkMaker = (
  tx: Writer,
  mail: { personId: string | null; to: string; weekHostId: string | null; candidateId: string | null },
  machineNow: Date,
) => Promise<{ url: string; taken?: (tx: Writer, machineNow: Date) => Promise<void> }>

/** By placeholder. */
export type LinkMakers = Record<string, LinkMaker>

/** A mail that gathers several things, as far as its room looks at them again. */
export interface GatheredMail {
  accountId: string | null
  personId: string
  cause: string
  items: MailItem[]
}

/**
 * Looks again at what a gathered mail tells, at the moment of sending: what of it is still true, in words of that moment.
 * Null where nothing of its cause can stop being true; without any item left it is not sent.
 */
export type Renewal = (
  read: Reader,
  mail: GatheredMail,
  now: Date,
) => Promise<{ items: MailItem[]; words(items: MailItem[]): { subject: string; text: string } } | null>

/** By kind of mail. */
export type Renewals = Partial<Record<MailKind, Renewal>>

/**
 * Makes the entry for a calendar, as iCalendar, that comes with a mail: at the moment of sending, so that it says what is true
 * then. Null where there is nothing to enter.
 */
export type EntryMaker = (
  tx: Writer,
  mail: { to: string; weekHostId: string | null },
  now: Date,
) => Promise<string | null>

/** By kind of mail. */
export type EntryMakers = Partial<Record<MailKind, EntryMaker>>

/**
 * The server did not take this one mail: `refused` for good, `no-mailbox` for good and so would be every other one to its
 * address, `put-off` for now. Any other error of a transport is one of the server, or of the way to it, and concerns all mails.
 */
export class MailTrouble extends Error {
  readonly kind: Refusal

  constructor(kind: Refusal, reason: string) {
    super(reason)
    this.kind = kind
  }
}

export interface MailTransport {
  /** Resolves once the server took it, within a minute. @throws MailTrouble, or any Error when the server takes nothing. */
  send(mail: {
    id: string
    to: string
    subject: string
    text: string
    /** An entry for a calendar, as iCalendar. */
    calendar?: string | null
  }): Promise<void>
}
