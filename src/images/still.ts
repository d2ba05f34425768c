import type { Readable } from 'node:stream'
import type { ImageFiles } from './image-files.ts'
import type { Image } from './store.ts'
import { firstOfGif } from './strip-gif.ts'

/**
 * An image as pages show it before anybody asks it to move: of a GIF its first picture, of anything else itself
 * (WCAG 2.2.2: nothing moves that nobody started and nobody can stop).
 * @throws Error when its file is missing or damaged.
 */
export async function stillOf(
  files: ImageFiles,
  { hash, mediaType, bytes }: Pick<Image, 'hash' | 'mediaType' | 'bytes'>,
): Promise<{ bytes: number; send: () => Buffer | Readable }> {
  if (mediaType !== 'image/gif') return { bytes, send: () => files.stream(hash) }
  const first = firstOfGif(await files.read(hash))
  return { bytes: first.length, send: () => first }
}
