import type { Post } from '../listening/posts.ts'

/** A post or a thread of the account, or a stranger's mention of it, with all that was answered to it, in time. */
export interface Story {
  /** The network id of its first part, also when that was taken down. */
  root: string
  /** What of it stands; of a mention the mention alone. */
  parts: Post[]
  /** Others' replies and the account's answers to them. */
  conversation: Post[]
}

/**
 * What was said in a week, put together as people follow it; in the order in which each began. A thread goes on through a
 * part that was taken down (`removed`, the account's own), and replies to what is gone are gone.
 */
export function storiesOf(
  own: readonly Post[],
  theirs: readonly Post[],
  removed: readonly Post[] = [],
): Story[] {
  const posts = [...own, ...theirs, ...removed].toSorted(byTime)
  const known = new Set(posts.map((post) => post.networkId))
  const stories: Story[] = []
  const storyOf = new Map<string, Story>()
  const inThread = new Set<string>()

  for (const post of posts) {
    const found = storyOf.get(post.replyTo ?? '') ?? storyOf.get(post.conversationId ?? '')
    if (!found && post.kind === 'reply' && answersNothing(post, known)) continue
    const story = found ?? { root: post.networkId, parts: [], conversation: [] }
    if (!found) stories.push(story)
    storyOf.set(post.networkId, story)
    const isPart = !found || (post.kind === 'own' && inThread.has(post.replyTo ?? ''))
    if (isPart && post.kind === 'own') inThread.add(post.networkId)
    if (post.removedAt === null) (isPart ? story.parts : story.conversation).push(post)
  }
  return stories.filter(({ parts }) => parts.length > 0)
}

/** A reply whose post is gone goes with it. */
function answersNothing(post: Post, known: ReadonlySet<string>): boolean {
  return !known.has(post.replyTo ?? '') && !known.has(post.conversationId ?? '')
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
