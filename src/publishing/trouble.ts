import { findConnection } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { ActivityKind } from '../activity/activity.ts'
import type { Writer } from '../db/database.ts'
import type { HeldReason } from './delivery.ts'
import { heldInWords, whyHeld } from './pages.ts'
import { isAnyHeld } from './held-store.ts'
import { changeDelivery, holdPartsAfter, type Delivery } from './store.ts'
import { tellDeciders, type Telling } from './tell-deciders.ts'
import { tellHost, tellHostHeld } from './tell-host.ts'

/** Reasons that last until somebody mends the account itself: people are told once while they do. */
const LASTING: readonly HeldReason[] = ['credit', 'reconnect', 'budget']

/**
 * Step: holds a delivery that can't go now, and asks those who decide: with one mail for all that is held for the same
 * reason at about the same time, and none for a connection whose loss was told already or for their own brake. A reason
 * that lasts is told of once: later only while that mail has not gone out yet, so that it names all that was due.
 */
export async function holdDelivery(
  tx: Writer,
  seen: Delivery,
  { reason, trouble = null }: { reason: HeldReason; trouble?: string | null },
  telling: Telling,
): Promise<void> {
  const known = LASTING.includes(reason) && (await isAnyHeld(tx, seen.accountId, reason))
  const held = await changeDelivery(tx, seen, { state: 'held', heldReason: reason, trouble, notBefore: null })
  if (!held) return
  const why = heldInWords(held)
  await recordOf(tx, held, 'delivery.held', { reason: whyHeld(held) }, telling.now)
  await tellHostHeld(tx, held, telling)
  if (await isToldAlready(tx, held, reason)) return
  const raise =
    reason === 'budget' ? ` A lead can raise it: ${telling.publicUrl}/accounts/${held.accountId}/costs` : ''
  const told = { deliveries: [held], became: 'held', why: why + raise, cause: `held:${reason}` } as const
  await tellDeciders(tx, { ...told, onlyIntoOpen: known }, telling)
}

async function isToldAlready(tx: Writer, { accountId }: Delivery, reason: HeldReason): Promise<boolean> {
  if (reason === 'reconnect') return (await findConnection(tx, accountId))?.state === 'reconnect'
  return reason === 'brake' || reason === 'thread-broken'
}

/** Step: the network refused it for good. What follows in the thread is held. */
export async function failDelivery(
  tx: Writer,
  seen: Delivery,
  trouble: string,
  telling: Telling,
): Promise<void> {
  const failed = await changeDelivery(tx, seen, { state: 'failed', trouble, notBefore: null })
  if (!failed) return
  await holdPartsAfter(tx, failed)
  await recordOf(tx, failed, 'delivery.failed', { reason: trouble }, telling.now)
  const told = { deliveries: [failed], became: 'failed', why: trouble, cause: 'failed' } as const
  await tellDeciders(tx, told, telling)
  await tellHost(tx, failed, { news: 'failed', why: trouble }, telling)
}

/** Step: nobody knows whether it went out. What follows in the thread is held; the timeline will be read, first at `looksAt` (machine time). */
export async function doubtDelivery(
  tx: Writer,
  seen: Delivery,
  { trouble, looksAt }: { trouble: string; looksAt: Date },
  telling: Telling,
): Promise<void> {
  const unknown = await changeDelivery(tx, seen, { state: 'unknown', trouble, notBefore: looksAt })
  if (!unknown) return
  await holdPartsAfter(tx, unknown)
  await recordOf(tx, unknown, 'delivery.unknown', { reason: trouble }, telling.now)
}

export async function recordOf(
  tx: Writer,
  { id: deliveryId, accountId, weekId, draftId, position, parts }: Delivery,
  kind: ActivityKind,
  details: Record<string, string | number | boolean | null>,
  at: Date,
  personId: string | null = null,
): Promise<void> {
  const part = parts > 1 ? { part: position + 1, parts } : {}
  await record(tx, {
    kind,
    accountId,
    weekId,
    draftId,
    deliveryId,
    personId,
    details: { ...part, ...details },
    at,
  })
}
