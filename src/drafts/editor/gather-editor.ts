import { randomUUID } from 'node:crypto'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import type { Reader } from '../../db/database.ts'
import { findImages } from '../../images/images.ts'
import { findPerson } from '../../people/people.ts'
import { isLead, type Actor } from '../../people/person.ts'
import { listEvents } from '../../rota/weeks.ts'
import type { Deps } from '../../web/deps.ts'
import { acceptOf, saidOf } from '../beside-draft.ts'
import { checkDraft } from '../checks/check-draft.ts'
import { outsideOf } from '../checks/outside.ts'
import { isAskedOutside } from '../checks/store.ts'
import { maySeeDraft, type AnsweredPost } from '../draft.ts'
import { draftsOfGap, draftsOfWeek, type Draft } from '../drafts.ts'
import { groundIfSubmitted } from '../policy/policy-ground.ts'
import { timeFrame, wishOf } from '../wished-time.ts'
import { frameOf, openForWriting, type WritingPlace } from '../write-draft.ts'
import { conflictPage, type MergeForm } from './conflict-page.ts'
import { editorPartsOf, partsOf, type EditorForm } from './editor-form.ts'
import { editorPage, wishedIn, type Editor } from './editor-page.ts'

type Page = Pick<Deps, 'db' | 'clock' | 'settings'>

/** What the editor shows instead of what is kept, and where one goes on. */
export type Showing = Partial<Pick<Editor, 'form' | 'problems' | 'focus' | 'caret' | 'fresh'>>

/** The model of `drafts/editor` for a draft that is not kept yet. */
export async function gatherNew(
  page: Page,
  {
    where,
    id,
    answering,
    actor,
    ...more
  }: {
    where: WritingPlace
    form: EditorForm
    id: string
    answering: (AnsweredPost & { networkId: string }) | null
    actor: Actor
  } & Showing,
) {
  const { account, week, slot, weekHostId } = where
  return gather(page, actor, account, {
    draft: null,
    id,
    weekId: week?.id ?? null,
    slot,
    frame: timeFrame({ slot, zone: account.timeZone }, weekHostId === null ? null : week),
    weekHostId,
    ownSignOff: weekHostId === null ? null : where.signOff,
    mayTakeOver: false,
    answering,
    said: [],
    ...more,
  })
}

/** The model of `drafts/editor` for a draft that is kept. */
export async function gatherDraft(
  page: Page,
  { draft, actor, ...more }: { draft: Draft; actor: Actor } & Showing,
) {
  const { db, clock } = page
  const account = (await findAccount(db.read, draft.accountId))!
  const { frame, zone } = await frameOf(db.read, draft)
  const kept: EditorForm = {
    parts: editorPartsOf(draft.content),
    signOff: draft.signOff,
    wish: wishOf(draft.wishedAt, zone),
    takeOver: false,
  }
  return gather(page, actor, account, {
    form: kept,
    draft,
    id: draft.id,
    weekId: draft.weekId,
    slot: draft.slot,
    frame,
    weekHostId: draft.weekHostId,
    ownSignOff: draft.weekHostId === null ? null : draft.signOff,
    mayTakeOver: draft.weekHostId !== null && isLead(actor, draft.accountId),
    answering: draft.answering && { ...draft.answering, networkId: draft.replyTo! },
    said: await saidOf(db.read, { draft, actor }, { zone, now: clock.now() }),
    ...more,
  })
}

async function gather(
  { db, clock, settings }: Page,
  actor: Actor,
  account: Account,
  editor: Omit<Editor, 'account' | 'hashtags' | 'images' | 'personId' | 'others' | 'sandbox' | 'checked'> & {
    weekHostId: string | null
  },
) {
  const { form, weekId, id, weekHostId, answering } = editor
  const events = weekId ? await listEvents(db.read, weekId) : []
  const tags = [account.hashtag, ...events.map(({ hashtag }) => hashtag)].filter((tag) => tag !== '')
  const images = await findImages(
    db.read,
    form.parts.flatMap((part) => part.images.map(({ hash }) => hash)),
  )
  const replyTo = answering?.networkId ?? null
  const checked = await checkDraft(
    db.read,
    {
      id,
      accountId: account.id,
      weekId,
      content: { parts: partsOf(form) },
      wishedAt: wishedIn(form, account.timeZone),
      replyTo,
    },
    clock.now(),
  )
  const model = editorPage(
    {
      ...editor,
      account,
      hashtags: [...new Set(tags)],
      images,
      personId: actor.personId,
      sandbox: settings.mode === 'sandbox',
      others: await neighbours(db.read, editor, account, actor),
      checked,
    },
    { zone: account.timeZone, now: clock.now() },
  )
  const authorId = editor.draft?.authorId ?? actor.personId
  const mine = { id, weekId, weekHostId, authorId, replyTo, answering }
  return {
    ...model,
    lookingUp: await isAskedOutside(db.read, account.id, 'link', outsideOf({ parts: partsOf(form) }).link),
    unasked: (await groundIfSubmitted(db.read, mine, { account, findings: checked.findings })) !== null,
    accept: editor.draft && (await acceptOf(db.read, { draft: editor.draft, actor })),
    commentId: randomUUID(),
  }
}

async function neighbours(
  read: Reader,
  { weekId, slot }: Pick<Editor, 'weekId' | 'slot'>,
  account: Account,
  actor: Actor,
): Promise<Draft[]> {
  const all = weekId ? await draftsOfWeek(read, weekId) : await draftsOfGap(read, account.id, slot)
  return all.filter((draft) => draft.state !== 'declined' && maySeeDraft(actor, draft))
}

/**
 * The model of `drafts/conflict`: what was typed beside what stands now.
 * @throws Conflict when the draft is not open for writing any more.
 */
export async function gatherConflict(
  { db, clock }: Page,
  {
    draftId,
    form,
    asking = null,
    actor,
  }: { draftId: string; form: EditorForm; asking?: MergeForm | null; actor: Actor },
) {
  const draft = await openForWriting(db.read, draftId, actor)
  const account = (await findAccount(db.read, draft.accountId))!
  const by = draft.changedBy === null ? undefined : await findPerson(db.read, draft.changedBy)
  return conflictPage(
    {
      draft,
      form,
      account,
      changedBy: by?.name ?? null,
      own: draft.changedBy === actor.personId,
      copyId: randomUUID(),
      asking,
    },
    { zone: account.timeZone, now: clock.now() },
  )
}
