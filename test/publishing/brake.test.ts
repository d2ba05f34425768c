import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import type { Policy } from '../../src/accounts/account.ts'
import { accounts, deliveries, mails, weekHosts } from '../../src/db/schema/index.ts'
import { endDueBrakes, explainBrake, pullBrake } from '../../src/publishing/brake.ts'
import { releaseAndHold } from '../support/releasing.ts'
import { nextDueAt } from '../../src/publishing/deliveries.ts'
import { findActor } from '../../src/rota/powers.ts'
import { approved } from '../support/approved.ts'
import { desk, refused, unknown } from '../support/publishing-desk.ts'
import { connected, OWN_USER } from '../support/network.ts'
import { ACCOUNT, anotherAccount, APPROVER, LEAD, OTHER_ACCOUNT, OTHER_LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const NOON = new Date('2026-11-18T12:00:00Z')

async function world(t: Test, policy: Partial<Policy> = {}) {
  const made = await desk(t, { policy })
  const { db, clock, deps } = made
  await josephsWeek(db)
  const actor = async (id: string) => (await findActor(db.read, id, clock.now()))!
  const by = async (id: string) => ({ accountId: ACCOUNT, actor: await actor(id) })
  const pull = async (id = LEAD.id) => pullBrake(deps, await by(id))
  const release = async (id = LEAD.id) => releaseAndHold(deps, await by(id))
  const account = async () => (await db.read.select().from(accounts))[0]!
  const explain = async (note: { reason?: string; endsAt?: Date | null; version?: number }) =>
    explainBrake(deps, {
      ...(await by(LEAD.id)),
      version: (await account()).version,
      reason: '',
      endsAt: null,
      ...note,
    })
  const told = async () =>
    (await db.read.select().from(mails)).map(({ kind, to }) => `${kind} ${to}`).toSorted()
  return { ...made, pull, release, explain, account, told }
}

t.test('one press holds whatever waits, and says once how much that was', async (t) => {
  const { db, clock, publisher, network, queue, state, pull, account, recorded } = await world(t)
  await queue('Now', 'and on')
  await approved(db, { parts: ['Next month'], dueAt: new Date('2026-12-18T12:00:00Z'), now: clock.now() })
  const broken = await approved(db, { parts: ['Broken', 'after it'], dueAt: NOON, now: clock.now() })
  await db.write(async (tx) => {
    for (const [at, held] of ['late', 'thread-broken'].entries())
      await tx
        .update(deliveries)
        .set({ state: 'held', heldReason: held as 'late' })
        .where(eq(deliveries.id, broken.deliveries[at]!.id))
  })
  await pull()
  t.equal(
    (await state()).split(' ').toSorted().join(' '),
    'brake brake brake late thread-broken',
    'with what waits for next month; what is held for another reason keeps it',
  )
  t.match(await account(), { brakeAt: clock.now(), brakeBy: LEAD.id, brakeReason: null, brakeEndsAt: null })
  await publisher.run()
  t.equal(network.calls['sendPost'], undefined)
  clock.pass(5)
  await pull(APPROVER.id)
  t.match(await account(), { brakeBy: LEAD.id }, 'pressed twice is pressed once')
  t.match(await recorded('account.brake-pulled'), [{ personId: LEAD.id, details: { held: 2 } }])
  t.equal((await recorded('account.brake-pulled')).length, 1)
})

t.test('hosts and strangers have no brake', async (t) => {
  const { pull, account } = await world(t)
  await t.rejects(pull(JOSEPH.id), { message: /nothing here/ })
  t.match(await account(), { brakeAt: null })
})

t.test('pressed between two parts of a thread, the second does not go', async (t) => {
  const { clock, publisher, network, queue, state, pull, now } = await world(t, { threadGapSeconds: 0 })
  await queue('One', 'Two', 'Three')
  const send = network.sendPost
  network.sendPost = async (...given) => {
    const answer = await send(...given)
    await pull()
    return answer
  }
  await publisher.run()
  clock.pass(10)
  await publisher.run()
  t.equal(await state(), 'posted brake brake')
  t.equal(network.sent.length, 1)
  t.match((await now())[0], { state: 'posted' }, 'what was being sent could not be stopped')
})

t.test('what was being sent when it was pressed goes nowhere afterwards by itself', async (t) => {
  for (const [answer, after] of [
    [refused('limited', '', new Date('2026-11-18T09:05:00Z')), 'brake brake'],
    [refused('credit'), 'brake brake'],
    [unknown, 'unknown brake'],
  ] as const) {
    const { clock, publisher, network, queue, state, pull, release } = await world(t)
    await queue('One', 'Two')
    const send = network.sendPost
    network.sendPost = async (...given) => {
      await pull()
      return send(...given)
    }
    network.steps.push({ publish: false, answer })
    await publisher.run()
    t.equal(await state(), after)
    await release(APPROVER.id)
    clock.pass(10)
    await publisher.run()
    t.equal(await state(), after, 'the release lets nothing go that nobody decided about')
    t.equal(network.sent.length, 1)
  }
})

t.test('a thread whose doubtful part is found while the brake is on does not go on', async (t) => {
  const { clock, publisher, network, queue, state, pull } = await world(t)
  await queue('One', 'Two')
  network.steps.push({ publish: true, answer: unknown })
  await publisher.run()
  t.equal(await state(), 'unknown thread-broken')
  await pull()
  clock.pass(1)
  await publisher.run()
  t.equal(await state(), 'posted brake')
  t.equal(network.sent.length, 1)
})

t.test(
  'what waits only for a connection is held with the rest, or it would go by itself later',
  async (t) => {
    const { db, queue, state, pull } = await world(t)
    await queue('One')
    await db.write(
      async (tx) => void (await tx.update(deliveries).set({ state: 'held', heldReason: 'reconnect' })),
    )
    await pull()
    t.equal(await state(), 'brake')
  },
)

t.test('what is approved while the brake is on is held at once', async (t) => {
  const { clock, publisher, network, queue, state, pull, release } = await world(t)
  await pull()
  await queue('One', 'Two')
  t.equal(await state(), 'brake brake')
  await release()
  clock.pass(1)
  await publisher.run()
  t.equal(await state(), 'brake brake', 'it stays held after the release')
  t.equal(network.sent.length, 0)
})

t.test('everybody whom it concerns is told once, of the press and that it goes on', async (t) => {
  const { db, clock, pull, told, release, account } = await world(t)
  const mine = { dueAt: NOON, now: clock.now(), weekId: WEEK, hosted: true }
  await approved(db, { parts: ['What a bed weighs', 'and with a person in it'], ...mine })
  await approved(db, { parts: ['The last walk'], ...mine })
  await pull()
  await pull()
  t.same(await told(), [`brake-pulled ${JOSEPH.email}`, `brake-pulled ${APPROVER.email}`])
  const texts = (await db.read.select().from(mails)).map(({ to, text }) => [to, text] as const)
  t.match(Object.fromEntries(texts), {
    [APPROVER.email]: /Helen Marsh pulled the brake[^]*2 posts are held[^]*\/accounts\/account-north\/brake/,
    [JOSEPH.email]: /Nothing of yours is lost[^]*\/today/,
  })
  await release()
  await release()
  t.same(await told(), [
    `brake-pulled ${JOSEPH.email}`,
    `brake-pulled ${APPROVER.email}`,
    `brake-released ${JOSEPH.email}`,
  ])
  t.match(await account(), { brakeAt: null, brakeBy: null, brakeReason: null, brakeEndsAt: null })
})

t.test('nobody is told of a pause of whose account they know nothing', async (t) => {
  const { db, pull, told } = await world(t)
  await db.write(async (tx) => void (await tx.update(weekHosts).set({ invitedAt: null })))
  await pull()
  t.same(await told(), [`brake-pulled ${APPROVER.email}`])
})

t.test('why, and until when, is said after the press', async (t) => {
  const { clock, pull, explain, account, recorded } = await world(t)
  await t.rejects(explain({ reason: 'Fog' }), { message: /off by now/ }, 'not while it is off')
  await pull()
  await t.rejects(explain({ endsAt: clock.now() }), { message: /has passed/ })
  const { version } = await account()
  await explain({ reason: 'Fog', endsAt: NOON })
  t.match(await account(), { brakeReason: 'Fog', brakeEndsAt: NOON, brakeBy: LEAD.id })
  await t.rejects(explain({ reason: 'Rain', version }), { message: /Somebody changed/ }, 'as it was seen')
  await explain({ reason: 'Fog', endsAt: NOON })
  t.equal((await recorded('account.brake-explained')).length, 1, 'nothing changed')
  await explain({})
  t.match(await account(), { brakeReason: null, brakeEndsAt: null })
})

t.test('it ends at its own time, and what it held stays held', async (t) => {
  const { db, deps, clock, publisher, network, queue, state, pull, explain, account, told, recorded } =
    await world(t)
  t.equal(await endDueBrakes(deps), null)
  await queue('One')
  await pull()
  await explain({ endsAt: NOON })
  t.same(await endDueBrakes(deps), NOON, 'not before its time')
  t.match(await account(), { brakeBy: LEAD.id })
  clock.moveTo(NOON)
  t.equal(await endDueBrakes(deps), null)
  t.equal(await endDueBrakes(deps), null)
  t.match(await account(), { brakeAt: null, brakeEndsAt: null })
  t.match(await recorded('account.brake-released'), [{ personId: null, details: { held: 1 } }])
  t.same(await told(), [
    `brake-pulled ${JOSEPH.email}`,
    `brake-pulled ${APPROVER.email}`,
    `brake-released ${LEAD.email}`,
    `brake-released ${JOSEPH.email}`,
    `brake-released ${APPROVER.email}`,
  ])
  const [asked] = await db.read.select().from(mails).where(eq(mails.to, LEAD.email))
  t.match(asked, {
    subject: /one held post waits for your word/,
    text: /http:\/\/week.example\/accounts\/account-north\/brake/,
  })
  await publisher.run()
  t.equal(await state(), 'brake')
  t.equal(network.sent.length, 0)
  t.equal(await nextDueAt(db.read, clock.now()), null)
})

t.test('the brake of one account holds nothing of another, and tells nobody there', async (t) => {
  const made = await world(t)
  const { db, clock, publisher, network, queue, pull, release, told } = made
  const now = clock.now()
  await anotherAccount(db, { now })
  const user = { ...OWN_USER, id: '901', handle: 'SouthDale' }
  await connected(made, network, network.grant(), { accountId: OTHER_ACCOUNT, user })
  await queue('North')
  const south = { dueAt: now, now, accountId: OTHER_ACCOUNT, networkUserId: user.id }
  await approved(db, { parts: ['South'], ...south })
  const states = async () =>
    (await db.read.select().from(deliveries))
      .map(({ payload, state, heldReason }) => `${payload.text}: ${heldReason ?? state}`)
      .toSorted((a, b) => a.localeCompare(b))
  await pull()
  t.same(await states(), ['North: brake', 'South: waiting'])
  await publisher.run()
  t.same(await states(), ['North: brake', 'South: posted'])
  await approved(db, { parts: ['Then South'], ...south })
  await release()
  await publisher.run()
  t.match(await states(), ['North: brake', 'South: posted', 'Then South: posted'])
  t.same(
    (await told()).filter((mail) => mail.includes(OTHER_LEAD.email)),
    [],
  )
})
