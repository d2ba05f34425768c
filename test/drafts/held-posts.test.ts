import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import {
  accounts,
  attempts,
  decisions,
  deliveries,
  drafts,
  liveWindows,
  mails,
} from '../../src/db/schema/index.ts'
import { changeLiveWindow } from '../../src/drafts/live/change-live-window.ts'
import type { Network } from '../../src/networks/network.ts'
import { noteRestored } from '../../src/note-restored.ts'
import { explainBrake, pullBrake } from '../../src/publishing/brake.ts'
import { findActor } from '../../src/rota/powers.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { aWeek, PRIYA } from '../support/bookings.ts'
import { testClock } from '../support/clock.ts'
import { connected, problem, scriptedNetwork } from '../support/network.ts'
import { releaseAndHold } from '../support/releasing.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { anOpenDay, josephsWeek, WEEK } from '../support/submitted.ts'

const at = (time: string) => new Date(`2026-11-18T${time}:00Z`)
const PAGE = `/accounts/${ACCOUNT}/brake/release`

/** The brake is on and holds a post for each text: due in so many minutes from 9:00; it is 10:00 now. */
async function braked(
  t: Test,
  texts: Record<string, number>,
  { hosted = false, ...given }: { hosted?: boolean; network?: Network } = {},
) {
  const made = await testApp(t, given)
  const { db, clock, deps, visitor } = made
  clock.moveTo(new Date('2026-11-18T09:00:00Z'))
  await anAccount(db, { now: clock.now() })
  const weekId = hosted ? await aWeek(db, clock.now(), { slot: '2026-11-16', accepted: true }) : null
  const ids: Record<string, string> = {}
  for (const [text, minutes] of Object.entries(texts)) {
    const dueAt = new Date(clock.now().getTime() + minutes * 60_000)
    const { deliveries: parts } = await approved(db, {
      parts: [text, `${text}, more`],
      dueAt,
      now: clock.now(),
      weekId,
      hosted,
    })
    ids[text] = parts[0]!.id
  }
  await pullBrake(deps, { accountId: ACCOUNT, actor: (await findActor(db.read, LEAD.id, clock.now()))! })
  clock.pass(60)
  const helen = await visitor(LEAD.email)
  const open = async () => {
    const { body } = await helen.get(PAGE)
    return { body, seen: /name="seen" value="(\w+)"/.exec(body)?.[1] ?? '' }
  }
  const send = async (fields: Record<string, string>) => helen.post(PAGE, PAGE, fields)
  const states = async () => {
    const all = await db.read.select().from(deliveries)
    return Object.fromEntries(
      Object.entries(ids).map(([text, id]) => {
        const { state, dueAt } = all.find((one) => one.id === id)!
        return [text, `${state} ${dueAt.toISOString().slice(11, 16)}`]
      }),
    )
  }
  const isOn = async () => (await db.read.select().from(accounts))[0]!.brakeAt !== null
  const letGoes = async () => (await db.read.select().from(decisions)).filter(({ kind }) => kind === 'let-go')
  return { ...made, ids, helen, open, send, states, isOn, letGoes }
}

t.test('one form says of each what becomes of it, and releases the brake', async (t) => {
  const world = await braked(t, { Past: 30, Ahead: 240, Moved: 40, Gone: 50, Kept: 300 })
  const { ids, open, send, states, isOn, letGoes } = world
  const { body, seen } = await open()
  for (const text of [
    'It holds five posts. If you choose nothing else, two go at their own times and three stay held.',
    'Past, more',
  ])
    t.match(body, text)
  const answer = await send({
    seen,
    [`choice-${ids['Past']}`]: 'stay',
    [`choice-${ids['Ahead']}`]: 'own',
    [`choice-${ids['Moved']}`]: 'time',
    [`day-${ids['Moved']}`]: '2026-11-18',
    [`time-${ids['Moved']}`]: '11:30',
    [`choice-${ids['Gone']}`]: 'cancel',
    [`choice-${ids['Kept']}`]: 'stay',
  })
  t.equal(answer.statusCode, 303)
  t.equal(await isOn(), false)
  t.same(await states(), {
    Past: 'held 09:30',
    Ahead: 'waiting 13:00',
    Moved: 'waiting 11:30',
    Gone: 'cancelled 09:50',
    Kept: 'held 14:00',
  })
  const frozen = (await letGoes()).map((decision) => JSON.parse(decision.frozen) as { at: string })
  t.same(frozen.map(({ at }) => at).toSorted(), ['2026-11-18T11:30:00.000Z', '2026-11-18T13:00:00.000Z'])
  t.match((await world.helen.get('/today')).body, 'Past')
})

t.test('what an older copy brought back stays held unless somebody says that it goes', async (t) => {
  const { db, clock, visitor, ids, open, states } = await braked(t, { Past: 30, Ahead: 240 })
  const chosen = (body: string, text: string) =>
    new RegExp(`name="choice-${ids[text]}" value="(\\w+)"[^>]* checked`).exec(body)?.[1]
  const { body: before } = await open()
  t.equal(chosen(before, 'Ahead'), 'own')
  t.notMatch(before, 'A backup was put back')
  await noteRestored(db, { copyOf: at('09:30'), now: clock.now(), forgetTokens: false })
  const helen = await visitor(LEAD.email)
  const { body } = await helen.get(PAGE)
  for (const piece of [
    'A backup was put back, so this is how things stood today 9:30.',
    'nothing of it goes unless you choose so',
    'If you choose nothing else, all stay held.',
  ])
    t.match(body, piece)
  t.same([chosen(body, 'Past'), chosen(body, 'Ahead')], ['stay', 'stay'])
  const seen = /name="seen" value="(\w+)"/.exec(body)![1]!
  await helen.post(PAGE, PAGE, { seen, [`choice-${ids['Past']}`]: 'stay', [`choice-${ids['Ahead']}`]: 'own' })
  t.same(await states(), { Past: 'held 09:30', Ahead: 'waiting 13:00' }, 'and it goes where they do')
})

t.test('the week’s host hears what was cancelled and what has a new time, of each once', async (t) => {
  const { db, ids, open, send } = await braked(t, { Moved: 40, Gone: 50, Ahead: 240 }, { hosted: true })
  const { seen } = await open()
  await send({
    seen,
    [`choice-${ids['Moved']}`]: 'time',
    [`day-${ids['Moved']}`]: '2026-11-18',
    [`time-${ids['Moved']}`]: '11:30',
    [`choice-${ids['Gone']}`]: 'cancel',
    [`choice-${ids['Ahead']}`]: 'own',
  })
  const told = (await db.read.select().from(mails)).filter(
    ({ to, kind }) => to === PRIYA.email && kind === 'post-news',
  )
  t.same(told.map(({ subject }) => subject).toSorted(), [
    'Your post goes out after all: @NorthDaleHealth',
    'Your post was cancelled: @NorthDaleHealth',
  ])
  t.match(told.find(({ subject }) => subject.includes('cancelled'))!.text, '“Gone”')
})

t.test('what X may have taken before is looked for once more, for all of the form at once', async (t) => {
  const network = scriptedNetwork(testClock('2026-11-18T09:00:00Z'))
  const world = await braked(t, { Stands: 240, Twice: 240, Missing: 240, Untried: 240 }, { network })
  const { db, deps, clock, ids, open, send, states, isOn } = world
  await connected(deps, network)
  const tried = ['Stands', 'Twice', 'Missing'].map((text) => ids[text]!)
  await db.write(async (tx) => {
    for (const id of tried)
      await tx.insert(attempts).values({
        id: `attempt ${id}`,
        deliveryId: id,
        fence: 1,
        sent: { text: '', mediaIds: [], replyTo: null },
        at: clock.now(),
        deadlineAt: clock.machine(),
        outcome: 'unknown',
      })
  })
  const stands = network.byHand({ text: 'Stands', createdAt: clock.now() })
  network.byHand({ text: 'Twice', createdAt: clock.now() })
  network.byHand({ text: 'Twice', createdAt: clock.now() })
  const { seen } = await open()
  const fates = (twice: string) => ({
    seen,
    [`choice-${ids['Stands']}`]: 'own',
    [`choice-${ids['Twice']}`]: twice,
    [`choice-${ids['Missing']}`]: 'own',
    [`choice-${ids['Untried']}`]: 'own',
  })
  network.looks.push(problem('unreachable', 'X could not be reached.'))
  const unread = await send(fates('own'))
  t.equal(unread.statusCode, 422)
  t.equal(unread.body.match(/We can’t see the account now, and X may have taken it before/g)?.length, 6)
  t.match((await send(fates('own'))).body, 'More than one post on the account looks like it')
  t.equal(await isOn(), true, 'nothing is done')
  const looks = network.calls['ownPosts']!
  const released = await send(fates('stay'))
  t.equal(released.statusCode, 303)
  t.equal(network.calls['ownPosts'], looks + 1)
  t.same(await states(), {
    Stands: `posted 13:00`,
    Twice: 'held 13:00',
    Missing: 'waiting 13:00',
    Untried: 'waiting 13:00',
  })
  const parts = await db.read.select().from(deliveries)
  t.match(
    parts
      .filter(({ payload }) => payload.text.startsWith('Stands'))
      .toSorted((a, b) => a.position - b.position),
    [{ networkId: stands.id }, { state: 'waiting' }],
    'what follows it in its thread goes at its time',
  )
  t.match(
    (await world.helen.get('/today')).body,
    'two go out, one stood on the account already and one stays held',
  )
})

t.test('a wrong time comes back at its field with all that was chosen, and nothing is done', async (t) => {
  const { ids, open, send, states, isOn, letGoes } = await braked(t, { One: 30, Two: 240 })
  const { seen } = await open()
  for (const [time, message] of [
    ['', 'Choose a time'],
    ['09:15', 'This time has passed'],
  ]) {
    const answer = await send({
      seen,
      [`choice-${ids['One']}`]: 'time',
      [`day-${ids['One']}`]: '2026-11-18',
      [`time-${ids['One']}`]: time!,
      [`choice-${ids['Two']}`]: 'cancel',
    })
    t.equal(answer.statusCode, 422)
    t.match(answer.body, message!)
    t.match(answer.body, new RegExp(`href="#time-${ids['One']}">Post 1, “One[^”]*”: ${message}`))
    t.match(answer.body, new RegExp(`name="choice-${ids['Two']}" value="cancel"[^>]* checked`))
  }
  t.same(await states(), { One: 'held 09:30', Two: 'held 13:00' })
  t.equal(await isOn(), true)
  t.same(await letGoes(), [])
})

t.test('a new time that is typed counts, and is asked about where nothing was to go', async (t) => {
  const { ids, open, send, states, isOn } = await braked(t, { One: 240, Two: 240 })
  const { seen } = await open()
  const one = {
    [`choice-${ids['One']}`]: 'own',
    [`time-${ids['One']}`]: '15:20',
    [`day-${ids['One']}`]: '2026-11-18',
  }
  for (const kind of ['stay', 'cancel']) {
    const two = { [`choice-${ids['Two']}`]: kind, [`time-${ids['Two']}`]: '15:30' }
    const answer = await send({ seen, ...one, ...two })
    t.equal(answer.statusCode, 422)
    t.match(answer.body, 'You gave a new time here')
    t.match(answer.body, `href="#time-${ids['Two']}"`)
    t.match(answer.body, 'value="15:30"')
  }
  t.equal(await isOn(), true)
  t.equal((await send({ seen, ...one, [`choice-${ids['Two']}`]: 'stay' })).statusCode, 303)
  t.same(await states(), { One: 'waiting 15:20', Two: 'held 13:00' })
})

t.test(
  'the form says why the brake is on, what is past its time, and begins a new day where the post has its own',
  async (t) => {
    const { deps, db, clock, ids, open, send } = await braked(t, { Past: 30, Tomorrow: 24 * 60 })
    const actor = (await findActor(db.read, LEAD.id, clock.now()))!
    t.match((await open()).body, 'Helen Marsh pulled it today 9:00, and gave no reason.')
    const { version } = (await db.read.select().from(accounts))[0]!
    await explainBrake(deps, { accountId: ACCOUNT, actor, version, reason: 'Fog on the moor', endsAt: null })
    const { body, seen } = await open()
    t.match(body, 'Helen Marsh pulled it today 9:00: “Fog on the moor”')
    t.equal(body.match(/Its time has passed\./g)?.length, 1)
    t.match(body, 'a thread of two posts')
    t.match(body, new RegExp(`name="day-${ids['Past']}" type="date" value="2026-11-18"`))
    t.match(body, new RegExp(`name="day-${ids['Tomorrow']}" type="date" value="2026-11-19"`))
    const answer = await send({
      seen,
      [`choice-${ids['Past']}`]: 'time',
      [`day-${ids['Past']}`]: '2026-11-18',
      [`time-${ids['Past']}`]: '09:15',
    })
    t.match(answer.body, 'This time has passed. Choose a later one.')
    t.notMatch(answer.body, 'at once', 'there is no such choice here')
  },
)

t.test('everybody else at the desk is told who released it, and what became of what it held', async (t) => {
  const { db, ids, open, send } = await braked(t, { One: 240, Two: 30 })
  const { seen } = await open()
  await send({ seen, [`choice-${ids['One']}`]: 'own', [`choice-${ids['Two']}`]: 'cancel' })
  const told = (await db.read.select().from(mails)).filter(({ kind }) => kind === 'brake-released')
  t.match(told, [
    {
      to: APPROVER.email,
      text: /Helen Marsh released the brake of @NorthDaleHealth at 10:00[^]*Of what it held, one goes out and one is cancelled\./,
    },
  ])
  t.equal(told.length, 1)
})

t.test('what it held and nobody decided about is decided in the same form when it is off', async (t) => {
  const { helen, ids, open, send, states, isOn, letGoes } = await braked(t, { One: 240, Two: 30 })
  await send({ seen: (await open()).seen })
  t.equal(await isOn(), false)
  t.match((await helen.get('/today')).body, `href="${PAGE}">Say what becomes of each`)
  t.match((await helen.get(`/accounts/${ACCOUNT}/brake`)).body, `href="${PAGE}">Say what becomes of each`)
  const { body, seen } = await open()
  t.match(body, '<h1>What the brake held</h1>')
  t.match(body, 'It held two posts.')
  t.equal((await send({ seen, [`choice-${ids['One']}`]: 'own' })).statusCode, 303)
  t.match((await helen.get('/today')).body, 'Of what the brake held, one goes out and one stays held.')
  t.same(await states(), { One: 'waiting 13:00', Two: 'held 09:30' })
  t.equal((await letGoes()).length, 1)
})

t.test('what stepped aside for live hours is decided in one form too', async (t) => {
  const { db, clock, deps, visitor } = await testApp(t, { at: '2026-11-18T10:00:00Z' })
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  await anOpenDay(db)
  const window = { eventId: 'open-day', weekId: WEEK, aside: true, version: 1 }
  await db.write((tx) =>
    tx.insert(liveWindows).values({ ...window, startsAt: at('10:00'), endsAt: at('13:00') }),
  )
  const queue = async (text: string, dueAt: Date) =>
    (await approved(db, { parts: [text], dueAt, now: clock.now(), weekId: WEEK, hosted: true }))
      .deliveries[0]!
  const soup = await queue('Soup', at('11:00'))
  const bread = await queue('Bread', at('12:00'))
  const helen = await visitor(LEAD.email)
  const page = `/weeks/${WEEK}/live/aside`
  const open = async () => {
    const { body } = await helen.get(page)
    return { body, seen: /name="seen" value="(\w+)"/.exec(body)?.[1] ?? '' }
  }
  clock.pass(90)
  const { body, seen } = await open()
  t.match(body, '<h1>What stepped aside</h1>')
  t.match(body, 'For what is posted live two posts stepped aside.')
  t.match((await helen.get(`/weeks/${WEEK}/live`)).body, `href="${page}"`)
  const today = (await helen.get('/today')).body
  t.match(today, 'Two posts stepped aside')
  t.match(today, `href="${page}">Say which still go, and when`)
  const fates = {
    [`choice-${soup.id}`]: 'time',
    [`day-${soup.id}`]: '2026-11-18',
    [`time-${soup.id}`]: '15:00',
    [`choice-${bread.id}`]: 'cancel',
  }
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  await pullBrake(deps, { accountId: ACCOUNT, actor })
  const braked = await helen.post(page, page, { seen, ...fates })
  t.equal(braked.statusCode, 422)
  t.match(braked.body, 'The brake is on, so nothing can go.')
  await releaseAndHold(deps, { accountId: ACCOUNT, actor })
  t.equal((await helen.post(page, page, { seen, ...fates })).statusCode, 303)
  t.match((await helen.get('/today')).body, 'Of what stepped aside, one goes out and one is cancelled.')
  const now = await db.read.select().from(deliveries)
  t.same(now.map(({ state, dueAt }) => `${state} ${dueAt.toISOString().slice(11, 16)}`).toSorted(), [
    'cancelled 12:00',
    'waiting 15:00',
  ])
  t.match((await open()).body, 'Nothing that stepped aside for what is posted live waits any more.')
})

t.test('what the brake gives back at its own time steps aside for live hours all the same', async (t) => {
  const { db, clock, deps, visitor } = await testApp(t, { at: '2026-11-18T09:00:00Z' })
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  await anOpenDay(db)
  const given = { dueAt: at('12:00'), now: clock.now(), weekId: WEEK, hosted: true }
  const soup = (await approved(db, { ...given, parts: ['Soup'] })).deliveries[0]!
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  await pullBrake(deps, { accountId: ACCOUNT, actor })
  const change = { kind: 'aside' as const }
  const event = { weekId: WEEK, eventId: 'open-day', version: 0 }
  await changeLiveWindow(db, { ...event, change, actor, now: clock.now() })
  const helen = await visitor(LEAD.email)
  const { body } = await helen.get(PAGE)
  const seen = /name="seen" value="(\w+)"/.exec(body)![1]!
  const said = await helen.post(PAGE, PAGE, { seen, [`choice-${soup.id}`]: 'own' })
  t.equal(said.statusCode, 303)
  t.match(await db.read.select().from(deliveries), [
    { state: 'held', heldReason: 'live', dueAt: at('12:00') },
  ])
  t.match((await helen.get('/today')).body, 'The brake is off. Of what it held, one stays held.')
})

t.test('who releases the brake is told of what stepped aside, which comes back by itself', async (t) => {
  const { db, clock, deps, visitor } = await testApp(t, { at: '2026-11-18T09:00:00Z' })
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  await anOpenDay(db)
  const given = { now: clock.now(), weekId: WEEK, hosted: true }
  for (const parts of [['Soup'], ['Bread', 'and salt']])
    await approved(db, { ...given, dueAt: at('12:00'), parts })
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  const change = { kind: 'aside' as const }
  const event = { weekId: WEEK, eventId: 'open-day', version: 0 }
  await changeLiveWindow(db, { ...event, change, actor, now: clock.now() })
  const helen = await visitor(LEAD.email)
  t.notMatch((await helen.get(PAGE)).body, 'stepped aside')
  await pullBrake(deps, { accountId: ACCOUNT, actor })
  const { body } = await helen.get(PAGE)
  t.match(body, 'Two posts stepped aside for what is posted live. They are not among these')
  t.match(body, `href="/weeks/${WEEK}/live/aside"`)
})

t.test('a change meanwhile is a conflict that keeps what was chosen, and nothing is done', async (t) => {
  const { db, clock, ids, open, send, states, isOn } = await braked(t, { One: 240 })
  const { seen } = await open()
  await approved(db, { parts: ['New'], dueAt: new Date('2026-11-18T15:00:00Z'), now: clock.now() })
  const answer = await send({ seen, [`choice-${ids['One']}`]: 'cancel' })
  t.equal(answer.statusCode, 409)
  t.match(answer.body, 'Something changed since you opened this page')
  t.match(answer.body, 'New')
  t.match(answer.body, new RegExp(`name="choice-${ids['One']}" value="cancel"[^>]* checked`))
  t.same(await states(), { One: 'held 13:00' })
  t.equal(await isOn(), true)
})

t.test('who comes second learns of each post that goes although they chose otherwise', async (t) => {
  const { ids, open, send, states } = await braked(t, { One: 240, Two: 300, Three: 320 })
  const { seen } = await open()
  const all = (kind: string) => Object.fromEntries(Object.values(ids).map((id) => [`choice-${id}`, kind]))
  t.equal((await send({ seen, ...all('own') })).statusCode, 303)
  const answer = await send({ seen, ...all('own'), [`choice-${ids['Two']}`]: 'cancel' })
  t.equal(answer.statusCode, 409)
  t.match(answer.body, 'The brake is off, and holds nothing any more.')
  t.match(answer.body, /Goes out today 14:00.*Two.*You wanted it to be cancelled\..*Open its draft/s)
  t.notMatch(answer.body, 'Three')
  t.match(await states(), { Two: 'waiting 14:00' })
  const unknown = await send({ seen, 'choice-nobody-knows-it': 'cancel' })
  t.notMatch(unknown.body, 'What you chose, and was not done')
})

t.test('who wrote it reads why they can’t let it go, and is held to it', async (t) => {
  const { db, ids, open, send, isOn, states } = await braked(t, { One: 240 })
  await db.write(async (tx) => {
    await tx.update(drafts).set({ authorId: LEAD.id })
  })
  const { body, seen } = await open()
  t.match(body, 'You wrote in this draft, so somebody else has to let it go')
  t.notMatch(body, 'value="own"')
  const answer = await send({ seen, [`choice-${ids['One']}`]: 'own' })
  t.equal(answer.statusCode, 422)
  t.equal(await isOn(), true)
  t.equal((await send({ seen })).statusCode, 303, 'what nobody says anything of stays held')
  t.same(await states(), { One: 'held 13:00' })
})

t.test('nothing held, and sixty', async (t) => {
  const none = await braked(t, {})
  const { body, seen } = await none.open()
  t.match(body, 'It holds nothing')
  t.equal((await none.send({ seen })).statusCode, 303)
  t.equal(await none.isOn(), false)
  t.match((await none.open()).body, 'The brake is off')

  const texts = Array.from({ length: 60 }, (_, at) => [`Post ${at}`, 120 + at])
  const many = await braked(t, Object.fromEntries(texts) as Record<string, number>)
  const all = await many.open()
  t.match(all.body, 'Post 59')
  const fates = Object.values(many.ids).map((id) => [`choice-${id}`, 'own'])
  t.equal((await many.send({ seen: all.seen, ...Object.fromEntries(fates) })).statusCode, 303)
  t.equal((await many.letGoes()).length, 60)
  const waiting = await many.db.read.select().from(deliveries).where(eq(deliveries.state, 'waiting'))
  t.equal(waiting.length, 120)
})
