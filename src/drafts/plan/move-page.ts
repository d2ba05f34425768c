import type { Account } from '../../accounts/accounts.ts'
import { addDays, dayInWords, dayOf, localTime, timeInWords, timeOf, zoneInWords } from '../../calendar.ts'
import type { Delivery } from '../../publishing/deliveries.ts'
import { RECALLABLE_STATES } from '../../publishing/delivery.ts'
import { slotSpan } from '../../rota/slot.ts'
import type { Week } from '../../rota/weeks.ts'
import { DECIDED_STATES, EDITABLE_STATES } from '../draft.ts'
import { firstWords } from '../first-words.ts'
import { stateOf, type Moment } from '../pages.ts'
import type { Draft } from '../store.ts'
import { areFree, suggestedTimesOf, type Planned } from './suggested-times.ts'
import { comesTwice, type TimeFrame, type Wish } from '../wished-time.ts'

/** Nothing of it went out or is on its way, and it was not pressed live. `deliveries`: those of the draft. */
export function canMove(
  { state, pressedAt }: Pick<Draft, 'state' | 'pressedAt'>,
  deliveries: Pick<Delivery, 'state'>[],
): boolean {
  return (
    pressedAt === null &&
    [...EDITABLE_STATES, ...DECIDED_STATES].includes(state) &&
    deliveries.every(
      (one) => one.state === 'cancelled' || (RECALLABLE_STATES as readonly string[]).includes(one.state),
    )
  )
}

/** A day earlier and a day later, at the same time of day, as far as the draft may stand there. */
export function aDayAside(
  at: Date,
  { frame, zone, now }: { frame: TimeFrame; zone: string; now: Date },
): { value: string; label: string }[] {
  return [-1, 1].flatMap((days) => {
    const found = localTime(addDays(dayOf(at, zone), days), timeOf(at, zone), zone)
    if (found.kind === 'skipped') return []
    const to = found.kind === 'twice' ? found.first : found.instant
    if (to < frame.from || to >= frame.until || to <= now) return []
    return [{ value: to.toISOString(), label: days < 0 ? 'A day earlier' : 'A day later' }]
  })
}

/** "Thursday 19 November, 12:30" */
export function timeToChoose(at: Date, zone: string): string {
  return `${dayInWords(dayOf(at, zone))}, ${timeInWords(at, zone)}`
}

/** Where the plan stands in which a draft has its place. */
export function planHref({ weekId, accountId, slot }: Pick<Draft, 'weekId' | 'accountId' | 'slot'>): string {
  return weekId ? `/weeks/${weekId}/days` : `/accounts/${accountId}/slots/${slot}/days`
}

/** The page on which a draft gets another time. */
export function movePage(
  {
    draft,
    account,
    week,
    frame,
    planned,
    wish,
    problems = {},
  }: {
    draft: Draft
    account: Account
    week: Week | null
    frame: TimeFrame
    /** What else is planned in its week or gap. */
    planned: Planned[]
    wish: Wish
    problems?: Record<string, string>
  },
  { zone, now }: Moment,
) {
  const decided = DECIDED_STATES.includes(draft.state)
  const { gapMinutes, suggestedTimes: suggested } = account.policy
  const span = week ?? slotSpan(draft.slot, account.shape, zone)
  const free = areFree(suggestedTimesOf({ week: span, zone, suggested, now }), planned, gapMinutes).filter(
    (at) => at >= frame.from && at < frame.until && +at !== draft.wishedAt?.getTime(),
  )
  const words = firstWords(draft.content)
  return {
    title: `Move “${words}”`,
    tag: stateOf(draft),
    words,
    stands: draft.wishedAt
      ? `It stands at ${timeToChoose(draft.wishedAt, zone)}, ${zoneInWords(zone)} time.`
      : `It has no time yet: it would go out as soon as it is approved. Times are those of ${zoneInWords(zone)}.`,
    asks: decided
      ? draft.state === 'approved'
        ? 'It is approved for the time that it has. With another time it is a draft again: nothing of it goes out until you submit it and it is approved anew.'
        : 'It waits for a decision about the time that it has. With another time it is a draft again, for you to submit.'
      : null,
    label: decided ? 'Take it back and move it' : 'Move it',
    action: `/drafts/${draft.id}/time`,
    version: draft.version,
    takeBack: decided,
    free: free.map((at) => ({ value: at.toISOString(), label: timeToChoose(at, zone) })),
    day: {
      id: 'day',
      name: 'day',
      label: 'Day',
      type: 'date',
      min: dayOf(frame.from, zone),
      max: dayOf(new Date(frame.until.getTime() - 1), zone),
      value: wish.day,
      error: problems['day'],
    },
    time: {
      id: 'time',
      name: 'time',
      label: 'Time',
      type: 'time',
      value: wish.time,
      error: problems['time'],
    },
    which: comesTwice(wish, zone)
      ? {
          id: 'which',
          name: 'which',
          legend: 'Which one?',
          type: 'radio',
          error: problems['which'],
          choices: [
            {
              value: 'first',
              label: 'The first time, before the clocks go back',
              checked: wish.which === 'first',
            },
            { value: 'second', label: 'The second time, after that', checked: wish.which === 'second' },
          ],
        }
      : null,
    back: planHref(draft),
  }
}
