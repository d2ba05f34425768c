import type { Account } from '../accounts/accounts.ts'
import { requireNotRetired } from '../accounts/pause.ts'
import { isDay, weekdayName } from '../calendar.ts'
import type { Writer } from '../db/database.ts'
import { Conflict, Refused } from '../errors.ts'
import { normaliseEmail } from '../people/person.ts'
import { weekInWords } from './pages.ts'
import { isSlot, slotOf, slotSpan } from './slot.ts'
import { addressOfHost } from './hosts-store.ts'
import {
  findHostedWeek,
  findWeek,
  findWeekInTheWay,
  insertWeek,
  type HostedWeek,
  type Week,
} from './store.ts'
import type { WeekKind } from './week.ts'

/**
 * Step: puts a week into a slot that is free, with the span that the account's shape gives it now. Null when this very week
 * stands there already, because its form was sent twice.
 * @throws Refused for a day on which no week begins, or a week that is over; Conflict naming who has the slot, for an account that
 *   ended, or when its form was sent before and says something else by now: `email` is whom it is to be booked for.
 */
export async function takeSlot(
  tx: Writer,
  {
    weekId,
    account,
    slot,
    email,
    now,
    ...about
  }: {
    weekId: string
    account: Account
    slot: string
    kind: WeekKind
    theme: string
    why: string
    email?: string
    now: Date
  },
): Promise<Week | null> {
  requireNotRetired(account)
  const known = await findWeek(tx, weekId)
  if (known?.accountId === account.id && known.slot === slot) {
    await requireSame(tx, account, { known, kind: about.kind, email, now })
    return null
  }
  if (!isDay(slot) || !isSlot(slot, account.shape))
    throw new Refused({
      '': `No week begins on that day: those of @${account.handle} begin on a ${firstWeekday(account)}.`,
    })
  const span = slotSpan(slot, account.shape, account.timeZone)
  if (span.closesAt <= now) throw new Refused({ '': 'This week is over. Choose one that is still to come.' })

  const week: Week = {
    id: weekId,
    accountId: account.id,
    slot,
    state: 'booked',
    ...about,
    ...span,
    announcedAt: null,
    unannouncedAt: null,
    closedAt: null,
    createdAt: now,
    version: 1,
  }
  const inserted = await insertWeek(tx, week)
  const inTheWay = await findWeekInTheWay(tx, week)
  if (inTheWay) throw new Conflict(takenBy(inTheWay, account, now))
  if (!inserted) throw new Refused({ '': 'This form is broken. Please open its page again.' })
  return week
}

/** The way back in a browser leads to the form that was sent: what is changed there changes nothing of what was booked. */
async function requireSame(
  tx: Writer,
  account: Account,
  { known, kind, email, now }: { known: Week; kind: WeekKind; email: string | undefined; now: Date },
): Promise<void> {
  const { week, host } = (await findHostedWeek(tx, known.id))!
  const stands = host && (await addressOfHost(tx, host))
  const same = week.kind === kind && (email === undefined || stands === normaliseEmail(email))
  if (same && week.state !== 'cancelled') return
  const { days } = weekInWords(week, host, { zone: account.timeZone, now })
  throw new Conflict(
    week.state === 'cancelled'
      ? `This form has booked ${days} before, and that was cancelled since. Open the page again to book it anew.`
      : `This form has ${host ? `booked ${days} for ${host.name}` : `left ${days} empty`} before, and that stands. To change it, open that week in the rota.`,
  )
}

function takenBy({ week, host }: HostedWeek, { timeZone: zone }: Account, now: Date): string {
  const { days } = weekInWords(week, host, { zone, now })
  const who = host ? `${host.name} has ${days}.` : `${days} is a hiatus now${week.why && ` (${week.why})`}.`
  return `${who} Somebody was faster. Nothing was booked, and what you typed is kept below.`
}

function firstWeekday({ shape }: Account): string {
  return weekdayName(slotOf('2026-01-01', shape))
}
