import t from 'tap'
import { saysMuchTheSame, wordingOf } from '../../../src/drafts/checks/much-the-same.ts'
import { testApp } from '../../support/app.ts'
import { approved } from '../../support/approved.ts'
import { deliveries } from '../../../src/db/schema/index.ts'
import { eq } from 'drizzle-orm'
import { anAccount, APPROVER } from '../../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek } from '../../support/submitted.ts'
import { ORDINARY_POSTS } from '../ordinary-posts.ts'

const CLINIC = 'Flu clinic on Saturday from nine to one in Hallbeck village hall, no need to book.'

/** Hits, then misses. */
const PAIRS: [one: string, other: string, same: boolean, why: string][] = [
  [CLINIC, CLINIC, true, 'the very same'],
  [CLINIC, CLINIC.toUpperCase().replaceAll(',', ' -'), true, 'whatever its case and marks'],
  [
    CLINIC,
    `${CLINIC} #HallbeckJabs https://northdale.example/flu ^JA`,
    true,
    'with a link, a hashtag and a sign-off',
  ],
  [CLINIC, CLINIC.replace('Saturday', 'Sunday'), true, 'one word changed'],
  [
    CLINIC,
    CLINIC.replace('Saturday', 'Sunday').replace('nine to one', 'ten to two'),
    true,
    'three words changed',
  ],
  [
    CLINIC,
    `Good morning from all of us here. It is a cold one, so wrap up. And remember: ${CLINIC}`,
    true,
    'inside a longer one',
  ],
  ['Boots off.', 'boots off', true, 'short, and the same'],
  ['It’s the last walk of the day', 'Its the last walk of the day', true, 'an apostrophe is no difference'],
  ['Boots off.', 'Boots on.', false, 'short, and another'],
  [
    'Good morning',
    'Good morning, here is what a bed weighs with a person in it.',
    false,
    'a greeting inside another post',
  ],
  [
    CLINIC,
    'On Saturday we vaccinated two hundred people in the village hall. Thank you, Hallbeck.',
    false,
    'one thing, another story',
  ],
  [
    'A bed weighs 140 kilos, and I push it nine miles a day.',
    'Nine miles: so far do I walk each day with beds of 140 kilos.',
    false,
    'other words for the same are not found',
  ],
  ['What a bed weighs.', 'What a porter carries.', false, 'the same pattern'],
  ['', '', false, 'no words'],
  ['🎉', '🎉', false, 'no words either'],
  ['', CLINIC, false, 'none and some'],
]

t.test('texts that say much the same, and texts that do not', (t) => {
  for (const [one, other, same, why] of PAIRS) {
    t.equal(saysMuchTheSame(wordingOf(one), wordingOf(other)), same, why)
    t.equal(saysMuchTheSame(wordingOf(other), wordingOf(one)), same, `${why}, the other way round`)
  }
  const ordinary = ORDINARY_POSTS.map(wordingOf)
  const alike = ordinary.filter((one, at) =>
    ordinary.slice(at + 1).some((other) => saysMuchTheSame(one, other)),
  )
  t.equal(alike.length, 0, 'none of a hundred ordinary posts is taken for another')
  t.end()
})

t.test('two hundred texts are compared within a few milliseconds', (t) => {
  const texts = Array.from({ length: 200 }, (_, at) => `${ORDINARY_POSTS[at % ORDINARY_POSTS.length]!} ${at}`)
  const own = wordingOf(CLINIC)
  const runs = Array.from({ length: 20 }, () => {
    const start = performance.now()
    for (const text of texts) saysMuchTheSame(own, wordingOf(text))
    return performance.now() - start
  }).toSorted((one, other) => one - other)
  t.ok(runs[0]! < 20, `${runs[0]!.toFixed(1)} ms at best`)
  t.end()
})

async function world(t: Parameters<typeof testApp>[0]) {
  const made = await testApp(t)
  await anAccount(made.db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(made.db)
  return { ...made, joseph: await made.visitor(JOSEPH.email), owen: await made.visitor(APPROVER.email) }
}

const SAID = 'The account says much the same elsewhere.'

t.test(
  'the editor and the queue point out a text that was posted lately, or is written for the week',
  async (t) => {
    const { db, joseph, owen } = await world(t)
    const { draftId: posted } = await approved(db, {
      parts: [`${CLINIC} ^JA`],
      dueAt: new Date('2026-11-02T09:00:00Z'),
      now: new Date('2026-11-01T09:00:00Z'),
    })
    const state = (to: 'posted' | 'waiting', dueAt = '2026-11-02T09:00:00Z') =>
      db.write((tx) =>
        tx
          .update(deliveries)
          .set({ state: to, dueAt: new Date(dueAt) })
          .where(eq(deliveries.draftId, posted)),
      )
    const mine = await aSubmittedDraft(db, { text: CLINIC.replace('Saturday', 'Sunday') })
    const queue = async () => (await owen.get(`/queue?draft=${mine}`)).body
    t.notMatch(await queue(), SAID, 'what another week only plans is nobody’s to read')
    await state('posted')
    t.match(await queue(), SAID)
    t.match(await queue(), 'Flu clinic on Saturday')
    await state('posted', '2026-10-01T09:00:00Z')
    t.notMatch(await queue(), SAID, 'long ago')

    const other = await aSubmittedDraft(db, { state: 'writing', text: `Remember! ${CLINIC}` })
    t.match((await joseph.get(`/drafts/${other}`)).body, SAID, 'written for the week')
    const answer = await aSubmittedDraft(db, { text: CLINIC, replyTo: '42' })
    t.notMatch((await owen.get(`/queue?draft=${answer}`)).body, SAID, 'an answer may say it again')

    const body = (await joseph.get(`/drafts/${other}`)).body
    const value = /name="answer" value="(0 much-the-same:[^"]+)"/.exec(body)![1]!
    await joseph.post(`/drafts/${other}`, `/drafts/${other}/answers`, { answer: value })
    t.match((await joseph.get(`/drafts/${other}`)).body, '“It is meant so.”')
  },
)

t.test('the editor and the queue point out posts that are nearer than the account wants', async (t) => {
  const { db, joseph, owen } = await world(t)
  const first = await aSubmittedDraft(db, { text: 'Doors at ten.', wishedAt: '2026-11-19T08:00:00Z' })
  await aSubmittedDraft(db, { text: 'Thank you, Shirley.', wishedAt: '2026-11-19T08:10:00Z', replyTo: '77' })
  const near = await aSubmittedDraft(db, {
    state: 'writing',
    text: 'Who is coming?',
    wishedAt: '2026-11-19T08:20:00Z',
  })
  const page = (await joseph.get(`/drafts/${near}`)).body
  t.match(page, 'Something else wishes to go out 20 minutes before it.')
  t.match(page, 'The account wants 30 minutes between two posts.')
  t.notMatch(page, 'Shirley', 'answers come when they come')
  const apart = await aSubmittedDraft(db, { text: 'Half past.', wishedAt: '2026-11-19T08:30:00Z' })
  t.match((await owen.get(`/queue?draft=${first}`)).body, 'Nothing else within 30 minutes of 8:00.')
  t.match((await owen.get(`/queue?draft=${apart}`)).body, 'Nothing else within 30 minutes of 8:30.')
  const clash = await aSubmittedDraft(db, { text: 'Ten past.', wishedAt: '2026-11-19T08:29:00Z' })
  t.match((await owen.get(`/queue?draft=${clash}`)).body, 'Two others within 30 minutes of 8:29.')
})
