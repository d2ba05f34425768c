import type { NetworkPost, NetworkUser } from './network.ts'
import type { XIncludes, XPost, XUser } from './x-schemas.ts'

/** X's post, with what came beside it in the same answer, as the product knows posts. */
export function networkPostOf(post: XPost, includes: XIncludes = {}): NetworkPost {
  const long = post.note_tweet ?? post.note_post
  const entities = long?.entities ?? post.entities
  const urls = (entities?.urls ?? []).concat(
    long ? (post.entities?.urls ?? []).filter((url) => url.media_key) : [],
  )
  const ofMedia = urls.filter((url) => isOfMedia(url, post.id))
  const numbers = post.public_metrics
  return {
    id: post.id,
    author: authorOf(post, includes.users ?? []),
    text: readerText(post, long?.text ?? post.text, ofMedia),
    createdAt: new Date(post.created_at),
    lang: languageOf(post.lang),
    conversationId: post.conversation_id ?? null,
    replyTo: repliedTo(post),
    links: urls.flatMap((url) => (isOfMedia(url, post.id) ? [] : linkOf(url))),
    mentions: (entities?.mentions ?? []).flatMap((mention) => mention.username ?? []),
    hashtags: (entities?.hashtags ?? []).map((hashtag) => hashtag.tag),
    media: (post.attachments?.media_keys ?? []).flatMap((key) => mediaOf(key, includes.media ?? [])),
    numbers: {
      replies: numbers?.reply_count ?? null,
      reposts: numbers?.repost_count ?? numbers?.retweet_count ?? null,
      likes: numbers?.like_count ?? null,
      quotes: numbers?.quote_count ?? null,
      impressions: numbers?.impression_count ?? null,
    },
    poll: pollOf(post.attachments?.poll_ids?.[0], includes.polls ?? []),
    editHistory: post.edit_history_tweet_ids ?? post.edit_history_post_ids ?? [post.id],
  }
}

type Url = NonNullable<NonNullable<XPost['entities']>['urls']>[number]

function isOfMedia(url: Url, postId: string): boolean {
  return (
    Boolean(url.media_key) || new RegExp(`/status/${postId}/(photo|video)/\\d+$`).test(url.expanded_url ?? '')
  )
}

function authorOf(post: XPost, users: XUser[]): NetworkUser {
  const found = users.find((user) => user.id === post.author_id)
  return found ? networkUserOf(found) : { id: post.author_id, handle: '', name: '', avatarUrl: null }
}

export function networkUserOf(user: XUser): NetworkUser {
  return { id: user.id, handle: user.username, name: user.name, avatarUrl: user.profile_image_url ?? null }
}

function readerText(post: XPost, text: string, ofMedia: Url[]): string {
  let shown = text
  for (const { url } of ofMedia) if (url) shown = shown.replace(url, '')
  const before = shown.slice(0, post.display_text_range?.[0] ?? 0)
  // Only the handles that X puts before a reply are hidden. They are ASCII, so characters and code units agree.
  if (/^(@\w{1,15}\s+)+$/.test(before)) shown = shown.slice(before.length)
  return unescapeText(ofMedia.length > 0 ? shown.trimEnd() : shown)
}

/** X escapes exactly these three. `&amp;` last, or `&amp;lt;` would be unescaped twice. */
export function unescapeText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** X says `und`, and codes of its own such as `qme` (only media) and `zxx`, where it knows no language. */
function languageOf(lang: string | undefined): string | null {
  if (!lang || /^(und|zxx|art|q..)$/.test(lang)) return null
  return { in: 'id', iw: 'he' }[lang] ?? lang
}

function repliedTo(post: XPost): string | null {
  const references = post.referenced_tweets ?? post.referenced_posts ?? []
  return references.find((reference) => reference.type === 'replied_to')?.id ?? null
}

function linkOf({ url, expanded_url, display_url, title }: Url): NetworkPost['links'] {
  if (!url) return []
  return [{ url, expandedUrl: expanded_url ?? url, displayUrl: display_url ?? url, title: title ?? null }]
}

const mediaKinds: Record<string, NetworkPost['media'][number]['kind']> = {
  photo: 'photo',
  animated_gif: 'gif',
  video: 'video',
}

function mediaOf(key: string, all: NonNullable<XIncludes['media']>): NetworkPost['media'] {
  const found = all.find((media) => media.media_key === key)
  return [
    {
      mediaKey: key,
      kind: mediaKinds[found?.type ?? 'photo'] ?? 'photo',
      url: found?.url ?? found?.preview_image_url ?? null,
      alt: found?.alt_text ?? null,
      width: found?.width ?? null,
      height: found?.height ?? null,
    },
  ]
}

function pollOf(id: string | undefined, all: NonNullable<XIncludes['polls']>): NetworkPost['poll'] {
  const found = all.find((poll) => poll.id === id)
  if (!found) return null
  const options = found.options.map(({ label, votes }) => ({ label, votes }))
  return { options, endsAt: found.end_datetime ? new Date(found.end_datetime) : null }
}
