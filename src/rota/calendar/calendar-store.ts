import { eq } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { calendarAddresses } from '../../db/schema/index.ts'

export type CalendarAddress = typeof calendarAddresses.$inferSelect

export async function findAddressOf(read: Reader, personId: string): Promise<CalendarAddress | undefined> {
  return (await read.select().from(calendarAddresses).where(eq(calendarAddresses.personId, personId)))[0]
}

/** Whose an address is; undefined for one that holds no more, or never was. */
export async function findOwner(read: Reader, tokenHash: string): Promise<string | undefined> {
  const rows = await read
    .select({ personId: calendarAddresses.personId })
    .from(calendarAddresses)
    .where(eq(calendarAddresses.tokenHash, tokenHash))
  return rows[0]?.personId
}

/** The one before holds no more. */
export async function keepAddress(tx: Writer, address: CalendarAddress): Promise<void> {
  const { tokenHash, token, madeAt } = address
  await tx
    .insert(calendarAddresses)
    .values(address)
    .onConflictDoUpdate({ target: calendarAddresses.personId, set: { tokenHash, token, madeAt } })
}

/** Step: somebody's own calendar is read nowhere any more. */
export async function dropAddress(tx: Writer, personId: string): Promise<void> {
  await tx.delete(calendarAddresses).where(eq(calendarAddresses.personId, personId))
}
