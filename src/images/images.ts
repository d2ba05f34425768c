/** Steps of this room for others. */
export {
  accountsOfImage,
  findImage,
  findImageFor,
  findImages,
  imagesOfAccount,
  listImageHashes,
  nameImage,
  type Image,
} from './store.ts'
