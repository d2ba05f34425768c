import { findAccount } from '../../accounts/accounts.ts'
import { DEFAULT_CHECK_RULES, levelOf } from '../../accounts/check-rules.ts'
import type { Writer } from '../../db/database.ts'
import type { DraftContent } from '../draft.ts'
import { BELIEVED_MS, outsideOf } from './outside.ts'
import { wantLookUp } from './store.ts'

/**
 * Step: puts down which links and handles of a draft are to be asked about outside, where that was not done lately. Asking
 * itself happens in the background. Handles cost, so they are only asked about once a draft is submitted.
 */
export async function wantLookUps(
  tx: Writer,
  { accountId, content }: { accountId: string; content: DraftContent },
  { kinds, now }: { kinds: readonly ('link' | 'handle')[]; now: Date },
): Promise<void> {
  const outside = outsideOf(content)
  if (kinds.every((kind) => outside[kind].length === 0)) return
  const rules = (await findAccount(tx, accountId))!.checkRules ?? DEFAULT_CHECK_RULES
  for (const kind of kinds) {
    if (levelOf(rules, kind === 'link' ? 'dead-link' : 'unknown-handle') === 'off') continue
    for (const subject of outside[kind])
      await wantLookUp(tx, { accountId, kind, subject, believed: BELIEVED_MS[kind], now })
  }
}
