import type { Account } from '../../accounts/accounts.ts'
import { askHrefOf } from '../../accounts/asking.ts'
import { dayOf } from '../../calendar.ts'
import type { Post } from '../../listening/posts.ts'
import { handlesIn, wordsOf } from '../../listening/words.ts'
import { weekDays } from '../../rota/week.ts'
import type { Week, WeekHost } from '../../rota/weeks.ts'
import { renderMarkdown } from '../../web/markdown.ts'
import { bestReceived } from './best-received.ts'
import { isWritten, type BlockOf, type Wording } from '../block.ts'
import { daySummary } from '../numbers/counts.ts'
import { pagePicture, picturesOfWeek } from './gallery.ts'
import { hiddenPosts, sourceOf, wordedAnew, type Tellable } from './generate.ts'
import { liveRuns, type LiveRun } from './live-runs.ts'
import { momentOf } from '../numbers/moment.ts'
import { sharedLinks } from './shared-links.ts'
import { asks, chosenOf, isTold, repliesTo, toldPosts, type Story } from './stories.ts'
import { countWeek } from '../numbers/week-numbers.ts'
import { weekWords } from './week-words.ts'
import type { WeekFacts } from './week-facts.ts'
import {
  settled,
  withoutWords,
  type Chapter,
  type Counted,
  type Item,
  type NextWeek,
  type PageHost,
  type PagePost,
  type Person,
  type Said,
  type SaidItem,
  type SpokenOf,
  type Voice,
  type WeekPage,
} from '../week-page.ts'

/** Tells a week from what stands, in the order of the blocks, without the hidden ones. */
export function tellWeek(facts: WeekFacts, blocks: readonly Tellable[]): WeekPage {
  const { account, week, host, days, events, next } = facts
  const zone = account.timeZone
  const off = hiddenPosts(facts, blocks)
  const tellsNext = blocks.some((block) => block.kind === 'next' && !block.hidden)
  return {
    format: 2,
    account: { id: account.id, handle: account.handle, name: account.name, zone },
    slot: week.slot,
    theme: week.theme,
    why: week.why,
    host: host ? pageHost(host) : null,
    ...(host && facts.earlier.length > 0
      ? {
          earlier: facts.earlier.map(({ host: { name, job, organisation }, until }) => ({
            name,
            job,
            organisation,
            until: dayOf(until, zone),
          })),
        }
      : {}),
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
    chapters: settled(new Telling(facts, off).chapters(wordedAnew(facts, blocks))),
    next: next?.host && tellsNext ? nextWeek({ week: next.week, host: next.host }, zone) : null,
  }
}

/** One telling of a story: where it has come to, and what of the week it may show. */
class Telling {
  readonly #facts: WeekFacts
  readonly #off: ReadonlySet<Post>
  /** What is told, by the source of its block. */
  readonly #stories: Map<string, Story>
  readonly #runs: LiveRun[]
  /** All that the page may show, in time. */
  readonly #shown: Post[]
  readonly #chapters: Chapter[] = []

  constructor(facts: WeekFacts, off: ReadonlySet<Post>) {
    this.#facts = facts
    this.#off = off
    const told = facts.stories.filter((story) => isTold(story) && !off.has(story.parts[0]!))
    this.#stories = new Map(told.map((story) => [sourceOf(story), story]))
    this.#runs = liveRuns(facts)
    this.#shown = told.flatMap(toldPosts)
  }

  chapters(blocks: readonly Tellable[]): Chapter[] {
    let run: LiveRun | undefined
    for (const block of blocks) {
      if (block.hidden || block.away) continue
      const story = this.#stories.get(block.source)
      if (story && run?.members.includes(story)) this.#intoRun(run, story)
      else if (block.kind === 'live')
        run = this.#runs.find(({ event }) => block.source === `live:${event.id}`)
      else {
        if (!isWritten(block)) run = undefined
        this.#tell(block, story)
      }
    }
    return this.#chapters
  }

  /** What follows the heading of an event and is of it stands in its run; what was moved elsewhere stands there. */
  #intoRun({ event, startsAt, endsAt }: LiveRun, story: Story): void {
    const zone = this.#facts.account.timeZone
    const { items } = this.#current()
    const last = items.at(-1)
    const item = storyItem(this.#facts, story)
    if (last?.kind === 'live' && last.id === event.id) last.items.push(item)
    else {
      const times = { startsAt: momentOf(startsAt, zone), endsAt: momentOf(endsAt, zone) }
      items.push({
        kind: 'live',
        id: event.id,
        name: event.name,
        place: event.place,
        ...times,
        items: [item],
      })
    }
  }

  #tell(block: Tellable, story: Story | undefined): void {
    const heading = block.content.heading ?? ''
    const without = new Set(block.choices?.without)
    switch (block.kind) {
      case 'opening':
      case 'next':
      case 'live':
        return
      case 'day':
        this.#begin('day', heading, block.source.slice('day:'.length))
        return
      case 'post':
      case 'thread':
      case 'conversation':
      case 'question':
        if (story) this.#current().items.push(storyItem(this.#facts, story))
        return
      case 'numbers':
        this.#own('numbers', heading, { kind: 'numbers', ...countedOf(this.#facts) })
        return
      case 'best': {
        const best = bestReceived([...this.#stories.values()], block.choices?.shows)
        if (best) this.#own('best', heading, bestItem(this.#facts, best))
        return
      }
      case 'gallery':
        this.#own('gallery', heading, {
          kind: 'gallery',
          pictures: picturesOfWeek(this.#shown, this.#facts.pictures, without),
        })
        return
      case 'words':
        this.#own('words', heading, {
          kind: 'words',
          words: weekWords(this.#shown, this.#facts.account, this.#facts.events, without),
        })
        return
      case 'links':
        this.#own('links', heading, {
          kind: 'links',
          links: sharedLinks(this.#shown, without).map((link) => {
            const page = this.#facts.linkPages.get(link.href)
            return { ...link, title: link.title ?? page?.title ?? null, site: page?.site ?? null }
          }),
        })
        return
      case 'people':
        if (this.#facts.theirs.length > 0) this.#own('people', heading, peopleItem(this.#facts, this.#shown))
        return
      case 'join':
        this.#own('join', heading, {
          kind: 'join',
          html: renderMarkdown(
            withTheForm(block.content.text ?? this.#facts.account.texts.takePart, this.#facts.account),
          ),
        })
        return
      case 'reflection':
        // Whatever an older state of the story says: what was approved last.
        this.#own(
          'reflection',
          heading,
          textItem({
            ...block.content,
            text: this.#facts.reflections.get(block.source) ?? block.content.text,
            heading: '',
          }),
        )
        return
      case 'text': {
        // In a day it is a remark to that day; after the days a headed text is a chapter of its own.
        if (heading !== '' && this.#current().kind !== 'day')
          this.#own('text', heading, textItem({ ...block.content, heading: '' }))
        else this.#current().items.push(textItem(block.content))
        return
      }
      case 'heading':
        this.#current().items.push({ kind: 'heading', heading })
        return
      case 'picture': {
        const { hash, alt, width, height, text = '' } = block.content
        this.#current().items.push({ kind: 'picture', picture: { hash, alt, width, height }, caption: text })
        return
      }
      case 'quote': {
        const { text = '', by, postId } = block.content
        this.#current().items.push({ kind: 'quote', text, by, postId })
        return
      }
      case 'brought':
        this.#current().items.push(broughtItem(block.content.post, this.#facts.account.timeZone))
    }
  }

  #begin(kind: Chapter['kind'], title: string, day: string | null = null): Chapter {
    const line = day === null ? null : daySummary(this.#facts, { day, title, off: this.#off })
    const begun: Chapter = { kind, title, day, line, items: [] }
    this.#chapters.push(begun)
    return begun
  }

  #own(kind: Chapter['kind'], title: string, item: Item): void {
    this.#begin(kind, title).items.push(item)
  }

  #current(): Chapter {
    return this.#chapters.at(-1) ?? this.#begin('day', '')
  }
}

function textItem({ heading = '', writer = '', text = '' }: Wording): Item {
  return { kind: 'text', heading, writer, html: renderMarkdown(text) }
}

function storyItem(facts: WeekFacts, story: Story): SaidItem {
  const [first] = story.parts
  if (first!.kind === 'own') return { kind: 'post', post: postOf(facts, story) }
  const answers = chosenOf(story).map((post) => voiceOf(facts, post))
  return { kind: 'mention', voice: voiceOf(facts, first!), answers, question: asks(story) }
}

function postOf(facts: WeekFacts, story: Story): PagePost {
  const [first] = story.parts
  return {
    id: first!.networkId,
    at: momentOf(first!.createdAt, facts.account.timeZone),
    parts: story.parts.map((part) => ({
      id: part.networkId,
      said: saidOf(part),
      pictures: part.images.flatMap((image) => pagePicture(image, facts.pictures)),
    })),
    replies: repliesTo(story),
    likes: first!.numbers.likes,
    edited: story.parts.some((part) => part.edited),
    voices: chosenOf(story).map((voice) => voiceOf(facts, voice)),
    question: asks(story),
  }
}

function bestItem({ account }: WeekFacts, story: Story): Item {
  const [first] = story.parts
  return {
    kind: 'best',
    post: {
      id: first!.networkId,
      at: momentOf(first!.createdAt, account.timeZone),
      said: saidOf(first!),
      likes: first!.numbers.likes ?? 0,
      replies: repliesTo(story),
    },
  }
}

function broughtItem(post: BlockOf<'brought'>['content']['post'], zone: string): Item {
  const voice: Voice = {
    id: post.networkId,
    answers: null,
    own: false,
    name: post.authorName,
    handle: post.authorHandle,
    portraitHash: null,
    at: momentOf(new Date(post.createdAt), zone),
    said: saidOf(post),
    pictures: post.pictures,
    edited: false,
  }
  return { kind: 'brought', voice, readAt: post.readAt }
}

function voiceOf({ account, host }: WeekFacts, post: Post): Voice {
  const said = saidOf(post)
  const own = post.kind === 'own'
  const byHost = own && host !== null && said.signOff !== '' && said.signOff === host.signOff
  const voice: Voice = {
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
  return post.leftPage === null ? voice : withoutWords(voice, post.leftPage)
}

/** `^RE` at the very end, as hosts sign. */
const SIGN_OFF = /\s(\^[\p{L}\p{N}]{1,6})$/u

export function saidOf(post: Pick<Post, 'text' | 'links' | 'lang'>): Said {
  const signed = SIGN_OFF.exec(post.text)
  const text = signed ? post.text.slice(0, signed.index) : post.text
  return { words: wordsOf({ text, links: post.links }), signOff: signed?.[1] ?? '', lang: post.lang }
}

/**
 * Strangers are named only where one of their posts is on the page, those who said most first; the others are counted. Of
 * handles, those that the account's own posts name.
 */
function peopleItem({ theirs, account }: WeekFacts, shown: readonly Post[]): Item {
  const posts = new Map<string, number>()
  for (const { authorNetworkId: id } of theirs) posts.set(id, (posts.get(id) ?? 0) + 1)
  const named = new Map<string, Person & { posts: number }>()
  const spokenOf = new Map<string, SpokenOf>()
  for (const post of shown) {
    if (post.kind === 'own') {
      for (const handle of handlesIn(post.text)) {
        const key = handle.toLowerCase()
        if (key === account.handle.toLowerCase()) continue
        const known = spokenOf.get(key) ?? { handle, postIds: [] }
        spokenOf.set(key, known)
        known.postIds.push(post.networkId)
      }
      continue
    }
    const { authorNetworkId: id, authorName: name, authorHandle: handle } = post
    const person = named.get(id) ?? { name, handle, ids: [], posts: posts.get(id) ?? 1 }
    named.set(id, person)
    person.ids.push(post.networkId)
  }
  return {
    kind: 'people',
    named: [...named.values()].toSorted((one, other) => other.posts - one.posts),
    total: posts.size,
    spokenOf: [...spokenOf.values()].toSorted((one, other) => other.postIds.length - one.postIds.length),
  }
}

export function nextWeek({ week, host }: { week: Week; host: WeekHost }, zone: string): NextWeek {
  const days = weekDays(week, zone)
  const { slot, theme, why } = week
  return { slot, first: days[0]!, last: days.at(-1)!, theme, why, host: pageHost(host) }
}

function pageHost({ name, handle, job, organisation, biography, portraitHash }: WeekHost): PageHost {
  return { name, handle, job, organisation, biography, portraitHash }
}

/** Counted now, as long as that may change. */
function countedOf(facts: WeekFacts): Counted {
  const { kept } = facts
  if (kept?.finalAt) return kept.counted
  return { ...countWeek(facts, []), usual: kept?.counted.usual ?? null }
}

/** How to take part ends with the way to the form, where there is one. */
function withTheForm(markdown: string, account: Account): string {
  const href = askHrefOf(account)
  return href
    ? `${markdown}\n\n[Ask for a week](${href}), or [suggest somebody](/@${account.handle}/suggestion).`
    : markdown
}
