import sharp from 'sharp'
import type { ImageFiles } from './image-files.ts'
import type { PageFormat, PageWidth } from './image.ts'
import type { Image } from './store.ts'

/**
 * A picture in a size and format that fits a page, made once and kept beside its original; of a GIF its first picture.
 * @throws Error when its file is missing or damaged.
 */
export async function sizedImage(
  files: ImageFiles,
  { hash }: Pick<Image, 'hash'>,
  { width, format }: { width: PageWidth; format: PageFormat },
): Promise<Buffer> {
  return files.derived(hash, `${width}.${format}`, async (original) => {
    const small = sharp(original).resize({ width, withoutEnlargement: true })
    switch (format) {
      case 'avif':
        return small.avif({ quality: 52, effort: 3 }).toBuffer()
      case 'webp':
        return small.webp({ quality: 76 }).toBuffer()
      default:
        return small.flatten({ background: '#ffffff' }).jpeg({ quality: 80, mozjpeg: true }).toBuffer()
    }
  })
}
