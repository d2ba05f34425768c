import type { MovableClock } from '../clock.ts'

/** The first instant of product time after `after` at which the work will want to run; null for none. */
export type NextDue = (after: Date) => Promise<Date | null>

/** Resolves when all that is due now has been done. */
export interface Quiet {
  untilQuiet(): Promise<void>
}

/**
 * Takes a stretch of product time, in milliseconds, off what waits on the machine's clock because the network asked for it or
 * did not answer: while the time machine leaps, that time passes for it too.
 */
export type PassWaits = (milliseconds: number) => Promise<void>

/**
 * Moves product time, through each instant at which something is due on the way: there the work is done, and only then time
 * goes on. So what happens on the way happens in its order and at its time. What can't be done then stays behind; what a
 * limit of the network holds up is tried again when the limit is over, on the way. One journey ends before the next begins;
 * one whose end has passed by then moves nothing.
 */
export function createTimeMachine(
  clock: MovableClock,
  work: Quiet,
  nextDue: NextDue,
  passWaits: PassWaits = async () => undefined,
): (to: Date) => Promise<void> {
  let before: Promise<void> = Promise.resolve()

  async function travel(to: Date): Promise<void> {
    await work.untilQuiet()
    for (;;) {
      const due = await nextDue(clock.now())
      if (!due || due > to) break
      await moveOnTo(due)
      await work.untilQuiet()
    }
    await moveOnTo(to)
    await work.untilQuiet()
  }

  /** Product time goes on by itself too, and may have arrived there meanwhile. */
  async function moveOnTo(at: Date): Promise<void> {
    const leap = at.getTime() - clock.now().getTime()
    if (leap <= 0) return
    clock.moveTo(at)
    await passWaits(leap)
  }

  return (to) => {
    const journey = before.then(() => travel(to))
    before = journey.catch(() => undefined)
    return journey
  }
}
