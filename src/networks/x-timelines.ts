import type { Answer, NetworkPost, Since } from './network.ts'
import { type Ask, type Query, understood } from './x-ask.ts'
import { networkPostOf } from './x-posts.ts'
import { oddAnswer } from './x-problems.ts'
import { postsAnswer } from './x-schemas.ts'

/** How X is asked for fields: its pages and its client say `tweet`, its description of August 2026 says `post`. */
export type Spelling = 'tweet' | 'post'

const pageSize = 100
/** X gives at most 3,200 posts of a timeline: more pages than this mean that it turns in a circle. */
const pagesAtMost = 60
const idsPerLookUp = 100
/** A query of X's recent search has at most 512 characters; thirteen times `conversation_id:… OR ` fit. */
const conversationsPerSearch = 13

const common = 'attachments,conversation_id,created_at,display_text_range,entities,lang,public_metrics'
const beside = 'author_id,attachments.media_keys,attachments.poll_ids'
const fieldsOf: Record<Spelling, Query> = {
  tweet: { 'tweet.fields': `${common},author_id,note_tweet,referenced_tweets`, expansions: beside },
  post: { 'post.fields': `${common},note_post`, expansions: `${beside},referenced_posts` },
}
const fieldsBeside = {
  'user.fields': 'profile_image_url',
  'media.fields': 'alt_text,height,preview_image_url,type,url,width',
  'poll.fields': 'end_datetime,options',
}

/** All pages of a timeline or a search, newest first. */
export async function everyPage(
  ask: Ask,
  spelling: Spelling,
  path: string,
  query: Query,
): Promise<Answer<NetworkPost[]>> {
  const found: NetworkPost[] = []
  let next: string | undefined
  for (let page = 0; page < pagesAtMost; page++) {
    const fields = { ...fieldsOf[spelling], ...fieldsBeside }
    const result = await ask.get(path, { ...query, ...fields, max_results: pageSize, pagination_token: next })
    const answer = understood(result, postsAnswer, 'posts', (value) => value)
    if (!answer.ok) return { ...answer, given: idsOf(found) }
    const { data = [], includes, meta } = answer.value
    found.push(...data.map((post) => networkPostOf(post, includes)))
    next = meta?.next_token
    if (!next) return { ...answer, value: newestFirst(found), given: idsOf(found) }
  }
  return { ...oddAnswer('a timeline without an end'), given: idsOf(found) }
}

/** What was said in conversations, but for the posts that opened them. */
export async function conversations(
  ask: Ask,
  spelling: Spelling,
  ids: string[],
  since: Since,
): Promise<Answer<NetworkPost[]>> {
  const opening = new Set(ids)
  const groups = inGroupsOf(conversationsPerSearch, [...opening])
  const answer = await together(groups, (group) => search(ask, spelling, group, since))
  return answer.ok ? { ...answer, value: answer.value.filter((post) => !opening.has(post.id)) } : answer
}

async function search(ask: Ask, spelling: Spelling, ids: string[], { sinceId }: Since) {
  const query = ids.map((id) => `conversation_id:${id}`).join(' OR ')
  const answer = await everyPage(ask, spelling, '/tweets/search/recent', { query, since_id: sinceId })
  // An id from before the seven days that this search looks back is an invalid request to X.
  if (answer.ok || answer.problem.code !== 'invalid' || !sinceId) return answer
  const all = await everyPage(ask, spelling, '/tweets/search/recent', { query })
  return all.ok ? { ...all, value: all.value.filter((post) => isNewer(post.id, sinceId)) } : all
}

/** Posts by id; see the port for what it means when one is missing. */
export function lookUp(ask: Ask, spelling: Spelling, ids: string[]): Promise<Answer<NetworkPost[]>> {
  return together(inGroupsOf(idsPerLookUp, [...new Set(ids)]), (group) => lookUpGroup(ask, spelling, group))
}

async function lookUpGroup(ask: Ask, spelling: Spelling, ids: string[]): Promise<Answer<NetworkPost[]>> {
  const result = await ask.get('/tweets', { ids: ids.join(','), ...fieldsOf[spelling], ...fieldsBeside })
  const answer = understood(result, postsAnswer, 'posts', (value) => value)
  if (!answer.ok) return answer
  const { data = [], includes, errors = [] } = answer.value
  const there = new Set(data.map((post) => post.id))
  const gone = new Set(errors.filter(saysGone).map((error) => error.resource_id ?? error.value))
  // Silence about a post must not look like its removal: what is gone is taken off the pages.
  if (ids.some((id) => !there.has(id) && !gone.has(id)))
    return { ...oddAnswer('posts that it neither gave nor denied'), given: idsOf(data) }
  return { ...answer, value: data.map((post) => networkPostOf(post, includes)), given: idsOf(data) }
}

/** A problem of a single field, or one of X's own, does not mean that the post is gone. */
export function saysGone({ type }: { type?: string | undefined }): boolean {
  const reason =
    /\/(resource-not-found|not-authorized-for-resource|resource-unavailable|disallowed-resource)$/
  return reason.test(type ?? '')
}

function inGroupsOf<T>(size: number, all: T[]): T[][] {
  const count = Math.ceil(all.length / size)
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size))
}

/** One after the other, since each counts against X's limit; the first that fails is the answer. */
async function together(
  groups: string[][],
  ask: (group: string[]) => Promise<Answer<NetworkPost[]>>,
): Promise<Answer<NetworkPost[]>> {
  const found: NetworkPost[] = []
  let limit: Answer<unknown>['limit']
  const given: string[] = []
  for (const group of groups) {
    const answer = await ask(group)
    given.push(...(answer.given ?? []))
    if (!answer.ok) return { ...answer, given }
    found.push(...answer.value)
    limit = answer.limit
  }
  return { ok: true, value: newestFirst(found), limit, given }
}

function idsOf(posts: readonly { id: string }[]): string[] {
  return posts.map(({ id }) => id)
}

/** Pages may overlap when something is posted between them, so each post is kept once. */
function newestFirst(posts: NetworkPost[]): NetworkPost[] {
  const byId = new Map(posts.map((post) => [post.id, post]))
  return [...byId.values()].toSorted((one, other) => (isNewer(other.id, one.id) ? 1 : -1))
}

function isNewer(id: string, than: string): boolean {
  return BigInt(id) > BigInt(than)
}
