import { createServer, type Socket } from 'node:net'
import { createServer as createProxy } from 'node:http'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { countEntries } from '../../src/activity/activities.ts'
import { saveGrant } from '../../src/accounts/connection.ts'
import { buildApp } from '../../src/app.ts'
import { openLive } from '../../src/compose.ts'
import { openDatabase } from '../../src/db/database.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { charges, deliveries, drafts, images, mails, posts } from '../../src/db/schema/index.ts'
import { layOut, stamp } from '../../src/installation.ts'
import { makeSignInLink } from '../../src/people/sign-in.ts'
import { Visitor } from '../support/app.ts'
import { aWeek, PRIYA } from '../support/bookings.ts'
import { begin, DESK, SAID, WRITE } from '../support/practice.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

/** Stands where everything goes that leaves a live installation: a proxy, and a mail server. They count, and let nothing through. */
async function theWayOut(t: Test) {
  const asked: string[] = []
  const proxy = createProxy()
  proxy.on('connect', ({ url }, socket: Socket) => {
    asked.push(`proxy ${url}`)
    socket.end('HTTP/1.1 503 Closed\r\n\r\n')
  })
  proxy.on('request', ({ url }, answer) => {
    asked.push(`proxy ${url}`)
    answer.writeHead(503).end()
  })
  const mail = createServer((socket) => {
    asked.push('mail')
    socket.destroy()
  })
  const listen = async (server: ReturnType<typeof createServer> | ReturnType<typeof createProxy>) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => void server.close())
    return (server.address() as AddressInfo).port
  }
  return { asked, httpsProxy: `http://127.0.0.1:${await listen(proxy)}`, smtpPort: await listen(mail) }
}

/** A live installation as its server opens it, with an account that is connected to X and a host whose week comes. */
async function liveInstallation(t: Test) {
  const dataDir = mkdtempSync(join(tmpdir(), 'week-live-'))
  const { asked, httpsProxy, smtpPort } = await theWayOut(t)
  const database = layOut(dataDir).database
  migrateDatabase(database)
  const now = new Date()
  const made = openDatabase(database)
  await stamp(made, 'live', now)
  await anAccount(made, { now })
  // Weeks from now, so that nothing of the week itself is due.
  const day = new Date(now.getTime() + 42 * 86_400_000)
  day.setUTCDate(day.getUTCDate() + ((8 - day.getUTCDay()) % 7))
  await aWeek(made, now, { slot: day.toISOString().slice(0, 10), accepted: true })
  made.close()
  const running = await openLive({
    host: '127.0.0.1',
    port: 0,
    dataDir,
    publicUrl: 'http://127.0.0.1:3000',
    trustProxy: false,
    httpsProxy,
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    mailFrom: 'week@north.example',
    sessionSecret: 'a secret for tests that is long enough',
    encryptionKey: Buffer.alloc(32, 7),
    x: { clientId: 'the-app', clientSecret: 'its-secret' },
    siteDir: null,
    siteUrl: null,
    sandboxPort: 0,
    looksAfterSeconds: [5, 15, 60, 180],
    logLevel: 'silent',
  })
  const app = await buildApp(running.deps, running.sandbox)
  t.teardown(async () => {
    await app.close()
    await running.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { ...running, app, asked }
}

t.test('in a live installation nothing that is practised leaves the machine', async (t) => {
  const { deps, app, asked, work } = await liveInstallation(t)
  const { db } = deps
  const grant = { accessToken: 'real', refreshToken: 'real', expiresIn: 7200, scope: ['tweet.write'] }
  const user = { id: '900', handle: 'NorthDaleHealth', name: 'NorthDale Health', avatarUrl: null }
  await saveGrant(deps, { accountId: ACCOUNT, grant, user, personId: LEAD.id })
  await work.untilQuiet(0)
  await deps.network.me('real')
  t.same(asked.slice(-1), ['proxy api.x.com:443'], 'what goes to X goes by here')
  const before = {
    asked: asked.length,
    entries: await countEntries(db.read, { accountId: ACCOUNT }),
    mails: await db.read.$count(mails),
  }

  const priya = new Visitor(app)
  const machineNow = deps.clock.machine()
  await priya.signIn(await makeSignInLink(db, { email: PRIYA.email, publicUrl: '', machineNow }))
  await begin(priya)
  const submit = (at: string, fields: Record<string, string>) =>
    priya.post(at, `${DESK}/drafts`, {
      id: randomUUID(),
      week: 'practice-week',
      when: 'soon',
      do: 'submit',
      ...fields,
    })
  const reply = /reply(?:=|&#x3D;)(\d+)/.exec((await priya.get(SAID)).body)![1]!
  for (const fields of [
    { 'part-1-text': 'I am Priya. Read https://example.org/visits, and ask @somebody. #NorthDaleWeek' },
    { 'part-1-text': 'A cup of tea, and the list of visits.', reply },
  ]) {
    const { statusCode, body } = await submit(WRITE, fields)
    t.equal(statusCode, 303, body.slice(0, 2000))
  }
  let page = ''
  for (let round = 0; round < 120 && !/class="tag" data-state="posted"/.test(page); round += 1) {
    await sleep(250)
    page = (await priya.get(`${DESK}/today`)).body
  }
  t.match(page, /data-state="posted"/, 'there it went out')

  await work.untilQuiet(0)
  t.same(asked.slice(before.asked), [], 'here nothing did')
  for (const table of [drafts, deliveries, posts, images, charges]) t.equal(await db.read.$count(table), 0)
  t.same(
    { entries: await countEntries(db.read, { accountId: ACCOUNT }), mails: await db.read.$count(mails) },
    { entries: before.entries, mails: before.mails },
  )
})
