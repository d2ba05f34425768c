import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import type { Policy } from '../../src/accounts/account.ts'
import { attempts, connections, decisions, deliveries, timelines } from '../../src/db/schema/index.ts'
import { fingerprint } from '../../src/drafts/freeze.ts'
import { fingerprintAsSeen, letGo } from '../../src/drafts/deliveries/let-go.ts'
import { latestVerdicts } from '../../src/drafts/drafts.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { findActor } from '../../src/rota/powers.ts'
import { desk, picture, refused } from '../support/publishing-desk.ts'
import { APPROVER, LEAD } from '../support/story.ts'

async function court(t: Test, policy: Partial<Policy> = {}) {
  const world = await desk(t, { policy })
  const { db, clock, deps, now } = world
  /** The first delivery, as its page shows it now. */
  const seen = async ({ by = LEAD.id, at = 0 } = {}) => {
    const delivery = (await now())[at]!
    return {
      deliveryId: delivery.id,
      version: delivery.version,
      fingerprint: fingerprintAsSeen(await findReleasable(db.read, delivery)),
      actor: (await findActor(db.read, by, clock.now()))!,
    }
  }
  const late = () => {
    clock.pass(60)
    return world.publisher.run()
  }
  const letGoes = async () => (await db.read.select().from(decisions)).filter(({ kind }) => kind === 'let-go')
  const go = async (at: Date | null = null, by = LEAD.id) => letGo(deps, await seen({ by }), at)
  return { ...world, seen, late, letGoes, go }
}

t.test('letting go is a decision of its own, frozen with what goes and its new time', async (t) => {
  const { db, images, clock, queue, late, now, letGoes, go, state, recorded } = await court(t)
  const hash = await picture(db, images, clock.now())
  const { draftId, decisionId } = await queue(
    { text: 'One', images: [{ hash, alt: 'All red' }], replyTo: '77' },
    'Two',
  )
  await late()
  t.equal(await state(), 'late waiting')
  await go(new Date('2026-11-18T11:00:00Z'))
  const [decision, ...others] = await letGoes()
  t.same(others, [])
  const frozen = JSON.parse(decision!.frozen)
  t.same(frozen, {
    account: 'account-north',
    networkUser: '900',
    parts: [
      { text: 'One', images: [{ hash, alt: 'All red' }] },
      { text: 'Two', images: [] },
    ],
    replyTo: '77',
    at: '2026-11-18T11:00:00.000Z',
  })
  t.match(decision, { draftId, personId: LEAD.id, ownWork: false, fingerprint: fingerprint(frozen) })
  for (const part of await now())
    t.match(part, { letGoId: decision!.id, decisionId, dueAt: new Date('2026-11-18T11:00:00Z') })
  t.match(await recorded('delivery.released'), [{ personId: LEAD.id, details: { from: 'late' } }])
  t.match((await latestVerdicts(db.read, [draftId])).get(draftId), { kind: 'approved', id: decisionId })
})

t.test('of a thread that broke, what is left is frozen, as the answer to what stands', async (t) => {
  const { clock, network, publisher, queue, seen, letGoes, deps } = await court(t)
  await queue('One', 'Two')
  network.steps.push({ publish: true }, { publish: false, answer: refused('forbidden') })
  await publisher.run()
  clock.pass(1)
  await publisher.run()
  await letGo(deps, await seen({ at: 1 }), null)
  t.match(JSON.parse((await letGoes())[0]!.frozen), { parts: [{ text: 'Two' }], replyTo: '1001', at: null })
})

t.test('another fingerprint than the one that stands is a conflict', async (t) => {
  const { db, queue, late, deps, seen, letGoes } = await court(t)
  await queue('One')
  await late()
  const old = await seen()
  const changes = [
    { dueAt: new Date('2026-11-18T07:00:00Z') },
    { networkUserId: '901' },
    { payload: { text: 'Other words', images: [], replyTo: null } },
  ]
  for (const change of changes) {
    await db.write(async (tx) => void (await tx.update(deliveries).set(change)))
    await t.rejects(letGo(deps, old, null), { message: /not what you saw/ }, Object.keys(change).join())
  }
  t.same(await letGoes(), [])
})

t.test('whoever wrote in it can’t let it go, unless the account allows that', async (t) => {
  const rows = [
    { by: LEAD.id, selfApproval: false, answer: 'waiting', ownWork: false },
    { by: APPROVER.id, selfApproval: false, answer: 'You wrote in this draft', ownWork: null },
    { by: APPROVER.id, selfApproval: true, answer: 'waiting', ownWork: true },
    { by: LEAD.id, selfApproval: true, answer: 'waiting', ownWork: false },
  ]
  for (const { by, selfApproval, answer, ownWork } of rows) {
    const { queue, late, go, letGoes, recorded } = await court(t, { selfApproval })
    await queue('One')
    await late()
    const said = await go(null, by).catch((error: Error) => error.message)
    t.match(said, answer, `${by}, self-approval ${selfApproval}`)
    t.match(await letGoes(), ownWork === null ? [] : [{ personId: by, ownWork }])
    if (ownWork) t.match(await recorded('delivery.released'), [{ details: { ownWork: true } }])
  }
})

t.test('what was approved for another account on X is refused, and both are named', async (t) => {
  const { db, queue, late, go } = await court(t)
  await queue('One')
  await late()
  await db.write(async (tx) => {
    await tx.update(connections).set({ networkUserId: '901', networkHandle: 'Elsewhere' })
  })
  await t.rejects(go(), { message: /number 900, and connected is @Elsewhere, number 901/ })
})

t.test('what was refused and stands there all the same is found, and not sent twice', async (t) => {
  const { network, publisher, queue, go, state, letGoes } = await court(t)
  await queue('One')
  network.steps.push({ publish: true, answer: refused('forbidden') })
  await publisher.run()
  t.equal(await state(), 'failed')
  network.looks.push({ code: 'unreachable', status: null, detail: 'X could not be reached.', until: null })
  await t.rejects(go(), { message: /not sent again: it may stand there/ })
  t.equal(await go(), 'found')
  await publisher.run()
  t.equal(await state(), 'posted')
  t.equal(network.published.length, 1)
  t.same(await letGoes(), [])
})

t.test(
  'an older copy in which it failed learns that it went out since, and sends nothing twice',
  async (t) => {
    const { db, network, publisher, process, queue, now, state, go } = await court(t)
    await queue('One')
    network.steps.push({ publish: false, answer: refused('forbidden') })
    await publisher.run()
    const [copy] = await now()
    await go()
    await publisher.run()
    t.equal(await state(), 'posted')

    const { state: was, networkId, postedAt, letGoId } = copy!
    await db.write(async (tx) => {
      const back = { state: was, networkId, postedAt, letGoId, version: 20 }
      await tx.update(deliveries).set(back).where(eq(deliveries.id, copy!.id))
      await tx.delete(timelines)
      await tx.delete(attempts).where(eq(attempts.outcome, 'posted'))
    })
    await publisher.stop()
    await queue('Two')
    const restarted = process()
    await restarted.run()
    t.equal(await state(), 'posted posted', 'the look before the first send found the failed one too')
    t.same(
      network.published.map(({ text }) => text),
      ['One', 'Two'],
    )
  },
)

t.test('a post that a failed and a waiting one may be belongs to the one that would go out', async (t) => {
  const { network, process, publisher, queue, now } = await court(t)
  await queue('One')
  network.steps.push({ publish: false, answer: refused('forbidden') })
  await publisher.run()
  const again = await queue('One')
  const there = network.byHand({ text: 'One' })
  await publisher.stop()
  await process().run()
  const parts = await now()
  t.match(
    parts.find(({ id }) => id === again.deliveries[0]!.id),
    { state: 'posted', networkId: there.id },
  )
  t.equal(network.published.length, 0)
  t.equal(parts.filter(({ state }) => state === 'failed').length, 1)
})
