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
