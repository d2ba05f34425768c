import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { saveGrant } from '../../src/accounts/connection.ts'
import type { Database } from '../../src/db/database.ts'
import { connections, decisions, deliveries, drafts, mails } from '../../src/db/schema/index.ts'
import { answerFinding } from '../../src/drafts/checks/answer-finding.ts'
import { goBack } from '../../src/drafts/history/go-back.ts'
import { moveDraft } from '../../src/drafts/plan/move-draft.ts'
import { decideByPolicy } from '../../src/drafts/policy/decide-by-policy.ts'
import { approveDraft, findDecidable, freezeDecidable } from '../../src/drafts/decide-draft.ts'
import type { DraftPart } from '../../src/drafts/draft.ts'
import { fingerprint } from '../../src/drafts/freeze.ts'
import { findDraft, insertRevision } from '../../src/drafts/store.ts'
import { submitDraft } from '../../src/drafts/submit-draft.ts'
import { Conflict } from '../../src/errors.ts'
import { commentOnDraft } from '../../src/drafts/queue/comment-on-draft.ts'
import { takeSuggestion } from '../../src/drafts/queue/accept-words.ts'
import { tellUndecided } from '../../src/drafts/queue/tell-undecided.ts'
import { saveDraft, withdrawDraft } from '../../src/drafts/write-draft.ts'
import { placeOfImage } from '../../src/images/image-files.ts'
import type { Actor } from '../../src/people/person.ts'
import { deliveriesOfDrafts } from '../../src/publishing/deliveries.ts'
import type { DeliveryState } from '../../src/publishing/delivery.ts'
import { findActor } from '../../src/rota/powers.ts'
import { OWN_USER, testVault } from '../support/network.ts'
import { desk, picture } from '../support/publishing-desk.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, josephsWeek } from '../support/submitted.ts'

const NOW = new Date('2026-11-18T09:00:00Z')
const DUE = '2026-11-18T12:30:00Z'
const MAIL = { now: NOW, machineNow: NOW, publicUrl: 'https://week.example' }

interface World {
  db: Database
  helen: Actor
  owen: Actor
  hash: string
  otherHash: string
}

async function world(t: Test): Promise<World & Awaited<ReturnType<typeof desk>>> {
  const at = await desk(t)
  await josephsWeek(at.db)
  const actor = async (id: string) => (await findActor(at.db.read, id, NOW))!
  return {
    ...at,
    helen: await actor(LEAD.id),
    owen: await actor(APPROVER.id),
    hash: await picture(at.db, at.images, NOW),
    otherHash: await picture(at.db, at.images, NOW, ACCOUNT, '#3c3'),
  }
}

type Words = Parameters<typeof saveDraft>[1]['words']

/** Everything that an approval approves and that a form can change. */
const CHANGES: Record<string, (words: Words, world: World) => Words> = {
  text: (words) => withPart(words, 0, (part) => ({ ...part, text: `${part.text}!` })),
  'the text of a later part': (words) => withPart(words, 1, (part) => ({ ...part, text: 'Or not.' })),
  order: (words) => ({ ...words, parts: words.parts.toReversed() }),
  'one part more': (words) => ({ ...words, parts: [...words.parts, { text: 'Three', images: [] }] }),
  'one part less': (words) => ({ ...words, parts: words.parts.slice(0, 1) }),
  'an image’s bytes': (words, { otherHash }) =>
    withPart(words, 0, (part) => ({ ...part, images: [{ ...part.images[0]!, hash: otherHash }] })),
  'an image, gone': (words) => withPart(words, 0, (part) => ({ ...part, images: [] })),
  'alt text': (words) =>
    withPart(words, 0, (part) => ({ ...part, images: [{ ...part.images[0]!, alt: 'A red bed.' }] })),
  'a poll’s option': (words) => withPoll(words, { options: ['Heavy', 'Very heavy'], minutes: 1440 }),
  'the order of a poll’s options': (words) => withPoll(words, { options: ['Light', 'Heavy'], minutes: 1440 }),
  'a poll’s length': (words) => withPoll(words, { options: ['Heavy', 'Light'], minutes: 60 }),
  'a poll, gone': (words) => withPart(words, 1, ({ text, images }) => ({ text, images })),
  time: (words) => ({ ...words, wishedAt: new Date('2026-11-18T12:31:00Z') }),
  'no time': (words) => ({ ...words, wishedAt: null }),
  'sign-off': (words) => ({ ...words, signOff: '^HM' }),
}

function withPoll(words: Words, poll: NonNullable<DraftPart['poll']>): Words {
  return withPart(words, 1, (part) => ({ ...part, poll }))
}

function withPart(words: Words, at: number, change: (part: DraftPart) => DraftPart): Words {
  return { ...words, parts: words.parts.with(at, change(words.parts[at]!)) }
}

/** Where a draft of two parts can stand after its approval, and whether a withdrawal is still possible. */
const STANDS: { states: [DeliveryState, DeliveryState]; recallable: boolean }[] = [
  { states: ['waiting', 'waiting'], recallable: true },
  { states: ['held', 'held'], recallable: true },
  { states: ['failed', 'held'], recallable: true },
  { states: ['sending', 'waiting'], recallable: false },
  { states: ['unknown', 'held'], recallable: false },
  { states: ['posted', 'waiting'], recallable: false },
  { states: ['posted', 'posted'], recallable: false },
  { states: ['removing', 'cancelled'], recallable: false },
  { states: ['removed', 'cancelled'], recallable: false },
]

/** By a person, and by the account's policy. */
const DECIDERS = ['a person', 'the policy'] as const

/** Helen’s thread of two, with a picture and a poll, in answer to a post; approved by Owen or the policy. */
async function anApproved({ db, owen, hash }: World, by: (typeof DECIDERS)[number], text: string) {
  const parts = [
    { text, images: [{ hash, alt: 'A bed.' }] },
    { text: 'And two.', images: [], poll: { options: ['Heavy', 'Light'], minutes: 1440 } },
  ]
  const id = await aSubmittedDraft(db, { by: 'helen', parts, wishedAt: DUE, replyTo: '42' })
  const seen = fingerprint(freezeDecidable(await findDecidable(db.read, id, owen)))
  if (by === 'a person') await approveDraft(db, { ...MAIL, draftId: id, fingerprint: seen, actor: owen })
  else
    await db.write(async (tx) =>
      decideByPolicy(tx, (await findDraft(tx, id))!, { ground: 'live', delayMinutes: 10, now: NOW }),
    )
  return { id, seen }
}

async function standAt(db: Database, id: string, states: readonly DeliveryState[]): Promise<void> {
  for (const [position, { id: deliveryId }] of (await deliveriesOfDrafts(db.read, [id])).entries())
    await db.write((tx) =>
      tx.update(deliveries).set({ state: states[position]! }).where(eq(deliveries.id, deliveryId)),
    )
}

/** All that would tell of a change. */
async function everythingOf(db: Database, id: string) {
  return {
    draft: await findDraft(db.read, id),
    decisions: await db.read.select().from(decisions).where(eq(decisions.draftId, id)),
    deliveries: await deliveriesOfDrafts(db.read, [id]),
  }
}

function wordsOf({ content, signOff, wishedAt }: typeof drafts.$inferSelect): Words {
  return { parts: content.parts, signOff, wishedAt }
}

const save = async ({ db, helen }: World, id: string, words: Words) =>
  saveDraft(db, {
    draftId: id,
    version: (await findDraft(db.read, id))!.version,
    words,
    actor: helen,
    now: NOW,
  })
const withdraw = async ({ db, helen }: World, id: string) =>
  withdrawDraft(db, { draftId: id, version: (await findDraft(db.read, id))!.version, actor: helen, now: NOW })

for (const by of DECIDERS) {
  t.test(
    `approved by ${by}: each change needs a withdrawal, or is refused since it is on its way`,
    async (t) => {
      const it = await world(t)
      const { db, owen } = it
      let count = 0
      for (const [what, change] of Object.entries(CHANGES))
        for (const { states, recallable } of STANDS) {
          const where = `${what}, ${states.join(' and ')}`
          const { id, seen } = await anApproved(it, by, `Number ${++count}`)
          await standAt(db, id, states)
          const before = await everythingOf(db, id)
          const words = change(wordsOf(before.draft!), it)
          await t.rejects(
            save(it, id, words),
            { message: /Somebody changed this draft while you wrote/ },
            where,
          )
          t.same(await everythingOf(db, id), before, `${where}: nothing changed`)
          if (!recallable) {
            await t.rejects(withdraw(it, id), { message: /can’t be taken back/ }, where)
            t.same(await everythingOf(db, id), before, `${where}: and nothing is taken back`)
            continue
          }
          await withdraw(it, id)
          const taken = await deliveriesOfDrafts(db.read, [id])
          t.ok(
            taken.every(({ state }) => state === 'cancelled'),
            `${where}: the withdrawal cancels all of it`,
          )
          await save(it, id, words)
          const now = fingerprint(freezeDecidable(await findDecidable(db.read, id, owen)))
          t.not(now, seen, `${where}: it is not any more what was approved`)
          await db.write((tx) => tx.update(drafts).set({ state: 'submitted' }).where(eq(drafts.id, id)))
          await t.rejects(
            approveDraft(db, { ...MAIL, draftId: id, fingerprint: seen, actor: owen }),
            { message: /changed while you were reading it/ },
            `${where}: the old approval is worth nothing`,
          )
        }
    },
  )
}

/** Other ways to a draft's words and time than its editor. */
const DOORS: Record<string, (world: World, id: string, version: number) => Promise<unknown>> = {
  'a move in the plan': ({ db, helen }, draftId, version) =>
    moveDraft(db, { draftId, version, to: LATER, takeBack: false, actor: helen, now: NOW }),
  'an earlier revision': async ({ db, helen }, draftId, version) => {
    const content = { parts: [{ text: 'As it was.', images: [] }] }
    await db.write((tx) => insertRevision(tx, { draftId, number: 0, content, authorId: LEAD.id, at: NOW }))
    return goBack(db, { draftId, number: 0, version, actor: helen, now: NOW })
  },
  'a suggestion, taken': async ({ db, helen, owen }, draftId, version) => {
    const id = randomUUID()
    const aboutPart = { revision: 1, part: 0, suggestion: 'Other words.' }
    await commentOnDraft(db, { ...MAIL, id, draftId, text: '', aboutPart, actor: owen })
    return takeSuggestion(db, { ...MAIL, draftId, commentId: id, version, actor: helen })
  },
  'an answer to a check': ({ db, helen, hash }, draftId) =>
    answerFinding(db, { draftId, key: `people-in-picture:${hash}`, answer: 0, actor: helen, now: NOW }),
}
const LATER = new Date('2026-11-18T15:00:00Z')

t.test('no other door changes what was approved, in any state', async (t) => {
  const it = await world(t)
  const { db, helen } = it
  for (const { states, recallable } of STANDS) {
    const where = states.join(' and ')
    const { id } = await anApproved(it, 'a person', `Which is ${where}`)
    await standAt(db, id, states)
    const before = await everythingOf(db, id)
    const { version } = before.draft!
    for (const [door, open] of Object.entries(DOORS)) {
      const refusal = await open(it, id, version).catch((error: unknown) => error)
      t.ok(refusal instanceof Conflict, `${door}, ${where}`)
      t.same(await everythingOf(db, id), before, `${door}, ${where}: nothing changed`)
    }
    const move = moveDraft(db, { draftId: id, version, to: LATER, takeBack: true, actor: helen, now: NOW })
    if (recallable) {
      t.match(
        await move,
        { state: 'writing', wishedAt: LATER },
        `${where}: a move that says so takes it back`,
      )
      t.ok((await deliveriesOfDrafts(db.read, [id])).every(({ state }) => state === 'cancelled'))
    } else {
      const refusal = await move.catch((error: unknown) => error)
      t.ok(refusal instanceof Conflict, `${where}: too late to take it back`)
      t.same(await everythingOf(db, id), before, where)
    }
  }
})

t.test('what waits for a decision is not changed either without taking it back', async (t) => {
  const it = await world(t)
  for (const [what, change] of Object.entries(CHANGES)) {
    const parts = [
      { text: what, images: [{ hash: it.hash, alt: 'A bed.' }] },
      { text: 'And two.', images: [], poll: { options: ['Heavy', 'Light'], minutes: 1440 } },
    ]
    const id = await aSubmittedDraft(it.db, { by: 'helen', parts, wishedAt: DUE })
    const before = await everythingOf(it.db, id)
    const words = change(wordsOf(before.draft!), it)
    await t.rejects(save(it, id, words), { message: /Somebody changed this draft/ }, what)
    t.same(await everythingOf(it.db, id), before, what)
  }
})

t.test('the post that it answers never changes: no form of a draft takes another one', async (t) => {
  const it = await world(t)
  const { id } = await anApproved(it, 'a person', 'To whom')
  await withdraw(it, id)
  const words = {
    ...wordsOf((await findDraft(it.db.read, id))!),
    replyTo: '43',
    answered: { networkId: '43' },
  }
  await save(it, id, { ...words, signOff: '^HM' })
  t.match(await findDraft(it.db.read, id), { replyTo: '42', signOff: '^HM' })
})

t.test('connected as another user, nothing goes out that was approved for the first', async (t) => {
  const it = await world(t)
  const { db, clock, network, publisher } = it
  const { id } = await anApproved(it, 'a person', 'For whom')
  const grant = {
    grant: network.grant(),
    user: { ...OWN_USER, id: '901', handle: 'Somebody' },
    personId: LEAD.id,
    accountId: ACCOUNT,
  }
  await t.rejects(
    saveGrant({ db, clock, vault: testVault }, grant),
    { message: /@Somebody|another/ },
    'the form refuses it',
  )
  // As after a restore of another database, or by hand.
  await db.write((tx) => tx.update(connections).set({ networkUserId: '901' }))
  clock.pass(3.5 * 60)
  await publisher.run()
  t.same(network.sent, [])
  t.notOk((await deliveriesOfDrafts(db.read, [id])).some(({ state }) => state === 'posted'))
  const after = fingerprint(freezeDecidable(await findDecidable(db.read, id, it.owen)))
  const [decision] = await db.read.select().from(decisions)
  t.not(after, decision!.fingerprint)
})

t.test('an image whose bytes were changed on the disk does not go out', async (t) => {
  const it = await world(t)
  const { id } = await anApproved(it, 'a person', 'With a picture')
  const other = await it.images.read(it.otherHash)
  await writeFile(join(it.folder, placeOfImage(it.hash)), other)
  it.clock.pass(3.5 * 60)
  await it.publisher.run()
  t.same(it.network.sent, [])
  t.match(await deliveriesOfDrafts(it.db.read, [id]), [
    { state: 'failed', trouble: /is not the one that was approved/ },
    { state: 'held' },
  ])
})

t.test('what nobody decided before its time is asked about, never sent', async (t) => {
  const it = await world(t)
  const { db, clock, network, publisher } = it
  const id = await aSubmittedDraft(db, { text: 'In time?', wishedAt: '2026-11-18T09:30:00Z' })
  clock.pass(31)
  const after = { now: clock.now(), machineNow: clock.machine(), publicUrl: MAIL.publicUrl }
  t.equal(await tellUndecided(db, after), 1)
  for (let round = 0; round < 3; round++) {
    clock.pass(60)
    await publisher.run()
  }
  t.same(network.sent, [])
  t.match(await findDraft(db.read, id), { state: 'submitted' })
  t.same(await deliveriesOfDrafts(db.read, [id]), [])
  t.match(
    (await db.read.select().from(mails)).filter(({ kind }) => kind === 'draft-undecided'),
    [{ text: /does not go out late by itself/ }],
  )
  const { owen } = it
  const seen = fingerprint(freezeDecidable(await findDecidable(db.read, id, owen)))
  await t.rejects(
    approveDraft(db, { ...after, draftId: id, fingerprint: seen, actor: owen, now: clock.now() }),
    { message: /time has passed/ },
    'whoever approves it late has to choose a new time',
  )
})

t.test(
  'submitted again, what was taken back is a new decision, and the old one stays on the record',
  async (t) => {
    const it = await world(t)
    const { id, seen } = await anApproved(it, 'a person', 'Once more')
    await withdraw(it, id)
    const { version } = (await findDraft(it.db.read, id))!
    await submitDraft(it.db, { ...MAIL, draftId: id, version, actor: it.helen })
    await approveDraft(it.db, { ...MAIL, draftId: id, fingerprint: seen, actor: it.owen })
    const all = await it.db.read.select().from(decisions)
    t.match(all, [{ fingerprint: seen }, { fingerprint: seen }])
    const queued = await deliveriesOfDrafts(it.db.read, [id])
    const statesOf = (at: number) =>
      queued.filter(({ decisionId }) => decisionId === all[at]!.id).map(({ state }) => state)
    t.same(statesOf(0), ['cancelled', 'cancelled'])
    t.same(statesOf(1), ['waiting', 'waiting'])
  },
)
