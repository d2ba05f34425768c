import { randomUUID } from 'node:crypto'
import { keepLease, type Lease } from './lease.ts'
import { later, laterOf, timesOf, type PublisherDeps } from './settings.ts'
import { insertAttempt, type Attempt } from './attempts-store.ts'
import { claimDelivery } from './claim-store.ts'
import type { Due } from './due-store.ts'

/** Of the time that a lease is taken for: with less than this it is taken anew. */
const EXTENDED_BELOW = 0.75

/**
 * Commits to sending: from here on the post may stand on the network, whatever happens to this process. Returns null when
 * something that must hold does not hold any more, or the process is about to end.
 * @throws LeaseLost
 */
export async function claim(
  deps: PublisherDeps,
  lease: Lease,
  due: Due,
  { mediaIds, networkUserId }: { mediaIds: string[]; networkUserId: string },
): Promise<Pick<Attempt, 'id' | 'sent' | 'deadlineAt'> | null> {
  const { db, clock } = deps
  const times = timesOf(deps)
  const { id, accountId, payload, position } = due.delivery
  return db.write(async (tx) => {
    if (deps.isStopping?.()) return null
    const now = clock.now()
    const machineNow = clock.machine()
    const deadlineAt = later(machineNow, times.sendDeadlineMs + times.answerGraceMs)
    // Not with each post: a lease that ends well after the attempt need not be written.
    const soon = laterOf(deadlineAt, later(machineNow, times.leaseMs * EXTENDED_BELOW))
    if (lease.until <= soon) await keepLease(tx, lease, later(machineNow, times.leaseMs))
    const notDueBefore = earliestStillInTime(due, now)
    const claimed = await claimDelivery(tx, {
      due,
      networkUserId,
      lease,
      notDueBefore,
      now,
      machineNow,
      deadlineAt,
    })
    if (!claimed) {
      await keepLease(tx, lease, later(machineNow, times.leaseMs))
      return null
    }
    const replyTo = position === 0 ? payload.replyTo : due.partBefore!.networkId
    const attempt = {
      id: randomUUID(),
      sent: { text: payload.text, mediaIds, replyTo, ...(payload.poll && { poll: payload.poll }) },
      deadlineAt,
    }
    await insertAttempt(tx, {
      ...attempt,
      deliveryId: id,
      accountId,
      fence: lease.fence,
      at: now,
    })
    return attempt
  })
}

/** Product time: what was due before this is late by the account's policy. */
export function earliestStillInTime({ account }: Pick<Due, 'account'>, now: Date): Date {
  return later(now, -account.policy.lateAfterMinutes * 60_000)
}
