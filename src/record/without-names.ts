/** Somebody, and all that they are called. */
export interface Named {
  /** As it stands in `id` fields; null for somebody who has no account here. */
  id: string | null
  names: string[]
  /** Without the @. */
  handles: string[]
  emails: string[]
  /** With the caret. */
  signOffs: string[]
}

/** Fields that hold a handle without its @, and those that could lead to somebody all the same. */
const HANDLE_FIELDS = new Set(['handle', 'authorHandle'])
const LEFT_OUT = new Set([
  'biography',
  'portraitHash',
  'networkId',
  'replyTo',
  'authorNetworkId',
  'avatarUrl',
  'url',
])

/**
 * The same with “Person 1” and so on for people, in every text however deep: full names, single names in capitals, handles,
 * addresses, sign-offs. Each keeps their number throughout. What a name is of several people is “somebody”. What leads to a
 * person without naming them (a portrait, the post on the network) is left out. Who somebody is may still follow from what
 * they say; that is for whoever passes the file on to judge.
 */
export function withoutNames<T>(
  file: T,
  people: readonly Named[],
  account: { handle: string; name: string },
): T {
  const words = new Map<string, string>()
  const ids = new Map<string, string>()
  const stay = new Set([account.handle, account.name, ...account.name.split(/\s+/)].map(plain))
  const call = (kind: string, called: string, person: string) => {
    const key = `${kind}${plain(called)}`
    if (called.trim() === '' || (kind !== '^' && stay.has(plain(called)))) return
    const known = words.get(key)
    words.set(key, known === undefined || known === person ? person : SOMEBODY)
  }
  for (const [at, { id, names, handles, emails, signOffs }] of merged(people).entries()) {
    const person = `Person ${at + 1}`
    if (id !== null) ids.set(id, `person-${at + 1}`)
    for (const name of names) {
      call('', name, person)
      for (const part of name.split(/[\s-]+/)) if (part.length > 2) call('part ', part, person)
    }
    for (const handle of handles) call('@', handle, person)
    for (const email of emails) call('', email, person)
    for (const signOff of signOffs) call('^', signOff.replace(/^\^/, ''), person)
  }
  const replace = replacer(words)
  const walk = (kept: unknown, field = ''): unknown => {
    if (kept !== null && kept !== undefined && LEFT_OUT.has(field)) return null
    if (typeof kept === 'string') {
      if (field === 'id' || field === 'by') return ids.get(kept) ?? kept
      if (HANDLE_FIELDS.has(field)) return words.get(`@${plain(kept)}`) ?? kept
      return replace(kept)
    }
    if (Array.isArray(kept)) return kept.map((one) => walk(one, field))
    if (kept === null || typeof kept !== 'object' || kept instanceof Date) return kept
    return Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, walk(value, name)]))
  }
  return walk(file) as T
}

const SOMEBODY = 'somebody'

/** Who is called the same by a full name, a handle or an address is one; in the order of the first. */
function merged(people: readonly Named[]): Named[] {
  const found: Named[] = []
  for (const person of people) {
    const calls = ({ names, handles, emails }: Named) =>
      [...names.map(plain), ...handles.map((handle) => `@${plain(handle)}`), ...emails.map(plain)].filter(
        (call) => call !== '' && call !== '@',
      )
    const same = found.find(
      (one) =>
        (one.id === null || person.id === null) && calls(one).some((call) => calls(person).includes(call)),
    )
    if (!same) {
      found.push({ ...person, names: [...person.names], handles: [...person.handles] })
      continue
    }
    same.id ??= person.id
    same.names = [...same.names, ...person.names]
    same.handles = [...same.handles, ...person.handles]
    same.emails = [...same.emails, ...person.emails]
    same.signOffs = [...same.signOffs, ...person.signOffs]
  }
  return found
}

function plain(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase()
}

function replacer(words: ReadonlyMap<string, string>): (text: string) => string {
  const keys = [...words.keys()].toSorted((a, b) => b.length - a.length)
  const of = (prefix: string) =>
    keys
      .filter((key) => key.startsWith(prefix))
      .map((key) => literal(key.slice(prefix.length)))
      .join('|')
  const whole = keys
    .filter((key) => !/^(@|\^|part )/.test(key))
    .map(literal)
    .join('|')
  const [handles, signOffs, parts] = [of('@'), of('^'), of('part ')]
  const step = (pattern: string, prefix: string, capital = false) => {
    const regex = new RegExp(pattern, 'giu')
    return (text: string) =>
      text.replace(regex, (found: string) => {
        if (capital && !/^\p{Lu}/u.test(found)) return found
        return words.get(`${prefix}${plain(found.replace(/^[@^]/, ''))}`) ?? found
      })
  }
  const steps = [
    ...(whole ? [step(`(?<![\\p{L}\\p{N}])(?:${whole})(?![\\p{L}\\p{N}])`, '')] : []),
    ...(handles
      ? [
          step(`@(?:${handles})(?![A-Za-z0-9_])`, '@'),
          step(`(?<=\\.com/)(?:${handles})(?![A-Za-z0-9_])`, '@'),
        ]
      : []),
    ...(signOffs ? [step(`\\^(?:${signOffs})(?![\\p{L}\\p{N}])`, '^')] : []),
    ...(parts ? [step(`(?<![\\p{L}\\p{N}])(?:${parts})(?![\\p{L}\\p{N}])`, 'part ', true)] : []),
  ]
  return (text) => steps.reduce((said, next) => next(said), text.normalize('NFC'))
}

/** A name is found over any white space between its words. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/ /g, '\\s+')
}
