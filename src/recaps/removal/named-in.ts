import { setImmediate } from 'node:timers/promises'
import type { Account } from '../../accounts/accounts.ts'
import { daysInWords } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import { readable } from '../../listening/being-cleared.ts'
import type { Author } from '../../listening/forget-author.ts'
import { forgottenBy, hashesOf } from '../../listening/forgotten.ts'
import type { Post } from '../../listening/posts.ts'
import {
  listCutShort,
  listEvents,
  listWeeks,
  type Event,
  type HostedWeek,
  type Week,
  type WeekHost,
} from '../../rota/weeks.ts'
import { asTold, weekDays } from '../../rota/week.ts'
import type { BlockKind } from '../block.ts'
import { reflectionsOfWeek, type Reflection } from '../reflection/reflections-store.ts'
import { findEdition, findRecap, listBlocks, type KeptBlock } from '../store.ts'
import type { WeekPage } from '../week-page.ts'
import { shownPosts } from './copies-store.ts'
import { firstNameOf } from './first-name.ts'
import { blocksWithout, pageWithout, type Left } from './without-person.ts'

/** A text in which somebody may be named. */
export interface NamedIn {
  /** Of which week, and what it is: "9 to 13 November 2026: a text in the story". */
  where: string
  /** Where it can be read, and mostly changed. */
  href: string
  /** As it stands there. */
  words: string
  /** What stands around it. */
  excerpt: string
}

/** Fewer characters find everything. */
const SHORTEST = 3
const AROUND = 60

/** What is looked for in the texts of an account. */
export interface Sought {
  /** What is not there any more once they are taken off. */
  left: Left
  /** Each as it is compared. */
  words: readonly string[]
  /** Those of them that count with a capital letter only. */
  capitals: ReadonlySet<string>
  /** Also within other words. */
  within: boolean
}

const NONE: ReadonlySet<string> = new Set()

/** Words as somebody typed them, in whatever case and also within others; null where they are too few to look for. */
export function soughtWords(words: string): Sought | null {
  const sought = plain(words.trim().replace(/^@/, ''))
  return sought.length < SHORTEST
    ? null
    : { left: { gone: new Map() }, words: [sought], capitals: NONE, within: true }
}

/**
 * What would still say a handle or name of these people, as words of their own, once they are taken off an account's pages: a name
 * of one word, or a first name alone, may be anybody's, so only people can tell who is meant by it. `said` are the posts of theirs that go. Null where they
 * have no handle or name that could be looked for.
 */
export function soughtPeople(
  { id: accountId }: Account,
  authors: readonly Author[],
  said: readonly { networkId: string }[],
): Sought | null {
  const whole = authors.flatMap(({ handle, name }) => [handle, name]).map(plain)
  const firstNames = authors.flatMap(({ name }) => firstNameOf(name) ?? [])
  const words = [...new Set([...whole, ...firstNames.map(({ words: name }) => plain(name))])].filter(
    (one) => one.length >= SHORTEST,
  )
  const capitals = new Set(
    firstNames.filter(({ needsCapital }) => needsCapital).map(({ words: name }) => plain(name)),
  )
  if (words.length === 0) return null
  const hashed = authors.map((author) => ({
    accountId,
    authorNetworkId: author.authorNetworkId,
    ...hashesOf(author),
  }))
  const gone = new Map(said.map(({ networkId }) => [networkId, null]))
  return { left: { gone, unnamed: forgottenBy(hashed) }, words, capitals, within: false }
}

/**
 * Where each of these stands, of all that is on an account's pages or may come there: posts that are shown, what people wrote into
 * stories, what is published of them, what hosts said looking back, and what the rota says of weeks. The newest week first. A week
 * at a time, read once for all that is sought, and others have a turn between.
 */
export async function namedIn(
  read: Reader,
  account: Account,
  sought: readonly (Sought | null)[],
): Promise<NamedIn[][]> {
  const found: NamedIn[][] = sought.map(() => [])
  if (sought.every((one) => one === null)) return found
  const masked = await readable(read, account.id)
  for (const one of await weeksWithPages(read, account)) {
    const days = weekDays(one.week, account.timeZone)
    const kept = await keptOf(read, one, masked)
    const whole = textsOf(kept, account, { gone: new Map() }).map(({ text }) => plain(text))
    for (const [at, wanted] of sought.entries()) {
      // What is taken out of texts only makes them shorter: most weeks speak of nobody who is sought.
      if (!wanted || !wanted.words.some((words) => whole.some((text) => text.includes(words)))) continue
      for (const { what, href, text } of textsOf(kept, account, wanted.left)) {
        const place = placeOf(text, wanted)
        if (!place) continue
        const where = `${daysInWords(days[0]!, days.at(-1)!)}: ${what}`
        // A page has many texts, and is listed once.
        if (what === PUBLISHED && found[at]!.some((one) => one.where === where)) continue
        const words = text.slice(place.at, place.at + place.length)
        found[at]!.push({ where, href, words, excerpt: around(text, place.at, place.length) })
      }
    }
    await setImmediate()
  }
  return found
}

/** Those that were cancelled in their middle too: of them stands what was said. The newest first. */
async function weeksWithPages(read: Reader, { id }: Account): Promise<HostedWeek[]> {
  const weeks = await listWeeks(read, id, '0000-01-01', '9999-12-31')
  const cutShort = (await listCutShort(read, id)).map((week) => asTold<Week, WeekHost>({ week, host: null }))
  return [...weeks, ...cutShort].toSorted((one, other) => other.week.slot.localeCompare(one.week.slot))
}

function placeOf(text: string, { words, capitals, within }: Sought): { at: number; length: number } | null {
  const whole = plain(text)
  for (const one of words) {
    const at = within
      ? whole.indexOf(one)
      : wordsAt(whole, one, (found) => !capitals.has(one) || text[found] !== whole[found])
    if (at >= 0) return { at, length: one.length }
  }
  return null
}

/** All of a week in which somebody may be named. */
interface Kept extends HostedWeek {
  events: Event[]
  posts: Post[]
  blocks: KeptBlock[]
  published: WeekPage | undefined
  reflections: Reflection[]
}

async function keptOf(read: Reader, found: HostedWeek, masked: (post: Post) => Post): Promise<Kept> {
  const { id } = found.week
  const recap = await findRecap(read, id)
  return {
    ...found,
    events: await listEvents(read, id),
    posts: (await shownPosts(read, id)).map(masked),
    blocks: recap ? await listBlocks(read, recap.id) : [],
    published: recap?.state === 'published' ? await findEdition(read, recap) : undefined,
    reflections: await reflectionsOfWeek(read, id),
  }
}

interface Text {
  what: string
  href: string
  text: string
}

function textsOf(kept: Kept, account: Account, left: Left): Text[] {
  const { week, host, events, reflections } = kept
  const { gone, unnamed } = left
  const named = <T>(text: T) => (unnamed ? unnamed.mask(text) : text)
  const here = `/weeks/${week.id}`
  const inRota = [
    week.theme,
    week.why,
    host?.biography ?? '',
    ...events.flatMap((one) => [one.name, one.place]),
  ]
  const posts = kept.posts.filter(({ networkId }) => !gone.has(networkId))
  const published = kept.published && pageWithout(kept.published, left)
  const page = `/@${account.handle}/weeks/${week.slot}`
  const lookedBack = reflections.flatMap(({ answers, approved }) =>
    [...answers, ...(approved ?? [])].map(({ text }) => named(text)),
  )
  return [
    ...inRota.map((text) => ({ what: 'what the rota says', href: here, text })),
    ...posts.map(({ networkId, kind, text, images }) => ({
      what: kind === 'own' ? 'a post of the account' : 'a post that was chosen',
      href: kind === 'own' ? page : `${here}/conversation?at=${networkId}#reply-${networkId}`,
      text: named([text, ...images.map(({ alt }) => alt)].join('\n')),
    })),
    ...blocksWithout(kept.blocks, left).map((block) => ({
      what: WHAT[block.kind] ?? 'a heading or text in the story',
      href: `${here}/recap`,
      text: stringsIn(block.content).join('\n'),
    })),
    ...[...new Set(lookedBack)].map((text) => ({ what: 'looking back', href: `${here}/recap`, text })),
    ...(published ? writtenOn(published) : []).map((text) => ({
      what: PUBLISHED,
      href: page,
      text,
    })),
  ]
}

const WHAT: Partial<Record<BlockKind, string>> = {
  text: 'a text in the story',
  heading: 'a heading in the story',
  picture: 'a picture in the story',
  quote: 'a quote in the story',
  brought: 'a post that was brought into the story',
  reflection: 'looking back, in the story',
}

const PUBLISHED = 'the page as it is published'

/** What people wrote on a page, each by itself; posts are looked through on their own. */
function writtenOn({ chapters, host }: WeekPage): string[] {
  const items = chapters.flatMap((chapter) => [
    chapter.title,
    ...chapter.items.flatMap((item) =>
      item.kind === 'text' || item.kind === 'join'
        ? [item.html.replaceAll(/<[^>]+>/g, '')]
        : item.kind === 'heading' || item.kind === 'quote' || item.kind === 'picture'
          ? [stringsIn(item).join('\n')]
          : item.kind === 'people'
            ? [
                `People in it: ${item.named.map(({ name, handle }) => (name ? `${name} (@${handle})` : `@${handle}`)).join(', ')}`,
              ]
            : [],
    ),
  ])
  return [host?.biography ?? '', ...items]
}

function stringsIn(content: unknown): string[] {
  if (typeof content === 'string') return [content]
  if (content === null || typeof content !== 'object') return []
  return Object.values(content).flatMap(stringsIn)
}

/** Where words stand by themselves, and not within others, and `fit`; -1 for nowhere. */
function wordsAt(text: string, words: string, fit: (at: number) => boolean): number {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const [before, after] = [text.slice(0, at), text.slice(at + words.length)]
    if (!/[\p{L}\p{N}_]$/u.test(before) && !/^[\p{L}\p{N}_]/u.test(after) && fit(at)) return at
  }
  return -1
}

/** As it is compared; as long as the text itself, so that a place in one is the place in the other. */
function plain(text: string): string {
  return text.replaceAll(/[A-Z]+|\P{ASCII}/gu, (signs) => {
    const small = signs.normalize('NFKC').toLowerCase()
    return small.length === signs.length ? small : signs
  })
}

function around(text: string, at: number, length: number): string {
  const end = at + length
  let [from, to] = [Math.max(0, at - AROUND), Math.min(text.length, end + AROUND)]
  // Words are cut only where there is nothing but one long one.
  if (from > 0) from += Math.max(0, text.slice(from, at).search(/\s/))
  const last = text.slice(end, to).search(/\s\S*$/)
  if (to < text.length && last >= 0) to = end + last
  const shown = text.slice(from, to).replaceAll(/\s+/g, ' ').trim()
  return `${from > 0 ? '…' : ''}${shown}${to < text.length ? '…' : ''}`
}
