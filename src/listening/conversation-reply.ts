import { needsAnswer } from './post.ts'
import type { Post } from './store.ts'
import { capital } from '../words.ts'

/** Where somebody's post stands with us. `answered` comes by itself, as soon as our answer stands on the network. */
export type ReplyState = 'needs-answer' | 'answered' | 'left' | 'hidden'

export function stateOf(post: Post, answered: { has(networkId: string): boolean }): ReplyState {
  if (post.hiddenAt) return 'hidden'
  if (needsAnswer(post, answered)) return 'needs-answer'
  return answered.has(post.networkId) ? 'answered' : 'left'
}

const WORDS: Record<ReplyState, { state: string; label: string }> = {
  'needs-answer': { state: 'submitted', label: 'needs an answer' },
  answered: { state: 'posted', label: 'answered' },
  left: { state: 'abandoned', label: 'left without an answer' },
  hidden: { state: 'removed', label: 'hidden' },
}

/** The tag of a reply: whether it is new to who reads, on the week's page, and where it stands. */
export function replyTag(
  post: Post,
  { state, isNew, beingAnswered }: { state: ReplyState; isNew: boolean; beingAnswered: boolean },
) {
  const onItsWay = beingAnswered && state !== 'hidden'
  const words = onItsWay ? { state: 'writing', label: 'an answer is on its way' } : WORDS[state]
  const label = [isNew && 'new', post.chosenAt && 'on the page', words.label].filter(Boolean).join(', ')
  return { state: words.state, label: capital(label) }
}
