import t, { type Test } from 'tap'
import { deliveries, mails, people, weekHosts, weeks } from '../../src/db/schema/index.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { fingerprintAsSeen } from '../../src/drafts/deliveries/let-go.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { testClock } from '../support/clock.ts'
import { connected, scriptedNetwork } from '../support/network.ts'
import { refused, unknown } from '../support/publishing-desk.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

async function world(t: Test, parts = ['Good morning', 'And more']) {
  const network = scriptedNetwork(testClock('2026-11-18T10:42:00Z'))
  let woken = 0
  const wake = {
    publisher: () => void woken++,
    mail() {},
    listener() {},
    releaser() {},
    lookingUp() {},
    hider() {},
    handover() {},
    clearing() {},
  }
  const made = await testApp(t, { network, deps: { wake } })
  const { db, clock, deps } = made
  await anAccount(db, { now: clock.now() })
  await connected(made, network)
  const publisher = createPublisher({ ...deps, owner: 'process' })
  const queued = await approved(db, { parts, dueAt: clock.now(), now: clock.now(), networkUserId: '900' })
  const first = async () => (await db.read.select().from(deliveries)).find(({ position }) => position === 0)!
  const page = `/deliveries/${queued.deliveries[0]!.id}`
  const helen = await made.visitor(LEAD.email)
  /** What the person does who sees the page as it is now. */
  const settle = async (what: string, fields: Record<string, string> = {}, who = helen) => {
    const delivery = await first()
    const seen = {
      version: String(delivery.version),
      fingerprint: fingerprintAsSeen(await findReleasable(db.read, delivery)),
    }
    return who.post(page, `${page}/${what}`, { ...seen, ...fields })
  }
  return { ...made, network, publisher, page, helen, first, settle, woken: () => woken }
}

t.test('what failed is tried again, now or at a time', async (t) => {
  const { clock, network, publisher, page, helen, first, settle, woken } = await world(t)
  network.steps.push({ publish: false, answer: refused('forbidden', 'You may not.') })
  await publisher.run()
  const { body } = await helen.get(page)
  t.match(body, 'X said: “You may not.”')
  t.match(body, 'Try again')
  t.match(
    (await settle('release', { when: 'time', day: '2026-11-18', time: '10:00' })).body,
    'This time has passed',
  )
  t.equal((await settle('release', { when: 'time', day: 'someday', time: '10:00' })).statusCode, 422)
  t.equal((await settle('release', {})).statusCode, 422)
  t.equal((await settle('release', { when: 'time', day: '2026-11-18', time: '12:00' })).statusCode, 303)
  t.match(await first(), { state: 'waiting', dueAt: new Date('2026-11-18T12:00:00Z') })
  t.equal(woken(), 1)
  t.match((await helen.get(page)).body, 'by Helen Marsh, for today 12:00')
  clock.moveTo(new Date('2026-11-18T12:00:00Z'))
  await publisher.run()
  t.match((await helen.get(page)).body, 'Posted today 12:00')
})

t.test('what may have gone out is settled by a person', async (t) => {
  const { clock, network, publisher, page, helen, first, settle } = await world(t)
  network.steps.push({ publish: true, answer: unknown, lag: 4 })
  await publisher.run()
  t.match((await helen.get(page)).body, 'We are still looking for it')
  const early = await settle('repetition')
  t.equal(early.statusCode, 409)
  for (let look = 0; look < 4; look++) {
    clock.pass(2)
    await publisher.run()
  }
  const { body } = await helen.get(page)
  t.match(body, 'We looked, and can’t tell')
  t.match(body, 'Please look at <a href="/sandbox#timeline-title">the account</a> yourself.')
  t.match(body, 'Four looks at the account did not settle it')
  const anyway = 'We look a few times more until a day after it was sent'
  t.match(body, anyway)
  const nothing = await settle('adoption', { address: 'there' })
  t.match(nothing.body, 'Example: https://x.com/NorthDaleHealth/status/')
  t.equal(nothing.statusCode, 422)
  t.match(nothing.body, 'value="there"')
  const other = network.byHand({ text: 'Something else' })
  const asked = await settle('adoption', { address: `https://x.com/a/status/${other.id}` })
  t.match(asked.body, 'I am sure that this is the one')
  t.equal((await settle('repetition')).statusCode, 303)
  t.match(await first(), { state: 'posted', networkId: '1001' }, 'the look before sending found it')
  t.match((await helen.get(page)).body, 'we found it, and sent nothing again')
})

t.test(
  'of an unknown post desk, mail and page say its words and what is known, and lead to the three answers',
  async (t) => {
    const cases = [
      { name: 'not found', twin: false, known: 'the post can’t be seen on the account', looks: 'Four looks' },
      {
        name: 'several',
        twin: true,
        known: 'More than one post on the account looks like it',
        looks: 'One look',
      },
    ]
    for (const { name, twin, known, looks } of cases) {
      const { db, clock, network, publisher, page, helen, first } = await world(t)
      network.steps.push({ publish: twin, answer: unknown })
      await publisher.run()
      if (twin) network.byHand({ text: 'Good morning' })
      for (let look = 0; look < 4; look++) {
        clock.pass(2)
        await publisher.run()
      }
      t.equal((await first()).state, 'unknown', name)

      const desk = (await helen.get('/today')).body
      for (const words of ['Nobody knows whether', 'Good morning', `href="${page}"`])
        t.ok(desk.includes(words), `${name}: ${words} on the desk`)

      const [mail] = (await db.read.select().from(mails)).filter(
        ({ to, kind }) => to === LEAD.email && kind === 'delivery-trouble',
      )
      for (const words of ['“Good morning”', known, `http://127.0.0.1:3000${page}`])
        t.ok(mail?.text.includes(words), `${name}: ${words} in the mail`)

      const { body } = await helen.get(page)
      for (const words of ['Good morning', 'X did not answer within 20 s', looks])
        t.ok(body.includes(words), `${name}: ${words} on its page`)
      for (const [answer, address] of [
        ['This is it', 'adoption'],
        ['Send it again', 'repetition'],
        ['Leave it', 'abandonment'],
      ])
        t.ok(body.includes(answer!) && body.includes(`${page}/${address}`), `${name}: ${answer}`)
    }
  },
)

t.test(
  'each page of a broken thread says which parts stand, and offers to go on and to take down',
  async (t) => {
    const { db, clock, network, publisher, helen } = await world(t, ['One', 'Two', 'Three'])
    await publisher.run()
    network.steps.push({ publish: false, answer: refused('forbidden', 'You may not.') })
    clock.pass(1)
    await publisher.run()
    const parts = (await db.read.select().from(deliveries)).toSorted((a, b) => a.position - b.position)
    t.same(
      parts.map(({ state }) => state),
      ['posted', 'failed', 'held'],
    )
    for (const { id, position } of parts) {
      const { body } = await helen.get(`/deliveries/${id}`)
      t.match(body, 'The thread broke')
      t.match(body, 'Part one stands, part two did not go out and part three is held.')
      const onward = position === 1 ? 'Try again' : 'Go on with part two'
      t.ok(body.includes(onward), `${onward} on the page of part ${position + 1}`)
      t.match(body, new RegExp(`/deliveries/${parts[0]!.id}/removal[?]scope(=|&#x3D;)thread`))
      t.match(body, 'Take down what stands')
      if (position !== 1) continue
      t.match(body, 'It goes on when this part goes; or what stands of it can be taken down.')
      t.ok(body.indexOf('Try again') < body.indexOf('The thread broke'), 'what helps comes first')
    }
  },
)

t.test(
  'a thread of which a part is not known offers nothing that would be refused, and leads to that part',
  async (t) => {
    const { db, clock, network, publisher, helen } = await world(t, ['One', 'Two'])
    await publisher.run()
    network.steps.push({ publish: false, answer: unknown })
    clock.pass(1)
    await publisher.run()
    const [one, two] = (await db.read.select().from(deliveries)).toSorted((a, b) => a.position - b.position)
    t.match([one, two], [{ state: 'posted' }, { state: 'unknown' }])
    const draft = `/drafts/${one!.draftId}`
    for (const page of [`/deliveries/${one!.id}`, `/deliveries/${two!.id}`, draft]) {
      const { body } = await helen.get(page)
      t.notMatch(body, '/removal', page)
      t.notMatch(body, 'It can go on', page)
    }
    for (const page of [`/deliveries/${one!.id}`, draft])
      t.match((await helen.get(page)).body, 'Find out about part two')
    t.match((await helen.get(`/deliveries/${one!.id}`)).body, 'nor can what stands be taken down')
    t.notMatch((await helen.get(`/deliveries/${one!.id}`)).body, 'so nothing can be taken down', 'said once')
    t.notMatch((await helen.get('/today')).body, 'What comes after it in the thread waits', 'nothing does')
  },
)

t.test('while the brake is on, only what it holds is said to have a way past it', async (t) => {
  const { db, network, publisher, page, helen, first } = await world(t, ['Good morning'])
  network.steps.push({ publish: false, answer: refused('forbidden', 'You may not.') })
  await publisher.run()
  await helen.post('/today', `/accounts/${ACCOUNT}/brake`)
  t.equal((await first()).state, 'failed')
  const { body } = await helen.get(page)
  const release = `href="/accounts/${ACCOUNT}/brake/release"`
  t.match(body, 'The brake is on, so nothing goes before it is released.')
  t.match(body.replaceAll('&#x3D;', '='), release)
  t.notMatch(body, 'Let only this one through')
  await db.write(async (tx) => void (await tx.update(deliveries).set({ state: 'held', heldReason: 'brake' })))
  const held = (await helen.get(page)).body
  for (const words of [release, 'Let only this one through', /, was for <time[^>]*>today 10:42</])
    t.match(held, words)
})

t.test('leaving and cancelling say what else they end', async (t) => {
  const { network, publisher, page, helen, first, settle } = await world(t)
  network.steps.push({ publish: false, answer: unknown })
  await publisher.run()
  await settle('abandonment')
  t.equal((await first()).state, 'abandoned')
  t.match((await helen.get(page)).body, 'What would have followed it is cancelled')
  const held = await world(t)
  held.clock.pass(60)
  await held.publisher.run()
  t.match((await held.helen.get(held.page)).body, 'It could not go out in time')
  await held.settle('cancellation')
  t.match((await held.helen.get(held.page)).body, 'Cancelled: two posts of the thread do not go out')
  t.equal((await held.settle('cancellation')).statusCode, 409)
})

t.test('the desk decides, the week’s host looks, others find nothing', async (t) => {
  const { db, clock, visitor, page, settle, first } = await world(t)
  const now = clock.now()
  await db.write(async (tx) => {
    for (const id of ['host', 'stranger'])
      await tx.insert(people).values({ id, email: `${id}@north.example`, name: id, createdAt: now })
    const closesAt = new Date('2026-11-20T18:00:00Z')
    await tx.insert(weeks).values({
      id: 'week',
      accountId: ACCOUNT,
      slot: '2026-11-16',
      kind: 'hosted',
      state: 'announced',
      theme: 'Nights',
      why: '',
      opensAt: now,
      closesAt,
      createdAt: now,
    })
    await tx.insert(weekHosts).values({
      id: 'hosting',
      weekId: 'week',
      personId: 'host',
      name: 'Host',
      handle: '',
      job: '',
      organisation: '',
      biography: '',
      signOff: '',
      createdAt: now,
      invitedAt: now,
    })
    await tx.update(deliveries).set({ weekId: 'week' })
  })
  const host = await visitor('host@north.example')
  const seen = await host.get(page)
  t.equal(seen.statusCode, 200)
  t.notMatch(seen.body, 'Cancel it')
  t.equal((await settle('cancellation', {}, host)).statusCode, 403)
  const stranger = await visitor('stranger@north.example')
  t.equal((await stranger.get(page)).statusCode, 404)
  const { version } = await first()
  t.equal(
    (await stranger.post('/today', `${page}/cancellation`, { version: String(version) })).statusCode,
    404,
  )
  const owen = await visitor(APPROVER.email)
  t.equal((await settle('cancellation', {}, owen)).statusCode, 303)
})
