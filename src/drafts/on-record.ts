import type { Account } from '../accounts/accounts.ts'
import type { Activity } from '../activity/activity.ts'
import type { Reader } from '../db/database.ts'
import { findPerson } from '../people/people.ts'
import { firstWords } from './first-words.ts'
import type { Draft } from './store.ts'

type Named = Pick<Draft, 'id' | 'accountId' | 'weekId' | 'content' | 'wishedAt'>

/** What the record says a change was about: the draft as it was called then, and the time that it wished for. */
export function about(draft: Named, details: Activity['details'] = {}) {
  return {
    accountId: draft.accountId,
    weekId: draft.weekId,
    draftId: draft.id,
    details: {
      words: firstWords(draft.content),
      at: draft.wishedAt?.toISOString() ?? null,
      ...details,
    },
  }
}

/** Who wrote it, for a sentence; the account with its template, where nobody did. */
export async function writerInWords(
  read: Reader,
  { authorId }: Pick<Draft, 'authorId'>,
  { handle }: Pick<Account, 'handle'>,
): Promise<string> {
  return authorId === null
    ? `@${handle} from its template`
    : ((await findPerson(read, authorId))?.name ?? 'Somebody')
}
