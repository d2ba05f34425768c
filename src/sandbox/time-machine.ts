import type { MovableClock } from '../clock.ts'

/** The next instant of product time at which something is due, after which the work wants to run; null for none. */
export type NextDue = () => Promise<Date | null>

/** Resolves when all that is due now has been done. */
export interface Quiet {
  untilQuiet(): Promise<void>
}

/**
 * Moves product time to `to`, through each instant at which something is due on the way: there the work is done, and only
 * then time goes on. So what happens on the way happens in its order and at its time.
 * @throws RangeError when `to` lies before product time.
 */
export async function travel(clock: MovableClock, work: Quiet, nextDue: NextDue, to: Date): Promise<void> {
  await work.untilQuiet()
  for (let stops = 0; stops < 10_000; stops += 1) {
    const due = await nextDue()
    if (!due || due > to) break
    // What stays due though its time has come (held by a limit of the network, say) must not stop the clock.
    clock.moveTo(due > clock.now() ? due : new Date(clock.now().getTime() + 1000))
    await work.untilQuiet()
  }
  if (to > clock.now()) clock.moveTo(to)
  await work.untilQuiet()
}
