import { slotSpan, slotOf, nextSlot } from '../rota/slot.ts'
import type { Account } from '../accounts/accounts.ts'
import { dayInWords, dayOf, machineReadable, momentInWords, timeInWords, zoneInWords } from '../calendar.ts'
import type { SandboxPost } from '../networks/x-sandbox/client.ts'

export const DESTINATIONS = ['next-post', 'retry', 'event', 'opening', 'closing', 'next-week'] as const
export type Destination = (typeof DESTINATIONS)[number]

/** Where the time machine can go from here; null where there is no such moment. */
export function destinations(
  account: Account,
  now: Date,
  { nextPost, retry, event }: { nextPost: Date | null; retry: Date | null; event: Date | null },
): Record<Destination, Date | null> {
  const slot = slotOf(dayOf(now, account.timeZone), account.shape)
  const spans = [0, 1].map((by) => slotSpan(nextSlot(slot, by), account.shape, account.timeZone))
  return {
    'next-post': nextPost,
    retry,
    event,
    opening: spans.map((span) => span.opensAt).find((at) => at > now) ?? null,
    closing: spans.map((span) => span.closesAt).find((at) => at > now) ?? null,
    'next-week': new Date(now.getTime() + 7 * 24 * 3600 * 1000),
  }
}

export function destinationChoices(account: Account, now: Date, to: Record<Destination, Date | null>) {
  const labels: Record<Destination, string> = {
    'next-post': 'The next post',
    retry: 'When X is tried again',
    event: 'When the next event begins',
    opening: 'When the next week opens',
    closing: 'When the week closes',
    'next-week': 'Seven days on',
  }
  return DESTINATIONS.flatMap((destination) => {
    const at = to[destination]
    return at ? [{ destination, at }] : []
  })
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ destination, at }) => ({
      destination,
      label: labels[destination],
      when: momentInWords(at, now, account.timeZone),
    }))
}

export function clockModel(account: Account, now: Date) {
  return {
    iso: machineReadable(now),
    time: timeInWords(now, account.timeZone),
    day: dayInWords(dayOf(now, account.timeZone)),
    zone: zoneInWords(account.timeZone),
  }
}

export interface TimelineEntry {
  id: string
  name: string
  handle: string
  initials: string
  text: string
  lang: string
  when: { iso: string; label: string }
  answer: boolean
  numbers: string
  images: { src: string; alt: string }[]
}

/** The account's timeline as the public sees it: newest first, answers under what they answer. */
export function timelineModel(account: Account, posts: SandboxPost[], now: Date): TimelineEntry[] {
  return posts.filter((post) => post.replyTo === null).flatMap((post) => entries(post, false))

  function entries(post: SandboxPost, answer: boolean): TimelineEntry[] {
    const at = new Date(post.createdAt)
    const entry = {
      id: post.id,
      name: post.author.name,
      handle: `@${post.author.handle}`,
      initials: initialsOf(post.author.name),
      text: post.hidden ? 'This reply was hidden by the account.' : post.text,
      lang: post.lang,
      when: { iso: machineReadable(at), label: momentInWords(at, now, account.timeZone) },
      answer,
      numbers: `${counted(post.numbers.replies, 'reply', 'replies')}, ${counted(post.numbers.likes, 'like', 'likes')}`,
      images: post.images.map((image) => ({ src: `/sandbox/media/${image.mediaKey}`, alt: image.alt ?? '' })),
    }
    return [
      entry,
      ...post.replies
        .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
        .flatMap((reply) => entries(reply, true)),
    ]
  }
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  return ((words[0]?.[0] ?? '') + (words.length > 1 ? words.at(-1)![0] : '')).toUpperCase()
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
