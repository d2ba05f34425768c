import fc from 'fast-check'
import t from 'tap'
import { canonicalJson, fingerprint, freeze, payloadsOf, type Frozen } from '../../src/drafts/freeze.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const image = fc.record({ hash: fc.string({ maxLength: 8 }), alt: text })
const frozen: fc.Arbitrary<Frozen> = fc.record({
  account: fc.string({ maxLength: 8 }),
  networkUser: fc.option(fc.string({ maxLength: 8 })),
  parts: fc.array(fc.record({ text, images: fc.array(image, { maxLength: 4 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  replyTo: fc.option(fc.string({ maxLength: 8 })),
  at: fc.option(fc.date({ noInvalidDate: true }).map((date) => date.toISOString())),
})

t.test('any change changes the fingerprint', (t) => {
  fc.assert(
    fc.property(frozen, frozen, (one, other) => {
      const mixed = (Object.keys(one) as (keyof Frozen)[]).map((field) => ({ ...one, [field]: other[field] }))
      for (const changed of [other, ...mixed])
        if (canonicalJson(changed) !== canonicalJson(one) && fingerprint(changed) === fingerprint(one))
          return false
      return true
    }),
  )
  const base: Frozen = {
    account: 'a',
    networkUser: '7',
    parts: [
      { text: 'One', images: [{ hash: 'aa', alt: 'A bed' }] },
      {
        text: 'Two',
        images: [
          { hash: 'bb', alt: '' },
          { hash: 'cc', alt: '' },
        ],
      },
    ],
    replyTo: null,
    at: '2026-11-18T12:30:00.000Z',
  }
  const [first, second] = base.parts as [Frozen['parts'][0], Frozen['parts'][0]]
  const changes: Record<string, Frozen> = {
    account: { ...base, account: 'b' },
    'network user': { ...base, networkUser: '8' },
    'no network user': { ...base, networkUser: null },
    text: { ...base, parts: [{ ...first, text: 'one' }, second] },
    'a blank at the end': { ...base, parts: [{ ...first, text: 'One ' }, second] },
    'another spelling of é': { ...base, parts: [{ ...first, text: 'e\u0301' }, second] },
    'and é': { ...base, parts: [{ ...first, text: '\u00e9' }, second] },
    'order of parts': { ...base, parts: [second, first] },
    'a part less': { ...base, parts: [first] },
    image: { ...base, parts: [{ ...first, images: [{ hash: 'ab', alt: 'A bed' }] }, second] },
    'no image': { ...base, parts: [{ ...first, images: [] }, second] },
    'order of images': { ...base, parts: [first, { ...second, images: second.images.toReversed() }] },
    'alternative text': { ...base, parts: [{ ...first, images: [{ hash: 'aa', alt: 'A bed.' }] }, second] },
    answer: { ...base, replyTo: '9' },
    time: { ...base, at: '2026-11-18T12:31:00.000Z' },
    'as soon as approved': { ...base, at: null },
  }
  const prints = [base, ...Object.values(changes)].map(fingerprint)
  t.equal(new Set(prints).size, prints.length, 'each differs from all others')
  t.match(prints[0], /^[0-9a-f]{64}$/)
  t.end()
})

t.test('the order of keys changes nothing', (t) => {
  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([key, inner]) => [key, reversed(inner)]),
          )
        : value
  fc.assert(fc.property(frozen, (one) => fingerprint(one) === fingerprint(reversed(one) as Frozen)))
  t.equal(canonicalJson({ b: 1, a: [{ d: null, c: 'x' }] }), '{"a":[{"c":"x","d":null}],"b":1}')
  t.end()
})

t.test('payloads are what was frozen, part by part', (t) => {
  const draft = {
    accountId: 'a',
    content: {
      parts: [
        { text: 'One', images: [{ hash: 'aa', alt: 'A bed' }] },
        { text: 'Two', images: [] },
      ],
    },
    signOff: '^JA',
    replyTo: '42',
  }
  const at = new Date('2026-11-18T12:30:00Z')
  const payloads = payloadsOf(freeze(draft, { networkUserId: '7', at }))
  t.same(payloads, [
    { text: 'One', images: [{ hash: 'aa', alt: 'A bed' }], replyTo: '42' },
    { text: 'Two ^JA', images: [], replyTo: null },
  ])
  t.end()
})
