import sharp from 'sharp'
import { Refused } from '../errors.ts'
import { IMAGE_LIMIT_BYTES, LONGEST_SIDE, type ImageType, type PreparedImage } from './image.ts'

/** Sides and qualities to try, in this order, until the picture fits X's limit. */
const ATTEMPTS = [
  { side: LONGEST_SIDE, quality: 88 },
  { side: 3072, quality: 84 },
  { side: 2048, quality: 80 },
  { side: 1600, quality: 75 },
]

/** More pixels than this are no photo, but an attempt to fill the memory. */
const MOST_PIXELS = 120_000_000

/**
 * Makes an image ready to be kept and sent: judged by its content and not its name, turned upright, without EXIF
 * (place, camera, date), shrunk until it fits X's limit. PNG and WebP keep their kind while they fit, else become JPEG.
 * @throws Refused under `field`, in plain words, when it is no image, an animation, or too large.
 */
export async function prepareImage(input: Buffer | string, field: string): Promise<PreparedImage> {
  const kind = await kindOf(input, field)
  for (const { side, quality } of ATTEMPTS) {
    for (const type of kind === 'image/jpeg' ? [kind] : [kind, 'image/jpeg' as const]) {
      const made = await encode(input, type, side, quality, field)
      if (made.bytes.length <= IMAGE_LIMIT_BYTES) return made
    }
  }
  throw new Refused({ [field]: 'This picture is too large even after shrinking: X takes 5 MB.' })
}

async function kindOf(input: Buffer | string, field: string): Promise<ImageType> {
  const found = await sharp(input, { limitInputPixels: MOST_PIXELS })
    .metadata()
    .catch(() => null)
  if (!found)
    throw new Refused({
      [field]: 'This file is not a picture that we can read. Please choose a JPEG, PNG or WebP.',
    })
  if (found.format === 'heif' && found.compression !== 'av1') {
    throw new Refused({
      [field]:
        'This is a HEIC photo, which X does not take. On an iPhone: Settings, Camera, Formats, Most Compatible; or send the photo to yourself by mail, and it becomes a JPEG.',
    })
  }
  if ((found.pages ?? 1) > 1)
    throw new Refused({ [field]: 'This picture moves. For now only still pictures can go out.' })
  if (found.format === 'png') return 'image/png'
  if (found.format === 'webp') return 'image/webp'
  return 'image/jpeg'
}

async function encode(input: Buffer | string, type: ImageType, side: number, quality: number, field: string) {
  try {
    const upright = sharp(input, { limitInputPixels: MOST_PIXELS })
      .rotate()
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    const encoded =
      type === 'image/png'
        ? upright.png()
        : type === 'image/webp'
          ? upright.webp({ quality })
          : upright.flatten({ background: '#ffffff' }).jpeg({ quality, mozjpeg: true })
    const { data, info } = await encoded.toBuffer({ resolveWithObject: true })
    return { bytes: data, mediaType: type, width: info.width, height: info.height }
  } catch {
    throw new Refused({ [field]: 'This picture is damaged: it can’t be opened to its end.' })
  }
}
