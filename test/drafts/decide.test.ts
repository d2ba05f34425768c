import { eq } from 'drizzle-orm'
import t from 'tap'
import type { Database } from '../../src/db/database.ts'
import {
  activity,
  connections,
  decisions,
  deliveries,
  draftRevisions,
  drafts,
  mails,
  weekHosts,
  weeks,
} from '../../src/db/schema/index.ts'
import {
  approveDraft,
  declineDraft,
  findDecidable,
  freezeDecidable,
  requestChanges,
} from '../../src/drafts/decide-draft.ts'
import { fingerprint } from '../../src/drafts/freeze.ts'
import { submitDraft } from '../../src/drafts/submit-draft.ts'
import { endUndecided, nextEnd } from '../../src/drafts/queue/end-undecided.ts'
import { nextUndecided, tellUndecided } from '../../src/drafts/queue/tell-undecided.ts'
import { beginDraft, saveDraft, withdrawDraft } from '../../src/drafts/write-draft.ts'
import { Conflict, NotAllowed, NotFound, Refused } from '../../src/errors.ts'
import type { Actor } from '../../src/people/person.ts'
import type { NetworkPost } from '../../src/networks/network.ts'
import { noteRestored } from '../../src/note-restored.ts'
import { keepWhatIsNotKnown } from '../../src/publishing/restores.ts'
import { findActor } from '../../src/rota/powers.ts'
import { testApp } from '../support/app.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, JOSEPH_HOSTS, josephsWeek, WEEK } from '../support/submitted.ts'

const NOW = new Date('2026-11-18T10:42:00Z')

async function aDesk(t: Parameters<typeof testDatabase>[0], policy: { selfApproval?: boolean } = {}) {
  const { db } = testDatabase(t)
  await anAccount(db, { now: NOW, policy })
  await josephsWeek(db)
  const actor = async (id: string) => (await findActor(db.read, id, NOW))!
  const [helen, owen, joseph] = [await actor(LEAD.id), await actor(APPROVER.id), await actor(JOSEPH.id)]
  return { db, helen, owen, joseph }
}

/** What the form carries after somebody has read the draft. */
async function read(db: Database, draftId: string, actor: Actor, { now = NOW, newTime = '' } = {}) {
  const time = newTime ? new Date(newTime) : undefined
  const decidable = await findDecidable(db.read, draftId, actor)
  return {
    draftId,
    fingerprint: fingerprint(freezeDecidable(decidable, time)),
    newTime: time,
    actor,
    now,
    machineNow: NOW,
    publicUrl: 'https://week.example',
  }
}

const thrown = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

const draftOf = async (db: Database, id: string) =>
  (await db.read.select().from(drafts).where(eq(drafts.id, id)))[0]!

t.test('approving freezes what was read and puts it on its way', async (t) => {
  const { db, owen } = await aDesk(t)
  await db.write((tx) =>
    tx
      .insert(connections)
      .values({ accountId: ACCOUNT, state: 'connected', networkUserId: '77', changedAt: NOW }),
  )
  const id = await aSubmittedDraft(db, {
    parts: [
      { text: 'One', images: [{ hash: 'aa', alt: 'A bed' }] },
      { text: 'Two', images: [] },
    ],
    replyTo: '42',
  })
  const seen = await read(db, id, owen)
  t.same(await approveDraft(db, { ...seen, comment: ' Lovely. ' }), {
    goesOutAt: new Date('2026-11-18T12:30:00Z'),
    held: false,
    first: false,
  })
  t.equal((await draftOf(db, id)).state, 'approved')
  const [decision] = await db.read.select().from(decisions)
  t.match(decision, { kind: 'approved', personId: 'owen', ownWork: false, comment: 'Lovely.' })
  t.equal(decision!.fingerprint, seen.fingerprint)
  t.match(JSON.parse(decision!.frozen), { account: ACCOUNT, networkUser: '77', replyTo: '42' })
  const queued = await db.read.select().from(deliveries).orderBy(deliveries.position)
  t.match(queued, [
    {
      state: 'waiting',
      position: 0,
      parts: 2,
      weekId: WEEK,
      decisionId: decision!.id,
      networkUserId: '77',
      dueAt: new Date('2026-11-18T12:30:00Z'),
      payload: { text: 'One', images: [{ hash: 'aa', alt: 'A bed' }], replyTo: '42' },
    },
    { position: 1, payload: { text: 'Two ^JA', images: [], replyTo: null } },
  ])
  t.match(await db.read.select().from(activity).where(eq(activity.kind, 'draft.approved')), [
    { personId: 'owen', draftId: id, weekId: WEEK, details: { comment: 'Lovely.' } },
  ])
  const [mail] = await db.read.select().from(mails)
  t.match(mail, { kind: 'draft-approved', to: JOSEPH.email, state: 'queued' })
  for (const fact of ['Owen Price approved', 'today at 12:30 (London time)', 'Two ^JA', 'Lovely.'])
    t.ok(mail!.text.includes(fact), fact, { text: mail!.text })
  t.ok(mail!.text.includes(`https://week.example/drafts/${id}`))
})

t.test('what changed meanwhile is not approved', async (t) => {
  const { db, owen, helen, joseph } = await aDesk(t)
  const nothingHappened = async (t: { equal(a: unknown, b: unknown): void }) => {
    t.equal((await db.read.select().from(decisions)).length, 0)
    t.equal((await db.read.select().from(deliveries)).length, 0)
  }
  await t.test('taken back, and submitted again with other words', async (t) => {
    const id = '0b0f7c3e-0d6a-4a3e-9a51-3a1d8f1f2b11'
    const words = (text: string) => ({ parts: [{ text, images: [] }], signOff: null, wishedAt: null })
    const common = {
      draftId: id,
      actor: joseph,
      now: NOW,
      machineNow: NOW,
      publicUrl: 'https://week.example',
    }
    const begun = await beginDraft(db, {
      id,
      place: { weekId: WEEK },
      words: words('These words'),
      actor: joseph,
      now: NOW,
    })
    const first = await submitDraft(db, { ...common, version: begun.version })
    const seen = await read(db, id, owen)
    const back = await withdrawDraft(db, { ...common, version: first.version })
    await t.test('while it is being changed', async (t) => {
      t.match(await thrown(approveDraft(db, seen)), { message: /taken this draft back/ })
    })
    const changed = await saveDraft(db, { ...common, version: back.version, words: words('Other words') })
    await submitDraft(db, { ...common, version: changed.version })
    t.type(await thrown(approveDraft(db, seen)), Conflict)
    t.type(await thrown(requestChanges(db, { ...seen, comment: 'Why?' })), Conflict)
    await nothingHappened(t)
  })
  await t.test('another time', async (t) => {
    const id = await aSubmittedDraft(db)
    const seen = await read(db, id, owen)
    await db.write((tx) => tx.update(drafts).set({ wishedAt: null }).where(eq(drafts.id, id)))
    t.type(await thrown(approveDraft(db, seen)), Conflict)
    await nothingHappened(t)
  })
  await t.test('taken back', async (t) => {
    const id = await aSubmittedDraft(db)
    const seen = await read(db, id, owen)
    await db.write((tx) => tx.update(drafts).set({ state: 'writing' }).where(eq(drafts.id, id)))
    await t.rejects(approveDraft(db, seen), { message: /taken this draft back/ })
    await nothingHappened(t)
  })
  await t.test('connected to another user', async (t) => {
    const id = await aSubmittedDraft(db)
    const seen = await read(db, id, owen)
    await db.write((tx) =>
      tx
        .insert(connections)
        .values({ accountId: ACCOUNT, state: 'connected', networkUserId: '78', changedAt: NOW }),
    )
    t.type(await thrown(approveDraft(db, seen)), Conflict)
    await nothingHappened(t)
  })
  await t.test('approved twice at the same moment', async (t) => {
    const id = await aSubmittedDraft(db, { text: 'Only once' })
    const [first, second] = [await read(db, id, owen), await read(db, id, helen)]
    const results = await Promise.allSettled([approveDraft(db, first), approveDraft(db, second)])
    t.same(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    const { reason } = results.find((result) => result.status === 'rejected') as PromiseRejectedResult
    t.match(reason, new Conflict('Somebody has approved this draft already.'))
    t.equal((await db.read.select().from(deliveries)).length, 1)
    t.equal((await db.read.select().from(decisions)).length, 1)
  })
  await t.test('the same words on their way already: nothing of the decision stays', async (t) => {
    const id = await aSubmittedDraft(db, { text: 'Only once', wishedAt: '2026-11-18T15:00:00Z' })
    t.type(await thrown(approveDraft(db, await read(db, id, owen))), Conflict)
    t.equal((await draftOf(db, id)).state, 'submitted')
    t.equal((await db.read.select().from(decisions)).length, 1)
  })
})

t.test('four eyes', async (t) => {
  const cases = [
    { what: 'one’s own draft', by: 'helen' as const, edited: null, decider: LEAD.id },
    {
      what: 'a host’s draft that the lead had edited',
      by: 'joseph' as const,
      edited: LEAD.id,
      decider: LEAD.id,
    },
  ]
  for (const selfApproval of [false, true]) {
    for (const { what, by, edited, decider } of cases) {
      await t.test(`${what}, ${selfApproval ? 'allowed' : 'not allowed'}`, async (t) => {
        const { db, owen } = await aDesk(t, { selfApproval })
        const actor = (await findActor(db.read, decider, NOW))!
        const id = await aSubmittedDraft(db, { by })
        if (edited)
          await db.write((tx) =>
            tx.insert(draftRevisions).values({
              draftId: id,
              number: 2,
              content: { parts: [{ text: 'x', images: [] }] },
              authorId: edited,
              at: NOW,
            }),
          )
        const seen = await read(db, id, actor)
        if (selfApproval) {
          await approveDraft(db, seen)
          t.match(await db.read.select().from(decisions), [{ ownWork: true, personId: decider }])
          t.match(await db.read.select().from(activity).where(eq(activity.kind, 'draft.approved')), [
            { details: { ownWork: true } },
          ])
        } else {
          t.type(await thrown(approveDraft(db, seen)), NotAllowed)
          t.equal((await draftOf(db, id)).state, 'submitted')
          await approveDraft(db, await read(db, id, owen))
          t.match(await db.read.select().from(decisions), [{ ownWork: false, personId: owen.personId }])
        }
      })
    }
  }
})

t.test('who changed the sign-off has written in the draft', async (t) => {
  const { db, helen } = await aDesk(t)
  const owens = { ...helen, personId: APPROVER.id }
  const words = { parts: [{ text: 'Good evening.', images: [] }], wishedAt: null }
  const common = { draftId: 'd', now: NOW, machineNow: NOW, publicUrl: 'https://week.example' }
  await beginDraft(db, {
    id: 'd',
    place: { weekId: WEEK },
    words: { ...words, signOff: '^OP' },
    actor: owens,
    now: NOW,
  })
  await saveDraft(db, { ...common, version: 1, words: { ...words, signOff: '^Vote!' }, actor: helen })
  await submitDraft(db, { ...common, version: 2, actor: owens })
  t.type(await thrown(approveDraft(db, await read(db, 'd', helen))), NotAllowed)
})

t.test('who decides', async (t) => {
  const { db, joseph } = await aDesk(t)
  const id = await aSubmittedDraft(db)
  const form = { draftId: id, fingerprint: '', actor: joseph, now: NOW, machineNow: NOW, publicUrl: '' }
  t.type(await thrown(approveDraft(db, form)), NotAllowed, 'a host sees it, and does not decide it')
  const stranger = { ...joseph, hosting: [] }
  t.type(await thrown(approveDraft(db, { ...form, actor: stranger })), NotFound)
  t.type(await thrown(declineDraft(db, { ...form, actor: stranger, comment: 'No' })), NotFound)
})

t.test('when it goes out', async (t) => {
  const early = new Date('2026-11-13T10:00:00Z')
  const late = new Date('2026-11-18T13:00:00Z')
  const cases: [
    what: string,
    input: { wishedAt: string | null; now: Date; newTime?: string; by?: 'helen' },
    answer: string | RegExp,
  ][] = [
    ['at the wished time', { wishedAt: '2026-11-18T12:30:00Z', now: NOW }, '2026-11-18T12:30:00.000Z'],
    ['as soon as approved', { wishedAt: null, now: NOW }, NOW.toISOString()],
    ['a host’s not before the week opens', { wishedAt: null, now: early }, '2026-11-16T09:00:00.000Z'],
    ['the account’s own at once', { wishedAt: null, now: early, by: 'helen' }, early.toISOString()],
    ['its time has passed', { wishedAt: '2026-11-18T12:30:00Z', now: late }, /has passed/],
    [
      'with a new time',
      { wishedAt: '2026-11-18T12:30:00Z', now: late, newTime: '2026-11-18T13:15:00Z' },
      '2026-11-18T13:15:00.000Z',
    ],
    [
      'with a new time that has passed too',
      { wishedAt: '2026-11-18T12:30:00Z', now: late, newTime: '2026-11-18T12:59:00Z' },
      /has passed/,
    ],
    [
      'a new time after the week',
      { wishedAt: '2026-11-18T12:30:00Z', now: late, newTime: '2026-11-21T10:00:00Z' },
      /outside the week/,
    ],
    [
      'a new time where the wished one is still ahead',
      { wishedAt: '2026-11-18T12:30:00Z', now: NOW, newTime: '2026-11-18T13:15:00Z' },
      /changed while you were reading/,
    ],
    ['after the close', { wishedAt: null, now: new Date('2026-11-20T18:00:00Z') }, /closed today at 18:00/],
  ]
  for (const [what, { wishedAt, now, newTime = '', by = 'joseph' }, answer] of cases) {
    await t.test(what, async (t) => {
      const { db, owen } = await aDesk(t)
      const id = await aSubmittedDraft(db, { wishedAt, by })
      const seen = await read(db, id, owen, { now, newTime })
      if (typeof answer === 'string') {
        t.equal((await approveDraft(db, seen)).goesOutAt.toISOString(), answer)
        t.equal((await db.read.select().from(deliveries))[0]?.dueAt.toISOString(), answer)
        if (newTime) t.equal((await draftOf(db, id)).wishedAt?.toISOString(), answer, 'the plan shows it too')
      } else {
        await t.rejects(approveDraft(db, seen), { message: answer })
        t.equal((await draftOf(db, id)).state, 'submitted')
      }
    })
  }
})

t.test('the week or its host is gone', async (t) => {
  const { db, owen } = await aDesk(t)
  const hosts = await aSubmittedDraft(db)
  const own = await aSubmittedDraft(db, { by: 'helen', text: 'The desk says hello.' })
  const replaced = { endedAt: NOW, ending: 'replaced' as const }
  await db.write((tx) => tx.update(weekHosts).set(replaced).where(eq(weekHosts.id, JOSEPH_HOSTS)))
  await t.rejects(approveDraft(db, await read(db, hosts, owen)), {
    message: /does not host this week any more/,
  })
  await db.write((tx) => tx.update(weeks).set({ state: 'cancelled' }).where(eq(weeks.id, WEEK)))
  await t.rejects(approveDraft(db, await read(db, hosts, owen)), { message: /week was cancelled/ })
  await approveDraft(db, await read(db, own, owen))
  t.match(
    await db.read.select().from(deliveries),
    [{ draftId: own, weekId: null }],
    'the account’s own still goes',
  )
  await declineDraft(db, { ...(await read(db, hosts, owen)), comment: 'Your week is over.' })
  t.same(
    (await db.read.select().from(mails)).map(({ to }) => to),
    [LEAD.email],
    'who hosts no more is not written to',
  )
})

t.test('asking for changes and declining', async (t) => {
  const { db, owen } = await aDesk(t)
  const first = await aSubmittedDraft(db)
  t.type(await thrown(requestChanges(db, { ...(await read(db, first, owen)), comment: '  ' })), Refused)
  await requestChanges(db, { ...(await read(db, first, owen)), comment: 'Without the number, please.' })
  t.equal((await draftOf(db, first)).state, 'changes-requested')
  const second = await aSubmittedDraft(db)
  t.match(await thrown(declineDraft(db, await read(db, second, owen))), { fields: { comment: /why/ } })
  await declineDraft(db, { ...(await read(db, second, owen)), comment: 'Said on Monday already.' })
  t.equal((await draftOf(db, second)).state, 'declined')
  t.type(await thrown(declineDraft(db, { ...(await read(db, second, owen)), comment: 'Again' })), Conflict)
  t.match(await db.read.select().from(decisions).orderBy(decisions.kind), [
    { kind: 'changes-requested', comment: 'Without the number, please.', revision: 1 },
    { kind: 'declined', comment: 'Said on Monday already.' },
  ])
  const told = await db.read.select().from(mails).orderBy(mails.kind)
  t.match(told, [{ kind: 'changes-requested' }, { kind: 'draft-declined' }])
  t.ok(told[0]!.text.includes('Without the number, please.'))
  t.equal((await db.read.select().from(deliveries)).length, 0)
})

t.test('nobody decided before the week closed', async (t) => {
  const world = await testApp(t, { at: '2026-11-20T17:59:00Z' })
  const { db, clock, visitor } = world
  await anAccount(db, { now: NOW })
  await josephsWeek(db)
  const id = await aSubmittedDraft(db, { text: 'What a bed weighs, in full.' })
  const soon = await aSubmittedDraft(db, { wishedAt: null, text: 'The night lift.' })
  const unfinished = await aSubmittedDraft(db, { state: 'writing', wishedAt: null, text: 'Half a thought.' })
  const own = await aSubmittedDraft(db, { by: 'helen', wishedAt: null, text: 'From the team itself.' })
  const end = () =>
    endUndecided(db, { now: clock.now(), machineNow: clock.machine(), publicUrl: 'https://week.example' })
  t.same(await nextEnd(db.read), new Date('2026-11-20T18:00:00Z'))
  t.equal(await end(), 0, 'the week is open')
  clock.moveTo(new Date('2026-11-20T18:00:00Z'))
  t.equal(await end(), 2)
  t.equal(await end(), 0, 'once')
  t.equal(await nextEnd(db.read), null)
  t.equal((await draftOf(db, own)).state, 'submitted', 'what is the account’s own goes on waiting')

  const sent = await db.read.select().from(mails)
  t.match(
    sent.map(({ to, subject }) => [to, subject]),
    [
      [JOSEPH.email, 'Not decided before your week closed: 2 drafts'],
      [LEAD.email, 'Not decided before Joseph Adeyemi’s week closed: 2 drafts'],
    ],
    'one mail each',
  )
  t.match(sent[0]!.text, 'What a bed weighs, in full.')
  t.match(sent[0]!.text, `/drafts/${soon}`)

  const helen = await visitor(LEAD.email)
  const queue = (await helen.get('/queue')).body
  t.notMatch(queue, 'What a bed weighs', 'the queue is for what can be decided')
  t.match(queue, 'From the team itself.')
  t.notMatch((await helen.get('/today')).body, 'What a bed weighs')
  const joseph = await visitor(JOSEPH.email)
  const mine = (await joseph.get('/today')).body
  t.notMatch(mine, 'Needs a new time')
  t.match(mine, 'Did not go out')
  const read = (await joseph.get(`/drafts/${id}`)).body
  t.match(read, 'Nobody decided it before the week closed')
  t.match(read, 'What a bed weighs, in full.', 'it is kept to read')
  t.match((await joseph.get(`/drafts/${unfinished}`)).body, 'It had not been submitted when the week closed')

  const page = (await helen.get(`/drafts/${id}`)).body
  t.match(page, 'You can take it over for the account')
  const version = /name="version" value="(\d+)"/.exec(page)![1]!
  const text = { 'part-1-text': 'What a bed weighs, in full.', 'sign-off': '', when: 'soon' }
  const done = await helen.post(`/drafts/${id}`, `/drafts/${id}/submission`, {
    ...text,
    version,
    'take-over': 'yes',
  })
  t.equal(done.statusCode, 303)
  t.match(await draftOf(db, id), { state: 'submitted', weekHostId: null }, 'and is the account’s own then')
  t.equal(await end(), 0)
  t.match((await helen.get('/activity')).body, 'which nobody had decided when its host’s week closed')
})

t.test('of a week that closed long ago nobody is mailed any more', async (t) => {
  const { db, clock } = await testApp(t, { at: '2026-11-19T10:00:00Z' })
  await anAccount(db, { now: NOW })
  await josephsWeek(db)
  const id = await aSubmittedDraft(db, { text: 'What a bed weighs, in full.' })
  clock.moveTo(new Date('2026-11-24T09:00:00Z'))
  const at = { now: clock.now(), machineNow: clock.machine(), publicUrl: 'https://week.example' }
  t.equal(await endUndecided(db, at), 1)
  t.equal((await draftOf(db, id)).state, 'writing')
  t.equal(await db.read.$count(mails), 0)
})

t.test('nobody decided in time', async (t) => {
  const { db } = await aDesk(t)
  const id = await aSubmittedDraft(db)
  await aSubmittedDraft(db, { wishedAt: null })
  const tell = (at: string) =>
    tellUndecided(db, { now: new Date(at), machineNow: NOW, publicUrl: 'https://week.example' })
  t.same(await nextUndecided(db.read), new Date('2026-11-18T12:30:00Z'))
  t.equal(await tell('2026-11-18T12:29:59Z'), 0)
  t.equal(await tell('2026-11-18T12:30:00Z'), 1)
  t.equal(await tell('2026-11-18T13:30:00Z'), 0, 'once')
  t.equal(await nextUndecided(db.read), null)
  t.match(await db.read.select().from(mails), [{ kind: 'draft-undecided', to: JOSEPH.email }])
  t.equal((await draftOf(db, id)).state, 'submitted', 'it stays where it is')
  const again = { submittedAt: new Date('2026-11-18T13:40:00Z'), wishedAt: new Date('2026-11-18T14:00:00Z') }
  await db.write((tx) => tx.update(drafts).set(again).where(eq(drafts.id, id)))
  t.equal(await tell('2026-11-18T14:00:00Z'), 1, 'and once more after another submission')
})

t.test(
  'after a backup was put back a draft whose words stand on X says so, and nobody hears that it has not gone out',
  async (t) => {
    const { db, clock, visitor } = await testApp(t, { at: '2026-11-18T12:40:00Z' })
    await anAccount(db, { now: NOW })
    await josephsWeek(db)
    const [text, wishedAt] = ['What a bed weighs.', '2026-11-18T12:30:00Z']
    const id = await aSubmittedDraft(db, { text, wishedAt })
    const closed = await aSubmittedDraft(db, { text: 'And a wheel.', wishedAt: null })
    await aSubmittedDraft(db, { text: 'This one stands nowhere.', wishedAt })
    const thread = await aSubmittedDraft(db, {
      parts: [
        { text: 'One', images: [] },
        { text: 'Two', images: [] },
      ],
      wishedAt: '2026-11-19T09:00:00Z',
    })
    await noteRestored(db, {
      copyOf: new Date('2026-11-18T10:40:00Z'),
      now: clock.now(),
      forgetTokens: false,
    })
    const told = async () =>
      (await db.read.select().from(mails))
        .filter(({ kind }) => kind === 'draft-undecided')
        .map(({ subject, to }) => [to, subject])
    const times = () => ({ now: clock.now(), machineNow: clock.machine(), publicUrl: 'https://week.example' })
    await tellUndecided(db, times())
    t.same(await told(), [], 'nobody knows before X was looked at')
    t.not((await nextUndecided(db.read))?.toISOString(), wishedAt, 'nor is it tried at once again')

    const stands = (networkId: string, words: string, at = wishedAt) =>
      ({
        id: networkId,
        text: words,
        createdAt: new Date(at),
        replyTo: null,
        links: [],
        media: [],
      }) as unknown as NetworkPost
    await db.write((tx) =>
      keepWhatIsNotKnown(tx, { clock }, ACCOUNT, [
        stands('1', `${text} ^JA`),
        stands('2', 'And a wheel. ^JA', '2026-11-18T12:35:00Z'),
        stands('3', 'One', '2026-11-18T12:20:00Z'),
      ]),
    )
    await tellUndecided(db, times())
    t.same(await told(), [[JOSEPH.email, 'Not decided in time: This one stands nowhere.']])

    const words =
      'These words stand on X since today at 12:30. Approved, it is not sent again: it is taken over as posted.'
    const helen = await visitor(LEAD.email)
    const late = (await helen.get(`/queue?draft=${id}`)).body
    t.match(late, words)
    t.match(late, 'choose a new one before you approve it')
    t.notMatch(late, 'It has not gone out')
    const chosen = (await helen.get(`/queue?draft=${id}&day=2026-11-18&time=12:50`)).body
    t.match(chosen, words)
    t.notMatch(chosen, 'With your approval it goes out')
    t.match(
      (await helen.get(`/queue?draft=${thread}`)).body,
      'The first part of it stands on X since today at 12:20.',
    )
    const joseph = await visitor(JOSEPH.email)
    for (const one of [helen, joseph]) {
      const page = (await one.get(`/drafts/${id}`)).body
      t.match(page, words)
      t.notMatch(page, 'it has not gone out')
    }

    await db.write(async (tx) => void (await tx.delete(mails)))
    clock.moveTo(new Date('2026-11-20T18:00:00Z'))
    await endUndecided(db, times())
    for (const [, subject] of await told()) t.match(subject, 'This one stands nowhere')
    t.match((await joseph.get(`/drafts/${closed}`)).body, 'These words stand on X since Wednesday')
  },
)
