import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { caller, type Context } from './context.ts'
import { written } from './entities.ts'
import { wantedIn, withPosts } from './post-json.ts'
import { postThroughApi } from './posting.ts'
import { deletePost, hidePost, postById } from './posts.ts'
import { forbidden, invalid, notFound, Refusal } from './refusal.ts'
import { keyOf, mediaById } from './uploads.ts'

const id = z.string().regex(/^\d{1,19}$/)

const postBody = z.strictObject({
  text: z.string().default(''),
  media: z.strictObject({ media_ids: z.array(id).min(1) }).optional(),
  reply: z.strictObject({ in_reply_to_tweet_id: id }).optional(),
  poll: z
    .strictObject({
      options: z.array(z.string().min(1).max(25)).min(2).max(4),
      duration_minutes: z.number().int().min(5).max(10_080),
    })
    .optional(),
})

export function registerPosts(app: FastifyInstance, context: Context): void {
  app.post('/2/tweets', async (request, reply) => {
    const author = caller(context, request, 'tweet.write')
    const { text, media, reply: answered, poll } = parsed(postBody, request.body)
    const post = postThroughApi(context, author, {
      text,
      mediaIds: media?.media_ids ?? [],
      replyTo: answered?.in_reply_to_tweet_id ?? null,
      poll: poll ? { options: poll.options, minutes: poll.duration_minutes } : null,
    })
    const mediaKeys = post.mediaIds.map((each) => keyOf(mediaById(context.database, each)!))
    const shown = written({ ...post, handle: author.handle, mediaKeys }).text
    return reply.code(201).send({ data: { id: post.id, text: shown, edit_history_tweet_ids: [post.id] } })
  })

  app.get<{ Querystring: Record<string, string> }>('/2/tweets', async (request) => {
    caller(context, request, 'tweet.read', 'users.read')
    const ids = (request.query['ids'] ?? '').split(',').filter(Boolean)
    if (ids.length === 0 || ids.length > 100 || !ids.every((each) => id.safeParse(each).success))
      throw invalid('ids', ids.join(','), 'The `ids` query parameter must hold 1 to 100 ids.')
    const found = ids.map((each) => postById(context.database, each))
    const errors = ids.filter((_, index) => !found[index]).map((each) => notFound('ids', each, 'tweet'))
    const there = found.filter((post) => post !== undefined)
    return { ...withPosts(context, wantedIn(request.query), there), ...(errors.length > 0 && { errors }) }
  })

  app.delete<{ Params: { id: string } }>('/2/tweets/:id', async (request) => {
    const user = caller(context, request, 'tweet.write')
    const post = there(context, request.params.id)
    if (post.authorId !== user.id) throw forbidden('You are not authorized to delete this Tweet.')
    deletePost(context.database, post.id)
    return { data: { deleted: true } }
  })

  app.put<{ Params: { id: string } }>('/2/tweets/:id/hidden', async (request) => {
    const user = caller(context, request, 'tweet.moderate.write')
    const { hidden } = parsed(z.strictObject({ hidden: z.boolean() }), request.body)
    const post = there(context, request.params.id)
    const opening = postById(context.database, post.conversationId)
    if (post.replyTo === null || opening?.authorId !== user.id)
      throw forbidden('You can only hide replies in conversations that you began.')
    hidePost(context.database, post.id, hidden)
    return { data: { hidden } }
  })
}

/** What a body says. @throws Refusal 400 with the first thing that is wrong. */
export function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body ?? {})
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw invalid(path.join('.') || 'body', JSON.stringify(body ?? null), message)
}

function there(context: Context, postId: string) {
  const post = id.safeParse(postId).success ? postById(context.database, postId) : undefined
  if (!post) throw new Refusal(404, { ...notFound('id', postId, 'tweet'), status: 404 })
  return post
}
