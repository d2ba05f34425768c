import { z } from 'zod'

/**
 * What the project relies on in X's answers, and no more: fields that are not read here may come, go or change.
 * Since August 2026 X's description says `post` where its pages and its client say `tweet`; both are read.
 */

const id = z.string().regex(/^\d{1,19}$/)

export const token = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
  scope: z.string(),
})

const user = z.object({
  id,
  username: z.string(),
  name: z.string(),
  profile_image_url: z.string().optional(),
})

export const userAnswer = z.object({ data: user })

const processing = z.object({ state: z.string(), check_after_secs: z.number().optional() })

export const uploadAnswer = z.object({
  data: z.object({
    id,
    media_key: z.string().optional(),
    expires_after_secs: z.number().optional(),
    processing_info: processing.nullish(),
  }),
})

export const createdAnswer = z.object({ data: z.object({ id }) })
export const deletedAnswer = z.object({ data: z.object({ deleted: z.literal(true) }) })
export const hiddenAnswer = z.object({ data: z.object({ hidden: z.boolean() }) })

const urlEntity = z.object({
  url: z.string().nullish(),
  expanded_url: z.string().nullish(),
  display_url: z.string().nullish(),
  title: z.string().nullish(),
  media_key: z.string().nullish(),
})

const entities = z.object({
  urls: z.array(urlEntity).nullish(),
  mentions: z.array(z.object({ username: z.string().nullish() })).nullish(),
  hashtags: z.array(z.object({ tag: z.string() })).nullish(),
})

const longText = z.object({ text: z.string(), entities: entities.nullish() })
const references = z.array(z.object({ type: z.string(), id }))

const numbers = z.object({
  reply_count: z.number().optional(),
  retweet_count: z.number().optional(),
  repost_count: z.number().optional(),
  like_count: z.number().optional(),
  quote_count: z.number().optional(),
  impression_count: z.number().optional(),
})

const post = z.object({
  id,
  text: z.string(),
  author_id: id,
  created_at: z.iso.datetime({ offset: true }),
  lang: z.string().optional(),
  conversation_id: id.optional(),
  referenced_tweets: references.optional(),
  referenced_posts: references.optional(),
  display_text_range: z.array(z.number()).optional(),
  entities: entities.optional(),
  note_tweet: longText.optional(),
  note_post: longText.optional(),
  attachments: z
    .object({ media_keys: z.array(z.string()).nullish(), poll_ids: z.array(z.string()).nullish() })
    .optional(),
  public_metrics: numbers.optional(),
  edit_history_tweet_ids: z.array(id).optional(),
  edit_history_post_ids: z.array(id).optional(),
})

const media = z.object({
  media_key: z.string(),
  type: z.string(),
  url: z.string().optional(),
  preview_image_url: z.string().optional(),
  alt_text: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
})

const poll = z.object({
  id: z.string(),
  options: z.array(z.object({ label: z.string(), votes: z.number() })),
  end_datetime: z.iso.datetime({ offset: true }).optional(),
})

const includes = z.object({
  users: z.array(user).optional(),
  media: z.array(media).optional(),
  polls: z.array(poll).optional(),
})

/** Why something is missing from an answer that is good otherwise. */
const partialProblem = z.object({
  type: z.string().optional(),
  value: z.string().optional(),
  resource_id: z.string().optional(),
})

/** X answers 200 also where there is nobody of that name. */
export const maybeUserAnswer = z
  .object({ data: user.optional(), errors: z.array(partialProblem).optional() })
  .refine(({ data, errors = [] }) => data !== undefined || errors.length > 0)

export const postsAnswer = z.object({
  data: z.array(post).optional(),
  includes: includes.optional(),
  errors: z.array(partialProblem).optional(),
  meta: z.object({ next_token: z.string().min(1).optional() }).optional(),
})

export type XPost = z.infer<typeof post>
export type XIncludes = z.infer<typeof includes>
export type XUser = z.infer<typeof user>
