/** Characters of a path that X shows of a link. */
const PATH_SHOWN = 15

/**
 * A link as X shows it in a post: without scheme and `www.`, its host whole, its path cut with an ellipsis. Read from the
 * `display_url` of posts that X gave out ("blog.twitter.com/developer/en_u…", "youtube.com/watch?v=oHg5SJ…").
 */
export function displayUrl(url: string): string {
  const bare = url.replace(/^https?:\/\//i, '').replace(/^www\./i, '')
  const from = bare.search(/[/?#]/)
  if (from < 0) return bare
  const path = bare.slice(from)
  if (path === '/') return bare.slice(0, from)
  const characters = Array.from(path)
  return characters.length > PATH_SHOWN
    ? `${bare.slice(0, from)}${characters.slice(0, PATH_SHOWN).join('')}…`
    : bare
}

/** Where a link leads that was typed with or without its scheme. */
export function addressOf(url: string): string {
  return /^https?:\/\//i.test(url) ? url : `http://${url}`
}
