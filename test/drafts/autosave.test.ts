import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { activityOfDraft } from '../../src/activity/store.ts'
import { findDraft, listRevisions } from '../../src/drafts/store.ts'
import { testApp, type Visitor } from '../support/app.ts'
import { anAccount, LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const NEW = `/drafts/new?week=${WEEK}`

async function midweek(t: Test) {
  const world = await testApp(t)
  await anAccount(world.db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(world.db)
  return { ...world, joseph: await world.visitor(JOSEPH.email), helen: await world.visitor(LEAD.email) }
}

/** A browser's window that saves by itself. */
function aWindow(visitor: Visitor, id: string) {
  const key = randomUUID()
  let turn = 0
  const fields = (text: string, more: Record<string, string> = {}) => ({
    week: WEEK,
    window: key,
    turn: String(++turn),
    'part-1-text': text,
    when: 'soon',
    ...more,
  })
  return {
    fields,
    autosave: (text: string, more: Record<string, string> = {}) =>
      visitor.post(NEW, `/drafts/${id}/autosave`, fields(text, more)),
  }
}

t.test('what is typed is kept without being asked to, as one revision', async (t) => {
  const { joseph, db, clock } = await midweek(t)
  const id = randomUUID()
  const { autosave, fields } = aWindow(joseph, id)
  const first = await autosave('Good')
  t.same(first.json(), { version: 1, at: '10:42', note: null })
  t.match(await findDraft(db.read, id), {
    state: 'writing',
    revision: 1,
    content: { parts: [{ text: 'Good' }] },
  })

  t.equal(
    (await autosave('Good mor')).json().version,
    2,
    'though the answer before was lost and the version is old',
  )
  const third = await autosave('Good morning', { version: '2' })
  t.equal(third.json().version, 3)
  t.match(await listRevisions(db.read, id), [{ number: 1, content: { parts: [{ text: 'Good morning' }] } }])
  t.equal((await activityOfDraft(db.read, id)).length, 1, 'and one line of the record')

  const late = { ...fields('Good mo'), turn: '2' }
  await joseph.post(NEW, `/drafts/${id}/autosave`, late)
  t.equal(
    (await findDraft(db.read, id))!.content.parts[0]!.text,
    'Good morning',
    'what arrives late is older',
  )

  clock.moveTo(new Date('2026-11-18T11:05:00Z'))
  await autosave('Good morning, all')
  t.match(
    await listRevisions(db.read, id),
    [
      { content: { parts: [{ text: 'Good morning' }] } },
      { content: { parts: [{ text: 'Good morning, all' }] } },
    ],
    'after a while another step begins',
  )
  t.equal(
    (await autosave('Good morning, all', { version: '4' })).json().version,
    4,
    'nothing new, nothing kept',
  )

  const saved = await joseph.post(NEW, '/drafts', { id, ...fields('Good morning, everybody') })
  t.equal(saved.statusCode, 303, 'the form that began it may still be the one of a new draft')
  t.equal((await findDraft(db.read, id))!.content.parts[0]!.text, 'Good morning, everybody')
})

t.test('it is in conflict with others, and never takes a draft back', async (t) => {
  const { joseph, helen, db } = await midweek(t)
  const id = randomUUID()
  const path = `/drafts/${id}`
  const one = aWindow(joseph, id)
  const other = aWindow(joseph, id)
  await one.autosave('Mine')
  await helen.post(path, path, { version: '1', 'part-1-text': 'Hers', when: 'soon' })
  t.equal((await one.autosave('Mine, longer', { version: '1' })).statusCode, 409)
  t.match(await findDraft(db.read, id), { version: 2, content: { parts: [{ text: 'Hers' }] } })
  const merging = await joseph.post(NEW, path, one.fields('Mine, longer', { version: '1' }))
  t.equal(merging.statusCode, 409)
  t.match(merging.body, 'Helen was faster')

  t.equal((await other.autosave('Both', { version: '2' })).statusCode, 200)
  t.equal((await one.autosave('Mine again', { version: '2' })).statusCode, 409, 'two windows are two')
  t.same(
    (await listRevisions(db.read, id)).map(({ content }) => content.parts[0]!.text),
    ['Mine', 'Hers', 'Both'],
    'nobody’s revision is written over',
  )

  await joseph.post(path, `${path}/submission`, other.fields('Both', { version: '3' }))
  const submitted = await findDraft(db.read, id)
  t.equal(submitted!.state, 'submitted')
  t.equal((await other.autosave('Both, changed')).statusCode, 409)
  t.same(await findDraft(db.read, id), submitted)
  await joseph.post(path, `${path}/withdrawal`, { version: String(submitted!.version) })
  t.equal((await other.autosave('Both, changed')).statusCode, 409, 'nor does an old window go on after it')
})

t.test('what stands in the way is said', async (t) => {
  const { joseph, db, visitor, helen } = await midweek(t)
  const id = randomUUID()
  const { autosave, fields } = aWindow(joseph, id)
  const half = await autosave('Words', { when: 'time', day: '2026-11-19', time: '' })
  t.equal(half.statusCode, 200)
  t.match(half.json().note, 'time')
  t.match(await findDraft(db.read, id), { wishedAt: null, content: { parts: [{ text: 'Words' }] } })
  await autosave('Words', { when: 'time', day: '2026-11-19', time: '09:30' })
  const then = new Date('2026-11-19T09:30:00Z')
  t.same((await findDraft(db.read, id))!.wishedAt, then)
  const outside = await autosave('More words', { when: 'time', day: '2027-11-19', time: '09:30' })
  t.ok(outside.json().note)
  t.match(await findDraft(db.read, id), { wishedAt: then, content: { parts: [{ text: 'More words' }] } })

  const book = await autosave('x'.repeat(4001))
  t.equal(book.statusCode, 422)
  t.match(book.json().note, '4,001 characters')
  const invented = await autosave('With an image', { 'part-1-hash': 'f'.repeat(64), 'part-1-alt': 'A bed' })
  t.equal(invented.statusCode, 422)

  const action = `/drafts/${id}/autosave`
  t.equal((await (await visitor()).send(action, fields('A stranger’s'))).statusCode, 401)
  t.equal((await helen.post(NEW, action, { ...fields('No window'), window: '' })).statusCode, 404)
  t.equal((await joseph.post(NEW, '/drafts/one/autosave', fields('No id'))).statusCode, 422)
})

t.test('how a draft came about, and back', async (t) => {
  const { joseph, helen, db, clock } = await midweek(t)
  const id = randomUUID()
  const path = `/drafts/${id}`
  await joseph.post(NEW, '/drafts', {
    id,
    week: WEEK,
    'part-1-text': 'A name, a ward and a number.',
    when: 'soon',
  })
  clock.moveTo(new Date('2026-11-18T11:00:00Z'))
  await helen.post(path, path, {
    version: '1',
    'part-1-text': 'A name and a <ward>.',
    'part-2-text': 'Then the next.',
    when: 'time',
    day: '2026-11-19',
    time: '09:00',
  })
  const { body } = await joseph.get(`${path}/history`)
  t.match(body, 'Revision 2, what changed')
  t.match(body, /A <del>name, a ward and a number\.<\/del>|<del>[^<]*number/)
  t.match(body, /<ins>[^<]*&lt;ward&gt;/)
  t.match(body, 'A new part')
  t.match(body, /Helen Marsh, .*11:00/)
  t.match((await joseph.get(`${path}/history?revision=1`)).body, 'Revision 1')
  t.equal((await joseph.get(`${path}/history?revision=x&from=99`)).statusCode, 200)

  const back = await joseph.post(`${path}/history`, `${path}/revisions`, { version: '2', number: '1' })
  t.equal(back.statusCode, 303)
  t.match(await findDraft(db.read, id), {
    revision: 3,
    content: { parts: [{ text: 'A name, a ward and a number.' }] },
    wishedAt: new Date('2026-11-19T09:00:00Z'),
  })
  t.match((await joseph.get(path)).body, 'Revision 1 stands again, as revision 3.')
  const late = await joseph.post(path, `${path}/revisions`, { version: '2', number: '2' })
  t.equal(late.statusCode, 409, 'somebody changed it since the page was made')
  t.equal((await joseph.post(path, `${path}/revisions`, { version: '3', number: '9' })).statusCode, 404)

  await joseph.post(path, `${path}/submission`, { version: '3' })
  const submitted = (await joseph.get(`${path}/history`)).body
  t.notMatch(submitted, 'Go back to revision')
  t.match(submitted, 'take it back first')
  t.equal((await joseph.post(path, `${path}/revisions`, { version: '4', number: '2' })).statusCode, 409)
})
