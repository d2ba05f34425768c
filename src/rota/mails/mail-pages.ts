import type { Account } from '../../accounts/accounts.ts'
import { dayInWords, dayOf, machineReadable, momentInWords } from '../../calendar.ts'
import type { Mail } from '../../mail/outbox.ts'
import { isLead, type Actor } from '../../people/person.ts'
import {
  ASKING_MAILS,
  isTimed,
  MAIL_TITLES,
  MAIL_WHEN,
  mailTooLate,
  WEEK_MAILS,
  type WeekMailKind,
  type WordedMailKind,
} from './mail-plan.ts'
import { fillIn, VARIABLES, variablesOf, type MailWords } from './mail-words.ts'
import { weekInWords } from '../pages.ts'
import type { MailTemplate } from './mail-words-store.ts'
import type { HostedWeek } from '../store.ts'
import { actsOf, type MailAct } from './tend-week-mail.ts'

const ACTS: Record<MailAct, { label: string; kind?: string }> = {
  send: { label: 'Send it now', kind: 'main' },
  hold: { label: 'Hold it' },
  resume: { label: 'Let it go at its time' },
}

/** One mail of a week: what it says, where it stands, and what a lead can do with it. */
export function weekMailPage(
  { week, host }: HostedWeek,
  mail: Mail,
  {
    words,
    account,
    heldBy,
    actor,
    now,
  }: { words: MailWords; account: Account; heldBy: string | null; actor: Actor; now: Date },
) {
  const zone = account.timeZone
  const waits = mail.state === 'planned' || (mail.state === 'held' && mail.plannedFor !== null)
  const lead = isLead(actor, account.id)
  return {
    week: weekInWords(week, host, { zone, now }),
    name: mailTitle(mail),
    to: mail.to,
    tag: tagOfMail(mail),
    time: timeOfMail(mail, { zone, now }),
    said: [
      ...(waits
        ? ['It is written when it goes, with what is true then. As things stand it would say this.']
        : []),
      ...(mail.state === 'held' && mail.plannedFor ? [`${heldBy ?? 'A restore'} holds it.`] : []),
      ...(mail.trouble ? [mail.trouble] : []),
      ...(waits && isTimed(mail.kind) && now >= mailTooLate(mail.kind, week, zone)
        ? ['Its time is over: it goes only when somebody sends it.']
        : []),
    ],
    subject: words.subject,
    text: words.text,
    calendar: mail.kind === 'week-confirmed' || mail.calendar !== null,
    acts: lead ? actsOf(mail).map((value) => ({ value, ...ACTS[value] })) : [],
    action: `/weeks/${week.id}/mails/${mail.id}`,
    templateHref: WEEK_MAILS.some((kind) => kind === mail.kind)
      ? `/accounts/${account.id}/mails/${mail.kind}`
      : null,
  }
}

const OTHER_TITLES: Partial<Record<Mail['kind'], string>> = {
  'address-changed': 'Their address has changed',
  'week-declined': 'Their no, confirmed',
  'hosting-ended': 'The week is not theirs any more',
  'rota-gap': 'Weeks without a host',
  'host-dropped-out': 'A host can’t',
  'swap-asked': 'A swap of weeks, asked',
  'swap-done': 'A swap of weeks, settled',
  'week-moved': 'Their week on other days',
  'recap-ready': 'The recap is ready',
  'recap-published': 'The recap is published',
}

export function mailTitle({ kind, subject }: Pick<Mail, 'kind' | 'subject'>): string {
  return MAIL_TITLES[kind as WeekMailKind] ?? OTHER_TITLES[kind] ?? subject
}

/** Tried again by itself, it waits; held is what a person or a restore keeps. */
export function tagOfMail({ state, trouble, plannedFor }: Pick<Mail, 'state' | 'trouble' | 'plannedFor'>) {
  if (state === 'queued' && trouble) return { state: 'held', label: 'Will be tried again' }
  if (state === 'held' && plannedFor === null) return { state, label: 'Not sent again' }
  return { state, label: MAIL_STATES[state] }
}

const MAIL_STATES: Record<Mail['state'], string> = {
  planned: 'Planned',
  held: 'Held',
  queued: 'On its way',
  sent: 'Sent',
  failed: 'Failed',
}

export function timeOfMail(
  { sentAt, plannedFor, createdAt, state }: Mail,
  { zone, now }: { zone: string; now: Date },
) {
  const at = sentAt ?? (state === 'queued' ? createdAt : plannedFor) ?? createdAt
  return { iso: machineReadable(at), label: momentInWords(at, now, zone) }
}

/** All mails to hosts, in the order of a week's life, with when they go and whose words they have. */
export function mailsPage(
  account: Account,
  templates: MailTemplate[],
  { nameOf, now }: { nameOf: (personId: string) => string | null; now: Date },
) {
  const zone = account.timeZone
  return {
    handle: `@${account.handle}`,
    settingsHref: `/accounts/${account.id}`,
    mails: WEEK_MAILS.map(line),
    asking: ASKING_MAILS.map(line),
  }

  function line(kind: WordedMailKind) {
    const own = templates.find((template) => template.kind === kind)
    return {
      title: MAIL_TITLES[kind],
      when: MAIL_WHEN[kind],
      href: `/accounts/${account.id}/mails/${kind}`,
      words: own
        ? `Your words, by ${nameOf(own.changedBy) ?? 'somebody who left'}, ${dayInWords(dayOf(own.changedAt, zone), dayOf(now, zone))}`
        : 'Standard words',
    }
  }
}

/** The form of one mail's words, with a preview where it was asked for. */
export function templatePage(
  account: Account,
  kind: WordedMailKind,
  {
    words,
    own,
    preview,
    errors,
    canChange,
  }: {
    /** As typed, or as they stand. */
    words: MailWords
    own: MailTemplate | undefined
    preview: { words: MailWords; readBy: string } | null
    errors: Record<string, string>
    canChange: boolean
  },
) {
  return {
    handle: `@${account.handle}`,
    name: MAIL_TITLES[kind],
    when: MAIL_WHEN[kind],
    listHref: `/accounts/${account.id}/mails`,
    action: `/accounts/${account.id}/mails/${kind}`,
    version: own?.version ?? 0,
    isOwn: own !== undefined,
    canChange,
    words,
    subject: {
      id: 'subject',
      name: 'subject',
      label: 'Subject',
      maxlength: '200',
      required: true,
      value: words.subject,
      error: errors['subject'],
    },
    text: {
      id: 'text',
      name: 'text',
      label: 'Text',
      rows: 22,
      required: true,
      value: words.text,
      error: errors['text'],
    },
    variables: variablesOf(kind).map((name) => ({ name: `{${name}}`, means: VARIABLES[name] })),
    preview: preview && {
      ...preview.words,
      readBy: preview.readBy,
    },
  }
}

/** For a preview where no week is booked: what each variable means, in brackets. */
export function withMeanings(kind: WordedMailKind, words: MailWords): MailWords {
  return fillIn(words, Object.fromEntries(variablesOf(kind).map((name) => [name, `[${VARIABLES[name]}]`])))
}
