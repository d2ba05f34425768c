import {
  dayInWords,
  dayOf,
  machineReadable,
  momentInWords,
  spanInWords,
  timeInWords,
  timeOf,
} from '../../calendar.ts'
import { hostingOf, isLead, mayDecide, type Actor } from '../../people/person.ts'
import type { Delivery } from '../../publishing/deliveries.ts'
import { deliveryInWords } from '../../publishing/pages.ts'
import { isKeptBack } from '../../publishing/posting-limit.ts'
import { EXTENSIONS, isOpenAt, windowToShow, type LiveWindow } from '../../rota/live-window.ts'
import { fiveDays } from '../../rota/pages.ts'
import { whyNotChange } from './change-live-window.ts'
import { whyChecksRefuse, wordsOf, type CheckedWords } from '../checks/check-draft.ts'
import { findingCheck, type Check, type SeenContext } from '../checks/finding-check.ts'
import { whyNotApprove } from '../decision.ts'
import { whyNotLive } from './live.ts'
import { asPosted, stateOf, type Moment } from '../pages.ts'
import { shortName } from '../queue/queue-pages.ts'
import type { LivePost, LiveWeek } from './read-live.ts'
import { POST_LIMIT, textsAsPosted, weightOf } from '../weight.ts'
import { withHashtag } from './live.ts'
import { capital, inLetters } from '../../words.ts'

/** What was typed on the live page, to be shown again. */
export interface LiveForm {
  id: string
  text: string
  /** Of a photo that was taken already. */
  hash: string
  alt: string
  hashtag: boolean
}

/** A form with times that came back. */
export interface RefusedWindow {
  eventId: string
  typed: Record<string, string>
  fields: Record<string, string>
}

/** The live page: for the host to post from an event, for leads and approvers to approve and stop what comes. */
export function livePage(
  live: LiveWeek,
  {
    actor,
    form,
    errors = {},
    refused,
    now,
  }: {
    actor: Actor
    form: LiveForm
    /** By the form's fields. */
    errors?: Record<string, string>
    refused?: RefusedWindow | undefined
    now: Date
  },
) {
  const { account, week, host, windows, posts } = live
  const moment = { zone: account.timeZone, now, limit: live.limit }
  const shown = windowToShow(windows, now)
  const open = shown !== undefined && isOpenAt(shown, now)
  const decides = mayDecide(actor, account.id)
  const hosting = hostingOf(actor, week.id)
  const waiting = posts.filter(({ draft }) => draft.state === 'submitted')
  const going = posts.filter(isStoppable)
  return {
    title: shown ? `Live: ${shown.event.name}` : 'Live',
    page: 'live',
    weekId: week.id,
    now: machineReadable(now),
    tag: shown ? windowTag(shown, moment) : null,
    days: fiveDays(week, moment),
    heading: shown?.event.name ?? 'Live',
    lead: [
      shown && whereInWords(shown, moment),
      leadOf(live, { open, isHost: hosting !== undefined, moment }),
    ]
      .filter(Boolean)
      .join(' '),
    // Their phone keeps what the page needs to open again without a connection.
    host:
      hosting?.powers === 'post' && shown
        ? { person: actor.personId, closesAt: machineReadable(week.closesAt) }
        : null,
    compose: hosting && open && hosting.powers === 'post' ? compose(live, shown, form, errors) : null,
    whyNot: hosting && !open && shown ? notOpen(live, hosting.powers, shown, moment) : null,
    lane: decides
      ? {
          count: waiting.length,
          posts: waiting.map((post) => waitingModel(post, live, moment)),
        }
      : null,
    going: decides ? going.map((post) => goingModel(post, live, moment)) : null,
    said: posts
      .filter((post) => !decides || (!waiting.includes(post) && !going.includes(post)))
      .map((post) => saidModel(post, { own: hosting?.weekHostId === post.draft.weekHostId, moment })),
    saidTitle: hosting ? 'Said so far' : `Said by ${host ? shortName(host.name) : 'the host'}`,
    count: countInWords(posts),
    windows: windows.map((window) => windowModel(window, { live, actor, refused, moment })),
    noWindows:
      windows.length > 0
        ? null
        : isLead(actor, account.id)
          ? 'This week has no event. Add one to the week, and its live page opens by the event’s times.'
          : 'This week has no event, so nothing is live. A lead can add one.',
    weekHref: `/weeks/${week.id}`,
    stepped: steppedInWords(live.stepped, decides),
    isLead: isLead(actor, account.id),
    conversationHref: now >= week.opensAt ? `/weeks/${week.id}/conversation` : null,
  }
}

/** What stepped aside, and who is asked about it afterwards. */
function steppedInWords(count: number, decides: boolean): string | null {
  if (count === 0) return null
  const held = count === 1 ? 'One scheduled post has' : `${capital(inLetters(count))} scheduled posts have`
  return `${held} stepped aside and ${count === 1 ? 'is' : 'are'} held. What can still keep its time afterwards goes out by itself. ${decides ? 'About the rest you are asked, in one form' : 'About the rest the team decides'}`
}

function windowTag(window: LiveWindow, moment: Moment): { state: string; label: string } {
  const { zone, now } = moment
  if (isOpenAt(window, now)) return { state: 'running', label: `Live until ${until(window.endsAt, moment)}` }
  return now < window.startsAt
    ? { state: 'planned', label: `Opens ${momentInWords(window.startsAt, now, zone)}` }
    : { state: 'closed', label: `Closed ${momentInWords(window.endsAt, now, zone)}` }
}

/** "13:00", or with its day where that is not today. */
function until(at: Date, { zone, now }: Moment): string {
  return dayOf(at, zone) === dayOf(now, zone) ? timeInWords(at, zone) : momentInWords(at, now, zone)
}

function whereInWords({ event }: LiveWindow, { zone }: Moment): string {
  const times = `${timeInWords(event.startsAt, zone)} to ${timeInWords(event.endsAt, zone)}`
  return `${[event.place, times].filter(Boolean).join(', ')}.`
}

function leadOf(
  { account, host, deciders }: LiveWeek,
  { open, isHost, moment }: { open: boolean; isHost: boolean; moment: Moment },
): string {
  if (account.brakeAt) {
    const since = momentInWords(account.brakeAt, moment.now, moment.zone)
    return `The brake is on since ${since}: what is posted is held until the team says so.`
  }
  if (!open) return ''
  const who = isHost ? 'you post' : `${host ? shortName(host.name) : 'the host'} posts`
  const { live, liveStopMinutes } = account.policy
  if (live === 'at-once') return `What ${who} goes out at once.`
  if (live === 'delay') {
    const minutes = liveStopMinutes === 1 ? 'one minute' : `${liveStopMinutes} minutes`
    return `What ${who} goes out after ${minutes}, unless somebody stops it.`
  }
  const [one, ...others] = deciders
  const decide = others.length > 0 || !one ? 'somebody of the team' : shortName(one)
  return `What ${who} goes out as soon as ${decide} approves it.`
}

function compose(
  { account, host, week }: LiveWeek,
  { event }: LiveWindow,
  form: LiveForm,
  errors: Record<string, string>,
) {
  const hashtag = event.hashtag || account.hashtag
  const signOff = host?.signOff ?? ''
  const [posted] = textsAsPosted(
    [{ text: form.hashtag ? withHashtag(form.text, hashtag) : form.text }],
    signOff,
  )
  return {
    ...form,
    errors,
    action: `/weeks/${week.id}/live`,
    hashtagName: hashtag,
    signOff,
    weight: weightOf(posted!),
    limit: POST_LIMIT,
    label: LABELS[account.policy.live],
    checkContext: JSON.stringify({ ...wordsOf(account, [event]), answered: {} } satisfies SeenContext),
    photo: form.hash ? { src: `/images/${form.hash}`, alt: form.alt } : null,
  }
}

const LABELS = { 'at-once': 'Post it', delay: 'Post it', lane: 'Send it to be approved' }

function notOpen(
  { week }: LiveWeek,
  powers: Parameters<typeof whyNotLive>[0],
  { startsAt }: LiveWindow,
  { zone, now }: Moment,
) {
  const ahead = now < startsAt
  return {
    text:
      whyNotLive(powers) ??
      (ahead
        ? `You can post live from ${momentInWords(startsAt, now, zone)} on, in ${spanInWords(startsAt.getTime() - now.getTime())}.`
        : 'This event is not live any more. What you write goes out once it is approved.'),
    write: powers === 'read' ? null : `/drafts/new?week=${week.id}`,
  }
}

/** Goes out by the policy, and can be stopped until then. */
function isStoppable({ draft, delivery }: LivePost): boolean {
  return draft.state === 'approved' && draft.changedBy === null && delivery?.state === 'waiting'
}

/** What the checks found, for who approves or stops it; nothing where they found nothing. */
function checksOf(checked: CheckedWords | null, { mayAnswer }: { mayAnswer: boolean }): Check[] {
  return checked?.findings.map((finding) => findingCheck(finding, checked.context, { mayAnswer })) ?? []
}

function unansweredOf(checked: CheckedWords | null): string | null {
  return checked && Object.keys(whyChecksRefuse(checked.findings)).length > 0
    ? 'It can be approved once what the checks found is answered, or its writer puts it right.'
    : null
}

function waitingModel({ draft, fingerprint, ownWork, checked }: LivePost, live: LiveWeek, moment: Moment) {
  const { account } = live
  return {
    id: draft.id,
    fingerprint,
    time: pressed(draft, moment),
    waits: spanInWords(moment.now.getTime() - draft.pressedAt!.getTime()),
    posted: shownAsPosted(draft, live),
    whyNot: whyNotApprove({ ownWork, selfApproval: account.policy.selfApproval }) ?? unansweredOf(checked),
    checks: checksOf(checked, { mayAnswer: true }),
    checkForm: `checks-of-${draft.id}`,
    href: `/queue?draft=${draft.id}`,
  }
}

function goingModel({ draft, delivery, checked }: LivePost, live: LiveWeek, { zone, now }: Moment) {
  const left = delivery!.dueAt.getTime() - now.getTime()
  return {
    id: draft.id,
    time: { iso: machineReadable(delivery!.dueAt), label: timeInWords(delivery!.dueAt, zone) },
    left: {
      label: left > 0 ? `in ${spanInWords(left)}` : 'at this moment',
      seconds: Math.max(0, Math.round(left / 1000)),
    },
    posted: shownAsPosted(draft, live),
    checks: checksOf(checked, { mayAnswer: false }),
  }
}

function shownAsPosted({ content, signOff, answering }: LivePost['draft'], { account, images }: LiveWeek) {
  return asPosted({ account, parts: content.parts, signOff, answering, images, describes: true })
}

function saidModel(
  { draft, delivery, checked }: LivePost,
  { own, moment }: { own: boolean; moment: Moment },
) {
  const back =
    own && (draft.state === 'submitted' || (draft.state === 'approved' && delivery?.state === 'waiting'))
  return {
    id: draft.id,
    time: pressed(draft, moment),
    text: draft.content.parts[0]?.text || 'A photo without words',
    photo: (draft.content.parts[0]?.images.length ?? 0) > 0,
    href: `/drafts/${draft.id}`,
    tag: saidTag(draft, delivery, moment),
    // Why it waits, or what its writer may still want to take back.
    found: checked?.findings.filter(({ answer }) => answer === null).map(({ title }) => title) ?? [],
    takeBack: back ? { action: `/drafts/${draft.id}/withdrawal`, version: draft.version } : null,
  }
}

function pressed({ pressedAt }: LivePost['draft'], { zone, now }: Moment) {
  const at = pressedAt!
  const today = dayOf(at, zone) === dayOf(now, zone)
  return {
    iso: machineReadable(at),
    label: today
      ? timeInWords(at, zone)
      : `${dayInWords(dayOf(at, zone)).slice(0, 3)} ${timeInWords(at, zone)}`,
  }
}

function saidTag(
  draft: LivePost['draft'],
  delivery: Delivery | undefined,
  moment: Moment,
): { state: string; label: string } {
  if (draft.state !== 'approved' || !delivery) return stateOf(draft)
  const { state, label } = deliveryInWords(delivery, moment)
  if (state === 'posted') return { state, label: 'Posted' }
  if (state !== 'waiting' || isKeptBack(delivery.dueAt, moment.limit)) return { state, label }
  const left = delivery.dueAt.getTime() - moment.now.getTime()
  return {
    state,
    label:
      left > 0
        ? `Goes out in ${spanInWords(left).replace('minute', 'min').replace('mins', 'min')}`
        : 'Goes out now',
  }
}

function countInWords(posts: LivePost[]): string {
  const stands = posts.filter(({ delivery }) => delivery?.state === 'posted').length
  return stands === 1 ? '1 post' : `${stands} posts`
}

function windowModel(
  window: LiveWindow,
  {
    live: { account, week },
    actor,
    refused,
    moment,
  }: { live: LiveWeek; actor: Actor; refused: RefusedWindow | undefined; moment: Moment },
) {
  const { event, startsAt, endsAt, version } = window
  const { zone, now } = moment
  const mine = refused?.eventId === event.id ? refused : undefined
  const may = (change: Parameters<typeof whyNotChange>[1]) =>
    whyNotChange(window, change, { week, actor, now }) === null
  const field = (name: string, value: string) => ({
    id: `${name}-${event.id}`,
    name,
    value: mine?.typed[name] ?? value,
    error: mine?.fields[name],
  })
  const lastDay = dayOf(endsAt, zone)
  return {
    id: event.id,
    name: event.name,
    version,
    tag: windowTag(window, moment),
    action: `/weeks/${week.id}/live/windows/${event.id}`,
    when: `${dayInWords(dayOf(startsAt, zone))}, ${timeInWords(startsAt, zone)} to ${
      lastDay === dayOf(startsAt, zone) ? '' : `${dayInWords(lastDay)}, `
    }${timeInWords(endsAt, zone)}`,
    own:
      startsAt.getTime() !== event.startsAt.getTime() || endsAt.getTime() !== event.endsAt.getTime()
        ? `The event itself: ${timeInWords(event.startsAt, zone)} to ${timeInWords(event.endsAt, zone)}`
        : null,
    open: mine !== undefined,
    times: may({ kind: 'times', startsAt, endsAt })
      ? {
          fromDay: field('fromDay', dayOf(startsAt, zone)),
          from: field('from', timeOf(startsAt, zone)),
          toDay: field('toDay', lastDay),
          to: field('to', timeOf(endsAt, zone)),
        }
      : null,
    extensions: EXTENSIONS.flatMap((minutes) =>
      may({ kind: 'extend', minutes }) && now >= startsAt && endsAt < week.closesAt
        ? [
            {
              minutes,
              label: minutes < 60 ? `${minutes} min longer` : `${minutes / 60} h longer`,
              describe: `Keep ${event.name} live for ${minutes < 60 ? `${minutes} minutes` : `${minutes / 60} h`} longer`,
            },
          ]
        : [],
    ),
    mayEnd: may({ kind: 'end' }),
    aside: may({ kind: 'aside' })
      ? window.aside
        ? { on: true, value: 'go-on', label: 'Let them go on' }
        : { on: false, value: 'aside', label: 'Let them step aside' }
      : null,
    zone: account.timeZone,
  }
}

/** The bare page that a host's phone keeps: it says nothing of anybody, and the phone fills in what it knows. */
export function keptLivePage() {
  return {
    title: 'Live',
    page: 'live',
    mood: 'notebook',
    home: '/today',
    compose: {
      id: '',
      text: '',
      hash: '',
      alt: '',
      hashtag: true,
      hashtagName: '',
      signOff: '',
      weight: 0,
      limit: POST_LIMIT,
      label: 'Post it',
      checkContext: '',
      photo: null,
      errors: {},
    },
  }
}
