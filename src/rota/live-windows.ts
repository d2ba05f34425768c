import type { Reader } from '../db/database.ts'
import { listEvents, listLiveWindows } from './events-store.ts'
import type { LiveWindow } from './live-window.ts'

export { keepLiveWindow, weeksSteppingAside } from './events-store.ts'

/** Step: the live window of each event of a week: with the event's own times until somebody changes them. In their order. */
export async function liveWindowsOf(read: Reader, weekId: string): Promise<LiveWindow[]> {
  const kept = new Map((await listLiveWindows(read, weekId)).map((row) => [row.eventId, row]))
  return (await listEvents(read, weekId))
    .map((event) => {
      const row = kept.get(event.id)
      return {
        event,
        startsAt: row?.startsAt ?? event.startsAt,
        endsAt: row?.endsAt ?? event.endsAt,
        aside: row?.aside ?? false,
        version: row?.version ?? 0,
      }
    })
    .toSorted((one, other) => one.startsAt.getTime() - other.startsAt.getTime())
}
