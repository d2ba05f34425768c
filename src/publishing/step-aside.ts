import { findAccount } from '../accounts/accounts.ts'
import type { Reader, Writer } from '../db/database.ts'
import { isOpenAt } from '../rota/live-window.ts'
import { liveWindowsOf, weeksSteppingAside } from '../rota/live-windows.ts'
import { findWeek } from '../rota/weeks.ts'
import { holdWhileBraked } from './hold-while-braked.ts'
import { heldInWords } from './pages.ts'
import { later, type ReconcileDeps } from './settings.ts'
import { heldAside, scheduledOf, weeksHeldAside } from './aside-store.ts'
import { changeDelivery, partsOf, type Delivery } from './store.ts'
import type { Telling } from './tell-deciders.ts'
import { holdDelivery, recordOf } from './trouble.ts'

/**
 * Step: a week's scheduled posts step aside for what is posted live: whatever waits and would go out inside a live window that
 * says so is held. What was posted live goes on, and so does a thread that has begun and what somebody let go; about what was
 * too late before the window began people are asked at once. Returns how many.
 */
export async function stepAside(
  tx: Writer,
  { weekId, personId, now }: { weekId: string; personId: string | null; now: Date },
): Promise<number> {
  const firsts = await inTheWay(tx, weekId, now)
  for (const first of firsts) {
    for (const part of await partsOf(tx, first.decisionId))
      if (part.state === 'waiting')
        await changeDelivery(tx, part, { state: 'held', heldReason: 'live', trouble: null, notBefore: null })
    const reason = heldInWords({ heldReason: 'live', trouble: null })
    await recordOf(tx, first, 'delivery.held', { reason }, now, personId)
  }
  return firsts.length
}

/** The first parts of what is to step aside. */
async function inTheWay(read: Reader, weekId: string, now: Date): Promise<Delivery[]> {
  const windows = (await liveWindowsOf(read, weekId)).filter(({ aside, endsAt }) => aside && endsAt > now)
  if (windows.length === 0) return []
  const { accountId } = (await findWeek(read, weekId))!
  const { policy } = (await findAccount(read, accountId))!
  const earliest = later(now, -policy.lateAfterMinutes * 60_000)
  return (await scheduledOf(read, weekId)).filter(({ dueAt }) =>
    windows.some(
      (window) => isOpenAt(window, goesAt({ dueAt }, now)) && !(dueAt < earliest && dueAt < window.startsAt),
    ),
  )
}

/** What is due goes as soon as it can. */
function goesAt({ dueAt }: Pick<Delivery, 'dueAt'>, now: Date): Date {
  return dueAt > now ? dueAt : now
}

/**
 * Step: what stepped aside goes at its approved time after all, where nothing is in its way any more and that time can still
 * be kept. The rest stays held, and asks people; so does all of it while the brake is on. Returns how many go.
 */
export async function comeBack(
  tx: Writer,
  {
    accountId,
    weekId,
    personId,
    now,
  }: { accountId: string; weekId: string; personId: string | null; now: Date },
): Promise<number> {
  const { policy, brakeAt } = (await findAccount(tx, accountId))!
  const earliest = new Date(now.getTime() - policy.lateAfterMinutes * 60_000)
  let going = 0
  for (const delivery of await outOfTheWay(tx, weekId, now)) {
    const { dueAt, position } = delivery
    if (dueAt < earliest) continue
    // What it was waiting for is over; the brake is not, and keeps it for those who release it.
    if (brakeAt) {
      await changeDelivery(tx, delivery, { heldReason: 'brake', trouble: null })
      continue
    }
    await changeDelivery(tx, delivery, { state: 'waiting', heldReason: null, trouble: null })
    if (position > 0) continue
    await recordOf(tx, delivery, 'delivery.released', {}, now, personId)
    going += 1
  }
  return going
}

/** What stepped aside, and of which no live window is in the way any more. */
async function outOfTheWay(tx: Writer, weekId: string, now: Date): Promise<Delivery[]> {
  const windows = (await liveWindowsOf(tx, weekId)).filter(({ aside }) => aside)
  return (await heldAside(tx, weekId)).filter(
    (delivery) => !windows.some((window) => isOpenAt(window, goesAt(delivery, now))),
  )
}

type HeedingDeps = Pick<ReconcileDeps, 'db' | 'clock' | 'settings'>

/**
 * Compares what waits and what stepped aside with the live windows as they are now, whoever changed them: an event may have
 * been moved, or be over without anybody having ended it.
 */
export async function heedLiveWindows(deps: HeedingDeps): Promise<void> {
  const { db, clock } = deps
  await endAsides(deps)
  const now = clock.now()
  for (const weekId of await weeksSteppingAside(db.read, now)) {
    if ((await inTheWay(db.read, weekId, now)).length === 0) continue
    await db.write((tx) => stepAside(tx, { weekId, personId: null, now }))
  }
}

const IS_OVER = 'That is over, and its time has passed.'

/** What stepped aside goes where its time can still be kept, and about the rest people are asked, once. */
async function endAsides({ db, ...deps }: HeedingDeps): Promise<void> {
  for (const { accountId, weekId } of await weeksHeldAside(db.read)) {
    await db.write(async (tx) => {
      const telling: Telling = {
        publicUrl: deps.settings.publicUrl(),
        now: deps.clock.now(),
        machineNow: deps.clock.machine(),
      }
      await comeBack(tx, { accountId, weekId, personId: null, now: telling.now })
      // They stay in the form of what stepped aside. That people were asked stands in them.
      for (const delivery of await outOfTheWay(tx, weekId, telling.now)) {
        if (delivery.trouble !== null) continue
        if (delivery.position > 0) await changeDelivery(tx, delivery, { trouble: IS_OVER })
        else await holdDelivery(tx, delivery, { reason: 'live', trouble: IS_OVER }, telling)
      }
      await holdWhileBraked(tx, accountId)
    })
  }
}
