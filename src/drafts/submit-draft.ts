import { findAccount, type Account } from '../accounts/accounts.ts'
import { requireNotRetired } from '../accounts/pause.ts'
import { record } from '../activity/record.ts'
import type { Database, Writer } from '../db/database.ts'
import { Faster, NotAllowed } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { checkContent } from './check-content.ts'
import { checkDraft, whyChecksRefuse, type SeenFinding } from './checks/check-draft.ts'
import { wantLookUps } from './checks/want-look-ups.ts'
import { decideByPolicy, type DecidedByPolicy } from './policy/decide-by-policy.ts'
import { EDITABLE_STATES } from './draft.ts'
import { groundIfSubmitted } from './policy/policy-ground.ts'
import { mailGoesOut } from './policy/policy-mails.ts'
import { changeDraft, type Draft } from './store.ts'
import { mailSubmitted } from './queue/submission-mails.ts'
import { whyNotThen } from './wished-time.ts'
import { frameOf, openForWriting, refuse } from './write-draft.ts'
import { about } from './on-record.ts'

/**
 * Hands a draft to those who decide, and tells them by mail: everybody who may decide, but who wrote it or sends it. Where the
 * account's policy decides it instead, it is approved by that at once, and they are told when it goes out unless stopped.
 * Everything is checked again, as it stands in the database. Sent twice, it is submitted once.
 * @throws Refused by the editor's fields for what must be put right first; Conflict when somebody changed it meanwhile.
 */
export async function submitDraft(
  db: Database,
  {
    draftId,
    version,
    actor,
    publicUrl,
    now,
    machineNow,
  }: { draftId: string; version: number; actor: Actor; publicUrl: string; now: Date; machineNow: Date },
): Promise<Draft> {
  return db.write(async (tx) => {
    const draft = await openForWriting(tx, draftId, actor)
    if (draft.state === 'submitted' && draft.changedBy === actor.personId) return draft
    if (draft.state === 'approved' && draft.changedBy === null) return draft
    const account = (await findAccount(tx, draft.accountId))!
    requireNotRetired(account)
    const { frame, zone, week } = await frameOf(tx, draft)
    if (week?.state === 'cancelled')
      throw new NotAllowed('This week was cancelled, so nothing can be submitted for it.')
    const { findings } = await checkDraft(tx, draft, now)
    refuse({
      ...whyChecksRefuse(findings),
      ...checkContent(draft.content, draft.signOff),
      ...(draft.wishedAt && whyNotThen(draft.wishedAt, { frame, zone, now })),
      ...(now >= frame.until ? { when: 'This week is over, so nothing more can go out in it.' } : {}),
    })
    const submitted = await changeDraft(
      tx,
      { id: draftId, version, from: EDITABLE_STATES },
      { state: 'submitted', submittedAt: now, changedAt: now, changedBy: actor.personId },
    )
    if (!submitted) throw new Faster('Somebody changed this draft meanwhile, so it was not submitted.')
    await wantLookUps(tx, submitted, { kinds: ['link', 'handle'], now })
    await record(tx, { ...about(draft), kind: 'draft.submitted', personId: actor.personId, at: now })
    const decided = await decideSubmitted(tx, submitted, { account, findings, now })
    const telling = { account, actor, findings, now, machineNow, publicUrl }
    if (decided) await mailGoesOut(tx, decided, telling)
    else await mailSubmitted(tx, submitted, telling)
    return decided?.draft ?? submitted
  })
}

async function decideSubmitted(
  tx: Writer,
  draft: Draft,
  { account, findings, now }: { account: Account; findings: SeenFinding[]; now: Date },
): Promise<DecidedByPolicy | null> {
  const ground = await groundIfSubmitted(tx, draft, { account, findings })
  return ground && decideByPolicy(tx, draft, { ground, delayMinutes: account.policy.stopMinutes, now })
}
