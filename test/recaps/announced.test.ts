import { and, eq, isNotNull } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { deliveries, drafts, mails, weekHosts, weeks } from '../../src/db/schema/index.ts'
import { cancelWeek } from '../../src/drafts/week/cancel-week.ts'
import { moveWeek } from '../../src/drafts/week/move-week.ts'
import { tendWeekPosts } from '../../src/drafts/templates/tend-week-posts.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { publishRecap } from '../../src/recaps/publish-recap.ts'
import { findRecap } from '../../src/recaps/recaps.ts'
import { withdrawRecap } from '../../src/recaps/withdraw-recap.ts'
import { findHostedWeek } from '../../src/rota/weeks.ts'
import { testApp } from '../support/app.ts'
import { actorWith } from '../support/bookings.ts'
import { connected, scriptedNetwork } from '../support/network.ts'
import { testClock } from '../support/clock.ts'
import { APPROVER, LEAD } from '../support/story.ts'
import { at, ruthsWeek, said, SAYINGS, SLOT, WEEK } from '../support/told-week.ts'

/** As X knows links: it takes none to an address in numbers for one. */
const PUBLIC_URL = 'https://weeks.example.org'
const AT = at('Fri 18:10').toISOString()

/** Ruth's week is over, and Joseph's of 23 November is announced. */
async function closedWeek(t: Test, policy = {}) {
  const network = scriptedNetwork(testClock(AT))
  const world = await testApp(t, { at: AT, network })
  const { db, clock } = world
  await ruthsWeek(db, { policy })
  await connected({ db, clock }, network)
  await said(db, SAYINGS)
  const times = () => ({ now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL })
  await closeDueWeeks(db, times())
  const seen = async () => ({
    weekId: WEEK,
    version: (await findRecap(db.read, WEEK))!.version,
    actor: await actorWith(db, LEAD.email, clock.now()),
    ...times(),
  })
  return {
    ...world,
    publish: async () => publishRecap(db, await seen()),
    withdraw: async () => withdrawRecap(db, await seen()),
    tend: () => tendWeekPosts(db, times()),
    waiting: async () =>
      Object.fromEntries(
        (await db.read.select().from(drafts).where(isNotNull(drafts.template))).map((one) => [
          one.template,
          one,
        ]),
      ),
  }
}

const wordsIn = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')

t.test('a recap that came out, and who hosts next, wait in the queue in the account’s words', async (t) => {
  const { db, publish, waiting, visitor } = await closedWeek(t)
  t.same(await waiting(), {}, 'not before it is published')
  await publish()
  const both = await waiting()
  t.same(Object.keys(both).toSorted(), ['next-host', 'recap-out'])
  const common = { state: 'submitted', authorId: null, weekId: null }
  t.match(both['recap-out'], { ...common, wishedAt: null })
  t.match(both['next-host'], { ...common, wishedAt: new Date('2026-11-22T09:00:00Z'), slot: '2026-11-16' })
  const link = `${PUBLIC_URL}/@NorthDaleHealth/weeks/${SLOT}`
  t.equal(
    both['recap-out']!.content.parts[0]!.text,
    `The week of Ruth Ellwood on @NorthDaleHealth, told from the first post to the last:\n${link}`,
  )
  t.match(
    both['next-host']!.content.parts[0]!.text,
    /^Next on @NorthDaleHealth, 23 to 27 November: Joseph Adeyemi\.\nHospital porter/,
  )
  t.match(both['next-host']!.content.parts[0]!.text, 'The theme: Nine miles of corridor')
  t.same(await db.read.select().from(deliveries), [], 'nothing is on its way')
  const told = await db.read.select().from(mails).where(eq(mails.kind, 'draft-submitted'))
  t.same(new Set(told.map(({ personId }) => personId)), new Set([LEAD.id, APPROVER.id]))

  const helen = await visitor(LEAD.email)
  const address = `/queue?draft=${both['recap-out']!.id}`
  const queue = (await helen.get(address)).body
  t.match(wordsIn(queue), /\$0\.20/, 'a link is dear, and it says so')
  t.match(wordsIn(queue), 'It goes out as soon as it is approved.')
  t.match(wordsIn(queue), '@NorthDaleHealth from its template, as soon as it is approved')
  t.match(wordsIn(queue), 'Comment for the desk')
  const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(queue)![1]!
  const approval = `/drafts/${both['recap-out']!.id}/approval`
  t.equal((await helen.post(address, approval, { fingerprint })).statusCode, 303)
  const [sent] = await db.read.select().from(deliveries)
  t.match(sent, { state: 'waiting', weekId: null }, 'one decision is enough, since nobody wrote it')
  t.match((await waiting())['next-host'], { state: 'submitted' }, 'each is decided for itself')
  const other = `/queue?draft=${both['next-host']!.id}`
  const seen = /name="fingerprint" value="([^"]+)"/.exec((await helen.get(other)).body)![1]!
  const comment = 'They were announced at the meeting.'
  await helen.post(other, `/drafts/${both['next-host']!.id}/refusal`, { fingerprint: seen, comment })
  const after = wordsIn((await helen.get('/queue')).body)
  t.match(after, 'Declined.')
  t.notMatch(after, 'is told', 'there is nobody to tell')
})

t.test('they are made once, and what tells of a recap goes with it', async (t) => {
  const { db, publish, withdraw, waiting } = await closedWeek(t)
  await publish()
  const first = await waiting()
  await publish()
  t.same(await waiting(), first, 'a correction says nothing anew')
  await withdraw()
  t.match(await waiting(), { 'recap-out': { state: 'discarded' }, 'next-host': { state: 'submitted' } })
  await publish()
  t.match(await waiting(), { 'recap-out': { state: 'discarded' } })
  t.equal(await db.read.$count(drafts, isNotNull(drafts.template)), 2)
})

t.test('what went out already keeps no story on its page, and no host in their week', async (t) => {
  const { db, clock, publish, withdraw, waiting, visitor } = await closedWeek(t)
  await publish()
  const helen = await visitor(LEAD.email)
  for (const kind of ['recap-out', 'next-host']) {
    const { id } = (await waiting())[kind]!
    const queue = (await helen.get(`/queue?draft=${id}`)).body
    const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(queue)![1]!
    t.equal((await helen.post('/queue', `/drafts/${id}/approval`, { fingerprint })).statusCode, 303)
  }
  for (const state of ['posted', 'sending', 'unknown'] as const) {
    await db.write((tx) => tx.update(deliveries).set({ state }))
    const { version } = (await findHostedWeek(db.read, 'week-joseph'))!.week
    await t.resolves(
      cancelWeek(db, {
        weekId: 'week-joseph',
        version,
        reason: 'Joseph is ill.',
        actor: await actorWith(db, LEAD.email, clock.now()),
        now: clock.now(),
        machineNow: clock.machine(),
      }),
      state,
    )
    await db.write((tx) => tx.update(weeks).set({ state: 'announced' }).where(eq(weeks.id, 'week-joseph')))
    await t.resolves(withdraw(), state)
    t.match(await waiting(), { 'recap-out': { state: 'approved' }, 'next-host': { state: 'approved' } })
    await publish()
  }
})

t.test('who comes next is not announced with the days that their week had before', async (t) => {
  const { db, clock, publish, waiting, visitor } = await closedWeek(t)
  await publish()
  const helen = await visitor(LEAD.email)
  const { id } = (await waiting())['next-host']!
  const queue = (await helen.get(`/queue?draft=${id}`)).body
  const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(queue)![1]!
  await helen.post('/queue', `/drafts/${id}/approval`, { fingerprint })
  t.match(await db.read.select().from(deliveries), [{ state: 'waiting' }])
  const { version } = (await findHostedWeek(db.read, 'week-joseph'))!.week
  const actor = await actorWith(db, LEAD.email, clock.now())
  const times = { now: clock.now(), machineNow: clock.machine() }
  await moveWeek(db, { weekId: 'week-joseph', version, slot: '2026-12-07', reason: '', actor, ...times })
  t.match(await waiting(), { 'next-host': { state: 'discarded' }, 'recap-out': { state: 'submitted' } })
  t.match(await db.read.select().from(deliveries), [{ state: 'cancelled' }])
})

t.test('a story that the policy publishes is announced by people all the same', async (t) => {
  const { db, clock, waiting, tend } = await closedWeek(t, { publishRecap: true, decided: 'untrusted' })
  t.match(await waiting(), { 'recap-out': { state: 'submitted' }, 'next-host': { state: 'submitted' } })
  t.same(await db.read.select().from(deliveries), [])
  clock.moveTo(new Date('2026-11-23T09:00:00Z'))
  await tend()
  t.match(await waiting(), { 'recap-out': { state: 'discarded' }, 'next-host': { state: 'discarded' } })
})

t.test('nobody is announced who is here already, or who is not announced', async (t) => {
  const { clock, publish, waiting } = await closedWeek(t)
  clock.moveTo(new Date('2026-11-22T09:00:00Z'))
  await publish()
  t.same(Object.keys(await waiting()), ['recap-out'], 'a day before, the introduction says it')

  const other = await closedWeek(t)
  await other.db.write((tx) =>
    tx
      .update(weekHosts)
      .set({ endedAt: other.clock.now(), ending: 'replaced' })
      .where(and(eq(weekHosts.weekId, 'week-joseph'))),
  )
  await other.publish()
  t.same(Object.keys(await other.waiting()), ['recap-out'])
})
