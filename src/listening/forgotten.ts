import { createHash } from 'node:crypto'
import type { Reader } from '../db/database.ts'
import { listForgotten, type ForgottenPerson } from './removals-store.ts'

/** Stands wherever somebody was named who was taken off our pages. */
export const LEFT_OUT = '[name left out]'

/** What an account must not keep or show of people who asked to be taken off its pages. */
export interface Forgotten {
  isForgotten(authorNetworkId: string): boolean
  /** The same with their handles and names left out of every text in it, however deep. */
  mask<T>(kept: T): T
  /** Whether a word is one of their name; known only until all that is stored has been gone through. */
  isNameWord(word: string): boolean
}

export async function forgottenOf(read: Reader, accountId: string): Promise<Forgotten> {
  return forgottenBy(await listForgotten(read, accountId))
}

/** What none of these accounts must show, but for somebody themselves, who may read who they are. */
export async function forgottenBut(
  read: Reader,
  accountIds: string[],
  self: { names: string[]; handles: string[] },
): Promise<Forgotten> {
  const own = new Set(
    [
      ...self.names.map((name) => ({ name, handle: '' })),
      ...self.handles.map((handle) => ({ name: '', handle })),
    ]
      .map(hashesOf)
      .flatMap(({ handleHash, nameHash }) => [handleHash, nameHash])
      .filter((hash) => hash !== null),
  )
  const people = []
  for (const accountId of accountIds) people.push(...(await listForgotten(read, accountId)))
  const isOwn = (hash: string | null) => hash !== null && own.has(hash)
  return forgottenBy(people.filter(({ nameHash, handleHash }) => !isOwn(nameHash) && !isOwn(handleHash)))
}

/** Of a few people: nobody among them means that everything stays as it is. */
export function forgottenBy(people: readonly Omit<ForgottenPerson, 'id' | 'requestId' | 'at'>[]): Forgotten {
  const authors = new Set(people.map(({ authorNetworkId }) => authorNetworkId))
  const handles = new Set(people.flatMap(({ handleHash }) => handleHash ?? []))
  const names = new Set(people.flatMap(({ nameHash }) => nameHash ?? []))
  const nameWords = new Set(people.flatMap(({ wordHashes }) => wordHashes))
  const lengths = new Set(people.flatMap(({ nameHash, nameWords }) => (nameHash ? [nameWords] : [])))
  const maskText = (text: string) => withoutNames(withoutHandles(text, handles), names, lengths)
  const mask = (kept: unknown, field = ''): unknown => {
    if (typeof kept === 'string')
      return HANDLE_FIELDS.has(field) && handles.has(hashOf(kept)) ? LEFT_OUT : maskText(kept)
    if (Array.isArray(kept)) return kept.map((one) => mask(one, field))
    if (kept === null || typeof kept !== 'object' || kept instanceof Date) return kept
    return Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, mask(value, name)]))
  }
  return {
    isForgotten: (authorNetworkId) => authors.has(authorNetworkId),
    mask: <T>(kept: T) => (people.length === 0 ? kept : (mask(kept) as T)),
    isNameWord: (word) => nameWords.size > 0 && nameWords.has(hashOf(word)),
  }
}

/** Where a handle stands without its @. */
const HANDLE_FIELDS = new Set(['handle', 'authorHandle', 'by'])

/** How somebody is kept who is to be forgotten; a name of one word is not, since it is a name of many. */
export function hashesOf({ handle, name }: { handle: string; name: string }) {
  const words = wordsOfName(name)
  return {
    handleHash: handle === '' ? null : hashOf(handle),
    nameHash: words.length > 1 ? hashOf(words.join(' ')) : null,
    nameWords: words.length > 1 ? words.length : 0,
    wordHashes: words.map(hashOf),
  }
}

const HANDLE = /([@＠])?(?<![A-Za-z0-9_])([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_])/g
/** So it can be nothing but a handle: with a digit or an underscore among its letters. */
const ODD_WORD = /[a-z]\w*[\d_]|[\d_]\w*[a-z]/i
const ON_NETWORK = /\b(?:x|twitter)\.com\/$/i

function withoutHandles(text: string, hashes: ReadonlySet<string>): string {
  if (hashes.size === 0) return text
  return text.replace(HANDLE, (whole, before: string | undefined, handle: string, at: number) => {
    const inAddress = ON_NETWORK.test(text.slice(Math.max(0, at - 16), at))
    if (before === undefined && !inAddress && !ODD_WORD.test(handle)) return whole
    if (!hashes.has(hashOf(handle))) return whole
    // An address of the network finds a post without its author's handle.
    return inAddress ? 'i' : LEFT_OUT
  })
}

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’.-][\p{L}\p{N}\p{M}]+)*/gu

function withoutNames(text: string, hashes: ReadonlySet<string>, lengths: ReadonlySet<number>): string {
  if (hashes.size === 0) return text
  const words = [...text.matchAll(WORD)]
  let [shown, from] = ['', 0]
  for (let at = 0; at < words.length; at += 1) {
    for (const length of lengths) {
      const name = words.slice(at, at + length)
      if (name.length < length || !hashes.has(hashOf(name.map(([word]) => word).join(' ')))) continue
      const last = name.at(-1)!
      shown += text.slice(from, name[0]!.index) + LEFT_OUT
      from = last.index + last[0].length
      at += length - 1
      break
    }
  }
  return shown + text.slice(from)
}

export function wordsOfName(name: string): string[] {
  return name.match(WORD) ?? []
}

function hashOf(words: string): string {
  return createHash('sha256').update(words.normalize('NFKC').toLowerCase()).digest('hex')
}
