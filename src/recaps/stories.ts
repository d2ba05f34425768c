import type { Post } from '../listening/posts.ts'

/** A post or a thread of the account, or a stranger's mention of it, with all that was answered to it, in time. */
export interface Story {
  /** Of a mention: the mention alone. */
  parts: Post[]
  /** Others' replies and the account's answers to them. */
  conversation: Post[]
}

/** What was said in a week, put together as people follow it; in the order in which each began. */
export function storiesOf(own: readonly Post[], theirs: readonly Post[]): Story[] {
  const posts = [...own, ...theirs].toSorted(byTime)
  const standing = new Set(posts.map((post) => post.networkId))
  const stories: Story[] = []
  const storyOf = new Map<string, Story>()
  const inThread = new Set<string>()

  for (const post of posts) {
    const story = storyOf.get(post.replyTo ?? '') ?? storyOf.get(post.conversationId ?? '')
    const continues = post.kind === 'own' && inThread.has(post.replyTo ?? '')
    if (story && continues) story.parts.push(post)
    else if (story) story.conversation.push(post)
    else if (post.kind === 'reply' && answersNothing(post, standing)) continue
    const home = story ?? { parts: [post], conversation: [] }
    if (!story) stories.push(home)
    if (post.kind === 'own' && (continues || !story)) inThread.add(post.networkId)
    storyOf.set(post.networkId, home)
  }
  return stories
}

/** A reply whose post is gone goes with it. */
function answersNothing(post: Post, standing: ReadonlySet<string>): boolean {
  return !standing.has(post.replyTo ?? '') && !standing.has(post.conversationId ?? '')
}

/** Whether a story is for the page at all: the account's own, or a mention that somebody chose. */
export function isTold({ parts: [first] }: Story): boolean {
  return first!.kind === 'own' || first!.chosenAt !== null
}

/** What of a conversation is public: the replies that somebody chose, and the account's answers to them. */
export function chosenOf({ parts, conversation }: Story): Post[] {
  const shown = new Set(parts.map((post) => post.networkId))
  return conversation.filter((post) => {
    const here = post.kind === 'own' ? shown.has(post.replyTo ?? '') : post.chosenAt !== null
    if (here) shown.add(post.networkId)
    return here
  })
}

function byTime(one: Post, other: Post): number {
  const difference = one.createdAt.getTime() - other.createdAt.getTime()
  if (difference !== 0) return difference
  return BigInt(one.networkId) < BigInt(other.networkId) ? -1 : 1
}
