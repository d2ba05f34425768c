import type { Context } from './context.ts'
import { written } from './entities.ts'
import { numbersOf } from './numbers.ts'
import { countRepliesTo, countPostsBy, postById, type StandInPost } from './posts.ts'
import { keyOf, mediaById, type StandInMedia } from './uploads.ts'
import { type StandInUser, userByHandle, userById } from './users.ts'

/** Which fields and which things beside the posts a call asks for. */
export interface Wanted {
  /** X's older and newer names for the same things. */
  spelling: 'tweet' | 'post'
  fields: Set<string>
  expansions: Set<string>
  userFields: Set<string>
  mediaFields: Set<string>
  pollFields: Set<string>
}

export function wantedIn(query: Record<string, unknown>): Wanted {
  const spelling = 'post.fields' in query ? 'post' : 'tweet'
  return {
    spelling,
    fields: listIn(query[`${spelling}.fields`]),
    expansions: listIn(query['expansions']),
    userFields: listIn(query['user.fields']),
    mediaFields: listIn(query['media.fields']),
    pollFields: listIn(query['poll.fields']),
  }
}

function listIn(value: unknown): Set<string> {
  return new Set(typeof value === 'string' ? value.split(',').filter(Boolean) : [])
}

/** An answer with posts: `data`, and what was asked for beside it. */
export function withPosts(context: Context, wanted: Wanted, posts: StandInPost[]) {
  const includes = besides(context, wanted, posts)
  return {
    ...(posts.length > 0 && { data: posts.map((post) => postJson(context, wanted, post)) }),
    ...(Object.keys(includes).length > 0 && { includes }),
  }
}

function postJson(context: Context, wanted: Wanted, post: StandInPost) {
  const author = userById(context.database, post.authorId)!
  const media = mediaIn(context, post)
  const text = written({ ...post, handle: author.handle, mediaKeys: media.map(keyOf) })
  const posts = wanted.spelling === 'post' ? 'posts' : 'tweets'
  const every: Record<string, object | string | undefined> = {
    author_id: post.authorId,
    created_at: new Date(post.createdAt).toISOString(),
    conversation_id: post.conversationId,
    lang: post.lang,
    reply_settings: 'everyone',
    display_text_range: [post.hiddenBefore, text.shownUntil],
    in_reply_to_user_id: post.replyTo ? postById(context.database, post.replyTo)?.authorId : undefined,
    [`referenced_${posts}`]: referencesOf(wanted, post),
    attachments: attachmentsOf(post, media),
    entities: entitiesOf(context, text),
    ...metricsOf(context, wanted, post),
  }
  const asked = Object.entries(every).filter(
    ([name, value]) => value !== undefined && (wanted.fields.has(name) || expandsTo(wanted, name)),
  )
  return {
    id: post.id,
    text: text.text,
    [`edit_history_${wanted.spelling}_ids`]: [post.id],
    ...Object.fromEntries(asked),
  }
}

function referencesOf({ spelling }: Wanted, { replyTo, repostOf }: StandInPost) {
  if (replyTo) return [{ type: 'replied_to', id: replyTo }]
  return repostOf ? [{ type: spelling === 'post' ? 'reposted' : 'retweeted', id: repostOf }] : undefined
}

/** In the newer spelling some fields come with the expansion of the same name. */
function expandsTo(wanted: Wanted, name: string): boolean {
  if (name === 'attachments') return [...wanted.expansions].some((each) => each.startsWith('attachments.'))
  return wanted.expansions.has(name)
}

function mediaIn(context: Context, post: StandInPost): StandInMedia[] {
  return post.mediaIds.map((id) => mediaById(context.database, id)!)
}

function attachmentsOf(post: StandInPost, media: StandInMedia[]) {
  if (media.length > 0) return { media_keys: media.map(keyOf) }
  return post.poll ? { poll_ids: [post.id] } : undefined
}

function entitiesOf(context: Context, { urls, mentions, hashtags }: ReturnType<typeof written>) {
  const entities = {
    ...(urls.length > 0 && { urls }),
    ...(mentions.length > 0 && {
      mentions: mentions.map((mention) => ({
        ...mention,
        id: userByHandle(context.database, mention.username)?.id,
      })),
    }),
    ...(hashtags.length > 0 && { hashtags }),
  }
  return Object.keys(entities).length > 0 ? entities : undefined
}

function metricsOf(context: Context, wanted: Wanted, post: StandInPost) {
  const replies = countRepliesTo(context.database, post.id)
  const numbers = numbersOf(post, replies, context.clock.now())
  const reposts = { [wanted.spelling === 'post' ? 'repost_count' : 'retweet_count']: numbers.reposts }
  const common = { ...reposts, reply_count: numbers.replies, like_count: numbers.likes }
  const clicks = { impression_count: numbers.impressions, user_profile_clicks: numbers.profileClicks }
  return {
    public_metrics: {
      ...common,
      quote_count: numbers.quotes,
      bookmark_count: numbers.bookmarks,
      impression_count: numbers.impressions,
    },
    non_public_metrics: clicks,
    organic_metrics: { ...common, ...clicks },
  }
}

function besides(context: Context, wanted: Wanted, posts: StandInPost[]) {
  const users = wanted.expansions.has('author_id') ? distinct(posts.map((post) => post.authorId)) : []
  const media = wanted.expansions.has('attachments.media_keys')
    ? posts.flatMap((post) => mediaIn(context, post))
    : []
  const polls = wanted.expansions.has('attachments.poll_ids') ? posts.filter((post) => post.poll) : []
  return {
    ...(users.length > 0 && {
      users: users.map((id) => userJson(context, userById(context.database, id)!, wanted.userFields)),
    }),
    ...(media.length > 0 && { media: media.map((each) => mediaJson(context, wanted, each)) }),
    ...(polls.length > 0 && { polls: polls.map((post) => pollJson(context, wanted, post)) }),
  }
}

function distinct<T>(all: T[]): T[] {
  return [...new Set(all)]
}

export function userJson(context: Context, user: StandInUser, fields: Set<string>) {
  const posts = countPostsBy(context.database, user.id)
  const every: Record<string, unknown> = {
    created_at: new Date(user.createdAt).toISOString(),
    profile_image_url: `${context.address()}/avatars/${user.handle}.svg`,
    protected: false,
    verified: false,
    description: '',
    public_metrics: {
      followers_count: 0,
      following_count: 0,
      tweet_count: posts,
      post_count: posts,
      listed_count: 0,
    },
  }
  const asked = Object.entries(every).filter(([name]) => fields.has(name))
  return { id: user.id, username: user.handle, name: user.name, ...Object.fromEntries(asked) }
}

function mediaJson(context: Context, wanted: Wanted, media: StandInMedia) {
  const url = `${context.address()}/media/${keyOf(media)}`
  const gif = media.category === 'tweet_gif'
  const every: Record<string, unknown> = {
    [gif ? 'preview_image_url' : 'url']: url,
    width: media.width ?? undefined,
    height: media.height ?? undefined,
    alt_text: media.alt ?? undefined,
  }
  const asked = Object.entries(every).filter(
    ([name, value]) => value !== undefined && wanted.mediaFields.has(name),
  )
  return { media_key: keyOf(media), type: gif ? 'animated_gif' : 'photo', ...Object.fromEntries(asked) }
}

function pollJson(context: Context, wanted: Wanted, post: StandInPost) {
  const poll = post.poll!
  const ends = post.createdAt + poll.minutes * 60_000
  const every: Record<string, unknown> = {
    duration_minutes: poll.minutes,
    end_datetime: new Date(ends).toISOString(),
    voting_status: context.clock.now().getTime() < ends ? 'open' : 'closed',
  }
  const asked = Object.entries(every).filter(([name]) => wanted.pollFields.has(name))
  const options = poll.options.map((label, index) => ({ position: index + 1, label, votes: 0 }))
  return { id: post.id, options, ...Object.fromEntries(asked) }
}
