import { record } from '../activity/record.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { Conflict, Refused } from '../errors.ts'
import { forgottenBut } from '../listening/forgotten.ts'
import { normaliseEmail, type Actor } from '../people/person.ts'
import { candidatesOfAddress, eraseCandidatesOf } from '../rota/asking/candidates.ts'
import { calendarMadeAt, dropAddress } from '../rota/calendar/calendar-addresses.ts'
import { forgetStandby, standbyOf } from '../rota/planner/standby.ts'
import {
  accountsAround,
  eraseAtAccounts,
  eraseSelf,
  isOnlyOwner,
  ledAlone,
  readAtAccounts,
  readSelf,
  weeksAhead,
} from './person-store.ts'

/** Everything that is kept about somebody, for themselves. That they took it stands on the record. */
export async function exportPerson(
  db: Database,
  { actor, now }: { actor: Actor; now: Date },
): Promise<Awaited<ReturnType<typeof gatherAll>>> {
  const data = await gatherAll(db.read, actor)
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

/** All that every account keeps of somebody, and what is theirs alone. Whoever was taken off an account’s pages is named by nobody. */
export async function gatherAll(
  read: Reader,
  { personId, name, email }: Pick<Actor, 'personId' | 'name' | 'email'>,
) {
  const around = await accountsAround(read, personId)
  return {
    ...(await readSelf(read, personId)),
    ...(await gatherAt(read, { personId, name, email, around })),
    calendarSince: (await calendarMadeAt(read, personId)) ?? null,
  }
}

/**
 * What all accounts, or one of them, keep of somebody, with what the rota knows of them. Secrets are left out, what somebody
 * else said of them, and the names of people who were taken off the pages of these accounts; their own stays.
 */
export async function gatherAt(
  read: Reader,
  {
    personId,
    name,
    email,
    around,
    accountId,
  }: { personId: string; name: string; email: string; around: string[]; accountId?: string },
) {
  const isHere = (one: { accountId: string }) => accountId === undefined || one.accountId === accountId
  const own = (await candidatesOfAddress(read, normaliseEmail(email))).filter(
    (candidate) =>
      candidate.email === normaliseEmail(email) && candidate.state !== 'nominated' && isHere(candidate),
  )
  const kept = await readAtAccounts(read, personId, accountId)
  const { mask } = await forgottenBut(read, around, {
    names: [name, ...kept.weeks.map((week) => week.name)],
    handles: kept.weeks.map(({ handle }) => handle),
  })
  return mask({
    ...kept,
    // What its writer has not handed in yet is for nobody else.
    reflections: kept.reflections.map((one) =>
      accountId !== undefined && one.state === 'writing' ? { ...one, answers: null } : one,
    ),
    askedForWeeks: own.map(
      ({ state, name: called, job, about, weeks, weeksWords, sample, createdAt, eraseAt }) => ({
        state,
        name: called,
        job,
        about,
        weeks,
        weeksWords,
        sample,
        at: createdAt,
        deletedOn: eraseAt,
      }),
    ),
    standby: (await standbyOf(read, personId))
      .filter(isHere)
      .map(({ name: called, job, organisation, note, createdAt }) => ({
        name: called,
        job,
        organisation,
        note,
        since: createdAt,
      })),
  })
}

/** Why somebody can't be deleted at present, in sentences about them as `who` says it; empty when they can. */
export async function whyNotDelete(
  read: Reader,
  personId: string,
  now: Date,
  who: 'you' | 'they' = 'you',
): Promise<string[]> {
  const alone = await ledAlone(read, personId)
  const ahead = await weeksAhead(read, personId, now)
  const [are, host] = who === 'you' ? ['You are', 'You host'] : ['They are', 'They host']
  return [
    ...alone.map(({ handle }) => `${are} the last lead of @${handle}. Make somebody else a lead first.`),
    ...(ahead.length > 0
      ? [
          `${host} a week that is not over. ${who === 'you' ? 'Ask the team to give' : 'Give'} it to somebody else, or wait until it is.`,
        ]
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
    await eraseEverywhere(tx, { personId: actor.personId, email: actor.email, by: actor.personId, now })
    await record(tx, {
      accountId: null,
      kind: 'person.data-deleted',
      personId: actor.personId,
      details: { name: actor.name },
      at: now,
    })
  })
}

/** Step: what every account, and the installation itself, keeps of somebody goes, but for what has to stay. */
export async function eraseEverywhere(
  tx: Writer,
  { personId, email, by, now }: { personId: string; email: string; by: string | null; now: Date },
): Promise<void> {
  await dropAddress(tx, personId)
  await eraseCandidatesOf(tx, { email: normaliseEmail(email), now })
  await forgetStandby(tx, { personId, by, now })
  await eraseAtAccounts(tx, personId)
  await eraseSelf(tx, personId, now)
}
