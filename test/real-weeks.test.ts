import { randomUUID } from 'node:crypto'
import t from 'tap'
import { foundAccount } from '../src/accounts/found-account.ts'
import { saveGrant } from '../src/accounts/connection.ts'
import { SANDBOX_APP } from '../src/compose.ts'
import { approveDraft, findDecidable, freezeDecidable } from '../src/drafts/decide-draft.ts'
import { fingerprint } from '../src/drafts/freeze.ts'
import { submitDraft } from '../src/drafts/submit-draft.ts'
import { beginDraft } from '../src/drafts/write-draft.ts'
import { choosePost } from '../src/listening/choose-post.ts'
import { findPostOnNetwork } from '../src/listening/posts.ts'
import { listSandboxMails } from '../src/mail/mails.ts'
import { findPersonByEmail } from '../src/people/people.ts'
import { deliveriesOfDrafts } from '../src/publishing/deliveries.ts'
import { acceptInvitation } from '../src/rota/invitations/accept-invitation.ts'
import { bookWeek } from '../src/rota/book-week.ts'
import { briefHost } from '../src/rota/readiness/brief-host.ts'
import { signAgreement } from '../src/rota/readiness/sign-agreement.ts'
import { DEFAULT_BRIEFING } from '../src/accounts/briefing.ts'
import { findActor } from '../src/rota/powers.ts'
import { findWeek } from '../src/rota/weeks.ts'
import { buildApp } from '../src/app.ts'
import { testSandbox } from './support/sandbox.ts'

/**
 * The two weeks with which this idea began, as facts: the NHS Wales account @1000LivesPlus in January and February 2015.
 * The posts' words are made for this test.
 */
const PAUL = {
  weekId: 'week-of-paul',
  slot: '2015-01-19',
  email: 'paul@1000lives.example',
  host: {
    name: 'Paul Gimson',
    handle: 'pgimmo',
    job: 'National Primary Care Manager',
    organisation: '1000 Lives',
    biography: '',
    portraitHash: null,
    signOff: '^PG',
  },
  theme: 'Primary care',
  why: 'The primary care conference in Cardiff on Thursday 22 January',
  events: [
    {
      name: 'Primary care conference',
      hashtag: '#PH1000Lives',
      place: 'Cardiff',
      startsAt: new Date('2015-01-22T09:00:00Z'),
      endsAt: new Date('2015-01-22T16:30:00Z'),
    },
  ],
}
const SARAH = {
  weekId: 'week-of-sarah',
  slot: '2015-02-02',
  email: 'sarah@1000lives.example',
  host: {
    name: 'Sarah Puntoni',
    handle: 'SarahPuntoni',
    job: 'Healthcare Improvement Lead Officer',
    organisation: '1000 Lives',
    biography: '',
    portraitHash: null,
    signOff: '^SP',
  },
  theme: 'Healthcare improvement',
  why: '',
  events: [],
}
const LEAD = 'lead@1000lives.example'

t.test('January 2015: a week from the booking to the recap, and the next one announced', async (t) => {
  const running = await testSandbox(t, '2015-01-12T09:00:00Z')
  const { deps, work } = running
  const { db, clock } = deps
  const sandbox = running.sandbox!
  const travel = (to: string) => sandbox.travelTo(new Date(to))
  const actorOf = async (email: string) =>
    (await findActor(db.read, (await findPersonByEmail(db.read, email))!.id, clock.now()))!
  const times = () => ({ now: clock.now(), machineNow: clock.machine() })

  await foundAccount(db, {
    account: {
      id: '1000lives',
      handle: '1000LivesPlus',
      name: '1000 Lives Plus',
      timeZone: 'Europe/London',
      hashtag: '#MyWorkingWeek',
      policy: { publishRecap: true },
    },
    people: [{ id: 'lead', name: 'The lead', email: LEAD, role: 'lead' }],
    now: clock.now(),
  })
  const grant = await sandbox.standIn.grantFor('1000LivesPlus', SANDBOX_APP)
  const user = await deps.network.me(grant.accessToken)
  if (!user.ok) throw new Error(user.problem.detail)
  await saveGrant(deps, { accountId: '1000lives', grant, user: user.value, personId: 'lead' })
  for (const week of [PAUL, SARAH]) {
    const actor = await actorOf(LEAD)
    await bookWeek(db, { accountId: '1000lives', ...week, invite: true, actor, ...times() })
  }
  await work.untilQuiet()
  const invitation = (await listSandboxMails(db.read)).find((mail) => mail.to === PAUL.email)
  t.match(
    invitation?.text,
    /http:\/\/127\.0\.0\.1:3000\/invitations\/[\w-]{40}/,
    'the host is invited by mail',
  )
  for (const { weekId, email } of [PAUL, SARAH]) {
    const actor = await actorOf(email)
    await acceptInvitation(db, { weekId, actor, now: clock.now() })
    await signAgreement(db, { weekId, number: 1, name: actor.name, actor, now: clock.now() })
    for (const point of DEFAULT_BRIEFING)
      await briefHost(db, { weekId, point, done: true, actor: await actorOf(LEAD), now: clock.now() })
  }
  t.equal((await findWeek(db.read, PAUL.weekId))?.state, 'announced')

  const say = async (
    texts: string[],
    wishedAt: string | null,
    answered: { networkId: string; handle: string; name: string; text: string } | null = null,
  ) => {
    const words = {
      parts: texts.map((text) => ({ text, images: [] })),
      signOff: null,
      wishedAt: wishedAt ? new Date(wishedAt) : null,
    }
    const host = await actorOf(PAUL.email)
    const draft = await beginDraft(db, {
      id: randomUUID(),
      place: { weekId: PAUL.weekId },
      words,
      answered,
      actor: host,
      now: clock.now(),
    })
    const more = { publicUrl: 'http://127.0.0.1:3000', ...times() }
    await submitDraft(db, { draftId: draft.id, version: draft.version, actor: host, ...more })
    const lead = await actorOf(LEAD)
    const frozen = freezeDecidable(await findDecidable(db.read, draft.id, lead))
    await approveDraft(db, { draftId: draft.id, fingerprint: fingerprint(frozen), actor: lead, ...more })
    return draft.id
  }

  await travel('2015-01-19T08:30:00Z')
  const question = await say(['What would make primary care in Wales better? #MyWorkingWeek'], null)
  await work.untilQuiet()
  t.equal(
    (await deliveriesOfDrafts(db.read, [question]))[0]?.state,
    'waiting',
    'nothing goes out before the week opens',
  )
  await travel('2015-01-19T09:00:00Z')
  const [asked] = await deliveriesOfDrafts(db.read, [question])
  t.equal(asked?.state, 'posted')
  t.equal(asked?.postedAt?.toISOString().slice(0, 16), '2015-01-19T09:00')

  const reply = await sandbox.standIn.postAs({
    handle: 'practice_nurse',
    name: 'A practice nurse',
    text: '@1000LivesPlus Time to listen.',
    replyTo: asked!.networkId!,
  })
  const stranger = await sandbox.standIn.postAs({
    handle: 'somebody_else',
    name: 'Somebody else',
    text: '@1000LivesPlus words that nobody chose',
    replyTo: asked!.networkId!,
  })
  await travel('2015-01-19T09:10:00Z')
  const heard = await findPostOnNetwork(db.read, '1000lives', reply.id)
  t.equal(heard?.weekId, PAUL.weekId, 'the reply came back')
  t.ok(await findPostOnNetwork(db.read, '1000lives', stranger.id))
  await choosePost(db, {
    postId: heard!.id,
    chosen: true,
    actor: await actorOf(PAUL.email),
    now: clock.now(),
  })
  const answer = await say(['That is the best answer so far.'], null, {
    networkId: reply.id,
    handle: 'practice_nurse',
    name: 'A practice nurse',
    text: reply.text,
  })
  const link = await say(
    ['Worth reading: https://www.1000lives.example/primary-care'],
    '2015-01-20T12:30:00Z',
  )
  const live = await say(
    [
      'The conference begins. #PH1000Lives',
      'First lesson: ask what matters. #PH1000Lives',
      'And then listen. #PH1000Lives',
    ],
    '2015-01-22T09:30:00Z',
  )
  await travel('2015-01-23T18:00:00Z')

  const stands = (await sandbox.standIn.timeline('1000LivesPlus')).map((post) => post.text)
  const all = await deliveriesOfDrafts(db.read, [question, answer, link, live])
  t.same(new Set(all.map((delivery) => delivery.state)), new Set(['posted']))
  t.equal(all.length, 6)
  t.equal(new Set(all.map((delivery) => delivery.networkId)).size, 6, 'each part stands once')
  t.ok(
    stands.some((text) => text.endsWith('^PG')),
    'signed off',
  )
  const thread = all
    .filter((delivery) => delivery.draftId === live)
    .toSorted((a, b) => a.position - b.position)
  t.ok(
    thread.every(
      (part, index) => index === 0 || BigInt(part.networkId!) > BigInt(thread[index - 1]!.networkId!),
    ),
  )

  t.equal((await findWeek(db.read, PAUL.weekId))?.state, 'closed', 'by the clock, not by a click')
  const app = await buildApp(deps)
  t.teardown(() => app.close())
  const page = await app.inject('/@1000LivesPlus/weeks/2015-01-19')
  t.equal(page.statusCode, 200)
  const text = page.body.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ')
  for (const fact of [
    'Paul Gimson',
    'Primary care',
    '19 to 23 January 2015',
    'Time to listen.',
    'First lesson',
    'Sarah Puntoni',
  ]) {
    t.match(text, fact)
  }
  t.notMatch(page.body, 'words that nobody chose')
  t.equal(page.headers['set-cookie'], undefined)
  t.ok(text.lastIndexOf('Sarah Puntoni') > text.lastIndexOf('And then listen'), 'the second week comes last')
  t.match((await app.inject('/@1000LivesPlus/rota')).body, '2 to 6 Feb')
})
