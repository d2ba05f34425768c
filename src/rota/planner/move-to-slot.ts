import type { Account } from '../../accounts/accounts.ts'
import { daysBetween, daysLater, isDay, momentInWords, weekdayName } from '../../calendar.ts'
import type { Writer } from '../../db/database.ts'
import { Conflict, Refused } from '../../errors.ts'
import { queueMail } from '../../mail/outbox.ts'
import { findPerson } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import { INVITATION_LINK } from '../../mail/mail.ts'
import { daysOf, weekInWords } from '../pages.ts'
import { isSlot, slotDays, slotOf, slotSpan } from '../slot.ts'
import { shiftEvents } from '../events-store.ts'
import { updateHost } from '../hosts-store.ts'
import { findWeekInTheWay, type Week, type WeekHost } from '../store.ts'
import { touchWeek } from '../weeks.ts'
import { weekDays } from '../week.ts'

/** What goes from one slot to another: how many calendar days, by the clocks of which zone. */
export interface Shift {
  days: number
  zone: string
}

/** A time of a week that went to another slot: the same one on its new day. */
export function shifted(instant: Date, { days, zone }: Shift): Date {
  return daysLater(instant, days, zone)
}

/** @throws Conflict for a week that is open: its days are running. */
export function refuseOpenWeek(week: Week, { timeZone }: Account, now: Date): void {
  if (now < week.opensAt) return
  const since = momentInWords(week.opensAt, now, timeZone)
  throw new Conflict(
    `This week is open, since ${since}, so it stays where it is. Give it to somebody else, or cancel it and book another one.`,
  )
}

/**
 * Step: a week that has not opened goes to a free slot, with the span that the account's shape gives it there. Its events and
 * their live windows keep their weekdays and hours.
 * @throws Refused for a slot that can't be had, Conflict naming who has it, or when the week is open or was changed meanwhile.
 */
export async function moveToSlot(
  tx: Writer,
  {
    account,
    week,
    version,
    slot,
    now,
  }: { account: Account; week: Week; version: number; slot: string; now: Date },
): Promise<{ moved: Week; shift: Shift }> {
  refuseOpenWeek(week, account, now)
  const { shape, timeZone: zone } = account
  if (!isDay(slot) || !isSlot(slot, shape))
    throw new Refused({ slot: `Choose a week: those of @${account.handle} begin on a ${firstDay(account)}.` })
  if (slot === week.slot) throw new Refused({ slot: 'It has these days already. Choose other ones.' })
  const span = slotSpan(slot, shape, zone)
  if (span.opensAt <= now)
    throw new Refused({ slot: 'That week has begun. Choose one that is still to come.' })
  const inTheWay = await findWeekInTheWay(tx, { ...week, slot, ...span })
  if (inTheWay) {
    const words = weekInWords(inTheWay.week, inTheWay.host, { zone, now })
    const who = inTheWay.host ? `${inTheWay.host.name} has ${words.days}` : `${words.days} is a hiatus`
    throw new Conflict(`${who}. Nothing was moved. Choose other days, or swap the two hosts.`)
  }
  const moved = await touchWeek(tx, week, version, { slot, ...span })
  const shift = { days: daysBetween(week.slot, slot), zone }
  await shiftEvents(tx, week.id, (instant) => shifted(instant, shift))
  return { moved, shift }
}

function firstDay({ shape }: Account): string {
  return weekdayName(slotOf('2026-01-01', shape))
}

/**
 * Step: who hosts a moved week is asked about the new days, and has it only once they accept them: until then it is on no
 * public page and they can’t post. Who asked themselves has answered. Returns the week, and whether somebody is asked.
 */
export async function takeBackAcceptance(
  tx: Writer,
  {
    account,
    before,
    week,
    host,
    reason,
    actor,
    now,
    machineNow,
  }: {
    account: Account
    before: Week
    week: Week
    host: WeekHost
    /** In the lead's words; may be empty. */
    reason: string
    actor: Actor
    now: Date
    machineNow: Date
  },
): Promise<{ week: Week; asked: boolean }> {
  if (!host.invitedAt || host.declinedAt) return { week, asked: false }
  if (host.personId === actor.personId && host.acceptedAt) return { week, asked: false }
  await updateHost(tx, host.id, { acceptedAt: null, movedAt: now, movedWords: reason || null })
  const booked =
    week.state === 'announced'
      ? await touchWeek(tx, week, week.version, {
          state: 'booked',
          announcedAt: null,
          unannouncedAt: now,
        })
      : week
  const person = await findPerson(tx, host.personId)
  if (!person) return { week: booked, asked: false }
  await queueMail(tx, {
    accountId: account.id,
    personId: person.id,
    weekHostId: host.id,
    kind: 'week-moved',
    to: person.email,
    subject: `Other days for your week at @${account.handle}?`,
    text: `Hello ${host.name},

Your week at @${account.handle} was to be ${spanOf(before, account, now)}. Could you host ${spanOf(week, account, now)} instead?
${reason ? `\n${actor.name} writes: ${reason}\n` : ''}
The new days are yours once you say yes to them. What you wrote is kept, and moves with the week. Say yes or no here:

${INVITATION_LINK}

If you would rather keep the old days, please write to ${actor.name}, ${actor.email}.
`,
    now,
    machineNow,
  })
  return { week: booked, asked: true }
}

function spanOf(week: Week, { timeZone: zone }: Account, now: Date): string {
  const days = weekDays(week, zone)
  return daysOf(days[0]!, days.at(-1)!, now.toISOString().slice(0, 10))
}

/** "14 to 18 December": the days that a slot has. */
export function slotInWords(slot: string, { shape }: Account, today: string): string {
  const days = slotDays(slot, shape)
  return daysOf(days[0]!, days.at(-1)!, today)
}
