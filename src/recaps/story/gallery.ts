import type { Image } from '../../images/images.ts'
import type { PostImage } from '../../listening/post.ts'
import type { Post } from '../../listening/posts.ts'
import type { PagePicture } from '../week-page.ts'

/** A picture of the week, with the network id of the first post that showed it. */
export type GalleryPicture = PagePicture & { postId: string }

type KeptImage = Pick<Image, 'width' | 'height' | 'mediaType'>

/** A picture as pages keep it; none where we have no copy. */
export function pagePicture({ hash, alt }: PostImage, images: ReadonlyMap<string, KeptImage>): PagePicture[] {
  const kept = images.get(hash ?? '')
  if (hash === null || !kept) return []
  const { width, height, mediaType } = kept
  return [{ hash, alt, width, height, ...(mediaType === 'image/gif' && { moves: true as const }) }]
}

/** The pictures of the account's own posts of which we have a copy, each once, in time. */
export function picturesOfWeek(
  posts: readonly Post[],
  images: ReadonlyMap<string, KeptImage>,
  without: ReadonlySet<string> = new Set(),
): GalleryPicture[] {
  const found = new Map<string, GalleryPicture>()
  for (const post of posts) {
    if (post.kind !== 'own') continue
    for (const { hash, alt } of post.images) {
      if (hash === null || found.has(hash) || without.has(hash)) continue
      for (const picture of pagePicture({ hash, alt }, images))
        found.set(hash, { ...picture, postId: post.networkId })
    }
  }
  return [...found.values()]
}
