import { and, eq } from 'drizzle-orm'
import t from 'tap'
import type { Policy } from '../../src/accounts/account.ts'
import {
  accounts,
  activity,
  deliveries,
  draftRevisions,
  drafts,
  weekHosts,
} from '../../src/db/schema/index.ts'
import { groundOf } from '../../src/drafts/policy/policy-ground.ts'
import { findDraft } from '../../src/drafts/store.ts'
import { deliveriesOfDrafts } from '../../src/publishing/deliveries.ts'
import { underPolicy as world } from '../support/under-policy.ts'
import { APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, JOSEPH_HOSTS, WEEK } from '../support/submitted.ts'

const HOSTED = {
  replyTo: null,
  answering: null,
  weekHostId: 'h',
  trusted: false,
  ownWords: true,
  returned: false,
  wantsEyes: false,
}
const spoken = { handle: 'ann', name: 'Ann', text: 'Is it heavy?', summons: true }
const ANSWER = { ...HOSTED, replyTo: '42', answering: spoken }

const GROUNDS: [
  name: string,
  of: typeof HOSTED | typeof ANSWER,
  decided: Policy['decided'],
  ground: string | null,
][] = [
  ['an original, everything is decided', HOSTED, 'all', null],
  ['a trusted host’s, everything is decided', { ...HOSTED, trusted: true }, 'all', null],
  ['an answer, everything is decided', ANSWER, 'all', null],
  ['an original, originals are decided', HOSTED, 'originals', null],
  ['a trusted host’s original, originals are decided', { ...HOSTED, trusted: true }, 'originals', null],
  ['an answer, originals are decided', ANSWER, 'originals', 'answer'],
  ['the account’s own answer', { ...ANSWER, weekHostId: null! }, 'originals', 'answer'],
  [
    'an answer to somebody who did not speak to us',
    { ...ANSWER, answering: { ...spoken, summons: false } },
    'originals',
    null,
  ],
  [
    'an answer from before this was known',
    { ...ANSWER, answering: { handle: 'a', name: 'A', text: '' } as typeof spoken },
    'originals',
    null,
  ],
  ['an answer that somebody stopped before', { ...ANSWER, returned: true }, 'originals', null],
  ['a host’s who is not trusted', HOSTED, 'untrusted', null],
  ['a trusted host’s', { ...HOSTED, trusted: true }, 'untrusted', 'trusted-host'],
  [
    'a trusted host’s, in which a check found something',
    { ...HOSTED, trusted: true, wantsEyes: true },
    'untrusted',
    null,
  ],
  [
    'a trusted host’s, in which somebody else wrote',
    { ...HOSTED, trusted: true, ownWords: false },
    'untrusted',
    null,
  ],
  ['a trusted host’s answer', { ...ANSWER, trusted: true }, 'untrusted', 'trusted-host'],
  ['a trusted host’s, given back before', { ...HOSTED, trusted: true, returned: true }, 'untrusted', null],
  [
    'the account’s own in a trusted host’s week',
    { ...HOSTED, weekHostId: null!, trusted: true },
    'untrusted',
    null,
  ],
]

t.test('what the policy decides, and what people decide', async (t) => {
  for (const [name, of, decided, ground] of GROUNDS) t.equal(groundOf(of, { decided }), ground, name)
})

t.test('a trusted host’s post goes out after its delay, and the desk is told so', async (t) => {
  const w = await world(t, { decided: 'untrusted', stopMinutes: 15 }, { trusted: true })
  const id = await w.written({ wishedAt: null })
  const editor = (await w.joseph.get(`/drafts/${id}`)).body
  t.match(editor, /Submitted, it goes out without a decision, unless somebody stops it/)
  t.match(editor, />Submit, to go out</)
  t.equal((await w.submit(id)).statusCode, 303)
  t.equal(await w.stateOf(id), 'approved')
  const [delivery] = await deliveriesOfDrafts(w.db.read, [id])
  t.match(delivery, { state: 'waiting', dueAt: new Date('2026-11-18T10:57:00Z') })
  t.match(await w.mailed('draft-goes-out'), [
    { to: LEAD.email, subject: 'Goes out today at 10:57 unless stopped: What a bed weighs.' },
    { to: APPROVER.email },
  ])
  t.match((await w.mailed('draft-goes-out'))[0]!.text, `/drafts/${id}`)
  t.same(await w.mailed('draft-submitted'), [], 'nobody is asked to decide')

  const seen = (await w.owen.get(`/drafts/${id}`)).body
  t.match(seen, /Goes out <b data-countdown="900">in 15 minutes<\/b> unless stopped/)
  t.match(seen, `action="/drafts/${id}/stop"`)
  const today = (await w.owen.get('/today')).body
  t.match(today, /Goes out unless stopped/)
  t.match(today, /aria-label="Stop it: What a bed weighs\."/)
  const queue = (await w.owen.get('/queue')).body
  t.match(queue, /Goes out unless stopped/, 'and in the queue, though nothing waits there')
  t.match(queue, `action="/drafts/${id}/stop"`)
  const own = (await w.joseph.get(`/drafts/${id}`)).body
  t.match(own, /You can take it back until the moment it is sent/)
  t.notOk(own.includes(`/drafts/${id}/stop`), 'the host takes back instead')
  t.equal((await w.submit(id)).statusCode, 303, 'sent twice it is submitted once')
  t.equal((await w.mailed('draft-goes-out')).length, 2)
})

t.test('stopped, it waits for people and its host hears of it', async (t) => {
  const w = await world(t, { decided: 'untrusted' }, { trusted: true })
  const id = await w.written()
  await w.submit(id)
  const stop = () => w.owen.post(`/drafts/${id}`, `/drafts/${id}/stop`)
  t.equal((await stop()).statusCode, 303)
  t.equal(await w.stateOf(id), 'submitted')
  t.match(await deliveriesOfDrafts(w.db.read, [id]), [{ state: 'cancelled' }])
  t.match(await w.mailed('draft-stopped'), [{ to: JOSEPH.email, subject: /^Stopped: What a bed weighs/ }])
  t.equal((await stop()).statusCode, 303, 'twice is once')
  t.equal((await w.mailed('draft-stopped')).length, 1)
  t.match((await w.owen.get('/queue')).body, /What a bed weighs/)
  t.match((await w.owen.get('/activity')).body, /stopped “What a bed weighs/)
  t.match((await w.owen.get(`/drafts/${id}`)).body, /stopped it, so that people decide/)
  for (const page of ['/today', '/queue'])
    t.notOk((await w.owen.get(page)).body.includes('Goes out unless stopped'), page)

  const { version } = (await findDraft(w.db.read, id))!
  await w.joseph.post(`/drafts/${id}`, `/drafts/${id}/withdrawal`, { version: String(version) })
  t.equal(await w.stateOf(id), 'writing')
  await w.submit(id)
  t.equal(await w.stateOf(id), 'submitted', 'who was stopped once is decided by people')
  t.match(await w.mailed('draft-submitted'), [{}, {}])
})

t.test('the host takes it back, and may submit it again', async (t) => {
  const w = await world(t, { decided: 'untrusted' }, { trusted: true })
  const id = await w.written()
  await w.submit(id)
  const { version } = (await findDraft(w.db.read, id))!
  t.equal((await w.joseph.post(`/drafts/${id}`, `/drafts/${id}/stop`)).statusCode, 403)
  await w.joseph.post(`/drafts/${id}`, `/drafts/${id}/withdrawal`, { version: String(version) })
  t.equal(await w.stateOf(id), 'writing')
  t.match(await deliveriesOfDrafts(w.db.read, [id]), [{ state: 'cancelled' }])
  await w.submit(id)
  t.equal(await w.stateOf(id), 'approved')
})

t.test('what is being sent, or was decided by people, is not stopped', async (t) => {
  const w = await world(t, { decided: 'untrusted' }, { trusted: true })
  for (const state of ['sending', 'posted', 'unknown'] as const) {
    const id = await w.written({ text: `While ${state}` })
    await w.submit(id)
    await w.db.write((tx) => tx.update(deliveries).set({ state }).where(eq(deliveries.draftId, id)))
    t.equal((await w.owen.post('/today', `/drafts/${id}/stop`)).statusCode, 409, state)
    t.equal(await w.stateOf(id), 'approved', state)
    t.notOk((await w.owen.get(`/drafts/${id}`)).body.includes('unless stopped'), state)
  }
  const asked = await aSubmittedDraft(w.db, { text: 'For people' })
  t.equal((await w.owen.post('/today', `/drafts/${asked}/stop`)).statusCode, 409)
})

t.test(
  'what a lead wrote in a trusted host’s draft waits for people, until the host takes it as theirs',
  async (t) => {
    const w = await world(t, { decided: 'untrusted' }, { trusted: true })
    const id = await w.written()
    const parts = [{ text: 'What Helen says that a bed weighs.', images: [] }]
    await w.db.write(async (tx) => {
      await tx.update(drafts).set({ revision: 2, content: { parts } }).where(eq(drafts.id, id))
      const at = w.clock.now()
      await tx
        .insert(draftRevisions)
        .values({ draftId: id, number: 2, content: { parts }, authorId: LEAD.id, at })
    })
    t.match((await w.helen.get(`/drafts/${id}`)).body, />Submit for approval</)
    await w.submit(id, w.helen)
    t.equal(await w.stateOf(id), 'submitted')
    t.match(await w.mailed('draft-submitted'), [{ to: APPROVER.email }])

    await w.db.write((tx) => tx.update(draftRevisions).set({ acceptedBy: JOSEPH.id }))
    const { version } = (await findDraft(w.db.read, id))!
    await w.joseph.post(`/drafts/${id}`, `/drafts/${id}/withdrawal`, { version: String(version) })
    await w.submit(id)
    t.equal(await w.stateOf(id), 'approved')
  },
)

t.test('answers to who spoke to us need no decision where originals do', async (t) => {
  const w = await world(t, { decided: 'originals', stopMinutes: 0 })
  const original = await w.written({ text: 'An original' })
  const answer = await w.written({
    text: 'Two hundred kilos.',
    replyTo: '42',
    answering: spoken,
    wishedAt: null,
  })
  const uncalled = await w.written({
    text: 'May we say something?',
    replyTo: '43',
    answering: { ...spoken, summons: false },
  })
  for (const id of [original, answer, uncalled]) await w.submit(id)
  t.equal(await w.stateOf(original), 'submitted')
  t.equal(await w.stateOf(answer), 'approved')
  t.equal(await w.stateOf(uncalled), 'submitted')
  t.match((await w.mailed('draft-goes-out'))[0], { subject: /^Goes out at once unless stopped/ })
})

t.test('what could tell who a patient is waits for people, also when its host is trusted', async (t) => {
  const w = await world(t, { decided: 'untrusted' }, { trusted: true })
  const id = await w.written({ text: 'Ask for the man from SA1 1AA, born 3 May 1951.' })
  await w.submit(id)
  t.equal(await w.stateOf(id), 'submitted')
  t.same(await w.mailed('draft-goes-out'), [])
  t.equal((await w.mailed('draft-submitted')).length, 2)
})

t.test('under the brake it is held, and the mail says so', async (t) => {
  const w = await world(t, { decided: 'untrusted' }, { trusted: true })
  await w.db.write((tx) => tx.update(accounts).set({ brakeAt: w.clock.now(), brakeBy: LEAD.id }))
  const id = await w.written()
  await w.submit(id)
  t.match(await deliveriesOfDrafts(w.db.read, [id]), [{ state: 'held', heldReason: 'brake' }])
  t.match((await w.mailed('draft-goes-out'))[0], { subject: /^Held by the brake/ })
  t.notOk((await w.owen.get(`/drafts/${id}`)).body.includes('unless stopped'))
})

t.test('a lead marks the host of a week as trusted, and takes it back', async (t) => {
  const w = await world(t, { decided: 'untrusted', stopMinutes: 20 })
  const page = `/weeks/${WEEK}`
  t.match((await w.helen.get(page)).body, /Marked as trusted, it goes out after 20 minutes/)
  t.equal((await w.owen.post(page, `${page}/trust`, { version: '1', trusted: 'yes' })).statusCode, 403)
  t.equal((await w.helen.post(page, `${page}/trust`, { version: '1', trusted: 'yes' })).statusCode, 303)
  t.match(await w.db.read.select().from(weekHosts).where(eq(weekHosts.id, JOSEPH_HOSTS)), [{ trusted: true }])
  t.match(
    (await w.joseph.get(page)).body,
    /Joseph Adeyemi is trusted: what they submit goes out after 20 minutes/,
  )
  const id = await w.written()
  await w.submit(id)
  t.equal(await w.stateOf(id), 'approved')
  t.equal((await w.helen.post(page, `${page}/trust`, { version: '1', trusted: 'no' })).statusCode, 409)
  t.equal((await w.helen.post(page, `${page}/trust`, { version: '2', trusted: 'no' })).statusCode, 303)
  t.equal(await w.stateOf(id), 'submitted', 'what waited on it waits for people now')
  const next = await w.written({ text: 'Another one' })
  await w.submit(next)
  t.equal(await w.stateOf(next), 'submitted')
  const told = await w.db.read
    .select()
    .from(activity)
    .where(and(eq(activity.kind, 'host.trusted')))
  t.match(told, [{ details: { trusted: true } }, { details: { trusted: false } }])
})
