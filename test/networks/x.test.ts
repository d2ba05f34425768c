import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import type { Clock } from '../../src/clock.ts'
import type {
  Answer,
  Network,
  NetworkPost,
  PostToSend,
  Problem,
  SendAnswer,
} from '../../src/networks/network.ts'
import { createXNetwork } from '../../src/networks/x.ts'
import { createSandboxClient, type FaultKind } from '../../src/networks/x-sandbox/client.ts'
import { startStandIn } from '../../src/networks/x-sandbox/stand-in.ts'

const app = { clientId: 'an-app', clientSecret: 'a secret: with / signs' }
const redirectUri = 'http://127.0.0.1:3000/accounts/1/connection'
const handle = '1000LivesPlus'

/** Product time stands where it is put; machine time runs on from its own. */
const time = { product: new Date('2015-01-19T09:00:00Z'), machineAhead: 0 }
const clock: Clock = {
  now: () => time.product,
  machine: () => new Date(Date.now() + time.machineAhead),
}
function later(minutes: number): void {
  time.product = new Date(time.product.getTime() + minutes * 60_000)
}

const standIn = await startStandIn({
  file: ':memory:',
  port: 0,
  clock,
  users: [{ handle, name: '1000 Lives Plus', kind: 'account' }],
  limits: { 'POST /2/tweets': 1000, 'DELETE /2/tweets/:id': 1 },
})
t.teardown(() => standIn.close())
const world = createSandboxClient(standIn)
const x = createXNetwork({ ...app, standIn: { host: '127.0.0.1', port: standIn.port }, deadlineMs: 1000 })
const { accessToken } = await world.grantFor(handle, { clientId: app.clientId })
const account = value(await x.me(accessToken))

function value<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`Refused: ${answer.problem.detail}`)
  return answer.value
}
function problem(answer: Answer<unknown>): Problem {
  if (answer.ok) throw new Error('Not refused.')
  return answer.problem
}
function send(post: Partial<PostToSend>, deadlineMs = 400): Promise<SendAnswer> {
  return x.sendPost(accessToken, { text: '', mediaIds: [], replyTo: null, ...post }, { deadlineMs })
}
async function sent(post: Partial<PostToSend>): Promise<string> {
  const answer = await send(post)
  if (answer.outcome !== 'posted') throw new Error(answer.problem.detail)
  return answer.networkId
}
function png(width = 40, height = 30): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#c33' } })
    .png()
    .toBuffer()
}
async function one(id: string, network: Network = x): Promise<NetworkPost> {
  const [post] = value(await network.posts(accessToken, [id]))
  if (!post) throw new Error('Not there.')
  return post
}

t.test('an account is connected through a page of consent, and the code works once', async (t) => {
  const { url, state, codeVerifier } = x.beginConnection({ redirectUri })
  t.match(url, `${standIn.address}/i/oauth2/authorize?`)
  const page = await (await fetch(url)).text()
  t.match(page, `Authorise app as @${handle}`)

  const form = new URLSearchParams(
    [...page.matchAll(/name="(\w+)" value="([^"]*)"/g)]
      .map(([, name, value]): [string, string] => [name!, value!])
      .filter(([name]) => name !== 'user'),
  )
  form.set('user', account.id)
  const answer = await fetch(`${standIn.address}/i/oauth2/authorize`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  })
  const back = new URL(answer.headers.get('location')!)
  t.equal(back.origin + back.pathname, redirectUri)
  t.equal(back.searchParams.get('state'), state)

  const code = back.searchParams.get('code')!
  const wrong = await x.finishConnection({ code: 'made-up', codeVerifier, redirectUri })
  t.match(problem(wrong), { code: 'invalid', status: 400 })
  const grant = value(await x.finishConnection({ code, codeVerifier, redirectUri }))
  t.equal(grant.expiresIn, 7200)
  t.ok(grant.scope.includes('offline.access'))
  t.match(value(await x.me(grant.accessToken)), { id: account.id, handle, name: '1000 Lives Plus' })
  t.match(problem(await x.finishConnection({ code, codeVerifier, redirectUri })), { code: 'invalid' })

  form.set('user', '')
  const cancelled = await fetch(`${standIn.address}/i/oauth2/authorize`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  })
  t.equal(new URL(cancelled.headers.get('location')!).searchParams.get('error'), 'access_denied')
})

t.test('a refresh token works once, an access token for two hours, none when revoked', async (t) => {
  const first = await world.grantFor(handle, { clientId: app.clientId })
  const second = value(await x.refresh(first.refreshToken))
  t.match(problem(await x.refresh(first.refreshToken)), { code: 'invalid', detail: /token was invalid/ })
  time.machineAhead = 7201 * 1000
  t.match(problem(await x.me(second.accessToken)), { code: 'unauthorised', status: 401 })
  const third = value(await x.refresh(second.refreshToken))
  t.equal(value(await x.me(third.accessToken)).id, account.id)
  value(await x.revoke(third.refreshToken))
  t.equal(problem(await x.me(third.accessToken)).code, 'unauthorised')
  time.machineAhead = 0
})

t.test('a post comes back as it was sent', async (t) => {
  const text =
    'Meet @follower & <friends> at www.1000lives.wales/stories/a-long-path-to-the-page #1000Lives 🙂'
  const answer = await send({ text })
  t.match(answer, { outcome: 'posted', limit: { remaining: Number } })
  const id = await sent({ text: 'The next one has a higher id.' })
  const [next, post] = value(await x.ownPosts(accessToken, account.id, {}))
  t.equal(next?.id, id)
  t.match(post, {
    author: { id: account.id, handle, name: '1000 Lives Plus' },
    createdAt: new Date('2015-01-19T09:00:00Z'),
    lang: 'en',
    conversationId: post?.id,
    replyTo: null,
    mentions: ['follower'],
    hashtags: ['1000Lives'],
    media: [],
    editHistory: [post?.id],
    numbers: { replies: 0, reposts: 0, likes: 0, quotes: 0, impressions: 0 },
  })
  const [link] = post!.links
  t.equal(post!.text, text.replace(/www\S+/, link!.url))
  t.match(link, {
    url: /^https:\/\/t\.co\/\w{10}$/,
    expandedUrl: 'http://www.1000lives.wales/stories/a-long-path-to-the-page',
    displayUrl: '1000lives.wales/stories/a-long…',
  })
  t.equal(value(await x.ownPosts(accessToken, account.id, { sinceId: post!.id })).length, 1)
})

t.test('what the account passes on of others is none of its posts', async (t) => {
  const theirs = await world.postAs({ handle: 'follower', text: 'Worth reading.' })
  const own = await sent({ text: 'Before it.' })
  const repost = await world.repostAs({ handle, id: theirs.id })
  t.equal(repost.text, 'RT @follower: Worth reading.')
  const seen = value(await x.ownPosts(accessToken, account.id, {})).map(({ id }) => id)
  t.equal(seen[0], own)
  t.notOk(seen.includes(repost.id))
  t.equal((await one(repost.id)).text, repost.text, 'though it stands there')
})

t.test('both of X’s spellings are read', async (t) => {
  const first = await sent({ text: 'Spelled in two ways.' })
  const id = await sent({ text: 'And answered.', replyTo: first })
  later(600)
  const newer = createXNetwork({
    ...app,
    standIn: { host: '127.0.0.1', port: standIn.port },
    spelling: 'post',
  })
  t.same(await one(id, newer), await one(id))
  t.match(await one(id, newer), { replyTo: first, editHistory: [id] })
})

t.test('images are uploaded in chunks with their alternative text', async (t) => {
  const noise = Buffer.from(Array.from({ length: 3 * 700 * 700 }, (_, index) => (index * 7919) % 251))
  const large = await sharp(noise, { raw: { width: 700, height: 700, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer()
  t.ok(large.length > 1024 * 1024)
  const images = await Promise.all([
    x.uploadImage(accessToken, { bytes: large, mediaType: 'image/png', alt: 'Noise, red mostly' }),
    x.uploadImage(accessToken, { bytes: await png(), mediaType: 'image/png', alt: '' }),
  ])
  const [first, second] = images.map(value)
  const id = await sent({ text: 'Two images', mediaIds: [first!.mediaId, second!.mediaId] })
  const post = await one(id)
  t.match(post, { text: 'Two images', links: [] })
  t.match(post.media, [
    { mediaKey: first!.mediaKey, kind: 'photo', alt: 'Noise, red mostly', width: 700, height: 700 },
    { mediaKey: second!.mediaKey, alt: null, width: 40 },
  ])
  const stored = await world.media(first!.mediaKey!)
  t.equal(stored.mediaType, 'image/png')
  t.ok(stored.bytes.equals(large))
  t.equal((await one(await sent({ mediaIds: [first!.mediaId] }))).text, '', 'a post may be an image only')
})

t.test('a GIF is waited for', async (t) => {
  const bytes = await sharp(await png())
    .gif()
    .toBuffer()
  const network = createXNetwork({ ...app, standIn: { host: '127.0.0.1', port: standIn.port } })
  const upload = value(await network.uploadImage(accessToken, { bytes, mediaType: 'image/gif', alt: 'Red' }))
  t.match((await one(await sent({ mediaIds: [upload.mediaId] }))).media, [{ kind: 'gif', alt: 'Red' }])
})

t.test('an image that is none is refused in X’s words', async (t) => {
  const answer = await x.uploadImage(accessToken, {
    bytes: Buffer.from('text'),
    mediaType: 'image/png',
    alt: '',
  })
  t.match(problem(answer), { code: 'invalid', detail: 'The media could not be read.' })
})

t.test('a thread, followers’ replies, mentions and answers', async (t) => {
  const first = await sent({ text: 'A thread begins' })
  const second = await sent({ text: 'and goes on', replyTo: first })
  const reply = await world.postAs({
    handle: 'megan_w',
    name: 'Megan',
    text: 'Lovely to read!',
    replyTo: second,
  })
  const mention = await world.postAs({ handle: 'dai', text: 'Good week, @1000livesplus', lang: 'cy' })
  const stranger = await world.postAs({ handle: 'eve', text: 'Nothing to do with it' })

  const said = value(await x.replies(accessToken, [first, first], {}))
  t.same(
    said.map((post) => post.id),
    [reply.id, second],
  )
  t.match(said[0], {
    text: 'Lovely to read!',
    author: { handle: 'megan_w', name: 'Megan' },
    replyTo: second,
    conversationId: first,
  })
  t.match(said[1], { text: 'and goes on', replyTo: first })
  t.same(
    value(await x.replies(accessToken, [first], { sinceId: second })).map((post) => post.id),
    [reply.id],
  )
  t.same(
    value(await x.replies(accessToken, [first], { sinceId: '1' })).length,
    2,
    'also since an id that search no longer knows',
  )
  t.same(value(await x.replies(accessToken, [], {})), [])

  const named = value(await x.mentions(accessToken, account.id, { sinceId: second }))
  t.same(
    named.map((post) => [post.id, post.lang]),
    [
      [mention.id, 'cy'],
      [reply.id, 'en'],
    ],
  )

  t.match(await send({ text: 'Thank you!', replyTo: reply.id }), { outcome: 'posted' })
  t.match(await send({ text: 'Hello!', replyTo: stranger.id }), {
    outcome: 'refused',
    problem: { code: 'forbidden', detail: /have not been mentioned/ },
  })
  t.match(await send({ text: 'Anybody?', replyTo: '99' }), {
    outcome: 'refused',
    problem: { code: 'forbidden', detail: /deleted or not visible/ },
  })

  value(await x.hideReply(accessToken, reply.id, true))
  const [thread] = await world.timeline(handle)
  t.match(thread, {
    id: first,
    replies: [
      { id: second, replies: [{ id: reply.id, hidden: true, replies: [{ text: '@megan_w Thank you!' }] }] },
    ],
  })
  value(await x.hideReply(accessToken, reply.id, false))
  t.equal(problem(await x.hideReply(accessToken, first, true)).code, 'forbidden')
})

t.test('a poll', async (t) => {
  const id = await sent({ text: 'Which topic?', poll: { options: ['Stroke', 'Sepsis'], minutes: 60 } })
  t.match((await one(id)).poll, {
    options: [{ label: 'Stroke', votes: 0 }, { label: 'Sepsis' }],
    endsAt: new Date(time.product.getTime() + 3_600_000),
  })
})

t.test('timelines and look-ups are read to the end', async (t) => {
  const before = value(await x.ownPosts(accessToken, account.id, {}))[0]!.id
  const ids: string[] = []
  for (let index = 0; index < 130; index++)
    ids.unshift((await world.postAs({ handle, text: `Post ${index}` })).id)
  t.same(
    value(await x.ownPosts(accessToken, account.id, { sinceId: before })).map((post) => post.id),
    ids,
  )
  t.same(
    value(await x.posts(accessToken, [...ids, '77'])).map((post) => post.id),
    ids,
  )
})

t.test('ids rise although product time stands still, and figures grow with time', async (t) => {
  const [earlier, next] = [await sent({ text: 'First' }), await sent({ text: 'Second' })]
  t.ok(BigInt(next) > BigInt(earlier))
  const young = (await one(next)).numbers
  later(24 * 60)
  const old = (await one(next)).numbers
  t.equal(young.impressions, 0)
  t.ok(old.impressions! > 50)
  t.same((await one(next)).numbers, old)
})

t.test('a post is taken down once, and a second time is no problem', async (t) => {
  const id = await sent({ text: 'To be removed' })
  value(await x.removePost(accessToken, id))
  t.same(value(await x.posts(accessToken, [id])), [])
  time.machineAhead += 16 * 60_000
  value(await x.removePost(accessToken, id))
  const limited = problem(await x.removePost(accessToken, id))
  t.match(limited, { code: 'limited', status: 429 })
  const wait = limited.until!.getTime() - clock.machine().getTime()
  t.ok(wait > 14 * 60_000 && wait < 16 * 60_000)
  time.machineAhead = 0
})

t.test('what X refuses for good is told in its words', async (t) => {
  const refusals: [Partial<PostToSend>, string, RegExp][] = [
    [{ text: '' }, 'invalid', /text or media/],
    [{ text: 'x'.repeat(281) }, 'invalid', /too long/],
    [{ text: '字'.repeat(141) }, 'invalid', /too long/],
    [{ text: 'No such image', mediaIds: ['12345'] }, 'media', /media IDs are invalid/],
    [{ text: 'Five', mediaIds: ['1', '2', '3', '4', '5'] }, 'invalid', /between 1 and 4/],
    [{ text: 'Poll', poll: { options: ['One'], minutes: 60 } }, 'invalid', /2/],
  ]
  for (const [post, code, detail] of refusals)
    t.match(await send(post), { outcome: 'refused', problem: { code, status: 400, detail } })
  t.match(
    await send({ text: `${'x'.repeat(256)} https://example.org/${'y'.repeat(300)}` }),
    { outcome: 'posted' },
    'a link counts 23',
  )

  t.match(await send({ text: 'Said twice' }), { outcome: 'posted' })
  t.match(await send({ text: 'Said twice' }), {
    outcome: 'duplicate',
    problem: { code: 'duplicate', status: 403 },
  })
  const answer = await x.sendPost(
    'not a token',
    { text: 'Hello', mediaIds: [], replyTo: null },
    { deadlineMs: 500 },
  )
  t.match(answer, { outcome: 'refused', problem: { code: 'unauthorised', status: 401 } })
  const { accessToken: reading } = await world.grantFor(handle, {
    clientId: 'x',
    scope: 'tweet.read users.read',
  })
  t.equal(problem(await x.hideReply(reading, '5', true)).code, 'forbidden')
})

t.test('each fault of a send, and whether the post stands', async (t) => {
  const unknown = { outcome: 'unknown', problem: { code: 'unreachable' } }
  const cases: [FaultKind, object, boolean][] = [
    ['drop-before', { ...unknown, problem: { status: null } }, false],
    ['drop-after', { ...unknown, problem: { detail: 'The line broke before X answered.' } }, true],
    ['hang-before', { ...unknown, problem: { detail: /within 0.4 s/ } }, false],
    ['hang-after', unknown, true],
    ['cut', unknown, true],
    ['garbled', unknown, true],
    ['page', { ...unknown, problem: { status: 502 } }, true],
    ['server-error-before', unknown, false],
    ['server-error-after', { ...unknown, problem: { status: 500 } }, true],
    ['unavailable-before', unknown, false],
    ['unavailable-after', { ...unknown, problem: { status: 503 } }, true],
    ['limited', { outcome: 'refused', problem: { code: 'limited', until: Date } }, false],
    [
      'limited-numbered',
      { outcome: 'refused', problem: { code: 'limited', detail: 'Rate limit exceeded' } },
      false,
    ],
    ['limited-bare', { outcome: 'unknown', problem: { code: 'limited', until: null } }, false],
    [
      'credit',
      { outcome: 'refused', problem: { code: 'credit', status: 402, detail: /any credits/ } },
      false,
    ],
    ['unauthorised', { outcome: 'refused', problem: { code: 'unauthorised' } }, false],
  ]
  for (const [kind, expected, stands] of cases) {
    standIn.faults.add({ route: 'POST /2/tweets', kind })
    t.match(await send({ text: `Fault ${kind}` }), expected, kind)
    const [newest] = value(await x.ownPosts(accessToken, account.id, {}))
    t.equal(newest?.text === `Fault ${kind}`, stands, `${kind}: ${stands ? 'stands' : 'does not stand'}`)
  }
})

t.test('each fault of a read is a problem, and the next read is good', async (t) => {
  const cases: [FaultKind, Problem['code']][] = [
    ['drop-before', 'unreachable'],
    ['hang-after', 'unreachable'],
    ['cut', 'unreachable'],
    ['garbled', 'unreachable'],
    ['page', 'unreachable'],
    ['unavailable-after', 'unreachable'],
    ['limited', 'limited'],
    ['limited-bare', 'limited'],
    ['credit', 'credit'],
    ['unauthorised', 'unauthorised'],
  ]
  for (const [kind, code] of cases) {
    await world.addFault({ route: 'GET /2/users/me', kind })
    t.equal(problem(await x.me(accessToken)).code, code, kind)
  }
  t.equal(value(await x.me(accessToken)).id, account.id)

  standIn.faults.add({ route: 'GET /2/users/:id/tweets', kind: 'empty' })
  t.same(value(await x.ownPosts(accessToken, account.id, {})), [])
  standIn.faults.add({ route: 'GET /2/users/:id/tweets', kind: 'unavailable-before', skip: 1 })
  t.equal(
    problem(await x.ownPosts(accessToken, account.id, {})).code,
    'unreachable',
    'also when a later page fails',
  )
  standIn.faults.add({ route: 'GET /2/tweets', kind: 'empty' })
  t.equal(
    problem(await x.posts(accessToken, ['1'])).code,
    'unreachable',
    'an answer that is silent about a post does not mean that it is gone',
  )
  standIn.faults.add({ route: 'POST /2/oauth2/token', kind: 'garbled' })
  t.equal(problem(await x.refresh('anything')).code, 'unreachable')
  for (const route of ['initialize', ':id/append', ':id/finalize']) {
    standIn.faults.add({ route: `POST /2/media/upload/${route}`, kind: 'unavailable-before' })
    const answer = await x.uploadImage(accessToken, { bytes: await png(), mediaType: 'image/png', alt: '' })
    t.equal(problem(answer).status, 503, route)
  }
  await world.clearFaults()
})

t.test('nobody there, a machine elsewhere, and a proxy', async (t) => {
  const nobody = createXNetwork({ ...app, standIn: { host: '127.0.0.1', port: 9 } })
  t.match(problem(await nobody.me('token')), {
    code: 'unreachable',
    status: null,
    detail: 'X could not be reached.',
  })
  const elsewhere = { host: '192.0.2.1' as '127.0.0.1', port: 80 }
  t.throws(() => createXNetwork({ ...app, standIn: elsewhere }), {
    message: 'The stand-in for X must be on 127.0.0.1.',
  })

  let asked = ''
  const proxy = createServer((socket) => {
    socket.once('data', (bytes) => {
      asked = bytes.toString().split('\r\n')[0] ?? ''
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(() => proxy.close())
  const httpsProxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const through = createXNetwork({ ...app, httpsProxy, deadlineMs: 500 })
  const answer = await through.sendPost('t', { text: 'Hi', mediaIds: [], replyTo: null }, { deadlineMs: 500 })
  t.equal(asked, 'CONNECT api.x.com:443 HTTP/1.1')
  t.equal(answer.outcome, 'unknown', 'a refusal of the proxy is none of X')
})

t.test('a tunnel that opens when the call was given up carries nothing', async (t) => {
  const opened = new Promise<Socket>((resolve) => {
    const proxy = createServer((socket) => {
      socket.once('data', () =>
        setTimeout(() => socket.write('HTTP/1.1 200 OK\r\n\r\n', () => resolve(socket)), 300),
      )
    })
    t.teardown(() => proxy.close())
    proxy.listen(0, '127.0.0.1', () => {
      const { port } = proxy.address() as AddressInfo
      const through = createXNetwork({ ...app, httpsProxy: `http://127.0.0.1:${port}` })
      through
        .sendPost('t', { text: 'Hi', mediaIds: [], replyTo: null }, { deadlineMs: 100 })
        .then(
          (answer) => t.match(answer, { outcome: 'unknown', problem: { detail: /within 0.1 s/ } }),
          t.threw,
        )
    })
  })
  const socket = await opened
  socket.resume()
  await once(socket, 'close')
  t.ok(socket.destroyed)
})

t.test('only one file knows X’s client', async (t) => {
  const folder = 'src'
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const importing = files.filter((file) =>
    readFileSync(join(folder, file), 'utf8').includes("'twitter-api-v2'"),
  )
  t.same(importing, ['networks/x.ts'])
})
