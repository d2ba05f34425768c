import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import type { Policy } from '../../src/accounts/account.ts'
import { accounts, decisions, deliveries, drafts, mails, roles } from '../../src/db/schema/index.ts'
import { agreeToPass, findBrakePass, nameForPass, takeNamingBack } from '../../src/drafts/brake/brake-pass.ts'
import { fingerprintAsSeen, letGo, sendAgain } from '../../src/drafts/deliveries/let-go.ts'
import { pullBrake } from '../../src/publishing/brake.ts'
import { findDelivery } from '../../src/publishing/deliveries.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { releaseAndHold } from '../support/releasing.ts'
import { findActor } from '../../src/rota/powers.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { testClock } from '../support/clock.ts'
import { connected, problem, scriptedNetwork } from '../support/network.ts'
import { desk, refused, unknown } from '../support/publishing-desk.ts'
import { standInWorld } from '../support/stand-in-world.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek } from '../support/submitted.ts'

type World = Pick<Awaited<ReturnType<typeof desk>>, 'db' | 'clock'>

/** What somebody sends who has the draft's page open. */
async function passing({ db, clock }: World, draftId: string, by: string) {
  const actor = (await findActor(db.read, by, clock.now()))!
  const { fingerprint } = (await findBrakePass(db.read, { draftId, actor, now: clock.now() })) ?? {
    fingerprint: '',
  }
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
  await t.rejects(name(other.draftId, LEAD.id), { message: /thinking of the families” is asked for already/ })
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
  await t.rejects(agree(other.draftId, LEAD.id), { message: /not any more what was asked for/ })
  await releaseAndHold(deps, { accountId: ACCOUNT, actor })
  t.match(await db.read.select().from(accounts), [{ brakeNamedId: null, brakePassId: null, brakeAt: null }])
  clock.pass(1)
  await pullBrake(deps, { accountId: ACCOUNT, actor })
  await t.rejects(agree(other.draftId, LEAD.id), { message: /Nobody asks any more/ })
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
    [{ to: APPROVER.email, text: /Our thoughts are with them[^]*It goes out at once, but only if a second/ }],
  )
})

t.test('what follows a part that did not go out can’t be named', async (t) => {
  const world = await braked(t, { selfApproval: true })
  const { db, thread, name } = world
  const set = (state: 'failed' | 'unknown') =>
    db.write(
      async (tx) =>
        void (await tx
          .update(deliveries)
          .set({ state, heldReason: null })
          .where(eq(deliveries.id, thread.deliveries[0]!.id))),
    )
  await set('failed')
  await t.rejects(name(thread.draftId, LEAD.id), { message: /The part before it did not go out/ })
  await set('unknown')
  await t.rejects(name(thread.draftId, LEAD.id), { message: /don’t know yet whether the part before/ })
  t.match(await db.read.select().from(accounts), [{ brakeNamedId: null }])
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

/** The brake is on, and holds what Helen approved for so many minutes from 9:00, which it is. */
async function onPages(t: Test, { minutes }: { minutes: number }) {
  const network = scriptedNetwork(testClock('2026-11-18T09:00:00Z'))
  const made = await testApp(t, { network })
  const { db, clock, deps } = made
  clock.moveTo(new Date('2026-11-18T09:00:00Z'))
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  await connected(made, network)
  const queue = (text: string) =>
    approved(db, {
      parts: [text],
      dueAt: new Date(clock.now().getTime() + minutes * 60_000),
      now: clock.now(),
      networkUserId: '900',
    })
  const { draftId } = await queue('We are thinking of them')
  const owen = await made.visitor(APPROVER.email)
  const helen = await made.visitor(LEAD.email)
  const joseph = await made.visitor(JOSEPH.email)
  const page = `/drafts/${draftId}`
  const brake = `/accounts/${ACCOUNT}/brake`
  const pull = async () => {
    const actor = (await findActor(db.read, LEAD.id, clock.now()))!
    await pullBrake(deps, { accountId: ACCOUNT, actor })
  }
  const press = async (who: typeof helen, step: string) => {
    const { body } = await who.get(page)
    const fingerprint = /name="fingerprint" value="(\w+)"/.exec(body)?.[1] ?? ''
    return who.post(page, `${page}/${step}`, { fingerprint })
  }
  const publisher = createPublisher({ ...deps, owner: 'process' })
  return { ...made, draftId, queue, owen, helen, joseph, page, brake, pull, press, publisher }
}

t.test('on the draft’s page: ask, agree, and why one person is not enough', async (t) => {
  const { db, owen, helen, page, pull, press } = await onPages(t, { minutes: 0 })
  t.notMatch((await owen.get(page)).body, 'The brake is on')
  await pull()
  t.match((await owen.get(page)).body, 'once a second person agrees it goes out at once, and nothing else')
  t.equal((await press(owen, 'brake-naming')).statusCode, 303)
  const asked = (await owen.get(page)).body
  t.match(asked, 'Asked. As soon as a second person agrees, it goes out.')
  t.match(asked, 'A second person has to agree: Helen Marsh')
  t.match((await helen.get(page)).body, 'Owen Price asked for this')
  t.equal((await press(helen, 'brake-agreement')).statusCode, 303)
  const agreed = (await helen.get(page)).body
  t.match(agreed, 'Agreed. It goes out at once, and nothing else with it.')
  t.match(agreed, 'Two people agreed. It goes out at this moment')
  t.equal((await press(owen, 'brake-naming-withdrawal')).statusCode, 303)
  t.match((await owen.get(page)).body, 'Let this post through')
  await db.write(async (tx) => void (await tx.delete(roles).where(eq(roles.personId, LEAD.id))))
  t.match((await owen.get(page)).body, 'Nobody else may decide for this account')
})

t.test('each page says which post may go out, goes out and went, and when', async (t) => {
  const { db, owen, helen, joseph, brake, page, pull, press, clock, publisher } = await onPages(t, {
    minutes: 90,
  })
  await pull()
  const desk = ['/today', '/rota', brake]
  const on = async (addresses: string[], words: string) => {
    for (const address of addresses) t.match((await helen.get(address)).body, words, `${address}: ${words}`)
  }
  t.notMatch((await helen.get('/today')).body, 'One post')

  await press(owen, 'brake-naming')
  await on(
    desk,
    'One post may go out: “We are thinking of them”, today at 10:30, once a second person agrees.',
  )
  await on(['/today', '/rota'], 'Nothing new of @NorthDaleHealth goes out')
  t.match((await owen.get(page)).body, 'Once a second person agrees, it goes out today at 10:30.')
  t.match(
    (await db.read.select().from(mails)).filter(({ kind }) => kind === 'draft-named'),
    [
      {
        text: 'It goes out on Wednesday 18 November at 10:30 (London time), but only if a second person agrees.',
      },
    ],
  )
  t.notMatch(
    (await joseph.get('/today')).body,
    'One post',
    'not agreed yet, so it is none of the host’s business',
  )

  await press(helen, 'brake-agreement')
  await on(desk, 'One post goes out all the same, today at 10:30: “We are thinking of them”.')
  await on(['/today', '/rota', brake], 'Nothing else of @NorthDaleHealth goes out')
  t.match((await helen.get(brake)).body, '<h1>One post goes out, nothing else</h1>')
  t.notMatch((await helen.get('/today')).body, 'Nothing goes out<')
  t.match((await helen.get(page)).body, 'Two people agreed. It goes out today at 10:30')
  const host = (await joseph.get('/today')).body
  t.match(host, 'One post goes out all the same, today at 10:30')
  t.match(host, 'stopped everything else on the account')

  clock.pass(90)
  await publisher.run()
  await on(desk, 'One post went out all the same, today at 10:30: “We are thinking of them”.')
  t.match((await helen.get(brake)).body, '<h1>Nothing else goes out</h1>')
  t.match((await helen.get(brake)).body, 'Nothing else was on its way.')
  t.match((await joseph.get('/today')).body, 'One post went out all the same')
  const { body } = await helen.get(page)
  t.match(body, 'Two people agreed, and it went out today at 10:30.')
  t.notMatch(body, 'Don’t let it through', 'there is nothing to take back')
  const back = await press(helen, 'brake-naming-withdrawal')
  t.equal(back.statusCode, 409)
  t.match(back.body, '<h1>That was not done</h1>', 'nobody was faster here')
  t.match(back.body, 'It went out already. You can take it down.')
})

t.test('what went out stands in no other post’s way', async (t) => {
  const { helen, owen, queue, pull, press, page, publisher } = await onPages(t, { minutes: 0 })
  const other = await queue('The line is open until ten')
  await pull()
  await press(owen, 'brake-naming')
  t.match((await helen.get(`/drafts/${other.draftId}`)).body, 'one is asked for already: <a href="' + page)
  await press(helen, 'brake-agreement')
  await publisher.run()
  const { body } = await helen.get(`/drafts/${other.draftId}`)
  t.match(body, 'Let this post through')
  t.notMatch(body, 'asked for already')
})

t.test('a held post says which brake holds it, and what can be done stands under its title', async (t) => {
  const { deps, clock, db, draftId, helen, page, pull } = await onPages(t, { minutes: 90 })
  await pull()
  const held = (await helen.get(page)).body
  t.match(held, 'The brake holds it, since today 9:00.')
  t.notMatch(held, 'It is held.')
  t.notMatch(held, 'Let it go, or cancel it')
  clock.pass(30)
  await releaseAndHold(deps, {
    accountId: ACCOUNT,
    actor: (await findActor(db.read, LEAD.id, clock.now()))!,
  })
  const said = 'The brake held it: it was on from today 9:00 to today 9:30.'
  const { body } = await helen.get(page)
  t.match(body, said)
  const [delivery] = await db.read.select().from(deliveries).where(eq(deliveries.draftId, draftId))
  t.ok(body.indexOf(`href="/deliveries/${delivery!.id}">Let it go`) < body.indexOf('As it will be posted'))
  t.match((await helen.get(`/deliveries/${delivery!.id}`)).body, said)
  clock.pass(1)
  await pull()
  t.match((await helen.get(page)).body, said, 'it was this brake, whatever came after')
})
