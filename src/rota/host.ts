/** What we know of a host, for one week. */
export interface HostDetails {
  name: string
  /** Without the @; empty when they have none. */
  handle: string
  job: string
  organisation: string
  /** Where they work, and the part of the country: for the desk’s planning only. */
  site?: string
  region?: string
  biography: string
  portraitHash: string | null
  /** With the caret: `^PG`. */
  signOff: string
}

const TITLES = new Set(['dr', 'prof', 'professor', 'mr', 'mrs', 'ms', 'miss', 'mx', 'sir', 'dame', 'rev'])

/** "PN" for Priya Nair, "MLC" for Dr Mei Lin Chan; three letters at the most. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s.]+/).filter((word) => /^\p{L}/u.test(word))
  const names = words.filter((word) => !TITLES.has(word.toLowerCase()))
  const counting = names.length > 0 ? names : words
  const kept = counting.length > 3 ? [...counting.slice(0, 2), counting.at(-1)!] : counting
  return kept.map((word) => String.fromCodePoint(word.codePointAt(0)!).toUpperCase()).join('')
}

/** How a host signs a post when nothing else is agreed; empty for a name without letters. */
export function defaultSignOff(name: string): string {
  const initials = initialsOf(name)
  return initials && `^${initials}`
}

/** Something in the week that is worth knowing of. */
export interface EventDetails {
  name: string
  /** With the #, or empty. */
  hashtag: string
  place: string
  startsAt: Date
  endsAt: Date
}
