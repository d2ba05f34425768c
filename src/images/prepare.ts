import { open, readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { Refused } from '../errors.ts'
import {
  GIF_FRAMES,
  GIF_LIMIT_BYTES,
  GIF_SIDES,
  IMAGE_LIMIT_BYTES,
  LONGEST_SIDE,
  type ImageType,
  type PreparedImage,
} from './image.ts'
import { stripGif } from './strip-gif.ts'

/** Sides and qualities to try, in this order, until the picture fits X's limit. */
const ATTEMPTS = [
  { side: LONGEST_SIDE, quality: 88 },
  { side: 3072, quality: 84 },
  { side: 2048, quality: 80 },
  { side: 1600, quality: 75 },
]

const DAMAGED = 'This picture is damaged: it can’t be opened to its end.'

/** More pixels than this are no photo, but an attempt to fill the memory. */
const MOST_PIXELS = 120_000_000

/** What we turn into a JPEG besides JPEG itself: nothing that is drawn (SVG, PDF), since drawing may fetch or never end. */
const READ_AS_JPEG = ['jpeg', 'gif', 'tiff', 'heif']

/**
 * Makes an image ready to be kept and sent: judged by its content and not its name, turned upright, without EXIF
 * (place, camera, date), shrunk until it fits X's limit. PNG and WebP keep their kind while they fit, else become JPEG.
 * A GIF that moves goes on moving: its frames stay as they are. `input` is the bytes, or the path of a file.
 * @throws Refused under `field`, in plain words, when it is no image, damaged, or too large.
 */
export async function prepareImage(input: Buffer | string, field: string): Promise<PreparedImage> {
  const kind = await kindOf(input, field)
  if (kind === 'image/gif') return prepareGif(input, field)
  for (const { side, quality } of ATTEMPTS) {
    for (const type of kind === 'image/jpeg' ? [kind] : [kind, 'image/jpeg' as const]) {
      const made = await encode(input, type, side, quality, field)
      if (made.bytes.length <= IMAGE_LIMIT_BYTES) return made
    }
  }
  throw new Refused({ [field]: 'This picture is too large even after shrinking: X takes 5 MB.' })
}

async function prepareGif(input: Buffer | string, field: string): Promise<PreparedImage> {
  const refused = (message: string) => new Refused({ [field]: message })
  const whole = typeof input === 'string' ? await readFile(input) : input
  const { width, height, pageHeight = height, pages = 1 } = await sharp(whole, { animated: true }).metadata()
  if (width > GIF_SIDES.width || pageHeight > GIF_SIDES.height)
    throw refused(
      `This GIF is ${width} by ${pageHeight} pixels; X takes ${GIF_SIDES.width} by ${GIF_SIDES.height}.`,
    )
  if (pages > GIF_FRAMES) throw refused(`This GIF has ${pages} pictures; X takes ${GIF_FRAMES}.`)
  let bytes: Buffer
  try {
    bytes = stripGif(whole)
    await sharp(bytes).stats()
  } catch {
    throw refused(DAMAGED)
  }
  if (bytes.length > GIF_LIMIT_BYTES) throw refused('This GIF is too large: X takes 15 MB.')
  return { bytes, mediaType: 'image/gif', width, height: pageHeight }
}

/** The side of a portrait, in pixels. */
const PORTRAIT_SIDE = 600

/**
 * Makes a portrait: square, around what draws the eye, small enough for a page with fifty of them.
 * @throws Refused under `field`, in plain words, when it is no still picture.
 */
export async function preparePortrait(input: Buffer | string, field: string): Promise<PreparedImage> {
  if ((await kindOf(input, field)) === 'image/gif')
    throw new Refused({ [field]: 'This picture moves. Please choose a still one.' })
  try {
    const bytes = await sharp(input, { limitInputPixels: MOST_PIXELS })
      .rotate()
      .resize({
        width: PORTRAIT_SIDE,
        height: PORTRAIT_SIDE,
        fit: 'cover',
        position: sharp.strategy.attention,
      })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 86, mozjpeg: true })
      .toBuffer()
    return { bytes, mediaType: 'image/jpeg', width: PORTRAIT_SIDE, height: PORTRAIT_SIDE }
  } catch {
    throw new Refused({ [field]: DAMAGED })
  }
}

async function kindOf(input: Buffer | string, field: string): Promise<ImageType> {
  const refused = (message: string) => new Refused({ [field]: message })
  const beginning = await beginningOf(input)
  if (beginning.length === 0) throw refused('This file is empty. Please choose a JPEG, PNG or WebP.')
  const container = containerOf(beginning)
  if (container === 'heic') throw refused(HEIC)
  if (container === 'film') throw refused('This is a film. Only pictures and GIFs can go out.')
  const found = await sharp(input, { limitInputPixels: MOST_PIXELS, animated: true })
    .metadata()
    .catch((error: Error) => (/pixel limit/i.test(error.message) ? 'too many pixels' : null))
  if (found === 'too many pixels')
    throw refused('This picture has more than 120 million pixels. Please choose a smaller one.')
  if (found?.format === 'gif' && (found.pages ?? 1) > 1) return 'image/gif'
  if (found && (found.pages ?? 1) > 1) throw refused('This picture moves, which X takes as a GIF only.')
  if (found?.format === 'png') return 'image/png'
  if (found?.format === 'webp') return 'image/webp'
  if (found && READ_AS_JPEG.includes(found.format)) return 'image/jpeg'
  throw refused('This file is not a picture that we can read. Please choose a JPEG, PNG or WebP.')
}

const HEIC =
  'This is a HEIC photo, which X does not take. On an iPhone: Settings, Camera, Formats, Most Compatible; or send the photo to yourself by mail, and it becomes a JPEG.'

/**
 * HEIC photos and films share a container (ISO/IEC 14496-12) that names its kind after "ftyp". Decoders for HEIC are not
 * free, so ours has none, and would call the photo unreadable.
 */
function containerOf(beginning: Buffer): 'heic' | 'film' | null {
  if (beginning.toString('latin1', 4, 8) !== 'ftyp') return null
  const brands = beginning.toString('latin1', 8)
  if (/avif|avis/.test(brands)) return null
  return /hei[cxms]|hev[cx]|mif1|msf1/.test(brands) ? 'heic' : 'film'
}

async function beginningOf(input: Buffer | string): Promise<Buffer> {
  if (typeof input !== 'string') return input.subarray(0, 40)
  const file = await open(input)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(40), 0, 40, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function encode(input: Buffer | string, type: ImageType, side: number, quality: number, field: string) {
  try {
    const upright = sharp(input, { limitInputPixels: MOST_PIXELS })
      .autoOrient()
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
    throw new Refused({ [field]: DAMAGED })
  }
}
