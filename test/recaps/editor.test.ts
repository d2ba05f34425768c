import { eq } from 'drizzle-orm'
import t from 'tap'
import {
  accounts,
  activity,
  mails,
  posts,
  recapBlocks,
  recapEditions,
  recaps,
} from '../../src/db/schema/index.ts'
import { forgetPost } from '../../src/listening/keep.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { PUBLIC_URL, testApp, type TestApp, type Visitor } from '../support/app.ts'
import { APPROVER, LEAD } from '../support/story.ts'
import { at, RUTH, ruthsWeek, said, SAYINGS, SLOT, WEEK } from '../support/told-week.ts'

const PAGE = `/weeks/${WEEK}/recap`
const FORM_ID = '1b671a64-40d5-491e-99b0-da01ff1f3341'

async function closedWeek(t: Parameters<typeof testApp>[0]) {
  const world = await testApp(t, { at: '2026-11-13T18:10:00Z' })
  await ruthsWeek(world.db)
  await said(world.db, SAYINGS)
  const now = at('Fri 18:00')
  await closeDueWeeks(world.db, { now, machineNow: now, publicUrl: 'https://weeks.example' })
  return { ...world, helen: await world.visitor(LEAD.email), ruth: await world.visitor(RUTH.email) }
}

const story = async ({ db }: Pick<TestApp, 'db'>) =>
  db.read.select().from(recapBlocks).orderBy(recapBlocks.position)
const block = async (world: Pick<TestApp, 'db'>, source: string) =>
  (await story(world)).find((one) => one.source === source)!
const version = async ({ db }: Pick<TestApp, 'db'>) =>
  String((await db.read.select().from(recaps))[0]!.version)
/** The fields of a new text behind a piece. */
const newText = (after: string, text: string, heading = '', id = FORM_ID) => ({
  [`new-id.${after}`]: id,
  [`new-heading.${after}`]: heading,
  [`new-text.${after}`]: text,
})
const preview = async (visitor: Visitor) => (await visitor.get(`${PAGE}/preview`)).body

t.test('a lead words, writes, moves and hides; then publishes', async (t) => {
  const world = await closedWeek(t)
  const { helen, db } = world
  const page = await helen.get(PAGE)
  t.equal(page.statusCode, 200)
  t.match(page.body, 'The story of Ruth Ellwood’s week')
  t.match(page.body, 'Not published')
  t.match(page.body, 'Good morning from Hallbeck')
  t.match(page.body, '1 reply not on the page')

  const send = async (path: string, fields: Record<string, string> = {}) =>
    helen.post(PAGE, `${PAGE}${path}`, { version: await version(world), ...fields })

  const monday = await block(world, 'day:2026-11-09')
  const reworded = await send('/words', { [`heading.${monday.id}`]: 'Scraping the windscreen' })
  t.equal(reworded.statusCode, 303)
  t.equal(reworded.headers.location, PAGE)

  const road = await block(world, 'post:102')
  await send('/words', newText(road.id, 'Then *everybody* answered. <b>Really</b>'))
  const note = await block(world, `text:${FORM_ID}`)
  t.match(note, { position: road.position + 1, byPerson: true, content: { writer: 'Helen Marsh' } })

  await send(`/blocks/${note.id}/position`, { direction: 'up' })
  t.equal((await block(world, `text:${FORM_ID}`)).position, road.position, 'moved before the road')
  const morning = `/blocks/${(await block(world, 'post:101')).id}/position`
  await send(morning, { direction: 'up' })
  t.equal((await story(world))[1]!.source, 'post:101', 'out of its day')
  await send(morning, { direction: 'up' })
  t.equal((await story(world))[0]!.source, 'opening', 'nothing goes before the opening')
  await send(`/blocks/${(await block(world, 'post:120')).id}/visibility`, { hidden: 'yes' })

  const told = await preview(helen)
  t.match(told, 'Scraping the windscreen')
  t.match(told, 'Then <em>everybody</em> answered. &lt;b&gt;Really&lt;/b&gt;')
  t.notMatch(told, 'Doors open.', 'hidden')
  t.notMatch(told, 'Hill Road', 'not chosen')

  const published = await send('/publication')
  t.equal(published.statusCode, 303)
  t.match((await db.read.select().from(recaps))[0], { state: 'published', edition: 1, publishedBy: LEAD.id })
  const after = (await helen.get(PAGE)).body
  t.match(after, 'Published')
  t.notMatch(after, 'not on the public page yet')
  await send(`/blocks/${note.id}/removal`)
  t.equal(await block(world, `text:${FORM_ID}`), undefined)
  t.match((await helen.get(PAGE)).body, 'not on the public page yet')
  await send('/publication')
  t.equal((await db.read.select().from(recapEditions)).length, 2, 'each edition is kept')
  t.same(
    (await db.read.select().from(activity)).flatMap(({ kind, details }) =>
      kind === 'recap.changed' ? [details['what']] : [],
    ),
    ['reworded', 'written', 'moved', 'moved', 'hidden', 'removed'],
  )
})

t.test('whichever button is pressed, what was typed anywhere on the page is kept first', async (t) => {
  const world = await closedWeek(t)
  const { helen, db } = world
  const monday = await block(world, 'day:2026-11-09')
  const friday = await block(world, 'day:2026-11-13')
  const road = await block(world, 'post:102')
  const send = async (path: string, fields: Record<string, string> = {}) =>
    helen.post(PAGE, `${PAGE}${path}`, { version: await version(world), ...fields })
  const both = { [`heading.${monday.id}`]: 'Windscreens', [`heading.${friday.id}`]: 'Kettles' }
  t.equal((await send(`/blocks/${road.id}/visibility`, { hidden: 'yes', ...both })).statusCode, 303)
  t.match((await block(world, 'day:2026-11-09')).content, { heading: 'Windscreens' })
  t.match((await block(world, 'day:2026-11-13')).content, { heading: 'Kettles' })
  t.equal((await block(world, 'post:102')).hidden, true)

  await send('/choices', { choose: 'row-113', ...newText(friday.id, 'Between two kettles') })
  t.match((await block(world, `text:${FORM_ID}`)).content, { text: 'Between two kettles' })
  t.match(await preview(helen), 'Hill Road', 'and the reply is chosen')

  await send('/publication', { [`heading.${monday.id}`]: 'At the last moment' })
  t.match(JSON.stringify(await db.read.select().from(recapEditions)), 'At the last moment')
  const page = (await helen.get(PAGE)).body
  t.notMatch(page, 'not on the public page yet')
  const form = page.slice(page.indexOf('whole-story'))
  t.ok(form.indexOf('>Save<') < form.indexOf('formaction'), 'the Enter key saves, and does nothing else')

  const note = await block(world, `text:${FORM_ID}`)
  await send(`/blocks/${note.id}/removal`, { [`text.${note.id}`]: '', [`was-text.${note.id}`]: 'Between' })
  t.equal(await block(world, `text:${FORM_ID}`), undefined, 'what goes need not be right')
})

t.test('the headings that nobody worded count what is not hidden', async (t) => {
  const world = await closedWeek(t)
  const { helen } = world
  const hide = async (source: string, hidden: string) => {
    const { id } = await block(world, source)
    await helen.post(PAGE, `${PAGE}/blocks/${id}/visibility`, { version: await version(world), hidden })
  }
  t.match(await preview(helen), '<h2 id="monday-title">Eight posts, two replies</h2>')
  await hide('post:110', 'yes')
  t.match(await preview(helen), '<h2 id="monday-title">Five posts</h2>', 'its answers go with it')
  t.match((await helen.get(PAGE)).body, 'value="Five posts"', 'also where it can be worded')
  t.match(await preview(helen), 'The account posted <strong>10</strong> times', 'the week is the week')
  await hide('post:110', 'no')
  t.match(await preview(helen), 'Eight posts, two replies')

  const monday = await block(world, 'day:2026-11-09')
  const heading = 'Eight, and a windscreen'
  const words = { version: await version(world), [`heading.${monday.id}`]: heading }
  await helen.post(PAGE, `${PAGE}/words`, words)
  await hide('post:110', 'yes')
  t.match(await preview(helen), heading, 'a person’s words stay')
})

t.test('a lead takes a published story back, and may publish it again', async (t) => {
  const world = await closedWeek(t)
  const { helen, ruth, db } = world
  const stranger = await world.visitor()
  const send = async (who: Visitor, path: string) =>
    (await who.post(PAGE, `${PAGE}${path}`, { version: await version(world) })).statusCode
  const places = ['', '/recaps', '/feed.xml'].map((path) => `/@NorthDaleHealth${path}`)
  const publicPage = `/@NorthDaleHealth/weeks/${SLOT}`
  const listed = async () =>
    Promise.all(places.map(async (url) => (await stranger.get(url)).body.includes(`${publicPage}"`)))

  t.equal(await send(helen, '/publication/withdrawal'), 409, 'nothing is published')
  const before = await listed()
  await send(helen, '/publication')
  t.notMatch((await stranger.get(publicPage)).body, 'being put together')
  t.same(await listed(), [true, true, true])
  t.equal(await send(ruth, '/publication/withdrawal'), 403, 'the host doesn’t')
  const stale = await helen.post(PAGE, `${PAGE}/publication/withdrawal`, { version: '1' })
  t.equal(stale.statusCode, 409)

  t.equal(await send(helen, '/publication/withdrawal'), 303)
  const page = (await helen.get(PAGE)).body
  t.match(page, 'Taken back')
  t.notMatch(page, 'The public page')
  t.match((await stranger.get(publicPage)).body, 'Its story is being put together')
  t.same(await listed(), before)
  t.equal((await db.read.select().from(recapEditions)).length, 1, 'the edition is kept')
  t.match((await helen.get('/activity')).body, 'took the published story of')
  await said(db, [{ id: '131', when: 'Fri 17:50', text: 'One more. ^RE', more: { seenAt: at('Fri 18:20') } }])
  const now = at('Fri 18:25')
  await closeDueWeeks(db, { now, machineNow: now, publicUrl: 'https://weeks.example' })
  t.match((await stranger.get(publicPage)).body, 'Its story is being put together', 'and stays so')

  t.equal(await send(helen, '/publication'), 303)
  t.match((await db.read.select().from(recaps))[0], { state: 'published', edition: 2 })
  t.same(await listed(), [true, true, true])

  const told = (await db.read.select().from(mails)).filter(({ kind }) => kind === 'recap-published')
  t.match(told, [{ to: RUTH.email, state: 'queued', weekHostId: 'host-ruth' }])
  t.equal(told.length, 1, 'the host is told once')
  t.match(told[0]!.text, `${PUBLIC_URL}${publicPage}`)
  t.match((await helen.get(`/weeks/${WEEK}`)).body, 'The recap is published')
})

t.test('put together anew it keeps what people did', async (t) => {
  const world = await closedWeek(t)
  const { helen, db } = world
  const send = async (path: string, fields: Record<string, string> = {}) =>
    helen.post(PAGE, `${PAGE}${path}`, { version: await version(world), ...fields })
  await send('/words', { [`heading.${(await block(world, 'day:2026-11-13')).id}`]: 'Handing back the keys' })
  await send(`/blocks/${(await block(world, 'post:101')).id}/visibility`, { hidden: 'yes' })
  t.match((await send('/generation')).headers.location, PAGE)
  t.match((await helen.get(PAGE)).body, 'Nothing new has come since.')

  await said(db, [{ id: '131', when: 'Fri 17:50', text: 'One more. ^RE' }])
  await send('/generation')
  t.same(
    (await story(world)).slice(-5).map((one) => one.source),
    ['post:131', 'numbers', 'people', 'next', 'join'],
  )
  t.match(await block(world, 'day:2026-11-13'), { content: { heading: 'Handing back the keys' } })
  t.match(await block(world, 'post:101'), { hidden: true })
})

t.test('somebody was faster: what was typed is given back, and can be saved then', async (t) => {
  const world = await closedWeek(t)
  const { helen } = world
  const seen = await version(world)
  const monday = await block(world, 'day:2026-11-09')
  const heading = `heading.${monday.id}`
  await helen.post(PAGE, `${PAGE}/words`, { version: seen, [heading]: 'The first' })
  const late = await helen.post(PAGE, `${PAGE}/words`, { version: seen, [heading]: 'The second' })
  t.equal(late.statusCode, 409)
  t.match(late.body, 'value="The second"')
  t.match(late.body, 'The first', 'beside what stands now')
  t.match(late.body, `name="version" value="${await version(world)}"`)

  for (const path of ['publication', 'generation', 'revisions']) {
    const words = { version: seen, to: 'undo', ...newText(monday.id, 'A long thought') }
    const answer = await helen.post(PAGE, `${PAGE}/${path}`, words)
    t.equal(answer.statusCode, 409, `${path} is done only to the story that they saw`)
    t.match(answer.body, 'A long thought')
    t.match(answer.body, FORM_ID)
  }
  t.equal((await helen.post(PAGE, `${PAGE}/publication`, { version: 'x' })).statusCode, 422)

  const current = { version: await version(world), ...newText(monday.id, 'Once') }
  await helen.post(PAGE, `${PAGE}/words`, current)
  t.equal((await helen.post(PAGE, `${PAGE}/words`, current)).statusCode, 303, 'sent twice')
  t.equal((await story(world)).filter((one) => one.kind === 'text').length, 1, 'it is there once')
})

t.test('two people at the story at once lose nothing', async (t) => {
  const world = await closedWeek(t)
  const { helen, ruth } = world
  const seen = await version(world)
  const [monday, friday] = [await block(world, 'day:2026-11-09'), await block(world, 'day:2026-11-13')]
  const road = await block(world, 'post:102')
  const both = async (who: Visitor, path: string, fields: Record<string, string>) =>
    (await who.post(PAGE, `${PAGE}${path}`, { version: seen, ...fields })).statusCode
  const heading = ({ id, content }: Awaited<ReturnType<typeof block>>, words: string) => ({
    [`heading.${id}`]: words,
    [`was-heading.${id}`]: String(content.heading),
  })
  t.equal(await both(helen, '/words', heading(monday, 'Helen’s Monday')), 303)
  t.equal(await both(ruth, '/words', heading(friday, 'Ruth’s Friday')), 303)
  t.equal(await both(ruth, '/words', newText(road.id, 'A thought of Ruth’s')), 303)
  t.equal(await both(helen, `/blocks/${road.id}/visibility`, { hidden: 'yes' }), 303)
  t.equal(await both(ruth, `/blocks/${road.id}/position`, { direction: 'up' }), 303)
  t.equal(await both(helen, `/blocks/${(await block(world, 'post:120')).id}/pin`, { pinned: 'yes' }), 303)
  t.match((await block(world, 'day:2026-11-09')).content, { heading: 'Helen’s Monday' })
  t.match((await block(world, 'day:2026-11-13')).content, { heading: 'Ruth’s Friday' })
  t.match(await block(world, 'post:102'), { hidden: true })
  t.match(await block(world, 'post:120'), { pinned: true })
  const note = await block(world, `text:${FORM_ID}`)
  t.match(note.content, { text: 'A thought of Ruth’s', writer: 'Ruth Ellwood' })

  t.equal(await both(ruth, '/words', heading(monday, 'Ruth’s Monday')), 409, 'the same words')
  const now = await version(world)
  const reworded = { [`text.${note.id}`]: 'Another thought', [`was-text.${note.id}`]: 'A thought of Ruth’s' }
  await ruth.post(PAGE, `${PAGE}/words`, { version: now, ...reworded })
  const removal = await helen.post(PAGE, `${PAGE}/blocks/${note.id}/removal`, { version: now })
  t.equal(removal.statusCode, 409, 'other words than she saw')
  t.match((await block(world, `text:${FORM_ID}`)).content, { text: 'Another thought' })

  const typing = {
    version: now,
    [`heading.${friday.id}`]: 'Helen’s Friday',
    [`was-heading.${friday.id}`]: 'Ruth’s Friday',
  }
  const both2 = await helen.post(PAGE, `${PAGE}/blocks/${note.id}/removal`, typing)
  t.equal(both2.statusCode, 409, 'also when she typed something else meanwhile')
  t.match((await block(world, 'day:2026-11-13')).content, { heading: 'Helen’s Friday' }, 'which is kept')
  t.match((await block(world, `text:${FORM_ID}`))?.content, { text: 'Another thought' })
})

t.test('choosing what somebody said is undone and done again like all else', async (t) => {
  const world = await closedWeek(t)
  const { helen, db } = world
  const send = async (path: string, fields: Record<string, string>) =>
    (await helen.post(PAGE, `${PAGE}${path}`, { version: await version(world), ...fields })).statusCode
  const stands = async () => ({
    chosen: (await db.read.select().from(posts)).find(({ id }) => id === 'row-113')!.chosenAt !== null,
    pinned: (await block(world, 'post:102')).pinned,
  })
  await send(`/blocks/${(await block(world, 'post:102')).id}/pin`, { pinned: 'yes' })
  await send('/choices', { choose: 'row-113' })
  t.same(await stands(), { chosen: true, pinned: true })
  t.match((await helen.get(PAGE)).body, 'aria-label="Undo: chose what Nobody Chosen said"')
  t.equal(await send('/revisions', { to: 'undo' }), 303)
  t.same(await stands(), { chosen: false, pinned: true }, 'the latest change, and not the one before it')
  t.equal(await send('/revisions', { to: 'redo' }), 303)
  t.same(await stands(), { chosen: true, pinned: true })
  await send('/choices', { choose: 'row-113' })
  await send('/choices', { take: 'row-113' })
  t.match((await helen.get(`${PAGE}/history`)).body, 'took what Nobody Chosen said off the page')
  await send('/revisions', { to: 'undo' })
  t.same(await stands(), { chosen: true, pinned: true }, 'what was pressed twice was chosen once')

  const now = world.clock.now()
  await db.write(async (tx) => {
    await forgetPost(
      tx,
      (await tx.select().from(posts)).find(({ id }) => id === 'row-113')!,
      now,
    )
  })
  t.equal(await send('/revisions', { to: 'undo' }), 303, 'what its author deleted is in nobody’s way')
  t.equal(await send('/revisions', { to: 'undo' }), 303)
  t.match(await stands(), { pinned: false })
})

t.test('a window whose answer was lost goes on without losing a word', async (t) => {
  const world = await closedWeek(t)
  const { helen } = world
  const road = await block(world, 'post:102')
  const seen = await version(world)
  const send = async (text: string, of = seen) =>
    helen.post(PAGE, `${PAGE}/words`, { version: of, ...newText(road.id, text) })
  t.equal((await send('Frost')).statusCode, 303)
  t.equal((await send('Frost')).statusCode, 303, 'the same again is there once')
  const longer = await send('Frost, and a fox')
  t.equal(longer.statusCode, 409)
  t.match(longer.body, 'Frost, and a fox')
  const note = await block(world, `text:${FORM_ID}`)
  t.match(longer.body, `name="text.${note.id}"`)
  t.match(longer.body, /What stands there now:<\/b> Frost</)
  t.equal((await send('Frost, and a fox', await version(world))).statusCode, 303)
  t.match((await block(world, `text:${FORM_ID}`)).content, { text: 'Frost, and a fox' })
})

t.test('undo, redo, and every state of the story to be looked at and brought back', async (t) => {
  const world = await closedWeek(t)
  const { helen, ruth, db } = world
  const send = async (who: Visitor, path: string, fields: Record<string, string> = {}) =>
    (await who.post(PAGE, `${PAGE}${path}`, { version: await version(world), ...fields })).statusCode
  const texts = async () =>
    (await story(world)).flatMap(({ content }) => ('text' in content && content.text ? [content.text] : []))
  t.match((await helen.get(PAGE)).body, /value="undo"[^>]* disabled/, 'nothing was done yet')
  t.equal(await send(helen, '/revisions', { to: 'undo' }), 409)

  const road = await block(world, 'post:102')
  await send(helen, '/words', newText(road.id, 'One'))
  await send(ruth, `/blocks/${road.id}/visibility`, { hidden: 'yes' })
  const first = (await story(world)).map(({ source, hidden }) => ({ source, hidden }))
  const note = await block(world, `text:${FORM_ID}`)
  await send(helen, `/blocks/${note.id}/removal`)
  const lately = (await helen.get(PAGE)).body
  t.match(lately, 'aria-label="Undo: took out a text"')
  t.equal(await send(helen, '/revisions', { to: 'undo' }), 303)
  t.same(
    (await story(world)).map(({ source, hidden }) => ({ source, hidden })),
    first,
  )
  t.match((await helen.get(PAGE)).body, 'aria-label="Undo: Ruth Ellwood hid the post of Monday 8:55"')
  await send(helen, '/revisions', { to: 'undo' })
  t.equal((await block(world, 'post:102')).hidden, false)
  await said(db, [{ id: '131', when: 'Fri 17:50', text: 'One more. ^RE' }])
  await send(helen, '/generation')
  await send(helen, '/revisions', { to: 'undo' })
  t.same(await texts(), [], 'what was gathered between is nobody’s change')
  t.ok(await block(world, 'post:131'), 'and stays')
  t.equal(await send(helen, '/revisions', { to: 'undo' }), 409)
  for (const _ of [1, 2, 3]) t.equal(await send(helen, '/revisions', { to: 'redo' }), 303)
  t.equal(await send(helen, '/revisions', { to: 'redo' }), 409)
  t.same(await texts(), [])
  t.match(await block(world, 'post:102'), { hidden: true })
  await send(helen, '/revisions', { to: 'undo' })
  t.same(await texts(), ['One'])
  await send(helen, `/blocks/${road.id}/pin`, { pinned: 'yes' })
  t.equal(await send(helen, '/revisions', { to: 'redo' }), 409, 'nothing comes back over a new change')

  const history = (await ruth.get(`${PAGE}/history`)).body
  t.match(history, 'Helen Marsh, ')
  t.match(history, 'hid the post of Monday 8:55')
  const removed =
    /href="[^"]+revision&#x3D;(\d+)"[^>]*><span>Helen Marsh[^<]*<[^>]*>[^<]*<\/time><\/span> <small>took out what Helen Marsh wrote/.exec(
      history,
    )!
  t.match((await ruth.get(`${PAGE}/history?revision=${removed[1]}`)).body, '<del>One</del>')
  t.equal(await send(ruth, '/revisions', { to: removed[1]! }), 303)
  t.same(await texts(), [], 'that state stands again')
  t.ok(await block(world, 'post:131'), 'with what came since')
  t.equal((await helen.get(`${PAGE}/history?revision=999`)).statusCode, 200)
  t.equal(await send(helen, '/revisions', { to: '999' }), 404)
})

t.test('bringing back brings no words of the host’s looking back that are not approved now', async (t) => {
  const world = await closedWeek(t)
  const { helen, db } = world
  const send = async (path: string, fields: Record<string, string> = {}) =>
    helen.post(PAGE, `${PAGE}${path}`, { version: await version(world), ...fields })
  const recap = (await db.read.select().from(recaps))[0]!
  const approved = (text: string) => ({ v: 1, heading: 'Looking back', text, writer: 'Ruth' })
  const looking = {
    id: 'r',
    recapId: recap.id,
    position: 99,
    kind: 'reflection',
    source: 'reflection:host-ruth',
    content: approved('The first words.'),
    byPerson: true,
  } as const
  await db.write(async (tx) => void (await tx.insert(recapBlocks).values(looking)))
  const road = await block(world, 'post:102')
  await send(`/blocks/${road.id}/pin`, { pinned: 'yes' })
  await db.write(
    async (tx) =>
      void (await tx
        .update(recapBlocks)
        .set({ content: approved('What is approved now.') })
        .where(eq(recapBlocks.id, 'r'))),
  )
  await send(`/blocks/${road.id}/visibility`, { hidden: 'yes' })
  await send('/revisions', { to: 'undo' })
  await send('/revisions', { to: 'undo' })
  const texts = (await story(world)).flatMap(({ kind, content }) =>
    kind === 'reflection' ? [content.text] : [],
  )
  t.same(texts, ['What is approved now.'])
})

t.test('going on typing in one text is one change', async (t) => {
  const world = await closedWeek(t)
  const { ruth } = world
  const road = await block(world, 'post:102')
  const typing = async (text: string, was?: string) =>
    ruth.post(PAGE, `${PAGE}/words`, {
      version: await version(world),
      ...newText(road.id, text),
      ...(was === undefined ? {} : { [`was-new-text.${road.id}`]: was }),
    })
  await typing('Wh')
  await typing('What I', 'Wh')
  await typing('What I learnt', 'What I')
  t.match((await block(world, `text:${FORM_ID}`)).content, { text: 'What I learnt' })
  t.equal((await typing('What I forgot', 'What')).statusCode, 303, 'nobody else changed it')
  const history = (await ruth.get(`${PAGE}/history`)).body
  t.equal(history.match(/wrote a text/g)!.length, 2, 'in the list and above it')
  await ruth.post(PAGE, `${PAGE}/revisions`, { version: await version(world), to: 'undo' })
  t.equal(await block(world, `text:${FORM_ID}`), undefined)
})

t.test('what was published is kept, to be looked at and compared', async (t) => {
  const world = await closedWeek(t)
  const { helen, ruth } = world
  const send = async (path: string, fields: Record<string, string> = {}) =>
    helen.post(PAGE, `${PAGE}${path}`, { version: await version(world), ...fields })
  t.match((await ruth.get(`${PAGE}/versions`)).body, 'Nothing was published yet.')
  await send('/publication')
  const publicPage = async () => (await (await world.visitor()).get(`/@NorthDaleHealth/weeks/${SLOT}`)).body
  t.notMatch(await publicPage(), 'was corrected')
  const monday = await block(world, 'day:2026-11-09')
  await send('/words', { [`heading.${monday.id}`]: 'Scraping the windscreen' })
  await send(`/blocks/${(await block(world, 'post:120')).id}/visibility`, { hidden: 'yes' })
  const note = newText((await block(world, 'post:102')).id, '5 < 6 & *all*')
  await send('/publication', note)
  t.match(
    await publicPage(),
    /This page was corrected on <time datetime="[^"]+">13 November 2026, 18:10<\/time>\./,
    'at its foot, with its date',
  )
  const { body } = await ruth.get(`${PAGE}/versions`)
  t.match(body, 'Edition 2 against edition 1')
  t.match(body, 'Helen Marsh')
  t.match(body, /<del>Eight posts, two replies<\/del><ins>Scraping the windscreen<\/ins>/)
  t.match(body, /<del>Doors open\./)
  t.match(body, '<ins>5 &lt; 6 &amp; all</ins>')
  t.match((await ruth.get(`${PAGE}/versions/1`)).body, 'Eight posts, two replies')
  t.match((await ruth.get(`${PAGE}/versions/2`)).body, 'Scraping the windscreen')
  t.equal((await ruth.get(`${PAGE}/versions/3`)).statusCode, 404)
  t.match((await helen.get(`${PAGE}/versions?edition=1`)).body, 'there is nothing before it')
})

t.test('what can’t be taken comes back with its field', async (t) => {
  const world = await closedWeek(t)
  const { helen } = world
  const monday = await block(world, 'day:2026-11-09')
  const refused = await helen.post(PAGE, `${PAGE}/words`, {
    version: await version(world),
    ...newText(monday.id, ' ', 'A heading alone'),
  })
  t.equal(refused.statusCode, 422)
  t.match(refused.body, `href="#new-text-${monday.id}"`)
  t.match(refused.body, 'value="A heading alone"')
  const empty = await helen.post(PAGE, `${PAGE}/words`, {
    version: await version(world),
    [`heading.${monday.id}`]: '',
    [`was-heading.${monday.id}`]: 'Eight posts',
  })
  t.equal(empty.statusCode, 422)
  t.match(empty.body, `href="#heading-${monday.id}"`)
})

t.test('lead and host tell the story together; the lead publishes it', async (t) => {
  const world = await closedWeek(t)
  const { ruth, helen, db } = world
  const road = await block(world, 'post:102')
  const monday = await block(world, 'day:2026-11-09')
  const send = async (who: Visitor, path: string, fields: Record<string, string> = {}) =>
    (await who.post(PAGE, `${PAGE}${path}`, { version: await version(world), ...fields })).statusCode

  t.equal((await ruth.get(PAGE)).statusCode, 200)
  t.equal(await send(ruth, '/words', newText(road.id, 'What I would tell the next host')), 303)
  const own = await block(world, `text:${FORM_ID}`)
  t.equal(await send(ruth, '/words', { [`text.${own.id}`]: 'Ask people before' }), 303)
  t.equal(await send(ruth, '/words', { [`heading.${monday.id}`]: 'Mine' }), 303)
  t.equal(await send(ruth, `/blocks/${road.id}/position`, { direction: 'up' }), 303)
  t.equal(await send(ruth, `/blocks/${road.id}/visibility`, { hidden: 'yes' }), 303)
  t.equal(await send(ruth, '/publication'), 403)

  const helens = '2c781a64-40d5-491e-99b0-da01ff1f3342'
  t.equal(await send(helen, '/words', newText(road.id, 'By Helen', '', helens)), 303)
  const theirs = await block(world, `text:${helens}`)
  t.equal(await send(ruth, `/blocks/${theirs.id}/removal`), 403, 'a host leaves what others wrote')
  t.equal(await send(helen, `/blocks/${road.id}/removal`), 403, 'what stands on X can only be hidden')
  t.equal(
    await send(helen, `/blocks/${(await block(world, 'opening')).id}/visibility`, { hidden: 'yes' }),
    403,
  )

  const choice = { chosen: 'yes', back: PAGE }
  t.equal((await ruth.post(PAGE, '/posts/row-113/choice', choice)).headers.location, `${PAGE}#reply-113`)
  t.match(await preview(ruth), 'Hill Road', 'chosen, it is in the story')
  await db.write(
    async (tx) => void (await tx.update(posts).set({ chosenAt: null }).where(eq(posts.networkId, '113'))),
  )
  t.notMatch(await preview(ruth), 'Hill Road')
  t.match((await ruth.get(PAGE)).body, 'Hill Road', 'there to be chosen')
  world.clock.moveTo(new Date('2026-12-12T10:00:00Z'))
  const later = (await ruth.get(PAGE)).body
  t.notMatch(later, 'Hill Road', 'four weeks later what nobody chose is the desk’s alone')
  t.notMatch(later, '/conversation')
  t.match((await helen.get(PAGE)).body, 'Hill Road')
})

t.test('an approver reads; a stranger finds nothing', async (t) => {
  const world = await closedWeek(t)
  const owen = await world.visitor(APPROVER.email)
  t.equal((await owen.get(PAGE)).statusCode, 200)
  const fields = { version: await version(world) }
  t.equal((await owen.post(PAGE, `${PAGE}/generation`, fields)).statusCode, 403)
  t.equal((await owen.post(PAGE, `${PAGE}/publication`, fields)).statusCode, 403)
  const joseph = await world.visitor('joseph@north.example')
  t.equal((await joseph.get(PAGE)).statusCode, 404)
  t.equal((await joseph.get(`${PAGE}/preview`)).statusCode, 404)
  t.equal((await joseph.post('/today', `${PAGE}/generation`, fields)).statusCode, 404)
  t.match((await (await world.visitor()).get(PAGE)).headers.location, '/sign-in')
})

t.test('a story begins while its week runs, and is published when it is over', async (t) => {
  const world = await testApp(t, { at: '2026-11-11T12:00:00Z' })
  await ruthsWeek(world.db)
  await said(
    world.db,
    SAYINGS.filter((one) => one.when < 'T'),
  )
  const ruth = await world.visitor(RUTH.email)
  const helen = await world.visitor(LEAD.email)
  t.match((await ruth.get(PAGE)).body, 'when the week closes')
  t.equal((await ruth.get(`${PAGE}/preview`)).statusCode, 404)
  t.equal((await ruth.post(PAGE, `${PAGE}/generation`, { version: '0' })).statusCode, 303)
  t.match((await helen.get(PAGE)).body, 'You can publish when the week is over')
  const early = await helen.post(PAGE, `${PAGE}/publication`, { version: await version(world) })
  t.equal(early.statusCode, 403)
  t.match((await helen.get('/weeks/week-joseph/recap')).body, 'The week opens')
  const ahead = await helen.post('/weeks/week-joseph/recap', '/weeks/week-joseph/recap/generation', {
    version: '0',
  })
  t.equal(ahead.statusCode, 403)
})

t.test('with the brake on a lead publishes on purpose only, and the page says so', async (t) => {
  const world = await closedWeek(t)
  const { helen, ruth, db } = world
  const policy = { ...(await db.read.select().from(accounts))[0]!.policy, publishRecap: true }
  await db.write(async (tx) => void (await tx.update(accounts).set({ policy })))
  t.match((await helen.get(PAGE)).body, 'It did not publish itself when the week closed.')
  const send = async (fields: Record<string, string> = {}) =>
    helen.post(PAGE, `${PAGE}/publication`, { version: await version(world), ...fields })
  await db.write(async (tx) => void (await tx.update(accounts).set({ brakeAt: at('Fri 18:05') })))

  const late = await send()
  t.equal(late.statusCode, 403, 'the page was open when somebody pulled it')
  t.match(late.body, 'The brake was pulled after you opened this story')
  t.match((await db.read.select().from(recaps))[0], { state: 'draft' })

  const { body } = await helen.get(PAGE)
  t.match(body, 'Publish, though the brake is on')
  t.match(body, 'The brake is on: nothing of this publishes itself.')
  t.match(body, 'name="despite" value="brake"')
  t.notMatch((await ruth.get(PAGE)).body, 'though the brake is on', 'the host publishes nothing')
  t.equal((await send({ despite: 'brake' })).statusCode, 303)
  t.match((await db.read.select().from(recaps))[0], { state: 'published', publishedBy: LEAD.id })
})

t.test('where the policy publishes, the editor says when and what goes out', async (t) => {
  const world = await testApp(t, { at: at('Thu 10:00').toISOString() })
  const { db, clock } = world
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await said(db, SAYINGS)
  const helen = await world.visitor(LEAD.email)
  const now = () => clock.now()
  const close = () => closeDueWeeks(db, { now: now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL })
  await close()
  const page = async () => (await helen.get(PAGE)).body
  t.match(
    await page(),
    'data-level="advice">This publishes itself when the week closes, tomorrow 18:00: what stands here then goes out.',
  )
  t.match(await page(), 'until they have paused for five minutes, and 30 minutes at most')

  clock.moveTo(at('Fri 17:58'))
  const monday = await block(world, 'day:2026-11-09')
  const heading = { [`heading.${monday.id}`]: 'Half a' }
  await helen.post(PAGE, `${PAGE}/words`, { version: await version(world), ...heading })
  clock.moveTo(at('Fri 18:00'))
  await close()
  t.match(
    await page(),
    'This publishes itself as soon as nobody has changed it for five minutes, today 18:30 at the latest.',
  )
  await helen.post(PAGE, `${PAGE}/publication`, { version: await version(world) })
  t.match((await db.read.select().from(recaps))[0], { edition: 1, publishedBy: LEAD.id, publishBy: null })
  clock.moveTo(at('Fri 18:30'))
  await close()
  t.match((await db.read.select().from(recaps))[0], { edition: 1 }, 'a person published it')
})
