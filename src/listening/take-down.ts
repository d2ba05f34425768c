import { findAccount } from '../accounts/accounts.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { findDraft, mailTakenDown } from '../drafts/drafts.ts'
import { Refused } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import type { Delivery } from '../publishing/deliveries.ts'
import type { Removal, RemovalScope } from '../publishing/delivery.ts'
import { beginRemoval } from '../publishing/removals.ts'
import { findPostOnNetwork, updatePost } from './store.ts'

/** A reason has so many characters at most. */
export const LONGEST_REASON = 500

/**
 * Takes a post down, or all of its thread that stands. It leaves our own pages at once; the publisher then removes it from
 * the network. Its writer is told when somebody else did it.
 * @throws Refused under `reason` when nobody could read later why.
 * @throws NotFound, NotAllowed, or Conflict when it is not as it was seen, or a part of it is on its way.
 */
export async function takeDown(
  { db, clock, publicUrl }: { db: Database; clock: Clock; publicUrl: string },
  {
    deliveryId,
    scope,
    seen,
    actor,
    ...typed
  }: { deliveryId: string; scope: RemovalScope; seen: string; reason: string; actor: Actor },
): Promise<Removal<Delivery>> {
  const [now, machineNow] = [clock.now(), clock.machine()]
  const reason = typed.reason.trim()
  if (reason === '') throw new Refused({ reason: 'Say why: it stays on the record.' })
  if (reason.length > LONGEST_REASON)
    throw new Refused({ reason: `The reason has more than ${LONGEST_REASON} characters.` })
  return db.write(async (tx) => {
    const removal = await beginRemoval(tx, { deliveryId, scope, seen, reason, actor, now })
    const { accountId, draftId } = removal.goes[0]!
    for (const { networkId } of removal.goes) {
      const post = await findPostOnNetwork(tx, accountId, networkId!)
      if (post && !post.removedAt) await updatePost(tx, post.id, { removedAt: now })
    }
    await mailTakenDown(tx, {
      draft: (await findDraft(tx, draftId))!,
      account: (await findAccount(tx, accountId))!,
      actor,
      words: removal.goes.map(({ payload }) => payload.text),
      standing: removal.stays.length,
      reason,
      now,
      machineNow,
      publicUrl,
    })
    return removal
  })
}
