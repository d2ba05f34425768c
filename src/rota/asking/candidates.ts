import { listRoles } from '../../people/people.ts'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { ActivityKind } from '../../activity/activity.ts'
import type { Reader, Writer } from '../../db/database.ts'
import { NotAllowed, NotFound } from '../../errors.ts'
import { deleteMailsToCandidate, gatherMail } from '../../mail/outbox.ts'
import type { LinkMaker } from '../../mail/mail.ts'
import { isLead, mayDecide, type Actor } from '../../people/person.ts'
import { hashToken, makeToken } from '../../people/tokens.ts'
import { SEEN_STATES, type LinkReader } from '../candidate.ts'
import {
  candidatesOfAddress,
  changeCandidate,
  deleteCandidate,
  findCandidate,
  findLinked,
  insertLink,
  type Candidate,
} from './store.ts'

export {
  candidatesOfAddress,
  countCandidates,
  findOpenOffer,
  latestOffers,
  listCandidates,
  listNominated,
  nextAskingEvent,
  offersTo,
  openOffersOf,
  type Candidate,
  type Offer,
} from './store.ts'

/** Where and when something is told. */
export interface Telling {
  /** Without a slash at its end. */
  publicUrl: string
  now: Date
  machineNow: Date
}

/** Somebody who asked for a week, for the account's leads. @throws NotFound for everybody else but approvers, NotAllowed for these. */
export async function findCandidateFor(
  read: Reader,
  id: string,
  actor: Actor,
): Promise<{ candidate: Candidate; account: Account }> {
  const candidate = await findCandidate(read, id)
  if (!candidate || !SEEN_STATES.includes(candidate.state) || !mayDecide(actor, candidate.accountId))
    throw new NotFound('There is nobody here, or what they sent was deleted.')
  requireLead(actor, candidate.accountId)
  return { candidate, account: (await findAccount(read, candidate.accountId))! }
}

/** @throws NotAllowed for everybody but leads. */
export function requireLead(actor: Actor, accountId: string): void {
  if (!isLead(actor, accountId)) throw new NotAllowed('Who asks for a week is for the leads to read.')
}

/** Whom a secret address is about, and whose it is; null when it leads nowhere (any more). */
export async function inspectLink(
  read: Reader,
  token: string,
): Promise<{ candidate: Candidate; reader: LinkReader; account: Account } | null> {
  const found = await findLinked(read, hashToken(token))
  return found ? { ...found, account: (await findAccount(read, found.candidate.accountId))! } : null
}

/** Makes the secret address of a mail to somebody who asks, at the moment of sending. `ofForm`: to whoever filled in the form. */
export function candidateLinkMaker(publicUrl: () => string, { ofForm }: { ofForm: boolean }): LinkMaker {
  return async (tx, mail, machineNow) => {
    const candidate = mail.candidateId ? await findCandidate(tx, mail.candidateId) : undefined
    if (!candidate) throw new Error('What they sent was deleted meanwhile.')
    const reader = ofForm && candidate.suggesterEmail !== '' ? 'suggester' : 'candidate'
    const to = reader === 'suggester' ? candidate.suggesterEmail : candidate.email
    if (to !== mail.to) throw new Error('This person has another address by now.')
    const { token, hash } = makeToken()
    await insertLink(tx, { tokenHash: hash, candidateId: candidate.id, reader, createdAt: machineNow })
    return { url: `${publicUrl()}/take-part/${token}` }
  }
}

/** What the record and the pages call somebody by, without saying who they are. */
export function referenceOf({ id }: Pick<Candidate, 'id'>): string {
  return id.slice(0, 6).toUpperCase()
}

/** Step: on the record, without a word of who it is: it stays when all else of them is deleted. */
export async function recordCandidate(
  tx: Writer,
  candidate: Candidate,
  {
    kind,
    personId,
    at,
    weekId,
    details = {},
  }: {
    kind: Extract<ActivityKind, `candidate.${string}`>
    personId: string | null
    at: Date
    weekId?: string
    details?: Record<string, string>
  },
): Promise<void> {
  await record(tx, {
    accountId: candidate.accountId,
    kind,
    personId,
    ...(weekId ? { weekId } : {}),
    details: { reference: referenceOf(candidate), ...details },
    at,
  })
}

/** Step: the leads hear that there is something to look at; what happens within the hour is told in one mail. Nobody is named. */
export async function tellLeads(
  tx: Writer,
  candidate: Candidate,
  what: string,
  { publicUrl, now, machineNow }: Telling,
): Promise<void> {
  const account = (await findAccount(tx, candidate.accountId))!
  const link = `${publicUrl}/candidates/${candidate.id}`
  for (const { person, role } of await listRoles(tx, account.id))
    if (role === 'lead')
      await gatherMail(tx, {
        accountId: account.id,
        personId: person.id,
        kind: 'candidates-news',
        to: person.email,
        cause: `candidates:${account.id}`,
        items: [{ id: `${candidate.id} ${what}`, text: referenceOf(candidate), why: what, link }],
        compose: (items) => ({
          subject:
            items.length === 1
              ? `@${account.handle}: ${items[0]!.why}`
              : `@${account.handle}: news of ${items.length} who would like a week`,
          text: `Hello ${person.name},

${items.map(({ text, why, link: href }) => `${why} (${text}):\n${href}`).join('\n\n')}

All who ask for a week at @${account.handle}:
${publicUrl}/accounts/${account.id}/candidates
`,
        }),
        now,
        machineNow,
      })
}

/**
 * Step: nothing stays here of what came with an address; whom its owner suggested, and who was asked by then, decides for
 * themselves. Of all accounts, or of one.
 */
export async function eraseCandidatesOf(
  tx: Writer,
  { email, accountId, now }: { email: string; accountId?: string; now: Date },
): Promise<void> {
  for (const candidate of await candidatesOfAddress(tx, email)) {
    if (accountId !== undefined && candidate.accountId !== accountId) continue
    if (candidate.email !== email && candidate.state !== 'unconfirmed') {
      await changeCandidate(tx, candidate, { suggesterEmail: '' })
      continue
    }
    if (candidate.confirmedAt)
      await recordCandidate(tx, candidate, {
        kind: 'candidate.erased',
        personId: null,
        at: now,
        details: { why: 'asked' },
      })
    await eraseCandidate(tx, candidate)
  }
}

/** Step: nothing stays of them here but that somebody asked. */
export async function eraseCandidate(tx: Writer, { id }: Pick<Candidate, 'id'>): Promise<void> {
  await deleteMailsToCandidate(tx, id)
  await deleteCandidate(tx, id)
}
