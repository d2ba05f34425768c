import { setTimeout as sleep } from 'node:timers/promises'
import { endOfMonth } from './budget.ts'
import { nextAskForCredit, resumeHeld, resumeWithinBudget } from './resume.ts'
import { LeaseLost, releaseLease, takeLease, type Lease } from './lease.ts'
import { catchUp, doubtLeftAttempts, lookBack } from './reconcile.ts'
import { removeAllDue } from './remove.ts'
import { secondPostsToRemove } from './second-posts-store.ts'
import { putOffFailed, send, type CaughtUp } from './send.ts'
import { later, timesOf, type PublisherDeps } from './settings.ts'
import { goOnAfterOpening } from './open-late.ts'
import { heedLiveWindows } from './step-aside.ts'
import { watchDoubtful } from './watch-doubtful.ts'
import { attemptsToLookFor, attemptsToWatch, openAttempts } from './attempts-store.ts'
import { findDue, nextDue, readyDeliveries } from './due-store.ts'
import { heldForBudget } from './held-store.ts'
import { standingRemovals } from './removals-store.ts'
import { accountsToCompare } from './restores-store.ts'

export interface Publisher {
  /**
   * Does everything that is due now, and returns when there will be something to do next, on the machine's clock; null
   * when nothing waits. Called while it runs, it gives the same answer to both.
   */
  run(): Promise<{ nextAt: Date | null }>
  /** Lets a send in flight end, begins none, and gives the lease back. Resolves within the deadline of a send. */
  stop(): Promise<void>
}

/** Something that is due and yet could not be done is looked at again after this. Milliseconds. */
const NEVER_SOONER = 1000

/**
 * Brings approved deliveries to the network, each at its time and once. `owner` names this process, and must be another
 * one at each start.
 */
export function createPublisher({ owner, ...given }: PublisherDeps & { owner: string }): Publisher {
  const deps = { ...given, isStopping: () => stopping }
  const { db, clock } = deps
  const times = timesOf(deps)
  let running: Promise<{ nextAt: Date | null }> | null = null
  let stopping = false
  let lease: Lease | null = null
  /** Accounts whose timeline was read since this process got the lease. */
  let caughtUp = new Set<string>()

  async function work(): Promise<{ nextAt: Date | null }> {
    const machineNow = clock.machine()
    const until = later(machineNow, times.leaseMs)
    const taken = await takeLease(db, { owner, until, machineNow })
    if (!('lease' in taken)) return { nextAt: taken.heldUntil }
    if (lease?.fence !== taken.lease.fence) caughtUp = new Set()
    lease = taken.lease
    const failures: unknown[] = []
    try {
      await doAllDue(taken.lease, failures)
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
      lease = null
      return { nextAt: later(clock.machine(), NEVER_SOONER) }
    }
    // Told once everything else is done, to whoever runs it: that is where it is logged, and called again.
    if (failures.length === 1) throw failures[0]
    if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'))
    return { nextAt: await nextAt() }
  }

  /** What fails is put to the failures, and keeps nothing else from being done. */
  async function doAllDue(lease: Lease, failures: unknown[]): Promise<void> {
    const guarded = async (work: () => Promise<unknown>) => {
      try {
        await work()
        return true
      } catch (error) {
        if (error instanceof LeaseLost) throw error
        failures.push(error)
        return false
      }
    }
    const steps = [
      doubtLeftAttempts,
      lookBack,
      watchDoubtful,
      resumeHeld,
      resumeWithinBudget,
      heedLiveWindows,
      goOnAfterOpening,
    ]
    for (const step of steps) await guarded(() => step(deps))
    await guarded(() => removeAllDue(deps, lease, () => stopping))
    await sendAllDue(lease, guarded)
  }

  async function sendAllDue(
    lease: Lease,
    guarded: (work: () => Promise<unknown>) => Promise<boolean>,
  ): Promise<void> {
    const tried = new Set<string>()
    const answers = new Map<string, ReturnType<typeof catchUp>>()
    const catchUpOnce = async (accountId: string): Promise<CaughtUp> => {
      if (caughtUp.has(accountId)) return { ok: true, looked: false }
      const asked = answers.get(accountId) ?? catchUp(deps, accountId)
      answers.set(accountId, asked)
      const answer = await asked
      if (answer.ok) caughtUp.add(accountId)
      return { ...answer, looked: true }
    }
    // Though nothing be due: people are told soon what the copy does not know.
    for (const accountId of await accountsToCompare(db.read)) await guarded(() => catchUpOnce(accountId))
    const moment = () => ({ now: clock.now(), machineNow: clock.machine() })
    for (let passed = 0; ;) {
      const next = await db.readBeforeWrite((read) => nextDue(read, moment(), passed))
      if (next.length === 0) {
        // The first that goes again lets the others follow.
        if ((await resumeHeld(deps)) > 0) continue
        return
      }
      for (const { id, version } of next) {
        if (stopping) return
        if (tried.has(`${id} ${version}`)) {
          passed += 1
          continue
        }
        tried.add(`${id} ${version}`)
        const sent = await guarded(async () => {
          const due = await db.readBeforeWrite((read) => findDue(read, id, moment()))
          if (due?.delivery.version === version) await send(deps, lease, due, catchUpOnce)
        })
        if (!sent) await guarded(() => putOffFailed(deps, id))
      }
    }
  }

  async function nextAt(): Promise<Date | null> {
    const ahead = clock.machine().getTime() - clock.now().getTime()
    const waiting = (await readyDeliveries(db.read)).map(({ dueAt, notBefore }) =>
      Math.max(dueAt.getTime() + ahead, notBefore?.getTime() ?? 0),
    )
    const looks = (await attemptsToLookFor(db.read)).map(({ attempt }) => attempt.nextLookAt!.getTime())
    const watches = (await attemptsToWatch(db.read)).map(({ attempt }) => attempt.watchAt!.getTime())
    const open = (await openAttempts(db.read)).map(({ deadlineAt }) => deadlineAt.getTime())
    const removals = (await standingRemovals(db.read)).map(({ notBefore }) => notBefore?.getTime() ?? 0)
    const seconds = (await secondPostsToRemove(db.read)).map(({ second }) => second.notBefore?.getTime() ?? 0)
    const asks = (await nextAskForCredit(deps))?.getTime() ?? Infinity
    const months = (await heldForBudget(db.read)).map(
      ({ account }) => endOfMonth(clock.now(), account).getTime() + ahead,
    )
    const next = Math.min(...months, ...waiting, ...looks, ...watches, ...open, ...removals, ...seconds, asks)
    if (next === Infinity) return null
    return new Date(Math.max(next, clock.machine().getTime() + NEVER_SOONER))
  }

  return {
    run() {
      if (stopping) return Promise.resolve({ nextAt: null })
      running ??= work().finally(() => (running = null))
      return running
    },
    async stop() {
      stopping = true
      const deadline = new AbortController()
      const limit = sleep(times.sendDeadlineMs + times.answerGraceMs, undefined, {
        signal: deadline.signal,
      }).catch(() => undefined)
      await Promise.race([running?.catch(() => undefined), limit])
      deadline.abort()
      if (lease && !running) await releaseLease(db, lease, clock.machine())
    },
  }
}
