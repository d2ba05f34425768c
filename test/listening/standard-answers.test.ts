import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import {
  accounts,
  activity,
  decisions,
  deliveries,
  drafts,
  mails,
  standardAnswerDecisions,
  standardAnswers,
} from '../../src/db/schema/index.ts'
import type { Policy } from '../../src/accounts/account.ts'
import type { CheckRules } from '../../src/accounts/check-rules.ts'
import type { Visitor } from '../support/app.ts'
import { appOnStandIn } from '../support/app-on-stand-in.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'
import { JOSEPH, WEEK } from '../support/submitted.ts'

const PAGE = `/accounts/${ACCOUNT}/answers`
const TALK = `/weeks/${WEEK}/conversation`
const CARE = {
  title: 'Your own care',
  text: 'We can’t talk about anyone’s care here, but the ward can, today.\nThe number is on the letter.',
}

async function world(t: Test, policy: Partial<Policy> = {}) {
  const here = await appOnStandIn(t, { policy })
  const { db, visitor, x, goOn, rowOf, handle } = here
  const helen = await visitor(LEAD.email)
  const owen = await visitor(APPROVER.email)
  const joseph = await visitor(JOSEPH.email)
  const write = (fields: Record<string, string> = {}, who = helen) =>
    who.post(PAGE, PAGE, { id: randomUUID(), ...CARE, ...fields })
  const only = async () => (await db.read.select().from(standardAnswers))[0]!
  const decide = async (who: Visitor, verdict: 'approval' | 'refusal', comment = '') => {
    const { id } = await only()
    const fingerprint = /name="fingerprint" value="([^"]+)"/.exec((await who.get(PAGE)).body)?.[1] ?? ''
    return who.post(PAGE, `/answers/${id}/${verdict}`, { fingerprint, comment })
  }
  /** Shirley asks under a post of ours. */
  const asked = async () => {
    const ours = await x.postAs({ handle, text: 'Do we have favourites?' })
    const reply = await x.postAs({
      handle: 'shirley',
      name: 'Shirley M',
      text: `@${handle} Can he walk down instead?`,
      replyTo: ours.id,
    })
    await goOn()
    return rowOf(reply.id)
  }
  /** What the button of the page sends; nothing where there is none. */
  const button = async (who: Visitor, at = TALK) =>
    /name="answer" value="([^"]+)"/.exec((await who.get(at)).body)?.[1]
  const send = (who: Visitor, postId: string, answer: string) =>
    who.post(TALK, `/posts/${postId}/standard-answer`, { answer, back: TALK })
  const fromUs = async () =>
    (await x.allPosts()).filter(({ text }) => text.includes('the ward can')).map(({ text }) => text)
  return { ...here, helen, owen, joseph, write, only, decide, asked, button, send, fromUs }
}

t.test('a lead writes it, somebody else approves it, and its words are frozen', async (t) => {
  const { db, helen, owen, joseph, write, only, decide } = await world(t)
  const wrong = await write({ title: '', text: 'x'.repeat(281) })
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, 'Give it a title')
  t.match(wrong.body, /x{281}/, 'what was typed is there')
  t.equal((await write({}, owen)).statusCode, 403, 'approvers decide')
  t.equal((await joseph.get(PAGE)).statusCode, 404)

  const id = randomUUID()
  t.equal((await write({ id })).statusCode, 303)
  await write({ id })
  t.equal((await db.read.select().from(standardAnswers)).length, 1, 'sent twice it is written once')
  t.match(await only(), { state: 'submitted', writtenBy: LEAD.id, text: CARE.text })
  const told = (await db.read.select().from(mails)).filter(({ kind }) => kind === 'answer-waits')
  t.match(told, [{ to: APPROVER.email, text: /the ward can, today/ }])
  t.equal((await decide(helen, 'approval')).statusCode, 403, 'four eyes')
  t.match((await helen.get(PAGE)).body, 'Somebody else has to approve it.')

  t.equal((await decide(owen, 'refusal')).statusCode, 422)
  await decide(owen, 'refusal', 'Which ward?')
  t.match((await helen.get(PAGE)).body, 'Which ward?')
  await helen.post(PAGE, `/answers/${id}`, { version: '2', ...CARE })
  t.equal((await decide(owen, 'approval')).statusCode, 303)
  const frozen = (await db.read.select().from(standardAnswerDecisions)).find(
    ({ kind }) => kind === 'approved',
  )!
  t.match(frozen, { personId: APPROVER.id, revision: 2, ownWork: false })
  t.same(JSON.parse(frozen.frozen), { account: ACCOUNT, ...CARE })
  t.equal((await decide(owen, 'approval')).statusCode, 409, 'there is nothing left to approve')
  t.same(
    (await db.read.select().from(activity))
      .map(({ kind }) => kind)
      .filter((kind) => kind.startsWith('answer')),
    ['answer.written', 'answer.declined', 'answer.written', 'answer.approved'],
  )
})

t.test('what was read is what is approved', async (t) => {
  const { helen, owen, write, only } = await world(t, { selfApproval: true })
  await write()
  const { id } = await only()
  const fingerprint = /name="fingerprint" value="([^"]+)"/.exec((await owen.get(PAGE)).body)![1]!
  await helen.post(PAGE, `/answers/${id}`, { version: '1', title: CARE.title, text: 'Other words.' })
  t.equal((await owen.post(PAGE, `/answers/${id}/approval`, { fingerprint })).statusCode, 409)
  t.equal((await helen.post(PAGE, `/answers/${id}`, { version: '1', ...CARE })).statusCode, 409)
  t.equal((await only()).state, 'submitted')
})

t.test('an account that allows it lets a lead approve their own, and the record says so', async (t) => {
  const { db, helen, write, decide } = await world(t, { selfApproval: true })
  await write()
  t.equal((await decide(helen, 'approval')).statusCode, 303)
  t.match(await db.read.select().from(standardAnswerDecisions), [{ ownWork: true }])
  const approved = (await db.read.select().from(activity)).find(({ kind }) => kind === 'answer.approved')
  t.match(approved, { details: { ownWork: true } })
})

t.test('the host sends it with one press: on X stands what was approved, to the letter, once', async (t) => {
  const { db, owen, joseph, write, decide, asked, button, send, fromUs, goOn, x, handle } = await world(t)
  const post = await asked()
  await write()
  t.equal(await button(joseph), undefined, 'not before it is approved')
  await decide(owen, 'approval')
  const answer = (await button(joseph))!
  const sent = await send(joseph, post.id, answer)
  t.equal(sent.headers.location, `${TALK}#reply-${post.networkId}`)
  t.match((await joseph.get(TALK)).body, '“Your own care” goes to Shirley M now.')
  t.match((await joseph.get(TALK)).body, 'n answer is on its way')
  t.equal(await button(joseph), undefined)
  await send(joseph, post.id, answer)
  t.match((await joseph.get(TALK)).body, 'It is not sent again.')
  await goOn()
  await send(owen, post.id, answer)
  await goOn()
  t.same(await fromUs(), [`@shirley ${CARE.text}`])
  const ours = (await x.allPosts()).find(({ text }) => text.includes('the ward can'))!
  t.match(ours, { replyTo: post.networkId, author: { handle } })

  const [draft] = await db.read.select().from(drafts)
  t.match(draft, { authorId: JOSEPH.id, state: 'approved', signOff: '', replyTo: post.networkId })
  const [decision] = await db.read.select().from(decisions).where(eq(decisions.draftId, draft!.id))
  t.match(decision, { kind: 'approved', personId: null, ground: 'standard-answer' })
  t.match(JSON.parse(decision!.frozen), { parts: [{ text: CARE.text }], replyTo: post.networkId })
  t.match((await db.read.select().from(deliveries))[0], { state: 'posted', payload: { text: CARE.text } })
  const sentRecord = (await db.read.select().from(activity)).filter(({ kind }) => kind === 'answer.sent')
  t.match(sentRecord, [{ personId: JOSEPH.id, details: { title: CARE.title, name: 'Shirley M' } }])
  t.match((await joseph.get(`${TALK}?show=answered`)).body, `reply-${post.networkId}`)
})

t.test(
  'other words go nowhere until they are approved anew, and what is out of use goes nowhere',
  async (t) => {
    const { helen, owen, joseph, write, only, decide, asked, button, send, fromUs, goOn } = await world(t)
    const post = await asked()
    await write()
    await decide(owen, 'approval')
    const old = (await button(joseph))!
    const { id, version } = await only()
    const other = 'Please ask the ward: the ward can tell you.'
    await helen.post(PAGE, `/answers/${id}`, { version: String(version), title: CARE.title, text: other })
    t.equal(await button(joseph), undefined)
    t.equal((await send(joseph, post.id, old)).statusCode, 409, 'what was on the open page is not sent')
    await decide(owen, 'approval')
    t.equal((await send(joseph, post.id, old)).statusCode, 409, 'nor under the new approval')
    const now = (await button(joseph))!
    await helen.post(PAGE, `/answers/${id}/retirement`, { version: String((await only()).version) })
    t.equal((await send(joseph, post.id, now)).statusCode, 409)
    t.match((await helen.get(PAGE)).body, 'Out of use')
    await goOn()
    t.same(await fromUs(), [])
    await helen.post(PAGE, `/answers/${id}`, {
      version: String((await only()).version),
      title: CARE.title,
      text: other,
    })
    await decide(owen, 'approval')
    await send(owen, post.id, (await button(owen))!)
    await goOn()
    t.same(await fromUs(), [`@shirley ${other}`], 'the desk sends it too')
  },
)

t.test('what was cancelled before it went out can be sent again; the brake holds it', async (t) => {
  const { db, helen, owen, joseph, write, decide, asked, button, send, fromUs, goOn, clock } = await world(t)
  const post = await asked()
  await write()
  await decide(owen, 'approval')
  const answer = (await button(joseph))!
  await db.write(
    async (tx) => void (await tx.update(accounts).set({ brakeAt: clock.now(), brakeBy: LEAD.id })),
  )
  await send(joseph, post.id, answer)
  t.match((await joseph.get(TALK)).body, 'is held, because the brake is on')
  await goOn()
  t.same(await fromUs(), [])
  const held = (await db.read.select().from(deliveries))[0]!
  t.equal(held.state, 'held')
  const at = `/deliveries/${held.id}`
  t.equal((await helen.post(at, `${at}/cancellation`, { version: String(held.version) })).statusCode, 303)
  await db.write(async (tx) => void (await tx.update(accounts).set({ brakeAt: null, brakeBy: null })))
  await send(joseph, post.id, answer)
  await goOn()
  t.same(await fromUs(), [`@shirley ${CARE.text}`])
})

t.test('not by a host whose week is over, and not to what is not theirs', async (t) => {
  const { owen, joseph, write, decide, asked, button, send, fromUs, goOn, clock } = await world(t)
  const post = await asked()
  await write()
  await decide(owen, 'approval')
  const answer = (await button(joseph))!
  t.equal((await send(joseph, 'nothing', answer)).statusCode, 404)
  t.equal((await send(joseph, post.id, 'broken')).statusCode, 422)
  clock.moveTo(new Date('2026-11-20T18:00:00Z'))
  t.equal((await send(joseph, post.id, answer)).statusCode, 403)
  t.equal(await button(joseph), undefined)
  t.equal((await send(owen, post.id, answer)).statusCode, 303, 'the desk still answers')
  await goOn()
  t.same(await fromUs(), [`@shirley ${CARE.text}`])
})

t.test(
  'the account’s checks are made of its words, when they are written and before they are approved',
  async (t) => {
    const { db, helen, owen, joseph, write, only, decide, asked, button, send, fromUs, goOn } = await world(t)
    const rules = async (levels: CheckRules['levels'], secondApprover = false) =>
      db.write(async (tx) => void (await tx.update(accounts).set({ checkRules: { levels, secondApprover } })))
    const post = await asked()
    const text = 'Ring 01632 960123: the ward can help you.'
    await rules({ 'phone-number': 'never' })
    const refused = await write({ text })
    t.equal(refused.statusCode, 422)
    t.match(refused.body, '01632 960123 looks like a phone number. Put it right first.')

    await rules({ 'phone-number': 'answer' })
    await write({ text })
    const { id } = await only()
    const page = (await owen.get(PAGE)).body
    t.match(page, 'It can be approved once what the checks found is put right or answered.')
    t.notMatch(page, '>Approve<', 'nothing is offered that is refused')
    const kept = await decide(owen, 'approval')
    t.equal(kept.statusCode, 422)
    t.match(kept.body, 'Put it right, or answer it.')
    t.equal((await only()).state, 'submitted')

    const value = /name="answer" value="(0 phone-number:[^"]+)"/.exec(page)![1]!
    t.equal((await joseph.post(TALK, `/answers/${id}/checks`, { answer: value })).statusCode, 404)
    t.equal((await owen.post(PAGE, `/answers/${id}/checks`, { answer: 'anything' })).statusCode, 404)
    t.equal((await owen.post(PAGE, `/answers/${id}/checks`, { answer: value })).statusCode, 303)
    t.match((await owen.get(PAGE)).body, /Owen Price, today 10:4\d: “It is a public number\.”/)
    await rules({ 'phone-number': 'answer' }, true)
    t.match((await decide(owen, 'approval')).body, 'then two people have to approve each time')
    await rules({ 'phone-number': 'answer' })
    t.equal((await decide(owen, 'approval')).statusCode, 303)

    await rules({ 'phone-number': 'never' })
    t.match((await owen.get(PAGE)).body, 'It can’t be sent: a check of the account keeps it back.')
    await rules({ 'phone-number': 'answer' })
    await send(joseph, post.id, (await button(joseph))!)
    await goOn()
    t.same(await fromUs(), [`@shirley ${text}`], 'what was answered holds each time that it is sent')
    t.match(
      (await db.read.select().from(activity)).filter(({ kind }) => kind === 'answer.check-answered'),
      [{ personId: APPROVER.id, details: { check: 'phone-number', said: 'It is a public number' } }],
    )
    t.match((await helen.get('/activity')).body, 'answered a check of')
  },
)

t.test('it stands on Today while it waits for approval', async (t) => {
  const { helen, owen, write, decide } = await world(t)
  t.match((await owen.get('/today')).body, 'Nothing. When somebody submits a draft')
  await write()
  for (const who of [helen, owen]) {
    const { body } = await who.get('/today')
    t.match(body, /<a href="[^"]+\/answers#answer-[^"]+">The standard answer “Your own care”<\/a>/)
    t.match(body, 'No draft. When somebody submits')
  }
  await decide(owen, 'approval')
  t.notMatch((await owen.get('/today')).body, 'The standard answer')
})

t.test('it is offered and sent only to who speaks to the account', async (t) => {
  const { db, owen, joseph, write, decide, asked, button, send, fromUs, goOn, x, handle, rowOf } =
    await world(t)
  const post = await asked()
  const between = await x.postAs({
    handle: 'dai',
    name: 'Dai',
    text: '@shirley He can take my arm.',
    replyTo: post.networkId,
  })
  await goOn()
  const overheard = await rowOf(between.id)
  t.match(overheard, { kind: 'reply', replyTo: post.networkId })
  await write()
  await decide(owen, 'approval')
  const talk = (await joseph.get(TALK)).body
  t.match(talk, 'Standard answers for Shirley M')
  t.notMatch(talk, 'Standard answers for Dai')
  const refused = await send(joseph, overheard.id, (await button(joseph))!)
  t.equal(refused.statusCode, 403)
  t.match(refused.body, 'They speak to somebody else')
  const named = await x.postAs({
    handle: 'dai',
    name: 'Dai',
    text: `@shirley @${handle} or do they have chairs?`,
    replyTo: post.networkId,
  })
  await goOn()
  t.equal((await send(joseph, (await rowOf(named.id)).id, (await button(joseph))!)).statusCode, 303)
  await goOn()
  t.equal((await fromUs()).length, 1)
  t.equal(await db.read.$count(drafts), 1)
})
