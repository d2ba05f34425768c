import type { Context } from './context.ts'
import { mentionsOf, weightOf } from './entities.ts'
import { mentionsIn, postById, postsBy, type StandInPost, storePost } from './posts.ts'
import { duplicate, forbidden, invalid, type Refusal, tooLong } from './refusal.ts'
import { mediaById } from './uploads.ts'
import { type StandInUser, userByHandle, userById } from './users.ts'

export interface Composed {
  text: string
  mediaIds: string[]
  replyTo: string | null
  poll: StandInPost['poll']
  lang?: string | undefined
}

const weightAtMost = 280
const imagesAtMost = 4
/** For how long X refuses the same text again is not known; a day of product time. Milliseconds. */
const sameTextFor = 24 * 60 * 60 * 1000

/** A post through the API, with all the rules of an app on a self-serve plan. @throws Refusal */
export function postThroughApi(context: Context, author: StandInUser, composed: Composed): StandInPost {
  checkContent(context, author, composed)
  checkReply(context, author, composed.replyTo)
  checkNew(context, author, composed)
  return post(context, author, composed, context.clock.now())
}

/** A post in X's own app, where the rules for apps do not hold. @throws Refusal when it is empty or too long. */
export function postByHand(
  context: Context,
  author: StandInUser,
  composed: Composed,
  when: Date,
): StandInPost {
  checkContent(context, author, composed)
  if (composed.replyTo && !postById(context.database, composed.replyTo)) throw notThere()
  return post(context, author, composed, when)
}

/** Somebody's post passed on by hand, as X shows it to apps. @throws Refusal */
export function repostByHand(context: Context, author: StandInUser, id: string, when: Date): StandInPost {
  const passedOn = postById(context.database, id)
  if (!passedOn) throw notThere()
  const { handle } = userById(context.database, passedOn.authorId)!
  const text = `RT @${handle}: ${passedOn.text}`
  const nothing = { hiddenBefore: 0, replyTo: null, conversationId: null, mediaIds: [], poll: null }
  const { lang } = passedOn
  return storePost(
    context.database,
    { ...nothing, authorId: author.id, text, lang, repostOf: id, mentions: mentionsOf(text) },
    when,
  )
}

function checkContent(context: Context, author: StandInUser, { text, mediaIds, poll }: Composed): void {
  if (text.trim() === '' && mediaIds.length === 0)
    throw invalid('text', text, 'The post must have a text or media.')
  if (weightOf(text) > weightAtMost) throw tooLong()
  if (mediaIds.length > imagesAtMost)
    throw invalid('media.media_ids', mediaIds, 'The number of media must be between 1 and 4.')
  if (poll && mediaIds.length > 0) throw invalid('poll', '', 'A post can have a poll or media, not both.')
  const media = mediaIds.map((id) => mediaById(context.database, id))
  const machine = context.clock.machine().getTime()
  if (media.some((each) => !each?.ready || each.ownerId !== author.id || each.expiresAt <= machine))
    throw invalid('media.media_ids', mediaIds, 'Your media IDs are invalid.')
  if (media.length > 1 && media.some((each) => each?.category === 'tweet_gif'))
    throw invalid('media.media_ids', mediaIds, 'A post can have one GIF or up to 4 images.')
}

/** Since February 2026 an app may answer only those who named or quoted its account. */
function checkReply(context: Context, author: StandInUser, replyTo: string | null): void {
  if (!replyTo) return
  const parent = postById(context.database, replyTo)
  if (!parent) throw notThere()
  const named = mentionsIn(context.database, replyTo).some((handle) => sameHandle(handle, author.handle))
  if (parent.authorId === author.id || named) return
  throw forbidden(
    'Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.',
  )
}

function notThere(): Refusal {
  return forbidden('You attempted to reply to a Tweet that is deleted or not visible to you.')
}

function sameHandle(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function checkNew(context: Context, author: StandInUser, { text, mediaIds, replyTo }: Composed): void {
  if (mediaIds.length > 0) return
  const since = context.clock.now().getTime() - sameTextFor
  const lately = postsBy(context.database, author.id, { from: since, limit: 500 })
  const same = (post: StandInPost) => post.text.slice(post.hiddenBefore) === text && post.replyTo === replyTo
  if (lately.some((post) => post.mediaIds.length === 0 && same(post))) throw duplicate()
}

function post(context: Context, author: StandInUser, composed: Composed, when: Date): StandInPost {
  const parent = composed.replyTo ? postById(context.database, composed.replyTo) : undefined
  const before = parent ? handlesBefore(context, author, parent, composed.text) : ''
  const text = before + composed.text
  return storePost(
    context.database,
    {
      authorId: author.id,
      text,
      hiddenBefore: before.length,
      lang: composed.lang ?? (composed.text === '' ? 'zxx' : 'en'),
      replyTo: composed.replyTo,
      repostOf: null,
      conversationId: parent?.conversationId ?? null,
      mediaIds: composed.mediaIds,
      poll: composed.poll,
      mentions: mentionsOf(text),
    },
    when,
  )
}

/**
 * X puts handles before the text of a reply: of whoever is answered and of those named there, but not one's own and
 * none that the text names itself.
 */
function handlesBefore(context: Context, author: StandInUser, parent: StandInPost, text: string): string {
  const answered = userById(context.database, parent.authorId)!
  const named = mentionsIn(context.database, parent.id).map(
    (handle) => userByHandle(context.database, handle)?.handle ?? handle,
  )
  const left = [author.handle.toLowerCase(), ...mentionsOf(text)]
  return [...new Set([answered.handle, ...named])]
    .filter((handle) => !left.includes(handle.toLowerCase()))
    .map((handle) => `@${handle} `)
    .join('')
}
