import fc from 'fast-check'
import t from 'tap'
import twitterText from 'twitter-text'
import { rearranged } from '../../src/drafts/editor/arrange-parts.ts'
import { MOST_PARTS } from '../../src/drafts/check-content.ts'
import { emptyPart, readAction, type EditorPart } from '../../src/drafts/editor/editor-form.ts'
import { areNumbered, numbered, unnumbered } from '../../src/drafts/editor/number-parts.ts'
import { splitAtMarkers, splitAtSentences } from '../../src/drafts/editor/split-text.ts'
import { POST_LIMIT, textsAsPosted, weightOf } from '../../src/drafts/weight.ts'
import { anyText } from '../support/any-text.ts'

const part = (text: string, hashes: string[] = []): EditorPart => ({
  ...emptyPart(),
  text,
  images: hashes.map((hash) => ({ hash, alt: `About ${hash}` })),
})
const press = (parts: EditorPart[], button: string, { signOff = '', cursor = '' } = {}) =>
  rearranged(parts, readAction({ do: button, cursor }), signOff)!
const texts = ({ parts }: { parts: EditorPart[] }) => parts.map(({ text }) => text)

t.test('a long text is cut at the ends of sentences', async (t) => {
  const cases: [what: string, text: string, limit: number, pieces: string[]][] = [
    ['sentences', 'One is here. Two is there! Three?', 14, ['One is here.', 'Two is there!', 'Three?']],
    ['as many as fit', 'One. Two. Three. Four.', 10, ['One. Two.', 'Three.', 'Four.']],
    ['a text that fits, in its middle', 'One two. Three. Four five.', 280, ['One two. Three.', 'Four five.']],
    ['a paragraph', 'No full stop\n\nAnother', 15, ['No full stop', 'Another']],
    ['a clause', 'First this, then something else', 20, ['First this,', 'then something else']],
    ['words', 'aaaa bbbb cccc', 10, ['aaaa bbbb', 'cccc']],
    ['a word longer than a post', 'x'.repeat(12), 5, ['xxxxx', 'xxxxx', 'xx']],
    [
      'never inside a link',
      'See https://a.org/?q=1!b.html. It is good.',
      30,
      ['See https://a.org/?q=1!b.html.', 'It is good.'],
    ],
    ['nor a number', 'It costs 3.50 in all. Or 1 000 here.', 26, ['It costs 3.50 in all.', 'Or 1 000 here.']],
    [
      'nor an abbreviation',
      'We met Dr. Bee at 9 a.m. today. Then home.',
      33,
      ['We met Dr. Bee at 9 a.m. today.', 'Then home.'],
    ],
    ['without blanks between them', '今日は良い。明日も。', 12, ['今日は良い。', '明日も。']],
    ['an emoji stays whole', '👩‍⚕️👩‍⚕️👩‍⚕️', 4, ['👩‍⚕️👩‍⚕️', '👩‍⚕️']],
  ]
  for (const [what, text, limit, pieces] of cases) t.same(splitAtSentences(text, limit), pieces, what)
  t.same(splitAtMarkers('One\n---\n\nTwo\n -----\n'), ['One', 'Two'], 'or where a line says so')
  t.same(splitAtMarkers('a --- b\n--'), ['a --- b\n--'])
})

t.test('whatever is cut: every piece fits, nothing is lost, no link is broken', async () => {
  const bare = (text: string) => text.replaceAll(/\s/g, '')
  fc.assert(
    fc.property(anyText({ most: 900 }), fc.integer({ min: 60, max: POST_LIMIT }), (text, limit) => {
      const pieces = splitAtSentences(text, limit)
      if (bare(pieces.join('')) !== bare(text)) throw new Error('something is lost')
      if (pieces.length > 1 && pieces.some((piece) => weightOf(piece) > limit)) throw new Error('too long')
      const links = (all: string[]) => all.flatMap((one) => twitterText.extractUrls(one))
      for (const link of links([text]))
        if (!pieces.some((piece) => piece.includes(link))) throw new Error(`${link} is broken`)
    }),
    { numRuns: 300 },
  )
})

t.test('the parts of a thread are split, joined and moved', async (t) => {
  const one = part('First sentence. Second sentence.', ['a'])
  const split = press([one, part('Last')], 'split-1')
  t.same(texts(split), ['First sentence.', 'Second sentence.', 'Last'])
  t.match(split, { focus: 1, caret: 0, parts: [{ images: [{ hash: 'a' }] }, { images: [] }, {}] })
  t.same(
    texts(press([one], 'split-1', { cursor: '6' })),
    ['First', 'sentence. Second sentence.'],
    'at the cursor',
  )
  t.same(texts(press([part('One\n---\nTwo. Three.')], 'split-1')), ['One', 'Two. Three.'], 'at a marked line')
  t.match(press([part('One')], 'split-1').problems, { 'part-1-text': /end of a sentence/ })
  t.match(press([one], 'split-1', { cursor: '0' }).problems, { 'part-1-text': /end of a sentence/ })

  const long = 'A word or two. '.repeat(30)
  for (const signOff of ['', '^JA']) {
    const { parts } = press([part(long)], 'split-1', { signOff })
    t.ok(
      textsAsPosted(parts, signOff).every((text) => weightOf(text) <= POST_LIMIT),
      'the sign-off has its room',
    )
  }
  const full = Array.from({ length: MOST_PARTS }, () => part('One. Two.'))
  t.match(press(full, 'split-1'), { parts: full, problems: { 'part-1-text': /25 parts/ } })

  const joined = press(split.parts, 'join-1')
  t.same(joined.parts[0], one, 'joining undoes splitting')
  t.equal(joined.caret, 'First sentence. '.length)
  t.same(texts(press([part('One')], 'join-1')), ['One'], 'the last has no next')
  const many = [part('One', ['a', 'b', 'c']), part('Two', ['d', 'e'])]
  t.match(press(many, 'join-1'), { parts: many, problems: { 'part-1-image': /5 images/ } })

  const abc = [part('a'), part('b'), part('c')]
  t.same(texts(press(abc, 'move-1-3')), ['b', 'c', 'a'])
  t.same(texts(press(abc, 'move-3-1')), ['c', 'a', 'b'])
  t.same(texts(press(abc, 'move-1-9')), ['b', 'c', 'a'])
  t.same(texts(press(abc, 'up-1')), ['a', 'b', 'c'])
  t.equal(press(abc, 'move-3-1').focus, 0)
})

t.test('parts are numbered, and stay so', async (t) => {
  const two = [part('Open 24/7'), part('Second  '), part('', ['a'])]
  const counted = numbered(two)
  t.same(texts({ parts: counted }), ['Open 24/7 1/3', 'Second 2/3', ''])
  t.same(texts({ parts: numbered(counted) }), texts({ parts: counted }), 'once')
  t.same(texts({ parts: unnumbered(counted) }), ['Open 24/7', 'Second', ''])
  t.notOk(areNumbered(two))
  t.notOk(areNumbered([part('Half: 1/2')]), 'a single post has no number')
  t.same(texts({ parts: numbered([part('Only')]) }), ['Only'])

  const thread = numbered([part('One. Two.'), part('Three')])
  t.same(texts(press(thread, 'split-1')), ['One. 1/3', 'Two. 2/3', 'Three 3/3'])
  t.same(texts(press(thread, 'join-1')), ['One. Two. Three'])
  t.same(texts(press(thread, 'down-1')), ['Three 1/2', 'One. Two. 2/2'])
  t.same(texts(press(press(thread, 'add-part').parts, 'remove-3')), texts({ parts: thread }))
  t.same(texts(press(thread, 'unnumber')), ['One. Two.', 'Three'])

  const long = numbered([part('A word or two. '.repeat(40)), part('End')])
  const { parts } = press(long, 'split-1', { signOff: '^JA' })
  t.ok(
    textsAsPosted(parts, '^JA').every((text) => weightOf(text) <= POST_LIMIT),
    'the numbers have their room',
  )
})
