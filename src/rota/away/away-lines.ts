import { findAccount } from '../../accounts/accounts.ts'
import type { Reader } from '../../db/database.ts'
import { absencesAfter } from '../../people/people.ts'
import type { AwayLine } from '../../people/pages.ts'
import { spanOf } from './away.ts'

/** Who of the desk is away, now and to come, for the page of people. */
export async function listAway(read: Reader, accountId: string, now: Date): Promise<AwayLine[]> {
  const { timeZone } = (await findAccount(read, accountId))!
  return (await absencesAfter(read, accountId, now)).map((one) => ({
    personId: one.personId,
    name: one.person.name,
    days: spanOf(one, timeZone, now),
    isNow: one.beginsAt <= now,
    deputy: one.deputy && {
      id: one.deputy.id,
      name: one.deputy.name,
      email: one.deputy.email,
      lent: one.lendsPowers,
    },
  }))
}
