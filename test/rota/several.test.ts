import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { candidates, mails, people, weeks } from '../../src/db/schema/index.ts'
import { isNearName } from '../../src/people/near-name.ts'
import { readPastedList } from '../../src/rota/planner/pasted-list.ts'
import { testApp } from '../support/app.ts'
import { aRequest } from '../support/asking.ts'
import { aWeek, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { anAccount, LEAD } from '../support/story.ts'

const PAGE = '/rota/several'

async function desk(t: Test) {
  const world = await testApp(t)
  await anAccount(world.db, { now: world.clock.now() })
  const helen = await world.visitor(LEAD.email)
  const formIn = (body: string) => /name="id" value="([^"]+)"/.exec(body)![1]!
  const booked = async () => (await world.db.read.select().from(weeks)).map(({ slot }) => slot).toSorted()
  return { ...world, helen, formIn, booked }
}

t.test('lines of a spreadsheet are read as people write them', async (t) => {
  const free = ['2026-11-23', '2026-11-30', '2026-12-07', '2026-12-14', '2027-01-04', '2027-01-11']
  const read = (text: string) => {
    const { hosts, hiatuses, left } = readPastedList(text, {
      shape: { days: [1, 2, 3, 4, 5], opens: '09:00', closes: '18:00' },
      free,
      today: '2026-11-18',
    })
    return {
      weeks: [...hosts].map(([slot, { name, email, job }]) => [slot, name, email, job].join('|')),
      left: left.map(({ why }) => why),
      ...(hiatuses.size > 0 && { hiatuses: [...hiatuses].map((one) => one.join('|')) }),
    }
  }
  t.same(
    read(
      'Name\tE-mail\tJob\nPriya Nair\tpriya@north.example\tSpeech therapist\n\nTom Garside\ttom@north.example',
    ),
    {
      weeks: [
        '2026-11-23|Priya Nair|priya@north.example|Speech therapist',
        '2026-11-30|Tom Garside|tom@north.example|',
      ],
      left: [],
    },
    'without dates, one after the other; titles and empty lines are nobody',
  )
  for (const [date, slot] of [
    ['2026-12-09', '2026-12-07'],
    ['14/12/2026', '2026-12-14'],
    ['4.1.27', '2027-01-04'],
    ['w/c 4 January', '2027-01-04'],
    ['Mon 11 Jan', '2027-01-11'],
    ['11 to 15 January 2027', '2027-01-11'],
    ['30 November to 4 December', '2026-11-30'],
    ['7th Dec', '2026-12-07'],
    ['9/12', '2026-12-07'],
    ['4.1.', '2027-01-04'],
  ] as const)
    t.same(
      read(`${date},Mei Lin Chan,<mei@north.example>`).weeks,
      [`${slot}|Mei Lin Chan|mei@north.example|`],
      date,
    )
  t.same(read('"Chan, Mei";mei@north.example;"Porter; nights"').weeks, [
    '2026-11-23|Chan, Mei|mei@north.example|Porter; nights',
  ])
  t.same(
    read('Dee Bright <dee@north.example>\t\tHealth visitor').weeks,
    ['2026-11-23|Dee Bright|dee@north.example|Health visitor'],
    'a name beside its address',
  )
  t.same(
    read('4 January,Priya,p@north.example\n5 January,Tom,t@north.example\n21/12/2026,Mei,m@north.example')
      .left,
    ['Tom: a line before this one has that week.', 'Mei: that week can’t be booked, it is taken or begun.'],
  )
  for (const [line, reason] of [
    ['Hiatus', ''],
    ['nobody', ''],
    ['empty', ''],
    ['Christmas break', 'Christmas break'],
    ['Hiatus (Christmas)', 'Christmas'],
    ['Christmas', 'Christmas'],
    ['Hiatus\tRefurbishment', 'Refurbishment'],
  ] as const)
    t.same(
      read(`Priya,p@north.example\n${line}\nTom,t@north.example\n4/1/2027\t${line}`),
      {
        weeks: ['2026-11-23|Priya|p@north.example|', '2026-12-07|Tom|t@north.example|'],
        left: [],
        hiatuses: [`2026-11-30|${reason}`, `2027-01-04|${reason}`],
      },
      `${line}: the week is left empty, and the next line has the one after it`,
    )
  for (const name of ['Priya Nair', 'Noel Christmas', 'Ann Holiday, a@north.example'])
    t.notOk('hiatuses' in read(name), `${name} is somebody`)
  t.same(
    read('Priya,p@north.example\nTBC\nTom,t@north.example\n4/1/2027\tTBA\nTbc,tbc@north.example'),
    {
      weeks: [
        '2026-11-23|Priya|p@north.example|',
        '2026-12-07|Tom|t@north.example|',
        '2026-12-14|Tbc|tbc@north.example|',
      ],
      left: [
        'TBC: nobody is named yet, and that week stays free.',
        'TBA: nobody is named yet, and that week stays free.',
      ],
    },
    'who is not found yet is nobody to book, and keeps the place in the list',
  )
  t.same(read('31 February,Priya,p@north.example'), {
    weeks: [],
    left: ['Priya: the date is on no calendar.'],
  })
  t.match(read(Array.from({ length: 7 }, (_, at) => `Host ${at}, h${at}@north.example`).join('\n')).left, [
    'Host 6: no week is free any more.',
  ])
})

t.test('a day that is on no calendar is no week', async (t) => {
  const { helen, formIn, booked } = await desk(t)
  const id = formIn((await helen.get(PAGE)).body)
  const rows = { 'name.2026-99-99': 'Joe Bell', 'email.2026-99-99': 'joe@north.example' }
  const answer = await helen.post(PAGE, PAGE, { id, do: 'book', ...rows })
  t.equal(answer.statusCode, 422)
  t.match(answer.body, 'Fill in at least one week.')
  t.same(await booked(), [])
})

t.test('a list is pasted, looked through and booked by one press, all of it or nothing', async (t) => {
  const { db, clock, helen, formIn, booked } = await desk(t)
  await aWeek(db, clock.now(), { slot: '2026-11-30', who: MEI })
  const { body } = await helen.get(PAGE)
  t.notMatch(body, 'name.2026-11-30', 'that one has a host')
  t.match(body, 'Fri 25: Christmas Day')
  const id = formIn(body)
  const filled = await helen.post(PAGE, PAGE, {
    id,
    do: 'read',
    list: 'Priya Nair, priya@north.example\nTom Garside, tom\n30 November, Una North, una@north.example',
    'name.2026-11-23': 'Joe Bell',
    'email.2026-11-23': 'joe@north.example',
  })
  t.equal(filled.statusCode, 200)
  for (const piece of [
    'id="name.2026-11-23" name="name.2026-11-23" type="text" value="Joe Bell"',
    'id="name.2026-12-07" name="name.2026-12-07" type="text" value="Priya Nair"',
    'Una North: that week can’t be booked, it is taken or begun.',
    'Nothing is booked yet',
  ])
    t.match(filled.body, piece)
  t.match(
    filled.body,
    />\s*30 November, Una North, una@north\.example<\/textarea>/,
    'what was filled in is not read twice',
  )
  t.same(await booked(), ['2026-11-30'])

  const rows = {
    id,
    'name.2026-11-23': 'Joe Bell',
    'email.2026-11-23': 'joe@north.example',
    'name.2026-12-07': 'Priya Nair',
    'email.2026-12-07': 'priya@north.example',
    'job.2026-12-07': 'Speech therapist',
  }
  const wrong = await helen.post(PAGE, PAGE, {
    ...rows,
    do: 'invite',
    'name.2026-12-14': 'Tom Garside',
    'email.2026-12-14': 'tom',
    list: '30 November, Una North, una@north.example',
  })
  t.equal(wrong.statusCode, 422)
  t.match(
    wrong.body,
    /<details[^>]* open>[^]*Una North, una@north\.example<\/textarea>/,
    'the rest of the list is kept',
  )
  t.match(
    wrong.body,
    '<a href="#email.2026-12-14">14 to 18 December: That doesn’t look like an e-mail address.',
  )
  const taken = await helen.post(PAGE, PAGE, {
    ...rows,
    do: 'invite',
    'name.2026-11-30': 'Tom',
    'email.2026-11-30': 'tom@north.example',
  })
  t.equal(taken.statusCode, 422)
  t.match(
    taken.body,
    '<a href="#name.2026-11-30">30 November to 4 December: Mei Lin Chan has 30 November to 4 December.',
  )
  t.match(taken.body, 'value="tom@north.example"', 'what was typed stands there still')
  t.equal((await helen.post(PAGE, PAGE, { id, do: 'invite' })).statusCode, 422, 'nothing is no booking')
  t.same(await booked(), ['2026-11-30'], 'all of it or nothing')
  await sentMails(db, clock)

  for (const _ of ['once', 'and sent again']) {
    t.equal((await helen.post(PAGE, PAGE, { ...rows, do: 'invite' })).statusCode, 303)
    t.same(await booked(), ['2026-11-23', '2026-11-30', '2026-12-07'])
  }
  t.same(
    (await sentMails(db, clock)).map(({ to }) => to).toSorted(),
    ['joe@north.example', 'priya@north.example'],
    'each is invited once',
  )
  const other = {
    id: formIn((await helen.get(PAGE)).body),
    do: 'book',
    list: '30 November, Una North, una@north.example',
  }
  await helen.post(PAGE, PAGE, {
    ...other,
    'name.2027-01-04': 'Joe Bell',
    'email.2027-01-04': 'joe@north.example',
  })
  t.match(
    (await helen.get('/rota')).body,
    'Of your list not booked: 30 November, Una North, una@north.example.',
    'who was not filled in is told',
  )
  t.match((await helen.get('/rota')).body, /Priya Nair<\/a> <small>Speech therapist<\/small>/)
})

t.test('several are booked without a word to anybody', async (t) => {
  const { db, helen, formIn, booked } = await desk(t)
  const id = formIn((await helen.get(PAGE)).body)
  const form = { id, do: 'book', 'name.2026-11-23': 'Joe Bell', 'email.2026-11-23': 'joe@north.example' }
  t.equal((await helen.post(PAGE, PAGE, form)).statusCode, 303)
  t.same(await booked(), ['2026-11-23'])
  t.same(await db.read.select().from(mails), [])
})

t.test('who books one week is led to the next gap', async (t) => {
  const { helen, formIn } = await desk(t)
  const page = '/rota/book?slot=2026-11-23'
  const id = formIn((await helen.get(page)).body)
  const form = { id, slot: '2026-11-23', name: 'Joe Bell', email: 'joe@north.example', do: 'invite' }
  const { headers } = await helen.post(page, '/rota/book', form)
  t.match((await helen.get(headers.location!)).body, 'Book the next gap, 30 November to 4 December')
})

t.test('a pasted list leaves weeks empty on purpose, and says so before and after', async (t) => {
  const { db, helen, formIn, booked } = await desk(t)
  const id = formIn((await helen.get(PAGE)).body)
  const filled = await helen.post(PAGE, PAGE, {
    id,
    do: 'read',
    list: 'Joe Bell, joe@north.example\n21/12/2026, Christmas break\n28/12/2026, nobody',
  })
  for (const piece of [
    'Filled in: one week with a host and two that stay empty on purpose. Nothing is booked yet',
    'name="hiatus.2026-12-21" value="yes" checked',
    'name="reason.2026-12-21" type="text" value="Christmas break"',
    'name="hiatus.2026-12-28" value="yes" checked',
  ])
    t.match(filled.body, piece)
  t.notMatch(filled.body, 'name="name.2026-12-21"')
  t.same(await booked(), [])
  const rows = {
    id,
    do: 'book',
    'name.2026-11-23': 'Joe Bell',
    'email.2026-11-23': 'joe@north.example',
    'hiatus.2026-12-21': 'yes',
    'reason.2026-12-21': 'Christmas break',
    'reason.2026-12-28': '',
  }
  const long = await helen.post(PAGE, PAGE, { ...rows, 'reason.2026-12-21': 'x'.repeat(301) })
  t.equal(long.statusCode, 422, 'nothing of a reason is left out without a word')
  t.match(long.body, /<a href="#reason.2026-12-21">[^<]*The reason has more than 300 characters\./)
  t.match(long.body, 'x'.repeat(301))
  t.same(await booked(), [])
  for (const _ of ['once', 'and sent again']) {
    t.equal((await helen.post(PAGE, PAGE, rows)).statusCode, 303)
    t.match((await helen.get('/rota')).body, 'Left empty on purpose: one week.')
    t.same(await booked(), ['2026-11-23', '2026-12-21'], 'what was unticked stays free')
  }
  const hiatus = (await db.read.select().from(weeks)).find(({ slot }) => slot === '2026-12-21')
  t.match(hiatus, { kind: 'hiatus', why: 'Christmas break' })
  const other = formIn((await helen.get(PAGE)).body)
  const taken = await helen.post(PAGE, PAGE, {
    ...rows,
    id: other,
    'name.2026-11-23': '',
    'email.2026-11-23': '',
  })
  t.equal(taken.statusCode, 422)
  t.match(taken.body, '<a href="#hiatus.2026-12-21">21 to 25 December: 21 to 25 December is a hiatus now')
})

t.test('who goes back to a form that has booked, and changes it, is told what stands', async (t) => {
  const { helen, formIn, booked } = await desk(t)
  const id = formIn((await helen.get(PAGE)).body)
  const form = { id, do: 'book', 'name.2026-11-23': 'Joe Bell', 'email.2026-11-23': 'joe@north.example' }
  await helen.post(PAGE, PAGE, form)
  const una = { 'name.2026-11-23': 'Una North', 'email.2026-11-23': 'una@north.example' }
  const other = { 'name.2026-11-30': 'Mei Lin', 'email.2026-11-30': 'mei@north.example' }
  const again = await helen.post(PAGE, PAGE, { ...form, ...una, ...other })
  t.equal(again.statusCode, 422)
  t.match(again.body, 'This form has booked 23 to 27 November for Joe Bell before, and that stands.')
  t.match(again.body, 'value="una@north.example"', 'what was typed stands there still')
  t.same(await booked(), ['2026-11-23'])
  t.equal((await helen.post(PAGE, PAGE, { ...form, ...other })).statusCode, 303)
  t.match(
    (await helen.get('/rota')).body,
    'Booked: two weeks. Nobody outside the desk knows of it yet. One of them was already so.',
  )

  const page = '/rota/book?slot=2026-12-07'
  const one = {
    id: formIn((await helen.get(page)).body),
    slot: '2026-12-07',
    name: 'Joe Bell',
    email: 'joe@north.example',
    do: 'book',
  }
  const { headers } = await helen.post(page, '/rota/book', one)
  const changed = await helen.post('/rota', '/rota/book', {
    ...one,
    name: 'Una North',
    email: 'una@north.example',
  })
  t.equal(changed.statusCode, 409)
  t.match(changed.body, 'This form has booked 7 to 11 December for Joe Bell before, and that stands.')
  t.match((await helen.get(headers.location!)).body, 'Joe Bell')
})

t.test('names that may be one person’s', async (t) => {
  for (const [one, other] of [
    ['Priya Nair', 'priya  NAIR'],
    ['Dr Zoë O’Neill', "Zoe O'Neill"],
    ['P. Nair', 'Priya Nair'],
    ['Nair, Priya', 'Priya Nair'],
    ['Priya K Nair', 'P Nair'],
    ['Tom Garside', 'Tom Garsyde'],
    ['Mhairi Brown', 'Mhairi Browne'],
    ['Mhairi Brown', 'Mahiri Brown'],
  ] as const)
    t.ok(isNearName(one, other) && isNearName(other, one), `${one}, ${other}`)
  for (const [one, other] of [
    ['Priya Nair', 'Prem Nair'],
    ['Priya Nair', 'Priya North'],
    ['T Nair', 'Priya Nair'],
    ['Tom Garside', 'Tim Garside'],
    ['Tom Garside', 'Tom Garland'],
    ['Nair', 'Priya Nair'],
    ['', ''],
  ] as const)
    t.notOk(isNearName(one, other), `${one}, ${other}`)
})

t.test('a known name with another address is asked about, wherever somebody is entered', async (t) => {
  const { db, clock, helen, formIn, booked } = await desk(t)
  await aWeek(db, clock.now(), { slot: '2026-11-23', accepted: true })
  const nobodyNew = async (why: string) =>
    t.equal(await db.read.$count(people, eq(people.email, 'p.nair@gmail.example')), 0, why)
  const other = { name: 'P. Nair', email: 'p.nair@gmail.example' }

  const page = '/rota/book?slot=2026-12-07'
  const form = { id: formIn((await helen.get(page)).body), slot: '2026-12-07', do: 'book' }
  const asked = await helen.post(page, '/rota/book', { ...form, ...other })
  t.equal(asked.statusCode, 422)
  t.match(asked.body, `Is this ${PRIYA.name}, ${PRIYA.email}?`)
  await nobodyNew('nothing is booked yet')
  const same = await helen.post(page, '/rota/book', { ...form, ...other, same: PRIYA.email })
  t.match(same.body, `name="email" type="email" value="${PRIYA.email}"`, 'one press takes whom we know')
  t.notMatch(same.body, 'Is this')
  const known = { ...form, name: other.name, email: PRIYA.email }
  t.equal((await helen.post(page, '/rota/book', known)).statusCode, 303)
  await nobodyNew('she is one person')

  const list = await helen.post('/rota/standby', '/rota/standby', { id: form.id, ...other })
  t.equal(list.statusCode, 422)
  t.match(list.body, `value="${PRIYA.email}">Yes, take ${PRIYA.email}`)
  await nobodyNew('nor on the standby list')
  for (const [where, { body }] of Object.entries({ planner: asked, standby: list })) {
    const [, inForm] = body.split(`name="id" value="${form.id}"`)
    const [first] = /<button[^>]*>/.exec(inForm!)!
    t.match(first, 'class="first-submit"', `${where}: the Enter key does not say that it is her`)
  }

  const rows = {
    id: formIn((await helen.get(PAGE)).body),
    do: 'book',
    'name.2026-12-14': other.name,
    'email.2026-12-14': other.email,
  }
  const several = await helen.post(PAGE, PAGE, rows)
  t.equal(several.statusCode, 422)
  t.match(several.body, `14 to 18 December: Is this P. Nair, ${PRIYA.email}?`)
  t.match(several.body, 'name="asked.2026-12-14" value="p.nair@gmail.example"')
  t.match(several.body, `name="same.2026-12-14" value="${PRIYA.email}">Yes, take ${PRIYA.email}`)
  const taken = await helen.post(PAGE, PAGE, {
    ...rows,
    do: '',
    'name.2026-12-21': 'Priya Nair',
    'email.2026-12-21': 'pn@gmail.example',
    'asked.2026-12-21': 'pn@gmail.example',
    'same.2026-12-14': PRIYA.email,
  })
  t.match(taken.body, `name="email.2026-12-14" type="email" value="${PRIYA.email}"`, 'one press takes it')
  t.equal(taken.statusCode, 422)
  t.match(taken.body, '21 to 25 December: Is this', 'and the other week is asked about still')
  t.equal(await db.read.$count(weeks), 2, 'nothing is booked by it')
  const again = await helen.post(PAGE, PAGE, { ...rows, 'asked.2026-12-14': other.email })
  t.equal(again.statusCode, 303, 'it is somebody else')
  t.match(await booked(), ['2026-11-23', '2026-12-07', '2026-12-14'])
  const standby = await helen.post('/rota/standby', '/rota/standby', { id: form.id, ...other })
  t.equal(standby.statusCode, 303, 'and is known by that address from now on')
})

t.test('who has the very name that is typed is asked about before who has nearly that', async (t) => {
  const { db, clock, helen, formIn } = await desk(t)
  const garside = { name: 'Tom Garside', email: 'garside@north.example' }
  const garsyde = { name: 'Tom Garsyde', email: 'garsyde@north.example' }
  await aWeek(db, clock.now(), { slot: '2026-11-23', who: garside })
  await aWeek(db, clock.now(), { slot: '2026-11-30', who: garsyde })
  const page = '/rota/book?slot=2026-12-07'
  for (const [name, known] of [
    [garside.name, garside],
    [garsyde.name, garsyde],
    ['Dr. Garsyde, Tom', garsyde],
  ] as const) {
    const form = { id: formIn((await helen.get(page)).body), slot: '2026-12-07', do: 'book' }
    const asked = await helen.post(page, '/rota/book', { ...form, name, email: 'tom@gmail.example' })
    t.equal(asked.statusCode, 422)
    t.match(asked.body, `Is this ${known.name}, ${known.email}?`, name)
  }
})

t.test(
  'nor does a replacement, a corrected address, the desk or a request make a second person unasked',
  async (t) => {
    const world = await desk(t)
    const { db, clock, helen } = world
    await aWeek(db, clock.now(), { slot: '2026-11-23', accepted: true })
    await aWeek(db, clock.now(), { slot: '2026-11-30', who: MEI })
    const other = { name: 'P. Nair', email: 'p.nair@gmail.example' }
    const isNew = async () => (await db.read.$count(people, eq(people.email, other.email))) > 0
    const meis = (await db.read.select().from(weeks)).find(({ slot }) => slot === '2026-11-30')!
    const version = String(meis.version)
    const takes = (body: string) => body.includes(`name="same" value="${PRIYA.email}"`)

    for (const [page, to, form, what] of [
      ['/people', '/people', { ...other, role: 'approver' }, 'Nobody is added yet'],
      [
        `/weeks/${meis.id}/replacement`,
        `/weeks/${meis.id}/replacement`,
        { ...other, version, do: 'invite' },
        'Nobody is replaced yet',
      ],
    ] as const) {
      const asked = await helen.post(page, to, form)
      t.equal(asked.statusCode, 422, to)
      t.match(asked.body, what)
      t.ok(takes(asked.body), to)
      const [, inForm] = asked.body.split(`action="${to}"`)
      t.match(
        /<button[^>]*>/.exec(inForm!)![0],
        'class="first-submit"',
        `${to}: so the Enter key does not take her`,
      )
      const same = await helen.post(page, to, { ...form, do: '', asked: other.email, same: PRIYA.email })
      t.match(same.body, `name="email" type="email" value="${PRIYA.email}"`, to)
      t.notOk(takes(same.body))
      t.notOk(await isNew(), `nothing is done by it: ${to}`)
    }

    const address = `/weeks/${meis.id}/address`
    const typo = await helen.post(address, address, { version, email: 'mei.lin@north.example' })
    t.equal(typo.statusCode, 303, 'her own address is nobody else’s')
    await aWeek(db, clock.now(), { slot: '2026-12-07', who: other })
    const hers = (await db.read.select().from(weeks)).find(({ slot }) => slot === '2026-12-07')!
    const corrected = { version: String(hers.version), email: 'nair.p@gmail.example' }
    const asked = await helen.post(`/weeks/${hers.id}/address`, `/weeks/${hers.id}/address`, corrected)
    t.equal(asked.statusCode, 422)
    t.match(asked.body, 'Nothing is changed yet')
    t.ok(takes(asked.body))
    const once = { ...corrected, asked: corrected.email }
    t.equal(
      (await helen.post(`/weeks/${hers.id}/address`, `/weeks/${hers.id}/address`, once)).statusCode,
      303,
    )

    await aRequest(world, { name: 'M. Chan', email: 'chan@gmail.example' })
    const [request] = await db.read.select().from(candidates)
    t.match(
      (await helen.get(`/candidates/${request!.id}`)).body,
      `Is this ${MEI.name}, mei.lin@north.example?`,
    )
  },
)
