import t from 'tap'
import { bankHolidays, bankHolidaysBetween } from '../../src/accounts/bank-holidays.ts'
import { accounts, standbys } from '../../src/db/schema/index.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { tellOfGaps } from '../../src/rota/planner/gap-alerts.ts'
import { PUBLIC_URL, testApp } from '../support/app.ts'
import { aHost, aWeek, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

t.test('bank holidays are those that gov.uk published', async (t) => {
  const days = (year: number, nation: Parameters<typeof bankHolidays>[1]) =>
    bankHolidays(year, nation)
      .map(({ day }) => day.slice(5))
      .join(' ')
  const england = 'england-and-wales'
  // https://www.gov.uk/bank-holidays, as its data stood for these years.
  t.equal(days(2017, england), '01-02 04-14 04-17 05-01 05-29 08-28 12-25 12-26')
  t.equal(days(2018, england), '01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26')
  t.equal(days(2019, england), '01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26')
  t.equal(days(2020, england), '01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28')
  t.equal(days(2021, england), '01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28')
  t.equal(days(2022, england), '01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27')
  t.equal(days(2023, england), '01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26')
  t.equal(days(2017, 'scotland'), '01-02 01-03 04-14 05-01 05-29 08-07 11-30 12-25 12-26')
  t.equal(days(2018, 'scotland'), '01-01 01-02 03-30 05-07 05-28 08-06 11-30 12-25 12-26')
  t.match(days(2022, 'scotland'), /^01-03 01-04 /)
  t.match(days(2018, 'northern-ireland'), '03-19 03-30 04-02 05-07 05-28 07-12 08-27')
  // Northern Ireland: publicholidayguide.com and halftermdates.co.uk, which list its ten days by year with their substitutes.
  t.equal(days(2018, 'northern-ireland'), '01-01 03-19 03-30 04-02 05-07 05-28 07-12 08-27 12-25 12-26')
  t.equal(days(2020, 'northern-ireland'), '01-01 03-17 04-10 04-13 05-08 05-25 07-13 08-31 12-25 12-28')
  t.equal(days(2021, 'northern-ireland'), '01-01 03-17 04-02 04-05 05-03 05-31 07-12 08-30 12-27 12-28')
  // A surgery’s list of its closing days (mountainviewsurgery.co.uk): 12 July 2026 is a Sunday.
  t.match(days(2026, 'northern-ireland'), '01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31')
  for (const nation of ['england-and-wales', 'scotland', 'northern-ireland'] as const) {
    // The holidays package for Python (vacanza/holidays, united_kingdom.py) has both for every nation.
    t.match(days(2022, nation), '09-19', `the state funeral, ${nation}`)
    t.match(days(2023, nation), '05-08', `the coronation, ${nation}`)
    t.equal(days(2026, nation).includes('06-15'), nation === 'scotland')
  }
  // The proclamation of 4 February 2026, as the Scottish Government told of it (wired-gov.net, World Cup bank holiday confirmed).
  t.match(days(2026, 'scotland'), '05-25 06-15 08-03', 'proclaimed for once')
  t.same(
    bankHolidaysBetween(['england-and-wales', 'scotland'], '2027-12-20', '2028-01-04').map(({ day }) => day),
    ['2027-12-27', '2027-12-28', '2028-01-03', '2028-01-04'],
    'over the turn of a year, a day once for each name',
  )
  const known = (year: number) => new Set(bankHolidays(year, england).map(({ announced }) => announced))
  t.same([known(2027), known(2028)], [new Set([true]), new Set([false])])
})

t.test(
  'the planner shows bank holidays and the account’s own days, and leads are told of gaps once',
  async (t) => {
    const { db, clock, visitor } = await testApp(t, {
      at: '2027-04-20T10:00:00Z',
      network: { beginConnection: () => ({ url: 'https://x.example/' }) } as never,
    })
    await anAccount(db, { now: clock.now() })
    const helen = await visitor(LEAD.email)
    t.match((await helen.get('/rota')).body, 'Mon 3: Early May bank holiday')
    const at = `/accounts/${ACCOUNT}/planning`
    const save = async (fields: Record<string, string | string[]>) => {
      const { body } = await helen.get(`/accounts/${ACCOUNT}`)
      const version = /name="version" value="(\d+)"/.exec(body)![1]!
      return helen.post(`/accounts/${ACCOUNT}`, at, { version, ownDays: '', gapWeeks: '0', ...fields })
    }
    await save({ nations: ['england-and-wales', 'scotland'] })
    const both = (await helen.get('/rota')).body
    for (const piece of [
      '<span>Mon 2: Summer bank holiday (Scotland)</span>',
      '<span>Mon 30: Summer bank holiday (England and Wales)</span>',
      '<span>Mon 3: Early May bank holiday</span>',
    ])
      t.match(both, piece, 'whose it is stands there where not all have it')
    const wrong = await save({ ownDays: 'Nurses’ Day', gapWeeks: '40' })
    t.equal(wrong.statusCode, 422)
    for (const piece of ['This line is no day and name: “Nurses’ Day”', 'Not more than 26.'])
      t.match(wrong.body, piece)
    const own = '2027-05-12 Nurses’ Day\n2027-06-07 to 2027-06-20 Carers’ Weeks'
    t.equal((await save({ nations: 'scotland', ownDays: own, gapWeeks: '3' })).statusCode, 303)
    const { body } = await helen.get('/rota')
    for (const piece of ['<span>Wed 12: Nurses’ Day</span>', 'Mon 2: Summer bank holiday'])
      t.match(body, piece)
    t.equal(body.split('Carers’ Weeks').length - 1, 2, 'in both of its weeks')
    t.notMatch(body, 'Mon 30: Summer bank holiday', 'that one is England’s')

    const later = (await helen.get('/rota?from=2028-01')).body
    t.notMatch((await helen.get('/rota?from=2027-01')).body, 'not yet announced')
    t.match(later, 'Mon 1: Early May bank holiday <small>by rule, not yet announced</small>')

    t.match((await helen.get('/today')).body, 'Three weeks ahead have no host')
    await aWeek(db, clock.now(), { slot: '2027-05-03', who: MEI, accepted: true })
    await sentMails(db, clock)
    const tell = async () => {
      const times = { now: clock.now(), machineNow: clock.machine(), publicUrl: 'http://127.0.0.1:3000' }
      await tellOfGaps(db, times)
      return (await sentMails(db, clock)).filter(({ subject }) => /^Nobody hosts|no host$/.test(subject))
    }
    const [mail, ...more] = await tell()
    t.same(more, [])
    t.match(mail, { to: LEAD.email, subject: '@NorthDaleHealth: two weeks have no host' })
    for (const piece of ['- 26 to 30 April', '- 10 to 14 May']) t.match(mail!.text, piece)
    t.notMatch(mail!.text, '3 to 7 May')
    t.same(await tell(), [], 'once')
    clock.moveTo(new Date('2027-04-27T10:00:00Z'))
    t.match(await tell(), [{ subject: 'Nobody hosts @NorthDaleHealth, 17 to 21 May' }])
    await db.write(async (tx) => {
      await tx.update(accounts).set({ retiredAt: clock.now() })
    })
    clock.moveTo(new Date('2027-05-18T10:00:00Z'))
    t.same(await tell(), [], 'an account that ended has no gaps')
  },
)

t.test('the planner says whom to ask next, and their form is filled in', async (t) => {
  const { db, clock, visitor } = await testApp(t, { at: '2025-02-01T10:00:00Z' })
  await anAccount(db, { now: clock.now() })
  const ruth = { name: 'Ruth Kamara', email: 'ruth@north.example' }
  const host = (who: { name: string }, job: string, site: string, region: string) =>
    aHost(who.name, { job, site, region, organisation: 'NorthDale' })
  const hosted = async (who: typeof ruth, slot: string, ...about: [string, string, string]) => {
    clock.moveTo(new Date(`${slot}T08:00:00Z`))
    await aWeek(db, clock.now(), { slot, who, accepted: true, host: host(who, ...about) })
    clock.moveTo(new Date(Date.parse(`${slot}T08:00:00Z`) + 7 * 86_400_000))
    await closeDueWeeks(db, { now: clock.now(), machineNow: clock.machine(), publicUrl: '' })
  }
  await hosted(PRIYA, '2025-02-10', 'Porter', 'Moor Street', 'West')
  await hosted(ruth, '2025-03-03', 'Midwife', 'Hill Road', 'East')
  await hosted(MEI, '2026-10-12', 'Nurse', 'Moor Street', 'North')
  clock.moveTo(new Date('2026-11-18T10:42:00Z'))
  const helen = await visitor(LEAD.email)
  const { body } = await helen.get('/rota')
  const said = body.slice(body.indexOf('Whom to ask next')).replaceAll(/<[^>]+>/g, '')
  t.match(said, 'Priya Nair, February 2025; Ruth Kamara, March 2025')
  t.match(said, /Jobs not heard for a year\s*Porter, Midwife/)
  t.match(said, /Sites not heard for a year\s*Hill Road/)
  t.match(said, /Regions not heard for a year\s*West, East/)
  t.notMatch(said, MEI.name)

  const [, href] = /href="(\/rota\/book\?slot[^"]+again[^"]+)">Priya Nair/.exec(body)!
  const form = (await helen.get(href!.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='))).body
  for (const value of [PRIYA.name, PRIYA.email, 'Porter', 'Moor Street', 'West'])
    t.match(form, `value="${value}"`)
  for (const one of ['Mei Lin Chan, October 2026', 'Ruth Kamara, March 2025']) t.match(form, one)

  await aWeek(db, clock.now(), { slot: '2027-01-11', who: ruth, host: host(ruth, 'porter', '', 'east') })
  const booked = (await helen.get('/rota')).body
  const then = booked.slice(booked.indexOf('Whom to ask next')).replaceAll(/<[^>]+>/g, '')
  t.notMatch(then, 'Ruth Kamara', 'she has a week ahead')
  t.match(then, /Jobs not heard for a year\s*Midwife\s/, 'capitals make no other job')
  t.match(then, /Regions not heard for a year\s*West\s/)

  const mei = await visitor(MEI.email)
  const mine = (await mei.get('/today')).body
  t.match(mine, 'I can be called in again')
  const at = /action="(\/weeks\/[^"]+\/standby)"/.exec(mine)![1]!
  t.equal((await helen.post('/rota', at)).statusCode, 403, 'nobody says so for somebody else')
  t.equal((await mei.post('/today', at)).statusCode, 303)
  t.equal((await mei.post('/today', at)).statusCode, 303, 'once')
  const list = (await helen.get('/rota/standby')).body
  t.equal(list.split('Take Mei Lin Chan off the list').length - 1, 1)
  t.match((await mei.get('/today')).body, 'You said that you can be called in')
  t.equal((await mei.post('/today', `${at}/removal`)).statusCode, 303)
  t.notMatch((await helen.get('/rota/standby')).body, 'Mei Lin Chan')
  t.equal(await db.read.$count(standbys), 0, 'nothing is kept of who is on the list no more')
  t.match((await helen.get('/activity')).body, 'Mei Lin Chan', 'but in the record')
})

t.test('who is only on standby is told so, and where to see and delete what is kept of them', async (t) => {
  const { db, clock, visitor } = await testApp(t)
  await anAccount(db, { now: clock.now() })
  const helen = await visitor(LEAD.email)
  const fields = {
    id: '7f0c3f64-30a8-4d0c-9a53-6a1f6b7d2f11',
    name: MEI.name,
    email: MEI.email,
    job: 'Dietitian',
  }
  for (const _ of ['once', 'and sent again']) await helen.post('/rota/standby', '/rota/standby', fields)
  const [told, ...more] = await sentMails(db, clock)
  t.same(more, [], 'told once')
  t.match(told, { to: MEI.email, subject: 'You can be called in at @NorthDaleHealth' })
  t.match(told!.text, `${PUBLIC_URL}/you\n`)
  const mei = await visitor(MEI.email)
  const today = (await mei.get('/today')).body
  t.match(today, 'You are on the standby list of @NorthDaleHealth')
  t.match(today, '<a href="/you">What is kept about you</a>')
  t.match((await mei.get('/you')).body, 'href="/you/deletion"')
  t.equal((await mei.get('/you/deletion')).statusCode, 200)
})
