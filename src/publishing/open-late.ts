import { findDelivery, changeDelivery } from './store.ts'
import { heldForOpening } from './held-store.ts'
import type { ReconcileDeps } from './settings.ts'
import { recordOf } from './trouble.ts'

/**
 * A week that did not open at its time has done so, or its host has accepted it: what was held for that waits again, and whatever else is in its way holds
 * it. What is late by now asks people, as always.
 */
export async function goOnAfterOpening({ db, clock }: Pick<ReconcileDeps, 'db' | 'clock'>): Promise<void> {
  for (const id of await heldForOpening(db.read)) {
    await db.write(async (tx) => {
      const held = await findDelivery(tx, id)
      if (held?.state !== 'held') return
      if (held.heldReason !== 'not-open' && held.heldReason !== 'not-accepted') return
      await changeDelivery(tx, held, { state: 'waiting', heldReason: null, trouble: null })
      if (held.position === 0) await recordOf(tx, held, 'delivery.released', {}, clock.now())
    })
  }
}
