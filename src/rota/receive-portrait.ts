import type { FastifyRequest } from 'fastify'
import { Refused } from '../errors.ts'
import { keepImage } from '../images/keep-image.ts'
import type { Deps } from '../web/deps.ts'
import type { Portrait, Typed } from './booking-form.ts'

/**
 * The portrait of a form: the file that came with it, else the one that it carries on from before. It is kept at once, so that
 * a form with mistakes does not lose it.
 */
export async function receivePortrait(
  { db, images, clock }: Deps,
  request: FastifyRequest,
  typed: Typed,
  accountId: string,
): Promise<Portrait> {
  const kept = typed['removePortrait'] ? null : typed['portraitHash'] || null
  const file = request.uploads.find(({ field }) => field === 'portrait')
  if (!file) return { hash: kept, error: null }
  try {
    const hash = await keepImage(db, images, {
      file,
      field: 'portrait',
      accountId,
      personId: request.actor.personId,
      now: clock.now(),
      portrait: true,
    })
    return { hash, error: null }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { hash: kept, error: error.message }
  }
}
