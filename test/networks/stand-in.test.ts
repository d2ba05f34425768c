import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { join, resolve } from 'node:path'
import t from 'tap'
import { openSandboxClock } from '../../src/clock.ts'
import { createXNetwork } from '../../src/networks/x.ts'
import { createSandboxClient } from '../../src/networks/x-sandbox/client.ts'

const app = { clientId: 'app', clientSecret: 'secret' }
const folder = t.testdir()
const clockFile = join(folder, 'clock.json')
const clock = openSandboxClock(clockFile, new Date('2015-01-19T09:00:00Z'))

async function startProcess(port: number): Promise<{ port: number; process: ChildProcess }> {
  const server = resolve('src/networks/x-sandbox/server.ts')
  const settings = ['--file', join(folder, 'x.sqlite'), '--port', String(port), '--clock', clockFile]
  const process = spawn(globalThis.process.execPath, ['--import=tsx', server, ...settings], { stdio: 'pipe' })
  const [line] = (await once(process.stdout, 'data')) as [Buffer]
  return { port: Number(/:(\d+)\s*$/.exec(line.toString())?.[1]), process }
}

async function end({ process }: { process: ChildProcess }, signal: NodeJS.Signals): Promise<number | null> {
  process.kill(signal)
  const [code] = (await once(process, 'exit')) as [number | null]
  return code
}

t.test('in a process of its own, killed and started again, it keeps everything', async (t) => {
  const first = await startProcess(0)
  t.teardown(() => first.process.kill('SIGKILL'))
  const world = createSandboxClient(first)
  const { accessToken } = await world.grantFor('account', app)
  const x = createXNetwork({ ...app, standIn: { host: '127.0.0.1', port: first.port } })
  const sent = await x.sendPost(
    accessToken,
    { text: 'Kept', mediaIds: [], replyTo: null },
    { deadlineMs: 5000 },
  )
  if (sent.outcome !== 'posted') throw new Error(sent.problem.detail)
  clock.moveTo(new Date('2015-01-20T10:00:00Z'))
  t.match(await world.postAs({ handle: 'dai', text: 'Hi', replyTo: sent.networkId }), {
    createdAt: /^2015-01-20T10:00/,
  })
  await end(first, 'SIGKILL')

  const second = await startProcess(first.port)
  t.teardown(() => second.process.kill('SIGKILL'))
  const [post] = await world.timeline('account')
  t.match(post, {
    id: sent.networkId,
    text: 'Kept',
    createdAt: /^2015-01-19T09:00/,
    replies: [{ text: '@account Hi' }],
  })
  const me = await x.me(accessToken)
  t.match(me, { ok: true, value: { handle: 'account' } })
  const next = await world.postAs({ handle: 'account', text: 'Later' })
  t.ok(BigInt(next.id) > BigInt(post!.replies[0]!.id))
  t.equal(await end(second, 'SIGTERM'), 0)
  await t.rejects(world.health())
})

const standIn = await startProcess(0)
t.teardown(() => end(standIn, 'SIGTERM'))

t.test('the people on it, for the pages and the demo', async (t) => {
  const world = createSandboxClient(standIn)
  await world.addUser({ handle: 'Account', name: 'The account', kind: 'account' })
  await world.addUser({ handle: 'account', name: 'Somebody else' })
  const account = (await world.users()).find((user) => user.handle.toLowerCase() === 'account')

  const opening = await world.postAs({ handle: 'account', text: 'By hand' })
  const answer = await world.postAs({ handle: 'dai', name: 'Dai', text: 'An answer', replyTo: opening.id })
  const further = await world.postAs({ handle: 'megan', text: 'And one to that', replyTo: answer.id })
  t.equal(further.text, `@dai @${account!.handle} And one to that`, 'X names everybody who is in it')
  t.match(await world.mentions('ACCOUNT'), [{ id: further.id }, { id: answer.id }])
  await world.removePost(further.id)
  t.match(await world.timeline('account'), [
    { id: opening.id, numbers: { replies: 1 }, replies: [{ id: answer.id, replies: [] }] },
  ])
  t.ok((await world.allPosts()).length >= 2)
  t.same(await world.timeline('nobody'), [])

  await t.rejects(world.postAs({ handle: 'dai', text: 'x'.repeat(281) }), /too long/)
  await t.rejects(world.postAs({ handle: 'dai', text: 'To nobody', replyTo: '5' }), /deleted or not visible/)
  await t.rejects(world.addUser({ handle: 'not a handle' }), /handle/)
  await t.rejects(world.addFault({ route: 'GET /2/tweets', kind: 'made-up' as 'cut' }), /kind/)
  await t.rejects(world.media('3_5'), /Could not find media/)
  const avatar = await fetch(`${world.address}/avatars/dai.svg`)
  t.match([avatar.status, avatar.headers.get('content-type')], [200, /svg/])
})

t.test('pages elsewhere do not reach it', async (t) => {
  t.equal(await statusOf(standIn.port, 'GET', { host: 'evil.example' }), 421)
  t.equal(await statusOf(standIn.port, 'POST', { 'sec-fetch-site': 'cross-site' }), 403)
  t.equal(await statusOf(standIn.port, 'GET', { 'sec-fetch-site': 'cross-site' }), 200)
})

async function statusOf(
  port: number,
  method: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  const call = request({ host: '127.0.0.1', port, method, path: '/sandbox/users', headers })
  call.end()
  const [answer] = (await once(call, 'response')) as [import('node:http').IncomingMessage]
  answer.resume()
  return answer.statusCode
}
