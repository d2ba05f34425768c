import { PAGE_WIDTHS, type PageFormat } from './image.ts'
import type { Image } from './store.ts'

/** For the partial `image`: an image stands still under its address, and one that moves has a second one. */
export function pictureModel(hash: string, image: Pick<Image, 'mediaType'> | undefined) {
  return {
    src: `/images/${hash}`,
    moving: image?.mediaType === 'image/gif' ? `/images/${hash}/moving` : null,
  }
}

/** What a page offers of a picture, for the partial `image`: none of one that moves. */
export function sourcesOf(
  { src, width, moves }: { src: string; width: number; moves?: boolean | undefined },
  sizes: string,
) {
  if (moves) return {}
  const fitting = PAGE_WIDTHS.slice(1).filter((_, index, all) => index === 0 || all[index - 1]! < width)
  const srcset = (format: PageFormat) =>
    fitting.map((one) => `${src}/${one}.${format} ${Math.min(one, width)}w`).join(', ')
  return {
    sources: (['avif', 'webp'] as const).map((format) => ({
      type: `image/${format}`,
      srcset: srcset(format),
      sizes,
    })),
    src: `${src}/960.jpeg`,
  }
}
