/** Steps of this room for others. */
export {
  countSubmitted,
  draftsAnswering,
  draftsOfGap,
  draftsOfWeek,
  findDraft,
  submittedDrafts,
  type Draft,
} from './store.ts'
