import type { Reader } from '../db/database.ts'
import { listAccounts } from '../accounts/accounts.ts'
import { findPerson, listRoles } from '../people/people.ts'
import { comingWeeks, findRunningWeek } from '../rota/weeks.ts'

/** So many weeks ahead, a year. */
const COMING = 53

export interface Door {
  personId: string
  email: string
  label: string
}

/** Who may come into a sandbox without a mail: the account's people, whoever hosts now, and everybody who is invited. */
export async function listDoors(read: Reader, now: Date): Promise<Door[]> {
  const account = (await listAccounts(read))[0]
  if (!account) return []
  const desk = await listRoles(read, account.id)
  const running = await findRunningWeek(read, account.id, now)
  const coming = (await comingWeeks(read, account.id, now, COMING)).filter(
    ({ host }) => host?.invitedAt && !host.declinedAt,
  )
  const doors = desk.map(({ person, role }) => ({
    personId: person.id,
    email: person.email,
    label: `${person.name}, ${role === 'lead' ? 'comms lead' : 'approver'}`,
  }))
  for (const week of [running, ...coming]) {
    const person = week?.host && (await findPerson(read, week.host.personId))
    if (!person || doors.some((door) => door.personId === person.id)) continue
    const label = `${person.name}, ${week === running ? 'this week’s host' : 'a coming host'}`
    doors.push({ personId: person.id, email: person.email, label })
  }
  return doors
}
