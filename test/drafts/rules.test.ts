import t from 'tap'
import { checkContent, checksOf, MOST_PARTS, whyNotKept } from '../../src/drafts/check-content.ts'
import { NO_CONTEXT } from '../../src/drafts/checks/check-words.ts'
import { whyNotWrite, maySeeDraft, mayComment, statesBefore } from '../../src/drafts/draft.ts'
import { rearranged } from '../../src/drafts/editor/arrange-parts.ts'
import type { DraftPart } from '../../src/drafts/draft.ts'
import { editorPollOf, lengthInWords, pollOf } from '../../src/drafts/poll.ts'
import { emptyPart, partsOf, readAction, readEditorForm } from '../../src/drafts/editor/editor-form.ts'
import { firstWords } from '../../src/drafts/first-words.ts'
import { readWish, timeFrame, whyNotThen, wishOf, type Wish } from '../../src/drafts/wished-time.ts'
import type { Refused } from '../../src/errors.ts'
import type { Actor } from '../../src/people/person.ts'

const part = (text: string, alt?: string) => ({
  text,
  images: alt === undefined ? [] : [{ hash: 'a'.repeat(64), alt }],
})

const album = (count: number, alts: string[] = []) => ({
  text: '',
  images: Array.from({ length: count }, (_, at) => ({
    hash: String(at).repeat(64),
    alt: alts[at] ?? 'A bed',
  })),
})

const asking = (options: string[], { minutes = 60, text = 'Tea?' } = {}): DraftPart => ({
  text,
  images: [],
  poll: { options, minutes },
})

t.test('what has to be put right before submitting', async (t) => {
  const cases: [what: string, parts: DraftPart[], signOff: string, fields: string[]][] = [
    ['a text', [part('Good morning')], '^JA', []],
    ['280 without a sign-off', [part('x'.repeat(280))], '', []],
    ['276 and a sign-off', [part('x'.repeat(276))], '^JA', []],
    ['277 and a sign-off', [part('x'.repeat(277))], '^JA', ['part-1-text']],
    ['277 in a part before the last', [part('x'.repeat(277)), part('two')], '^JA', []],
    ['blanks at the end do not count', [part(`${'x'.repeat(280)}   \n`)], '', []],
    ['an image without words', [part('', 'A bed')], '^JA', []],
    ['an image without a description', [part('Look', ' ')], '', ['part-1-alt']],
    ['1,000 characters of description', [part('Look', 'a'.repeat(1000))], '', []],
    ['1,001 characters of description', [part('Look', 'a'.repeat(1001))], '', ['part-1-alt']],
    ['four images', [album(4)], '', []],
    ['five images', [album(5)], '', ['part-1-image']],
    ['one of two without a description', [album(2, ['A bed', ''])], '', ['part-1-alt-2']],
    [
      'the same image twice',
      [{ text: '', images: [...album(1).images, ...album(1).images] }],
      '',
      ['part-1-image'],
    ],
    ['a poll', [asking(['Yes', 'No'])], '^JA', []],
    ['a poll of 25 characters, for 5 minutes', [asking(['x'.repeat(25), 'No'], { minutes: 5 })], '', []],
    ['four options for a week', [asking(['1', '2', '3', '4'], { minutes: 10_080 })], '', []],
    ['one option', [asking(['Yes'])], '', ['part-1-poll-2']],
    ['five options', [asking(['1', '2', '3', '4', '5'])], '', ['part-1-poll-4']],
    ['26 characters', [asking(['Yes', 'x'.repeat(26)])], '', ['part-1-poll-2']],
    ['the same option twice', [asking(['Yes', 'No', 'Yes'])], '', ['part-1-poll-3']],
    ['4 minutes', [asking(['Yes', 'No'], { minutes: 4 })], '', ['part-1-poll-length']],
    ['more than a week', [asking(['Yes', 'No'], { minutes: 10_081 })], '', ['part-1-poll-length']],
    ['a poll without a question', [asking(['Yes', 'No'], { text: ' ' })], '', ['part-1-text']],
    [
      'a poll beside an image',
      [{ ...asking(['Yes', 'No']), images: album(1).images }],
      '',
      ['part-1-poll-1'],
    ],
    ['one cashtag', [part('We hold $ABC')], '', []],
    ['two cashtags', [part('We hold $ABC and $XYZ')], '', ['part-1-text']],
    ['nothing', [part('')], '^JA', ['part-1-text']],
    ['an empty part', [part('One'), part(' '), part('Three')], '', ['part-2-text']],
    ['only emoji', [part('😀'.repeat(140))], '', []],
    ['too many emoji', [part('😀'.repeat(141))], '', ['part-1-text']],
    ['links count 23', [part(`https://northdale.org/${'x'.repeat(400)} ${'y'.repeat(256)}`)], '', []],
    ['a sign-off of two words', [part('One')], '^J A', ['sign-off']],
    ['a long sign-off', [part('One')], `^${'J'.repeat(15)}`, ['sign-off']],
    ['a whole book', Array.from({ length: MOST_PARTS + 1 }, () => part('One')), '', ['']],
    [
      'several at once',
      [part('x'.repeat(300), ''), part('')],
      '',
      ['part-1-text', 'part-1-alt', 'part-2-text'],
    ],
  ]
  for (const [what, parts, signOff, fields] of cases)
    t.same(Object.keys(checkContent({ parts }, signOff)).toSorted(), fields.toSorted(), what)
  t.same(
    whyNotKept({ parts: [part('x'.repeat(4000))] }, ''),
    {},
    'what is too long can be kept and cut later',
  )
  t.match(whyNotKept({ parts: [part('x'.repeat(4001))] }, ''), { 'part-1-text': 'has 4,001 characters' })
})

t.test('the checks beside the words', async (t) => {
  const says = (parts: ReturnType<typeof part>[]) =>
    checksOf({ parts }, '^JA', { ...NO_CONTEXT, answered: {} }).map(({ text }) => text)
  t.same(says([part('')]), [], 'nothing is said of nothing')
  t.same(says([part('One')]), ['It fits, sign-off included.'])
  t.same(says([part('One', 'A bed'), part('Two')]), [
    'It is the one of “A bed”. We ask once.',
    'Both parts fit, sign-off included.',
    'The image has a description.',
  ])
  t.same(says([part('One', '')]), [
    'We ask once of each picture.',
    'Describe the image for people who can’t see it.',
    'It fits, sign-off included.',
  ])
  t.same(
    says([album(2, ['', 'A bed'])]).slice(0, 2),
    ['It is image 1. We ask once of each picture.', 'It is the one of “A bed”. We ask once.'],
    'of several it says which',
  )
})

const LONDON = 'Europe/London'
const at = (day: string, time: string, which: Wish['which'] = ''): Wish => ({
  when: 'time',
  day,
  time,
  which,
})

t.test('when somebody wishes it to go out', async (t) => {
  const good: [Wish, string | null][] = [
    [{ when: 'soon', day: '', time: '', which: '' }, null],
    [at('2026-11-18', '12:30'), '2026-11-18T12:30:00.000Z'],
    [at('2026-07-01', '12:30'), '2026-07-01T11:30:00.000Z'],
    [at('2026-10-25', '01:30', 'first'), '2026-10-25T00:30:00.000Z'],
    [at('2026-10-25', '01:30', 'second'), '2026-10-25T01:30:00.000Z'],
    [at('2026-10-25', '02:00'), '2026-10-25T02:00:00.000Z'],
    [at('2026-03-29', '02:00'), '2026-03-29T01:00:00.000Z'],
  ]
  for (const [wish, instant] of good) {
    const read = readWish(wish, LONDON)
    t.equal(read?.toISOString() ?? null, instant)
    t.same(wishOf(read, LONDON), wish, 'and the form shows it so again')
  }
  const bad: [Wish, field: string][] = [
    [at('', '12:30'), 'day'],
    [at('2026-11-31', '12:30'), 'day'],
    [at('18/11/2026', '12:30'), 'day'],
    [at('2026-11-18', ''), 'time'],
    [at('2026-11-18', '24:00'), 'time'],
    [at('2026-11-18', 'noon'), 'time'],
    [at('2026-03-29', '01:30'), 'time'],
    [at('2026-10-25', '01:30'), 'which'],
    [{ ...at('2026-11-18', '12:30'), when: 'soon' }, 'when'],
  ]
  for (const [wish, field] of bad) t.same(wrongFields(wish), [field], JSON.stringify(wish))
})

function wrongFields(wish: Wish): string[] {
  try {
    readWish(wish, LONDON)
    return []
  } catch (error) {
    return Object.keys((error as Refused).fields)
  }
}

t.test('the time that a draft may have', async (t) => {
  const now = new Date('2026-11-18T10:42:00Z')
  const opensAt = new Date('2026-11-16T09:00:00Z')
  const closesAt = new Date('2026-11-20T18:00:00Z')
  const slot = { slot: '2026-11-16', zone: LONDON }
  const hosts = timeFrame(slot, { opensAt, closesAt })
  const accounts = timeFrame(slot, null)
  const cases: [day: string, host: string | null, account: string | null][] = [
    ['2026-11-15T23:59:00Z', 'day', 'day'],
    ['2026-11-16T08:00:00Z', 'day', 'time'],
    ['2026-11-18T10:41:00Z', 'time', 'time'],
    ['2026-11-18T10:42:00Z', null, null],
    ['2026-11-20T17:59:00Z', null, null],
    ['2026-11-20T18:00:00Z', 'day', null],
    ['2026-11-22T23:59:00Z', 'day', null],
    ['2026-11-23T00:00:00Z', 'day', 'day'],
  ]
  for (const [instant, host, account] of cases) {
    const why = (frame: typeof hosts) =>
      Object.keys(whyNotThen(new Date(instant), { frame, zone: LONDON, now }) ?? {})[0] ?? null
    t.equal(why(hosts), host, `a host’s at ${instant}`)
    t.equal(why(accounts), account, `the account’s own at ${instant}`)
  }
})

t.test('who may do what with a draft', async (t) => {
  const person = (more: Partial<Actor>): Actor => ({
    personId: 'p',
    name: 'P',
    email: 'p@north.example',
    roles: [],
    hosting: [],
    ...more,
  })
  const hosting = (powers: 'draft' | 'post' | 'read', weekHostId = 'h') => ({
    hosting: [{ weekId: 'w', weekHostId, accountId: 'a', slot: '2026-11-16', powers }],
  })
  const lead = person({ roles: [{ accountId: 'a', role: 'lead' }] })
  const approver = person({ roles: [{ accountId: 'a', role: 'approver' }] })
  const hosts = { accountId: 'a', weekId: 'w', weekHostId: 'h' }
  const desks = { ...hosts, weekHostId: null }
  const gaps = { ...desks, weekId: null }
  const cases: [what: string, Actor, draft: typeof hosts | typeof desks | typeof gaps, may: string][] = [
    ['a lead, a host’s', lead, hosts, 'see write comment'],
    ['a lead, in a gap', lead, gaps, 'see write comment'],
    ['an approver', approver, hosts, 'see comment'],
    ['the host, invited', person(hosting('draft')), hosts, 'see write comment'],
    ['the host, live', person(hosting('post')), hosts, 'see write comment'],
    ['the host, afterwards', person(hosting('read')), hosts, 'see'],
    ['the host, the desk’s in their week', person(hosting('post')), desks, 'see'],
    ['the next host of that week', person(hosting('post', 'other')), hosts, ''],
    ['a host, in a gap', person(hosting('post')), gaps, ''],
    ['a lead of another account', person({ roles: [{ accountId: 'b', role: 'lead' }] }), hosts, ''],
  ]
  for (const [what, actor, draft, may] of cases) {
    const found = [
      maySeeDraft(actor, draft) && 'see',
      whyNotWrite(actor, draft) === null && 'write',
      mayComment(actor, draft) && 'comment',
    ]
    t.equal(found.filter(Boolean).join(' '), may, what)
  }
  t.same(statesBefore('writing'), ['submitted', 'approved', 'discarded'])
  t.same(statesBefore('submitted'), ['writing', 'changes-requested', 'approved'])
})

t.test('a poll is typed in units that people use', async (t) => {
  const typed = (length: string, unit: string, options = ['Tea', ' Coffee ', '', '']) => {
    const fields = Object.fromEntries(options.map((option, at) => [`part-1-poll-${at + 1}`, option]))
    const body = { 'part-1-text': '?', ...fields, 'part-1-poll-length': length, 'part-1-poll-unit': unit }
    return partsOf(readEditorForm(body))[0]!.poll
  }
  t.same(typed('2', 'hours'), { options: ['Tea', 'Coffee'], minutes: 120 })
  t.equal(typed('1.5', 'days')!.minutes, 2160)
  t.equal(typed('1,5', 'hours')!.minutes, 90)
  for (const length of ['', 'soon', '-1', '0', '1e99']) t.equal(typed(length, 'days')!.minutes, 0, length)
  t.equal(typed('1', 'days', ['', ' ', '', '']), undefined)
  for (const [minutes, words] of [
    [5, '5 minutes'],
    [60, '1 hour'],
    [90, '90 minutes'],
    [1440, '1 day'],
    [10_080, '7 days'],
  ] as const) {
    t.equal(lengthInWords(minutes), words)
    t.equal(pollOf(editorPollOf({ options: ['a', 'b'], minutes }))!.minutes, minutes, 'there and back')
  }
})

t.test('what a draft is called', async (t) => {
  const named = (text: string) => firstWords({ parts: [part(''), part(text)] })
  t.equal(named(' Good\n morning '), 'Good morning')
  t.equal(named('word '.repeat(30)), `${'word '.repeat(11)}word…`)
  t.equal(
    named(`${'word '.repeat(11)}word. More of it.`),
    `${'word '.repeat(11)}word…`,
    'no full stop before it',
  )
  t.equal(named('日'.repeat(70)), `${'日'.repeat(64)}…`)
  t.equal(firstWords({ parts: [part('', 'A bed')] }), 'An image without words')
})

t.test('a form is read as it was typed, but for what nobody sees', async (t) => {
  const form = readEditorForm({
    'part-1-text': 'one\r\ntwo\u0000\ufeff',
    'part-2-text': ['first', 'second'],
    'part-4-text': 'out of reach',
    day: '2026-11-18',
  })
  t.same(
    form.parts.map(({ text }) => text),
    ['one\ntwo', 'second'],
  )
  t.equal(form.wish.when, 'time', 'a day alone means a time')
  t.same(readEditorForm(undefined).parts, [emptyPart()])
  t.same(readEditorForm({ 'part-1-text': { evil: true } }).parts[0]!.text, '')
  t.same(readAction({ do: 'up-2' }), { kind: 'up', part: 1, place: 0, cursor: null })
  t.same(readAction({ do: 'remove-image-3-2' }), { kind: 'remove-image', part: 2, place: 1, cursor: null })
  t.same(readAction({ do: 'launch-1' }), { kind: 'save' })
  const many = Array.from({ length: MOST_PARTS }, emptyPart)
  t.equal(rearranged(many, { kind: 'add-part' }, '')!.parts.length, MOST_PARTS)
})
