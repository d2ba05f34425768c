import { Refused } from '../errors.ts'
import { keepPortrait, type ImageStore, type SentFile } from '../images/keep-image.ts'
import type { Portrait, Typed } from './booking-form.ts'

/**
 * The portrait of a form: the file that came with it, else the one that it carries on from before. It is kept at once, so that
 * a form with mistakes does not lose it.
 */
export async function receivePortrait(
  store: ImageStore,
  {
    files,
    typed,
    ...by
  }: {
    files: (SentFile & { field: string })[]
    typed: Typed
    accountId: string
    personId: string
    now: Date
  },
): Promise<Portrait> {
  const before = typed['removePortrait'] ? null : typed['portraitHash'] || null
  const file = files.find(({ field }) => field === 'portrait')
  if (!file) return { hash: before, error: null }
  try {
    return { hash: await keepPortrait(store, { file, field: 'portrait', ...by }), error: null }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { hash: before, error: error.message }
  }
}
