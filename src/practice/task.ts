import { dayOf, weekdayOf } from '../calendar.ts'
import type { DraftContent, DraftState } from '../drafts/draft.ts'

/** What a host tries before their week, in this order; any order will do. */
export const TASKS = ['write', 'reply', 'picture', 'hashtag', 'conversation', 'thursday'] as const
export type Task = (typeof TASKS)[number]

/** ISO weekday. */
const THURSDAY = 4
/** Drafts for Thursday that are enough. */
export const FOR_THURSDAY = 2
/** States in which somebody handed a draft in. */
const HANDED_IN: readonly DraftState[] = ['submitted', 'changes-requested', 'approved', 'declined']

/** As much of a draft as tells which tasks it does. */
export interface Tried {
  state: DraftState
  replyTo: string | null
  wishedAt: Date | null
  content: DraftContent
}

/** The tasks that somebody's drafts do; which replies they looked through leaves no draft. `hashtag` may be empty. */
export function tasksDoneBy(
  drafts: readonly Tried[],
  { hashtag, zone }: { hashtag: string; zone: string },
): Task[] {
  const handedIn = drafts.filter(({ state }) => HANDED_IN.includes(state))
  const tag = hashtag.toLowerCase()
  const onThursday = drafts.filter(
    ({ wishedAt }) => wishedAt && weekdayOf(dayOf(wishedAt, zone)) === THURSDAY,
  )
  const done: Record<Exclude<Task, 'conversation'>, boolean> = {
    write: handedIn.some(({ replyTo }) => replyTo === null),
    reply: handedIn.some(({ replyTo }) => replyTo !== null),
    picture: handedIn.some(({ content }) => imagesOf(content).some(({ alt }) => alt.trim() !== '')),
    hashtag: handedIn.some(({ content }) => tag !== '' && hashtagsOf(content).includes(tag)),
    thursday: onThursday.length >= FOR_THURSDAY,
  }
  return TASKS.filter((task) => task !== 'conversation' && done[task])
}

function imagesOf({ parts }: DraftContent) {
  return parts.flatMap(({ images }) => images)
}

function hashtagsOf({ parts }: DraftContent): string[] {
  return parts.flatMap(({ text }) => text.toLowerCase().match(/#[\p{L}\p{N}_]+/gu) ?? [])
}

/** Whether an address of the practice account shows a part of what is said, and so was looked through. */
export function looksThrough(address: string): boolean {
  const [path, query = ''] = address.split('?')
  const shown = new URLSearchParams(query).get('show')
  return /^\/weeks\/[^/]+\/conversation$/.test(path!) && shown !== null && shown !== 'all'
}
