import { findAccount } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Writer } from '../../db/database.ts'
import { NotAllowed, NotFound, Refused } from '../../errors.ts'
import { gatherMail } from '../../mail/outbox.ts'
import type { MailItem } from '../../mail/mail.ts'
import { decidersAt, findPerson, type Person } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import { findCurrentHost } from '../../rota/weeks.ts'
import { partInWords } from '../check-content.ts'
import { mayComment, maySeeDraft, type DraftPart } from '../draft.ts'
import { beginningOf } from '../../publishing/beginning.ts'
import { firstWords } from '../first-words.ts'
import { findDraft, findRevision, insertComment, listComments, listDecisions, type Draft } from '../store.ts'
import { about } from '../on-record.ts'
import { POST_LIMIT, textsAsPosted, weightOf } from '../weight.ts'

/** Which part a comment speaks of. */
export interface AboutPart {
  /** The revision that was read. */
  revision: number
  /** From 0. */
  part: number
  /** Other words for it; empty, or the part's own: none. */
  suggestion: string
}

/**
 * Adds a line to the conversation beside a draft, and tells the other side by mail: the author when the desk speaks;
 * when the author speaks those who spoke before, or everybody who may decide where nobody did. `id` was made with the
 * form: sent twice, it is said once.
 * A comment on a part is tied to the revision that was read, and may suggest other words for it.
 * @throws NotFound when the draft is not theirs to see, NotAllowed when they only read it; Refused when nothing is said, or
 *   suggested words could not be posted.
 */
export async function commentOnDraft(
  db: Database,
  {
    id,
    draftId,
    text,
    aboutPart = null,
    actor,
    publicUrl,
    now,
    machineNow,
  }: {
    id: string
    draftId: string
    text: string
    aboutPart?: AboutPart | null
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
    const of = aboutPart && (await readPart(tx, draft, aboutPart))
    const suggestion = of?.suggestion ?? null
    if (text === '' && suggestion === null)
      throw new Refused({ text: 'Say something about this part, or change its words below.' })
    const comment = {
      id,
      draftId,
      personId: actor.personId,
      text,
      at: now,
      ...(aboutPart && { revision: aboutPart.revision, part: aboutPart.part, suggestion }),
    }
    if (!(await insertComment(tx, comment))) return
    await record(tx, {
      ...about(draft, suggestion === null ? {} : { suggested: true }),
      kind: 'draft.answered',
      personId: actor.personId,
      at: now,
    })
    const said = [
      of && `About ${lowerFirst(of.name)}, “${beginningOf(of.part.text)}”:`,
      text,
      suggestion === null ? '' : `Suggested words:\n\n${suggestion.replaceAll(/^/gm, '    ')}`,
    ]
      .filter(Boolean)
      .join('\n\n')
    const account = (await findAccount(tx, draft.accountId))!
    for (const person of await otherSide(tx, draft, actor, now)) {
      await gatherMail(tx, {
        accountId: draft.accountId,
        personId: person.id,
        kind: 'draft-answered',
        to: person.email,
        cause: `comments ${draft.id} ${actor.personId}`,
        items: [{ id, text: said, why: '', link: `${publicUrl}/drafts/${draft.id}` }],
        againAfter: COMMENTS_WAIT,
        compose: (items) => inWords(items, { draft, handle: account.handle, name: actor.name }),
        now,
        machineNow,
      })
    }
  })
}

/** Who reads drafts says several things of one, in a mail. Milliseconds. */
const COMMENTS_WAIT = 60_000

function inWords(
  items: MailItem[],
  { draft, handle, name }: { draft: Draft; handle: string; name: string },
): { subject: string; text: string } {
  return {
    subject: `${name} answers about a draft for @${handle}`,
    text: `${name} says of “${firstWords(draft.content)}”:

${items.map(({ text }) => text).join('\n\n')}

Read it and answer here: ${items[0]!.link}
`,
  }
}

/** The part that a comment speaks of, as it was read; and the suggested words, where they are others. */
async function readPart(
  tx: Writer,
  draft: Draft,
  { revision, part: at, suggestion }: AboutPart,
): Promise<{ name: string; part: DraftPart; suggestion: string | null }> {
  const content = (await findRevision(tx, draft.id, revision))?.content
  const part = content?.parts[at]
  if (!content || !part) throw new NotFound('The part that you speak of is not there.')
  const words = suggestion.replaceAll('\r\n', '\n').trim()
  const others = words === '' || words === part.text.trim() ? null : words
  if (others !== null) {
    const parts = content.parts.map((one, index) => (index === at ? { ...one, text: others } : one))
    const over = weightOf(textsAsPosted(parts, draft.signOff)[at]!) - POST_LIMIT
    if (over > 0)
      throw new Refused({
        suggestion: `These words are ${over} too long: ${over + POST_LIMIT} of ${POST_LIMIT}.`,
      })
  }
  return { name: partInWords(at, content.parts.length), part, suggestion: others }
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1)
}

async function otherSide(tx: Writer, draft: Draft, actor: Actor, now: Date): Promise<Person[]> {
  if (draft.authorId !== null && actor.personId !== draft.authorId) {
    if (await hasLostTheWeek(tx, draft)) return []
    const author = await findPerson(tx, draft.authorId)
    return author ? [author] : []
  }
  const deciders = (await decidersAt(tx, draft.accountId, now))
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
