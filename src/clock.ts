import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** The two times of the product. Nothing else in the code asks the system what time it is. */
export interface Clock {
  /** Product time: due times, weeks, lateness, the recap. The sandbox can move it forward. */
  now(): Date
  /** Machine time: leases, deadlines, back-off, sessions, sign-in links, token life. Never moved. */
  machine(): Date
}

/** When a moment of machine time is, as product time counts from here on. In a live installation they are one. */
export function inProductTime({ now, machine }: Clock, at: Date): Date {
  return new Date(at.getTime() + now().getTime() - machine().getTime())
}

export interface MovableClock extends Clock {
  /** Moves product time. @throws RangeError when `to` lies before product time: it moves forward only. */
  moveTo(to: Date): void
}

export const systemClock: Clock = { now: () => new Date(), machine: () => new Date() }

/**
 * A clock whose offset (milliseconds from machine time to product time) is kept in a file, so that it outlives a restart
 * and is shared with a stand-in for X that runs in a process of its own. The file is read at each call, since another
 * process may have moved the clock. A missing file means `startsAt`, or machine time without one.
 */
export function openSandboxClock(file: string, startsAt?: Date): MovableClock {
  if (!existsSync(file)) save(file, startsAt ? startsAt.getTime() - Date.now() : 0)
  const now = () => new Date(Date.now() + offset(file))
  return {
    now,
    machine: () => new Date(),
    moveTo(to) {
      if (to.getTime() < now().getTime()) throw new RangeError('Product time moves forward only.')
      save(file, to.getTime() - Date.now())
    },
  }
}

/** A clock that goes on from `startsAt` at the machine's pace, and keeps nothing: whoever has it keeps how late it is. */
export function movedClock(machine: () => Date, startsAt: Date): MovableClock {
  let offsetMs = startsAt.getTime() - machine().getTime()
  const now = () => new Date(machine().getTime() + offsetMs)
  return {
    now,
    machine,
    moveTo(to) {
      if (to.getTime() < now().getTime()) throw new RangeError('Product time moves forward only.')
      offsetMs = to.getTime() - machine().getTime()
    },
  }
}

function offset(file: string): number {
  return (JSON.parse(readFileSync(file, 'utf8')) as { offsetMs: number }).offsetMs
}

function save(file: string, offsetMs: number): void {
  const next = `${file}.next`
  writeFileSync(next, JSON.stringify({ offsetMs }))
  renameSync(next, file)
}
