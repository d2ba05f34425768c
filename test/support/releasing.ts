import { findAccountFor } from '../../src/accounts/change-account.ts'
import type { Actor } from '../../src/people/person.ts'
import { releaseBrake } from '../../src/publishing/brake.ts'
import { tellingOf } from '../../src/publishing/record-answer.ts'
import type { ReconcileDeps } from '../../src/publishing/settings.ts'

/** Releases the brake, and leaves what it held. */
export async function releaseAndHold(
  deps: Pick<ReconcileDeps, 'db' | 'clock' | 'settings'>,
  { accountId, actor }: { accountId: string; actor: Actor },
): Promise<void> {
  await deps.db.write(async (tx) => {
    const account = await findAccountFor(tx, accountId, actor)
    if (account.brakeAt) await releaseBrake(tx, { account, actor, ...tellingOf(deps) })
  })
}
