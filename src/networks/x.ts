import type { Agent } from 'node:http'
import {
  ApiPartialResponseError,
  ApiRequestError,
  ApiResponseError,
  TwitterApi,
  type TwitterResponse,
} from 'twitter-api-v2'
import type { Answer, Grant, Network, PostToSend, SendAnswer } from './network.ts'
import { refuseElsewhere, type Route } from './x-agent.ts'
import { type Ask, done, type Result, understood } from './x-ask.ts'
import { DeadlinePassed, usualDeadlineMs, withinDeadline } from './x-call.ts'
import { uploadImage } from './x-images.ts'
import { networkUserOf } from './x-posts.ts'
import { limitIn, oddAnswer, sendAnswerOf } from './x-problems.ts'
import {
  createdAnswer,
  deletedAnswer,
  hiddenAnswer,
  maybeUserAnswer,
  token,
  userAnswer,
} from './x-schemas.ts'
import { conversations, everyPage, lookUp, saysGone, type Spelling } from './x-timelines.ts'

export interface XSettings extends Route {
  clientId: string
  clientSecret: string
  /** `tweet` where not given: what X's own client says. */
  spelling?: Spelling | undefined
  /** Limit for each call but sending, which has its own. Milliseconds; 30,000 where not given. */
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

/**
 * X, called once for each thing asked: nothing is tried again here, and none of the client's plugins is used, because
 * they repeat posts. Errors of the client carry the request with its token, so they end in this file.
 * @throws Error when the stand-in is not on loopback.
 */
export function createXNetwork(settings: XSettings): Network {
  refuseElsewhere(settings)
  const { clientId, clientSecret, standIn, spelling = 'tweet' } = settings
  const asUser = (accessToken: string) => askWith(settings, accessToken)
  const asApp = askWith(settings, { clientId, clientSecret })

  async function tokens(body: object): Promise<Answer<Grant>> {
    const result = await asApp.post('/oauth2/token', { ...body, client_id: clientId })
    return understood(result, token, 'token', ({ access_token, refresh_token, expires_in, scope }) => ({
      accessToken: access_token,
      refreshToken: refresh_token,
      expiresIn: expires_in,
      scope: scope.split(' ').filter(Boolean),
    }))
  }

  return {
    beginConnection({ redirectUri }) {
      const client = new TwitterApi({ clientId, clientSecret })
      const { url, state, codeVerifier } = client.generateOAuth2AuthLink(redirectUri, { scope: scopes })
      return { url: standIn ? atStandIn(url, standIn) : url, state, codeVerifier }
    },

    finishConnection: ({ code, codeVerifier, redirectUri }) =>
      tokens({
        grant_type: 'authorization_code',
        code,
        code_verifier: codeVerifier,
        redirect_uri: redirectUri,
      }),

    refresh: (refreshToken) => tokens({ grant_type: 'refresh_token', refresh_token: refreshToken }),

    revoke: async (token) => done(await asApp.post('/oauth2/revoke', { token, client_id: clientId })),

    async me(accessToken) {
      const result = await asUser(accessToken).get('/users/me', { 'user.fields': 'profile_image_url' })
      return understood(result, userAnswer, 'user', ({ data }) => networkUserOf(data))
    },

    async userByHandle(accessToken, handle) {
      const result = await asUser(accessToken).get(`/users/by/username/${encodeURIComponent(handle)}`)
      const answer = understood(result, maybeUserAnswer, 'user', (value) => value)
      if (!answer.ok) return answer.problem.code === 'not-found' ? { ok: true, value: null } : answer
      const { data, errors = [] } = answer.value
      if (!data && !errors.some(saysGone)) return oddAnswer('user that it neither gave nor denied')
      return { ...answer, value: data ? networkUserOf(data) : null }
    },

    uploadImage: (accessToken, image) => uploadImage(asUser(accessToken), image),

    sendPost: async (accessToken, post, { deadlineMs }) =>
      sendAnswer(await asUser(accessToken).post('/tweets', bodyOf(post), { deadlineMs })),

    async removePost(accessToken, networkId) {
      const result = await asUser(accessToken).delete(`/tweets/${networkId}`)
      const answer = understood(result, deletedAnswer, 'removal', () => undefined)
      return !answer.ok && answer.problem.code === 'not-found' ? { ok: true, value: undefined } : answer
    },

    async hideReply(accessToken, networkId, hidden) {
      const result = await asUser(accessToken).put(`/tweets/${networkId}/hidden`, { hidden })
      return understood(result, hiddenAnswer, 'hiding', () => undefined)
    },

    ownPosts: (accessToken, networkUserId, { sinceId }) =>
      everyPage(asUser(accessToken), spelling, `/users/${networkUserId}/tweets`, {
        exclude: 'retweets',
        since_id: sinceId,
      }),

    mentions: (accessToken, networkUserId, { sinceId }) =>
      everyPage(asUser(accessToken), spelling, `/users/${networkUserId}/mentions`, { since_id: sinceId }),

    replies: (accessToken, conversationIds, since) =>
      conversations(asUser(accessToken), spelling, conversationIds, since),

    posts: (accessToken, networkIds) => lookUp(asUser(accessToken), spelling, networkIds),
  }
}

/** The client, with a user's token or as the app itself, behind calls that never throw. */
function askWith(settings: XSettings, as: string | { clientId: string; clientSecret: string }): Ask {
  function call(
    make: (client: TwitterApi) => Promise<TwitterResponse<unknown>>,
    deadlineMs = settings.deadlineMs ?? usualDeadlineMs,
  ): Promise<Result> {
    return attempt(settings, deadlineMs, (httpAgent) => {
      // Not compressed: the client leaves errors of its decompression unhandled, which would end the process.
      const options = { httpAgent, compression: 'identity' } as const
      return make(typeof as === 'string' ? new TwitterApi(as, options) : new TwitterApi(as, options))
    })
  }

  const at = (path: string) => `https://api.x.com/2${path}`
  // As the app only tokens are asked for, which X's pages send as a form (RFC 6749), unlike the client itself.
  const usualBody = typeof as === 'string' ? 'json' : 'url'
  const whole = { fullResponse: true } as const
  return {
    get: (path, query = {}) => call((client) => client.get(at(path), query, whole)),
    post: (path, body, { form = false, deadlineMs } = {}) =>
      call(
        (client) => client.post(at(path), body, { ...whole, forceBodyMode: form ? 'form-data' : usualBody }),
        deadlineMs,
      ),
    put: (path, body) => call((client) => client.put(at(path), body, whole)),
    delete: (path) => call((client) => client.delete(at(path), {}, whole)),
  }
}

async function attempt(
  route: Route,
  deadlineMs: number,
  call: (agent: Agent) => Promise<TwitterResponse<unknown>>,
): Promise<Result> {
  try {
    const { data, headers } = await withinDeadline(route, deadlineMs, call)
    return { ok: true, body: data, headers }
  } catch (error) {
    if (error instanceof ApiResponseError)
      return { ok: false, failed: { status: error.code, headers: error.headers, body: error.data }, why: '' }
    return { ok: false, failed: null, why: whyWithoutAnswer(error) }
  }
}

function whyWithoutAnswer(error: unknown): string {
  if (error instanceof DeadlinePassed) return error.message
  if (error instanceof ApiPartialResponseError) return 'The answer of X broke off or could not be read.'
  return sentNothing(error) ? 'X could not be reached.' : 'The line broke before X answered.'
}

/** No connection came about, so that X can have taken nothing. */
function sentNothing(error: unknown): boolean {
  if (!(error instanceof ApiRequestError)) return false
  // The client's own `requestError` reads another name than the one it is kept under, and is never there.
  const { error: cause } = Reflect.get(error, '_options') as { error?: unknown }
  // Every address was tried, and none answered.
  if (cause instanceof AggregateError) return true
  const { code = '', syscall = '' } = (cause ?? {}) as NodeJS.ErrnoException
  return ['connect', 'getaddrinfo'].includes(syscall) || UNREACHED.has(code)
}

const UNREACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

function atStandIn(url: string, { host, port }: { host: string; port: number }): string {
  const { pathname, search } = new URL(url)
  return `http://${host}:${port}${pathname}${search}`
}

/** X refuses empty lists and empty texts: what there is not stays out. */
function bodyOf({ text, mediaIds, replyTo, poll }: PostToSend): object {
  return {
    ...(text && { text }),
    ...(mediaIds.length > 0 && { media: { media_ids: mediaIds } }),
    ...(replyTo && { reply: { in_reply_to_tweet_id: replyTo } }),
    ...(poll && { poll: { options: poll.options, duration_minutes: poll.minutes } }),
  }
}

function sendAnswer(result: Result): SendAnswer {
  if (!result.ok) return sendAnswerOf(result.failed, result.why)
  const created = createdAnswer.safeParse(result.body)
  if (!created.success) return { outcome: 'unknown', problem: oddAnswer('post').problem }
  return { outcome: 'posted', networkId: created.data.data.id, limit: limitIn(result.headers) }
}
