import { randomUUID } from 'node:crypto'
import { saveGrant } from '../../src/accounts/connection.ts'
import { createVault, type Vault } from '../../src/accounts/vault.ts'
import type { Clock } from '../../src/clock.ts'
import type { Database } from '../../src/db/database.ts'
import type {
  Answer,
  Grant,
  Network,
  NetworkPost,
  PostToSend,
  Problem,
  SendAnswer,
} from '../../src/networks/network.ts'
import { ACCOUNT, LEAD } from './story.ts'

export const OWN_USER = { id: '900', handle: 'NorthDaleHealth', name: 'NorthDale Health', avatarUrl: null }

export function problem(code: Problem['code'], detail = `The reason: ${code}.`, until?: Date): Problem {
  return { code, status: null, detail, until: until ?? null }
}

/** What becomes of one post that is sent. */
export interface Step {
  /** Whether it stands on the network afterwards. */
  publish: boolean
  /** Not given: `posted` with its id. */
  answer?: SendAnswer
  /** How many looks at the timeline do not show it yet. */
  lag?: number
  /** Runs before the answer: the process can die here. */
  meanwhile?: () => void | Promise<void>
}

export type Scripted = Network & {
  /** What stands on the account's timeline, oldest first. */
  timeline: NetworkPost[]
  /** One for each post to come; without any, posts are published and answered. */
  steps: Step[]
  sent: PostToSend[]
  /** By name of the method. */
  calls: Record<string, number>
  /** Answers of uploads to come. */
  uploads: Answer<{ mediaId: string; mediaKey: string | null; expiresIn: number }>[]
  /** Problems of looks at the timeline to come. */
  looks: Problem[]
  refreshes: Problem[]
  /** What was asked to be removed, by id, in its order. */
  removals: string[]
  /** What becomes of removals to come; without any, they succeed. */
  removing: { problem?: Problem; meanwhile?: () => void | Promise<void> }[]
  /** All that ever stood there through us, removed or not. */
  published: NetworkPost[]
  /** The same with what people posted by hand. */
  everything: NetworkPost[]
  /** Is told of each post at the moment when the network takes it. */
  accepted?: (post: NetworkPost) => Promise<void>
  /** An access token that the network takes. */
  goodTokens: Set<string>
  /** In small letters: nobody on the network has these. */
  unknownHandles: Set<string>
  grant(): Grant
  /** Posts as a person would on the network itself. */
  byHand(post: Partial<NetworkPost> & { text: string }): NetworkPost
}

/** A network of a test's own: does what its script says, and keeps what it was sent. */
export function scriptedNetwork(clock: Clock): Scripted {
  let lastId = 1000
  const refreshTokens = new Set<string>()
  const lags = new Map<string, number>()
  const media = new Map<string, string | null>()
  const count = (name: string) => {
    network.calls[name] = (network.calls[name] ?? 0) + 1
  }
  const unauthorised: { ok: false; problem: Problem } = { ok: false, problem: problem('unauthorised') }

  const network: Scripted = {
    timeline: [],
    steps: [],
    sent: [],
    calls: {},
    uploads: [],
    looks: [],
    refreshes: [],
    removals: [],
    removing: [],
    published: [],
    everything: [],
    goodTokens: new Set(),
    unknownHandles: new Set(),
    grant() {
      const grant = {
        accessToken: randomUUID(),
        refreshToken: randomUUID(),
        expiresIn: 7200,
        scope: ['tweet.write'],
      }
      network.goodTokens.add(grant.accessToken)
      refreshTokens.add(grant.refreshToken)
      return grant
    },
    byHand(post) {
      const made = networkPost(String(++lastId), clock.now(), post)
      network.timeline.push(made)
      network.everything.push(made)
      return made
    },
    beginConnection: ({ redirectUri }) => ({
      url: `https://network.example/authorize?redirect_uri=${encodeURIComponent(redirectUri)}`,
      state: 'the-state',
      codeVerifier: 'the-verifier',
    }),
    async finishConnection({ code }) {
      count('finishConnection')
      if (code !== 'good') return { ok: false, problem: problem('invalid', 'The code is too old.') }
      return { ok: true, value: network.grant() }
    },
    async refresh(refreshToken) {
      count('refresh')
      const trouble = network.refreshes.shift()
      if (trouble) return { ok: false, problem: trouble }
      if (!refreshTokens.delete(refreshToken)) return { ok: false, problem: problem('invalid') }
      return { ok: true, value: network.grant() }
    },
    async revoke(token) {
      count('revoke')
      refreshTokens.delete(token)
      network.goodTokens.delete(token)
      return { ok: true, value: undefined }
    },
    me: async () => ({ ok: true, value: OWN_USER }),
    async uploadImage() {
      count('uploadImage')
      const given = network.uploads.shift()
      if (given) return given
      const value = { mediaId: randomUUID(), mediaKey: randomUUID(), expiresIn: 3600 }
      media.set(value.mediaId, value.mediaKey)
      return { ok: true, value }
    },
    async sendPost(accessToken, post) {
      count('sendPost')
      if (!network.goodTokens.has(accessToken)) return { outcome: 'refused', problem: unauthorised.problem }
      network.sent.push(post)
      const step = network.steps.shift() ?? { publish: true }
      const made = networkPost(String(++lastId), clock.now(), {
        text: post.text,
        replyTo: post.replyTo,
        media: post.mediaIds.map((id) => ({
          mediaKey: media.get(id) ?? 'unknown',
          kind: 'photo',
          url: null,
          alt: null,
          width: null,
          height: null,
        })),
      })
      if (step.publish) network.timeline.push(made)
      if (step.publish) network.published.push(made)
      if (step.publish) network.everything.push(made)
      if (step.publish) await network.accepted?.(made)
      if (step.publish && step.lag) lags.set(made.id, step.lag)
      await step.meanwhile?.()
      return step.answer ?? { outcome: 'posted', networkId: made.id }
    },
    async removePost(accessToken, networkId) {
      count('removePost')
      if (!network.goodTokens.has(accessToken)) return unauthorised
      network.removals.push(networkId)
      const step = network.removing.shift()
      await step?.meanwhile?.()
      if (step?.problem) return { ok: false, problem: step.problem }
      network.timeline = network.timeline.filter(({ id }) => id !== networkId)
      return { ok: true, value: undefined }
    },
    hideReply: async () => ({ ok: true, value: undefined }),
    async ownPosts(accessToken, _userId, { sinceId }) {
      count('ownPosts')
      if (!network.goodTokens.has(accessToken)) return unauthorised
      const trouble = network.looks.shift()
      if (trouble) return { ok: false, problem: trouble }
      const shown = network.timeline.filter(({ id }) => {
        const lag = lags.get(id) ?? 0
        lags.set(id, lag - 1)
        return lag <= 0 && (sinceId === undefined || BigInt(id) > BigInt(sinceId))
      })
      return { ok: true, value: shown.toReversed() }
    },
    userByHandle: async (_accessToken, handle) => {
      network.calls['userByHandle'] = (network.calls['userByHandle'] ?? 0) + 1
      return {
        ok: true,
        value: network.unknownHandles.has(handle.toLowerCase()) ? null : { ...OWN_USER, id: '1', handle },
      }
    },
    mentions: async () => ({ ok: true, value: [] }),
    replies: async () => ({ ok: true, value: [] }),
    posts: async (_accessToken, ids) => ({
      ok: true,
      value: network.timeline.filter(({ id }) => ids.includes(id)),
    }),
  }
  return network
}

function networkPost(
  id: string,
  createdAt: Date,
  post: Partial<NetworkPost> & { text: string },
): NetworkPost {
  return {
    id,
    author: OWN_USER,
    createdAt,
    lang: 'en',
    conversationId: id,
    replyTo: null,
    links: [],
    mentions: [],
    hashtags: [],
    media: [],
    numbers: { replies: 0, reposts: 0, likes: 0, quotes: 0, impressions: 0 },
    editHistory: [id],
    ...post,
  }
}

export const testVault: Vault = createVault([{ id: 'k1', key: Buffer.alloc(32, 7) }])

/** Connects the story's account, as consent would. */
export async function connected(
  deps: { db: Database; clock: Clock },
  network: Scripted,
  grant: Grant = network.grant(),
  whose = { accountId: ACCOUNT, user: OWN_USER },
): Promise<Grant> {
  await saveGrant({ ...deps, vault: testVault }, { ...whose, grant, personId: LEAD.id })
  return grant
}
