import type { Account } from '../../accounts/accounts.ts'
import { dayInWords, dayOf, machineReadable, momentInWords } from '../../calendar.ts'
import type { Mail } from '../../mail/outbox.ts'
import { mayStep, type CandidateState } from '../candidate.ts'
import type { NearPerson } from '../near-person.ts'
import { tagOfMail, timeOfMail } from '../mails/mail-pages.ts'
import { MAIL_TITLES, type AskingMailKind } from '../mails/mail-plan.ts'
import { fieldOf, monthsOf, requestInWords, type Typed } from './ask-page.ts'
import { weekOfSlot } from './candidate-mails.ts'
import { referenceOf, type Candidate, type Offer } from './candidates.ts'
import { capital, inLetters } from '../../words.ts'

const TAGS: Record<CandidateState, { state: string; label: string }> = {
  unconfirmed: { state: 'waiting', label: 'Not confirmed' },
  nominated: { state: 'waiting', label: 'Asked themselves' },
  new: { state: 'submitted', label: 'New' },
  shortlisted: { state: 'approved', label: 'Shortlist' },
  kept: { state: 'held', label: 'Kept for later' },
  offered: { state: 'invited', label: 'Weeks offered' },
  booked: { state: 'announced', label: 'Has a week' },
  declined: { state: 'declined', label: 'Told no' },
}

/** In the order in which a lead has to do with them. */
const GROUPS: { state: CandidateState; title: string }[] = [
  { state: 'new', title: 'New' },
  { state: 'offered', title: 'Weeks offered' },
  { state: 'shortlisted', title: 'Shortlist' },
  { state: 'kept', title: 'Kept for later' },
  { state: 'booked', title: 'Have a week' },
  { state: 'declined', title: 'Told no' },
]

interface Seen {
  account: Account
  now: Date
}

/** Everybody who asked for a week, by where they stand. */
export function candidatesPage(
  candidates: Candidate[],
  {
    account,
    offers,
    gone,
    mails,
    nominated,
    now,
  }: Seen & { offers: Map<string, Offer>; gone: string[]; mails: Mail[]; nominated: { ids: string[] } },
) {
  const handle = `@${account.handle}`
  const bounced = (ids: string[]) =>
    mails.filter(({ candidateId, state }) => state === 'failed' && ids.includes(candidateId ?? '')).length
  const undelivered = bounced(nominated.ids)
  return {
    title: 'Who asks for a week',
    handle,
    open: account.policy.asking,
    formHref: `/${handle}/take-part`,
    settingsHref: `/accounts/${account.id}#asking`,
    mailsHref: `/accounts/${account.id}/mails#asking-title`,
    groups: GROUPS.map(({ state, title }) => ({
      id: state,
      titleId: `${state}-title`,
      title,
      candidates: candidates
        .filter((candidate) => candidate.state === state)
        .map((candidate) =>
          lineOf(candidate, {
            account,
            offer: offers.get(candidate.id),
            gone: gone.includes(candidate.id),
            mails,
            now,
          }),
        ),
    }))
      .filter((group) => group.candidates.length > 0)
      .map((group) => ({ ...group, note: String(group.candidates.length) })),
    nominated:
      nominated.ids.length === 0
        ? null
        : `${nominated.ids.length === 1 ? 'One person was' : `${capital(inLetters(nominated.ids.length))} people were`} suggested and asked, and did not answer yet. You see who it is when they say yes.${undelivered > 0 ? ` ${undelivered === 1 ? 'One mail' : `${capital(inLetters(undelivered))} mails`} to them did not arrive.` : ''}`,
  }
}

function lineOf(
  candidate: Candidate,
  { account, offer, gone, mails, now }: Seen & { offer: Offer | undefined; gone: boolean; mails: Mail[] },
) {
  const zone = account.timeZone
  const lost = mails.some(({ candidateId, state }) => candidateId === candidate.id && state === 'failed')
  return {
    href: `/candidates/${candidate.id}`,
    name: candidate.name,
    job: candidate.job,
    about: candidate.about.length > 140 ? `${candidate.about.slice(0, 139)}…` : candidate.about,
    asked: {
      iso: machineReadable(candidate.confirmedAt ?? candidate.createdAt),
      label: dayInWords(dayOf(candidate.confirmedAt ?? candidate.createdAt, zone), dayOf(now, zone)),
    },
    offer:
      offer?.state === 'open' && candidate.state === 'offered'
        ? `until ${lastDayOf(offer, account, dayOf(now, zone))}${gone ? ', and none of its weeks is free any more' : ''}`
        : null,
    lost,
  }
}

/** One person who asked, and what a lead can do. */
export function candidatePage(
  candidate: Candidate,
  {
    account,
    offers,
    mails,
    near,
    sample,
    free,
    othersOffered,
    typed,
    errors,
    now,
  }: Seen & {
    offers: Offer[]
    mails: Mail[]
    /** Whom the account knows under nearly this name and another address. */
    near: NearPerson | null
    sample: { weight: number; limit: number; checks: unknown[] }
    /** First days of weeks that nobody has. */
    free: string[]
    /** First days that are offered to others too. */
    othersOffered: string[]
    /** Into the form of an offer. */
    typed: Typed
    errors: Record<string, string>
  },
) {
  const zone = account.timeZone
  const may = (step: Parameters<typeof mayStep>[1]) => mayStep(candidate.state, step)
  const lost = mails.findLast(({ state }) => state === 'failed')
  return {
    title: candidate.name,
    reference: referenceOf(candidate),
    tag: TAGS[candidate.state],
    listHref: `/accounts/${account.id}/candidates`,
    action: `/candidates/${candidate.id}`,
    version: candidate.version,
    asked: momentInWords(candidate.confirmedAt ?? candidate.createdAt, now, zone),
    said: requestInWords(account, candidate, now),
    sample: candidate.sample === '' ? null : sample,
    weekHref: candidate.weekId && `/weeks/${candidate.weekId}`,
    near: may('offer') ? near : null,
    lost: lost && { to: lost.to, trouble: lost.trouble },
    mails: mails
      .filter(({ kind }) => kind !== 'candidate-confirm')
      .map((mail) => ({
        title: MAIL_TITLES[mail.kind as AskingMailKind],
        subject: mail.subject,
        tag: tagOfMail(mail),
        time: timeOfMail(mail, { zone, now }),
        trouble: mail.trouble,
      })),
    offers: offers.map((offer) => offerInWords(offer, { account, now })),
    may: {
      shortlist: may('shortlist'),
      keep: may('keep'),
      offer: may('offer'),
      takeBack: may('take-back'),
      decline: may('decline'),
      erase: candidate.state !== 'offered',
    },
    takeBackWords: offers.some(
      ({ state, slots }) => state === 'open' && !slots.some((slot) => free.includes(slot)),
    )
      ? 'None of the weeks that they were offered is free any more. Take the offer back, then offer others.'
      : 'They can choose one of the weeks, until the offer ends.',
    offering: may('offer') && {
      open: Object.keys(errors).length > 0,
      error: errors['weeks'],
      suits: monthsOf(
        account,
        free.filter(isSuiting(candidate)),
        typed.weeks.filter(isSuiting(candidate)),
        noteOf,
      ),
      others: monthsOf(
        account,
        free.filter((slot) => !isSuiting(candidate)(slot)),
        typed.weeks.filter((slot) => !isSuiting(candidate)(slot)),
        noteOf,
      ),
      until: {
        ...fieldOf(typed, errors)('until', 'Until when does the offer hold?'),
        type: 'date',
        required: true,
        hint: 'To the end of that day. Then you are told, and they are on the shortlist again.',
      },
    },
    words: {
      value: typed.values['words'] ?? '',
      label: `A word to ${candidate.name}, if you like`,
      rows: 3,
      maxlength: '1000',
      name: 'words',
    },
  }

  function noteOf(slot: string): string | null {
    return othersOffered.includes(slot) ? 'offered to somebody else, too' : null
  }
}

function isSuiting({ weeks }: Candidate): (slot: string) => boolean {
  return (slot) => weeks.includes(slot)
}

const OFFERS: Record<Offer['state'], { state: string; label: string }> = {
  open: { state: 'invited', label: 'Open' },
  taken: { state: 'announced', label: 'Taken' },
  refused: { state: 'declined', label: 'None suited' },
  withdrawn: { state: 'cancelled', label: 'Taken back' },
  ended: { state: 'closed', label: 'Ended' },
}

function offerInWords(offer: Offer, { account, now }: Seen) {
  const today = dayOf(now, account.timeZone)
  return {
    tag: OFFERS[offer.state],
    weeks: offer.slots.map((slot) => weekOfSlot(account, slot, today)).join(', '),
    until: lastDayOf(offer, account, today),
    answer: offer.answer,
  }
}

/** The last day on which it holds. */
function lastDayOf({ endsAt }: Offer, { timeZone }: Account, today: string): string {
  return dayInWords(dayOf(new Date(endsAt.getTime() - 1), timeZone), today)
}
