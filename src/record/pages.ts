import type { RecordedActivity } from '../activity/activities.ts'
import { dayInWords, dayOf, machineReadable, momentInWords, monthName, timeInWords } from '../calendar.ts'
import { daysOf } from '../rota/pages.ts'
import { weekDays } from '../rota/week.ts'
import type { HostedWeek } from '../rota/weeks.ts'
import type { About, Asked, RecordRead } from './read-record.ts'
import { NOBODY, sentence, type Facts } from './sentence.ts'

const ABOUT_LABELS: Record<About, string> = {
  decisions: 'Decisions',
  posts: 'What went out',
  weeks: 'Weeks and hosts',
  stories: 'Stories of weeks',
  account: 'Account and people',
}

const NOTHING_FITS = {
  title: 'Nothing fits that',
  text: 'Nobody did anything of the kind in that time. Ask for less, or look at everything.',
  action: { href: '/activity', label: 'Show everything' },
}
const NOTHING_YET = {
  title: 'Nothing has happened yet',
  text: 'As soon as somebody books a week or writes a draft, it stands here.',
  action: { href: '/rota', label: 'Open the rota' },
}

/** The record in sentences, by days, the newest first. */
export function recordPage(record: RecordRead, { isLead, now }: { isLead: boolean; now: Date }) {
  const { account, asked, entries, next, total } = record
  const zone = account.timeZone
  const today = dayOf(now, zone)
  const days = [...new Set(entries.map(({ at }) => dayOf(at, zone)))]
  const filtered = Object.keys(given({ ...asked, before: undefined })).length > 0
  return {
    title: 'Activity',
    lead: `Who did what for @${account.handle}, and when: ${total.toLocaleString('en-GB')} ${total === 1 ? 'entry' : 'entries'}${filtered ? ' fit what you ask for' : ''}. Nobody can change or remove one here. What the law wants erased is erased on the machine itself, and an entry says so.`,
    check: checkInWords(record, now),
    file: isLead ? fileForm(record) : null,
    fields: filterFields(record, today),
    days: days.map((day) => ({
      id: `day-${day}`,
      title: day === today ? `Today, ${dayInWords(day, today)}` : dayInWords(day, today),
      entries: entries.filter(({ at }) => dayOf(at, zone) === day).map((entry) => line(entry, record, now)),
    })),
    nothing: entries.length > 0 ? null : filtered ? NOTHING_FITS : NOTHING_YET,
    pager: {
      label: 'Pages of the record',
      newer: asked.before
        ? { href: address({ ...asked, before: undefined }), label: 'Newest entries' }
        : null,
      older: next === null ? null : { href: address({ ...asked, before: next }), label: 'Older entries' },
    },
    paged: asked.before !== undefined || next !== null,
  }
}

/** What a lead takes out as a file: what the page is asked for, without the part of it that is about a subject. */
function fileForm({ asked: { week, by, from, to } }: RecordRead) {
  const person = by === 'app' ? undefined : by
  return {
    about: Object.entries({ week, by: person, from, to }).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value }],
    ),
    text:
      week || person || from || to
        ? 'With drafts and their revisions, decisions, what went out, mails and entries, of what the page shows now.'
        : 'With drafts and their revisions, decisions, what went out, mails and entries. Choose a week, a person or days above and press “Show” first, or take all of it.',
    as: {
      id: 'as',
      name: 'as',
      label: 'As',
      options: [
        { value: 'html', label: 'A page to read and print' },
        { value: 'json', label: 'Data (JSON)' },
      ],
    },
    names: { id: 'names', name: 'names', label: 'Leave names out', value: 'out' },
  }
}

/** Whether anything of the record is missing or changed, as of the last time that somebody looked. */
function checkInWords({ check, account }: RecordRead, now: Date) {
  if (!check)
    return { text: 'Nobody has checked yet whether an entry is missing or was changed.', troubles: [] }
  const when = momentInWords(check.at, now, account.timeZone)
  return check.troubles.length === 0
    ? {
        text: `Checked ${when}: no entry is missing, and each is as it was written${check.erased > 0 ? ', but for what was erased on purpose' : ''}.`,
        troubles: [],
      }
    : { text: `Checked ${when}: something is wrong with this record.`, troubles: check.troubles }
}

/** What an entry says, after the name of who did it. */
export function entryInWords(
  entry: RecordedActivity,
  record: Pick<RecordRead, 'account' | 'draftWords' | 'weeks'>,
  now: Date,
): string {
  return sentence(entry.kind, factsOf(entry, record, now)).what
}

function line(entry: RecordedActivity, record: RecordRead, now: Date) {
  const { id, kind, at, personId } = entry
  const zone = record.account.timeZone
  const { what, tag } = sentence(kind, factsOf(entry, record, now))
  return {
    id: `entry-${id}`,
    time: { iso: machineReadable(at), label: timeInWords(at, zone) },
    who:
      personId === null
        ? (NOBODY[kind] ?? 'My Working Week')
        : (record.people.find((person) => person.id === personId)?.name ?? 'Somebody who left') +
          inPlaceOf(entry, record),
    what,
    tag: entry.salt === null ? ERASED : tag,
    ...more(entry, record),
  }
}

/** What was said is taken away on purpose; the entry stays. */
const ERASED = { state: 'cancelled', label: 'Erased' }

/** "in place of Helen Marsh", where the person's powers were lent at that moment. What hosts do is their own. */
function inPlaceOf({ personId, at, kind }: RecordedActivity, { lent }: RecordRead): string {
  if (!DONE_BY_DECIDERS.test(kind)) return ''
  const absence = lent.find(
    ({ deputyId, beginsAt, endsAt }) => deputyId === personId && beginsAt <= at && at < endsAt,
  )
  return absence ? ` (in place of ${absence.person.name})` : ''
}

const DONE_BY_DECIDERS =
  /^(draft\.(approved|changes-requested|declined|stopped|named|unnamed|passed)|delivery\.|account\.brake-)/

/** What stands behind an entry: what people said about it, and where it leads. */
function more({ kind, draftId, weekId, accountId, details }: RecordedActivity, { weeks }: RecordRead) {
  const facts = Object.entries(details).flatMap(([name, value]) => {
    const label =
      FACTS[name] ?? (kind === 'account.changed' && name !== 'section' ? (SETTINGS[name] ?? name) : undefined)
    return label && typeof value === 'string' && value !== '' ? [{ label, value }] : []
  })
  const week = weeks.some((hosted) => hosted.week.id === weekId)
  const link = draftId
    ? { href: `/drafts/${draftId}`, label: 'The draft' }
    : week && kind.startsWith('recap.')
      ? { href: `/weeks/${weekId}/recap`, label: 'The story' }
      : week && kind.startsWith('post.')
        ? { href: `/weeks/${weekId}/conversation`, label: 'The conversation' }
        : week
          ? { href: `/weeks/${weekId}`, label: 'The week' }
          : kind.startsWith('account.')
            ? { href: `/accounts/${accountId}`, label: 'The account' }
            : kind.startsWith('person.')
              ? { href: '/people', label: 'People' }
              : null
  return { facts, link }
}

/** Details that are people's or the network's own words. */
const FACTS: Record<string, string> = {
  comment: 'What was said',
  reason: 'Why',
  text: 'The words',
}

/** What a changed setting of the account is called, beside "30 → 45". */
const SETTINGS: Record<string, string> = {
  name: 'Name',
  handle: 'Handle',
  hashtag: 'Hashtag',
  timeZone: 'Time zone',
  days: 'Days (1 is Monday)',
  opens: 'Opens',
  closes: 'Closes',
  decided: 'Needs a decision (all, originals or untrusted)',
  stopMinutes: 'Can be stopped for (minutes)',
  selfApproval: 'Approving one’s own words',
  publishRecap: 'Publishing stories by itself',
  remindMinutes: 'Reminder before a draft is wanted (minutes)',
  lateAfterMinutes: 'Too late after (minutes)',
  threadGapSeconds: 'Between parts (seconds)',
  listenEveryMinutes: 'Looking for replies every (minutes)',
  gapMinutes: 'Between two posts (minutes)',
  times: 'Suggested times',
  'times-1': 'On Mondays',
  'times-2': 'On Tuesdays',
  'times-3': 'On Wednesdays',
  'times-4': 'On Thursdays',
  'times-5': 'On Fridays',
  'times-6': 'On Saturdays',
  'times-7': 'On Sundays',
  houseRules: 'House rules',
  takePart: 'Have the account for a week',
  accessibility: 'Accessibility',
  privacy: 'Privacy',
  briefing: 'Points of the briefing',
  contact: 'Contact',
}

function factsOf(
  { details, draftId, weekId }: RecordedActivity,
  { account, draftWords, weeks }: Pick<RecordRead, 'account' | 'draftWords' | 'weeks'>,
  now: Date,
): Facts {
  const words = typeof details['words'] === 'string' ? details['words'] : draftWords.get(draftId ?? '')
  const hosted = weeks.find(({ week }) => week.id === weekId)
  const today = dayOf(now, account.timeZone)
  const day = (slot: string) => {
    const year = slot.slice(0, 4) === today.slice(0, 4) ? '' : ` ${slot.slice(0, 4)}`
    return `${Number(slot.slice(8))} ${monthName(slot)}${year}`
  }
  return {
    details,
    draft: words === undefined ? 'a draft' : `“${words}”`,
    week: hosted?.host
      ? `${hosted.host.name}’s week`
      : hosted
        ? `the week of ${day(hosted.week.slot)}`
        : 'the week',
    day,
    // Under the heading of another day, “today” would be that day.
    moment: (iso) => {
      const [at, zone] = [new Date(iso), account.timeZone]
      return `${dayInWords(dayOf(at, zone), dayOf(now, zone))}, ${timeInWords(at, zone)}`
    },
  }
}

function filterFields({ asked, weeks, people, account }: RecordRead, today: string) {
  const options = (chosen: string | undefined, any: string, list: { value: string; label: string }[]) => [
    { value: '', label: any },
    ...list.map((one) => ({ ...one, selected: one.value === chosen })),
  ]
  return {
    week: {
      id: 'week',
      name: 'week',
      label: 'Week',
      options: options(
        asked.week,
        'Any week',
        weeks
          .toReversed()
          .map((hosted) => ({ value: hosted.week.id, label: weekLabel(hosted, account.timeZone, today) })),
      ),
    },
    by: {
      id: 'by',
      name: 'by',
      label: 'Person',
      options: options(asked.by, 'Anybody', [
        ...people.map(({ id, name }) => ({ value: id, label: name })),
        { value: 'app', label: 'My Working Week itself' },
      ]),
    },
    about: {
      id: 'about',
      name: 'about',
      label: 'About',
      options: options(
        asked.about,
        'Everything',
        Object.entries(ABOUT_LABELS).map(([value, label]) => ({ value, label })),
      ),
    },
    from: { id: 'from', name: 'from', label: 'From', type: 'date', value: asked.from ?? '' },
    to: { id: 'to', name: 'to', label: 'To', type: 'date', value: asked.to ?? '' },
  }
}

function weekLabel({ week, host }: HostedWeek, zone: string, today: string): string {
  const days = weekDays(week, zone)
  return `${daysOf(days[0]!, days.at(-1)!, today)}, ${host?.name ?? (week.kind === 'hiatus' ? 'hiatus' : 'nobody')}`
}

function address(asked: Asked): string {
  const query = new URLSearchParams(given(asked)).toString()
  return query ? `/activity?${query}` : '/activity'
}

function given(asked: Asked): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
}
