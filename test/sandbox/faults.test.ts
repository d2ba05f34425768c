import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { saveGrant } from '../../src/accounts/connection.ts'
import { SANDBOX_APP } from '../../src/compose.ts'
import { deliveries } from '../../src/db/schema/index.ts'
import { Visitor } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { testSandbox } from '../support/sandbox.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

const HANDLE = 'NorthDaleHealth'
const at = (time: string) => new Date(`2026-11-18T${time}:00Z`)

/** A whole sandbox with a connected account, and a visitor of its page. */
async function sandboxPage(tap: Parameters<typeof testSandbox>[0]) {
  const { deps, work, sandbox } = await testSandbox(tap, '2026-11-18T10:42:00Z')
  const { db, clock, network } = deps
  const { standIn, travelTo } = sandbox!
  await anAccount(db, { now: clock.now() })
  const grant = await standIn.grantFor(HANDLE, { clientId: SANDBOX_APP.clientId })
  const user = await network.me(grant.accessToken)
  if (!user.ok) throw new Error(user.problem.detail)
  await saveGrant(deps, { accountId: ACCOUNT, grant, user: user.value, personId: LEAD.id })
  const app = await buildApp(deps, { standIn, travelTo })
  tap.teardown(() => app.close())
  const visitor = new Visitor(app)
  const set = (kind: string, times: string) => visitor.post('/sandbox', '/sandbox/faults', { kind, times })
  const queue = (text: string, time: string) =>
    approved(db, { parts: [text], dueAt: at(time), now: clock.now() })
  const stands = async () => (await standIn.timeline(HANDLE)).map(({ text }) => text)
  const states = async () => (await db.read.select().from(deliveries)).map(({ state }) => state)
  return { visitor, set, queue, stands, states, travelTo, work, clock, standIn }
}

t.test('what X does wrong is set by forms, stands in a list, and is taken away', async (t) => {
  const { visitor, set } = await sandboxPage(t)
  t.match((await visitor.get('/sandbox')).body, 'At the moment X does what it should')
  t.equal((await set('limited', 'always')).statusCode, 303)
  t.equal((await set('credit', '3')).statusCode, 303)
  const { body } = await visitor.get('/sandbox')
  t.match(body, 'Too many posts: until it is taken away')
  t.match(body, 'No credit left: the next 3 posts')
  t.equal((await set('empty', '1')).statusCode, 422, 'only what the page offers')
  await visitor.post('/sandbox', '/sandbox/faults/removal')
  t.match((await visitor.get('/sandbox')).body, 'At the moment X does what it should')
})

t.test('a post that meets a fault suffers it', async (t) => {
  const { set, queue, stands, states, travelTo } = await sandboxPage(t)
  await set('credit', 'always')
  await queue('Good morning', '11:00')
  await travelTo(at('11:01'))
  t.same(await stands(), [])
  t.same(await states(), ['held'])
})

t.test(
  'the time machine passes a limit of X: at its end, in product time, what waited goes out',
  async (t) => {
    const { visitor, set, queue, stands, states, travelTo, clock, standIn } = await sandboxPage(t)
    await set('limited', '1')
    await queue('Good morning', '11:00')
    await queue('And another', '11:05')
    await travelTo(at('11:10'))
    t.same(await states(), ['waiting', 'waiting'])
    t.match((await visitor.get('/sandbox')).body, /When X is tried again <small>today 11:1\d</)
    await visitor.post('/sandbox', '/sandbox/time', { to: 'retry' })
    t.ok(clock.now() >= at('11:14') && clock.now() < at('11:17'), clock.now().toISOString())
    t.same((await stands()).toSorted(), ['And another', 'Good morning'])
    const [post] = await standIn.timeline(HANDLE)
    t.match(post!.createdAt, /T11:1[45]/, 'on X it stands at that time, not at the machine’s')
  },
)

t.test(
  'a journey of hours through a limit sends at its end, and looks for what has no clear answer',
  async (t) => {
    const { set, queue, stands, states, travelTo, standIn } = await sandboxPage(t)
    await set('limited', '1')
    await queue('Good morning', '11:00')
    await travelTo(at('13:00'))
    t.same(await states(), ['posted'])
    await set('unavailable-after', '1')
    await queue('Good afternoon', '14:00')
    await travelTo(at('15:00'))
    t.same(await states(), ['posted', 'posted'])
    t.equal((await stands()).length, 2)
    t.match((await standIn.timeline(HANDLE)).at(-1)!.createdAt, /T11:1[45]/)
  },
)
