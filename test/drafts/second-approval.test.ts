import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { findAccount } from '../../src/accounts/accounts.ts'
import { changeAccountRow } from '../../src/accounts/store.ts'
import { accounts, decisions, deliveries, drafts, people, roles } from '../../src/db/schema/index.ts'
import { findDraft } from '../../src/drafts/store.ts'
import { latestMails } from '../../src/mail/store.ts'
import type { Visitor } from '../support/app.ts'
import { testApp } from '../support/app.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek } from '../support/submitted.ts'

const NUMBER = '943 476 5919'
const PAT = { id: 'pat', name: 'Pat Reed', email: 'pat@north.example' }

/** Joseph's draft, in which a binding check was answered, waits; Helen leads, Owen and Pat approve. */
async function world(t: Test, { secondApprover = true, answered = true, selfApproval = false } = {}) {
  const made = await testApp(t)
  const { db } = made
  await anAccount(db, { now: new Date('2026-10-01T09:00:00Z'), policy: { selfApproval } })
  await josephsWeek(db)
  await db.write(async (tx) => {
    await tx.insert(people).values({ ...PAT, createdAt: new Date('2026-10-01T09:00:00Z') })
    await tx.insert(roles).values({
      accountId: ACCOUNT,
      personId: PAT.id,
      role: 'approver',
    })
    await tx
      .update(accounts)
      .set({ checkRules: { levels: { 'nhs-number': 'answer' }, secondApprover } })
      .where(eq(accounts.id, ACCOUNT))
  })
  const id = await aSubmittedDraft(db, { text: answered ? `Call ${NUMBER}` : 'Good morning' })
  const joseph = await made.visitor(JOSEPH.email)
  const helen = await made.visitor(LEAD.email)
  const owen = await made.visitor(APPROVER.email)
  const pat = await made.visitor(PAT.email)
  if (answered)
    await joseph.post(`/drafts/${id}`, `/drafts/${id}/answers`, { answer: '0 nhs-number:9434765919' })
  const page = async (who: Visitor) => (await who.get(`/queue?draft=${id}`)).body
  const approve = async (who: Visitor, comment = '') =>
    who.post(`/queue?draft=${id}`, `/drafts/${id}/approval`, {
      fingerprint: /name="fingerprint" value="(\w+)"/.exec(await page(who))![1]!,
      comment,
    })
  const state = async () => (await findDraft(db.read, id))!.state
  const kinds = async () =>
    (await db.read.select().from(decisions)).map(({ kind, personId }) => `${kind} by ${personId}`)
  return { ...made, id, joseph, helen, owen, pat, page, approve, state, kinds }
}

t.test('a draft with an answered check goes out when two people have approved it', async (t) => {
  const { db, id, owen, pat, page, approve, state, kinds } = await world(t)
  t.match(await page(owen), 'Two people have to approve this one.')
  t.match(await page(owen), 'Approve as the first of two')
  const first = await approve(owen, 'Fine by me.')
  t.equal(first.statusCode, 303)
  t.match(
    (await owen.get('/queue')).body,
    'Your approval is kept. It goes out when a second person has approved it too.',
  )
  t.equal(await state(), 'submitted')
  t.same(await db.read.select().from(deliveries), [], 'nothing of it goes out yet')
  t.same(await kinds(), ['agreed by owen'])
  t.match(
    (await latestMails(db.read, 50))
      .filter(({ subject }) => /second person/.test(subject))
      .map(({ to }) => to)
      .toSorted(),
    [LEAD.email, PAT.email].toSorted(),
  )

  t.match(await page(owen), 'You have. It goes out when somebody else approves it too.')
  t.notMatch(await page(owen), `/drafts/${id}/approval"`, 'who approved it once is not asked again')
  t.match(await page(pat), 'Owen Price has: with yours it goes out.')
  t.equal((await approve(pat)).statusCode, 303)
  t.equal(await state(), 'approved')
  t.same(await kinds(), ['agreed by owen', 'approved by pat'])
  t.equal((await db.read.select().from(deliveries)).length, 1)
  const reading = (await owen.get(`/drafts/${id}`)).body
  t.match(reading, 'approved it, as the first of two people')
  t.match(
    (await owen.get('/activity')).body,
    'approved “Call 943 476 5919” for Wednesday 18 November, 12:30 as the first of two people',
  )
})

t.test('the same person twice is one person', async (t) => {
  const { id, owen, approve, page, state } = await world(t)
  const fingerprint = /name="fingerprint" value="(\w+)"/.exec(await page(owen))![1]!
  await approve(owen)
  const again = await owen.post(`/queue?draft=${id}`, `/drafts/${id}/approval`, { fingerprint })
  t.equal(again.statusCode, 403)
  t.equal(await state(), 'submitted')
})

t.test('what was approved by one counts only for what it was', async (t) => {
  const { db, id, joseph, owen, pat, approve, state, kinds, clock } = await world(t)
  await approve(owen)
  clock.pass(1)
  const version = async () => String((await findDraft(db.read, id))!.version)
  await joseph.post(`/drafts/${id}`, `/drafts/${id}/withdrawal`, { version: await version() })
  await joseph.post(`/drafts/${id}`, `/drafts/${id}/submission`, { version: await version() })
  t.equal(await state(), 'submitted')
  await approve(pat)
  t.equal(await state(), 'submitted', 'it was taken back and submitted anew: Pat is the first again')
  await approve(owen)
  t.equal(await state(), 'approved')
  t.same(await kinds(), ['agreed by owen', 'agreed by pat', 'approved by owen'])
})

t.test('one person is enough where the account or the draft does not ask for two', async (t) => {
  const cases: [what: string, options: Parameters<typeof world>[1]][] = [
    ['the account asks for one', { secondApprover: false }],
    ['nothing was answered', { answered: false }],
  ]
  for (const [what, options] of cases) {
    const { owen, approve, state, kinds } = await world(t, options)
    await approve(owen)
    t.equal(await state(), 'approved', what)
    t.same(await kinds(), ['approved by owen'], what)
  }
})

t.test('who approved their own work counts for as long as the account allows that', async (t) => {
  const { db, id, helen, owen, pat, page, approve, state, kinds } = await world(t, { selfApproval: true })
  await db.write(
    async (tx) => void (await tx.update(drafts).set({ authorId: LEAD.id }).where(eq(drafts.id, id))),
  )
  await approve(helen)
  t.match(await page(owen), 'Helen Marsh has: with yours it goes out.')
  const { policy, version } = (await findAccount(db.read, ACCOUNT))!
  const to = { ...policy, selfApproval: false }
  await db.write(async (tx) => void (await changeAccountRow(tx, { id: ACCOUNT, version }, { policy: to })))
  t.match(await page(owen), 'Approve as the first of two')
  await approve(owen)
  t.equal(await state(), 'submitted', 'only one who did not write it has approved it')
  await approve(pat)
  t.equal(await state(), 'approved')
  t.same(await kinds(), ['agreed by helen', 'agreed by owen', 'approved by pat'])
})

t.test('either of the two may still ask for changes or decline', async (t) => {
  const { id, owen, pat, page, approve, state } = await world(t)
  await approve(owen)
  const fingerprint = /name="fingerprint" value="(\w+)"/.exec(await page(pat))![1]!
  const declined = await pat.post(`/queue?draft=${id}`, `/drafts/${id}/refusal`, {
    fingerprint,
    comment: 'Not that number.',
  })
  t.equal(declined.statusCode, 303)
  t.equal(await state(), 'declined')
})

t.test('two words that named it past the brake are two people too', async (t) => {
  const { db, id, helen, owen, page, state, kinds } = await world(t)
  await helen.post(`/accounts/${ACCOUNT}`, `/accounts/${ACCOUNT}/brake`, {})
  const seen = async (who: Visitor) =>
    /name="fingerprint" value="(\w+)"/.exec((await who.get(`/drafts/${id}`)).body)![1]!
  await helen.post(`/drafts/${id}`, `/drafts/${id}/brake-naming`, { fingerprint: await seen(helen) })
  const agreed = await owen.post(`/drafts/${id}`, `/drafts/${id}/brake-agreement`, {
    fingerprint: await seen(owen),
  })
  t.equal(agreed.statusCode, 303)
  t.equal(await state(), 'approved')
  t.same(await kinds(), ['named by helen', 'approved by owen', 'passed by owen'])
  t.equal((await db.read.select().from(deliveries)).length, 1)
  t.ok(await page(owen))
})

t.test('who wrote it is none of the two, also where they named it past the brake', async (t) => {
  const { db, id, helen, owen, pat, approve, state, kinds } = await world(t)
  await db.write(
    async (tx) => void (await tx.update(drafts).set({ authorId: LEAD.id }).where(eq(drafts.id, id))),
  )
  await helen.post(`/accounts/${ACCOUNT}`, `/accounts/${ACCOUNT}/brake`, {})
  const seen = async (who: Visitor) =>
    /name="fingerprint" value="(\w+)"/.exec((await who.get(`/drafts/${id}`)).body)![1]!
  const agree = async (who: Visitor) =>
    who.post(`/drafts/${id}`, `/drafts/${id}/brake-agreement`, { fingerprint: await seen(who) })
  await helen.post(`/drafts/${id}`, `/drafts/${id}/brake-naming`, { fingerprint: await seen(helen) })
  const refused = await agree(owen)
  t.equal(refused.statusCode, 409)
  t.match(refused.body, 'two people who did not write it have to approve it')
  t.equal(await state(), 'submitted')
  t.same(await kinds(), ['named by helen'])
  t.equal((await approve(owen)).statusCode, 303)
  t.equal((await agree(pat)).statusCode, 303)
  t.same(await kinds(), ['named by helen', 'agreed by owen', 'approved by pat', 'passed by pat'])
})
