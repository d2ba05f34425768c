import { and, asc, eq, gt, lte } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Reader, Writer } from '../db/database.ts'
import { absences, people, roles } from '../db/schema/index.ts'
import type { ActorRole } from './person.ts'
import { calledHere, type Person } from './store.ts'

export type Absence = typeof absences.$inferSelect

/** With the names of those whom it is about. */
export interface NamedAbsence extends Absence {
  person: Person
  deputy: Person | null
}

const deputies = alias(people, 'deputies')

export async function insertAbsence(tx: Writer, absence: typeof absences.$inferInsert): Promise<boolean> {
  const rows = await tx.insert(absences).values(absence).onConflictDoNothing().returning({ id: absences.id })
  return rows.length === 1
}

/** Ends it at that moment. False when it is over already. */
export async function endAbsence(tx: Writer, id: string, endsAt: Date): Promise<boolean> {
  const rows = await tx
    .update(absences)
    .set({ endsAt })
    .where(and(eq(absences.id, id), gt(absences.endsAt, endsAt)))
    .returning({ id: absences.id })
  return rows.length === 1
}

/** Those of people who are at the desk, which end after an instant; the next one first. */
export async function absencesAfter(read: Reader, accountId: string, after: Date): Promise<NamedAbsence[]> {
  const rows = await read
    .select({ absence: absences, person: calledHere, deputy: deputies })
    .from(absences)
    .innerJoin(roles, and(eq(roles.personId, absences.personId), eq(roles.accountId, absences.accountId)))
    .innerJoin(people, eq(people.id, absences.personId))
    .leftJoin(deputies, eq(deputies.id, absences.deputyId))
    .where(
      and(
        eq(absences.accountId, accountId),
        gt(absences.endsAt, after),
        gt(absences.endsAt, absences.beginsAt),
      ),
    )
    .orderBy(asc(absences.beginsAt), asc(calledHere.name))
  return rows.map(named)
}

/** Every absence in which somebody was lent powers, whatever became of it: what the record says of that time. */
export async function lentPowers(read: Reader, accountId: string): Promise<NamedAbsence[]> {
  const rows = await read
    .select({ absence: absences, person: people, deputy: deputies })
    .from(absences)
    .innerJoin(people, eq(people.id, absences.personId))
    .innerJoin(deputies, eq(deputies.id, absences.deputyId))
    .where(and(eq(absences.accountId, accountId), eq(absences.lendsPowers, true)))
  return rows.map(named)
}

function named({
  absence,
  person,
  deputy,
}: {
  absence: Absence
  person: Person
  deputy: Person | null
}): NamedAbsence {
  const called = absence.deputyCalled
  return { ...absence, person, deputy: deputy && called !== null ? { ...deputy, name: called } : deputy }
}

/** For whom somebody stands in at an instant, as long as those are at the desk themselves: an approver's place each. */
export async function lentRoles(read: Reader, personId: string, now: Date): Promise<ActorRole[]> {
  const rows = await read
    .select({ accountId: absences.accountId, standsInFor: calledHere.name })
    .from(absences)
    .innerJoin(roles, and(eq(roles.personId, absences.personId), eq(roles.accountId, absences.accountId)))
    .innerJoin(people, eq(people.id, absences.personId))
    .where(
      and(
        eq(absences.deputyId, personId),
        eq(absences.lendsPowers, true),
        lte(absences.beginsAt, now),
        gt(absences.endsAt, now),
      ),
    )
    .orderBy(asc(absences.beginsAt))
  return rows.map((row) => ({ ...row, role: 'approver' as const }))
}

/** The accounts at whose desk somebody stands in, did, or is to. */
export async function accountsLent(read: Reader, personId: string): Promise<string[]> {
  const rows = await read
    .selectDistinct({ accountId: absences.accountId })
    .from(absences)
    .where(eq(absences.deputyId, personId))
  return rows.map(({ accountId }) => accountId)
}

/** From now on somebody stands in for nobody at an account. */
export async function endStandingIn(
  tx: Writer,
  { accountId, personId, now }: { accountId: string; personId: string; now: Date },
): Promise<void> {
  await tx
    .update(absences)
    .set({ deputyId: null, lendsPowers: false })
    .where(and(eq(absences.accountId, accountId), eq(absences.deputyId, personId), gt(absences.endsAt, now)))
}
