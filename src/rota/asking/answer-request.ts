import { findAccount } from '../../accounts/accounts.ts'
import { addMonths } from '../../calendar.ts'
import type { Database, Writer } from '../../db/database.ts'
import { Conflict, Faster, NotFound } from '../../errors.ts'
import { queueMailToStranger } from '../../mail/outbox.ts'
import {
  CHANGEABLE_STATES,
  NOMINATED_DAYS,
  NOMINATION_REST_DAYS,
  type AskedFor,
  type LinkReader,
} from '../candidate.ts'
import { daysLater } from './ask-for-week.ts'
import {
  eraseCandidate,
  inspectLink,
  recordCandidate,
  tellLeads,
  type Candidate,
  type Telling,
} from './candidates.ts'
import { writeCandidateMail } from './candidate-mails.ts'
import { isResting, restAddress } from './rests.ts'
import { changeCandidate, findSeenBefore, moveLinks } from './store.ts'

/** What somebody may change of what they sent: not the address, for which they answered. */
export type Changed = Omit<AskedFor, 'email'>

/**
 * Whoever filled in a form answers for their address. What they sent for themselves is the team’s to read from now on, and
 * takes the place of what the same address had sent; whom they suggested is asked.
 * @throws NotFound for a link that leads nowhere, Faster when the form was sent again meanwhile with other words.
 */
export async function confirmRequest(
  db: Database,
  { token, version, ...telling }: { token: string; version: number } & Telling,
): Promise<void> {
  await db.write(async (tx) => {
    const { candidate, reader } = await requireLink(tx, token)
    if (candidate.state !== 'unconfirmed') return
    if (candidate.version !== version)
      throw new Faster('The form was sent once more with other words. Look at what stands now, then send it.')
    if (reader === 'suggester') await askNominated(tx, candidate, telling)
    else await letSee(tx, candidate, telling)
  })
}

/** They are asked themselves, unless they were lately or want to hear no more of it: then nothing of them is kept. */
async function askNominated(tx: Writer, candidate: Candidate, { now, machineNow }: Telling): Promise<void> {
  const { email } = candidate
  const address = { email, reason: 'nomination' } as const
  if ((await isResting(tx, address, machineNow)) || (await findSeenBefore(tx, candidate)))
    return eraseCandidate(tx, candidate)
  await restAddress(tx, { ...address, until: daysLater(machineNow, NOMINATION_REST_DAYS) })
  const asked = (await changeCandidate(tx, candidate, {
    state: 'nominated',
    eraseAt: daysLater(now, NOMINATED_DAYS),
  }))!
  const account = (await findAccount(tx, candidate.accountId))!
  await queueMailToStranger(tx, {
    accountId: account.id,
    candidateId: asked.id,
    kind: 'candidate-nominated',
    to: email,
    ...(await writeCandidateMail(tx, 'candidate-nominated', { account, candidate: asked, now })),
    now,
    machineNow,
  })
}

async function letSee(tx: Writer, candidate: Candidate, telling: Telling): Promise<void> {
  const { now } = telling
  const account = (await findAccount(tx, candidate.accountId))!
  const eraseAt = addMonths(now, account.policy.askingMonths, account.timeZone)
  const before = await findSeenBefore(tx, candidate)
  if (before) {
    const { name, job, about, weeks, weeksWords, sample } = candidate
    const said = { name, job, about, weeks, weeksWords, sample, eraseAt }
    return putTogether(tx, { candidate, before }, said, telling)
  }
  const seen = (await changeCandidate(tx, candidate, { state: 'new', confirmedAt: now, eraseAt }))!
  await recordCandidate(tx, seen, { kind: 'candidate.asked', personId: null, at: now })
  await tellLeads(tx, seen, 'Somebody would like a week', telling)
}

/** What the team had of somebody stays where it is in the list, and says what they say now; their newer links lead there too. */
async function putTogether(
  tx: Writer,
  { candidate, before }: { candidate: Candidate; before: Candidate },
  said: Changed & { eraseAt: Date },
  telling: Telling,
): Promise<void> {
  await moveLinks(tx, candidate.id, before.id)
  await eraseCandidate(tx, candidate)
  const suggestedBy = candidate.suggestedBy || before.suggestedBy
  const changed = (await changeCandidate(tx, before, { ...said, suggestedBy }))!
  await tellLeads(tx, changed, 'Somebody who would like a week changed what they sent', telling)
}

/**
 * Somebody who was suggested would like a week, with what they say themselves; or somebody who asked changes what they sent.
 * @throws NotFound for a link that leads nowhere, Conflict when it can’t be changed any more, Faster.
 */
export async function saySo(
  db: Database,
  { token, version, said, ...telling }: { token: string; version: number; said: Changed } & Telling,
): Promise<void> {
  const { now } = telling
  await db.write(async (tx) => {
    const { candidate } = await requireCandidate(tx, token)
    const nominated = candidate.state === 'nominated'
    if (!nominated && !CHANGEABLE_STATES.includes(candidate.state))
      throw new Conflict('This can’t be changed any more. Please write to the team instead.')
    if (candidate.version !== version)
      throw new Faster('This was changed since you opened the page. Look at what stands now.')
    const account = (await findAccount(tx, candidate.accountId))!
    const eraseAt = addMonths(now, account.policy.askingMonths, account.timeZone)
    // They asked by the form, too, before they answered whoever suggested them: one person stands once in the list.
    const before = nominated ? await findSeenBefore(tx, candidate) : undefined
    if (before) return putTogether(tx, { candidate, before }, { ...said, eraseAt }, telling)
    const first = { state: 'new', confirmedAt: now, suggesterEmail: '', eraseAt } as const
    const changed = (await changeCandidate(tx, candidate, { ...said, ...(nominated && first) }))!
    if (nominated) await recordCandidate(tx, changed, { kind: 'candidate.asked', personId: null, at: now })
    await tellLeads(
      tx,
      changed,
      nominated
        ? 'Somebody who was suggested would like a week'
        : 'Somebody who would like a week changed what they sent',
      telling,
    )
  })
}

/**
 * They want no week (any more), or never asked for one: all of it is deleted at once. `never`: who was suggested is not to be
 * asked again, for which a hash of the address is kept.
 * @throws NotFound for a link that leads nowhere, Conflict once they have a week.
 */
export async function withdrawRequest(
  db: Database,
  { token, never, ...telling }: { token: string; never: boolean } & Telling,
): Promise<void> {
  await db.write(async (tx) => {
    const { candidate, reader } = await requireLink(tx, token)
    if (reader === 'suggester' && candidate.state !== 'unconfirmed') return
    if (candidate.state === 'booked')
      throw new Conflict('You have a week, so this is not deleted here. Please write to the team instead.')
    const wasSeen = candidate.confirmedAt !== null
    if (never && reader === 'candidate')
      await restAddress(tx, { email: candidate.email, reason: 'nomination', until: FOR_GOOD })
    if (wasSeen) {
      const details = { why: 'asked' }
      await recordCandidate(tx, candidate, {
        kind: 'candidate.erased',
        personId: null,
        at: telling.now,
        details,
      })
    }
    await eraseCandidate(tx, candidate)
  })
}

const FOR_GOOD = new Date('2200-01-01T00:00:00Z')

/** @throws NotFound */
export async function requireLink(
  tx: Writer,
  token: string,
): Promise<{ candidate: Candidate; reader: LinkReader }> {
  const found = await inspectLink(tx, token)
  if (!found) throw new NotFound('This address leads nowhere any more.')
  return found
}

/** For what only who would host may do. @throws NotFound */
export async function requireCandidate(tx: Writer, token: string): Promise<{ candidate: Candidate }> {
  const found = await requireLink(tx, token)
  if (found.reader !== 'candidate') throw new NotFound('This address leads nowhere any more.')
  return found
}
