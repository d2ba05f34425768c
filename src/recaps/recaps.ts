/** Steps of this room for others. */
export {
  findEdition,
  findRecap,
  isPublishedPortrait,
  listBlocks,
  listPublished,
  numbersVersion,
  type PublishedRecap,
} from './store.ts'
export {
  publishedPage,
  publishedRecap,
  publishedStory,
  weekPageModel,
  type PublishedWeek,
} from './public-page.ts'
export type { WeekPageView } from './pages.ts'
