import { and, asc, desc, eq, gt, gte, inArray, lte, ne, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { candidateLinks, candidates, offers, restingAddresses } from '../../db/schema/index.ts'
import { SEEN_STATES, type CandidateState, type LinkReader, type RestReason } from '../candidate.ts'

export type Candidate = typeof candidates.$inferSelect
export type Offer = typeof offers.$inferSelect

export async function insertCandidate(tx: Writer, candidate: typeof candidates.$inferInsert): Promise<void> {
  await tx.insert(candidates).values(candidate)
}

export async function findCandidate(read: Reader, id: string): Promise<Candidate | undefined> {
  return (await read.select().from(candidates).where(eq(candidates.id, id)))[0]
}

/** Forms that came since then (product time), of all accounts, as far as they are still here. */
export async function countCandidatesSince(read: Reader, since: Date): Promise<number> {
  return read.$count(candidates, gte(candidates.createdAt, since))
}

/** A form for oneself whose address nobody answered for yet. */
export async function findUnconfirmed(
  read: Reader,
  { accountId, email }: { accountId: string; email: string },
): Promise<Candidate | undefined> {
  const rows = await read
    .select()
    .from(candidates)
    .where(
      and(
        eq(candidates.accountId, accountId),
        eq(candidates.email, email),
        eq(candidates.state, 'unconfirmed'),
        eq(candidates.suggesterEmail, ''),
      ),
    )
  return rows[0]
}

/** Another one of the same address whom the team has, and has not told yes or no. */
export async function findSeenBefore(
  read: Reader,
  { id, accountId, email }: Pick<Candidate, 'id' | 'accountId' | 'email'>,
): Promise<Candidate | undefined> {
  const rows = await read
    .select()
    .from(candidates)
    .where(
      and(
        eq(candidates.accountId, accountId),
        eq(candidates.email, email),
        ne(candidates.id, id),
        inArray(candidates.state, ['new', 'shortlisted', 'kept', 'offered']),
      ),
    )
  return rows[0]
}

/** What came with an address, at whatever account: of whoever has it, and what they wrote of others. */
export async function candidatesOfAddress(read: Reader, email: string): Promise<Candidate[]> {
  return read
    .select()
    .from(candidates)
    .where(or(eq(candidates.email, email), eq(candidates.suggesterEmail, email)))
    .orderBy(asc(candidates.createdAt))
}

/** Those whom the team sees, who waits longest first. */
export async function listCandidates(read: Reader, accountId: string): Promise<Candidate[]> {
  return read
    .select()
    .from(candidates)
    .where(and(eq(candidates.accountId, accountId), inArray(candidates.state, [...SEEN_STATES])))
    .orderBy(asc(candidates.confirmedAt))
}

/** Those who were suggested, and have not said whether they want it. */
export async function listNominated(read: Reader, accountId: string): Promise<Candidate[]> {
  return read
    .select()
    .from(candidates)
    .where(and(eq(candidates.accountId, accountId), eq(candidates.state, 'nominated')))
}

export async function countCandidates(
  read: Reader,
  accountId: string,
  state: CandidateState,
): Promise<number> {
  return read.$count(candidates, and(eq(candidates.accountId, accountId), eq(candidates.state, state)))
}

/** Changes somebody as they were seen; null when somebody was faster. */
export async function changeCandidate(
  tx: Writer,
  { id, version, state }: Pick<Candidate, 'id' | 'version' | 'state'>,
  set: Partial<Omit<Candidate, 'id' | 'accountId' | 'version'>>,
): Promise<Candidate | null> {
  const rows = await tx
    .update(candidates)
    .set({ ...set, version: sql`${candidates.version} + 1` })
    .where(and(eq(candidates.id, id), eq(candidates.version, version), eq(candidates.state, state)))
    .returning()
  return rows[0] ?? null
}

/** All that is kept of them here, their mails aside. */
export async function deleteCandidate(tx: Writer, id: string): Promise<void> {
  await tx.delete(candidateLinks).where(eq(candidateLinks.candidateId, id))
  await tx.delete(offers).where(eq(offers.candidateId, id))
  await tx.delete(candidates).where(eq(candidates.id, id))
}

export async function candidatesToErase(read: Reader, now: Date): Promise<Candidate[]> {
  return read.select().from(candidates).where(lte(candidates.eraseAt, now))
}

export async function insertLink(tx: Writer, link: typeof candidateLinks.$inferInsert): Promise<void> {
  await tx.insert(candidateLinks).values(link)
}

/** Links lead to another one from now on. */
export async function moveLinks(tx: Writer, from: string, to: string): Promise<void> {
  await tx.update(candidateLinks).set({ candidateId: to }).where(eq(candidateLinks.candidateId, from))
}

export async function findLinked(
  read: Reader,
  tokenHash: string,
): Promise<{ candidate: Candidate; reader: LinkReader } | undefined> {
  const rows = await read
    .select({ candidate: candidates, reader: candidateLinks.reader })
    .from(candidateLinks)
    .innerJoin(candidates, eq(candidates.id, candidateLinks.candidateId))
    .where(eq(candidateLinks.tokenHash, tokenHash))
  return rows[0]
}

/** Whether an address gets no mail of a kind at this moment. */
export async function isResting(
  read: Reader,
  { addressHash, reason }: { addressHash: string; reason: RestReason },
  machineNow: Date,
): Promise<boolean> {
  const resting = and(
    eq(restingAddresses.addressHash, addressHash),
    eq(restingAddresses.reason, reason),
    gt(restingAddresses.until, machineNow),
  )
  return (await read.$count(restingAddresses, resting)) > 0
}

export async function restAddress(tx: Writer, rest: typeof restingAddresses.$inferInsert): Promise<void> {
  await tx
    .insert(restingAddresses)
    .values(rest)
    .onConflictDoUpdate({
      target: [restingAddresses.addressHash, restingAddresses.reason],
      set: { until: rest.until },
    })
}

export async function deleteRestsBefore(tx: Writer, machineNow: Date): Promise<void> {
  await tx.delete(restingAddresses).where(lte(restingAddresses.until, machineNow))
}

export async function insertOffer(tx: Writer, offer: typeof offers.$inferInsert): Promise<void> {
  await tx.insert(offers).values(offer)
}

/** The newest offer to each of these. */
export async function latestOffers(read: Reader, candidateIds: string[]): Promise<Map<string, Offer>> {
  const rows = await read
    .select()
    .from(offers)
    .where(inArray(offers.candidateId, candidateIds))
    .orderBy(asc(offers.madeAt))
  return new Map(rows.map((offer) => [offer.candidateId, offer]))
}

export async function findOpenOffer(read: Reader, candidateId: string): Promise<Offer | undefined> {
  const rows = await read
    .select()
    .from(offers)
    .where(and(eq(offers.candidateId, candidateId), eq(offers.state, 'open')))
  return rows[0]
}

/** The open offers of an account, whose weeks others are asked about. */
export async function openOffersOf(
  read: Reader,
  accountId: string,
): Promise<{ offer: Offer; candidate: Candidate }[]> {
  return read
    .select({ offer: offers, candidate: candidates })
    .from(offers)
    .innerJoin(candidates, eq(candidates.id, offers.candidateId))
    .where(and(eq(candidates.accountId, accountId), eq(offers.state, 'open')))
}

/** Closes an open offer once; false when it was closed before. */
export async function closeOffer(
  tx: Writer,
  id: string,
  set: Pick<typeof offers.$inferInsert, 'state' | 'answer' | 'answeredAt'>,
): Promise<boolean> {
  const rows = await tx
    .update(offers)
    .set(set)
    .where(and(eq(offers.id, id), eq(offers.state, 'open')))
    .returning({ id: offers.id })
  return rows.length === 1
}

export async function offersToEnd(
  read: Reader,
  now: Date,
): Promise<{ offer: Offer; candidate: Candidate }[]> {
  return read
    .select({ offer: offers, candidate: candidates })
    .from(offers)
    .innerJoin(candidates, eq(candidates.id, offers.candidateId))
    .where(and(eq(offers.state, 'open'), lte(offers.endsAt, now)))
}

/** When the next open offer ends, or what somebody sent is to be deleted; null when nothing waits. */
export async function nextAskingEvent(read: Reader): Promise<Date | null> {
  const [offer] = await read
    .select({ at: offers.endsAt })
    .from(offers)
    .where(eq(offers.state, 'open'))
    .orderBy(asc(offers.endsAt))
    .limit(1)
  const [erasure] = await read
    .select({ at: candidates.eraseAt })
    .from(candidates)
    .orderBy(asc(candidates.eraseAt))
    .limit(1)
  const times = [offer?.at, erasure?.at].flatMap((at) => at ?? [])
  return times.length === 0 ? null : new Date(Math.min(...times.map((at) => at.getTime())))
}

/** The newest offers to somebody, newest first. */
export async function offersTo(read: Reader, candidateId: string): Promise<Offer[]> {
  return read.select().from(offers).where(eq(offers.candidateId, candidateId)).orderBy(desc(offers.madeAt))
}
