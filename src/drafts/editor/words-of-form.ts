import type { Account } from '../../accounts/accounts.ts'
import { Refused } from '../../errors.ts'
import { partField, whyNotKept, type Problems } from '../check-content.ts'
import { partsOf, type EditorForm } from './editor-form.ts'
import { readWish } from '../wished-time.ts'
import type { DraftWords } from '../write-draft.ts'

/** @throws Refused with everything that can't be kept, so that nobody mends one mistake after the other. */
export function wordsOf(form: EditorForm, account: Account, signOff: string, problems: Problems): DraftWords {
  const parts = partsOf(form)
  const all = { ...whyNotKept({ parts }, signOff), ...problems }
  // An image that could not be taken was still meant to be there.
  if (Object.keys(problems).some((field) => field.endsWith('-image'))) delete all[partField(0, 'text')]
  let wishedAt: Date | null = null
  try {
    wishedAt = readWish(form.wish, account.timeZone)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    Object.assign(all, error.fields)
  }
  if (Object.keys(all).length > 0) throw new Refused(all)
  return { parts, signOff: form.signOff, wishedAt }
}
