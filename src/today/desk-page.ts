import { dayInWords, dayOf, momentInWords, timeInWords, zoneInWords } from '../calendar.ts'
import { goingItem, shortName, waitingItem } from '../drafts/queue/queue-pages.ts'
import type { DiskTrouble } from '../errors.ts'
import type { Delivery } from '../publishing/deliveries.ts'
import type { ToldAt } from '../publishing/pages.ts'
import { fiveDays, weekInWords } from '../rota/pages.ts'
import { capital, inLetters } from '../words.ts'
import { firesOf } from './fires/fires.ts'
import { nextWeek } from './next-week.ts'
import { byDecision } from './outgoing.ts'
import type { Desk } from './read-desk.ts'
import { planOf } from './todays-plan.ts'
import { stripOf } from './week-strip.ts'

/** The desk of leads and approvers: what is on fire, what waits for them, what goes out, whether next week is ready. */
export function deskPage(
  desk: Desk,
  {
    now,
    isLead,
    ownWeek,
    disk,
    site = null,
    live,
  }: {
    now: Date
    isLead: boolean
    ownWeek: { href: string; label: string } | null
    disk: DiskTrouble | null
    /** Why the folder with the public site is not up to date, and since when on the machine's clock; null where it is. */
    site?: { says: string; since: Date } | null
    /** Not a sandbox, whose posts have no page on X. */
    live: boolean
  },
) {
  const { account, running } = desk
  const zone = account.timeZone
  const moment = { zone, now, limit: desk.limit, lateAfterMinutes: account.policy.lateAfterMinutes }
  const today = dayOf(now, zone)
  const fires = firesOf(desk, moment, { isLead, disk, site: isLead ? site : null, live })
  return {
    title: 'Today',
    heading: dayInWords(today),
    days: running && fiveDays(running.week, moment),
    context: runningInWords(desk),
    contextLink: running && { href: `/weeks/${running.week.id}`, label: running.week.theme || 'The week' },
    ownWeek,
    lead: leadOf(desk, fires.length, moment),
    unanswered: unansweredOf(desk),
    over: desk.over.map((one) => overInWords(one, moment, isLead)),
    fires,
    noWeek: running || desk.slotIsTaken ? null : noWeek(desk, isLead),
    waiting: desk.waiting.map((one) => ({
      ...waitingItem(one, moment),
      tag: { state: 'submitted', label: `Submitted ${submittedAt(one.draft.submittedAt, moment)}` },
    })),
    unlessStopped: desk.unlessStopped.map((one) => goingItem(one, moment)),
    waitingMore:
      desk.waitingCount > desk.waiting.length
        ? `and ${inLetters(desk.waitingCount - desk.waiting.length)} more`
        : null,
    answersWaiting: desk.answersWaiting.map(({ id, accountId, title }) => ({
      href: `/accounts/${accountId}/answers#answer-${id}`,
      title,
    })),
    reflections: desk.reflections.map(({ weekId, host }) => ({ href: `/weeks/${weekId}/reflection`, host })),
    plan: planOf(desk, moment),
    writeHref: isLead ? writeHref(desk) : null,
    next: nextWeek(desk, moment, isLead),
    brake: brakeOf(desk),
    steady: steadyOf(desk, moment),
    strip: running && stripOf(running, moment),
  }
}

function runningInWords({ running, slotIsTaken }: Desk): string {
  if (running?.host) return `${running.host.name}’s week,`
  if (running) return 'A hiatus:'
  return slotIsTaken ? 'Between two weeks' : 'Nobody hosts this week'
}

function leadOf({ waitingCount, over }: Desk, fires: number, { zone, now }: ToldAt): string {
  const look =
    fires === 0
      ? 'Nothing needs a look now'
      : fires === 1
        ? 'One thing needs a look now'
        : `${capital(inLetters(fires))} things need a look now`
  const wait =
    waitingCount === 0
      ? 'no draft waits for a decision'
      : waitingCount === 1
        ? 'one draft waits for a decision'
        : `${inLetters(waitingCount)} drafts wait for a decision`
  const unread = over.filter(({ recapWaits }) => recapWaits)
  const recaps =
    unread.length === 0
      ? ''
      : unread.length === 1
        ? `, and ${whoseRecap(unread[0]!)} waits to be published`
        : `, and ${inLetters(unread.length)} recaps wait to be published`
  return `It is ${timeInWords(now, zone)} in ${zoneInWords(zone)}. ${look}, ${wait}${recaps}.`
}

function whoseRecap({ host }: Desk['over'][number]): string {
  return host ? `${shortName(host.name)}’s recap` : 'the recap'
}

/** A week that is over, where its story stands, and the way to it. */
function overInWords(over: Desk['over'][number], moment: ToldAt, isLead: boolean) {
  const words = weekInWords(over.week, over.host, moment)
  const waits = isLead ? 'waits to be read and published' : 'waits for a lead to publish it'
  return {
    title: over.recapWaits ? `${capital(whoseRecap(over))} ${waits}` : words.title,
    href: over.recapWaits ? `${words.href}/recap` : words.href,
    detail: `${[over.host?.name, words.days].filter(Boolean).join(', ')}.`,
    links: [
      ...(over.recapWaits ? [{ href: words.href, label: 'The week' }] : []),
      { href: `${words.href}/days`, label: 'Its days' },
      ...(over.recapWaits ? [] : [{ href: `${words.href}/recap`, label: 'The recap' }]),
    ],
  }
}

function unansweredOf({ running }: Desk) {
  if (!running || running.unanswered === 0) return null
  return {
    href: `/weeks/${running.week.id}/conversation?show=unanswered`,
    label:
      running.unanswered === 1
        ? 'One reply has no answer yet'
        : `${capital(inLetters(running.unanswered))} replies have no answer yet`,
  }
}

/** The brake, while it is off: what pulling it would stop. */
function brakeOf({ account, today, running }: Desk) {
  if (account.brakeAt) return null
  const waiting = (deliveries: Delivery[]) =>
    byDecision(deliveries.filter(({ state }) => state === 'waiting')).length
  const [day, week] = [waiting(today.deliveries), waiting(running?.deliveries ?? [])]
  const posts = (count: number) => (count === 1 ? 'one post' : `${inLetters(count)} posts`)
  const stops = [
    ...(day > 0 ? [`${posts(day)} of today`] : []),
    ...(week > day ? [`${posts(week)} of this week`] : []),
  ]
  return {
    action: `/accounts/${account.id}/brake`,
    text: `Stops everything outgoing of @${account.handle} at once${
      stops.length > 0 ? `: ${stops.join(', ')}` : '; nothing waits for today'
    }. Nothing is lost, and each asks before it goes out later.`,
  }
}

function noWeek({ slot }: Desk, isLead: boolean) {
  return {
    title: 'Nobody hosts this week',
    text: isLead
      ? 'Book somebody, or set a hiatus, so that followers know. You can write as the account meanwhile.'
      : 'A lead can book somebody, or set a hiatus, so that followers know.',
    action: {
      href: isLead ? `/rota/book?slot=${slot}` : '/rota',
      label: isLead ? 'Book this week' : 'Open the rota',
    },
  }
}

function writeHref({ running, slot }: Desk): string {
  return running ? `/drafts/new?week=${running.week.id}` : `/drafts/new?slot=${slot}`
}

function submittedAt(at: Date | null, { now, zone }: ToldAt): string {
  return at ? momentInWords(at, now, zone).replace(/^today /, '') : ''
}

/** What is in order, said once and quietly; nothing that is not. */
function steadyOf(
  { connection, failedMails, outOfReach, mailOutage, look }: Desk,
  { zone, now }: ToldAt,
): string[] {
  // Without a connection nothing is read: the card above says since when.
  const heard = connection?.state === 'connected' ? look?.wellAt : null
  return [
    ...(connection?.state === 'connected' ? ['Connected to X'] : []),
    ...(failedMails.length + outOfReach.length === 0 && !mailOutage ? ['Mail goes out'] : []),
    ...(heard && !look?.trouble
      ? [`Replies read ${momentInWords(heard, now, zone).replace(/^today /, '')}`]
      : []),
  ]
}
