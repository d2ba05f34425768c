import { eq } from 'drizzle-orm'
import t from 'tap'
import { absences, deliveries, drafts, mails, roles } from '../../src/db/schema/index.ts'
import { approveDraft, findDecidable, freezeDecidable } from '../../src/drafts/decide-draft.ts'
import { fingerprint } from '../../src/drafts/freeze.ts'
import { postLive } from '../../src/drafts/live/post-live.ts'
import { remindDeciders } from '../../src/drafts/queue/remind-deciders.ts'
import { submitDraft } from '../../src/drafts/submit-draft.ts'
import { mailRenewals } from '../../src/mail-renewals.ts'
import { sendDueMails } from '../../src/mail/outbox.ts'
import { cancelFrom } from '../../src/publishing/settle-delivery.ts'
import { findActor } from '../../src/rota/powers.ts'
import { desk, refused } from '../support/publishing-desk.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'
import { anOpenDay, aSubmittedDraft, JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const PUBLIC_URL = 'http://week.example'

/** A desk with Joseph's week, whose mails go out when a test says so. */
async function world(t: Parameters<typeof desk>[0]) {
  const made = await desk(t)
  const { db, clock } = made
  await josephsWeek(db)
  await anOpenDay(db)
  const times = () => ({ now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL })
  const actor = async (id: string) => (await findActor(db.read, id, clock.now()))!
  const approve = async (draftId: string) => {
    const owen = await actor(APPROVER.id)
    const seen = fingerprint(freezeDecidable(await findDecidable(db.read, draftId, owen)))
    await approveDraft(db, { draftId, fingerprint: seen, actor: owen, ...times() })
  }
  const submitted = async (text: string) => {
    const draftId = await aSubmittedDraft(db, { text, state: 'writing' })
    await submitDraft(db, { draftId, version: 1, actor: await actor(JOSEPH.id), ...times() })
    return draftId
  }
  /** Lets the outbox send what is due. Returns what the server was given. */
  const send = async () => {
    clock.moveMachine(1)
    const sent: { to: string; subject: string; text: string }[] = []
    await sendDueMails(db, {
      transport: { send: async ({ to, subject, text }) => void sent.push({ to, subject, text }) },
      links: {},
      renewals: mailRenewals(() => PUBLIC_URL),
      now: clock.now,
      machine: clock.machine,
    })
    return sent
  }
  const subjects = async (to = LEAD.email) =>
    (await send()).filter((mail) => mail.to === to).map(({ subject }) => subject)
  return { ...made, times, actor, approve, submitted, send, subjects }
}

t.test('what is true goes out as it was written', async (t) => {
  const { submitted, send } = await world(t)
  const id = await submitted('What a bed weighs.')
  const sent = await send()
  t.same(
    sent.map(({ to }) => to),
    [LEAD.email, APPROVER.email],
  )
  t.match(sent[0], {
    subject: /^Joseph Adeyemi submitted a draft for Wednesday 18 November, 12:30/,
    text: `${PUBLIC_URL}/queue?draft=${id}`,
  })
})

t.test(
  'of two submissions one that was decided meanwhile is left out, and of one nothing is sent',
  async (t) => {
    const { db, clock, approve, submitted, subjects } = await world(t)
    const first = await submitted('What a bed weighs.')
    await submitted('Nine miles of corridor.')
    t.match((await db.read.select().from(mails))[0], {
      subject: '2 drafts for @NorthDaleHealth wait for your decision',
    })
    await approve(first)
    t.match(await subjects(), [/^Joseph Adeyemi submitted a draft/])
    const third = await submitted('The kitchen opens at five.')
    await approve(third)
    clock.moveMachine(3)
    t.same(await subjects(), [])
    const left = (await db.read.select().from(mails)).filter(
      ({ kind, state }) => kind === 'draft-submitted' && state === 'queued',
    )
    t.same(left, [], 'nor does it wait for ever')
  },
)

t.test(
  'a reminder of what is approved by then is not sent, and another says the time that is left',
  async (t) => {
    const { db, clock, approve, times, subjects } = await world(t)
    const gone = await aSubmittedDraft(db, {
      text: 'What a bed weighs.',
      submittedAt: '2026-11-18T08:00:00Z',
    })
    await aSubmittedDraft(db, { text: 'Nine miles of corridor.', submittedAt: '2026-11-18T08:00:00Z' })
    clock.pass(150)
    await remindDeciders(db, times())
    await approve(gone)
    clock.pass(30)
    t.match(await subjects(), ['30 minutes left: “Nine miles of corridor.”'])
  },
)

t.test('a post that was held and is not any more is no trouble, for the desk and for its host', async (t) => {
  const { db, clock, deps, network, publisher, submitted, approve, actor, send, subjects } = await world(t)
  const [bed, corridor] = [await submitted('What a bed weighs.'), await submitted('Nine miles of corridor.')]
  for (const id of [bed, corridor]) await approve(id)
  await send()
  clock.pass(210)
  network.steps.push({ publish: false, answer: refused('credit') })
  await publisher.run()
  t.same(
    (await db.read.select().from(deliveries)).map(({ heldReason }) => heldReason),
    ['credit', 'credit'],
  )
  await db.write((tx) =>
    tx
      .update(deliveries)
      .set({ state: 'posted', heldReason: null, networkId: '77' })
      .where(eq(deliveries.draftId, bed)),
  )
  const mail = await send()
  t.match(
    mail.filter(({ to }) => to === LEAD.email),
    [{ subject: 'A post of @NorthDaleHealth is held: no credit with X', text: 'Nine miles of corridor.' }],
  )
  t.notMatch(mail.find(({ to }) => to === LEAD.email)!.text, 'What a bed weighs')
  t.match(
    mail.filter(({ to }) => to === JOSEPH.email),
    [{ subject: 'Your post has not gone out yet: @NorthDaleHealth', text: 'Nine miles of corridor.' }],
  )

  network.steps.push({ publish: false, answer: refused('forbidden', 'No.') })
  const failing = await submitted('The kitchen opens at five.')
  await db.write((tx) => tx.update(drafts).set({ wishedAt: null }).where(eq(drafts.id, failing)))
  await approve(failing)
  clock.pass(11)
  await publisher.run()
  const failed = (await db.read.select().from(deliveries)).find(({ state }) => state === 'failed')!
  await cancelFrom(deps, { deliveryId: failed.id, version: failed.version, actor: await actor(LEAD.id) })
  t.notOk((await subjects()).some((subject) => /did not go out/.test(subject)))
})

t.test('of what is posted live only what can still be approved or stopped is told', async (t) => {
  const { db, clock, times, actor, approve, send } = await world(t)
  clock.pass(62)
  const press = async (id: string, text: string) =>
    postLive(db, {
      id,
      weekId: WEEK,
      text,
      images: [],
      hashtag: false,
      pressedAt: null,
      actor: await actor(JOSEPH.id),
      ...times(),
    })
  await press('live-1', 'The doors open.')
  await press('live-2', 'The band plays.')
  await approve('live-1')
  const told = (await send()).filter(({ to }) => to === LEAD.email)
  t.match(told, [{ subject: 'Joseph Adeyemi posts live for @NorthDaleHealth', text: 'The band plays.' }])
  t.notMatch(told[0]!.text, 'The doors open')
})

t.test('who decides no more by then is asked nothing; who went away meanwhile is', async (t) => {
  const { db, clock, submitted, send } = await world(t)
  await submitted('What a bed weighs.')
  await db.write(async (tx) => {
    await tx.delete(roles).where(eq(roles.personId, APPROVER.id))
    await tx.insert(absences).values({
      id: 'away',
      accountId: ACCOUNT,
      personId: LEAD.id,
      deputyId: JOSEPH.id,
      lendsPowers: true,
      beginsAt: clock.now(),
      endsAt: new Date('2026-11-18T10:00:00Z'),
      createdAt: clock.now(),
      createdBy: LEAD.id,
    })
  })
  t.same(
    (await send()).map(({ to }) => to),
    [LEAD.email],
  )
})
