import { eq } from 'drizzle-orm'
import t from 'tap'
import { CHECK_KINDS, DEFAULT_CHECK_RULES, levelOf } from '../../src/accounts/check-rules.ts'
import type { Policy } from '../../src/accounts/account.ts'
import { accounts, activity, decisions, deliveries, weekHosts, weeks } from '../../src/db/schema/index.ts'
import { findDraft } from '../../src/drafts/store.ts'
import { deliveriesOfDrafts } from '../../src/publishing/deliveries.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'
import { anOpenDay, JOSEPH, JOSEPH_HOSTS, WEEK } from '../support/submitted.ts'
import { underPolicy } from '../support/under-policy.ts'

const SETTINGS = `/accounts/${ACCOUNT}`
const spoken = { handle: 'ann', name: 'Ann', text: 'Is it heavy?', summons: true }
const POLICY = { remindMinutes: '60', lateAfterMinutes: '30', threadGapSeconds: '2', listenEveryMinutes: '5' }

async function world(t: Parameters<typeof underPolicy>[0], policy: Partial<Policy>, options = {}) {
  const w = await underPolicy(t, policy, options)
  const { db, helen } = w
  const accountVersion = async () => String((await db.read.select().from(accounts))[0]!.version)
  const save = async (section: string, fields: Record<string, string>) =>
    helen.post(SETTINGS, `${SETTINGS}/${section}`, { version: await accountVersion(), ...fields })
  const savePolicy = (fields: Record<string, string>) =>
    save('policy', { ...POLICY, decided: policy.decided ?? 'all', stopMinutes: '10', ...fields })
  const trust = async (trusted: 'yes' | 'no') => {
    const [week] = await db.read.select().from(weeks)
    const page = `/weeks/${WEEK}`
    return helen.post(page, `${page}/trust`, { version: String(week!.version), trusted })
  }
  const going = async (text: string, more: Parameters<typeof w.written>[0] = {}) => {
    const id = await w.written({ text, ...more })
    await w.submit(id)
    t.equal(await w.stateOf(id), 'approved', text)
    return id
  }
  const sent = async (id: string) =>
    (await deliveriesOfDrafts(db.read, [id])).map(({ state }) => state).join(' ')
  return { ...w, save, savePolicy, trust, going, sent }
}

t.test('trust that is taken away sets back what waits on it, and everybody hears of it once', async (t) => {
  const w = await world(t, { decided: 'untrusted' }, { trusted: true })
  const page = await w.helen.get(`/weeks/${WEEK}`)
  t.match(page.body, /what of theirs was to go out without a decision comes back to the queue/)
  const [bed, corridor, out] = [
    await w.going('What a bed weighs.'),
    await w.going('Nine miles of corridor a day.'),
    await w.going('This one is out.'),
  ]
  await w.db.write((tx) => tx.update(deliveries).set({ state: 'posted' }).where(eq(deliveries.draftId, out)))
  t.equal((await w.trust('no')).statusCode, 303)
  for (const id of [bed, corridor]) {
    t.equal(await w.stateOf(id), 'submitted')
    t.equal(await w.sent(id), 'cancelled')
  }
  t.equal(await w.stateOf(out), 'approved', 'what went out stays')
  t.equal(await w.sent(out), 'posted')

  const after = (await w.helen.get(`/weeks/${WEEK}`)).body
  t.match(after, /Two posts that were to go out without a decision wait for one now\./)
  t.match(after, '<a href="/queue">')
  t.match((await w.owen.get('/queue')).body, /Nine miles of corridor/)
  const asked = await w.mailed('draft-submitted')
  t.match(asked, [{ to: APPROVER.email, subject: '2 drafts for @NorthDaleHealth wait for your decision' }])
  t.equal(asked.length, 1, 'who did it is not told')
  t.match(asked[0]!.text, 'Helen Marsh took back that Joseph Adeyemi’s posts go out without a decision.')
  t.match(asked[0]!.text, `/queue?draft=${bed}`)
  const told = await w.mailed('draft-stopped')
  t.match(told, [{ to: JOSEPH.email, subject: '2 posts of yours wait for a decision: @NorthDaleHealth' }])
  t.equal(told.length, 1)
  t.match(told[0]!.text, `/drafts/${corridor}`)

  const recorded = await w.db.read.select().from(activity).where(eq(activity.kind, 'draft.stopped'))
  t.match(recorded, [
    { personId: LEAD.id, details: { cause: 'rules' } },
    { personId: LEAD.id, details: { cause: 'rules' } },
  ])
  t.match((await w.owen.get('/activity')).body, /which the account’s rules let go no more/)
  t.match((await w.owen.get(`/drafts/${bed}`)).body, /changed the account’s rules, so that people decide it/)
})

t.test('given again, what was set back only because of that goes by the rules once more', async (t) => {
  const w = await world(t, { decided: 'untrusted' }, { trusted: true })
  const id = await w.going('What a bed weighs.')
  await w.trust('no')
  await w.trust('yes')
  t.equal(await w.stateOf(id), 'submitted', 'nothing goes out by itself')
  const { version } = (await findDraft(w.db.read, id))!
  await w.joseph.post(`/drafts/${id}`, `/drafts/${id}/withdrawal`, { version: String(version) })
  await w.submit(id)
  t.equal(await w.stateOf(id), 'approved')
})

t.test('what somebody let go, approved, or has begun to go out stays', async (t) => {
  const w = await world(t, { decided: 'untrusted' }, { trusted: true })
  const thread = await w.going('', {
    parts: [
      { text: 'One of two.', images: [] },
      { text: 'Two of two.', images: [] },
    ],
  })
  await w.db.write((tx) => tx.update(deliveries).set({ state: 'sending' }).where(eq(deliveries.position, 0)))
  const letGo = await w.going('Somebody let this go.')
  await w.db.write(async (tx) => {
    const [decision] = await tx.select().from(decisions).where(eq(decisions.draftId, letGo))
    const row = { ...decision!, id: 'let-go', kind: 'let-go' as const, personId: LEAD.id, ground: null }
    await tx.insert(decisions).values(row)
    await tx.update(deliveries).set({ letGoId: 'let-go' }).where(eq(deliveries.draftId, letGo))
  })
  await w.trust('no')
  t.equal(await w.sent(thread), 'sending waiting')
  t.equal(await w.sent(letGo), 'waiting')
  t.match((await w.helen.get(`/weeks/${WEEK}`)).body, /One is being sent or has begun to go out, and stays\./)
  t.same(await w.mailed('draft-stopped'), [])
})

t.test('what the brake holds is set back too', async (t) => {
  const w = await world(t, { decided: 'untrusted' }, { trusted: true })
  await w.db.write((tx) => tx.update(accounts).set({ brakeAt: w.clock.now(), brakeBy: LEAD.id }))
  const id = await w.going('What a bed weighs.')
  t.equal(await w.sent(id), 'held')
  await w.trust('no')
  t.equal(await w.stateOf(id), 'submitted')
  t.equal(await w.sent(id), 'cancelled')
})

const NARROWED: [
  name: string,
  from: Partial<Policy>,
  draft: Parameters<Awaited<ReturnType<typeof world>>['going']>[1],
  to: Record<string, string>,
  state: string,
][] = [
  ['trusted hosts’ posts are decided again', { decided: 'untrusted' }, {}, { decided: 'all' }, 'submitted'],
  ['originals are decided again', { decided: 'untrusted' }, {}, { decided: 'originals' }, 'submitted'],
  [
    'answers are decided again',
    { decided: 'originals' },
    { replyTo: '42', answering: spoken },
    { decided: 'all' },
    'submitted',
  ],
  [
    'an answer of a host who is trusted',
    { decided: 'originals' },
    { replyTo: '42', answering: spoken },
    { decided: 'untrusted' },
    'approved',
  ],
  ['they can be stopped for longer', { decided: 'untrusted' }, {}, { stopMinutes: '60' }, 'approved'],
]

for (const [name, from, draft, to, state] of NARROWED) {
  t.test(`the policy changes, and ${name}: ${state}`, async (t) => {
    const w = await world(t, from, { trusted: true })
    const id = await w.going('What a bed weighs.', draft)
    t.equal((await w.savePolicy(to)).statusCode, 303)
    t.equal(await w.stateOf(id), state)
    const said = (await w.helen.get(SETTINGS)).body
    t.equal(
      /One post that was to go out without a decision waits for one now\./.test(said),
      state === 'submitted',
    )
    if (state === 'submitted')
      t.match((await w.mailed('draft-submitted'))[0]!.text, 'Helen Marsh changed what of @NorthDaleHealth')
  })
}

t.test('live posts that wait are set back when they need somebody’s word from now on', async (t) => {
  const w = await world(t, { live: 'delay', liveStopMinutes: 5 })
  await anOpenDay(w.db)
  const id = 'b5b7b1f0-0000-4000-8000-00000000000a'
  const page = `/weeks/${WEEK}/live`
  await w.joseph.post(page, page, { id, text: 'The doors open.', pressed: '' })
  t.equal(await w.stateOf(id), 'approved')
  await w.save('live', { live: 'delay', liveStopMinutes: '2' })
  t.equal(await w.stateOf(id), 'approved', 'a shorter delay changes nothing')
  await w.save('live', { live: 'lane', liveStopMinutes: '2' })
  t.equal(await w.stateOf(id), 'submitted')
  t.equal(await w.sent(id), 'cancelled')
  t.match((await w.owen.get(page)).body, /The doors open/)
})

t.test('a check that binds from now on sets back what it finds, and nothing else', async (t) => {
  const w = await world(t, { decided: 'untrusted' }, { trusted: true })
  const levels = Object.fromEntries(CHECK_KINDS.map((kind) => [kind, levelOf(DEFAULT_CHECK_RULES, kind)]))
  const loud = await w.going('THIS IS A VERY LOUD POST ABOUT BEDS AND CORRIDORS')
  const quiet = await w.going('What a bed weighs.')
  await w.save('checks', { ...levels, shouting: 'answer' })
  t.equal(await w.stateOf(loud), 'submitted')
  t.equal(await w.stateOf(quiet), 'approved')
})

t.test('a change of something else touches nothing, whatever the drafts say by now', async (t) => {
  const w = await world(t, { decided: 'untrusted' }, { trusted: true })
  const id = await w.going('What a bed weighs.')
  // Somebody else hosts as trusted no more, without a change through the door: what a save must not stumble over.
  await w.db.write((tx) => tx.update(weekHosts).set({ trusted: false }).where(eq(weekHosts.id, JOSEPH_HOSTS)))
  await w.savePolicy({ remindMinutes: '30' })
  t.equal(await w.stateOf(id), 'approved')
  t.same(await w.mailed('draft-stopped'), [])
})
