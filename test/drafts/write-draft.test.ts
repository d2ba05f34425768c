import t, { type Test } from 'tap'
import { deliveries, drafts } from '../../src/db/schema/index.ts'
import { findDraft } from '../../src/drafts/store.ts'
import { submitDraft } from '../../src/drafts/submit-draft.ts'
import { beginDraft, saveDraft, withdrawDraft, type DraftWords } from '../../src/drafts/write-draft.ts'
import type { Actor } from '../../src/people/person.ts'
import { deliveriesOfDrafts } from '../../src/publishing/deliveries.ts'
import { findActor } from '../../src/rota/powers.ts'
import { approved } from '../support/approved.ts'
import { testDatabase } from '../support/database.ts'
import { anAccount, LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, revisionsOf, WEEK } from '../support/submitted.ts'
import { eq } from 'drizzle-orm'

const now = new Date('2026-11-18T10:42:00Z')
const times = { now, machineNow: now, publicUrl: 'http://127.0.0.1:3000' }
const words = (text: string, wishedAt: string | null = null): DraftWords => ({
  parts: [{ text, images: [] }],
  signOff: '',
  wishedAt: wishedAt === null ? null : new Date(wishedAt),
})

async function midweek(t: Test) {
  const { db } = testDatabase(t)
  await anAccount(db, { now })
  await josephsWeek(db)
  const actor = async (id: string): Promise<Actor> => (await findActor(db.read, id, now))!
  return { db, joseph: await actor(JOSEPH.id), helen: await actor(LEAD.id) }
}

t.test('saving', async (t) => {
  const { db, joseph } = await midweek(t)
  const place = { weekId: WEEK }
  const begun = await beginDraft(db, { id: 'd', place, words: words('One'), actor: joseph, now })
  t.match(begun, { state: 'writing', signOff: '^JA', version: 1, revision: 1, slot: '2026-11-16' })
  const save = (text: string, version: number, wishedAt: string | null = null) =>
    saveDraft(db, { draftId: 'd', version, words: words(text, wishedAt), actor: joseph, now })
  t.match(await save('One', 1), { version: 1 }, 'nothing changed, nothing happens')
  t.match(
    await save('One', 1, '2026-11-18T12:30:00Z'),
    { version: 2, revision: 1 },
    'a new time is no revision',
  )
  t.match(await save('Two', 2, '2026-11-18T12:30:00Z'), { version: 3, revision: 2 })
  await t.rejects(save('Three', 2, '2026-11-18T12:30:00Z'), { message: /changed this draft while you wrote/ })
  t.same(
    (await revisionsOf(db, 'd')).map(({ content }) => content.parts[0]!.text),
    ['Two', 'One'],
  )

  const later = { now: new Date('2026-11-18T13:00:00Z') }
  const kept = await saveDraft(db, {
    draftId: 'd',
    version: 3,
    words: words('Three', '2026-11-18T12:30:00Z'),
    actor: joseph,
    ...later,
  })
  t.equal(kept.version, 4, 'a time that went by does not stop the words from being kept')
  await t.rejects(submitDraft(db, { ...times, ...later, draftId: 'd', version: 4, actor: joseph }), {
    message: /has passed/,
  })
})

t.test('submitting is checked as things stand then', async (t) => {
  const { db, joseph, helen } = await midweek(t)
  await beginDraft(db, {
    id: 'd',
    place: { weekId: WEEK },
    words: words('x'.repeat(300)),
    actor: joseph,
    now,
  })
  const submit = (version: number, actor = joseph) =>
    submitDraft(db, { ...times, draftId: 'd', version, actor })
  await t.rejects(submit(1), { message: /24 too long/ })
  await saveDraft(db, { draftId: 'd', version: 1, words: words('Short'), actor: joseph, now })
  await t.rejects(submit(1), { message: /not submitted/ })
  t.equal((await submit(2)).state, 'submitted')
  t.equal((await submit(2)).version, 3, 'sent twice')
  await t.rejects(submit(2, helen), { message: /not submitted/ }, 'somebody else’s old page')
  await t.rejects(
    saveDraft(db, { draftId: 'd', version: 3, words: words('Later'), actor: joseph, now }),
    { message: /changed this draft while you wrote/ },
    'what is submitted is not changed',
  )
  const stranger: Actor = { ...joseph, personId: 'x', hosting: [] }
  await t.rejects(submit(3, stranger), { message: /nothing here/ })
  const over = joseph.hosting.map((hosting) => ({ ...hosting, powers: 'read' as const }))
  await t.rejects(submit(3, { ...joseph, hosting: over }), { message: /week is over/ })
})

t.test('taking back cancels what waits, all of it or nothing', async (t) => {
  const { db, joseph } = await midweek(t)
  const dueAt = new Date('2026-11-18T12:30:00Z')
  const thread = () =>
    approved(db, {
      parts: ['One', 'Two'].map((text) => `${text} ${Math.random()}`),
      dueAt,
      now,
      weekId: WEEK,
      hosted: true,
    })
  const states = async (id: string) => (await deliveriesOfDrafts(db.read, [id])).map(({ state }) => state)

  const waiting = await thread()
  const back = await withdrawDraft(db, { draftId: waiting.draftId, version: 1, actor: joseph, now })
  t.match(back, { state: 'writing', submittedAt: null, version: 2 })
  t.same(await states(waiting.draftId), ['cancelled', 'cancelled'])

  for (const state of ['sending', 'unknown', 'posted'] as const) {
    const under = await thread()
    await db.write(async (tx) => {
      await tx.update(deliveries).set({ state }).where(eq(deliveries.id, under.deliveries[0]!.id))
    })
    await t.rejects(
      withdrawDraft(db, { draftId: under.draftId, version: 1, actor: joseph, now }),
      { message: /can’t be taken back/ },
      state,
    )
    t.same(await states(under.draftId), [state, 'waiting'], 'nothing was cancelled')
    t.match(await findDraft(db.read, under.draftId), { state: 'approved', version: 1 })
  }
  const gone = await thread()
  await db.write(async (tx) => {
    await tx.update(drafts).set({ state: 'declined' }).where(eq(drafts.id, gone.draftId))
  })
  await t.rejects(withdrawDraft(db, { draftId: gone.draftId, version: 1, actor: joseph, now }), {
    message: /Nothing was withdrawn/,
  })
})
