import twitterText from 'twitter-text'
import { addressOf, displayUrl } from '../networks/display-url.ts'

// Counts for the server and for the browser: the editor's own count is this module, bundled.

/** What a post may weigh on X: a link counts 23, Chinese, Japanese, Korean and emoji count 2, most else 1. */
export const POST_LIMIT = 280
/** Characters of a part that are kept at all. X's own counting takes too long on much more. */
export const MOST_CHARACTERS = 4000

/** The weight of a text as X counts it. A text of more than `MOST_CHARACTERS` is not weighed: its length comes back. */
export function weightOf(text: string): number {
  if (text.length > MOST_CHARACTERS) return text.length
  return twitterText.parseTweet(text).weightedLength
}

/** The parts as they will stand on the network: trimmed, the sign-off after a space at the end of the last one. */
export function textsAsPosted(parts: readonly { text: string }[], signOff: string): string[] {
  return parts.map(({ text }, at) => (at === parts.length - 1 ? signed(text.trim(), signOff) : text.trim()))
}

/** A sign-off that was typed by hand already is not put there again. */
function signed(text: string, signOff: string): string {
  if (signOff === '' || text === '') return text || signOff
  const typed = text.endsWith(signOff) && /^$|\s/.test(text.slice(0, -signOff.length).slice(-1))
  return typed ? text : `${text} ${signOff}`
}

/** How many cashtags, such as $ABC, X sees in a text. It takes one from an app (X's announcement of 2026-02). */
export function cashtagsIn(text: string): number {
  return text.length > MOST_CHARACTERS ? 0 : twitterText.extractCashtags(text).length
}

/** A stretch of a text: what X makes a link, a hashtag or a mention of has a kind. */
export interface Stretch {
  text: string
  kind?: 'link' | 'hashtag' | 'mention'
  /** Of a link: where it leads, and what X shows of it. */
  href?: string
  shown?: string
}

/** A text cut into stretches, which put together are the text again. */
export function stretchesOf(text: string): Stretch[] {
  if (text.length > MOST_CHARACTERS) return [{ text }]
  const stretches: Stretch[] = []
  let from = 0
  for (const entity of twitterText.extractEntitiesWithIndices(text)) {
    const [start, end] = entity.indices
    if (start > from) stretches.push({ text: text.slice(from, start) })
    stretches.push(stretchOf(text.slice(start, end), kindOf(entity)))
    from = end
  }
  if (from < text.length) stretches.push({ text: text.slice(from) })
  return stretches
}

function stretchOf(text: string, kind: 'link' | 'hashtag' | 'mention'): Stretch {
  return kind === 'link' ? { text, kind, href: addressOf(text), shown: displayUrl(text) } : { text, kind }
}

function kindOf(entity: object): 'link' | 'hashtag' | 'mention' {
  if ('url' in entity) return 'link'
  return 'screenName' in entity ? 'mention' : 'hashtag'
}
