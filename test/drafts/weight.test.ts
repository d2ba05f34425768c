import fc from 'fast-check'
import t from 'tap'
import { MOST_CHARACTERS, POST_LIMIT, stretchesOf, textsAsPosted, weightOf } from '../../src/drafts/weight.ts'

t.test('what X counts', (t) => {
  const cases: [what: string, text: string, weight: number][] = [
    ['nothing', '', 0],
    ['letters', 'Good morning', 12],
    ['é, put together or not', 'e\u0301\u00e9', 2],
    ['curly quotes and dashes of the first ranges', '“No” – yes', 10],
    ['a link, however short', 'https://a.co', 23],
    ['a link, however long', `https://northdale.example.org/${'x'.repeat(200)}`, 23],
    ['a bare domain', 'northdale.org', 23],
    ['a bare domain in a sentence', 'See northdale.org.', 4 + 23 + 1],
    ['what only looks like a domain', 'e.g. this', 9],
    ['a link without a space before CJK', 'https://a.co日本', 23 + 4],
    ['Chinese', '護士', 4],
    ['Japanese', 'おはよう', 8],
    ['Korean', '안녕', 4],
    ['Arabic', 'صباح الخير', 10],
    ['Hebrew', 'בוקר טוב', 8],
    ['an emoji', '😀', 2],
    ['a family of emoji is one', '👨‍👩‍👧', 2],
    ['a flag', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', 2],
    ['a skin tone', '👋🏽', 2],
    ['a line break', 'a\nb', 3],
    ['hashtag and mention', '#NorthDaleWeek @north', 21],
  ]
  for (const [what, text, weight] of cases) t.equal(weightOf(text), weight, what)
  t.equal(weightOf('x'.repeat(1_000_000)), 1_000_000, 'a megabyte is not weighed')
  t.end()
})

t.test('the sign-off closes the last part', (t) => {
  const cases: [parts: string[], signOff: string, posted: string[]][] = [
    [['One', 'Two'], '^JA', ['One', 'Two ^JA']],
    [['One'], '', ['One']],
    [['One\n'], '^JA', ['One ^JA']],
    [['  One '], '', ['One']],
    [[''], '^JA', ['^JA']],
    [['Typed by hand ^JA'], '^JA', ['Typed by hand ^JA']],
    [['^JA'], '^JA', ['^JA']],
    [['Not that one^JA'], '^JA', ['Not that one^JA ^JA']],
    [['See northdale.org'], '^JA', ['See northdale.org ^JA']],
  ]
  for (const [parts, signOff, posted] of cases)
    t.same(
      textsAsPosted(
        parts.map((text) => ({ text })),
        signOff,
      ),
      posted,
    )
  t.end()
})

t.test('what becomes a link, a hashtag, a mention', (t) => {
  t.same(stretchesOf('Thanks @north, see northdale.org #Week'), [
    { text: 'Thanks ' },
    { text: '@north', kind: 'mention' },
    { text: ', see ' },
    { text: 'northdale.org', kind: 'link', href: 'http://northdale.org', shown: 'northdale.org' },
    { text: ' ' },
    { text: '#Week', kind: 'hashtag' },
  ])
  t.same(stretchesOf('#شفاء ١'), [{ text: '#شفاء', kind: 'hashtag' }, { text: ' ١' }])
  t.end()
})

t.test('a link is shown as X shows it, and counts 23 however it is shown', (t) => {
  const cases: [typed: string, shown: string, href?: string][] = [
    ['northdale.org', 'northdale.org', 'http://northdale.org'],
    ['https://northdale.org/', 'northdale.org'],
    ['HTTPS://www.northdale.org', 'northdale.org'],
    ['https://northdale.org/flu/clinics', 'northdale.org/flu/clinics'],
    ['https://instagram.com/p/CFK3lu3lXkS/', 'instagram.com/p/CFK3lu3lXkS/'],
    ['https://www.instagram.com/p/CIBUGqthPGJ/?fbclid=IwAR3', 'instagram.com/p/CIBUGqthPGJ/…'],
    ['http://www.youtube.com/watch?v=oHg5SJYRHA0', 'youtube.com/watch?v=oHg5SJ…'],
    ['https://blog.twitter.com/developer/en_us/topics/tools', 'blog.twitter.com/developer/en_u…'],
    ['https://developer.twitter.com/en/use-cases/success', 'developer.twitter.com/en/use-cases/s…'],
    ['https://a.example.org?x=1&y=2', 'a.example.org?x=1&y=2'],
  ]
  for (const [typed, shown, href = typed] of cases) {
    t.same(stretchesOf(typed), [{ text: typed, kind: 'link', shown, href }], typed)
    t.equal(weightOf(typed), 23, typed)
  }
  t.end()
})

const someText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom('northdale.org', '#Week', '@north', 'https://a.co/b', 'word', '日本', '😀', '\n', ' '),
      {
        maxLength: 60,
      },
    )
    .map((words) => words.join(' ')),
)

t.test('whatever is typed', (t) => {
  fc.assert(
    fc.property(someText, (text) => {
      const again = stretchesOf(text)
        .map((stretch) => stretch.text)
        .join('')
      if (again !== text) throw new Error('The stretches are not the text.')
    }),
  )
  fc.assert(
    fc.property(
      fc.array(someText, { minLength: 1, maxLength: 5 }),
      fc.constantFrom('', '^JA'),
      (texts, signOff) => {
        const parts = texts.map((text) => ({ text }))
        const posted = textsAsPosted(parts, signOff)
        if (posted.length !== texts.length) throw new Error('A part went missing.')
        if (signOff && !posted.at(-1)!.endsWith(signOff)) throw new Error('The sign-off is missing.')
        const again = textsAsPosted(
          posted.map((text) => ({ text })),
          signOff,
        )
        if (again.join('|') !== posted.join('|'))
          throw new Error('What is posted changes when it is posted again.')
        for (const text of posted) if (text !== text.trim()) throw new Error('X would trim this.')
      },
    ),
  )
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'é', ' ', '😀', '日'), maxLength: POST_LIMIT }),
      (text) => {
        const plain = text.trim()
        if (plain === '') return
        if (weightOf(`${plain} ^JA`) !== weightOf(plain) + 4) throw new Error('The sign-off weighs four.')
      },
    ),
  )
  t.end()
})

t.test('counting stays quick on what is made to be slow', (t) => {
  const started = performance.now()
  for (const piece of ['a.', 'a-', '@a', '#a', 'http://a.', '.com'])
    weightOf(piece.repeat(MOST_CHARACTERS).slice(0, MOST_CHARACTERS))
  t.ok(performance.now() - started < 2000)
  t.end()
})
