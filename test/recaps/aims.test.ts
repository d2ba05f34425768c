import t, { type Test } from 'tap'
import { reflections, weekAims, weekNumbers, weeks } from '../../src/db/schema/index.ts'
import { testApp } from '../support/app.ts'
import { ACCOUNT, APPROVER } from '../support/story.ts'
import { at, RUTH, ruthsWeek, said, SAYINGS, WEEK } from '../support/told-week.ts'

const PAGE = `/weeks/${WEEK}/aims`
const wordsIn = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')

async function world(t: Test) {
  const made = await testApp(t, { at: at('Mon 9:00').toISOString() })
  const { db } = made
  await ruthsWeek(db)
  await said(db, SAYINGS)
  const row = async () => (await db.read.select().from(weekAims))[0]
  const ruth = await made.visitor(RUTH.email)
  const save = (version: number, fields: Record<string, string>) =>
    ruth.post(PAGE, PAGE, { version: String(version), ...fields })
  return { ...made, row, ruth, save }
}

const FIVE = {
  'aim-1-words': 'Five answers from neighbours',
  'aim-1-measure': 'replies',
  'aim-1-target': '5',
}

/** Weeks of the year before, each with so many replies. */
async function weeksBefore(db: Awaited<ReturnType<typeof world>>['db'], replies: number[]): Promise<void> {
  const nothing = { readAt: null, seenReadAt: null, charts: null, usual: null, finalSince: null }
  for (const [index, count] of replies.entries()) {
    const id = `before-${index}`
    const slot = `2026-0${index + 2}-02`
    const when = { opensAt: at('Mon 7:00'), closesAt: at('Mon 7:00'), createdAt: at('Mon 7:00') }
    const week = {
      id,
      accountId: ACCOUNT,
      slot,
      kind: 'hosted',
      state: 'closed',
      theme: '',
      why: '',
      ...when,
    } as const
    const numbers = [
      { what: 'posts' as const, count: 10 },
      { what: 'replies' as const, count },
    ]
    await db.write(async (tx) => {
      await tx.insert(weeks).values(week)
      await tx
        .insert(weekNumbers)
        .values({ weekId: id, counted: { ...nothing, numbers }, countedAt: at('Mon 7:00') })
    })
  }
}

t.test('a host whose week comes can set an aim, and finds it on their page', async (t) => {
  const { clock, ruth, save } = await world(t)
  clock.moveTo(new Date(at('Mon 9:00').getTime() - 5 * 86_400_000))
  t.match((await ruth.get('/today')).body, `href="${PAGE}"`)
  await save(0, FIVE)
  t.match(
    wordsIn((await ruth.get('/today')).body),
    'Five answers from neighbours Counted from the first day on.',
  )
})

t.test(
  'an aim is counted as the week goes on, and stands beside what a usual week of the last year has',
  async (t) => {
    const { db, clock, row, ruth, save, visitor } = await world(t)
    t.match(wordsIn((await ruth.get('/today')).body), 'Set an aim')
    t.equal((await save(0, FIVE)).statusCode, 303)
    t.match(await row(), {
      aims: [{ words: 'Five answers from neighbours', measure: 'replies', target: 5 }],
      inRecap: false,
    })
    await weeksBefore(db, [30, 10, 20])
    clock.moveTo(at('Fri 12:00'))
    const replies = SAYINGS.filter(({ by, mention }) => by && !mention).length
    const stands = `Of 5 aimed for, ${replies} replies; a usual week of the last year has 20.`
    t.match(wordsIn((await ruth.get(PAGE)).body), stands)
    t.match(wordsIn((await ruth.get('/today')).body), stands)
    const owen = await visitor(APPROVER.email)
    t.match(wordsIn((await owen.get(PAGE)).body), stands, 'the desk reads it')
    t.notMatch((await owen.get(PAGE)).body, 'name="aim-1-words"')
    await save(1, {
      ...FIVE,
      'aim-2-words': 'Somebody laughs',
      'aim-2-measure': 'own',
      'aim-2-outcome': 'Two did.',
    })
    t.match(wordsIn((await ruth.get(PAGE)).body), 'Somebody laughs Two did.')
    await save(2, {
      'aim-1-words': 'Our hashtag',
      'aim-1-measure': 'hashtag',
      'aim-1-hashtag': 'myworkingweek',
    })
    t.match(wordsIn((await ruth.get(PAGE)).body), /Our hashtag \d+ posts? of others with #myworkingweek\./)
  },
)

t.test('nobody aims at what has happened; what came of it can still be said', async (t) => {
  const { clock, row, ruth, save } = await world(t)
  await save(0, FIVE)
  clock.moveTo(at('Fri 18:00'))
  t.notMatch((await ruth.get(PAGE)).body, 'name="aim-1-words"')
  await save(1, { 'aim-1-words': 'Two answers', 'aim-1-target': '2', 'aim-1-outcome': 'They asked back.' })
  t.match(await row(), {
    aims: [{ words: 'Five answers from neighbours', target: 5, outcome: 'They asked back.' }],
  })
  const long = await save(2, { 'aim-1-outcome': 'x'.repeat(401) })
  t.equal(long.statusCode, 422)
  t.match(wordsIn(long.body), 'This has more than 400 characters.')
})

t.test('in the recap where the host wishes, approved with what they say looking back', async (t) => {
  const { db, clock, ruth, save, visitor } = await world(t)
  await save(0, { ...FIVE, 'aim-1-words': 'Five *answers*', 'in-recap': 'yes' })
  clock.moveTo(at('Fri 12:00'))
  const reflection = `/weeks/${WEEK}/reflection`
  const words = { version: '0', 'answer-1-question': 'Who?', 'answer-1-text': 'Everybody.' }
  await ruth.post(reflection, `${reflection}/submission`, words)
  const owen = await visitor(APPROVER.email)
  const reading = (await owen.get(reflection)).body
  t.match(reading, '<h3>What I aimed for</h3>')
  t.match(
    wordsIn(reading),
    /Five \*answers\* Of 5 aimed for, \d+ replies\. Counted before the week was over, at 12:00\./,
  )
  const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(reading)![1]!
  await owen.post(reflection, `${reflection}/approval`, { fingerprint, comment: '' })
  const [kept] = await db.read.select().from(reflections)
  t.match(kept, { state: 'approved', approved: [{ question: 'Who?' }, { question: 'What I aimed for' }] })
  t.match(wordsIn((await ruth.get(`/weeks/${WEEK}/recap/preview`)).body), 'What I aimed for')
  const same = { ...words, version: String(kept!.version) }
  t.notMatch((await ruth.get(reflection)).body, 'value="What I aimed for"', 'what is counted is not typed')
  await ruth.post(reflection, reflection, same)
  t.match(await db.read.select().from(reflections), [{ state: 'approved' }], 'nothing changed')
  await save(1, FIVE)
  await ruth.post(reflection, `${reflection}/submission`, same)
  t.same((await db.read.select().from(reflections))[0]!.answers.length, 1, 'not any more')
})

t.test('what can’t be kept comes back with its reason', async (t) => {
  const { row, save } = await world(t)
  const wrong = await save(0, {
    ...FIVE,
    'aim-1-target': 'five',
    'aim-2-words': 'Tags',
    'aim-2-measure': 'hashtag',
    'aim-2-hashtag': 'a b',
  })
  t.equal(wrong.statusCode, 422)
  t.match(wordsIn(wrong.body), 'How many: a whole number from 1 to 100,000, or nothing.')
  t.match(wordsIn(wrong.body), 'Which hashtag?')
  t.match(wrong.body, 'Five answers from neighbours')
  t.match(wrong.body, 'value="five"')
  t.equal(await row(), undefined)
  await save(0, FIVE)
  const late = await save(0, { 'aim-1-words': 'From an old page' })
  t.equal(late.statusCode, 409)
  t.match(late.body, 'From an old page')
})
