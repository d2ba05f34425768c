/** Steps of this room for others. */
export { findRecap, isPublishedPortrait, listPublished, recapsVersion, type PublishedRecap } from './store.ts'
export { publishedRecap, weekPageModel } from './public-page.ts'
export type { WeekPageView } from './pages.ts'
