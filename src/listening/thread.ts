interface Threaded {
  networkId: string
  replyTo: string | null
  conversationId: string | null
}

export interface Talk<P extends Threaded> {
  /** The post of ours that was answered; null for what names the account and answers nothing of ours. */
  under: P | null
  /** In the order in which they were given. */
  replies: P[]
}

/**
 * Replies under what they answer: an answer to an answer belongs to the nearest post of ours above it, else to the one
 * that opened the conversation. In the order of the first reply of each.
 */
export function talksOf<P extends Threaded>(own: P[], replies: P[]): Talk<P>[] {
  const ours = new Map(own.map((post) => [post.networkId, post]))
  const theirs = new Map(replies.map((post) => [post.networkId, post]))
  const talks = new Map<P | null, P[]>()
  for (const reply of replies) {
    const under = answered(reply, ours, theirs)
    talks.set(under, [...(talks.get(under) ?? []), reply])
  }
  return [...talks].map(([under, found]) => ({ under, replies: found }))
}

function answered<P extends Threaded>(reply: P, ours: Map<string, P>, theirs: Map<string, P>): P | null {
  const seen = new Set<P>()
  for (let at: P | undefined = reply; at && !seen.has(at); at = theirs.get(at.replyTo ?? '')) {
    seen.add(at)
    const own = ours.get(at.replyTo ?? '')
    if (own) return own
  }
  return ours.get(reply.conversationId ?? '') ?? null
}

interface Said extends Threaded {
  text: string
  links: { url: string }[]
}

export interface Question<P extends Said> {
  post: P
  /** What others said under it, or under another part of the same thread of ours. */
  answers: P[]
  /** It was put to everybody; not to somebody whom it answers. */
  open: boolean
}

/** Our posts that hold a question, the newest first; of a thread the last of its parts that asks. */
export function questionsOf<P extends Said>(own: P[], replies: P[]): Question<P>[] {
  const ours = new Map(own.map((post) => [post.networkId, post]))
  const opening = (post: P): P => {
    const seen = new Set<P>()
    let at = post
    for (
      let above = ours.get(at.replyTo ?? '');
      above && !seen.has(above);
      above = ours.get(at.replyTo ?? '')
    )
      seen.add((at = above))
    return at
  }
  const asked = new Map<P, P>()
  for (const post of own) if (asks(post)) asked.set(opening(post), post)
  const said = new Map<P, P[]>()
  for (const { under, replies: found } of talksOf(own, replies)) {
    if (!under) continue
    const first = opening(under)
    said.set(first, [...(said.get(first) ?? []), ...found])
  }
  return [...asked]
    .map(([first, post]) => ({ post, answers: said.get(first) ?? [], open: first.replyTo === null }))
    .toReversed()
}

/** A question mark of any script at the end of a word; those in an address don't count. */
function asks({ text, links }: Said): boolean {
  const words = links.reduce((left, { url }) => left.replaceAll(url, ''), text)
  return /[?？؟‽՞፧](?![\w=&/])/u.test(words)
}
