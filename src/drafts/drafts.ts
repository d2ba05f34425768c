/** Steps of this room for others. */
export {
  goingByPolicy,
  latestVerdicts,
  undecidedBetween,
  waitingDrafts,
  type GoingByPolicy,
  type WaitingDraft,
} from './decisions-store.ts'
export { findPassingPost, passingInWords, type PassingPost } from './brake/passing-post.ts'
export { mailTakenDown, writerToTell } from './decision-mails.ts'
export { isLeftOver, LEFT_OVER } from './week/after-week.ts'
export { putAwayAbout } from './templates/put-away.ts'
export { postValues } from './templates/post-values.ts'
export { queueFromTemplate, type FromTemplate } from './templates/queue-from-template.ts'
export {
  countSubmitted,
  draftsAnswering,
  draftsOfGap,
  draftsOfWeek,
  findDraft,
  findRevision,
  foreignRevisions,
  listComments,
  listDecisions,
  listRevisions,
  findDrafts,
  type Draft,
} from './store.ts'
