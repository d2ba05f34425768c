import { createHash } from 'node:crypto'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Reader } from '../../db/database.ts'
import { keepAnswer } from '../../drafts/checks/answer-finding.ts'
import type { SeenFinding } from '../../drafts/checks/check-draft.ts'
import { checkTexts, whyTextRefused, type CheckedText } from '../../drafts/checks/check-texts.ts'
import type { SeenContext } from '../../drafts/checks/finding-check.ts'
import { HEADED_KINDS } from '../recap.ts'
import { hostOfReflection } from '../reflection/reflection.ts'
import type { KeptBlock, Recap } from '../store.ts'
import { openStory, type Edit } from './change-story.ts'

export interface StoryChecks {
  /** By the id of the piece. */
  findings: Map<string, SeenFinding[]>
  context: SeenContext
}

/** Step: what the checks that guard people find in what people wrote into a story, and what of it is not hidden. */
export async function checkStory(
  read: Reader,
  account: Account,
  { recap, blocks, now }: { recap: Pick<Recap, 'id'>; blocks: readonly KeptBlock[]; now: Date },
): Promise<StoryChecks> {
  const written = blocks.filter(({ byPerson, hidden, away }) => byPerson && !hidden && !away)
  // What was answered where the host looks back holds here too.
  const scopes = [recap.id, ...written.flatMap(({ source }) => hostOfReflection(source) ?? [])]
  const { findings, context } = await checkTexts(read, account, {
    scopes,
    texts: written.map(textOf),
    now,
  })
  return { findings: new Map(written.map(({ id }, at) => [id, findings[at]!])), context }
}

/** What was brought in is what somebody said in public elsewhere. */
function textOf({ kind, content }: KeptBlock): CheckedText {
  const words = kind === 'brought' ? [] : [content.heading ?? '', content.text ?? '']
  if (kind === 'quote') words.push(content.by)
  const images = kind === 'picture' ? [{ hash: content.hash, alt: content.alt }] : []
  return { text: words.filter(Boolean).join('\n\n'), images }
}

/** What keeps a story from being published, by the ids of the fields, or of the pieces without one. Empty: nothing. */
export function whyStoryRefused(
  { findings }: StoryChecks,
  blocks: readonly KeptBlock[],
): Record<string, string> {
  return Object.fromEntries(
    blocks.flatMap((block) => {
      const found = findings.get(block.id) ?? []
      const why = whyTextRefused(found, 'beside the piece')
      return why ? [[fieldOf(block, found), why]] : []
    }),
  )
}

/** What the checks found and nobody answered, with the field or the piece that it is in. */
export function openInStory(
  { findings }: StoryChecks,
  blocks: readonly KeptBlock[],
): { block: KeptBlock; field: string; title: string; mark: string }[] {
  return blocks.flatMap((block) => {
    const found = findings.get(block.id) ?? []
    return found
      .filter(({ answer }) => !answer)
      .map(({ key, title }) => ({ block, field: fieldOf(block, found), title, mark: markOf(key) }))
  })
}

/** Of what a check found, as a page carries it. */
function markOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16)
}

/** What whoever publishes has not seen beside the button, by the ids of the fields. Empty: nothing. */
export function whyLookAgain(
  checks: StoryChecks,
  blocks: readonly KeptBlock[],
  known: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    openInStory(checks, blocks)
      .filter(({ mark }) => !known.includes(mark))
      .map(({ field, title }) => [field, `${title} Nothing was published: look at it, then press again.`]),
  )
}

function fieldOf({ id, kind, content }: KeptBlock, found: readonly SeenFinding[]): string {
  if (kind === 'reflection') return `block-${id}`
  if (kind === 'picture') return found.every(({ image }) => image === null) ? `text-${id}` : `alt-${id}`
  const inHeading = found.some(({ excerpt }) => content.heading?.includes(excerpt))
  return HEADED_KINDS.includes(kind) && (inHeading || !content.text) ? `heading-${id}` : `text-${id}`
}

/**
 * Answers what a check found in a story instead of changing the words, or takes that back; on the record. It holds as long as these
 * words stand in it.
 * @throws NotFound, NotAllowed for who may not write in it or where no answer will do; Conflict when the words are gone.
 */
export async function answerInStory(
  db: Database,
  { key, answer, ...edit }: Edit & { key: string; answer: number | 'back' },
): Promise<void> {
  await db.write(async (tx) => {
    const { week, recap, blocks } = await openStory(tx, edit)
    const account = (await findAccount(tx, week.accountId))!
    const { actor, now } = edit
    const { findings } = await checkStory(tx, account, { recap, blocks, now })
    const of = { accountId: account.id, scope: recap.id, key, answer, actor, now }
    const kept = await keepAnswer(tx, [...findings.values()].flat(), of)
    if (!kept) return
    await record(tx, {
      accountId: account.id,
      kind: answer === 'back' ? 'recap.check-reopened' : 'recap.check-answered',
      personId: actor.personId,
      weekId: week.id,
      details: kept,
      at: now,
    })
  })
}
