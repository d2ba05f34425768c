import type { Account } from '../../accounts/accounts.ts'
import type { Database } from '../../db/database.ts'
import { Refused } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import type { AnsweredPost, WritingWindow } from '../draft.ts'
import type { EditorForm } from './editor-form.ts'
import { findDraft, type Draft } from '../store.ts'
import { wishOf } from '../wished-time.ts'
import { wordsOf } from './words-of-form.ts'
import { beginDraft, saveDraft, type Place } from '../write-draft.ts'

/** Of the editor's fields: they may be half typed when the words are kept. */
const TIME_FIELDS: readonly string[] = ['when', 'day', 'time', 'which']

/**
 * Keeps what somebody has typed so far, without having been asked to: a new draft begins with it. It never takes a draft
 * back or over, and a time that can't be kept yet waits. `note` then says why, for people.
 * @throws Refused for words that can't be kept; Conflict when somebody else changed the draft, or it was submitted.
 */
export async function autosaveDraft(
  db: Database,
  {
    draftId,
    version,
    form,
    account,
    place,
    signOff,
    answered,
    window,
    actor,
    now,
  }: {
    draftId: string
    /** That the window has seen; 0 for a draft that it began. */
    version: number
    form: EditorForm
    account: Account
    /** Where a new draft is to stand. */
    place: Place
    /** What its words will be signed with. */
    signOff: string
    answered: (AnsweredPost & { networkId: string }) | null
    window: WritingWindow
    actor: Actor
    now: Date
  },
): Promise<{ draft: Draft; note: string | null }> {
  const known = await findDraft(db.read, draftId)
  const keep = (kept: EditorForm) => {
    const words = wordsOf(kept, account, signOff, {})
    return known
      ? saveDraft(db, { draftId, version, words, window, actor, now })
      : beginDraft(db, { id: draftId, place, words, answered, window, actor, now })
  }
  try {
    return { draft: await keep(form), note: null }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    if (!Object.keys(error.fields).every((field) => TIME_FIELDS.includes(field))) throw error
    const wish = wishOf(known?.wishedAt ?? null, account.timeZone)
    return { draft: await keep({ ...form, wish }), note: Object.values(error.fields).join(' ') }
  }
}
