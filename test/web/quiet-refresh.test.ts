import { eq } from 'drizzle-orm'
import t from 'tap'
import type { Reader } from '../../src/db/database.ts'
import { drafts } from '../../src/db/schema/index.ts'
import { testApp, type Visitor } from '../support/app.ts'
import { anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

async function aDesk(t: Parameters<typeof testApp>[0]) {
  const world = await testApp(t, { mode: 'live' })
  const { db, deps } = world
  await anAccount(db, { now: world.clock.now() })
  await josephsWeek(db)
  await aSubmittedDraft(db, { id: 'one' })
  let reads = 0
  const read = db.read
  deps.db.read = new Proxy(read, {
    get(target, name: keyof Reader) {
      reads += 1
      return Reflect.get(target, name).bind(target)
    },
  })
  const counted = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const before = reads
    return [await work(), reads - before]
  }
  return { ...world, counted, owen: await world.visitor(APPROVER.email) }
}

const look = (visitor: Visitor, url: string, version: string) =>
  visitor.request({ method: 'GET', url, headers: { 'if-none-match': version, 'x-quiet': '1' } })

t.test('an unchanged page is answered in a line, without reading anything', async (t) => {
  const { owen, counted, visitor } = await aDesk(t)
  await owen.get('/today') // the first page makes the session's token
  const joseph = await visitor(JOSEPH.email)
  await joseph.get('/today')
  for (const [url, who] of [
    ...['/today', '/queue', '/queue?draft=one', '/queue/together'].map((url) => [url, owen] as const),
    ...[`/weeks/${WEEK}/conversation`, `/weeks/${WEEK}/days`].map((url) => [url, owen] as const),
    ['/today', joseph] as const,
  ]) {
    const whole = await who.get(url)
    t.equal(whole.statusCode, 200, url)
    const version = String(whole.headers['etag'])
    t.match(whole.body, `data-version="${version.replaceAll('"', '&quot;')}"`, 'the page knows its version')
    const [again, reads] = await counted(() => look(who, url, version))
    t.equal(again.statusCode, 304, url)
    t.equal(again.body, '')
    t.equal(reads, 0, 'nothing was read')
    t.equal((await who.get(url)).statusCode, 200, 'who opens the page gets it')
    t.equal((await look(who, url, '"another"')).statusCode, 200)
  }
})

t.test('what is new comes, and what is not is not rendered', async (t) => {
  const { db, owen, clock } = await aDesk(t)
  const version = String((await owen.get('/queue?draft=one')).headers['etag'])
  await db.write((tx) => tx.update(drafts).set({ undecidedAt: null }).where(eq(drafts.id, 'one')))
  t.equal(
    (await look(owen, '/queue?draft=one', version)).statusCode,
    304,
    'a write that the page does not show',
  )
  await aSubmittedDraft(db, { id: 'two', text: 'One more', wishedAt: '2026-11-18T15:00:00Z' })
  const more = await look(owen, '/queue?draft=one', version)
  t.equal(more.statusCode, 200)
  t.match(more.body, 'One more')
  const newer = String(more.headers['etag'])
  t.equal((await look(owen, '/queue?draft=one', newer)).statusCode, 304)
  clock.pass(1)
  const later = await look(owen, '/queue?draft=one', newer)
  t.equal(later.statusCode, 200)
  t.match(later.body, '1 h 47 min left', 'time goes by')
})

t.test('a look is somebody’s own, ends with their session, and spends no message', async (t) => {
  const { app, owen, visitor } = await aDesk(t)
  const helen = await visitor(LEAD.email)
  const version = String((await owen.get('/today')).headers['etag'])
  t.equal((await look(helen, '/today', version)).statusCode, 200, 'not somebody else’s')
  t.equal((await look(await visitor(), '/today', version)).statusCode, 303, 'not for who is signed out')
  t.equal((await look(await visitor(JOSEPH.email), '/queue', version)).statusCode, 404)
  const { body } = await owen.get('/queue?draft=one')
  await owen.post('/queue?draft=one', '/drafts/one/change-request', {
    fingerprint: /name="fingerprint" value="([^"]*)"/.exec(body)![1]!,
    comment: 'Shorter.',
  })
  const quiet = await look(owen, '/queue', version)
  t.notMatch(quiet.body, 'Given back', 'the message is for the page that is opened')
  t.match((await owen.get('/queue')).body, 'Given back')
  const last = String((await owen.get('/queue')).headers['etag'])
  t.equal((await look(owen, '/queue', last)).statusCode, 304)
  const before = owen.again(app)
  await owen.post('/today', '/sign-out')
  t.equal((await look(before, '/queue', last)).statusCode, 303, 'nothing after signing out')
})
