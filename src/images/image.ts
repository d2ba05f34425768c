/** What X takes, and so what we keep: see the media pages of X's documentation (state of 2026-08). */
export const IMAGE_LIMIT_BYTES = 5 * 1024 * 1024
/** Of a GIF that moves: X's media pages say the bytes, the sides and the frames. */
export const GIF_LIMIT_BYTES = 15 * 1024 * 1024
export const GIF_SIDES = { width: 1280, height: 1080 }
export const GIF_FRAMES = 350
/** In one post. */
export const MOST_IMAGES = 4
/** Alternative text, in characters. */
export const ALT_LIMIT = 1000
/** The longer side after shrinking, in pixels. */
export const LONGEST_SIDE = 4096

export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'] as const
export type ImageType = (typeof IMAGE_TYPES)[number]

/** An image as it is kept and sent: upright, without EXIF, within the limits. */
export interface PreparedImage {
  bytes: Buffer
  mediaType: ImageType
  width: number
  height: number
}

/** Widths in which pages offer a picture, in pixels; a smaller original stays as small as it is. */
export const PAGE_WIDTHS = [96, 480, 960, 1600] as const
export type PageWidth = (typeof PAGE_WIDTHS)[number]

/** Browsers take the first that they know. */
export const PAGE_FORMATS = ['avif', 'webp', 'jpeg'] as const
export type PageFormat = (typeof PAGE_FORMATS)[number]

/** As a page names it: `960.avif`. */
const NAME = new RegExp(`^(${PAGE_WIDTHS.join('|')})\\.(${PAGE_FORMATS.join('|')})$`)

/** What a page's name asks for; null for any other name. */
export function readSize(name: string): { width: PageWidth; format: PageFormat } | null {
  const found = NAME.exec(name)
  return found && { width: Number(found[1]) as PageWidth, format: found[2] as PageFormat }
}
