import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import {
  accounts,
  mails,
  recapBlocks,
  recaps,
  removalRequests,
  reflectionDecisions,
  reflections,
  weekAims,
} from '../../src/db/schema/index.ts'
import { reflectionForm } from '../../src/accounts/forms.ts'
import { setRole } from '../../src/people/people.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { clearRemovals } from '../../src/recaps/removal/clear-removals.ts'
import { forgetPerson } from '../../src/recaps/removal/forget-person.ts'
import { answersToShow, reflectionText } from '../../src/recaps/reflection/reflection.ts'
import { PUBLIC_URL, testApp, type Visitor } from '../support/app.ts'
import { actorWith } from '../support/bookings.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'
import { at, RUTH, ruthsWeek, said, SAYINGS, SLOT, WEEK } from '../support/told-week.ts'

const PAGE = `/weeks/${WEEK}/reflection`
const AIMS = `/weeks/${WEEK}/aims`
const wordsIn = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')

/** Ruth's week on its Friday morning, with what was posted in it. */
async function world(t: Test, policy: Parameters<typeof ruthsWeek>[1] = {}) {
  const made = await testApp(t, { at: at('Fri 10:00').toISOString() })
  const { db, clock } = made
  await ruthsWeek(db, policy)
  await said(db, SAYINGS)
  const close = async (when: string) => {
    clock.moveTo(at(when))
    await closeDueWeeks(db, { now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL })
  }
  const row = async () => (await db.read.select().from(reflections))[0]
  const block = async () =>
    (await db.read.select().from(recapBlocks).where(eq(recapBlocks.kind, 'reflection')))[0]
  const publicPage = async () => (await made.app.inject({ url: `/@NorthDaleHealth/weeks/${SLOT}` })).body
  const ruth = await made.visitor(RUTH.email)
  const owen = await made.visitor(APPROVER.email)
  return { ...made, close, row, block, publicPage, ruth, owen }
}

const FIELDS = {
  'answer-1-question': 'What did you hope for?',
  'answer-1-text': 'Snow, and **no** ice.',
  'answer-2-question': 'What surprised you?',
  'answer-2-text': '',
}
const typed = (version: number, more: Record<string, string> = {}) => ({
  version: String(version),
  ...FIELDS,
  ...more,
})
const handIn = (ruth: Visitor, version: number, more: Record<string, string> = {}) =>
  ruth.post(PAGE, `${PAGE}/submission`, typed(version, more))

async function decide(by: Visitor, path: string, comment = '') {
  const { body } = await by.get(PAGE)
  const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(body)?.[1] ?? ''
  return by.post(PAGE, `${PAGE}/${path}`, { fingerprint, comment })
}

t.test(
  'on the last day the host is asked, what they say is approved like a draft, and comes into the recap',
  async (t) => {
    const { db, clock, close, row, block, publicPage, ruth, owen, visitor } = await world(t)
    clock.moveTo(at('Thu 20:00'))
    t.notMatch((await ruth.get('/today')).body, 'Look back on your week')
    clock.moveTo(at('Fri 10:00'))
    t.match((await ruth.get('/today')).body, `href="${PAGE}"`)
    const page = wordsIn((await ruth.get(PAGE)).body)
    for (const question of ['What did you hope for?', 'What surprised you?', 'Who did you meet?'])
      t.match(page, question)

    t.equal((await handIn(ruth, 0)).statusCode, 303)
    t.match(await row(), { state: 'submitted', version: 2 })
    const told = await db.read.select().from(mails).where(eq(mails.kind, 'reflection-submitted'))
    t.same(new Set(told.map(({ personId }) => personId)), new Set([LEAD.id, APPROVER.id]))
    const helen = await visitor(LEAD.email)
    t.match(
      wordsIn((await helen.get('/today')).body),
      'What Ruth Ellwood says of the week waits for somebody',
    )
    t.match(wordsIn((await ruth.get(PAGE)).body), 'Take it back')

    const reading = (await owen.get(PAGE)).body
    t.match(reading, '<h3>What did you hope for?</h3>')
    t.match(reading, 'Snow, and <strong>no</strong> ice.')
    t.equal((await decide(owen, 'change-request')).statusCode, 422, 'not without a word')
    await decide(owen, 'change-request', 'Why no ice?')
    t.match(wordsIn((await ruth.get('/today')).body), 'The team asks you to change what you say')
    t.match(wordsIn((await ruth.get(PAGE)).body), 'Why no ice?')
    await handIn(ruth, (await row())!.version, { 'answer-1-text': 'Snow. Ice breaks hips.' })
    t.equal((await decide(owen, 'approval')).statusCode, 303)
    t.match(await row(), { state: 'approved', approved: [{ text: 'Snow. Ice breaks hips.' }] })
    t.match(
      (await db.read.select().from(reflectionDecisions)).map(({ kind, personId }) => ({ kind, personId })),
      [{ kind: 'changes-requested' }, { kind: 'approved', personId: APPROVER.id }],
    )
    t.match(await block(), { source: 'reflection:host-ruth', content: { writer: RUTH.name } })

    await close('Fri 18:00')
    t.ok(await block(), 'it stays when the story is told anew')
    const [recap] = await db.read.select().from(recaps)
    const story = `/weeks/${WEEK}/recap`
    await helen.post(story, `${story}/publication`, { version: String(recap!.version) })
    const shown = await publicPage()
    t.match(shown, 'Looking back')
    t.match(shown, 'Snow. Ice breaks hips.')
    t.ok(shown.indexOf('Looking back') > shown.indexOf('People who joined in'))
    const record = wordsIn((await helen.get('/activity')).body)
    t.match(record, 'approved what the host says of Ruth Ellwood’s week')
  },
)

t.test('a change after the approval is read again; until then the approved words stand', async (t) => {
  const { db, close, row, publicPage, ruth, owen } = await world(t, { policy: { publishRecap: true } })
  await handIn(ruth, 0)
  await decide(owen, 'approval')
  await close('Fri 18:00')
  t.match(await publicPage(), 'Snow, and <strong>no</strong> ice.')
  const rethought = { 'answer-1-text': 'Rain.' }
  await ruth.post(PAGE, PAGE, typed((await row())!.version, rethought))
  t.match(await row(), { state: 'writing', approved: [{ text: 'Snow, and **no** ice.' }] })
  t.match(
    wordsIn((await ruth.get(PAGE)).body),
    'In the recap until then What did you hope for? Snow, and no ice.',
  )
  t.match(await publicPage(), 'Snow, and <strong>no</strong> ice.')
  t.notMatch(wordsIn((await owen.get(PAGE)).body), 'Rain.', 'nobody reads what is not handed in')
  await handIn(ruth, (await row())!.version, rethought)
  t.match(await publicPage(), 'Snow, and', 'not before it is approved')
  await decide(owen, 'approval')
  t.match(await publicPage(), 'Rain.', 'what the policy published follows at once')
  t.equal((await db.read.select().from(recapBlocks).where(eq(recapBlocks.kind, 'reflection'))).length, 1)
})

t.test('what a person published waits for a person to publish it again', async (t) => {
  const { db, close, publicPage, ruth, owen, visitor } = await world(t)
  await close('Fri 18:00')
  const helen = await visitor(LEAD.email)
  const story = `/weeks/${WEEK}/recap`
  const [recap] = await db.read.select().from(recaps)
  await helen.post(story, `${story}/publication`, { version: String(recap!.version) })
  await handIn(ruth, 0)
  const decided = await decide(owen, 'approval')
  const page = await owen.get(decided.headers.location!)
  t.match(wordsIn(page.body), 'Publish the recap again, so that its public page has it too.')
  t.notMatch(await publicPage(), 'Looking back')
})

t.test('while somebody is at the published story, approved words wait until they have paused', async (t) => {
  const { ruth, owen, close, publicPage, visitor, db, clock } = await world(t, {
    policy: { publishRecap: true },
  })
  await close('Fri 18:00')
  await handIn(ruth, 0)
  const helen = await visitor(LEAD.email)
  const story = `/weeks/${WEEK}/recap`
  clock.moveTo(at('Fri 19:00'))
  const { id } = (await db.read.select().from(recapBlocks)).find(({ kind }) => kind === 'day')!
  const version = String((await db.read.select().from(recaps))[0]!.version)
  await helen.post(story, `${story}/words`, { version, [`heading.${id}`]: 'Half a sent' })
  clock.moveTo(at('Fri 19:02'))
  await decide(owen, 'approval')
  t.match((await owen.get(PAGE)).body, 'its public page has it as soon as they have paused')
  t.notMatch(await publicPage(), /Half a sent|no<\/strong> ice/)
  await close('Fri 19:07')
  t.match(await publicPage(), 'no</strong> ice')
})

t.test('nothing that was typed is lost', async (t) => {
  const { row, ruth, owen } = await world(t)
  const window = randomUUID()
  const autosave = (turn: number, text: string, more = {}) =>
    ruth.post(
      PAGE,
      `${PAGE}/autosave`,
      typed(0, { window, turn: String(turn), 'answer-1-text': text, ...more }),
    )
  t.match((await autosave(1, 'Sn')).json(), { version: 1, at: '10:00' })
  t.match(
    (await autosave(3, 'Snow')).json(),
    { version: 2 },
    'the same window goes on, whatever version it knows',
  )
  t.match((await autosave(2, 'Sno')).json(), { version: 2 }, 'what arrives late is older')
  t.match(await row(), { answers: [{ text: 'Snow' }, { text: '' }] })
  t.equal((await autosave(1, 'Other', { window: randomUUID() })).statusCode, 409, 'another window')
  const late = await ruth.post(PAGE, PAGE, typed(0, { 'answer-1-text': 'From an old page' }))
  t.equal(late.statusCode, 409)
  t.match(late.body, 'From an old page', 'it is given back')
  const long = await ruth.post(PAGE, PAGE, typed(2, { 'answer-1-text': 'x'.repeat(5001) }))
  t.equal(long.statusCode, 422)
  t.match(wordsIn(long.body), 'This has more than 5,000 characters.')
  t.equal((await handIn(ruth, 2, { 'answer-1-text': '' })).statusCode, 422, 'nothing to hand in')
  await handIn(ruth, 2)
  t.equal((await autosave(4, 'More')).statusCode, 409, 'it waits for a decision')
  const { body } = await owen.get(PAGE)
  const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(body)![1]!
  await ruth.post(PAGE, `${PAGE}/withdrawal`, { version: String((await row())!.version) })
  await handIn(ruth, (await row())!.version, { 'answer-1-text': 'Something else' })
  const decided = await owen.post(PAGE, `${PAGE}/approval`, { fingerprint, comment: '' })
  t.equal(decided.statusCode, 409, 'not what Owen read')
  t.match(await row(), { state: 'submitted', approved: null })
})

t.test('the host’s words are changed nowhere else, and four eyes hold', async (t) => {
  const { db, block, ruth, owen, visitor } = await world(t)
  await handIn(ruth, 0)
  await decide(owen, 'approval')
  const { id, recapId } = (await block())!
  const [recap] = await db.read.select().from(recaps).where(eq(recaps.id, recapId))
  const story = `/weeks/${WEEK}/recap`
  for (const person of [ruth, await visitor(LEAD.email)]) {
    const words = { [`text.${id}`]: 'Not approved', [`was-text.${id}`]: '' }
    const sent = await person.post(story, `${story}/words`, { version: String(recap!.version), ...words })
    t.equal(sent.statusCode, 403)
    t.notMatch((await person.get(story)).body, `name="text.${id}"`)
  }
  await handIn(ruth, 3, { 'answer-1-text': 'Rain.' })
  await db.write((tx) => setRole(tx, RUTH.id, ACCOUNT, 'approver'))
  const own = await decide(ruth, 'approval')
  t.equal(own.statusCode, 403)
  t.match(own.body, 'You wrote in this draft, so somebody else has to approve it')
  const { policy } = (await db.read.select().from(accounts))[0]!
  await db.write((tx) => tx.update(accounts).set({ policy: { ...policy, selfApproval: true } }))
  t.equal((await decide(ruth, 'approval')).statusCode, 303, 'unless the account allows it')
  t.match(await db.read.select().from(reflectionDecisions), [{ ownWork: false }, { ownWork: true }])
})

t.test('an account words the questions; answers to others stay', async (t) => {
  const { db, row, ruth } = await world(t)
  await ruth.post(PAGE, PAGE, typed(0))
  const asked = reflectionForm.safeParse({ version: '1', questions: 'What was new?\nWhat I aimed for' })
  t.match(asked.error?.message, 'is said in the recap by itself', 'an answer to that would be lost')
  await db.write((tx) => tx.update(accounts).set({ reflectionQuestions: ['What was *new*?'] }))
  const page = (await ruth.get(PAGE)).body
  t.match(page, 'What was *new*?')
  t.match(page, 'Snow, and **no** ice.')
  t.notMatch(page, 'What surprised you?', 'nobody asks that any more, and it was not answered')
  t.equal((await row())!.answers.length, 2)
  t.same(answersToShow(['One?'], [{ question: 'Two?', text: ' ' }]), [{ question: 'One?', text: '' }])
  t.equal(reflectionText([{ question: '*A* <b>', text: 'x' }]), '# \\*A\\* \\<b\\>\n\nx')
})

/** Margaret is taken off all pages. */
async function forgetMargaret({ db, clock }: Pick<Awaited<ReturnType<typeof world>>, 'db' | 'clock'>) {
  const asked = { id: 'request', accountId: ACCOUNT, state: 'open' as const, about: '@margaret_dunn' }
  await db.write((tx) =>
    tx.insert(removalRequests).values({ ...asked, words: '', email: '', askedAt: clock.now() }),
  )
  await forgetPerson(db, {
    requestId: 'request',
    authorNetworkId: 'user-Margaret Dunn',
    handle: '',
    looked: true,
    actor: await actorWith(db, LEAD.email, clock.now()),
    now: clock.now(),
  })
  while (await clearRemovals(db, { now: clock.now(), machineNow: clock.machine() }));
}

t.test('who is not to be named is in no copy of what waits before there is a story either', async (t) => {
  const made = await world(t, { policy: { publishRecap: true } })
  const { db, row, ruth, owen, close, publicPage } = made
  await ruth.post(AIMS, AIMS, { version: '0', 'aim-1-words': 'Meet Margaret Dunn', 'in-recap': 'yes' })
  await ruth.post(PAGE, PAGE, typed(0, { 'answer-1-text': 'I met Margaret Dunn, @margaret_dunn, there.' }))
  t.same(await db.read.select().from(recaps), [])
  await forgetMargaret(made)
  const kept = JSON.stringify([await row(), await db.read.select().from(weekAims)])
  t.notMatch(kept, /margaret|dunn/i)
  t.match(kept, 'name left out')

  const page = (await ruth.get(PAGE)).body
  const text = /name="answer-1-text"[^>]*>([^<]*)</.exec(page)![1]!
  await handIn(ruth, (await row())!.version, { 'answer-1-text': text })
  await decide(owen, 'approval')
  await close('Fri 18:00')
  t.match(await publicPage(), 'I met [name left out]')
  t.notMatch(await publicPage(), /margaret|dunn/i)
})

t.test('while the host changes what was asked for, others read what they handed in', async (t) => {
  const { row, ruth, owen } = await world(t)
  await handIn(ruth, 0)
  await decide(owen, 'change-request', 'Why no ice?')
  await ruth.post(PAGE, PAGE, typed((await row())!.version, { 'answer-1-text': 'Half a secret.' }))
  const { body } = await owen.get(PAGE)
  t.notMatch(body, 'Half a secret.', 'nobody reads what is not handed in')
  t.match(body, 'Snow, and <strong>no</strong> ice.')
})

t.test('what was taken out of the story comes back with its undoing, as it is approved then', async (t) => {
  const { db, block, ruth, owen, row, visitor } = await world(t)
  await handIn(ruth, 0)
  await decide(owen, 'approval')
  const helen = await visitor(LEAD.email)
  const story = `/weeks/${WEEK}/recap`
  const send = async (path: string, fields = {}) => {
    const [recap] = await db.read.select().from(recaps)
    return helen.post(story, `${story}${path}`, { version: String(recap!.version), ...fields })
  }
  await send(`/blocks/${(await block())!.id}/removal`)
  t.equal(await block(), undefined)
  await handIn(ruth, (await row())!.version, { 'answer-1-text': 'Rain.' })
  t.equal((await send('/revisions', { to: 'undo' })).statusCode, 303)
  t.match((await block())?.content, { text: /Snow, and/ }, 'what waits is not approved')
})

t.test('who is not to be named is in no copy of it', async (t) => {
  const made = await world(t, { policy: { publishRecap: true } })
  const { row, block, ruth, owen, close, publicPage } = made
  await handIn(ruth, 0, { 'answer-1-text': 'I met Margaret Dunn, @margaret_dunn, there.' })
  await decide(owen, 'approval')
  await close('Fri 18:00')
  t.match(await publicPage(), '@margaret_dunn, there')
  await forgetMargaret(made)
  const copies = JSON.stringify([await row(), await block()]) + (await publicPage())
  t.notMatch(copies, /margaret|dunn/i)
  t.match(await row(), { answers: [{ text: /^I met .+ there\.$/ }] }, 'the rest stands')
})
