import type { Session } from 'fastify'
import t from 'tap'
import { sessions } from '../../src/db/schema/index.ts'
import { SESSION_LIFE, sessionStore, SIGNED_IN_AT_MOST, STRANGER_LIFE } from '../../src/web/session-store.ts'
import { testApp } from '../support/app.ts'
import { testClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { anAccount, LEAD } from '../support/story.ts'

const START = '2026-11-18T10:42:00Z'
const lifeInMinutes = SESSION_LIFE / 60_000

/** A person whom the store may name. */
async function aPerson(db: Parameters<typeof anAccount>[0]) {
  await anAccount(db, { now: new Date(START) })
  return LEAD.id
}

function aStore(tap: Parameters<typeof testDatabase>[0]) {
  const { db } = testDatabase(tap)
  const clock = testClock(START)
  const store = sessionStore(db, clock.machine)
  const session = (personId?: string) =>
    ({ cookie: {}, ...(personId ? { personId } : {}) }) as unknown as Session
  const set = (id: string, value: Session) =>
    new Promise<void>((resolve, reject) =>
      store.set(id, value, (error) => (error ? reject(error) : resolve())),
    )
  const get = (id: string) =>
    new Promise<Session | null | undefined>((resolve, reject) =>
      store.get(id, (error, found) => (error ? reject(error as Error) : resolve(found))),
    )
  const destroy = (id: string) =>
    new Promise<void>((resolve, reject) => store.destroy(id, (error) => (error ? reject(error) : resolve())))
  const rows = () => db.read.select().from(sessions)
  return { db, clock, session, set, get, destroy, rows }
}

t.test('a session is found by its id until its time is over', async (t) => {
  const { db, clock, session, set, get } = aStore(t)
  t.equal(await get('unknown'), null)
  await set('one', session(await aPerson(db)))
  await set('stranger', session())
  t.match(await get('one'), { cookie: {} })
  clock.moveTo(new Date('2027-12-31T00:00:00Z'))
  t.ok(await get('one'), 'the sandbox’s time machine ends no session')
  clock.moveMachine(STRANGER_LIFE / 60_000)
  t.equal(await get('stranger'), null, 'of somebody who never signed in it is kept for a day only')
  clock.moveMachine(lifeInMinutes - STRANGER_LIFE / 60_000 - 1)
  t.ok(await get('one'))
  clock.moveMachine(1)
  t.equal(await get('one'), null)
})

t.test('however often somebody comes back, after thirty days they sign in anew', async (t) => {
  const { db, clock, session, set, get } = aStore(t)
  const day = 24 * 60
  await set('one', session(await aPerson(db)))
  for (let days = 10; days < 30; days += 10) {
    clock.moveMachine(10 * day)
    const found = await get('one')
    t.ok(found, `after ${days} days`)
    await set('one', found!)
  }
  clock.moveMachine(10 * day - 1)
  const last = await get('one')
  t.ok(last)
  await set('one', last!)
  clock.moveMachine(1)
  t.equal(await get('one'), null, `${SIGNED_IN_AT_MOST / 86_400_000} days`)
})

t.test('what is over is swept out when the next one is kept', async (t) => {
  const { clock, session, set, rows } = aStore(t)
  await set('old', session())
  clock.moveMachine(lifeInMinutes + 1)
  await set('new', session())
  t.equal((await rows()).length, 1)
})

t.test('the table can sign nobody in: it holds hashes', async (t) => {
  const { session, set, rows } = aStore(t)
  await set('the-id-in-the-cookie', session())
  const [row] = await rows()
  t.match(row!.idHash, /^[0-9a-f]{64}$/)
  t.notMatch(JSON.stringify(row), 'the-id-in-the-cookie')
})

t.test('a session changes in its place, and can be ended', async (t) => {
  const { session, set, get, destroy, rows } = aStore(t)
  await set('one', session())
  await set('one', { ...session(), flash: { message: 'Kept.' } })
  t.equal((await rows()).length, 1)
  t.match(await get('one'), { flash: { message: 'Kept.' } })
  await destroy('one')
  t.equal(await get('one'), null)
})

t.test('a session that is ended while a request of it goes on stays ended', async (t) => {
  const { session, set, get, destroy } = aStore(t)
  await set('one', session())
  const during = (await get('one'))!
  await destroy('one')
  await set('one', { ...during, flash: { message: 'Saved.' } })
  t.equal(await get('one'), null)
})

t.test('a person’s session is known as theirs, so that it can be taken from them', async (t) => {
  const { db, clock, visitor } = await testApp(t, { at: START })
  await anAccount(db, { now: clock.now() })
  const helen = await visitor(LEAD.email)
  t.equal((await helen.get('/today')).statusCode, 200)
  const rows = await db.read.select().from(sessions)
  t.ok(rows.some(({ personId }) => personId === LEAD.id))
  clock.moveMachine(lifeInMinutes + 1)
  t.equal((await helen.get('/today')).headers.location, '/sign-in?next=%2Ftoday')
})
