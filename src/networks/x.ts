import type { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiPartialResponseError, ApiResponseError, TwitterApi } from 'twitter-api-v2'
import type { TwitterResponse } from 'twitter-api-v2'
import type { z } from 'zod'
import type {
  Answer,
  Grant,
  ImageToUpload,
  Network,
  NetworkPost,
  PostToSend,
  UploadedMedia,
} from './network.ts'
import { refuseElsewhere, type Route } from './x-agent.ts'
import { DeadlinePassed, usualDeadlineMs, withinDeadline } from './x-call.ts'
import { networkPostOf, networkUserOf } from './x-posts.ts'
import { type FailedCall, limitIn, oddAnswer, problemOf, sendAnswerOf } from './x-problems.ts'
import * as schemas from './x-schemas.ts'

export interface XSettings extends Route {
  clientId: string
  clientSecret: string
  /** How X is asked for fields: its pages and its client say `tweet`, its description of August 2026 says `post`. */
  spelling?: 'tweet' | 'post' | undefined
  /** Limit for each call but sending, which has its own. Milliseconds. */
  deadlineMs?: number | undefined
}

/** What the product needs: reading, posting, hiding replies, images, and staying connected. */
const scopes = [
  'tweet.read',
  'tweet.write',
  'tweet.moderate.write',
  'users.read',
  'media.write',
  'offline.access',
]

const api = 'https://api.x.com/2'
const chunkBytes = 1024 * 1024
const idsPerLookUp = 100
const pageSize = 100
/** X gives at most 3,200 posts of a timeline: more pages than this mean that it turns in a circle. */
const pagesAtMost = 60
/** A query of X's recent search has at most 512 characters; thirteen times `conversation_id:… OR ` fit. */
const conversationsPerSearch = 13
const statusLooksAtMost = 10
/** X tells how long to wait between looks; longer than this it may not hold up an image. Seconds. */
const statusWaitAtMost = 10
/** How long X keeps an upload where it does not say. Seconds. */
const uploadKept = 24 * 60 * 60

const fieldsOf = {
  tweet: {
    'tweet.fields':
      'attachments,author_id,conversation_id,created_at,display_text_range,entities,lang,note_tweet,public_metrics,referenced_tweets',
    expansions: 'author_id,attachments.media_keys,attachments.poll_ids',
  },
  post: {
    'post.fields':
      'attachments,conversation_id,created_at,display_text_range,entities,lang,note_post,public_metrics',
    expansions: 'author_id,attachments.media_keys,attachments.poll_ids,referenced_posts',
  },
}
const besidePosts = {
  'user.fields': 'profile_image_url',
  'media.fields': 'alt_text,height,preview_image_url,type,url,width',
  'poll.fields': 'end_datetime,options',
}

/**
 * X, called once for each thing asked: nothing is tried again here, and none of the client's plugins is used, because
 * they repeat posts. An error of the client carries the request with its token, so it never leaves this file.
 * @throws Error when the stand-in is not on loopback.
 */
export function createXNetwork(settings: XSettings): Network {
  refuseElsewhere(settings)
  const { clientId, clientSecret } = settings
  const deadlineMs = settings.deadlineMs ?? usualDeadlineMs
  const fields = { ...fieldsOf[settings.spelling ?? 'tweet'], ...besidePosts }

  function asApp<T>(call: (client: TwitterApi) => Promise<TwitterResponse<T>>) {
    return attempt(settings, deadlineMs, (httpAgent) =>
      call(new TwitterApi({ clientId, clientSecret }, { httpAgent, compression: 'identity' })),
    )
  }

  function asUser<T>(
    accessToken: string,
    call: (client: TwitterApi) => Promise<TwitterResponse<T>>,
    limitMs = deadlineMs,
  ) {
    return attempt(settings, limitMs, (httpAgent) =>
      // Not compressed: the client leaves errors of its decompression unhandled, which would end the process.
      call(new TwitterApi(accessToken, { httpAgent, compression: 'identity' })),
    )
  }

  async function tokens(body: Record<string, string>): Promise<Answer<Grant>> {
    const result = await asApp((client) =>
      client.post(
        `${api}/oauth2/token`,
        { ...body, client_id: clientId },
        { fullResponse: true, forceBodyMode: 'url' },
      ),
    )
    return understood(result, schemas.token, 'token', (token) => ({
      accessToken: token.access_token,
      refreshToken: token.refresh_token,
      expiresIn: token.expires_in,
      scope: token.scope.split(' ').filter(Boolean),
    }))
  }

  async function pages(
    accessToken: string,
    path: string,
    query: Record<string, string | undefined>,
  ): Promise<Answer<NetworkPost[]>> {
    const found: NetworkPost[] = []
    let next: string | undefined
    for (let page = 0; page < pagesAtMost; page++) {
      const pageQuery = { ...query, ...fields, max_results: pageSize, pagination_token: next }
      const result = await asUser(accessToken, (client) => client.get(`${api}${path}`, pageQuery, whole))
      const answer = understood(result, schemas.postsAnswer, 'posts', (value) => value)
      if (!answer.ok) return answer
      const { data = [], includes, meta } = answer.value
      found.push(...data.map((post) => networkPostOf(post, includes)))
      next = meta?.next_token
      if (!next) return { ok: true, value: newestFirst(found), limit: answer.limit }
    }
    return oddAnswer('a timeline without an end')
  }

  async function search(accessToken: string, conversationIds: string[], sinceId: string | undefined) {
    const query = conversationIds.map((id) => `conversation_id:${id}`).join(' OR ')
    const answer = await pages(accessToken, '/tweets/search/recent', { query, since_id: sinceId })
    // An id from before the seven days that this search looks back is an invalid request to X.
    if (answer.ok || answer.problem.code !== 'invalid' || !sinceId) return answer
    const all = await pages(accessToken, '/tweets/search/recent', { query })
    return all.ok ? { ...all, value: all.value.filter((post) => BigInt(post.id) > BigInt(sinceId)) } : all
  }

  async function lookUp(accessToken: string, ids: string[]): Promise<Answer<NetworkPost[]>> {
    const query = { ids: ids.join(','), ...fields }
    const result = await asUser(accessToken, (client) => client.get(`${api}/tweets`, query, whole))
    const answer = understood(result, schemas.postsAnswer, 'posts', (value) => value)
    if (!answer.ok) return answer
    const { data = [], includes, errors = [] } = answer.value
    const there = new Set(data.map((post) => post.id))
    const gone = new Set(errors.filter(saysGone).map((error) => error.resource_id ?? error.value))
    if (ids.some((id) => !there.has(id) && !gone.has(id)))
      return oddAnswer('posts of which it does not say whether they are there')
    return { ...answer, value: data.map((post) => networkPostOf(post, includes)) }
  }

  async function uploadChunks(accessToken: string, mediaId: string, bytes: Buffer): Promise<Answer<void>> {
    for (let index = 0; index * chunkBytes < bytes.length; index++) {
      const media = bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)
      const result = await asUser(accessToken, (client) =>
        client.post(
          `${api}/media/upload/${mediaId}/append`,
          { segment_index: index, media },
          { fullResponse: true, forceBodyMode: 'form-data' },
        ),
      )
      if (!result.ok) return refused(result)
    }
    return { ok: true, value: undefined }
  }

  async function finishUpload(accessToken: string, mediaId: string): Promise<Answer<UploadedMedia>> {
    let result = await asUser(accessToken, (client) =>
      client.post(`${api}/media/upload/${mediaId}/finalize`, undefined, whole),
    )
    for (let look = 0; look < statusLooksAtMost; look++) {
      const answer = understood(result, schemas.uploadAnswer, 'upload', ({ data }) => data)
      if (!answer.ok) return answer
      const { processing_info: processing, media_key, expires_after_secs } = answer.value
      if (processing?.state === 'failed') return oddAnswer('it could not process the image')
      if (!processing || processing.state === 'succeeded') {
        const value = { mediaId, mediaKey: media_key ?? null, expiresIn: expires_after_secs ?? uploadKept }
        return { ok: true, value, limit: answer.limit }
      }
      await sleep(Math.min(processing.check_after_secs ?? 1, statusWaitAtMost) * 1000)
      const query = { command: 'STATUS', media_id: mediaId }
      result = await asUser(accessToken, (client) => client.get(`${api}/media/upload`, query, whole))
    }
    return oddAnswer('it did not finish processing the image')
  }

  async function describe(accessToken: string, mediaId: string, alt: string): Promise<Answer<void>> {
    if (!alt) return { ok: true, value: undefined }
    const body = { id: mediaId, metadata: { alt_text: { text: alt } } }
    const result = await asUser(accessToken, (client) => client.post(`${api}/media/metadata`, body, whole))
    return result.ok
      ? { ok: true, value: undefined, limit: limitIn(result.response.headers) }
      : refused(result)
  }

  return {
    beginConnection({ redirectUri }) {
      const client = new TwitterApi({ clientId, clientSecret })
      const { url, state, codeVerifier } = client.generateOAuth2AuthLink(redirectUri, { scope: scopes })
      return { url: settings.standIn ? atStandIn(url, settings.standIn) : url, state, codeVerifier }
    },

    finishConnection: ({ code, codeVerifier, redirectUri }) =>
      tokens({
        grant_type: 'authorization_code',
        code,
        code_verifier: codeVerifier,
        redirect_uri: redirectUri,
      }),

    refresh: (refreshToken) => tokens({ grant_type: 'refresh_token', refresh_token: refreshToken }),

    async revoke(token) {
      const body = { token, client_id: clientId }
      const result = await asApp((client) =>
        client.post(`${api}/oauth2/revoke`, body, { fullResponse: true, forceBodyMode: 'url' }),
      )
      return result.ok ? { ok: true, value: undefined } : refused(result)
    },

    async me(accessToken) {
      const query = { 'user.fields': besidePosts['user.fields'] }
      const result = await asUser(accessToken, (client) => client.get(`${api}/users/me`, query, whole))
      return understood(result, schemas.userAnswer, 'user', ({ data }) => networkUserOf(data))
    },

    async uploadImage(accessToken, image) {
      const begun = await asUser(accessToken, (client) =>
        client.post(`${api}/media/upload/initialize`, uploadOf(image), whole),
      )
      const upload = understood(begun, schemas.uploadAnswer, 'upload', ({ data }) => data)
      if (!upload.ok) return upload
      const sent = await uploadChunks(accessToken, upload.value.id, image.bytes)
      if (!sent.ok) return sent
      const finished = await finishUpload(accessToken, upload.value.id)
      if (!finished.ok) return finished
      const described = await describe(accessToken, upload.value.id, image.alt)
      if (!described.ok) return described
      const mediaKey = finished.value.mediaKey ?? upload.value.media_key ?? null
      return { ...finished, value: { ...finished.value, mediaKey } }
    },

    async sendPost(accessToken, post, options) {
      const body = bodyOf(post)
      const result = await asUser(
        accessToken,
        (client) => client.post(`${api}/tweets`, body, whole),
        options.deadlineMs,
      )
      if (!result.ok) return sendAnswerOf(result.failed, result.why)
      const created = schemas.createdAnswer.safeParse(result.response.data)
      if (!created.success) return { outcome: 'unknown', problem: oddAnswer('post').problem }
      return {
        outcome: 'posted',
        networkId: created.data.data.id,
        limit: limitIn(result.response.headers),
      }
    },

    async removePost(accessToken, networkId) {
      const result = await asUser(accessToken, (client) =>
        client.delete(`${api}/tweets/${networkId}`, {}, whole),
      )
      const answer = understood(result, schemas.deletedAnswer, 'removal', () => undefined)
      return !answer.ok && answer.problem.code === 'not-found' ? { ok: true, value: undefined } : answer
    },

    async hideReply(accessToken, networkId, hidden) {
      const result = await asUser(accessToken, (client) =>
        client.put(`${api}/tweets/${networkId}/hidden`, { hidden }, whole),
      )
      return understood(result, schemas.hiddenAnswer, 'hidden', () => undefined)
    },

    ownPosts: (accessToken, networkUserId, { sinceId }) =>
      pages(accessToken, `/users/${networkUserId}/tweets`, { since_id: sinceId }),

    mentions: (accessToken, networkUserId, { sinceId }) =>
      pages(accessToken, `/users/${networkUserId}/mentions`, { since_id: sinceId }),

    async replies(accessToken, conversationIds, { sinceId }) {
      const opening = new Set(conversationIds)
      const groups = inGroupsOf(conversationsPerSearch, [...opening])
      const answer = await together(groups, (group) => search(accessToken, group, sinceId))
      return answer.ok ? { ...answer, value: answer.value.filter((post) => !opening.has(post.id)) } : answer
    },

    posts: (accessToken, networkIds) =>
      together(inGroupsOf(idsPerLookUp, [...new Set(networkIds)]), (ids) => lookUp(accessToken, ids)),
  }
}

const whole = { fullResponse: true } as const

type Result<T> =
  { ok: true; response: TwitterResponse<T> } | { ok: false; failed: FailedCall | null; why: string }

/** One call, whose failure is told without the client's error: that holds the request, and the request the token. */
async function attempt<T>(
  route: Route,
  deadlineMs: number,
  call: (agent: Agent) => Promise<TwitterResponse<T>>,
): Promise<Result<T>> {
  try {
    return { ok: true, response: await withinDeadline(route, deadlineMs, call) }
  } catch (error) {
    if (error instanceof ApiResponseError)
      return { ok: false, failed: { status: error.code, headers: error.headers, body: error.data }, why: '' }
    if (error instanceof ApiPartialResponseError)
      return { ok: false, failed: null, why: 'The answer of X broke off or could not be read.' }
    const why = error instanceof DeadlinePassed ? error.message : 'X could not be reached.'
    return { ok: false, failed: null, why }
  }
}

function refused(result: { failed: FailedCall | null; why: string }): Extract<Answer<never>, { ok: false }> {
  const limit = result.failed ? limitIn(result.failed.headers) : undefined
  return { ok: false, problem: problemOf(result.failed, result.why), limit }
}

function understood<T, V>(
  result: Result<unknown>,
  schema: z.ZodType<T>,
  what: string,
  read: (value: T) => V,
): Answer<V> {
  if (!result.ok) return refused(result)
  const parsed = schema.safeParse(result.response.data)
  if (!parsed.success) return oddAnswer(what)
  return { ok: true, value: read(parsed.data), limit: limitIn(result.response.headers) }
}

function atStandIn(url: string, { host, port }: { host: string; port: number }): string {
  const { pathname, search } = new URL(url)
  return `http://${host}:${port}${pathname}${search}`
}

function uploadOf({ bytes, mediaType }: ImageToUpload) {
  return {
    media_type: mediaType,
    media_category: mediaType === 'image/gif' ? 'tweet_gif' : 'tweet_image',
    total_bytes: bytes.length,
  }
}

/** X refuses empty lists and empty texts: what there is not stays out. */
function bodyOf({ text, mediaIds, replyTo, poll }: PostToSend) {
  return {
    ...(text && { text }),
    ...(mediaIds.length > 0 && { media: { media_ids: mediaIds } }),
    ...(replyTo && { reply: { in_reply_to_tweet_id: replyTo } }),
    ...(poll && { poll: { options: poll.options, duration_minutes: poll.minutes } }),
  }
}

/** A problem of a single field, or one of X's own, does not mean that the post is gone. */
function saysGone({ type }: { type?: string | undefined }): boolean {
  return /\/(resource-not-found|not-authorized-for-resource|resource-unavailable|disallowed-resource)$/.test(
    type ?? '',
  )
}

function inGroupsOf<T>(size: number, all: T[]): T[][] {
  const count = Math.ceil(all.length / size)
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size))
}

/** One after the other, since each counts against X's limit; the first that fails is the answer. */
async function together<T>(
  groups: T[][],
  ask: (group: T[]) => Promise<Answer<NetworkPost[]>>,
): Promise<Answer<NetworkPost[]>> {
  const found: NetworkPost[] = []
  let limit: Answer<unknown>['limit']
  for (const group of groups) {
    const answer = await ask(group)
    if (!answer.ok) return answer
    found.push(...answer.value)
    limit = answer.limit
  }
  return { ok: true, value: newestFirst(found), limit }
}

function newestFirst(posts: NetworkPost[]): NetworkPost[] {
  const byId = new Map(posts.map((post) => [post.id, post]))
  return [...byId.values()].toSorted((one, other) => Number(BigInt(other.id) - BigInt(one.id) > 0n) * 2 - 1)
}
