import { sql } from 'drizzle-orm'
import t from 'tap'
import { leases, mailOutages } from '../../src/db/schema/index.ts'
import type { JobState } from '../../src/web/deps.ts'
import { testApp } from '../support/app.ts'
import { anAccount } from '../support/story.ts'

interface Answer {
  status: string
  checks: Record<string, { status: string; says?: string; since?: string }>
}

async function world(t: Parameters<typeof testApp>[0]) {
  const jobs: JobState[] = []
  const made = await testApp(t, { deps: { jobs: () => jobs } })
  const { app, db, clock } = made
  await anAccount(db, { now: clock.now() })
  const ask = async () => {
    const answer = await app.inject('/readyz')
    const { status, checks } = answer.json<Answer>()
    const said = Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, check.status]))
    return { code: answer.statusCode, status, said, checks, answer }
  }
  const leasedUntil = async (until: Date) =>
    db.write(async (tx) => {
      await tx.delete(leases)
      await tx.insert(leases).values({ name: 'publisher', owner: 'a process', fence: 1, until })
    })
  return { ...made, jobs, ask, leasedUntil }
}

const WELL = {
  database: 'pass',
  disk: 'pass',
  migrations: 'pass',
  publisher: 'pass',
  mail: 'pass',
  work: 'pass',
}

t.test('all is well', async (t) => {
  const { ask, leasedUntil, clock } = await world(t)
  await leasedUntil(new Date(clock.machine().getTime() + 60_000))
  const { code, status, said, answer } = await ask()
  t.same([code, status, said], [200, 'ready', WELL])
  t.match(answer.headers, { 'content-type': /^application\/json/, 'cache-control': 'no-store' })
  t.notOk(answer.headers['set-cookie'])
})

t.test('a publisher that is silent is 503; one that sleeps is not', async (t) => {
  const { ask, leasedUntil, clock } = await world(t)
  await leasedUntil(new Date(clock.machine().getTime() + 60_000))
  clock.moveMachine(2)
  t.equal((await ask()).code, 200)
  clock.moveMachine(2)
  const { code, status, said, checks } = await ask()
  t.same([code, status, said], [503, 'not ready', { ...WELL, publisher: 'fail' }])
  t.match(checks['publisher'], {
    says: 'Nothing goes out: the publisher is silent.',
    since: '2026-11-18T10:43:00.000Z',
  })
})

t.test('a publisher that fails is 503; another job that fails or hangs is told', async (t) => {
  const { ask, jobs, clock } = await world(t)
  const since = clock.machine()
  jobs.push({ name: 'publisher', failingSince: null, runningSince: null })
  jobs.push({ name: 'listener', failingSince: since, runningSince: null })
  jobs.push({ name: 'mail', failingSince: null, runningSince: since })
  const told = await ask()
  t.same([told.code, told.status, told.said], [200, 'ready', { ...WELL, work: 'warn' }])
  t.equal(told.checks['work']?.says, 'Fails or hangs in the background: listener.')
  clock.moveMachine(16)
  t.equal((await ask()).checks['work']?.says, 'Fails or hangs in the background: listener, mail.')
  jobs[0]!.failingSince = since
  const failing = await ask()
  t.equal(failing.code, 503)
  t.match(failing.checks['publisher'], { status: 'fail', since: since.toISOString() })
})

t.test('a dead mail server is told and harms nothing; what it said stays inside', async (t) => {
  const { ask, db, clock } = await world(t)
  const reason = 'connect ECONNREFUSED 10.0.0.7:25, user week, password hunter2'
  await db.write((tx) =>
    tx.insert(mailOutages).values({ id: 1, since: clock.now(), reason, retryAt: clock.machine() }),
  )
  const { code, said, checks, answer } = await ask()
  t.same([code, said], [200, { ...WELL, mail: 'warn' }])
  t.equal(checks['mail']?.since, clock.now().toISOString())
  t.notMatch(answer.body, /10\.0\.0|hunter2|ECONN/)
})

t.test('a database of another version, or none that answers, is 503', async (t) => {
  const { ask, db, deps } = await world(t)
  await db.write(async (tx) => {
    await tx.delete(sql`__drizzle_migrations` as never).where(sql`rowid = 1`)
  })
  const newer = await ask()
  t.same([newer.code, newer.said], [503, { ...WELL, migrations: 'fail' }])
  deps.db.close()
  const { code, said, answer } = await ask()
  t.equal(code, 503)
  t.equal(said['database'], 'fail')
  t.notMatch(answer.body, /sqlite|connection is not open/i)
})
