import {
  dayInWords,
  dayOf,
  daysBetween,
  momentInWords,
  monthName,
  spanInWords,
  timeInWords,
  weekdayName,
} from '../calendar.ts'
import type { Account } from '../accounts/accounts.ts'
import { shortName } from '../drafts/queue/queue-pages.ts'
import type { Week, WeekHost } from '../rota/weeks.ts'
import { replyTag, stateOf } from './conversation-reply.ts'
import { LISTEN_AFTER_CLOSE, speaksTo } from './post.ts'
import { LONGEST_NOTE } from './ask-for-help.ts'
import { helpLine } from './help-page.ts'
import type { NamedHelp } from './help-store.ts'
import type { Hiding } from './hidings-store.ts'
import type { Look, Post } from './store.ts'
import { questionsOf, talksOf, type Question } from './thread.ts'
import { speaksOfHealth } from './speaks-of-health.ts'
import { capital, inOneForm } from '../words.ts'
import { directionOf, initialsOf, postUrl, profileUrl, wordsOf, type Word } from './words.ts'

export interface Conversation {
  account: Account
  week: Week
  host: WeekHost | null
  own: Post[]
  /** With what the desk hid. */
  replies: Post[]
  /** Network ids of what the account answered, and of what somebody is writing an answer to. */
  answered: Map<string, Post>
  beingAnswered: Set<string>
  /** Until when the person has read; null when never. */
  readUntil: Date | null
  /** What help was asked about, the newest first. */
  help: NamedHelp[]
  /** Approved standard answers, and which of them went to which post, by ids. */
  standard: { id: string; title: string; text: string; fingerprint: string }[]
  sent: Map<string, Set<string>>
  /** What the network was or is to be told of them, by their ids. */
  hidings: Map<string, Hiding>
  look: Look | undefined
  nextLookAt: Date | null
}

/** What can be asked for; what was hidden only in its own list. */
export const SHOWN = ['all', 'new', 'unanswered', 'help', 'answered', 'left', 'hidden'] as const
export type Shown = (typeof SHOWN)[number]

const FILTERS: Record<Shown, string> = {
  all: 'Everything',
  new: 'New',
  unanswered: 'Needs an answer',
  help: 'Help is asked',
  answered: 'Answered',
  left: 'Left',
  hidden: 'Hidden',
}

/** What is said to a week, as its host and desk see it. */
export function conversationPage(
  conversation: Conversation,
  {
    show,
    page = 1,
    at,
    may,
    isHost,
    now,
    sandbox,
    practising,
    refused,
  }: {
    show: Shown
    /** From 1. */
    page?: number
    /** The network id of a reply: then the page on which it stands. */
    at?: string | undefined
    isHost: boolean
    may: {
      choose: boolean
      answer: boolean
      lead: boolean
      decide: boolean
      hide: boolean
      sendAnswers: boolean
    }
    now: Date
    /** A request for help that was not taken as it was typed. */
    refused?: { postId: string; note: string; fields: Record<string, string> } | undefined
    /** Handles are made up, and addresses on the network would lead to strangers. */
    sandbox: boolean
    /** Nobody but the host knows of it, so nobody is told. */
    practising: boolean
  },
) {
  const { account, week, host, own, replies, answered, beingAnswered, readUntil } = conversation
  const { help, look, nextLookAt } = conversation
  const zone = account.timeZone
  const states = new Map(replies.map((post) => [post, stateOf(post, answered)]))
  const isNew = (post: Post) => readUntil === null || post.seenAt > readUntil
  const standing = replies.filter((post) => states.get(post) !== 'hidden')
  const lastHelp = new Map(help.toReversed().map((one) => [one.postId, one]))
  const isOpen = (post: Post) => ['open', 'looking'].includes(lastHelp.get(post.id)?.state ?? 'closed')
  const lists: Record<Shown, Post[]> = {
    all: standing,
    new: standing.filter(isNew),
    unanswered: standing.filter((post) => states.get(post) === 'needs-answer'),
    help: standing.filter(isOpen),
    answered: standing.filter((post) => states.get(post) === 'answered'),
    left: standing.filter((post) => states.get(post) === 'left'),
    hidden: replies.filter((post) => states.get(post) === 'hidden'),
  }
  // The newest talk first, those with something new before all others, and each from its beginning.
  const talks = talksOf(own, lists[show].toReversed())
    .map(({ under, replies: found }) => ({ under, replies: found.toReversed(), fresh: found.some(isNew) }))
    .toSorted((one, other) => Number(other.fresh) - Number(one.fresh))
  const self = `/weeks/${week.id}/conversation`
  const shown = pageOf(talks, { page, at })
  const address = (number: number) => addressOf(self, { show, page: number })
  const byId = new Map([...own, ...replies].map((post) => [post.networkId, post]))
  const replyOf = (post: Post) => {
    const state = states.get(post)!
    const above = byId.get(post.replyTo ?? '')
    const name = post.authorName || post.authorHandle
    return {
      reply: {
        ...replyModel(post, { now, zone, sandbox }),
        tag: replyTag(post, {
          state,
          isNew: isNew(post),
          beingAnswered: beingAnswered.has(post.networkId),
        }),
      },
      name,
      id: `reply-${post.networkId}`,
      postId: post.id,
      inAnswerTo: above && above.kind !== 'own' ? above.authorName || above.authorHandle : null,
      answer: answered.has(post.networkId) ? shorten(answered.get(post.networkId)!.text, 120) : null,
      pictures: post.images.length === 0 ? null : picturesInWords(post),
      chosen: post.chosenAt !== null,
      askFirst: may.choose && state !== 'hidden' && speaksOfHealth(post.text),
      canChoose: may.choose && state !== 'hidden',
      answerHref:
        may.answer && state !== 'hidden' ? `/drafts/new?week=${week.id}&reply=${post.networkId}` : null,
      help: lastHelp.has(post.id) ? helpModel(lastHelp.get(post.id)!, { now, zone, may, practising }) : null,
      askHelp: isOpen(post) || state === 'hidden' ? null : askModel(post, refused),
      standard:
        may.sendAnswers &&
        (state === 'needs-answer' || state === 'left') &&
        speaksTo(post, { handle: account.handle, answersOurs: above?.kind === 'own' }) &&
        !beingAnswered.has(post.networkId)
          ? standardModel(post, conversation)
          : null,
      hiding: may.hide ? hidingModel(post, conversation) : null,
      canLeave: state === 'needs-answer',
      canUnleave: state === 'left',
    }
  }
  return {
    title: 'What people say',
    week: {
      href: practising ? '/today' : `/weeks/${week.id}`,
      name: week.theme || (host ? `${host.name}’s week` : 'The week'),
    },
    summary: summaryOf(standing, lists),
    fetched: fetchedInWords({ account, look, nextLookAt, now }),
    trouble: may.lead ? (look?.trouble ?? null) : null,
    filters: SHOWN.filter((one) => one === 'all' || one === show || lists[one].length > 0).map((one) => ({
      href: one === 'all' ? self : `${self}?show=${one}`,
      label: FILTERS[one],
      count: lists[one].length,
      current: one === show,
    })),
    self: address(shown.page),
    asked: isHost || !host ? 'What you asked' : `What ${shortName(host.name)} asked`,
    pager:
      shown.pages === 1
        ? null
        : {
            label: `Replies, page ${shown.page} of ${shown.pages}`,
            newer: shown.page > 1 ? { href: address(shown.page - 1), label: 'The page before' } : null,
            older: shown.page < shown.pages ? { href: address(shown.page + 1), label: 'More replies' } : null,
          },
    reading:
      lists.new.length === 0
        ? null
        : {
            action: `${self}/reading`,
            until: new Date(Math.max(...lists.new.map(({ seenAt }) => seenAt.getTime()))).toISOString(),
            label:
              lists.new.length === 1
                ? 'I have read the new one'
                : `I have read the ${lists.new.length} new ones`,
          },
    until: may.lead || now < week.closesAt ? null : lastDayInWords(week, zone),
    questions: questionsOf(own, standing).map((question) => questionModel(question, { now, zone, self })),
    // What was deleted on X stands under nothing any more; that it is looked after still counts.
    otherHelp: help
      .filter(({ postId }) => replies.every(({ id }) => id !== postId))
      .map((one) => ({
        ...helpModel(one, { now, zone, may, practising }),
        asked: momentInWords(one.askedAt, now, zone),
      })),
    talks: shown.talks.map(({ under, replies: found }) => ({
      under: under && {
        id: `under-${under.networkId}`,
        text: shorten(under.text, 90),
        url: sandbox ? null : postUrl(under),
        when: timeModel(under.createdAt, now, zone),
      },
      replies: found.map(replyOf),
    })),
    empty: emptyOf(replies.length, show),
  }
}

/** So many replies stand on a page. */
export const REPLIES_PAGE = 50

/** A page of the talks; one that does not fit goes on on the next page. */
function pageOf<T extends { replies: Post[] }>(
  talks: T[],
  { page: wanted, at }: { page: number; at?: string | undefined },
): { talks: T[]; page: number; pages: number } {
  const all = talks.flatMap(({ replies }) => replies)
  const pages = Math.max(1, Math.ceil(all.length / REPLIES_PAGE))
  const place = at === undefined ? -1 : all.findIndex(({ networkId }) => networkId === at)
  const page = Math.min(place < 0 ? wanted : Math.floor(place / REPLIES_PAGE) + 1, pages)
  const here = new Set(all.slice((page - 1) * REPLIES_PAGE, page * REPLIES_PAGE))
  return {
    talks: talks
      .map((talk) => ({ ...talk, replies: talk.replies.filter((reply) => here.has(reply)) }))
      .filter(({ replies }) => replies.length > 0),
    page,
    pages,
  }
}

function addressOf(self: string, { show, page }: { show: Shown; page: number }): string {
  const query = new URLSearchParams()
  if (show !== 'all') query.set('show', show)
  if (page > 1) query.set('page', String(page))
  return query.size === 0 ? self : `${self}?${query}`
}

/** The standard answers that have not gone to a post yet; null where there is none. */
function standardModel(post: Post, { standard, sent }: Conversation) {
  const left = standard.filter(({ id }) => !sent.get(post.id)?.has(id))
  if (left.length === 0) return null
  return {
    action: `/posts/${post.id}/standard-answer`,
    answers: left.map(({ id, title, text, fingerprint }) => ({
      value: `${id} ${fingerprint}`,
      title,
      text,
      describe: `Send it: ${title}`,
    })),
  }
}

/** Whether the desk can hide a reply or show it again, and how far the network is with that; null for what it can't hide. */
function hidingModel(post: Post, { own, hidings }: Conversation) {
  const hidden = post.hiddenAt !== null
  const opening = own.find(({ networkId }) => networkId === post.conversationId)
  const wish = hidings.get(post.id)
  if (!hidden && !wish && (post.kind !== 'reply' || !opening)) return null
  const waits = wish?.state === 'waiting'
  return {
    action: `/posts/${post.id}/hiding`,
    hidden,
    line: waits
      ? `${wish.hidden ? 'Not hidden on X yet.' : 'Not shown on X again yet.'} ${wish.trouble ?? 'X is being told.'}`
      : hidden
        ? 'Hidden on X and on our pages. Its writer still sees it.'
        : null,
    trouble: waits && wish.trouble !== null,
  }
}

function helpModel(
  help: NamedHelp,
  { now, zone, may, practising }: { now: Date; zone: string; may: { decide: boolean }; practising: boolean },
) {
  return { ...helpLine(help, { now, zone, practising }), href: may.decide ? `/help/${help.id}` : null }
}

function askModel(post: Post, refused?: { postId: string; note: string; fields: Record<string, string> }) {
  const mine = refused?.postId === post.id ? refused : undefined
  const id = `note-${post.id}`
  return {
    action: `/posts/${post.id}/help`,
    open: mine !== undefined,
    note: {
      id,
      name: 'note',
      label: 'What worries you? You may leave this empty.',
      rows: 2,
      maxlength: LONGEST_NOTE,
      value: mine?.note ?? '',
      error: mine?.fields['note'],
    },
  }
}

/** A question is given so much time before a note says that nobody answered it. Milliseconds. */
const ANSWERED_BY = 2 * 3_600_000

function questionModel(
  { post, answers, open }: Question<Post>,
  { now, zone, self }: { now: Date; zone: string; self: string },
) {
  const chosen = answers.filter(({ chosenAt }) => chosenAt !== null).length
  const said =
    answers.length === 0 ? 'no answer yet' : answers.length === 1 ? 'one answer' : `${answers.length} answers`
  const first = answers[0]
  const quiet = open && !first && now.getTime() - post.createdAt.getTime() >= ANSWERED_BY
  return {
    text: shorten(post.text, 120),
    time: timeModel(post.createdAt, now, zone),
    said: chosen > 0 ? `${said}, ${chosen} on the page` : said,
    // Only among everything it is sure to stand.
    href: first ? `${self}?at=${first.networkId}#reply-${first.networkId}` : null,
    quiet,
  }
}

/** The model of the partial `reply` for somebody's post. Their picture on the network is never loaded: initials. */
export function replyModel(
  post: Post,
  { now, zone, sandbox }: { now: Date; zone: string; sandbox: boolean },
) {
  const name = post.authorName || post.authorHandle
  const time = timeModel(post.createdAt, now, zone)
  const url = postUrl(post)
  return {
    portrait: { initials: initialsOf(name) },
    name,
    handle: `@${post.authorHandle}`,
    ...(sandbox
      ? {}
      : { profile: profileUrl(post.authorHandle), url, cite: url, linkLabel: `${name} on X, ${time.label}` }),
    time,
    words: sandbox ? wordsOf(post).map(withoutHandleLink) : wordsOf(post),
    lang: post.lang,
    dir: directionOf(post.lang),
    edited: post.edited,
  }
}

function withoutHandleLink(word: Word): Word {
  return word.href?.startsWith('https://x.com/') ? { text: word.text } : word
}

/** "10:31", "Mon 17:02", "9 Nov, 17:02": short, because it stands in a line with a name. */
function timeModel(at: Date, now: Date, zone: string) {
  const day = dayOf(at, zone)
  const ago = daysBetween(day, dayOf(now, zone))
  const time = timeInWords(at, zone)
  const before =
    ago === 0
      ? ''
      : ago < 7
        ? `${weekdayName(day).slice(0, 3)} `
        : `${Number(day.slice(8))} ${monthName(day).slice(0, 3)}, `
  return { iso: at.toISOString(), label: `${before}${time}` }
}

function picturesInWords({ images }: Post): string {
  const described = images.map(({ alt }) => alt).filter(Boolean)
  const pictures = images.length === 1 ? 'A picture' : `${images.length} pictures`
  return described.length > 0 ? `${pictures}: ${described.join('; ')}` : pictures
}

function summaryOf(standing: Post[], lists: Record<Shown, Post[]>): string {
  if (standing.length === 0) return 'Nobody has said anything yet.'
  const people = new Set(standing.map(({ authorNetworkId }) => authorNetworkId)).size
  const waiting = lists.unanswered.length
  const [replies, authors, unanswered] = inOneForm(standing.length, people, waiting)
  const said = `There ${standing.length === 1 ? 'is' : 'are'} ${replies} ${standing.length === 1 ? 'reply' : 'replies'}`
  const from = `from ${authors} ${people === 1 ? 'person' : 'people'}`
  if (waiting === 0) return `${said} ${from}. Nothing waits for an answer.`
  if (standing.length === 1) return `${said} ${from}. It needs an answer.`
  return `${said} ${from}. ${capital(unanswered!)} ${waiting === 1 ? 'reply needs' : 'replies need'} an answer.`
}

/** "Replies are fetched every 5 minutes; last 10:39, next 10:44." */
function fetchedInWords({
  account,
  look,
  nextLookAt,
  now,
}: Pick<Conversation, 'account' | 'look' | 'nextLookAt'> & { now: Date }): string {
  const zone = account.timeZone
  if (!nextLookAt) return 'Replies are not fetched now, because the account is not connected.'
  const from = look?.readAt ?? now
  const every = spanInWords(nextLookAt.getTime() - from.getTime())
  const next = nextLookAt <= now ? 'next in a moment' : `next ${inShort(nextLookAt, now, zone)}`
  if (!look?.readAt) return `Replies have not been fetched yet; ${next}.`
  const often = `every ${every === '1 h' ? 'hour' : every === '1 minute' ? 'minute' : every}`
  const well = look.wellAt ? `last ${inShort(look.wellAt, now, zone)}` : 'not yet'
  return `Replies are fetched ${often}; ${well}, ${next}.`
}

function inShort(at: Date, now: Date, zone: string): string {
  return dayOf(at, zone) === dayOf(now, zone) ? timeInWords(at, zone) : momentInWords(at, now, zone)
}

function lastDayInWords(week: Week, zone: string): string {
  const last = new Date(week.closesAt.getTime() + LISTEN_AFTER_CLOSE)
  return `The week is over. You can read here and choose for the page until ${dayInWords(dayOf(last, zone))}.`
}

function emptyOf(replies: number, show: Shown) {
  if (replies === 0 || show === 'all')
    return {
      title: 'No replies yet',
      text: 'Whatever people answer to the week’s posts, or say to the account, comes here by itself.',
      action: null,
    }
  return {
    ...NOTHING[show],
    text: 'New replies come here as soon as they are fetched.',
    action: null,
  }
}

const NOTHING: Record<Exclude<Shown, 'all'>, { title: string }> = {
  new: { title: 'You have read everything' },
  unanswered: { title: 'Nothing waits for an answer' },
  help: { title: 'Nobody asked for help' },
  answered: { title: 'Nothing is answered yet' },
  left: { title: 'Nothing is left without an answer' },
  hidden: { title: 'Nothing is hidden' },
}

/** The first words of a text, on one line; its length in characters is at most `most`. */
export function shorten(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  if (line.length <= most) return line
  const cut = line.slice(0, most - 1)
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), most / 2)).replace(/[\s.,;:]+$/, '')}…`
}
