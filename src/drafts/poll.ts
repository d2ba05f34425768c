import type { Poll } from '../networks/network.ts'

/** What X takes: see the page on creating posts of X's documentation (state of 2026-08). */
export const MOST_OPTIONS = 4
export const FEWEST_OPTIONS = 2
/** In characters. */
export const OPTION_LIMIT = 25
export const SHORTEST_MINUTES = 5
export const LONGEST_MINUTES = 10_080

export const POLL_UNITS = ['minutes', 'hours', 'days'] as const
export type PollUnit = (typeof POLL_UNITS)[number]
const MINUTES: Record<PollUnit, number> = { minutes: 1, hours: 60, days: 24 * 60 }

/** A poll as it is typed: always four options, most of them empty. */
export interface EditorPoll {
  options: string[]
  length: string
  unit: PollUnit
}

export function editorPollOf(poll: Poll | undefined): EditorPoll {
  const options = Array.from({ length: MOST_OPTIONS }, (_, at) => poll?.options[at] ?? '')
  if (!poll) return { options, length: '1', unit: 'days' }
  const unit = unitOf(poll.minutes)
  return { options, length: poll.minutes > 0 ? String(poll.minutes / MINUTES[unit]) : '', unit }
}

/** The poll that was typed; undefined where there is no option. A length that is no number is 0 minutes, which no poll can have. */
export function pollOf({ options, length, unit }: EditorPoll): Poll | undefined {
  const said = options.map((option) => option.trim()).filter((option) => option !== '')
  if (said.length === 0) return undefined
  const minutes = Math.round(Number(length.replace(',', '.')) * MINUTES[unit])
  return { options: said, minutes: Number.isSafeInteger(minutes) && minutes > 0 ? minutes : 0 }
}

/** What X would refuse of a poll, for people: of one option, counted from 0, or of its length. */
export function whyNotPoll({ options, minutes }: Poll): { option: number | null; message: string } | null {
  if (options.length < FEWEST_OPTIONS) return { option: 1, message: 'A poll has at least two options.' }
  if (options.length > MOST_OPTIONS)
    return { option: MOST_OPTIONS - 1, message: `A poll has ${MOST_OPTIONS} options at most.` }
  for (const [at, option] of options.entries()) {
    if (option.length > OPTION_LIMIT)
      return {
        option: at,
        message: `“${option}” has ${option.length} characters; X takes ${OPTION_LIMIT} for an option.`,
      }
    if (options.indexOf(option) < at) return { option: at, message: `“${option}” stands there twice.` }
  }
  if (minutes < SHORTEST_MINUTES || minutes > LONGEST_MINUTES)
    return { option: null, message: 'A poll runs for at least 5 minutes and at most 7 days.' }
  return null
}

/** "1 day", "90 minutes" */
export function lengthInWords(minutes: number): string {
  const unit = unitOf(minutes)
  const count = minutes / MINUTES[unit]
  return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`
}

function unitOf(minutes: number): PollUnit {
  if (minutes > 0 && minutes % MINUTES.days === 0) return 'days'
  return minutes > 0 && minutes % MINUTES.hours === 0 ? 'hours' : 'minutes'
}
