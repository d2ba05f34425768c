import t, { type Test } from 'tap'
import { eq } from 'drizzle-orm'
import { accounts, activity, hidings, mails, weeks } from '../../src/db/schema/index.ts'
import { HIDE_AGAIN_MINUTES, hideDue } from '../../src/listening/hide-due.ts'
import { repliesOfWeek } from '../../src/listening/posts.ts'
import type { Visitor } from '../support/app.ts'
import { appOnStandIn } from '../support/app-on-stand-in.ts'
import { APPROVER, LEAD } from '../support/story.ts'
import { JOSEPH, WEEK } from '../support/submitted.ts'

const TALK = `/weeks/${WEEK}/conversation`
const PUBLIC = '/@NorthDaleHealth/weeks/2026-11-16'
const ROUTE = 'PUT /2/tweets/:id/hidden'
const RUDE = 'You are all useless'

/** Anon is rude under a post of ours, and stands on the week's page. */
async function world(t: Test) {
  const here = await appOnStandIn(t)
  const { db, deps, visitor, x, goOn, rowOf, handle, clock } = here
  await db.write(async (tx) => void (await tx.update(weeks).set({ announcedAt: clock.now() })))
  const ours = await x.postAs({ handle, text: 'Do we have favourites?' })
  const theirs = await x.postAs({
    handle: 'anon',
    name: 'Anon',
    text: `@${handle} ${RUDE}`,
    replyTo: ours.id,
  })
  const mention = await x.postAs({ handle: 'zoe', name: 'Zoe', text: `Reading @${handle}` })
  await goOn()
  const post = await rowOf(theirs.id)
  const joseph = await visitor(JOSEPH.email)
  const helen = await visitor(LEAD.email)
  await joseph.post(TALK, `/posts/${post.id}/choice`, { chosen: 'yes', back: TALK })
  const hide = (who: Visitor, hidden: 'yes' | 'no' = 'yes', id = post.id) =>
    who.post(TALK, `/posts/${id}/hiding`, { hidden, back: TALK })
  const onX = async () => (await x.allPosts()).find(({ id }) => id === theirs.id)?.hidden
  const page = async () => (await (await visitor()).get(PUBLIC)).body
  const mailed = async () =>
    (await db.read.select().from(mails)).filter(({ kind }) => kind === 'hiding-stuck').map(({ to }) => to)
  const kinds = async () =>
    (await db.read.select().from(activity)).map(({ kind }) => kind).filter((kind) => /hid/.test(kind))
  const wish = async () => (await db.read.select().from(hidings))[0]!
  const run = () => hideDue(deps)
  return { ...here, post, mention, joseph, helen, hide, onX, page, mailed, kinds, wish, run, theirs }
}

t.test('the desk hides a reply: off our pages at once, then on X, and back again', async (t) => {
  const { db, helen, joseph, hide, onX, page, kinds, run, rowOf, theirs, visitor, goOn } = await world(t)
  t.match(await page(), RUDE)
  t.equal((await hide(joseph)).statusCode, 403, 'a host asks for help with it')
  t.notMatch((await joseph.get(TALK)).body, 'Hide on X')

  const owen = await visitor(APPROVER.email)
  t.equal((await hide(owen)).statusCode, 303)
  t.notMatch(await page(), RUDE, 'nobody waits for X')
  t.same(
    (await repliesOfWeek(db.read, WEEK)).map(({ authorHandle }) => authorHandle),
    ['zoe'],
    'no suggestion',
  )
  t.notMatch((await joseph.get(TALK)).body, RUDE)
  t.match((await joseph.get(`${TALK}?show=hidden`)).body, RUDE)
  t.notMatch((await helen.get(`${TALK}?show=hidden`)).body, 'Choose for the page')
  t.match((await helen.get(`${TALK}?show=hidden`)).body, 'Not hidden on X yet. X is being told.')
  const choice = `/posts/${(await rowOf(theirs.id)).id}/choice`
  t.equal((await joseph.post(TALK, choice, { chosen: 'yes' })).statusCode, 409, 'it can’t be chosen')
  t.equal((await rowOf(theirs.id)).chosenAt, null)

  t.equal(await onX(), false)
  t.equal(await run(), null)
  t.equal(await onX(), true)
  await hide(owen)
  t.equal(await run(), null)
  await goOn()
  t.notMatch(await page(), RUDE, 'a look at X changes nothing of that')
  t.match((await helen.get(`${TALK}?show=hidden`)).body, 'Hidden on X and on our pages.')

  await hide(helen, 'no')
  await run()
  t.equal(await onX(), false)
  t.match((await joseph.get(TALK)).body, RUDE)
  t.notMatch(await page(), RUDE, 'somebody has to choose it anew')
  t.same(await kinds(), ['post.hidden', 'post.hiding-done', 'post.unhidden', 'post.hiding-done'])
})

t.test('also under the brake', async (t) => {
  const { db, helen, hide, onX, run, clock } = await world(t)
  await db.write(
    async (tx) => void (await tx.update(accounts).set({ brakeAt: clock.now(), brakeBy: LEAD.id })),
  )
  await hide(helen)
  await run()
  t.equal(await onX(), true)
})

t.test('without a clear answer X is told again, people after the third time', async (t) => {
  const { helen, hide, onX, run, x, clock, wish, mailed, kinds } = await world(t)
  await x.addFault({ kind: 'drop-before', route: ROUTE })
  await x.addFault({ kind: 'unavailable-before', route: ROUTE })
  await x.addFault({ kind: 'server-error-before', route: ROUTE })
  await hide(helen)
  const first = await run()
  t.same(first, new Date(clock.machine().getTime() + HIDE_AGAIN_MINUTES[0]! * 60_000))
  await run()
  t.match(await wish(), { tries: 1 }, 'not before its time')
  t.match((await helen.get(`${TALK}?show=hidden`)).body, 'X did not answer. It is tried again by itself.')
  clock.pass(HIDE_AGAIN_MINUTES[0]!)
  await run()
  t.same(await mailed(), [], 'that happens')
  clock.pass(HIDE_AGAIN_MINUTES[1]!)
  await run()
  t.same((await mailed()).toSorted(), [LEAD.email, APPROVER.email])
  t.equal(await onX(), false)
  clock.pass(HIDE_AGAIN_MINUTES[2]!)
  t.equal(await run(), null)
  t.equal(await onX(), true)
  t.equal((await mailed()).length, 2, 'told once')
  t.same(await kinds(), ['post.hidden', 'post.hiding-stuck', 'post.hiding-done'])
})

t.test('an answer that is lost, a token renewed, a limit, and a wish that changed meanwhile', async (t) => {
  const { helen, hide, onX, run, x, clock, wish, mailed } = await world(t)
  await x.addFault({ kind: 'drop-after', route: ROUTE })
  await hide(helen)
  await run()
  t.match([await onX(), (await wish()).state], [true, 'waiting'])
  await hide(helen, 'no')
  t.equal(await run(), null, 'the new wish does not wait')
  t.match([await onX(), (await wish()).state], [false, 'done'])

  await x.addFault({ kind: 'unauthorised', route: ROUTE })
  await hide(helen)
  await run()
  t.equal(await onX(), true, 'with a new token')

  await x.addFault({ kind: 'limited', route: ROUTE })
  await hide(helen, 'no')
  const at = (await run())!
  t.ok(at.getTime() > clock.machine().getTime() + 60_000, 'X said when')
  t.match(await wish(), { tries: 0, state: 'waiting' })
  clock.pass((at.getTime() - clock.machine().getTime()) / 60_000)
  t.equal(await run(), null)
  t.equal(await onX(), false)
  t.same(await mailed(), [])
})

t.test('what can’t be hidden, and what is gone', async (t) => {
  const { helen, hide, run, x, mention, rowOf, theirs, wish, goOn, clock } = await world(t)
  const other = await rowOf(mention.id)
  t.equal((await hide(helen, 'yes', other.id)).statusCode, 409, 'under nothing of ours')
  t.notMatch((await helen.get(TALK)).body, `/posts/${other.id}/hiding`)
  t.equal((await hide(helen, 'yes', 'nothing')).statusCode, 404)
  await hide(helen)
  await x.removePost(theirs.id)
  t.equal(await run(), null)
  t.equal((await wish()).state, 'done', 'there is nothing left to hide')
  await goOn(24 * 60 + 1)
  t.ok((await rowOf(theirs.id)).removedAt)
  clock.pass(1)
  t.equal((await hide(helen, 'no')).statusCode, 409)
})

t.test('a clear no of X is told at once, and of another wish nothing is written down', async (t) => {
  const { db, deps, helen, hide, mailed, wish, post } = await world(t)
  await hide(helen)
  const refuse = async () => {
    const no = { code: 'forbidden', status: 403, detail: 'You may not.', until: null } as const
    return { ok: false as const, problem: no }
  }
  await hideDue({ ...deps, network: { ...deps.network, hideReply: refuse } })
  t.match(await wish(), { state: 'waiting', trouble: /“You may not\.”/ })
  t.same((await mailed()).toSorted(), [LEAD.email, APPROVER.email])
  await hide(helen, 'no')
  const meanwhile = async () => {
    await hide(helen)
    return { ok: true as const, value: undefined }
  }
  await hideDue({ ...deps, network: { ...deps.network, hideReply: meanwhile } })
  const now = (await db.read.select().from(hidings).where(eq(hidings.postId, post.id)))[0]
  t.match(now, { hidden: true, state: 'waiting' })
})
