import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { SMTPServer } from 'smtp-server'
import { findOutage, MAILS_KEPT_DAYS, queueMail, sendDueMails, sweepMails } from '../../src/mail/outbox.ts'
import { INVITATION_LINK, MailTrouble, SIGN_IN_LINK, type MailTransport } from '../../src/mail/mail.ts'
import { latestMails, nextMailAt } from '../../src/mail/store.ts'
import { smtpTransport } from '../../src/mail/transports.ts'
import {
  DEAD_LINKS_KEPT_DAYS,
  inspectSignInLink,
  makeSignInLink,
  signInLinkMaker,
  sweepSignInLinks,
} from '../../src/people/sign-in.ts'
import { invitationLinkMaker } from '../../src/rota/invitations/invitations.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import type { Database } from '../../src/db/database.ts'
import { deliveries, people } from '../../src/db/schema/index.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { connected, scriptedNetwork, testVault } from '../support/network.ts'
import { testClock } from '../support/clock.ts'
import { aWeek, PRIYA } from '../support/bookings.ts'
import { ACCOUNT, anAccount, anotherAccount, APPROVER, LEAD, OTHER_LEAD } from '../support/story.ts'

const links = {
  [SIGN_IN_LINK]: signInLinkMaker(() => 'https://week.example'),
  [INVITATION_LINK]: invitationLinkMaker(() => 'https://week.example'),
}

async function anOutbox(t: Test) {
  const network = scriptedNetwork(testClock('2026-11-18T10:42:00Z'))
  const made = await testApp(t, { at: '2026-11-18T10:42:00Z', network })
  const { db, clock } = made
  await anAccount(db, { now: clock.now() })
  const queue = (subject: string, person = LEAD) =>
    db.write((tx) =>
      queueMail(tx, {
        kind: 'recap-ready',
        accountId: ACCOUNT,
        subject,
        text: 'The story is ready.',
        personId: person.id,
        to: person.email,
        now: clock.now(),
        machineNow: clock.machine(),
      }),
    )
  const send = (transport: MailTransport) =>
    sendDueMails(db, { transport, links, now: clock.now, machine: clock.machine })
  const states = async () =>
    Object.fromEntries((await latestMails(db.read, 20)).map(({ subject, state }) => [subject, state]))
  return { ...made, network, queue, send, states }
}

async function portOf(t: Test, server: Server): Promise<number> {
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', (socket) => void sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const over = (port: number, deadlineMs = 400) =>
  smtpTransport({
    url: `smtp://127.0.0.1:${port}`,
    from: 'week@north.example',
    proxy: undefined,
    deadlineMs,
  })

t.test('a mail server that never answers slows nothing else, and shows on the desk', async (t) => {
  const { db, deps, clock, network, queue, send, states, visitor } = await anOutbox(t)
  const silent = over(
    await portOf(
      t,
      createServer(() => {}),
    ),
  )
  for (const subject of ['One', 'Two', 'Three']) await queue(subject)
  await queue('Four', APPROVER)
  const helen = await visitor(LEAD.email)
  await connected({ db, clock }, network)
  await approved(db, { parts: ['Good morning'], dueAt: clock.now(), now: clock.now() })
  const publisher = createPublisher({
    ...deps,
    vault: testVault,
    owner: 'process',
    settings: { publicUrl: () => '' },
  })

  const began = Date.now()
  const sending = send(silent)
  await publisher.run()
  t.match(await db.read.select().from(deliveries), [{ state: 'posted' }])
  t.equal((await helen.get('/today')).statusCode, 200)
  t.equal(await sending, 0)
  t.ok(Date.now() - began < 5000, 'the job has a deadline')
  t.equal(await send(silent), 0)
  t.ok(Date.now() - began < 5000, 'and does not wait for each mail')
  t.same(new Set(Object.values(await states())), new Set(['queued']))
  t.same(await nextMailAt(db.read), new Date(clock.machine().getTime() + 60_000))

  const { body } = await helen.get('/today')
  t.match(body, 'Mails are not going out')
  t.match(body, 'since today 10:42')
  t.notMatch(body, 'Mail goes out')
  t.match(body, 'Four mails wait for the mail server, to Helen Marsh and Owen Price.')
  t.match(body, /Greeting never received|did not finish within/)

  clock.pass(600)
  await send(silent)
  t.match((await helen.get('/today')).body, 'since today 10:42')
  const back: string[] = []
  clock.pass(1.1)
  t.equal(await send({ send: async ({ subject }) => void back.push(subject) }), 4)
  t.same(back.toSorted(), ['Four', 'One', 'Three', 'Two'], 'all at once, none was put off for hours')
  const after = (await helen.get('/today')).body
  t.notMatch(after, 'Mails are not going out')
  t.match(after, 'Mail goes out')
})

t.test(
  'who has no such mailbox is named, at once; a full one is tried again; others get their mail',
  async (t) => {
    const { db, clock, queue, send, states, visitor } = await anOutbox(t)
    const taken: string[] = []
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo({ address }, _session, done) {
        const refusal = { 'gone@north.example': 550, 'full@north.example': 452 }[address]
        if (refusal) return done(Object.assign(new Error('No such user here'), { responseCode: refusal }))
        taken.push(address)
        return done()
      },
      onData(stream, _session, done) {
        stream.resume()
        stream.on('end', () => done())
      },
    })
    const smtp = over(await portOf(t, server.server), 5000)
    const gone = { email: 'gone@north.example' }
    await db.write((tx) => tx.update(people).set(gone).where(eq(people.id, APPROVER.id)))
    await queue('To nobody', { ...APPROVER, ...gone })
    await queue('Too full', { ...APPROVER, email: 'full@north.example' })
    await queue('Well')
    t.equal(await send(smtp), 1)
    t.same(taken, [LEAD.email])
    t.same(await states(), { 'To nobody': 'failed', 'Too full': 'queued', Well: 'sent' })
    const { body } = await (await visitor(LEAD.email)).get('/today')
    t.match(body, 'Mail to Owen Price comes back')
    t.match(body, 'nobody has the address gone@north.example')
    t.notMatch(body, 'Mails are not going out')
    clock.pass(1)
    t.equal(await send({ send: async () => {} }), 1)
  },
)

t.test(
  'a server that ends the conversation at an address is one that is down: no mail loses a try',
  async (t) => {
    const { clock, queue, send, states, db } = await anOutbox(t)
    let down = true
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo: (_address, _session, done) =>
        done(down ? Object.assign(new Error('Too busy, closing'), { responseCode: 421 }) : null),
      onData(stream, _session, done) {
        stream.resume()
        stream.on('end', () => done())
      },
    })
    const smtp = over(await portOf(t, server.server), 5000)
    await queue('One')
    await queue('Two', APPROVER)
    for (let day = 0; day < 2; day++) {
      t.equal(await send(smtp), 0)
      clock.pass(24 * 60)
    }
    t.same(await states(), { One: 'queued', Two: 'queued' })
    t.match(await findOutage(db.read), { reason: /421|busy/ })
    down = false
    t.equal(await send(smtp), 2)
  },
)

t.test('who ends between the server’s yes and our record sends it once more, and it says so', async (t) => {
  const { db, clock, queue, states } = await anOutbox(t)
  const taken: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      let words = ''
      stream.on('data', (chunk: Buffer) => (words += chunk.toString()))
      stream.on('end', () => {
        taken.push(/^Message-ID: (.+)$/im.exec(words)![1]!.trim())
        done()
      })
    },
  })
  const smtp = over(await portOf(t, server.server), 5000)
  await queue('Once more')
  await queue('Behind it', APPROVER)
  const mortal: Database = {
    ...db,
    write: (work) =>
      taken.length === 1 ? Promise.reject(new Error('The process is dead.')) : db.write(work),
  }
  const times = { links, now: clock.now, machine: clock.machine }
  await t.rejects(sendDueMails(mortal, { transport: smtp, ...times }), { message: /dead/ })
  t.same(new Set(Object.values(await states())), new Set(['queued']))
  const next = () => sendDueMails(db, { transport: smtp, ...times })
  t.equal(await next(), 1, 'what nobody took is not kept back by it')
  clock.pass(1)
  const both = await Promise.all([next(), next()])
  t.equal(both[0] + both[1], 1, 'one of two that look at the same time')
  t.same(new Set(Object.values(await states())), new Set(['sent']))
  t.equal(taken.length, 3)
  t.equal(new Set(taken).size, 2, 'the second time under the same id, so that a server can tell')
  t.equal(await next(), 0)
})

t.test(
  'a host whose address bounces: Today says so and leads to their week, until it is corrected',
  async (t) => {
    const { db, clock, send, visitor } = await anOutbox(t)
    const weekId = await aWeek(db, clock.now(), { who: { ...PRIYA, email: 'pria@north.example' } })
    const refusing = {
      send: ({ to }: { to: string }) =>
        to === PRIYA.email
          ? Promise.resolve()
          : Promise.reject(new MailTrouble('refused', '550 No such mailbox')),
    }
    t.equal(await send(refusing), 0)
    const helen = await visitor(LEAD.email)
    const today = (await helen.get('/today')).body
    t.match(today, 'A mail to Priya Nair could not be delivered')
    t.match(today, '550 No such mailbox')
    t.match(today, 'please check pria@north.example')
    t.match(today.replaceAll('&#x3D;', '='), `href="/weeks/${weekId}">Open their week`)
    const page = `/weeks/${weekId}`
    t.match((await helen.get(page)).body, `href="${page}/address">Correct it`)
    const version = /name="version" value="(\d+)"/.exec((await helen.get(`${page}/address`)).body)![1]!
    const corrected = await helen.post(`${page}/address`, `${page}/address`, { version, email: PRIYA.email })
    t.equal(corrected.statusCode, 303)
    t.equal(await send(refusing), 1, 'the invitation goes to the right address')
    t.notMatch((await helen.get('/today')).body, 'could not be delivered')
  },
)

t.test('a lead reads of no mail to people of another account', async (t) => {
  const { db, clock, send, visitor } = await anOutbox(t)
  const now = clock.now()
  await anotherAccount(db, { now })
  const refusedServer = { send: () => Promise.reject(new Error('The server is away')) }
  const sunita = await visitor()
  await sunita.post('/sign-in', '/sign-in', { email: OTHER_LEAD.email })
  await send(refusedServer)
  const [helen, rival] = [await visitor(LEAD.email), await visitor(OTHER_LEAD.email)]
  t.match((await rival.get('/today')).body, 'One mail waits for the mail server, to Sunita Rao.')
  t.notMatch((await helen.get('/today')).body, /Sunita|Mails are not going out/)
  const form = { name: 'S. R.', email: OTHER_LEAD.email, role: 'approver' }
  await helen.post('/people', '/people', form)
  await send({ send: () => Promise.reject(new MailTrouble('refused', 'Full')) })
  const today = (await helen.get('/today')).body
  t.notMatch(today, 'Sunita')
})

t.test('what a server without an answer keeps for days is given up in the end', async (t) => {
  const { clock, queue, send, states } = await anOutbox(t)
  const dead: MailTransport = { send: () => Promise.reject(new Error('connect ECONNREFUSED')) }
  await queue('Old')
  for (let day = 0; day < 3; day++) {
    await send(dead)
    clock.pass(24 * 60)
    t.same(await states(), { Old: 'queued' })
  }
  clock.pass(1)
  await send(dead)
  t.same(await states(), { Old: 'failed' })
})

t.test('old mails and dead links are swept, what waits is not', async (t) => {
  const { db, clock, queue, send, states } = await anOutbox(t)
  const sweep = () =>
    db.write(async (tx) => {
      await sweepMails(tx, clock.now())
      await sweepSignInLinks(tx, clock.machine())
    })
  await queue('Sent')
  await send({ send: async () => {} })
  await queue('Waits')
  const link = { email: LEAD.email, publicUrl: '', machineNow: clock.machine() }
  const token = (await makeSignInLink(db, link)).replace('/sign-in/', '')
  const inspect = () => inspectSignInLink(db.read, token, clock.machine())
  clock.pass(11)
  await sweep()
  t.same(await states(), { Sent: 'sent', Waits: 'queued' })
  t.equal(await inspect(), 'expired')
  clock.pass(DEAD_LINKS_KEPT_DAYS * 1440)
  await sweep()
  t.equal(await inspect(), 'unknown')
  clock.pass(MAILS_KEPT_DAYS * 1440)
  await sweep()
  t.same(await states(), { Waits: 'queued' })
})
