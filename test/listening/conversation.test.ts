import t, { type Test } from 'tap'
import { activity, posts } from '../../src/db/schema/index.ts'
import { listen } from '../../src/listening/listen.ts'
import { findPostOnNetwork } from '../../src/listening/posts.ts'
import { idAt } from '../../src/networks/x-ids.ts'
import { testApp } from '../support/app.ts'
import { networkPost, OUR_USER, ScriptedNetwork } from '../support/scripted-network.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const [OURS, BOB, HUDA, ANSWER, AGAIN, ZOE, LATE, ASKED, LATER] = Array.from({ length: 9 }, (_, n) =>
  (idAt(new Date('2026-11-18T10:00:00Z')) + BigInt(n + 1)).toString(),
) as [string, string, string, string, string, string, string, string, string]
const PAGE = `/weeks/${WEEK}/conversation`

async function world(t: Test, mode: 'sandbox' | 'live' = 'sandbox') {
  const here = await testApp(t, { mode })
  const { db, clock } = here
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  const script = new ScriptedNetwork()
  script.own = [
    networkPost({ id: OURS, text: 'Do we have favourites?' }),
    networkPost({ id: ANSWER, text: 'The east one.', replyTo: BOB, conversationId: OURS }),
  ]
  const theirs = { replyTo: OURS, conversationId: OURS, mentions: ['NorthDaleHealth'] }
  script.others = [
    networkPost({ ...theirs, id: BOB, author: 'bob', text: 'Which window? <b>' }),
    networkPost({ ...theirs, id: HUDA, author: 'huda', text: 'شكرا', lang: 'ar' }),
  ]
  const look = () =>
    listen(db, {
      accountId: ACCOUNT,
      ear: { ok: true, value: { network: script.network, accessToken: 'token', networkUserId: OUR_USER } },
      now: clock.now(),
    })
  await look()
  const post = async (networkId: string) => (await findPostOnNetwork(db.read, ACCOUNT, networkId))!
  return { ...here, script, look, post }
}

t.test('the host and the desk read what people say, under what they answer', async (t) => {
  const { visitor } = await world(t)
  const joseph = await visitor(JOSEPH.email)
  const page = await joseph.get(PAGE)
  t.equal(page.statusCode, 200)
  t.match(page.body, 'Do we have favourites?')
  t.match(page.body, 'There are two replies from two people. One reply needs an answer.')
  t.match(page.body, 'Which window? &lt;b&gt;')
  t.match(page.body, 'The east one.', 'with our answer')
  t.match(page.body, 'lang="ar" dir="rtl"')
  t.notMatch(page.body, 'https://x.com', 'in a sandbox handles are made up')
  t.match(page.body, `/drafts/new?week&#x3D;${WEEK}&amp;reply&#x3D;${HUDA}`)
  const unanswered = await joseph.get(`${PAGE}?show=unanswered`)
  t.notMatch(unanswered.body, 'Which window?')
  t.match(unanswered.body, 'شكرا')
  t.match((await (await visitor(LEAD.email)).get(PAGE)).body, 'Choose for the page')
  const approver = (await (await visitor(APPROVER.email)).get(PAGE)).body
  t.notMatch(approver, 'Choose for the page')
  t.match((await (await visitor()).get(PAGE)).headers.location, '/sign-in')
})

t.test('live, handles and times lead to the network', async (t) => {
  const { visitor } = await world(t, 'live')
  const { body } = await (await visitor(JOSEPH.email)).get(PAGE)
  t.match(body, `href="https://x.com/bob/status/${BOB}"`)
  t.match(body, 'href="https://x.com/huda" rel="nofollow"')
})

t.test('who hosts or leads chooses for the page, once, and it is on the record', async (t) => {
  const { visitor, db, post } = await world(t)
  const action = `/posts/${(await post(BOB)).id}/choice`
  const joseph = await visitor(JOSEPH.email)
  const answer = await joseph.post(PAGE, action, { chosen: 'yes', back: PAGE })
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, `${PAGE}#reply-${BOB}`)
  t.match((await joseph.get(PAGE)).body, 'BOB stands on the page now.')
  await joseph.post(PAGE, action, { chosen: 'yes', back: 'https://elsewhere.example' })
  t.match(await post(BOB), { chosenBy: JOSEPH.id })
  const kinds = async () =>
    (await db.read.select().from(activity)).map(({ kind }) => kind).filter((kind) => kind.startsWith('post.'))
  t.same(await kinds(), ['post.chosen'])
  const helen = await visitor(LEAD.email)
  await helen.post(PAGE, action, { chosen: 'no', back: PAGE })
  t.equal((await post(BOB)).chosenAt, null)
  t.same(await kinds(), ['post.chosen', 'post.unchosen'])
})

t.test('what may not be chosen, and by whom not', async (t) => {
  const { visitor, post, script, look, clock } = await world(t)
  const choose = async (email: string, id: string) =>
    (await (await visitor(email)).post(PAGE, `/posts/${id}/choice`, { chosen: 'yes', back: PAGE })).statusCode
  const reply = (await post(BOB)).id
  t.equal(await choose(APPROVER.email, reply), 403)
  t.equal(await choose(JOSEPH.email, (await post(OURS)).id), 404, 'our own needs no choice')
  t.equal(await choose(JOSEPH.email, 'nothing'), 404)
  const joseph = await visitor(JOSEPH.email)
  t.equal((await joseph.post(PAGE, `/posts/${reply}/choice`, { chosen: 'perhaps' })).statusCode, 422)
  script.gone.add(BOB)
  clock.pass(24 * 60)
  await look()
  t.equal(await choose(JOSEPH.email, reply), 409, 'deleted by its author meanwhile')
})

t.test('four weeks after the close it is the desk’s alone', async (t) => {
  const { visitor, clock } = await world(t)
  const joseph = await visitor(JOSEPH.email)
  clock.moveTo(new Date('2026-12-17T12:00:00Z'))
  const page = await joseph.get(PAGE)
  t.match(page.body, 'until Friday 18 December')
  t.notMatch(page.body, '/drafts/new', 'a week that is over is not written in')
  clock.moveTo(new Date('2026-12-18T18:00:00Z'))
  t.equal((await joseph.get(PAGE)).statusCode, 404)
  t.equal((await (await visitor(LEAD.email)).get(PAGE)).statusCode, 200)
})

/** The page as its reader meets it: each reply's id with what its tag says. */
function tagsOf(body: string): string[] {
  return [...body.matchAll(/<li id="reply-(\d+)">[\s\S]*?class="tag"[^>]*>([^<]*)</g)].map(
    ([, id, label]) => `${id === BOB ? 'bob' : id === HUDA ? 'huda' : id}: ${label}`,
  )
}

t.test('what needs an answer is known by itself, and what is left is so by a person’s word', async (t) => {
  const { visitor, post, script, look, clock, db } = await world(t)
  const joseph = await visitor(JOSEPH.email)
  const read = async (show = '') => tagsOf((await joseph.get(`${PAGE}${show && `?show=${show}`}`)).body)
  t.same(await read(), ['bob: New, answered', 'huda: New, needs an answer'])
  t.same(await read('unanswered'), ['huda: New, needs an answer'])
  t.same(await read('answered'), ['bob: New, answered'])
  t.same(await read('left'), [])

  const action = `/posts/${(await post(HUDA)).id}/leaving`
  const answer = await joseph.post(PAGE, action, { left: 'yes', back: PAGE })
  t.equal(answer.headers.location, `${PAGE}#reply-${HUDA}`)
  await joseph.post(PAGE, action, { left: 'yes', back: PAGE })
  t.same(await read('left'), ['huda: New, left without an answer'])
  t.same(await read('unanswered'), [])
  t.notMatch((await (await visitor(LEAD.email)).get('/today')).body, 'no answer yet', 'nor on the desk')
  await (await visitor(APPROVER.email)).post(PAGE, action, { left: 'no', back: PAGE })
  t.same(await read('unanswered'), ['huda: New, needs an answer'])
  const kinds = (await db.read.select().from(activity)).map(({ kind }) => kind)
  t.same(
    kinds.filter((kind) => kind.startsWith('post.')),
    ['post.left', 'post.unleft'],
    'twice the same is once on the record',
  )

  clock.pass(5)
  script.own.push(networkPost({ id: AGAIN, text: 'Afwan!', replyTo: HUDA, conversationId: OURS }))
  await look()
  t.same(await read('unanswered'), [], 'answered as soon as our answer stands')
  script.gone.add(ANSWER)
  clock.pass(24 * 60)
  await look()
  t.same(await read('unanswered'), ['bob: New, needs an answer'], 'our answer was taken down')
})

t.test('what is new stands first, for each reader, until they say that they have read it', async (t) => {
  const { visitor, script, look, clock } = await world(t)
  const joseph = await visitor(JOSEPH.email)
  const read = async (who = joseph, show = '') => tagsOf((await who.get(`${PAGE}${show}`)).body)
  const until = /name="until" value="([^"]+)"/.exec((await joseph.get(PAGE)).body)![1]!
  const reading = `${PAGE}/reading`
  t.equal((await joseph.post(PAGE, reading, { until, back: PAGE })).headers.location, PAGE)
  t.same(await read(), ['bob: Answered', 'huda: Needs an answer'])
  t.same(await read(await visitor(LEAD.email)), ['bob: New, answered', 'huda: New, needs an answer'])
  t.notMatch((await joseph.get(PAGE)).body, 'I have read')

  clock.pass(5)
  const theirs = { author: 'zoe', mentions: ['NorthDaleHealth'] }
  script.others.push(networkPost({ ...theirs, id: ZOE, text: 'Reading @NorthDaleHealth' }))
  script.others.push(
    networkPost({
      id: LATE,
      author: 'bob',
      text: 'Thanks',
      replyTo: ANSWER,
      conversationId: OURS,
      createdAt: new Date('2026-11-18T09:30:00Z'),
    }),
  )
  await look()
  t.same(await read(joseph, '?show=new'), [`${ZOE}: New, needs an answer`, `${LATE}: New, needs an answer`])
  await joseph.post(PAGE, reading, { until, back: PAGE })
  t.match((await joseph.get(PAGE)).body, 'I have read the 2 new ones', 'an older page takes nothing back')
  const future = '2030-01-01T00:00:00.000Z'
  t.equal(
    (await joseph.post(PAGE, reading, { until: future, back: 'https://elsewhere.example' })).headers.location,
    '/today',
  )
  clock.pass(5)
  script.others.push(networkPost({ ...theirs, id: LATER, text: 'Still reading @NorthDaleHealth' }))
  await look()
  t.same(
    await read(joseph, '?show=new'),
    [`${LATER}: New, needs an answer`],
    'nobody has read what is to come',
  )
  t.equal((await joseph.post(PAGE, reading, { until: 'soon' })).statusCode, 422)
})

t.test('what the host asked, with the answers so far, and a word when nobody answers', async (t) => {
  const { visitor, script, look, clock } = await world(t)
  const joseph = await visitor(JOSEPH.email)
  const asked = async () =>
    /id="asked-title"[\s\S]*?<\/section>/.exec((await joseph.get(PAGE)).body)?.[0] ?? ''
  t.match(await asked(), /Do we have favourites\?[\s\S]*2 answers/)
  t.notMatch(await asked(), 'The east one.')
  clock.pass(5)
  script.own.push(
    networkPost({ id: ASKED, text: 'What is it that you hear at night?', createdAt: clock.now() }),
    networkPost({ id: LATER, text: 'See a.example/?page=2 for it', createdAt: clock.now() }),
  )
  await look()
  t.match(await asked(), /at night\?[\s\S]*no answer yet/)
  t.notMatch(await asked(), 'Nobody has answered', 'it is early')
  clock.pass(121)
  t.match(await asked(), /at night\?[\s\S]*Nobody has answered[\s\S]*favourites/)
  await joseph.post(PAGE, `${PAGE}/reading`, { until: clock.now().toISOString(), back: PAGE })
  script.others.push(
    networkPost({ id: LATE, author: 'zoe', text: 'The lifts', replyTo: ASKED, conversationId: ASKED }),
  )
  await look()
  t.match(await asked(), new RegExp(`#reply-${LATE}[^>]*>one answer<`))
  t.notMatch(await asked(), 'Nobody has answered')
})

t.test('two thousand replies come in pages, and quickly', async (t) => {
  const { visitor, db, post } = await world(t)
  const like = await post(BOB)
  const many = Array.from({ length: 2000 }, (_, n) => ({
    ...like,
    id: `reply-${n}`,
    networkId: (idAt(new Date('2026-11-18T10:10:00Z')) + BigInt(n)).toString(),
    createdAt: new Date(Date.parse('2026-11-18T10:10:00Z') + n),
    authorNetworkId: `${n}`,
    text: `Reply number ${n}.`,
  }))
  await db.write(async (tx) => {
    for (const one of many) await tx.insert(posts).values(one)
  })
  const joseph = await visitor(JOSEPH.email)
  await joseph.get(PAGE)
  const before = process.cpuUsage()
  const { body } = await joseph.get(PAGE)
  const { user, system } = process.cpuUsage(before)
  t.ok((user + system) / 1000 < 600, `${Math.round((user + system) / 1000)} ms of a processor`)
  t.equal([...body.matchAll(/<li id="reply-/g)].length, 50)
  t.match(body, 'There are 2002 replies from 2002 people. 2001 replies need an answer.')
  t.match(body, 'Replies, page 1 of 41')
  t.match(body, `href="${PAGE}?page&#x3D;2" rel="next">More replies`)
  t.notMatch(body, 'The page before')
  const last = (await joseph.get(`${PAGE}?page=41`)).body
  t.match(last, 'Reply number 1999.')
  t.match(last, `${PAGE}?page&#x3D;40`)
  t.match((await joseph.get(`${PAGE}?page=900`)).body, 'Reply number 1999.', 'the last one is the end')
  const found = (await joseph.get(`${PAGE}?at=${many[1200]!.networkId}`)).body
  t.match(found, `<li id="reply-${many[1200]!.networkId}"`, 'one is found by its id')
  const refused = await joseph.post(PAGE, `/posts/${many[1200]!.id}/help`, {
    note: 'x'.repeat(501),
    back: PAGE,
  })
  t.equal(refused.statusCode, 422)
  t.match(refused.body, 'x'.repeat(501), 'what was typed comes back where it was typed')
})

t.test('the desk reads what the host asked', async (t) => {
  const { visitor } = await world(t)
  t.match((await (await visitor(JOSEPH.email)).get(PAGE)).body, 'id="asked-title">What you asked')
  t.match((await (await visitor(APPROVER.email)).get(PAGE)).body, 'id="asked-title">What Joseph asked')
})
