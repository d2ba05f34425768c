import type { Account } from '../accounts/accounts.ts'
import {
  dayInWords,
  dayOf,
  machineReadable,
  momentInWords,
  spanInWords,
  timeInWords,
  untilInWords,
} from '../calendar.ts'
import type { AddressTrouble, Mail } from '../mail/outbox.ts'
import { hostingOf, isLead, mayDecide, type Actor } from '../people/person.ts'
import { fiveDays, portraitOf, weekInWords, type Moment } from './pages.ts'
import { mailTitle, tagOfMail, timeOfMail } from './mails/mail-pages.ts'
import type { readyModel } from './readiness/ready-page.ts'
import { actsOf } from './mails/tend-week-mail.ts'
import type { Event } from './events-store.ts'
import type { HostedWeek, Week, WeekHost } from './store.ts'
import { capital } from '../words.ts'
import type { Cancellation } from './cancellation.ts'
import { cameLater, OPEN_STATES } from './week.ts'

/** One week and its hand-over, for who looks at it. */
export function weekPage(
  { week, host }: HostedWeek,
  {
    account,
    cancellation,
    isPublic,
    events,
    mails,
    email,
    outOfReach,
    isReached,
    ready,
    swap,
    actor,
    now,
  }: {
    account: Account
    cancellation: Cancellation | null
    /** Whether followers find it at its address. */
    isPublic: boolean
    events: Event[]
    mails: Mail[]
    email: string | null
    /** Mail to the host comes back. */
    outOfReach: AddressTrouble | null
    /** The account needs to reach the host, if only for the story of the week. */
    isReached: boolean
    ready: ReturnType<typeof readyModel> | null
    /** What its host is asked about another one's days. */
    swap: { href: string; text: string } | null
    actor: Actor
    now: Date
  },
) {
  const moment = { zone: account.timeZone, now }
  const words = weekInWords(week, host, moment)
  const lead = isLead(actor, account.id)
  const own = hostingOf(actor, week.id)
  const open = OPEN_STATES.includes(week.state) && now < week.closesAt
  const begun = now >= week.opensAt
  const reachHref =
    lead && host && isReached ? `/people/${host.personId}/address?account=${account.id}` : null
  const lost = host !== null && !outOfReach && invitationIsLost(mails)
  return {
    ...words,
    version: week.version,
    fiveDays: week.state === 'cancelled' ? null : fiveDays(week, moment),
    span:
      week.kind === 'hiatus'
        ? words.days
        : `${words.days}, ${spanOf(words, { week, host, cancellation, moment })}, ${words.zone} time`,
    lead: leadSentence(words, { week, host, cancellation }, moment),
    publicHref: isPublic && open && !begun ? `/@${account.handle}/weeks/${week.slot}` : null,
    hiatus: week.kind === 'hiatus',
    whoTitle: whoTitle(week, { over: cancellation !== null || now >= week.closesAt }),
    cancellation: cancellation && cancellationInWords(cancellation, moment),
    details: host && {
      ...words.host!,
      portrait: portraitOf(host, 'large'),
      line: hostLine(host, moment),
      biography: host.biography,
      email: lead ? email : null,
      addressHref: lead && open && !host.declinedAt ? `${words.href}/address` : null,
      reachHref: email && !outOfReach ? reachHref : null,
    },
    outOfReach:
      outOfReach && host && !host.declinedAt && mayDecide(actor, account.id)
        ? {
            title: `Mail to ${host.name} comes back`,
            since: `since ${momentInWords(outOfReach.since, now, account.timeZone)}`,
            words: outOfReach.words,
            text: `Nothing more is sent to ${outOfReach.address}${lead ? '' : ', until a lead corrects it'}.`,
            addressHref: lead && open ? `${words.href}/address` : null,
            reachHref,
          }
        : null,
    events: events.map((event) => eventInWords(event, moment)),
    mails: mails.map((mail) => mailInWords(mail, week, moment, outOfReach)),
    invitation: host && invitationInWords(host, moment),
    showInvitation: host !== null && !cancellation && !(own && !host.acceptedAt),
    isHost: own !== undefined,
    ownInvitation: host?.acceptedAt ? `You accepted on ${dateOf(host.acceptedAt, moment)}.` : null,
    acceptHref: `${words.href}/invitation`,
    declined:
      host?.declinedAt && !cancellation
        ? {
            name: host.name,
            when: dateOf(host.declinedAt, moment),
            words: host.declinedWords,
            mayAsk: lead && open,
          }
        : null,
    replaceHref: `${words.href}/replacement`,
    cancelHref: `${words.href}/cancellation`,
    dropOutHref: lead && open && host !== null && !host.declinedAt ? `${words.href}/drop-out` : null,
    swapHref: lead && open && !begun && host?.acceptedAt ? `${words.href}/swap` : null,
    swap,
    moveHref: lead && open && !begun ? `${words.href}/move` : null,
    cancelLabel: week.kind === 'hiatus' ? 'End the hiatus' : 'Cancel the week',
    inviteKind: host?.invitedAt && !lost ? null : 'main',
    invitationIsLost: lost,
    movedDays: host?.movedAt ? words.days : null,
    movedWords: host?.acceptedAt || host?.declinedAt ? null : (host?.movedWords ?? null),
    askToAccept: own !== undefined && open && !host?.acceptedAt,
    canEdit: (lead && week.state !== 'cancelled') || (own !== undefined && own.powers !== 'read'),
    canInvite: lead && open && host !== null && !host.acceptedAt && !host.declinedAt,
    inviteLabel: host?.invitedAt ? 'Send it again' : 'Send the invitation',
    canAnnounce: lead && host !== null && !host.declinedAt && week.state === 'booked' && open,
    canReplace: lead && open && host !== null && !host.declinedAt,
    canCancel: lead && open,
    ready,
    trust: host && open && !host.declinedAt ? trustInWords(host, account, lead) : null,
    links: week.kind === 'hosted' ? links() : [],
  }

  function links(): { href: string; label: string }[] {
    const desk = mayDecide(actor, account.id)
    return [
      ...(open && (lead || own) ? [{ href: `/drafts/new?week=${week.id}`, label: 'Write a draft' }] : []),
      ...(desk ? [{ href: `/weeks/${week.id}/days`, label: 'Its drafts and posts, day by day' }] : []),
      ...(open && (desk || own) && events.length > 0
        ? [{ href: `/weeks/${week.id}/live`, label: 'The live page of its events' }]
        : []),
      ...(desk && open ? [{ href: '/queue', label: 'What waits for a decision' }] : []),
      ...(own && !desk
        ? [{ href: `/today?week=${week.id}`, label: 'Your drafts and posts, day by day' }]
        : []),
      ...(begun ? [{ href: `/weeks/${week.id}/conversation`, label: 'The conversation' }] : []),
      ...(begun && !cancellation ? [{ href: `/weeks/${week.id}/recap`, label: 'The recap' }] : []),
      ...(now >= week.closesAt && host?.acceptedAt && !cancellation
        ? [{ href: `/weeks/${week.id}/certificate`, label: 'The certificate of hosting' }]
        : []),
      ...(begun && isPublic
        ? [{ href: `/@${account.handle}/weeks/${week.slot}`, label: 'The public page' }]
        : []),
    ]
  }
}

/** Whether a lead trusts the host, and what that does under the account's policy. Hosts themselves read it too. */
function trustInWords({ name, trusted }: WeekHost, { policy }: Account, lead: boolean) {
  const counts = policy.decided === 'untrusted'
  const goes = `goes out after ${minutesInWords(policy.stopMinutes)} or at its time, without a decision, unless somebody stops it`
  return {
    trusted,
    canChange: lead,
    text: counts
      ? trusted
        ? `${name} is trusted: what they submit ${goes}.${lead ? ' Taken back, what of theirs was to go out without a decision comes back to the queue.' : ''}`
        : `What ${name} submits waits for a decision. Marked as trusted, it ${goes}.`
      : `${name} ${trusted ? 'is marked as trusted, which' : 'could be marked as trusted, but that'} changes nothing at present: the account’s policy does not ask for it.`,
    label: trusted ? 'Have people decide again' : 'Mark as trusted',
    value: trusted ? 'no' : 'yes',
  }
}

function minutesInWords(minutes: number): string {
  return minutes === 1 ? 'one minute' : `${minutes} minutes`
}

/** A week with who has it, or had it until it was cancelled. */
type HadWeek = HostedWeek & { cancellation: Cancellation | null }

function leadSentence(
  words: ReturnType<typeof weekInWords>,
  { week, host, cancellation }: HadWeek,
  { now, zone }: Moment,
): string {
  const whose = host && week.theme ? `${host.name}’s week. ` : ''
  if (cancellation) {
    const early = cancellation.at >= week.opensAt ? 'It ended early' : 'It was cancelled'
    const free = now < week.closesAt && !cancellation.taken ? ', and its place in the rota is free' : ''
    return `${whose}${early}${free}.`
  }
  if (words.standing === 'hiatus')
    return now < week.closesAt ? 'Nobody has this week, on purpose.' : 'Nobody had this week, on purpose.'
  if (words.standing === 'closed') return `${whose}It is over.`
  if (now >= week.opensAt)
    return `${whose}It closes in ${spanInWords(week.closesAt.getTime() - now.getTime())}.`
  return `${whose}It opens in ${untilInWords(week.opensAt, now, zone)}.`
}

function whoTitle({ kind }: Week, { over }: { over: boolean }): string {
  if (kind === 'hiatus') return 'Why nobody'
  return over ? 'Who had it, and why' : 'Who has it, and why'
}

function cancellationInWords({ at, by, reason }: Cancellation, { zone, now }: Moment) {
  return {
    time: { iso: machineReadable(at), label: capital(momentInWords(at, now, zone)) },
    by,
    reason,
  }
}

function hostLine(host: WeekHost, moment: Moment): string {
  const what = [host.job, host.organisation].filter(Boolean).join(', ')
  const accepted = host.acceptedAt
    ? `accepted ${dateOf(host.acceptedAt, moment)}`
    : host.declinedAt
      ? `said no ${dateOf(host.declinedAt, moment)}`
      : host.movedAt
        ? 'asked about other days, has not answered yet'
        : host.invitedAt
          ? 'invited, has not accepted yet'
          : 'not invited yet'
  return [what, accepted].filter(Boolean).join(', ')
}

function invitationInWords(host: WeekHost, moment: Moment): string {
  if (host.acceptedAt) return `${host.name} accepted on ${dateOf(host.acceptedAt, moment)}.`
  if (host.declinedAt) return `${host.name} said no on ${dateOf(host.declinedAt, moment)}.`
  if (host.movedAt)
    return `${host.name} was asked on ${dateOf(host.movedAt, moment)} whether these days suit too, and has not answered yet. They can go on writing.${host.movedWords ? ` With it they read: “${host.movedWords}”` : ''}`
  if (host.invitedAt)
    return `${host.name} was invited on ${dateOf(host.invitedAt, moment)}, may draft since then, and has not accepted yet.`
  return `${host.name} knows nothing of this week yet.`
}

function dateOf(instant: Date, { zone, now }: Moment): string {
  return dayInWords(dayOf(instant, zone), dayOf(now, zone))
}

function eventInWords(event: Event, { zone }: Moment) {
  const first = dayOf(event.startsAt, zone)
  const last = dayOf(event.endsAt, zone)
  const until = last === first ? '' : `${dayInWords(last)}, `
  return {
    name: event.name,
    iso: machineReadable(event.startsAt),
    when: `${dayInWords(first)}, ${timeInWords(event.startsAt, zone)} to ${until}${timeInWords(event.endsAt, zone)}`,
    where: [event.place, event.hashtag].filter(Boolean).join(', '),
  }
}

/** The latest one did not arrive: nobody took it, and it is tried no more. */
function invitationIsLost(mails: Mail[]): boolean {
  return mails.findLast(({ kind }) => kind === 'invitation')?.state === 'failed'
}

/** An entry of the partial `time-line`, with the way to what it says. */
function mailInWords(mail: Mail, week: Week, moment: Moment, outOfReach: AddressTrouble | null) {
  const waits = mail.state === 'queued' && !mail.asked && mail.to === outOfReach?.address
  const when =
    mail.state === 'failed' ? 'stopped' : mail.state === 'sent' ? 'past' : mail.plannedFor ? 'ahead' : 'now'
  return {
    when: mail.state === 'queued' ? 'now' : when,
    title: mailTitle(mail),
    text: `to ${mail.to}`,
    time: timeOfMail(mail, moment),
    note: waits ? 'mail to this address comes back' : mail.trouble ? troubleOf(mail) : '',
    tag: waits ? { state: 'held', label: 'Waits' } : tagOfMail(mail),
    link: {
      href: `/weeks/${week.id}/mails/${mail.id}`,
      label: actsOf(mail).length > 0 ? 'read, hold or send it' : 'read it',
    },
  }
}

/** Of a planned mail it is ours, of another one the server's. */
function troubleOf({ trouble, plannedFor, tries }: Mail): string {
  return plannedFor && tries === 0 ? trouble! : `the mail server said: ${trouble}`
}

/** "opened Monday 9:00, closes Friday 18:00": what has happened is said as that, and what did not happen as what was planned. */
function spanOf(
  { opens, closes }: { opens: string; closes: string },
  { week, host, cancellation, moment: { now } }: HadWeek & { moment: Moment },
): string {
  const waits = host?.opening === 'waits'
  // Whether it was open for the one before does not stand here.
  const began = waits && cameLater(week, host) ? 'began' : 'was to open'
  const opened = waits ? began : 'opened'
  if (cancellation)
    return `${cancellation.at < week.opensAt ? 'was to open' : opened} ${opens}, was to close ${closes}`
  return [
    `${now < week.opensAt ? 'opens' : opened} ${opens}`,
    `${now < week.closesAt ? 'closes' : 'closed'} ${closes}`,
  ].join(', ')
}
