import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Database, Writer } from '../../db/database.ts'
import { canonicalJson } from '../../drafts/freeze.ts'
import { leaveOutOfPosts } from '../../listening/forget-author.ts'
import { findAims, keepAimsRow } from '../aims/aims-store.ts'
import type { FrozenReflection } from '../reflection/reflection.ts'
import {
  findReflection,
  reflectionDecisionsOf,
  rewriteReflection,
  rewriteReflectionDecision,
} from '../reflection/reflections-store.ts'
import type { Unnamed } from '../week-page.ts'

/** So many posts are changed at once. */
const POSTS_AT_ONCE = 100

/** Leaves everybody who was taken off an account's pages out of these posts of others, a few at a time. */
export async function leaveOutOfSaid(db: Database, accountId: string, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += POSTS_AT_ONCE) {
    await db.write((tx) => leaveOutOfPosts(tx, accountId, ids.slice(from, from + POSTS_AT_ONCE)))
    await setImmediate()
  }
}

/**
 * Step: leaves somebody out of all that a host said looking back, of what was decided of that, and of what they aimed for,
 * whether there is a story of their week yet or not.
 */
export async function leaveOutOfLookingBack(
  tx: Writer,
  weekHostId: string,
  mask: Unnamed['mask'],
): Promise<void> {
  const reflection = await findReflection(tx, weekHostId)
  if (reflection) {
    const { answers, approved } = reflection
    const said = { answers, approved }
    const left = mask(said)
    if (!isDeepStrictEqual(left, said)) await rewriteReflection(tx, { ...reflection, ...left })
    for (const decision of await reflectionDecisionsOf(tx, weekHostId)) {
      const comment = mask(decision.comment)
      const frozen = canonicalJson(mask(JSON.parse(decision.frozen) as FrozenReflection))
      if (comment !== decision.comment || frozen !== decision.frozen)
        await rewriteReflectionDecision(tx, { id: decision.id, comment, frozen })
    }
  }
  const kept = await findAims(tx, weekHostId)
  if (!kept) return
  const { version, ...row } = kept
  const aims = mask(row.aims)
  if (!isDeepStrictEqual(aims, row.aims)) await keepAimsRow(tx, version, { ...row, aims })
}
