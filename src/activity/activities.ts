/** Steps of this room for others: the record, to be read. */
export {
  activityOfDraft,
  countEntries,
  lastChangesOfWeeks,
  listEntries,
  peopleOnRecord,
  type EntryFilter,
  type RecordedActivity,
} from './store.ts'
export { keepCheck, latestCheck, type RecordCheck } from './chain-store.ts'
export { lookThrough } from './look-through.ts'
