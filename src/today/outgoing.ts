import { spanInWords } from '../calendar.ts'
import { stateOf } from '../drafts/pages.ts'
import { isLeftOver, LEFT_OVER, type Draft } from '../drafts/drafts.ts'
import type { Delivery } from '../publishing/deliveries.ts'
import { deliveryInWords, type ToldAt } from '../publishing/pages.ts'
import { isKeptBack } from '../publishing/posting-limit.ts'

/** The deliveries of one approval: what is one thing for people, though a thread has many parts. */
export function byDecision(deliveries: Delivery[]): Delivery[][] {
  const groups = new Map<string, Delivery[]>()
  for (const delivery of deliveries)
    groups.set(delivery.decisionId, [...(groups.get(delivery.decisionId) ?? []), delivery])
  return [...groups.values()].map((parts) => parts.toSorted((a, b) => a.position - b.position))
}

/** The part that says how it goes with all: the first that does not stand there yet, else the last. */
export function tellingPart(parts: Delivery[]): Delivery {
  return parts.find(({ state }) => state !== 'posted') ?? parts.at(-1)!
}

/** An hour before it goes out its tag begins to count. */
const SOON_MS = 3600 * 1000
/** Later than this it should stand there already. */
const OVERDUE_MS = 5 * 60_000

export function deliveryTag(
  delivery: Delivery,
  { now, zone, limit }: ToldAt,
): { state: string; label: string } {
  const { state, label } = deliveryInWords(delivery, { now, zone, limit })
  if (state === 'posted') return { state, label: 'Posted' }
  if (state !== 'waiting' || isKeptBack(delivery.dueAt, limit)) return { state, label }
  const left = delivery.dueAt.getTime() - now.getTime()
  if (left <= -OVERDUE_MS) return { state, label: `Overdue by ${spanInWords(-left)}` }
  if (left <= 0) return { state, label: 'Goes out now' }
  return {
    state,
    label:
      left < SOON_MS
        ? `Goes out in ${spanInWords(left).replace('minutes', 'min')}`
        : label.replace(/^Goes out today /, 'Goes out '),
  }
}

export function draftTag(
  draft: Pick<Draft, 'state' | 'wishedAt' | 'weekHostId' | 'undecidedAt'>,
  now: Date,
  /** Of its week. */
  closesAt: Date | null = null,
): { state: string; label: string } {
  if (isLeftOver(draft, closesAt, now)) return LEFT_OVER
  if (draft.state !== 'submitted') return stateOf(draft)
  const late = draft.wishedAt !== null && draft.wishedAt <= now
  return { state: 'submitted', label: late ? 'Needs a new time' : stateOf(draft).label }
}
