import { earliestStillInTime } from './claim.ts'
import type { ReconcileDeps } from './settings.ts'
import { changeDelivery, heldWhileDisconnected } from './store.ts'
import { recordOf } from './trouble.ts'

/**
 * What was held for want of a connection goes on by itself once there is one, at its approved time. What has become too
 * late for that stays held: a new time is for people to decide.
 */
export async function resumeConnected({ db, clock }: ReconcileDeps): Promise<void> {
  const now = clock.now()
  for (const { delivery, account } of await heldWhileDisconnected(db.read)) {
    if (delivery.dueAt < earliestStillInTime({ account }, now)) continue
    await db.write(async (tx) => {
      const waiting = await changeDelivery(tx, delivery, {
        state: 'waiting',
        heldReason: null,
        trouble: null,
      })
      if (waiting) await recordOf(tx, waiting, 'delivery.released', {}, now)
    })
  }
}
