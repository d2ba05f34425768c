import t, { type Test } from 'tap'
import { accounts, activity, candidates, weekHosts, weeks } from '../../src/db/schema/index.ts'
import { findPersonByEmail } from '../../src/people/people.ts'
import { findActor } from '../../src/rota/powers.ts'
import { tendAsking } from '../../src/rota/asking/tend-asking.ts'
import { PUBLIC_URL, testApp } from '../support/app.ts'
import { aRequest, FORM, mailTo, ROSA } from '../support/asking.ts'
import { aWeek, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

const LIST = `/accounts/${ACCOUNT}/candidates`
const UNA = { ...ROSA, name: 'Una North', email: 'una@north.example' }

async function offering(t: Test) {
  const world = await testApp(t)
  const { db, clock, visitor } = world
  await anAccount(db, { now: clock.now() })
  const helen = await visitor(LEAD.email)
  const who = async (email: string) =>
    (await db.read.select().from(candidates)).find((candidate) => candidate.email === email)!
  const send = async (email: string, fields: Record<string, string | string[]>) => {
    const { id, version } = await who(email)
    return helen.post(`/candidates/${id}`, `/candidates/${id}/offer`, {
      version: String(version),
      until: '2026-11-25',
      ...fields,
    })
  }
  /** Somebody asks, and is offered these weeks. Returns the link of the offer. */
  const offered = async (person: typeof ROSA, slots: string[]) => {
    await aRequest(world, person)
    await send(person.email, { weeks: slots })
    return (await mailTo(world, person.email))!
  }
  const tend = () => tendAsking(db, { now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL })
  return { ...world, world, helen, who, send, offered, tend }
}

t.test(
  'from the offer to the announced week: who chooses has it, and their authority begins with that',
  async (t) => {
    const { db, clock, world, visitor, helen, who, send } = await offering(t)
    await aRequest(world, { weeks: ['2026-12-07'] })
    const page = await helen.get(`/candidates/${(await who(ROSA.email)).id}`)
    t.match(page.body, 'Those that suit them')
    t.equal(
      (await send(ROSA.email, { weeks: ['2026-11-30', '2026-12-07'], words: 'December is quiet.' }))
        .statusCode,
      303,
    )
    const mail = (await mailTo(world, ROSA.email))!
    t.match(mail.subject, 'Choose your week at @NorthDaleHealth')
    for (const piece of [
      '- 30 November to 4 December\n- 7 to 11 December',
      'until Wednesday 25 November',
      'December is quiet.',
    ])
      t.match(mail.text, piece)
    t.same(await db.read.select().from(weeks), [], 'nothing is booked by an offer')
    t.equal(await findPersonByEmail(db.read, ROSA.email), undefined)

    const rosa = await visitor()
    t.match((await rosa.get(mail.link)).body, 'Choose your week')
    t.same(await db.read.select().from(weeks), [], 'nor by opening its link')
    t.equal((await rosa.post(mail.link, `${mail.link}/choice`)).statusCode, 422, 'one has to be chosen')
    t.equal(
      (await rosa.post(mail.link, `${mail.link}/choice`, { slot: '2026-12-14' })).statusCode,
      409,
      'of those offered',
    )
    t.equal((await rosa.post(mail.link, `${mail.link}/choice`, { slot: '2026-12-07' })).statusCode, 303)
    t.match((await rosa.get(mail.link)).body, 'The week is yours')
    t.match(await db.read.select().from(weeks), [{ slot: '2026-12-07', state: 'announced' }])
    t.match(await db.read.select().from(weekHosts), [
      { name: 'Rosa Bell', job: 'Porter', signOff: '^RB', opening: 'waits' },
    ])
    const person = (await findPersonByEmail(db.read, ROSA.email))!
    t.match((await findActor(db.read, person.id, clock.now()))!.hosting, [
      { slot: '2026-12-07', powers: 'draft' },
    ])
    t.match((await rosa.get('/@NorthDaleHealth/rota')).body, 'Rosa Bell')
    const record = (await helen.get('/activity')).body
    for (const piece of [
      'booked Rosa Bell for the week of 7 December',
      'chose one of the weeks that were offered',
    ])
      t.match(record, piece)

    t.equal(
      (await rosa.post(FORM, `${mail.link}/choice`, { slot: '2026-11-30' })).statusCode,
      303,
      'sent again',
    )
    t.equal((await db.read.select().from(weeks)).length, 1, 'one week is enough')
    const gone = await rosa.post(FORM, `${mail.link}/withdrawal`)
    t.equal(gone.statusCode, 409, 'who has a week can’t erase it here')
  },
)

t.test(
  'two accept one slot at the same instant: one has it, the other sees what is still free',
  async (t) => {
    const { db, visitor, offered } = await offering(t)
    const slots = ['2026-11-30', '2026-12-07']
    const links = [(await offered(ROSA, slots)).link, (await offered(UNA, slots)).link]
    const both = await Promise.all(
      links.map(async (link) => {
        const someone = await visitor()
        const { body } = await someone.get(link)
        const _csrf = /name="_csrf" value="([^"]+)"/.exec(body)![1]!
        return () => someone.send(`${link}/choice`, { _csrf, slot: '2026-12-07' })
      }),
    )
    const answers = await Promise.all(both.map((choose) => choose()))
    t.same(
      answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
      [303, 409],
    )
    const { body } = answers.find(({ statusCode }) => statusCode === 409)!
    t.match(body, 'That week has just gone to somebody else, so it was not booked for you.')
    t.match(body, /value="2026-12-07"[^>]* disabled/)
    t.match(body, /value="2026-11-30"[^>]* checked/)
    t.notMatch(body, answers[0]!.statusCode === 303 ? 'Rosa' : 'Una North', 'who has it is not told')
    const booked = await db.read.select().from(weekHosts)
    t.equal(booked.length, 1)
    t.equal((await db.read.select().from(weeks)).length, 1)
  },
)

t.test(
  'a slot that was booked between offer and answer is shown as gone; with none left the lead sees it',
  async (t) => {
    const { db, clock, visitor, offered, helen, send, who } = await offering(t)
    const { link } = await offered(ROSA, ['2026-11-30', '2026-12-07'])
    await aWeek(db, clock.now(), { slot: '2026-11-30', who: PRIYA })
    const rosa = await visitor()
    t.match((await rosa.get(link)).body, /value="2026-11-30"[^>]* disabled/)
    await aWeek(db, clock.now(), { slot: '2026-12-07', who: MEI })
    t.match((await rosa.get(link)).body, 'These weeks have gone')
    t.equal((await rosa.post(link, `${link}/choice`, { slot: '2026-12-07' })).statusCode, 409)
    t.match((await helen.get(LIST)).body, 'none of its weeks is free any more')

    const { id, version } = await who(ROSA.email)
    const hers = (await helen.get(`/candidates/${id}`)).body
    t.match(hers, 'None of the weeks that they were offered is free any more.')
    t.notMatch(hers, 'They can choose one of the weeks')
    await helen.post(`/candidates/${id}`, `/candidates/${id}/offer/withdrawal`, { version: String(version) })
    t.match((await rosa.get(link)).body, 'The team has it')
    const refused = await send(ROSA.email, { weeks: ['2026-12-07', '2026-12-14'] })
    t.equal(refused.statusCode, 422)
    t.match(refused.body, 'One of these weeks is not free any more')
    t.match(refused.body, 'value="2026-12-14" checked', 'what was chosen stays')
  },
)

t.test('an offer ends by its day; the answer after it books nothing, and the lead is told', async (t) => {
  const { db, clock, visitor, offered, helen, tend, who } = await offering(t)
  const { link } = await offered(ROSA, ['2026-12-07'])
  const rosa = await visitor()
  clock.moveTo(new Date('2026-11-25T23:59:00Z'))
  t.match((await rosa.get(link)).body, 'Choose your week')
  clock.moveTo(new Date('2026-11-26T00:00:00Z'))
  t.notMatch((await rosa.get(link)).body, 'Choose your week')
  const late = await rosa.post(link, `${link}/choice`, { slot: '2026-12-07' })
  t.equal(late.statusCode, 409)
  t.match(late.body, 'This offer does not hold any more')
  await sentMails(db, clock)
  await tend()
  t.equal((await who(ROSA.email)).state, 'shortlisted')
  clock.moveMachine(20)
  t.match((await mailTo({ db, clock }, LEAD.email))!.text, 'An offer of weeks ended without an answer')
  t.match((await helen.get(`/candidates/${(await who(ROSA.email)).id}`)).body, 'until Wednesday 25 November')
})

t.test('none suits: they stay on the list with what they wrote', async (t) => {
  const { visitor, offered, helen, who, db } = await offering(t)
  const { link } = await offered(ROSA, ['2026-12-07'])
  const rosa = await visitor()
  t.equal((await rosa.post(link, `${link}/refusal`, { words: 'Rather in May.' })).statusCode, 303)
  t.equal((await who(ROSA.email)).state, 'kept')
  t.match((await helen.get(`/candidates/${(await who(ROSA.email)).id}`)).body, 'Rather in May.')
  t.notMatch(JSON.stringify(await db.read.select().from(activity)), 'May', 'what they wrote goes with them')
})

t.test('an offer that makes no sense is refused at its field', async (t) => {
  const { world, send } = await offering(t)
  await aRequest(world)
  const senseless: [fields: Record<string, string | string[]>, message: string][] = [
    [{ weeks: [] }, 'Choose at least one week to offer.'],
    [{ weeks: ['2026-12-08'] }, 'One of these weeks is not free any more.'],
    [{ weeks: ['2026-11-16'] }, 'One of these weeks is not free any more.'],
    [{ weeks: ['2026-12-07'], until: '2026-11-17' }, 'That day is over.'],
    [{ weeks: ['2026-12-07'], until: '2027-06-01' }, 'By then what they sent is deleted.'],
    [{ weeks: ['2026-12-07'], until: 'soon' }, 'Until when does the offer hold?'],
  ]
  for (const [fields, message] of senseless) {
    const refused = await send(ROSA.email, fields)
    t.equal(refused.statusCode, 422, message)
    t.match(refused.body, message)
  }
})

t.test('an offer of an account that ended books nothing, and its page says why', async (t) => {
  const { db, clock, offered, visitor } = await offering(t)
  const { link } = await offered(ROSA, ['2026-11-30'])
  await db.write(async (tx) => {
    await tx.update(accounts).set({ retiredAt: clock.now(), retiredBy: LEAD.id })
  })
  const rosa = await visitor()
  const { statusCode, body } = await rosa.post('/sign-in', `${link}/choice`, { slot: '2026-11-30' })
  t.equal(statusCode, 409)
  t.match(body, '@NorthDaleHealth has ended')
  t.same(await db.read.select().from(weeks), [])
})
