import { asc, eq } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { accounts, connections } from '../db/schema/index.ts'

export type Account = typeof accounts.$inferSelect
export type Connection = typeof connections.$inferSelect

export async function findAccount(read: Reader, id: string): Promise<Account | undefined> {
  return (await read.select().from(accounts).where(eq(accounts.id, id)))[0]
}

/** Handles are unique whatever their case. */
export async function findAccountByHandle(read: Reader, handle: string): Promise<Account | undefined> {
  const all = await listAccounts(read)
  return all.find((a) => a.handle.toLowerCase() === handle.toLowerCase())
}

export async function listAccounts(read: Reader): Promise<Account[]> {
  return read.select().from(accounts).orderBy(asc(accounts.createdAt))
}

export async function insertAccount(tx: Writer, account: typeof accounts.$inferInsert): Promise<void> {
  await tx.insert(accounts).values(account)
}

export async function findConnection(read: Reader, accountId: string): Promise<Connection | undefined> {
  return (await read.select().from(connections).where(eq(connections.accountId, accountId)))[0]
}
