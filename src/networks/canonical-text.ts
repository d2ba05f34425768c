import twitterText from 'twitter-text'
import type { NetworkPost, PostToSend } from './network.ts'

/**
 * The text of a post in a form in which what was sent and what stands on X can be compared: links spelled out without
 * scheme and trailing slash, canonical Unicode, lower case, white space collapsed. Not for showing.
 *
 * X puts the handle of whoever is answered before the text of a reply, and does not say always where it ends. So the
 * handles at the beginning of a reply are left out on both sides.
 */
export function canonicalTextOfSent({ text, replyTo }: Pick<PostToSend, 'text' | 'replyTo'>): string {
  const links = twitterText.extractUrlsWithIndices(text)
  let spelled = ''
  let from = 0
  for (const { url, indices } of links) {
    spelled += text.slice(from, indices[0]) + canonicalLink(url)
    from = indices[1]
  }
  return canonical(spelled + text.slice(from), replyTo)
}

/** @see canonicalTextOfSent */
export function canonicalTextOfPost({
  text,
  replyTo,
  links,
}: Pick<NetworkPost, 'text' | 'replyTo' | 'links'>): string {
  let spelled = text
  for (const { url, expandedUrl } of links)
    spelled = spelled.replaceAll(url, () => canonicalLink(expandedUrl))
  return canonical(spelled, replyTo)
}

/** X adds a scheme to bare domains and may add a slash: neither may count. */
function canonicalLink(url: string): string {
  return url.replace(/^https?:\/\//i, '').replace(/\/$/, '')
}

/** Lower case, since X may write host names so, and knows more of the younger top-level domains than twitter-text. */
function canonical(text: string, replyTo: string | null): string {
  const plain = text.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ').trim()
  return replyTo === null ? plain : plain.replace(/^(@\w{1,15}( |$))+/, '')
}
