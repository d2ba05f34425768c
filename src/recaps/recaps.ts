/** Steps of this room for others. */
export {
  findEdition,
  findRecap,
  goneOf,
  isShownInStory,
  listBlocks,
  listEditionDates,
  listPublished,
  type PublishedRecap,
  type Recap,
} from './store.ts'
export {
  publishedPage,
  publishedRecap,
  publishedStory,
  weekPageModel,
  type PublishedWeek,
} from './public-page.ts'
export { reachedSoFar } from './aims/aims.ts'
export { reachedInWords, type Reached } from './aims/aim.ts'
export { CARD, cardFrame, recapCard } from './recap-card.ts'
export {
  findReflection as findReflectionOf,
  reflectionDecisionsOf,
  reflectionsWaiting,
} from './reflection/reflections-store.ts'
export type { WeekPageView } from './pages.ts'
