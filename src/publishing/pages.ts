import { momentInWords, timeInWords } from '../calendar.ts'
import type { HeldReason } from './delivery.ts'
import type { Delivery } from './store.ts'

export interface DeliveryInWords {
  /** For the tag. */
  state: Delivery['state']
  label: string
  /** What there is to know beyond the label; null when it says all. */
  detail: string | null
  /** Where one can do something about it; null when there is nothing to do. */
  href: string | null
}

type Shown = Pick<
  Delivery,
  'id' | 'state' | 'dueAt' | 'position' | 'parts' | 'heldReason' | 'trouble' | 'postedAt'
>

/** A delivery as a tag with a sentence. */
export function deliveryInWords(
  delivery: Shown,
  { now, zone }: { now: Date; zone: string },
): DeliveryInWords {
  const { state } = delivery
  const href = `/deliveries/${delivery.id}`
  const due = momentInWords(delivery.dueAt, now, zone)
  switch (state) {
    case 'waiting': {
      const label = delivery.position === 0 ? `Goes out ${due}` : `Goes out after part ${delivery.position}`
      return { state, label, detail: delivery.trouble, href: delivery.trouble ? href : null }
    }
    case 'held':
      return { state, label: 'Held', detail: heldInWords(delivery), href }
    case 'sending':
      return { state, label: 'Being sent', detail: null, href: null }
    case 'unknown': {
      const detail = `We don’t know yet whether the ${timeInWords(delivery.dueAt, zone)} post went out.`
      return { state, label: 'Not known', detail, href }
    }
    case 'failed':
      return { state, label: 'Did not go out', detail: delivery.trouble, href }
    case 'posted':
      return { state, label: `Posted ${momentInWords(delivery.postedAt!, now, zone)}`, detail: null, href }
    case 'removing':
      return { state, label: 'Being taken down', detail: null, href: null }
    case 'removed':
      return { state, label: 'Taken down', detail: null, href }
    case 'abandoned':
      return { state, label: 'Left as it is', detail: 'Nobody knows whether it went out.', href }
    case 'cancelled':
      return { state, label: 'Cancelled', detail: null, href: null }
  }
}

const HELD: Record<HeldReason, string> = {
  brake: 'The brake is on, or was when this was due.',
  late: 'It could not go out in time. Does it still make sense?',
  'thread-broken': 'The part before it did not go out.',
  'week-changed': 'Its week was cancelled.',
  credit: 'The credit with the network is used up.',
  reconnect: 'The account is not connected to the network.',
  undecided: 'Something like it stands on the network already.',
}

export function heldInWords({ heldReason, trouble }: Pick<Delivery, 'heldReason' | 'trouble'>): string {
  const words = heldReason ? HELD[heldReason] : 'Somebody has to decide.'
  return trouble ? `${words} ${trouble}` : words
}
