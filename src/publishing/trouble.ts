import { findAccount, findConnection } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { ActivityKind } from '../activity/activity.ts'
import type { Writer } from '../db/database.ts'
import { queueMail } from '../mail/outbox.ts'
import type { Problem } from '../networks/network.ts'
import { listRoles } from '../people/people.ts'
import type { HeldReason } from './delivery.ts'
import { heldInWords } from './pages.ts'
import { changeDelivery, holdPartsAfter, isAnyHeld, type Delivery } from './store.ts'

/** Where trouble is told: the link in the mail, and the two times. */
export interface Telling {
  publicUrl: string
  now: Date
  machineNow: Date
}

/** What the network's answer means, for people. */
export function problemInWords(problem: Problem): string {
  switch (problem.code) {
    case 'limited':
      return 'X takes no more posts from this account for now.'
    case 'unreachable':
      return problem.detail
    default:
      return `X said: “${problem.detail}”`
  }
}

/**
 * Step: holds a delivery that can't go now, and asks people. The leads get one mail a cause: none while another delivery
 * of the account is held for the same reason, for a connection whose loss was told already, or for their own brake.
 */
export async function holdDelivery(
  tx: Writer,
  seen: Delivery,
  { reason, trouble = null }: { reason: HeldReason; trouble?: string | null },
  telling: Telling,
): Promise<void> {
  const first = !(await isAnyHeld(tx, seen.accountId, reason))
  const held = await changeDelivery(tx, seen, { state: 'held', heldReason: reason, trouble, notBefore: null })
  if (!held) return
  const why = heldInWords(held)
  await recordOf(tx, held, 'delivery.held', { reason: why }, telling.now)
  if (first && !(await isToldAlready(tx, held, reason))) await tellLeads(tx, held, 'is held', why, telling)
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
  await tellLeads(tx, failed, 'did not go out', trouble, telling)
}

/** Step: nobody knows whether it went out. What follows in the thread is held; the timeline will be read. */
export async function doubtDelivery(
  tx: Writer,
  seen: Delivery,
  trouble: string,
  telling: Telling,
): Promise<void> {
  const unknown = await changeDelivery(tx, seen, { state: 'unknown', trouble, notBefore: null })
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

/** Step: a mail to each lead of the account. */
export async function tellLeads(
  tx: Writer,
  delivery: Delivery,
  what: string,
  why: string,
  { publicUrl, now, machineNow }: Telling,
): Promise<void> {
  const account = await findAccount(tx, delivery.accountId)
  const words = delivery.payload.text || 'A picture without words'
  for (const { person, role } of await listRoles(tx, delivery.accountId)) {
    if (role !== 'lead') continue
    await queueMail(tx, {
      accountId: delivery.accountId,
      personId: person.id,
      kind: 'delivery-trouble',
      to: person.email,
      subject: `A post of @${account!.handle} ${what}`,
      text: `Hello ${person.name},

a post of @${account!.handle} ${what}. ${why}

“${words}”

What you can do about it stands here:

${publicUrl}/deliveries/${delivery.id}
`,
      now,
      machineNow,
    })
  }
}
