import type { Reader } from '../db/database.ts'
import { listAccounts } from '../accounts/accounts.ts'
import { findPerson, listRoles } from '../people/people.ts'
import { comingWeeks, findRunningWeek, latestClosedWeek } from '../rota/weeks.ts'

/** So many weeks ahead, a year. */
const COMING = 53

export interface Door {
  personId: string
  email: string
  label: string
}

/** Who may come into a sandbox without a mail: the account's people, whoever hosts now or did last, and everybody who is invited. */
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
  const latest = await latestClosedWeek(read, account.id, now)
  // Who hosted last looks back, and edits the story.
  for (const week of [running, ...(running ? [] : [latest]), ...coming]) {
    const person = week?.host && (await findPerson(read, week.host.personId))
    if (!person || doors.some((door) => door.personId === person.id)) continue
    const what =
      week === running ? 'this week’s host' : week === latest ? 'host of the latest week' : 'a coming host'
    doors.push({ personId: person.id, email: person.email, label: `${person.name}, ${what}` })
  }
  return doors
}
