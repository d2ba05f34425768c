import t, { type Test } from 'tap'
import { findAccount } from '../../src/accounts/accounts.ts'
import { changeLiveWindow } from '../../src/drafts/live/change-live-window.ts'
import { approveDraft, findDecidable, freezeDecidable } from '../../src/drafts/decide-draft.ts'
import { fingerprint } from '../../src/drafts/freeze.ts'
import { sendStandingWords } from '../../src/drafts/policy/send-standing-words.ts'
import { pullBrake } from '../../src/publishing/brake.ts'
import { liveWindows } from '../../src/db/schema/index.ts'
import { changeWeek } from '../../src/rota/change-week.ts'
import { liveWindowsOf } from '../../src/rota/live-windows.ts'
import { findActor } from '../../src/rota/powers.ts'
import { findWeek } from '../../src/rota/weeks.ts'
import { approved } from '../support/approved.ts'
import { desk, picture, refused } from '../support/publishing-desk.ts'
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
      checkedAs: 'thanks',
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
    t.match(
      (await now()).find(({ payload }) => payload.text === 'The kitchen opens.'),
      { heldReason: 'live', trouble: 'That is over, and its time has passed.' },
    )
    t.same(
      (await now())
        .filter(({ draftId }) => draftId === thread.draftId)
        .map((part) => part.heldReason ?? part.state),
      ['live', 'live'],
      'all of it stays in the one form',
    )
    t.match(await mailsTo(), [
      {
        subject: '2 posts of @NorthDaleHealth are held',
        text: /In one form you say what becomes of each:\n\nhttp:\/\/week.example\/weeks\/[^\n]*\/live\/aside\n[^]*“The kitchen opens\.”/,
      },
    ])
    clock.pass(5)
    await publisher.run()
    t.equal(network.sent.length, 1, 'the rest of a thread waits for its first part')
  },
)

/** A post of the week that is due at 9:58, two minutes before the event. */
async function withAPostBefore(t: Test, { endsAt = '13:00' } = {}) {
  const made = await desk(t)
  const { db, clock } = made
  await josephsWeek(db)
  await anOpenDay(db, { endsAt: new Date(`2026-11-18T${endsAt}:00Z`) })
  const before = {
    dueAt: new Date('2026-11-18T09:58:00Z'),
    now: clock.now(),
    weekId: WEEK,
    hosted: true,
    networkUserId: '900',
  }
  await approved(db, { ...before, parts: ['We set the tables.', 'And the chairs.'] })
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  await changeLiveWindow(db, {
    weekId: WEEK,
    eventId: 'open-day',
    version: 0,
    change: { kind: 'aside' },
    now: clock.now(),
    actor,
  })
  return { ...made, actor }
}

t.test('what was due before the event and is kept back until it has begun steps aside too', async (t) => {
  const { clock, publisher, network, state, recorded } = await withAPostBefore(t, { endsAt: '10:10' })
  network.steps.push({ publish: false, answer: refused('limited', '', new Date('2026-11-18T10:02:00Z')) })
  clock.pass(58)
  await publisher.run()
  t.equal(await state(), 'waiting waiting', 'the event has not begun')
  clock.pass(5)
  await publisher.run()
  t.equal(await state(), 'live live')
  t.match((await recorded('delivery.held'))[0]?.details['reason'], 'It stepped aside')
  clock.pass(1)
  await publisher.run()
  t.equal(await state(), 'live live', 'as long as the event goes on')
  t.equal(network.sent.length, 1)
  clock.pass(6)
  await publisher.run()
  t.same(
    network.sent.map(({ text }) => text),
    ['We set the tables.', 'We set the tables.'],
    'it is not too late after the event',
  )
})

t.test('what is too late already when the event begins is asked about at once', async (t) => {
  const { clock, publisher, state, mailsTo } = await withAPostBefore(t)
  clock.pass(95)
  await publisher.run()
  t.equal(await state(), 'late waiting')
  t.match(await mailsTo(), [{ subject: 'A post of @NorthDaleHealth is held' }])
})

t.test('a window that begins over a post at the very moment of its claim keeps it back', async (t) => {
  const { db, clock, process, images, network, state } = await liveDesk(t)
  const hash = await picture(db, images, clock.now())
  await approved(db, {
    parts: [{ text: 'The kitchen, from within.', images: [{ hash, alt: '' }] }],
    dueAt: new Date('2026-11-18T10:04:00Z'),
    now: new Date('2026-11-18T09:00:00Z'),
    weekId: WEEK,
    hosted: true,
    networkUserId: '900',
  })
  let begun = false
  const publisher = process({
    reached(point) {
      if (point !== 'image-unkept' || begun) return
      begun = true
      void db.write((tx) =>
        tx.insert(liveWindows).values({
          eventId: 'open-day',
          weekId: WEEK,
          startsAt: new Date('2026-11-18T10:00:00Z'),
          endsAt: new Date('2026-11-18T13:00:00Z'),
          aside: true,
        }),
      )
    },
  })
  await publisher.run()
  t.same(network.sent, [])
  clock.pass(1)
  await publisher.run()
  t.same(network.sent, [])
  t.equal(await state(), 'live live')
})

t.test('an event that is moved takes along when its week’s posts step aside', async (t) => {
  const { db, clock, publisher, network, actor, state } = await withAPostBefore(t)
  await approved(db, {
    parts: ['The bread is out.'],
    dueAt: new Date('2026-11-18T12:00:00Z'),
    now: clock.now(),
    weekId: WEEK,
    hosted: true,
    networkUserId: '900',
  })
  await publisher.run()
  t.equal(await state(), 'waiting live waiting')
  const moved = async (from: string, to: string) => {
    const { event } = (await liveWindowsOf(db.read, WEEK))[0]!
    const [startsAt, endsAt] = [new Date(`2026-11-18T${from}:00Z`), new Date(`2026-11-18T${to}:00Z`)]
    const { version } = (await findWeek(db.read, WEEK))!
    const change = { events: [{ ...event, startsAt, endsAt }] }
    await changeWeek(db, { weekId: WEEK, version, change, actor, now: clock.now() })
    await publisher.run()
  }
  await moved('09:30', '10:30')
  t.match(await liveWindowsOf(db.read, WEEK), [
    { aside: true, startsAt: new Date('2026-11-18T09:30:00Z'), endsAt: new Date('2026-11-18T10:30:00Z') },
  ])
  t.equal(await state(), 'live waiting live', 'what is in the event now is held, and what is not goes on')
  clock.pass(58)
  await publisher.run()
  t.same(network.sent, [])
  await moved('14:00', '15:00')
  t.same(
    network.sent.map(({ text }) => text),
    ['We set the tables.'],
  )
})
