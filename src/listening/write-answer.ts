import { createHash } from 'node:crypto'
import { findAccount, type Account } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { checkContent } from '../drafts/check-content.ts'
import { whyChecksRefuse } from '../drafts/checks/check-draft.ts'
import { wantLookUps } from '../drafts/checks/want-look-ups.ts'
import { canonicalJson } from '../drafts/freeze.ts'
import { Conflict, NotAllowed, NotFound, Refused } from '../errors.ts'
import { queueMail } from '../mail/outbox.ts'
import { listRoles } from '../people/people.ts'
import { isLead, mayDecide, type Actor } from '../people/person.ts'
import { changeAnswer, findAnswer, insertAnswer, type StandardAnswer } from './answers-store.ts'
import { checkAnswers } from './check-answer.ts'

/** What a lead writes into a standard answer. */
export interface AnswerWords {
  title: string
  text: string
}

interface Telling {
  actor: Actor
  publicUrl: string
  now: Date
  machineNow: Date
}

/** What approving a standard answer approves. */
export function freezeAnswer(answer: Pick<StandardAnswer, 'accountId' | 'title' | 'text'>): {
  frozen: string
  fingerprint: string
} {
  const { accountId: account, title, text } = answer
  const frozen = canonicalJson({ account, title, text })
  return { frozen, fingerprint: createHash('sha256').update(frozen).digest('hex') }
}

/** The account whose standard answers the person may see: its desk's. @throws NotFound */
export async function findAnswersAccount(read: Reader, accountId: string, actor: Actor): Promise<Account> {
  const account = mayDecide(actor, accountId) ? await findAccount(read, accountId) : undefined
  if (!account) throw new NotFound()
  return account
}

/** Step: a standard answer that the person may see. @throws NotFound */
export async function findAnswerFor(read: Reader, answerId: string, actor: Actor): Promise<StandardAnswer> {
  const answer = await findAnswer(read, answerId)
  if (!answer || !mayDecide(actor, answer.accountId)) throw new NotFound()
  return answer
}

/**
 * Writes a standard answer; those who decide are told that it waits. `id` was made with the form: sent twice, it makes one.
 * @throws NotFound, NotAllowed; Refused by `title` and `text`, also by what a check of the account never lets pass.
 */
export async function writeAnswer(
  db: Database,
  { id, accountId, words, ...telling }: { id: string; accountId: string; words: AnswerWords } & Telling,
): Promise<void> {
  await db.write(async (tx) => {
    const { actor, now } = telling
    await findAnswersAccount(tx, accountId, actor)
    onlyLeads(actor, accountId)
    refuse(words)
    await refuseForGood(tx, { id, accountId, text: words.text }, now)
    const answer = { id, accountId, ...words, revision: 1, state: 'submitted' as const }
    if (!(await insertAnswer(tx, { ...answer, writtenBy: actor.personId, writtenAt: now }))) return
    await told(tx, (await findAnswer(tx, id))!, telling)
  })
}

/**
 * Changes a standard answer: from then on nothing of it is sent until the new words are approved. The same words again bring
 * one back that was declined or taken out of use; of an approved one they change nothing.
 * @throws NotFound, NotAllowed; Refused by `title` and `text`; Conflict when somebody changed or decided it meanwhile.
 */
export async function changeAnswerWords(
  db: Database,
  {
    answerId,
    version,
    words,
    ...telling
  }: { answerId: string; version: number; words: AnswerWords } & Telling,
): Promise<void> {
  await db.write(async (tx) => {
    const { actor, now } = telling
    const answer = await findAnswerFor(tx, answerId, actor)
    onlyLeads(actor, answer.accountId)
    refuse(words)
    await refuseForGood(tx, { id: answerId, accountId: answer.accountId, text: words.text }, now)
    const same = words.title === answer.title && words.text === answer.text
    if (same && (answer.state === 'approved' || answer.state === 'submitted')) return
    const changed = await changeAnswer(
      tx,
      { id: answerId, version, from: ['submitted', 'approved', 'declined', 'retired'] },
      {
        ...words,
        revision: answer.revision + 1,
        state: 'submitted',
        writtenBy: actor.personId,
        writtenAt: now,
      },
    )
    if (!changed) throw new Conflict(MEANWHILE)
    await told(tx, changed, telling)
  })
}

/** Takes a standard answer out of use. What was sent of it stands. @throws NotFound, NotAllowed, Conflict */
export async function retireAnswer(
  db: Database,
  { answerId, version, actor, now }: { answerId: string; version: number; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const answer = await findAnswerFor(tx, answerId, actor)
    onlyLeads(actor, answer.accountId)
    if (answer.state === 'retired') return
    const retired = await changeAnswer(
      tx,
      { id: answerId, version, from: ['submitted', 'approved', 'declined'] },
      { state: 'retired' },
    )
    if (!retired) throw new Conflict(MEANWHILE)
    await record(tx, {
      ...aboutAnswer(answer),
      kind: 'answer.retired',
      personId: actor.personId,
      at: now,
    })
  })
}

export const MEANWHILE = 'Somebody changed or decided this answer meanwhile. Please read it again.'

/** For the record. */
export function aboutAnswer({ accountId, title }: StandardAnswer) {
  return { accountId, details: { title } }
}

function onlyLeads(actor: Actor, accountId: string): void {
  if (!isLead(actor, accountId))
    throw new NotAllowed('Standard answers are written by the account’s leads; you decide them.')
}

/** In characters. */
export const LONGEST_TITLE = 60

function refuse({ title, text }: AnswerWords): void {
  const wrong: Record<string, string> = {}
  if (title === '') wrong['title'] = 'Give it a title, by which people find it.'
  if (title.length > LONGEST_TITLE) wrong['title'] = `The title has more than ${LONGEST_TITLE} characters.`
  const [why] = Object.values(checkContent({ parts: [{ text, images: [] }] }, ''))
  if (why) wrong['text'] = why
  if (Object.keys(wrong).length > 0) throw new Refused(wrong)
}

/** What no answer could overrule; the rest is seen and answered where it is approved. */
async function refuseForGood(
  tx: Writer,
  { accountId, ...answer }: Pick<StandardAnswer, 'id' | 'accountId' | 'text'>,
  now: Date,
): Promise<void> {
  const [checked] = await checkAnswers(tx, accountId, [answer], now)
  const [why] = Object.values(whyChecksRefuse(checked!.findings.filter(({ level }) => level === 'never')))
  if (why) throw new Refused({ text: why })
}

async function told(
  tx: Writer,
  answer: StandardAnswer,
  { actor, publicUrl, now, machineNow }: Telling,
): Promise<void> {
  const content = { parts: [{ text: answer.text, images: [] }] }
  await wantLookUps(tx, { accountId: answer.accountId, content }, { kinds: ['link', 'handle'], now })
  await record(tx, { ...aboutAnswer(answer), kind: 'answer.written', personId: actor.personId, at: now })
  for (const { person } of await listRoles(tx, answer.accountId)) {
    if (person.id === actor.personId) continue
    await queueMail(tx, {
      accountId: answer.accountId,
      personId: person.id,
      kind: 'answer-waits',
      to: person.email,
      subject: `${actor.name} wrote the standard answer “${answer.title}”`,
      text: `Hello ${person.name},

${actor.name} wrote a standard answer. Once it is approved, the host and the team send it with one press, and nobody decides each time:

${answer.text}

Read and decide it here: ${publicUrl}/accounts/${answer.accountId}/answers
`,
      now,
      machineNow,
    })
  }
}
