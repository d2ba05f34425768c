import type { Image } from './store.ts'

/** For the partial `image`: an image stands still under its address, and one that moves has a second one. */
export function pictureModel(hash: string, image: Pick<Image, 'mediaType'> | undefined) {
  return {
    src: `/images/${hash}`,
    moving: image?.mediaType === 'image/gif' ? `/images/${hash}/moving` : null,
  }
}
