import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createGuardedFetch, createGuardedReader, isPublic } from '../../src/networks/guarded-fetch.ts'

t.test('which addresses are public', async (t) => {
  const cases: [address: string, open: boolean][] = [
    ['8.8.8.8', true],
    ['193.0.6.139', true],
    ['172.15.0.1', true],
    ['172.32.0.1', true],
    ['2606:4700::1111', true],
    ['0.0.0.0', false],
    ['10.1.2.3', false],
    ['100.64.0.1', false],
    ['127.0.0.1', false],
    ['127.255.0.1', false],
    ['169.254.169.254', false],
    ['172.16.0.1', false],
    ['172.31.255.255', false],
    ['192.168.1.1', false],
    ['198.18.0.1', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['::1', false],
    ['::', false],
    ['::ffff:10.0.0.1', false],
    ['::ffff:8.8.8.8', false],
    ['64:ff9b::a00:1', false],
    ['2002:a00:1::', false],
    ['2001:db8::1', false],
    ['fc00::1', false],
    ['fe80::1', false],
    ['ff02::1', false],
    ['not an address', false],
  ]
  for (const [address, open] of cases) t.equal(isPublic(address), open, address)
})

/** A site on this machine, which these tests alone are allowed to ask. */
async function site(t: Test, answer: RequestListener) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.headers.host?.replace(/:\d+$/, '')}${request.url}`)
    answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const ask = createGuardedFetch({
    resolve: async (host) => (host === 'inside.org' ? ['127.0.0.1', '10.0.0.1'] : ['127.0.0.1']),
    isAllowed: (address, at) => address === '127.0.0.1' && at === port,
    timeoutMs: 500,
  })
  return { asked, ask: (path: string, host = 'site.org') => ask(`http://${host}:${port}${path}`), port }
}

t.test('what an address answers', async (t) => {
  const { ask, asked, port } = await site(t, (request, response) => {
    const { url, method } = request
    const leads: Record<string, string> = {
      '/moved': '/there',
      '/away': 'http://169.254.169.254/secret',
      '/file': 'file:///etc/passwd',
      '/round': '/round',
    }
    if (url === '/slow') return
    if (url === '/cut') {
      request.socket.destroy()
      return
    }
    if (url === '/get-only') {
      response.writeHead(method === 'HEAD' ? 405 : 200).end('x'.repeat(9999))
      return
    }
    if (leads[url ?? '']) {
      response.writeHead(302, { location: leads[url!] }).end()
      return
    }
    const status = Number(/^\/(\d+)/.exec(url ?? '')?.[1] ?? 200)
    response.writeHead(status).end()
  })
  const cases: [path: string, state: string, detail: string][] = [
    ['/there', 'there', ''],
    ['/moved', 'there', ''],
    ['/get-only', 'there', ''],
    ['/401', 'there', ''],
    ['/403', 'there', ''],
    ['/429', 'there', ''],
    ['/404', 'missing', 'says that there is no such page'],
    ['/410', 'missing', 'says that there is no such page'],
    ['/503', 'unclear', 'answers with an error of its own (503)'],
    ['/cut', 'unclear', 'does not answer'],
    ['/slow', 'unclear', 'does not answer in time'],
    ['/round', 'missing', 'leads in a circle'],
    ['/away', 'missing', 'leads to no public address, so others will not get there'],
    ['/file', 'missing', 'leads to no public address, so others will not get there'],
  ]
  for (const [path, state, detail] of cases) t.same(await ask(path), { state, detail }, path)
  t.match(asked, ['HEAD site.org/there'], 'nothing is read where a look is enough')
  t.ok(asked.includes('GET site.org/get-only'))

  asked.length = 0
  t.match(await ask('/there', 'inside.org'), { state: 'missing' }, 'one of its addresses is inside')
  const real = createGuardedFetch({ timeoutMs: 2000 })
  for (const address of [
    `http://127.0.0.1:${port}/there`,
    `http://localhost:${port}/there`,
    `http://[::ffff:127.0.0.1]:${port}/there`,
    `http://2130706433:${port}/there`,
    'http://10.0.0.1/',
    'ftp://site.org/',
    'not an address',
  ])
    t.equal((await real(address)).state, 'missing', address)
  t.same(asked, [], 'nobody inside was asked')
})

t.test('a site that does not exist', async (t) => {
  const ask = createGuardedFetch({
    resolve: async () => {
      throw Object.assign(new Error('no'), { code: 'ENOTFOUND' })
    },
  })
  t.same(await ask('https://nowhere.org/'), { state: 'missing', detail: 'names a site that does not exist' })
})

t.test('the beginning of a page is read, and nothing that lies inside', async (t) => {
  const server = createServer((request, response) => {
    const html = { 'content-type': 'text/html; charset=utf-8' }
    if (request.url === '/moved') response.writeHead(302, { location: '/page' }).end()
    else if (request.url === '/inside') response.writeHead(302, { location: 'http://10.0.0.1/secret' }).end()
    else if (request.url === '/long') {
      response.writeHead(200, html)
      const pour = () => {
        if (!response.destroyed) response.write('x'.repeat(65_536), () => setImmediate(pour))
      }
      pour()
    } else if (request.url === '/picture') response.writeHead(200, { 'content-type': 'image/png' }).end('png')
    else if (request.url === '/gone') response.writeHead(404, html).end('<title>Not here</title>')
    else response.writeHead(200, html).end('<title>Flu jabs</title>')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const read = createGuardedReader({
    resolve: async () => ['127.0.0.1'],
    isAllowed: (address, at) => address === '127.0.0.1' && at === port,
    timeoutMs: 3000,
  })
  const page = (path: string) => read(`http://site.org:${port}${path}`)
  for (const path of ['/page', '/moved'])
    t.equal(String((await page(path))?.bytes), '<title>Flu jabs</title>', path)
  t.equal((await page('/long'))?.bytes.length, 256 * 1024, 'no more than that')
  for (const path of ['/picture', '/gone', '/inside']) t.equal(await page(path), null, path)
  for (const address of ['file:///etc/passwd', 'javascript:x', 'http://[::1]/', 'nonsense'])
    t.equal(await createGuardedReader({ timeoutMs: 500 })(address), null, address)
})
