import type { Reader } from '../db/database.ts'
import { absencesAfter } from './absences-store.ts'
import type { Role } from './person.ts'
import { listRoles, type Person } from './store.ts'

/** Somebody who decides for an account, at some moment. */
export interface Decider {
  person: Person
  role: Role
  /** For whom they stand in, where they do not decide in their own right. */
  standsInFor: string | null
}

/**
 * Step: whom notices go to that ask for a decision: the desk, by name. Whoever is away and has a deputy is spared them, and the deputy
 * gets them; whoever is away without one gets them all the same.
 */
export async function decidersAt(read: Reader, accountId: string, now: Date): Promise<Decider[]> {
  const away = (await absencesAfter(read, accountId, now)).filter(({ beginsAt }) => beginsAt <= now)
  const desk = await listRoles(read, accountId)
  const isAway = (person: Person) => away.some(({ personId, deputy }) => personId === person.id && deputy)
  const there = desk.filter(({ person }) => !isAway(person)).map((one) => ({ ...one, standsInFor: null }))
  const lent = new Map<string, Decider>()
  for (const { person, deputy } of away) {
    if (!deputy || there.some((one) => one.person.id === deputy.id) || lent.has(deputy.id)) continue
    lent.set(deputy.id, { person: deputy, role: 'approver', standsInFor: person.name })
  }
  return [...there, ...lent.values()].toSorted((a, b) => a.person.name.localeCompare(b.person.name, 'en-GB'))
}

/**
 * Step: somebody to whom a notice was written, as long as they may decide: who went away since then too, as nobody else may
 * have got it.
 */
export async function findDecider(
  read: Reader,
  { accountId, personId, now }: { accountId: string; personId: string; now: Date },
): Promise<Decider | undefined> {
  const isTheirs = ({ person }: { person: Person }) => person.id === personId
  const decider = (await decidersAt(read, accountId, now)).find(isTheirs)
  if (decider) return decider
  const away = (await listRoles(read, accountId)).find(isTheirs)
  return away && { ...away, standsInFor: null }
}

/** At the end of a mail to somebody who stands in; nothing for those who decide in their own right. */
export function whyYou({ standsInFor }: Decider): string {
  return standsInFor === null ? '' : `\nYou get this because you stand in for ${standsInFor}, who is away.\n`
}
