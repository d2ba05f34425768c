import { createHash } from 'node:crypto'
import twitterText from 'twitter-text'
import { addressOf, displayUrl } from '../display-url.ts'

/** X escapes these three in the text that it gives out. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

export function mentionsOf(text: string): string[] {
  return [...new Set(twitterText.extractMentions(text).map((handle) => handle.toLowerCase()))]
}

/** How much of the 280 a text takes: links count 23, wide characters and emoji 2. */
export function weightOf(text: string): number {
  return text === '' ? 0 : twitterText.parseTweet(text).weightedLength
}

export interface UrlEntity {
  start: number
  end: number
  url: string
  expanded_url: string
  display_url: string
  media_key?: string
  status?: number
  title?: string
}

/**
 * A post's text as X gives it out: escaped, with each link as a short one and, for media, one more at the end.
 * Positions count characters, not code units.
 */
export function written(post: { id: string; text: string; handle: string; mediaKeys: string[] }) {
  const urls: UrlEntity[] = []
  let text = ''
  let from = 0
  for (const { url, indices } of twitterText.extractUrlsWithIndices(post.text)) {
    text += escapeText(post.text.slice(from, indices[0]))
    urls.push(urlEntity(text, shortLink(`${post.id} ${indices[0]}`), addressOf(url)))
    text += urls.at(-1)!.url
    from = indices[1]
  }
  text += escapeText(post.text.slice(from))
  const shownUntil = lengthOf(text)
  if (post.mediaKeys.length > 0) {
    if (text !== '') text += ' '
    const short = shortLink(`${post.id} media`)
    const expanded = `https://x.com/${post.handle}/status/${post.id}/photo/1`
    for (const media_key of post.mediaKeys)
      urls.push({
        ...urlEntity(text, short, expanded),
        display_url: `pic.x.com/${short.slice(-10)}`,
        media_key,
      })
    text += short
  }
  return { text, shownUntil, urls, ...tagsIn(text) }
}

function urlEntity(before: string, url: string, expanded: string): UrlEntity {
  const start = lengthOf(before)
  return { start, end: start + url.length, url, expanded_url: expanded, display_url: displayUrl(expanded) }
}

/** Links of X's own shape, on a name that leads nowhere else: the same for the same place in the same post. */
function shortLink(of: string): string {
  return `https://t.co/${createHash('sha256').update(of).digest('base64url').replaceAll(/[-_]/g, 'x').slice(0, 10)}`
}

function tagsIn(text: string) {
  const inCharacters = (indices: [number, number]) => ({
    start: lengthOf(text.slice(0, indices[0])),
    end: lengthOf(text.slice(0, indices[1])),
  })
  return {
    mentions: twitterText
      .extractMentionsWithIndices(text)
      .map(({ screenName, indices }) => ({ ...inCharacters(indices), username: screenName })),
    hashtags: twitterText
      .extractHashtagsWithIndices(text)
      .map(({ hashtag, indices }) => ({ ...inCharacters(indices), tag: hashtag })),
  }
}

function lengthOf(text: string): number {
  return Array.from(text).length
}
