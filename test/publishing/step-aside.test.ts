import t, { type Test } from 'tap'
import { findAccount } from '../../src/accounts/accounts.ts'
import { changeLiveWindow } from '../../src/drafts/live/change-live-window.ts'
import { approveDraft, findDecidable, freezeDecidable } from '../../src/drafts/decide-draft.ts'
import { fingerprint } from '../../src/drafts/freeze.ts'
import { sendStandingWords } from '../../src/drafts/policy/send-standing-words.ts'
import { pullBrake } from '../../src/publishing/brake.ts'
import { findActor } from '../../src/rota/powers.ts'
import { findWeek } from '../../src/rota/weeks.ts'
import { approved } from '../support/approved.ts'
import { desk, refused } from '../support/publishing-desk.ts'
import { ACCOUNT, LEAD } from '../support/story.ts'
import { anOpenDay, aSubmittedDraft, josephsWeek, WEEK } from '../support/submitted.ts'

/** Five minutes into the open day of Joseph's week, with a post of his that is due. */
async function liveDesk(t: Test) {
  const made = await desk(t)
  const { db, clock } = made
  await josephsWeek(db)
  await anOpenDay(db)
  await approved(db, {
    parts: ['The kitchen opens.'],
    dueAt: new Date('2026-11-18T10:05:00Z'),
    now: clock.now(),
    weekId: WEEK,
    hosted: true,
    networkUserId: '900',
  })
  clock.pass(65)
  const actor = async () => (await findActor(db.read, LEAD.id, clock.now()))!
  let version = 0
  const change = async (kind: 'aside' | 'go-on') => {
    const asked = { weekId: WEEK, eventId: 'open-day', version, change: { kind }, now: clock.now() }
    await changeLiveWindow(db, { ...asked, actor: await actor() })
    version += 1
  }
  const pull = async () => pullBrake(made.deps, { accountId: ACCOUNT, actor: await actor() })
  return { ...made, actor, change, pull }
}

t.test('what was held for the account’s sake steps aside when it would go on', async (t) => {
  const { clock, publisher, network, state, change } = await liveDesk(t)
  network.steps.push({ publish: false, answer: refused('credit') })
  await publisher.run()
  t.equal(await state(), 'credit')
  await change('aside')
  clock.pass(11)
  await publisher.run()
  t.equal(await state(), 'live')
  t.equal(network.sent.length, 1)
})

t.test('what X put off while posts began to step aside steps aside too', async (t) => {
  const { clock, publisher, network, state, change } = await liveDesk(t)
  const send = network.sendPost
  network.sendPost = async (...given) => {
    await change('aside')
    return send(...given)
  }
  network.steps.push({ publish: false, answer: refused('limited', '', new Date('2026-11-18T10:07:00Z')) })
  await publisher.run()
  t.equal(await state(), 'live')
  clock.pass(5)
  await publisher.run()
  t.equal(network.sent.length, 1)
})

t.test('what stepped aside does not come back past the brake', async (t) => {
  const { clock, publisher, network, state, change, pull } = await liveDesk(t)
  await change('aside')
  await pull()
  await change('go-on')
  t.equal(await state(), 'brake', 'whoever releases the brake decides about it')
  clock.pass(1)
  await publisher.run()
  t.equal(network.sent.length, 0)
})

t.test('what somebody says at once during the event is not scheduled, and goes', async (t) => {
  const { db, clock, publisher, network, change, ...made } = await liveDesk(t)
  await change('aside')
  const draftId = await aSubmittedDraft(db, { text: 'Come in!', wishedAt: null })
  const actor = await made.actor()
  const times = { now: clock.now(), machineNow: clock.machine(), publicUrl: 'http://week.example' }
  const seen = fingerprint(freezeDecidable(await findDecidable(db.read, draftId, actor)))
  t.match(await approveDraft(db, { draftId, fingerprint: seen, actor, ...times }), { held: false })
  const answered = { networkId: '77', name: 'Ana', handle: 'ana', text: 'Is it warm?', summons: true }
  const account = (await findAccount(db.read, ACCOUNT))!
  const week = (await findWeek(db.read, WEEK))!
  await db.write((tx) =>
    sendStandingWords(tx, {
      id: 'answer',
      account,
      week,
      weekHostId: null,
      text: 'Thank you!',
      answered,
      actor,
      now: clock.now(),
    }),
  )
  await publisher.run()
  t.same(network.sent.map(({ text }) => text).toSorted(), ['Come in! ^JA', 'Thank you!'])
})

t.test(
  'an event that ends by its own time asks about what it made too late, and lets the rest go',
  async (t) => {
    const { db, clock, publisher, network, state, now, mailsTo, change } = await liveDesk(t)
    await approved(db, {
      parts: ['We close soon.'],
      dueAt: new Date('2026-11-18T12:50:00Z'),
      now: clock.now(),
      weekId: WEEK,
      hosted: true,
      networkUserId: '900',
    })
    const thread = await approved(db, {
      parts: ['The tour begins.', 'It begins here.'],
      dueAt: new Date('2026-11-18T10:30:00Z'),
      now: clock.now(),
      weekId: WEEK,
      hosted: true,
      networkUserId: '900',
    })
    await change('aside')
    clock.pass(174)
    await publisher.run()
    t.equal(await state(), 'live live live live')
    clock.pass(1)
    await publisher.run()
    t.same(
      network.sent.map(({ text }) => text),
      ['We close soon.'],
    )
    t.equal((await now()).find(({ payload }) => payload.text === 'The kitchen opens.')?.heldReason, 'late')
    t.same(
      (await now())
        .filter(({ draftId }) => draftId === thread.draftId)
        .map((part) => part.heldReason ?? part.state),
      ['late', 'waiting'],
    )
    t.match(await mailsTo(), [
      { subject: '2 posts of @NorthDaleHealth are held', text: /“The kitchen opens\.”/ },
    ])
    clock.pass(5)
    await publisher.run()
    t.equal(network.sent.length, 1, 'the rest of a thread waits for its first part')
  },
)
