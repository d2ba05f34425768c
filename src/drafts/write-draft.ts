import { isDeepStrictEqual } from 'node:util'
import { findAccount, type Account } from '../accounts/accounts.ts'
import { requireNotRetired } from '../accounts/pause.ts'
import { record } from '../activity/record.ts'
import { isDay } from '../calendar.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { Conflict, Faster, NotAllowed, NotFound, Refused } from '../errors.ts'
import { findImages, imagesOfAccount } from '../images/images.ts'
import { hostingOf, isLead, type Actor } from '../people/person.ts'
import { cancelWaiting } from '../publishing/deliveries.ts'
import { isSlot } from '../rota/slot.ts'
import { findCurrentHost, findWeek, findWeekOfSlot, type Week } from '../rota/weeks.ts'
import { wantLookUps } from './checks/want-look-ups.ts'
import { partField, whyNotKept } from './check-content.ts'
import {
  EDITABLE_STATES,
  maySeeDraft,
  statesBefore,
  whyNotWrite,
  type AnsweredPost,
  type DraftPart,
  type WritingWindow,
} from './draft.ts'
import {
  changeDraft,
  findDraft,
  findRevision,
  insertDraft,
  insertRevision,
  rewriteRevision,
  type Draft,
} from './store.ts'
import { timeFrame, whyNotThen, type TimeFrame } from './wished-time.ts'
import { about } from './on-record.ts'

/** What the editor says of a draft. */
export interface DraftWords {
  parts: DraftPart[]
  /** With the caret. Null leaves it: a host's sign-off is their own, and comes by itself. */
  signOff: string | null
  /** Null: as soon as approved. */
  wishedAt: Date | null
}

/** Where a draft is to stand: in a week, or in any slot of an account. */
export type Place = { weekId: string } | { accountId: string; slot: string }

/** A place that somebody may write in, and as who. */
export interface WritingPlace {
  account: Account
  slot: string
  week: Week | null
  /** Set when they write as the week's host. */
  weekHostId: string | null
  /** What their drafts are signed with to begin with. */
  signOff: string
}

/**
 * Step: finds where somebody wants to write.
 * @throws NotFound for a place that is not theirs to see, NotAllowed with the reason for one they only read.
 */
export async function findWritingPlace(read: Reader, actor: Actor, place: Place): Promise<WritingPlace> {
  const week =
    'weekId' in place
      ? await findWeek(read, place.weekId)
      : await findWeekOfSlot(read, place.accountId, place.slot)
  const accountId = week?.accountId ?? ('accountId' in place ? place.accountId : null)
  const account = accountId === null ? undefined : await findAccount(read, accountId)
  if (!account) throw new NotFound()
  const slot = week?.slot ?? (place as { slot: string }).slot
  const hosting = week ? hostingOf(actor, week.id) : undefined
  const whose = { accountId: account.id, weekId: week?.id ?? null, weekHostId: hosting?.weekHostId ?? null }
  if (!maySeeDraft(actor, whose)) throw new NotFound()
  const reason = whyNotWrite(actor, whose)
  if (reason) throw new NotAllowed(reason)
  requireNotRetired(account)
  if (week?.state === 'cancelled')
    throw new NotAllowed('This week was cancelled, so nothing is written for it.')
  if (!week && !(isDay(slot) && isSlot(slot, account.shape))) throw new NotFound()
  const asHost = hosting !== undefined && hosting.powers !== 'read'
  const host = asHost && week ? await findCurrentHost(read, week.id) : undefined
  return {
    account,
    slot,
    week: week ?? null,
    weekHostId: asHost ? hosting.weekHostId : null,
    signOff: host?.signOff ?? '',
  }
}

/**
 * Begins a draft. `id` was made with the form: sent twice, it makes one draft, and the first one comes back.
 * @throws Refused by field for what can't be kept; Conflict when it is kept already with other words (a page went back); NotFound or NotAllowed for a place that is not theirs to write in.
 */
export async function beginDraft(
  db: Database,
  {
    id,
    place,
    words,
    answered = null,
    window = null,
    actor,
    now,
  }: {
    id: string
    place: Place
    words: DraftWords
    /** The post that it answers. */
    answered?: (AnsweredPost & { networkId: string }) | null
    window?: WritingWindow | null
    actor: Actor
    now: Date
  },
): Promise<Draft> {
  return db.write(async (tx) => {
    const known = await findDraft(tx, id)
    if (known) return sameAgain(tx, known, { words, actor })
    const { account, slot, week, weekHostId, signOff: own } = await findWritingPlace(tx, actor, place)
    const signOff = weekHostId === null ? (words.signOff ?? '') : own
    const content = { parts: words.parts }
    const frame = timeFrame({ slot, zone: account.timeZone }, weekHostId === null ? null : week)
    refuse({
      ...whyNotKept(content, signOff),
      ...(await missingImages(tx, words.parts, account.id)),
      ...whyNotWished(words.wishedAt, { frame, zone: account.timeZone, now }),
    })
    const draft = {
      id,
      accountId: account.id,
      weekId: week?.id ?? null,
      slot,
      authorId: actor.personId,
      weekHostId,
      state: 'writing' as const,
      revision: 1,
      content,
      signOff,
      wishedAt: words.wishedAt,
      replyTo: answered?.networkId ?? null,
      answering: answered && {
        handle: answered.handle,
        name: answered.name,
        text: answered.text,
        ...(answered.summons === undefined ? {} : { summons: answered.summons }),
      },
      createdAt: now,
      changedAt: now,
      changedBy: actor.personId,
      writtenIn: window && { ...window, since: now.getTime() },
    }
    await insertDraft(tx, draft)
    await insertRevision(tx, { draftId: id, number: 1, content, authorId: actor.personId, at: now })
    await wantLookUps(tx, draft, { kinds: ['link'], now })
    await record(tx, { ...about(draft), kind: 'draft.begun', personId: actor.personId, at: now })
    return (await findDraft(tx, id))!
  })
}

/**
 * Saves what the editor says. Words that changed become a new revision; without any change nothing happens.
 * `takeOver` makes a host's draft the account's own, so that it may go out at any time of the slot; leads only.
 * What one `window` sends again and again while somebody writes becomes one revision, and is no conflict with itself.
 * @throws Refused by field for what can't be kept; Conflict when somebody changed the draft meanwhile.
 */
export async function saveDraft(
  db: Database,
  {
    draftId,
    version,
    words,
    takeOver = false,
    window = null,
    actor,
    now,
  }: {
    draftId: string
    version: number
    words: DraftWords
    takeOver?: boolean
    window?: WritingWindow | null
    actor: Actor
    now: Date
  },
): Promise<Draft> {
  return db.write(async (tx) => {
    const draft = await openForWriting(tx, draftId, actor)
    const own = draft.weekHostId === null || (takeOver && isLead(actor, draft.accountId))
    const change = {
      content: { parts: words.parts },
      signOff: draft.weekHostId === null ? (words.signOff ?? draft.signOff) : draft.signOff,
      wishedAt: words.wishedAt,
      weekHostId: own ? null : draft.weekHostId,
    }
    const before = {
      content: draft.content,
      signOff: draft.signOff,
      wishedAt: draft.wishedAt,
      weekHostId: draft.weekHostId,
    }
    if (isDeepStrictEqual(change, before)) return draft
    const goesOn = isSameWindow(draft, window, actor)
    if (goesOn && window!.turn <= draft.writtenIn!.turn) return draft // it arrived late: newer words are kept
    const { frame, zone } = await frameOf(tx, { ...draft, weekHostId: change.weekHostId })
    const timeChanged = change.wishedAt?.getTime() !== draft.wishedAt?.getTime()
    refuse({
      ...whyNotKept(change.content, change.signOff),
      ...(await missingImages(tx, words.parts, draft.accountId)),
      // A time that was kept and has gone by does not stop the words from being saved. Submitting asks for a new one.
      ...(timeChanged ? whyNotWished(change.wishedAt, { frame, zone, now }) : {}),
    })
    // A sign-off is posted with them: who changes it has written in the draft.
    const newWords = change.signOff !== draft.signOff || !isDeepStrictEqual(change.content, draft.content)
    const since = goesOn ? draft.writtenIn!.since : null
    const rewritten = newWords && since !== null && now.getTime() - since < ONE_REVISION_MS
    const revision = draft.revision + (newWords && !rewritten ? 1 : 0)
    const saved = await changeDraft(
      tx,
      { id: draftId, version: goesOn ? draft.version : version, from: EDITABLE_STATES },
      {
        ...change,
        revision,
        changedAt: now,
        changedBy: actor.personId,
        writtenIn: window && { ...window, since: newWords && !rewritten ? now.getTime() : since },
      },
    )
    if (!saved) throw new Faster('Somebody changed this draft while you wrote.')
    const kept = { draftId, number: revision, content: change.content, at: now }
    if (rewritten) {
      await rewriteRevision(tx, kept)
      return saved
    }
    if (newWords) {
      await wantLookUps(tx, saved, { kinds: ['link'], now })
      await insertRevision(tx, { ...kept, authorId: actor.personId })
    }
    await record(tx, {
      ...about(saved, { revision, takenOver: draft.weekHostId !== null && own }),
      kind: 'draft.changed',
      personId: actor.personId,
      at: now,
    })
    return saved
  })
}

/** Whether the last change of a draft came from this very window of the same person. */
export function isSameWindow(draft: Draft, window: WritingWindow | null, actor: Actor): boolean {
  return window !== null && draft.writtenIn?.key === window.key && draft.changedBy === actor.personId
}

/** For so long what one window sends is one revision, so that the history has steps that people took. */
const ONE_REVISION_MS = 10 * 60_000

/**
 * Takes a submitted or approved draft back, so that it can be changed. What waits to go out is cancelled, all of it.
 * @throws Conflict when a part is being sent or went out already, or somebody else changed the draft meanwhile.
 */
export async function withdrawDraft(
  db: Database,
  { draftId, version, actor, now }: { draftId: string; version: number; actor: Actor; now: Date },
): Promise<Draft> {
  return db.write(async (tx) => {
    const draft = await openForWriting(tx, draftId, actor)
    const withdrawn = await changeDraft(
      tx,
      { id: draftId, version, from: ['submitted', 'approved'] },
      { state: 'writing', submittedAt: null, changedAt: now, changedBy: actor.personId },
    )
    if (!withdrawn)
      throw new Faster('Meanwhile somebody changed or decided this draft. Nothing was withdrawn.')
    const cancelled = await cancelWaiting(tx, { draftId }, { personId: actor.personId, now })
    await record(tx, {
      ...about(draft, { from: draft.state, cancelled }),
      kind: 'draft.withdrawn',
      personId: actor.personId,
      at: now,
    })
    return withdrawn
  })
}

/** Puts a draft away that nobody waits for. `restoreDraft` brings it back. */
export async function discardDraft(
  db: Database,
  { draftId, version, actor, now }: { draftId: string; version: number; actor: Actor; now: Date },
): Promise<Draft> {
  return db.write(async (tx) => {
    await openForWriting(tx, draftId, actor)
    const discarded = await changeDraft(
      tx,
      { id: draftId, version, from: statesBefore('discarded') },
      { state: 'discarded', changedAt: now, changedBy: actor.personId },
    )
    if (!discarded) throw new Faster('Somebody changed this draft meanwhile, so it was not discarded.')
    await record(tx, { ...about(discarded), kind: 'draft.discarded', personId: actor.personId, at: now })
    return discarded
  })
}

export async function restoreDraft(
  db: Database,
  { draftId, actor, now }: { draftId: string; actor: Actor; now: Date },
): Promise<Draft> {
  return db.write(async (tx) => {
    const draft = await openForWriting(tx, draftId, actor)
    if (draft.state !== 'discarded') return draft
    const restored = await changeDraft(
      tx,
      { id: draftId, version: draft.version, from: ['discarded'] },
      { state: 'writing', changedAt: now, changedBy: actor.personId },
    )
    await record(tx, { ...about(draft), kind: 'draft.restored', personId: actor.personId, at: now })
    return restored!
  })
}

/**
 * Step: a draft that the person may change, submit and withdraw.
 * @throws NotFound when it is not theirs to see, NotAllowed with the reason when it is only theirs to read.
 */
export async function openForWriting(read: Reader, draftId: string, actor: Actor): Promise<Draft> {
  const draft = await findDraft(read, draftId)
  if (!draft || !maySeeDraft(actor, draft)) throw new NotFound()
  const reason = whyNotWrite(actor, draft)
  if (reason) throw new NotAllowed(reason)
  return draft
}

/** Step: when a draft may go out, and in whose zone. */
export async function frameOf(
  read: Reader,
  draft: Pick<Draft, 'accountId' | 'weekId' | 'weekHostId' | 'slot'>,
): Promise<{ frame: TimeFrame; zone: string; week: Week | null }> {
  const account = (await findAccount(read, draft.accountId))!
  const week = draft.weekId === null ? null : ((await findWeek(read, draft.weekId)) ?? null)
  const frame = timeFrame(
    { slot: draft.slot, zone: account.timeZone },
    draft.weekHostId === null ? null : week,
  )
  return { frame, zone: account.timeZone, week }
}

/** @throws Refused unless there is nothing to say. */
export function refuse(problems: Record<string, string>): void {
  if (Object.keys(problems).length > 0) throw new Refused(problems)
}

/** The first words that it was kept with, or those that stand now: everything else is news. */
async function sameAgain(
  tx: Writer,
  draft: Draft,
  { words, actor }: { words: DraftWords; actor: Actor },
): Promise<Draft> {
  if (draft.authorId !== actor.personId) throw new NotFound()
  const isKept = async () => {
    if (isDeepStrictEqual(draft.content.parts, words.parts))
      return draft.version > 1 || isDeepStrictEqual(draft.wishedAt, words.wishedAt)
    const first = await findRevision(tx, draft.id, 1)
    return isDeepStrictEqual(first?.content.parts, words.parts)
  }
  if (!(await isKept()))
    throw new Conflict('This draft is kept already, and what you sent now reads differently.')
  return draft
}

function whyNotWished(
  at: Date | null,
  of: { frame: TimeFrame; zone: string; now: Date },
): Record<string, string> {
  return at === null ? {} : { ...whyNotThen(at, of) }
}

/** Step: what is wrong, by field, with images that were not brought here for the account. */
export async function missingImages(
  tx: Writer,
  parts: DraftPart[],
  accountId: string,
): Promise<Record<string, string>> {
  const hashes = parts.flatMap(({ images }) => images.map(({ hash }) => hash))
  const usable = new Set(await imagesOfAccount(tx, hashes, accountId))
  const known = await findImages(tx, hashes)
  const moving = new Set(known.flatMap(({ hash, mediaType }) => (mediaType === 'image/gif' ? [hash] : [])))
  const problems: Record<string, string> = {}
  parts.forEach(({ images }, at) => {
    if (images.some(({ hash }) => !usable.has(hash)))
      problems[partField(at, 'image')] = 'This image is not here any more. Please choose it again.'
    else if (images.length > 1 && images.some(({ hash }) => moving.has(hash)))
      problems[partField(at, 'image')] =
        'X takes one GIF in a post and nothing beside it. Please move the other images to another part.'
  })
  return problems
}
