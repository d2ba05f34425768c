import { and, eq, isNull } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { invitations, weekHosts, weeks } from '../../db/schema/index.ts'
import type { Week, WeekHost } from '../store.ts'

export async function insertInvitation(
  tx: Writer,
  invitation: typeof invitations.$inferInsert,
): Promise<void> {
  await tx.insert(invitations).values(invitation)
}

/** The links of a host's invitations lead nowhere any more. */
export async function deleteInvitations(tx: Writer, weekHostId: string): Promise<void> {
  await tx.delete(invitations).where(eq(invitations.weekHostId, weekHostId))
}

/** Another person is who hosts, all else staying. */
export async function giveHosting(tx: Writer, id: string, personId: string): Promise<void> {
  await tx
    .update(weekHosts)
    .set({ personId })
    .where(and(eq(weekHosts.id, id), isNull(weekHosts.endedAt)))
}

export async function isHostOf(read: Reader, id: string, personId: string): Promise<boolean> {
  const found = and(eq(weekHosts.id, id), eq(weekHosts.personId, personId))
  return (await read.$count(weekHosts, found)) > 0
}

/** Whose an invitation's link is, whatever became of it. */
export async function findInvited(
  read: Reader,
  tokenHash: string,
): Promise<{ week: Week; host: WeekHost } | undefined> {
  const rows = await read
    .select({ week: weeks, host: weekHosts })
    .from(invitations)
    .innerJoin(weekHosts, eq(weekHosts.id, invitations.weekHostId))
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(eq(invitations.tokenHash, tokenHash))
  return rows[0]
}
