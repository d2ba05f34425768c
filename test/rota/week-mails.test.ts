import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import t, { type Test } from 'tap'
import { DEFAULT_BRIEFING } from '../../src/accounts/briefing.ts'
import { dayOf, timeOf } from '../../src/calendar.ts'
import { accounts, mails, weeks } from '../../src/db/schema/index.ts'
import { cancelWeek } from '../../src/drafts/week/cancel-week.ts'
import { replaceHost } from '../../src/drafts/week/replace-host.ts'
import { INVITATION_LINK } from '../../src/mail/mail.ts'
import { mailsToHost, nextPlannedMail, sendDueMails } from '../../src/mail/outbox.ts'
import { smtpTransport } from '../../src/mail/transports.ts'
import { noteRestored } from '../../src/note-restored.ts'
import { hostingInNumbers } from '../../src/recaps/certificate/hosting-numbers.ts'
import { acceptInvitation } from '../../src/rota/invitations/accept-invitation.ts'
import { briefHost } from '../../src/rota/readiness/brief-host.ts'
import { correctAddress } from '../../src/rota/invitations/correct-address.ts'
import { invitationLinkMaker } from '../../src/rota/invitations/invitations.ts'
import {
  MAIL_TITLES,
  mailTime,
  mailTooLate,
  TIMED_MAILS,
  WEEK_MAILS,
} from '../../src/rota/mails/mail-plan.ts'
import { DEFAULT_WORDS, fillIn, variablesOf, whyNotWords } from '../../src/rota/mails/mail-words.ts'
import { sendWeekMails } from '../../src/rota/mails/send-week-mails.ts'
import { signAgreement } from '../../src/rota/readiness/sign-agreement.ts'
import { slotSpan } from '../../src/rota/slot.ts'
import { weekEntries } from '../../src/rota/calendar/week-entries.ts'
import { findHostedWeek } from '../../src/rota/weeks.ts'
import { testApp } from '../support/app.ts'
import { actorWith, aHost, aWeek, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { said } from '../support/told-week.ts'

const LONDON = 'Europe/London'
const WORKING = { days: [1, 2, 3, 4, 5], opens: '09:00', closes: '18:00' }
const WHOLE = { days: [1, 2, 3, 4, 5, 6, 7], opens: '09:00', closes: '18:00' }

t.test(
  'each mail has its time by the wall clocks of its zone, over the change of the clocks too',
  async (t) => {
    const rows: [name: string, slot: string, shape: typeof WORKING, zone: string, times: string[]][] = [
      [
        'the clocks go forward between, on 28 March',
        '2027-04-05',
        WORKING,
        LONDON,
        [
          '2027-03-08T10:00Z',
          '2027-03-29T09:00Z',
          '2027-04-04T16:00Z',
          '2027-04-05T08:00Z',
          '2027-04-09T14:00Z',
          '2027-04-13T09:00Z',
        ],
      ],
      [
        'the clocks go back between, on 31 October',
        '2027-11-01',
        WORKING,
        LONDON,
        [
          '2027-10-04T09:00Z',
          '2027-10-25T09:00Z',
          '2027-10-31T17:00Z',
          '2027-11-01T09:00Z',
          '2027-11-05T15:00Z',
          '2027-11-09T10:00Z',
        ],
      ],
      [
        'they go forward on the last day of the week itself',
        '2027-03-22',
        WHOLE,
        LONDON,
        [
          '2027-02-22T10:00Z',
          '2027-03-15T10:00Z',
          '2027-03-21T17:00Z',
          '2027-03-22T09:00Z',
          '2027-03-28T14:00Z',
          '2027-03-30T09:00Z',
        ],
      ],
      [
        'somewhere else',
        '2027-04-05',
        WORKING,
        'Pacific/Auckland',
        [
          '2027-03-07T21:00Z',
          '2027-03-28T21:00Z',
          '2027-04-04T05:00Z',
          '2027-04-04T21:00Z',
          '2027-04-09T03:00Z',
          '2027-04-12T22:00Z',
        ],
      ],
    ]
    for (const [name, slot, shape, zone, times] of rows) {
      const span = slotSpan(slot, shape, zone)
      t.same(
        TIMED_MAILS.map((kind) => mailTime(kind, span, zone).toISOString().replace(':00.000', '')),
        times,
        name,
      )
      for (const kind of TIMED_MAILS)
        t.ok(
          mailTooLate(kind, span, zone) > mailTime(kind, span, zone),
          `${name}: ${kind} has some time to go`,
        )
    }
    const short = { opensAt: new Date('2027-04-05T08:00Z'), closesAt: new Date('2027-04-05T10:00Z') }
    t.same(mailTime('week-last-day', short, LONDON), short.opensAt, 'never before the week is open')
  },
)

t.test('words with variables', async (t) => {
  for (const kind of WEEK_MAILS)
    for (const words of Object.values(DEFAULT_WORDS[kind]))
      t.equal(whyNotWords(kind, words), null, `our own words can be sent: ${MAIL_TITLES[kind]}`)
  t.match(whyNotWords('week-eve', 'Hello {nmae}'), '{nmae} is no variable of this mail')
  t.match(whyNotWords('week-eve', '{a} and {b c}'), '{a}, {b c} are no variables')
  t.match(whyNotWords('week-eve', 'Hello {}'), '{} is no variable')
  t.match(whyNotWords('week-eve', INVITATION_LINK), 'can’t be used in this mail')
  t.match(whyNotWords('week-eve', '{numbers}'), 'can’t be used in this mail')
  t.match(whyNotWords('week-after', '{numbers}'), null)
  t.match(whyNotWords('invitation', '{week-link}'), 'can’t be used in this mail', 'nobody is signed in then')
  t.notOk(variablesOf('week-after').includes('invitation-link'))
  t.same(
    fillIn(
      { subject: 'For {name}\n', text: 'Hello {name},\n\n{about}\n\n{missing}  \nBye' },
      { name: '{missing}', about: '', missing: '- all' },
    ),
    { subject: 'For {missing}', text: 'Hello {missing},\n\n- all\nBye\n' },
    'what a value holds is no variable, and what is empty leaves no hole',
  )
})

/** A server as the house’s, and what it took, as a mail program reads it. */
async function mailServer(t: Test) {
  const taken: { to: string; mail: Email }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          taken.push({ to: session.envelope.rcptTo[0]!.address, mail })
          return done()
        })
      })
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.teardown(() => server.close(() => undefined))
  const { port } = server.server.address() as AddressInfo
  return {
    taken,
    transport: smtpTransport({
      url: `smtp://127.0.0.1:${port}`,
      from: 'week@north.example',
      proxy: undefined,
    }),
  }
}

async function world(t: Test, { at = '2027-03-01T12:00:00Z', slot = '2027-04-05' } = {}) {
  const made = await testApp(t, { at })
  const { db, clock } = made
  await anAccount(db, { now: clock.now() })
  const weekId = await aWeek(db, clock.now(), { asked: true, slot, theme: 'Finding the word' })
  const actor = (email: string) => actorWith(db, email, clock.now())
  const mailing = () => ({
    numbersOf: hostingInNumbers,
    now: clock.now(),
    machineNow: clock.machine(),
    publicUrl: 'https://week.example',
  })
  const hosted = async () => (await findHostedWeek(db.read, weekId))!
  const accept = async () =>
    acceptInvitation(db, { weekId, actor: await actor(PRIYA.email), now: clock.now() })
  const tend = () => sendWeekMails(db, mailing())
  const planned = async () =>
    (await mailsToHost(db.read, (await hosted()).host!.id))
      .filter(({ plannedFor }) => plannedFor)
      .map(({ kind, state, plannedFor }) => [kind, state, plannedFor!.toISOString().replace(':00.000', '')])
  const idOf = async (kind: string) =>
    (await mailsToHost(db.read, (await hosted()).host!.id)).find((mail) => mail.kind === kind)!.id
  const moveTo = async (toSlot: string) => {
    const span = slotSpan(toSlot, WORKING, LONDON)
    await db.write(
      async (tx) =>
        void (await tx
          .update(weeks)
          .set({ slot: toSlot, ...span })
          .where(eq(weeks.id, weekId))),
    )
  }
  return { ...made, weekId, actor, mailing, hosted, accept, tend, planned, idOf, moveTo }
}

t.test(
  'every mail of one week’s life, read from the mail server, in order and at its local time',
  async (t) => {
    const { db, clock, weekId, actor, mailing, accept, tend, visitor } = await world(t)
    const { taken, transport } = await mailServer(t)
    const log: string[] = []
    const deliver = async () => {
      await tend()
      clock.moveMachine(1)
      const before = taken.length
      await sendDueMails(db, {
        transport,
        links: { [INVITATION_LINK]: invitationLinkMaker(() => 'https://week.example') },
        entries: weekEntries({ publicUrl: () => 'https://week.example', from: 'week@north.example' }),
        now: clock.now,
        machine: clock.machine,
      })
      for (const { mail } of taken.slice(before))
        log.push(`${dayOf(clock.now(), LONDON)} ${timeOf(clock.now(), LONDON)} ${mail.subject}`)
    }
    const lead = await visitor(LEAD.email)
    const eve = `/accounts/${ACCOUNT}/mails/week-eve`
    await lead.post(eve, eve, {
      version: '0',
      subject: 'Tomorrow, {name}!',
      text: 'Hello {name},\n\nbring cake.\n\n{opening}\n',
    })

    await deliver()
    clock.moveTo(new Date('2027-03-02T08:30:00Z'))
    await accept()
    await deliver()
    // Each planned mail in turn, as the job wakes for it.
    for (let at = await nextPlannedMail(db.read); at; at = await nextPlannedMail(db.read)) {
      if (
        at >= new Date('2027-03-30T00:00:00Z') &&
        (await actor(PRIYA.email)).hosting[0]!.powers === 'draft'
      ) {
        await signAgreement(db, {
          weekId,
          number: 1,
          name: PRIYA.name,
          actor: await actor(PRIYA.email),
          now: clock.now(),
        })
        for (const point of DEFAULT_BRIEFING)
          await briefHost(db, { weekId, point, done: true, actor: await actor(LEAD.email), now: clock.now() })
      }
      if (at >= new Date('2027-04-09T18:00:00Z'))
        await said(db, [
          { id: '1', when: 'Mon 9:00', text: 'Good morning.', more: { weekId } },
          { id: '2', when: 'Mon 9:10', text: 'On we go.', more: { weekId } },
          { id: '3', when: 'Mon 9:20', by: 'Pete W', text: 'Hello!', answers: '1', more: { weekId } },
        ])
      clock.moveTo(new Date(at.getTime() - 1))
      await deliver()
      clock.moveTo(at)
      await deliver()
    }
    t.same(log, [
      '2027-03-01 12:00 Would you take @NorthDaleHealth for a week?',
      '2027-03-02 08:30 5 to 9 April: @NorthDaleHealth is yours',
      '2027-03-08 10:00 @NorthDaleHealth is yours in four weeks',
      '2027-03-29 10:00 @NorthDaleHealth is yours in a week',
      '2027-04-04 17:00 Tomorrow, Priya Nair!',
      '2027-04-05 09:00 Good morning, and welcome to @NorthDaleHealth',
      '2027-04-09 15:00 Your week with @NorthDaleHealth closes Friday 18:00',
      '2027-04-13 10:00 Your week at @NorthDaleHealth, and thank you',
    ])
    t.ok(taken.every(({ to }) => to === PRIYA.email))
    const says = (at: number) => taken[at]!.mail.text!
    t.match(says(0), /https:\/\/week\.example\/invitations\/[\w-]{40}/)
    t.match(says(0), 'Helen Marsh asks you to host @NorthDaleHealth, the account of NorthDale Health on X')
    t.match(says(0), 'The theme so far is “Finding the word”')
    const page = `https://week.example/weeks/${weekId}`
    t.match(says(1), `- read and sign the house rules:\n  ${page}/agreement`, 'with where it is done')
    t.match(says(3), `- add what you do, a portrait and two sentences about you:\n  ${page}/edit`)
    t.match(
      says(3),
      `The team goes through this with you, and ticks it off:\n- ${DEFAULT_BRIEFING[0]}`,
      'and what others do is told apart',
    )
    t.match(says(3), 'so that Helen Marsh or Owen Price can read them in peace')
    t.match(says(3), 'https://week.example/practice\n')
    t.match(says(4), 'bring cake.\n\nIt opens Monday 9:00, London time, and closes Friday 18:00.')
    t.match(says(5), 'It is open from Monday 9:00')
    t.match(says(5), `https://week.example/today?week=${weekId}`, 'the page that shows what goes out')
    t.match(says(6), `https://week.example/weeks/${weekId}/reflection`)
    t.match(says(7), '2 posts, and one reply from one person.')
    t.match(says(7), `https://week.example/weeks/${weekId}/certificate`)
    t.notMatch(taken.map(({ mail }) => mail.text).join(), /[{}]/, 'nothing is left to fill in')

    const [entry] = taken[1]!.mail.attachments
    t.match(entry!.mimeType, 'text/calendar')
    const calendar =
      typeof entry!.content === 'string'
        ? entry!.content
        : Buffer.from(entry!.content as ArrayBuffer).toString()
    for (const line of [
      'METHOD:REQUEST',
      `UID:week-${weekId}@week.example`,
      'DTSTART;VALUE=DATE:20270405',
      'DTEND;VALUE=DATE:20270410',
    ])
      t.match(calendar, line)
    t.same(
      taken.flatMap(({ mail }, at) => (mail.attachments.length > 0 ? [at] : [])),
      [1],
    )
    const { body } = await lead.get(`/weeks/${weekId}`)
    for (const kind of WEEK_MAILS) t.match(body, MAIL_TITLES[kind])
    t.notMatch(body, '>Planned<')
    t.same(
      (await db.read.select().from(mails)).filter(({ state }) => state !== 'sent'),
      [],
    )
    t.same(mailing().now, clock.now())
  },
)

t.test('a lead reads a planned mail, holds it, lets it go and sends it at once', async (t) => {
  const { db, clock, visitor, weekId, accept, tend, planned, idOf } = await world(t)
  await sentMails(db, clock)
  await accept()
  await tend()
  t.match((await planned())[1], ['week-four-weeks', 'planned', '2027-03-08T10:00Z'])
  const lead = await visitor(LEAD.email)
  const owen = await visitor(APPROVER.email)
  const page = `/weeks/${weekId}/mails/${await idOf('week-four-weeks')}`
  t.match((await lead.get(`/weeks/${weekId}`)).body, `href="${page}"`)
  const { body } = await lead.get(page)
  t.match(body, '@NorthDaleHealth is yours in four weeks')
  t.match(body, 'As things stand it would say this.')
  t.match((await owen.get(page)).body, 'As things stand')
  t.notMatch((await owen.get(page)).body, 'Send it now')
  t.equal((await owen.post(page, page, { act: 'hold' })).statusCode, 403)

  t.equal((await lead.post(page, page, { act: 'hold' })).headers.location, `/weeks/${weekId}#mails-title`)
  t.match((await lead.get(page)).body, 'Helen Marsh holds it.')
  t.equal((await lead.post(page, page, { act: 'hold' })).statusCode, 409, 'the page was old')
  clock.moveTo(new Date('2027-03-08T12:00:00Z'))
  await tend()
  await sentMails(db, clock)
  t.match((await planned())[0], ['week-four-weeks', 'held'])
  await lead.post(page, page, { act: 'resume' })
  await tend()
  t.same(
    (await sentMails(db, clock)).map(({ subject }) => subject),
    ['@NorthDaleHealth is yours in four weeks'],
  )
  t.equal((await lead.post(page, page, { act: 'send' })).statusCode, 409, 'it was sent')

  const early = `/weeks/${weekId}/mails/${await idOf('week-eve')}`
  await lead.post(early, early, { act: 'send' })
  t.match(
    (await sentMails(db, clock)).map(({ subject, to }) => [subject, to]),
    [['@NorthDaleHealth is yours in four weeks', PRIYA.email]],
    'sent four weeks early, the mail of the evening before says so',
  )
  const welcome = `/weeks/${weekId}/mails/${await idOf('week-welcome')}`
  await lead.post(welcome, welcome, { act: 'send' })
  const welcomed = (await sentMails(db, clock)).map(({ text }) => text).join()
  t.match(welcomed, '@NorthDaleHealth is yours in four weeks. ', 'and so does Monday’s welcome')
  t.notMatch(welcomed, /is here|yours now/)
  const record = (await lead.get('/activity')).body
  t.match(record, 'held the mail “Four weeks before” for Priya Nair’s week')
  t.match(record, 'sent the mail “The evening before” for Priya Nair’s week at once')
})

t.test('a week that moves takes its mails along', async (t) => {
  const { db, clock, accept, tend, planned, moveTo } = await world(t)
  await accept()
  await tend()
  await moveTo('2027-10-25')
  await tend()
  t.same(
    (await planned()).filter(([, state]) => state === 'planned'),
    [
      ['week-four-weeks', 'planned', '2027-09-27T09:00Z'],
      ['week-one-week', 'planned', '2027-10-18T09:00Z'],
      ['week-eve', 'planned', '2027-10-24T16:00Z'],
      ['week-welcome', 'planned', '2027-10-25T08:00Z'],
      ['week-last-day', 'planned', '2027-10-29T14:00Z'],
      ['week-after', 'planned', '2027-11-02T10:00Z'],
    ],
  )
  await moveTo('2027-03-15')
  await tend()
  t.same(
    (await planned()).filter(([, state]) => state === 'planned').map(([kind]) => kind),
    ['week-one-week', 'week-eve', 'week-welcome', 'week-last-day', 'week-after'],
    'in two weeks nobody is told of four',
  )
  await moveTo('2027-05-03')
  await tend()
  t.match((await planned())[1], ['week-four-weeks', 'planned', '2027-04-05T09:00Z'], 'and then of them again')
  await db.write(
    async (tx) =>
      void (await tx.update(accounts).set({ timeZone: 'America/New_York' }).where(eq(accounts.id, ACCOUNT))),
  )
  await tend()
  t.match((await planned())[1], ['week-four-weeks', 'planned', '2027-04-05T14:00Z'], 'and so does a zone')
  clock.pass(1)
})

t.test('a cancelled week stops its mails, and so does another host', async (t) => {
  for (const ending of ['cancelled', 'replaced'] as const) {
    const { db, clock, actor, weekId, accept, tend, hosted } = await world(t)
    await accept()
    await tend()
    await sentMails(db, clock)
    const by = {
      weekId,
      version: (await hosted()).week.version,
      actor: await actor(LEAD.email),
      now: clock.now(),
      machineNow: clock.machine(),
      reason: '',
    }
    if (ending === 'cancelled') await cancelWeek(db, by)
    else {
      const host = aHost(MEI.name)
      await replaceHost(db, { ...by, email: MEI.email, host, theme: '', why: '', invite: false })
    }
    t.equal(await nextPlannedMail(db.read), null, ending)
    clock.moveTo(new Date('2027-05-01T00:00:00Z'))
    await tend()
    t.match(
      (await sentMails(db, clock)).map(({ subject, to }) => [to, subject]),
      [[PRIYA.email, /^Your week at @NorthDaleHealth (is cancelled|has changed hands)$/]],
      'one mail says so',
    )
  }
})

t.test('what was accepted late, came too late, or lives elsewhere by now', async (t) => {
  const late = await world(t, { at: '2027-03-30T12:00:00Z' })
  await late.accept()
  await late.tend()
  t.same(
    (await late.planned()).map(([kind]) => kind),
    ['week-confirmed', 'week-eve', 'week-welcome', 'week-last-day', 'week-after'],
    'nothing of what lies behind',
  )
  const email = 'p.nair@north.example'
  await correctAddress(late.db, {
    weekId: late.weekId,
    version: (await late.hosted()).week.version,
    email,
    actor: await late.actor(LEAD.email),
    now: late.clock.now(),
    machineNow: late.clock.machine(),
  })
  await sentMails(late.db, late.clock)
  late.clock.moveTo(new Date('2027-04-05T08:00:00Z'))
  await late.tend()
  t.same(
    (await sentMails(late.db, late.clock)).map(({ to, subject }) => [to, subject]),
    [[email, 'Good morning, and welcome to @NorthDaleHealth']],
    'the app stood still on the evening before: that mail is not sent on the day itself',
  )
  t.match((await late.planned())[1], ['week-eve', 'failed'])
  const desk = (await (await late.visitor(LEAD.email)).get('/today')).body
  t.match(
    desk,
    'It was too late for it when it could have gone. Priya Nair did not get it, and it can still be sent from the page of the week.',
  )
  t.match(desk, 'A mail to Priya Nair was not sent')
  t.match(desk, 'latest yesterday')
  t.notMatch(desk, 'please check')
})

t.test('while the week waits for something, its mails say so', async (t) => {
  const { db, clock, accept, tend, visitor, weekId, idOf } = await world(t, { at: '2027-03-30T12:00:00Z' })
  await accept()
  await tend()
  const lead = await visitor(LEAD.email)
  const welcome = (await lead.get(`/weeks/${weekId}/mails/${await idOf('week-welcome')}`)).body
  const [waitsFor, better] = welcome.split('It does not wait for this')
  t.match(waitsFor, /It opens as soon as this is done:\n- read and sign the house rules/)
  t.notMatch(waitsFor, 'a portrait', 'a week opens without one')
  t.match(better, 'a portrait')
  const eve = (await lead.get(`/weeks/${weekId}/mails/${await idOf('week-eve')}`)).body
  t.match(eve, '@NorthDaleHealth is yours tomorrow', 'as it will be read when it goes')
  t.match(eve, /It opens Monday 9:00, London time, if this is done by then:\n- read and sign the house rules/)
  clock.moveTo(new Date('2027-04-05T08:00:00Z'))
  await tend()
  t.match(
    (await sentMails(db, clock)).at(-1)!.text,
    /It opens as soon as this is done:\n- read and sign the house rules/,
  )
})

t.test('an older copy holds what it can’t know to be sent, and plans on', async (t) => {
  const { db, clock, accept, tend, planned } = await world(t)
  await accept()
  await tend()
  const now = new Date('2027-03-10T12:00:00Z')
  clock.moveTo(now)
  await noteRestored(db, { copyOf: new Date('2027-03-02T00:00:00Z'), now, forgetTokens: false })
  await tend()
  t.same(
    (await planned()).map(([kind, state]) => `${kind} ${state}`),
    [
      'week-confirmed held',
      'week-four-weeks held',
      'week-one-week planned',
      'week-eve planned',
      'week-welcome planned',
      'week-last-day planned',
      'week-after planned',
    ],
  )
})

t.test('the account’s own words', async (t) => {
  const { visitor, clock, db, weekId } = await world(t)
  const lead = await visitor(LEAD.email)
  const owen = await visitor(APPROVER.email)
  const list = `/accounts/${ACCOUNT}/mails`
  for (const kind of WEEK_MAILS) t.match((await lead.get(list)).body, `${list}/${kind}`)
  const page = `${list}/week-one-week`
  t.match((await lead.get(page)).body, 'your week begins {countdown}')
  t.match((await owen.get(page)).body, 'your week begins in five weeks', 'approvers read them')
  t.notMatch((await owen.get(page)).body, 'Save the words')
  const words = { version: '0', subject: 'Soon, {name}', text: 'Hello {nmae},\nsoon.' }
  t.equal((await owen.post(page, page, { ...words, text: 'Hello' })).statusCode, 403)

  const unknown = await lead.post(page, page, words)
  t.equal(unknown.statusCode, 422)
  t.match(unknown.body, '{nmae} is no variable of this mail.')
  t.match(unknown.body, 'Hello {nmae},\nsoon.', 'what was typed')
  const preview = await lead.post(page, page, { ...words, text: 'Hello {name},\n{missing}', do: 'preview' })
  t.equal(preview.statusCode, 200)
  t.match(preview.body, 'As Priya Nair would read it now. Nothing is saved yet.')
  t.match(preview.body, 'Hello Priya Nair,\n- read and sign the house rules')
  t.match((await lead.get(page)).body, 'your week begins {countdown}', 'nothing was saved')
  t.equal((await lead.post(page, page, { ...words, text: 'Hello {name}' })).headers.location, list)
  t.match((await lead.get(list)).body, 'Your words, by Helen Marsh, Monday 1 March')
  t.equal((await lead.post(page, page, { ...words, text: 'Other' })).statusCode, 409, 'an old page')
  t.match((await lead.get(page)).body, 'Back to the standard words')
  await lead.post(page, page, { ...words, version: '1', do: 'default' })
  t.match((await lead.get(page)).body, 'your week begins {countdown}')

  const offer = `${list}/invitation`
  const without = await lead.post(offer, offer, { version: '0', subject: 'Hello', text: 'Come to us.' })
  t.equal(without.statusCode, 422)
  t.match(without.body, `Without ${INVITATION_LINK} nobody can accept`)
  const said = `Dear {name},\n\nplease: ${INVITATION_LINK}`
  await lead.post(offer, offer, { version: '0', subject: 'A week for {name}', text: said })
  const version = String((await findHostedWeek(db.read, weekId))!.week.version)
  await sentMails(db, clock)
  await lead.post(`/weeks/${weekId}`, `/weeks/${weekId}/invitation`, { version })
  t.match(await sentMails(db, clock), [
    {
      subject: 'A week for Priya Nair',
      text: /^Dear Priya Nair,\n\nplease: http\S+\/invitations\/\S{43}\n$/,
    },
  ])
  t.equal((await lead.get(`${list}/sign-in`)).statusCode, 404)
  t.match((await lead.get('/activity')).body, 'changed the account’s mails to hosts')
})

t.test('the certificate, once the week is over', async (t) => {
  const { db, clock, visitor, weekId, accept } = await world(t)
  const page = `/weeks/${weekId}/certificate`
  const lead = await visitor(LEAD.email)
  t.equal((await lead.get(page)).statusCode, 404, 'nobody has accepted')
  await accept()
  t.equal((await lead.get(page)).statusCode, 409)
  clock.moveTo(new Date('2027-04-09T17:00:00Z'))
  await said(db, [{ id: '1', when: 'Mon 9:00', text: 'Good morning.', more: { weekId } }])
  const priya = await visitor(PRIYA.email)
  const { body } = await priya.get(page)
  for (const fact of [
    'Priya Nair',
    'NorthDale Health',
    '5 to 9 April 2027',
    'Finding the word',
    'One post.',
    'Helen Marsh',
  ])
    t.match(body, fact)
  t.match((await priya.get(`/weeks/${weekId}`)).body, `href="${page}"`)
  t.match((await priya.get('/today')).body, `href="${page}"`)
})
