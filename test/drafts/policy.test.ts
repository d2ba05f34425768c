import { eq, sql } from 'drizzle-orm'
import t from 'tap'
import type { Database } from '../../src/db/database.ts'
import { accounts, activity, connections, decisions } from '../../src/db/schema/index.ts'
import { decideByPolicy } from '../../src/drafts/policy/decide-by-policy.ts'
import { canonicalJson, fingerprint, type Frozen } from '../../src/drafts/freeze.ts'
import { findDraft } from '../../src/drafts/store.ts'
import { deliveriesOfDrafts } from '../../src/publishing/deliveries.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT, anAccount } from '../support/story.ts'
import { aSubmittedDraft, josephsWeek, WEEK } from '../support/submitted.ts'

const NOW = new Date('2026-11-18T10:42:00Z')

async function aDesk(t: Parameters<typeof testDatabase>[0]) {
  const { db } = testDatabase(t)
  await anAccount(db, { now: NOW })
  await josephsWeek(db)
  await db.write((tx) =>
    tx
      .insert(connections)
      .values({ accountId: ACCOUNT, state: 'connected', networkUserId: '77', changedAt: NOW }),
  )
  return db
}

const decided = async (
  db: Database,
  id: string,
  { delayMinutes = 10, now = NOW, since }: { delayMinutes?: number; now?: Date; since?: Date } = {},
) =>
  db.write(async (tx) =>
    decideByPolicy(tx, (await findDraft(tx, id))!, {
      ground: 'trusted-host',
      delayMinutes,
      now,
      ...(since ? { since } : {}),
    }),
  )

t.test('what the policy decides is frozen like any approval, and nobody’s', async (t) => {
  const db = await aDesk(t)
  const id = await aSubmittedDraft(db, {
    parts: [
      { text: 'One', images: [{ hash: 'aa', alt: 'A bed' }] },
      { text: 'Two', images: [] },
    ],
    replyTo: '42',
  })
  const { decisionId } = (await decided(db, id))!
  const [decision] = await db.read.select().from(decisions).where(eq(decisions.draftId, id))
  t.match(decision, { id: decisionId, kind: 'approved', personId: null, ground: 'trusted-host', revision: 1 })
  const frozen: Frozen = {
    account: ACCOUNT,
    networkUser: '77',
    parts: [
      { text: 'One', images: [{ hash: 'aa', alt: 'A bed' }] },
      { text: 'Two ^JA', images: [] },
    ],
    replyTo: '42',
    at: '2026-11-18T12:30:00.000Z',
  }
  t.equal(decision!.frozen, canonicalJson(frozen))
  t.equal(decision!.fingerprint, fingerprint(frozen))
  const queued = await deliveriesOfDrafts(db.read, [id])
  t.match(
    queued.map(({ state, payload, dueAt, networkUserId, weekId }) => ({
      state,
      text: payload.text,
      due: dueAt.toISOString(),
      networkUserId,
      weekId,
    })),
    [
      { state: 'waiting', text: 'One', due: frozen.at, networkUserId: '77', weekId: WEEK },
      { state: 'waiting', text: 'Two ^JA', due: frozen.at, networkUserId: '77', weekId: WEEK },
    ],
  )
  t.match(await findDraft(db.read, id), { state: 'approved', changedBy: null })
  const [recorded] = await db.read.select().from(activity).where(eq(activity.kind, 'draft.approved'))
  t.match(recorded, { personId: null, draftId: id, details: { ground: 'trusted-host' } })
})

const TIMES: {
  name: string
  wishedAt: string | null
  now?: string
  since?: string
  dueAt: string | null
  frozenAt?: string | null
}[] = [
  {
    name: 'its own time, when the delay is over by then',
    wishedAt: '2026-11-18T12:30:00Z',
    dueAt: '2026-11-18T12:30:00Z',
    frozenAt: '2026-11-18T12:30:00Z',
  },
  {
    name: 'the end of the delay, when its own time comes before it',
    wishedAt: '2026-11-18T10:50:00Z',
    dueAt: '2026-11-18T10:52:00Z',
    frozenAt: '2026-11-18T10:52:00Z',
  },
  {
    name: 'the end of the delay, when it goes as soon as possible',
    wishedAt: null,
    dueAt: '2026-11-18T10:52:00Z',
    frozenAt: null,
  },
  {
    name: 'the opening of the week',
    wishedAt: null,
    now: '2026-11-15T10:00:00Z',
    dueAt: '2026-11-16T09:00:00Z',
    frozenAt: null,
  },
  {
    name: 'the delay from the press on a phone that had no connection',
    wishedAt: null,
    since: '2026-11-18T10:20:00Z',
    dueAt: '2026-11-18T10:30:00Z',
    frozenAt: null,
  },
  {
    name: 'not at all when the week closes before',
    wishedAt: null,
    now: '2026-11-20T17:55:00Z',
    dueAt: null,
  },
  {
    name: 'not at all when its time would move past the close',
    wishedAt: '2026-11-20T17:59:00Z',
    now: '2026-11-20T17:55:00Z',
    dueAt: null,
  },
]

for (const { name, wishedAt, now, since, dueAt, frozenAt } of TIMES) {
  t.test(`it goes out at ${name}`, async (t) => {
    const db = await aDesk(t)
    const id = await aSubmittedDraft(db, { wishedAt })
    const result = await decided(db, id, {
      ...(now ? { now: new Date(now) } : {}),
      ...(since ? { since: new Date(since) } : {}),
    })
    if (dueAt === null) {
      t.equal(result, null)
      t.match(await findDraft(db.read, id), { state: 'submitted' })
      t.same(await db.read.select().from(decisions), [])
      return
    }
    t.same(result!.dueAt, new Date(dueAt))
    const [decision] = await db.read.select().from(decisions)
    const at = (JSON.parse(decision!.frozen) as Frozen).at
    t.same(at && new Date(at), frozenAt ? new Date(frozenAt) : null)
  })
}

t.test('under the brake it is held; what is decided already is a conflict', async (t) => {
  const db = await aDesk(t)
  await db.write((tx) => tx.update(accounts).set({ brakeAt: NOW, brakeBy: 'helen' }))
  const id = await aSubmittedDraft(db)
  t.equal((await decided(db, id))!.held, true)
  t.match(await deliveriesOfDrafts(db.read, [id]), [{ state: 'held', heldReason: 'brake' }])
  await t.rejects(decided(db, id), { message: /Somebody was faster/ })
})

t.test('an account that is older than these settings has every post decided by people', async (t) => {
  const db = await aDesk(t)
  await db.write((tx) =>
    tx.update(accounts).set({ policy: sql`'{"selfApproval":true,"lateAfterMinutes":45}'` }),
  )
  const [account] = await db.read.select().from(accounts)
  t.match(account!.policy, { selfApproval: true, lateAfterMinutes: 45, decided: 'all', stopMinutes: 10 })
})
