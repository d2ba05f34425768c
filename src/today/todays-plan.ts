import { machineReadable, timeInWords } from '../calendar.ts'
import { firstWords } from '../drafts/first-words.ts'
import type { ToldAt } from '../publishing/pages.ts'
import { inLetters } from '../words.ts'
import { repliesInWords } from './days-plan.ts'
import { byDecision, deliveryTag, draftTag, tellingPart } from './outgoing.ts'
import type { Desk } from './read-desk.ts'

/** What went and goes out today, with the line of this minute. */
export function planOf({ today }: Desk, moment: ToldAt) {
  const { zone, now } = moment
  const sent = byDecision(today.deliveries).map((parts) => {
    const telling = tellingPart(parts)
    const { weekId } = telling
    const replies = parts.reduce((sum, { networkId }) => sum + (today.replies.get(networkId ?? '') ?? 0), 0)
    return {
      at: parts[0]!.dueAt,
      text: firstWords({ parts: parts.map(({ payload }) => payload) }),
      note: partsInWords(parts[0]!.parts),
      replies:
        replies > 0 && weekId
          ? {
              href: `/weeks/${weekId}/conversation#under-${parts[0]!.networkId}`,
              label: repliesInWords(replies),
            }
          : null,
      href: `/drafts/${telling.draftId}`,
      tag: deliveryTag(telling, moment),
    }
  })
  const undecided = today.undecided.map((draft) => ({
    at: draft.wishedAt!,
    text: firstWords(draft.content),
    note: partsInWords(draft.content.parts.length),
    replies: null,
    href: `/queue?draft=${draft.id}`,
    tag: draftTag(draft, now),
  }))
  const entries = [...sent, ...undecided].toSorted((a, b) => a.at.getTime() - b.at.getTime())
  if (entries.length === 0) return null
  const before = entries.filter(({ at }) => at <= now).length
  const shown = entries.map(({ at, tag, ...entry }) => ({
    ...entry,
    tag,
    time: timeModel(at, zone),
    when: tag.state === 'posted' ? 'past' : null,
  }))
  return shown.toSpliced(before, 0, {
    text: 'Now',
    note: '',
    replies: null,
    href: '',
    tag: null,
    time: timeModel(now, zone),
    when: 'now',
  } as never)
}

function partsInWords(parts: number): string {
  return parts > 1 ? `${inLetters(parts)} parts` : ''
}

function timeModel(at: Date, zone: string) {
  return { iso: machineReadable(at), label: timeInWords(at, zone) }
}
