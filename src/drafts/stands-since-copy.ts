import type { Reader } from '../db/database.ts'
import { standingSinceCopy, type StandsSinceCopy } from '../publishing/restores.ts'
import { inLetters } from '../words.ts'
import { momentOf } from './decision.ts'
import { freeze, payloadsOf } from './freeze.ts'
import type { Moment } from './pages.ts'
import type { Draft } from './store.ts'

/** Of drafts of one account, by their ids: what stands on X with their words since a backup was put back. */
export async function draftsThatStand(
  read: Reader,
  drafts: Draft[],
  { accountId, now }: { accountId: string; now: Date },
): Promise<Map<string, StandsSinceCopy>> {
  const written = drafts.map((draft) => ({
    id: draft.id,
    createdAt: draft.createdAt,
    payloads: payloadsOf(freeze(draft, { networkUserId: null, at: null })),
  }))
  return standingSinceCopy(read, { accountId, now }, written)
}

/** Since when its words stand there. */
export function standsInWords(
  { postedAt, parts, several }: StandsSinceCopy,
  draft: Draft,
  { now, zone }: Moment,
): string {
  const since = `since ${momentOf(postedAt, now, zone).replace(/^on /, '')}`
  if (several) return `More than one post on X has these words, the first ${since}.`
  if (parts === draft.content.parts.length) return `These words stand on X ${since}.`
  return `${parts === 1 ? 'The first part of it stands' : `The first ${inLetters(parts)} parts of it stand`} on X ${since}.`
}

/** What an approval would come to then. */
export function approvedInWords({ parts, several }: StandsSinceCopy, draft: Draft): string {
  if (several) return 'Approved, it is held, and the desk is asked before anything is sent.'
  return parts === draft.content.parts.length
    ? 'Approved, it is not sent again: it is taken over as posted.'
    : 'Approved, what stands there is not sent again: it is taken over as posted, and the rest follows it.'
}
