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
  const troubled = `/deliveries/${delivery.id}`
  const due = momentInWords(delivery.dueAt, now, zone)
  const unsure = `We don’t know yet whether the ${timeInWords(delivery.dueAt, zone)} post went out.`
  const posted = delivery.postedAt ? ` ${momentInWords(delivery.postedAt, now, zone)}` : ''
  const goes = delivery.position === 0 ? due : `after part ${delivery.position}`
  const words: Record<Delivery['state'], Omit<DeliveryInWords, 'state'>> = {
    waiting: {
      label: `Goes out ${goes}`,
      detail: delivery.trouble,
      href: delivery.trouble ? troubled : null,
    },
    held: { label: 'Held', detail: heldInWords(delivery), href: troubled },
    sending: { label: 'Being sent', detail: null, href: null },
    unknown: { label: 'Not known', detail: unsure, href: troubled },
    failed: { label: 'Did not go out', detail: delivery.trouble, href: troubled },
    posted: { label: `Posted${posted}`, detail: null, href: null },
    removing: { label: 'Being taken down', detail: null, href: null },
    removed: { label: 'Taken down', detail: null, href: null },
    abandoned: { label: 'Left as it is', detail: 'Nobody knows whether it went out.', href: troubled },
    cancelled: { label: 'Cancelled', detail: null, href: null },
  }
  return { state: delivery.state, ...words[delivery.state] }
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
