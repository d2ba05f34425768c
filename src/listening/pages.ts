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
import type { Week, WeekHost } from '../rota/weeks.ts'
import { LISTEN_AFTER_CLOSE } from './post.ts'
import type { Look, Post } from './store.ts'
import { talksOf } from './thread.ts'
import { directionOf, initialsOf, postUrl, profileUrl, wordsOf, type Word } from './words.ts'

export interface Conversation {
  account: Account
  week: Week
  host: WeekHost | null
  own: Post[]
  replies: Post[]
  /** Network ids of what the account answered, and of what somebody is writing an answer to. */
  answered: Map<string, Post>
  beingAnswered: Set<string>
  look: Look | undefined
  nextLookAt: Date | null
}

/** What is said to a week, as its host and desk see it. `show` is all, or what has no answer yet. */
export function conversationPage(
  { account, week, host, own, replies, answered, beingAnswered, look, nextLookAt }: Conversation,
  {
    show,
    may,
    now,
    sandbox,
  }: {
    show: 'all' | 'unanswered'
    may: { choose: boolean; answer: boolean; lead: boolean }
    now: Date
    /** Handles are made up, and addresses on the network would lead to strangers. */
    sandbox: boolean
  },
) {
  const zone = account.timeZone
  const unanswered = replies.filter(({ networkId }) => !answered.has(networkId))
  const shown = show === 'all' ? replies : unanswered
  const newestFirst = talksOf(own, shown.toReversed())
  const self = `/weeks/${week.id}/conversation`
  const replyOf = (post: Post) => ({
    reply: { ...replyModel(post, { now, zone, sandbox }), tag: tagOf(post, beingAnswered) },
    name: post.authorName || post.authorHandle,
    id: `reply-${post.networkId}`,
    postId: post.id,
    answer: answered.has(post.networkId) ? shorten(answered.get(post.networkId)!.text, 120) : null,
    pictures: post.images.length === 0 ? null : picturesInWords(post),
    chosen: post.chosenAt !== null,
    canChoose: may.choose,
    answerHref: may.answer ? `/drafts/new?week=${week.id}&reply=${post.networkId}` : null,
  })
  return {
    title: 'What people say',
    week: { href: `/weeks/${week.id}`, name: week.theme || (host ? `${host.name}’s week` : 'The week') },
    summary: summaryOf(replies, unanswered.length),
    fetched: fetchedInWords({ account, look, nextLookAt, now }),
    trouble: may.lead ? (look?.trouble ?? null) : null,
    filters: [
      { href: self, label: 'Everything', count: replies.length, current: show === 'all' },
      {
        href: `${self}?show=unanswered`,
        label: 'Not answered yet',
        count: unanswered.length,
        current: show === 'unanswered',
      },
    ],
    self: show === 'all' ? self : `${self}?show=unanswered`,
    until: may.lead || now < week.closesAt ? null : lastDayInWords(week, zone),
    talks: newestFirst.map(({ under, replies: found }) => ({
      under: under && {
        id: `under-${under.networkId}`,
        text: shorten(under.text, 90),
        url: sandbox ? null : postUrl(under),
        when: timeModel(under.createdAt, now, zone),
      },
      // The newest talk first, and each from its beginning.
      replies: found.toReversed().map(replyOf),
    })),
    empty: emptyOf(replies.length, show),
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

function tagOf(post: Post, beingAnswered: Set<string>) {
  const answering = beingAnswered.has(post.networkId)
  if (post.chosenAt)
    return { state: 'approved', label: answering ? 'On the page, an answer is on its way' : 'On the page' }
  return answering ? { state: 'writing', label: 'An answer is on its way' } : null
}

function picturesInWords({ images }: Post): string {
  const described = images.map(({ alt }) => alt).filter(Boolean)
  const pictures = images.length === 1 ? 'A picture' : `${images.length} pictures`
  return described.length > 0 ? `${pictures}: ${described.join('; ')}` : pictures
}

function summaryOf(replies: Post[], unanswered: number): string {
  if (replies.length === 0) return 'Nobody has said anything yet.'
  const people = new Set(replies.map(({ authorNetworkId }) => authorNetworkId)).size
  const said = replies.length === 1 ? 'One reply' : `${replies.length} replies`
  const from = people === 1 ? 'from one person' : `from ${people} people`
  if (unanswered === 0) return `${said} ${from}, all answered.`
  return `${said} ${from}, ${unanswered === replies.length ? 'none' : replies.length - unanswered} answered.`
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
  const often = every === '1 h' ? 'every hour' : `every ${every}`
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

function emptyOf(replies: number, show: 'all' | 'unanswered') {
  if (replies > 0 && show === 'unanswered')
    return {
      title: 'Everything is answered',
      text: 'New replies come here as soon as they are fetched.',
      action: null,
    }
  return {
    title: 'No replies yet',
    text: 'Whatever people answer to the week’s posts, or say to the account, comes here by itself.',
    action: null,
  }
}

/** The first words of a text, on one line; its length in characters is at most `most`. */
export function shorten(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  if (line.length <= most) return line
  const cut = line.slice(0, most - 1)
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), most / 2)).replace(/[\s.,;:]+$/, '')}…`
}
