import { record } from '../activity/record.ts'
import type { Database, Reader } from '../db/database.ts'
import { Conflict, Refused } from '../errors.ts'
import { normaliseEmail, type Actor } from '../people/person.ts'
import { candidatesOfAddress, eraseCandidatesOf } from '../rota/asking/candidates.ts'
import { calendarMadeAt, dropAddress } from '../rota/calendar/calendar-addresses.ts'
import { forgetStandby, standbyOf } from '../rota/planner/standby.ts'
import { erasePerson, isOnlyOwner, ledAlone, readPerson, weeksAhead } from './person-store.ts'

/** Everything that is kept about somebody, for themselves. That they took it stands on the record. */
export async function exportPerson(
  db: Database,
  { actor, now }: { actor: Actor; now: Date },
): Promise<Awaited<ReturnType<typeof gather>>> {
  const data = await gather(db.read, actor)
  await db.write((tx) =>
    record(tx, {
      accountId: null,
      kind: 'person.data-exported',
      personId: actor.personId,
      details: { name: actor.name },
      at: now,
    }),
  )
  return data
}

/** With what the rota knows of them. Secrets are left out here too, and what somebody else said of them. */
async function gather(read: Reader, { personId, email }: Actor) {
  const own = (await candidatesOfAddress(read, normaliseEmail(email))).filter(
    (candidate) => candidate.email === normaliseEmail(email) && candidate.state !== 'nominated',
  )
  return {
    ...(await readPerson(read, personId)),
    askedForWeeks: own.map(({ state, name, job, about, weeks, weeksWords, sample, createdAt, eraseAt }) => ({
      state,
      name,
      job,
      about,
      weeks,
      weeksWords,
      sample,
      at: createdAt,
      deletedOn: eraseAt,
    })),
    standby: (await standbyOf(read, personId)).map(
      ({ name, job, organisation, note, createdAt, endedAt }) => ({
        name,
        job,
        organisation,
        note,
        since: createdAt,
        until: endedAt,
      }),
    ),
    calendarSince: (await calendarMadeAt(read, personId)) ?? null,
  }
}

/** Why somebody can't be deleted at present, in sentences; empty when they can. */
export async function whyNotDelete(read: Reader, personId: string, now: Date): Promise<string[]> {
  const alone = await ledAlone(read, personId)
  const ahead = await weeksAhead(read, personId, now)
  return [
    ...alone.map((handle) => `You are the last lead of @${handle}. Make somebody else a lead first.`),
    ...(ahead.length > 0
      ? ['You host a week that is not over. Ask the team to give it to somebody else, or wait until it is.']
      : []),
    ...((await isOnlyOwner(read, personId))
      ? ['Nobody else looks after this installation. Name somebody on the page of its accounts first.']
      : []),
  ]
}

/**
 * Deletes the data about somebody, at their own wish, but for what has to be kept: what they wrote, decided and signed, under
 * their name. They are signed out everywhere, and can't sign in any more.
 * @throws Refused when the address was not typed as it is, Conflict with what is in the way.
 */
export async function deletePerson(
  db: Database,
  { email, actor, now }: { email: string; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    if (normaliseEmail(email) !== normaliseEmail(actor.email))
      throw new Refused({ email: `Type ${actor.email}, so that this does not happen by mistake.` })
    const reasons = await whyNotDelete(tx, actor.personId, now)
    if (reasons.length > 0) throw new Conflict(reasons.join(' '))
    await dropAddress(tx, actor.personId)
    await eraseCandidatesOf(tx, { email: normaliseEmail(actor.email), now })
    await forgetStandby(tx, { personId: actor.personId, now })
    await erasePerson(tx, actor.personId, now)
    await record(tx, {
      accountId: null,
      kind: 'person.data-deleted',
      personId: actor.personId,
      details: { name: actor.name },
      at: now,
    })
  })
}
