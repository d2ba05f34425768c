import type { Reader, Writer } from '../../db/database.ts'
import { normaliseEmail } from '../../people/person.ts'
import { hashToken } from '../../people/tokens.ts'
import type { RestReason } from '../candidate.ts'
import * as store from './store.ts'

interface Address {
  email: string
  reason: RestReason
}

/** Whether an address gets no mail of a kind at this moment. */
export function isResting(read: Reader, { email, reason }: Address, machineNow: Date): Promise<boolean> {
  return store.isResting(read, { addressHash: hashOf(email), reason }, machineNow)
}

/** Step: an address gets no mail of a kind until then (machine time). Of the address a hash is kept. */
export function restAddress(tx: Writer, { email, reason, until }: Address & { until: Date }): Promise<void> {
  return store.restAddress(tx, { addressHash: hashOf(email), reason, until })
}

function hashOf(email: string): string {
  return hashToken(`resting ${normaliseEmail(email)}`)
}
