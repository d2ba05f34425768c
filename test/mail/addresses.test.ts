import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { mails, people } from '../../src/db/schema/index.ts'
import { WAITS_FOR_ADDRESS_DAYS } from '../../src/mail/addresses.ts'
import { INVITATION_LINK, SIGN_IN_LINK } from '../../src/mail/mail.ts'
import { queueMail, sendDueMails } from '../../src/mail/outbox.ts'
import { cleaned, refusalOf } from '../../src/mail/refusal.ts'
import { latestMails, nextMailAt } from '../../src/mail/store.ts'
import { sandboxTransport } from '../../src/mail/transports.ts'
import { findPersonByEmail } from '../../src/people/people.ts'
import { signInLinkMaker } from '../../src/people/sign-in.ts'
import { invitationLinkMaker } from '../../src/rota/invitations/invitations.ts'
import { testApp } from '../support/app.ts'
import { aWeek, PRIYA } from '../support/bookings.ts'
import { mailServer } from '../support/mail-server.ts'
import { ACCOUNT, anAccount, anotherAccount, APPROVER, LEAD, OTHER_LEAD } from '../support/story.ts'

const UNKNOWN = '550 5.1.1 <priya@north.example>: Recipient address rejected: User unknown'

async function world(t: Test) {
  const made = await testApp(t)
  const { db, clock } = made
  await anAccount(db, { now: clock.now() })
  const server = await mailServer(t)
  const send = () =>
    sendDueMails(db, {
      transport: server.transport,
      links: {
        [SIGN_IN_LINK]: signInLinkMaker(() => 'https://week.example'),
        [INVITATION_LINK]: invitationLinkMaker(() => 'https://week.example'),
      },
      now: clock.now,
      machine: clock.machine,
    })
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
  const states = async () =>
    Object.fromEntries((await latestMails(db.read, 20)).map(({ subject, state }) => [subject, state]))
  const idOf = async (email: string) => (await findPersonByEmail(db.read, email))!.id
  return { ...made, server, send, queue, states, idOf }
}

const BARE_ABOUT_OTHER_THINGS = [
  '550 Mailbox full',
  '550 mailbox quota exceeded',
  '550 Mailbox unavailable: quota exceeded',
  '550 User is over quota',
  '550 inbox is full',
  '550 insufficient storage',
  '550 rejected by RBL',
  '550 DNSBL',
  '550 Your IP is listed',
  '550 Greylisted, try later',
  '550 not authorized',
  '550 Message rejected',
  '550 Mailbox unavailable or access denied',
  '553 Your mail server is not allowed',
]

t.test('only what a server says of the mailbox itself marks an address', async (t) => {
  const cases: [command: 'RCPT TO' | 'DATA', reply: string, refusal: string][] = [
    // RFC 3463, 3.2 and 3.3
    ['RCPT TO', '550 5.1.1 User unknown', 'no-mailbox'],
    ['RCPT TO', '554 5.1.1 User unknown', 'no-mailbox'],
    ['RCPT TO', '550 5.1.2 Host unknown', 'no-mailbox'],
    ['RCPT TO', '553 5.1.3 Bad address syntax', 'no-mailbox'],
    ['RCPT TO', '550 5.1.6 Mailbox has moved', 'no-mailbox'],
    ['RCPT TO', '556 5.1.10 Recipient address has a null MX', 'no-mailbox'],
    ['RCPT TO', '550 5.2.1 Mailbox disabled', 'no-mailbox'],
    ['RCPT TO', '550 5.1.0 Address rejected', 'no-mailbox'],
    ['RCPT TO', '550-5.1.1 The account does not exist.\n550 5.1.1 See https://help.example', 'no-mailbox'],
    ['RCPT TO', '550 sorry, no mailbox here by that name (#5.1.1)', 'no-mailbox'],
    ['DATA', '550 5.1.10 RESOLVER.ADR.RecipientNotFound', 'no-mailbox'],
    // RFC 5321, 4.2.3, from servers without those codes
    ['RCPT TO', '550 No such mailbox', 'no-mailbox'],
    ['RCPT TO', '550 Unrouteable address', 'no-mailbox'],
    ['RCPT TO', '553 Mailbox name not allowed', 'no-mailbox'],
    ['RCPT TO', '550 Requested action not taken: mailbox unavailable', 'no-mailbox'],
    ['RCPT TO', '550 <priya@x.example>... User unknown', 'no-mailbox'],
    ['RCPT TO', '550 <priya@x.example>: Recipient address rejected: User unknown', 'no-mailbox'],
    ['RCPT TO', '550 priya@x.example does not exist', 'no-mailbox'],
    ['RCPT TO', '550-The account\n550 does not exist', 'no-mailbox'],
    ['RCPT TO', '550 #5.1.0 Address rejected.', 'no-mailbox'],
    // whatever words stand in the address that is repeated
    ['RCPT TO', '550 No such user <j.blockley@x.example>', 'no-mailbox'],
    ['RCPT TO', '550 <spammy@x.example>: unknown user', 'no-mailbox'],
    ['RCPT TO', '550 policyofficer@x.example: no such mailbox', 'no-mailbox'],
    ['RCPT TO', '550 5.1.0 <j.blockley@x.example> Address rejected', 'no-mailbox'],
    ['RCPT TO', '550 <nosuchuser@x.example>: rejected', 'refused'],
    // a bare 550 or 553 that says nothing of the mailbox, or that somebody has it
    ...BARE_ABOUT_OTHER_THINGS.map((reply): ['RCPT TO', string, string] => ['RCPT TO', reply, 'refused']),
    ['RCPT TO', '550 #5.2.2 mailbox full', 'refused'],
    ['RCPT TO', '550 5.2.1 mailbox over quota', 'refused'],
    // about the sender, the rules, the size, a full mailbox, or signing in
    ['RCPT TO', '550 5.1.0 <week@x.example>: Sender address rejected: User unknown', 'refused'],
    ['RCPT TO', '550 5.1.7 Bad sender address syntax', 'refused'],
    ['RCPT TO', '550 5.1.8 Sender address rejected: Domain not found', 'refused'],
    ['RCPT TO', '550 5.1.9 Relayed to a non-compliant mailer', 'refused'],
    ['RCPT TO', '550 5.7.1 Message rejected as spam', 'refused'],
    ['RCPT TO', '554 5.7.1 Relay access denied', 'refused'],
    ['RCPT TO', '530 5.7.0 Authentication required', 'refused'],
    ['RCPT TO', '552 5.2.2 Mailbox full', 'refused'],
    ['RCPT TO', '550 5.2.2 Mailbox full', 'refused'],
    ['RCPT TO', '550 5.4.1 Recipient address rejected: Access denied', 'refused'],
    ['RCPT TO', '550 relay not permitted', 'refused'],
    ['RCPT TO', '550 Sender verify failed', 'refused'],
    ['RCPT TO', '550 Your IP is on a blocklist, 5.1.1.9', 'refused'],
    ['RCPT TO', '553 sorry, that domain isn’t in my list of allowed rcpthosts (#5.7.1)', 'refused'],
    ['RCPT TO', '552 Too much mail data', 'refused'],
    ['RCPT TO', '554 Transaction failed', 'refused'],
    ['DATA', '550 Message not accepted', 'refused'],
    ['DATA', '552 5.3.4 Message too big', 'refused'],
    // for now
    ['RCPT TO', '450 4.1.1 User unknown in local table', 'put-off'],
    ['RCPT TO', '452 4.2.2 Mailbox full', 'put-off'],
    ['DATA', '451 4.7.1 Greylisted', 'put-off'],
  ]
  for (const [command, reply, refusal] of cases)
    t.equal(refusalOf({ command, code: Number(reply.slice(0, 3)), reply }), refusal, `${command}: ${reply}`)
})

t.test('a server’s words are told in one short line', async (t) => {
  const said =
    '550-5.1.1 The account that you tried to\u0007 reach does not exist.\r\n550-5.1.1 Please check\u202e it.\r\n550 5.1.1 https://help.example/?p=NoSuchUser ab12'
  t.equal(cleaned(said), 'The account that you tried to reach does not exist. Please check it. ab12')
  t.equal(cleaned('550 No such mailbox'), 'No such mailbox')
  t.equal(cleaned(`550 ${'x'.repeat(400)}`).length, 200)
})

t.test('a host without a mailbox is known at once, everywhere where somebody can act', async (t) => {
  const { db, clock, server, send, states, visitor, idOf, queue } = await world(t)
  server.answers.set(PRIYA.email, UNKNOWN)
  const weekId = await aWeek(db, clock.now())
  await queue('To somebody else')
  t.equal(await send(), 1)
  t.same(server.taken, [LEAD.email], 'who has a mailbox gets their mail')
  const [helen, owen] = [await visitor(LEAD.email), await visitor(APPROVER.email)]
  const today = (await helen.get('/today')).body.replaceAll('&#x3D;', '=')
  t.match(today, 'Mail to Priya Nair comes back')
  t.match(today, 'since today 10:42')
  t.match(today, '&lt;priya@north.example&gt;: Recipient address rejected: User unknown')
  t.match(today, 'The mail server says that nobody has the address priya@north.example.')
  t.notMatch(today, 'could not be delivered', 'told once')
  t.notMatch(today, 'Mail goes out')
  const priya = await idOf(PRIYA.email)
  t.match(today, `href="/people/${priya}/address?account=${ACCOUNT}"`)
  t.match(today, `href="/weeks/${weekId}"`)
  t.match(today, 'mail to them comes back', 'it is part of whether next week is ready')
  const page = (await helen.get(`/weeks/${weekId}`)).body
  t.match(page, 'Mail to Priya Nair comes back')
  t.match(page, `href="/weeks/${weekId}/address">Correct the address`)
  const approvers = (await owen.get('/today')).body
  t.match(approvers, 'A lead can correct it.')
  t.notMatch(approvers, `/people/${priya}/address`)
  t.match((await helen.get('/activity')).body, 'said that nobody has the address of Priya Nair')

  await queue('Waits', { id: priya, ...PRIYA })
  clock.pass(1)
  t.equal(await nextMailAt(db.read), null, 'what waits asks for no time')
  t.equal(await send(), 0)
  t.equal(server.asked.filter((address) => address === PRIYA.email).length, 1, 'nothing more is tried')
  t.match((await helen.get('/today')).body, 'One mail waits for it.')
  t.match(await states(), { Waits: 'queued', 'To somebody else': 'sent' })
})

t.test('what is refused for other reasons is told as failed, and marks nobody', async (t) => {
  const { db, clock, server, send, states, visitor, queue } = await world(t)
  server.answers.set(APPROVER.email, { atData: '550 5.7.1 This looks like spam' })
  await queue('To Owen', APPROVER)
  await send()
  const { body } = await (await visitor(LEAD.email)).get('/today')
  t.match(body, 'A mail to Owen Price could not be delivered')
  t.match(body, 'This looks like spam.')
  t.notMatch(body, 'comes back')
  server.answers.delete(APPROVER.email)
  await queue('The next one', APPROVER)
  clock.pass(1)
  t.equal(await send(), 1)
  t.same(await states(), { 'To Owen': 'failed', 'The next one': 'sent' })
  t.equal((await db.read.select().from(mails)).length, 2)
})

t.test(
  'that somebody lost their week and does not read of it is told, though nobody needs to reach them',
  async (t) => {
    const { db, clock, server, send, visitor } = await world(t)
    const weekId = await aWeek(db, clock.now(), { accepted: true })
    await send()
    const helen = await visitor(LEAD.email)
    server.answers.set(PRIYA.email, UNKNOWN)
    const page = `/weeks/${weekId}/cancellation`
    const version = /name="version" value="(\d+)"/.exec((await helen.get(page)).body)![1]!
    t.equal((await helen.post(page, page, { version, reason: 'other', words: 'It rains' })).statusCode, 303)
    await send()
    const { body } = await helen.get('/today')
    t.match(body, 'A mail to Priya Nair could not be delivered')
    t.match(body, 'Recipient address rejected: User unknown')
    t.notMatch(body, 'Mail goes out')
    t.notMatch(body, 'Mail to Priya Nair comes back', 'told once')
  },
)

t.test('who asks for a sign-in link is tried, and a mail that is taken ends it', async (t) => {
  const { clock, server, send, states, visitor, queue } = await world(t)
  server.answers.set(APPROVER.email, '550 5.2.1 Mailbox disabled')
  await queue('First', APPROVER)
  await queue('Second', APPROVER)
  await send()
  t.same(await states(), { First: 'failed', Second: 'queued' }, 'one refusal is enough')
  const stranger = await visitor()
  await stranger.post('/sign-in', '/sign-in', { email: APPROVER.email })
  clock.pass(1)
  await send()
  const helen = await visitor(LEAD.email)
  t.match((await helen.get('/today')).body, 'Mail to Owen Price comes back')
  server.answers.delete(APPROVER.email)
  await stranger.post('/sign-in', '/sign-in', { email: APPROVER.email })
  t.equal(await send(), 1)
  t.notMatch((await helen.get('/today')).body, 'comes back')
  t.equal(await send(), 1, 'then what waited goes')
  t.match(await states(), { Second: 'sent' })
  t.match((await helen.get('/activity')).body, 'took a mail to Owen Price again')
})

t.test('what waited too long is shown as failed, and not sent out of time', async (t) => {
  const { db, clock, server, send, states, queue } = await world(t)
  server.answers.set(APPROVER.email, UNKNOWN)
  await queue('First', APPROVER)
  await queue('Old', APPROVER)
  await send()
  clock.pass(WAITS_FOR_ADDRESS_DAYS * 1440 - 1)
  await send()
  t.match(await states(), { Old: 'queued' })
  clock.pass(2)
  await send()
  t.match(await states(), { Old: 'failed' })
  t.match(await db.read.select().from(mails).where(eq(mails.subject, 'Old')), [{ trouble: /too old/ }])
})

t.test('an address that somebody has no more marks nobody, and another account learns nothing', async (t) => {
  const { db, clock, server, send, visitor, queue } = await world(t)
  await anotherAccount(db, { now: clock.now() })
  server.answers.set(APPROVER.email, UNKNOWN)
  await queue('To Owen', APPROVER)
  await db.write((tx) =>
    tx.update(people).set({ email: 'new@north.example' }).where(eq(people.id, APPROVER.id)),
  )
  await send()
  const helen = await visitor(LEAD.email)
  t.notMatch((await helen.get('/today')).body, 'comes back')
  server.answers.set('new@north.example', UNKNOWN)
  await queue('To Owen again', { ...APPROVER, email: 'new@north.example' })
  await send()
  t.match((await helen.get('/today')).body, 'Mail to Owen Price comes back')
  const rival = await visitor(OTHER_LEAD.email)
  t.notMatch((await rival.get('/today')).body, /Owen|comes back/)
  t.notMatch((await rival.get('/activity')).body, 'Owen')
})

t.test('in a sandbox an address at nowhere.example shows what becomes of mail that comes back', async (t) => {
  const { db, clock, visitor } = await world(t)
  await aWeek(db, clock.now(), { who: { ...PRIYA, email: 'priya@nowhere.example' } })
  const transport = sandboxTransport(db, clock.now)
  const links = { [INVITATION_LINK]: invitationLinkMaker(() => 'https://week.example') }
  t.equal(await sendDueMails(db, { transport, links, now: clock.now, machine: clock.machine }), 0)
  t.match((await (await visitor(LEAD.email)).get('/today')).body, 'Mail to Priya Nair comes back')
})
