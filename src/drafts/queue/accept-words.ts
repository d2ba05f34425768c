import { findAccount } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Reader, Writer } from '../../db/database.ts'
import { Conflict, NotAllowed, NotFound } from '../../errors.ts'
import { gatherMail } from '../../mail/outbox.ts'
import { findPerson } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import { checkContent, whyNotKept } from '../check-content.ts'
import { firstWords } from '../first-words.ts'
import { about } from '../on-record.ts'
import {
  acceptRevisions,
  changeDraft,
  foreignRevisions,
  insertRevision,
  listComments,
  markTaken,
  type Draft,
} from '../store.ts'
import { TAKES_SUGGESTIONS, namesOf, whyNotTake, withSuggestion } from './suggestion.ts'
import { openForWriting, refuse } from '../write-draft.ts'

/** Who takes words, and as they saw the draft. */
interface Taking {
  draftId: string
  /** Of the draft. */
  version: number
  actor: Actor
  now: Date
  machineNow: Date
  publicUrl: string
}

/**
 * Takes suggested words into their part, as a revision of the draft's writer, so that who suggested them may approve it. A
 * submitted draft stays submitted, with its new words; what somebody was reading of it can't be approved any more.
 * @throws Conflict when the part reads differently now, or somebody changed the draft meanwhile; Refused when it could not be
 *   submitted with these words; NotAllowed for anybody but its writer.
 */
export async function takeSuggestion(
  db: Database,
  { commentId, ...taking }: Taking & { commentId: string },
): Promise<Draft> {
  return db.write(async (tx) => {
    const { draftId, version, actor, now } = taking
    const draft = await openAsWriter(tx, taking)
    const comment = (await listComments(tx, draftId)).find(({ id }) => id === commentId)
    if (!comment || comment.suggestion === null || comment.part === null) throw new NotFound()
    const suggestion = {
      part: comment.part,
      words: comment.suggestion,
      instead: comment.partText ?? '',
      taken: comment.takenIn !== null,
    }
    const whyNot = whyNotTake(suggestion, draft)
    if (whyNot) throw new Conflict(whyNot)
    const content = withSuggestion(draft.content, suggestion)
    refuse((draft.state === 'submitted' ? checkContent : whyNotKept)(content, draft.signOff))
    const revision = draft.revision + 1
    const changed = await changeDraft(
      tx,
      { id: draftId, version, from: TAKES_SUGGESTIONS },
      {
        content,
        revision,
        ...(draft.state === 'submitted' ? { submittedAt: now } : {}),
        changedAt: now,
        changedBy: actor.personId,
      },
    )
    if (!changed) throw new Conflict(CHANGED)
    await insertRevision(tx, { draftId, number: revision, content, authorId: actor.personId, at: now })
    await markTaken(tx, commentId, revision)
    await record(tx, {
      ...about(changed, { revision, by: comment.personName }),
      kind: 'draft.suggestion-taken',
      personId: actor.personId,
      at: now,
    })
    await tell(tx, changed, { ...taking, personId: comment.personId, what: 'took your words' })
    return changed
  })
}

/**
 * The draft's writer accepts what others wrote in it: then it counts as the writer's, and who corrected it may approve it. The
 * words stay as they are, so an approval under way stays possible.
 * @throws Conflict when somebody changed the draft meanwhile; NotAllowed for anybody but its writer.
 */
export async function acceptWords(db: Database, taking: Taking): Promise<Draft> {
  return db.write(async (tx) => {
    const { draftId, version, actor, now } = taking
    const draft = await openAsWriter(tx, taking)
    const foreign = await foreignRevisions(tx, draft)
    if (foreign.length === 0) return draft
    const changed = await changeDraft(
      tx,
      { id: draftId, version, from: TAKES_SUGGESTIONS },
      { changedAt: now, changedBy: actor.personId },
    )
    if (!changed) throw new Conflict(CHANGED)
    await acceptRevisions(tx, { id: draftId, authorId: actor.personId })
    await record(tx, {
      ...about(changed, { by: namesOf(foreign) }),
      kind: 'draft.words-accepted',
      personId: actor.personId,
      at: now,
    })
    return changed
  })
}

const CHANGED = 'Somebody changed or decided this draft meanwhile. Please look again.'

async function openAsWriter(read: Reader, { draftId, actor }: Taking): Promise<Draft> {
  const draft = await openForWriting(read, draftId, actor)
  if (draft.authorId !== actor.personId)
    throw new NotAllowed('Only who wrote this draft can take words into it as their own.')
  return draft
}

async function tell(
  tx: Writer,
  draft: Draft,
  { personId, what, actor, publicUrl, now, machineNow }: Taking & { personId: string; what: string },
): Promise<void> {
  const person = await findPerson(tx, personId)
  if (!person || personId === actor.personId) return
  const account = (await findAccount(tx, draft.accountId))!
  const waits = draft.state === 'submitted'
  const link = waits ? `${publicUrl}/queue?draft=${draft.id}` : `${publicUrl}/drafts/${draft.id}`
  await gatherMail(tx, {
    accountId: draft.accountId,
    personId,
    kind: 'draft-answered',
    to: person.email,
    cause: `words taken ${draft.id}`,
    items: [{ id: draft.id, text: firstWords(draft.content), why: '', link }],
    compose: ([item]) => ({
      subject: `${actor.name} ${what}`,
      text: `Hello ${person.name},

${actor.name} ${what} in a draft for @${account.handle}, “${item!.text}”.${
        waits
          ? ' It waits for a decision, and what was suggested counts as its writer’s: you may approve it.'
          : ''
      }

${link}
`,
    }),
    now,
    machineNow,
  })
}
