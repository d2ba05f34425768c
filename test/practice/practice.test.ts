import { randomUUID } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { readdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import t from 'tap'
import { countEntries } from '../../src/activity/activities.ts'
import { findAccount } from '../../src/accounts/accounts.ts'
import { accounts, charges, deliveries, drafts, images, mails, posts } from '../../src/db/schema/index.ts'
import { keepPost } from '../../src/listening/keep.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { sendWeekMails } from '../../src/rota/mails/send-week-mails.ts'
import { csrfToken, PUBLIC_URL } from '../support/app.ts'
import { aWeek, MEI } from '../support/bookings.ts'
import { begin, DESK, SAID, sundayEvening, until, write, WRITE } from '../support/practice.ts'
import { networkPost, OUR_USER } from '../support/scripted-network.ts'
import { ACCOUNT, LEAD } from '../support/story.ts'

/** Each address that this process opened a connection to, or looked up. */
const reached = new Set<string>()
channel('net.client.socket').subscribe((message) => {
  const { socket } = message as { socket: Socket }
  socket.on('lookup', (_error, _address, _family, host: string) => reached.add(host))
  socket.on('connectionAttempt', (address: string) => reached.add(address))
})

t.test('what could name a patient comes back in a practice, too', async (t) => {
  const world = await sundayEvening(t)
  const { priya } = world
  await begin(priya)
  const get = async (url: string) => (await priya.get(url)).body
  await t.rejects(
    write(priya, { 'part-1-text': 'Our patient with the number 943 476 5919 laughed today.' }),
    /422: [^]*943 476 5919 looks like an NHS number/,
    'it is not even submitted',
  )
  const named = await write(priya, { 'part-1-text': 'Our patient, hospital number 1234567, laughed today.' })
  t.match(await get(named), /data-refresh="\/practice\/desk\/drafts\//, 'its page looks by itself')
  const back = await until(world, () => get(named), /Practice approver/)
  t.match(back, /nothing that could name a patient goes out\. [^]*hospital number/)
  t.match(back, 'Changes requested')
  t.notMatch(back, 'Well done')
})

t.test('a post that does two tasks is told to have done both', async (t) => {
  const { priya } = await sundayEvening(t)
  await begin(priya)
  const both = await write(priya, { 'part-1-text': 'Good morning. #NorthDaleWeek' })
  t.match((await priya.get(both)).body, '“Write a first post” and “Use the hashtag” are done, two of six.')
})

t.test(
  'a host goes through all six tasks alone on a Sunday evening, and nothing of it is real',
  async (t) => {
    const world = await sundayEvening(t)
    const { priya, db, clock } = world
    const get = async (url: string) => (await priya.get(url)).body
    const before = {
      entries: await countEntries(db.read, { accountId: ACCOUNT }),
      mails: await db.read.$count(mails),
    }
    t.match(await get('/today'), /href="\/practice"/, 'their week leads to it')
    const offered = await get('/practice')
    t.match(offered, /Begin to practise[^]*Six small tasks/, 'before the tasks, so that nobody looks for it')
    t.match(
      offered,
      'All that you wrote in it, with its pictures, is deleted when your week closes, on Friday 27 November, or before that',
    )
    t.notMatch(offered, /href="\/practice\/desk/, 'there is nothing to open yet')
    t.match(await begin(priya), { statusCode: 303, headers: { location: '/practice' } })

    const week = await get(`${DESK}/today`)
    t.match(
      week,
      /aria-label="Practice"[^]*nothing goes out, and only you see this[^]*Monday 23 November, 9:30/,
    )
    t.match(week, /@PracticeAccount/)
    t.match(week, /six replies have no answer yet/)
    t.match(await get(SAID), /What does the first hour of your day look like\?/)
    for (const url of [`${DESK}/today`, WRITE, SAID]) {
      const page = await get(url)
      t.match(page, /aria-label="Practice"/, `${url} is marked`)
      const links = [...page.matchAll(/\s(?:href|src|action|formaction|data-refresh)="(\/[^"]*)"/g)]
      t.same(
        links.map(([, link]) => link!).filter((link) => !/^\/(practice|assets)\b/.test(link)),
        [],
        `${url} leads nowhere but to the practice`,
      )
      t.notMatch(page, /sandbox<|Sandbox:|href="[^"]*x\.com/, `${url} knows no sandbox and no X`)
    }

    const first = await write(priya, { 'part-1-text': 'I am Priya, a district nurse.' })
    t.match(
      await get(first),
      /the practice approver answers within ten seconds\. “Write a first post” is done, one of six\.[^]*href="\/practice"[^]*Go on with the tasks/,
    )
    t.match(await get(first), /data-refresh-every="2"[^]*The answer comes to this page by itself/)
    t.match(await get(WRITE), /Your six tasks: one done/)
    t.match(await get('/practice'), /Write a first post[^]*?Done/)
    t.match(
      await until(world, () => get(first), /They would look at whether it is true and kind/),
      /Practice approver/,
    )
    t.match(await until(world, () => get(first), /Posted/), /I am Priya, a district nurse/)
    t.match(await get(first), /In your week it would stand on X now[^]*This was practice/)
    t.notMatch(await get(first), /data-refresh-every/, 'nothing more is to be waited for')

    const said = await get(SAID)
    const answer = /href="(\/practice\/desk\/drafts\/new\?[^"]*reply&#x3D;\d+[^"]*)"/
      .exec(said)![1]!
      .replaceAll('&amp;', '&')
      .replaceAll('&#x3D;', '=')
    const reply = new URL(answer, PUBLIC_URL).searchParams.get('reply')!
    await write(priya, { 'part-1-text': 'A cup of tea, and the list of visits.', reply }, { at: answer })

    const photo = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#357' } })
      .jpeg()
      .toBuffer()
    const bare = {
      id: randomUUID(),
      week: 'practice-week',
      'part-1-text': 'My bag.',
      when: 'soon',
      do: 'submit',
    }
    const file = { 'part-1-image': { name: 'a.jpg', bytes: photo } }
    const undescribed = await priya.upload(WRITE, `${DESK}/drafts`, bare, file)
    t.match(
      undescribed,
      { statusCode: 422, body: /aria-label="Practice"/ },
      'the real checks ask for the description',
    )
    await write(
      priya,
      { 'part-1-text': 'My other bag.', 'part-1-alt': 'A blue bag with a stethoscope' },
      { photo },
    )
    await write(priya, { 'part-1-text': 'On the way. #northdaleweek' })
    t.equal((await priya.get(`${SAID}?show=unanswered`)).statusCode, 200)
    for (const text of ['One for later.', 'And one more for later.'])
      await write(priya, { 'part-1-text': text, when: 'time', day: '2026-11-26', time: '12:30', do: 'save' })
    t.match(await get('/practice'), /You have done all six/)

    await until(world, () => get(`${DESK}/today`), /On the way/)
    const rest = await priya.get(`${DESK}/accounts/practice-account`)
    t.match(
      rest,
      { statusCode: 303, headers: { location: `${DESK}/today` } },
      'what is not practised leads back',
    )
    t.equal((await priya.get(`${DESK}/sandbox`)).headers.location, `${DESK}/today`)
    t.equal((await priya.get(`${DESK}/sandbox/mail`)).headers.location, `${DESK}/today`)

    t.same([...reached], ['127.0.0.1'], 'nothing but the stand-in on loopback was ever spoken to')
    t.equal(await db.read.$count(accounts), 1)
    for (const table of [drafts, deliveries, posts, images, charges]) t.equal(await db.read.$count(table), 0)
    t.same(
      { entries: await countEntries(db.read, { accountId: ACCOUNT }), mails: await db.read.$count(mails) },
      before,
      'neither record nor outbox of the installation knows of it',
    )
    const follower = await world.visitor()
    t.notMatch((await follower.get('/@NorthDaleHealth')).body, /district nurse|Practice/)
    t.equal((await follower.get('/@PracticeAccount')).statusCode, 404)
    t.ok(clock.now() < new Date('2026-11-23T09:00:00Z'), 'the real week has not begun')
  },
)

t.test('progress is kept when the server starts anew, and its clock stands still meanwhile', async (t) => {
  const { priya, practice, reopen, clock } = await sundayEvening(t)
  await begin(priya)
  const draft = await write(priya, { 'part-1-text': 'Kept.' })
  await practice.close()
  clock.pass(12 * 60)
  Object.assign(practice, reopen())
  t.match((await priya.get('/practice')).body, /One of six done/)
  t.match((await priya.get(draft)).body, /Kept\./)
  t.match((await priya.get(`${DESK}/today`)).body, /Here it is Monday 23 November, 9:3\d/)
})

t.test('practising is for who took a week, until it is over, and for the desk', async (t) => {
  const { priya, visitor, clock, db, practice, folder } = await sundayEvening(t, { accepted: false })
  const nobody = await visitor()
  t.match((await nobody.get('/practice')).headers.location, /^\/sign-in/)
  t.match((await nobody.get(`${DESK}/today`)).headers.location, /^\/sign-in/)
  t.equal((await nobody.send(`${DESK}/drafts`, { 'part-1-text': 'x' })).statusCode, 401)
  t.equal((await priya.get('/practice')).statusCode, 404, 'before they said yes')
  t.equal((await priya.get(`${DESK}/today`)).statusCode, 404)
  t.notMatch((await priya.get('/today')).body, /href="\/practice"/)

  const lead = await visitor(LEAD.email)
  t.equal((await lead.get('/practice')).statusCode, 200)
  await begin(lead)
  t.match((await lead.get(`${DESK}/today`)).body, /Practice approver/)

  const now = clock.now()
  await aWeek(db, now, { slot: '2026-11-30', who: MEI, accepted: true })
  const mei = await visitor(MEI.email)
  t.match((await mei.get(`${DESK}/today`)).headers.location, '/practice', 'nobody gets into another one’s')
  await begin(mei)
  t.equal((await mei.get(`${DESK}/today`)).statusCode, 200)
  t.equal(readdirSync(folder).length, 2)

  clock.pass(14 * 24 * 60)
  t.equal((await (await visitor(MEI.email)).get(`${DESK}/today`)).statusCode, 404, 'her week is over')
  await practice.sweep()
  t.equal(readdirSync(folder).length, 1, 'and what she practised is deleted; the desk’s stays')
  clock.pass(15 * 24 * 60)
  await practice.sweep()
  t.equal(readdirSync(folder).length, 0, 'four weeks without a visit')
})

t.test('a form of the practice is nothing to the real account, and the other way round', async (t) => {
  const { priya } = await sundayEvening(t)
  await begin(priya)
  const token = csrfToken((await priya.get(WRITE)).body)
  const real = csrfToken((await priya.get('/today')).body)
  const words = { id: randomUUID(), 'part-1-text': 'Where am I?', when: 'soon', do: 'submit' }
  t.equal((await priya.send('/drafts', { _csrf: token, ...words })).statusCode, 403)
  t.equal(
    (await priya.send(`${DESK}/drafts`, { _csrf: real, week: 'practice-week', ...words })).statusCode,
    403,
  )
})

t.test('it can be deleted and begun afresh', async (t) => {
  const { priya, folder } = await sundayEvening(t)
  await begin(priya)
  await write(priya, { 'part-1-text': 'Gone soon.' })
  await priya.post('/practice', '/practice/end')
  t.same(readdirSync(folder), [])
  t.match((await priya.get('/practice')).body, /Begin to practise/)
  await Promise.all([begin(priya), begin(priya)])
  t.equal(readdirSync(folder).length, 1, 'two forms make one')
  t.notMatch((await priya.get(`${DESK}/today`)).body, /Gone soon/)
})

t.test('everything that a practice shows can be opened, and says that it is practice', async (t) => {
  const world = await sundayEvening(t)
  const { priya } = world
  await begin(priya)
  const posted = await write(priya, { 'part-1-text': 'I am Priya, a district nurse.' })
  await until(world, async () => (await priya.get(posted)).body, /Posted/)
  const thursday = { when: 'time', day: '2026-11-26', time: '12:30' }
  await write(priya, { 'part-1-text': 'For later.', ...thursday, do: 'save' })
  await write(priya, { 'part-1-text': 'It waits.', ...thursday })
  const said = (await priya.get(SAID)).body
  const helped = /action="([^"]*\/posts\/[^"]*\/help)"/.exec(said)![1]!
  const told = await priya.post(SAID, helped, { note: '', back: SAID })
  t.equal(told.headers.location?.split('#')[0], SAID)
  t.match((await priya.get(SAID)).body, /In your week the team is told now[^]*here nobody is/)

  const seen = new Set<string>()
  const queue = [`${DESK}/today`]
  for (let url = queue.pop(); url; url = queue.pop()) {
    if (seen.has(url) || seen.size > 60) continue
    seen.add(url)
    const { statusCode, body, headers } = await priya.get(url)
    const isTheirs = headers.location === `${DESK}/today?week=practice-week`
    t.ok(statusCode === 200 || isTheirs, url)
    const words = body.replace(/<[^>]+>/g, ' ')
    t.notMatch(
      words,
      /stands on X|deleted on X|team was told at once|Your team is told|were told by mail/,
      url,
    )
    const links = [...body.matchAll(/href="(\/practice\/desk[^"#]*)/g)].map(([, link]) =>
      link!.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
    )
    // Each day has places to write something; one of them is enough.
    queue.push(...links.filter((link) => !/day=2026-11-2[4-9]/.test(link)))
  }
  t.ok(seen.size > 10)
})

t.test('who has taken a week is told that they can practise', async (t) => {
  const { priya, db } = await sundayEvening(t, { accepted: false })
  const page = (await priya.get('/today')).body
  const acceptance = /action="([^"]*\/acceptance)"/.exec(page)![1]!
  await priya.post('/today', acceptance)
  t.match((await priya.get('/today')).body, /The week is yours[^]*href="\/practice"[^]*Or practise first/)
  await sendWeekMails(db, {
    numbersOf: async () => '',
    now: new Date('2026-11-22T20:16:00Z'),
    machineNow: new Date('2026-11-22T20:16:00Z'),
    publicUrl: PUBLIC_URL,
  })
  const [confirmation] = await db.read.select().from(mails).where(eq(mails.kind, 'week-confirmed'))
  t.match(confirmation!.text, `${PUBLIC_URL}/practice\n`)
})

t.test('what good posts look like is shown by what people liked on the account', async (t) => {
  const { priya, db, clock } = await sundayEvening(t)
  t.match((await priya.get('/practice')).body, /Nothing stands out yet on @/)
  await aWeek(db, new Date('2026-11-02T09:00:00Z'), { slot: '2026-11-09', accepted: true })
  const account = (await findAccount(db.read, ACCOUNT))!
  const kept = [
    ['Hardly anybody saw this.', 2, 0],
    ['Nine miles a shift.', 28, 1],
    ['What a bed weighs.', 28, 4],
    ['The lift on ward four.', 12, 0],
    ['A quiet night.', 5, 0],
  ] as const
  await db.write(async (tx) => {
    for (const [index, [text, likes, replies]] of kept.entries()) {
      const numbers = { likes, replies, reposts: 0, quotes: 0, impressions: 100 }
      const createdAt = new Date(Date.parse('2026-11-10T10:00:00Z') + index * 60_000)
      const post = networkPost({ id: String(7000 + index), createdAt, text, numbers })
      await keepPost(tx, account, { networkUserId: OUR_USER, post, now: createdAt })
    }
  })
  const now = clock.now()
  await closeDueWeeks(db, { now, machineNow: now, publicUrl: PUBLIC_URL })
  const page = (await priya.get('/practice')).body
  t.same(
    [...page.matchAll(/class="said"[^>]*>([^<]+)</g)].map(([, text]) => text),
    ['What a bed weighs.', 'Nine miles a shift.', 'The lift on ward four.'],
  )
})
