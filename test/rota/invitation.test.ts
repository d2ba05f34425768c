import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { declineWeek } from '../../src/drafts/week/decline-week.ts'
import { cancelWeek } from '../../src/drafts/week/cancel-week.ts'
import { replaceHost } from '../../src/drafts/week/replace-host.ts'
import { activity, invitations } from '../../src/db/schema/index.ts'
import { acceptInvitation } from '../../src/rota/invitations/accept-invitation.ts'
import { announceWeek } from '../../src/rota/announce-week.ts'
import { inviteHost } from '../../src/rota/invitations/invite-host.ts'
import { findHostedWeek } from '../../src/rota/weeks.ts'
import { testApp } from '../support/app.ts'
import { actorWith, aHost, aWeek, linkIn, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { anAccount, LEAD } from '../support/story.ts'

async function invited(t: Test) {
  const world = await testApp(t)
  const { db, clock } = world
  await anAccount(db, { now: clock.now() })
  const weekId = await aWeek(db, clock.now(), { theme: 'Finding the word' })
  const [mail] = await sentMails(db, clock)
  const helen = () => actorWith(db, LEAD.email, clock.now())
  const version = async () => (await findHostedWeek(db.read, weekId))!.week.version
  return { ...world, weekId, mail: mail!, link: linkIn(mail!.text), helen, version }
}

t.test('from the mail to the announced week', async (t) => {
  const { db, clock, visitor, weekId, mail, link } = await invited(t)
  t.equal(mail.to, PRIYA.email)
  t.match(mail.text, 'Helen Marsh asks you to host @NorthDaleHealth, the account of NorthDale Health on X')
  t.match(mail.text, '23 to 27 November')
  const token = link.split('/').at(-1)!
  t.notOk(
    (await db.read.select().from(invitations)).some(({ tokenHash }) => tokenHash === token),
    'kept as a hash',
  )

  const priya = await visitor()
  const page = await priya.get(link)
  t.equal(page.statusCode, 200, 'nobody has to sign in to read it')
  for (const piece of [
    'Helen Marsh or Owen Price',
    'Monday 9:00',
    'Friday 18:00',
    'London',
    'Describe every picture',
  ])
    t.match(page.body, piece)

  t.match(page.body, 'href="mailto:helen@north.example">Helen Marsh, helen@north.example</a>')
  t.match(page.body, 'Say no to this week')

  t.equal((await priya.post(link, `${link}/sign-in-mail`)).statusCode, 200)
  const [signIn] = await sentMails(db, clock)
  t.equal(signIn!.to, PRIYA.email)
  const signInLink = linkIn(signIn!.text)
  const back = (await priya.post(signInLink, signInLink)).headers.location as string
  t.equal(back, `/weeks/${weekId}/invitation`, 'and back to where they came from')
  t.match((await priya.get(back)).body, 'Yes, I take the week')
  const accepted = await priya.post(back, `/weeks/${weekId}/acceptance`)
  t.equal(accepted.headers.location, `/today?week=${weekId}`)
  const theirs = (await priya.get(`/today?week=${weekId}`)).body
  t.match(theirs, 'The week is yours, and @NorthDaleHealth says so.')
  t.match(theirs, 'Write something')
  const { week, host } = (await findHostedWeek(db.read, weekId))!
  t.match(week, { state: 'announced', announcedAt: clock.now() })
  t.same(host!.acceptedAt, clock.now())
  await priya.post(`/weeks/${weekId}`, `/weeks/${weekId}/acceptance`)
  const kinds = (await db.read.select().from(activity).where(eq(activity.weekId, weekId))).map(
    ({ kind }) => kind,
  )
  t.same(kinds, ['week.booked', 'host.invited', 'host.accepted', 'week.announced'], 'accepting twice is once')
  t.match(
    (await (await visitor()).get(link)).body,
    'You have accepted',
    'the link still leads to a sign-in mail',
  )
})

t.test('a link that leads nowhere any more says why', async (t) => {
  const over = await invited(t)
  over.clock.moveTo(new Date('2026-11-27T18:00:00Z'))
  const late = await (await over.visitor()).get(over.link)
  t.equal(late.statusCode, 410)
  t.match(late.body, 'The week is over')

  const other = await invited(t)
  const { db, clock, weekId, helen, version } = other
  const by = { weekId, actor: await helen(), now: clock.now(), machineNow: clock.machine(), reason: '' }
  await replaceHost(db, {
    ...by,
    version: await version(),
    email: MEI.email,
    host: aHost(MEI.name),
    theme: '',
    why: '',
    invite: true,
  })
  const replaced = await (await other.visitor()).get(other.link)
  t.equal(replaced.statusCode, 410)
  t.match(replaced.body, 'gone to somebody else')
  const meis = (await sentMails(db, clock)).find(({ to }) => to === MEI.email)!
  t.equal((await (await other.visitor()).get(linkIn(meis.text))).statusCode, 200)

  await cancelWeek(db, { ...by, version: await version() })
  const cancelled = await (await other.visitor()).get(linkIn(meis.text))
  t.equal(cancelled.statusCode, 410)
  t.match(cancelled.body, 'The week was cancelled')
  const stranger = await other.visitor()
  const mail = await stranger.post('/sign-in', `${linkIn(meis.text)}/sign-in-mail`)
  t.equal(mail.statusCode, 303, 'and mails nothing')
  t.same(
    (await sentMails(db, clock)).map(({ subject }) => subject),
    ['Your week at @NorthDaleHealth is cancelled'],
  )

  const invented = await (await other.visitor()).get('/invitations/invented')
  t.equal(invented.statusCode, 404)
  t.match(invented.body, 'We don’t know this invitation')
  t.match(invented.body, 'made before a backup of this site was put back: then ask for a new one')
})

t.test('sending it again: both links work, one press sends one mail', async (t) => {
  const { db, clock, visitor, weekId, link, helen, version } = await invited(t)
  const again = {
    weekId,
    version: await version(),
    actor: await helen(),
    now: clock.now(),
    machineNow: clock.machine(),
  }
  const results = await Promise.allSettled([inviteHost(db, again), inviteHost(db, again)])
  t.same(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
  const [mail, ...more] = await sentMails(db, clock)
  t.same(more, [])
  for (const one of [link, linkIn(mail!.text)]) t.equal((await (await visitor()).get(one)).statusCode, 200)
  const priya = await actorWith(db, PRIYA.email, clock.now())
  await acceptInvitation(db, { weekId, actor: priya, now: clock.now() })
  await t.rejects(inviteHost(db, { ...again, version: await version() }), {
    message: 'Priya Nair has accepted already.',
  })
})

t.test('nobody accepts for somebody else, or too late', async (t) => {
  const { db, clock, weekId, helen } = await invited(t)
  await t.rejects(acceptInvitation(db, { weekId, actor: await helen(), now: clock.now() }), {
    message: 'Only the host can accept an invitation.',
  })
  await aWeek(db, clock.now(), { slot: '2026-12-07', who: MEI })
  const mei = await actorWith(db, MEI.email, clock.now())
  await t.rejects(acceptInvitation(db, { weekId, actor: mei, now: clock.now() }), { message: /nothing here/ })
  const late = new Date('2026-11-27T18:00:00Z')
  const priya = await actorWith(db, PRIYA.email, late)
  await t.rejects(acceptInvitation(db, { weekId, actor: priya, now: late }), { message: /This week is over/ })
})

t.test('saying no from the mail, without signing in', async (t) => {
  const { db, clock, visitor, weekId, link } = await invited(t)
  const nobody = await visitor()
  const answered = await nobody.post(link, `${link}/refusal`, { words: 'I am on leave then.' })
  t.equal(answered.headers.location, link)
  t.match((await nobody.get(link)).body, 'You said no')
  await nobody.post('/sign-in', `${link}/refusal`, { words: 'Again' })

  const { week, host } = (await findHostedWeek(db.read, weekId))!
  t.match(host, { declinedAt: clock.now(), declinedWords: 'I am on leave then.', acceptedAt: null })
  t.equal(week.theme, 'Finding the word', 'the week keeps what was thought of for it')
  const mails = await sentMails(db, clock)
  t.same(
    mails.map(({ to }) => to),
    [LEAD.email, PRIYA.email],
    'told once: the lead, and the booked address in case it was somebody else',
  )
  t.match(mails[0]!.text, 'Priya Nair writes: I am on leave then.')
  t.match(mails[0]!.text, `/weeks/${weekId}/replacement`)
  t.match(mails[1]!.text, 'If this wasn’t you, or you have changed your mind, please write to Helen Marsh')
  t.same(
    (await db.read.select().from(activity).where(eq(activity.kind, 'host.declined'))).map(
      ({ details }) => details['reason'],
    ),
    ['I am on leave then.'],
  )
  t.equal((await nobody.get(`/weeks/${weekId}`)).statusCode, 303, 'the link signs nobody in')
})

t.test('saying no when signed in ends the host’s powers, and the lead finds one next step', async (t) => {
  const { db, clock, visitor, helen, weekId, link, version } = await invited(t)
  await announceWeek(db, { weekId, version: await version(), actor: await helen(), now: clock.now() })
  const priya = await visitor(PRIYA.email)
  const { body: asked } = await priya.get('/today')
  t.match(asked, 'No, thank you')
  const no = await priya.post('/today', `/weeks/${weekId}/refusal`, {})
  t.equal(no.headers.location, '/today')
  t.match((await priya.get('/today')).body, 'You said no to that week, and the team has been told.')
  for (const path of [`/weeks/${weekId}`, `/drafts/new?week=${weekId}`])
    t.equal((await priya.get(path)).statusCode, 404, path)
  t.equal((await priya.post('/today', `/weeks/${weekId}/acceptance`, {})).statusCode, 404)
  t.equal((await (await visitor()).get('/@NorthDaleHealth/weeks/2026-11-23')).statusCode, 404, 'not public')
  t.match((await findHostedWeek(db.read, weekId))!.week, { state: 'booked', announcedAt: null })

  const lead = await visitor(LEAD.email)
  t.match((await lead.get('/today')).body, 'Priya Nair can’t take 23 to 27 November')
  t.match((await lead.get('/rota')).body, 'Said no')
  const page = (await lead.get(`/weeks/${weekId}`)).body
  t.match(page, 'Priya Nair said no')
  t.match(page, 'Ask somebody else')
  t.notMatch(page, /Send it again|Announce it now/)
  for (const step of ['invitation', 'announcement'])
    t.equal(
      (await lead.post(`/weeks/${weekId}`, `/weeks/${weekId}/${step}`, { version: `${await version()}` }))
        .statusCode,
      409,
      step,
    )

  await sentMails(db, clock)
  const replacement = `/weeks/${weekId}/replacement`
  t.match((await lead.get(replacement)).body, 'value="Finding the word"')
  const { email, name } = MEI
  const booked = await lead.post(replacement, replacement, {
    ...aHost(name, { job: 'ward sister' }),
    portraitHash: '',
    version: `${await version()}`,
    email,
    theme: 'Finding the word',
    why: '',
    reason: '',
  })
  t.equal(booked.headers.location, `/weeks/${weekId}`, booked.body)
  t.same(
    (await sentMails(db, clock)).map(({ to }) => to),
    [email],
    'who said no hears nothing more',
  )
  t.equal((await (await visitor()).get(link)).statusCode, 410)
  t.notMatch((await lead.get('/today')).body, 'can’t take')
})

t.test('who can’t say no', async (t) => {
  const { db, clock, visitor, helen, weekId, link } = await invited(t)
  const common = { words: '', publicUrl: '', now: clock.now(), machineNow: clock.machine() }
  await t.rejects(declineWeek(db, { weekId, actor: await helen() }, common), /Only the host/)
  await t.rejects(declineWeek(db, { token: 'invented' }, common), /nothing here/)
  const priya = await actorWith(db, PRIYA.email, clock.now())
  await acceptInvitation(db, { weekId, actor: priya, now: clock.now() })
  await t.rejects(declineWeek(db, { weekId, actor: priya }, common), /You have accepted this week/)
  const nobody = await visitor()
  await nobody.post(link, `${link}/refusal`, { words: '' })
  t.equal((await findHostedWeek(db.read, weekId))!.host!.declinedAt, null, 'not by the link either')
})

t.test('a typo in the address, mended before anybody accepted', async (t) => {
  const { db, clock, visitor, weekId, link, version } = await invited(t)
  const lead = await visitor(LEAD.email)
  t.match((await lead.get(`/weeks/${weekId}`)).body, `href="/weeks/${weekId}/address"`)
  const stranger = await visitor(PRIYA.email)
  const form = `/weeks/${weekId}/address`
  t.match((await lead.get(form)).body, `The invitation to ${PRIYA.email} stops working`)
  const same = await lead.post(form, form, { version: `${await version()}`, email: PRIYA.email })
  t.equal(same.statusCode, 422)
  await lead.post(form, `/weeks/${weekId}/invitation`, { version: `${await version()}` })

  const email = 'priya.nair@north.example'
  const mended = await lead.post(form, form, { version: `${await version()}`, email })
  t.equal(mended.headers.location, `/weeks/${weekId}`)
  t.equal((await (await visitor()).get(link)).statusCode, 404, 'the old link is void')
  t.equal((await stranger.get(`/weeks/${weekId}`)).statusCode, 303, 'and whoever read that mailbox is out')
  const mails = await sentMails(db, clock)
  t.same(
    mails.map(({ to }) => to),
    [email],
    'what still lay in the outbox for the old address is not sent',
  )
  t.equal((await (await visitor()).get(linkIn(mails[0]!.text))).statusCode, 200)
  const { host } = (await findHostedWeek(db.read, weekId))!
  t.match(host, { name: PRIYA.name, acceptedAt: null })
  t.match((await lead.get('/activity')).body, 'e-mail address')
})

t.test('an invitation never goes to somebody else under the name of its host', async (t) => {
  const { db, clock, visitor, weekId, version } = await invited(t)
  const meis = await aWeek(db, clock.now(), { slot: '2026-11-30', who: MEI })
  await sentMails(db, clock)
  const lead = await visitor(LEAD.email)
  const before = (await findHostedWeek(db.read, weekId))!
  const form = `/weeks/${weekId}/address`
  for (const email of [MEI.email, MEI.email.toUpperCase()])
    for (const more of [{}, { asked: email }]) {
      const refused = await lead.post(form, form, { version: `${await version()}`, email, ...more })
      t.equal(refused.statusCode, 422)
      t.match(refused.body, `This is the address of ${MEI.name}. Is it them?`)
    }
  t.same(await findHostedWeek(db.read, weekId), before, 'the week stays as it is')
  t.match((await findHostedWeek(db.read, meis))!.host, { name: MEI.name })
  t.same(await sentMails(db, clock), [], 'and nobody is written to')
})

t.test('an address that changes after the week was accepted', async (t) => {
  const { db, clock, visitor, weekId, version } = await invited(t)
  const hosting = await actorWith(db, PRIYA.email, clock.now())
  await acceptInvitation(db, { weekId, actor: hosting, now: clock.now() })
  const priya = await visitor(PRIYA.email)
  const lead = await visitor(LEAD.email)
  const form = `/weeks/${weekId}/address`
  const taken = await lead.post(form, form, { version: `${await version()}`, email: LEAD.email })
  t.equal(taken.statusCode, 422)
  t.match(taken.body, 'Somebody else has this address.')
  const email = 'p.nair@north.example'
  await lead.post(form, form, { version: `${await version()}`, email })
  t.equal((await priya.get('/today')).statusCode, 303, 'signed out')
  t.same(
    (await sentMails(db, clock)).map(({ to, subject }) => [to, subject]),
    [PRIYA.email, email].map((to) => [to, 'Your address for @NorthDaleHealth has changed']),
  )
  const after = await actorWith(db, email, clock.now())
  t.same(after.hosting, hosting.hosting, 'the same person, with the same week')
})
