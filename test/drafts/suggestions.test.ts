import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { activity, decisions, draftComments, drafts, mails } from '../../src/db/schema/index.ts'
import { isOwnWork, whyNotApprove } from '../../src/drafts/decision.ts'
import { whyNotTake } from '../../src/drafts/queue/suggestion.ts'
import { testApp, type Visitor } from '../support/app.ts'
import { anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek, revisionsOf } from '../support/submitted.ts'

t.test('four eyes, after a correction', async (t) => {
  const by = (authorId: string, acceptedBy: string | null = null) => ({ authorId, acceptedBy })
  const joseph = by('joseph')
  const rows: [what: string, who: string, revisions: ReturnType<typeof by>[], mayApprove: boolean][] = [
    ['what the host wrote', 'owen', [joseph], true],
    ['one’s own draft', 'joseph', [joseph], false],
    ['what they corrected themselves', 'helen', [joseph, by('helen')], false],
    ['what somebody else corrected', 'owen', [joseph, by('helen')], true],
    ['their correction, accepted by its writer', 'helen', [joseph, by('helen', 'joseph')], true],
    ['what they suggested and its writer took', 'owen', [joseph, joseph], true],
    ['their correction, then the host’s', 'helen', [joseph, by('helen'), joseph], false],
    [
      'a second correction after the acceptance',
      'helen',
      [joseph, by('helen', 'joseph'), by('helen')],
      false,
    ],
    ['an accepted one, for who began the draft', 'joseph', [joseph, by('helen', 'joseph')], false],
  ]
  for (const [what, who, revisions, mayApprove] of rows) {
    // The store asks for the person's own revisions only.
    const own = revisions.filter(({ authorId }) => authorId === who)
    for (const of of [revisions, own]) {
      const ownWork = isOwnWork(who, { authorId: 'joseph', revisions: of })
      t.equal(whyNotApprove({ ownWork, selfApproval: false }) === null, mayApprove, `${what}, ${who}`)
    }
  }
})

t.test('when suggested words can be taken', (t) => {
  const suggestion = { part: 0, words: 'Better', instead: 'Was', taken: false }
  const content = { parts: [{ text: 'Was', images: [] }] }
  const rows: [what: string, suggestion: object, draft: object, words: RegExp | null][] = [
    ['submitted', {}, { state: 'submitted' }, null],
    ['given back', {}, { state: 'changes-requested' }, null],
    ['being written', {}, { state: 'writing' }, null],
    ['approved', {}, { state: 'approved' }, /Take it back first/],
    ['declined', {}, { state: 'declined' }, /does not go out/],
    ['discarded', {}, { state: 'discarded' }, /does not go out/],
    ['taken before', { taken: true }, {}, /taken already/],
    ['other words there now', { instead: 'Before' }, {}, /reads differently now/],
    ['no such part', { part: 1 }, {}, /not there any more/],
  ]
  for (const [what, one, draft, words] of rows) {
    const whyNot = whyNotTake({ ...suggestion, ...one }, { state: 'submitted', content, ...draft })
    if (words) t.match(whyNot, words, what)
    else t.equal(whyNot, null, what)
  }
  t.end()
})

async function aDesk(t: Parameters<typeof testApp>[0]) {
  const world = await testApp(t)
  await anAccount(world.db, { now: world.clock.now() })
  await josephsWeek(world.db)
  const [owen, helen, joseph] = await Promise.all(
    [APPROVER, LEAD, JOSEPH].map(({ email }) => world.visitor(email)),
  )
  return { ...world, owen: owen!, helen: helen!, joseph: joseph! }
}

const hidden = (html: string, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''

const approve = async (visitor: Visitor, id: string) => {
  const path = `/queue?draft=${id}`
  const fingerprint = hidden((await visitor.get(path)).body, 'fingerprint')
  return visitor.post(path, `/drafts/${id}/approval`, { fingerprint })
}

const thread = [
  { text: 'The last walk', images: [] },
  { text: 'Their is a form', images: [] },
]

t.test('an approver suggests words, the host takes them with one press, the approver approves', async (t) => {
  const { db, owen, joseph } = await aDesk(t)
  const id = await aSubmittedDraft(db, { parts: thread })
  const queue = (await owen.get('/queue')).body
  t.match(queue, 'Comment on part two, or suggest other words')
  t.match(queue, new RegExp(`action="/drafts/${id}/parts/2/comments"`))
  const comment = { id: randomUUID(), revision: '1', back: `/queue?draft=${id}` }
  const path = `/drafts/${id}/parts/2/comments`
  const empty = await owen.post('/queue', path, { ...comment, suggestion: 'Their is a form' })
  t.equal(empty.statusCode, 422, 'the same words are no suggestion')
  t.match(empty.body, 'href="#text">Say something about this part')
  const long = await owen.post('/queue', path, { ...comment, suggestion: 'x'.repeat(300) })
  t.equal(long.statusCode, 422)
  t.match(long.body, /24 too long: 304 of 280/, 'the sign-off counts')
  t.match(long.body, 'x'.repeat(300), 'what was typed is there')
  for (const time of ['first', 'again']) {
    const sent = await owen.post('/queue', path, {
      ...comment,
      text: 'Spelling.',
      suggestion: 'There is a form',
    })
    t.equal(sent.headers.location, `/queue?draft=${id}`, time)
  }
  t.equal((await db.read.select().from(draftComments)).length, 1)
  t.match((await owen.get('/queue')).body, 'About part two, “Their is a form”')
  const [mail] = await db.read.select().from(mails)
  for (const fact of ['About part two, “Their is a form”', 'Spelling.', '    There is a form'])
    t.ok(mail!.text.includes(fact), fact)
  t.equal(mail!.to, JOSEPH.email)

  const read = (await owen.get('/queue')).body
  const page = (await joseph.get(`/drafts/${id}`)).body
  t.match(page, '<ins>There</ins>')
  const taking = /action="(\/drafts\/[^"]+\/taking)"/.exec(page)![1]!
  await joseph.post(`/drafts/${id}`, taking, { version: hidden(page, 'version') })
  t.match((await joseph.get(`/drafts/${id}`)).body, 'Taken.')
  t.match(await revisionsOf(db, id), [
    { number: 2, authorId: JOSEPH.id, content: { parts: [thread[0], { text: 'There is a form' }] } },
    { number: 1 },
  ])
  const stale = await owen.post('/queue', `/drafts/${id}/approval`, {
    fingerprint: hidden(read, 'fingerprint'),
  })
  t.equal(stale.statusCode, 409, 'the words that were read are gone')
  const twice = await joseph.post(`/drafts/${id}`, taking, { version: '2' })
  t.equal(twice.statusCode, 303)
  t.match((await joseph.get(`/drafts/${id}`)).body, 'These words were taken already.')
  t.equal((await approve(owen, id)).statusCode, 303, 'who suggested them may approve')
  t.match(await db.read.select().from(decisions), [
    { kind: 'approved', personId: APPROVER.id, ownWork: false },
  ])
  t.match(JSON.parse((await db.read.select().from(decisions))[0]!.frozen), {
    parts: [{}, { text: 'There is a form ^JA' }],
  })
  t.match(await db.read.select().from(activity).where(eq(activity.kind, 'draft.suggestion-taken')), [
    { personId: JOSEPH.id, details: { by: APPROVER.name } },
  ])
  const told = (await db.read.select().from(mails)).find(({ subject }) => subject.includes('took your words'))
  t.equal(told?.to, APPROVER.email)
})

t.test('given back with a suggestion: taken and submitted with one press', async (t) => {
  const { db, owen, joseph } = await aDesk(t)
  const id = await aSubmittedDraft(db, { parts: thread })
  await owen.post('/queue', `/drafts/${id}/parts/2/comments`, {
    id: randomUUID(),
    revision: '1',
    suggestion: 'There is a form',
  })
  await owen.post('/queue', `/drafts/${id}/change-request`, {
    fingerprint: hidden((await owen.get(`/queue?draft=${id}`)).body, 'fingerprint'),
    comment: 'See part two.',
  })
  const page = (await joseph.get(`/drafts/${id}`)).body
  t.match(page, 'Use them and submit')
  const taking = /action="(\/drafts\/[^"]+\/taking)"/.exec(page)![1]!
  t.equal((await owen.post('/queue', taking, { version: '2' })).statusCode, 403, 'only its writer takes them')
  await joseph.post(`/drafts/${id}`, taking, { version: '2', onward: 'submit' })
  t.match(await db.read.select().from(drafts), [{ state: 'submitted', revision: 2 }])
  t.equal((await approve(owen, id)).statusCode, 303)
})

t.test(
  'a lead’s correction: with its writer’s acceptance they may approve, without it another one',
  async (t) => {
    for (const accepted of [false, true]) {
      const { db, owen, helen, joseph } = await aDesk(t)
      const id = await aSubmittedDraft(db, { text: 'Their is a form' })
      const path = `/drafts/${id}`
      await helen.post(path, `${path}/withdrawal`, { version: '1' })
      await helen.post(path, `${path}/submission`, {
        version: '2',
        'part-1-text': 'There is a form',
        when: 'time',
        day: '2026-11-18',
        time: '12:30',
      })
      const queue = (await helen.get(`/queue?draft=${id}`)).body
      t.match(queue, 'You wrote in this draft, so somebody else has to approve it.')
      t.match(queue, 'Once Joseph accepts your words as their own, you may approve it too.')
      t.notMatch((await helen.get(path)).body, 'Accept these words', 'nobody accepts for the writer')
      const page = (await joseph.get(path)).body
      t.match(page, 'Helen Marsh wrote in your draft.')
      if (accepted) {
        const seen = hidden(queue, 'fingerprint')
        await joseph.post(path, `${path}/acceptance`, { version: hidden(page, 'version') })
        t.notMatch((await joseph.get(path)).body, 'Accept these words')
        t.equal(
          hidden((await helen.get(`/queue?draft=${id}`)).body, 'fingerprint'),
          seen,
          'the words are the same',
        )
      }
      t.equal((await approve(helen, id)).statusCode, accepted ? 303 : 403)
      if (!accepted) t.equal((await approve(owen, id)).statusCode, 303)
      t.match(await db.read.select().from(decisions), [
        { personId: accepted ? LEAD.id : APPROVER.id, ownWork: false },
      ])
    }
  },
)

t.test('a suggestion for words that changed meanwhile is not taken', async (t) => {
  const { db, owen, joseph } = await aDesk(t)
  const id = await aSubmittedDraft(db, { text: 'Their is a form' })
  await owen.post('/queue', `/drafts/${id}/parts/1/comments`, {
    id: randomUUID(),
    revision: '1',
    suggestion: 'There is a form',
  })
  const path = `/drafts/${id}`
  const taking = /action="(\/drafts\/[^"]+\/taking)"/.exec((await joseph.get(path)).body)![1]!
  await joseph.post(path, `${path}/withdrawal`, { version: '1' })
  await joseph.post(path, path, { version: '2', 'part-1-text': 'Forms have names', when: 'soon' })
  const page = (await joseph.get(path)).body
  t.notMatch(page, '/taking')
  await joseph.post(path, taking, { version: '3' })
  t.match((await joseph.get(path)).body, 'That part reads differently now.')
  t.match(await db.read.select().from(drafts), [{ content: { parts: [{ text: 'Forms have names' }] } }])
})
