import { findAccount, findConnection, type Account, type Connection } from '../../accounts/accounts.ts'
import type { Reader } from '../../db/database.ts'
import { NotFound, Refused } from '../../errors.ts'
import { findImages, type Image } from '../../images/images.ts'
import type { Actor } from '../../people/person.ts'
import { costsOfMonth, endOfMonth, type MonthCosts } from '../../publishing/budget.ts'
import { deliveriesBetween, type Delivery } from '../../publishing/deliveries.ts'
import { findHostedWeek, listEvents, type Event, type HostedWeek } from '../../rota/weeks.ts'
import { checkDrafts, type CheckedWords } from '../checks/check-draft.ts'
import { findDecidable, findDecidables, freezeDecidable, type DecidableDraft } from '../decide-draft.ts'
import { goesOutAt, isTooLate, whyNotApproveAt } from '../decision.ts'
import {
  draftsWithNames,
  goingByPolicy,
  undecidedBetween,
  waitingDrafts,
  type GoingByPolicy,
  type WaitingDraft,
} from '../decisions-store.ts'
import { isVerdict, type DraftContent } from '../draft.ts'
import { fingerprint, type Frozen } from '../freeze.ts'
import {
  commentsOfDrafts,
  countSubmitted,
  decisionsOfDrafts,
  findRevisions,
  type Comment,
  type Decision,
  type Draft,
} from '../store.ts'
import { firstApproval, needsTwo } from '../second-approval.ts'
import { draftsThatStand } from '../stands-since-copy.ts'
import type { StandsSinceCopy } from '../../publishing/restores.ts'
import { grouped, once } from '../shared-reads.ts'
import { readWish, type Wish } from '../wished-time.ts'

export const QUEUE_PAGE = 50

export interface Queue {
  account: Account
  waiting: WaitingDraft[]
  count: number
  /** From 1. */
  page: number
  open: OpenDraft | null
  /** What goes out on the policy's word unless somebody stops it; the soonest first. */
  going: GoingByPolicy[]
}

/** The draft being read, with everything that somebody who decides wants to know. */
export interface OpenDraft extends DecidableDraft {
  name: string
  portraitHash: string | null
  week: HostedWeek | undefined
  connection: Connection | undefined
  images: Image[]
  decisions: (Decision & { personName: string | null })[]
  /** What somebody decided about last, and it came back; null for a draft that nobody has decided yet. */
  decidedBefore: DraftContent | null
  comments: Comment[]
  /** Why it came back by itself after it was approved; null where it didn’t. */
  putBack: string | null
  /** A time chosen anew, because the wished one has passed; undefined also when it can't be. */
  newTime: Date | undefined
  /** What is wrong with it, by the fields of its form. */
  timeErrors: Record<string, string>
  frozen: Frozen
  fingerprint: string
  goesOutAt: Date
  /** What has its words on X, since a backup was put back; null where nothing is known of that. */
  stands: StandsSinceCopy | null
  /** What the month costs in which it would go out; null where that is a later one. */
  month: MonthCosts | null
  neighbours: { deliveries: Delivery[]; drafts: Draft[] }
  /** What takes place at that time. */
  during: Event[]
  checked: CheckedWords
  /** Two people have to approve it, and this is the first one’s approval; undefined where one is enough. */
  first: { by: string | null; personId: string | null } | null | undefined
}

/**
 * A page of the queue, and the draft that is read: the one asked for, else the first.
 * @throws NotFound for whoever decides nothing, and for a draft that is not theirs to see.
 */
export async function readQueue(
  read: Reader,
  {
    actor,
    draftId,
    page = 1,
    wish,
    now,
  }: { actor: Actor; draftId?: string | undefined; page?: number; wish?: Wish | undefined; now: Date },
): Promise<Queue> {
  const asked = draftId === undefined ? undefined : await findDecidable(read, draftId, actor)
  const accountId = asked?.account.id ?? deskIn(actor)
  const { account, waiting, count } = await readList(read, { accountId, page })
  const decidable = asked ?? (waiting[0] ? await findDecidable(read, waiting[0].draft.id, actor) : undefined)
  const going = await goingByPolicy(read, accountId)
  if (!decidable) return { account, waiting, count, page, open: null, going }
  const named = await draftsWithNames(read, [decidable.draft.id])
  const [open] = await openDrafts(read, [decidable], { account, named, wish, now })
  return { account, waiting, count, page, open: open!, going }
}

/** Several drafts to be read and decided together. */
export interface Together {
  account: Account
  drafts: OpenDraft[]
  /** On all pages. */
  count: number
  /** From 1. */
  page: number
}

/** A page of the queue with every draft on it as a whole. @throws NotFound for whoever decides nothing. */
export async function readTogether(
  read: Reader,
  { actor, page, now }: { actor: Actor; page: number; now: Date },
): Promise<Together> {
  const { account, waiting, count } = await readList(read, { accountId: deskIn(actor), page })
  const submitted = waiting.map(({ draft }) => draft)
  const decidables = await findDecidables(read, submitted, actor)
  const drafts = await openDrafts(read, decidables, { account, named: waiting, now })
  return { account, drafts, count, page }
}

async function readList(read: Reader, { accountId, page }: { accountId: string; page: number }) {
  return {
    account: (await findAccount(read, accountId))!,
    count: await countSubmitted(read, accountId),
    waiting: await waitingDrafts(read, accountId, { limit: QUEUE_PAGE, offset: (page - 1) * QUEUE_PAGE }),
  }
}

function deskIn(actor: Actor): string {
  const accountId = actor.roles[0]?.accountId
  if (!accountId)
    throw new NotFound(
      'The queue is for the account’s leads and approvers. Your own drafts are in your week.',
    )
  return accountId
}

/** Drafts of one account, each with everything around it: what they share is read once, and the rest for all of them. */
async function openDrafts(
  read: Reader,
  decidables: DecidableDraft[],
  {
    account,
    named,
    wish,
    now,
  }: { account: Account; named: WaitingDraft[]; wish?: Wish | undefined; now: Date },
): Promise<OpenDraft[]> {
  const timed = decidables.map((decidable) => {
    const { newTime, timeErrors } = readNewTime(wish, decidable, now)
    return {
      ...decidable,
      newTime,
      timeErrors,
      goesOutAt: goesOutAt(newTime ?? decidable.draft.wishedAt, decidable.hosted, now),
    }
  })
  const drafts = timed.map(({ draft }) => draft)
  const ids = drafts.map(({ id }) => id)
  const decided = await decisionsOfDrafts(read, ids)
  const verdicts = grouped(decided.filter(isVerdict), ({ draftId }) => draftId)
  const lastOnes = [...verdicts.values()].map((all) => all.at(-1)!)
  const decidedBefore = new Map(
    (
      await findRevisions(
        read,
        lastOnes.map(({ draftId, revision }) => ({ draftId, number: revision })),
      )
    ).map(({ draftId, content }) => [draftId, content]),
  )
  const comments = grouped(await commentsOfDrafts(read, ids), ({ draftId }) => draftId)
  const images = new Map(
    (await findImages(read, drafts.flatMap(imagesIn))).map((image) => [image.hash, image]),
  )
  const checked = await checkDrafts(
    read,
    account.id,
    timed.map((one) => ({ ...one.draft, wishedAt: one.goesOutAt })),
    now,
  )
  const neighboursOf = await readNeighbours(
    read,
    account,
    timed.map((one) => one.goesOutAt),
  )
  const standing = await draftsThatStand(read, drafts, { accountId: account.id, now })
  const weekOf = once((id) => findHostedWeek(read, id))
  const eventsOf = once((id) => listEvents(read, id))
  const connection = await findConnection(read, account.id)
  const month = await costsOfMonth(read, account, now)
  const monthEnds = endOfMonth(now, account)
  const names = new Map(named.map((one) => [one.draft.id, one]))
  const open: OpenDraft[] = []
  for (const [at, one] of timed.entries()) {
    const { draft } = one
    const { name, portraitHash } = names.get(draft.id)!
    const frozen = freezeDecidable(one, one.newTime)
    const events = draft.weekId === null ? [] : await eventsOf(draft.weekId)
    open.push({
      ...one,
      name,
      portraitHash,
      week: draft.weekId === null ? undefined : await weekOf(draft.weekId),
      connection,
      images: imagesIn(draft).flatMap((hash) => images.get(hash) ?? []),
      decisions: verdicts.get(draft.id) ?? [],
      decidedBefore: decidedBefore.get(draft.id) ?? null,
      putBack: putBackBecause(decided.findLast(({ draftId }) => draftId === draft.id)),
      comments: comments.get(draft.id) ?? [],
      frozen,
      fingerprint: fingerprint(frozen),
      stands: standing.get(draft.id) ?? null,
      checked: checked[at]!,
      first: needsTwo(account, checked[at]!.findings) ? await firstOf(read, one, frozen) : undefined,
      month: one.goesOutAt < monthEnds ? month : null,
      neighbours: neighboursOf(draft.id, one.goesOutAt),
      during: events.filter(({ startsAt, endsAt }) => startsAt <= one.goesOutAt && one.goesOutAt < endsAt),
    })
  }
  return open
}

function imagesIn({ content }: Draft): string[] {
  return content.parts.flatMap((part) => part.images.map(({ hash }) => hash))
}

/**
 * What else goes out within the account's gap of each of these times. Times that lie near each other are read at once; those
 * far apart each for itself, so that nothing between them is read.
 */
async function readNeighbours(
  read: Reader,
  { id: accountId, policy }: Account,
  times: Date[],
): Promise<(draftId: string, at: Date) => OpenDraft['neighbours']> {
  const gap = policy.gapMinutes * 60_000
  const spans: { from: number; to: number }[] = []
  for (const at of times.map((time) => time.getTime()).toSorted((one, other) => one - other)) {
    const last = spans.at(-1)
    if (last && at - gap < last.to) last.to = at + gap
    else spans.push({ from: at - gap + 1, to: at + gap })
  }
  const deliveries: Delivery[] = []
  const drafts: Draft[] = []
  for (const span of spans) {
    const [from, to] = [new Date(span.from), new Date(span.to)]
    const found = await deliveriesBetween(read, accountId, from, to)
    deliveries.push(...found.filter(({ state }) => !GONE.has(state)))
    drafts.push(...(await undecidedBetween(read, accountId, from, to)))
  }
  return (draftId, at) => {
    const isNear = (other: Date) => Math.abs(other.getTime() - at.getTime()) < gap
    return {
      deliveries: deliveries.filter((one) => one.draftId !== draftId && isNear(one.dueAt)),
      drafts: drafts.filter(({ id, wishedAt }) => id !== draftId && isNear(wishedAt!)),
    }
  }
}

async function firstOf(read: Reader, decidable: DecidableDraft, frozen: Frozen): Promise<OpenDraft['first']> {
  const first = await firstApproval(read, decidable, frozen)
  return first && { by: first.personName, personId: first.personId }
}

function readNewTime(
  wish: Wish | undefined,
  { draft, account, hosted }: DecidableDraft,
  now: Date,
): { newTime: Date | undefined; timeErrors: Record<string, string> } {
  if (!wish || !isTooLate(draft.wishedAt, now)) return { newTime: undefined, timeErrors: {} }
  const zone = account.timeZone
  try {
    const newTime = readWish(wish, zone) ?? undefined
    const wrong = newTime && whyNotApproveAt(newTime, { hosted, slot: draft.slot, zone, now })
    return wrong ? { newTime: undefined, timeErrors: wrong } : { newTime, timeErrors: {} }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { newTime: undefined, timeErrors: error.fields }
  }
}

const GONE: ReadonlySet<Delivery['state']> = new Set([
  'cancelled',
  'failed',
  'abandoned',
  'removing',
  'removed',
])

/** Only what is not true any more comes back without a person, and says why. */
function putBackBecause(last: Decision | undefined): string | null {
  return last?.kind === 'stopped' && last.personId === null && last.comment !== '' ? last.comment : null
}
