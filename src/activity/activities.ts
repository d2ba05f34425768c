/** Steps of this room for others: the record, to be read. */
export { activityOfDraft, latestActivity, type RecordedActivity } from './store.ts'
