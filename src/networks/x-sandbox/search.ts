import type { StandInDatabase } from './database.ts'
import {
  postsAnywhere,
  postsBy,
  postsInConversation,
  postsNaming,
  type Selection,
  type StandInPost,
} from './posts.ts'
import { invalid } from './refusal.ts'
import { userByHandle } from './users.ts'

/**
 * Recent search, as much of X's language as the product could use: `conversation_id:`, `from:`, `@handle` and `#hashtag`,
 * several of them narrowing each other, and lists of such groups with OR.
 * @throws Refusal 400 for anything else.
 */
export function searchPosts(database: StandInDatabase, query: string, selection: Selection): StandInPost[] {
  const groups = query
    .replaceAll(/[()]/g, ' ')
    .trim()
    .split(/\s+OR\s+/)
  const found = new Map<string, StandInPost>()
  for (const group of groups)
    for (const post of postsOfGroup(database, group.trim().split(/\s+/), selection)) found.set(post.id, post)
  return [...found.values()]
    .toSorted((one, other) => (BigInt(other.id) > BigInt(one.id) ? 1 : -1))
    .slice(0, selection.limit)
}

function postsOfGroup(database: StandInDatabase, terms: string[], selection: Selection): StandInPost[] {
  const everything = { ...selection, limit: 100_000 }
  const lists = terms.map((term) => postsOfTerm(database, term, everything))
  const [first = [], ...others] = lists
  const ids = others.map((list) => new Set(list.map((post) => post.id)))
  return first.filter((post) => ids.every((each) => each.has(post.id)))
}

function postsOfTerm(database: StandInDatabase, term: string, selection: Selection): StandInPost[] {
  const [, conversation] = /^conversation_id:(\d{1,19})$/.exec(term) ?? []
  if (conversation) return postsInConversation(database, conversation, selection)
  const [, author] = /^from:(\w{1,15})$/.exec(term) ?? []
  if (author) {
    const user = userByHandle(database, author)
    return user ? postsBy(database, user.id, selection) : []
  }
  const [, handle] = /^@(\w{1,15})$/.exec(term) ?? []
  if (handle) return postsNaming(database, handle, selection)
  const [, tag] = /^(#\w+)$/.exec(term) ?? []
  if (tag) return postsAnywhere(database, selection).filter((post) => hasTag(post.text, tag))
  throw invalid('query', term, `There were errors processing your request: ${term} is not known here.`)
}

function hasTag(text: string, tag: string): boolean {
  return text
    .toLowerCase()
    .split(/[^\w#]/)
    .includes(tag.toLowerCase())
}
