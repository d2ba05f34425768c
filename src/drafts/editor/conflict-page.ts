import { isDeepStrictEqual } from 'node:util'
import type { Account } from '../../accounts/accounts.ts'
import { differences, type Marked } from '../differences.ts'
import { MOST_PARTS, nth, partField, partInWords } from '../check-content.ts'
import { EDITABLE_STATES } from '../draft.ts'
import { editorPartsOf, type EditorForm, type EditorPart } from './editor-form.ts'
import { spanEnd, stateOf, timeModel, forWhen, type Moment } from '../pages.ts'
import { lengthInWords, pollOf } from '../poll.ts'
import type { Draft } from '../store.ts'
import { POST_LIMIT, textsAsPosted, weightOf } from '../weight.ts'
import { readWish } from '../wished-time.ts'

/**
 * The model of `drafts/conflict`: what somebody typed beside what stands now, part by part. Where the draft is not to be
 * changed any more (submitted, decided), what was typed can be kept as a draft of its own.
 */
export function conflictPage(
  {
    draft,
    form,
    account,
    changedBy,
    own,
    copyId,
    asking = null,
  }: {
    draft: Draft
    form: EditorForm
    account: Account
    /** Who changed it meanwhile; null when the account's policy did. */
    changedBy: string | null
    /** They were faster than themselves: another window, another device. */
    own: boolean
    copyId: string
    /** The page comes back because a text was written afresh and not chosen. */
    asking?: MergeForm | null
  },
  moment: Moment,
) {
  const { zone } = moment
  const who = own ? 'You' : (changedBy ?? 'The account’s policy')
  const theirs = editorPartsOf(draft.content)
  const count = Math.max(theirs.length, form.parts.length)
  const mine = weights(form.parts, draft.signOff)
  const now = weights(theirs, draft.signOff)
  const mayMerge = EDITABLE_STATES.includes(draft.state)
  const unchosen = asking ? unchosenAfresh(asking, draft, form.parts) : []
  return {
    title: `Two versions: ${forWhen(draft.wishedAt, moment)}`,
    page: 'merging',
    heading: own ? 'You were here already' : `${who.split(' ')[0]} was faster`,
    tag: { state: 'checking', label: 'Two versions' },
    lead: own ? 'In another window or on another device you changed this draft' : `${who} changed this draft`,
    changed: timeModel(draft.changedAt, moment),
    state: mayMerge ? null : stateOf(draft).label,
    mayMerge,
    draftId: draft.id,
    version: draft.version,
    copyId,
    weekId: draft.weekId,
    accountId: account.id,
    slot: draft.slot,
    reply: draft.replyTo,
    signOff: form.signOff,
    theirName: own ? 'what stands now' : `${who.split(' ')[0]}’s`,
    parts: Array.from({ length: count }, (_, at) => {
      const typed = form.parts[at]
      const stands = theirs[at]
      const same = typed !== undefined && stands !== undefined && samePart(typed, stands)
      const marked = differences(typed?.text ?? '', stands?.text ?? '')
      const afresh = asking?.afresh[at]
      const asks = unchosen.includes(at)
      const take = asks || asking?.take[at] === 'afresh' ? 'afresh' : asking?.take[at]
      return {
        number: at + 1,
        error: asks ? UNCHOSEN : null,
        takes: { theirs: take === 'theirs', afresh: take === 'afresh' },
        asked: asks ? afresh : null,
        title: count === 1 ? 'The text' : partInWords(at, count),
        same,
        note: same ? 'the same in both' : noteOf(marked, { typed, stands }),
        mine: typed && {
          text: typed.text,
          fields: hiddenFields(typed, at),
          words: marked.one,
          images: typed.images,
          poll: pollModel(typed),
          weight: mine[at],
        },
        theirs: stands && {
          words: marked.other,
          images: stands.images,
          poll: pollModel(stands),
          weight: now[at],
        },
        merged: afresh ?? typed?.text ?? stands?.text ?? '',
      }
    }),
    time: { ...timeModelOf(draft, form, zone), takesTheirs: asking?.takeTime === 'theirs' },
    limit: POST_LIMIT,
    summary:
      unchosen.length > 0
        ? {
            title: 'Which shall it be?',
            errors: unchosen.map((at) => ({ id: partField(at, 'text'), message: UNCHOSEN })),
          }
        : null,
  }
}

/** A typed part, to be carried on by the page's form. */
function hiddenFields({ text, images, poll }: EditorPart, at: number): { name: string; value: string }[] {
  const name = `mine-${at + 1}`
  return [
    { name: `${name}-text`, value: text },
    ...images.flatMap(({ hash, alt }, place) => [
      { name: `${name}-hash${nth(place)}`, value: hash },
      { name: `${name}-alt${nth(place)}`, value: alt },
    ]),
    ...poll.options.map((value, option) => ({ name: `${name}-poll-${option + 1}`, value })),
    { name: `${name}-poll-length`, value: poll.length },
    { name: `${name}-poll-unit`, value: poll.unit },
  ]
}

function pollModel({ poll: typed }: EditorPart): { options: string[]; length: string } | null {
  const poll = pollOf(typed)
  return poll ? { options: poll.options, length: lengthInWords(poll.minutes) } : null
}

function weights(parts: EditorPart[], signOff: string): number[] {
  return textsAsPosted(parts, signOff).map(weightOf)
}

function samePart(one: EditorPart, other: EditorPart): boolean {
  return (
    one.text === other.text &&
    isDeepStrictEqual(one.images, other.images) &&
    isDeepStrictEqual(pollOf(one.poll), pollOf(other.poll))
  )
}

function noteOf(
  marked: { one: Marked[]; other: Marked[] },
  { typed, stands }: { typed: EditorPart | undefined; stands: EditorPart | undefined },
): string {
  if (!typed) return 'only in what stands now'
  if (!stands) return 'only in what you typed'
  if (typed.text === stands.text) return 'the images, their descriptions or the poll differ'
  const places = Math.max(...[marked.one, marked.other].map((side) => side.filter(({ only }) => only).length))
  const also = samePart({ ...typed, text: stands.text }, stands)
    ? ''
    : ', and the images, their descriptions or the poll'
  return `${places === 1 ? 'one place differs' : `${places} places differ`}${also}; underlined is what only one of them has`
}

function timeModelOf(draft: Draft, form: EditorForm, zone: string) {
  const mine = wished(form, zone)
  const same = mine !== undefined && mine?.getTime() === draft.wishedAt?.getTime()
  return {
    same,
    mine: mine === undefined ? 'As you typed it' : timeInWords(mine, zone),
    theirs: timeInWords(draft.wishedAt, zone),
    wish: form.wish,
  }
}

function wished(form: EditorForm, zone: string): Date | null | undefined {
  try {
    return readWish(form.wish, zone)
  } catch {
    return undefined
  }
}

function timeInWords(at: Date | null, zone: string): string {
  return at ? spanEnd(at, zone) : 'As soon as it is approved'
}

/** The conflict page as it was sent, beside what its editor had typed. Lists are by part, counted from 0. */
export interface MergeForm {
  take: (string | undefined)[]
  takeTime: string | undefined
  /** What stands under "Or afresh". */
  afresh: (string | undefined)[]
  /** The text afresh that the page has asked about already: with it the choice is meant. */
  asked: (string | undefined)[]
}

export function readMergeForm(body: unknown): MergeForm {
  const fields = (body ?? {}) as Record<string, unknown>
  const text = (name: string) => {
    const value = fields[name]
    return typeof value === 'string' ? value.replaceAll(/\r\n?/g, '\n') : undefined
  }
  const byPart = (name: (part: number) => string) =>
    Array.from({ length: MOST_PARTS }, (_, at) => text(name(at + 1)))
  return {
    take: byPart((part) => `take-${part}`),
    takeTime: text('take-time'),
    afresh: byPart((part) => `part-${part}-text`),
    asked: byPart((part) => `asked-${part}-text`),
  }
}

const UNCHOSEN =
  'You wrote something here, and another version was chosen. Which shall it be? Nothing was saved yet.'

/** The parts, counted from 0, in which a text was written afresh and something else is chosen. */
export function unchosenAfresh(
  { take, afresh, asked }: MergeForm,
  draft: Draft,
  typed: EditorPart[],
): number[] {
  const theirs = editorPartsOf(draft.content)
  return afresh.flatMap((text, at) => {
    if (text === undefined || take[at] === 'afresh' || text === asked[at]) return []
    return [typed[at]?.text, theirs[at]?.text].includes(text) ? [] : [at]
  })
}

/** The parts that somebody chose on the conflict page, from what they typed, what stands now, and what they wrote afresh. */
export function mergedParts({ take, afresh }: MergeForm, draft: Draft, typed: EditorPart[]): EditorPart[] {
  const theirs = editorPartsOf(draft.content)
  return Array.from({ length: Math.max(theirs.length, typed.length) }, (_, at) => {
    if (take[at] === 'theirs') return theirs[at]
    if (take[at] === 'mine') return typed[at]
    const base = typed[at] ?? theirs[at]!
    return take[at] === 'afresh' && afresh[at] !== undefined ? { ...base, text: afresh[at] } : base
  }).filter((part) => part !== undefined)
}

/** What somebody typed, to be kept as a draft of its own: in their last words, where they wrote afresh. */
export function ownParts({ take, afresh }: MergeForm, typed: EditorPart[]): EditorPart[] {
  return typed.map((part, at) =>
    take[at] === 'afresh' && afresh[at] !== undefined ? { ...part, text: afresh[at] } : part,
  )
}
