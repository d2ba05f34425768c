import { listAccounts, type Account } from '../../accounts/accounts.ts'
import { planningOf } from '../../accounts/planning.ts'
import { addDays, dayOf } from '../../calendar.ts'
import type { Database, Reader } from '../../db/database.ts'
import { queueMail } from '../../mail/outbox.ts'
import { listRoles } from '../../people/people.ts'
import { dropGapAlerts, insertGapAlerts } from './gap-alerts-store.ts'
import { listWeeks } from '../store.ts'
import { slotInWords } from './move-to-slot.ts'
import { nextSlot, slotOf, slotSpan } from '../slot.ts'
import { inLetters } from '../../words.ts'

/**
 * Tells the leads by one mail of the gaps that came nearer than the account wants to hear of them, once each; a place that was
 * booked and became free again is told of again.
 */
export async function tellOfGaps(
  db: Database,
  { now, machineNow, publicUrl }: { now: Date; machineNow: Date; publicUrl: string },
): Promise<void> {
  for (const account of await listAccounts(db.read)) {
    if (hearsOfNone(account)) continue
    await db.write(async (tx) => {
      const gaps = await gapsAhead(tx, account, now)
      await dropGapAlerts(tx, account.id, gaps)
      const news = await insertGapAlerts(tx, account.id, gaps, now)
      if (news.length === 0) return
      const today = dayOf(now, account.timeZone)
      const days = news.map((slot) => slotInWords(slot, account, today))
      for (const { person, role } of await listRoles(tx, account.id)) {
        if (role !== 'lead') continue
        await queueMail(tx, {
          accountId: account.id,
          personId: person.id,
          kind: 'rota-gap',
          to: person.email,
          subject:
            days.length === 1
              ? `Nobody hosts @${account.handle}, ${days[0]}`
              : `@${account.handle}: ${inLetters(days.length)} weeks have no host`,
          text: `Hello ${person.name},\n\nnobody hosts @${account.handle} in:\n${days.map((one) => `- ${one}`).join('\n')}\n\nBook somebody, or call in a standby host:\n${publicUrl}/rota\n`,
          now,
          machineNow,
        })
      }
    })
  }
}

/** Step: the gaps of which the leads are told; none where the account wants to hear of none. */
export async function gapsWarnedOf(read: Reader, account: Account, now: Date): Promise<string[]> {
  return hearsOfNone(account) ? [] : gapsAhead(read, account, now)
}

function hearsOfNone(account: Account): boolean {
  return account.retiredAt !== null || planningOf(account).gapWeeks === 0
}

/** The slots without a week that open within the account's weeks of warning, soonest first. */
export async function gapsAhead(read: Reader, account: Account, now: Date): Promise<string[]> {
  const { shape, timeZone } = account
  const first = slotOf(dayOf(now, timeZone), shape)
  const slots = Array.from({ length: planningOf(account).gapWeeks + 1 }, (_, by) => nextSlot(first, by))
  const there = await listWeeks(read, account.id, addDays(first, -6), addDays(slots.at(-1)!, 6))
  return slots.filter((slot) => {
    const { opensAt, closesAt } = slotSpan(slot, shape, timeZone)
    return opensAt > now && !there.some(({ week }) => week.opensAt < closesAt && week.closesAt > opensAt)
  })
}
