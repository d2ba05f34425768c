/**
 * The port to a network. `x.ts` is the only implementation that talks to X, and the only importer of its client.
 * An expected failure of the network is a value here, never an exception: callers store it or show it.
 */
export interface Network {
  /** Where a lead is sent to give consent, and the two secrets that must come back with the code. */
  beginConnection(input: { redirectUri: string }): { url: string; state: string; codeVerifier: string }
  finishConnection(input: { code: string; codeVerifier: string; redirectUri: string }): Promise<Answer<Grant>>
  /** A refresh token works once and rotates: save the answer before anything else uses it. */
  refresh(refreshToken: string): Promise<Answer<Grant>>
  revoke(token: string): Promise<Answer<void>>

  /** The user whose token this is. */
  me(accessToken: string): Promise<Answer<NetworkUser>>

  /** The user with this handle, without the @; null when the network knows nobody of that name. */
  userByHandle(accessToken: string, handle: string): Promise<Answer<NetworkUser | null>>

  /** Uploads an image and its alternative text (up to 1,000 characters). Repeatable: it publishes nothing. */
  uploadImage(accessToken: string, image: ImageToUpload): Promise<Answer<UploadedMedia>>

  /**
   * Sends one post, once: no retry at any layer. Anything but a definite answer is `unknown`.
   * `deadlineMs` bounds the whole call, not only its silence.
   */
  sendPost(accessToken: string, post: PostToSend, options: { deadlineMs: number }): Promise<SendAnswer>
  /** A post that is not there any more counts as removed. */
  removePost(accessToken: string, networkId: string): Promise<Answer<void>>
  hideReply(accessToken: string, networkId: string, hidden: boolean): Promise<Answer<void>>

  /** The account's own posts, replies included but not what it passed on of others, newest first, all pages, newer than `sinceId`. */
  ownPosts(accessToken: string, networkUserId: string, options: Since): Promise<Answer<NetworkPost[]>>
  /** Posts that name the account, newest first, all pages, newer than `sinceId`. */
  mentions(accessToken: string, networkUserId: string, options: Since): Promise<Answer<NetworkPost[]>>
  /**
   * Everything said in the conversations that these posts opened, newest first, of the last seven days (X's recent
   * search, whose index lags): also what the account itself said there, but not the opening posts.
   */
  replies(accessToken: string, conversationIds: string[], options: Since): Promise<Answer<NetworkPost[]>>
  /**
   * Looks posts up by id, up to 100 a call inside. An id that is not in a good answer is not there any more, or may not
   * be seen any more (deleted, suspended, protected). When X could not say, the whole answer is a problem.
   */
  posts(accessToken: string, networkIds: string[]): Promise<Answer<NetworkPost[]>>
}

export interface Since {
  /** The newest id already known: only newer ones are wanted. */
  sinceId?: string | undefined
}

export interface Grant {
  accessToken: string
  refreshToken: string
  /** Seconds from now, on the machine's clock. */
  expiresIn: number
  scope: string[]
}

export interface NetworkUser {
  id: string
  /** Without the @. Empty, like the name, where the network did not say who wrote a post. */
  handle: string
  name: string
  /** Address of the picture on the network; never shown to followers as it is. */
  avatarUrl: string | null
}

export interface ImageToUpload {
  bytes: Buffer
  mediaType: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif'
  alt: string
}

export interface UploadedMedia {
  mediaId: string
  mediaKey: string | null
  /** Seconds for which the id can be used. */
  expiresIn: number
}

export interface PostToSend {
  text: string
  /** Up to four; none when there is a poll. */
  mediaIds: string[]
  replyTo: string | null
  poll?: Poll | null | undefined
}

/** Two to four options of up to 25 characters; 5 to 10,080 minutes. */
export interface Poll {
  options: string[]
  minutes: number
}

export interface NetworkPost {
  id: string
  author: NetworkUser
  /**
   * As a reader sees it: `& < >` unescaped, links still as t.co addresses, without the link that X adds for images and
   * without the handles that X puts before a reply (where X tells where they end).
   */
  text: string
  createdAt: Date
  /** BCP 47, or null when X says "und" and the like. */
  lang: string | null
  conversationId: string | null
  replyTo: string | null
  /** Without the links that X adds for images. */
  links: { url: string; expandedUrl: string; displayUrl: string; title: string | null }[]
  /** Handles without @, hashtags without #. */
  mentions: string[]
  hashtags: string[]
  media: {
    mediaKey: string
    kind: 'photo' | 'gif' | 'video'
    url: string | null
    alt: string | null
    width: number | null
    height: number | null
  }[]
  /** Null where the network gives no figure. */
  numbers: {
    replies: number | null
    reposts: number | null
    likes: number | null
    quotes: number | null
    impressions: number | null
  }
  poll?: { options: { label: string; votes: number }[]; endsAt: Date | null } | null | undefined
  /** Ids of earlier versions, oldest first, this one last; one entry when the post was never edited. */
  editHistory: string[]
}

/** Why a call did not do what was asked; `detail` is X's own reason in its own words. */
export interface Problem {
  code:
    | 'unauthorised' // 401: refresh, or reconnect
    | 'forbidden' // 403
    | 'duplicate' // 403, the same text stands there lately
    | 'credit' // 402
    | 'limited' // 429
    | 'invalid' // 400
    | 'media' // 400, an uploaded image that X does not know (any more)
    | 'not-found'
    | 'unreachable' // no answer, a broken one, or a 5xx
  status: number | null
  detail: string
  /** When it may be tried again, where the network says so; on the machine's clock. */
  until: Date | null
}

/** What X's rate-limit headers said with an answer, where it sent them. */
export interface RateLimit {
  /** Of the limit that is used up, if any is. */
  remaining: number
  resetsAt: Date
  /** The app's own limit of 24 hours is used up: that concerns every account of the installation. */
  wholeApp: boolean
}

export type Answer<T> = ({ ok: true; value: T } | { ok: false; problem: Problem }) & {
  limit?: RateLimit | undefined
  /**
   * The ids of the posts that the network gave for it, page by page: what it charges for. More than the value where pages
   * overlap, and some also where a later page failed.
   */
  given?: string[] | undefined
}

export type SendAnswer =
  | { outcome: 'posted'; networkId: string; limit?: RateLimit | undefined }
  /** Definite: nothing was published. */
  | { outcome: 'refused'; problem: Problem; limit?: RateLimit | undefined }
  /** X has most likely not published, but something like it stands there: look for it. */
  | { outcome: 'duplicate'; problem: Problem; limit?: RateLimit | undefined }
  /** It may stand or not: never send again without a look. */
  | { outcome: 'unknown'; problem: Problem; limit?: RateLimit | undefined }
