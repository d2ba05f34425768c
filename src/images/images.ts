/** Steps of this room for others. */
export { findImage, findImageFor, findImages, imagesOfAccount, nameImage, type Image } from './store.ts'
