import { machineReadable, momentInWords } from '../../calendar.ts'
import { comparePages, type Difference } from './compare-pages.ts'
import type { RecapPowers } from '../recap.ts'
import { revisionWords } from './revision-words.ts'
import type { Revision, RevisionLine } from './revisions-store.ts'
import type { Recap } from '../store.ts'
import { tellWeek } from '../story/tell-week.ts'
import type { WeekFacts } from '../story/week-facts.ts'
import type { WeekPage } from '../week-page.ts'

/** So many changes are listed on one page. */
export const LISTED = 60

/** The model of `recaps/history`: one state of a story beside another, and all of them. */
export function historyPage(
  {
    facts,
    recap,
    lines,
    shown,
    from,
    powers,
  }: {
    facts: WeekFacts
    recap: Recap
    /** The latest first. */
    lines: RevisionLine[]
    shown: Revision
    /** What it is compared with; undefined for the first. */
    from: Revision | undefined
    powers: RecapPowers
  },
  now: Date,
) {
  const self = `/weeks/${facts.week.id}/recap`
  const zone = facts.account.timeZone
  const words = revisionWords(facts, [...shown.blocks, ...(from?.blocks ?? [])])
  const when = (at: Date) => ({ iso: machineReadable(at), label: momentInWords(at, now, zone) })
  const latest = lines[0]!
  const line = (version: number) => lines.find((one) => one.version === version)
  const who = (one: RevisionLine | undefined) => one?.person ?? 'By itself'
  return {
    title: 'How the story came about',
    self,
    lead: `${facts.week.theme || 'The story of the week'}. Every change is kept, with who made it; nothing that was written is lost.`,
    heading: `${who(line(shown.version))} ${words(shown)}`,
    when: when(shown.at),
    against: from ? { who: who(line(from.version)), time: when(from.at) } : null,
    ...differencesView(from ? comparePages(tellWeek(facts, from.blocks), tellWeek(facts, shown.blocks)) : []),
    nothing: from
      ? 'Readers would see no difference: it changed how the story is worked on.'
      : 'It began with this.',
    back:
      powers.write && shown.version < latest.version
        ? { version: recap.version, to: shown.version, time: when(shown.at) }
        : null,
    revisions: lines.slice(0, LISTED).map((one) => ({
      href: `${self}/history?revision=${one.version}`,
      current: one.version === shown.version,
      who: who(one),
      time: when(one.at),
      now: one === latest,
      what: words(one),
    })),
    choices: lines.slice(0, LISTED).map((one) => ({
      version: one.version,
      label: `${when(one.at).label}, ${who(one)}`,
      older: one.version === from?.version,
      newer: one.version === shown.version,
    })),
    several: lines.length > 1,
  }
}

const NOTES: Record<Difference['what'], string> = {
  came: 'New',
  went: 'Gone',
  moved: 'The same words, in another place',
  changed: 'Other words',
}

/** For the partial `story-differences`. */
export function differencesView(differences: readonly Difference[]) {
  return {
    differences: differences.map(({ label, what, words }, at) => ({
      id: `difference-${at}`,
      label,
      note: NOTES[what],
      words: words.map(({ text, change }) => ({ text, came: change === 'came', went: change === 'went' })),
    })),
  }
}

/** The model of `recaps/versions`: what was published, each to be looked at and compared. */
export function versionsPage(
  {
    facts,
    recap,
    editions,
    is,
    was,
  }: {
    facts: WeekFacts
    recap: Recap
    /** The latest first. */
    editions: { edition: number; publishedAt: Date; person: string | null }[]
    is: { edition: number; page: WeekPage } | undefined
    was: { edition: number; page: WeekPage } | undefined
  },
  now: Date,
) {
  const self = `/weeks/${facts.week.id}/recap`
  const zone = facts.account.timeZone
  return {
    title: 'What was published',
    self,
    lead:
      editions.length === 0
        ? 'Nothing was published yet. Each time that it is, what stood on the page is kept here.'
        : 'Each time that the story was published, what stood on the page is kept here. The public page shows the latest, and says at its foot when it was corrected.',
    none: editions.length === 0,
    heading: is && (was ? `Edition ${is.edition} against edition ${was.edition}` : `Edition ${is.edition}`),
    ...differencesView(is && was ? comparePages(was.page, is.page) : []),
    nothing: was
      ? 'Readers see the same words in both; only numbers were counted anew.'
      : 'The first: there is nothing before it to compare it with.',
    editions: editions.map(({ edition, publishedAt, person }) => ({
      edition,
      href: `${self}/versions/${edition}`,
      compareHref: `${self}/versions?edition=${edition}`,
      current: edition === is?.edition,
      who: person ?? 'By itself, as the account’s policy says',
      time: { iso: machineReadable(publishedAt), label: momentInWords(publishedAt, now, zone) },
      now: recap.state === 'published' && edition === recap.edition,
    })),
    choices: editions.map(({ edition }) => ({
      edition,
      older: edition === was?.edition,
      newer: edition === is?.edition,
    })),
    several: editions.length > 1,
  }
}
