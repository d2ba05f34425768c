import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { escapeHtml } from './consent-page.ts'
import type { Context } from './context.ts'
import { faultKinds, type Faults } from './faults.ts'
import { numbersOf } from './numbers.ts'
import { parsed } from './posts-api.ts'
import { postByHand, repostByHand } from './posting.ts'
import {
  deletePost,
  postById,
  postsAnywhere,
  postsBy,
  postsNaming,
  repliesTo,
  type StandInPost,
} from './posts.ts'
import { notFound, Refusal } from './refusal.ts'
import { giveTokens } from './tokens.ts'
import { bytesOf, keyOf, mediaById } from './uploads.ts'
import { allUsers, ensureUser, userByHandle, userById } from './users.ts'

/** A post as readers see it on the stand-in. */
export interface SandboxPost {
  id: string
  author: { id: string; handle: string; name: string }
  /** As it was typed: whole links. */
  text: string
  lang: string
  /** Product time, ISO 8601. */
  createdAt: string
  replyTo: string | null
  hidden: boolean
  images: { mediaKey: string; alt: string | null; width: number | null; height: number | null }[]
  poll: { options: string[]; minutes: number } | null
  numbers: { impressions: number; likes: number; reposts: number; replies: number }
  replies: SandboxPost[]
}

const handle = z.string().regex(/^\w{1,15}$/)
const newUser = z.object({
  handle,
  name: z.string().optional(),
  kind: z.enum(['account', 'follower']).optional(),
})
const newPost = z.object({
  handle,
  name: z.string().optional(),
  text: z.string(),
  replyTo: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional(),
  lang: z.string().optional(),
  createdAt: z.iso.datetime({ offset: true }).optional(),
})
const newRepost = z.object({ handle, id: z.string().regex(/^\d{1,19}$/) })
const newFault = z.object({
  route: z.string(),
  kind: z.enum(faultKinds),
  times: z.number().int().min(1).or(z.literal('always')).optional(),
  skip: z.number().int().min(0).optional(),
})
const newGrant = z.object({ handle, name: z.string().optional(), clientId: z.string(), scope: z.string() })

/** What is not X's: the people on the stand-in, and what can be made to go wrong. */
export function registerWorld(app: FastifyInstance, context: Context, faults: Faults): void {
  const { database, clock } = context

  app.get('/sandbox/users', async () => allUsers(database))

  app.post('/sandbox/users', async (request) =>
    ensureUser(database, parsed(newUser, request.body), clock.now()),
  )

  app.post('/sandbox/grants', async (request) => {
    const { clientId, scope, ...user } = parsed(newGrant, request.body)
    const { id: userId } = ensureUser(database, { ...user, kind: 'account' }, clock.now())
    return giveTokens(database, { userId, clientId, scope }, clock.machine())
  })

  app.post('/sandbox/posts', async (request) => {
    const { text, replyTo, lang, createdAt, ...user } = parsed(newPost, request.body)
    const author = ensureUser(database, user, clock.now())
    const composed = { text, replyTo: replyTo ?? null, lang, mediaIds: [], poll: null }
    const when = createdAt ? new Date(createdAt) : clock.now()
    return shown(context, postByHand(context, author, composed, when))
  })

  app.post('/sandbox/reposts', async (request) => {
    const { id, ...user } = parsed(newRepost, request.body)
    const author = ensureUser(database, user, clock.now())
    return shown(context, repostByHand(context, author, id, clock.now()))
  })

  app.delete<{ Params: { id: string } }>('/sandbox/posts/:id', async (request, reply) => {
    deletePost(database, request.params.id)
    return reply.code(204).send()
  })

  app.get<{ Params: { id: string } }>('/sandbox/posts/:id', async (request) => {
    const post = postById(database, request.params.id)
    if (!post) throw new Refusal(404, notFound('id', request.params.id, 'tweet'))
    return shown(context, post)
  })

  app.get<{ Querystring: { handle?: string; naming?: string } }>('/sandbox/posts', async (request) => {
    const { handle, naming } = request.query
    const user = handle ? userByHandle(database, handle) : undefined
    if (handle && !user) return []
    if (user) return threads(context, postsBy(database, user.id, { limit: 500 }))
    const posts = naming
      ? postsNaming(database, naming, { limit: 500 })
      : postsAnywhere(database, { limit: 500 })
    return posts.map((post) => shown(context, post))
  })

  app.get<{ Params: { key: string } }>('/media/:key', async (request, reply) => {
    const [, id] = /^\d+_(\d{1,19})$/.exec(request.params.key) ?? []
    const media = id === undefined ? undefined : mediaById(database, id)
    if (!media?.ready) throw new Refusal(404, notFound('media_key', request.params.key, 'media'))
    return reply.type(media.mediaType).send(bytesOf(database, media.id))
  })

  app.get<{ Params: { file: string } }>('/avatars/:file', async (request, reply) =>
    reply.type('image/svg+xml').send(avatarOf(request.params.file.replace(/\.svg$/, ''))),
  )

  app.get('/sandbox/faults', async () => faults.list())

  app.post('/sandbox/faults', async (request, reply) => {
    faults.add(parsed(newFault, request.body))
    return reply.code(204).send()
  })

  app.delete('/sandbox/faults', async (_, reply) => {
    faults.clear()
    return reply.code(204).send()
  })

  app.get('/sandbox/health', async () => ({ ok: true, now: clock.now().toISOString() }))
}

/** What an account said, newest first; what was said in a conversation of its own hangs below its beginning. */
function threads(context: Context, posts: StandInPost[]): SandboxPost[] {
  const own = new Set(posts.map((post) => post.id))
  return posts
    .filter((post) => post.replyTo === null || !own.has(post.conversationId))
    .map((post) => shown(context, post))
}

function shown(context: Context, post: StandInPost): SandboxPost {
  const { database, clock } = context
  const { id, handle, name } = userById(database, post.authorId)!
  const replies = repliesTo(database, post.id)
  const { impressions, likes, reposts } = numbersOf(post, replies.length, clock.now())
  return {
    id: post.id,
    author: { id, handle, name },
    text: post.text,
    lang: post.lang,
    createdAt: new Date(post.createdAt).toISOString(),
    replyTo: post.replyTo,
    hidden: post.hidden,
    images: post.mediaIds.map((each) => {
      const media = mediaById(database, each)!
      return { mediaKey: keyOf(media), alt: media.alt, width: media.width, height: media.height }
    }),
    poll: post.poll,
    numbers: { impressions, likes, reposts, replies: replies.length },
    replies: replies.map((reply) => shown(context, reply)),
  }
}

function avatarOf(handle: string): string {
  const hue = handle.split('').reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 360, 7)
  const letter = escapeHtml(handle.slice(0, 1).toUpperCase())
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><rect width="48" height="48" fill="hsl(${hue} 45% 35%)"/><text x="24" y="32" font-family="sans-serif" font-size="22" text-anchor="middle" fill="#fff">${letter}</text></svg>`
}
