import t, { type Test } from 'tap'
import { record } from '../../src/activity/record.ts'
import {
  agreements,
  attempts,
  briefingTicks,
  draftComments,
  draftRevisions,
  mails,
  removals,
} from '../../src/db/schema/index.ts'
import { checkRecord } from '../../src/record/check-record.ts'
import { withoutNames } from '../../src/record/without-names.ts'
import type { RecordFile } from '../../src/record/record-file.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { aWeek, PRIYA } from '../support/bookings.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, JOSEPH_HOSTS, josephsWeek, WEEK } from '../support/submitted.ts'

const at = (time: string) => new Date(`2026-11-18T${time}:00Z`)

/** Joseph’s week with all that a week has; and Priya’s, of which a file about it says nothing. */
async function world(t: Test) {
  const made = await testApp(t, { at: '2026-11-19T10:00:00Z' })
  const { db, clock, visitor } = made
  await anAccount(db, { now: at('08:00') })
  await josephsWeek(db)
  await aSubmittedDraft(db, {
    id: 'waits',
    text: 'Joseph here with <b>Helen Marsh</b> & @josephporters ^JA',
    answering: { handle: 'mdunn', name: 'Mary Dunn', text: 'Who are you?' },
  })
  const sent = await approved(db, {
    parts: ['Nine miles. ^JA'],
    dueAt: at('12:00'),
    now: at('11:00'),
    weekId: WEEK,
    hosted: true,
  })
  await db.write(async (tx) => {
    await tx.insert(draftRevisions).values({
      draftId: 'waits',
      number: 2,
      content: {
        parts: [{ text: 'As Helen wrote it', images: [{ hash: 'f'.repeat(64), alt: 'Joseph’s trolley' }] }],
      },
      authorId: LEAD.id,
      at: at('10:40'),
    })
    await tx.insert(draftComments).values({
      id: 'c',
      draftId: 'waits',
      personId: APPROVER.id,
      text: 'Joseph  Adeyemi, please ask Owen or joseph@north.example.',
      at: at('10:41'),
    })
    const [delivery] = sent.deliveries
    await tx.insert(attempts).values({
      id: 'a',
      deliveryId: delivery!.id,
      fence: 1,
      sent: { text: 'Nine miles. ^JA', mediaIds: [], replyTo: null },
      at: at('12:00'),
      deadlineAt: at('12:01'),
      outcome: 'posted',
      networkId: '771',
    })
    await tx
      .insert(removals)
      .values({ deliveryId: delivery!.id, personId: LEAD.id, reason: 'Joseph asked.', at: at('13:00') })
    await tx.insert(agreements).values({
      id: 'signed',
      weekHostId: JOSEPH_HOSTS,
      number: 3,
      text: 'Name no patients.',
      name: 'Joe Adeyemi',
      personId: JOSEPH.id,
      signedAt: at('07:00'),
    })
    await tx
      .insert(briefingTicks)
      .values({ weekHostId: JOSEPH_HOSTS, point: 'A call', tickedBy: APPROVER.id, tickedAt: at('07:30') })
    await tx.insert(mails).values({
      id: 'm',
      accountId: ACCOUNT,
      personId: JOSEPH.id,
      kind: 'week-welcome',
      to: JOSEPH.email,
      subject: 'Welcome, Joseph',
      text: 'Hello Joseph Adeyemi,\n\nWrite to Helen Marsh, helen@north.example.',
      state: 'sent',
      weekHostId: JOSEPH_HOSTS,
      nextTryAt: at('09:00'),
      createdAt: at('09:00'),
      sentAt: at('09:00'),
    })
    const about = { accountId: ACCOUNT, personId: LEAD.id }
    await record(tx, {
      ...about,
      kind: 'week.booked',
      weekId: WEEK,
      details: { host: JOSEPH.name, slot: '2026-11-16' },
      at: at('07:00'),
    })
    await record(tx, {
      ...about,
      kind: 'account.brake-pulled',
      details: { reason: 'A mix-up with Owen Price' },
      at: at('14:00'),
    })
    await record(tx, {
      ...about,
      kind: 'account.brake-pulled',
      details: { reason: 'Long before' },
      at: new Date('2026-10-01T08:00:00Z'),
    })
    await record(tx, {
      ...about,
      kind: 'post.chosen',
      weekId: WEEK,
      details: { name: 'Mary Dunn', handle: 'mdunn' },
      at: at('15:00'),
    })
  })
  await aWeek(db, clock.now(), { slot: '2026-11-30', theme: 'Another one’s', accepted: true })
  const lead = await visitor(LEAD.email)
  const take = async (fields: Record<string, string>) => {
    const answer = await lead.post('/activity', '/activity/file', fields)
    t.equal(answer.statusCode, 200)
    return answer
  }
  const data = async (fields: Record<string, string>) =>
    JSON.parse((await take({ as: 'json', ...fields })).body) as RecordFile
  return { ...made, lead, take, data }
}

t.test('everything about a week in one file, and nothing of another', async (t) => {
  const { db, clock, data, take, lead } = await world(t)
  await checkRecord(db, clock.now())
  const file = await data({ week: WEEK })
  t.match(file, {
    format: 1,
    account: { handle: 'NorthDaleHealth', timeZone: 'Europe/London' },
    asked: { week: WEEK },
    names: 'in',
    checked: { troubles: [], hash: /^[0-9a-f]{64}$/ },
    weeks: [
      {
        id: WEEK,
        theme: 'Nine miles of corridor',
        hosts: [
          {
            name: JOSEPH.name,
            person: { id: JOSEPH.id },
            agreements: [{ number: 3, text: 'Name no patients.', name: 'Joe Adeyemi' }],
            briefing: [{ point: 'A call', by: { name: APPROVER.name } }],
          },
        ],
      },
    ],
    mails: [{ subject: 'Welcome, Joseph', to: JOSEPH.email }],
  })
  t.equal(file.weeks.length, 1)
  const waits = file.drafts.find(({ id }) => id === 'waits')!
  t.match(waits.revisions, [
    { number: 1, author: { name: JOSEPH.name }, parts: [{ text: /^Joseph here/ }] },
    { number: 2, author: { name: LEAD.name }, parts: [{ images: [{ alt: 'Joseph’s trolley' }] }] },
  ])
  t.match(waits.comments, [{ author: { name: APPROVER.name } }])
  const out = file.drafts.find(({ id }) => id !== 'waits')!
  t.match(out.decisions, [{ kind: 'approved' }])
  t.match(out.deliveries, [
    {
      part: 1,
      attempts: [{ outcome: 'posted', networkId: '771' }],
      takenDown: [{ reason: 'Joseph asked.', person: { name: LEAD.name } }],
    },
  ])
  t.match(
    file.entries.map(({ what }) => what),
    [
      'booked Joseph Adeyemi for the week of 16 November',
      'pulled the brake',
      'chose a reply of Mary Dunn for the week’s page',
    ],
    'with what the brake did while it was open',
  )
  for (const { hash } of file.entries) t.match(hash, /^[0-9a-f]{64}$/)
  t.notMatch(JSON.stringify(file), /Priya|Another one/)

  const page = await take({ week: WEEK, as: 'html' })
  t.match(page.headers, {
    'content-type': 'text/html; charset=utf-8',
    'content-disposition': 'attachment; filename="record.html"',
    'cache-control': 'no-store',
  })
  for (const words of [
    'Joseph here with &lt;b&gt;Helen Marsh&lt;/b&gt; &amp;',
    'Name no patients.',
    'taken down by Helen Marsh',
    'Revision 2, Helen Marsh',
    'booked Joseph Adeyemi for the week of 16 November',
    'Wednesday 18 November 2026, 12:00',
  ])
    t.match(page.body, words)
  t.notMatch(page.body, /<script|<link|src=|href=|<b>Helen/, 'it needs nothing beside it')
  t.match((await lead.get('/activity')).body, 'took a week of the record out as a file')
})

t.test('about a person, and about a period', async (t) => {
  const { data } = await world(t)
  const owen = await data({ by: APPROVER.id })
  t.same(owen.weeks, [])
  t.ok(owen.entries.every(({ person }) => person?.id === APPROVER.id))
  const joseph = await data({ by: JOSEPH.id })
  t.same(
    joseph.weeks.map(({ id }) => id),
    [WEEK],
  )
  t.ok(joseph.drafts.some(({ id }) => id === 'waits'))
  t.match(joseph.mails, [{ to: JOSEPH.email }])
  const october = await data({ from: '2026-10-01', to: '2026-10-01' })
  t.match(october.entries, [{ details: { reason: 'Long before' } }])
  t.same([october.weeks, october.drafts, october.mails], [[], [], []])
  const all = await data({})
  t.ok(all.weeks.length === 2 && all.entries.length > 5)
})

t.test('with names left out nobody is named, in no text, and each keeps their number', async (t) => {
  const { db, take, data } = await world(t)
  // Hosts are called in a week as they wish, which may be otherwise than here.
  await db.write(async (tx) => {
    const about = { accountId: ACCOUNT, personId: LEAD.id, weekId: WEEK, at: at('15:00') }
    const days = { from: '2026-11-16', to: '2026-11-23' }
    await record(tx, {
      ...about,
      kind: 'swap.done',
      details: { one: 'Vera Quill', other: 'Basil Fern', ...days },
    })
    await record(tx, {
      ...about,
      kind: 'host.dropped-out',
      details: { host: 'Vera Quill', instead: 'Ida Moss' },
    })
    await record(tx, {
      ...about,
      kind: 'account.profile-changed',
      details: { change: 'back', host: 'Una Reed' },
    })
  })
  const file = await data({ week: WEEK, names: 'out' })
  const text = JSON.stringify(file)
  const page = (await take({ week: WEEK, names: 'out', as: 'html' })).body
  // Ids that this test’s own world made up out of a name.
  const bare = text.replaceAll(WEEK, '').replaceAll(JOSEPH_HOSTS, '')
  for (const said of [bare, page])
    t.notMatch(
      said,
      /joseph|adeyemi|\bjoe\b|helen|marsh|owen|price|mary|dunn|\^JA|@north\.example|priya|quill|basil|moss|\breed/i,
    )
  const joseph = file.weeks[0]!.hosts[0]!.name
  t.match(joseph, /^Person \d+$/)
  const waits = file.drafts.find(({ id }) => id === 'waits')!
  t.equal(waits.author!.name, joseph)
  t.match(waits.author!.id, /^person-\d+$/)
  const helen = waits.revisions[1]!.author!.name
  t.equal(waits.revisions[0]!.parts[0]!.text, `${joseph} here with <b>${helen}</b> & ${joseph} ${joseph}`)
  t.equal(waits.revisions[1]!.parts[0]!.text, `As ${helen} wrote it`)
  t.match(waits.comments[0]!.text, `${joseph}, please ask ${waits.comments[0]!.author!.name} or ${joseph}.`)
  t.match(file.mails[0], { to: joseph, text: `Hello ${joseph},\n\nWrite to ${helen}, ${helen}.` })
  const [mary] = file.entries.flatMap(({ kind, details }) =>
    kind === 'post.chosen' ? [details['name']] : [],
  )
  t.equal(waits.answering!.name, mary)
  t.equal(waits.answering!.handle, mary)
  t.equal(file.drafts.find(({ id }) => id !== 'waits')!.deliveries[0]!.attempts[0]!.networkId, null)
  t.match(file.account, { handle: 'NorthDaleHealth', name: 'NorthDale Health' })
  t.match(page, 'Who somebody is may still follow from what they say.')
})

t.test('what is a name, and what only looks like one', async (t) => {
  const person = (name: string, more = {}) => ({
    id: null,
    names: [name],
    handles: [],
    emails: [],
    signOffs: [],
    ...more,
  })
  const account = { handle: 'NorthDale', name: 'North Dale Health' }
  const people = [
    person('May Will-Smith', { handles: ['may_ws'] }),
    person('Zoë Ågren', { emails: ['zoe+x@a.org'], signOffs: ['^Z'] }),
    person('Zoë Baker'),
    person('Dale (Dr.) O’Neil*', { handles: ['a.b'] }),
    person(''),
  ]
  const cases: [before: string, after: string][] = [
    ['May Will-Smith may; in May. MAY WILL-SMITH', 'Person 1 may; in Person 1. Person 1'],
    ['Zoë Ågren, Zoë Baker, Zoë', 'Person 2, Person 3, somebody'],
    ['Zoë\n Ågren', 'Person 2'],
    ['zoe+x@a.org ^Z ^Zoo', 'Person 2 Person 2 ^Zoo'],
    ['@may_ws @may_wsx x.com/may_ws/status/1', 'Person 1 @may_wsx x.com/Person 1/status/1'],
    ['North Dale Health, @NorthDale, Dale', 'North Dale Health, @NorthDale, Dale'],
    ['Ågrenska', 'Ågrenska'],
    ['', ''],
  ]
  for (const [before, after] of cases)
    t.equal(withoutNames({ before }, people, account).before, after, before)
  t.same(withoutNames({ n: 1, at: at('08:00'), none: null }, people, account), {
    n: 1,
    at: at('08:00'),
    none: null,
  })
  t.same(withoutNames({ text: 'May' }, [], account), { text: 'May' })
})

t.test('only leads take it, of their own account', async (t) => {
  const { visitor, lead } = await world(t)
  t.notMatch((await (await visitor(APPROVER.email)).get('/activity')).body, 'Take it out as a file')
  t.match(
    (await lead.get(`/activity?week=${WEEK}`)).body,
    `<input type="hidden" name="week" value="${WEEK}">`,
  )
  for (const [email, status] of [
    [APPROVER.email, 403],
    [JOSEPH.email, 404],
    [PRIYA.email, 404],
  ] as const)
    t.equal(
      (await (await visitor(email)).post('/today', '/activity/file', { as: 'json' })).statusCode,
      status,
    )
  t.equal((await lead.post('/activity', '/activity/file', { week: 'of-elsewhere' })).statusCode, 404)
})
