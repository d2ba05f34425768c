import t, { type Test } from 'tap'
import { activity, helpRequests, mails } from '../../src/db/schema/index.ts'
import { listen } from '../../src/listening/listen.ts'
import { findPostOnNetwork } from '../../src/listening/posts.ts'
import { EVIDENCE_KEPT_DAYS, sweepEvidence } from '../../src/listening/tend-help.ts'
import { idAt } from '../../src/networks/x-ids.ts'
import { testApp, type Visitor } from '../support/app.ts'
import { networkPost, OUR_USER, ScriptedNetwork } from '../support/scripted-network.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const [OURS, ANON] = [1n, 2n].map((n) => (idAt(new Date('2026-11-18T10:00:00Z')) + n).toString()) as [
  string,
  string,
]
const PAGE = `/weeks/${WEEK}/conversation`
const THREAT = 'Bet you left my dad in the corridor. Names are coming. <b>'

async function world(t: Test, mode: 'sandbox' | 'live' = 'sandbox') {
  const here = await testApp(t, { mode })
  const { db, clock, visitor } = here
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  const script = new ScriptedNetwork()
  script.own = [networkPost({ id: OURS, text: 'Do we have favourites?' })]
  const picture = { mediaKey: '3_1', kind: 'photo', width: 1, height: 1 } as const
  script.others = [
    networkPost({
      id: ANON,
      author: 'anon',
      text: THREAT,
      replyTo: OURS,
      conversationId: OURS,
      media: [{ ...picture, url: 'https://pbs.example/one.jpg', alt: 'A corridor' }],
    }),
  ]
  const look = () =>
    listen(db, {
      accountId: ACCOUNT,
      ear: { ok: true, value: { network: script.network, accessToken: 'token', networkUserId: OUR_USER } },
      now: clock.now(),
    })
  await look()
  const postId = (await findPostOnNetwork(db.read, ACCOUNT, ANON))!.id
  const joseph = await visitor(JOSEPH.email)
  const helen = await visitor(LEAD.email)
  const ask = (who: Visitor, fields: Record<string, string> = {}) =>
    who.post(PAGE, `/posts/${postId}/help`, { note: '', back: PAGE, ...fields })
  const help = async () => (await db.read.select().from(helpRequests))[0]!
  const mailed = async () => (await db.read.select().from(mails)).filter(({ kind }) => kind !== 'sign-in')
  return { ...here, script, look, joseph, helen, ask, help, mailed, postId }
}

t.test(
  'help with a reply: asked with one press, told at once, looked after, closed with a word',
  async (t) => {
    const { joseph, helen, ask, help, mailed, clock, db, visitor } = await world(t)
    const asked = await ask(joseph, { note: 'He knows my name.' })
    t.equal(asked.headers.location, `${PAGE}#reply-${ANON}`)
    await ask(joseph, { note: 'Again' })
    const { id } = await help()
    t.equal((await db.read.select().from(helpRequests)).length, 1, 'pressed twice it is asked once')
    t.match(await help(), { state: 'open', askedBy: JOSEPH.id, note: 'He knows my name.' })
    const told = await mailed()
    t.same(told.map(({ to }) => to).toSorted(), [LEAD.email, APPROVER.email])
    for (const { text, nextTryAt } of told) {
      t.match(text, THREAT)
      t.match(text, 'He knows my name.')
      t.match(text, `/help/${id}`)
      t.same(nextTryAt, clock.machine(), 'it waits for no other')
    }
    t.match((await joseph.get(PAGE)).body, 'The team was told at once')
    t.match((await joseph.get(`${PAGE}?show=help`)).body, `reply-${ANON}`)
    t.notMatch((await joseph.get(PAGE)).body, `/help/${id}`)
    t.equal((await joseph.get(`/help/${id}`)).statusCode, 404)

    const desk = (await helen.get('/today')).body
    t.match(desk, 'Joseph Adeyemi needs help with a reply from ANON')
    t.match(desk, 'Nobody looks after it yet.')
    t.match(desk, `href="/help/${id}"`)
    t.match((await helen.get(PAGE)).body, `href="/help/${id}"`)

    const page = `/help/${id}`
    t.equal((await helen.post(page, `${page}/look`)).headers.location, page)
    t.match((await joseph.get(PAGE)).body, 'Helen Marsh has it since today 10:42')
    t.match((await helen.get('/today')).body, 'Helen Marsh looks after it.')

    const wordless = await helen.post(page, `${page}/closing`, { word: '  ' })
    t.equal(wordless.statusCode, 422)
    t.match(wordless.body, 'Say something back to Joseph Adeyemi')
    const long = await helen.post(page, `${page}/closing`, { word: 'x'.repeat(1001) })
    t.match([long.statusCode, long.body], [422, /x{1001}/], 'what was typed is there')
    await helen.post(page, `${page}/closing`, { word: 'I have written to him.' })
    t.match((await joseph.get(PAGE)).body, /Helen Marsh, today 10:42: “I have written to him.”/)
    t.notMatch((await helen.get('/today')).body, 'needs help')
    t.match((await mailed()).at(-1), { to: JOSEPH.email, text: /I have written to him\./ })
    const owen = await visitor(APPROVER.email)
    t.equal((await owen.post(page, `${page}/look`)).statusCode, 409, 'it is closed')
    t.equal((await owen.post(page, `${page}/closing`, { word: 'Me too' })).statusCode, 409)
    t.same(
      (await db.read.select().from(activity))
        .map(({ kind }) => kind)
        .filter((kind) => kind.startsWith('help')),
      ['help.asked', 'help.taken', 'help.closed'],
    )
    await ask(joseph)
    t.equal((await db.read.select().from(helpRequests)).length, 2, 'and can be asked anew')
  },
)

t.test('the evidence stays when the reply is deleted on X, and goes when its time is over', async (t) => {
  const { joseph, helen, ask, help, script, look, clock, db, visitor } = await world(t, 'live')
  // A session does not last that long.
  const desk = () => visitor(LEAD.email)
  await ask(joseph)
  const { id } = await help()
  const page = `/help/${id}`
  script.gone.add(ANON)
  clock.pass(24 * 60)
  await look()
  const { body } = await helen.get(page)
  t.match(body, 'Names are coming. &lt;b&gt;')
  t.match(body, 'https://pbs.example/one.jpg')
  t.notMatch(body, '<img src="https://pbs', 'the picture is not loaded')
  t.match(body, `https://x.com/anon/status/${ANON}`)
  t.match(body, 'datetime="2026-11-18T10:00:00.000Z"')
  t.match(body, 'They deleted it on X; seen today')
  const conversation = (await joseph.get(PAGE)).body
  t.notMatch(conversation, 'Names are coming', 'it is the desk’s alone then')
  t.match(conversation, 'Help was asked with what is deleted on X')
  t.equal((await ask(joseph)).statusCode, 409, 'there is nothing any more to ask about')

  const kept = async () => (await help()).evidence
  const sweep = () => db.write((tx) => sweepEvidence(tx, clock.now()))
  clock.pass((EVIDENCE_KEPT_DAYS + 1) * 24 * 60)
  await sweep()
  t.match(await kept(), { text: THREAT }, 'nothing goes while it is open')
  await (await desk()).post(page, `${page}/closing`, { word: 'Done.' })
  clock.pass(EVIDENCE_KEPT_DAYS * 24 * 60 - 1)
  await sweep()
  t.match((await (await desk()).get(page)).body, 'This copy is kept until')
  clock.pass(2)
  await sweep()
  t.equal(await kept(), null)
  const later = await (await desk()).get(page)
  t.match([later.statusCode, later.body], [200, /is deleted\./])
  t.notMatch(later.body, 'Names are coming')
})

t.test('what was typed comes back when it is too much', async (t) => {
  const { joseph, ask, db } = await world(t)
  const answer = await ask(joseph, { note: 'y'.repeat(501) })
  t.equal(answer.statusCode, 422)
  t.match(answer.body, /<details class="ask-help" open>[\s\S]*y{501}/)
  t.match(answer.body, 'This has more than 500 characters.')
  t.same(await db.read.select().from(helpRequests), [])
})
