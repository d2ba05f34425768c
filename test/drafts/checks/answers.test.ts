import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import type { CheckRules } from '../../../src/accounts/check-rules.ts'
import {
  accounts,
  activity,
  checkAnswers,
  decisions,
  drafts,
  imageUploads,
  images,
} from '../../../src/db/schema/index.ts'
import { decideByPolicy } from '../../../src/drafts/policy/decide-by-policy.ts'
import { findDraft } from '../../../src/drafts/store.ts'
import { testApp } from '../../support/app.ts'
import { testClock } from '../../support/clock.ts'
import { scriptedNetwork } from '../../support/network.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek, WEEK } from '../../support/submitted.ts'

const NUMBER = '943 476 5919'
const KEY = 'nhs-number:9434765919'
const SETTINGS = `/accounts/${ACCOUNT}`
const NEW = `/drafts/new?week=${WEEK}`

/** Wednesday 18 November 2026, 10:42, in Joseph's week. */
async function world(t: Test, checkRules: CheckRules | null = null) {
  const made = await testApp(t, { network: scriptedNetwork(testClock('2026-11-18T10:42:00Z')) })
  const { db } = made
  await anAccount(db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(db)
  if (checkRules)
    await db.write((tx) => tx.update(accounts).set({ checkRules }).where(eq(accounts.id, ACCOUNT)))
  const joseph = await made.visitor(JOSEPH.email)
  const helen = await made.visitor(LEAD.email)
  const owen = await made.visitor(APPROVER.email)
  const kept = () => db.read.select().from(checkAnswers)
  const begun = async (text: string, more: Record<string, string> = {}) => {
    const id = randomUUID()
    await joseph.post(NEW, '/drafts', {
      id,
      week: WEEK,
      'part-1-text': text,
      when: 'soon',
      do: 'save',
      ...more,
    })
    return id
  }
  const version = async (id: string) => String((await findDraft(db.read, id))!.version)
  const words = async (id: string, text: string) => ({
    version: await version(id),
    'part-1-text': text,
    when: 'soon',
  })
  return { ...made, joseph, helen, owen, kept, begun, version, words }
}

const binding = (level: 'answer' | 'never', secondApprover = false): CheckRules => ({
  levels: { 'nhs-number': level },
  secondApprover,
})

t.test(
  'a finding is answered in the editor, stays answered while the words stand, and is on the record',
  async (t) => {
    const { joseph, owen, db, begun, words, kept } = await world(t)
    const id = await begun(`Call ${NUMBER} today`)
    const page = (await joseph.get(`/drafts/${id}`)).body
    t.match(page, `<b>${NUMBER} looks like an NHS number.</b>`)
    t.match(page, `value="0 ${KEY}"`)

    // What was typed meanwhile is kept with the answer.
    const answered = await joseph.post(`/drafts/${id}`, `/drafts/${id}`, {
      ...(await words(id, `Call ${NUMBER} now`)),
      answer: `0 ${KEY}`,
    })
    t.equal(answered.headers.location, `/drafts/${id}#checks-title`)
    const after = (await joseph.get(`/drafts/${id}`)).body
    t.match(after, `Call ${NUMBER} now</textarea>`)
    t.match(after, '<span class="answered">Joseph Adeyemi, today 10:42: “It is a made-up number.”</span>')
    t.notMatch(after, `value="0 ${KEY}"`)
    t.match(after, `value="back ${KEY}"`)
    t.match(await kept(), [
      { scope: id, kind: 'nhs-number', words: 'It is a made-up number', personId: JOSEPH.id },
    ])
    const [entry] = await db.read.select().from(activity).where(eq(activity.kind, 'draft.check-answered'))
    t.match(entry, {
      personId: JOSEPH.id,
      draftId: id,
      details: { check: 'nhs-number', said: 'It is a made-up number' },
    })
    t.match(
      (await owen.get('/activity')).body,
      'answered a check of “Call 943 476 5919 now” (NHS numbers): “It is a made-up number.”',
    )

    await joseph.post(
      `/drafts/${id}`,
      `/drafts/${id}/submission`,
      await words(id, `Now call 943-476-5919, said ${NUMBER}`),
    )
    const queue = (await owen.get(`/queue?draft=${id}`)).body
    t.match(
      queue,
      'Joseph Adeyemi, today 10:42: “It is a made-up number.”',
      'who decides sees who answered what',
    )
    t.notMatch(queue, `value="0 ${KEY}"`, 'the same number, with hyphens, stays answered')
  },
)

t.test('other words are asked about anew, and an answer can be taken back', async (t) => {
  const { joseph, begun, words, kept, db } = await world(t)
  const id = await begun(`Call ${NUMBER}`)
  const answer = async (value: string, text = `Call ${NUMBER}`) =>
    joseph.post(`/drafts/${id}`, `/drafts/${id}`, { ...(await words(id, text)), answer: value })
  await answer(`1 ${KEY}`)
  await answer(`1 ${KEY}`)
  t.equal((await kept()).length, 1, 'pressed twice, answered once')
  await joseph.post(`/drafts/${id}`, `/drafts/${id}`, {
    ...(await words(id, 'Call 401 023 2137')),
    do: 'save',
  })
  t.match((await joseph.get(`/drafts/${id}`)).body, 'value="0 nhs-number:4010232137"')
  t.equal((await answer(`0 ${KEY}`, 'Call 401 023 2137')).statusCode, 409, 'those words are gone')
  await joseph.post(`/drafts/${id}`, `/drafts/${id}`, { ...(await words(id, `Call ${NUMBER}`)), do: 'save' })
  t.match(
    (await joseph.get(`/drafts/${id}`)).body,
    'It is no NHS number.',
    'and back again: answered as before',
  )
  await answer(`back ${KEY}`)
  t.same(await kept(), [])
  t.equal((await db.read.select().from(activity).where(eq(activity.kind, 'draft.check-reopened'))).length, 1)
})

t.test('a new draft is kept with its first answer', async (t) => {
  const { joseph, kept } = await world(t)
  const id = randomUUID()
  const answer = await joseph.post(NEW, '/drafts', {
    id,
    week: WEEK,
    'part-1-text': `Call ${NUMBER}`,
    when: 'soon',
    answer: `0 ${KEY}`,
  })
  t.equal(answer.headers.location, `/drafts/${id}#checks-title`)
  t.match(await kept(), [{ scope: id, key: KEY }])
})

t.test('a picture is asked about once, whatever the draft', async (t) => {
  const { joseph, db, begun } = await world(t)
  const hash = 'c'.repeat(64)
  const now = new Date('2026-11-18T09:00:00Z')
  await db.write(async (tx) => {
    await tx
      .insert(images)
      .values({ hash, mediaType: 'image/jpeg', width: 40, height: 30, bytes: 99, createdAt: now })
    await tx.insert(imageUploads).values({ hash, accountId: ACCOUNT, uploadedBy: JOSEPH.id, at: now })
  })
  const withPicture = { 'part-1-hash': hash, 'part-1-alt': 'Two porters by lift 4' }
  const first = await begun('Look', withPicture)
  t.match(
    (await joseph.get(`/drafts/${first}`)).body,
    'Are there people in this picture, and did they agree?',
  )
  await joseph.post(`/drafts/${first}`, `/drafts/${first}`, {
    version: '1',
    'part-1-text': 'Look',
    ...withPicture,
    when: 'soon',
    answer: `0 people-in-picture:${hash}`,
  })
  const second = await begun('Look again', {
    ...withPicture,
    'part-1-alt': 'The two porters who carry it all',
  })
  const page = (await joseph.get(`/drafts/${second}`)).body
  t.match(page, 'Joseph Adeyemi, today 10:42: “They agreed.”')
  t.notMatch(page, `value="0 people-in-picture:${hash}"`)
})

t.test('what has to be put right or answered keeps a draft from being submitted until it is', async (t) => {
  const { joseph, begun, version, words, db } = await world(t, binding('answer'))
  const id = await begun(`Call ${NUMBER}`)
  const refused = await joseph.post(
    `/drafts/${id}`,
    `/drafts/${id}/submission`,
    await words(id, `Call ${NUMBER}`),
  )
  t.equal(refused.statusCode, 422)
  t.match(refused.body, `${NUMBER} looks like an NHS number. Put it right, or answer it under “Checks”.`)
  t.equal((await findDraft(db.read, id))!.state, 'writing')
  await joseph.post(`/drafts/${id}`, `/drafts/${id}/answers`, {
    version: await version(id),
    answer: `0 ${KEY}`,
  })
  const submitted = await joseph.post(`/drafts/${id}`, `/drafts/${id}/submission`, {
    version: await version(id),
  })
  t.equal(submitted.statusCode, 303)
  t.equal((await findDraft(db.read, id))!.state, 'submitted')
})

t.test('what nobody may overrule takes no answer', async (t) => {
  const { joseph, helen, begun, version, words, kept } = await world(t, binding('never'))
  const id = await begun(`Call ${NUMBER}`)
  t.notMatch((await joseph.get(`/drafts/${id}`)).body, `value="0 ${KEY}"`)
  for (const somebody of [joseph, helen]) {
    const answer = await somebody.post(`/drafts/${id}`, `/drafts/${id}/answers`, {
      version: await version(id),
      answer: `0 ${KEY}`,
    })
    t.equal(answer.statusCode, 403)
  }
  t.same(await kept(), [])
  const submission = await joseph.post(
    `/drafts/${id}`,
    `/drafts/${id}/submission`,
    await words(id, `Call ${NUMBER}`),
  )
  t.equal(submission.statusCode, 422)
  t.match(submission.body, 'Put it right first.')
})

t.test('approving looks once more, and who decides may answer too', async (t) => {
  const { owen, db, kept } = await world(t, binding('answer'))
  const id = await aSubmittedDraft(db, { text: `Call ${NUMBER}` })
  const page = await owen.get(`/queue?draft=${id}`)
  t.match(page.body, 'It has to be put right or answered before it goes out.')
  const fingerprint = /name="fingerprint" value="(\w+)"/.exec(page.body)![1]!
  const approve = () => owen.post(`/queue?draft=${id}`, `/drafts/${id}/approval`, { fingerprint })
  const refused = await approve()
  t.equal(refused.statusCode, 422)
  t.match(refused.body, 'Put it right, or answer it')
  const answer = await owen.post(`/queue?draft=${id}`, `/drafts/${id}/answers`, {
    from: 'queue',
    answer: `1 ${KEY}`,
  })
  t.equal(answer.headers.location, `/queue?draft=${id}#checks-title`)
  t.match(await kept(), [{ personId: APPROVER.id }])
  t.equal((await approve()).statusCode, 303)
  t.equal((await findDraft(db.read, id))!.state, 'approved')
  const late = await owen.post(`/drafts/${id}`, `/drafts/${id}/answers`, { answer: `back ${KEY}` })
  t.equal(late.statusCode, 409, 'what is decided is answered for good')
})

t.test('a stranger answers nothing', async (t) => {
  const { visitor, db, kept } = await world(t, binding('answer'))
  const id = await aSubmittedDraft(db, { text: `Call ${NUMBER}`, by: 'helen' })
  const joseph = await visitor(JOSEPH.email)
  const answer = await joseph.post(`/drafts/${id}`, `/drafts/${id}/answers`, { answer: `0 ${KEY}` })
  t.equal(answer.statusCode, 403, 'the desk’s own draft of his week: he reads it')
  t.same(await kept(), [])
})

t.test('the policy decides nothing that a check stops, or that two people have to approve', async (t) => {
  const { owen, db } = await world(t, binding('answer', true))
  const decide = async (id: string) =>
    db.write(async (tx) =>
      decideByPolicy(tx, (await findDraft(tx, id))!, {
        ground: 'trusted-host',
        delayMinutes: 0,
        now: new Date('2026-11-18T10:42:00Z'),
      }),
    )
  const stopped = await aSubmittedDraft(db, { text: `Call ${NUMBER}` })
  t.equal(await decide(stopped), null)
  await owen.post(`/queue?draft=${stopped}`, `/drafts/${stopped}/answers`, { answer: `0 ${KEY}` })
  t.equal(await decide(stopped), null, 'answered, it is for two people')
  t.same(await db.read.select().from(decisions), [])
  t.match(await decide(await aSubmittedDraft(db, { text: 'Good morning' })), { held: false })
})

t.test(
  'where an account has said nothing, an NHS number waits for an answer and a postcode does not',
  async (t) => {
    const { joseph, begun, words } = await world(t)
    const submit = async (text: string, answer?: string) => {
      const id = await begun(text)
      const at = `/drafts/${id}`
      if (answer) await joseph.post(at, `${at}/answers`, { answer })
      return joseph.post(at, `${at}/submission`, await words(id, text))
    }
    const held = await submit(`Call ${NUMBER}`)
    t.equal(held.statusCode, 422)
    t.match(held.body, `${NUMBER} looks like an NHS number.`)
    t.equal((await submit(`Please call ${NUMBER}`, `0 ${KEY}`)).statusCode, 303)
    t.equal((await submit('We are at LS1 3EX')).statusCode, 303)
  },
)

t.test('a lead says what becomes of each check, and it counts at once', async (t) => {
  const { helen, owen, joseph, db, begun } = await world(t)
  const id = await begun(`PLEASE READ THIS: ${NUMBER}`)
  t.match((await joseph.get(`/drafts/${id}`)).body, 'is in capitals.')
  const page = (await helen.get(SETTINGS)).body
  t.match(page, 'Hashtags whose words do not begin with capitals')
  const account = async () => (await db.read.select().from(accounts))[0]!
  const save = async (fields: Record<string, string>) =>
    helen.post(SETTINGS, `${SETTINGS}/checks`, { version: String((await account()).version), ...fields })
  t.equal((await save({ shouting: 'off', 'nhs-number': 'never', secondApprover: 'yes' })).statusCode, 303)
  t.match((await account()).checkRules, {
    levels: { shouting: 'off', 'nhs-number': 'never', 'rude-word': 'advice' },
    secondApprover: true,
  })
  const editor = (await joseph.get(`/drafts/${id}`)).body
  t.notMatch(editor, 'is in capitals.')
  t.match(editor, 'It has to be put right before it goes out.')
  t.match((await owen.get(SETTINGS)).body, 'put right, nobody may overrule it')
  t.match((await owen.get('/activity')).body, 'changed the account’s checks')
  const odd = await save({ shouting: 'loudly' })
  t.equal(odd.statusCode, 422)
  t.match(odd.body, 'Choose from the list what becomes of words in capitals.')
  t.equal((await db.read.select().from(drafts)).length, 1)
})

t.test('the page of a submitted draft looks by itself what became of it', async (t) => {
  const { joseph, begun, words, owen } = await world(t)
  const id = await begun('Good morning')
  const at = `/drafts/${id}`
  await joseph.post(at, `${at}/submission`, await words(id, 'Good morning'))
  const page = await joseph.get(at)
  t.match(page.body, `data-refresh="${at}"`)
  const look = () =>
    joseph.request({
      method: 'GET',
      url: at,
      headers: { 'x-quiet': '1', 'if-none-match': String(page.headers.etag) },
    })
  t.equal((await look()).statusCode, 304)
  const queue = (await owen.get(`/queue?draft=${id}`)).body
  const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(queue)![1]!
  t.equal((await owen.post('/queue', `${at}/approval`, { fingerprint })).statusCode, 303)
  const after = await look()
  t.equal(after.statusCode, 200)
  t.match(after.body, 'Approved')
})
