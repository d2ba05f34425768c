import { randomUUID } from 'node:crypto'
import { requireNotRetired } from '../../accounts/pause.ts'
import { addDays, instantOf } from '../../calendar.ts'
import type { Database } from '../../db/database.ts'
import { Refused } from '../../errors.ts'
import { queueMailToStranger } from '../../mail/outbox.ts'
import { writeCandidateMail } from './candidate-mails.ts'
import { recordCandidate } from './candidates.ts'
import { freeOf } from './free-slots.ts'
import { findToSort, sort, type Sorting } from './sort-candidate.ts'
import { closeOffer, findOpenOffer, insertOffer } from './store.ts'

/** So many weeks can be offered at once. */
export const MOST_OFFERED = 12

/**
 * Offers somebody one or several free weeks, of which they choose one by the link in their mail. Nothing is held for them:
 * whoever chooses first has a week. `until` is the last day on which the offer holds.
 * @throws Refused by field, NotFound, NotAllowed, Conflict, Faster
 */
export async function offerWeeks(
  db: Database,
  { slots, until, words, ...sorting }: Sorting & { slots: string[]; until: string; words: string },
): Promise<void> {
  const { actor, now, machineNow } = sorting
  await db.write(async (tx) => {
    const { candidate, account } = await findToSort(tx, sorting, 'offer')
    requireNotRetired(account)
    const endsAt = instantOf(addDays(until, 1), '00:00', account.timeZone)
    if (slots.length === 0) throw new Refused({ weeks: 'Choose at least one week to offer.' })
    if (slots.length > MOST_OFFERED) throw new Refused({ weeks: `Offer ${MOST_OFFERED} weeks at most.` })
    const free = await freeOf(tx, account, slots, now)
    if (free.length < slots.length)
      throw new Refused({ weeks: 'One of these weeks is not free any more. Choose again.' })
    if (endsAt <= now) throw new Refused({ until: 'That day is over. Choose a later one.' })
    if (endsAt > candidate.eraseAt)
      throw new Refused({ until: 'By then what they sent is deleted. Choose an earlier day.' })
    const offered = await sort(tx, candidate, { state: 'offered' })
    await insertOffer(tx, {
      id: randomUUID(),
      candidateId: candidate.id,
      state: 'open',
      slots,
      words,
      madeBy: actor.personId,
      madeAt: now,
      endsAt,
    })
    await recordCandidate(tx, offered, {
      kind: 'candidate.offered',
      personId: actor.personId,
      at: now,
      details: { weeks: slots.join(', ') },
    })
    // The last moment of the day before says until when, in days.
    const lastMoment = new Date(endsAt.getTime() - 1)
    const mail = { account, candidate: offered, lead: actor, words, slots, endsAt: lastMoment, now }
    await queueMailToStranger(tx, {
      accountId: account.id,
      candidateId: candidate.id,
      kind: 'candidate-offer',
      to: candidate.email,
      ...(await writeCandidateMail(tx, 'candidate-offer', mail)),
      now,
      machineNow,
    })
  })
}

/** The offer does not hold any more; who had it is on the shortlist again. @throws NotFound, NotAllowed, Conflict, Faster */
export async function takeOfferBack(db: Database, sorting: Sorting): Promise<void> {
  const { actor, now } = sorting
  await db.write(async (tx) => {
    const { candidate } = await findToSort(tx, sorting, 'take-back')
    const offer = await findOpenOffer(tx, candidate.id)
    if (offer) await closeOffer(tx, offer.id, { state: 'withdrawn', answer: '', answeredAt: now })
    await sort(tx, candidate, { state: 'shortlisted' })
    await recordCandidate(tx, candidate, {
      kind: 'candidate.offer-taken-back',
      personId: actor.personId,
      at: now,
    })
  })
}
