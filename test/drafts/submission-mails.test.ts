import { eq } from 'drizzle-orm'
import t from 'tap'
import type { Database } from '../../src/db/database.ts'
import { accounts, decisions, drafts, mails } from '../../src/db/schema/index.ts'
import { keyOf } from '../../src/drafts/checks/finding.ts'
import { insertAnswer } from '../../src/drafts/checks/store.ts'
import { nextReminder, remindDeciders } from '../../src/drafts/queue/remind-deciders.ts'
import { submitDraft } from '../../src/drafts/submit-draft.ts'
import { sendDueMails } from '../../src/mail/outbox.ts'
import { makeSignInLink } from '../../src/people/sign-in.ts'
import { findActor } from '../../src/rota/powers.ts'
import { testApp } from '../support/app.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek } from '../support/submitted.ts'

const NOW = new Date('2026-11-18T10:42:00Z')
const PUBLIC_URL = 'https://week.example'
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000)

async function aDesk(t: Parameters<typeof testDatabase>[0], policy: { remindMinutes?: number } = {}) {
  const { db } = testDatabase(t)
  await anAccount(db, { now: NOW, policy })
  await josephsWeek(db)
  const submit = async (id: string, { by = JOSEPH.id, at = NOW, text = `Walk ${id}` } = {}) => {
    await aSubmittedDraft(db, { id, state: 'writing', text })
    const actor = (await findActor(db.read, by, at))!
    await submitDraft(db, {
      draftId: id,
      version: 1,
      actor,
      publicUrl: PUBLIC_URL,
      now: at,
      machineNow: at,
    })
  }
  return { db, submit }
}

const to = async (db: Database, email: string, kind: 'draft-submitted' | 'draft-reminder') =>
  (await db.read.select().from(mails)).filter((mail) => mail.to === email && mail.kind === kind)

/** Sends what waits, as the mail's job does at that time. */
const send = async (db: Database, at: Date) => {
  const sent: { to: string; subject: string; text: string }[] = []
  await sendDueMails(db, {
    transport: { send: async (mail) => void sent.push(mail) },
    links: {},
    now: () => at,
    machine: () => at,
  })
  return sent
}

t.test('what is submitted within a short time stands in one mail', async (t) => {
  const { db, submit } = await aDesk(t)
  await submit('one')
  const [alone] = await to(db, APPROVER.email, 'draft-submitted')
  t.equal(alone!.subject, 'Joseph Adeyemi submitted a draft for Wednesday 18 November, 12:30')
  t.match(alone!.text, `${PUBLIC_URL}/queue?draft=one`)
  await submit('two', { at: later(0.1) })
  await submit('three', { at: later(0.2) })
  for (const { email } of [APPROVER, LEAD]) {
    const told = await to(db, email, 'draft-submitted')
    t.equal(told.length, 1, `${email} gets one mail`)
    t.match(told[0], { subject: /^3 drafts for @\w+ wait for your decision$/ })
    for (const id of ['one', 'two', 'three']) {
      t.ok(told[0]!.text.includes(`Walk ${id} ^JA`))
      t.ok(told[0]!.text.includes(`${PUBLIC_URL}/queue?draft=${id}`))
    }
    t.ok(told[0]!.text.includes(`${PUBLIC_URL}/queue/together`))
  }
  t.same(await to(db, JOSEPH.email, 'draft-submitted'), [], 'not to who wrote them')
  t.equal((await send(db, later(1))).length, 2)
  await submit('four', { at: later(20) })
  t.equal((await send(db, later(21))).length, 0, 'a little later there may be more')
  t.match(await send(db, later(23)), [{ text: /Walk four/ }, { text: /Walk four/ }])
})

t.test('a lead who submits hears nothing of it', async (t) => {
  const { db, submit } = await aDesk(t)
  await submit('one', { by: LEAD.id })
  t.same(await to(db, LEAD.email, 'draft-submitted'), [])
  t.equal((await to(db, APPROVER.email, 'draft-submitted')).length, 1)
})

t.test('one reminder before it is wanted, where nobody decided', async (t) => {
  const { db } = await aDesk(t)
  const remind = (at: Date) => remindDeciders(db, { now: at, machineNow: at, publicUrl: PUBLIC_URL })
  await aSubmittedDraft(db, { id: 'noon' }) // for 12:30
  await aSubmittedDraft(db, { id: 'own', by: 'helen', wishedAt: '2026-11-18T12:30:00Z' })
  await aSubmittedDraft(db, { id: 'soon', wishedAt: null })
  await aSubmittedDraft(db, { id: 'just-now', submittedAt: '2026-11-18T11:31:00Z' })
  await aSubmittedDraft(db, { id: 'taken-back', state: 'writing' })
  t.same(await nextReminder(db.read, NOW), new Date('2026-11-18T11:30:00Z'))
  t.equal(await remind(new Date('2026-11-18T11:29:59Z')), 0)
  t.equal(await remind(new Date('2026-11-18T11:32:00Z')), 2)
  const [owen] = await to(db, APPROVER.email, 'draft-reminder')
  t.match(owen, { subject: /^2 drafts for @\w+ are wanted soon and not decided$/ })
  t.match(owen!.text, 'Joseph Adeyemi’s draft for Wednesday 18 November, 12:30 is not decided yet')
  t.match(owen!.text, `${PUBLIC_URL}/queue?draft=noon`)
  const helen = await to(db, LEAD.email, 'draft-reminder')
  t.equal(helen.length, 1)
  t.match(helen[0]!.subject, '58 minutes left')
  t.notMatch(helen[0]!.text, 'draft=own', 'who wrote it does not decide it')
  t.same(await to(db, JOSEPH.email, 'draft-reminder'), [])
  t.equal(await remind(new Date('2026-11-18T11:40:00Z')), 0, 'once')
  t.equal(await nextReminder(db.read, new Date('2026-11-18T11:40:00Z')), null)
  await db.write((tx) =>
    tx
      .update(drafts)
      .set({ submittedAt: new Date('2026-11-18T11:50:00Z'), wishedAt: new Date('2026-11-18T15:00:00Z') })
      .where(eq(drafts.id, 'noon')),
  )
  t.equal(await remind(new Date('2026-11-18T14:00:00Z')), 1, 'once more for a new submission')
})

t.test('how long before is the account’s', async (t) => {
  for (const [remindMinutes, at] of [
    [15, '2026-11-18T12:15:00Z'],
    [0, null],
  ] as const) {
    const { db } = await aDesk(t, { remindMinutes })
    await aSubmittedDraft(db)
    const next = await nextReminder(db.read, NOW)
    t.equal(next?.toISOString() ?? null, at && new Date(at).toISOString())
    const now = new Date('2026-11-18T12:20:00Z')
    t.equal(await remindDeciders(db, { now, machineNow: now, publicUrl: PUBLIC_URL }), at ? 1 : 0)
  }
  const { db } = await aDesk(t)
  await db.write((tx) =>
    tx
      .update(accounts)
      .set({ policy: {} as typeof accounts.$inferInsert.policy })
      .where(eq(accounts.id, ACCOUNT)),
  )
  await aSubmittedDraft(db)
  t.same(await nextReminder(db.read, NOW), new Date('2026-11-18T11:30:00Z'), 'an older row has the default')
})

t.test(
  'the link in the mail leads to the very draft, by way of signing in, and decides nothing',
  async (t) => {
    const { db, clock, visitor } = await testApp(t)
    await anAccount(db, { now: NOW })
    await josephsWeek(db)
    await aSubmittedDraft(db, { id: 'first', text: 'Wanted first' })
    const id = await aSubmittedDraft(db, { text: 'The very draft', wishedAt: '2026-11-18T15:00:00Z' })
    const owen = await visitor()
    const led = await owen.get(`/queue?draft=${id}`)
    t.equal(led.statusCode, 303)
    const door = led.headers.location!
    await owen.post(door, '/sign-in', { email: APPROVER.email, next: `/queue?draft=${id}` })
    const link = await makeSignInLink(db, {
      email: APPROVER.email,
      publicUrl: '',
      machineNow: clock.machine(),
    })
    const arrived = await owen.post(link, link)
    t.equal(arrived.statusCode, 303)
    t.equal(arrived.headers.location, `/queue?draft=${id}`)
    t.match((await owen.get(arrived.headers.location!)).body, /class="said"[^>]*>The very draft /)
    for (const path of ['approval', 'change-request', 'refusal'])
      t.equal((await owen.get(`/drafts/${id}/${path}`)).headers.location, `/queue?draft=${id}`)
    t.same(await db.read.select().from(decisions), [])
  },
)

t.test('mails to those who decide name what the checks found, and what was answered', async (t) => {
  const { db, submit } = await aDesk(t)
  const text = 'Ring 01632 960123 or 01632 960124.'
  await db.write((tx) =>
    insertAnswer(tx, {
      id: 'answered',
      accountId: ACCOUNT,
      scope: 'one',
      kind: 'phone-number',
      key: keyOf('phone-number', '01632 960123'),
      words: 'It is a public number',
      personId: JOSEPH.id,
      at: NOW,
    }),
  )
  await submit('one', { text })
  const found = `The checks found:
- 01632 960123 looks like a phone number. Joseph Adeyemi: “It is a public number.”
- 01632 960124 looks like a phone number.`
  const [mail] = await to(db, APPROVER.email, 'draft-submitted')
  t.ok(mail!.text.includes(found), mail!.text)
  await remindDeciders(db, { now: later(60), machineNow: later(60), publicUrl: PUBLIC_URL })
  const [reminder] = await to(db, APPROVER.email, 'draft-reminder')
  t.ok(reminder!.text.includes(found), reminder!.text)
  await submit('two')
  const [both] = await to(db, APPROVER.email, 'draft-submitted')
  t.equal(both!.text.split('The checks found').length, 2, 'nothing of it under the other draft')
})
