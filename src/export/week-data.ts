import type { PublishedWeek } from '../recaps/recaps.ts'
import { postUrl } from '../listening/words.ts'
import {
  isNamed,
  type Item,
  type PagePicture,
  type Said,
  type Voice,
  type WeekPage,
} from '../recaps/week-page.ts'
import { csv } from './csv.ts'
import type { SitePlace } from './public-pages.ts'

/** Rises when the shape of the data changes. */
const FORMAT = 2

interface Saying {
  id: string
  /** ISO 8601, UTC. */
  at: string
  kind: 'post' | 'reply' | 'mention' | 'brought'
  by: string
  handle: string
  text: string
  lang: string | null
  /** Addresses that it passes on, whole. */
  links: string[]
  /** The id of the post that it answers, where it is known. */
  answers: string | null
  pictures: { hash: string; alt: string; width: number; height: number }[]
  replies: number | null
  likes: number | null
  edited: boolean
  /** On the network; null where nothing was posted. */
  address: string | null
}

/** The published weeks of an account as data for other programs: what stands on their pages, and nothing else. */
export function weeksData(
  weeks: readonly PublishedWeek[],
  {
    account,
    place,
    sandbox,
  }: { account: { handle: string; name: string; timeZone: string }; place: SitePlace; sandbox: boolean },
): { json: string; postsCsv: string; weeksCsv: string } {
  const told = weeks.map((week) => ({ ...weekOf(week, place), posts: sayingsOf(week.page, sandbox) }))
  const json = {
    format: FORMAT,
    account: { handle: account.handle, name: account.name, timeZone: account.timeZone },
    weeks: told,
  }
  return {
    json: `${JSON.stringify(json, null, 2)}\n`,
    weeksCsv: csv(
      [
        'week',
        'last_day',
        'theme',
        'host',
        'job',
        'organisation',
        'earlier_hosts',
        'posts',
        'replies',
        'people',
        'seen',
        'published',
        'address',
      ],
      told.map(({ slot, last, theme, host, earlierHosts, numbers, publishedAt, address }) => [
        slot,
        last,
        theme,
        host?.name ?? '',
        host?.job ?? '',
        host?.organisation ?? '',
        earlierHosts.map(({ name, until }) => `${name} until ${until}`).join('; '),
        numbers['posts'] ?? null,
        numbers['replies'] ?? null,
        numbers['people'] ?? null,
        numbers['seen'] ?? null,
        publishedAt,
        address,
      ]),
    ),
    postsCsv: csv(
      [
        'week',
        'time',
        'kind',
        'name',
        'handle',
        'text',
        'language',
        'pictures',
        'replies',
        'likes',
        'id',
        'answers',
        'address',
      ],
      told.flatMap(({ slot, posts }) =>
        posts.map((one) => [
          slot,
          one.at,
          one.kind,
          one.by,
          one.handle,
          one.text,
          one.lang ?? '',
          one.pictures.length,
          one.replies,
          one.likes,
          one.id,
          one.answers ?? '',
          one.address ?? '',
        ]),
      ),
    ),
  }
}

function weekOf({ page, publishedAt, edition }: PublishedWeek, { siteUrl, handle }: SitePlace) {
  const counted = page.chapters.flatMap(({ items }) => items).find(({ kind }) => kind === 'numbers')
  const numbers = counted?.kind === 'numbers' ? counted.numbers : []
  return {
    slot: page.slot,
    last: page.days.at(-1)!.day,
    theme: page.theme,
    why: page.why,
    host: page.host && {
      name: page.host.name,
      job: page.host.job,
      organisation: page.host.organisation,
      biography: page.host.biography,
    },
    /** Who had the account before them in this week, until which day. */
    earlierHosts: (page.earlier ?? [])
      .filter(isNamed)
      .map(({ name, job, organisation, until }) => ({ name, job, organisation, until })),
    events: page.events,
    numbers: Object.fromEntries(numbers.map(({ what, count }) => [what, count])) as Record<string, number>,
    publishedAt: publishedAt.toISOString(),
    edition,
    address: `${siteUrl}/@${handle}/weeks/${page.slot}`,
  }
}

function sayingsOf({ account, chapters }: WeekPage, sandbox: boolean): Saying[] {
  const said = chapters.flatMap(({ items }) => items.flatMap((item) => sayingsIn(item, account)))
  const once = new Map(said.map((one) => [one.id, one]))
  return [...once.values()]
    .map((one) => ({
      ...one,
      address: sandbox ? null : postUrl({ authorHandle: one.handle, networkId: one.id }),
    }))
    .toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
}

type Unaddressed = Omit<Saying, 'address'>

function sayingsIn(item: Item, account: WeekPage['account']): Unaddressed[] {
  switch (item.kind) {
    case 'post': {
      const { post } = item
      const parts = post.parts.map(({ id, said, pictures }, index) => ({
        id,
        at: post.at.iso,
        kind: 'post' as const,
        by: account.name,
        handle: account.handle,
        text: textOf(said),
        lang: said.lang,
        links: linksOf(said),
        answers: post.parts[index - 1]?.id ?? null,
        pictures: pictures.map(pictureOf),
        replies: index === 0 ? post.replies : null,
        likes: index === 0 ? post.likes : null,
        edited: post.edited,
      }))
      return [...parts, ...post.voices.flatMap((voice) => sayingOf(voice, 'reply'))]
    }
    case 'mention':
      return [
        ...sayingOf(item.voice, 'mention'),
        ...item.answers.flatMap((voice) => sayingOf(voice, 'reply')),
      ]
    case 'brought':
      return sayingOf(item.voice, 'brought')
    case 'live':
      return item.items.flatMap((one) => sayingsIn(one, account))
    default:
      return []
  }
}

/** Of what left the page nothing is told. */
function sayingOf(voice: Voice, kind: Saying['kind']): Unaddressed[] {
  if (voice.left) return []
  const { id, at, name, handle, said, answers, edited } = voice
  return [
    {
      id,
      at: at.iso,
      kind: voice.own ? 'post' : kind,
      by: name,
      handle,
      text: textOf(said),
      lang: said.lang,
      links: linksOf(said),
      answers,
      pictures: [],
      replies: null,
      likes: null,
      edited,
    },
  ]
}

function textOf({ words, signOff }: Said): string {
  return [words.map(({ text }) => text).join(''), signOff].filter(Boolean).join(' ')
}

/** Those to handles and hashtags are the network's own. */
function linksOf({ words }: Said): string[] {
  return words.flatMap(({ href }) => (href && !href.startsWith('https://x.com/') ? [href] : []))
}

function pictureOf({ hash, alt, width, height }: PagePicture): Saying['pictures'][number] {
  return { hash, alt, width, height }
}
