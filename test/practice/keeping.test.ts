import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { accounts } from '../../src/db/schema/index.ts'
import { createSandboxClient } from '../../src/networks/x-sandbox/client.ts'
import { startStandIn } from '../../src/networks/x-sandbox/stand-in.ts'
import { aWeek, MEI } from '../support/bookings.ts'
import { testClock } from '../support/clock.ts'
import { begin, DESK, SAID, sundayEvening, write, WRITE } from '../support/practice.ts'
import { ACCOUNT, anotherAccount, LEAD, OTHER_ACCOUNT } from '../support/story.ts'

const TODAY = `${DESK}/today`

/** The folders of the practices, each with a file of its own that says how it stands. */
const practicesIn = (folder: string) => readdirSync(folder).map((name) => join(folder, name))

t.test('what a power cut left of one practice costs no other one anything', async (t) => {
  const { priya, visitor, folder, practice } = await sundayEvening(t)
  await begin(priya)
  writeFileSync(join(practicesIn(folder)[0]!, 'practice.json'), '')
  const lead = await visitor(LEAD.email)
  await begin(lead)

  t.match(await priya.get('/practice'), { statusCode: 200, body: /Begin to practise/ })
  t.equal((await priya.get(TODAY)).headers.location, '/practice')
  await practice.sweep()
  t.equal((await lead.get(TODAY)).statusCode, 200)
  t.equal(practicesIn(folder).length, 1, 'what is left of it is swept away')
  await begin(priya)
  t.equal((await priya.get(TODAY)).statusCode, 200, 'and it can be begun afresh')
})

t.test(
  'a practice that can’t be opened any more says what to do, and others are swept all the same',
  async (t) => {
    const reports: string[] = []
    const report = (job: string) => void reports.push(job)
    const { priya, visitor, folder, practice, clock } = await sundayEvening(t, { report })
    await begin(priya)
    const [broken] = practicesIn(folder)
    writeFileSync(join(broken!, 'week.db'), 'not a database any more, after a disk went wrong')
    const lead = await visitor(LEAD.email)
    await begin(lead)
    await practice.sweep()

    t.match(await priya.get(TODAY), { statusCode: 303, headers: { location: '/practice' } })
    t.match((await priya.get('/practice')).body, /Your practice could not be opened[^]*begin afresh/)
    t.same(reports, ['opening'], 'whoever runs the installation can read why')
    t.equal((await lead.get(TODAY)).statusCode, 200)

    await priya.post('/practice', '/practice/end')
    await begin(priya)
    t.equal((await priya.get(TODAY)).statusCode, 200)
    clock.pass(60)
    await practice.sweep()
    t.equal((await lead.get(TODAY)).statusCode, 200, 'one that rested opens again')
  },
)

t.test('many at once: one is put away for another, and never while it answers', async (t) => {
  const { priya, visitor, db, clock } = await sundayEvening(t, { mostOpen: 1 })
  await aWeek(db, clock.now(), { slot: '2026-11-30', who: MEI, accepted: true })
  const people = [priya, await visitor(LEAD.email), await visitor(MEI.email)]
  for (const one of people) await begin(one)
  for (let round = 0; round < 2; round += 1) {
    const answers = await Promise.all(
      people.flatMap((one) => [one.get(TODAY), one.get(SAID), one.get(WRITE)]),
    )
    t.same(
      answers.map(({ statusCode }) => statusCode),
      answers.map(() => 200),
    )
  }
})

t.test('the server may end while a practice answers', async (t) => {
  const { priya, practice } = await sundayEvening(t)
  await begin(priya)
  await priya.get(TODAY)
  const answering = [priya.get(TODAY), priya.get(SAID), priya.get(WRITE)]
  await sleep(5)
  await practice.close()
  for (const { statusCode } of await Promise.all(answering)) t.match(String(statusCode), /^(200|303)$/)
  t.match(await priya.get(TODAY), { statusCode: 303, headers: { location: '/practice' } })
  t.match((await priya.get('/practice')).body, /The server is being restarted/)
})

t.test('a page that was left open is nobody who comes: the clock stands still', async (t) => {
  const { priya, practice, clock } = await sundayEvening(t)
  await begin(priya)
  const page = await priya.get(TODAY)
  const looks = { method: 'GET' as const, url: TODAY, headers: { 'x-quiet': '1' } }
  for (let minutes = 0; minutes < 40; minutes += 5) {
    clock.pass(5)
    t.match(String((await priya.request(looks)).statusCode), /^(200|304)$/)
    await practice.sweep()
  }
  clock.pass(3 * 24 * 60)
  t.equal((await priya.request(looks)).statusCode, 304, 'nothing is new where nothing happens')
  await practice.sweep()
  t.match(page.body, /Here it is Monday 23 November, 9:3\d/)
  t.match((await priya.get(TODAY)).body, /Here it is Monday 23 November, (9|10):\d\d/)
})

t.test('a practice takes so much of the disk and no more; what was typed is given back', async (t) => {
  const { priya } = await sundayEvening(t, { mostBytes: 10_000 })
  await begin(priya)
  await t.rejects(
    write(priya, { 'part-1-text': 'One too many.' }),
    /409[^]*no room for more[^]*One too many\./,
  )
})

t.test('nobody makes practices without end', async (t) => {
  const { priya } = await sundayEvening(t)
  const answers = new Set<number>()
  for (let count = 0; count < 12; count += 1) answers.add((await begin(priya)).statusCode)
  t.same([...answers], [303, 429])
})

t.test(
  'the guide asks for the hashtag that the practice knows, whatever the account has since',
  async (t) => {
    const { priya, db } = await sundayEvening(t)
    await begin(priya)
    await db.write(
      async (tx) =>
        void (await tx.update(accounts).set({ hashtag: '#Renamed' }).where(eq(accounts.id, ACCOUNT))),
    )
    const { body } = await priya.get('/practice')
    t.match(body, /Write #NorthDaleWeek in a post/)
    await write(priya, { 'part-1-text': 'On the way. #NorthDaleWeek' })
    t.match((await priya.get('/practice')).body, /Use the hashtag[^<]*<span class="tag"[^>]*>Done/)
  },
)

t.test(
  'what was done is kept before its answer comes, so that no end of the server forgets it',
  async (t) => {
    const { priya, practice, folder } = await sundayEvening(t)
    await begin(priya)
    await write(priya, { 'part-1-text': 'I am Priya.' })
    const [place] = practicesIn(folder)
    t.match(JSON.parse(readFileSync(join(place!, 'practice.json'), 'utf8')), { done: ['write'] })
    await practice.close()
  },
)

t.test('deleting it asks first', async (t) => {
  const { priya, folder } = await sundayEvening(t)
  t.equal((await priya.get('/practice/end')).headers.location, '/practice', 'there is nothing to delete')
  await begin(priya)
  await write(priya, { 'part-1-text': 'I am Priya.' })
  const guide = (await priya.get('/practice')).body
  t.match(guide, /href="\/practice\/end"/)
  t.notMatch(guide, /action="\/practice\/end"/, 'one press too many deletes nothing')
  t.match((await priya.get('/practice/end')).body, /You have done one of the six tasks[^]*Keep it/)
  t.equal(practicesIn(folder).length, 1)
  await priya.post('/practice/end', '/practice/end')
  t.equal(practicesIn(folder).length, 0)
})

t.test('who hosts for two accounts is told before one practice takes the place of the other', async (t) => {
  const { priya, db, clock } = await sundayEvening(t)
  await anotherAccount(db, { now: clock.now(), people: [{ ...LEAD, role: 'lead' }] })
  await begin(priya)
  const week = await aWeek(db, clock.now(), { accountId: OTHER_ACCOUNT, slot: '2026-12-07', accepted: true })
  await priya.get(`/today?week=${week}`)
  t.match(
    (await priya.get('/practice')).body,
    /You practise for @NorthDaleHealth at present[^]*Begin to practise/,
  )
})

t.test('over HTTPS a practice has the headers and the cookie of a live installation', async (t) => {
  const { priya } = await sundayEvening(t, { publicUrl: 'https://week.example.org' })
  await begin(priya)
  const { headers } = await priya.request({ method: 'GET', url: TODAY })
  t.match(headers, {
    'strict-transport-security': /max-age/,
    'content-security-policy': /upgrade-insecure-requests/,
    'set-cookie': /^__Host-practice=.*Path=\/;.* HttpOnly; Secure; SameSite=Lax/,
  })
})

t.test(
  'its people are spoken to on loopback also where the environment has a proxy for everything',
  async (t) => {
    const standIn = await startStandIn({
      file: ':memory:',
      port: 0,
      clock: testClock('2026-11-22T20:15:00Z'),
    })
    t.teardown(() => standIn.close())
    // Where Node takes the proxy of the environment, this is what it changes.
    const symbol = Symbol.for('undici.globalDispatcher.1')
    const globals = globalThis as unknown as Record<symbol, unknown>
    await fetch('data:,').then((answer) => answer.text())
    const before = globals[symbol]
    t.teardown(() => void (globals[symbol] = before))
    globals[symbol] = {
      dispatch: () => {
        throw new Error('A proxy was asked.')
      },
    }
    const client = createSandboxClient({ port: standIn.port })
    await client.postAs({ handle: 'somebody', name: 'Somebody', text: 'Said on loopback.' })
    t.match(await client.timeline('somebody'), [{ text: 'Said on loopback.' }])
    await t.rejects(client.media('nothing'), /The stand-in refused GET/)
  },
)
