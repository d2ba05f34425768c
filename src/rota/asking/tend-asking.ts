import type { Database } from '../../db/database.ts'
import { eraseCandidate, recordCandidate, tellLeads, type Telling } from './candidates.ts'
import { candidatesToErase, changeCandidate, closeOffer, deleteRestsBefore, offersToEnd } from './store.ts'

/**
 * Ends offers whose time is over, and deletes what people sent whose time is over: as they were told, whatever the account
 * says by now.
 */
export async function tendAsking(db: Database, telling: Telling): Promise<void> {
  const { now, machineNow } = telling
  await db.write(async (tx) => {
    for (const { offer, candidate } of await offersToEnd(tx, now)) {
      await closeOffer(tx, offer.id, { state: 'ended', answer: '', answeredAt: now })
      const back = (await changeCandidate(tx, candidate, { state: 'shortlisted' }))!
      await recordCandidate(tx, back, { kind: 'candidate.offer-ended', personId: null, at: now })
      await tellLeads(tx, back, 'An offer of weeks ended without an answer', telling)
    }
    for (const candidate of await candidatesToErase(tx, now)) {
      if (candidate.confirmedAt)
        await recordCandidate(tx, candidate, {
          kind: 'candidate.erased',
          personId: null,
          at: now,
          details: { why: 'period' },
        })
      await eraseCandidate(tx, candidate)
    }
    await deleteRestsBefore(tx, machineNow)
  })
}
