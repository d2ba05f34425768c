/** Calls for each user in 15 minutes of machine time, as X states them for a user's own token. */
const callsPerWindow: Record<string, number> = {
  'POST /2/tweets': 100,
  'DELETE /2/tweets/:id': 50,
  'GET /2/tweets': 5000,
  'GET /2/users/me': 75,
  'GET /2/users/by/username/:name': 900,
  'GET /2/users/:id/tweets': 900,
  'GET /2/users/:id/mentions': 300,
  'GET /2/tweets/search/recent': 300,
  'PUT /2/tweets/:id/hidden': 50,
}

const otherwise = 500
const windowMs = 15 * 60 * 1000

export interface Window {
  limit: number
  remaining: number
  /** Milliseconds since 1970. */
  resetsAt: number
}

/** Counts calls; `changed` replaces single limits, for tests and for demonstrations that post much in little time. */
export function createLimits(changed: Record<string, number> = {}) {
  const windows = new Map<string, { calls: number; resetsAt: number }>()
  return {
    /** Counts one call in, unless there was none left. */
    count(userId: string, route: string, machine: Date): { window: Window; allowed: boolean } {
      const limit = changed[route] ?? callsPerWindow[route] ?? otherwise
      const key = `${userId} ${route}`
      let window = windows.get(key)
      if (!window || window.resetsAt <= machine.getTime())
        windows.set(key, (window = { calls: 0, resetsAt: machine.getTime() + windowMs }))
      const allowed = window.calls < limit
      if (allowed) window.calls++
      return { window: { limit, remaining: limit - window.calls, resetsAt: window.resetsAt }, allowed }
    },
  }
}
