import type { Delivery } from '../../publishing/deliveries.ts'
import type { DraftState } from '../draft.ts'
import { capital, inLetters, listInWords } from '../../words.ts'

const STANDING: Record<Exclude<DraftState, 'approved'>, string> = {
  writing: 'Nothing goes out until it is approved.',
  submitted: 'It can’t be changed while somebody decides it.',
  'changes-requested': 'Nothing goes out until it is approved.',
  declined: 'It will not go out.',
  discarded: 'It will not go out, and is on no list.',
}

/** A draft that nobody decided by the time it was wished for. */
export const UNDECIDED =
  'Nobody decided it by its time, so it has not gone out, and does not go out late by itself. Whoever approves it chooses a new time.'

/** What becomes of one part, and of several. */
const FATES: Record<Delivery['state'], [one: string, several: string]> = {
  waiting: ['waits', 'wait'],
  held: ['is held', 'are held'],
  sending: ['is being sent', 'are being sent'],
  unknown: ['may have gone out or not', 'may have gone out or not'],
  failed: ['did not go out', 'did not go out'],
  posted: ['stands', 'stand'],
  removing: ['is being taken down', 'are being taken down'],
  removed: ['was taken down', 'were taken down'],
  abandoned: ['is left as it is', 'are left as they are'],
  cancelled: ['was taken off the plan', 'were taken off the plan'],
}

/** Where a draft stands, in a sentence; of an approved one `deliveries` know, which are its parts in their order. */
export function standingInWords(
  state: DraftState,
  deliveries: Pick<Delivery, 'state'>[],
  /** Who took it off the plan, null for nobody, and when in words. */
  takenOff?: { by: string | null; when: string } | null,
  /** In a practice, whose posts nobody else sees. */
  practising = false,
): string {
  if (practising && state === 'submitted')
    return 'The practice approver reads it now and answers within ten seconds. The answer comes to this page by itself.'
  if (state !== 'approved') return STANDING[state]
  if (deliveries.length === 0) {
    if (!takenOff) return 'It was approved, and taken off the plan.'
    const { by, when } = takenOff
    return by
      ? `It was approved, and ${by} took it off the plan ${when}.`
      : `It was approved, and taken off the plan ${when}.`
  }
  const states = [...new Set(deliveries.map((one) => one.state))]
  if (states.length > 1) {
    const fates = states.map((fate) => {
      const parts = deliveries.flatMap((one, at) => (one.state === fate ? [inLetters(at + 1)] : []))
      const [one, several] = FATES[fate]
      return parts.length === 1 ? `part ${parts[0]} ${one}` : `parts ${listInWords(parts)} ${several}`
    })
    return capital(`${listInWords(fates)}.`)
  }
  if (states[0] === 'removed') return 'It was taken down. What was sent stays on the record, word for word.'
  if (states[0] === 'held') return 'It has not gone out.'
  if (states[0] === 'waiting') return 'It goes out word for word as it stands here.'
  if (states[0] === 'posted')
    return practising
      ? 'In your week it would stand on X now, word for word as it stands here. This was practice, and only you see it.'
      : 'It stands on X word for word as it stands here.'
  return `It ${FATES[states[0]!][0]}.`
}
