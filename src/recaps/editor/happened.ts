import { machineReadable, weekdayLetter, weekdayName } from '../../calendar.ts'
import { z } from 'zod'
import { pictureModel } from '../../images/pages.ts'
import { shorten } from '../../listening/pages.ts'
import type { Post } from '../../listening/posts.ts'
import { speaksOfHealth } from '../../listening/speaks-of-health.ts'
import { momentOfWeek } from '../block-words.ts'
import { countOf, sourceOf } from '../story/generate.ts'
import { chosenOf, isTold, type Story } from '../story/stories.ts'
import type { KeptBlock } from '../store.ts'
import type { WeekFacts } from '../story/week-facts.ts'

const KINDS = ['posts', 'replies', 'mentions', 'pictures'] as const
const PAGE = 30
const SUGGESTED = 3

/** What of all that happened is looked for; in addresses and forms alike. */
export interface Wanted {
  find: string
  days: string[]
  kind: (typeof KINDS)[number] | ''
  person: string
  hashtag: string
  unused: boolean
  /** So many are listed. */
  most: number
}

const text = z.string().trim().max(200).catch('')
const wantedForm = z.object({
  find: text,
  day: z
    .union([z.string(), z.array(z.string())])
    .transform((days) => [days].flat().filter((day) => /^\d{4}-\d\d-\d\d$/.test(day)))
    .catch([]),
  kind: z.enum(KINDS).or(z.literal('')).catch(''),
  person: text,
  hashtag: text,
  unused: z.string().optional().catch(undefined),
  filtered: z.string().optional().catch(undefined),
  most: z.coerce.number().int().min(PAGE).max(3000).catch(PAGE),
  /** The button below the list. */
  more: z.coerce.number().int().min(PAGE).max(3000).optional().catch(undefined),
})

/** Before somebody asked: what is not used yet. */
export function readWanted(sent: unknown): Wanted {
  const { day: days, unused, filtered, more, most, ...rest } = wantedForm.parse(sent ?? {})
  return { ...rest, most: more ?? most, days, unused: filtered === undefined || unused !== undefined }
}

/** For an address; empty where nothing was asked for. */
export function wantedQuery({ find, days, kind, person, hashtag, unused, most }: Wanted): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ find, kind, person, hashtag }))
    if (value) query.set(name, value)
  for (const day of days) query.append('day', day)
  if (most > PAGE) query.set('most', String(most))
  if (!unused || query.size > 0) query.set('filtered', 'yes')
  if (unused && query.size > 0) query.set('unused', 'yes')
  return query.size > 0 ? `?${query}` : ''
}

interface Happened {
  kind: Exclude<Wanted['kind'], ''>
  key: string
  post: Post
  more: number
  day: string
  /** Where in the story it is shown; null where it is not. */
  used: string | null
  /** What putting it in does. */
  act: { name: string; value: string; action: string; label: string } | null
  likes: number
  answered: boolean
  answers: Post | undefined
  picture: { hash: string; alt: string } | null
}

/** The model of "all that happened": what was said and shown in the week, found by day, person, hashtag, kind and words. */
export function happenedView(
  { facts, blocks }: { facts: WeekFacts; blocks: readonly KeptBlock[] },
  wanted: Wanted,
  {
    self,
    mayChoose,
    mayRead,
    mayWrite,
  }: { self: string; mayChoose: boolean; mayRead: boolean; mayWrite: boolean },
) {
  const zone = facts.account.timeZone
  const all = happenedIn(facts, blocks, { self, mayChoose, mayRead, mayWrite })
  const found = all.filter((one) => isWanted(one, wanted))
  const suggested = mayChoose ? suggestedOf(found) : []
  const rest = found.filter((one) => !suggested.includes(one))
  const listed = rest.slice(0, wanted.most)
  const view = (one: Happened) => foundView(one, facts, zone)
  const people = new Map(
    all.map(({ post }) => [post.authorHandle, post.authorName || `@${post.authorHandle}`]),
  )
  const hashtags = new Set(all.flatMap(({ post }) => hashtagsOf(post.text)))
  const pick = (value: string, label: string, chosen: string) => ({
    value,
    label,
    selected: value === chosen,
  })
  return {
    counted: `${countOf(found.length, 'thing')} of ${all.length}`,
    find: wanted.find,
    unused: wanted.unused,
    days: facts.days.map((day) => ({
      day,
      name: weekdayName(day),
      letter: weekdayLetter(day),
      checked: wanted.days.includes(day),
    })),
    kinds: [
      pick('', 'Any kind', wanted.kind),
      pick('posts', 'Posts', wanted.kind),
      pick('replies', 'Replies', wanted.kind),
      pick('mentions', 'Mentions', wanted.kind),
      pick('pictures', 'Pictures', wanted.kind),
    ],
    people: [
      pick('', 'Anybody', wanted.person),
      ...[...people]
        .filter(([handle]) => handle !== '')
        .toSorted(([, one], [, other]) => one.localeCompare(other))
        .map(([handle, name]) => pick(handle, name, wanted.person)),
    ],
    hashtags: [
      pick('', 'Any', wanted.hashtag),
      ...[...hashtags].toSorted().map((tag) => pick(tag, tag, wanted.hashtag)),
    ],
    suggested: suggested.map(view),
    found: listed.filter(({ kind }) => kind !== 'pictures').map(view),
    pictures: listed.filter(({ kind }) => kind === 'pictures').map(view),
    more: rest.length > listed.length ? wanted.most + PAGE : null,
    most: wanted.most > PAGE ? wanted.most : null,
    nothing: found.length === 0,
  }
}

function happenedIn(
  facts: WeekFacts,
  blocks: readonly KeptBlock[],
  {
    self,
    mayChoose,
    mayRead,
    mayWrite,
  }: { self: string; mayChoose: boolean; mayRead: boolean; mayWrite: boolean },
): Happened[] {
  const bySource = new Map(blocks.map((block) => [block.source, block]))
  const shown = new Set<string>()
  const happened = facts.stories.flatMap((story): Happened[] => {
    const block = bySource.get(sourceOf(story))
    const onPage = isTold(story) && block && !block.hidden ? `#block-${block.id}` : null
    const [first] = story.parts
    if (onPage) for (const { hash } of story.parts.flatMap(({ images }) => images)) if (hash) shown.add(hash)
    const showAgain = mayWrite &&
      block?.hidden && {
        name: 'hidden',
        value: 'no',
        action: `${self}/blocks/${block.id}/visibility`,
        label: 'Show it again',
      }
    const replies = story.conversation.filter((post) => post.kind !== 'own')
    const chosen = new Set(chosenOf(story))
    return [
      ...(first!.leftPage === null && (isTold(story) || mayRead)
        ? [
            {
              ...aboutPost(facts, story, first!),
              kind: first!.kind === 'own' ? ('posts' as const) : ('mentions' as const),
              more: story.parts.length - 1,
              used: onPage,
              act: onPage ? null : showAgain || (isTold(story) || !mayChoose ? null : choosing(self, first!)),
            },
          ]
        : []),
      ...replies
        .filter((post) => post.leftPage === null && (chosen.has(post) || mayRead))
        .map((post) => ({
          ...aboutPost(facts, story, post),
          kind: 'replies' as const,
          more: 0,
          used: chosen.has(post) ? onPage : null,
          act: chosen.has(post) ? null : mayChoose ? choosing(self, post) : null,
        })),
    ]
  })
  const pictures = facts.own.flatMap((post) =>
    post.images.flatMap(({ hash, alt }) => (hash && facts.pictures.has(hash) ? [{ hash, alt, post }] : [])),
  )
  const once = new Map(pictures.toReversed().map((one) => [one.hash, one]))
  return [
    ...happened,
    ...[...once.values()].toReversed().map(({ hash, alt, post }): Happened => {
      const own = blocks.find(
        ({ kind, content }) => kind === 'picture' && 'hash' in content && content.hash === hash,
      )
      const story = facts.stories.find(({ parts }) => parts.includes(post))
      const block = own ?? (story && bySource.get(sourceOf(story)))
      return {
        ...aboutPost(facts, story, post),
        kind: 'pictures',
        key: `picture-${hash.slice(0, 12)}`,
        more: 0,
        used: block && (own || shown.has(hash)) ? `#block-${block.id}` : null,
        act:
          own || !mayWrite
            ? null
            : { name: 'picture', value: hash, action: `${self}/pictures`, label: 'Put it in' },
        picture: { hash, alt },
      }
    }),
  ]
}

function choosing(self: string, { id }: Post): Happened['act'] {
  return { name: 'choose', value: id, action: `${self}/choices`, label: 'Choose' }
}

function aboutPost(facts: WeekFacts, story: Story | undefined, post: Post) {
  const parent = [...(story?.parts ?? []), ...(story?.conversation ?? [])].find(
    ({ networkId }) => networkId === post.replyTo,
  )
  return {
    key: `post-${post.networkId}`,
    post,
    day: facts.dayOfPost(post),
    likes: post.numbers.likes ?? 0,
    answered: (story?.conversation ?? []).some(
      ({ kind, replyTo }) => kind === 'own' && replyTo === post.networkId,
    ),
    answers: parent,
    picture: null,
  }
}

function isWanted(one: Happened, { find, days, kind, person, hashtag, unused }: Wanted): boolean {
  const { post } = one
  if (unused && one.used !== null) return false
  if (kind !== '' && one.kind !== kind) return false
  if (days.length > 0 && !days.includes(one.day)) return false
  if (person !== '' && post.authorHandle !== person) return false
  if (hashtag !== '' && !hashtagsOf(post.text).includes(hashtag.toLowerCase())) return false
  const words =
    `${post.text} ${post.authorName} @${post.authorHandle} ${one.picture?.alt ?? ''}`.toLowerCase()
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => words.includes(word))
}

function hashtagsOf(said: string): string[] {
  return [...said.matchAll(/[#＃][\p{L}\p{M}\p{N}_]+/gu)].map(([tag]) => tag.toLowerCase())
}

/**
 * Only a suggestion: what the account answered, and what was liked most. Who tells of their own health is suggested to nobody, however
 * often that was liked: it is found in the list, and says that they are to be asked first.
 */
function suggestedOf(found: readonly Happened[]): Happened[] {
  const worth = ({ answered, likes }: Happened) => (answered ? 1_000_000 : 0) + likes
  return found
    .filter(
      ({ kind, used, act, answered, likes, post }) =>
        kind === 'replies' && !used && act && (answered || likes > 0) && !speaksOfHealth(post.text),
    )
    .toSorted((one, other) => worth(other) - worth(one))
    .slice(0, SUGGESTED)
}

function foundView(one: Happened, { pictures }: WeekFacts, zone: string) {
  const { post, used, act, picture } = one
  const name = post.kind === 'own' ? 'The account' : post.authorName || `@${post.authorHandle}`
  const when = momentOfWeek(post.createdAt, zone)
  const whose = picture ? picture.alt || `the picture of ${when}` : `${name}, ${when}`
  const why = [
    one.answers ? `Answers ${momentOfWeek(one.answers.createdAt, zone)}` : '',
    one.answered ? 'the account answered it' : '',
    post.kind !== 'own' && one.likes > 0 ? `liked ${countOf(one.likes, 'time')}` : '',
    one.more > 0 ? `and ${countOf(one.more, 'part')} more` : '',
  ].filter(Boolean)
  return {
    key: one.key,
    name,
    handle: post.kind === 'own' ? null : `@${post.authorHandle}`,
    time: { iso: machineReadable(post.createdAt), label: when },
    text: shorten(post.text, 220),
    lang: post.lang,
    why: why.join(', '),
    health: post.kind !== 'own' && picture === null && speaksOfHealth(post.text),
    used: used && { href: used, label: `In the story: ${whose}` },
    act: act && { ...act, aria: `${act.label}: ${whose}` },
    image: picture && {
      ...pictureModel(picture.hash, pictures.get(picture.hash)),
      ...sizeOf(pictures.get(picture.hash)),
      alt: picture.alt,
    },
  }
}

function sizeOf(picture: { width: number; height: number } | undefined) {
  return { width: picture?.width ?? 0, height: picture?.height ?? 0 }
}
