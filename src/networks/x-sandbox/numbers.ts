import { createHash } from 'node:crypto'

export interface Numbers {
  impressions: number
  likes: number
  reposts: number
  quotes: number
  replies: number
  bookmarks: number
  profileClicks: number
}

const hour = 60 * 60 * 1000

/**
 * Figures for a post that nobody ever saw: the same for the same post, age and number of replies, and growing with both.
 * Most of a post's reach comes on its first day; each reply brings some more.
 */
export function numbersOf(post: { id: string; createdAt: number }, replies: number, now: Date): Numbers {
  const seed = createHash('sha256').update(post.id).digest()
  const ageInHours = Math.max(0, now.getTime() - post.createdAt) / hour
  const reach = 120 + (seed.readUInt16BE(0) % 900) + replies * 45
  const seen = Math.floor(reach * (1 - Math.exp(-ageInHours / 9)))
  const share = (byte: number, from: number, to: number) =>
    Math.floor(seen * (from + ((seed[byte] ?? 0) / 255) * (to - from)))
  return {
    impressions: seen,
    likes: share(2, 0.01, 0.04),
    reposts: share(3, 0.002, 0.012),
    quotes: share(4, 0, 0.003),
    replies,
    bookmarks: share(5, 0, 0.004),
    profileClicks: share(6, 0.002, 0.01),
  }
}
