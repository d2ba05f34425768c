import type { Test } from 'tap'
import { saveGrant } from '../../src/accounts/connection.ts'
import type { Policy } from '../../src/accounts/account.ts'
import { listenDue } from '../../src/listening/listen-due.ts'
import { findPostOnNetwork } from '../../src/listening/posts.ts'
import { createXNetwork } from '../../src/networks/x.ts'
import { createSandboxClient } from '../../src/networks/x-sandbox/client.ts'
import { startStandIn } from '../../src/networks/x-sandbox/stand-in.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { testApp } from './app.ts'
import { testClock } from './clock.ts'
import { testVault } from './network.ts'
import { ACCOUNT, anAccount, LEAD } from './story.ts'
import { josephsWeek } from './submitted.ts'

const HANDLE = 'NorthDaleHealth'

/** The whole application with the client that speaks to X and the stand-in for X, in Joseph's week, connected. */
export async function appOnStandIn(t: Test, { policy = {} }: { policy?: Partial<Policy> } = {}) {
  const clock = testClock('2026-11-18T10:42:00Z')
  const standIn = await startStandIn({
    file: ':memory:',
    port: 0,
    clock,
    users: [{ handle: HANDLE, name: 'NorthDale Health', kind: 'account' }],
  })
  t.teardown(() => standIn.close())
  const app = { clientId: 'an-app', clientSecret: 'a secret' }
  const network = createXNetwork({ ...app, standIn: { host: '127.0.0.1', port: standIn.port } })
  const here = await testApp(t, { network, deps: { clock, vault: testVault } })
  const { db, deps } = here
  await anAccount(db, { now: clock.now(), policy })
  await josephsWeek(db)
  const x = createSandboxClient(standIn)
  const grant = await x.grantFor(HANDLE, { clientId: app.clientId })
  const user = await network.me(grant.accessToken)
  if (!user.ok) throw new Error(user.problem.detail)
  await saveGrant(deps, { accountId: ACCOUNT, grant, user: user.value, personId: LEAD.id })
  const publisher = createPublisher({ ...deps, owner: 'process' })
  /** Everything that is due goes out, and what was said is heard. */
  const goOn = async (minutes = 0.1) => {
    await publisher.run()
    clock.pass(minutes)
    await listenDue(deps, { atOnce: true })
  }
  const rowOf = async (networkId: string) => (await findPostOnNetwork(db.read, ACCOUNT, networkId))!
  return { ...here, clock, x, publisher, goOn, rowOf, handle: HANDLE }
}
