import { forget, listWaiting } from './live-outbox.ts'

/** Which weeks' live pages this phone keeps, and when each week closes on its clock: a note that is quickly read. */
const NOTE = 'live-weeks'
/** What could not be sent in time stays to be copied for so long after the week. Milliseconds. */
const LIFE = 7 * 24 * 3600 * 1000

export function noteLiveWeek(weekId: string, closesAt: number): void {
  write({ ...read(), [weekId]: closesAt })
}

/** Takes off the phone what the live page kept there of weeks that are over. */
export function tidyLive(): void {
  for (const [weekId, closesAt] of Object.entries(read()))
    if (closesAt < Date.now()) void clear(weekId, { posts: closesAt + LIFE < Date.now() })
}

/** Whether the live page keeps anything on this phone. */
export function keepsLive(): boolean {
  return Object.keys(read()).length > 0
}

/** What was not sent yet, with its verb, as in "… lost when you sign out"; null where there is none. */
export async function unsentLive(): Promise<string | null> {
  if (!keepsLive()) return null
  const { length } = await listWaiting()
  if (length === 0) return null
  return length === 1 ? 'One post was not sent yet, and is' : `${length} posts were not sent yet, and are`
}

/** Takes all of it off the phone. */
export async function clearLive(): Promise<void> {
  for (const weekId of Object.keys(read())) await clear(weekId, { posts: true })
}

async function clear(weekId: string, { posts }: { posts: boolean }): Promise<void> {
  await forget(weekId, { posts })
  for (const registration of await navigator.serviceWorker.getRegistrations())
    if (new URL(registration.scope).pathname === `/weeks/${weekId}/live`) await registration.unregister()
  const { [weekId]: _, ...others } = read()
  write(others)
  if (Object.keys(others).length === 0) await caches.delete('live')
}

function read(): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(NOTE) ?? '{}') as Record<string, number>
  } catch {
    return {}
  }
}

function write(weeks: Record<string, number>): void {
  try {
    localStorage.setItem(NOTE, JSON.stringify(weeks))
  } catch {
    // A browser that keeps nothing has nothing to tidy.
  }
}
