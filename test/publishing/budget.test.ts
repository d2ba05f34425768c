import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { accounts, deliveries, listening, mails } from '../../src/db/schema/index.ts'
import { charge, spentInMonth } from '../../src/charges/charges.ts'
import { findAccount } from '../../src/accounts/accounts.ts'
import { listenDue } from '../../src/listening/listen-due.ts'
import { findLetGoable, fingerprintAsSeen, letGo } from '../../src/drafts/deliveries/let-go.ts'
import { warnOfBudgets } from '../../src/publishing/warn-of-budget.ts'
import { findActor } from '../../src/rota/powers.ts'
import { approved } from '../support/approved.ts'
import { desk, unknown } from '../support/publishing-desk.ts'
import { connected, OWN_USER } from '../support/network.ts'
import { ACCOUNT, anotherAccount, LEAD, OTHER_ACCOUNT, OTHER_LEAD } from '../support/story.ts'

/** A connected account with a budget in dollars; a post costs $0.015, one with a link $0.20. */
async function withBudget(t: Test, budget: number) {
  const made = await desk(t)
  const { db, clock, deps } = made
  const setBudget = (to: number) =>
    db.write(async (tx) => {
      const { version } = (await findAccount(tx, ACCOUNT))!
      const change = { monthlyBudget: Math.round(to * 1e6), version: version + 1 }
      await tx.update(accounts).set(change).where(eq(accounts.id, ACCOUNT))
    })
  await setBudget(budget)
  const account = async () => (await findAccount(db.read, ACCOUNT))!
  const spend = (cents: number) =>
    db.write(async (tx) => {
      const units = cents * 2 // a read is half a cent
      await charge(tx, await account(), { kind: 'post-read', units, at: clock.now() })
    })
  const spent = async () => (await spentInMonth(db.read, await account(), clock.now())) / 1e6
  const states = async () =>
    (await db.read.select().from(deliveries))
      .toSorted(
        (a, b) => a.dueAt.getTime() - b.dueAt.getTime() || a.payload.text.localeCompare(b.payload.text),
      )
      .map(({ payload, state, heldReason }) => `${payload.text}: ${heldReason ?? state}`)
  const told = async () =>
    (await db.read.select().from(mails)).map(({ kind, to, subject }) => ({ kind, to, subject }))
  const at = (words: string, dueAt: string, more: string[] = []) =>
    approved(db, { parts: [words, ...more], dueAt: new Date(dueAt), now: clock.now(), networkUserId: '900' })
  const listen = () => listenDue(deps, { atOnce: true })
  const look = async () => (await db.read.select().from(listening))[0]
  return { ...made, setBudget, spend, spent, states, told, at, listen, look }
}

t.test('two posts that are due at once can’t both slip past the budget', async (t) => {
  const { queue, publisher, states, spent, db } = await withBudget(t, 0.02)
  await queue('A')
  await queue('B')
  await queue('C')
  await publisher.run()
  t.same(await states(), ['A: posted', 'B: budget', 'C: budget'])
  t.equal(await spent(), 0.015)
  const [mail, ...others] = (await db.read.select().from(mails)).filter(({ to }) => to === LEAD.email)
  t.match(mail!.text, /It would pass the account’s budget for this month/)
  t.match(mail!.text, `A lead can raise it: http://week.example/accounts/${ACCOUNT}/costs`)
  t.match(mail!.text, /“B”[\s\S]*“C”/)
  t.same(others, [], 'one for the account')
})

t.test('what may have gone out counts before the next one goes', async (t) => {
  const { queue, publisher, states, network } = await withBudget(t, 0.02)
  network.steps.push({ publish: false, answer: unknown })
  await queue('A')
  await queue('B')
  await publisher.run()
  t.same(await states(), ['A: unknown', 'B: budget'])
})

t.test('a thread goes as a whole or not at all', async (t) => {
  const { queue, publisher, states, setBudget, clock, network } = await withBudget(t, 0.04)
  await queue('One', 'Two', 'Three')
  await publisher.run()
  t.match((await states())[0], /budget/)
  t.equal(network.sent.length, 0)
  await setBudget(0.045)
  await publisher.run()
  t.equal(network.sent.length, 1)
  await setBudget(0.02)
  for (const _ of [1, 2, 3]) {
    clock.pass(0.1)
    await publisher.run()
  }
  t.equal(network.sent.length, 3, 'begun, it is finished, whatever happens to the budget')
})

t.test('replies stop being read before a post is held, and safety goes on', async (t) => {
  const { spend, at, publisher, listen, look, states, network, clock, spent } = await withBudget(t, 0.5)
  await spend(28)
  await listen()
  t.equal((await look())!.trouble, null, 'what is left is for nobody yet')
  await at('Read nhs.uk', '2026-11-18T10:00:00Z')
  await listen()
  t.equal((await look())!.trouble, null, '0.28 + 0.20 is less than 0.50')
  await at('More', '2026-11-18T10:00:00Z')
  await at('And more', '2026-11-18T10:00:00Z')
  network.calls = {}
  const { nextAt } = await listen()
  t.same(network.calls, {}, 'nobody asks the network')
  t.match((await look())!.trouble, /Replies are not read, so that the month’s budget is left/)
  t.ok(nextAt! > clock.now(), 'and it does not spin')
  clock.moveTo(new Date('2026-11-18T10:00:00Z'))
  await publisher.run()
  t.same(await states(), ['And more: budget', 'More: posted', 'Read nhs.uk: posted'])
  t.equal(Number((await spent()).toFixed(3)), 0.495)
  t.ok(network.calls['ownPosts'], 'the account was read before the first send')
})

t.test('a raised budget lets go by itself what is not late', async (t) => {
  const { queue, publisher, states, setBudget, clock, at } = await withBudget(t, 0.01)
  await queue('Old')
  await at('Young', '2026-11-18T09:20:00Z')
  clock.pass(21)
  await publisher.run()
  t.same(await states(), ['Old: budget', 'Young: budget'])
  clock.pass(15)
  await publisher.run()
  t.same(await states(), ['Old: budget', 'Young: budget'], 'while there is no room nothing changes')
  await setBudget(0.1)
  await publisher.run()
  t.same(await states(), ['Old: late', 'Young: posted'])
})

t.test('a new month does so too, at midnight in the account’s zone', async (t) => {
  const { at, publisher, states, clock, spend, spent, network } = await withBudget(t, 0.05)
  await spend(5)
  await at('Before midnight', '2026-11-30T23:50:00Z')
  await at('Long before', '2026-11-30T20:00:00Z')
  clock.moveTo(new Date('2026-11-30T20:00:00Z'))
  await publisher.run()
  clock.moveTo(new Date('2026-11-30T23:50:00Z'))
  const { nextAt } = await publisher.run()
  t.same(await states(), ['Long before: budget', 'Before midnight: budget'])
  t.equal(nextAt!.getTime() - clock.machine().getTime(), 10 * 60_000, 'it wakes when the month begins')
  clock.moveTo(new Date('2026-12-01T00:00:00Z'))
  await publisher.run()
  t.same(await states(), ['Long before: late', 'Before midnight: posted'])
  t.equal(network.sent.length, 1)
  t.equal(await spent(), 0.015)
})

t.test('a person can let it go all the same', async (t) => {
  const { queue, publisher, db, deps, clock, states } = await withBudget(t, 0.01)
  await queue('A')
  await queue('B')
  await publisher.run()
  const held = (await db.read.select().from(deliveries)).find(({ payload }) => payload.text === 'A')!
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  const fingerprint = fingerprintAsSeen(await findLetGoable(db.read, held, actor))
  await letGo(deps, { deliveryId: held.id, version: held.version, fingerprint, actor }, null)
  await publisher.run()
  t.same(await states(), ['A: posted', 'B: budget'], 'this one, and no other')
})

t.test('four fifths are told once for a month and an amount, to the leads', async (t) => {
  const { db, clock, spend, setBudget, told } = await withBudget(t, 10)
  const warn = () =>
    warnOfBudgets(db, { publicUrl: 'http://week.example', now: clock.now(), machineNow: clock.machine() })
  const budgetMails = async () => (await told()).filter(({ kind }) => kind === 'budget-near')
  await spend(799)
  await warn()
  t.same(await budgetMails(), [])
  await spend(1)
  await warn()
  await spend(50)
  await warn()
  t.match(await budgetMails(), [
    { to: LEAD.email, subject: '$8.00 of $10.00 has been spent for @NorthDaleHealth in November' },
  ])
  t.equal((await budgetMails()).length, 1)
  await setBudget(20)
  await warn()
  t.equal((await budgetMails()).length, 1)
  clock.moveTo(new Date('2026-12-01T09:00:00Z'))
  await spend(1600)
  await warn()
  t.equal((await budgetMails()).length, 2)
})

t.test('a month’s spending counts, warns and holds at its own account alone', async (t) => {
  const made = await withBudget(t, 0.02)
  const { db, clock, network, queue, publisher, states, spent, told } = made
  const now = clock.now()
  await anotherAccount(db, { now })
  const user = { ...OWN_USER, id: '901', handle: 'SouthDale' }
  await connected(made, network, network.grant(), { accountId: OTHER_ACCOUNT, user })
  const other = async () => (await findAccount(db.read, OTHER_ACCOUNT))!
  const theirs = (text: string) =>
    approved(db, { parts: [text], dueAt: now, now, accountId: OTHER_ACCOUNT, networkUserId: user.id })
  await queue('A')
  await queue('B')
  for (const text of ['South 1', 'South 2', 'South 3']) await theirs(text)
  await publisher.run()
  t.same(await states(), ['A: posted', 'B: budget', 'South 1: posted', 'South 2: posted', 'South 3: posted'])
  t.equal(await spent(), 0.015)
  t.equal((await spentInMonth(db.read, await other(), now)) / 1e6, 0.05, 'with a look at its own timeline')
  t.same(
    (await told()).map(({ to }) => to).filter((to) => to === OTHER_LEAD.email),
    [],
    'nobody there is told of it',
  )

  await db.write((tx) =>
    tx.update(accounts).set({ monthlyBudget: 50_000 }).where(eq(accounts.id, OTHER_ACCOUNT)),
  )
  await warnOfBudgets(db, { publicUrl: 'http://week.example', now, machineNow: clock.machine() })
  t.match(
    (await told()).filter(({ kind, to }) => kind === 'budget-near' && to === OTHER_LEAD.email),
    [{ subject: '$0.05 of $0.05 has been spent for @SouthDale in November' }],
  )
  t.same(
    (await told()).filter(({ kind, subject }) => kind === 'budget-near' && !subject.includes('@SouthDale')),
    [],
    'the other one, below its four fifths, is not warned',
  )
})
