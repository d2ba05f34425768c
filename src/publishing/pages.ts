import { CREDIT_ASKED_EVERY_MINUTES } from '../accounts/account.ts'
import type { RecordedActivity } from '../activity/activities.ts'
import { machineReadable, momentInWords, timeInWords } from '../calendar.ts'
import type { BrakeTimes } from './brake-times.ts'
import { isKeptBack, isLateAtItsEnd, type PostingLimit } from './posting-limit.ts'
import { ALREADY_THERE } from '../networks/problem-in-words.ts'
import { capital, inLetters, partName } from '../words.ts'
import { whyNotTakeDownYet, type DeliveryState, type HeldReason } from './delivery.ts'
import type { Attempt } from './attempts-store.ts'
import type { KeptRemoval } from './removals-store.ts'
import type { Delivery } from './store.ts'
import { heldForHost } from './tell-host.ts'

export interface DeliveryInWords {
  /** For the tag. */
  state: Delivery['state']
  label: string
  /** What there is to know beyond the label; null when it says all. */
  detail: string | null
  /** Where one can do something about it; null when there is nothing to do. */
  href: string | null
}

type Shown = Pick<
  Delivery,
  'id' | 'state' | 'dueAt' | 'notBefore' | 'position' | 'parts' | 'heldReason' | 'trouble' | 'postedAt'
>

/** Where and when it is told; and the limit of X, where one keeps posts back. */
export interface ToldAt {
  now: Date
  zone: string
  limit?: PostingLimit | null | undefined
  /** The account's: what is held for longer no longer goes by itself, and says so. */
  lateAfterMinutes?: number | undefined
  /** Of what the brake holds, as `brakeTimesOf` says, where the sentence is shown. */
  brakes?: ReadonlyMap<string, BrakeTimes> | undefined
}

/** A delivery as a tag with a sentence. */
export function deliveryInWords(delivery: Shown, moment: ToldAt): DeliveryInWords {
  const { now, zone, limit, brakes } = moment
  const troubled = `/deliveries/${delivery.id}`
  const due = momentInWords(delivery.dueAt, now, zone)
  const unsure = `${delivery.notBefore ? 'We don’t know yet' : 'Nobody knows'} whether the ${timeInWords(delivery.dueAt, zone)} post went out.`
  const posted = delivery.postedAt ? ` ${momentInWords(delivery.postedAt, now, zone)}` : ''
  const goes = delivery.position === 0 ? due : `after ${partName(delivery.position - 1)}`
  const words: Record<Delivery['state'], Omit<DeliveryInWords, 'state'>> = {
    waiting: isKeptBack(delivery.dueAt, limit)
      ? { ...keptBackInWords(delivery, limit, { now, zone }), href: troubled }
      : {
          label: `Goes out ${goes}`,
          detail: delivery.trouble,
          href: delivery.trouble ? troubled : null,
        },
    held: {
      label: 'Held',
      detail: heldDetail(delivery, brakes?.get(delivery.id), moment),
      href: troubled,
    },
    sending: { label: 'Being sent', detail: null, href: null },
    unknown: { label: delivery.notBefore ? 'Being checked' : 'Not known', detail: unsure, href: troubled },
    failed: { label: 'Did not go out', detail: delivery.trouble, href: troubled },
    posted: { label: `Posted${posted}`, detail: null, href: null },
    removing: { label: 'Being taken down', detail: delivery.trouble, href: troubled },
    removed: { label: 'Taken down', detail: null, href: troubled },
    abandoned: { label: 'Left as it is', detail: 'Nobody knows whether it went out.', href: troubled },
    cancelled: { label: 'Cancelled', detail: null, href: null },
  }
  return { state: delivery.state, ...words[delivery.state] }
}

function keptBackInWords({ dueAt }: Shown, limit: PostingLimit, { now, zone }: ToldAt) {
  const until = momentInWords(limit.until, now, zone).replace(/^today /, '')
  const then = isLateAtItsEnd(dueAt, limit)
    ? `By then it is too late: it is held ${limit.lateAfterMinutes} minutes after its time, and people are asked.`
    : 'It goes out then by itself.'
  return { label: `Waits for X until ${until}`, detail: `X takes no posts until ${until}. ${then}` }
}

/** How it goes on while X wants credit. */
export const ASKING_FOR_CREDIT = `We ask again with one post every ${CREDIT_ASKED_EVERY_MINUTES} minutes, and what is not too late by then goes out by itself.`

/** Why it is held, and how it goes on. */
const HELD: Record<HeldReason, { cause: string; next?: string }> = {
  brake: { cause: 'The brake held it.' },
  late: { cause: 'It could not go out in time.', next: 'Does it still make sense?' },
  'thread-broken': { cause: 'It waits until the part before it stands on X.' },
  'week-changed': { cause: 'Its week was moved or cancelled, or went to another host.' },
  credit: {
    cause: 'The credit with X is used up.',
    next: `${ASKING_FOR_CREDIT} Once it is topped up, the desk can let one go to ask at once.`,
  },
  reconnect: {
    cause: 'The account is not connected to X.',
    next: 'When a lead connects it, what is not too late by then goes out by itself.',
  },
  budget: {
    cause: 'It would pass the account’s budget for this month.',
    next: 'It goes when the budget is raised in time, or somebody lets it go all the same.',
  },
  undecided: { cause: 'Something like it stands on X already.' },
  live: { cause: 'It stepped aside for what is posted live from an event.' },
  'not-accepted': {
    cause: 'Its host has not accepted the week for these days.',
    next: 'It goes when they do in time, or somebody lets it go by itself.',
  },
  'not-open': {
    cause: 'Its week has not opened: the house rules are not signed, or the briefing is not done.',
    next: 'It goes when the week opens in time.',
  },
}

/** What lasts until somebody mends the account itself, and then goes by itself as long as it is not too late. */
const LASTS: readonly HeldReason[] = ['credit', 'reconnect', 'budget']

const TOO_LATE_BY_NOW =
  'By now it is too late for it to go out by itself: let it go when it can, or cancel it.'

/** Whether it is held for what may end by itself, and has become too late for that. */
export function isTooLateByNow(
  { state, heldReason, dueAt }: Pick<Delivery, 'state' | 'heldReason' | 'dueAt'>,
  { now, lateAfterMinutes }: Pick<ToldAt, 'now' | 'lateAfterMinutes'>,
): boolean {
  if (state !== 'held' || heldReason === null || !LASTS.includes(heldReason)) return false
  return lateAfterMinutes !== undefined && now.getTime() - dueAt.getTime() > lateAfterMinutes * 60_000
}

export function heldInWords({ heldReason, trouble }: Pick<Delivery, 'heldReason' | 'trouble'>): string {
  return [whyHeld({ heldReason, trouble }), heldReason && HELD[heldReason].next].filter(Boolean).join(' ')
}

/** The cause alone, as it can be read later too. */
export function whyHeld({ heldReason, trouble }: Pick<Delivery, 'heldReason' | 'trouble'>): string {
  const cause = heldReason ? HELD[heldReason].cause : 'Somebody has to decide.'
  return trouble === null || trouble === cause ? cause : `${cause} ${trouble}`
}

function heldDetail(delivery: Shown, brake: BrakeTimes | undefined, moment: ToldAt): string {
  const { now, zone } = moment
  if (isTooLateByNow(delivery, moment)) return `${HELD[delivery.heldReason!].cause} ${TOO_LATE_BY_NOW}`
  if (delivery.heldReason !== 'brake' || !brake) return heldInWords(delivery)
  const pulled = momentInWords(brake.pulledAt, now, zone)
  return brake.releasedAt
    ? `The brake held it: it was on from ${pulled} to ${momentInWords(brake.releasedAt, now, zone)}. Since then it waits for somebody’s word.`
    : `The brake holds it, since ${pulled}.`
}

/** What can be done with a thread that broke in the middle. */
export interface BrokenThread {
  /** The part about which somebody has to decide before the thread can go on; null when it can't. */
  onward: { id: string; position: number; state: DeliveryState } | null
  /** A part that stands, with which all that stands can be taken down; null when it is being taken down already, or can’t be yet. */
  standing: { id: string } | null
}

/** Null for a thread that stands as a whole, is on its way, or of which nothing went out. */
export function brokenThread(
  parts: readonly Pick<Delivery, 'id' | 'position' | 'state'>[],
): BrokenThread | null {
  const broken = parts.find(({ state }) => BREAKS.includes(state))
  const standing = parts.find(({ state }) => state === 'posted')
  if (!broken || !(standing || parts.some(({ state }) => state === 'removing'))) return null
  const goesOn = broken.state !== 'abandoned' && parts[broken.position - 1]?.state === 'posted'
  return {
    onward: goesOn ? broken : null,
    standing: whyNotTakeDownYet(parts) === null ? (standing ?? null) : null,
  }
}

const BREAKS: readonly DeliveryState[] = ['held', 'failed', 'unknown', 'abandoned']

interface Told extends ToldAt {
  nameOf: (personId: string | null) => string | null
  /** For a host, who reads of what holds it in the same words everywhere. */
  forHost: boolean
}

/** What happened to a delivery and what is to come, oldest first: the model of the partial `time-line`. */
export function deliveryTimeLine(
  delivery: Delivery,
  {
    attempts,
    records,
    removal,
    brake,
  }: {
    attempts: Attempt[]
    records: RecordedActivity[]
    removal: KeptRemoval | undefined
    /** Of one that the brake holds. */
    brake?: BrakeTimes | undefined
  },
  { now, zone, limit, nameOf, forHost }: Told,
) {
  const past = [
    { at: delivery.queuedAt, when: 'past', title: 'Approved', text: '' },
    ...attempts.map((attempt) => ({ at: attempt.at, when: 'past', ...attemptInWords(attempt) })),
    ...records.flatMap(({ kind, personId, details, at }) => {
      const said = recordInWords({ kind, details, who: nameOf(personId) }, { now, zone, forHost })
      return said ? [{ at, when: STOPS.has(kind) ? 'stopped' : 'past', ...said }] : []
    }),
    ...(removal ? [{ at: removal.at, when: 'past', ...removalInWords(removal, nameOf) }] : []),
    ...(brake ? brakeEntries(brake, { forHost }) : []),
  ].toSorted((one, other) => one.at.getTime() - other.at.getTime())
  const entries = past.map(({ at, ...entry }) => ({ ...entry, time: time(at, { now, zone }) }))
  if (delivery.state !== 'waiting') return entries
  const kept = isKeptBack(delivery.dueAt, limit) ? limit : null
  const title = kept && isLateAtItsEnd(delivery.dueAt, kept) ? 'X takes posts again' : 'Goes out'
  const at = kept ? kept.until : delivery.dueAt
  return [...entries, { when: 'ahead', title, text: '', time: time(at, { now, zone }) }]
}

function brakeEntries({ pulledAt, releasedAt }: BrakeTimes, { forHost }: Pick<Told, 'forHost'>) {
  const held = forHost
    ? {
        title: 'Held',
        text: releasedAt ? 'The team stopped everything on the account.' : heldForHost('brake'),
        sentence: true,
      }
    : { title: 'Held', text: 'by the brake' }
  const released = {
    title: forHost ? 'The account goes on' : 'The brake came off',
    text: 'and it stayed held',
  }
  return [
    { at: pulledAt, when: 'stopped', ...held },
    ...(releasedAt ? [{ at: releasedAt, when: 'past', ...released }] : []),
  ]
}

/** Of one that was recorded as held for a reason: the same for whoever wrote it. */
function heldOnRecord(reason: string, { forHost }: Pick<Told, 'forHost'>): string {
  if (!forHost) return reason
  const held = (Object.keys(HELD) as HeldReason[]).find((one) => reason.startsWith(HELD[one].cause))
  return heldForHost(held ?? null)
}

const STOPS = new Set<RecordedActivity['kind']>([
  'delivery.held',
  'delivery.removal-stuck',
  'delivery.posted-twice',
])

function removalInWords({ personId, reason }: KeptRemoval, nameOf: Told['nameOf']) {
  return {
    title: 'Asked to be taken down',
    text: `by ${nameOf(personId) ?? 'somebody who left'}. “${reason}”`,
  }
}

function time(at: Date, { now, zone }: { now: Date; zone: string }) {
  return { iso: machineReadable(at), label: momentInWords(at, now, zone) }
}

function attemptInWords(attempt: Attempt): { title: string; text: string; note?: string } {
  const own = attempt.said === null ? {} : { note: `X’s own words: “${attempt.said}”` }
  return { title: 'Sent to X', text: outcomeInWords(attempt), ...own }
}

function outcomeInWords({ outcome, trouble, looks, nextLookAt }: Attempt): string {
  if (outcome === null) return 'the answer is not there yet'
  if (outcome === 'posted') return trouble ? `without a clear answer. ${trouble}` : 'and posted'
  if (outcome === 'refused') return `and refused. ${trouble}`
  if (outcome === 'put-off') return `and put off. ${trouble}`
  const seen = looks === 1 ? 'One look' : `${capital(inLetters(looks))} looks`
  const soFar = nextLookAt
    ? `${seen} at the account so far; we look again.`
    : `${seen} at the account did not settle it.`
  return `${trouble === ALREADY_THERE ? 'and not taken' : 'without a clear answer'}. ${trouble} ${soFar}`
}

function recordInWords(
  {
    kind,
    details,
    who,
  }: { kind: RecordedActivity['kind']; details: RecordedActivity['details']; who: string | null },
  moment: Pick<Told, 'now' | 'zone' | 'forHost'>,
): { title: string; text: string; sentence?: true } | null {
  const by = who ? `by ${who}` : 'automatically'
  const at = typeof details['at'] === 'string' ? new Date(details['at']) : null
  switch (kind) {
    case 'delivery.held':
      return { title: 'Held', text: heldOnRecord(String(details['reason']), moment), sentence: true }
    case 'delivery.released':
      return at
        ? { title: 'Let go', text: `${by}, for ${momentInWords(at, moment.now, moment.zone)}` }
        : { title: 'Went on', text: by }
    case 'delivery.posted':
      return details['found'] ? { title: 'Found on the account', text: by } : null
    case 'delivery.abandoned':
      return { title: 'Left as it is', text: by }
    case 'delivery.cancelled':
      return { title: 'Cancelled', text: by }
    case 'delivery.removal-stuck':
      return { title: 'Still on X', text: String(details['reason']), sentence: true }
    case 'delivery.posted-twice':
      return { title: 'Stands there twice', text: 'X took it a second time, and we learnt of that only now.' }
    case 'delivery.second-taken-down':
      return { title: 'The second one is taken down', text: by }
    case 'delivery.second-left':
      return { title: 'Both were left where they stand', text: by }
    case 'delivery.second-removed':
      return { title: 'The second one is gone from X', text: '' }
    case 'delivery.removed':
      return { title: 'Gone from X', text: '' }
    default:
      return null
  }
}
