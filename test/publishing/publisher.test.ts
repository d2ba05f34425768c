import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { disconnect } from '../../src/accounts/connection.ts'
import { openSandbox } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { openDatabase, type Database } from '../../src/db/database.ts'
import {
  accounts,
  attempts,
  charges,
  connections,
  deliveries,
  drafts,
  leases,
  mails,
  uploads,
  weekHosts,
  weeks,
} from '../../src/db/schema/index.ts'
import type { SendAnswer } from '../../src/networks/network.ts'
import { cancelWaiting } from '../../src/publishing/deliveries.ts'
import { insertLease } from '../../src/publishing/lease-store.ts'
import { heldInWords } from '../../src/publishing/pages.ts'
import { findActor } from '../../src/rota/powers.ts'
import { approved } from '../support/approved.ts'
import { aWeek } from '../support/bookings.ts'
import type { testClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { connected, problem, testVault } from '../support/network.ts'
import { desk, picture, refused, unknown } from '../support/publishing-desk.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

t.test('what is due goes out once, with the words that were approved', async (t) => {
  const { db, clock, network, publisher, queue, now, recorded } = await desk(t)
  await queue('Good morning ^HM')
  await approved(db, { parts: ['Later'], dueAt: new Date('2026-11-18T12:00:00Z'), now: clock.now() })
  const { nextAt } = await publisher.run()
  t.match(network.sent, [{ text: 'Good morning ^HM', mediaIds: [], replyTo: null }])
  t.match(await now(), [
    { state: 'posted', networkId: '1001', postedAt: clock.now() },
    { state: 'waiting', networkId: null },
  ])
  t.same(nextAt, new Date('2026-11-18T12:00:00Z'))
  t.match(await db.read.select().from(attempts), [{ outcome: 'posted', networkId: '1001' }])
  t.match(await recorded('delivery.posted'), [{ personId: null, details: { networkId: '1001' } }])
  await publisher.run()
  t.equal(network.sent.length, 1)
})

t.test('product time decides what is due, machine time when to wake', async (t) => {
  const { db, clock, publisher } = await desk(t)
  await approved(db, { parts: ['At noon'], dueAt: new Date('2026-11-18T12:00:00Z'), now: clock.now() })
  clock.moveTo(new Date('2026-11-18T11:59:00Z'))
  t.same((await publisher.run()).nextAt, new Date('2026-11-18T09:01:00Z'))
})

t.test('each answer of the network has its row', async (t) => {
  const inAQuarter = new Date('2026-11-18T09:15:00Z')
  const rows: { answer: SendAnswer; state: string; outcome: string; trouble: RegExp; mails: number }[] = [
    {
      answer: refused('forbidden', 'You attempted to reply to a Tweet that is deleted.'),
      state: 'failed',
      outcome: 'refused',
      trouble: /X said: “You attempted to reply/,
      mails: 1,
    },
    { answer: refused('invalid'), state: 'failed', outcome: 'refused', trouble: /invalid/, mails: 1 },
    { answer: refused('credit'), state: 'credit', outcome: 'refused', trouble: /credit/, mails: 1 },
    {
      answer: refused('limited', '', inAQuarter),
      state: 'waiting',
      outcome: 'put-off',
      trouble: /asked the account to wait/,
      mails: 0,
    },
    { answer: unknown, state: 'unknown', outcome: 'unknown', trouble: /did not answer/, mails: 0 },
    {
      answer: { outcome: 'duplicate', problem: problem('duplicate') },
      state: 'unknown',
      outcome: 'unknown',
      trouble: /same words stand there/,
      mails: 0,
    },
  ]
  for (const { answer, state: expected, outcome, trouble, mails: told } of rows) {
    const { db, clock, network, publisher, queue, now, state } = await desk(t)
    await queue('Good morning')
    network.steps.push({ publish: false, answer })
    const { nextAt } = await publisher.run()
    t.equal(await state(), expected)
    t.match(await db.read.select().from(attempts), [{ outcome, trouble }])
    t.match(heldInWords((await now())[0]!), trouble)
    const toLead = (await db.read.select().from(mails)).filter(({ to }) => to === LEAD.email)
    t.equal(toLead.length, told, expected)
    await publisher.run()
    t.equal(network.sent.length, 1, 'not sent again at once')
    if (expected !== 'waiting') continue
    t.same(nextAt, inAQuarter)
    clock.pass(15)
    await publisher.run()
    t.equal(await state(), 'posted', 'after the reset')
  }
})

t.test(
  'what the network puts off for longer than it may be late is held, and people are asked',
  async (t) => {
    const { db, clock, network, publisher, queue, state } = await desk(t)
    await queue('Good morning')
    network.steps.push({
      publish: false,
      answer: refused('limited', '', new Date('2026-11-19T09:00:00Z')),
    })
    await publisher.run()
    clock.pass(29)
    await publisher.run()
    t.equal(await state(), 'waiting')
    clock.pass(2)
    await publisher.run()
    t.equal(await state(), 'late')
    t.match(await db.read.select().from(mails), [
      { text: /It could not go out in time\. X asked the account to wait before it posts more\. Does it/ },
    ])
    t.equal(network.sent.length, 1)
  },
)

t.test('a thread that began just in time keeps its gap', async (t) => {
  const { clock, network, publisher, queue, state } = await desk(t, { policy: { threadGapSeconds: 300 } })
  await queue('One', 'Two')
  clock.pass(29)
  await publisher.run()
  clock.pass(2)
  await publisher.run()
  t.equal(network.sent.length, 1)
  clock.pass(3)
  await publisher.run()
  t.equal(await state(), 'posted posted')
})

t.test('after a 401 the token is renewed, and a new attempt made', async (t) => {
  const { db, network, publisher, queue, state } = await desk(t)
  network.goodTokens.clear()
  await queue('Good morning')
  await publisher.run()
  t.equal(await state(), 'posted')
  t.equal(network.calls['refresh'], 1)
  network.goodTokens.clear()
  await queue('Good evening')
  await publisher.run()
  t.match(await db.read.select().from(attempts), [
    { outcome: 'posted' },
    { outcome: 'put-off' },
    { outcome: 'posted' },
  ])
  t.equal(network.calls['sendPost'], 3)
})

t.test(
  'without a permission things are held, the leads told once, and they go on by themselves',
  async (t) => {
    const { db, clock, network, publisher, queue, state } = await desk(t)
    network.goodTokens.clear()
    network.refreshes.push(problem('invalid', 'Value passed for the token was invalid.'))
    await queue('One')
    await queue('Two')
    await publisher.run()
    t.equal(await state(), 'reconnect reconnect')
    t.match(await db.read.select().from(connections), [
      { state: 'reconnect', trouble: /did not take the account’s permission/ },
    ])
    t.match(await db.read.select().from(mails), [
      { kind: 'connection-lost', text: /accounts\/account-north/ },
    ])
    await connected({ db, clock }, network)
    await publisher.run()
    t.equal(await state(), 'posted posted')
  },
)

t.test(
  'a token that is refused although it is fresh ends in one held delivery, not in a circle',
  async (t) => {
    const { network, publisher, queue, state } = await desk(t)
    await publisher.run()
    await queue('One')
    network.steps.push(
      { publish: false, answer: refused('unauthorised') },
      { publish: false, answer: refused('unauthorised') },
    )
    await publisher.run()
    t.equal(await state(), 'reconnect')
    t.equal(network.calls['sendPost'], 2)
  },
)

t.test('an account that was disconnected, or is another one by now, sends nothing', async (t) => {
  const { db, clock, network, publisher, queue, state } = await desk(t)
  const deps = { db, clock, network, vault: testVault, settings: { publicUrl: () => '' } }
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  await disconnect(deps, { accountId: ACCOUNT, actor })
  t.equal(network.calls['revoke'], 2)
  await queue('One')
  await publisher.run()
  t.equal(await state(), 'reconnect')
  t.match(await db.read.select().from(mails), [{ kind: 'delivery-trouble' }])
  await connected({ db, clock }, network)
  await db.write(async (tx) => void (await tx.update(connections).set({ networkUserId: '901' })))
  await publisher.run()
  t.equal(await state(), 'reconnect')
  t.equal(network.sent.length, 0)
})

t.test(
  'what was approved for another user than the one that is connected is held, and says so',
  async (t) => {
    const { db, network, publisher, queue, state, now, mailsTo } = await desk(t)
    await db.write(async (tx) => void (await tx.update(connections).set({ networkUserId: '901' })))
    await queue('One')
    await publisher.run()
    t.equal(await state(), 'reconnect')
    t.match(await now(), [{ trouble: /approved for another account on X/ }])
    t.match(await mailsTo(), [{ text: /approved for another account on X/ }])
    t.equal(network.sent.length, 0)
  },
)

t.test('what was held until it was too late asks people once the account is connected again', async (t) => {
  const { db, clock, network, publisher, queue, state, mailsTo, deps } = await desk(t)
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  await disconnect(deps, { accountId: ACCOUNT, actor })
  await queue('One')
  await publisher.run()
  clock.pass(31)
  await publisher.run()
  t.equal(await state(), 'reconnect')
  await connected({ db, clock }, network)
  await publisher.run()
  t.equal(await state(), 'late')
  t.match((await mailsTo()).at(-1)!.text, /could not go out in time/)
  t.equal(network.sent.length, 0)
})

t.test('a thread goes out in order, each part answering the one before, with the gap between', async (t) => {
  const { clock, network, publisher, queue, state } = await desk(t, { policy: { threadGapSeconds: 30 } })
  await queue('One', 'Two', 'Three')
  const first = await publisher.run()
  t.equal(await state(), 'posted waiting waiting')
  t.same(first.nextAt, new Date('2026-11-18T09:00:30Z'))
  clock.pass(0.5)
  await publisher.run()
  clock.pass(0.5)
  await publisher.run()
  t.match(network.sent, [{ replyTo: null }, { text: 'Two', replyTo: '1001' }, { replyTo: '1002' }])
  t.equal(await state(), 'posted posted posted')
})

t.test('a thread that breaks holds what follows; a part that is found lets it go on', async (t) => {
  const { clock, network, publisher, queue, state } = await desk(t)
  await queue('One', 'Two', 'Three')
  network.steps.push({ publish: true }, { publish: true, answer: unknown })
  await publisher.run()
  clock.pass(0.1)
  await publisher.run()
  t.equal(await state(), 'posted unknown thread-broken')
  clock.pass(0.1)
  await publisher.run()
  t.equal(await state(), 'posted posted waiting', 'found after five seconds')
  clock.pass(0.1)
  await publisher.run()
  t.match(network.sent[2], { text: 'Three', replyTo: '1002' })

  const other = await desk(t)
  await other.queue('Uno', 'Due')
  other.network.steps.push({ publish: false, answer: refused('forbidden') })
  await other.publisher.run()
  t.equal(await other.state(), 'failed thread-broken')
  t.match(await other.recorded('delivery.failed'), [{ details: { part: 1, parts: 2 } }])
})

t.test('too late is held and asked about, once for all that was late', async (t) => {
  const { db, clock, network, publisher, queue, state } = await desk(t, { policy: { lateAfterMinutes: 30 } })
  await queue('One')
  await queue('Two')
  clock.pass(30)
  await queue('Three')
  clock.pass(0.1)
  await publisher.run()
  t.equal(await state(), 'late late posted')
  t.equal(network.sent.length, 1)
  const told = await db.read.select().from(mails)
  t.same(
    told.map(({ to, subject }) => `${to}: ${subject}`),
    [LEAD, APPROVER].map(({ email }) => `${email}: 2 posts of @NorthDaleHealth are held`),
  )
})

t.test('a thread that began in time is finished', async (t) => {
  const { clock, publisher, queue, state } = await desk(t, { policy: { lateAfterMinutes: 30 } })
  await queue('One', 'Two')
  clock.pass(29)
  await publisher.run()
  clock.pass(5)
  await publisher.run()
  t.equal(await state(), 'posted posted')
})

t.test('the brake holds what becomes due', async (t) => {
  const { db, clock, network, publisher, queue, state } = await desk(t)
  await queue('One')
  await db.write(async (tx) => void (await tx.update(accounts).set({ brakeAt: clock.now(), version: 9 })))
  await publisher.run()
  t.equal(await state(), 'brake')
  t.equal(network.calls['sendPost'], undefined)
})

/** A draft's host and week, as they come to be meanwhile. */
async function asHost(
  db: Database,
  draftId: string,
  change: Partial<typeof weekHosts.$inferInsert>,
): Promise<void> {
  const weekId = await aWeek(db, new Date('2026-11-18T09:00:00Z'), { accepted: true })
  await db.write(async (tx) => {
    const [host] = await tx.update(weekHosts).set(change).returning()
    await tx.update(drafts).set({ weekId, weekHostId: host!.id }).where(eq(drafts.id, draftId))
  })
}

t.test('what changes while pictures are uploaded stops the post', async (t) => {
  const changes: Record<
    string,
    (db: Database, id: string, clock: ReturnType<typeof testClock>) => Promise<void>
  > = {
    'the brake': (db) =>
      db.write(async (tx) => void (await tx.update(accounts).set({ brakeAt: new Date() }))),
    'a pause': (db) => db.write(async (tx) => void (await tx.update(accounts).set({ pausedAt: new Date() }))),
    'the end of the account': (db) =>
      db.write(async (tx) => void (await tx.update(accounts).set({ retiredAt: new Date() }))),
    'a limit of X': (db, _draftId, clock) =>
      db.write(async (tx) => {
        const notBefore = new Date(clock.machine().getTime() + 1000)
        await tx.update(deliveries).set({ notBefore })
      }),
    'the end of its week': (db, _draftId, clock) =>
      db.write(async (tx) => {
        const at = clock.now()
        const week = { id: 'week', accountId: ACCOUNT, slot: '2026-11-16', theme: '', why: '' }
        const times = { opensAt: at, closesAt: at, createdAt: at }
        await tx.insert(weeks).values({ ...week, ...times, kind: 'hosted', state: 'cancelled' })
        await tx.update(deliveries).set({ weekId: 'week' })
      }),
    'the end of its lease': (db) =>
      db.write(async (tx) => void (await tx.update(leases).set({ until: new Date(0) }))),
    'another host': (db, draftId, clock) => asHost(db, draftId, { endedAt: clock.now() }),
    'a host who has not accepted': (db, draftId) => asHost(db, draftId, { acceptedAt: null }),
    'a week that does not open': (db, draftId) => asHost(db, draftId, { opening: 'waits' }),
    'a changed policy': (db) => db.write(async (tx) => void (await tx.update(accounts).set({ version: 7 }))),
    'a lost connection': (db) =>
      db.write(async (tx) => void (await tx.update(connections).set({ state: 'reconnect' }))),
    'another user': (db) =>
      db.write(async (tx) => void (await tx.update(connections).set({ networkUserId: '7' }))),
    'another publisher': (db) =>
      db.write(async (tx) => void (await tx.update(leases).set({ owner: 'other', fence: 99 }))),
    'a withdrawal': async (db, draftId) =>
      void (await db.write((tx) => cancelWaiting(tx, { draftId }, { personId: LEAD.id, now: new Date() }))),
    'the user for whom it was approved': (db) =>
      db.write(async (tx) => void (await tx.update(deliveries).set({ networkUserId: '7' }))),
    'too long a time': async (_db, _draftId, clock) => clock.pass(31),
    'a new time': (db) =>
      db.write(async (tx) => void (await tx.update(deliveries).set({ dueAt: new Date('2027-01-01') }))),
  }
  for (const [what, change] of Object.entries(changes)) {
    const { db, network, images, publisher, clock } = await desk(t)
    const hash = await picture(db, images, clock.now())
    const { draftId } = await approved(db, {
      parts: [{ text: 'Look', images: [{ hash, alt: 'Red' }] }],
      dueAt: clock.now(),
      now: clock.now(),
    })
    const upload = network.uploadImage
    network.uploadImage = async (...given) => {
      await change(db, draftId, clock)
      return upload(...given)
    }
    await publisher.run()
    t.equal(network.calls['sendPost'], undefined, what)
    t.equal(network.calls['uploadImage'], 1)
  }
})

t.test('a part whose picture is uploaded does not follow one that came down meanwhile', async (t) => {
  const { db, network, images, publisher, clock, state } = await desk(t, { policy: { threadGapSeconds: 0 } })
  const hash = await picture(db, images, clock.now())
  await approved(db, {
    parts: ['One', { text: 'Two', images: [{ hash, alt: 'Red' }] }],
    dueAt: clock.now(),
    now: clock.now(),
  })
  const upload = network.uploadImage
  network.uploadImage = async (...given) => {
    await db.write((tx) =>
      tx.update(deliveries).set({ state: 'removing' }).where(eq(deliveries.state, 'posted')),
    )
    return upload(...given)
  }
  await publisher.run()
  t.equal(network.calls['uploadImage'], 1)
  t.equal(network.sent.length, 1)
  t.match(await state(), /^removing/)
})

t.test('pictures are uploaded before the claim, and not again while their ids hold', async (t) => {
  const { db, clock, network, images, publisher, state } = await desk(t, {
    policy: { lateAfterMinutes: 300 },
  })
  const hash = await picture(db, images, clock.now())
  const part = { text: 'Look', images: [{ hash, alt: 'Red' }] }
  await approved(db, { parts: [part], dueAt: clock.now(), now: clock.now() })
  network.uploads.push({ ok: false, problem: problem('unreachable', 'X could not be reached.') })
  const { nextAt } = await publisher.run()
  t.equal(await state(), 'waiting', 'a failed upload harms nothing')
  t.same(nextAt, new Date('2026-11-18T09:00:15Z'))
  network.steps.push({ publish: false, answer: refused('limited', '', new Date('2026-11-18T09:10:00Z')) })
  clock.pass(1)
  await publisher.run()
  clock.pass(10)
  await publisher.run()
  t.equal(await state(), 'posted')
  t.equal(network.calls['uploadImage'], 2)
  t.same(network.sent[0]!.mediaIds, network.sent[1]!.mediaIds)
  await db.write(async (tx) => void (await tx.update(deliveries).set({ state: 'cancelled' })))
  await approved(db, { parts: [part], dueAt: clock.now(), now: clock.now() })
  network.uploads.push({ ok: false, problem: problem('invalid', 'The picture is broken.') })
  await publisher.run()
  t.equal(await state(), 'cancelled failed')
})

t.test('a picture whose id has run out is uploaded anew before it is sent', async (t) => {
  const { db, clock, network, images, publisher, state } = await desk(t, {
    policy: { lateAfterMinutes: 300 },
  })
  const hash = await picture(db, images, clock.now())
  const parts = [{ text: 'Look', images: [{ hash, alt: 'Red' }] }]
  await approved(db, { parts, dueAt: clock.now(), now: clock.now() })
  network.steps.push({ publish: false, answer: refused('limited', '', new Date('2026-11-18T09:59:00Z')) })
  await publisher.run()
  clock.pass(59)
  await publisher.run()
  t.equal(await state(), 'posted')
  t.equal(network.calls['uploadImage'], 2, 'it would end within two minutes')
  t.notSame(network.sent[0]!.mediaIds, network.sent[1]!.mediaIds)
})

t.test('pictures that the network forgot are uploaded anew, once by itself', async (t) => {
  const { db, clock, network, images, publisher, state } = await desk(t)
  const hash = await picture(db, images, clock.now())
  const red = [{ hash, alt: 'Red' }]
  const queue = (text: string) =>
    approved(db, { parts: [{ text, images: red }], dueAt: clock.now(), now: clock.now() })
  const forgotten = { publish: false, answer: refused('media', 'Your media IDs are invalid.') }
  await queue('Look')
  network.steps.push(forgotten)
  await publisher.run()
  t.equal(await state(), 'posted')
  t.equal(network.calls['uploadImage'], 2)
  t.notSame(network.sent[0]!.mediaIds, network.sent[1]!.mediaIds)
  t.match(await db.read.select().from(attempts), [{ outcome: 'put-off' }, { outcome: 'posted' }])

  await queue('Look again')
  network.steps.push(forgotten, forgotten)
  await publisher.run()
  t.equal(await state(), 'posted failed', 'people are asked, instead of going round in a circle')
  t.equal(network.calls['uploadImage'], 4)
  t.equal((await db.read.select().from(uploads)).length, 1, 'whoever tries again uploads anew')
})

t.test('a process that dies after its claim leaves the post unknown, never sent again', async (t) => {
  for (const publish of [true, false]) {
    const { db, clock, network, process, publisher, queue, state } = await desk(t)
    await publisher.run()
    await queue('One')
    let dead = false
    const mortal: Database = {
      ...db,
      write: (work) => (dead ? Promise.reject(new Error('The process is dead.')) : db.write(work)),
    }
    network.steps.push({ publish, meanwhile: () => void (dead = true) })
    clock.moveMachine(2)
    await t.rejects(process({ db: mortal }).run(), /dead/)
    t.equal(await state(), 'sending')
    const next = process()
    const early = await next.run()
    t.equal(await state(), 'sending', 'it may still be under way')
    t.ok(early.nextAt)
    clock.pass(1.1)
    await next.run()
    t.equal(await state(), 'unknown')
    for (let look = 0; look < 5; look++) {
      clock.pass(1)
      await next.run()
    }
    t.equal(await state(), publish ? 'posted' : 'unknown')
    t.equal(network.sent.length, 1)
    const charged = (await db.read.select().from(charges)).filter(({ kind }) => kind === 'post')
    t.match(charged, [{ units: 1 }], 'what may stand there may have cost, once')
  }
})

t.test(
  'a process that crashed while its clock was ahead does not keep the next one from publishing',
  async (t) => {
    const { db, folder } = testDatabase(t)
    const ahead = new Date(Date.now() + 3 * 3_600_000)
    await db.write((tx) => insertLease(tx, { owner: 'the dead', fence: 7, until: ahead }))
    const now = new Date('2026-11-18T10:42:00Z')
    await anAccount(db, { now })
    const [left] = (await approved(db, { parts: ['Left'], dueAt: now, now, networkUserId: '900' })).deliveries
    await db.write(async (tx) => {
      await tx.update(deliveries).set({ state: 'sending' })
      const sent = { text: 'Left', mediaIds: [], replyTo: null }
      await tx.insert(attempts).values({
        id: 'left',
        deliveryId: left!.id,
        fence: 7,
        sent,
        at: now,
        deadlineAt: ahead,
      })
    })
    const running = await openSandbox(readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent' }), {
      publicUrl: () => 'http://127.0.0.1:3000',
      startsAt: new Date('2026-11-18T10:42:00Z'),
    })
    t.teardown(() => running.close())
    await running.work.untilQuiet()
    const [lease] = await db.read.select().from(leases)
    t.match(lease, { fence: 8 })
    t.not(lease!.owner, 'the dead')
    t.match(
      await db.read.select().from(deliveries),
      [{ state: 'unknown' }],
      'what it was sending is looked for',
    )
  },
)

t.test('two publishers: one works, the other waits for the lease', async (t) => {
  const { clock, network, process, publisher, queue, state } = await desk(t)
  await queue('One')
  await queue('Two')
  const other = process()
  const [, second] = await Promise.all([publisher.run(), other.run()])
  t.equal(await state(), 'posted posted')
  t.equal(network.sent.length, 2)
  t.same(second.nextAt, new Date('2026-11-18T09:01:00Z'))
  await publisher.stop()
  await queue('Three')
  clock.pass(0.01)
  await other.run()
  t.equal(network.sent.length, 3, 'a stopped one lets the next in at once')
  await publisher.run()
  t.equal(network.calls['sendPost'], 3)
})

t.test('stopping waits for the send in flight and begins no other', async (t) => {
  const { clock, network, process, publisher, queue, state } = await desk(t)
  await queue('One')
  await queue('Two')
  let stopped: Promise<void> | undefined
  network.steps.push({ publish: true, meanwhile: () => void (stopped = publisher.stop()) })
  await publisher.run()
  await stopped
  t.equal((await state()).split(' ').toSorted().join(' '), 'posted waiting')
  t.same(await publisher.run(), { nextAt: null }, 'woken once more, it does not take the lease again')
  clock.pass(0.01)
  await process().run()
  t.equal(await state(), 'posted posted')
})

t.test(
  'stopping while a picture is uploaded, or a permission renewed, begins no send after it',
  async (t) => {
    const { db, clock, network, images, process, publisher, state } = await desk(t)
    const hash = await picture(db, images, clock.now())
    await approved(db, {
      parts: [{ text: 'Look', images: [{ hash, alt: 'Red' }] }],
      dueAt: clock.now(),
      now: clock.now(),
    })
    const { uploadImage, refresh } = network
    let stopped: Promise<void> | undefined
    network.uploadImage = async (...image) => {
      stopped = publisher.stop()
      return uploadImage(...image)
    }
    await publisher.run()
    await stopped
    t.equal(await state(), 'waiting')
    network.uploadImage = uploadImage

    const next = process()
    network.goodTokens.clear()
    network.looks.length = 0
    network.refresh = async (token) => {
      stopped = next.stop()
      return refresh(token)
    }
    await next.run()
    await stopped
    t.equal(await state(), 'waiting')
    t.same(await db.read.select().from(attempts), [], 'nothing that would have to be looked for')
    network.refresh = refresh
    await process().run()
    t.equal(await state(), 'posted')
    t.equal(network.sent.length, 1)
  },
)

t.test('what stands there already is adopted before anything is sent', async (t) => {
  const { db, clock, network, publisher, queue, now } = await desk(t)
  await queue('One', 'Two', 'Last')
  for (const text of ['Three', 'Four', 'Five']) await queue(text)
  const one = network.byHand({ text: 'One' })
  network.byHand({ text: 'Two', replyTo: one.id })
  network.byHand({ text: 'Three', createdAt: new Date('2026-10-01T09:00:00Z') })
  network.byHand({ text: 'Four' })
  network.byHand({ text: 'Four' })
  const words = async () =>
    Object.fromEntries((await now()).map((one) => [one.payload.text, one.heldReason ?? one.state]))
  clock.pass(5)
  await publisher.run()
  clock.pass(0.1)
  await publisher.run()
  t.match(await words(), {
    One: 'posted',
    Two: 'posted',
    Last: 'posted',
    Three: 'posted',
    Four: 'undecided',
    Five: 'posted',
  })
  t.same(
    network.sent.map(({ text }) => text).toSorted(),
    ['Five', 'Last', 'Three'],
    'one of last month is no proof',
  )
  t.match(await db.read.select().from(mails), [{ text: /More than one post there looks like it/ }])
})

t.test('a restored older copy of the database sends nothing twice', async (t) => {
  const { db, folder, clock, network, process, publisher, queue } = await desk(t)
  await queue('One', 'Two')
  await queue('Three')
  const copy = join(folder, 'copy.db')
  await db.backup(copy)
  await publisher.run()
  clock.pass(0.1)
  await publisher.run()
  t.equal(network.sent.length, 3)
  clock.pass(2)
  const restored = openDatabase(copy)
  t.teardown(() => restored.close())
  const next = process({ db: restored })
  await next.run()
  clock.pass(1)
  await next.run()
  t.equal(network.sent.length, 3)
  const states = await restored.read.select({ state: deliveries.state }).from(deliveries)
  t.same(states, [{ state: 'posted' }, { state: 'posted' }, { state: 'posted' }])
})

t.test('without a look at the timeline nothing is sent after a start', async (t) => {
  const { clock, network, process, publisher, queue, state } = await desk(t)
  await queue('One')
  await publisher.run()
  await publisher.stop()
  await queue('Two')
  const next = process()
  network.looks.push(problem('unreachable', 'X could not be reached.'))
  clock.pass(0.1)
  t.same((await next.run()).nextAt, new Date('2026-11-18T09:00:21Z'))
  t.equal(await state(), 'posted waiting')
  clock.pass(1)
  await next.run()
  t.equal(await state(), 'posted posted')
})

t.test('what was late by then has perhaps gone out: it is adopted, not asked about', async (t) => {
  const { clock, network, publisher, queue, state } = await desk(t)
  await queue('One')
  network.byHand({ text: 'One' })
  clock.pass(600)
  await publisher.run()
  t.equal(await state(), 'posted')
})

t.test('a withdrawal and a claim race: one of them wins whole', async (t) => {
  for (const withdrawFirst of [true, false]) {
    const { db, clock, network, publisher, queue, state } = await desk(t)
    const { draftId } = await queue('One', 'Two')
    const withdraw = () =>
      db.write((tx) => cancelWaiting(tx, { draftId }, { personId: LEAD.id, now: clock.now() }))
    if (withdrawFirst) {
      await withdraw()
      await publisher.run()
      t.equal(await state(), 'cancelled cancelled')
      t.equal(network.sent.length, 0)
      continue
    }
    network.steps.push({
      publish: true,
      meanwhile: () => t.rejects(withdraw(), { message: /being sent at this moment/ }).then(() => undefined),
    })
    await publisher.run()
    t.equal(await state(), 'posted waiting')
    await t.rejects(withdraw(), { message: /went out already/ })
  }
})

t.test('what fails in the app itself keeps nothing else from going out, and people hear of it', async (t) => {
  const { db, clock, images, process, network, queue, now, state, mailsTo } = await desk(t)
  const hash = await picture(db, images, clock.now())
  await queue({ text: 'With a picture', images: [{ hash, alt: '' }] })
  await queue('Without one')
  await queue('Sent, and never written down')
  const upload = network.uploadImage
  network.uploadImage = () => Promise.reject(new Error('A defect of ours'))
  let dead = false
  const failing: Database = {
    ...db,
    write: (work) => (dead ? Promise.reject(new Error('Another one')) : db.write(work)),
  }
  const publisher = process({ db: failing })
  network.steps.push({ publish: true }, { publish: true, meanwhile: () => void (dead = true) })
  await t.rejects(publisher.run(), { message: /A defect of ours/ }, 'for the log')
  dead = false
  const byText = async () =>
    Object.fromEntries((await now()).map((one) => [one.payload.text, one.state] as const))
  t.match(await byText(), { 'With a picture': 'waiting', 'Without one': 'posted' })
  t.match(
    (await now()).find(({ state }) => state === 'waiting'),
    {
      trouble: /The app failed while it was sending this/,
      notBefore: Date,
    },
  )
  clock.pass(1)
  await t.rejects(publisher.run(), { message: 'A defect of ours' })
  t.match(await byText(), { 'Sent, and never written down': 'unknown' }, 'after its deadline')
  clock.pass(1)
  await t.rejects(publisher.run())
  t.match(await byText(), { 'Sent, and never written down': 'posted' })
  clock.pass(40)
  await publisher.run()
  t.match(await state(), 'late')
  t.match(await mailsTo(), [{ subject: 'A post of @NorthDaleHealth is held' }])
  network.uploadImage = upload
})
