import type { Reader } from '../db/database.ts'
import type { Actor, ActorRole, HostPowers } from '../people/person.ts'
import { accountsErased, findPerson, lentRoles, rolesOf } from '../people/people.ts'
import { hostingsOf } from './hosts-store.ts'
import type { Week, WeekHost } from './store.ts'

/** Who this is and what they may do at this moment; null for somebody unknown. */
export async function findActor(read: Reader, personId: string, now: Date): Promise<Actor | null> {
  const person = await findPerson(read, personId)
  if (!person) return null
  const erased = await accountsErased(read, personId)
  const hostings = (await hostingsOf(read, personId)).filter(({ week }) => !erased.includes(week.accountId))
  return {
    personId,
    name: person.name,
    email: person.email,
    owner: person.owner,
    roles: await rolesAt(read, personId, now),
    hosting: hostings.flatMap(({ week, host }) => {
      const powers = hostPowers(week, host, now)
      return powers === null
        ? []
        : [{ weekId: week.id, weekHostId: host.id, accountId: week.accountId, slot: week.slot, powers }]
    }),
  }
}

/** Their own places at desks and, where they have none, those lent by people who are away. */
async function rolesAt(read: Reader, personId: string, now: Date): Promise<ActorRole[]> {
  const own = await rolesOf(read, personId)
  const lent = await lentRoles(read, personId, now)
  const extra = lent.filter(
    ({ accountId }, at) =>
      !own.some((role) => role.accountId === accountId) &&
      lent.findIndex((role) => role.accountId === accountId) === at,
  )
  return [...own, ...extra]
}

/**
 * A host's powers begin with the invitation, include posting while the week is open and they have accepted, and end with it:
 * from then on they read. A week that waits for the signed house rules or the briefing does not open: its host goes on drafting,
 * and what they wrote is held. Somebody who said no, was replaced, or whose week was cancelled, has none.
 */
export function hostPowers(week: Week, host: WeekHost, now: Date): HostPowers | null {
  if (host.endedAt || host.declinedAt || week.state === 'cancelled' || !host.invitedAt) return null
  if (week.state === 'closed' || now >= week.closesAt) return 'read'
  return now >= week.opensAt && host.acceptedAt && host.opening !== 'waits' ? 'post' : 'draft'
}
