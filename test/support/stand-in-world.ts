import type { Test } from 'tap'
import { connect } from '../../src/accounts/connection.ts'
import { deliveries, mails } from '../../src/db/schema/index.ts'
import { openImageFiles } from '../../src/images/image-files.ts'
import { takeDown } from '../../src/listening/take-down.ts'
import type { Network } from '../../src/networks/network.ts'
import { createXNetwork } from '../../src/networks/x.ts'
import { createSandboxClient } from '../../src/networks/x-sandbox/client.ts'
import { startStandIn } from '../../src/networks/x-sandbox/stand-in.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { asSeen } from '../../src/publishing/removals.ts'
import { findActor } from '../../src/rota/powers.ts'
import { approved } from './approved.ts'
import { testClock } from './clock.ts'
import { testDatabase } from './database.ts'
import { testVault } from './network.ts'
import { picture } from './publishing-desk.ts'
import { ACCOUNT, anAccount, LEAD } from './story.ts'

const app = { clientId: 'an-app', clientSecret: 'a secret' }
export const handle = 'NorthDaleHealth'
const redirectUri = 'http://127.0.0.1:3000/connections/x/callback'

/** For worlds in which something hangs: long enough for a busy machine to reach the stand-in before it gives up. */
export const IMPATIENT = { patienceMs: 2000 }

export interface StandInOptions {
  limits?: Record<string, number>
  /** Until a call to X is given up. Milliseconds. Nothing waits for it unless something hangs. */
  patienceMs?: number
}

/** The publisher, the client that speaks to X, and the stand-in for X: everything but X itself. */
export async function standInWorld(t: Test, { limits, patienceMs = 20_000 }: StandInOptions = {}) {
  const { db, folder } = testDatabase(t)
  const clock = testClock('2026-11-18T09:00:00Z')
  await anAccount(db, { now: clock.now(), policy: { lateAfterMinutes: 600 } })
  const users = [{ handle, name: 'NorthDale Health', kind: 'account' as const }]
  const standIn = await startStandIn({ file: ':memory:', port: 0, clock, users, limits })
  t.teardown(() => standIn.close())
  const x = createSandboxClient(standIn)
  const client = createXNetwork({
    ...app,
    standIn: { host: '127.0.0.1', port: standIn.port },
    deadlineMs: patienceMs,
  })
  /** How often each was asked of X. */
  const calls: Partial<Record<keyof Network, number>> = {}
  const network = new Proxy(client, {
    get(_, name: keyof Network) {
      const call = client[name] as (...given: unknown[]) => unknown
      return (...given: unknown[]) => {
        calls[name] = (calls[name] ?? 0) + 1
        return call(...given)
      }
    },
  })
  const images = openImageFiles(folder)
  const settings = { publicUrl: () => 'http://week.example', sendDeadlineMs: patienceMs }
  const deps = { db, clock, network, vault: testVault, images, settings }
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  const publisher = createPublisher({ ...deps, owner: 'process' })
  const queue = (...parts: Parameters<typeof approved>[1]['parts']) =>
    approved(db, { parts, dueAt: clock.now(), now: clock.now() })
  const state = async () =>
    (await db.read.select().from(deliveries))
      .toSorted((one, other) => one.position - other.position)
      .map((one) => one.heldReason ?? one.state)
      .join(' ')
  const after = (minutes: number) => {
    clock.pass(minutes)
    return publisher.run()
  }
  /** Through the page of consent, as a lead goes. */
  const consent = async () => {
    const { url, state, codeVerifier } = network.beginConnection({ redirectUri })
    const page = await (await fetch(url)).text()
    const form = new URLSearchParams(
      [...page.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]): [string, string] => [
        name!,
        value!,
      ]),
    )
    form.set('user', (await x.users()).find((user) => user.handle === handle)!.id)
    const answer = await fetch(new URL('/i/oauth2/authorize', url), {
      method: 'POST',
      body: form,
      redirect: 'manual',
    })
    const back = new URL(answer.headers.get('location')!)
    t.equal(back.searchParams.get('state'), state)
    await connect(deps, {
      accountId: ACCOUNT,
      code: back.searchParams.get('code')!,
      codeVerifier,
      redirectUri,
      actor,
    })
  }
  const mailed = async () =>
    (await db.read.select().from(mails)).map(({ to, subject }) => `${to}: ${subject}`).toSorted()
  const standing = async () => (await x.allPosts()).map(({ text }) => text).toReversed()
  return {
    db,
    clock,
    x,
    images,
    deps,
    actor,
    publisher,
    queue,
    state,
    after,
    consent,
    network,
    calls,
    mailed,
    standing,
  }
}

/** A thread with a picture that stands on X, and how to take it down. */
export async function standingOnX(t: Test, options: StandInOptions = {}) {
  const made = await standInWorld(t, options)
  const { db, clock, images, actor, publisher, queue, after, consent } = made
  await consent()
  const hash = await picture(db, images, clock.now())
  await queue({ text: 'Good morning', images: [{ hash, alt: 'All red' }] }, 'And more')
  await publisher.run()
  await after(0.1)
  const all = (await db.read.select().from(deliveries)).toSorted((a, b) => a.position - b.position)
  const decided = { deliveryId: all[0]!.id, seen: asSeen(all), reason: 'Wrong', actor }
  await takeDown({ db, clock, publicUrl: 'http://week.example' }, { ...decided, scope: 'thread' })
  return { ...made, ids: all.map(({ networkId }) => networkId!) }
}
