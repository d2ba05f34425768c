import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { isNull, ne } from 'drizzle-orm'
import t from 'tap'
import { swaps, weekHosts, weeks } from '../../src/db/schema/index.ts'
import { cancelWeek } from '../../src/drafts/week/cancel-week.ts'
import { declineWeek } from '../../src/drafts/week/decline-week.ts'
import { dropOut } from '../../src/drafts/week/drop-out.ts'
import { moveWeek } from '../../src/drafts/week/move-week.ts'
import { agreeToSwap, askSwap, refuseSwap, withdrawSwap } from '../../src/drafts/week/swap-weeks.ts'
import { Conflict, NotAllowed, NotFound, Refused } from '../../src/errors.ts'
import { acceptInvitation } from '../../src/rota/invitations/accept-invitation.ts'
import { bookWeek } from '../../src/rota/book-week.ts'
import { findActor } from '../../src/rota/powers.ts'
import { setHiatus } from '../../src/rota/planner/set-hiatus.ts'
import { nextSlot } from '../../src/rota/slot.ts'
import { findStandingSwap } from '../../src/rota/planner/swap.ts'
import { actorWith, bookingOf, MEI, nothingAsked, PRIYA } from '../support/bookings.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

const HOSTS = [PRIYA, MEI, { name: 'Rosa Quinn', email: 'rosa@north.example' }]
const SLOTS = Array.from({ length: 4 }, (_, by) => nextSlot('2027-03-15', by))
const ACTS = [
  'book',
  'accept',
  'move',
  'swap',
  'agree',
  'accept',
  'agree',
  'decline',
  'refuse',
  'withdraw',
  'cancel',
  'take-over',
  'hiatus',
] as const

/** Each run begins with two weeks whose hosts said yes: then there is something to move, swap and cancel. */
const BOOKED = [
  { act: 'book', a: 0, b: 0 },
  { act: 'book', a: 1, b: 1 },
  { act: 'accept', a: 0, b: 0 },
  { act: 'accept', a: 1, b: 0 },
] as const

/** What is done, and two numbers that choose among what there is. */
const step = fc.record({
  act: fc.constantFrom(...ACTS),
  a: fc.nat(11),
  b: fc.nat(11),
})

t.test(
  'whatever is done in whatever order, nobody has a slot twice, and nobody has one without having said yes',
  async (t) => {
    let done = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 30 }), async (steps) => {
        const world = await planner(t)
        for (const { act, a, b } of [...BOOKED, ...steps]) {
          if (await world.attempt(act, a, b)) done += 1
          await world.check(`${act} ${a} ${b}`)
        }
      }),
      { numRuns: 20, endOnFailure: true },
    )
    t.ok(done > 30, `${done} steps were done`)
  },
)

async function planner(t: Parameters<typeof testDatabase>[0]) {
  const { db } = testDatabase(t, { swift: true })
  const now = new Date('2027-01-11T10:00:00Z')
  await anAccount(db, { now })
  /** The days that each hosting’s person said yes to. */
  const saidYes = new Map<string, string>()
  const at = { now, machineNow: now, publicUrl: 'http://127.0.0.1:3000', reason: '' }
  const pick = <T>(from: T[], index: number): T => from[index % from.length]!
  const lead = () => actorWith(db, LEAD.email, now)
  const standing = async () => db.read.select().from(weeks).where(ne(weeks.state, 'cancelled'))
  const hostings = async () => db.read.select().from(weekHosts).where(isNull(weekHosts.endedAt))
  const hostOf = async (weekId: string) => (await hostings()).find((host) => host.weekId === weekId)
  const actorOf = async (personId: string) => {
    return (await findActor(db.read, personId, now))!
  }

  /** False when it was refused in words. */
  async function attempt(act: (typeof ACTS)[number], a: number, b: number): Promise<boolean> {
    try {
      return await run(act, a, b)
    } catch (error) {
      if ([Conflict, NotAllowed, NotFound, Refused].some((kind) => error instanceof kind)) return false
      throw error
    }
  }

  async function run(act: (typeof ACTS)[number], a: number, b: number): Promise<boolean> {
    const there = await standing()
    if (act === 'book') {
      const booking = await bookingOf(db, now, { slot: pick(SLOTS, a), who: pick(HOSTS, b) })
      await bookWeek(db, booking)
      await nothingAsked(db, booking.weekId)
      return true
    }
    const actor = await lead()
    if (act === 'hiatus') {
      const slot = pick(SLOTS, a)
      await setHiatus(db, { weekId: randomUUID(), accountId: ACCOUNT, slot, reason: '', actor, now })
      return true
    }
    const asked = await db.read.select().from(swaps)
    if (act === 'agree' || act === 'refuse' || act === 'withdraw') {
      if (asked.length === 0) return false
      const swapId = pick(asked, a).id
      if (act === 'withdraw') await withdrawSwap(db, { ...at, swapId, actor })
      else {
        const { swap, parties } = (await findStandingSwap(db.read, swapId))!
        const own = pick(parties, b)
        const theirs = pick(parties, b + 1)
        const host = await actorOf(own.host.personId)
        if (act === 'refuse') await refuseSwap(db, { ...at, swapId, actor: host })
        else {
          const { done } = await agreeToSwap(db, { ...at, swapId, actor: host })
          // Saying yes again to one that is done changes nothing.
          if (done && swap.state !== 'done') {
            saidYes.set(own.host.id, theirs.side.slot)
            saidYes.set(theirs.host.id, own.side.slot)
          }
        }
      }
      return true
    }
    if (there.length === 0) return false
    const week = pick(there, a)
    const { id: weekId, version } = week
    const doing = { ...at, weekId, version, actor }
    if (act === 'move') {
      const slot = pick(SLOTS, b)
      const before = await hostOf(weekId)
      await moveWeek(db, { ...doing, slot })
      // Who moves their own week says yes by that.
      if (before?.acceptedAt && before.personId === LEAD.id) saidYes.set(before.id, slot)
    } else if (act === 'swap')
      await askSwap(db, { ...at, id: randomUUID(), weekId, otherId: pick(there, b).id, actor })
    else if (act === 'cancel') await cancelWeek(db, doing)
    else if (act === 'take-over') {
      await dropOut(db, { ...doing, instead: { kind: 'lead' } })
      saidYes.set((await hostOf(weekId))!.id, week.slot)
    } else {
      const host = await hostOf(weekId)
      if (!host) return false
      const theirs = await actorOf(host.personId)
      if (act === 'accept') {
        await acceptInvitation(db, { weekId, slot: week.slot, actor: theirs, now })
        saidYes.set(host.id, week.slot)
      } else await declineWeek(db, { weekId, actor: theirs }, { ...at, words: '' })
    }
    return true
  }

  async function check(after: string): Promise<void> {
    const there = await standing()
    const current = await hostings()
    for (const week of there) {
      const clash = there.filter((other) => other.opensAt < week.closesAt && other.closesAt > week.opensAt)
      if (clash.length !== 1) throw new Error(`Two weeks at ${week.slot} after ${after}`)
      if (week.slot !== week.opensAt.toISOString().slice(0, 10))
        throw new Error(`Not its own days after ${after}`)
      const hosts = current.filter(({ weekId }) => weekId === week.id)
      if (hosts.length !== (week.kind === 'hiatus' ? 0 : 1)) throw new Error(`Two hosts after ${after}`)
      const [host] = hosts
      if (!host) continue
      const has = host.acceptedAt !== null
      if (has && saidYes.get(host.id) !== week.slot)
        throw new Error(`Nobody said yes to ${week.slot} after ${after}`)
      if (week.state === 'announced' && !has) throw new Error(`Announced without a yes after ${after}`)
    }
    for (const personId of new Set(current.map((host) => host.personId)))
      for (const week of there) {
        const open = (await findActor(db.read, personId, week.opensAt))!
        const powers = open.hosting.filter(({ weekId }) => weekId === week.id).map((one) => one.powers)
        const mine = current.find((host) => host.weekId === week.id && host.personId === personId)
        const ready = mine?.acceptedAt && mine.opening !== 'waits'
        const expected = !mine || mine.declinedAt ? [] : [ready ? 'post' : 'draft']
        if (powers.join(' ') !== expected.join(' '))
          throw new Error(`${powers.join(' ')} instead of ${expected.join(' ')} after ${after}`)
      }
  }

  return { attempt, check }
}
