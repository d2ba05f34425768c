import type { Writer } from '../db/database.ts'
import type { Activity } from './activity.ts'
import { insertActivity } from './store.ts'

/** Step for others: takes away what was said, and leaves that it was. */
export { eraseDetails } from './erase-details.ts'

/** Step for others: what changes whenever something did. */
export { newestActivityOf } from './store.ts'
export type { ActivityKind } from './activity.ts'

/** Appends to the record, in the transaction of the change itself: neither happens without the other. */
export async function record(tx: Writer, entry: Activity): Promise<void> {
  await insertActivity(tx, entry)
}
