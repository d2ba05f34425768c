import t from 'tap'
import { foundAccount } from '../../src/accounts/found-account.ts'
import { sendDueMails } from '../../src/mail/outbox.ts'
import { signInLinkMaker } from '../../src/people/sign-in.ts'
import { SIGN_IN_LINK } from '../../src/mail/mail.ts'
import { testApp, PUBLIC_URL } from '../support/app.ts'

async function installed(t: Parameters<typeof testApp>[0]) {
  const world = await testApp(t)
  await foundAccount(world.db, {
    account: { id: 'a', handle: 'Demo', name: 'Demo', timeZone: 'Europe/London', hashtag: '#Demo' },
    people: [{ id: 'lead', name: 'Helen Marsh', email: 'Helen@demo.example', role: 'lead' }],
    now: world.clock.now(),
  })
  const sent: string[] = []
  const deliverMail = () =>
    sendDueMails(world.db, {
      transport: { send: async ({ text }) => void sent.push(text) },
      links: { [SIGN_IN_LINK]: signInLinkMaker(() => PUBLIC_URL) },
      now: world.clock.now,
      machine: world.clock.machine,
    })
  return { ...world, sent, deliverMail }
}

t.test('a link by mail signs in once, and only through its button', async (t) => {
  const { visitor, sent, deliverMail, clock, db } = await installed(t)
  const helen = await visitor()
  t.match((await helen.get('/today')).headers.location, '/sign-in?next=%2Ftoday')
  t.equal((await helen.post('/sign-in', '/sign-in', { email: ' HELEN@demo.example ' })).statusCode, 200)
  clock.pass(60) // the link's minutes begin when the mail server takes the mail
  t.equal(await deliverMail(), 1)
  const link = /http\S+/.exec(sent[0]!)![0].slice(PUBLIC_URL.length)
  t.equal((await helen.get(link)).statusCode, 200, 'a mail scanner opens it')
  const before = (await helen.request({ method: 'GET', url: '/sign-in' })).body
  t.match(before, 'Come in')
  const answer = await helen.post(link, link)
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, '/today')
  const again = await (await visitor()).get(link)
  t.equal(again.statusCode, 410)
  t.match(again.body, 'used already')
  t.equal((await db.read.select().from((await import('../../src/db/schema/index.ts')).signInLinks)).length, 1)
})

t.test('a mailbox can’t be flooded, and whoever asks is told the same', async (t) => {
  const { visitor, sent, deliverMail, clock } = await installed(t)
  for (let times = 0; times < 5; times += 1) {
    const somebody = await visitor()
    const answer = await somebody.post('/sign-in', '/sign-in', { email: 'helen@demo.example' })
    t.match(answer.body, 'Look at your mail')
  }
  await deliverMail()
  t.equal(sent.length, 3)
  clock.pass(11)
  await (await visitor()).post('/sign-in', '/sign-in', { email: 'helen@demo.example' })
  t.equal(await deliverMail(), 1)
})

t.test('bad links and addresses get plain words', async (t) => {
  const { visitor, sent, deliverMail, clock } = await installed(t)
  const somebody = await visitor()
  t.match((await somebody.get('/sign-in/invented')).body, 'We don’t know this link')
  const wrong = await somebody.post('/sign-in', '/sign-in', { email: 'helen at demo' })
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, 'helen at demo', 'what was typed comes back')
  await somebody.post('/sign-in', '/sign-in', { email: 'stranger@demo.example' })
  t.equal(await deliverMail(), 0, 'a stranger gets no mail, and is told the same')
  await somebody.post('/sign-in', '/sign-in', { email: 'helen@demo.example' })
  await deliverMail()
  clock.pass(11)
  const late = await somebody.get(/http\S+/.exec(sent[0]!)![0].slice(PUBLIC_URL.length))
  t.match(late.body, 'older than ten minutes')
})

t.test('a form from elsewhere or without its token changes nothing', async (t) => {
  const { visitor, app } = await installed(t)
  const foreign = await app.inject({
    method: 'POST',
    url: '/sign-in',
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  t.equal(foreign.statusCode, 403)
  const kept = await (await visitor()).send('/sign-in', { email: 'helen@demo.example' })
  t.equal(kept.statusCode, 401)
  t.match(kept.body, 'helen@demo.example', 'what was typed is given back')
})

t.test('a new session id at sign-in, and the old one is dead', async (t) => {
  const { visitor } = await installed(t)
  const helen = await visitor('helen@demo.example')
  t.equal((await helen.get('/sign-in')).headers.location, '/today')
  await helen.post('/today', '/sign-out')
  t.match((await helen.get('/today')).headers.location, '/sign-in')
})
