import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { addressTroubles, mails, people, standbys } from '../../src/db/schema/index.ts'
import { INVITATION_LINK, SIGN_IN_LINK } from '../../src/mail/mail.ts'
import { nextPlannedMail, queueMail, sendDueMails } from '../../src/mail/outbox.ts'
import { findPersonByEmail, setOwner, setRole } from '../../src/people/people.ts'
import { signInLinkMaker } from '../../src/people/sign-in.ts'
import { hostingInNumbers } from '../../src/recaps/certificate/hosting-numbers.ts'
import { invitationLinkMaker } from '../../src/rota/invitations/invitations.ts'
import { sendWeekMails } from '../../src/rota/mails/send-week-mails.ts'
import { testApp, type Visitor } from '../support/app.ts'
import { aWeek, PRIYA } from '../support/bookings.ts'
import { mailServer } from '../support/mail-server.ts'
import {
  ACCOUNT,
  anAccount,
  anotherAccount,
  APPROVER,
  LEAD,
  OTHER_ACCOUNT,
  OTHER_LEAD,
} from '../support/story.ts'

const UNKNOWN = '550 5.1.1 User unknown'
const NEW = 'priya.nair@north.example'

async function world(t: Test, { at }: { at?: string } = {}) {
  const made = await testApp(t, { ...(at && { at }) })
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
  const queue = (subject: string, person: { id: string; email: string }, accountId = ACCOUNT) =>
    db.write((tx) =>
      queueMail(tx, {
        kind: 'recap-ready',
        accountId,
        subject,
        text: 'The story is ready.',
        personId: person.id,
        to: person.email,
        now: clock.now(),
        machineNow: clock.machine(),
      }),
    )
  const idOf = async (email: string) => (await findPersonByEmail(db.read, email))!.id
  const toldOf = async (subject: string) =>
    (await db.read.select().from(mails).where(eq(mails.subject, subject)))[0]!
  return { ...made, server, send, queue, idOf, toldOf, helen: await made.visitor(LEAD.email) }
}

const plain = async (visitor: Visitor, url: string) => (await visitor.get(url)).body.replaceAll('&#x3D;', '=')
const versionIn = (body: string) => /name="version" value="(\d+)"/.exec(body)![1]!

t.test('a lead marks an address by hand and takes the mark away; both stand on the record', async (t) => {
  const { clock, server, send, queue, toldOf, helen, visitor } = await world(t)
  const page = `/people/${APPROVER.id}/address`
  t.match(await plain(helen, `/people/${APPROVER.id}`), `href="${page}"`)
  t.match(await plain(helen, page), 'As far as we know, mail to owen@north.example reaches Owen Price.')
  const words = 'Delivery failed: <owen@north.example>'
  t.equal((await helen.post(page, `${page}/mark`, { words })).statusCode, 303)
  const marked = await plain(helen, page)
  t.match(marked, 'Mail to Owen Price comes back')
  t.match(marked, 'Delivery failed: &lt;owen@north.example&gt;')
  t.match(marked, 'Helen Marsh says that owen@north.example does not work.')
  t.match(await plain(helen, '/today'), 'Helen Marsh says that owen@north.example does not work.')
  t.match(await plain(helen, '/people'), 'Mail comes back')
  await queue('Waits', APPROVER)
  t.equal(await send(), 0)
  t.same(server.asked, [])

  const stranger = await visitor()
  await stranger.post('/sign-in', '/sign-in', { email: APPROVER.email })
  t.equal(await send(), 1, 'who wants to sign in is heard')
  t.match(await plain(helen, '/today'), 'Mail to Owen Price comes back', 'and says nothing of the mark')

  t.equal((await helen.post(page, `${page}/mark/removal`)).statusCode, 303)
  t.notMatch(await plain(helen, '/today'), 'comes back')
  clock.pass(1)
  t.equal(await send(), 1)
  t.equal((await toldOf('Waits')).state, 'sent')
  const record = await plain(helen, '/activity')
  t.match(record, 'marked that mail to Owen Price comes back')
  t.match(record, 'took back that mail to Owen Price comes back')
})

t.test('a fresh try ends the mark when the server takes it, and keeps it when it does not', async (t) => {
  const { clock, server, send, helen } = await world(t)
  const page = `/people/${APPROVER.id}/address`
  await helen.post(page, `${page}/mark`, { words: '' })
  server.answers.set(APPROVER.email, UNKNOWN)
  await helen.post(page, `${page}/try`)
  await send()
  const refused = await plain(helen, page)
  t.match(refused, 'The mail server says that nobody has the address')
  t.notMatch(refused, 'What did not reach them', 'a try is no news')
  server.answers.delete(APPROVER.email)
  await helen.post(page, `${page}/try`)
  t.equal(await send(), 1)
  t.match(await plain(helen, page), 'As far as we know')
  t.match(await plain(helen, '/activity'), 'had the address of Owen Price tried once more')
  await helen.post(page, `${page}/mark`, { words: '' })
  t.equal((await helen.post(page, `${page}/try`)).statusCode, 303)
  t.equal((await helen.post(page, `${page}/try`)).statusCode, 409, 'a mailbox is not flooded')
  clock.pass(11)
  t.equal((await helen.post(page, `${page}/try`)).statusCode, 303)
})

t.test('a try that is refused for another reason is told to whoever asked for it', async (t) => {
  const { clock, server, send, helen, visitor } = await world(t)
  const page = `/people/${APPROVER.id}/address`
  await helen.post(page, `${page}/mark`, { words: 'No such user' })
  const owen = await visitor(APPROVER.email)
  t.notMatch(await plain(helen, page), 'The try of')
  t.notMatch(await plain(owen, '/you'), 'The try of')
  server.answers.set(APPROVER.email, '550 5.7.1 Blocked by our rules')
  await helen.post(page, `${page}/try`)
  t.match(await plain(helen, page), 'The try of today 10:42 is on its way.')
  await send()
  const refused =
    'The try of today 10:42 did not get through: “Blocked by our rules”. That says nothing of the address itself, so the mark stays.'
  t.match(await plain(helen, page), refused)
  t.match(await plain(owen, '/you'), refused)

  clock.pass(1)
  server.answers.set(APPROVER.email, '451 Come back later')
  await owen.post('/you', '/you/address/try')
  await send()
  const later =
    'The try of today 10:43 has not got through yet: “Come back later”. It is made again by itself.'
  t.match(await plain(helen, page), later, 'the latest counts')
  t.match(await plain(owen, '/you'), later)

  clock.pass(1)
  server.answers.set(APPROVER.email, UNKNOWN)
  await helen.post(page, `${page}/try`)
  await send()
  t.match(await plain(helen, page), 'The try of today 10:44 was refused for the same reason.')
})

t.test('with another address what waited goes there, and the desk is asked again', async (t) => {
  const { clock, server, send, queue, toldOf, helen, idOf } = await world(t)
  const email = 'ruth@nroth.example'
  server.answers.set(email, UNKNOWN)
  await helen.post('/people', '/people', { name: 'Ruth Bell', email, role: 'approver' })
  await send()
  const ruth = { id: await idOf(email), email }
  await queue('Waits for Ruth', ruth)
  const page = `/people/${ruth.id}`
  t.match(await plain(helen, page), 'Mail to them comes back')
  t.notMatch(await plain(helen, `${page}/address`), 'Send it again', 'not to an address that does not work')
  const form = { name: 'Ruth Bell', email: 'ruth@north.example', role: 'approver' }
  const changed = await helen.post(page, page, form)
  t.equal(changed.headers.location, `${page}/address`)
  const offered = await plain(helen, `${page}/address`)
  t.match(offered, 'You are an approver of @NorthDaleHealth now')
  t.match(offered, `action="${page}/invitation"`)
  t.notMatch(await plain(helen, '/today'), 'comes back')
  clock.pass(1)
  t.equal(await send(), 1)
  t.match(await toldOf('Waits for Ruth'), { state: 'sent', to: 'ruth@north.example' })
  t.equal((await helen.post(`${page}/address`, `${page}/invitation`)).statusCode, 303)
  await send()
  t.same(server.taken, ['ruth@north.example', 'ruth@north.example'])
  t.notMatch(await plain(helen, `${page}/address`), 'What did not reach them')
  t.equal((await helen.post(`${page}/address`, `${page}/invitation`)).statusCode, 409)
})

t.test(
  'an invitation to the desk that waits goes to the new address, and no link to the old one',
  async (t) => {
    for (const isMarked of [true, false]) {
      const { db, clock, server, send, helen, visitor, idOf } = await world(t)
      const old = 'ruth@nroth.example'
      await helen.post('/people', '/people', { name: 'Ruth Bell', email: old, role: 'approver' })
      const page = `/people/${await idOf(old)}`
      if (isMarked) await helen.post(`${page}/address`, `${page}/address/mark`, { words: '' })
      if (isMarked) await helen.post(`${page}/address`, `${page}/address/try`)
      server.answers.set(old, '451 Come back later')
      await (await visitor()).post('/sign-in', '/sign-in', { email: old })
      await send()
      server.answers.clear()
      server.asked.length = 0

      await helen.post(page, page, { name: 'Ruth Bell', email: 'ruth@north.example', role: 'approver' })
      clock.pass(10)
      t.equal(await send(), 1)
      t.same(server.asked, ['ruth@north.example'], 'the old one is asked nothing more')
      const told = await db.read.select().from(mails).where(eq(mails.kind, 'desk-invitation'))
      t.match(told, [{ state: 'sent', text: /Sign in here with this address, ruth@north\.example\./ }])
      t.notMatch(told[0]!.text, old)
      t.match(told[0]!.text, `please write to Helen Marsh, ${LEAD.email}`)
    }
  },
)

t.test('an invitation that never arrived is sent again with one press, once it may arrive', async (t) => {
  const { db, clock, server, send, helen, idOf } = await world(t)
  server.answers.set(PRIYA.email, UNKNOWN)
  const weekId = await aWeek(db, clock.now())
  await send()
  const priya = await idOf(PRIYA.email)
  const reach = `/people/${priya}/address`
  t.notMatch(await plain(helen, `/weeks/${weekId}`), 'It did not arrive.')
  await helen.post(reach, `${reach}/mark/removal`)
  const week = await plain(helen, `/weeks/${weekId}`)
  t.match(week, 'It did not arrive.')
  t.match(await plain(helen, '/today'), 'A mail to Priya Nair could not be delivered')
  t.match(await plain(helen, reach), `action="/weeks/${weekId}/invitation"`)
  server.answers.clear()
  clock.pass(1)
  const version = versionIn(week)
  t.equal((await helen.post(`/weeks/${weekId}`, `/weeks/${weekId}/invitation`, { version })).statusCode, 303)
  t.equal(await send(), 1)
  t.notMatch(await plain(helen, `/weeks/${weekId}`), 'It did not arrive.')
  t.notMatch(await plain(helen, '/today'), 'could not be delivered')
})

t.test('a press on “Send it again” is a fresh try, and a corrected address invites anew', async (t) => {
  const { db, clock, server, send, helen } = await world(t)
  server.answers.set(PRIYA.email, UNKNOWN)
  const weekId = await aWeek(db, clock.now())
  await send()
  const page = `/weeks/${weekId}`
  const version = async () => versionIn(await plain(helen, page))
  await helen.post(page, `${page}/invitation`, { version: await version() })
  await send()
  t.equal(server.asked.length, 2)
  const form = { version: await version(), email: NEW }
  t.equal((await helen.post(`${page}/address`, `${page}/address`, form)).statusCode, 303)
  t.equal(await send(), 1)
  t.same(server.taken, [NEW])
  t.notMatch(await plain(helen, page), 'Priya Nair comes back')
  t.notMatch(await plain(helen, '/today'), 'comes back')
})

t.test('who accepted gets at the new address what waited for the old one', async (t) => {
  const { db, clock, server, send, queue, toldOf, helen, idOf } = await world(t)
  server.answers.set(PRIYA.email, UNKNOWN)
  const weekId = await aWeek(db, clock.now(), { accepted: true })
  await send()
  await queue('Waits for Priya', { id: await idOf(PRIYA.email), email: PRIYA.email })
  const page = `/weeks/${weekId}/address`
  const version = versionIn(await plain(helen, page))
  t.equal((await helen.post(page, page, { version, email: NEW })).statusCode, 303)
  clock.pass(1)
  await send()
  t.match(await toldOf('Waits for Priya'), { state: 'sent', to: NEW })
  t.same(server.taken, [NEW, NEW], 'and that it has changed, of which the old mailbox is told in vain')
  t.notMatch(await plain(helen, '/today'), /comes back|could not be delivered/)
})

t.test('who is booked again at an address that does not work waits for their invitation', async (t) => {
  const { db, clock, server, send, helen } = await world(t)
  server.answers.set(PRIYA.email, UNKNOWN)
  await aWeek(db, clock.now())
  await send()
  const id = randomUUID()
  const booking = {
    id,
    slot: '2026-12-07',
    kind: 'host',
    name: 'Priya Nair',
    email: PRIYA.email,
    do: 'invite',
  }
  const booked = await helen.post('/rota/book?slot=2026-12-07', '/rota/book', booking)
  t.equal(booked.statusCode, 303)
  const week = await plain(helen, `/weeks/${id}`)
  t.match(week, 'so the invitation waits: correct the address.')
  t.match(week, 'mail to this address comes back')
  clock.pass(1)
  t.equal(await send(), 0)
  t.equal(server.asked.length, 1)
})

t.test('a planned mail waits for the address, and goes only while it is true', async (t) => {
  const { db, clock, server, send, helen, idOf } = await world(t)
  const weekId = await aWeek(db, clock.now(), { accepted: true })
  const mailing = () => ({
    numbersOf: hostingInNumbers,
    now: clock.now(),
    machineNow: clock.machine(),
    publicUrl: 'https://week.example',
  })
  const hand = async () => {
    await sendWeekMails(db, mailing())
    await send()
  }
  await hand()
  server.taken.length = 0
  const priya = await idOf(PRIYA.email)
  const reach = `/people/${priya}/address`
  await helen.post(reach, `${reach}/mark`, { words: '' })
  const kinds = async () =>
    Object.fromEntries(
      (await db.read.select().from(mails).where(eq(mails.personId, priya)))
        .filter(({ plannedFor }) => plannedFor)
        .map(({ kind, state }) => [kind, state]),
    )
  // Sunday evening: the eve is due, and the welcome on Monday.
  clock.pass((new Date('2026-11-22T21:00:00Z').getTime() - clock.now().getTime()) / 60_000)
  await hand()
  t.match(await kinds(), { 'week-eve': 'planned', 'week-welcome': 'planned' })
  t.equal(await nextPlannedMail(db.read), null, 'and asks for no time meanwhile')
  clock.pass((new Date('2026-11-23T11:00:00Z').getTime() - clock.now().getTime()) / 60_000)
  await hand()
  t.match(await kinds(), { 'week-eve': 'failed', 'week-welcome': 'planned' })
  t.same(server.asked.filter((address) => address === PRIYA.email).length, 2, 'as before the mark')
  await helen.post(reach, `${reach}/mark/removal`)
  await hand()
  t.match(await kinds(), { 'week-eve': 'failed', 'week-welcome': 'sent' })
  t.match(await plain(helen, reach), `action="/weeks/${weekId}/mails/`, 'the other can still be sent')
})

t.test('nobody stops the mails of people with whom another account has to do', async (t) => {
  const { db, clock, helen, visitor, server, queue, send } = await world(t)
  await anotherAccount(db, { now: clock.now() })
  const page = `/people/${APPROVER.id}/address`
  await helen.post(page, `${page}/mark`, { words: '' })
  await db.write((tx) =>
    tx.insert(standbys).values({
      id: 'standby',
      accountId: OTHER_ACCOUNT,
      personId: APPROVER.id,
      name: 'O. Price',
      job: '',
      organisation: '',
      note: '',
      addedBy: OTHER_LEAD.id,
      createdAt: clock.now(),
    }),
  )
  const rival = await visitor(OTHER_LEAD.email)
  t.equal((await rival.post(page, `${page}/mark/removal`)).statusCode, 409, 'nor starts them again')
  t.equal((await helen.post(page, `${page}/mark/removal`)).statusCode, 303, 'but who marked it does')
  const refused = await helen.post(page, `${page}/mark`, { words: '' })
  t.equal(refused.statusCode, 409)
  t.match(refused.body, 'has to do with another account too')
  server.answers.set(APPROVER.email, UNKNOWN)
  await queue('To Owen', APPROVER)
  await send()
  t.match(await plain(rival, '/today'), 'Mail to O. Price comes back', 'by the name that it knows')
  t.notMatch(await plain(rival, '/activity'), 'Owen')
})

t.test('what was typed at one account’s desk, and by whom, is read at no other', async (t) => {
  const { db, clock, helen, visitor, queue, server, send } = await world(t)
  await anotherAccount(db, { now: clock.now() })
  const page = `/people/${APPROVER.id}/address`
  const words = 'Rang Owen: on leave with his back'
  await helen.post(page, `${page}/mark`, { words })
  const rival = await visitor(OTHER_LEAD.email)
  const booking = { slot: '2026-12-07', kind: 'host', name: 'O. Price', email: APPROVER.email }
  const id = randomUUID()
  await rival.post('/rota/book?slot=2026-12-07', '/rota/book', { ...booking, id, do: 'invite' })
  const data = `/people/${APPROVER.id}/data`
  for (const body of [
    await plain(rival, '/today'),
    await plain(rival, page),
    await plain(rival, `/weeks/${id}`),
    (await rival.post(data, data)).body,
  ]) {
    t.match(body, /comes back|mailComesBack/)
    t.notMatch(body, 'on leave')
    t.notMatch(body, 'Helen')
  }
  for (const at of ['/today', page])
    t.match(await plain(rival, at), 'It was marked by hand that owen@north.example does not work.')
  t.match(await plain(helen, '/today'), words)
  t.match(await plain(helen, page), 'Helen Marsh says that owen@north.example does not work.')
  t.match((await helen.post(data, data)).json(), { mailComesBack: { words } })
  server.answers.set(APPROVER.email, UNKNOWN)
  await queue('Asked for', APPROVER)
  await helen.post(page, `${page}/try`)
  await send()
  t.match(await plain(rival, '/today'), 'User unknown', 'what the mail server says is for all')
})

const toMinutes = (from: Date, to: string) => (new Date(to).getTime() - from.getTime()) / 60_000

t.test(
  'a host is marked from their page and from People while mails still go to them, and not after',
  async (t) => {
    const { db, clock, server, send, queue, visitor, idOf } = await world(t)
    let helen = await visitor(LEAD.email)
    const weekId = await aWeek(db, clock.now(), { accepted: true })
    const priya = await idOf(PRIYA.email)
    const reach = `/people/${priya}/address`
    const marking = new RegExp(`href="${reach}[^"]*"[^>]*>Mail comes back\\?`)
    t.match(await plain(helen, '/people'), marking, 'of a week ahead')
    t.notMatch(await plain(await visitor(APPROVER.email), '/people'), reach)
    // The week was from 23 to 29 November.
    clock.pass(toMinutes(clock.now(), '2026-12-10T09:00:00Z'))
    helen = await visitor(LEAD.email)
    t.match(await plain(helen, `/weeks/${weekId}`), marking)
    t.match(await plain(helen, '/people'), marking)
    t.equal((await helen.post(reach, `${reach}/mark`, { words: '' })).statusCode, 303)
    t.match(await plain(helen, '/today'), 'Mail to Priya Nair comes back')
    t.equal((await helen.post(reach, `${reach}/mark/removal`)).statusCode, 303)
    server.answers.set(PRIYA.email, UNKNOWN)
    await queue('The story', { id: priya, email: PRIYA.email })
    await send()
    t.match(await plain(helen, reach), 'The mail server says that nobody has the address')

    clock.pass(toMinutes(clock.now(), '2026-12-30T09:00:00Z'))
    helen = await visitor(LEAD.email)
    t.notMatch(await plain(helen, `/weeks/${weekId}`), reach)
    t.notMatch(await plain(helen, '/people'), reach)
    t.equal((await helen.get(reach)).statusCode, 404)
    for (const path of ['mark', 'mark/removal', 'try'])
      t.equal((await helen.post('/people', `${reach}/${path}`, { words: '' })).statusCode, 404, path)
    t.equal((await db.read.select().from(addressTroubles)).length, 1, 'another account may have to know')
  },
)

t.test('who it concerns reads of it, tries it, and changes it or knows who does', async (t) => {
  const { db, clock, server, send, helen, visitor, idOf } = await world(t)
  const weekId = await aWeek(db, clock.now(), { accepted: true })
  const priya = await visitor(PRIYA.email)
  t.notMatch(await plain(priya, '/you'), 'comes back')
  t.equal((await priya.post('/you', '/you/address/try')).statusCode, 409)
  const reach = `/people/${await idOf(PRIYA.email)}/address`
  await helen.post(reach, `${reach}/mark`, { words: 'No such user' })
  const own = await plain(priya, '/you')
  t.match(own, 'Mail to you comes back')
  t.match(own, 'No such user')
  t.match(own, 'href="mailto:helen@north.example"')
  t.match(await plain(priya, `/today?week=${weekId}`), 'Mail to you comes back')
  t.equal((await priya.post('/you', '/you/address/try')).statusCode, 303)
  await send()
  t.ok(server.taken.includes(PRIYA.email))
  t.notMatch(await plain(priya, '/you'), 'comes back')

  const herself = `/people/${LEAD.id}/address`
  await helen.post(herself, `${herself}/mark`, { words: '' })
  t.match(await plain(helen, '/you'), `href="/people/${LEAD.id}?account=${ACCOUNT}"`)
  await helen.post(`/people/${LEAD.id}`, `/people/${LEAD.id}`, {
    name: LEAD.name,
    email: 'marsh@north.example',
    role: 'lead',
  })
  t.notMatch(await plain(helen, '/you'), 'comes back')
})

t.test('who has to do with several accounts reads who can change their address', async (t) => {
  const { db, clock, server, queue, send, helen } = await world(t)
  await anotherAccount(db, { now: clock.now() })
  server.answers.set(LEAD.email, UNKNOWN)
  await queue('To Helen', LEAD)
  await send()
  t.match(await plain(helen, '/you'), 'You can change it yourself, as a lead.')
  const onList = { personId: LEAD.id, name: 'H. Marsh', job: '', organisation: '', note: '' }
  const added = { addedBy: OTHER_LEAD.id, createdAt: clock.now() }
  await db.write((tx) =>
    tx.insert(standbys).values({ id: 'standby', accountId: OTHER_ACCOUNT, ...onList, ...added }),
  )
  const alone = await plain(helen, '/you')
  t.notMatch(alone, 'yourself')
  t.notMatch(alone, 'Change your address')
  t.match(
    alone,
    'nobody can change it: that takes a lead of every account that you have to do with, who looks after this installation too.',
  )
  const person = `/people/${LEAD.id}`
  const form = { name: LEAD.name, email: 'marsh@north.example', role: 'lead' }
  t.equal((await helen.post(person, person, form)).statusCode, 422, 'and so it is')

  for (const accountId of [ACCOUNT, OTHER_ACCOUNT])
    await db.write((tx) => setRole(tx, APPROVER.id, accountId, 'lead'))
  t.match(await plain(helen, '/you'), 'nobody can change it', 'who looks after nothing can’t')
  await db.write((tx) => setOwner(tx, APPROVER.id, true))
  t.match(
    await plain(helen, '/you'),
    /Somebody who leads all that you have to do with changes it for you: <a href="mailto:owen@north\.example">Owen Price, owen@north\.example<\/a>\./,
  )
})

t.test('the copy of the data has it, and the deletion takes it away', async (t) => {
  const { db, helen, visitor } = await world(t)
  const page = `/people/${APPROVER.id}/address`
  await helen.post(page, `${page}/mark`, { words: 'No such user' })
  const owen = await visitor(APPROVER.email)
  t.match((await owen.get('/you/data')).json(), { mailComesBack: { words: 'No such user' } })
  const data = `/people/${APPROVER.id}/data`
  t.match((await helen.post(data, data)).json(), { mailComesBack: { words: 'No such user' } })
  const gone = await helen.post(data, `/people/${APPROVER.id}/deletion`, { email: APPROVER.email })
  t.equal(gone.statusCode, 303)
  t.same(await db.read.select().from(addressTroubles), [])
  t.equal((await helen.get(page)).statusCode, 404)
  t.notMatch(await plain(helen, '/today'), 'comes back')
  t.match(await db.read.select().from(people).where(eq(people.id, APPROVER.id)), [{ email: /deleted/ }])
})
