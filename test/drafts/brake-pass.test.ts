import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import type { Policy } from '../../src/accounts/account.ts'
import { accounts, decisions, deliveries, drafts, mails, roles } from '../../src/db/schema/index.ts'
import { agreeToPass, findBrakePass, nameForPass, takeNamingBack } from '../../src/drafts/brake/brake-pass.ts'
import { fingerprintAsSeen, letGo, sendAgain } from '../../src/drafts/deliveries/let-go.ts'
import { pullBrake } from '../../src/publishing/brake.ts'
import { findDelivery } from '../../src/publishing/deliveries.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { releaseAndHold } from '../support/releasing.ts'
import { findActor } from '../../src/rota/powers.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { testClock } from '../support/clock.ts'
import { connected, problem, scriptedNetwork } from '../support/network.ts'
import { desk, refused, unknown } from '../support/publishing-desk.ts'
import { standInWorld } from '../support/stand-in-world.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, josephsWeek } from '../support/submitted.ts'

type World = Pick<Awaited<ReturnType<typeof desk>>, 'db' | 'clock'>

/** What somebody sends who has the draft's page open. */
async function passing({ db, clock }: World, draftId: string, by: string) {
  const actor = (await findActor(db.read, by, clock.now()))!
  const { fingerprint } = (await findBrakePass(db.read, draftId, actor)) ?? { fingerprint: '' }
  const times = { now: clock.now(), machineNow: clock.machine(), publicUrl: 'http://week.example' }
  return { draftId, fingerprint, actor, ...times }
}

/** The brake is on, and holds a thread that Owen wrote and one more post. */
async function braked(t: Test, policy: Partial<Policy> = {}) {
  const world = await desk(t, { policy })
  const thread = await world.queue('We are thinking of the families', 'More in the morning')
  const other = await world.queue('Come to our bake sale')
  const actor = (await findActor(world.db.read, LEAD.id, world.clock.now()))!
  await pullBrake(world.deps, { accountId: ACCOUNT, actor })
  const by = (draftId: string, who: string) => passing(world, draftId, who)
  const name = async (draftId: string, who: string) => nameForPass(world.db, await by(draftId, who))
  const agree = async (draftId: string, who: string) => agreeToPass(world.deps, await by(draftId, who))
  const said = async () => world.network.published.map(({ text }) => text)
  const asSeen = async (deliveryId: string) => {
    const delivery = (await findDelivery(world.db.read, deliveryId))!
    const fingerprint = fingerprintAsSeen(await findReleasable(world.db.read, delivery))
    return { deliveryId, version: delivery.version, fingerprint, actor }
  }
  const letGoNow = async (deliveryId: string) => letGo(world.deps, await asSeen(deliveryId), null)
  return { asSeen, letGoNow, ...world, thread, other, actor, by, name, agree, said }
}

t.test('with the brake on exactly the named thread reaches X, and nothing else', async (t) => {
  const world = await standInWorld(t)
  const { db, clock, deps, x, queue, publisher, after, consent, actor } = world
  await consent()
  const thread = await queue('We are thinking of the families', 'More in the morning')
  await queue('Come to our bake sale')
  await pullBrake(deps, { accountId: ACCOUNT, actor })
  await db.write(async (tx) => {
    await tx.update(drafts).set({ authorId: 'helen' }).where(eq(drafts.id, thread.draftId))
  })
  await nameForPass(db, await passing(world, thread.draftId, LEAD.id))
  await publisher.run()
  t.same(await x.allPosts(), [], 'one person is not enough')
  await agreeToPass(deps, await passing(world, thread.draftId, APPROVER.id))
  // Whatever comes to wait meanwhile is held all the same.
  await approved(db, { parts: ['Good morning'], dueAt: clock.now(), now: clock.now() })
  await publisher.run()
  await after(1)
  await after(60)
  t.same((await x.allPosts()).map(({ text }) => text).toSorted(), [
    'More in the morning',
    'We are thinking of the families',
  ])
  const kept = (await db.read.select().from(deliveries)).filter(({ state }) => state !== 'posted')
  t.same(
    kept.map(({ heldReason }) => heldReason),
    ['brake', 'brake'],
  )
})

t.test('the claim itself lets only that decision’s deliveries pass', async (t) => {
  const { db, publisher, other, thread, name, agree, said } = await braked(t, { selfApproval: true })
  await name(thread.draftId, LEAD.id)
  await agree(thread.draftId, APPROVER.id)
  const [pass] = (await db.read.select().from(decisions)).filter(({ kind }) => kind === 'passed')
  // As if a hold had failed: it waits, with the thread's own decision, but was let go by none.
  await db.write(async (tx) => {
    const waiting = { state: 'waiting' as const, heldReason: null }
    await tx.update(deliveries).set(waiting).where(eq(deliveries.draftId, other.draftId))
  })
  await publisher.run()
  t.same(await said(), ['We are thinking of the families'])
  t.match(await db.read.select().from(deliveries).where(eq(deliveries.draftId, thread.draftId)), [
    { letGoId: pass!.id },
    { letGoId: pass!.id },
  ])
})

t.test('two different people, and not who wrote it unless the account allows that', async (t) => {
  const rows = [
    { names: LEAD.id, agrees: LEAD.id, selfApproval: true, answer: /second person/ },
    { names: APPROVER.id, agrees: APPROVER.id, selfApproval: true, answer: /second person/ },
    { names: LEAD.id, agrees: APPROVER.id, selfApproval: false, answer: /You wrote in this draft/ },
    { names: LEAD.id, agrees: APPROVER.id, selfApproval: true, answer: null },
    { names: APPROVER.id, agrees: LEAD.id, selfApproval: false, answer: null },
  ]
  for (const { names, agrees, selfApproval, answer } of rows) {
    const { db, publisher, thread, name, agree, said } = await braked(t, { selfApproval })
    await name(thread.draftId, names)
    const agreed = agree(thread.draftId, agrees)
    if (answer) await t.rejects(agreed, { message: answer }, `${names} and ${agrees}`)
    else await agreed
    await publisher.run()
    t.equal((await said()).length, answer ? 0 : 1)
    const kinds = (await db.read.select().from(decisions)).filter(({ draftId }) => draftId === thread.draftId)
    t.match(
      kinds.find(({ kind }) => kind === 'named'),
      { personId: names, frozen: /thinking of the families/ },
    )
    const passed = kinds.find(({ kind }) => kind === 'passed')
    t.match(passed, answer ? undefined : { personId: agrees, ownWork: agrees === APPROVER.id })
  }
})

t.test('what passes the brake and finds no credit asks again like anything else', async (t) => {
  const { clock, network, publisher, thread, name, agree, said } = await braked(t)
  await name(thread.draftId, APPROVER.id)
  await agree(thread.draftId, LEAD.id)
  network.steps.push({ publish: false, answer: refused('credit') })
  await publisher.run()
  t.same(await said(), [])
  clock.pass(11)
  await publisher.run()
  t.same(await said(), ['We are thinking of the families'])
})

t.test('one draft at a time is named; it can be taken back, and the release ends it', async (t) => {
  const { db, deps, clock, actor, publisher, thread, other, name, agree, by, said } = await braked(t)
  await name(thread.draftId, APPROVER.id)
  await t.rejects(name(other.draftId, LEAD.id), { message: /thinking of the families” is named already/ })
  await agree(thread.draftId, LEAD.id)
  await takeNamingBack(db, await by(thread.draftId, LEAD.id))
  await publisher.run()
  t.same(await said(), [], 'taken back before it went')
  await name(other.draftId, APPROVER.id)
  const old = await by(other.draftId, LEAD.id)
  await db.write(async (tx) => {
    await tx
      .update(deliveries)
      .set({ payload: { text: 'Other words', images: [], replyTo: null } })
      .where(eq(deliveries.draftId, other.draftId))
  })
  await t.rejects(agreeToPass(deps, old), { message: /changed while you were reading/ })
  await t.rejects(agree(other.draftId, LEAD.id), { message: /not any more what was named/ })
  await releaseAndHold(deps, { accountId: ACCOUNT, actor })
  t.match(await db.read.select().from(accounts), [{ brakeNamedId: null, brakePassId: null, brakeAt: null }])
  clock.pass(1)
  await pullBrake(deps, { accountId: ACCOUNT, actor })
  await t.rejects(agree(other.draftId, LEAD.id), { message: /not named/ })
})

t.test('what nobody has approved yet is approved by the second person', async (t) => {
  const { db, publisher, name, agree, said } = await braked(t)
  await josephsWeek(db)
  await aSubmittedDraft(db, { id: 'word', by: 'helen', text: 'Our thoughts are with them.', wishedAt: null })
  await name('word', LEAD.id)
  await agree('word', APPROVER.id)
  await publisher.run()
  t.same(await said(), ['Our thoughts are with them.'])
  const kinds = (await db.read.select().from(decisions)).filter(({ draftId }) => draftId === 'word')
  t.same(kinds.map(({ kind }) => kind).toSorted(), ['approved', 'named', 'passed'])
  t.match(
    (await db.read.select().from(mails)).filter(({ kind }) => kind === 'draft-named'),
    [{ to: APPROVER.email, text: /Our thoughts are with them/ }],
  )
})

t.test('what X may have taken before is looked for once more before it passes the brake', async (t) => {
  const doubtful = async (lag: number) => {
    const world = await braked(t, { selfApproval: true })
    const { db, clock, network, publisher, thread, actor, name } = world
    await releaseAndHold(world.deps, { accountId: ACCOUNT, actor })
    network.steps.push({ publish: true, answer: unknown, lag })
    await world.letGoNow(thread.deliveries[0]!.id)
    await publisher.run()
    for (const seconds of [5, 10, 45, 120]) {
      clock.pass(seconds / 60)
      await publisher.run()
    }
    t.equal(network.sent.length, 1)
    await sendAgain(world.deps, await world.asSeen(thread.deliveries[0]!.id))
    await pullBrake(world.deps, { accountId: ACCOUNT, actor })
    t.equal(await db.read.$count(deliveries, eq(deliveries.state, 'held')), 3)
    await name(thread.draftId, LEAD.id)
    return world
  }
  const { network, publisher, thread, agree, said, state, clock } = await doubtful(5)
  network.looks.push(problem('unreachable', 'X could not be reached.'))
  await t.rejects(agree(thread.draftId, APPROVER.id), {
    message:
      'We can’t see the account now, and X may have taken it before. X could not be reached. Please try again later.',
  })
  t.match(await agree(thread.draftId, APPROVER.id), { found: true })
  t.equal(await state(), 'posted brake waiting', 'what follows it in its thread goes')
  clock.pass(1)
  await publisher.run()
  t.same(await said(), ['We are thinking of the families', 'More in the morning'])

  const twice = await doubtful(9)
  twice.network.byHand({ text: 'We are thinking of the families' })
  twice.network.byHand({ text: 'We are thinking of the families' })
  await t.rejects(twice.agree(twice.thread.draftId, APPROVER.id), { message: /More than one post/ })
  t.equal((await twice.db.read.select().from(accounts))[0]!.brakePassId, null)
})

t.test('on the draft’s page: name, agree, and why one person is not enough', async (t) => {
  const network = scriptedNetwork(testClock('2026-11-18T09:00:00Z'))
  const made = await testApp(t, { network })
  const { db, clock, deps } = made
  await anAccount(db, { now: clock.now() })
  await connected(made, network)
  const { draftId } = await approved(db, {
    parts: ['We are thinking of them'],
    dueAt: clock.now(),
    now: clock.now(),
  })
  const page = `/drafts/${draftId}`
  const owen = await made.visitor(APPROVER.email)
  const helen = await made.visitor(LEAD.email)
  t.notMatch((await owen.get(page)).body, 'The brake is on')
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  await pullBrake(deps, { accountId: ACCOUNT, actor })
  const seen = (body: string) => ({ fingerprint: /name="fingerprint" value="(\w+)"/.exec(body)?.[1] ?? '' })
  t.equal((await owen.post(page, `${page}/brake-naming`, seen((await owen.get(page)).body))).statusCode, 303)
  t.match((await owen.get(page)).body, 'A second person has to agree: Helen Marsh')
  const asked = (await helen.get(page)).body
  t.match(asked, 'Owen Price asked that this one may go out')
  t.equal((await helen.post(page, `${page}/brake-agreement`, seen(asked))).statusCode, 303)
  t.match((await helen.get(page)).body, 'Two people agreed')
  t.match((await helen.get(page)).body, 'Helen Marsh')
  t.equal((await owen.post(page, `${page}/brake-naming-withdrawal`)).statusCode, 303)
  t.match((await owen.get(page)).body, 'This one may go out')
  await db.write(async (tx) => void (await tx.delete(roles).where(eq(roles.personId, LEAD.id))))
  t.match((await owen.get(page)).body, 'Nobody else may decide for this account')
})
