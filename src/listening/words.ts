import twitterText from 'twitter-text'
import type { PostLink } from './post.ts'

/** A piece of a post's text; with an address where it is a link. The model of the partial `words`. */
export interface Word {
  text: string
  href?: string
}

/**
 * A post's text with its links known, as X asks of pages that show posts: links by their display address, handles and
 * hashtags linked to the network, the words themselves unchanged.
 */
export function wordsOf(post: { text: string; links: PostLink[] }): Word[] {
  const known = new Map(post.links.map((link) => [link.url, link]))
  const words: Word[] = []
  let from = 0
  for (const entity of twitterText.extractEntitiesWithIndices(post.text)) {
    const [begin, end] = entity.indices
    if (begin > from) words.push({ text: post.text.slice(from, begin) })
    words.push(linked(post.text.slice(begin, end), entity, known))
    from = end
  }
  if (from < post.text.length) words.push({ text: post.text.slice(from) })
  return words
}

type Entity = ReturnType<typeof twitterText.extractEntitiesWithIndices>[number]

function linked(text: string, entity: Entity, known: Map<string, PostLink>): Word {
  if ('url' in entity) {
    const link = known.get(entity.url)
    if (!link) return { text: withoutScheme(entity.url), href: withScheme(entity.url) }
    const safe = /^https?:\/\//i.test(link.expandedUrl) ? link.expandedUrl : link.url
    return { text: link.displayUrl, href: safe }
  }
  if ('hashtag' in entity) return { text, href: `https://x.com/hashtag/${encoded(entity.hashtag)}` }
  if ('screenName' in entity) return { text, href: profileUrl(entity.screenName) }
  return { text }
}

/** The handles that a text names, without the @, each once. */
export function handlesIn(text: string): string[] {
  return [...new Set(twitterText.extractMentions(text))]
}

function withoutScheme(url: string): string {
  return url.replace(/^https?:\/\//i, '').replace(/\/$/, '')
}

function withScheme(url: string): string {
  return /^https?:\/\//i.test(url) ? url : `https://${url}`
}

/** A person's page on the network. */
export function profileUrl(handle: string): string {
  return `https://x.com/${encoded(handle)}`
}

/** Half a character, as a text cut in the middle has it, can't stand in an address. */
function encoded(text: string): string {
  // Handles are plain, and a page has hundreds of them.
  if (/^\w*$/.test(text)) return text
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'))
}

/** A post's page on the network, which finds it by its id alone where the author's handle is not known. */
export function postUrl(post: { authorHandle: string; networkId: string }): string {
  return `https://x.com/${encoded(post.authorHandle || 'i')}/status/${post.networkId}`
}

const LETTER = /[\p{L}\p{N}]/u

/** A name whose first and last word, or only one, begin with a plain letter: by far the most. */
const PLAIN_NAME = /^([A-Za-z0-9])(?:\S*|.*\s([A-Za-z0-9])\S*)$/

/** "MD" for Margaret Dunn: what stands for a face that we do not have. */
export function initialsOf(name: string): string {
  const plain = PLAIN_NAME.exec(name)
  if (plain) return `${plain[1]}${plain[2] ?? ''}`.toUpperCase()
  const letters = name
    .split(/\s+/)
    .map((part) => LETTER.exec(part)?.[0])
    .filter((letter) => letter !== undefined)
  return (letters.length > 1 ? `${letters[0]}${letters.at(-1)}` : (letters[0] ?? '·')).toUpperCase()
}

/** Scripts that are written from right to left, by BCP 47 language. */
const RIGHT_TO_LEFT = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'])

export function directionOf(lang: string | null): 'ltr' | 'rtl' | 'auto' {
  if (lang === null) return 'auto'
  return RIGHT_TO_LEFT.has(lang.split('-')[0]!.toLowerCase()) ? 'rtl' : 'ltr'
}
