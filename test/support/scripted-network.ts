import type { Answer, Network, NetworkPost, Problem } from '../../src/networks/network.ts'
import { noNetwork } from './app.ts'

export const OUR_USER = '900'

/** A post as the network tells it; ours unless an author is named. */
export function networkPost(
  post: Partial<Omit<NetworkPost, 'author'>> & { id: string; author?: string },
): NetworkPost {
  const author = post.author ?? 'NorthDaleHealth'
  return {
    text: 'Some words',
    createdAt: new Date('2026-11-18T10:00:00Z'),
    lang: 'en',
    conversationId: post.id,
    replyTo: null,
    links: [],
    mentions: [],
    hashtags: [],
    media: [],
    numbers: { replies: 0, reposts: 0, likes: 0, quotes: 0, impressions: 0 },
    editHistory: [post.id],
    ...post,
    author: {
      id: author === 'NorthDaleHealth' ? OUR_USER : `user-${author}`,
      handle: author,
      name: author === 'NorthDaleHealth' ? 'NorthDale Health' : author.toUpperCase(),
      avatarUrl: null,
    },
  }
}

/** A network for listening whose posts a test writes down, and whose calls can be refused. */
export class ScriptedNetwork {
  own: NetworkPost[] = []
  others: NetworkPost[] = []
  gone = new Set<string>()
  refuses: Partial<Record<'ownPosts' | 'mentions' | 'replies' | 'posts', Problem['code']>> = {}
  asked: string[] = []

  readonly network: Network = new Proxy(noNetwork, {
    get: (nothing, name: keyof Network) => {
      const known: Partial<Network> = {
        ownPosts: async (_token, _user, { sinceId }) => this.#answer('ownPosts', newer(this.own, sinceId)),
        mentions: async (_token, _user, { sinceId }) =>
          this.#answer('mentions', newer(this.others.filter(namesUs), sinceId)),
        replies: async (_token, ids, { sinceId }) =>
          this.#answer(
            'replies',
            newer(this.#all(), sinceId).filter(
              (post) => ids.includes(post.conversationId ?? '') && !ids.includes(post.id),
            ),
          ),
        posts: async (_token, ids) => {
          this.asked.push(...ids)
          return this.#answer(
            'posts',
            this.#all().filter((post) => ids.includes(post.id)),
          )
        },
      }
      return known[name] ?? nothing[name]
    },
  })

  #all(): NetworkPost[] {
    return [...this.own, ...this.others]
  }

  #answer(call: keyof ScriptedNetwork['refuses'], posts: NetworkPost[]): Answer<NetworkPost[]> {
    const code = this.refuses[call]
    if (code) return { ok: false, problem: { code, status: 500, detail: 'X said no.', until: null } }
    return { ok: true, value: posts.filter((post) => !this.gone.has(post.id)) }
  }
}

function newer(posts: NetworkPost[], sinceId: string | undefined): NetworkPost[] {
  return posts
    .filter((post) => sinceId === undefined || BigInt(post.id) > BigInt(sinceId))
    .toSorted((a, b) => (BigInt(a.id) > BigInt(b.id) ? -1 : 1))
}

function namesUs(post: NetworkPost): boolean {
  return post.mentions.includes('NorthDaleHealth')
}
