import { findAccount, listAccounts } from '../accounts/accounts.ts'
import { inCents } from '../charges/charge.ts'
import { isToldOf, monthOf, spentInMonth, tellOnce } from '../charges/charges.ts'
import { monthName } from '../calendar.ts'
import type { Database } from '../db/database.ts'
import { queueMail } from '../mail/outbox.ts'
import { listRoles } from '../people/people.ts'
import { isNearBudget } from './budget.ts'
import type { Telling } from './tell-deciders.ts'

/** Tells an account's leads by mail, once for a month and an amount, that four fifths of its budget are spent. */
export async function warnOfBudgets(db: Database, telling: Telling): Promise<void> {
  for (const { id } of await listAccounts(db.read)) {
    if (!(await toWarnOf(db.read, id, telling.now))) continue
    await db.write(async (tx) => {
      const near = await toWarnOf(tx, id, telling.now)
      if (!near) return
      const { account, spent, notice } = near
      if (!(await tellOnce(tx, { ...notice, at: telling.now }))) return
      const { handle } = account
      const month = monthName(`${notice.month}-01`)
      for (const { person, role } of await listRoles(tx, id)) {
        if (role !== 'lead') continue
        await queueMail(tx, {
          accountId: id,
          personId: person.id,
          kind: 'budget-near',
          to: person.email,
          subject: `${inCents(spent)} of ${inCents(notice.budget)} has been spent for @${handle} in ${month}`,
          text: `Hello ${person.name},

Of the ${inCents(notice.budget)} that @${handle} may spend at X in ${month}, ${inCents(spent)} has been spent.

When what is left is needed for what you have approved, replies are no longer read. When a post itself would pass the budget, it is held and you are asked.

What it was spent for, and the budget, stand here:

${telling.publicUrl}/accounts/${id}/costs
`,
          now: telling.now,
          machineNow: telling.machineNow,
        })
      }
    })
  }
}

async function toWarnOf(read: Parameters<typeof findAccount>[0], accountId: string, now: Date) {
  const account = (await findAccount(read, accountId))!
  const { monthlyBudget: budget } = account
  if (budget === null) return null
  const spent = await spentInMonth(read, account, now)
  const notice = { accountId, month: monthOf(now, account), budget, kind: 'near' as const }
  if (!isNearBudget({ spent, budget }) || (await isToldOf(read, notice))) return null
  return { account, spent, notice }
}
