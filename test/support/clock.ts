import type { MovableClock } from '../../src/clock.ts'

/** A clock that stands still until it is moved; machine time stands too, and moves with it or alone. */
export interface TestClock extends MovableClock {
  /** Moves both times by so many minutes. */
  pass(minutes: number): void
  moveMachine(minutes: number): void
}

export function testClock(start: string): TestClock {
  let product = new Date(start).getTime()
  let machine = product
  return {
    now: () => new Date(product),
    machine: () => new Date(machine),
    moveTo(to) {
      product = to.getTime()
    },
    pass(minutes) {
      product += minutes * 60_000
      machine += minutes * 60_000
    },
    moveMachine(minutes) {
      machine += minutes * 60_000
    },
  }
}
