/** Steps of this room for others: requests to be taken off our pages. */
export {
  changeClearing,
  changeRemovalRequest,
  eraseNameWords,
  findRemovalRequest,
  openRemovalRequests,
  postsAbout,
  postsAfter,
  postsOfAuthor,
  requestToClear,
  type RemovalRequest,
} from './removals-store.ts'
