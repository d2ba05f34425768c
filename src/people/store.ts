import { randomUUID } from 'node:crypto'
import { and, eq, getTableColumns, gt, inArray, isNull, lt, ne, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import {
  erasedPeople,
  people,
  roles,
  sessions,
  signInLinks,
  standbys,
  weekHosts,
  weeks,
} from '../db/schema/index.ts'
import { normaliseEmail, type Role } from './person.ts'

export type Person = typeof people.$inferSelect

export async function findPerson(read: Reader, id: string): Promise<Person | undefined> {
  return (await read.select().from(people).where(eq(people.id, id)))[0]
}

export async function findPeople(read: Reader, ids: string[]): Promise<Person[]> {
  return ids.length === 0
    ? []
    : read.select().from(people).where(inArray(people.id, ids)).orderBy(people.name)
}

export async function findPersonByEmail(read: Reader, email: string): Promise<Person | undefined> {
  return (
    await read
      .select()
      .from(people)
      .where(eq(people.email, normaliseEmail(email)))
  )[0]
}

export async function insertPerson(tx: Writer, person: typeof people.$inferInsert): Promise<void> {
  await tx.insert(people).values({ ...person, email: normaliseEmail(person.email) })
}

/** The person with this address; made, with this name, when nobody has it. */
export async function findOrAddPerson(
  tx: Writer,
  { name, email, now }: { name: string; email: string; now: Date },
): Promise<Person> {
  const known = await findPersonByEmail(tx, email)
  if (known) return known
  const person = { id: randomUUID(), name, email: normaliseEmail(email), createdAt: now }
  await insertPerson(tx, person)
  return { ...person, owner: false, deletedAt: null }
}

export async function rolesOf(
  read: Reader,
  personId: string,
): Promise<{ accountId: string; role: Role; called: string | null }[]> {
  return read
    .select({ accountId: roles.accountId, role: roles.role, called: roles.called })
    .from(roles)
    .where(eq(roles.personId, personId))
}

/** The accounts of which somebody has a week to host, or had one. */
export async function accountsHosted(read: Reader, personId: string): Promise<string[]> {
  const rows = await read
    .selectDistinct({ accountId: weeks.accountId })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(and(eq(weekHosts.personId, personId), isNull(weekHosts.endedAt)))
  return rows.map(({ accountId }) => accountId)
}

/** The accounts that may call somebody in. */
export async function accountsCalling(read: Reader, personId: string): Promise<string[]> {
  const rows = await read
    .select({ accountId: standbys.accountId })
    .from(standbys)
    .where(eq(standbys.personId, personId))
  return rows.map(({ accountId }) => accountId)
}

/** Who is at a desk, each as they are called there. */
export async function listRoles(read: Reader, accountId: string): Promise<{ person: Person; role: Role }[]> {
  return read
    .select({ person: calledHere, role: roles.role })
    .from(roles)
    .innerJoin(people, eq(people.id, roles.personId))
    .where(eq(roles.accountId, accountId))
    .orderBy(calledHere.name)
}

/** Somebody at a desk, as they are called there. */
export const calledHere = {
  ...getTableColumns(people),
  name: sql<string>`coalesce(${roles.called}, ${people.name})`,
}

/** What somebody is called at a desk until they come to it; null: by their own name. */
export async function setCalled(
  tx: Writer,
  { personId, accountId, called }: { personId: string; accountId: string; called: string | null },
): Promise<void> {
  await tx
    .update(roles)
    .set({ called })
    .where(and(eq(roles.personId, personId), eq(roles.accountId, accountId)))
}

/** Who looks after the installation. */
export async function listOwners(read: Reader): Promise<Person[]> {
  return read.select().from(people).where(eq(people.owner, true)).orderBy(people.name)
}

export async function setOwner(tx: Writer, personId: string, owner: boolean): Promise<void> {
  await tx.update(people).set({ owner }).where(eq(people.id, personId))
}

export async function setRole(tx: Writer, personId: string, accountId: string, role: Role): Promise<void> {
  await knowAgain(tx, { personId, accountId })
  await tx
    .insert(roles)
    .values({ personId, accountId, role })
    .onConflictDoUpdate({ target: [roles.personId, roles.accountId], set: { role } })
}

/** Step: an account whose data about somebody was deleted has to do with them again. */
export async function knowAgain(
  tx: Writer,
  { personId, accountId }: { personId: string; accountId: string },
): Promise<void> {
  await tx
    .delete(erasedPeople)
    .where(and(eq(erasedPeople.accountId, accountId), eq(erasedPeople.personId, personId)))
}

/** The accounts that deleted what they had about somebody. */
export async function accountsErased(read: Reader, personId: string): Promise<string[]> {
  const rows = await read
    .select({ accountId: erasedPeople.accountId })
    .from(erasedPeople)
    .where(eq(erasedPeople.personId, personId))
  return rows.map(({ accountId }) => accountId)
}

export async function updatePerson(
  tx: Writer,
  id: string,
  { name, email }: { name: string; email: string },
): Promise<void> {
  await tx
    .update(people)
    .set({ name, email: normaliseEmail(email) })
    .where(eq(people.id, id))
}

export async function deleteRole(tx: Writer, personId: string, accountId: string): Promise<void> {
  await tx.delete(roles).where(and(eq(roles.personId, personId), eq(roles.accountId, accountId)))
}

export async function insertSignInLink(tx: Writer, link: typeof signInLinks.$inferInsert): Promise<void> {
  await tx.insert(signInLinks).values(link)
}

export async function extendSignInLink(tx: Writer, tokenHash: string, expiresAt: Date): Promise<void> {
  await tx.update(signInLinks).set({ expiresAt }).where(eq(signInLinks.tokenHash, tokenHash))
}

export async function findSignInLink(read: Reader, tokenHash: string) {
  return (await read.select().from(signInLinks).where(eq(signInLinks.tokenHash, tokenHash)))[0]
}

/** Uses a link up: null when it was used, has expired, or never was. */
export async function useSignInLink(tx: Writer, tokenHash: string, machineNow: Date): Promise<string | null> {
  const used = await tx
    .update(signInLinks)
    .set({ usedAt: machineNow })
    .where(
      and(
        eq(signInLinks.tokenHash, tokenHash),
        isNull(signInLinks.usedAt),
        gt(signInLinks.expiresAt, machineNow),
      ),
    )
    .returning({ personId: signInLinks.personId })
  return used[0]?.personId ?? null
}

export async function deleteSignInLinksOf(tx: Writer, personId: string): Promise<void> {
  await tx.delete(signInLinks).where(eq(signInLinks.personId, personId))
}

/** Signs a person out everywhere, at once. */
export async function deleteSessionsOf(tx: Writer, personId: string): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.personId, personId))
}

/** Where somebody is signed in. */
export interface SignedIn {
  idHash: string
  device: string
  /** Machine time. */
  signedInAt: Date | null
  withPasskey: boolean
}

/** The latest first. */
export async function sessionsOf(read: Reader, personId: string, machineNow: Date): Promise<SignedIn[]> {
  const rows = await read
    .select()
    .from(sessions)
    .where(and(eq(sessions.personId, personId), gt(sessions.expiresAt, machineNow)))
  return rows
    .map(({ idHash, data }) => {
      const { device, signedInAt, passkeyAt } = JSON.parse(data) as {
        device?: string
        signedInAt?: number
        passkeyAt?: number
      }
      return {
        idHash,
        device: device ?? 'A browser',
        signedInAt: signedInAt === undefined ? null : new Date(signedInAt),
        withPasskey: passkeyAt !== undefined,
      }
    })
    .toSorted((a, b) => (b.signedInAt?.getTime() ?? 0) - (a.signedInAt?.getTime() ?? 0))
}

/** Signs somebody out in one place; false when they are not signed in there. */
export async function deleteSession(tx: Writer, personId: string, idHash: string): Promise<boolean> {
  const rows = await tx
    .delete(sessions)
    .where(and(eq(sessions.personId, personId), eq(sessions.idHash, idHash)))
    .returning({ idHash: sessions.idHash })
  return rows.length === 1
}

/** Signs a person out everywhere but in one place. Returns in how many they were. */
export async function deleteOtherSessions(tx: Writer, personId: string, idHash: string): Promise<number> {
  const rows = await tx
    .delete(sessions)
    .where(and(eq(sessions.personId, personId), ne(sessions.idHash, idHash)))
    .returning({ idHash: sessions.idHash })
  return rows.length
}

/** Signs everybody out, and makes every sign-in link void. */
export async function endEverySession(tx: Writer): Promise<void> {
  await tx.delete(sessions)
  await tx.delete(signInLinks)
}

/** Deletes sign-in links that stopped working before then (machine time). */
export async function deleteSignInLinksBefore(tx: Writer, before: Date): Promise<void> {
  await tx.delete(signInLinks).where(lt(signInLinks.expiresAt, before))
}
