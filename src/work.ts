/** Something that is done in the background again and again: mails, posts, replies, closing weeks. */
export interface Job {
  name: string
  /** Does all that is due, and says at which machine time it wants to run again at the latest; null: when woken. */
  run(): Promise<Date | null>
}

export interface Work {
  /** How each job goes, on the machine's clock. */
  states(): { name: string; failingSince: Date | null; runningSince: Date | null }[]
  /** Runs a job soon, though it sleeps. */
  wake(name: string): void
  /**
   * Resolves when every job has run and none wants to run again within `soonMs` of machine time.
   * @throws Error when the work is stopped meanwhile: what is due was not done.
   */
  untilQuiet(soonMs?: number): Promise<void>
  /** Ends what runs now properly, and begins nothing new. */
  stop(): Promise<void>
}

/** A `setTimeout` of a month fires at once, and a clock may be set: nobody sleeps longer than this. */
const LONGEST_SLEEP = 60_000
/** After a job threw: it is a defect or a full disk, and neither wants a busy loop. */
const AFTER_FAILURE = 10_000

/** Keeps jobs running until stopped, each on its own, never twice at the same time. */
export function startWork(
  jobs: Job[],
  { machine, fail }: { machine: () => Date; fail: (job: string, error: unknown) => void },
): Work {
  const runners = new Map(jobs.map((job) => [job.name, startRunner(job, machine, fail)]))
  let stopped = false
  return {
    states: () => [...runners].map(([name, runner]) => ({ name, ...runner.state() })),
    wake: (name) => runners.get(name)?.wake(),
    async untilQuiet(soonMs = 5_000) {
      for (let round = 0; round < 200; round += 1) {
        for (const runner of runners.values()) await runner.runNow()
        if (stopped) throw new Error('The work has been stopped.')
        const next = Math.min(...[...runners.values()].map((runner) => runner.wantsAt()))
        const wait = next - machine().getTime()
        // Somebody may have woken a job after its turn.
        if ([...runners.values()].some((runner) => runner.isRunning())) continue
        if (wait > soonMs) return
        await new Promise((resolve) => setTimeout(resolve, Math.max(1, wait)))
      }
    },
    async stop() {
      stopped = true
      await Promise.all([...runners.values()].map((runner) => runner.stop()))
    },
  }
}

function startRunner(job: Job, machine: () => Date, fail: (job: string, error: unknown) => void) {
  let running: Promise<void> | null = null
  let again = false
  let stopped = false
  let wanted = Number.POSITIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let failingSince: Date | null = null
  let runningSince: Date | null = null

  const once = async () => {
    clearTimeout(timer)
    runningSince = machine()
    try {
      wanted = (await job.run())?.getTime() ?? Number.POSITIVE_INFINITY
      failingSince = null
    } catch (error) {
      fail(job.name, error)
      failingSince ??= machine()
      wanted = machine().getTime() + AFTER_FAILURE
    }
    runningSince = null
  }
  const loop = async (): Promise<void> => {
    again = false
    await once()
    if (again && !stopped) return loop()
    running = null
    if (!stopped) sleep()
    return undefined
  }
  const sleep = () => {
    const wait = Math.min(LONGEST_SLEEP, Math.max(1, wanted - machine().getTime()))
    timer = setTimeout(start, wait)
  }
  const start = () => {
    if (stopped) return
    if (running) again = true
    else running = loop()
  }
  start()
  return {
    wake: start,
    wantsAt: () => wanted,
    isRunning: () => running !== null,
    state: () => ({ failingSince, runningSince }),
    async runNow() {
      start()
      await running
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
