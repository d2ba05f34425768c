import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { safeNext } from '../../src/web/sign-in-guard.ts'
import { PUBLIC_URL, testApp } from '../support/app.ts'
import { anAccount, LEAD } from '../support/story.ts'

type Tap = Parameters<typeof testApp>[0]

const LIVE = 'https://week.example.org'

async function live(t: Tap) {
  return testApp(t, {
    mode: 'live',
    deps: {
      settings: {
        mode: 'live',
        publicUrl: () => LIVE,
        sessionSecret: 'a secret for tests that is long enough',
        trustProxy: false,
        logLevel: 'silent',
      },
    },
  })
}

t.test('a change from another site is refused before its body is read', async (t) => {
  const { app } = await testApp(t)
  const cases: [
    method: 'POST' | 'PUT' | 'DELETE' | 'GET' | 'HEAD',
    headers: Record<string, string>,
    refused: boolean,
  ][] = [
    ['POST', { 'sec-fetch-site': 'same-origin' }, false],
    ['POST', { 'sec-fetch-site': 'none' }, false],
    ['POST', { 'sec-fetch-site': 'cross-site' }, true],
    ['POST', { 'sec-fetch-site': 'same-site' }, true],
    ['POST', { 'sec-fetch-site': 'cross-site', origin: PUBLIC_URL }, true],
    ['POST', { 'sec-fetch-site': 'something new' }, true],
    ['POST', { origin: PUBLIC_URL }, false],
    ['POST', { origin: 'http://127.0.0.1:3001' }, true],
    ['POST', { origin: 'https://127.0.0.1:3000' }, true],
    ['POST', { origin: 'https://evil.example' }, true],
    ['POST', { origin: 'null' }, true],
    ['POST', { origin: 'https://evil.example', host: 'evil.example' }, true],
    ['POST', {}, false],
    ['PUT', { 'sec-fetch-site': 'cross-site' }, true],
    ['DELETE', { 'sec-fetch-site': 'cross-site' }, true],
    ['GET', { 'sec-fetch-site': 'cross-site' }, false],
    ['HEAD', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false],
  ]
  for (const [method, headers, refused] of cases) {
    const answer = await app.inject({
      method,
      url: '/sign-in',
      headers: { ...headers, ...(method === 'POST' ? { 'content-type': 'text/unreadable' } : {}) },
      ...(method === 'POST' ? { payload: 'body' } : {}),
    })
    const name = `${method} ${JSON.stringify(headers)}`
    t.equal(answer.statusCode === 403, refused, name)
    // 415 is said by who looks at the body.
    if (method === 'POST' && !refused) t.equal(answer.statusCode, 415, name)
  }
})

t.test('every answer carries a strict policy; HTTPS is asked for only where there is HTTPS', async (t) => {
  const sandbox = await testApp(t)
  const real = await live(t)
  const asset = new URL(sandbox.deps.assets.path('desk.css'), PUBLIC_URL).pathname
  for (const url of ['/sign-in', '/nothing-here', asset]) {
    const { headers } = await sandbox.app.inject(url)
    const policy = String(headers['content-security-policy'])
    t.match(policy, "default-src 'none'", url)
    t.match(policy, "script-src 'self'")
    t.match(policy, "style-src 'self'")
    t.match(policy, "frame-ancestors 'none'")
    t.match(policy, "base-uri 'none'")
    t.match(policy, "form-action 'self'")
    t.notMatch(policy, /unsafe|nonce|\*|https?:|upgrade-insecure/)
    t.equal(headers['x-content-type-options'], 'nosniff')
    t.equal(headers['referrer-policy'], 'same-origin')
    t.equal(headers['x-frame-options'], 'DENY')
    t.equal(headers['strict-transport-security'], undefined)
    t.equal(headers['x-powered-by'], undefined)

    const secured = (await real.app.inject(url)).headers
    t.match(secured['content-security-policy'], 'upgrade-insecure-requests')
    t.match(secured['strict-transport-security'], /max-age=31536000/)
  }
})

t.test('pages hold no inline script or style', async (t) => {
  const { app } = await testApp(t)
  for (const url of ['/sign-in', '/nothing-here']) {
    const { body } = await app.inject(url)
    t.match(body, '<main')
    t.notMatch(body, /<style|\sstyle=|\son\w+=|<script(?![^>]* src=)|javascript:/)
  }
})

t.test('assets are kept for ever, pages of a person never', async (t) => {
  const { app, deps, db, clock, visitor } = await testApp(t)
  await anAccount(db, { now: clock.now() })
  const asset = await app.inject(deps.assets.path('desk.css'))
  t.equal(asset.statusCode, 200)
  t.match(asset.headers['cache-control'], /max-age=31536000, immutable/)
  const page = await (await visitor(LEAD.email)).get('/today')
  t.equal(page.headers['cache-control'], 'no-store')
  t.equal((await app.inject('/assets/../package.json')).statusCode, 404)
  t.equal((await app.inject('/assets/%2e%2e/%2e%2e/package.json')).statusCode, 404)
})

t.test('a follower gets no cookie', async (t) => {
  const { app } = await testApp(t)
  for (const url of ['/', '/nothing-here', '/@nobody'])
    t.same((await app.inject(url)).headers['set-cookie'], undefined, url)
})

t.test('the cookie of a session, in a sandbox and over HTTPS', async (t) => {
  const cookieOf = async (app: FastifyInstance) => (await app.inject('/sign-in')).cookies
  const [here, ...others] = await cookieOf((await testApp(t)).app)
  t.same(others, [])
  t.match(here, { name: 'week', httpOnly: true, sameSite: 'Lax', path: '/' })
  t.notOk(here?.secure)
  const [there] = await cookieOf((await live(t)).app)
  t.match(there, { name: '__Host-week', httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })
  t.equal(there?.domain, undefined, 'this host only')
  for (const cookie of [here, there]) {
    const days = (cookie!.expires!.getTime() - Date.now()) / 86_400_000
    t.ok(days > 13.9 && days <= 14, 'two weeks')
  }
})

t.test('the host that a request names decides nothing', async (t) => {
  const { visitor, db, clock } = await testApp(t)
  await anAccount(db, { now: clock.now() })
  const helen = await visitor()
  const answer = await helen.request({ method: 'GET', url: '/today', headers: { host: 'evil.example' } })
  t.equal(answer.headers.location, '/sign-in?next=%2Ftoday')
  t.notMatch(
    (await helen.request({ method: 'GET', url: '/sign-in', headers: { host: 'evil.example' } })).body,
    'evil',
  )
})

t.test('after signing in people go to a path of this site', async (t) => {
  const cases: [next: unknown, to: string][] = [
    ['/rota', '/rota'],
    ['/drafts/new?week=1&day=2015-01-19', '/drafts/new?week=1&day=2015-01-19'],
    ['/@NorthDaleHealth', '/@NorthDaleHealth'],
    ['/', '/'],
    ['', '/today'],
    [undefined, '/today'],
    [['/rota', '/queue'], '/today'],
    ['rota', '/today'],
    ['https://evil.example/', '/today'],
    ['//evil.example/', '/today'],
    ['/\\evil.example', '/today'],
    ['/a\\b', '/today'],
    ['/\t/evil.example', '/today'],
    ['/rota\r\nSet-Cookie: a=b', '/today'],
    ['javascript:alert(1)', '/today'],
  ]
  for (const [next, to] of cases) t.equal(safeNext(next), to, String(next))
})
