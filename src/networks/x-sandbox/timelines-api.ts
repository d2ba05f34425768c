import type { FastifyInstance } from 'fastify'
import { caller, type Context } from './context.ts'
import { idAt } from '../x-ids.ts'
import { userJson, wantedIn, withPosts } from './post-json.ts'
import { postsBy, postsNaming, type Selection, type StandInPost } from './posts.ts'
import { invalid, notFound } from './refusal.ts'
import { searchPosts } from './search.ts'
import { userByHandle, userById } from './users.ts'

type Query = Record<string, string | undefined>

/** How far back the recent search looks, in product time. Milliseconds. */
const searchedFor = 7 * 24 * 60 * 60 * 1000

export function registerTimelines(app: FastifyInstance, context: Context): void {
  app.get<{ Querystring: Query }>('/2/users/me', async (request) => {
    const user = caller(context, request, 'users.read', 'tweet.read')
    return { data: userJson(context, user, new Set((request.query['user.fields'] ?? '').split(','))) }
  })

  app.get<{ Querystring: Query; Params: { name: string } }>('/2/users/by/username/:name', async (request) => {
    caller(context, request, 'users.read', 'tweet.read')
    const { name } = request.params
    if (!/^\w{1,15}$/.test(name))
      throw invalid('username', name, 'The `username` query parameter is not valid.')
    const user = userByHandle(context.database, name)
    if (!user) return { errors: [notFound('username', name, 'user')] }
    return { data: userJson(context, user, new Set((request.query['user.fields'] ?? '').split(','))) }
  })

  app.get<{ Querystring: Query; Params: { id: string } }>('/2/users/:id/tweets', async (request) => {
    caller(context, request, 'tweet.read', 'users.read')
    const user = userOf(context, request.params.id)
    if ('errors' in user) return user
    const excluded = (request.query['exclude'] ?? '').split(',')
    const without = { replies: excluded.includes('replies'), reposts: excluded.includes('retweets') }
    return page(context, request.query, 5, (selection) =>
      postsBy(context.database, user.id, { ...selection, without }),
    )
  })

  app.get<{ Querystring: Query; Params: { id: string } }>('/2/users/:id/mentions', async (request) => {
    caller(context, request, 'tweet.read', 'users.read')
    const user = userOf(context, request.params.id)
    if ('errors' in user) return user
    return page(context, request.query, 5, (selection) =>
      postsNaming(context.database, user.handle, selection),
    )
  })

  app.get<{ Querystring: Query }>('/2/tweets/search/recent', async (request) => {
    caller(context, request, 'tweet.read', 'users.read')
    const query = request.query['query'] ?? ''
    if (query === '' || query.length > 512)
      throw invalid('query', query, 'The query must have 1 to 512 characters.')
    const oldest = context.clock.now().getTime() - searchedFor
    refuseOlderThan(new Date(oldest), request.query['since_id'])
    return page(context, request.query, 10, (selection) =>
      searchPosts(context.database, query, { ...selection, from: Math.max(oldest, selection.from ?? 0) }),
    )
  })
}

function userOf(context: Context, id: string) {
  const user = /^\d{1,19}$/.test(id) ? userById(context.database, id) : undefined
  return user ?? { errors: [notFound('id', id, 'user')] }
}

function refuseOlderThan(oldest: Date, sinceId: string | undefined): void {
  if (sinceId && BigInt(sinceId) < idAt(oldest))
    throw invalid('since_id', sinceId, `'since_id' must be a tweet id created after ${oldest.toISOString()}.`)
}

function page(
  context: Context,
  query: Query,
  atLeast: number,
  select: (selection: Selection) => StandInPost[],
) {
  const size = sizeIn(query['max_results'], atLeast)
  const after = tokenIn(query['pagination_token'] ?? query['next_token'])
  const selection = {
    sinceId: idIn('since_id', query['since_id']),
    untilId: after ?? idIn('until_id', query['until_id']),
    from: timeIn('start_time', query['start_time']),
    to: timeIn('end_time', query['end_time']),
    limit: size + 1,
  }
  const found = select(selection)
  const posts = found.slice(0, size)
  const meta = {
    result_count: posts.length,
    ...(posts.length > 0 && { newest_id: posts[0]!.id, oldest_id: posts.at(-1)!.id }),
    ...(found.length > size && { next_token: Buffer.from(posts.at(-1)!.id).toString('base64url') }),
  }
  return { ...withPosts(context, wantedIn(query), posts), meta }
}

function sizeIn(value: string | undefined, atLeast: number): number {
  const size = Number(value ?? 10)
  if (Number.isInteger(size) && size >= atLeast && size <= 100) return size
  throw invalid(
    'max_results',
    value,
    `The max_results query parameter value is not between ${atLeast} and 100.`,
  )
}

function tokenIn(value: string | undefined): bigint | undefined {
  return value === undefined
    ? undefined
    : idIn('pagination_token', Buffer.from(value, 'base64url').toString())
}

function idIn(name: string, value: string | undefined): bigint | undefined {
  if (value === undefined) return undefined
  if (!/^\d{1,19}$/.test(value)) throw invalid(name, value, `The ${name} query parameter value is not valid.`)
  return BigInt(value)
}

function timeIn(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const time = Date.parse(value)
  if (Number.isNaN(time)) throw invalid(name, value, `The ${name} query parameter value is not a time.`)
  return time
}
