import { Agent, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Grant } from '../network.ts'
import type { Fault } from './faults.ts'
import type { StandInUser, UserToAdd } from './users.ts'
import type { SandboxPost } from './world.ts'

export type { Fault, FaultKind } from './faults.ts'
export type { StandInUser, UserToAdd } from './users.ts'
export type { SandboxPost } from './world.ts'

/** A post of a follower, or one that a person typed by hand on X in an account's name. */
export interface PostByHand {
  handle: string
  /** Used when there is no such user yet. */
  name?: string | undefined
  text: string
  replyTo?: string | undefined
  /** BCP 47; English where not given. */
  lang?: string | undefined
  /** Product time; now where not given. */
  createdAt?: Date | undefined
}

const everyScope = 'tweet.read tweet.write tweet.moderate.write users.read media.write offline.access'

/**
 * The people on the stand-in, over HTTP, so that the stand-in may run in a process of its own. Not X's interface: that is
 * `Network`. Each call throws an Error with the stand-in's reason when it was refused.
 */
export function createSandboxClient({ port }: { port: number }) {
  const address = `http://127.0.0.1:${port}`

  async function call(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await ask(port, { method, path, body: body && JSON.stringify(body) })
    if (answer.status >= 300)
      throw new Error(`The stand-in refused ${method} ${path}: ${answer.bytes.toString()}`)
    return answer
  }

  async function json<T>(method: string, path: string, body?: object): Promise<T> {
    return JSON.parse((await call(method, path, body)).bytes.toString()) as T
  }

  return {
    address,
    users: () => json<StandInUser[]>('GET', '/sandbox/users'),
    /** The user with this handle, made when there is none. */
    addUser: (user: UserToAdd) => json<StandInUser>('POST', '/sandbox/users', user),
    /** Consent of an account without a browser; the account is made when there is none. */
    grantFor: (handle: string, options: { name?: string; clientId: string; scope?: string }) =>
      json<Grant>('POST', '/sandbox/grants', { handle, scope: everyScope, ...options }),
    /** Posts as somebody, who is made when there is no such user. Rules for apps do not hold here. */
    postAs: (post: PostByHand) =>
      json<SandboxPost>('POST', '/sandbox/posts', { ...post, createdAt: post.createdAt?.toISOString() }),
    /** Passes a post on, with nothing of one's own. */
    repostAs: (repost: { handle: string; id: string }) =>
      json<SandboxPost>('POST', '/sandbox/reposts', repost),
    /** Takes a post away, whoever wrote it. */
    async removePost(id: string): Promise<void> {
      await call('DELETE', `/sandbox/posts/${id}`)
    },
    /** What an account said, newest first; answers hang below what they answer. */
    timeline: (handle: string) => json<SandboxPost[]>('GET', `/sandbox/posts?handle=${handle}`),
    /** Posts that name a user, newest first. */
    mentions: (handle: string) => json<SandboxPost[]>('GET', `/sandbox/posts?naming=${handle}`),
    /** Everything on the stand-in, newest first. */
    allPosts: () => json<SandboxPost[]>('GET', '/sandbox/posts'),
    /** An image's bytes. */
    async media(mediaKey: string): Promise<{ bytes: Buffer; mediaType: string }> {
      const { bytes, type } = await call('GET', `/media/${mediaKey}`)
      return { bytes, mediaType: type ?? 'application/octet-stream' }
    },
    /** What calls are still to suffer, the oldest first. */
    faults: () => json<Required<Fault>[]>('GET', '/sandbox/faults'),
    /** Lets calls that come go wrong. */
    async addFault(fault: Fault): Promise<void> {
      await call('POST', '/sandbox/faults', fault)
    },
    async clearFaults(): Promise<void> {
      await call('DELETE', '/sandbox/faults')
    },
    /** @throws when the stand-in does not answer. */
    health: () => json<{ ok: true; now: string }>('GET', '/sandbox/health'),
  }
}

interface Answer {
  status: number
  type: string | undefined
  bytes: Buffer
}

/** By an agent of its own: `fetch`, and Node's own agent, may be told by the environment to take a proxy, loopback or not. */
function ask(
  port: number,
  { method, path, body }: { method: string; path: string; body: string | undefined },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers, agent: new Agent({ keepAlive: false }) },
      (answer) => {
        const { statusCode: status = 0, headers } = answer
        buffer(answer).then((bytes) => resolve({ status, type: headers['content-type'], bytes }), reject)
      },
    )
    asked.on('error', reject).end(body)
  })
}

export type SandboxClient = ReturnType<typeof createSandboxClient>
