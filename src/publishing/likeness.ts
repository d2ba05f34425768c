import { createHash } from 'node:crypto'
import { canonicalTextOfSent } from '../networks/canonical-text.ts'
import type { Payload } from './delivery.ts'

/**
 * Equal for two deliveries that could not be told apart on the network: the same words as the network shows them, the
 * same post answered, the same images, the same options of a poll. A later part of a thread answers the part before it, whose id nobody knows yet,
 * and which no other thread can have.
 */
export function likenessOf(payload: Payload, place: { decisionId: string; position: number }): string {
  const answered =
    place.position === 0 ? payload.replyTo : `part ${place.position} of decision ${place.decisionId}`
  const text = canonicalTextOfSent({ text: payload.text, replyTo: answered })
  const images = payload.images.map(({ hash }) => hash)
  const alike = payload.poll ? [text, answered, images, payload.poll.options] : [text, answered, images]
  return createHash('sha256').update(JSON.stringify(alike)).digest('hex')
}
