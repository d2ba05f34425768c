import { findAccount, findConnection, type Account, type Connection } from '../../accounts/accounts.ts'
import type { Reader } from '../../db/database.ts'
import { NotFound, Refused } from '../../errors.ts'
import { findImages, type Image } from '../../images/images.ts'
import type { Actor } from '../../people/person.ts'
import { costsOfMonth, endOfMonth, type MonthCosts } from '../../publishing/budget.ts'
import { deliveriesBetween, type Delivery } from '../../publishing/deliveries.ts'
import { findHostedWeek, listEvents, type Event, type HostedWeek } from '../../rota/weeks.ts'
import { checkDraft, type CheckedWords } from '../checks/check-draft.ts'
import { findDecidable, freezeDecidable, type DecidableDraft } from '../decide-draft.ts'
import { goesOutAt, isTooLate, whyNotApproveAt } from '../decision.ts'
import { draftsWithNames, undecidedBetween, waitingDrafts, type WaitingDraft } from '../decisions-store.ts'
import { isVerdict, type DraftContent } from '../draft.ts'
import { fingerprint, type Frozen } from '../freeze.ts'
import {
  countSubmitted,
  findRevision,
  listComments,
  listDecisions,
  type Comment,
  type Decision,
  type Draft,
} from '../store.ts'
import { firstApproval, needsTwo } from '../second-approval.ts'
import { readWish, type Wish } from '../wished-time.ts'

export const QUEUE_PAGE = 50

export interface Queue {
  account: Account
  waiting: WaitingDraft[]
  count: number
  /** From 1. */
  page: number
  open: OpenDraft | null
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
  /** A time chosen anew, because the wished one has passed; undefined also when it can't be. */
  newTime: Date | undefined
  /** What is wrong with it, by the fields of its form. */
  timeErrors: Record<string, string>
  frozen: Frozen
  fingerprint: string
  goesOutAt: Date
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
  return {
    account,
    waiting,
    count,
    page,
    open: decidable ? await openDraft(read, decidable, { wish, now }) : null,
  }
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
  const month = await costsOfMonth(read, account, now)
  const drafts: OpenDraft[] = []
  for (const named of waiting) {
    const decidable = await findDecidable(read, named.draft.id, actor)
    drafts.push(await openDraft(read, decidable, { now, named, month }))
  }
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

async function openDraft(
  read: Reader,
  decidable: DecidableDraft,
  {
    wish,
    now,
    named,
    month,
  }: {
    wish?: Wish | undefined
    now: Date
    /** Where they are known already. */
    named?: WaitingDraft
    month?: MonthCosts
  },
): Promise<OpenDraft> {
  const { draft, account, hosted } = decidable
  const { newTime, timeErrors } = readNewTime(wish, decidable, now)
  const frozen = freezeDecidable(decidable, newTime)
  const at = goesOutAt(newTime ?? draft.wishedAt, hosted, now)
  const span = account.policy.gapMinutes * 60_000
  const [from, to] = [new Date(at.getTime() - span + 1), new Date(at.getTime() + span)]
  const decisions = (await listDecisions(read, draft.id)).filter(isVerdict)
  const last = decisions.at(-1)
  const checked = await checkDraft(read, { ...draft, wishedAt: at }, now)
  const { name, portraitHash } = named ?? (await draftsWithNames(read, [draft.id]))[0]!
  return {
    ...decidable,
    name,
    portraitHash,
    week: draft.weekId === null ? undefined : await findHostedWeek(read, draft.weekId),
    connection: await findConnection(read, account.id),
    images: await findImages(
      read,
      draft.content.parts.flatMap((part) => part.images.map(({ hash }) => hash)),
    ),
    decisions,
    decidedBefore: (last && (await findRevision(read, draft.id, last.revision))?.content) ?? null,
    comments: await listComments(read, draft.id),
    newTime,
    timeErrors,
    frozen,
    fingerprint: fingerprint(frozen),
    goesOutAt: at,
    checked,
    first: needsTwo(account, checked.findings) ? await firstOf(read, draft, frozen) : undefined,
    month: at < endOfMonth(now, account) ? (month ?? (await costsOfMonth(read, account, now))) : null,
    neighbours: {
      deliveries: (await deliveriesBetween(read, account.id, from, to)).filter(
        (delivery) => delivery.draftId !== draft.id && !GONE.has(delivery.state),
      ),
      drafts: (await undecidedBetween(read, account.id, from, to)).filter(({ id }) => id !== draft.id),
    },
    during:
      draft.weekId === null
        ? []
        : (await listEvents(read, draft.weekId)).filter(
            ({ startsAt, endsAt }) => startsAt <= at && at < endsAt,
          ),
  }
}

async function firstOf(read: Reader, draft: Draft, frozen: Frozen): Promise<OpenDraft['first']> {
  const first = await firstApproval(read, draft, frozen)
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
