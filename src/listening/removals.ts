/** Steps of this room for others: requests to be taken off our pages. */
export {
  changeRemovalRequest,
  findRemovalRequest,
  openRemovalRequests,
  postsAbout,
  postsOfAuthor,
  type RemovalRequest,
} from './removals-store.ts'
