import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { once } from 'node:events'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { accounts, posts, recaps, removalRequests } from '../../src/db/schema/index.ts'
import { replaceSite } from '../../src/export/folder.ts'
import { createSiteKeeper, type SiteTrouble } from '../../src/export/keep-sites.ts'
import type { SiteFile } from '../../src/export/site-files.ts'
import { forgetPerson } from '../../src/recaps/removal/forget-person.ts'
import { withdrawRecap } from '../../src/recaps/withdraw-recap.ts'
import { findActor } from '../../src/rota/powers.ts'
import { contentsOf, publishedWeek, SITE, siteOf } from '../support/exported.ts'
import { ACCOUNT, anotherAccount, APPROVER, LEAD, OTHER_ACCOUNT } from '../support/story.ts'
import { SLOT, WEEK } from '../support/told-week.ts'

type World = Awaited<ReturnType<typeof publishedWeek>>

/** Writes what a test says instead of the account's own files. */
async function* these(files: Record<string, string>, fail?: Error): AsyncGenerator<SiteFile> {
  for (const [path, text] of Object.entries(files)) yield { path, bytes: Buffer.from(text) }
  if (fail) throw fail
}

function keeper(world: World, siteDir: string) {
  const written: string[] = []
  const reported: unknown[] = []
  let failure: Error | null = null
  const sites = createSiteKeeper({
    siteDir,
    db: world.db,
    clock: world.clock,
    filesOf: (account, before) => {
      written.push(account.handle)
      return failure ? these({ 'index.html': 'half' }, failure) : siteOf(world, before)
    },
    report: (error) => reported.push(error),
  })
  return { sites, written, reported, fail: (error: Error | null) => (failure = error) }
}

t.test('a folder is written when it changed, numbers every ten minutes at most', async (t) => {
  const world = await publishedWeek(t)
  const { db, clock } = world
  const siteDir = join(t.testdir(), 'site')
  const { sites, written } = keeper(world, siteDir)
  const page = () => readFileSync(join(siteDir, SITE, 'weeks', SLOT, 'index.html'), 'utf8')
  await sites.run()
  t.match(page(), 'Four hundred front doors')
  t.match(readFileSync(join(siteDir, 'index.html'), 'utf8'), `url=${SITE}/index.html`)
  const share = readFileSync(join(siteDir, SITE, 'weeks', SLOT, 'share.png'))
  await sites.run()
  t.equal(written.length, 1, 'not while nothing changed')

  await db.write((tx) => tx.update(posts).set({ removedAt: clock.now() }).where(eq(posts.networkId, '101')))
  await sites.run()
  t.equal(written.length, 1, 'what the network says waits a little')
  clock.pass(11)
  await sites.run()
  t.equal(written.length, 2)
  t.notMatch(page(), 'Good morning from Hallbeck')
  t.same(
    readFileSync(join(siteDir, SITE, 'weeks', SLOT, 'share.png')),
    share,
    'what did not change is taken over',
  )

  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  const [recap] = await db.read.select().from(recaps)
  await withdrawRecap(db, { weekId: WEEK, version: recap!.version, actor, now: clock.now() })
  await sites.run()
  t.equal(written.length, 3, 'a story taken back goes at once')
  t.match(page(), 'Its story is being put together')
  t.notOk(existsSync(join(siteDir, SITE, 'weeks', SLOT, 'one-file.html')), 'with its one file')
  t.same(readdirSync(join(siteDir, '.sites')), [`${SITE}-3`, `${SITE}-3.tags`], 'and no older copy is left')
})

t.test('a failure is told at the desk and in /readyz, leaves the old site, and is tried again', async (t) => {
  let troubles: () => SiteTrouble[] = () => []
  const world = await publishedWeek(t, { deps: { siteTroubles: () => troubles() } })
  const { db, clock, app } = world
  const siteDir = join(t.testdir(), 'site')
  const { sites, reported, fail } = keeper(world, siteDir)
  troubles = sites.troubles
  const asked = async () =>
    (await app.inject('/readyz')).json<{ status: string; checks: Record<string, object> }>()
  await sites.run()
  const before = contentsOf(siteDir)
  t.match((await asked()).checks['site'], { status: 'pass' })

  fail(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }))
  await db.write((tx) => tx.update(accounts).set({ handle: 'NorthDaleNew' }).where(eq(accounts.id, ACCOUNT)))
  await sites.run()
  t.same(contentsOf(siteDir), before, 'the old one stands, whole, and nothing of the new')
  t.equal(reported.length, 1)
  const said = 'The disk of the folder with the public site is full.'
  t.match((await asked()).checks['site'], { status: 'warn', says: `${said} The old one stands.` })
  const helen = await world.visitor(LEAD.email)
  t.match((await helen.get('/today')).body, said)
  const owen = await world.visitor(APPROVER.email)
  t.notMatch((await owen.get('/today')).body, said, 'leads only')

  fail(null)
  await sites.run()
  t.equal(sites.troubles().length, 1, 'not at every look')
  clock.moveMachine(2)
  await sites.run()
  t.same(sites.troubles(), [])
  t.same(
    readdirSync(siteDir).toSorted(),
    ['.sites', '@NorthDaleNew', 'index.html'],
    'under its new handle only',
  )
  t.notMatch((await helen.get('/today')).body, said)
})

t.test(
  'withdrawn pages leave the folder, whatever went wrong before and whenever the app was started',
  async (t) => {
    const world = await publishedWeek(t)
    const { db, clock } = world
    const siteDir = join(t.testdir(), 'site')
    const withdraw = (id: string) =>
      db.write((tx) =>
        tx
          .update(accounts)
          .set({ retiredAt: clock.now(), pagesAfter: 'withdrawn' })
          .where(eq(accounts.id, id)),
      )
    await anotherAccount(db, { now: clock.now() })
    mkdirSync(join(siteDir, '@SouthDale'), { recursive: true })
    const { sites } = keeper(world, siteDir)
    await sites.run()
    t.equal(sites.troubles().length, 1, 'something else lies where the second one should be')
    t.ok(existsSync(join(siteDir, SITE)))
    await withdraw(ACCOUNT)
    await sites.run()
    t.notOk(existsSync(join(siteDir, SITE)), 'the first leaves while the second can’t be written')
    await withdraw(OTHER_ACCOUNT)
    await sites.run()
    t.same(sites.troubles(), [], 'nobody is told of what need not be written any more')
  },
)

t.test('pages that were withdrawn just before the app stopped leave with its next start', async (t) => {
  const world = await publishedWeek(t)
  const { db, clock } = world
  const siteDir = join(t.testdir(), 'site')
  await keeper(world, siteDir).sites.run()
  await db.write((tx) => tx.update(accounts).set({ retiredAt: clock.now(), pagesAfter: 'withdrawn' }))
  await keeper(world, siteDir).sites.run()
  t.notOk(existsSync(join(siteDir, SITE)))
})

t.test('what lies in the folder and is not ours stays', async (t) => {
  const world = await publishedWeek(t)
  const siteDir = join(t.testdir(), 'site')
  const { sites } = keeper(world, siteDir)
  mkdirSync(join(siteDir, SITE), { recursive: true })
  writeFileSync(join(siteDir, SITE, 'mine.txt'), 'mine')
  await sites.run()
  t.match(sites.troubles(), [
    { says: 'Something else lies where the folder with the public site should be.' },
  ])
  rmSync(join(siteDir, SITE), { recursive: true })
  symlinkSync('/etc', join(siteDir, SITE))
  world.clock.moveMachine(2)
  await sites.run()
  t.match(sites.troubles(), [{ says: /Something else lies/ }], 'nor is a link of somebody else’s followed')
})

t.test('a process killed in the middle leaves the old site whole, and the next run tidies up', async (t) => {
  const siteDir = join(t.testdir(), 'site')
  const old = { 'index.html': 'old', 'weeks/a/index.html': 'old week' }
  await replaceSite(siteDir, SITE, () => these(old))
  const script = `
    const { existsSync } = await import('node:fs')
    const { replaceSite } = await import(${JSON.stringify(resolve('src/export/folder.ts'))})
    await replaceSite(${JSON.stringify(siteDir)}, ${JSON.stringify(SITE)}, async function* () {
      yield { path: 'index.html', bytes: Buffer.from('new') }
      while (!existsSync(${JSON.stringify(join(siteDir, '.sites', `${SITE}-2`, 'index.html'))}))
        await new Promise((resolve) => setTimeout(resolve, 10))
      console.log('half')
      await new Promise((resolve) => setTimeout(resolve, 60_000))
    })`
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  const shown = () => Object.keys(old).map((path) => readFileSync(join(siteDir, SITE, path), 'utf8'))
  t.ok(existsSync(join(siteDir, '.sites', `${SITE}-2`, 'index.html')), 'it had begun')
  t.same(shown(), ['old', 'old week'])
  await replaceSite(siteDir, SITE, () => these({ ...old, 'index.html': 'newer' }))
  t.same(shown(), ['newer', 'old week'])
  t.same(readdirSync(join(siteDir, '.sites')), [`${SITE}-2`, `${SITE}-2.tags`])
})

t.test('after a removal no byte of the person is left, packed or not', async (t) => {
  const HERS = /hoovered|tidy up|margaret[ _]?dunn/i
  const world = await publishedWeek(t)
  const { db, clock } = world
  const siteDir = join(t.testdir(), 'site')
  const { sites } = keeper(world, siteDir)
  await sites.run()
  const naming = () => [...contentsOf(siteDir)].filter(([, bytes]) => HERS.test(bytes.toString('utf8')))
  const before = naming().map(([path]) => path.replace(/^.*@NorthDaleHealth-\d+\//, ''))
  for (const path of ['', '.br', '.gz'].flatMap((packed) => [
    `weeks/${SLOT}/index.html${packed}`,
    `weeks/${SLOT}/one-file.html${packed}`,
    `feed.xml${packed}`,
    `data/weeks.json${packed}`,
    `data/posts.csv${packed}`,
  ]))
    t.ok(before.includes(path), `she stood in ${path}`)

  await db.write((tx) =>
    tx.insert(removalRequests).values({
      id: 'request-1',
      accountId: ACCOUNT,
      state: 'open',
      about: '@margaret_dunn',
      words: '',
      email: '',
      askedAt: clock.now(),
    }),
  )
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  const deciding = { requestId: 'request-1', actor, now: clock.now(), machineNow: clock.machine() }
  await forgetPerson(db, { ...deciding, authorNetworkId: 'user-Margaret Dunn', handle: '', looked: true })
  await sites.run()
  t.same(
    naming().map(([path]) => path),
    [],
  )
  t.match(readFileSync(join(siteDir, SITE, 'weeks', SLOT, 'index.html'), 'utf8'), 'Four hundred front doors')
})
