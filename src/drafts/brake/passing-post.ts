import type { Account } from '../../accounts/accounts.ts'
import type { Reader } from '../../db/database.ts'
import { findPerson } from '../../people/people.ts'
import { deliveriesOfDrafts, type Delivery } from '../../publishing/deliveries.ts'
import { placeOf } from '../decide-draft.ts'
import { goesOutAt, momentOf } from '../decision.ts'
import { findDecision } from '../decisions-store.ts'
import { firstWords } from '../first-words.ts'
import type { Moment } from '../pages.ts'
import { latest } from '../deliveries/latest.ts'
import { findDraft } from '../store.ts'

/** The one post that may go out, or went, although the brake of its account is on. */
export interface PassingPost {
  draftId: string
  words: string
  /** Who asked for it. */
  askedBy: string
  stage: PassStage
  /** When it goes, would go or went; null: as soon as a second person agrees. */
  at: Date | null
}

/** Asked for by one person; agreed and on its way; out; nobody knows; agreed, and stopped by something else. */
export type PassStage = 'asked' | 'goes' | 'went' | 'unclear' | 'stuck'

/** Null while the brake is off, and where nobody asked for one or what they asked for was taken back or declined since. */
export async function findPassingPost(
  read: Reader,
  account: Account,
  now: Date,
): Promise<PassingPost | null> {
  const named =
    account.brakeAt && account.brakeNamedId ? await findDecision(read, account.brakeNamedId) : null
  const draft = named && (await findDraft(read, named.draftId))
  if (!named || !draft) return null
  const deliveries = await deliveriesOfDrafts(read, [draft.id])
  const standing = account.brakePassId
    ? standingOfPass(deliveries.filter(({ letGoId }) => letGoId === account.brakePassId))
    : await standingOfAsked(read, { draft, deliveries, now })
  return (
    standing && {
      draftId: draft.id,
      words: firstWords(draft.content, 80),
      askedBy: (await findPerson(read, named.personId!))?.name ?? 'Somebody who left',
      ...standing,
    }
  )
}

/** Where it stands since two people agreed; null when all of it was taken back since. */
export function standingOfPass(parts: readonly Delivery[]): Pick<PassingPost, 'stage' | 'at'> | null {
  const is = (...states: Delivery['state'][]) => parts.find(({ state }) => states.includes(state))
  const next = is('waiting', 'sending')
  if (is('unknown')) return { stage: 'unclear', at: null }
  if (is('failed', 'held', 'abandoned')) return { stage: 'stuck', at: null }
  if (next) return { stage: 'goes', at: next.dueAt }
  const last = parts.findLast(({ postedAt }) => postedAt !== null)
  return last ? { stage: 'went', at: last.postedAt } : null
}

async function standingOfAsked(
  read: Reader,
  {
    draft,
    deliveries,
    now,
  }: { draft: NonNullable<Awaited<ReturnType<typeof findDraft>>>; deliveries: Delivery[]; now: Date },
): Promise<Pick<PassingPost, 'stage' | 'at'> | null> {
  const held = latest(deliveries).find(({ state, heldReason }) => state === 'held' && heldReason === 'brake')
  const due =
    draft.state === 'submitted'
      ? goesOutAt(draft.wishedAt, (await placeOf(read, draft)).hosted, now)
      : draft.state === 'approved' && held?.dueAt
  return due ? { stage: 'asked', at: due > now ? due : null } : null
}

/** In a sentence or two, for every page of the desk. */
export function passingInWords({ words, stage, at }: PassingPost, { now, zone }: Moment): string {
  const when = at && momentOf(at, now, zone)
  switch (stage) {
    case 'asked':
      return `One post may go out: “${words}”${when ? `, ${when}` : ''}, once a second person agrees.`
    case 'goes':
      return `One post goes out all the same, ${at! > now ? when : 'at this moment'}: “${words}”.`
    case 'went':
      return `One post went out all the same, ${when}: “${words}”.`
    case 'unclear':
      return `One post may have gone out all the same, and nobody knows yet: “${words}”.`
    default:
      return `One post was to go out all the same, and has not: “${words}”.`
  }
}
