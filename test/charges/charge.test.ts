import t from 'tap'
import {
  amountTyped,
  costOfParts,
  DEFAULT_PRICES,
  dollars,
  kindOfPost,
  priceOf,
  type Sent,
} from '../../src/charges/charge.ts'

const part = (text: string, more: Partial<Sent> = {}): Sent => ({
  text,
  images: [],
  summoned: false,
  ...more,
})
const alt = (...alts: string[]) => ({ images: alts.map((one) => ({ alt: one })) })

t.test('what each draft costs, by X’s list', async (t) => {
  const rows: [what: string, parts: Sent[], cost: string][] = [
    ['a post', [part('Good morning.')], '$0.015'],
    ['with a link', [part('Read https://www.nhs.uk/flu')], '$0.20'],
    ['with a bare domain, which X makes a link of', [part('Read nhs.uk, please')], '$0.20'],
    ['a file name is no link', [part('See notes.txt and v1.2')], '$0.015'],
    ['an address for mail is no link', [part('Write to week@north.example.')], '$0.015'],
    ['an answer to somebody who named us', [part('Thank you!', { summoned: true })], '$0.01'],
    ['an answer with a link', [part('Here: nhs.uk', { summoned: true })], '$0.20'],
    ['a thread of three', [part('One'), part('Two'), part('Three')], '$0.045'],
    ['a thread with a link in one part', [part('One'), part('Two nhs.uk'), part('Three')], '$0.23'],
    ['a picture with a description', [part('Look', alt('A red car'))], '$0.02'],
    ['a picture without one', [part('Look', alt(''))], '$0.015'],
    ['only pictures, four described', [part('', alt('A', 'B', 'C', 'D'))], '$0.035'],
  ]
  for (const [what, parts, cost] of rows) t.equal(dollars(costOfParts(parts, DEFAULT_PRICES)), cost, what)
  const dearer = { ...DEFAULT_PRICES, post: 30_000 }
  t.equal(dollars(costOfParts([part('One'), part('Two')], dearer)), '$0.06', 'when X changes its prices')
})

t.test('an own read is cheap only with an app of the account’s own', async (t) => {
  t.equal(priceOf('own-read', DEFAULT_PRICES), 5_000)
  t.equal(priceOf('own-read', { ...DEFAULT_PRICES, ownApp: true }), 1_000)
  t.equal(priceOf('post-read', { ...DEFAULT_PRICES, ownApp: true }), 5_000)
  t.equal(kindOfPost({ text: '', summoned: false }), 'post', 'pictures only')
})

t.test('amounts in words and in fields', async (t) => {
  const rows: [number, string, string][] = [
    [0, '$0.00', '0.00'],
    [1, '$0.000001', '0.000001'],
    [1_000, '$0.001', '0.001'],
    [15_000, '$0.015', '0.015'],
    [200_000, '$0.20', '0.20'],
    [12_500_000, '$12.50', '12.50'],
    [1_234_000_000, '$1,234.00', '1234.00'],
  ]
  for (const [micro, words, typed] of rows) t.same([dollars(micro), amountTyped(micro)], [words, typed])
})
