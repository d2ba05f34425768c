import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import {
  activity,
  candidateLinks,
  candidates,
  mails,
  people,
  restingAddresses,
} from '../../src/db/schema/index.ts'
import { MailTrouble } from '../../src/mail/mail.ts'
import { sendDueMails } from '../../src/mail/outbox.ts'
import { CONFIRM_LINK, ANSWER_LINK } from '../../src/mail/mail.ts'
import { MOST_AN_HOUR } from '../../src/rota/candidate.ts'
import { askForWeek } from '../../src/rota/asking/ask-for-week.ts'
import { candidateLinkMaker } from '../../src/rota/asking/candidates.ts'
import { tendAsking } from '../../src/rota/asking/tend-asking.ts'
import { PUBLIC_URL, testApp } from '../support/app.ts'
import { aRequest, fillIn, FORM, keysIn, mailTo, ROSA, SUGGESTION } from '../support/asking.ts'
import { aWeek, linkIn, sentMails } from '../support/bookings.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

const DAY = 24 * 60
const LIST = `/accounts/${ACCOUNT}/candidates`

async function asking(t: Test) {
  const world = await testApp(t)
  await anAccount(world.db, { now: world.clock.now() })
  const { db, clock } = world
  const tend = () => tendAsking(db, { now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL })
  return { ...world, world, tend, everybody: () => db.read.select().from(candidates) }
}

/** Everything that the database says, in one text: to look for what must not be there. */
async function allWords(db: Awaited<ReturnType<typeof asking>>['db']): Promise<string> {
  const tables = [candidates, candidateLinks, mails, people, activity, restingAddresses]
  return JSON.stringify(await Promise.all(tables.map((table) => db.read.select().from(table))))
}

t.test('from the form to the lead’s list: nobody sees it before its address is confirmed', async (t) => {
  const { db, clock, visitor, everybody } = await asking(t)
  const rosa = await visitor()
  const page = await rosa.get(FORM)
  t.equal(page.statusCode, 200)
  for (const piece of [
    'Describe every picture',
    'deleted 6 months after',
    'value="2026-11-23"',
    '<b data-weight>0</b> of 280',
  ])
    t.match(page.body, piece)

  const sent = await fillIn(rosa, clock, { ...ROSA, weeks: ['2026-11-30', '2026-12-07'] })
  t.equal(sent.headers['location'], `${FORM}/asked`)
  const helen = await visitor(LEAD.email)
  t.notMatch((await helen.get(LIST)).body, 'Rosa')

  const mail = (await mailTo({ db, clock }, ROSA.email))!
  t.notMatch(mail.text, 'Rosa', 'nothing that a stranger typed goes to an address that may be another one’s')
  const own = await rosa.get(mail.link)
  t.match(own.body, 'Eleven miles on a quiet day.')
  t.match(own.body, '30 November to 4 December, 7 to 11 December')
  t.equal((await everybody())[0]!.state, 'unconfirmed', 'opening the link confirms nothing')
  t.notMatch((await helen.get(LIST)).body, 'Rosa')

  t.equal((await rosa.post(mail.link, `${mail.link}/confirmation`, { version: '1' })).statusCode, 303)
  t.match((await helen.get(LIST)).body, 'Rosa Bell')
  const [candidate] = await everybody()
  const seen = await helen.get(`/candidates/${candidate!.id}`)
  for (const piece of [
    'What a hospital looks like from behind a bed.',
    'Not in August',
    'deleted on Tuesday 18 May 2027',
  ])
    t.match(seen.body, piece)
  // A mail to a lead waits a little for more of the kind.
  clock.moveMachine(1)
  const told = (await mailTo({ db, clock }, LEAD.email))!
  t.match(told.subject, 'Somebody would like a week')
  t.notMatch(told.text, 'Rosa', 'the lead’s mail outlives what was sent')
  t.same(
    await db.read.select().from(people).where(eq(people.email, ROSA.email)),
    [],
    'no account here comes of it',
  )
})

t.test('a form with mistakes comes back with what was typed', async (t) => {
  const { clock, visitor, everybody } = await asking(t)
  const rosa = await visitor()
  const wrong = await fillIn(rosa, clock, { ...ROSA, email: 'rosa', about: '', weeks: ['2026-12-07'] })
  t.equal(wrong.statusCode, 422)
  for (const piece of [
    '2 things to put right',
    'href="#email"',
    'value="rosa"',
    'Not in August',
    'value="2026-12-07" checked',
  ])
    t.match(wrong.body, piece)
  const link = await fillIn(rosa, clock, { ...ROSA, name: 'Win at https://spam.example' })
  t.match(link.body, 'Your name: letters only, please.')
  for (const name of ['Win at spam.example', 'Win at спам.рф'])
    t.equal((await fillIn(rosa, clock, { ...ROSA, name })).statusCode, 422, name)
  t.same(await everybody(), [])
  t.equal((await fillIn(rosa, clock, { ...ROSA, name: 'R.J. Bell-Ó Sé, Jr.' })).statusCode, 303)
})

t.test('the sample post is counted and checked as drafts are; what is found is shown once', async (t) => {
  const { clock, visitor, everybody } = await asking(t)
  const rosa = await visitor()
  const long = await fillIn(rosa, clock, {
    ...ROSA,
    sample: `${'a'.repeat(270)} https://a-very-long-address-of-somebody.org/path`,
  })
  t.equal(long.statusCode, 422)
  t.match(long.body, 'The sample post is 14 too long.', 'a link counts 23, as X counts it')
  const found = await fillIn(rosa, clock, { ...ROSA, sample: 'Met Ann, NHS number 943 476 5919.' })
  t.equal(found.statusCode, 422)
  t.match(found.body, '943 476 5919 looks like an NHS number.')
  const keys = keysIn(found.body)
  t.not(keys['sampleSeen'], '')
  const again = await rosa.post(FORM, FORM, { ...ROSA, ...keys, sample: 'Met Ann, NHS number 943 476 5919.' })
  t.equal(again.statusCode, 303, 'it stops nobody who has seen it')
  t.equal((await everybody()).length, 1)
})

t.test(
  'machines: what fills in the hidden field, sends at once, or invents a form is not kept',
  async (t) => {
    const { db, clock, visitor, everybody } = await asking(t)
    const robot = await visitor()
    const trapped = await fillIn(robot, clock, { ...ROSA, 'leave-empty': 'https://spam.example' })
    t.equal(trapped.headers['location'], `${FORM}/asked`, 'it looks taken')
    const quick = await fillIn(robot, clock, ROSA, { seconds: 1 })
    t.equal(quick.statusCode, 422)
    t.match(quick.body, 'That was very quick')
    t.match(quick.body, 'What a hospital looks like', 'a person who was that quick sends it once more')
    const keys = keysIn((await robot.get(FORM)).body)
    clock.moveMachine(1)
    const other = await robot.post(FORM, FORM, {
      ...ROSA,
      ...keys,
      id: '6c7d8f3e-31a4-4b0c-9d37-0a58b24d7a10',
    })
    t.match(other.body, 'This form is broken', 'a stamp holds for its own form')
    t.equal((await robot.send(FORM, { ...ROSA, ...keys })).statusCode, 401, 'nor without the page’s token')
    t.same(await everybody(), [])
    t.same(await sentMails(db, clock), [])
  },
)

t.test(
  'a form that is posted a thousand times: limits by sender and in sum, and one mail a day to an address',
  async (t) => {
    const { db, clock, visitor, everybody } = await asking(t)
    const robot = await visitor()
    const statuses: number[] = []
    for (let i = 0; i < 40; i += 1)
      statuses.push((await robot.send(FORM, { ...ROSA, _csrf: 'x' })).statusCode)
    t.equal(
      statuses.filter((status) => status === 429).length,
      20,
      'more than 20 in ten minutes from one address',
    )

    // From a thousand addresses, each with a form of its own, to one victim.
    const form = (id: number, email: string) => ({
      id: `form-${id}`,
      accountId: ACCOUNT,
      asked: { ...ROSA, email, weeks: [] },
      now: clock.now(),
      machineNow: clock.machine(),
    })
    for (let i = 0; i < 1000; i += 1)
      await askForWeek(db, form(i, i % 2 ? 'Victim@North.example' : 'victim@north.example'))
    t.equal((await everybody()).length, 1)
    t.equal((await sentMails(db, clock)).length, 1)
    clock.pass(DAY - 1)
    await askForWeek(db, form(1000, 'victim@north.example'))
    t.same(await sentMails(db, clock), [], 'not before a day is over')
    clock.pass(2)
    await askForWeek(db, form(1001, 'victim@north.example'))
    t.equal((await sentMails(db, clock)).length, 1)

    // And to a thousand victims.
    clock.pass(61)
    const refused: string[] = []
    for (let i = 0; i < 1000; i += 1)
      await askForWeek(db, form(2000 + i, `v${i}@north.example`)).catch((error: Error) =>
        refused.push(error.message),
      )
    const sent = [...(await sentMails(db, clock)), ...(await sentMails(db, clock))]
    t.equal(sent.length, MOST_AN_HOUR)
    t.equal(refused.length, 1000 - MOST_AN_HOUR)
    t.match(refused[0], 'try again in an hour')
  },
)

t.test('sent twice it asks once, and with other words these take the place of the first', async (t) => {
  const { db, clock, visitor, everybody } = await asking(t)
  const rosa = await visitor()
  await fillIn(rosa, clock, ROSA)
  const { link } = (await mailTo({ db, clock }, ROSA.email))!
  await fillIn(rosa, clock, { ...ROSA, job: 'Head porter' })
  t.equal((await everybody()).length, 1)
  const stale = await rosa.post(link, `${link}/confirmation`, { version: '1' })
  t.equal(stale.statusCode, 409, 'what is sent to the team is what was seen')
  t.match(stale.body, 'Head porter')
  await rosa.post(link, `${link}/confirmation`, { version: '2' })
  t.match(await everybody(), [{ state: 'new', job: 'Head porter' }])

  // A day later she asks again: it is the same person, not another one.
  clock.pass(DAY + 1)
  await fillIn(rosa, clock, { ...ROSA, job: 'Porter again' })
  const next = (await mailTo({ db, clock }, ROSA.email))!
  await rosa.post(next.link, `${next.link}/confirmation`, { version: '1' })
  t.match(await everybody(), [{ state: 'new', job: 'Porter again' }])
  t.equal((await everybody()).length, 1)
  t.match((await rosa.get(next.link)).body, 'The team has it')
  t.match((await rosa.get(link)).body, 'The team has it', 'the first link leads there too')
})

t.test('who was suggested is asked before the team sees them; a no leaves nothing', async (t) => {
  const { db, clock, visitor, everybody } = await asking(t)
  const suggest = async (by: string) => {
    const someone = await visitor()
    const suggestion = {
      yourName: 'Tom Garside',
      yourEmail: by,
      name: ROSA.name,
      email: ROSA.email,
      job: 'Porter',
      about: 'Ask her.',
    }
    await fillIn(someone, clock, suggestion, { page: SUGGESTION })
    const sent = await sentMails(db, clock)
    t.same(
      sent.map(({ to }) => to),
      [by],
      'nobody is asked before who suggests has answered for their address',
    )
    t.match(sent[0]!.text, 'with one press that person is asked', 'the team does not see it yet')
    const link = linkIn(sent[0]!.text)
    const { body } = await someone.get(link)
    for (const piece of ['Yes, ask Rosa Bell', '<dt>Why them</dt>']) t.match(body, piece)
    await someone.post(link, `${link}/confirmation`, { version: '1' })
    return { someone, link, mail: await mailTo({ db, clock }, ROSA.email) }
  }
  const { someone, link, mail } = await suggest('tom@north.example')
  t.match(mail!.subject, 'Tom Garside suggests you for a week at @NorthDaleHealth')
  t.notMatch((await someone.get(link)).body, 'would you like a week', 'who suggests can’t answer for them')
  t.equal((await someone.send(link, {})).statusCode, 401)
  const helen = await visitor(LEAD.email)
  const list = (await helen.get(LIST)).body
  t.notMatch(list, 'Rosa')
  t.match(list, 'One person was suggested and asked')

  const rosa = await visitor()
  const asked = (await rosa.get(mail!.link)).body
  t.match(asked, 'Rosa Bell, would you like a week?')
  t.match(asked, '<p class="as-typed">Ask her.</p>')
  t.notMatch(asked, /<textarea[^>]*name="about"[^>]*>Ask her/, 'what was said of her is not put in her mouth')
  await rosa.post(mail!.link, `${mail!.link}/withdrawal`)
  t.same(await everybody(), [])
  t.notMatch(await allWords(db), /rosa/i, 'no word of her stays')
  t.equal((await rosa.get(mail!.link)).statusCode, 404)

  const second = await suggest('una@north.example')
  t.equal(second.mail, undefined, 'nobody is asked twice in three months')
  t.same(await everybody(), [])

  clock.pass(91 * DAY)
  const third = await suggest('vic@north.example')
  const { email: _, ...said } = ROSA
  const wrong = await rosa.post(third.mail!.link, third.mail!.link, { ...said, about: '', version: '2' })
  t.equal(wrong.statusCode, 422)
  t.equal((await rosa.post(third.mail!.link, third.mail!.link, { ...said, version: '2' })).statusCode, 303)
  t.match(await everybody(), [{ state: 'new', suggestedBy: 'Tom Garside', suggesterEmail: '' }])
  t.match((await (await visitor(LEAD.email)).get(LIST)).body, 'Rosa Bell')
})

t.test('who was suggested and asks by the form as well stands once in the list', async (t) => {
  const { db, clock, world, visitor, everybody } = await asking(t)
  const someone = await visitor()
  const by = { yourName: 'Tom', yourEmail: 'tom@north.example', name: 'Rosa Bell', email: ROSA.email }
  await fillIn(someone, clock, { ...by, job: '', about: '' }, { page: SUGGESTION })
  const { link } = (await mailTo({ db, clock }, 'tom@north.example'))!
  await someone.post(link, `${link}/confirmation`, { version: '1' })
  const suggested = (await mailTo({ db, clock }, ROSA.email))!
  await aRequest(world)
  const { email: _, ...said } = ROSA
  const words = 'What porters hear in lifts.'
  const rosa = await visitor()
  t.equal(
    (await rosa.post(suggested.link, suggested.link, { ...said, about: words, version: '2' })).statusCode,
    303,
  )
  t.match(await everybody(), [{ state: 'new', about: words, suggestedBy: 'Tom' }])
  t.equal((await everybody()).length, 1)
  t.match((await rosa.get(suggested.link)).body, 'The team has it', 'the link of either mail leads there')
})

t.test('“don’t ask me again” holds for good', async (t) => {
  const { db, clock, visitor } = await asking(t)
  const ask = async (by: string) => {
    const someone = await visitor()
    await fillIn(
      someone,
      clock,
      { yourName: 'Tom', yourEmail: by, name: 'Rosa Bell', email: ROSA.email, job: '', about: '' },
      { page: SUGGESTION },
    )
    const { link } = (await mailTo({ db, clock }, by))!
    await someone.post(link, `${link}/confirmation`, { version: '1' })
    return mailTo({ db, clock }, ROSA.email)
  }
  const rosa = await visitor()
  const { link } = (await ask('tom@north.example'))!
  await rosa.post(link, `${link}/withdrawal`, { never: 'yes' })
  clock.pass(400 * DAY)
  t.equal(await ask('una@north.example'), undefined)
  t.notMatch(await allWords(db), /rosa/i)
})

t.test('what people sent is deleted when they were told, whatever the account says by then', async (t) => {
  const { db, clock, world, tend, visitor, everybody } = await asking(t)
  await aRequest(world)
  const unconfirmed = await visitor()
  await fillIn(unconfirmed, clock, { ...ROSA, name: 'Una North', email: 'una@north.example' })
  await sentMails(db, clock)
  clock.pass(3 * DAY - 1)
  await tend()
  t.equal((await everybody()).length, 2)
  clock.pass(2)
  await tend()
  t.same(
    (await everybody()).map(({ name }) => name),
    ['Rosa Bell'],
    'nobody answered for Una’s address in three days',
  )

  const helen = await visitor(LEAD.email)
  const settings = await helen.post(`/accounts/${ACCOUNT}`, `/accounts/${ACCOUNT}/asking`, {
    version: '1',
    asking: 'yes',
    askingMonths: '24',
  })
  t.equal(settings.statusCode, 303)
  t.match((await unconfirmed.get(FORM)).body, 'deleted 24 months after')
  clock.moveTo(new Date('2027-05-18T09:41:00Z'))
  await tend()
  t.equal((await everybody()).length, 1, '10:41 in London, a minute before')
  clock.moveTo(new Date('2027-05-18T09:43:00Z'))
  await tend()
  t.same(await everybody(), [])
  t.notMatch(await allWords(db), /rosa|una/i, 'the record and the outbox name nobody')
  t.match(
    (await (await visitor(LEAD.email)).get('/activity')).body,
    /deleted what somebody sent who asked for a week \([0-9A-F]{6}\), because its time was over/,
  )
})

t.test('a lead shortlists, keeps for later, says no kindly, and deletes', async (t) => {
  const { db, clock, world, visitor, everybody } = await asking(t)
  const link = await aRequest(world)
  const helen = await visitor(LEAD.email)
  const page = `/candidates/${(await everybody())[0]!.id}`
  const version = async () => String((await everybody())[0]!.version)
  await helen.post(page, `${page}/shortlisting`, { version: await version() })
  t.match((await helen.get(LIST)).body, 'id="shortlisted-title"')
  t.equal(
    (await helen.post(page, `${page}/shortlisting`, { version: '2' })).statusCode,
    409,
    'as it was seen before',
  )
  await helen.post(page, `${page}/keeping`, {
    version: await version(),
    tell: 'yes',
    words: 'In spring, I hope.',
  })
  const kept = (await mailTo({ db, clock }, ROSA.email))!
  t.match(kept.subject, 'we have you in mind')
  t.match(kept.text, 'In spring, I hope.')
  t.match((await helen.get(kept.link)).body, 'The team has it')

  const words = `/accounts/${ACCOUNT}/mails/candidate-declined`
  const unknown = await helen.post(words, words, { version: '0', subject: 'No', text: 'Hello {nobody}' })
  t.equal(unknown.statusCode, 422)
  t.match(unknown.body, '{nobody} is no variable of this mail')
  await helen.post(words, words, {
    version: '0',
    subject: 'About your week, {name}',
    text: 'Not this year. {words} {lead}',
  })
  await helen.post(page, `${page}/refusal`, { version: await version(), words: 'You write well.' })
  const no = (await mailTo({ db, clock }, ROSA.email))!
  t.equal(no.subject, 'About your week, Rosa Bell')
  t.match(no.text, 'Not this year. You write well. Helen Marsh')
  t.match((await helen.get(link)).body, 'Thank you for asking')
  t.match((await helen.get(page)).body, 'Told no')
  t.equal((await helen.post(page, `${page}/erasure`, { version: await version() })).headers['location'], LIST)
  t.notMatch(await allWords(db), /rosa/i)
  t.equal((await helen.get(page)).statusCode, 404)
})

t.test('a mail that did not arrive shows beside who it was for', async (t) => {
  const { db, clock, world, visitor, everybody } = await asking(t)
  await aRequest(world)
  await sentMails(db, clock)
  const helen = await visitor(LEAD.email)
  const [candidate] = await everybody()
  const page = `/candidates/${candidate!.id}`
  await helen.post(page, `${page}/keeping`, { version: String(candidate!.version), tell: 'yes' })
  await sendDueMails(db, {
    transport: {
      send: async () => {
        throw new MailTrouble('refused', '550 5.1.1 No such user here')
      },
    },
    links: {
      [CONFIRM_LINK]: candidateLinkMaker(() => PUBLIC_URL, { ofForm: true }),
      [ANSWER_LINK]: candidateLinkMaker(() => PUBLIC_URL, { ofForm: false }),
    },
    now: clock.now,
    machine: clock.machine,
  })
  t.match((await helen.get(LIST)).body, 'Our mail did not arrive')
  t.match((await helen.get(page)).body, '550 5.1.1 No such user here')
})

t.test(
  'a closed form is closed to those who have it open, and only weeks that nobody knows to be taken are there to tick',
  async (t) => {
    const { db, clock, visitor, everybody } = await asking(t)
    await aWeek(db, clock.now(), { slot: '2026-11-30', accepted: true })
    await aWeek(db, clock.now(), { slot: '2026-12-07' })
    const rosa = await visitor()
    const { body } = await rosa.get(FORM)
    t.notMatch(body, 'value="2026-11-30"')
    t.match(body, 'value="2026-12-07"', 'that it is booked, and not announced, is not told')
    const helen = await visitor(LEAD.email)
    await helen.post(`/accounts/${ACCOUNT}`, `/accounts/${ACCOUNT}/asking`, {
      version: '1',
      askingMonths: '6',
    })
    t.equal((await rosa.get(FORM)).statusCode, 404)
    t.equal((await rosa.get(SUGGESTION)).statusCode, 404)
    t.same(await everybody(), [])
  },
)

t.test('the public pages lead to the form while it is open, and the planner to who asks', async (t) => {
  const { world, app, visitor } = await asking(t)
  const places = ['/@NorthDaleHealth', '/@NorthDaleHealth/rota']
  for (const place of places) t.match((await app.inject(place)).body, `href="${FORM}"`, place)
  t.match((await app.inject('/@NorthDaleHealth')).body, `href="${SUGGESTION}">Suggest somebody</a>`)
  const helen = await visitor(LEAD.email)
  t.match((await helen.get('/rota')).body, `<a href="${LIST}">Who asks for a week</a></li>`)
  await aRequest(world)
  t.match((await helen.get('/rota')).body, `<a href="${LIST}">Who asks for a week</a> <b>1 new</b></li>`)
  await helen.post(`/accounts/${ACCOUNT}`, `/accounts/${ACCOUNT}/asking`, { version: '1', askingMonths: '6' })
  for (const place of places) t.notMatch((await app.inject(place)).body, FORM, place)
})

t.test('what somebody changes later is looked at in the same way', async (t) => {
  const { world, visitor, everybody } = await asking(t)
  const link = await aRequest(world)
  const rosa = await visitor()
  const { email: _, ...said } = { ...ROSA, version: String((await everybody())[0]!.version) }
  const long = await rosa.post(link, link, { ...said, sample: 'a'.repeat(281) })
  t.equal(long.statusCode, 422)
  t.match(long.body, 'The sample post is 1 too long.')
  t.match(long.body, '<details class="more-fields" open>', 'the form is in sight')
  t.equal((await rosa.post(link, link, { ...said, job: 'Head porter' })).statusCode, 303)
  t.match(await everybody(), [{ state: 'new', job: 'Head porter' }])
})
