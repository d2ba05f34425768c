import { takePartOf } from '../../accounts/texts.ts'
import type { Account } from '../../accounts/accounts.ts'
import { dayInWords, dayOf, monthName } from '../../calendar.ts'
import { shortDays } from '../pages.ts'
import { nextSlot, slotDays, slotOf } from '../slot.ts'
import type { HostedWeek } from '../store.ts'
import type { Sample } from './ask-form.ts'
import { weekOfSlot } from './candidate-mails.ts'
import type { Candidate } from './candidates.ts'

/** What stands in a form’s fields; several values only for the weeks. */
export interface Typed {
  values: Record<string, string>
  weeks: string[]
}

export const NOTHING_TYPED: Typed = { values: {}, weeks: [] }

/** So many coming weeks are there to tick. */
export const WEEKS_SHOWN = 26

/** The first days of the weeks to come that are nobody’s as far as the public knows. */
export function weeksToTick(account: Account, booked: HostedWeek[], now: Date): string[] {
  const current = slotOf(dayOf(now, account.timeZone), account.shape)
  const known = booked.filter(({ week }) => week.announcedAt !== null || week.kind === 'hiatus')
  return Array.from({ length: WEEKS_SHOWN }, (_, at) => nextSlot(current, at + 1)).filter(
    (slot) => !known.some(({ week }) => slotOf(week.slot, account.shape) === slot),
  )
}

/** The fields in which somebody speaks of themselves. */
export function ownFields(
  account: Account,
  {
    typed,
    errors,
    slots,
    sample,
    sampleContext,
  }: {
    typed: Typed
    errors: Record<string, string>
    slots: string[]
    sample: Sample
    sampleContext: string
  },
) {
  const field = fieldOf(typed, errors)
  return {
    name: { ...field('name', 'Your name'), autocomplete: 'name', required: true, maxlength: '80' },
    email: {
      ...field('email', 'Work e-mail'),
      type: 'email',
      autocomplete: 'email',
      required: true,
      hint: 'A mail goes there, in which you confirm what you send.',
    },
    job: {
      ...field('job', 'What you do'),
      required: true,
      maxlength: '120',
      hint: 'As you would tell somebody at a party. Example: community midwife',
    },
    about: {
      ...field('about', 'What would you talk about?'),
      required: true,
      rows: 4,
      hint: 'Two or three sentences: what your days are like, what people get wrong about your work.',
    },
    months: monthsOf(account, slots, typed.weeks),
    weeksWords: {
      ...field('weeksWords', 'Or in your own words'),
      maxlength: '300',
      hint: 'For example: any week but the school holidays.',
    },
    sample: {
      ...field('sample', 'Write one post, as a sample'),
      rows: 4,
      more: 'sample-count',
      hint: 'You need not. It shows how you would sound; it is not posted.',
    },
    sampleChecked: { ...sample, over: sample.over || null },
    sampleContext,
    sampleSeen: sample.keys.join(' '),
  }
}

export function fieldOf(typed: Typed, errors: Record<string, string>) {
  return (name: string, label: string) => ({
    id: name,
    name,
    label,
    value: typed.values[name] ?? '',
    error: errors[name],
  })
}

/** Weeks to tick, by the months in which they begin. The model of the partial `week-choice`. */
export function monthsOf(
  account: Account,
  slots: string[],
  ticked: string[],
  noteOf: (slot: string) => string | null = () => null,
) {
  // What was ticked and has gone to somebody meanwhile is still what they said.
  const all = [...new Set([...slots, ...ticked])].toSorted()
  return [...new Set(all.map((slot) => slot.slice(0, 7)))].map((month) => ({
    name: `${monthName(`${month}-01`)} ${month.slice(0, 4)}`,
    weeks: all
      .filter((slot) => slot.startsWith(month))
      .map((slot) => {
        const days = slotDays(slot, account.shape)
        return {
          value: slot,
          label: shortDays(days[0]!, days.at(-1)!),
          note: noteOf(slot),
          checked: ticked.includes(slot),
        }
      }),
  }))
}

/** What stands on each of these pages about the account. The house rules come as HTML, as do the words on taking part. */
export function aboutAccount(account: Account, html: (markdown: string) => string) {
  const months = account.policy.askingMonths
  return {
    handle: `@${account.handle}`,
    accountName: account.name,
    home: `/@${account.handle}`,
    takePart: html(takePartOf(account)),
    houseRules: html(account.texts.houseRules),
    kept: months === 1 ? 'one month' : `${months} months`,
    askHref: `/@${account.handle}/take-part`,
    suggestHref: `/@${account.handle}/suggestion`,
    privacy: '/privacy',
  }
}

/** What somebody sent, as it is read. */
export function requestInWords(account: Account, candidate: Candidate, now: Date) {
  const today = dayOf(now, account.timeZone)
  return {
    name: candidate.name,
    email: candidate.email,
    job: candidate.job,
    about: candidate.about,
    // Until who was suggested speaks for themselves, the words are those of who suggests them.
    aboutLabel:
      candidate.suggestedBy !== '' && (candidate.state === 'unconfirmed' || candidate.state === 'nominated')
        ? 'Why them'
        : 'Would talk about',
    weeks: candidate.weeks.map((slot) => weekOfSlot(account, slot, today)).join(', '),
    weeksWords: candidate.weeksWords,
    sample: candidate.sample,
    suggestedBy: candidate.suggestedBy,
    erased: dayInWords(dayOf(candidate.eraseAt, account.timeZone), today),
  }
}

/** What they sent, in the fields of the form. */
export function typedOf(candidate: Candidate): Typed {
  const { name, job, weeks, weeksWords, sample, state } = candidate
  // What somebody else said of them is not theirs to send.
  const about = state === 'nominated' ? '' : candidate.about
  return { values: { name, job, about, weeksWords, sample }, weeks }
}
