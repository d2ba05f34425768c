import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import t from 'tap'
import {
  activity,
  forgottenPeople,
  mails,
  people,
  reflections,
  removalRequests,
  weekHosts,
  weeks,
} from '../../src/db/schema/index.ts'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { hashesOf } from '../../src/listening/forgotten.ts'
import { queueMail } from '../../src/mail/outbox.ts'
import { findPersonByEmail } from '../../src/people/people.ts'
import { testApp } from '../support/app.ts'
import { aRequest } from '../support/asking.ts'
import { actorWith, aWeek, sentMails } from '../support/bookings.ts'
import { run } from '../support/command.ts'
import {
  ACCOUNT,
  anAccount,
  anotherAccount,
  APPROVER,
  LEAD,
  OTHER_ACCOUNT,
  OTHER_LEAD,
} from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, JOSEPH_HOSTS, josephsWeek, WEEK } from '../support/submitted.ts'

const [DATA, DELETION] = [`/people/${JOSEPH.id}/data`, `/people/${JOSEPH.id}/deletion`]

/** Somebody was taken off the first account's pages. */
async function forget(db: Database, who: { handle: string; name: string }): Promise<void> {
  const [id, at] = [`forgotten ${who.handle}`, new Date('2026-11-20T10:00:00Z')]
  await db.write(async (tx) => {
    const request = {
      id,
      accountId: ACCOUNT,
      state: 'done' as const,
      about: '',
      words: '',
      email: '',
      askedAt: at,
    }
    await tx.insert(removalRequests).values(request)
    const hashes = hashesOf(who)
    await tx.insert(forgottenPeople).values({ id, accountId: ACCOUNT, requestId: id, ...hashes, at })
  })
}

/** Joseph's week at the first account is over; he asked for another one there. */
async function afterJoseph(t: Parameters<typeof testApp>[0]) {
  const world = await testApp(t, { at: '2026-11-23T10:00:00Z' })
  const { db, clock, visitor } = world
  const now = clock.now()
  await anAccount(db, { now })
  await anotherAccount(db, { now })
  await josephsWeek(db)
  await aSubmittedDraft(db, { id: 'd-1', text: 'What a bed weighs. Margaret Dunn asked.', state: 'approved' })
  await aRequest(world, { name: JOSEPH.name, email: JOSEPH.email, about: 'Beds again.' })
  await db.write(async (tx) => {
    await tx.update(weeks).set({ state: 'closed' }).where(eq(weeks.id, WEEK))
  })
  await forget(db, { handle: 'mdunn', name: 'Margaret Dunn' })
  const [helen, sunita] = [await visitor(LEAD.email), await visitor(OTHER_LEAD.email)]
  /** He hosts a coming week of the other account. */
  const bookElsewhere = async () =>
    aWeek(db, now, {
      who: { ...JOSEPH, name: 'J. A. of the South' },
      accountId: OTHER_ACCOUNT,
      slot: '2026-12-07',
      actor: await actorWith(db, OTHER_LEAD.email, now),
      accepted: true,
    })
  const mailed = (subject: string) => db.read.$count(mails, eq(mails.subject, subject))
  return { ...world, now, helen, sunita, bookElsewhere, mailed }
}

t.test(
  'a lead takes a copy of what the account keeps of somebody, and nothing of another account',
  async (t) => {
    const { db, helen, sunita, bookElsewhere, mailed } = await afterJoseph(t)
    await bookElsewhere()
    await db.write(async (tx) => {
      const writing = {
        weekId: WEEK,
        weekHostId: JOSEPH_HOSTS,
        state: 'writing' as const,
        changedAt: new Date(),
      }
      await tx
        .insert(reflections)
        .values({ ...writing, answers: [{ question: 'Who?', text: 'Half a thought.' }] })
    })
    t.match(
      (await helen.get('/people')).body,
      `href="${DATA}"`.replaceAll('=', '&#x3D;').replace('href&#x3D;', 'href='),
    )
    const page = (await helen.get(DATA)).body
    t.match(page, 'What is kept about Joseph Adeyemi')
    t.match(page, 'What stays, and why')
    const answer = await helen.post(DATA, DATA)
    t.match(answer.headers['content-disposition'], 'attachment')
    t.match(answer.json(), {
      account: { handle: 'NorthDaleHealth' },
      person: { name: JOSEPH.name, email: JOSEPH.email },
      weeks: [{ account: 'NorthDaleHealth', firstDay: '2026-11-16' }],
      drafts: [{ id: 'd-1' }],
      askedForWeeks: [{ about: 'Beds again.' }],
      reflections: [{ state: 'writing', answers: null }],
    })
    t.match(answer.body, 'What a bed weighs. [name left out] asked.')
    t.notMatch(answer.body, /SouthDale|of the South|2026-12-07|Sunita|Half a thought|signedInUntil|passkeys/)
    t.equal(await mailed('A copy of what @NorthDaleHealth keeps about you was taken'), 1, 'he is told')
    const [taken] = await db.read.select().from(activity).where(eq(activity.kind, 'person.data-exported'))
    t.match(taken, { accountId: ACCOUNT, personId: LEAD.id, details: { name: JOSEPH.name } })
    t.match((await helen.get('/activity')).body, 'took a copy of the data about Joseph Adeyemi')
    t.notMatch((await sunita.get('/activity')).body, 'took a copy')
    t.match(
      (await sunita.get(DATA)).body,
      'What is kept about J. A. of the South',
      'each calls him as it knows him',
    )
  },
)

t.test('a lead deletes it at his wish: what he did stays under his name, and he is told', async (t) => {
  const { app, db, clock, helen, visitor, now, mailed } = await afterJoseph(t)
  const joseph = await visitor(JOSEPH.email)
  await db.write(async (tx) => {
    const mail = {
      accountId: ACCOUNT,
      personId: JOSEPH.id,
      kind: 'post-news' as const,
      to: JOSEPH.email,
      now,
      machineNow: now,
    }
    await queueMail(tx, { ...mail, subject: 'Waits', text: 'Hello Joseph' })
  })
  const wrong = await helen.post(DATA, DELETION, { email: 'somebody@north.example' })
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, 'so that this does not happen by mistake')
  t.match(wrong.body, 'value="somebody@north.example"')
  t.ok(await findPersonByEmail(db.read, JOSEPH.email), 'nothing happened')

  const done = await helen.post(DATA, DELETION, { email: JOSEPH.email })
  t.equal(done.headers.location, '/people')
  t.equal(await findPersonByEmail(db.read, JOSEPH.email), undefined)
  t.equal((await joseph.get('/today')).statusCode, 303, 'he is signed out')
  t.equal(await mailed('Waits'), 0)
  const hosts = (await helen.get('/people')).body
  t.match(hosts, 'What was kept about Joseph Adeyemi is deleted.')
  t.match(hosts, 'Address deleted')
  t.match((await helen.get('/drafts/d-1')).body, 'Joseph Adeyemi', 'what he wrote stays under his name')
  t.match((await helen.get(`/weeks/${WEEK}`)).body, 'Joseph Adeyemi')
  t.notMatch((await helen.get(`/weeks/${WEEK}`)).body, /mailto:(joseph|address)/)
  t.notMatch((await helen.get(`/accounts/${ACCOUNT}/candidates`)).body, 'Beds again.')
  t.match((await helen.get('/activity')).body, 'deleted the data about Joseph Adeyemi')
  const told = (await sentMails(db, clock)).filter(({ to }) => to === JOSEPH.email)
  t.match(told.at(-1), {
    subject: 'What @NorthDaleHealth kept about you is deleted',
    text: /what you wrote, approved and signed/,
  })
  const again = await helen.post(DATA, DELETION, { email: JOSEPH.email })
  t.equal(again.statusCode, 409)
  t.match(again.body, 'It was deleted already.')
  t.equal((await app.inject('/')).statusCode, 200)
})

t.test(
  'who has to do with another account too goes on there, and the first one knows no address of theirs',
  async (t) => {
    const { db, helen, sunita, visitor, now, bookElsewhere } = await afterJoseph(t)
    const elsewhere = await bookElsewhere()
    t.equal((await helen.post(DATA, DELETION, { email: JOSEPH.email })).statusCode, 303)
    const joseph = await visitor(JOSEPH.email)
    t.equal((await joseph.get(`/weeks/${elsewhere}`)).statusCode, 200)
    t.equal((await joseph.get(`/weeks/${WEEK}`)).statusCode, 404)
    t.match((await sunita.get('/people')).body, JOSEPH.email)
    for (const page of ['/people', `/weeks/${WEEK}`, '/rota/book?slot=2026-12-14'])
      t.notMatch((await helen.get(page)).body, JOSEPH.email, page)
    await db.write((tx) =>
      queueMail(tx, {
        accountId: ACCOUNT,
        personId: JOSEPH.id,
        kind: 'post-news',
        to: JOSEPH.email,
        subject: 'News',
        text: '',
        now,
        machineNow: now,
      }),
    )
    t.equal(await db.read.$count(mails, eq(mails.subject, 'News')), 0, 'it writes to him no more')
    await aWeek(db, now, { who: JOSEPH, slot: '2026-12-14' })
    t.match((await helen.get('/people')).body, JOSEPH.email, 'until it asks him for a week again')
    t.equal((await (await visitor(JOSEPH.email)).get(`/weeks/${WEEK}`)).statusCode, 200)
  },
)

t.test('whose data was deleted stands in for nobody before a lead has named them anew', async (t) => {
  const { db, helen, visitor, bookElsewhere } = await afterJoseph(t)
  await bookElsewhere()
  await helen.post(DATA, DELETION, { email: JOSEPH.email })
  const standIn = (who: typeof helen, deputyName = '') =>
    who.post('/away', '/away', {
      id: randomUUID(),
      firstDay: '2026-11-24',
      lastDay: '2026-11-25',
      deputy: 'other',
      deputyEmail: JOSEPH.email,
      deputyName,
    })
  const owen = await standIn(await visitor(APPROVER.email))
  t.equal(owen.statusCode, 422)
  t.match(owen.body, 'Nobody of this account has this address.')
  t.match((await standIn(helen)).body, 'Their name is missing.')
  t.equal((await standIn(helen, 'Joe')).statusCode, 303)
  t.equal(await db.read.$count(mails, eq(mails.kind, 'deputy')), 1, 'and he is told')
})

t.test('what is in the way of it is said, and nothing happens', async (t) => {
  const { db, helen, now } = await afterJoseph(t)
  await aWeek(db, now, { who: JOSEPH, slot: '2026-12-14' })
  t.match((await helen.get(DATA)).body, 'Joseph Adeyemi hosts a week that is not over.')
  t.equal((await helen.post(DATA, DELETION, { email: JOSEPH.email })).statusCode, 409)
  const own = `/people/${LEAD.id}/data`
  t.match((await helen.get(own)).body, 'delete the data about you on your own page')
  t.equal((await helen.post(own, `/people/${LEAD.id}/deletion`, { email: LEAD.email })).statusCode, 409)
  t.equal((await helen.get(`/people/${OTHER_LEAD.id}/data`)).statusCode, 404, 'people of elsewhere')
  t.equal(await db.read.$count(activity, eq(activity.kind, 'person.data-deleted')), 0)
})

t.test('a copy that somebody takes of their own names nobody who was taken off the pages', async (t) => {
  const { visitor } = await afterJoseph(t)
  const { body } = await (await visitor(JOSEPH.email)).get('/you/data')
  t.match(body, 'What a bed weighs. [name left out] asked.')
  t.match(body, JOSEPH.name)
})

t.test('who was taken off the pages reads their own name in their own copy', async (t) => {
  const { db, visitor } = await afterJoseph(t)
  await forget(db, { handle: 'josephporters', name: JOSEPH.name })
  const { body } = await (await visitor(JOSEPH.email)).get('/you/data')
  t.match(body, '"josephporters"')
  t.notMatch(body, /"name": "\[name left out\]"/)
})

t.test('whoever runs the installation does both on the machine, of all accounts', async (t) => {
  const DATA_DIR = join(t.testdir({}), 'data')
  const settings = {
    DATA_DIR,
    PUBLIC_URL: 'https://week.north.example',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'week@north.example',
    SESSION_SECRET: 'a'.repeat(64),
    ENCRYPTION_KEY: 'b'.repeat(64),
    X_CLIENT_ID: 'id',
    X_CLIENT_SECRET: 'secret',
  }
  await run(['setup', LEAD.email], settings)
  const db = openDatabase(join(DATA_DIR, 'week.db'))
  t.teardown(() => db.close())
  await anotherAccount(db, {
    now: new Date(),
    people: [
      { ...OTHER_LEAD, role: 'lead' },
      { ...APPROVER, role: 'approver' },
    ],
  })
  const exported = await run(['person', 'export', APPROVER.email], settings)
  t.equal(exported.status, 0)
  t.match(JSON.parse(exported.out), {
    person: { email: APPROVER.email },
    places: [{ account: 'SouthDale', role: 'approver' }],
  })
  t.match(await run(['person', 'delete', APPROVER.email], settings), {
    status: 0,
    out: 'nothing was changed yet',
  })
  t.ok(await findPersonByEmail(db.read, APPROVER.email))
  t.match(await run(['person', 'delete', APPROVER.email, '--yes'], settings), {
    status: 0,
    out: 'is deleted',
  })
  t.equal(await findPersonByEmail(db.read, APPROVER.email), undefined)
  t.match(await db.read.select().from(people).where(eq(people.id, APPROVER.id)), [{ name: APPROVER.name }])
  t.equal(await db.read.$count(mails, eq(mails.to, APPROVER.email)), 1, 'a mail tells them')
  const kinds = (await db.read.select().from(activity)).map(({ kind }) => kind)
  t.same(kinds.slice(-2), ['person.data-exported', 'person.data-deleted'])
  t.match(await run(['person', 'delete', OTHER_LEAD.email, '--yes'], settings), {
    status: 1,
    err: 'They are the last lead of @SouthDale.',
  })
  t.equal(await db.read.$count(weekHosts), 0)
})
