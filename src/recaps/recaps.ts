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
export { publishedRecap, publishedStory, weekPageModel } from './public-page.ts'
export type { WeekPageView } from './pages.ts'
