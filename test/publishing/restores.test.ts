import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { releaseAndHold } from '../support/releasing.ts'
import { keyIdOf } from '../../src/accounts/vault.ts'
import { makeBackup } from '../../src/backup.ts'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { accounts, deliveries, mails, postsSinceCopy } from '../../src/db/schema/index.ts'
import { agreeToPass, findBrakePass, nameForPass, takeNamingBack } from '../../src/drafts/brake/brake-pass.ts'
import { fingerprintAsSeen, letGo } from '../../src/drafts/deliveries/let-go.ts'
import { stamp } from '../../src/installation.ts'
import { noteRestored } from '../../src/note-restored.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { pullBrake } from '../../src/publishing/brake.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { cancelFrom } from '../../src/publishing/settle-delivery.ts'
import { restoredLately } from '../../src/publishing/restores.ts'
import { findActor } from '../../src/rota/powers.ts'
import { restoreBackup } from '../../src/restore.ts'
import { approved } from '../support/approved.ts'
import { until } from '../support/in-time.ts'
import { desk, refused, unknown } from '../support/publishing-desk.ts'
import { standInWorld } from '../support/stand-in-world.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'

/** The copy knows what was written then. */
const BEFORE = new Date('2026-11-18T09:00:00Z')

/** A desk that goes on from a copy which was made before `meanwhile` happened. */
async function restoredAfter(
  t: Test,
  before: (made: Awaited<ReturnType<typeof desk>>) => Promise<unknown>,
  meanwhile: (made: Awaited<ReturnType<typeof desk>>) => Promise<unknown>,
) {
  const made = await desk(t, { policy: { lateAfterMinutes: 600 } })
  const { clock, folder } = made
  await before(made)
  clock.pass(2)
  const copyOf = clock.now()
  await made.db.backup(`${folder}/copy.db`)
  clock.pass(5)
  await meanwhile(made)
  await made.publisher.stop()
  clock.pass(5)
  const db = openDatabase(`${folder}/copy.db`)
  t.teardown(() => db.close())
  await noteRestored(db, { copyOf, now: clock.now(), forgetTokens: false })
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  const publisher = made.process({ db })
  const state = async () =>
    (await db.read.select().from(deliveries).orderBy(deliveries.dueAt, deliveries.position))
      .map((one) => one.heldReason ?? one.state)
      .join(' ')
  const release = () => releaseAndHold({ ...made.deps, db }, { accountId: ACCOUNT, actor })
  const after = async (minutes: number) => {
    clock.pass(minutes)
    await publisher.run()
  }
  const lately = async () => {
    const restored = await restoredLately(db.read, { accountId: ACCOUNT, now: clock.now() })
    return restored && { ...restored, unknownPosts: restored.unknownPosts.length }
  }
  const letThemGo = async () => {
    for (const one of await db.read.select().from(deliveries)) {
      const fingerprint = fingerprintAsSeen(await findReleasable(db.read, one))
      const seen = { deliveryId: one.id, version: one.version, fingerprint, actor }
      await letGo({ ...made.deps, db }, seen, null)
    }
  }
  return { ...made, db, letThemGo, publisher, state, release, after, lately }
}

t.test('the brake is on after a restore, and what stands there is adopted all the same', async (t) => {
  const { db, network, publisher, state, release, after, lately } = await restoredAfter(
    t,
    (made) => made.queue('One', 'Two', 'Three'),
    async ({ publisher, clock }) => {
      for (let part = 0; part < 3; part++) {
        await publisher.run()
        clock.pass(0.1)
      }
    },
  )
  t.equal(network.sent.length, 3)
  t.match(await lately(), { compared: false })
  await publisher.run()
  t.equal(await state(), 'posted posted posted')
  t.match(await lately(), { compared: true, unknownPosts: 0 })
  t.match(await db.read.select().from(accounts), [
    { brakeReason: /A backup was put back: .* on Wednesday 18 November, 9:0.*after that is lost/ },
  ])
  await release()
  await after(1)
  t.equal(network.sent.length, 3, 'nothing twice')
})

t.test('what waited in the copy and was taken back after it does not go out by itself', async (t) => {
  const { network, state, release, after } = await restoredAfter(
    t,
    (made) =>
      approved(made.db, { parts: ['Later'], dueAt: new Date('2026-11-18T09:13:00Z'), now: made.clock.now() }),
    async ({ db }) => db.write(async (tx) => void (await tx.update(deliveries).set({ state: 'cancelled' }))),
  )
  await after(5)
  t.equal(await state(), 'brake')
  await release()
  await after(1)
  t.equal(network.sent.length, 0, 'a person says what becomes of it')
})

t.test('a brake of the copy stays on, and what passed it may have been taken back since', async (t) => {
  const made = await restoredAfter(
    t,
    async (made) => {
      const { draftId } = await made.queue('Our thoughts are with them')
      const actor = await actorOf(made, LEAD.id)
      await pullBrake(made.deps, { accountId: ACCOUNT, actor })
      await made.db.write(
        async (tx) => void (await tx.update(accounts).set({ brakeEndsAt: new Date('2026-11-18T09:10:00Z') })),
      )
      await nameForPass(made.db, await passing(made, draftId, APPROVER.id))
      await agreeToPass(made.deps, await passing(made, draftId, LEAD.id))
      t.equal(await made.state(), 'waiting')
    },
    async (made) => {
      const [one] = await made.now()
      await takeNamingBack(made.db, await passing(made, one!.draftId, LEAD.id))
    },
  )
  const { db, network, state, after } = made
  t.match(await db.read.select().from(accounts), [
    {
      brakeAt: Date,
      brakeReason: /^A backup was put back/,
      brakeEndsAt: null,
      brakeNamedId: null,
      brakePassId: null,
    },
  ])
  await after(1)
  t.equal(await state(), 'brake')
  t.equal(network.sent.length, 0)
})

type Desk = Awaited<ReturnType<typeof desk>>

async function actorOf({ db, clock }: Pick<Desk, 'db' | 'clock'>, id: string) {
  return (await findActor(db.read, id, clock.now()))!
}

async function passing({ db, clock }: Desk, draftId: string, id: string) {
  const actor = await actorOf({ db, clock }, id)
  const { fingerprint } = (await findBrakePass(db.read, { draftId, actor, now: clock.now() }))!
  const times = { now: clock.now(), machineNow: clock.machine(), publicUrl: 'http://week.example' }
  return { draftId, fingerprint, actor, ...times }
}

t.test('a draft that was approved after the copy and is approved once more is not sent twice', async (t) => {
  const { db, clock, network, publisher, state, release, after, lately } = await restoredAfter(
    t,
    async () => {},
    async ({ queue, publisher, clock, network }) => {
      await queue('Boots off', 'And on')
      await publisher.run()
      clock.pass(0.1)
      await publisher.run()
      network.byHand({ text: 'By hand' })
    },
  )
  await publisher.run()
  t.match(await lately(), { compared: true, unknownPosts: 3 })
  await release()
  const when = { dueAt: clock.now(), now: clock.now() }
  await approved(db, { ...when, parts: ['Boots off', 'And on', 'New'], writtenAt: BEFORE })
  for (const minutes of [0.1, 0.1, 0.1]) await after(minutes)
  t.equal(await state(), 'posted posted posted')
  t.same(
    network.sent.map(({ text }) => text),
    ['Boots off', 'And on', 'New'],
  )
  t.match(await lately(), { unknownPosts: 1 })
})

t.test(
  'what stands there since the copy is not taken for a draft that was written later, nor for another poll',
  async (t) => {
    const { db, clock, network, publisher, state, release, after, lately } = await restoredAfter(
      t,
      async () => {},
      async ({ network }) => {
        network.byHand({ text: 'Good morning!' })
        const options = ['Tea', 'Coffee'].map((label) => ({ label, votes: 0 }))
        network.byHand({ text: 'What keeps you going?', poll: { options, endsAt: null } })
      },
    )
    await publisher.run()
    await release()
    const [when, writtenAt] = [{ dueAt: clock.now(), now: clock.now() }, BEFORE]
    const poll = (...options: string[]) => ({ text: 'What keeps you going?', poll: { options, minutes: 60 } })
    await approved(db, { ...when, parts: ['Good morning!'] })
    await approved(db, { ...when, parts: [poll('Cake', 'Music')], writtenAt })
    await after(0.1)
    t.equal(await state(), 'posted posted')
    t.equal(network.sent.length, 2, 'both are new')
    t.match(await lately(), { unknownPosts: 2 })
    await approved(db, { ...when, parts: [poll('Tea', 'Coffee')], writtenAt })
    await after(0.1)
    t.equal(network.sent.length, 2, 'this one went out before the restore')
    t.match(await lately(), { unknownPosts: 1 })
  },
)

t.test('what had failed in the copy, and went out after it, is not sent twice', async (t) => {
  const { network, publisher, state } = await restoredAfter(
    t,
    async ({ network, queue, publisher }) => {
      network.steps.push({ publish: false, answer: refused('invalid') })
      await queue('Again')
      await publisher.run()
    },
    async ({ network }) => network.byHand({ text: 'Again' }),
  )
  await publisher.run()
  t.equal(await state(), 'posted')
  t.equal(network.sent.length, 1)
})

t.test('what was unknown in the copy, and stood there later, is not sent twice', async (t) => {
  const { network, publisher, state, after } = await restoredAfter(
    t,
    async ({ network, queue, publisher }) => {
      network.steps.push({ publish: false, answer: unknown })
      await queue('Maybe')
      await publisher.run()
    },
    async ({ network }) => network.byHand({ text: 'Maybe' }),
  )
  await publisher.run()
  await after(1)
  t.equal(await state(), 'posted')
  t.equal(network.sent.length, 1)
})

t.test('what was being sent when the copy was made is looked for, and not sent twice', async (t) => {
  let arrive = () => {}
  let going: Promise<unknown> = Promise.resolve()
  const { network, publisher, state, after } = await restoredAfter(
    t,
    async ({ db, network, queue, publisher }) => {
      const arrived = new Promise<void>((resolve) => (arrive = resolve))
      network.steps.push({ publish: true, meanwhile: () => arrived })
      await queue('On its way')
      going = publisher.run()
      const isSending = async () => (await db.read.select().from(deliveries))[0]!.state === 'sending'
      await until(t, 'it is being sent', isSending)
    },
    async () => {
      arrive()
      await going
    },
  )
  t.equal(await state(), 'sending')
  await publisher.run()
  for (let look = 0; look < 3; look++) await after(1)
  t.equal(await state(), 'posted')
  t.equal(network.sent.length, 1)
})

t.test(
  'what was cancelled in the copy stays so, also where it was approved anew and sent later',
  async (t) => {
    const { db, clock, network, publisher, state, release, after, lately } = await restoredAfter(
      t,
      async ({ deps, clock, queue, now }) => {
        await queue('Second thoughts')
        const [delivery] = await now()
        const actor = (await findActor(deps.db.read, LEAD.id, clock.now()))!
        await cancelFrom(deps, { deliveryId: delivery!.id, version: delivery!.version, actor })
      },
      async ({ queue, publisher }) => {
        await queue('Second thoughts')
        await publisher.run()
      },
    )
    await publisher.run()
    await release()
    await after(1)
    t.equal(await state(), 'cancelled')
    t.match(await lately(), { unknownPosts: 1 })
    await approved(db, {
      parts: ['Second thoughts'],
      dueAt: clock.now(),
      now: clock.now(),
      writtenAt: BEFORE,
    })
    await after(0.1)
    t.equal(await state(), 'cancelled posted')
    t.equal(network.sent.length, 1)
  },
)

t.test('what one restore found is told of, and not sent again, after the next one too', async (t) => {
  for (const isCompared of [true, false]) {
    const first = await restoredAfter(
      t,
      async () => {},
      async ({ network }) => {
        network.byHand({ text: 'Boots off' })
      },
    )
    const { clock, folder, network } = first
    if (isCompared) await first.publisher.run()
    t.match(await first.lately(), { compared: isCompared, unknownPosts: isCompared ? 1 : 0 })
    clock.pass(5)
    const [copyOf, writtenSince] = [clock.now(), clock.now()]
    await first.db.backup(`${folder}/second.db`)
    await first.publisher.stop()
    clock.pass(5)
    const db = openDatabase(`${folder}/second.db`)
    t.teardown(() => db.close())
    await noteRestored(db, { copyOf, now: clock.now(), forgetTokens: false })
    const publisher = first.process({ db })
    await publisher.run()
    const unknown = async () =>
      (await restoredLately(db.read, { accountId: ACCOUNT, now: clock.now() }))!.unknownPosts.length
    t.equal(await unknown(), 1)
    await releaseAndHold(
      { ...first.deps, db },
      { accountId: ACCOUNT, actor: await actorOf({ db, clock }, LEAD.id) },
    )
    const when = { parts: ['Boots off'], dueAt: clock.now(), now: clock.now() }
    await approved(db, { ...when, writtenAt: writtenSince })
    await publisher.run()
    t.equal(network.sent.length, 1, 'written after the post stood there: it is another one')
    t.equal(await unknown(), 1)
    await approved(db, { ...when, writtenAt: BEFORE })
    await publisher.run()
    t.equal(network.sent.length, 1)
    t.equal(await unknown(), 0)
    clock.pass(15 * 24 * 60)
    await noteRestored(db, { copyOf, now: clock.now(), forgetTokens: false })
    t.same(await db.read.select().from(postsSinceCopy), [], 'what is no news any more is forgotten')
  }
})

t.test('where several look like it people are asked, once', async (t) => {
  const { db, clock, network, publisher, state, release, after, letThemGo } = await restoredAfter(
    t,
    async () => {},
    async ({ network }) => {
      network.byHand({ text: 'Good morning' })
      network.byHand({ text: 'Good morning' })
    },
  )
  await publisher.run()
  await release()
  await approved(db, { parts: ['Good morning'], dueAt: clock.now(), now: clock.now(), writtenAt: BEFORE })
  await after(0.1)
  t.equal(await state(), 'undecided')
  t.match(await db.read.select().from(mails).where(eq(mails.kind, 'delivery-trouble')), [
    { text: /looks like it/ },
  ])
  await letThemGo()
  await after(0.1)
  t.equal(await state(), 'posted')
  t.equal(network.sent.length, 1)
})

t.test('a permission that was renewed after the copy is lost, and people are told', async (t) => {
  const { db, publisher, lately } = await restoredAfter(
    t,
    async () => {},
    async ({ network, clock }) => {
      clock.pass(121)
      network.refreshes.push({
        code: 'invalid',
        status: 400,
        detail: 'Value passed was invalid.',
        until: null,
      })
    },
  )
  await publisher.run()
  t.match(await db.read.select().from(mails), [{ kind: 'connection-lost' }])
  t.match(await lately(), { compared: false })
})

t.test('from a backup file to the real client: nothing stands on X twice', async (t) => {
  const world = await standInWorld(t)
  const { db, clock, publisher, queue, after, consent, standing } = world
  await consent()
  await stamp(db, 'live', clock.now())
  await queue('One', 'Two', 'Three')
  const [used, fresh] = [t.testdir({ used: {}, fresh: {} })].flatMap((base) => [
    join(base, 'used'),
    join(base, 'fresh'),
  ])
  await db.backup(join(used!, 'week.db'))
  const key = Buffer.alloc(32, 7)
  const file = join(t.testdirName, 'backup.tar')
  const { keyId } = await makeBackup(used!, { file, key, overwrite: false, incomplete: false })
  t.equal(keyId, keyIdOf(key), 'though the seals are older ones')
  await publisher.run()
  await after(0.1)
  await after(0.1)
  t.same(await standing(), ['One', 'Two', 'Three'])
  await publisher.stop()

  const settings = {
    DATA_DIR: fresh!,
    ENCRYPTION_KEY: key.toString('hex'),
    PUBLIC_URL: 'http://127.0.0.1:3992',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'week@north.example',
    SESSION_SECRET: 's'.repeat(64),
    X_CLIENT_ID: 'id',
    X_CLIENT_SECRET: 'secret',
  }
  await restoreBackup(readConfig(settings), { file, withoutKey: false })
  const restored = openDatabase(join(fresh!, 'week.db'))
  t.teardown(() => restored.close())
  const deps = { ...world.deps, db: restored }
  const next = createPublisher({ ...deps, owner: 'the next' })
  clock.pass(2)
  await next.run()
  await releaseAndHold(deps, { accountId: ACCOUNT, actor: world.actor })
  for (let round = 0; round < 3; round++) {
    clock.pass(1)
    await next.run()
  }
  t.same(
    (await restored.read.select().from(deliveries)).map(({ state }) => state),
    ['posted', 'posted', 'posted'],
  )
  t.same(await standing(), ['One', 'Two', 'Three'])
})
