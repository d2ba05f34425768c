import { randomUUID } from 'node:crypto'
import type { Account } from '../../accounts/accounts.ts'
import {
  fillTemplate,
  templateOf,
  type PostValues,
  type TemplateKind,
} from '../../accounts/post-templates.ts'
import { record } from '../../activity/record.ts'
import type { Writer } from '../../db/database.ts'
import { checkContent } from '../check-content.ts'
import { checkDraft, whyChecksRefuse } from '../checks/check-draft.ts'
import { wantLookUps } from '../checks/want-look-ups.ts'
import type { DraftContent } from '../draft.ts'
import { splitAtSentences } from '../editor/split-text.ts'
import { about } from '../on-record.ts'
import { mailSubmitted } from '../queue/submission-mails.ts'
import { changeDraft, findDraft, insertDraft, insertRevision, type Draft } from '../store.ts'
import { POST_LIMIT, weightOf } from '../weight.ts'

export interface FromTemplate {
  account: Account
  kind: TemplateKind
  /**
   * What it speaks of: for each of these one draft is made, once and for all. Of what names a host it is the `week_hosts` id, so
   * that it goes when that host loses the week.
   */
  about: string
  /** Where it is to stand; a slot without a week has null. */
  place: { weekId: string | null; slot: string }
  values: PostValues
  /** Product time; null: as soon as it is approved. */
  wishedAt: Date | null
  now: Date
  machineNow: Date
  /** Without a slash at its end; for the mail's link. */
  publicUrl: string
}

/**
 * Step: puts a draft of the account's own into the queue, in the words of its template, and tells those who decide. The policy
 * never decides it. What the checks keep from being submitted stays a draft, which leads can finish. Null where there was one
 * already, whatever became of it, or the account wants none (its template is empty).
 */
export async function queueFromTemplate(
  tx: Writer,
  { account, kind, about: subject, place, values, wishedAt, now, machineNow, publicUrl }: FromTemplate,
): Promise<Draft | null> {
  const content = contentOf(account, kind, values)
  if (!content) return null
  const id = randomUUID()
  const isNew = await insertDraft(tx, {
    id,
    accountId: account.id,
    ...place,
    authorId: null,
    template: kind,
    templateFor: subject,
    weekHostId: null,
    state: 'writing',
    revision: 1,
    content,
    signOff: '',
    wishedAt: wishedAt && wishedAt > now ? wishedAt : null,
    createdAt: now,
    changedAt: now,
    changedBy: null,
  })
  if (!isNew) return null
  const { wordedBy } = templateOf(account, kind)
  await insertRevision(tx, { draftId: id, number: 1, content, authorId: wordedBy, at: now })
  const begun = (await findDraft(tx, id))!
  await record(tx, { ...about(begun, { template: kind }), kind: 'draft.begun', personId: null, at: now })
  await wantLookUps(tx, begun, { kinds: ['link', 'handle'], now })
  const { findings } = await checkDraft(tx, begun, now)
  const wrong = { ...whyChecksRefuse(findings), ...checkContent(content, '') }
  if (Object.keys(wrong).length > 0) return begun
  const submitted = (await changeDraft(
    tx,
    { id, version: begun.version, from: ['writing'] },
    { state: 'submitted', submittedAt: now, changedAt: now, changedBy: null },
  ))!
  await record(tx, { ...about(submitted), kind: 'draft.submitted', personId: null, at: now })
  await mailSubmitted(tx, submitted, { account, actor: null, findings, now, machineNow, publicUrl })
  return submitted
}

/** What a template says of something now, as a thread where it does not fit a post; null where it says nothing. */
export function contentOf(account: Account, kind: TemplateKind, values: PostValues): DraftContent | null {
  const text = fillTemplate(templateOf(account, kind).text, values)
  if (text === '') return null
  const texts = weightOf(text) > POST_LIMIT ? splitAtSentences(text, POST_LIMIT) : [text]
  return { parts: texts.map((one) => ({ text: one, images: [] })) }
}
