import type { Draft } from '../store.ts'
import type { DraftState } from '../draft.ts'

/** States from which nothing went out. */
const UNSENT: readonly DraftState[] = ['writing', 'submitted', 'changes-requested']

type Unsent = Pick<Draft, 'state' | 'weekHostId' | 'undecidedAt'>

/** Whether a host wrote it for a week that is over by now, and it did not go out: it can't as theirs any more. */
export function isLeftOver({ state, weekHostId }: Unsent, closesAt: Date | null, now: Date): boolean {
  return weekHostId !== null && closesAt !== null && closesAt <= now && UNSENT.includes(state)
}

/** The tag of such a draft. */
export const LEFT_OVER = { state: 'cancelled', label: 'Did not go out' }

/** What became of such a draft, for the host and for the desk. */
export function leftOverInWords(
  draft: Unsent,
  { closesAt, mayTakeOver }: { closesAt: Date; mayTakeOver: boolean },
): string {
  const undecided =
    draft.state === 'submitted' || (draft.undecidedAt !== null && draft.undecidedAt >= closesAt)
  const why = undecided
    ? 'Nobody decided it before the week closed'
    : 'It had not been submitted when the week closed'
  const next = mayTakeOver
    ? 'You can take it over for the account: tick that below, and submit it.'
    : 'It is kept to read. A lead of the account may take it over as the account’s own.'
  return `${why}, so it has not gone out, and does not go out as its host’s any more. ${next}`
}
