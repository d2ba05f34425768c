import type { Post } from '../../listening/posts.ts'

/** An address that was passed on in the week. */
export interface SharedLink {
  href: string
  /** As the network shows it: "north.example/flu". */
  display: string
  /** As the network tells it; null where it does not. */
  title: string | null
  /** The network ids of the posts that shared it. */
  postIds: string[]
}

/** The addresses of the posts that are told, the most often shared first, then in time. Posts of the network are no links. */
export function sharedLinks(posts: readonly Post[], without: ReadonlySet<string> = new Set()): SharedLink[] {
  const found = new Map<string, SharedLink>()
  for (const post of posts) {
    for (const link of post.links) {
      const href = addressOf(link.expandedUrl)
      if (href === null || without.has(href)) continue
      const known = found.get(href)
      if (!known)
        found.set(href, { href, display: link.displayUrl, title: link.title, postIds: [post.networkId] })
      else if (!known.postIds.includes(post.networkId)) known.postIds.push(post.networkId)
    }
  }
  return [...found.values()].toSorted((one, other) => other.postIds.length - one.postIds.length)
}

const OF_THE_NETWORK = /^(?:www\.|mobile\.)?(?:x|twitter)\.com$/

/** What campaigns add to an address to follow people around; without it the same page is the same link. */
const FOLLOWING = /^(?:utm_\w+|fbclid|gclid|mc_[ce]id)$/

/** The address without its fragment and what follows people; null for what is no page of the web. */
export function addressOf(address: string): string | null {
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  if (!/^https?:$/.test(url.protocol) || url.username || url.password) return null
  if (OF_THE_NETWORK.test(url.hostname)) return null
  const follows = [...url.searchParams.keys()].filter((name) => FOLLOWING.test(name))
  for (const name of follows) url.searchParams.delete(name)
  url.hash = ''
  return url.href
}
