import { eq } from 'drizzle-orm'
import t from 'tap'
import { decisions, deliveries, drafts, mails } from '../../src/db/schema/index.ts'
import { readTogether } from '../../src/drafts/queue/queue.ts'
import { testApp } from '../support/app.ts'
import { actorWith } from '../support/bookings.ts'
import { anAccount, APPROVER } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek } from '../support/submitted.ts'

async function aDesk(t: Parameters<typeof testApp>[0]) {
  const world = await testApp(t)
  const { db } = world
  await anAccount(db, { now: world.clock.now() })
  await josephsWeek(db)
  for (const [at, hour] of ['12', '13', '14', '15'].entries())
    await aSubmittedDraft(db, {
      id: `draft-${at + 1}`,
      text: `Walk number ${at + 1}`,
      wishedAt: `2026-11-18T${hour}:30:00Z`,
    })
  const owen = await world.visitor(APPROVER.email)
  /** What the form of the page holds, with these chosen. */
  const chosen = async (...ids: string[]) => {
    const { body } = await owen.get('/queue/together')
    const seen = [...body.matchAll(/name="(fingerprint-[^"]+)" value="([^"]+)"/g)]
    return { ...Object.fromEntries(seen.map(([, name, value]) => [name!, value!])), draft: ids }
  }
  const stateOf = async (id: string) =>
    (await db.read.select().from(drafts).where(eq(drafts.id, id)))[0]!.state
  return { ...world, owen, chosen, stateOf }
}

t.test('several with one press, each by its own fingerprint', async (t) => {
  const { db, owen, chosen, stateOf } = await aDesk(t)
  const { body } = await owen.get('/queue/together')
  for (const fact of ['Walk number 1', 'Walk number 4', '<mark>^JA</mark>', 'The text fits: 17 of 280.'])
    t.ok(body.includes(fact), fact)
  const fields = await chosen('draft-1', 'draft-3')
  const done = await owen.post('/queue/together', '/queue/decisions', { ...fields, decision: 'approved' })
  t.equal(done.statusCode, 303)
  t.match((await owen.get(done.headers.location!)).body, 'Two are approved.')
  t.same((await db.read.select().from(decisions)).map(({ draftId }) => draftId).toSorted(), [
    'draft-1',
    'draft-3',
  ])
  t.equal((await db.read.select().from(deliveries)).length, 2)
  t.equal(await stateOf('draft-2'), 'submitted')
  const back = await owen.post('/queue/together', '/queue/decisions', {
    ...(await chosen('draft-2', 'draft-4')),
    decision: 'changes-requested',
    comment: 'Say which corridor.',
  })
  t.equal(back.statusCode, 303)
  const empty = (await owen.get('/queue/together')).body
  t.match(empty, 'Two are given back.')
  t.match(empty, 'Everything is decided')
  t.match(await db.read.select().from(decisions).where(eq(decisions.draftId, 'draft-4')), [
    { kind: 'changes-requested', comment: 'Say which corridor.' },
  ])
})

t.test('many drafts take no more questions to the database than a few', async (t) => {
  const { db } = await aDesk(t)
  const actor = await actorWith(db, APPROVER.email, new Date())
  const now = new Date('2026-11-18T10:42:00Z')
  let asked = 0
  const counted: typeof db.read = {
    select: (...columns: []) => {
      asked += 1
      return db.read.select(...columns)
    },
    selectDistinct: db.read.selectDistinct.bind(db.read),
    $count: db.read.$count.bind(db.read),
  }
  const questions = async () => {
    asked = 0
    const { drafts: open } = await readTogether(counted, { actor, page: 1, now })
    return { asked, open }
  }
  await questions() // prepares statements
  const few = await questions()
  t.equal(few.open.length, 4)
  t.ok(few.asked > 5, `${few.asked} questions`)
  for (let at = 0; at < 30; at += 1)
    await aSubmittedDraft(db, {
      id: `more-${at}`,
      parts: [{ text: `Ward ${at} sings @handle${at} https://ward${at}.example`, images: [] }],
      wishedAt: `2026-11-18T16:${String(at + 10)}:00Z`,
    })
  const many = await questions()
  t.equal(many.open.length, 34)
  t.ok(many.asked <= few.asked + 4, `${many.asked} questions of many, ${few.asked} of a few`)
})

t.test('a conflict in one does not stop the others, and is said', async (t) => {
  const { db, owen, chosen, stateOf, visitor } = await aDesk(t)
  const fields = await chosen('draft-1', 'draft-2', 'draft-3', 'draft-4')
  await db.write((tx) =>
    tx
      .update(drafts)
      .set({ content: { parts: [{ text: 'Quite other words', images: [] }] }, version: 9 })
      .where(eq(drafts.id, 'draft-2')),
  )
  const joseph = await visitor(JOSEPH.email)
  await joseph.post('/drafts/draft-3', '/drafts/draft-3/withdrawal', { version: '1' })
  const answer = await owen.post('/queue/together', '/queue/decisions', {
    ...fields,
    'fingerprint-draft-4': 'of something else',
    decision: 'approved',
  })
  t.equal(answer.statusCode, 409)
  for (const fact of [
    'One is approved. Three were not decided.',
    'href="#draft-draft-2">“Quite other words”: This draft changed while you were reading it.',
    'Its writer has taken this draft back',
    'href="#draft-draft-4">“Walk number 4”: This draft changed',
  ])
    t.ok(answer.body.includes(fact), fact)
  t.match(answer.body, /value="draft-2" checked/, 'what was not decided stays chosen')
  t.same(await Promise.all(['draft-1', 'draft-2', 'draft-3', 'draft-4'].map(stateOf)), [
    'approved',
    'submitted',
    'writing',
    'submitted',
  ])
  const again = await owen.post('/queue/together', '/queue/decisions', { ...fields, decision: 'approved' })
  t.match(again.body, 'You have approved this already.', 'sent twice, each is decided once')
  t.equal((await db.read.select().from(decisions)).length, 2, 'the fourth is decided as it was read')
})

t.test('what a press needs first', async (t) => {
  const { db, owen, chosen, visitor } = await aDesk(t)
  const wrong: [fields: Record<string, string | string[]>, words: RegExp][] = [
    [{ ...(await chosen()), decision: 'approved' }, /Choose at least one draft/],
    [{ ...(await chosen('draft-1')), decision: 'declined' }, /href="#comment">Say why they do not go out/],
    [{ ...(await chosen('draft-1')), decision: 'burned' }, /This form is broken/],
  ]
  for (const [fields, words] of wrong) {
    const answer = await owen.post('/queue/together', '/queue/decisions', fields)
    t.equal(answer.statusCode, 422)
    t.match(answer.body, words)
  }
  t.equal((await db.read.select().from(decisions)).length, 0)
  t.equal((await db.read.select().from(mails)).length, 0)
  const joseph = await visitor(JOSEPH.email)
  t.equal((await joseph.get('/queue/together')).statusCode, 404)
  const forced = await joseph.post('/today', '/queue/decisions', {
    ...(await chosen('draft-1')),
    decision: 'approved',
  })
  t.ok(forced.statusCode >= 400)
  t.equal((await db.read.select().from(decisions)).length, 0, 'a host decides nothing')
})
