/** Steps of this room for others. */
export {
  answersOfOurs,
  conversationOfWeek,
  findPost,
  findPostOnNetwork,
  isOnStandingPost,
  lastLook,
  latestReplies,
  ownPostsOfWeek,
  readUntil,
  removedPostsOfWeek,
  repliesOfWeek,
  replyCounts,
  type Look,
  type Post,
} from './store.ts'
export { countNeedingAnswer } from './needing-answer.ts'
export { choose } from './choose-post.ts'
export { findHelp, helpOfWeek, openHelp, type NamedHelp } from './help-store.ts'
export { hidingsOfWeek } from './hidings-store.ts'
