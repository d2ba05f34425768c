import { randomUUID } from 'node:crypto'
import { dayOf, daysBetween, momentInWords, spanInWords, timeInWords, weekdayName } from '../../calendar.ts'
import { inCents } from '../../charges/charge.ts'
import { deliveryInWords } from '../../publishing/pages.ts'
import { eventLine, portraitOf } from '../../rota/pages.ts'
import { whyChecksRefuse } from '../checks/check-draft.ts'
import { findingCheck, type Check } from '../checks/finding-check.ts'
import { costInWords, costOfDraft } from '../cost-in-words.ts'
import type { Approval } from '../decide-draft.ts'
import { isTooLate, momentOf, whyNotApprove, whyNotApproveAt, whyNotGoOut, whenInWords } from '../decision.ts'
import type { GoingByPolicy, WaitingDraft } from '../decisions-store.ts'
import { firstWords } from '../first-words.ts'
import { asPosted, conversationOf, leftUntil, timeModel, type Moment } from '../pages.ts'
import { QUEUE_PAGE, type OpenDraft, type Queue } from './queue.ts'
import { approvedInWords, standsInWords } from '../stands-since-copy.ts'
import { changedParts } from './since-decision.ts'
import { POST_LIMIT, weightOf } from '../weight.ts'
import { partCommentForm } from './part-comment-page.ts'
import { comesTwice, wishOf, type Wish } from '../wished-time.ts'
import { capital, inLetters, partName } from '../../words.ts'

/** What was typed, and what is wrong with it, when a form comes back. */
export interface QueueForm {
  comment?: string
  /** The new time as it was typed. */
  wish?: Wish
  errors?: Record<string, string>
}

/** Less time than this until it is wanted is said in amber. */
const HURRY_MS = 4 * 3600 * 1000

export function queuePage(
  queue: Queue,
  {
    actorId,
    asked,
    sandbox,
    now,
    form = {},
  }: {
    actorId: string
    sandbox: boolean
    /** A draft was asked for by its address. */ asked: boolean
    now: Date
    form?: QueueForm
  },
) {
  const { account, waiting, count, page, open } = queue
  const moment = { zone: account.timeZone, now }
  return {
    title: count === 0 ? 'Queue' : `Queue, ${count}`,
    lead: leadOf(count),
    asked,
    /** What is typed into this form is kept when the brake is pulled from the page. */
    carries: open?.draft.state === 'submitted' ? 'decide' : null,
    start: { href: '/today', label: 'See what goes out today' },
    together: count > 1 ? `/queue/together${page > 1 ? `?page=${page}` : ''}` : null,
    waiting: waiting.map((one) => waitingItem(one, moment, { page, openId: open?.draft.id })),
    pager: pagerOf(count, page, '/queue'),
    unlessStopped: queue.going.map((one) => goingItem(one, moment)),
    item: open && openItem(open, { actorId, sandbox, moment, form, next: nextOf(waiting, open.draft.id) }),
  }
}

function leadOf(count: number): string {
  if (count === 0) return 'Nothing waits for a decision.'
  if (count === 1) return 'One draft waits for a decision.'
  return `${capital(inLetters(count))} drafts wait for a decision. The one that is wanted first is on top.`
}

/** What goes out unless somebody stops it, with its button. */
export function goingItem({ draft, name, dueAt }: GoingByPolicy, moment: Moment) {
  const words = firstWords(draft.content)
  return {
    id: draft.id,
    href: `/drafts/${draft.id}`,
    excerpt: words,
    who: shortName(name),
    time: timeModel(dueAt, moment),
    left: leftUntil(dueAt, moment),
    action: `/drafts/${draft.id}/stop`,
    describe: `Stop it: ${words}`,
  }
}

/** A draft in the list. */
export function waitingItem(
  { draft, name, portraitHash }: WaitingDraft,
  moment: Moment,
  { page = 1, openId }: { page?: number; openId?: string | undefined } = {},
) {
  const left = draft.wishedAt && draft.wishedAt.getTime() - moment.now.getTime()
  return {
    id: draft.id,
    href: `/queue?draft=${draft.id}${page > 1 ? `&page=${page}` : ''}`,
    current: draft.id === openId,
    name,
    portrait: portraitOf({ name: name.replace(/^@/, ''), portraitHash }, 'small'),
    excerpt: firstWords(draft.content, 120),
    detail: [
      draft.authorId === null ? `${name} from its template` : shortName(name),
      draft.wishedAt ? shortMoment(draft.wishedAt, moment) : 'as soon as it is approved',
      draft.answering && `answers @${draft.answering.handle}`,
      ...sizeOf(draft.content),
    ]
      .filter(Boolean)
      .join(', '),
    left: left === null ? null : left <= 0 ? 'its time has passed' : `${spanInWords(left)} left`,
    hurry: left !== null && left < HURRY_MS,
  }
}

function sizeOf({ parts }: WaitingDraft['draft']['content']): string[] {
  const images = parts.flatMap((part) => part.images).length
  return [
    ...(parts.length > 1 ? [`${inLetters(parts.length)} parts`] : []),
    ...(images > 0 ? [images === 1 ? 'one image' : `${inLetters(images)} images`] : []),
  ]
}

function nextOf(waiting: WaitingDraft[], id: string): string | null {
  const at = waiting.findIndex(({ draft }) => draft.id === id)
  return (waiting[at + 1] ?? (at > 0 ? waiting[0] : undefined))?.draft.id ?? null
}

/** A draft that is read: exactly as it will appear, with its checks and what was said of it. */
export function openItem(
  open: OpenDraft,
  {
    actorId,
    sandbox,
    moment,
    form = {},
    next = null,
  }: { actorId: string; sandbox: boolean; moment: Moment; form?: QueueForm; next?: string | null },
) {
  const { draft, account, name, hosted } = open
  const { zone, now } = moment
  const undecided = draft.state === 'submitted'
  const at = open.newTime ?? draft.wishedAt
  const late = undecided && isTooLate(draft.wishedAt, now)
  const stuck = whyNotGoOut(hosted, { now, zone })
  const notTheirs = whyNotApprove({ ownWork: open.ownWork, selfApproval: account.policy.selfApproval })
  const wrongTime = whyNotApproveAt(at, { hosted, slot: draft.slot, zone, now })
  const unanswered = Object.keys(whyChecksRefuse(open.checked.findings)).length > 0
  const again = open.first?.personId === actorId
  const errors = form.errors ?? {}
  const short = draft.authorId === null ? 'the desk' : shortName(name)
  return {
    id: draft.id,
    undecided,
    tag: {
      state: draft.state,
      label: undecided
        ? `Submitted ${draft.submittedAt ? momentInWords(draft.submittedAt, now, zone).replace(/^today /, '') : ''}`
        : STANDING[draft.state],
    },
    putBack: undecided && open.putBack ? `It was approved, and came back by itself. ${open.putBack}` : null,
    again: undecided ? againInWords(open, actorId) : null,
    since: undecided ? sinceDecision(open, actorId) : null,
    aboutParts: undecided ? draft.content.parts.map((_part, at) => aboutPart(draft, at, short)) : [],
    href: `/drafts/${draft.id}`,
    heading: `${draft.authorId === null ? `${name} from its template` : name}, ${at ? `for ${momentOf(at, now, zone).replace(/^on /, '')}` : 'as soon as it is approved'}`,
    when: whenItGoes(open, { late, stuck, short, moment }),
    during: open.during.map((event) => duringInWords(event, zone)).join(' ') || null,
    posted: asPosted({
      account,
      parts: draft.content.parts,
      signOff: draft.signOff,
      answering: draft.answering,
      images: open.images,
      describes: true,
    }),
    answering: draft.answering,
    checks: checksOf(open, {
      sandbox,
      moment,
      actorId,
      stuck,
      notTheirs,
      wrongTime: late ? null : wrongTime,
    }),
    said: conversationOf(open, moment, { draft }),
    fingerprint: open.fingerprint,
    newTime: open.newTime?.toISOString() ?? null,
    next,
    canApprove: undecided && !stuck && !notTheirs && !wrongTime && !unanswered && !again,
    approve: open.first === null ? firstLabel(next) : next ? 'Approve and read the next' : 'Approve',
    changeRequest: `/drafts/${draft.id}/change-request`,
    refusal: `/drafts/${draft.id}/refusal`,
    commentLabel: draft.authorId === actorId ? 'Comment' : `Comment for ${short}`,
    comment: form.comment ?? '',
    commentError: errors['comment'],
    unsaid: undecided ? null : unsaidForm(open, form),
    stillGoes: draft.state === 'approved' && form.comment !== undefined ? STILL_GOES : null,
    timeForm: late && !stuck ? timeFormOf(form, open, moment) : null,
  }
}

/** Of two people who have to approve. */
function firstLabel(next: string | null): string {
  return next ? 'Approve as the first of two, and read the next' : 'Approve as the first of two'
}

const STANDING: Record<OpenDraft['draft']['state'], string> = {
  writing: 'Taken back by its writer',
  submitted: 'Submitted',
  'changes-requested': 'Changes were asked for',
  approved: 'Approved',
  declined: 'Declined',
  discarded: 'Discarded',
}

const STILL_GOES = 'While it has not gone out, it can be stopped: open the draft, and take it back.'

/** What was typed for a decision that somebody else was faster with: it can be said all the same. */
function unsaidForm({ draft }: OpenDraft, { comment = '', errors = {} }: QueueForm) {
  if (comment.trim() === '') return null
  return {
    action: `/drafts/${draft.id}/comments`,
    formId: randomUUID(),
    field: {
      id: 'comment',
      name: 'text',
      label: 'What you had written',
      hint: 'Nobody has been told of it yet.',
      value: comment,
      error: errors['comment'],
    },
  }
}

/** The form under the preview, in which a part is spoken of. */
function aboutPart(draft: OpenDraft['draft'], at: number, short: string) {
  const { parts } = draft.content
  const name = parts.length === 1 ? 'the text' : partName(at)
  return {
    number: at + 1,
    label: `Comment on ${name}, or suggest other words`,
    form: {
      ...partCommentForm(draft, at, {
        writer: short,
        textId: `text-${at + 1}`,
        suggestionId: `suggestion-${at + 1}`,
      }),
      back: `/queue?draft=${draft.id}`,
    },
  }
}

function againInWords({ decisions }: OpenDraft, actorId: string): string | null {
  const last = decisions.at(-1)
  if (!last) return null
  const time = TIMES[decisions.length + 1] ?? `time ${decisions.length + 1}`
  return `${time}, after ${whose(last, actorId)} ${last.kind === 'approved' ? 'approval' : 'changes'}`
}

/** What is new in a draft that came back, beside what was decided last. */
function sinceDecision({ draft, decisions, decidedBefore }: OpenDraft, actorId: string) {
  const last = decisions.at(-1)
  if (!last || !decidedBefore) return null
  const of = whose(last, actorId)
  return {
    title: `Changed since ${of} ${last.kind === 'approved' ? 'approval' : 'request'}`,
    parts: changedParts(decidedBefore, draft.content),
  }
}

function whose({ personId, personName }: OpenDraft['decisions'][number], actorId: string): string {
  if (personId === actorId) return 'your'
  return personName === null ? 'the account’s own' : `${shortName(personName)}’s`
}

const TIMES = ['', '', 'second time', 'third time', 'fourth time', 'fifth time']

function whenItGoes(
  { draft, hosted, newTime, goesOutAt, ownWork, stands }: OpenDraft,
  {
    late,
    stuck,
    short,
    moment: { zone, now },
  }: { late: boolean; stuck: string | null; short: string; moment: Moment },
): string | null {
  if (draft.state !== 'submitted') return null
  if (stands) {
    const known = standsInWords(stands, draft, { zone, now })
    if (stuck) return known
    const approved = `${known} ${approvedInWords(stands, draft)}`
    return late && !newTime
      ? `${approved} Its own time has passed: choose a new one before you approve it.`
      : approved
  }
  if (stuck) return null
  if (newTime) {
    return `With your approval it goes out ${whenInWords(newTime, now, zone)}. ${
      draft.wishedAt ? `It was wished for ${momentOf(draft.wishedAt, now, zone).replace(/^on /, '')}.` : ''
    }`
  }
  if (late)
    return `Its time, ${momentOf(draft.wishedAt!, now, zone).replace(/^on /, '')}, has passed. It has not gone out. Choose a new time before you approve it, or ask for changes.`
  if (draft.wishedAt) {
    const by =
      dayOf(draft.wishedAt, zone) === dayOf(now, zone)
        ? timeInWords(draft.wishedAt, zone)
        : momentOf(draft.wishedAt, now, zone).replace(/^on /, '')
    const told = ownWork && draft.weekHostId === null ? 'its writer' : short
    const then = draft.authorId === null ? 'it stays here' : `it stays here and ${told} is told`
    return `If nobody decides by ${by}, ${then}. It does not go out late by itself.`
  }
  return hosted && goesOutAt > now
    ? `It goes out when the week opens, ${momentOf(goesOutAt, now, zone)}, if it is approved by then.`
    : 'It goes out as soon as it is approved.'
}

/** "That is during “Flu clinic” (Wed 18, 10:00 to 13:00), #HallbeckJabs." */
function duringInWords(event: OpenDraft['during'][number], zone: string): string {
  const { name, time, hashtag } = eventLine(event, zone)
  return `That is during “${name}” (${time.label})${hashtag ? `, ${hashtag}` : ''}.`
}

function checksOf(
  open: OpenDraft,
  {
    sandbox,
    moment,
    stuck,
    notTheirs,
    wrongTime,
    actorId,
  }: {
    sandbox: boolean
    actorId: string
    moment: Moment
    stuck: string | null
    notTheirs: string | null
    wrongTime: Record<string, string> | null
  },
): Check[] {
  const { draft, account, connection, week, frozen, ownWork, checked, first } = open
  const stop = (text: string): Check => ({ level: 'stop', text })
  const advice = (title: string, text: string): Check => ({ level: 'advice', title, text })
  return [
    ...(stuck ? [stop(stuck)] : []),
    ...(notTheirs ? [stop(notTheirs + acceptanceInWords(open, actorId))] : []),
    ...Object.values(wrongTime ?? {}).map(stop),
    ...(ownWork && !notTheirs
      ? [advice('You wrote in this draft.', 'The account allows you to approve it, and the record says so.')]
      : []),
    ...(account.brakeAt
      ? [advice('The brake is on.', 'What you approve is held, and asks again after the release.')]
      : []),
    ...(connection?.state === 'connected'
      ? []
      : [advice('The account is not connected to X.', 'What you approve waits until it is.')]),
    ...(draft.weekHostId !== null && week?.host && !week.host.acceptedAt
      ? [advice('The week is not accepted yet.', `${shortName(week.host.name)} has the invitation.`)]
      : []),
    ...(first === undefined ? [] : [secondCheck(first, actorId)]),
    ...checked.findings.map((finding) =>
      findingCheck(finding, checked.context, { mayAnswer: draft.state === 'submitted' }),
    ),
    ...frozen.parts.map(({ text }, at) => weightCheck(text, at, frozen.parts.length)),
    ...imageChecks(frozen.parts),
    ...costChecks(open, sandbox),
    ...(isTooLate(open.newTime ?? draft.wishedAt, moment.now) ? [] : neighbourCheck(open, moment)),
  ]
}

function secondCheck(first: NonNullable<OpenDraft['first']> | null, actorId: string): Check {
  const level = 'advice'
  const title = 'Two people have to approve this one.'
  if (!first)
    return {
      level,
      title,
      text: 'A check that has to be put right was answered. Nobody has approved it yet.',
    }
  if (first.personId !== actorId)
    return { level, title, text: `${first.by ?? 'Somebody'} has: with yours it goes out.` }
  return { level, title, text: 'You have. It goes out when somebody else approves it too.' }
}

/** What else helps who corrected somebody's words. */
function acceptanceInWords({ draft, name }: OpenDraft, actorId: string): string {
  return draft.authorId === actorId || draft.authorId === null
    ? ''
    : ` Once ${shortName(name)} accepts your words as their own, you may approve it too.`
}

function weightCheck(text: string, at: number, count: number): Check {
  const weight = weightOf(text)
  const what = count === 1 ? 'The text' : capital(partName(at))
  return weight > POST_LIMIT
    ? { level: 'stop', text: `${what} is too long: ${weight} of ${POST_LIMIT}.` }
    : { text: `${what} fits: ${weight} of ${POST_LIMIT}.` }
}

function costChecks({ draft, account, frozen, month }: OpenDraft, sandbox: boolean): Check[] {
  if (draft.state !== 'submitted') return []
  const priced = { ...frozen, answering: draft.answering }
  const text = costInWords(priced, account, { sandbox })
  if (!month || month.budget === null) return [{ text }]
  const { spent, ahead, budget } = month
  if (spent + ahead + costOfDraft(priced, account) <= budget) return [{ text }]
  return [
    { text },
    {
      level: 'advice',
      title: 'It would pass the month’s budget.',
      text: `Of ${inCents(budget)}, ${inCents(spent)} has been spent and ${inCents(ahead)} is needed for what is approved. It may be held when its time comes.`,
    },
  ]
}

function imageChecks(parts: OpenDraft['frozen']['parts']): Check[] {
  return parts
    .flatMap(({ images }) => images)
    .map(({ alt }) =>
      alt.trim()
        ? { text: `Image described: “${alt.length > 120 ? `${alt.slice(0, 117)}…` : alt}”` }
        : {
            level: 'advice',
            title: 'An image has no description.',
            text: 'Some people will not know what it shows.',
          },
    )
}

/** So many are named. */
const MOST_NEIGHBOURS = 5

function neighbourCheck(
  { neighbours, goesOutAt, hosted, draft, newTime, account }: OpenDraft,
  moment: Moment,
): Check[] {
  const { zone, now } = moment
  const { gapMinutes } = account.policy
  // An answer comes when it comes.
  if (gapMinutes === 0 || draft.replyTo !== null) return []
  const others = [
    ...neighbours.deliveries
      .filter(({ position, payload }) => position === 0 && payload.replyTo === null)
      .map((delivery) => ({
        at: delivery.dueAt,
        content: { parts: [delivery.payload] },
        state: lowerFirst(deliveryInWords(delivery, moment).label),
        href: `/deliveries/${delivery.id}`,
      })),
    ...neighbours.drafts
      .filter(({ replyTo }) => replyTo === null)
      .map((other) => ({
        at: other.wishedAt!,
        content: other.content,
        state: 'not decided yet',
        href: `/queue?draft=${other.id}`,
      })),
  ].toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const soon = draft.wishedAt === null && !newTime && !(hosted && goesOutAt > now)
  const of = soon ? 'now' : timeInWords(goesOutAt, zone)
  if (others.length === 0) return [{ text: `Nothing else within ${gapMinutes} minutes of ${of}.` }]
  const more = others.length - MOST_NEIGHBOURS
  return [
    {
      level: 'advice',
      title: `${capital(inLetters(others.length))} ${others.length === 1 ? 'other' : 'others'} within ${gapMinutes} minutes of ${of}.`,
      text: '',
      beside: others.slice(0, MOST_NEIGHBOURS).map(({ at, content, state, href }) => ({
        text: `${timeInWords(at, zone)} “${firstWords(content, 40)}”`,
        state,
        href,
      })),
      more: more > 0 ? `and ${inLetters(more)} more` : null,
    },
  ]
}

function timeFormOf({ wish }: QueueForm, { draft, newTime, timeErrors }: OpenDraft, { zone, now }: Moment) {
  const today: Wish = { when: 'time', day: dayOf(now, zone), time: '', which: '' }
  const shown = wish ?? (newTime ? wishOf(newTime, zone) : today)
  return {
    draftId: draft.id,
    day: { value: shown.day, error: timeErrors['day'] },
    time: { value: shown.time, error: timeErrors['time'] },
    which:
      comesTwice(shown, zone) || timeErrors['which']
        ? {
            error: timeErrors['which'],
            options: [
              {
                value: 'first',
                label: 'The first, before the clocks go back',
                selected: shown.which === 'first',
              },
              { value: 'second', label: 'The second, after that', selected: shown.which === 'second' },
            ],
          }
        : null,
  }
}

/** "12:30" today, "tomorrow 9:00", "Monday 8:00" within a week, else with the date. */
export function shortMoment(at: Date, { zone, now }: Moment): string {
  const day = dayOf(at, zone)
  const ahead = daysBetween(dayOf(now, zone), day)
  if (ahead === 0) return timeInWords(at, zone)
  return ahead > 1 && ahead < 7
    ? `${weekdayName(day)} ${timeInWords(at, zone)}`
    : momentInWords(at, now, zone)
}

/** "Joseph" for Joseph Adeyemi; the whole name where it begins with a title. */
export function shortName(name: string): string {
  const first = name.split(/\s+/)[0]!
  return /^(dr|prof|professor|mr|mrs|ms|miss|mx|sir|dame|rev)\.?$/i.test(first) ? name : first
}

export function pagerOf(count: number, page: number, path: string) {
  if (count <= QUEUE_PAGE) return null
  const at = (number: number, label: string) => ({ href: `${path}?page=${number}`, label })
  return {
    label: 'Pages of the queue',
    newer: page > 1 ? at(page - 1, 'Wanted earlier') : null,
    older: page * QUEUE_PAGE < count ? at(page + 1, 'Wanted later') : null,
  }
}

/** Days keep their capital. */
function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1)
}

/** What the next page says after a decision. */
export function decidedInWords(
  decided: ({ kind: 'approved' } & Approval) | { kind: 'changes-requested' | 'declined' },
  /** Who is told; null where nobody wrote it. */
  name: string | null,
  { zone, now }: Moment,
): string {
  if (decided.kind === 'approved' && decided.first)
    return 'Your approval is kept. It goes out when a second person has approved it too.'
  if (decided.kind === 'approved' && decided.held)
    return 'Approved, and held: the brake is on. Somebody has to let it go after the release.'
  if (decided.kind === 'approved')
    return `Approved. It goes out ${whenInWords(decided.goesOutAt, now, zone)}.`
  if (name === null)
    return decided.kind === 'declined' ? 'Declined.' : 'Given back. Anybody of the desk can change it.'
  return decided.kind === 'declined'
    ? `Declined. ${name} is told why.`
    : `Given back. ${name} is told what to change.`
}
