import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/db/database.ts'
import { decisions, drafts, weekHosts } from '../../src/db/schema/index.ts'
import { queueDeliveries, deliveriesOfDrafts, type Delivery } from '../../src/publishing/deliveries.ts'
import type { Payload } from '../../src/publishing/delivery.ts'
import { ACCOUNT, APPROVER, LEAD } from './story.ts'

/** A draft that the approver wrote and the lead approved, with its waiting deliveries, written past the forms: for tests of what happens afterwards. */
export async function approved(
  db: Database,
  {
    parts,
    dueAt,
    now,
    weekId = null,
    hosted = false,
    networkUserId = null,
    accountId = ACCOUNT,
    writtenAt = now,
  }: {
    parts: (string | Partial<Payload>)[]
    dueAt: Date
    now: Date
    weekId?: string | null
    /** Written by the week's host. */
    hosted?: boolean
    networkUserId?: string | null
    accountId?: string
    writtenAt?: Date
  },
): Promise<{ draftId: string; decisionId: string; deliveries: Delivery[] }> {
  const draftId = randomUUID()
  const decisionId = randomUUID()
  const payloads = parts.map((part): Payload => ({
    text: '',
    images: [],
    replyTo: null,
    ...(typeof part === 'string' ? { text: part } : part),
  }))
  await db.write(async (tx) => {
    const host = hosted ? (await tx.select().from(weekHosts)).find((one) => one.weekId === weekId) : null
    await tx.insert(drafts).values({
      id: draftId,
      accountId,
      weekId,
      slot: '2026-11-16',
      authorId: host?.personId ?? APPROVER.id,
      weekHostId: host?.id ?? null,
      state: 'approved',
      revision: 1,
      content: { parts: payloads.map(({ text, images }) => ({ text, images })) },
      signOff: '',
      createdAt: writtenAt,
      changedAt: now,
    })
    await tx.insert(decisions).values({
      id: decisionId,
      draftId,
      revision: 1,
      kind: 'approved',
      personId: LEAD.id,
      comment: '',
      fingerprint: 'fingerprint',
      frozen: '{}',
      at: now,
    })
    await queueDeliveries(tx, {
      accountId,
      weekId,
      draftId,
      decisionId,
      dueAt,
      payloads,
      networkUserId,
      personId: LEAD.id,
      now,
    })
  })
  return { draftId, decisionId, deliveries: await deliveriesOfDrafts(db.read, [draftId]) }
}
