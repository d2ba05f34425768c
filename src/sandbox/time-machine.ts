import type { MovableClock } from '../clock.ts'

/** The first instant of product time after `after` at which the work will want to run; null for none. */
export type NextDue = (after: Date) => Promise<Date | null>

/** Resolves when all that is due now has been done. */
export interface Quiet {
  untilQuiet(): Promise<void>
}

/**
 * Moves product time, through each instant at which something is due on the way: there the work is done, and only then time
 * goes on. So what happens on the way happens in its order and at its time. What can't be done then (held up by a limit of
 * the network, say) stays behind. One journey ends before the next begins; one whose end has passed by then moves nothing.
 */
export function createTimeMachine(
  clock: MovableClock,
  work: Quiet,
  nextDue: NextDue,
): (to: Date) => Promise<void> {
  let before: Promise<void> = Promise.resolve()

  async function travel(to: Date): Promise<void> {
    await work.untilQuiet()
    for (;;) {
      const due = await nextDue(clock.now())
      if (!due || due > to) break
      moveOnTo(due)
      await work.untilQuiet()
    }
    moveOnTo(to)
    await work.untilQuiet()
  }

  /** Product time goes on by itself too, and may have arrived there meanwhile. */
  function moveOnTo(at: Date): void {
    if (at > clock.now()) clock.moveTo(at)
  }

  return (to) => {
    const journey = before.then(() => travel(to))
    before = journey.catch(() => undefined)
    return journey
  }
}
