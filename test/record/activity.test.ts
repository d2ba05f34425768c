import t from 'tap'
import { ACTIVITY_KINDS, type Activity } from '../../src/activity/activity.ts'
import { record } from '../../src/activity/record.ts'
import type { Database } from '../../src/db/database.ts'
import { NOBODY, sentence, type Facts } from '../../src/record/sentence.ts'
import { testApp } from '../support/app.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const bare: Facts = {
  details: {},
  draft: 'a draft',
  week: 'the week',
  day: (slot) => slot,
  moment: (iso) => iso,
}

t.test('every kind has a sentence, also when its details are missing', async (t) => {
  for (const kind of ACTIVITY_KINDS) {
    const { what, tag } = sentence(kind, bare)
    t.match(what, /^[a-z].*[a-z]$/i, kind)
    t.notMatch(what, /undefined|null|NaN|\[object|“”| {2}|\.$/, kind)
    t.ok(tag === undefined || (tag.state && tag.label), kind)
  }
})

t.test('sentences say what is known', async (t) => {
  const facts: Facts = {
    ...bare,
    draft: '“Boots off”',
    week: 'Joseph Adeyemi’s week',
    day: () => '16 November',
    moment: () => 'Monday 23 November, 9:00',
  }
  const cases: [kind: Activity['kind'], details: Facts['details'], what: string][] = [
    ['draft.approved', { at: '2026-11-23T09:00:00Z' }, 'approved “Boots off” for Monday 23 November, 9:00'],
    ['draft.approved', { at: null, ownWork: true }, 'approved “Boots off”, their own words'],
    ['draft.submitted', { at: null }, 'submitted “Boots off”'],
    ['draft.changed', { takenOver: true }, 'changed “Boots off”, which its host wrote'],
    ['draft.withdrawn', { cause: 'host-ended' }, 'took “Boots off” back, whose host no longer has the week'],
    ['draft.withdrawn', { from: 'approved' }, 'took “Boots off” back after it was approved'],
    ['delivery.posted', { part: 2, parts: 3 }, 'posted part two of three of “Boots off”'],
    ['delivery.posted', { part: 1, parts: 1, found: true }, 'found “Boots off” on X'],
    ['delivery.released', { at: 'x' }, 'let “Boots off” go after all for Monday 23 November, 9:00'],
    ['account.brake-pulled', { held: 1 }, 'pulled the brake, one post is held'],
    ['account.brake-released', { held: 3 }, 'released the brake, which held 3 posts'],
    [
      'person.role-given',
      { name: 'Owen Price', role: 'approver' },
      'gave Owen Price a place at the desk as an approver',
    ],
    [
      'person.changed',
      { name: 'Owen Pryce', before: 'Owen Price' },
      'changed Owen Price’s name to Owen Pryce',
    ],
    ['person.changed', { name: 'Owen', before: 'Owen' }, 'changed the e-mail address of Owen'],
    ['week.booked', { host: 'Joseph', slot: '2026-11-16' }, 'booked Joseph for the week of 16 November'],
    [
      'week.cancelled',
      { host: 'Joseph', slot: 'x', cancelledDeliveries: 1 },
      'cancelled Joseph’s week of 16 November, and with it one post that had not gone out',
    ],
    [
      'week.cancelled',
      { kind: 'hiatus', slot: 'x', cancelledDeliveries: 0 },
      'cancelled the hiatus of 16 November',
    ],
    [
      'host.replaced',
      { from: 'Joseph', to: 'Mei', cancelledDeliveries: 3 },
      'gave Joseph’s week to Mei, and with it 3 posts that had not gone out',
    ],
    ['host.invited', { host: 'Joseph', again: true }, 'invited Joseph once more'],
    ['host.declined', { reason: 'On leave' }, 'said no to Joseph Adeyemi’s week'],
    ['host.accepted', {}, 'accepted the invitation to Joseph Adeyemi’s week'],
    ['account.connected', { handle: 'NorthDale' }, 'connected the account to X as @NorthDale'],
    ['post.chosen', { name: '', handle: 'mdunn' }, 'chose a reply of @mdunn for the week’s page'],
    ['post.vanished', { own: true, text: 'Boots' }, 'found that “Boots” is gone from X'],
    ['recap.generated', { anew: true }, 'told the story of Joseph Adeyemi’s week anew'],
    ['recap.changed', { what: 'hidden' }, 'hid a piece in the story of Joseph Adeyemi’s week'],
    ['recap.withdrawn', {}, 'took the published story of Joseph Adeyemi’s week back'],
    ['installation.restored', { copyOf: 'x' }, 'was put back from a backup of Monday 23 November, 9:00'],
    [
      'installation.restored',
      { copyOf: 'x', missing: 'a' },
      'goes on from an older copy of the data, of Monday 23 November, 9:00, that was put back by hand',
    ],
    ['recap.published', { edition: 2 }, 'published the story of Joseph Adeyemi’s week again'],
  ]
  for (const [kind, details, what] of cases) t.equal(sentence(kind, { ...facts, details }).what, what)
  t.equal(NOBODY['draft.approved'], 'The policy')
})

async function world(tap: Parameters<typeof testApp>[0]) {
  const app = await testApp(tap)
  await anAccount(app.db, { now: new Date('2026-11-02T08:00:00Z') })
  await josephsWeek(app.db)
  return app
}

const tell = (db: Database, entry: Partial<Activity> & Pick<Activity, 'kind'>, at: string) =>
  db.write((tx) => record(tx, { accountId: ACCOUNT, personId: LEAD.id, ...entry, at: new Date(at) }))

t.test('leads and approvers read it, hosts do not', async (t) => {
  const { visitor } = await world(t)
  for (const [email, status] of [
    [LEAD.email, 200],
    [APPROVER.email, 200],
    [JOSEPH.email, 404],
  ] as const)
    t.equal((await (await visitor(email)).get('/activity')).statusCode, status, email)
})

t.test('the newest stands first, by days, in the account’s time', async (t) => {
  const { db, visitor } = await world(t)
  await tell(
    db,
    { kind: 'draft.approved', weekId: WEEK, details: { words: 'Boots off', at: '2026-11-23T09:00:00Z' } },
    '2026-11-18T09:05:00Z',
  )
  await tell(
    db,
    { kind: 'delivery.posted', personId: null, details: { words: 'Good morning' } },
    '2026-11-18T09:00:00Z',
  )
  await tell(
    db,
    { kind: 'draft.changes-requested', details: { words: '<b>', comment: 'Which <ward>?' } },
    '2026-07-20T23:30:00Z',
  )
  const { body } = await (await visitor(LEAD.email)).get('/activity')
  t.match(
    body,
    /Today, Wednesday 18 November[^]*9:05[^]*Helen Marsh[^]*approved “Boots off” for Monday 23 November, 9:00[^]*9:00[^]*The publisher[^]*posted “Good morning”/,
  )
  t.match(body, /Tuesday 21 July[^]*0:30/, 'half past midnight in London')
  t.match(body, 'Which &lt;ward&gt;?')
  t.match(body, 'asked for changes to “&lt;b&gt;”')
})

t.test('it is filtered by week, person, kind and day', async (t) => {
  const { db, visitor } = await world(t)
  await tell(
    db,
    { kind: 'week.announced', weekId: WEEK, details: { host: 'Joseph' } },
    '2026-11-10T09:00:00Z',
  )
  await tell(
    db,
    { kind: 'draft.begun', personId: JOSEPH.id, details: { words: 'Mine' } },
    '2026-11-11T23:59:59Z',
  )
  await tell(db, { kind: 'account.brake-pulled', details: { reason: 'Enough' } }, '2026-11-12T00:00:00Z')
  await tell(
    db,
    { kind: 'delivery.held', personId: null, details: { words: 'Late' } },
    '2026-11-13T09:00:00Z',
  )
  await tell(
    db,
    { kind: 'draft.begun', accountId: 'another', details: { words: 'Elsewhere' } },
    '2026-11-13T09:00:00Z',
  )
  const helen = await visitor(LEAD.email)
  const shown = async (query: string) => {
    const { body, statusCode } = await helen.get(`/activity?${query}`)
    t.equal(statusCode, 200, query)
    return ['announced Joseph', 'began “Mine”', 'pulled the brake', 'held “Late”', '“Elsewhere”'].flatMap(
      (words, i) => (body.includes(words) ? [i] : []),
    )
  }
  const cases: [query: string, shows: number[]][] = [
    ['', [0, 1, 2, 3]],
    [`week=${WEEK}`, [0]],
    [`by=${JOSEPH.id}`, [1]],
    ['by=app', [3]],
    ['about=posts', [3]],
    ['about=account', [2]],
    ['from=2026-11-12', [2, 3]],
    ['to=2026-11-11', [0, 1]],
    ['from=2026-11-11&to=2026-11-11', [1]],
    [`from=2026-11-11&by=${LEAD.id}`, [2]],
    ['week=&by=&about=&from=&to=', [0, 1, 2, 3]],
    ['about=nonsense&from=2026-02-30&before=x', [0, 1, 2, 3]],
  ]
  for (const [query, shows] of cases) t.same(await shown(query), shows, query)
  const { body } = await helen.get(`/activity?week=${WEEK}&by=app`)
  t.match(body, 'Nothing fits that')
  t.match(body, new RegExp(`<option value="${WEEK}" selected>16 to 20 November, Joseph Adeyemi`))
})

t.test('long records are read page by page, each entry once', async (t) => {
  const { db, visitor } = await world(t)
  await db.write(async (tx) => {
    for (let i = 0; i < 120; i += 1)
      await record(tx, {
        accountId: ACCOUNT,
        kind: 'draft.begun',
        personId: LEAD.id,
        details: { words: `number ${i}.` },
        at: new Date('2026-11-18T09:00:00Z'), // all at one moment: the order is that of writing
      })
  })
  const helen = await visitor(LEAD.email)
  const seen: string[] = []
  let url: string | undefined = '/activity?about=&by=helen'
  let pages = 0
  while (url !== undefined && pages < 10) {
    const { body } = await helen.get(url)
    seen.push(...[...body.matchAll(/number (\d+)\./g)].map(([, number]) => number!))
    url = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
    pages += 1
  }
  t.equal(pages, 3)
  t.same(
    seen,
    Array.from({ length: 120 }, (_, i) => String(119 - i)),
  )
})
