import { randomUUID } from 'node:crypto'
import type { Account } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { Reader, Writer } from '../db/database.ts'
import { Faster, NotAllowed } from '../errors.ts'
import { queueMail } from '../mail/outbox.ts'
import { decidersAt, whyYou } from '../people/people.ts'
import { isOverridden, type SeenFinding } from './checks/check-draft.ts'
import { findingsInMail } from './checks/findings-in-mail.ts'
import type { DecidableDraft, Verdict } from './decide-draft.ts'
import { findAgreement, insertDecision } from './decisions-store.ts'
import { canonicalJson, fingerprint, type Frozen } from './freeze.ts'
import { about } from './on-record.ts'
import { changeDraft, type Decision, type Draft } from './store.ts'

/** Whether two people have to approve a draft: a check that binds was answered instead of put right. */
export function needsTwo({ checkRules }: Pick<Account, 'checkRules'>, findings: SeenFinding[]): boolean {
  return checkRules?.secondApprover === true && isOverridden(findings)
}

/**
 * What the first of two people approved, as long as it is what would be approved now: given since the last submission, and
 * of the same fingerprint. Who approved their own work counts only while the account allows that.
 */
export async function firstApproval(
  read: Reader,
  { draft, account }: Pick<DecidableDraft, 'draft' | 'account'>,
  frozen: Frozen,
): Promise<(Decision & { personName: string | null }) | null> {
  const found = draft.submittedAt ? await findAgreement(read, draft.id, draft.submittedAt) : undefined
  if (found?.fingerprint !== fingerprint(frozen)) return null
  return found.ownWork && !account.policy.selfApproval ? null : found
}

/**
 * Step: keeps the approval of the first of two people. The draft stays submitted, with a time that was chosen anew, so that
 * the second one approves the same. The others who decide are told.
 * @throws Conflict when somebody was faster; NotAllowed for who approved it already.
 */
export async function approveFirst(
  tx: Writer,
  { draft, account, ownWork }: DecidableDraft,
  {
    verdict,
    frozen,
    first,
    findings,
  }: { verdict: Verdict; frozen: Frozen; first: Decision | null; findings: SeenFinding[] },
): Promise<void> {
  const { actor, comment = '', newTime, now } = verdict
  if (first) throw new NotAllowed('You have approved this already. A second person has to approve it too.')
  const kept = await changeDraft(
    tx,
    { id: draft.id, version: draft.version, from: ['submitted'] },
    // Whose words they are and since when does not change.
    { ...(newTime ? { wishedAt: newTime } : {}), changedAt: draft.changedAt, changedBy: draft.changedBy },
  )
  if (!kept) throw new Faster('Somebody was faster with this draft. Please look again.')
  await insertDecision(tx, {
    id: randomUUID(),
    draftId: draft.id,
    revision: draft.revision,
    kind: 'agreed',
    personId: actor.personId,
    ownWork,
    comment: comment.trim(),
    fingerprint: fingerprint(frozen),
    frozen: canonicalJson(frozen),
    at: now,
  })
  await record(tx, {
    ...about(kept, {
      ...(comment.trim() ? { comment: comment.trim() } : {}),
      ...(ownWork ? { ownWork: true } : {}),
    }),
    kind: 'draft.agreed',
    personId: actor.personId,
    at: now,
  })
  await askTheOthers(tx, kept, { account, verdict, findings })
}

async function askTheOthers(
  tx: Writer,
  draft: Draft,
  { account, verdict, findings }: { account: Account; verdict: Verdict; findings: SeenFinding[] },
): Promise<void> {
  const { actor, publicUrl, now, machineNow } = verdict
  for (const decider of await decidersAt(tx, draft.accountId, now)) {
    const { person } = decider
    if (person.id === actor.personId || person.id === draft.authorId) continue
    await queueMail(tx, {
      accountId: draft.accountId,
      personId: person.id,
      kind: 'draft-submitted',
      to: person.email,
      subject: `${actor.name} approved a draft of @${account.handle}, and a second person has to`,
      text: `${actor.name} approved this draft. A check that has to be put right was answered in it, so two people approve it:

${draft.content.parts.map(({ text }) => text || '(an image without words)').join('\n\n')}${findingsInMail(findings)}

Nothing of it goes out yet. Read what was answered, and decide: ${publicUrl}/queue?draft=${draft.id}
${whyYou(decider)}`,
      now,
      machineNow,
    })
  }
}
