import type { Account } from '../accounts/accounts.ts'
import { dayInWords, dayOf, machineReadable, momentInWords, spanInWords, timeInWords } from '../calendar.ts'
import type { Image } from '../images/images.ts'
import { pictureModel } from '../images/pages.ts'
import { beginningOf } from '../publishing/beginning.ts'
import type { PostingLimit } from '../publishing/posting-limit.ts'
import { initialsOf } from '../rota/host.ts'
import type { AnsweredPost, DecisionKind, DraftPart, DraftState, PolicyGround } from './draft.ts'
import { partInWords } from './check-content.ts'
import { differences } from './differences.ts'
import { lengthInWords } from './poll.ts'
import type { Comment, Draft, listDecisions } from './store.ts'
import { TAKES_SUGGESTIONS, namesOf, whyNotTake } from './queue/suggestion.ts'
import { stretchesOf, textsAsPosted } from './weight.ts'
import { firstPartsHave, inLetters } from '../words.ts'

/** Where and when words are said: the account's zone, and product time. */
export interface Moment {
  zone: string
  now: Date
  /** Of X, where one keeps posts back. */
  limit?: PostingLimit | null | undefined
  lateAfterMinutes?: number | undefined
}

const STATES: Record<DraftState, string> = {
  writing: 'Being written',
  submitted: 'Waits for approval',
  'changes-requested': 'Changes requested',
  approved: 'Approved',
  declined: 'Declined',
  discarded: 'Discarded',
}

/** The model of the partial `tag` for where a draft stands. Of an approved one its deliveries know more. */
export function stateOf(draft: Pick<Draft, 'state'>): { state: DraftState; label: string } {
  return { state: draft.state, label: STATES[draft.state] }
}

/** "For today 12:30", "For Monday 14 December, 9:30", "As soon as it is approved": what a draft's page is called. */
export function forWhen(at: Date | null, { zone, now }: Moment): string {
  return at ? `For ${momentInWords(at, now, zone)}` : 'As soon as it is approved'
}

/** "a thread of two posts"; null for a single post. */
/** Of what is held of a thread, its first held part and how many are. Null for a post alone. */
export function threadInWords(
  { position, parts }: { position: number; parts: number },
  held: number,
): string | null {
  if (position === 0) return held > 1 ? `a thread of ${inLetters(held)} posts` : null
  return `the rest of a thread of ${inLetters(parts)}, of which ${firstPartsHave(position)} gone out`
}

export function timeModel(at: Date, { zone, now }: Moment): { iso: string; label: string } {
  return { iso: machineReadable(at), label: momentInWords(at, now, zone) }
}

/** "in 8 minutes", and the seconds, from which a page can count. */
export function leftUntil(at: Date, { now }: Moment): { label: string; seconds: number } {
  const left = at.getTime() - now.getTime()
  return {
    label: left > 0 ? `in ${spanInWords(left)}` : 'at this moment',
    seconds: Math.max(0, Math.round(left / 1000)),
  }
}

/** The model of the partial `as-posted`. Images that are not known (any more) are left out. */
export function asPosted({
  account,
  parts,
  signOff,
  answering,
  images,
  describes = false,
}: {
  account: Pick<Account, 'name' | 'handle' | 'avatarHash'>
  parts: DraftPart[]
  signOff: string
  answering: AnsweredPost | null
  images: Image[]
  /** Show what is said of an image to those who can't see it, and where a link leads that X shows cut. */
  describes?: boolean
}) {
  const texts = textsAsPosted(parts, signOff)
  return {
    name: account.name,
    handle: `@${account.handle}`,
    portrait: accountPortrait(account),
    answers: answering && `@${answering.handle}`,
    parts: parts.map((part, at) => {
      const signed = at === parts.length - 1 && signOff !== '' && texts[at]!.endsWith(signOff)
      const text = signed ? texts[at]!.slice(0, -signOff.length).trimEnd() : texts[at]!
      return {
        words: stretchesOf(text),
        cut: describes ? cutLinks(text) : [],
        signOff: signed ? signOff : null,
        poll: part.poll && { options: part.poll.options, length: lengthInWords(part.poll.minutes) },
        images: part.images.flatMap(({ hash, alt }, place) => {
          const image = images.find((one) => one.hash === hash)
          const described = part.images.length === 1 ? 'Described as' : `Image ${place + 1}:`
          const shown = { ...pictureModel(hash, image), alt, describes, described }
          return image ? [{ ...shown, width: image.width, height: image.height }] : []
        }),
      }
    }),
  }
}

/** Where the links lead of which X shows the beginning only. */
function cutLinks(text: string): string[] {
  return stretchesOf(text).flatMap(({ href, shown }) => (href && shown?.endsWith('…') ? [href] : []))
}

function accountPortrait({ name, avatarHash }: Pick<Account, 'name' | 'avatarHash'>) {
  return avatarHash ? { src: `/images/${avatarHash}` } : { initials: initialsOf(name) || '?' }
}

const DECISIONS: Record<DecisionKind, string> = {
  approved: 'approved it',
  'changes-requested': 'asked for changes',
  declined: 'declined it',
  agreed: 'approved it, as the first of two people',
  'let-go': 'let it go',
  named: 'asked that it may go out although the brake is on',
  passed: 'agreed that it goes out although the brake is on',
  stopped: 'stopped it, so that people decide',
}

/** Why the account's policy approved something, after "approved it". */
const GROUNDS: Record<PolicyGround, string> = {
  answer: ', since answers need nobody’s word here',
  'trusted-host': ', since its host is trusted',
  live: ', since it was posted live',
  'standard-answer': ', since the answer was approved once for all',
}

/** Decisions and comments as one conversation, oldest first. The model of the partial `said-of-draft`. */
export function conversationOf(
  {
    decisions,
    comments,
    removals = [],
  }: {
    decisions: Awaited<ReturnType<typeof listDecisions>>
    comments: Comment[]
    /** Who took something of it down, and why. */
    removals?: { at: Date; text: string; who: string; did: string }[]
  },
  moment: Moment,
  {
    draft,
    takes = false,
  }: { draft: Draft; /** The person wrote it, and may take suggested words. */ takes?: boolean },
) {
  return [
    ...decisions.map(({ at, kind, comment, personName, ownWork, ground }) => ({
      at,
      text: comment,
      who: personName ?? (kind === 'stopped' ? 'The rota' : 'The account’s policy'),
      did:
        kind === 'stopped' && personName === null
          ? 'changed, so that it has to be decided anew'
          : kind === 'stopped' && ground
            ? 'changed the account’s rules, so that people decide it'
            : DECISIONS[kind] + (ownWork ? ', their own work' : '') + (ground ? GROUNDS[ground] : ''),
    })),
    ...removals,
    ...comments.map((comment) => ({
      at: comment.at,
      text: comment.text,
      who: comment.personName,
      did: comment.suggestion === null ? 'said' : 'suggested other words',
      about: aboutInWords(comment),
      suggestion: suggestionModel(comment, { draft, takes }),
    })),
  ]
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, ...said }) => ({ ...said, time: timeModel(at, moment) }))
}

/** What its writer is told of words that others wrote in a draft; null where there are none, or nothing can be accepted. */
export function acceptModel(draft: Draft, foreign: { personName: string }[]) {
  if (foreign.length === 0 || !TAKES_SUGGESTIONS.includes(draft.state)) return null
  return {
    who: namesOf(foreign),
    action: `/drafts/${draft.id}/acceptance`,
    version: draft.version,
  }
}

/** "About part two, “The last walk”", as it read then. */
function aboutInWords({ part, parts, partText }: Comment): string | null {
  if (part === null || partText === null) return null
  const name = partInWords(part, parts).replace(/^\w/, (letter) => letter.toLowerCase())
  return `About ${name}, “${beginningOf(partText, 80)}”`
}

/** Suggested words beside what they stand for, and the buttons that take them. */
function suggestionModel(
  { id, suggestion, part, partText, takenIn }: Comment,
  { draft, takes }: { draft: Draft; takes: boolean },
) {
  if (suggestion === null || part === null) return null
  const instead = partText ?? ''
  const marked = differences(instead, suggestion)
  const whyNot = whyNotTake({ part, words: suggestion, instead, taken: takenIn !== null }, draft)
  return {
    was: marked.one.some(({ only }) => only) ? marked.one : null,
    is: marked.other,
    note: takenIn !== null ? 'Taken.' : takes || draft.state === 'submitted' ? whyNot : null,
    take:
      takes && !whyNot
        ? {
            action: `/drafts/${draft.id}/suggestions/${id}/taking`,
            version: draft.version,
            submits: draft.state === 'changes-requested',
          }
        : null,
  }
}

/** "Monday 16 November, 9:00" */
export function spanEnd(at: Date, zone: string): string {
  return `${dayInWords(dayOf(at, zone))}, ${timeInWords(at, zone)}`
}
