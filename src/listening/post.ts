/** `own`: by the account. `reply`: answers one of ours. `mention`: names the account, answers nothing of ours. */
export const POST_KINDS = ['own', 'reply', 'mention'] as const
export type PostKind = (typeof POST_KINDS)[number]

export interface PostLink {
  url: string
  expandedUrl: string
  displayUrl: string
  title: string | null
}

export interface PostImage {
  /** SHA-256 of our copy, in hex; null when we have none (a follower's picture). */
  hash: string | null
  alt: string
}

export interface PostNumbers {
  replies: number | null
  reposts: number | null
  likes: number | null
  quotes: number | null
  impressions: number | null
}
