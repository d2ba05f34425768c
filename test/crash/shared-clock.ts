import { openSandboxClock, type MovableClock } from '../../src/clock.ts'

/**
 * One clock for app and stand-in, kept in a file: it runs as the machine's, and jumps while nothing runs, as if the whole
 * house had been down for so long. Product time and machine time are the same here.
 */
export function sharedClock(file: string, startsAt?: Date): MovableClock {
  const { now, moveTo } = openSandboxClock(file, startsAt)
  return { now, machine: now, moveTo }
}
