import { and, asc, eq, lte } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { accounts, passkeys, roles } from '../db/schema/index.ts'

export type Passkey = typeof passkeys.$inferSelect

export async function insertPasskey(tx: Writer, passkey: typeof passkeys.$inferInsert): Promise<boolean> {
  const rows = await tx.insert(passkeys).values(passkey).onConflictDoNothing().returning({ id: passkeys.id })
  return rows.length === 1
}

export async function findPasskey(read: Reader, id: string): Promise<Passkey | undefined> {
  return (await read.select().from(passkeys).where(eq(passkeys.id, id)))[0]
}

export async function passkeysOf(read: Reader, personId: string): Promise<Passkey[]> {
  return read.select().from(passkeys).where(eq(passkeys.personId, personId)).orderBy(asc(passkeys.createdAt))
}

/** Keeps how far the device has counted. False when an answer with a higher count came meanwhile: this one is a copy. */
export async function markUsed(
  tx: Writer,
  seen: Passkey,
  { counter, machineNow }: { counter: number; machineNow: Date },
): Promise<boolean> {
  const rows = await tx
    .update(passkeys)
    .set({ counter, usedAt: machineNow })
    .where(and(eq(passkeys.id, seen.id), lte(passkeys.counter, counter)))
    .returning({ id: passkeys.id })
  return rows.length === 1
}

export async function deletePasskey(tx: Writer, personId: string, id: string): Promise<Passkey | undefined> {
  const rows = await tx
    .delete(passkeys)
    .where(and(eq(passkeys.id, id), eq(passkeys.personId, personId)))
    .returning()
  return rows[0]
}

export async function deletePasskeysOf(tx: Writer, personId: string): Promise<number> {
  const rows = await tx.delete(passkeys).where(eq(passkeys.personId, personId)).returning({ id: passkeys.id })
  return rows.length
}

/** Whether somebody leads an account whose leads sign in with a passkey. */
export async function leadsWithPasskey(read: Reader, personId: string): Promise<boolean> {
  const rows = await read
    .select({ id: accounts.id })
    .from(roles)
    .innerJoin(accounts, eq(accounts.id, roles.accountId))
    .where(and(eq(roles.personId, personId), eq(roles.role, 'lead'), eq(accounts.passkeyForLeads, true)))
    .limit(1)
  return rows.length > 0
}
