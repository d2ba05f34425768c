import { setImmediate } from 'node:timers/promises'
import type { Account } from '../../accounts/accounts.ts'
import { daysInWords } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import { readable } from '../../listening/being-cleared.ts'
import type { Author } from '../../listening/forget-author.ts'
import { forgottenBy, hashesOf } from '../../listening/forgotten.ts'
import { listEvents, listWeeks, type HostedWeek } from '../../rota/weeks.ts'
import { weekDays } from '../../rota/week.ts'
import type { BlockKind } from '../block.ts'
import { reflectionsOfWeek } from '../reflection/reflections-store.ts'
import { findRecap, latestEdition, listBlocks } from '../store.ts'
import type { WeekPage } from '../week-page.ts'
import { shownPosts } from './copies-store.ts'
import { blocksWithout, pageWithout, type Left } from './without-person.ts'

/** A text in which somebody may be named. */
export interface NamedIn {
  /** Of which week, and what it is: "9 to 13 November 2026: a text in the story". */
  where: string
  /** Where it can be read, and mostly changed. */
  href: string
  /** What stands around the name. */
  excerpt: string
}

/** Fewer characters find everything. */
const SHORTEST = 3
const AROUND = 60

/**
 * All that stands on an account's pages, or may come there, in which these words stand, in whatever case: posts that are shown, what
 * people wrote into stories, what is published of them, what hosts said looking back, and what the rota says of weeks. The newest
 * week first. A week at a time, and others have a turn between.
 */
export async function namedIn(read: Reader, account: Account, words: string): Promise<NamedIn[]> {
  const sought = plain(words.trim().replace(/^@/, ''))
  if (sought.length < SHORTEST) return []
  return textsWith(read, account, NOBODY_LEFT, (text) => {
    const at = plain(text).indexOf(sought)
    return at < 0 ? null : { at, length: sought.length }
  })
}

/**
 * The same of what would still say a handle or name of these people, as words of their own, once they are taken off an account's
 * pages: a name of one word may be anybody's, so only people can tell who is meant by it. `said` are the posts of theirs that go.
 */
export async function staysNamed(
  read: Reader,
  account: Account,
  authors: readonly Author[],
  said: readonly { networkId: string }[],
): Promise<NamedIn[]> {
  const sought = [...new Set(authors.flatMap(({ handle, name }) => [handle, name]).map(plain))].filter(
    (words) => words.length >= SHORTEST,
  )
  if (sought.length === 0) return []
  const left: Left = {
    gone: new Map(said.map(({ networkId }) => [networkId, null])),
    unnamed: forgottenBy(
      authors.map((author) => ({
        accountId: account.id,
        authorNetworkId: author.authorNetworkId,
        ...hashesOf(author),
      })),
    ),
  }
  return textsWith(read, account, left, (text) => {
    const whole = plain(text)
    for (const words of sought) {
      const at = wordsAt(whole, words)
      if (at !== null) return { at, length: words.length }
    }
    return null
  })
}

/** Nobody is taken off. */
const NOBODY_LEFT: Left = { gone: new Map() }

async function textsWith(
  read: Reader,
  account: Account,
  left: Left,
  find: (text: string) => { at: number; length: number } | null,
): Promise<NamedIn[]> {
  const found: NamedIn[] = []
  const weeks = await listWeeks(read, account.id, '0000-01-01', '9999-12-31')
  for (const one of weeks.toReversed()) {
    const days = weekDays(one.week, account.timeZone)
    for (const { what, href, text } of await textsOf(read, account, one, left)) {
      const place = find(text)
      if (!place) continue
      const where = `${daysInWords(days[0]!, days.at(-1)!)}: ${what}`
      found.push({ where, href, excerpt: around(text, place.at, place.length) })
    }
    await setImmediate()
  }
  return found
}

interface Text {
  what: string
  href: string
  text: string
}

async function textsOf(
  read: Reader,
  account: Account,
  { week, host }: HostedWeek,
  left: Left,
): Promise<Text[]> {
  const { gone, unnamed } = left
  const named = <T>(kept: T) => (unnamed ? unnamed.mask(kept) : kept)
  const here = `/weeks/${week.id}`
  const events = await listEvents(read, week.id)
  const inRota = [
    week.theme,
    week.why,
    host?.biography ?? '',
    ...events.flatMap((one) => [one.name, one.place]),
  ]
  const posts = (await shownPosts(read, week.id))
    .filter(({ networkId }) => !gone.has(networkId))
    .map(await readable(read, account.id))
  const story = await textsOfStory(read, week.id, left)
  const edition = await latestEdition(read, week.id)
  const published = edition && pageWithout(edition.page, left)
  const page = `/@${account.handle}/weeks/${week.slot}`
  const lookedBack = (await reflectionsOfWeek(read, week.id)).flatMap(({ answers, approved }) =>
    [...answers, ...(approved ?? [])].map(({ text }) => named(text)),
  )
  return [
    ...inRota.map((text) => ({ what: 'what the rota says', href: here, text })),
    ...posts.map(({ networkId, kind, text, images }) => ({
      what: kind === 'own' ? 'a post of the account' : 'a post that was chosen',
      href: kind === 'own' ? page : `${here}/conversation?at=${networkId}#reply-${networkId}`,
      text: named([text, ...images.map(({ alt }) => alt)].join('\n')),
    })),
    ...story.map(({ what, text }) => ({ what, href: `${here}/recap`, text })),
    ...[...new Set(lookedBack)].map((text) => ({ what: 'looking back', href: `${here}/recap`, text })),
    ...(published ? [{ what: 'the page as it is published', href: page, text: writtenOn(published) }] : []),
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

async function textsOfStory(
  read: Reader,
  weekId: string,
  left: Left,
): Promise<{ what: string; text: string }[]> {
  const recap = await findRecap(read, weekId)
  if (!recap) return []
  return blocksWithout(await listBlocks(read, recap.id), left).map((block) => ({
    what: WHAT[block.kind] ?? 'a heading or text in the story',
    text: stringsIn(block.content).join('\n'),
  }))
}

/** What people wrote on a page; posts are looked through by themselves. */
function writtenOn({ chapters, host }: WeekPage): string {
  const items = chapters.flatMap((chapter) => [
    chapter.title,
    ...chapter.items.flatMap((item) =>
      item.kind === 'text' || item.kind === 'join'
        ? [item.html.replaceAll(/<[^>]+>/g, '')]
        : item.kind === 'heading' || item.kind === 'quote' || item.kind === 'picture'
          ? stringsIn(item)
          : item.kind === 'people'
            ? item.named.flatMap(({ name, handle }) => [name, handle])
            : [],
    ),
  ])
  return [host?.biography ?? '', ...items].join('\n')
}

function stringsIn(content: unknown): string[] {
  if (typeof content === 'string') return [content]
  if (content === null || typeof content !== 'object') return []
  return Object.values(content).flatMap(stringsIn)
}

/** Where words stand by themselves, and not within others. */
function wordsAt(text: string, words: string): number | null {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const [before, after] = [text.slice(0, at), text.slice(at + words.length)]
    if (!/[\p{L}\p{N}_]$/u.test(before) && !/^[\p{L}\p{N}_]/u.test(after)) return at
  }
  return null
}

/** As it is compared; as long as the text itself, so that a place in one is the place in the other. */
function plain(text: string): string {
  return Array.from(text, (sign) => {
    const small = sign.normalize('NFKC').toLowerCase()
    return small.length === sign.length ? small : sign
  }).join('')
}

function around(text: string, at: number, length: number): string {
  const [from, to] = [Math.max(0, at - AROUND), Math.min(text.length, at + length + AROUND)]
  const shown = text.slice(from, to).replaceAll(/\s+/g, ' ').trim()
  return `${from > 0 ? '…' : ''}${shown}${to < text.length ? '…' : ''}`
}
