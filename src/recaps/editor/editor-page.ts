import { daysInWords, machineReadable, momentInWords, monthName, weekdayName } from '../../calendar.ts'
import { findingCheck } from '../../drafts/checks/finding-check.ts'
import { pictureModel } from '../../images/pages.ts'
import { shorten } from '../../listening/pages.ts'
import type { Post } from '../../listening/posts.ts'
import { speaksOfHealth } from '../../listening/speaks-of-health.ts'
import { initialsOf } from '../../listening/words.ts'
import { errorSummary } from '../../web/forms.ts'
import { countOf, sourceOf } from '../story/generate.ts'
import { openInStory, type StoryChecks } from './check-story.ts'
import { happenedView, type Wanted } from './happened.ts'
import { LEFT, numberWords } from '../item-views.ts'
import { saidView } from '../page-words.ts'
import { describeBlock, kindLabel, momentOfWeek } from '../block-words.ts'
import { weekPageTitle } from '../pages.ts'
import { cardFrame } from '../recap-card.ts'
import { isWritten, type BlockKind } from '../block.ts'
import { LONGEST_WAIT, PAUSED_AFTER, publishesItself } from '../publish-by-itself.ts'
import { HEADED_KINDS, isMovable, mayChangeBlock, type RecapPowers } from '../recap.ts'
import { chosenOf, isTold, type Story } from '../story/stories.ts'
import type { KeptBlock, Recap } from '../store.ts'
import { saidOf } from '../story/tell-week.ts'
import type { StepTold } from '../history/revisions.ts'
import { revisionWords } from '../history/revision-words.ts'
import { WORDED, type StoryWords, type Worded, type Words } from './story-words.ts'
import type { WeekFacts } from '../story/week-facts.ts'
import type { Item, PagePost, SaidItem, WeekPage } from '../week-page.ts'
import type { Actor } from '../../people/person.ts'
import { inLetters } from '../../words.ts'

export interface Editing {
  facts: WeekFacts
  /** Undefined before the story was put together. */
  recap: Recap | undefined
  blocks: KeptBlock[]
  /** As the story would be told now. */
  page: WeekPage
  /** As it stands published. */
  published: WeekPage | undefined
  powers: RecapPowers
  /** What undoing and redoing would do next. */
  steps: { undo: StepTold | null; redo: StepTold | null }
  checks: StoryChecks
  mayChoose: boolean
  /** They may read also what nobody chose. */
  mayRead: boolean
}

/** What somebody typed into the story's page that was refused, to be shown there again. */
export interface Typed {
  words: StoryWords
  /** By the fields' ids. */
  errors: Record<string, string>
}

/** The story with what may be done to each piece of it. */
export function editorPage(
  { facts, recap, blocks, page, published, powers, steps, checks, mayChoose, mayRead }: Editing,
  {
    actor,
    now,
    sandbox,
    publicUrl,
    formIds,
    wanted,
    typed,
  }: {
    actor: Actor
    now: Date
    sandbox: boolean
    publicUrl: string
    formIds: () => string
    /** What of all that happened they look for. */
    wanted: Wanted
    typed?: Typed
  },
) {
  const { account, week, host, days } = facts
  const zone = account.timeZone
  const self = `/weeks/${week.id}/recap`
  const over = week.state === 'closed'
  const stories = new Map(facts.stories.filter(isTold).map((story) => [sourceOf(story), story]))
  const when = (at: Date) => ({ iso: machineReadable(at), label: momentInWords(at, now, zone) })
  const title = host ? `The story of ${host.name}’s week` : 'The story of the week'
  const common = {
    title,
    page: 'editing',
    week: { href: `/weeks/${week.id}`, name: week.theme || daysInWords(days[0]!, days.at(-1)!) },
    self,
    personId: actor.personId,
    publicHref: `/@${account.handle}/weeks/${week.slot}`,
    conversationHref: mayRead ? `/weeks/${week.id}/conversation` : null,
    version: recap?.version ?? 0,
    edition: recap?.edition ?? 0,
    powers,
  }
  if (!recap) {
    return {
      ...common,
      none: {
        title: 'Not put together yet',
        text:
          now < week.opensAt
            ? `The week opens ${momentInWords(week.opensAt, now, zone)}. When it is over its story is put together by itself.`
            : `The story is put together by itself when the week closes, ${momentInWords(week.closesAt, now, zone)}. You can begin now and write along; what is posted later comes to its place.`,
        mayBegin: powers.write && now >= week.opensAt && week.kind === 'hosted',
      },
    }
  }

  const blockView = (block: KeptBlock) => {
    const story = stories.get(block.source)
    const typedBehind = typed?.words.written.find((one) => one.after === block.id)
    const errors = typed?.errors ?? {}
    const may = mayChangeBlock(actor, week, block)
    return {
      id: block.id,
      source: block.source,
      self: `${self}/blocks/${block.id}`,
      headingId: `heading-${block.id}`,
      headingName: `heading.${block.id}`,
      textId: `text-${block.id}`,
      textName: `text.${block.id}`,
      kindLabel: kindLabel(block, story, zone),
      describe: describeBlock(block, story, zone),
      hidden: block.hidden,
      hiddenWords: block.hidden ? shorten(wordsOfBlock(block, story), 60) : null,
      said: story && saidBlock(story, facts, { mayChoose, mayRead, sandbox, back: self }),
      checks: (checks.findings.get(block.id) ?? []).map((finding) =>
        findingCheck(finding, checks.context, { mayAnswer: powers.write }),
      ),
      heading: headingForm(block, may, typed),
      text: textForm(block, may, typed),
      ...itemWords(block, page),
      arrange: powers.write && isMovable(block),
      mayHide: powers.write && block.kind !== 'opening',
      pinned: block.pinned,
      write: powers.write
        ? {
            id: typedBehind?.id ?? formIds(),
            idName: `new-id.${block.id}`,
            headingId: `new-heading-${block.id}`,
            headingName: `new-heading.${block.id}`,
            textId: `new-text-${block.id}`,
            textName: `new-text.${block.id}`,
            open: typedBehind !== undefined,
            heading: typedBehind?.heading ?? '',
            text: typedBehind?.text ?? '',
            error: errors[`new-text-${block.id}`] ?? errors[`new-heading-${block.id}`] ?? null,
          }
        : null,
    }
  }
  const open = powers.publish ? openInStory(checks, blocks) : []
  const words = revisionWords(facts, blocks)
  const step = (told: StepTold | null) =>
    told && { what: words(told), by: told.personId === actor.personId ? null : told.person }
  const sheets = sheetsOf(blocks.filter(({ away }) => !away))
  return {
    ...common,
    happened: happenedView({ facts, blocks }, wanted, { self, mayChoose, mayRead, mayWrite: powers.write }),
    summary: typed ? errorSummary(typed.errors) : null,
    state: {
      tag:
        recap.state === 'published'
          ? {
              state: 'published',
              label: recap.edition === 1 ? 'Published' : `Published, edition ${recap.edition}`,
            }
          : { state: 'draft', label: recap.edition > 0 ? 'Taken back' : 'Not published' },
      generatedAt: when(recap.generatedAt),
      publishedAt: recap.publishedAt && when(recap.publishedAt),
      /** Something of the story is not on the public page yet. */
      ahead: published !== undefined && !tellsTheSame(published, page),
    },
    steps: { undo: step(steps.undo), redo: step(steps.redo) },
    publish: {
      may: powers.publish && over,
      mayTakeBack: powers.publish && recap.state === 'published',
      label: [
        recap.edition > 0 ? 'Publish again' : 'Publish',
        account.brakeAt && 'though the brake is on',
        open.length > 0 && `with ${countOf(open.length, 'open question')}`,
      ]
        .filter(Boolean)
        .join(', '),
      known: open.map(({ mark }) => mark).join(' '),
      open: open.map(({ block, field, title: label }) => ({
        href: `#${field}`,
        label,
        where: describeBlock(block, stories.get(block.source), zone),
      })),
      despiteBrake: account.brakeAt !== null,
      /** Nobody presses a button for it. */
      goesOut: publishesItself(account, week) && (!over || recap.publishBy !== null),
      why:
        whenByItself(facts, recap, now) ??
        (over ? null : `You can publish when the week is over, ${momentInWords(week.closesAt, now, zone)}.`),
    },
    elsewhere: published
      ? {
          html: cardFrame({
            title: weekPageTitle(published),
            address: `${publicUrl}${common.publicHref}`,
          }),
          cardHref: `${common.publicHref}/card`,
        }
      : null,
    nothing:
      facts.own.length === 0
        ? {
            title: 'Nothing to tell yet',
            text: 'As soon as something is posted in this week, it comes here.',
          }
        : null,
    sheets: sheets.map((sheet) => ({
      ...sheetTitle(sheet, facts),
      id: sheet.id,
      count: sheetCount(sheet.blocks),
      head: sheet.head && blockView(sheet.head),
      blocks: sheet.blocks.map(blockView),
    })),
  }
}

/** Each a chapter of its own, behind the last day unless somebody moved it. */
const AFTER_THE_DAYS: readonly BlockKind[] = [
  'numbers',
  'best',
  'gallery',
  'words',
  'links',
  'people',
  'reflection',
  'next',
  'join',
]

interface Sheet {
  id: string
  head: KeptBlock | null
  blocks: KeptBlock[]
}

/** The story day by day, and after the days: as the public page makes its chapters, but with what is hidden. */
function sheetsOf(blocks: readonly KeptBlock[]): Sheet[] {
  const sheets: Sheet[] = []
  let after = false
  for (const block of blocks) {
    if (block.kind === 'opening' || block.kind === 'day') {
      after = false
      const id = block.kind === 'day' ? `day-${block.source.slice('day:'.length)}` : 'opening'
      sheets.push({ id, head: block, blocks: [] })
    } else {
      const ending = AFTER_THE_DAYS.includes(block.kind)
      if (ending && !after) {
        after = true
        sheets.push({ id: 'after', head: null, blocks: [] })
      }
      if (sheets.length === 0) sheets.push({ id: 'before', head: null, blocks: [] })
      sheets.at(-1)!.blocks.push(block)
    }
  }
  return sheets
}

function sheetTitle({ head, blocks }: Sheet, { week, host, days }: WeekFacts) {
  if (head?.kind === 'opening') {
    return {
      portrait: host && {
        ...(host.portraitHash
          ? { src: `/images/${host.portraitHash}` }
          : { initials: initialsOf(host.name) }),
        size: 'small',
      },
      title: week.theme || (host ? `${host.name}’s week` : daysInWords(days[0]!, days.at(-1)!)),
      open: blocks.length > 0,
    }
  }
  if (head) {
    const day = head.source.slice('day:'.length)
    const name = days.includes(day) ? weekdayName(day) : `${weekdayName(day)}, ${monthName(day)}`
    return { number: String(Number(day.slice(8))), title: name, open: true }
  }
  return { number: '+', title: 'After the days', open: true }
}

function sheetCount(blocks: readonly KeptBlock[]): string | null {
  if (blocks.length === 0) return null
  const hidden = blocks.filter((block) => block.hidden).length
  return `${countOf(blocks.length, 'piece')}${hidden > 0 ? `, ${hidden} hidden` : ''}`
}

function wordsOfBlock(block: KeptBlock, story: Story | undefined): string {
  if (story) return wordsOfPost(story.parts[0]!)
  const { text, heading } = block.content
  if (block.kind === 'reflection') return plainWords(text ?? '')
  return (
    text || heading || (block.kind === 'picture' && block.content.alt) || describeBlock(block, story, 'UTC')
  )
}

/** Markdown in one line, without its signs. */
function plainWords(text: string): string {
  return text
    .replaceAll(/^#+ (.*[^?.!])$/gm, '$1:')
    .replaceAll(/^(?:#+|[-*]) /gm, '')
    .replaceAll(/(?<!\\)[*_]+(?=\S)|(?<=\S)(?<!\\)[*_]+/g, '')
    .replaceAll(/\\([^\w\s])/g, '$1')
    .replaceAll(/\s+/g, ' ')
}

function wordsOfPost({ text, leftPage }: Post): string {
  return leftPage === null ? text : LEFT[leftPage]
}

function saidBlock(
  story: Story,
  { account, pictures }: WeekFacts,
  {
    mayChoose,
    mayRead,
    sandbox,
    back,
  }: { mayChoose: boolean; mayRead: boolean; sandbox: boolean; back: string },
) {
  const zone = account.timeZone
  const chosen = chosenOf(story).filter(({ leftPage }) => leftPage === null)
  const onPage = new Set(chosen.map((post) => post.networkId))
  const [first] = story.parts
  const reply = (post: Post) => ({
    anchor: `reply-${post.networkId}`,
    id: post.id,
    back,
    own: post.kind === 'own',
    health: post.kind !== 'own' && post.leftPage === null && speaksOfHealth(post.text),
    mayChoose,
    name: post.authorName || `@${post.authorHandle}`,
    handle: `@${post.authorHandle}`,
    portrait: { initials: initialsOf(post.authorName || post.authorHandle) },
    time: { iso: machineReadable(post.createdAt), label: momentOfWeek(post.createdAt, zone) },
    ...saidView(saidOf(post), { sandbox }),
  })
  const others = story.conversation.filter((post) => post.kind !== 'own' && !onPage.has(post.networkId))
  return {
    mention: first!.kind === 'own' || first!.leftPage !== null ? null : reply(first!),
    parts: story.parts.map((part) =>
      part.leftPage === null
        ? saidView(saidOf(part), { sandbox })
        : { words: [{ text: LEFT[part.leftPage] }] },
    ),
    pictures: story.parts
      .flatMap((part) => part.images)
      .flatMap(({ hash, alt }) => {
        const size = pictures.get(hash ?? '')
        return hash && size
          ? [{ ...pictureModel(hash, size), alt, width: size.width, height: size.height }]
          : []
      }),
    chosen: chosen.map(reply),
    others:
      mayRead && others.length > 0
        ? {
            label: `${countOf(others.length, 'reply', 'replies')} not on the page`,
            replies: others.map(reply),
          }
        : null,
  }
}

function headingForm(block: KeptBlock, may: boolean, typed: Typed | undefined) {
  if (!HEADED_KINDS.includes(block.kind) || isWritten(block)) return null
  const was = block.content.heading ?? ''
  return {
    may,
    label: block.kind === 'day' ? 'Heading of the day' : 'Heading',
    was,
    value: typedInto(typed, block)?.heading ?? was,
    error: typed?.errors[`heading-${block.id}`] ?? null,
  }
}

/** What people wrote or put in, to be changed: which of its words, by its kind. */
function textForm(block: KeptBlock, may: boolean, typed: Typed | undefined) {
  if (!isWritten(block) || block.kind === 'reflection') return null
  const { content } = block
  const [wasHeading, was] = [content.heading ?? '', content.text ?? '']
  const value = typedInto(typed, block)?.text ?? was
  const wordField = (name: 'alt' | 'by', stands: string) => ({
    id: `${name}-${block.id}`,
    name: `${name}.${block.id}`,
    was: stands,
    value: typedInto(typed, block)?.[name] ?? stands,
    error: typed?.errors[`${name}-${block.id}`] ?? null,
  })
  const writer = content.writer ?? 'somebody'
  return {
    may,
    label: TEXT_LABELS[block.kind]?.(writer) ?? `Written by ${writer}`,
    wasHeading,
    heading: typedInto(typed, block)?.heading ?? wasHeading,
    headed: ['text', 'reflection', 'heading'].includes(block.kind),
    headingLabel: block.kind === 'heading' ? `Heading, by ${writer}` : 'Heading, if you want one',
    texted: !['heading', 'brought'].includes(block.kind),
    was,
    value,
    rows: block.kind === 'picture' ? 1 : Math.min(14, 2 + Math.floor(value.length / 70)),
    headingError: typed?.errors[`heading-${block.id}`] ?? null,
    error: typed?.errors[`text-${block.id}`] ?? null,
    by: block.kind === 'quote' ? wordField('by', block.content.by) : null,
    alt: block.kind === 'picture' ? wordField('alt', block.content.alt) : null,
    picture:
      block.kind === 'picture'
        ? {
            src: `/images/${block.content.hash}`,
            alt: block.content.alt,
            width: block.content.width,
            height: block.content.height,
          }
        : null,
    brought:
      block.kind === 'brought'
        ? {
            name: block.content.post.authorName || `@${block.content.post.authorHandle}`,
            handle: `@${block.content.post.authorHandle}`,
            text: block.content.post.text,
            lang: block.content.post.lang,
          }
        : null,
  }
}

const TEXT_LABELS: Partial<Record<BlockKind, (writer: string) => string>> = {
  quote: (writer) => `Quote, put in by ${writer}`,
  picture: (writer) => `Caption, put in by ${writer}`,
  brought: (writer) => `Brought in by ${writer}`,
}

function typedInto(typed: Typed | undefined, block: KeptBlock) {
  return typed?.words.reworded.find((one) => one.blockId === block.id)
}

/** What the pieces say that are gathered from the whole week, in a line. */
function itemWords(block: KeptBlock, page: WeekPage): { words?: { text: string }[]; line?: string } {
  const items = page.chapters.flatMap((chapter) => chapter.items)
  const item = items.find(({ kind }) => kind === block.kind)
  if (block.kind === 'reflection')
    return { words: [{ text: shorten(plainWords(block.content.text ?? ''), 400) }] }
  if (block.kind === 'next') {
    if (page.next)
      return {
        line: `${page.next.host.name}, ${daysInWords(page.next.first, page.next.last)}: ${page.next.theme}`,
      }
    return block.hidden
      ? {}
      : { line: 'No next host is announced yet. Until then, this is left out of the page.' }
  }
  if (!item) {
    return block.kind === 'people' && !block.hidden
      ? { line: 'Nobody has answered yet. Until somebody does, this is left out of the page.' }
      : {}
  }
  switch (item.kind) {
    case 'numbers':
      return { words: numberWords(item.numbers) }
    case 'people': {
      const named = item.named.map((person) => person.name).join(', ')
      const others = item.total - item.named.length
      const counted = others > 0 ? countOf(others, 'other, only counted', 'others, only counted') : ''
      return { line: `${[named, counted].filter(Boolean).join(', and ')}.` }
    }
    case 'best':
      return { words: [...item.post.said.words, { text: ` (${countOf(item.post.likes, 'like')})` }] }
    case 'gallery':
      return { line: `${countOf(item.pictures.length, 'picture')} of the week’s posts.` }
    case 'words':
      return { line: item.words.map(({ text, postIds }) => `${text} ${postIds.length}`).join(', ') }
    case 'links':
      return { line: item.links.map(({ title, display }) => title ?? display).join(', ') }
    case 'join':
      return {
        line: 'What the account says to people who would like to host. It is changed in its settings.',
      }
    default:
      return {}
  }
}

/** Where the account's policy publishes the story: when, and what goes out then, or why it did not. */
function whenByItself({ account, week }: WeekFacts, recap: Recap, now: Date): string | null {
  if (!account.policy.publishRecap || week.announcedAt === null) return null
  if (account.brakeAt)
    return 'The brake is on: nothing of this publishes itself. A lead can publish it on purpose.'
  const zone = account.timeZone
  if (recap.publishBy)
    return `This publishes itself as soon as nobody has changed it for ${minutes(PAUSED_AFTER)}, ${momentInWords(recap.publishBy, now, zone)} at the latest. What stands here then goes out.`
  if (week.state !== 'closed')
    return `This publishes itself when the week closes, ${momentInWords(week.closesAt, now, zone)}: what stands here then goes out. While somebody is changing it, it waits until they have paused for ${minutes(PAUSED_AFTER)}, and ${minutes(LONGEST_WAIT)} at most.`
  if (recap.state === 'published' && recap.publishedBy === null)
    return `This published itself. When posts or chosen replies come or go it does so again, with what stands here then, as soon as nobody has changed it for ${minutes(PAUSED_AFTER)}.`
  const neverPublished = recap.state === 'draft' && recap.edition === 0
  return neverPublished ? 'It did not publish itself when the week closed. It waits for a lead.' : null
}

function minutes(milliseconds: number): string {
  return `${inLetters(milliseconds / 60_000)} minutes`
}

/** Whether the public page tells what the story tells now; newer numbers alone are no change. */
function tellsTheSame(published: WeekPage, page: WeekPage): boolean {
  const told = (one: WeekPage) => {
    const { chapters, ...rest } = one
    const items = chapters.map(({ items: all, line: _counted, ...chapter }) => ({
      ...chapter,
      items: all.filter((item) => item.kind !== 'numbers' && item.kind !== 'people').map(withoutCounts),
    }))
    return JSON.stringify({ ...rest, items })
  }
  return told(published) === told(page)
}

function withoutCounts(item: Item): Item {
  const uncounted = (post: PagePost) => ({ ...post, replies: null, likes: null })
  if (item.kind === 'post') return { ...item, post: uncounted(item.post) }
  if (item.kind === 'live') return { ...item, items: item.items.map(withoutCounts) as SaidItem[] }
  return item.kind === 'best' ? { ...item, post: { ...item.post, replies: null, likes: 0 } } : item
}

const YOURS: Record<Worded, string> = {
  heading: 'Your heading',
  text: 'Your text',
  alt: 'Your description of the picture',
  by: 'Who said it, as you have it',
}

/** What was typed onto a story that somebody else changed meanwhile, beside what stands there now. */
export function conflictPage({ facts, recap, blocks }: Editing, words: StoryWords, message: string) {
  const self = `/weeks/${facts.week.id}/recap`
  const field = (name: string, value: string, label: string, long: boolean, standing: string | null) => ({
    id: name.replaceAll('.', '-'),
    name,
    value,
    label,
    long,
    standing: standing !== null && standing !== value ? standing : null,
  })
  const known = new Map(blocks.map((block) => [block.source, block]))
  // What a window sent before it knew that it was kept.
  const goneOn = words.written.flatMap(({ id, heading, text }): (Words & { blockId: string })[] => {
    const block = known.get(`text:${id}`)
    return block ? [{ blockId: block.id, heading, text }] : []
  })
  const worded: (Words & { blockId: string })[] = [...words.reworded, ...goneOn]
  const reworded = worded.flatMap(({ blockId, ...typed }) => {
    const block = blocks.find((one) => one.id === blockId)
    if (!block) return []
    const now: Words = { ...block.content }
    return WORDED.flatMap((name) => {
      const [value, stands = ''] = [typed[name], now[name]]
      if (value === undefined || value === stands) return []
      return [field(`${name}.${blockId}`, value, YOURS[name], name === 'text' || name === 'alt', stands)]
    })
  })
  const written = words.written
    .filter(({ id }) => !known.has(`text:${id}`))
    .flatMap(({ after, heading, text }) => [
      field(`new-heading.${after}`, heading, 'The heading of your new text', false, null),
      field(`new-text.${after}`, text, 'Your new text', true, null),
    ])
  const fields = [...reworded, ...written]
  return {
    title: 'Somebody was faster',
    message,
    back: self,
    typed: recap &&
      fields.length > 0 && {
        action: `${self}/words`,
        version: recap.version,
        fields,
        hidden: words.written.map(({ id, after }) => ({ name: `new-id.${after}`, value: id })),
      },
  }
}
