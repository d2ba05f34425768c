import t from 'tap'
import { talksOf } from '../../src/listening/thread.ts'
import { directionOf, initialsOf, postUrl, wordsOf } from '../../src/listening/words.ts'

t.test('a post’s words with its links known', async (t) => {
  const link = {
    url: 'https://t.co/abc',
    expandedUrl: 'https://north.example/lifts?a=1&b=2',
    displayUrl: 'north.example/lifts?a=1…',
    title: null,
  }
  t.same(wordsOf({ text: 'Ask @priya_n at https://t.co/abc #Lifts, now', links: [link] }), [
    { text: 'Ask ' },
    { text: '@priya_n', href: 'https://x.com/priya_n' },
    { text: ' at ' },
    { text: 'north.example/lifts?a=1…', href: 'https://north.example/lifts?a=1&b=2' },
    { text: ' ' },
    { text: '#Lifts', href: 'https://x.com/hashtag/Lifts' },
    { text: ', now' },
  ])
  t.same(wordsOf({ text: 'One\n\ntwo', links: [] }), [{ text: 'One\n\ntwo' }], 'line breaks stay')
  t.same(
    wordsOf({ text: 'https://www.wales.nhs.uk/say/', links: [] }),
    [{ text: 'www.wales.nhs.uk/say', href: 'https://www.wales.nhs.uk/say/' }],
    'as we sent it, before X wraps it',
  )
  t.equal(wordsOf({ text: 'wales.nhs.uk/say', links: [] })[0]!.href, 'https://wales.nhs.uk/say')
  const bad = { ...link, expandedUrl: 'javascript:alert(1)' }
  t.equal(wordsOf({ text: 'https://t.co/abc', links: [bad] })[0]!.href, 'https://t.co/abc')
  t.same(wordsOf({ text: '', links: [] }), [])
})

t.test('faces we do not have, directions, addresses', async (t) => {
  t.equal(initialsOf('Margaret van der Dunn'), 'MD')
  t.equal(initialsOf('Anon'), 'A')
  t.equal(initialsOf('✨ ✨'), '·')
  t.equal(directionOf('ar'), 'rtl')
  t.equal(directionOf('cy'), 'ltr')
  t.equal(directionOf(null), 'auto')
  t.equal(postUrl({ authorHandle: '', networkId: '12' }), 'https://x.com/i/status/12')
})

t.test('answers hang under the post of ours that they answer', async (t) => {
  const post = (networkId: string, replyTo: string | null = null, conversationId: string | null = null) => ({
    networkId,
    replyTo,
    conversationId,
  })
  const own = [post('1'), post('2', '1', '1')]
  const replies = [
    post('10', '2', '1'),
    post('11', '10', '1'),
    post('12', '99', '1'),
    post('13'),
    post('14', '15', '70'),
    post('15', '14', '70'),
  ]
  t.same(
    talksOf(own, replies).map(({ under, replies }) => [under?.networkId, replies.map((r) => r.networkId)]),
    [
      ['2', ['10', '11']],
      ['1', ['12']],
      [undefined, ['13', '14', '15']],
    ],
  )
})
