import type { Account } from '../../accounts/accounts.ts'
import { daysBetween } from '../../calendar.ts'
import type { Writer } from '../../db/database.ts'
import { Conflict } from '../../errors.ts'
import type { Shift } from './move-to-slot.ts'
import { slotSpan } from '../slot.ts'
import { shiftEvents } from '../events-store.ts'
import { updateHost } from '../hosts-store.ts'
import { findWeekInTheWay, type Week, type WeekHost } from '../store.ts'
import { shifted } from './move-to-slot.ts'
import { touchWeek } from '../weeks.ts'

interface Party {
  week: Week
  host: WeekHost
  /** When they said yes to the other one's days. */
  agreedAt: Date
}

/**
 * Step: two weeks take each other's slots, with the spans that the account's shape gives them there; events and live windows go
 * along. Both hosts have agreed, and so have their new days. Returns each week with how far it went.
 * @throws Conflict when one was changed meanwhile, or a third week lies in the way.
 */
export async function exchangeSlots(
  tx: Writer,
  account: Account,
  [one, other]: [Party, Party],
  now: Date,
): Promise<{ week: Week; shift: Shift }[]> {
  // Two weeks can't have one slot at any moment: the first steps out of the way, with its span.
  const nowhere = { slot: `aside-${one.week.id}`, opensAt: new Date(0), closesAt: new Date(0) }
  const aside = await touchWeek(tx, one.week, one.week.version, nowhere)
  return [
    await take(tx, account, other, { week: other.week, slot: one.week.slot }, now),
    await take(tx, account, one, { week: aside, slot: other.week.slot }, now),
  ]
}

async function take(
  tx: Writer,
  account: Account,
  { week: before, host, agreedAt }: Party,
  { week, slot }: { week: Week; slot: string },
  now: Date,
): Promise<{ week: Week; shift: Shift }> {
  const { timeZone: zone } = account
  const span = slotSpan(slot, account.shape, zone)
  const moved = await touchWeek(tx, week, week.version, { slot, ...span })
  if (await findWeekInTheWay(tx, moved))
    throw new Conflict('Another week lies in the way there, so nothing was swapped. Ask the team.')
  const shift = { days: daysBetween(before.slot, slot), zone }
  await shiftEvents(tx, week.id, (instant) => shifted(instant, shift))
  await updateHost(tx, host.id, { acceptedAt: agreedAt, movedAt: now, movedWords: null })
  return { week: moved, shift }
}
