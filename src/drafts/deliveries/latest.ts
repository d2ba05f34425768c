import type { Delivery } from '../../publishing/deliveries.ts'

/** Of several approvals the deliveries of the last one, unless all were cancelled when the draft was taken back. */
export function latest(deliveries: Delivery[]): Delivery[] {
  const last = deliveries.at(-1)?.decisionId
  const parts = deliveries.filter(({ decisionId }) => decisionId === last)
  return parts.every(({ state }) => state === 'cancelled') ? [] : parts
}
