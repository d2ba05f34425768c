import { dayOf, timeInWords } from '../calendar.ts'
import type { Post } from '../listening/posts.ts'
import { wordsOf } from '../listening/words.ts'
import { weekDays } from '../rota/week.ts'
import type { Week, WeekHost } from '../rota/weeks.ts'
import { renderMarkdown } from '../web/markdown.ts'
import { hiddenPosts, sourceOf, wordedAnew, type Tellable } from './generate.ts'
import { chosenOf, isTold, type Story } from './stories.ts'
import type { WeekFacts } from './week-facts.ts'
import {
  namedOnPage,
  type Chapter,
  type Count,
  type Item,
  type Moment,
  type NextWeek,
  type PageHost,
  type PagePost,
  type Person,
  type Said,
  type Voice,
  type WeekPage,
} from './week-page.ts'

/** Tells a week from what stands, in the order of the blocks, without the hidden ones. */
export function tellWeek(facts: WeekFacts, blocks: readonly Tellable[]): WeekPage {
  const { account, week, host, days, events, next } = facts
  const zone = account.timeZone
  const off = hiddenPosts(facts, blocks)
  const tellsNext = blocks.some((block) => block.kind === 'next' && !block.hidden)
  const told = new Map(facts.stories.filter(isTold).map((story) => [sourceOf(story), story]))
  const chapters: Chapter[] = []
  const chapter = (kind: Chapter['kind'], title: string, day: string | null = null) => {
    const begun: Chapter = { kind, title, day, items: [] }
    chapters.push(begun)
    return begun
  }
  const current = () => chapters.at(-1) ?? chapter('day', '')

  for (const block of wordedAnew(facts, blocks)) {
    if (block.hidden) continue
    const heading = block.content.heading ?? ''
    if (block.kind === 'day') chapter('day', heading, block.source.slice('day:'.length))
    else if (block.kind === 'numbers') chapter('numbers', heading).items.push(numbersItem(facts))
    else if (block.kind === 'people' && facts.theirs.length > 0)
      chapter('people', heading).items.push(peopleItem(facts))
    else if (block.kind === 'text') {
      // In a day it is a remark to that day; after the days a headed text is a chapter of its own.
      const ownChapter = heading !== '' && current().kind !== 'day'
      const item: Item = {
        kind: 'text',
        heading: ownChapter ? '' : heading,
        writer: block.content.writer ?? '',
        html: renderMarkdown(block.content.text ?? ''),
      }
      ;(ownChapter ? chapter('text', heading) : current()).items.push(item)
    } else {
      const story = told.get(block.source)
      if (story) current().items.push(storyItem(facts, story))
    }
  }

  return {
    format: 1,
    account: { id: account.id, handle: account.handle, name: account.name, zone },
    slot: week.slot,
    theme: week.theme,
    why: week.why,
    host: host ? pageHost(host) : null,
    posts: facts.own.length,
    days: days.map((day) => ({
      day,
      posts: facts.own.filter((post) => !off.has(post) && facts.dayOfPost(post) === day).length,
      plan: events.find((event) => dayOf(event.startsAt, zone) === day)?.name ?? null,
    })),
    events: events.map(({ name, place, hashtag, startsAt, endsAt }) => ({
      name,
      place,
      hashtag,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
    })),
    chapters: namedOnPage(chapters.filter(({ items }) => items.length > 0)),
    next: next?.host && tellsNext ? nextWeek({ week: next.week, host: next.host }, zone) : null,
  }
}

function storyItem(facts: WeekFacts, story: Story): Item {
  const [first] = story.parts
  if (first!.kind !== 'own') return { kind: 'mention', voice: voiceOf(facts, first!) }
  const post: PagePost = {
    id: first!.networkId,
    at: momentOf(first!.createdAt, facts.account.timeZone),
    parts: story.parts.map((part) => ({
      id: part.networkId,
      said: saidOf(part),
      pictures: part.images.flatMap(({ hash, alt }) => {
        const size = facts.pictures.get(hash ?? '')
        if (!hash || !size) return []
        const { width, height, mediaType } = size
        return [{ hash, alt, width, height, ...(mediaType === 'image/gif' && { moves: true as const }) }]
      }),
    })),
    replies: first!.numbers.replies,
    likes: first!.numbers.likes,
    edited: story.parts.some((part) => part.edited),
    voices: chosenOf(story).map((voice) => voiceOf(facts, voice)),
  }
  return { kind: 'post', post }
}

function voiceOf({ account, host }: WeekFacts, post: Post): Voice {
  const said = saidOf(post)
  const own = post.kind === 'own'
  const byHost = own && host !== undefined && said.signOff !== '' && said.signOff === host.signOff
  return {
    id: post.networkId,
    answers: post.replyTo,
    own,
    name: own ? (byHost ? `${host.name}, for ${account.name}` : account.name) : post.authorName,
    handle: own ? account.handle : post.authorHandle,
    portraitHash: own ? (byHost ? host.portraitHash : account.avatarHash) : null,
    at: momentOf(post.createdAt, account.timeZone),
    said,
    pictures: post.images.length,
    edited: post.edited,
  }
}

/** `^RE` at the very end, as hosts sign. */
const SIGN_OFF = /\s(\^[\p{L}\p{N}]{1,6})$/u

export function saidOf(post: Pick<Post, 'text' | 'links' | 'lang'>): Said {
  const signed = SIGN_OFF.exec(post.text)
  const text = signed ? post.text.slice(0, signed.index) : post.text
  return { words: wordsOf({ text, links: post.links }), signOff: signed?.[1] ?? '', lang: post.lang }
}

/** What the network does not give is left out. */
function numbersItem(facts: WeekFacts): Item {
  const zone = facts.account.timeZone
  const replies = facts.theirs.filter((post) => post.kind === 'reply')
  const seen = facts.own.filter((post) => post.numbers.impressions !== null)
  const numbers: Count[] = [{ what: 'posts', count: facts.own.length }]
  if (replies.length > 0) {
    numbers.push({ what: 'replies', count: replies.length })
    numbers.push({ what: 'people', count: new Set(replies.map((post) => post.authorNetworkId)).size })
  }
  if (seen.length > 0) {
    numbers.push({ what: 'seen', count: seen.reduce((sum, post) => sum + post.numbers.impressions!, 0) })
  }
  const oldest = seen.map((post) => post.numbersReadAt).filter((at) => at !== null)
  const seenReadAt = oldest.toSorted((one, other) => one.getTime() - other.getTime())[0]
  return {
    kind: 'numbers',
    numbers,
    readAt: facts.listenedAt && momentOf(facts.listenedAt, zone),
    seenReadAt: seenReadAt ? momentOf(seenReadAt, zone) : null,
  }
}

/** Strangers are named only where one of their posts was chosen; the others are counted. */
function peopleItem({ theirs, stories }: WeekFacts): Item {
  const onPage = new Set(
    stories
      .filter(isTold)
      .flatMap((story) => [...story.parts, ...chosenOf(story)])
      .filter((post) => post.kind !== 'own')
      .map((post) => post.networkId),
  )
  const named = new Map<string, Person>()
  for (const post of theirs.filter(({ networkId }) => onPage.has(networkId))) {
    const person = named.get(post.authorNetworkId)
    if (person) person.ids.push(post.networkId)
    else
      named.set(post.authorNetworkId, {
        name: post.authorName,
        handle: post.authorHandle,
        ids: [post.networkId],
      })
  }
  const total = new Set(theirs.map((post) => post.authorNetworkId)).size
  return { kind: 'people', named: [...named.values()], total }
}

export function nextWeek({ week, host }: { week: Week; host: WeekHost }, zone: string): NextWeek {
  const days = weekDays(week, zone)
  const { slot, theme, why } = week
  return { slot, first: days[0]!, last: days.at(-1)!, theme, why, host: pageHost(host) }
}

function pageHost({ name, handle, job, organisation, biography, portraitHash }: WeekHost): PageHost {
  return { name, handle, job, organisation, biography, portraitHash }
}

export function momentOf(at: Date, zone: string): Moment {
  return { iso: at.toISOString(), day: dayOf(at, zone), time: timeInWords(at, zone) }
}
