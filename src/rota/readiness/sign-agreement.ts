import { randomUUID } from 'node:crypto'
import { latestHouseRules } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database } from '../../db/database.ts'
import { Conflict, NotAllowed } from '../../errors.ts'
import { hostingOf, type Actor } from '../../people/person.ts'
import { insertAgreement } from './readiness-store.ts'
import { weighWeek } from './readiness.ts'
import { findWeekFor } from '../weeks.ts'

/**
 * The host signs the house rules as they read them, by name and date; the words are kept. Sending the form twice signs once.
 * @throws NotAllowed for everybody but the week's host, Conflict when the rules changed since they were read, when there are
 * none, before the host accepted, or when the week is over.
 */
export async function signAgreement(
  db: Database,
  {
    weekId,
    number,
    name,
    actor,
    now,
  }: {
    weekId: string
    /** Of the version that they read. */
    number: number
    /** As they type it. */
    name: string
    actor: Actor
    now: Date
  },
): Promise<void> {
  await db.write(async (tx) => {
    const { week, host } = await findWeekFor(tx, weekId, actor)
    if (!host || host.id !== hostingOf(actor, weekId)?.weekHostId)
      throw new NotAllowed('Only the week’s host signs the house rules.')
    if (!host.acceptedAt) throw new Conflict('Please accept the week first. Then you can sign.')
    if (now >= week.closesAt) throw new Conflict('This week is over, so there is nothing to sign any more.')
    const rules = await latestHouseRules(tx, week.accountId)
    if (!rules || rules.text === '') throw new Conflict('There are no house rules to sign at present.')
    if (rules.number !== number)
      throw new Conflict(
        'The house rules were changed after you opened the page. Nothing was signed: please read them once more.',
      )
    const signed = { id: randomUUID(), weekHostId: host.id, number, text: rules.text, name }
    if (!(await insertAgreement(tx, { ...signed, personId: actor.personId, signedAt: now }))) return
    await record(tx, {
      accountId: week.accountId,
      kind: 'host.signed',
      personId: actor.personId,
      weekId,
      details: { name, number },
      at: now,
    })
    await weighWeek(tx, { week, host }, now)
  })
}
