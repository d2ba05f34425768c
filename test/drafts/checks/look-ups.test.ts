import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import type { CheckRules } from '../../../src/accounts/check-rules.ts'
import { accounts, charges, lookUps } from '../../../src/db/schema/index.ts'
import { lookUpDue } from '../../../src/drafts/checks/look-up-due.ts'
import { findDraft } from '../../../src/drafts/store.ts'
import type { AddressAnswer } from '../../../src/networks/guarded-fetch.ts'
import { testApp } from '../../support/app.ts'
import { testClock } from '../../support/clock.ts'
import { connected, problem, scriptedNetwork, testVault } from '../../support/network.ts'
import { ACCOUNT, anAccount, APPROVER } from '../../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../../support/submitted.ts'

const NEW = `/drafts/new?week=${WEEK}`
const GONE: AddressAnswer = { state: 'missing', detail: 'says that there is no such page' }
const SILENT: AddressAnswer = { state: 'unclear', detail: 'does not answer' }

async function world(t: Test, { checkRules = null }: { checkRules?: CheckRules | null } = {}) {
  const network = scriptedNetwork(testClock('2026-11-18T10:42:00Z'))
  const made = await testApp(t, { network })
  const { db, clock } = made
  await anAccount(db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(db)
  if (checkRules)
    await db.write((tx) => tx.update(accounts).set({ checkRules }).where(eq(accounts.id, ACCOUNT)))
  await connected({ db, clock }, network)
  const joseph = await made.visitor(JOSEPH.email)
  const owen = await made.visitor(APPROVER.email)
  /** What the web says of addresses; there where nothing is said. */
  const web = new Map<string, AddressAnswer>()
  const asked: string[] = []
  const askAddress = async (address: string): Promise<AddressAnswer> => {
    asked.push(address)
    return web.get(address) ?? { state: 'there', detail: '' }
  }
  const lookUp = (sandbox = false) =>
    lookUpDue({ ...made.deps, vault: testVault, askAddress: sandbox ? null : askAddress })
  const begun = async (text: string) => {
    const id = randomUUID()
    await joseph.post(NEW, '/drafts', { id, week: WEEK, 'part-1-text': text, when: 'soon', do: 'save' })
    return id
  }
  const submit = async (id: string) =>
    joseph.post(`/drafts/${id}`, `/drafts/${id}/submission`, {
      version: String((await findDraft(db.read, id))!.version),
    })
  const page = async (id: string) => (await joseph.get(`/drafts/${id}`)).body
  const rows = () => db.read.select().from(lookUps)
  return { ...made, network, joseph, owen, web, asked, lookUp, begun, submit, page, rows }
}

t.test('a link is asked about after a save, and one that is not there is told', async (t) => {
  const { web, asked, lookUp, begun, page, clock } = await world(t)
  web.set('https://northdale.org/gone', GONE)
  const id = await begun('Read https://northdale.org/gone and northdale.org/here')
  t.same(asked, [], 'saving asks nobody')
  t.notMatch(await page(id), 'A link does not work.')
  t.same(await lookUp(), { nextAt: null })
  t.same(asked.toSorted(), ['http://northdale.org/here', 'https://northdale.org/gone'])
  const said = await page(id)
  t.match(said, 'A link does not work.')
  t.match(said, 'https://northdale.org/gone says that there is no such page.')
  t.match(said, 'value="0 dead-link:https://northdale.org/gone"')
  t.notMatch(said, 'northdale.org/here says')

  // The same link again: what was found a moment ago is believed, and later asked anew.
  web.delete('https://northdale.org/gone')
  const other = await begun('Once more https://northdale.org/gone')
  await lookUp()
  t.equal(asked.length, 2)
  t.match(await page(other), 'A link does not work.')
  clock.pass(5)
  await begun('And once more https://northdale.org/gone')
  await lookUp()
  t.equal(asked.length, 3)
  t.notMatch(await page(id), 'A link does not work.', 'it works by now, in every draft')
})

t.test('a link that is silent is asked again before it counts as dead', async (t) => {
  const { web, asked, lookUp, begun, page, clock } = await world(t)
  web.set('https://northdale.org/slow', SILENT)
  const id = await begun('Read https://northdale.org/slow')
  const first = await lookUp()
  t.same(first, { nextAt: new Date(clock.now().getTime() + 30_000) })
  t.notMatch(await page(id), 'A link does not work.')
  clock.pass(1)
  await lookUp()
  t.notMatch(await page(id), 'A link does not work.')
  clock.pass(3)
  t.same(await lookUp(), { nextAt: null })
  t.equal(asked.length, 3)
  t.match(await page(id), 'https://northdale.org/slow does not answer.')
})

t.test('a handle is looked up at the submission only, once, and costs', async (t) => {
  const { network, db, lookUp, begun, submit, owen, rows } = await world(t)
  network.unknownHandles.add('nobodyhere')
  const id = await begun('Thank you @NobodyHere and @RealPerson')
  await lookUp()
  t.equal(network.calls['userByHandle'] ?? 0, 0, 'a save asks X nothing')
  await submit(id)
  await lookUp()
  t.equal(network.calls['userByHandle'], 2)
  t.match((await owen.get(`/queue?draft=${id}`)).body, '<b>@nobodyhere is nobody whom X knows.</b>')
  t.equal(
    (await db.read.select().from(charges)).filter(({ kind }) => kind === 'user-read').length,
    1,
    'for whom X gave',
  )
  const second = await begun('Thank you again @realperson')
  await submit(second)
  await lookUp()
  t.equal(network.calls['userByHandle'], 2, 'known for a month')
  t.equal((await rows()).length, 2)
})

t.test('while X can’t be asked a handle waits, and nothing is said of it', async (t) => {
  const { network, lookUp, begun, submit, owen, clock, rows } = await world(t)
  const ask = network.userByHandle
  network.userByHandle = async () => ({ ok: false, problem: problem('limited') })
  const id = await begun('Thank you @NobodyHere')
  await submit(id)
  t.same(await lookUp(), { nextAt: new Date(clock.now().getTime() + 15 * 60_000) })
  t.match(await rows(), [{ state: 'wanted' }])
  t.notMatch((await owen.get(`/queue?draft=${id}`)).body, 'nobody whom X knows')
  network.userByHandle = ask
  network.unknownHandles.add('nobodyhere')
  clock.pass(16)
  await lookUp()
  t.match((await owen.get(`/queue?draft=${id}`)).body, 'nobody whom X knows')
})

t.test('a check that is off asks nobody, and a sandbox asks nothing of the web', async (t) => {
  const { asked, lookUp, begun, rows } = await world(t, {
    checkRules: { levels: { 'dead-link': 'off' }, secondApprover: false },
  })
  await begun('Read https://northdale.org/gone')
  await lookUp()
  t.same(asked, [])
  t.same(await rows(), [])
  const sandbox = await world(t)
  await sandbox.begun('Read https://northdale.org/gone')
  await sandbox.lookUp(true)
  t.same(sandbox.asked, [])
  t.match(await sandbox.rows(), [{ state: 'unclear', nextAt: null }])
})

t.test(
  'a link that is found dead after the submission stops the approval where the account says so',
  async (t) => {
    const { web, lookUp, begun, submit, owen, db } = await world(t, {
      checkRules: { levels: { 'dead-link': 'answer' }, secondApprover: false },
    })
    web.set('https://northdale.org/gone', GONE)
    const id = await begun('Read https://northdale.org/gone')
    t.equal((await submit(id)).statusCode, 303, 'nothing is known of it yet')
    const fingerprint = /name="fingerprint" value="(\w+)"/.exec(
      (await owen.get(`/queue?draft=${id}`)).body,
    )![1]!
    await lookUp()
    const refused = await owen.post(`/queue?draft=${id}`, `/drafts/${id}/approval`, { fingerprint })
    t.equal(refused.statusCode, 422)
    t.match(refused.body, 'A link does not work. Put it right, or answer it under “Checks”.')
    await owen.post(`/queue?draft=${id}`, `/drafts/${id}/answers`, {
      answer: '0 dead-link:https://northdale.org/gone',
    })
    t.equal(
      (await owen.post(`/queue?draft=${id}`, `/drafts/${id}/approval`, { fingerprint })).statusCode,
      303,
    )
    t.equal((await findDraft(db.read, id))!.state, 'approved')
  },
)
