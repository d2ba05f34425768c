import { findAccount } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { Database, Writer } from '../db/database.ts'
import { NotAllowed, NotFound } from '../errors.ts'
import { queueMail } from '../mail/outbox.ts'
import { findPerson, listRoles, type Person } from '../people/people.ts'
import type { Actor } from '../people/person.ts'
import { findCurrentHost } from '../rota/weeks.ts'
import { mayComment, maySeeDraft } from './draft.ts'
import { firstWords } from './first-words.ts'
import { findDraft, insertComment, listComments, listDecisions, type Draft } from './store.ts'
import { about } from './on-record.ts'

/**
 * Adds a line to the conversation beside a draft, and tells the other side by mail: the author when the desk speaks;
 * when the author speaks those who spoke before, or everybody who may decide where nobody did. `id` was made with the
 * form: sent twice, it is said once.
 * @throws NotFound when the draft is not theirs to see, NotAllowed when they only read it.
 */
export async function commentOnDraft(
  db: Database,
  {
    id,
    draftId,
    text,
    actor,
    publicUrl,
    now,
    machineNow,
  }: {
    id: string
    draftId: string
    text: string
    actor: Actor
    publicUrl: string
    now: Date
    machineNow: Date
  },
): Promise<void> {
  await db.write(async (tx) => {
    const draft = await findDraft(tx, draftId)
    if (!draft || !maySeeDraft(actor, draft)) throw new NotFound()
    if (!mayComment(actor, draft)) throw new NotAllowed('You can read this conversation, but not add to it.')
    if (!(await insertComment(tx, { id, draftId, personId: actor.personId, text, at: now }))) return
    await record(tx, { ...about(draft), kind: 'draft.answered', personId: actor.personId, at: now })
    const account = (await findAccount(tx, draft.accountId))!
    for (const person of await otherSide(tx, draft, actor)) {
      await queueMail(tx, {
        accountId: draft.accountId,
        personId: person.id,
        kind: 'draft-answered',
        to: person.email,
        subject: `${actor.name} answers about a draft for @${account.handle}`,
        text: `${actor.name} says of “${firstWords(draft.content)}”:

${text}

Read it and answer here: ${publicUrl}/drafts/${draft.id}
`,
        now,
        machineNow,
      })
    }
  })
}

async function otherSide(tx: Writer, draft: Draft, actor: Actor): Promise<Person[]> {
  if (actor.personId !== draft.authorId) {
    if (await hasLostTheWeek(tx, draft)) return []
    const author = await findPerson(tx, draft.authorId)
    return author ? [author] : []
  }
  const deciders = (await listRoles(tx, draft.accountId))
    .map(({ person }) => person)
    .filter(({ id }) => id !== actor.personId)
  const spoke = new Set([
    ...(await listDecisions(tx, draft.id)).map(({ personId }) => personId),
    ...(await listComments(tx, draft.id)).map(({ personId }) => personId),
  ])
  const known = deciders.filter(({ id }) => spoke.has(id))
  return known.length > 0 ? known : deciders
}

/** A host who was replaced can't read their drafts any more, and is not written to about them. */
async function hasLostTheWeek(tx: Writer, { weekId, weekHostId }: Draft): Promise<boolean> {
  if (weekId === null || weekHostId === null) return false
  return (await findCurrentHost(tx, weekId))?.id !== weekHostId
}
