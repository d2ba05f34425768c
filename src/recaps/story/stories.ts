import type { Post } from '../../listening/posts.ts'

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
 * What was said in a week, put together as people follow it; in the order in which each began. `gone` is what was taken down
 * or hidden: a thread goes on through a part that is gone, and what answers something that is gone goes with it. What left the
 * page keeps its place there, without a word of it.
 */
export function storiesOf(
  own: readonly Post[],
  theirs: readonly Post[],
  gone: readonly Post[] = [],
): Story[] {
  const posts = [...own, ...theirs, ...gone].toSorted(byTime)
  const off = new Set(gone)
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
    if (!off.has(post) || post.leftPage !== null) (isPart ? story.parts : story.conversation).push(post)
  }
  return stories.filter(({ parts }) => parts.length > 0)
}

/** A reply whose post is gone goes with it. */
function answersNothing(post: Post, known: ReadonlySet<string>): boolean {
  return !known.has(post.replyTo ?? '') && !known.has(post.conversationId ?? '')
}

/** Whether a story is for the page at all: the account's own, or a mention that somebody chose. */
export function isTold({ parts: [first] }: Story): boolean {
  return first!.kind === 'own' || isTheirsOnPage(first!)
}

/** What of a conversation is public: the replies that somebody chose, and the account's answers to them. */
export function chosenOf({ parts, conversation }: Story): Post[] {
  const shown = new Set(parts.flatMap((post) => (post.leftPage === null ? [post.networkId] : [])))
  return conversation.filter((post) => {
    const here = post.kind === 'own' ? shown.has(post.replyTo ?? '') : isTheirsOnPage(post)
    if (here && post.leftPage === null) shown.add(post.networkId)
    return here
  })
}

/**
 * How often others answered its first part, as the network counts: that number has the account's own next part and answers in it,
 * which nobody means by "two replies". Null where the network gives none.
 */
export function repliesTo({ parts, conversation }: Story): number | null {
  const [first, ...rest] = parts
  const counted = first!.numbers.replies
  if (counted === null) return null
  const ours = [...rest, ...conversation].filter(
    ({ kind, replyTo, leftPage }) => kind === 'own' && replyTo === first!.networkId && leftPage === null,
  )
  return Math.max(0, counted - ours.length)
}

function isTheirsOnPage({ chosenAt, leftPage }: Post): boolean {
  return chosenAt !== null || leftPage !== null
}

/** All that a story shows when it is told; of what left the page nothing is shown. */
export function toldPosts(story: Story): Post[] {
  return [...story.parts, ...chosenOf(story)].filter(({ leftPage }) => leftPage === null)
}

/** What may stand behind a question without being said: addresses, hashtags, handles, how hosts sign, and pictures in letters. */
const TAIL = /(?:\s*(?:https?:\/\/\S+|[#@^][\p{L}\p{N}_]+|\p{Extended_Pictographic}|\u{fe0f}))+\s*$/u
const QUESTION_MARK = /[?？؟\u{37e}]["”’)\]]*$/u

/** Whether a story is a question with answers: the account asked and others answered, or others asked and it answered. */
export function asks(story: Story): boolean {
  const own = story.parts[0]!.kind === 'own'
  const answered = chosenOf(story).some((post) => (post.kind === 'own') !== own && post.leftPage === null)
  return answered && QUESTION_MARK.test(story.parts.at(-1)!.text.replace(TAIL, '').trim())
}

function byTime(one: Post, other: Post): number {
  const difference = one.createdAt.getTime() - other.createdAt.getTime()
  if (difference !== 0) return difference
  return BigInt(one.networkId) < BigInt(other.networkId) ? -1 : 1
}
