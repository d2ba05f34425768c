import type { Agent } from 'node:http'
import { openAgent, type Route } from './x-agent.ts'

/** How long a call may take in all when its caller sets no limit of its own. Milliseconds. */
export const usualDeadlineMs = 30_000

/** The call was given up: X may have done what was asked, or not. */
export class DeadlinePassed extends Error {
  constructor(deadlineMs: number) {
    super(`X did not answer within ${deadlineMs / 1000} s.`)
  }
}

/**
 * Makes one call over a connection of its own and gives it up, connection and all, once the time is over. The client
 * has no limit by default, and its own option watches for silence only: an answer that trickles would never end.
 * @throws what the call throws, or DeadlinePassed when the time is over.
 */
export async function withinDeadline<T>(
  route: Route,
  deadlineMs: number,
  call: (agent: Agent) => Promise<T>,
): Promise<T> {
  const agent = openAgent(route)
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlinePassed(deadlineMs)), deadlineMs)
  })
  try {
    return await Promise.race([call(agent), over])
  } finally {
    clearTimeout(timer)
    agent.destroy()
  }
}
