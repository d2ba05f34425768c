/** A week is a slot that somebody did something with; a slot without a row is a gap. */
export const WEEK_KINDS = ['hosted', 'hiatus'] as const
export type WeekKind = (typeof WEEK_KINDS)[number]

/**
 * `booked`: nobody outside the desk knows. `announced`: the host accepted, or a lead said so; public.
 * `closed`: the clock passed its end. `cancelled`: the slot is free again.
 */
export const WEEK_STATES = ['booked', 'announced', 'closed', 'cancelled'] as const
export type WeekState = (typeof WEEK_STATES)[number]

export const WEEK_TRANSITIONS: Record<WeekState, readonly WeekState[]> = {
  booked: ['announced', 'closed', 'cancelled'],
  announced: ['closed', 'cancelled'],
  closed: [],
  cancelled: [],
}

/** How somebody's hosting of a week ended before the week did. */
export const HOST_ENDINGS = ['replaced', 'cancelled'] as const
export type HostEnding = (typeof HOST_ENDINGS)[number]
