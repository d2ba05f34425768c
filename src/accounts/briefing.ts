/** What is gone through with each host before their week, until an account's leads say otherwise. */
export const DEFAULT_BRIEFING = [
  'We have spoken: a call before the week',
  'The host agrees to their photo being shown',
  'We have talked about conflicts of interest',
  'We have a number for emergencies',
]

export const MOST_POINTS = 12

/** The points of an account's briefing; none where its leads emptied the list. */
export function briefingOf({ briefing }: { briefing: string[] | null }): string[] {
  return briefing ?? DEFAULT_BRIEFING
}
