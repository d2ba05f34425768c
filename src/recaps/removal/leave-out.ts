import { isDeepStrictEqual } from 'node:util'
import type { Writer } from '../../db/database.ts'
import { canonicalJson } from '../../drafts/freeze.ts'
import { aimsOfAccount, keepAimsRow } from '../aims/aims-store.ts'
import type { FrozenReflection } from '../reflection/reflection.ts'
import {
  reflectionDecisionsOf,
  reflectionsOfAccount,
  rewriteReflection,
  rewriteReflectionDecision,
} from '../reflection/reflections-store.ts'
import type { Unnamed } from '../week-page.ts'

/**
 * Step: leaves somebody out of all that hosts of an account said looking back, of what was decided of that, and of what they
 * aimed for, whether there is a story of their week yet or not.
 */
export async function leaveOutOfLookingBack(
  tx: Writer,
  accountId: string,
  mask: Unnamed['mask'],
): Promise<void> {
  for (const reflection of await reflectionsOfAccount(tx, accountId)) {
    const { answers, approved } = reflection
    const said = { answers, approved }
    const left = mask(said)
    if (!isDeepStrictEqual(left, said)) await rewriteReflection(tx, { ...reflection, ...left })
    for (const decision of await reflectionDecisionsOf(tx, reflection.weekHostId)) {
      const comment = mask(decision.comment)
      const frozen = canonicalJson(mask(JSON.parse(decision.frozen) as FrozenReflection))
      if (comment !== decision.comment || frozen !== decision.frozen)
        await rewriteReflectionDecision(tx, { id: decision.id, comment, frozen })
    }
  }
  for (const { version, ...row } of await aimsOfAccount(tx, accountId)) {
    const aims = mask(row.aims)
    if (!isDeepStrictEqual(aims, row.aims)) await keepAimsRow(tx, version, { ...row, aims })
  }
}
