import t from 'tap'
import { startWork, type Job } from '../src/work.ts'

const machine = () => new Date()
const quiet = { machine, fail: () => {} }

t.test('a job runs at the start, when woken, and when it wanted to', async (t) => {
  const ran: string[] = []
  let once = true
  const jobs: Job[] = [
    { name: 'mail', run: async () => (ran.push('mail'), null) },
    {
      name: 'publisher',
      run: async () => {
        ran.push('publisher')
        const again = once ? new Date(Date.now() + 20) : null
        once = false
        return again
      },
    },
  ]
  const work = startWork(jobs, quiet)
  await work.untilQuiet(1000)
  t.ok(ran.filter((name) => name === 'publisher').length >= 2, 'at the start, and 20 ms later')
  const before = ran.length
  work.wake('mail')
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(ran.length, before + 1)
  await work.stop()
  work.wake('mail')
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(ran.length, before + 1, 'nothing begins after the stop')
})

t.test('a job never runs twice at the same time, and a wake meanwhile is not lost', async (t) => {
  let running = 0
  let most = 0
  let runs = 0
  const work = startWork(
    [
      {
        name: 'slow',
        run: async () => {
          running += 1
          most = Math.max(most, running)
          runs += 1
          await new Promise((resolve) => setTimeout(resolve, 15))
          running -= 1
          return null
        },
      },
    ],
    quiet,
  )
  work.wake('slow')
  work.wake('slow')
  await work.untilQuiet()
  await work.stop()
  t.equal(most, 1)
  t.ok(runs >= 2 && runs <= 3, `${runs} runs`)
})

t.test('a job that throws is told and tried again later; the others go on', async (t) => {
  const failures: string[] = []
  let fine = 0
  const work = startWork(
    [
      { name: 'broken', run: () => Promise.reject(new Error('disk full')) },
      { name: 'fine', run: async () => ((fine += 1), null) },
    ],
    { machine, fail: (job, error) => failures.push(`${job}: ${(error as Error).message}`) },
  )
  await work.untilQuiet(1000)
  await work.stop()
  t.match(failures[0], 'broken: disk full')
  t.ok(fine >= 1)
})

t.test('stopping waits for what runs', async (t) => {
  let ended = false
  const work = startWork(
    [
      {
        name: 'send',
        run: async () => {
          await new Promise((resolve) => setTimeout(resolve, 30))
          ended = true
          return null
        },
      },
    ],
    quiet,
  )
  await work.stop()
  t.equal(ended, true)
})

t.test('it is not quiet while a job runs that was woken after its turn', async (t) => {
  let toWake = false
  let slow = false
  let ended = false
  const work = startWork(
    [
      {
        name: 'publisher',
        run: async () => {
          if (!slow) return null
          await new Promise((resolve) => setTimeout(resolve, 30))
          ended = true
          return null
        },
      },
      {
        name: 'listener',
        run: async () => {
          if (toWake) {
            toWake = false
            slow = true
            work.wake('publisher')
          }
          return null
        },
      },
    ],
    quiet,
  )
  await work.untilQuiet()
  toWake = true
  await work.untilQuiet()
  t.equal(ended, true)
  await work.stop()
})

t.test('it says since when a job fails, until it does not, and which one runs', async (t) => {
  let broken = true
  let end = () => {}
  const jobs: Job[] = [
    {
      name: 'mail',
      run: async () => {
        if (broken) throw new Error('a defect')
        return null
      },
    },
    { name: 'listener', run: () => new Promise((resolve) => (end = () => resolve(null))) },
  ]
  const at = new Date('2026-11-18T10:42:00Z')
  const work = startWork(jobs, { machine: () => at, fail: () => {} })
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.same(work.states(), [
    { name: 'mail', failingSince: at, runningSince: null },
    { name: 'listener', failingSince: null, runningSince: at },
  ])
  broken = false
  end()
  work.wake('mail')
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.same(work.states(), [
    { name: 'mail', failingSince: null, runningSince: null },
    { name: 'listener', failingSince: null, runningSince: null },
  ])
  await work.stop()
})
