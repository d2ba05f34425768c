import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import t, { type Test } from 'tap'
import { calendarAddresses } from '../../src/db/schema/index.ts'
import { cancelWeek } from '../../src/drafts/week/cancel-week.ts'
import { declineWeek } from '../../src/drafts/week/decline-week.ts'
import { replaceHost } from '../../src/drafts/week/replace-host.ts'
import { removeFromDesk } from '../../src/people/desk.ts'
import { bookWeek } from '../../src/rota/book-week.ts'
import { changeWeek } from '../../src/rota/change-week.ts'
import { setHiatus } from '../../src/rota/planner/set-hiatus.ts'
import { findHostedWeek } from '../../src/rota/weeks.ts'
import { PUBLIC_URL, testApp } from '../support/app.ts'
import { actorWith, aHost, aWeek, bookingOf, MEI, PRIYA } from '../support/bookings.ts'
import { readCalendar } from '../support/calendar.ts'
import { run } from '../support/command.ts'
import { inTime, until } from '../support/in-time.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek } from '../support/submitted.ts'

const AT = /http:\/\/127\.0\.0\.1:3000(\/calendars\/[\w-]+\/calendar\.ics)/

async function world(t: Test) {
  const made = await testApp(t, { at: '2026-11-18T10:42:00Z' })
  const { app, db, clock, visitor } = made
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  /** Makes an address as its owner does, and returns it as their page shows it. */
  const addressOf = async (email: string) => {
    const person = await visitor(email)
    t.equal((await person.post('/calendar', '/calendar/address')).statusCode, 303)
    return AT.exec((await person.get('/calendar')).body)![1]!
  }
  const read = async (address: string) => readCalendar((await app.inject(address)).body)
  const lead = async () => ({
    actor: await actorWith(db, LEAD.email, clock.now()),
    now: clock.now(),
    machineNow: clock.machine(),
  })
  return { ...made, addressOf, read, lead }
}

t.test(
  'a lead’s calendar has all that is booked, when it opens, what is not ready, what has to be decided',
  async (t) => {
    const { db, clock, addressOf, read, lead } = await world(t)
    const asked = await aWeek(db, clock.now(), {
      asked: true,
      slot: '2026-11-30',
      events: [
        {
          name: 'Choir',
          hashtag: '',
          place: 'Day room',
          startsAt: new Date('2026-12-01T14:00:00Z'),
          endsAt: new Date('2026-12-01T15:00:00Z'),
        },
      ],
    })
    await bookWeek(db, await bookingOf(db, clock.now(), { who: MEI, slot: '2026-12-07', invite: false }))
    await setHiatus(db, {
      weekId: 'hiatus',
      accountId: ACCOUNT,
      slot: '2026-12-21',
      reason: 'Christmas',
      ...(await lead()),
    })
    await aSubmittedDraft(db, { id: 'waits', wishedAt: '2026-11-19T12:30:00Z' })
    const { entries } = await read(await addressOf(LEAD.email))
    const shown = new Map(entries.map((entry) => [entry.summary, entry]))
    t.match(shown.get('Joseph Adeyemi on @NorthDaleHealth'), {
      status: 'CONFIRMED',
      start: '2026-11-16',
      end: '2026-11-21',
    })
    t.match(shown.get('Priya Nair on @NorthDaleHealth (has not answered)'), {
      status: 'TENTATIVE',
      start: '2026-11-30',
    })
    t.match(shown.get('Mei Lin Chan on @NorthDaleHealth (not invited)'), { status: 'TENTATIVE' })
    t.match(shown.get('Hiatus on @NorthDaleHealth: Christmas'), { status: 'CONFIRMED', start: '2026-12-21' })
    t.notMatch(
      shown.get('Hiatus on @NorthDaleHealth: Christmas')!.description ?? '',
      'Opens',
      'a hiatus does not',
    )
    t.match(shown.get('Priya Nair’s week on @NorthDaleHealth opens'), { start: '2026-11-30T09:00:00.000Z' })
    t.match(shown.get('Priya Nair’s week on @NorthDaleHealth closes'), { start: '2026-12-04T18:00:00.000Z' })
    t.match(shown.get('Choir'), { start: '2026-12-01T14:00:00.000Z', place: 'Day room', busy: true })
    t.match(shown.get('Priya Nair’s week on @NorthDaleHealth is not ready'), {
      start: '2026-11-23',
      end: '2026-11-24',
      description: /^Missing: the signed house rules, and four points of the briefing\.$/,
      url: `${PUBLIC_URL}/weeks/${asked}`,
    })
    clock.pass(8 * 24 * 60)
    const late = (await read(await addressOf(LEAD.email))).entries
    t.match(
      late.find(({ summary }) => summary === 'Priya Nair’s week on @NorthDaleHealth is not ready'),
      { start: '2026-11-26', end: '2026-11-27' },
      'what is to be done is never in the past',
    )
    t.match(shown.get('To be decided for @NorthDaleHealth'), {
      id: 'decision-waits@127.0.0.1',
      end: '2026-11-19T12:30:00.000Z',
      description: 'What a bed weighs.',
      url: `${PUBLIC_URL}/drafts/waits`,
    })
    const ids = entries.map(({ id }) => id)
    t.equal(new Set(ids).size, ids.length, 'each once')
  },
)

t.test('a host’s calendar has their own weeks, and nothing else', async (t) => {
  const { db, clock, addressOf, read, lead } = await world(t)
  const weekId = await aWeek(db, clock.now(), { slot: '2026-11-30' })
  await aSubmittedDraft(db, {})
  const address = await addressOf(PRIYA.email)
  const summaries = async () => (await read(address)).entries.map(({ summary }) => summary)
  t.same(await summaries(), [
    'Your week on @NorthDaleHealth, if you take it',
    'Your week on @NorthDaleHealth opens',
    'Your week on @NorthDaleHealth closes',
  ])
  const person = await addressOf(JOSEPH.email)
  t.notMatch((await read(person)).entries.map(({ id }) => id).join(' '), weekId)

  const before = (await read(person)).entries
  const { week } = (await findHostedWeek(db.read, 'week-joseph'))!
  await cancelWeek(db, { weekId: week.id, version: week.version, reason: '', ...(await lead()) })
  const after = (await read(person)).entries
  t.same(
    after.map(({ id, status }) => [id, status]),
    before.map(({ id }) => [id, 'CANCELLED']),
    'a week that was taken from them is told as cancelled',
  )
  t.ok(after[0]!.sequence > before[0]!.sequence)
  clock.pass(31 * 24 * 60)
  t.same((await read(person)).entries, [], 'for a month')
})

t.test('the address is its owner’s alone, and ends when they want', async (t) => {
  const { app, db, clock, visitor, addressOf, lead } = await world(t)
  const owen = await visitor(APPROVER.email)
  t.match((await owen.get('/calendar')).body, 'Your calendar has no address yet.')
  const first = await addressOf(APPROVER.email)
  t.match((await owen.get('/calendar')).body, first, 'it is shown again')
  t.match((await owen.get('/calendar')).body, 'href="webcal://')
  const helen = await addressOf(LEAD.email)
  t.notMatch((await owen.get('/calendar')).body, helen)
  const answer = await app.inject(first)
  t.match(answer, {
    statusCode: 200,
    headers: {
      'content-type': 'text/calendar; charset=utf-8',
      'cache-control': 'private, no-store',
      'x-robots-tag': 'noindex',
    },
  })
  t.notOk(answer.headers['set-cookie'])
  t.notMatch(answer.body, first.split('/')[2]!, 'the file does not say where it came from')

  const second = await addressOf(APPROVER.email)
  t.not(second, first)
  t.equal((await app.inject(first)).statusCode, 404)
  t.equal((await app.inject(second)).statusCode, 200)
  t.equal((await app.inject(helen)).statusCode, 200)

  await removeFromDesk(db, { personId: APPROVER.id, accountId: ACCOUNT, ...(await lead()) })
  t.notMatch((await app.inject(second)).body, 'VEVENT', 'what they may see no more is gone')

  const person = await visitor(LEAD.email)
  await person.post('/calendar', '/calendar/address/removal')
  t.equal((await app.inject(helen)).statusCode, 404)
  for (let i = 0; i < 115; i += 1) await app.inject('/calendars/guess/calendar.ics')
  clock.pass(1)
  const statuses = new Set<number>()
  for (let i = 0; i < 10; i += 1) statuses.add((await app.inject('/calendars/guess/calendar.ics')).statusCode)
  t.ok(statuses.has(429), 'guessing is slow')
})

t.test('no secret lies readable in the database or the log', async (t) => {
  const { db, addressOf } = await world(t)
  const secret = (await addressOf(LEAD.email)).split('/')[2]!
  const kept = (await db.read.select().from(calendarAddresses))[0]!
  t.notMatch(JSON.stringify(kept), secret)

  const DATA_DIR = join(t.testdir({}), 'data')
  const settings = {
    PATH: process.env['PATH'] ?? '',
    DATA_DIR,
    PORT: '0',
    LOG_LEVEL: 'debug',
    PUBLIC_URL: 'https://week.north.example',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'week@north.example',
    SESSION_SECRET: 'a'.repeat(64),
    ENCRYPTION_KEY: 'b'.repeat(64),
    X_CLIENT_ID: 'id',
    X_CLIENT_SECRET: 'secret',
  }
  t.match(await run(['setup', 'helen@north.example'], settings), { status: 0 })
  const server = spawn('node', ['dist/server.js'], { env: settings })
  t.teardown(() => server.kill('SIGKILL'))
  let log = ''
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (log += String(chunk)))
  await until(t, 'it says where it listens', async () => /listening at (\S+?)"/.test(log))
  const at = /listening at (\S+?)"/.exec(log)![1]!
  t.equal((await fetch(`${at}/calendars/${secret}/calendar.ics`)).status, 404)
  // The desk is asked for while its table is away: the worst that can happen.
  const file = new Sqlite(join(DATA_DIR, 'week.db'))
  file.exec('alter table calendar_addresses rename to away')
  t.equal((await fetch(`${at}/calendars/${secret}/calendar.ics`)).status, 500)
  file.close()
  await until(t, 'the failure is in the log', async () => log.includes('"failed"'))
  t.notMatch(log, secret)
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  await inTime('the server to end', ended)
})

t.test(
  'who lost or declined a week is told by cancelled entries, and reads nothing of what it became',
  async (t) => {
    const { db, clock, addressOf, read, lead } = await world(t)
    const event = (name: string) => ({
      name,
      hashtag: '',
      place: `${name} room`,
      startsAt: new Date('2026-11-24T13:00:00Z'),
      endsAt: new Date('2026-11-24T14:00:00Z'),
    })
    const weekId = await aWeek(db, clock.now(), { who: PRIYA, events: [event('Choir')] })
    const address = await addressOf(PRIYA.email)
    const mine = async () =>
      (await read(address)).entries.filter(({ url }) => url.endsWith(`/weeks/${weekId}`))
    t.match((await mine())[0], { status: 'TENTATIVE' })
    const known = (await mine()).map(({ id }) => id)
    const actor = await actorWith(db, PRIYA.email, clock.now())
    const times = { now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL }
    await declineWeek(db, { weekId, actor }, { words: '', ...times })
    const version = (await findHostedWeek(db.read, weekId))!.week.version
    await replaceHost(db, {
      weekId,
      version,
      email: MEI.email,
      host: aHost(MEI.name),
      theme: 'Secret theme',
      why: '',
      invite: true,
      reason: '',
      ...(await lead()),
    })
    const after = (await findHostedWeek(db.read, weekId))!.week.version
    const change = { events: [event('Choir'), event('Surprise')] }
    await changeWeek(db, { weekId, version: after, change, ...(await lead()) })
    const left = await mine()
    t.ok(known.every((id) => left.some((entry) => entry.id === id && entry.status === 'CANCELLED')))
    t.notMatch(JSON.stringify(left), /Secret|Surprise|CONFIRMED|TENTATIVE/)
  },
)
