/** Steps of this room for others. */
export {
  answersOfOurs,
  findPost,
  findPostOnNetwork,
  isOnStandingPost,
  lastLook,
  latestReplies,
  listeningVersion,
  ownPostsOfWeek,
  removedPostsOfWeek,
  repliesOfWeek,
  replyCounts,
  type Look,
  type Post,
} from './store.ts'
export { choose } from './choose-post.ts'
