import type { Nation } from './bank-holidays.ts'

/** What an account's planner shows and warns of. */
export interface Planning {
  /** Whose bank holidays are shown. */
  nations: Nation[]
  /** Days that are the account's own, such as an awareness week. */
  ownDays: OwnDay[]
  /** The leads are told of a gap so many weeks ahead; 0: not at all. */
  gapWeeks: number
}

export interface OwnDay {
  /** `YYYY-MM-DD`, both included. */
  first: string
  last: string
  name: string
}

/** Until a lead says something else. */
export function planningOf({
  planning,
  timeZone,
}: {
  planning: Planning | null
  timeZone: string
}): Planning {
  return (
    planning ?? {
      nations: timeZone === 'Europe/London' ? ['england-and-wales'] : [],
      ownDays: [],
      gapWeeks: 0,
    }
  )
}

export const MOST_GAP_WEEKS = 26
