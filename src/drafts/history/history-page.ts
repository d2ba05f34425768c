import { isDeepStrictEqual } from 'node:util'
import { momentInWords } from '../../calendar.ts'
import { partInWords } from '../check-content.ts'
import { changesBetween, type Changed } from '../differences.ts'
import { EDITABLE_STATES, type DraftImage, type DraftPart } from '../draft.ts'
import { firstWords } from '../first-words.ts'
import { forWhen, stateOf, timeModel, type Moment } from '../pages.ts'
import { lengthInWords } from '../poll.ts'
import type { Draft, listRevisions } from '../store.ts'
import { weightOf } from '../weight.ts'
import { capital, inLetters } from '../../words.ts'

type Revision = Awaited<ReturnType<typeof listRevisions>>[number]

/** The model of `drafts/history`: one revision beside another, and all of them. */
export function historyPage(
  {
    draft,
    revisions,
    asked,
    whyNotWrite,
  }: {
    draft: Draft
    /** Oldest first. */
    revisions: Revision[]
    /** Numbers of revisions; null for the latest, and for the one before. */
    asked: { revision: number | null; from: number | null }
    whyNotWrite: string | null
  },
  moment: Moment,
) {
  const shown = revisions.find(({ number }) => number === asked.revision) ?? revisions.at(-1)!
  const before = revisions.find(({ number }) => number === (asked.from ?? shown.number - 1)) ?? null
  const [older, newer] = before && before.number > shown.number ? [shown, before] : [before, shown]
  const latest = revisions.at(-1)!
  const backTo = shown.number < latest.number ? shown : older
  const mayWrite = whyNotWrite === null && EDITABLE_STATES.includes(draft.state)
  return {
    title: `How it came about: ${forWhen(draft.wishedAt, moment)}`,
    tag: stateOf(draft),
    draftId: draft.id,
    version: draft.version,
    lead: `${forWhen(draft.wishedAt, moment)}, “${firstWords(draft.content)}”. ${
      revisions.length === 1 ? 'One revision.' : `${capital(inLetters(revisions.length))} revisions.`
    }`,
    heading: older ? `Revision ${newer.number}, what changed` : `Revision ${newer.number}`,
    against: older ? `against revision ${older.number}` : null,
    by: `${newer.authorName}, ${momentInWords(newer.at, moment.now, moment.zone)}`,
    parts: partsBetween(older?.content.parts ?? newer.content.parts, newer.content.parts),
    back: mayWrite && backTo && backTo.number < latest.number ? backTo.number : null,
    next: latest.number + 1,
    stays: whyNotWrite ?? (mayWrite ? null : STAYS),
    revisions: revisions.toReversed().map((one) => ({
      number: one.number,
      href: `/drafts/${draft.id}/history?revision=${one.number}`,
      current: one.number === shown.number,
      who: one.authorName,
      time: timeModel(one.at, moment),
      now: one.number === latest.number,
      what: changeInWords(revisions[revisions.indexOf(one) - 1]?.content.parts, one.content.parts),
    })),
    choices: revisions
      .toReversed()
      .map(({ number }) => ({ number, older: number === older?.number, newer: number === newer.number })),
    several: revisions.length > 1,
  }
}

const STAYS = 'To go back to an earlier revision the draft must be open for writing: take it back first.'

function partsBetween(was: DraftPart[], is: DraftPart[]) {
  const count = Math.max(was.length, is.length)
  return Array.from({ length: count }, (_, at) => {
    const [before, now] = [was[at], is[at]]
    const words = changesBetween(before?.text ?? '', now?.text ?? '')
    return {
      number: at + 1,
      title: count === 1 ? 'The text' : partInWords(at, count),
      words: marked(words),
      poll: marked(changesBetween(pollInWords(before), pollInWords(now))),
      images: imagesBetween(before?.images ?? [], now?.images ?? []),
      foot: footOf(before, now),
    }
  })
}

function pollInWords(part: DraftPart | undefined): string {
  const poll = part?.poll
  return poll ? `Poll: ${poll.options.join(' / ')}, open for ${lengthInWords(poll.minutes)}` : ''
}

function marked(words: Changed[]) {
  return words.map(({ text, change }) => ({ text, came: change === 'came', went: change === 'went' }))
}

function imagesBetween(was: DraftImage[], is: DraftImage[]) {
  const gone = was.filter(({ hash }) => !is.some((image) => image.hash === hash))
  return [
    ...is.map(({ hash, alt }, at) => {
      const before = was.find((image) => image.hash === hash)
      const moved = before && was.indexOf(before) !== at
      return {
        src: `/images/${hash}`,
        words: marked(changesBetween(before ? before.alt : alt, alt)),
        note: !before
          ? 'A new image'
          : before.alt !== alt
            ? 'The same image, another description'
            : moved
              ? 'The same image, in another place'
              : 'The same image',
      }
    }),
    ...gone.map(({ hash, alt }) => ({
      src: `/images/${hash}`,
      words: marked([{ text: alt, change: 'went' }]),
      note: 'This image was taken out',
    })),
  ]
}

function footOf(before: DraftPart | undefined, now: DraftPart | undefined): string {
  if (!before) return 'A new part'
  if (!now) return 'This part was taken out'
  if (before.text === now.text) return 'The text is the same, word for word'
  return `${weightOf(before.text)} characters, now ${weightOf(now.text)}`
}

function changeInWords(was: DraftPart[] | undefined, is: DraftPart[]): string {
  if (!was) return 'began'
  const changed = (one: (part: DraftPart) => unknown) => !isDeepStrictEqual(was.map(one), is.map(one))
  const changes = [
    ...(is.length > was.length ? ['a part more'] : is.length < was.length ? ['a part less'] : []),
    ...(changed(({ text }) => text) ? ['the words'] : []),
    ...(changed(({ images }) => images.map(({ hash }) => hash)) ? ['images'] : []),
    ...(changed(({ images }) => images.map(({ alt }) => alt)) ? ['descriptions'] : []),
    ...(changed(({ poll }) => poll ?? null) ? ['the poll'] : []),
  ]
  return changes.length > 0 ? changes.join(', ') : 'the sign-off'
}
