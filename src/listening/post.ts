import { hostingOf, isLead, mayDecide, type Actor } from '../people/person.ts'

/** `own`: by the account. `reply`: answers one of ours. `mention`: names the account, answers nothing of ours. */
export const POST_KINDS = ['own', 'reply', 'mention'] as const
export type PostKind = (typeof POST_KINDS)[number]

/** Why somebody's post is not on the page any more, where it stood there: its author took it from the network, or asked us. */
export const LEFT_PAGE = ['deleted', 'asked'] as const
export type LeftPage = (typeof LEFT_PAGE)[number]

/**
 * Of a request of somebody who wants to be taken off our pages. `clearing`: no page shows them any more, and what is stored is being
 * gone through. `settled`: people changed by hand what had to be changed.
 */
export const REMOVAL_STATES = ['open', 'clearing', 'done', 'settled', 'refused'] as const
export type RemovalState = (typeof REMOVAL_STATES)[number]

/** What is gone through for somebody who was taken off our pages, one after the other. */
export const CLEARING_STAGES = ['posts', 'looking-back', 'stories'] as const
/** Everything of the stages before is done, and of this one what stands before or at `after`. */
export interface ClearingProgress {
  stage: (typeof CLEARING_STAGES)[number]
  /** An id; empty: nothing yet. */
  after: string
}

/** Of a request for help with a reply. */
export const HELP_STATES = ['open', 'looking', 'closed'] as const
export type HelpState = (typeof HELP_STATES)[number]

/** Of the wish that a reply is hidden on the network, or shown there again. */
export const HIDING_STATES = ['waiting', 'done'] as const

/** Of a standard answer: only an approved one is sent, and other words have to be approved anew. */
export const ANSWER_STATES = ['submitted', 'approved', 'declined', 'retired'] as const
export type AnswerState = (typeof ANSWER_STATES)[number]
export const ANSWER_VERDICTS = ['approved', 'declined'] as const
export type AnswerVerdict = (typeof ANSWER_VERDICTS)[number]

/** What somebody wrote, as it stood when help was asked: it may be deleted on the network while people look at it. */
export interface Evidence {
  handle: string
  name: string
  authorNetworkId: string
  text: string
  lang: string | null
  /** Addresses on the network, where it gave them, and the descriptions. */
  pictures: { url: string | null; alt: string }[]
  /** ISO 8601, UTC. */
  createdAt: string
  permalink: string
}

export interface PostLink {
  url: string
  expandedUrl: string
  displayUrl: string
  title: string | null
}

export interface PostImage {
  /** SHA-256 of our copy, in hex; null when we have none (a follower's picture). */
  hash: string | null
  alt: string
  /** Where a follower's picture stands on the network; never loaded by a page of ours. Left out where it is not known. */
  url?: string
}

export interface PostNumbers {
  replies: number | null
  reposts: number | null
  likes: number | null
  quotes: number | null
  impressions: number | null
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A closed week is listened to for so long, in milliseconds; as long its host may choose replies. */
export const LISTEN_AFTER_CLOSE = 28 * DAY

/** Between two looks while only closed weeks are listened to. */
export const CLOSED_WEEK_EVERY = HOUR

/** Between two looks when no week is listened to: what stands on public pages must still follow what X says of it. */
export const QUIET_EVERY = DAY

/** What is older than all weeks that are listened to is read so seldom, while it stands on a page. */
export const OLD_POSTS_EVERY = 7 * DAY

/** After so long a stranger's post is looked up no more: each look costs money. Its author can ask us at any time. */
export const LOOKED_UP_FOR = 365 * DAY

/** A search of X knows a post only some time after it was written: so far back it is asked again. */
export const SEARCH_LAGS = HOUR

/**
 * How long after its last reading a post is looked up again, for its numbers and whether it still stands, in
 * milliseconds; null for never. Each reading of a stranger's post costs money: for a month it is read daily, then weekly for
 * a year where it stands on a page, and then not at all.
 */
export function readAgainAfter(
  post: { kind: PostKind; chosen: boolean; createdAt: Date },
  now: Date,
): number | null {
  const age = now.getTime() - post.createdAt.getTime()
  const isOwn = post.kind === 'own'
  if (age > LISTEN_AFTER_CLOSE + 7 * DAY)
    return isOwn || (post.chosen && age <= LOOKED_UP_FOR) ? OLD_POSTS_EVERY : null
  if (!isOwn) return DAY
  return age < DAY ? 0 : HOUR
}

/** A week whose conversation is shown: its own days, and four weeks for its host to come back to. */
export function isListenedTo(week: { opensAt: Date; closesAt: Date }, now: Date): boolean {
  return now >= week.opensAt && now.getTime() < week.closesAt.getTime() + LISTEN_AFTER_CLOSE
}

/** Until when a request to be taken off our pages is to be done: a day, as X asks of everybody who shows posts (“Content compliance”). */
export function removalDueAt({ askedAt }: { askedAt: Date }): Date {
  return new Date(askedAt.getTime() + DAY)
}

/** Whether the person may read what is said to a week: its desk at any time, its host until four weeks after it. */
export function mayReadConversation(
  actor: Actor,
  week: { id: string; accountId: string; closesAt: Date },
  now: Date,
): boolean {
  if (actor.roles.some((role) => role.accountId === week.accountId)) return true
  return (
    hostingOf(actor, week.id) !== undefined && now.getTime() < week.closesAt.getTime() + LISTEN_AFTER_CLOSE
  )
}

/** Whether the person chooses what of strangers stands on the week's page: a lead, or its host as long as they read. */
export function mayChoose(
  actor: Actor,
  week: { id: string; accountId: string; closesAt: Date },
  now: Date,
): boolean {
  if (isLead(actor, week.accountId)) return true
  return hostingOf(actor, week.id) !== undefined && mayReadConversation(actor, week, now)
}

/** Who hides what others say to the account, and shows it again: its desk. */
export function mayHide(actor: Actor, accountId: string): boolean {
  return mayDecide(actor, accountId)
}

/** Whether somebody's post waits for an answer of ours: it has none, and nobody left or hid it. */
export function needsAnswer(
  post: { networkId: string; leftAt: Date | null; hiddenAt: Date | null },
  answered: { has(networkId: string): boolean },
): boolean {
  return !answered.has(post.networkId) && post.leftAt === null && post.hiddenAt === null
}

/** Whether somebody speaks to the account, and so expects an answer of it. */
export function speaksTo(
  { kind, text }: { kind: PostKind; text: string },
  { handle, answersOurs }: { handle: string; answersOurs: boolean },
): boolean {
  if (kind !== 'reply') return kind === 'mention'
  const named = (text.match(/@\w+/g) ?? []).map((name) => name.slice(1).toLowerCase())
  return answersOurs || named.includes(handle.toLowerCase())
}

/** Ids of a network rise with time and are compared as numbers. */
export function newerId(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other
  return BigInt(one) > BigInt(other) ? one : other
}
