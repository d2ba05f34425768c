import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import {
  activity,
  candidates,
  decisions,
  drafts,
  mails,
  people,
  roles,
  standbys,
  swaps,
  swapSides,
  weekHosts,
} from '../../src/db/schema/index.ts'
import { queueMail } from '../../src/mail/outbox.ts'
import { setRole } from '../../src/people/people.ts'
import { testApp } from '../support/app.ts'
import { aRequest, fillIn, ROSA, SUGGESTION } from '../support/asking.ts'
import {
  ACCOUNT,
  anAccount,
  APPROVER,
  LEAD,
  OTHER_ACCOUNT,
  OTHER_LEAD,
  anotherAccount,
} from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek } from '../support/submitted.ts'

async function world(t: Parameters<typeof testApp>[0]) {
  const made = await testApp(t)
  const now = made.clock.now()
  await anAccount(made.db, { now })
  await anotherAccount(made.db, { now })
  await josephsWeek(made.db)
  await aSubmittedDraft(made.db, { id: 'd-1', text: 'What a bed weighs.' })
  return made
}

t.test('somebody takes a copy of all that is kept about them, and of nobody else', async (t) => {
  const { visitor, db } = await world(t)
  const joseph = await visitor(JOSEPH.email)
  const answer = await joseph.get('/you/data')
  t.match(answer.headers['content-disposition'], 'attachment')
  const data = answer.json<Record<string, unknown[]>>()
  t.match(data['person'], { name: JOSEPH.name, email: JOSEPH.email })
  t.match(data['weeks'], [{ account: 'NorthDaleHealth', firstDay: '2026-11-16', job: 'porter' }])
  t.match(data['drafts'], [{ id: 'd-1' }])
  t.match(answer.body, 'What a bed weighs.')
  t.notMatch(answer.body, /Helen|helen@|idHash|publicKey/)
  const [taken] = await db.read.select().from(activity).where(eq(activity.kind, 'person.data-exported'))
  t.equal(taken!.personId, JOSEPH.id)
})

t.test('deleting the data about somebody: what goes, and what stays under their name', async (t) => {
  const { visitor, db, clock } = await world(t)
  const now = clock.now()
  const [owen, phone] = [await visitor(APPROVER.email), await visitor(APPROVER.email)]
  await db.write(async (tx) => {
    const mail = {
      personId: APPROVER.id,
      to: APPROVER.email,
      now,
      machineNow: now,
      kind: 'draft-approved' as const,
    }
    await queueMail(tx, { ...mail, subject: 'Waits', text: 'Hello Owen' })
    await queueMail(tx, { ...mail, subject: 'Went', text: 'Hello Owen' })
    await tx.update(mails).set({ state: 'sent' }).where(eq(mails.subject, 'Went'))
    await tx.insert(decisions).values({
      id: 'said',
      draftId: 'd-1',
      revision: 1,
      kind: 'changes-requested',
      personId: APPROVER.id,
      comment: 'Which ward?',
      fingerprint: 'fingerprint',
      frozen: '{}',
      at: now,
    })
  })
  const page = (await owen.get('/you/deletion')).body
  t.match(page, 'What stays, and why')
  const wrong = await owen.post('/you/deletion', '/you/deletion', { email: 'owen@elsewhere.example' })
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, 'so that this does not happen by mistake')
  t.equal(
    (await owen.post('/you/deletion', '/you/deletion', { email: APPROVER.email })).headers.location,
    '/',
  )
  for (const one of [owen, phone]) t.equal((await one.get('/today')).statusCode, 303, 'signed out everywhere')
  const [person] = await db.read.select().from(people).where(eq(people.id, APPROVER.id))
  t.match(person, { name: 'Owen Price', deletedAt: now })
  t.notMatch(person!.email, '@')
  t.equal(await db.read.$count(roles, eq(roles.personId, APPROVER.id)), 0)
  const left = await db.read.select().from(mails).where(eq(mails.personId, APPROVER.id))
  t.match(left, [{ subject: 'Went', to: '', text: '' }], 'a fact, without address and words')
  t.equal(left.length, 1)
  t.equal((await db.read.select().from(decisions))[0]!.personId, APPROVER.id)
  const helen = await visitor(LEAD.email)
  t.match((await helen.get('/drafts/d-1')).body, 'Owen Price')
  await db.write((tx) =>
    queueMail(tx, {
      personId: APPROVER.id,
      to: person!.email,
      kind: 'post-news',
      subject: 'News',
      text: '',
      now,
      machineNow: now,
    }),
  )
  t.equal(await db.read.$count(mails, eq(mails.subject, 'News')), 0, 'nothing is written to them any more')
})

t.test('what is in the way of a deletion is said, and nothing happens', async (t) => {
  const { visitor, db } = await world(t)
  for (const [email, reason] of [
    [LEAD.email, 'You are the last lead of @NorthDaleHealth.'],
    [LEAD.email, 'Nobody else looks after this installation.'],
    [JOSEPH.email, 'You host a week that is not over.'],
    [OTHER_LEAD.email, 'You are the last lead of @SouthDale.'],
  ] as const) {
    const somebody = await visitor(email)
    t.match((await somebody.get('/you/deletion')).body, reason)
    t.equal((await somebody.post('/you', '/you/deletion', { email })).statusCode, 409)
  }
  t.equal(await db.read.$count(people, eq(people.name, JOSEPH.name)), 1)
  await db.write(async (tx) => {
    await setRole(tx, APPROVER.id, ACCOUNT, 'lead')
    await tx.update(people).set({ owner: true }).where(eq(people.id, APPROVER.id))
  })
  const helen = await visitor(LEAD.email)
  t.equal((await helen.post('/you/deletion', '/you/deletion', { email: LEAD.email })).statusCode, 303)
  t.equal(await db.read.$count(drafts), 1)
  t.equal(await db.read.$count(weekHosts), 1)
})

t.test(
  'their calendar, what they asked for, and lists on which they stand go too, and are in the copy',
  async (t) => {
    const made = await world(t)
    const { visitor, db, clock, app } = made
    const now = clock.now()
    await db.write(async (tx) => {
      await tx.insert(roles).values({ personId: JOSEPH.id, accountId: OTHER_ACCOUNT, role: 'approver' })
      await tx.update(weekHosts).set({ endedAt: now, ending: 'replaced', movedWords: 'Your leave.' })
      const [host] = await tx.select().from(weekHosts)
      const swap = { id: 'swap', accountId: ACCOUNT, askedBy: LEAD.id, askedAt: now, reason: 'Your knee.' }
      await tx.insert(swaps).values({ ...swap, state: 'refused' })
      const side = { swapId: 'swap', weekHostId: host!.id, weekId: host!.weekId, slot: '2015-01-19' }
      await tx.insert(swapSides).values(side)
    })
    const helen = await visitor(LEAD.email)
    const added = {
      id: randomUUID(),
      name: JOSEPH.name,
      email: JOSEPH.email,
      note: 'Nights',
      job: '',
      organisation: '',
    }
    t.equal((await helen.post('/rota/standby', '/rota/standby', added)).statusCode, 303)
    t.match((await helen.get('/rota/standby')).body, JOSEPH.name)
    const link = await aRequest(made, { name: JOSEPH.name, email: JOSEPH.email, about: 'Beds again.' })
    const suggestion = { yourName: 'Joseph', yourEmail: JOSEPH.email, name: ROSA.name, email: ROSA.email }
    clock.moveMachine(25 * 60)
    await fillIn(await visitor(), clock, suggestion, { page: SUGGESTION })
    const joseph = await visitor(JOSEPH.email)
    await joseph.post('/calendar', '/calendar/address')
    const address = /(\/calendars\/[\w-]+\/calendar\.ics)/.exec((await joseph.get('/calendar')).body)![1]!
    t.equal((await app.inject(address)).statusCode, 200)
    t.match((await joseph.get('/you/data')).json(), {
      askedForWeeks: [{ about: 'Beds again.', state: 'new' }],
      standby: [{ note: 'Nights' }],
      weeks: [{ movedWords: 'Your leave.' }],
      swaps: [{ words: 'Your knee.', firstDay: '2015-01-19', state: 'refused', agreed: null }],
      calendarSince: String,
    })

    t.equal((await joseph.post('/you/deletion', '/you/deletion', { email: JOSEPH.email })).statusCode, 303)
    t.equal((await app.inject(address)).statusCode, 404, 'the calendar is read nowhere any more')
    t.same(await db.read.select().from(candidates), [])
    t.match(await db.read.select().from(weekHosts), [{ movedWords: null }])
    t.match(await db.read.select().from(swaps), [{ reason: '' }])
    t.equal((await (await visitor()).get(link)).statusCode, 404)
    t.equal(await db.read.$count(mails, eq(mails.to, JOSEPH.email)), 0)
    t.notMatch((await helen.get('/rota/standby')).body, JOSEPH.name)
    t.equal(await db.read.$count(standbys), 0)
    t.notMatch((await helen.get('/people')).body, 'address deleted,')
  },
)
