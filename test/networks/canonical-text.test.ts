import t from 'tap'
import { canonicalTextOfPost, canonicalTextOfSent } from '../../src/networks/canonical-text.ts'
import { systemClock } from '../../src/clock.ts'
import { networkPostOf } from '../../src/networks/x-posts.ts'
import { createXNetwork } from '../../src/networks/x.ts'
import { createSandboxClient } from '../../src/networks/x-sandbox/client.ts'
import { startStandIn } from '../../src/networks/x-sandbox/stand-in.ts'

const sent = (text: string, replyTo: string | null = null) => canonicalTextOfSent({ text, replyTo })

t.test('what is sent, in its canonical form', async (t) => {
  const cases: [string, string][] = [
    ['', ''],
    ['  Two  spaces\n\nand lines ', 'two spaces and lines'],
    ['Cafe\u0301', 'caf\u00E9'],
    ['See https://Example.org/ today', 'see example.org today'],
    ['See http://www.example.org/Path/?q=1#Top', 'see www.example.org/path/?q=1#top'],
    ['Bare 1000lives.wales, too', 'bare 1000lives.wales, too'],
    ['a & b < c', 'a & b < c'],
    ['@megan stays in a post', '@megan stays in a post'],
  ]
  for (const [text, expected] of cases) t.equal(sent(text), expected)
  t.equal(sent('@megan @dai thank you', '1'), 'thank you', 'handles before a reply do not count')
  t.equal(sent('thank you @megan', '1'), 'thank you @megan')
  t.equal(sent('@megan', '1'), '')
  t.equal(sent('.@megan thank you', '1'), '.@megan thank you')
})

t.test('a post of X’s, as X writes it', async (t) => {
  const urls = [
    {
      url: 'https://t.co/abcdefghij',
      expanded_url: 'https://Example.org/a?x=1&y=2',
      display_url: 'example.org/a?x=1…',
    },
    { url: 'https://t.co/klmnopqrst', expanded_url: 'https://x.com/a/status/20/photo/1', media_key: '3_1' },
    { url: 'https://t.co/klmnopqrst', expanded_url: 'https://x.com/a/status/20/photo/1', media_key: '3_2' },
  ]
  const post = {
    id: '20',
    text: '@megan Fish &amp; chips &lt;3 &amp;lt; https://t.co/abcdefghij https://t.co/klmnopqrst',
    author_id: '1',
    created_at: '2015-01-19T09:00:00.000Z',
    referenced_tweets: [{ type: 'replied_to', id: '19' }],
    entities: { urls },
  }
  const text = 'Fish & chips <3 &lt; https://example.org/a?x=1&y=2'
  t.equal(canonicalTextOfPost(networkPostOf(post)), sent(text, '19'))
  t.equal(networkPostOf(post).text, '@megan Fish & chips <3 &lt; https://t.co/abcdefghij')
  t.equal(
    networkPostOf({ ...post, display_text_range: [7, 60] }).text,
    'Fish & chips <3 &lt; https://t.co/abcdefghij',
  )

  const long = {
    ...post,
    text: 'The beginning… https://t.co/klmnopqrst',
    note_tweet: { text: 'The beginning and the end' },
  }
  t.equal(canonicalTextOfPost(networkPostOf(long)), 'the beginning and the end')
  t.match(networkPostOf({ ...post, lang: 'qme', public_metrics: {} }), {
    lang: null,
    numbers: { likes: null, reposts: null },
  })
  t.match(networkPostOf({ ...post, lang: 'iw' }), { lang: 'he', author: { id: '1', handle: '' }, media: [] })
})

t.test('whatever goes through X comes back the same', async (t) => {
  const clock = systemClock
  const users = [{ handle: 'account', kind: 'account' as const }]
  const standIn = await startStandIn({ file: ':memory:', port: 0, clock, users })
  t.teardown(() => standIn.close())
  const world = createSandboxClient(standIn)
  const app = { clientId: 'app', clientSecret: 'secret' }
  const { accessToken } = await world.grantFor('account', app)
  const x = createXNetwork({ ...app, standIn: { host: '127.0.0.1', port: standIn.port } })
  const { id: named } = await world.postAs({ handle: 'dai', text: 'Hello @account' })
  const cases: [string, string | null][] = [
    ['Plain', null],
    ['Two https://example.org/x https://example.org/x and www.example.co.uk/', null],
    ['https://example.org', null],
    ['Emoji 👩🏽‍⚕️ before bbc.co.uk/news and after 🙂 #Tag @dai', null],
    ['<b>&amp;</b> & more', null],
    ['Line one\nLine two\n\n^WB', null],
    ['Answering', named],
    ['@dai Answering too', named],
  ]
  for (const [text, replyTo] of cases) {
    const answer = await x.sendPost(accessToken, { text, mediaIds: [], replyTo }, { deadlineMs: 2000 })
    t.match(answer, { outcome: 'posted' }, text)
    const read = await x.posts(accessToken, [answer.outcome === 'posted' ? answer.networkId : ''])
    const [post] = read.ok ? read.value : []
    t.equal(canonicalTextOfPost(post!), sent(text, replyTo), text)
  }
})
