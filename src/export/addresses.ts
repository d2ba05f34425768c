import { posix } from 'node:path'

const PICTURE_TYPES: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
}

/** All endings that an original picture may have. */
export const PICTURE_ENDINGS = ['jpg', 'png', 'webp', 'gif', 'avif']

/**
 * The file in an account's folder that holds what an address answers, by slashes: `/@handle/weeks/2026-11-09` is
 * `weeks/2026-11-09/index.html`. Null for an address that can't be a file: only our own spelling of names is one, whatever
 * people typed.
 */
export function fileOf(address: string, type: string, handle: string): string | null {
  const [path, query] = address.split('?') as [string, string?]
  const page = query === undefined ? '' : /^page=([1-9]\d{0,3})$/.exec(query)?.[1]
  if (page === undefined) return null
  const home = `/@${handle}`
  const within = path === home ? '' : path.slice(path.startsWith(`${home}/`) ? home.length + 1 : 1)
  if (!/^[\w./-]*$/.test(within) || within.split('/').some((name) => /^\.*$/.test(name) && within !== ''))
    return null
  if (type === 'text/html' && !within.endsWith('.html'))
    return posix.join(within, page && `page-${page}`, 'index.html')
  if (/^pictures\/[0-9a-f]{64}$/.test(within)) return originalOf(within, type)
  if (within.endsWith('/moving')) return `${within}.gif`
  return posix.extname(within) === '' ? null : within
}

function originalOf(folder: string, type: string): string | null {
  const ending = PICTURE_TYPES[type]
  return ending ? `${folder}/picture.${ending}` : null
}

/** The address of one file as another one names it, so that both may be moved together. */
export function relative(from: string, to: string): string {
  return posix.relative(posix.dirname(from), to)
}

/** An opening or closing tag. Text never has a bare `<`, and a value is always between double quotes: our views see to that. */
const TAG = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^"<>]|"[^"]*")*)>/g
const ADDRESS = /(\s)(href|src|srcset)="([^"]*)"/g

/** Each address that a page names, as it is written there: links, pictures, styles. */
export function addressesIn(html: string): string[] {
  const found: string[] = []
  for (const [, , , attributes = ''] of html.matchAll(TAG))
    for (const [, , name, value = ''] of attributes.matchAll(ADDRESS))
      found.push(...(name === 'srcset' ? candidates(value).map(({ address }) => address) : [decoded(value)]))
  return found
}

/** Where what a page names is to be found; null where it is not. */
export type Resolve = (address: string) => string | null

/**
 * A page with every address in it as `resolve` says. Of what is not to be found a link stays as its words, a picture as its
 * description, and a hint to the browser goes.
 */
export function withAddresses(html: string, resolve: Resolve): string {
  let unlinked = false
  return html.replaceAll(TAG, (tag, closing: string, name: string, attributes: string) => {
    if (name === 'a' && closing) {
      const end = unlinked ? '</span>' : tag
      unlinked = false
      return end
    }
    if (!attributes) return tag
    let lost = false
    const written = attributes.replaceAll(ADDRESS, (_, space: string, attribute: string, value: string) => {
      const found = attribute === 'srcset' ? sourceSet(value, resolve) : resolve(decoded(value))
      if (found === null) lost = true
      return found === null ? '' : `${space}${attribute}="${encoded(found)}"`
    })
    if (!lost) return `<${closing}${name}${written}>`
    if (name === 'link' || name === 'source') return ''
    if (name !== 'a') return `<${name}${written}>`
    unlinked = true
    // A label would hide the words, and a type says what a link leads to.
    return `<span${written.replaceAll(/\s(aria-label|rel|type)="[^"]*"/g, '')}>`
  })
}

function sourceSet(value: string, resolve: Resolve): string | null {
  const found = candidates(value).flatMap(({ address, size }) => {
    const there = resolve(address)
    return there === null ? [] : [`${there}${size}`]
  })
  return found.length === 0 ? null : found.join(', ')
}

function candidates(value: string): { address: string; size: string }[] {
  return decoded(value)
    .split(', ')
    .map((one) => {
      const [address = '', size] = one.trim().split(' ')
      return { address, size: size ? ` ${size}` : '' }
    })
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function decoded(value: string): string {
  return value
    .replaceAll(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name]!)
}

function encoded(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
