import type { Writer } from '../db/database.ts'
import { NotFound, Refused } from '../errors.ts'
import { digestOf } from '../db/record-chain.ts'
import { eraseStored, findStored } from './chain-store.ts'
import { insertActivity } from './store.ts'

/**
 * Step: takes away for good what was said in entries of the record, as when somebody's data must go. That they happened, when,
 * and by whose hand stays, and that something was taken away, why and by whom is an entry of its own. The chain holds.
 * @throws NotFound for an entry that is not there, Refused for one that tells of an erasure.
 */
export async function eraseDetails(
  tx: Writer,
  {
    ids,
    why,
    personId,
    at,
  }: {
    ids: number[]
    /** For the record, and without what is erased. */
    why: string
    /** Null: whoever runs the installation, on its machine. */
    personId: string | null
    at: Date
  },
): Promise<void> {
  const erased = new Map<string | null, number[]>()
  for (const id of new Set(ids)) {
    const entry = await findStored(tx, id)
    if (!entry) throw new NotFound(`There is no entry ${id} on the record.`)
    const { accountId, kind, salt, details } = entry
    if (kind === 'record.erased')
      throw new Refused({ '': `Entry ${id} tells of an erasure, and has to stay.` })
    if (salt === null || !(await eraseStored(tx, id, digestOf(salt, details)))) continue
    erased.set(accountId, [...(erased.get(accountId) ?? []), id])
  }
  for (const [accountId, of] of erased)
    await insertActivity(tx, {
      accountId,
      kind: 'record.erased',
      personId,
      details: { entries: of.join(' '), count: of.length, reason: why },
      at,
    })
}
