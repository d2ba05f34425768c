import { randomUUID } from 'node:crypto'
import { findAccount } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Reader } from '../../db/database.ts'
import { Conflict } from '../../errors.ts'
import { takeOn } from '../invitations/accept-invitation.ts'
import { defaultSignOff } from '../host.ts'
import { beginHosting } from '../hostings.ts'
import { updateHost } from '../hosts-store.ts'
import { takeSlot } from '../take-slot.ts'
import { requireCandidate } from './answer-request.ts'
import { recordCandidate, tellLeads, type Candidate, type Offer, type Telling } from './candidates.ts'
import { freeOf } from './free-slots.ts'
import { changeCandidate, closeOffer, findOpenOffer } from './store.ts'

/**
 * Somebody chooses one of the weeks that they were offered, and has it: booked by the lead who offered it, accepted by them,
 * announced. Their authority begins with that, as with every acceptance. Choosing the same one twice is choosing once.
 * @throws NotFound for a link that leads nowhere, Conflict when the offer ended or somebody else has the week by now.
 */
export async function chooseWeek(
  db: Database,
  { token, slot, ...telling }: { token: string; slot: string } & Telling,
): Promise<void> {
  const { now } = telling
  await db.write(async (tx) => {
    const { candidate } = await requireCandidate(tx, token)
    if (candidate.state === 'booked') return
    const offer = await requireOffer(tx, candidate, now)
    const account = (await findAccount(tx, candidate.accountId))!
    if (!offer.slots.includes(slot)) throw new Conflict('Choose one of the weeks that stand below.')
    if (!(await freeOf(tx, account, [slot], now)).includes(slot)) throw new Conflict(GONE)
    const about = { kind: 'hosted', theme: '', why: '' } as const
    const week = (await takeSlot(tx, { weekId: randomUUID(), account, slot, ...about, now }))!
    const { name, email, job } = candidate
    const details = { handle: '', organisation: '', biography: '', portraitHash: null }
    const host = await beginHosting(tx, {
      week,
      email,
      host: { name, job, ...details, signOff: defaultSignOff(name) },
      now,
    })
    await updateHost(tx, host.id, { invitedAt: now })
    await record(tx, {
      accountId: account.id,
      kind: 'week.booked',
      personId: offer.madeBy,
      weekId: week.id,
      details: { host: host.name, slot },
      at: now,
    })
    await takeOn(tx, { week, host: { ...host, invitedAt: now } }, { personId: host.personId, now })
    await closeOffer(tx, offer.id, { state: 'taken', answer: '', answeredAt: now })
    const booked = (await changeCandidate(tx, candidate, { state: 'booked', weekId: week.id }))!
    const byThem = { personId: null, at: now }
    await recordCandidate(tx, booked, { kind: 'candidate.booked', weekId: week.id, ...byThem })
    await tellLeads(tx, booked, 'Somebody chose one of the weeks that you offered', telling)
  })
}

/** None of the weeks suits: they are kept for later, with what they wrote. @throws NotFound, Conflict when the offer ended. */
export async function refuseOffer(
  db: Database,
  { token, words, ...telling }: { token: string; words: string } & Telling,
): Promise<void> {
  const { now } = telling
  await db.write(async (tx) => {
    const { candidate } = await requireCandidate(tx, token)
    const offer = await requireOffer(tx, candidate, now)
    await closeOffer(tx, offer.id, { state: 'refused', answer: words, answeredAt: now })
    const kept = (await changeCandidate(tx, candidate, { state: 'kept' }))!
    await recordCandidate(tx, kept, { kind: 'candidate.offer-refused', personId: null, at: now })
    await tellLeads(tx, kept, 'None of the weeks that you offered suits', telling)
  })
}

async function requireOffer(read: Reader, candidate: Candidate, now: Date): Promise<Offer> {
  const offer = candidate.state === 'offered' ? await findOpenOffer(read, candidate.id) : undefined
  if (!offer || offer.endsAt <= now)
    throw new Conflict(
      'This offer does not hold any more, so nothing was booked. The team still has what you sent.',
    )
  return offer
}

const GONE =
  'That week has just gone to somebody else, so it was not booked for you. Those that are still free stand below.'
