import type { Account } from '../accounts/accounts.ts'
import { differences, type Marked } from './differences.ts'
import { partInWords } from './check-content.ts'
import { EDITABLE_STATES } from './draft.ts'
import { editorPartsOf, type EditorForm, type EditorPart } from './editor-form.ts'
import { spanEnd, stateOf, timeModel, whenInWords, type Moment } from './pages.ts'
import type { Draft } from './store.ts'
import { POST_LIMIT, textsAsPosted, weightOf } from './weight.ts'
import { readWish } from './wished-time.ts'

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
  }: {
    draft: Draft
    form: EditorForm
    account: Account
    /** Who changed it meanwhile; null when the account's policy did. */
    changedBy: string | null
    /** They were faster than themselves: another window, another device. */
    own: boolean
    copyId: string
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
  return {
    title: `Two versions of the draft for ${whenInWords(draft.wishedAt, zone)}`,
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
      return {
        number: at + 1,
        title: count === 1 ? 'The text' : partInWords(at, count),
        same,
        note: same ? 'the same in both' : noteOf(marked, { typed, stands }),
        mine: typed && { ...typed, words: marked.one, weight: mine[at] },
        theirs: stands && { ...stands, words: marked.other, weight: now[at] },
        image: typed?.hash || stands?.hash,
        merged: typed?.text ?? stands?.text ?? '',
      }
    }),
    time: timeModelOf(draft, form, zone),
    limit: POST_LIMIT,
  }
}

function weights(parts: EditorPart[], signOff: string): number[] {
  return textsAsPosted(parts, signOff).map(weightOf)
}

function samePart(one: EditorPart, other: EditorPart): boolean {
  return one.text === other.text && one.hash === other.hash && one.alt === other.alt
}

function noteOf(
  marked: { one: Marked[]; other: Marked[] },
  { typed, stands }: { typed: EditorPart | undefined; stands: EditorPart | undefined },
): string {
  if (!typed) return 'only in what stands now'
  if (!stands) return 'only in what you typed'
  if (typed.text === stands.text) return 'the image or its description differs'
  const places = Math.max(...[marked.one, marked.other].map((side) => side.filter(({ only }) => only).length))
  return `${places === 1 ? 'one place differs' : `${places} places differ`}; underlined is what only one of them has`
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

/** The parts that somebody chose on the conflict page, from what they typed, what stands now, and what they wrote afresh. */
export function mergedParts(body: unknown, draft: Draft, typed: EditorPart[]): EditorPart[] {
  const fields = (body ?? {}) as Record<string, unknown>
  const theirs = editorPartsOf(draft.content)
  return Array.from({ length: Math.max(theirs.length, typed.length) }, (_, at) => {
    const take = fields[`take-${at + 1}`]
    if (take === 'theirs') return theirs[at]
    if (take === 'mine') return typed[at]
    const afresh = fields[`part-${at + 1}-text`]
    const base = typed[at] ?? theirs[at]!
    return take === 'afresh' && typeof afresh === 'string'
      ? { ...base, text: afresh.replaceAll(/\r\n?/g, '\n') }
      : base
  }).filter((part) => part !== undefined)
}
