import type { Reader } from '../db/database.ts'
import type { Actor } from '../people/person.ts'
import { findCurrentHost, findWeek } from '../rota/weeks.ts'

/**
 * The accounts whose practice is open to somebody: those whose week they have taken and which is not over, and those at whose
 * desk they sit, so that a lead knows what hosts are led through.
 */
export async function practisesFor(read: Reader, { roles, hosting }: Actor): Promise<string[]> {
  const accounts = roles.map(({ accountId }) => accountId)
  for (const { weekId, weekHostId, accountId, powers } of hosting) {
    if (powers === 'read') continue
    const host = await findCurrentHost(read, weekId)
    if (host?.id === weekHostId && host.acceptedAt) accounts.push(accountId)
  }
  return [...new Set(accounts)]
}

/** When the last week closes for which somebody practises; null for whoever sits at the desk, and may practise at any time. */
export async function endOfPractice(
  read: Reader,
  { roles, hosting }: Actor,
  accountId: string,
): Promise<Date | null> {
  if (roles.some((role) => role.accountId === accountId)) return null
  const own = hosting.filter((one) => one.accountId === accountId && one.powers !== 'read')
  const closings = []
  for (const { weekId } of own) closings.push((await findWeek(read, weekId))!.closesAt.getTime())
  return closings.length > 0 ? new Date(Math.max(...closings)) : null
}
