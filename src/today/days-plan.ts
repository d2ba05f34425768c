import {
  dayInWords,
  dayOf,
  machineReadable,
  spanInWords,
  timeInWords,
  timeOf,
  weekdayLetter,
  weekdayName,
} from '../calendar.ts'
import { DECIDED_STATES, whyNotWrite } from '../drafts/draft.ts'
import type { Draft } from '../drafts/drafts.ts'
import { firstWords } from '../drafts/first-words.ts'
import { aDayAside, canMove } from '../drafts/plan/move-page.ts'
import { areFree, suggestedTimesOf, tooNear } from '../drafts/plan/suggested-times.ts'
import { timeFrame } from '../drafts/wished-time.ts'
import type { Actor } from '../people/person.ts'
import type { Delivery } from '../publishing/deliveries.ts'
import type { ToldAt } from '../publishing/pages.ts'
import { weekDays } from '../rota/week.ts'
import { deliveryTag, draftTag, tellingPart } from './outgoing.ts'
import type { WeekDays } from './read-week-days.ts'

/** The days of a week with what was posted, what is written for each and where it stands; for writers room for more. */
export function daysPlan(
  held: WeekDays,
  moment: ToldAt,
  {
    actor,
    mayWrite,
    foldPast = false,
    practising = false,
  }: {
    actor: Actor
    mayWrite: boolean
    foldPast?: boolean
    /** There is no public page of it. */
    practising?: boolean
  },
) {
  const { zone, now } = moment
  const { account, week, drafts, deliveries, events, replies } = held
  const today = dayOf(now, zone)
  const { gapMinutes, suggestedTimes: suggested } = account.policy
  const items = drafts
    .filter(({ state }) => state !== 'discarded' && state !== 'declined')
    .map((draft) =>
      itemOf(
        draft,
        deliveries.filter(({ draftId }) => draftId === draft.id),
        {
          ...moment,
          actor,
          closesAt: week.closesAt,
          cancelled: draft.state === 'approved' && held.cancelled.has(draft.id),
        },
      ),
    )
    .toSorted(byTime)
  const open = new Set(weekDays(week, zone))
  const days = daysWith(items, [...open])
  const planned = items.flatMap((item) =>
    item.at && item.tag.state !== 'cancelled' ? [{ ...item, at: item.at }] : [],
  )
  const ahead = mayWrite ? suggestedTimesOf({ week, zone, suggested, now }) : []
  const free = mayWrite ? areFree(ahead, planned, gapMinutes) : []
  const soonDay = days.find((day) => day >= today) ?? days.at(-1)!
  return days.map((day) => {
    const here = items.filter((item) => (item.day ?? soonDay) === day)
    const answers = replies.filter(({ createdAt }) => dayOf(createdAt, zone) === day).length
    const freeHere = free.filter((at) => dayOf(at, zone) === day).map(freeItem)
    const mayAdd = mayWrite && open.has(day) && day >= today && now < week.closesAt
    return {
      id: dayAnchor(day),
      when:
        day < today || (open.has(day) && now >= week.closesAt)
          ? 'past'
          : day === today && now >= week.opensAt
            ? 'now'
            : 'ahead',
      letter: weekdayLetter(day),
      name: day === today ? 'Today' : weekdayName(day),
      date: { iso: day, label: String(Number(day.slice(8))) },
      fold: foldPast && day < today && here.length > 0,
      note: notesOf(
        here.reduce((sum, { standing }) => sum + standing, 0),
        answers,
        day < today && here.length === 0,
      ),
      events: events
        .filter(({ startsAt }) => dayOf(startsAt, zone) === day)
        .map(({ name, startsAt, endsAt }) => ({
          name,
          span: `${timeInWords(startsAt, zone)} to ${timeInWords(endsAt, zone)}`,
        })),
      items: [
        ...here.map(({ networkIds, draft, movable, ...item }) => ({
          ...item,
          id: draft.id,
          near: nearInWords(draft),
          move: mayWrite && movable ? moveOf(draft, item) : null,
          links: item.posted ? linksOf(networkIds, draft.replyTo) : [],
        })),
        ...freeHere,
      ].toSorted(byTime),
      write: mayAdd
        ? {
            href: writeHref({ day }),
            label: here.length + freeHere.length === 0 ? 'Free, write' : 'At another time',
            describe:
              here.length + freeHere.length === 0
                ? `Free, write for ${dayInWords(day)}`
                : `Write for ${dayInWords(day)}, at another time`,
          }
        : null,
    }
  })

  function writeHref({ day, time }: { day: string; time?: string }): string {
    const place = week.id ? `week=${week.id}` : `account=${account.id}&slot=${week.slot}`
    return `/drafts/new?${place}&day=${day}${time ? `&time=${time}` : ''}`
  }

  function freeItem(at: Date) {
    const day = dayOf(at, zone)
    const time = { iso: machineReadable(at), label: timeInWords(at, zone) }
    return {
      free: true,
      at,
      time,
      href: writeHref({ day, time: timeOf(at, zone) }),
      words: 'Free, write',
      describe: `Free, write for ${dayInWords(day)}, ${time.label}`,
    }
  }

  /** How a draft gets another time: to a suggested one that is free, or a day aside. */
  function moveOf(draft: Draft, { at, words }: { at: Date | null; words: string }) {
    const frame = timeFrame({ slot: draft.slot, zone }, draft.weekHostId === null ? null : week)
    const others = planned.filter((one) => one.draft.id !== draft.id)
    const to = areFree(ahead, others, gapMinutes).filter((time) => +time !== at?.getTime())
    return {
      id: draft.id,
      action: `/drafts/${draft.id}/time`,
      version: draft.version,
      describe: `Move: ${words}`,
      asks: DECIDED_STATES.includes(draft.state)
        ? 'Then it has to be approved anew. You are asked first.'
        : null,
      time: at && timeOf(at, zone),
      select:
        to.length > 0
          ? {
              id: `to-${draft.id}`,
              name: 'at',
              label: 'To',
              options: to.map((time) => ({
                value: time.toISOString(),
                label: `${weekdayName(dayOf(time, zone))} ${timeInWords(time, zone)}`,
              })),
            }
          : null,
      aside: at ? aDayAside(at, { frame, zone, now }) : [],
    }
  }

  /** Of what can still be moved. */
  function nearInWords(draft: Draft): string | null {
    const one = planned.find((item) => item.draft === draft)
    const near = one && !one.posted && one.at > now ? tooNear(one, planned, gapMinutes) : null
    if (!near) return null
    const after = near.minutes === 0 ? 'At the same time as' : `${spanInWords(near.minutes * 60_000)} after`
    return `${after} the one before; the account wants ${spanInWords(gapMinutes * 60_000)}`
  }

  /** Where a post stands for everybody, and what was answered to it. */
  function linksOf(networkIds: string[], answered: string | null): { href: string; label: string }[] {
    const count = replies.filter(({ replyTo }) => replyTo !== null && networkIds.includes(replyTo)).length
    // What answers somebody stands there only beside what they said, once that was chosen.
    const said = replies.find(({ networkId }) => networkId === answered)
    const onPage =
      !practising && week.announcedAt !== null && now >= week.opensAt && (!said || said.chosenAt !== null)
    return [
      ...(onPage
        ? [{ href: `/@${account.handle}/weeks/${week.slot}#p${networkIds[0]}`, label: 'On the public page' }]
        : []),
      ...(count > 0
        ? [{ href: `/weeks/${week.id}/conversation#under-${networkIds[0]}`, label: repliesInWords(count) }]
        : []),
    ]
  }
}

/** The days of the week, and those around it for which something of the account's own is written. */
function daysWith(items: { day: string | null }[], days: string[]): string[] {
  return [...new Set([...days, ...items.flatMap(({ day }) => day ?? [])])].toSorted()
}

/** Where a day stands on the page of a week's days. */
export function dayAnchor(day: string): string {
  return `day-${day}`
}

/** As followers count them: each part of a thread is a post. */
export function postsInWords(count: number): string {
  return count === 1 ? '1 post' : `${count} posts`
}

export function repliesInWords(count: number): string {
  return count === 1 ? '1 reply' : `${count} replies`
}

function itemOf(
  draft: Draft,
  deliveries: Delivery[],
  { actor, cancelled, closesAt, ...moment }: ToldAt & { actor: Actor; cancelled: boolean; closesAt: Date },
) {
  const { zone } = moment
  const telling = draft.state === 'approved' && deliveries.length > 0 ? tellingPart(deliveries) : null
  const at = telling ? deliveries[0]!.dueAt : draft.wishedAt
  const posted = telling?.state === 'posted'
  return {
    draft,
    movable: !cancelled && canMove(draft, deliveries) && whyNotWrite(actor, draft) === null,
    at,
    day: at && dayOf(at, zone),
    time: at ? { iso: machineReadable(at), label: timeInWords(at, zone) } : null,
    words: firstWords(draft.content, posted ? 120 : 60),
    href: `/drafts/${draft.id}`,
    isAnswer: draft.replyTo !== null,
    posted,
    standing: deliveries.filter(({ state }) => state === 'posted').length,
    networkIds: posted ? deliveries.flatMap(({ networkId }) => networkId ?? []) : [],
    tag: telling
      ? deliveryTag(telling, moment)
      : cancelled
        ? { state: 'cancelled', label: 'Cancelled' }
        : draftTag(draft, moment.now, closesAt),
  }
}

/** What has no time comes last. */
function byTime(one: { at: Date | null }, other: { at: Date | null }): number {
  return (one.at?.getTime() ?? Infinity) - (other.at?.getTime() ?? Infinity) || 0
}

function notesOf(posted: number, replies: number, wasEmpty: boolean): string {
  const counts = [posted > 0 && postsInWords(posted), replies > 0 && repliesInWords(replies)].filter(
    (one) => one !== false,
  )
  return counts.length > 0 ? `${counts.join(', ')}.` : wasEmpty ? 'Nothing.' : ''
}
