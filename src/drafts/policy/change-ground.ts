import { randomUUID } from 'node:crypto'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Reader, Writer } from '../../db/database.ts'
import { Faster } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import { cancelWaiting } from '../../publishing/deliveries.ts'
import { findCurrentHost } from '../../rota/weeks.ts'
import { checkDraft, whyChecksRefuse } from '../checks/check-draft.ts'
import { insertDecision, letGoByPolicy, type LetGoByPolicy } from '../decisions-store.ts'
import { about } from '../on-record.ts'
import { needsTwo } from '../second-approval.ts'
import { changeDraft, type Draft } from '../store.ts'
import { groundOf, wantsEyes } from './policy-ground.ts'
import { mailSetBack } from './set-back-mails.ts'
import { capital, inLetters } from '../../words.ts'

/** Who changes what the account lets go without a decision, and why what waits is set back, in a whole sentence. */
export interface GroundChange {
  accountId: string
  why: string
  actor: Actor
  now: Date
  machineNow: Date
  publicUrl: string
}

/** How many drafts wait for people since the change, and how many would but have begun to go out. */
export interface SetBack {
  setBack: number
  stays: number
}

/**
 * Step: makes a change of what the account lets go without a decision. What its policy let go before and would not let go any
 * more waits for people instead: its deliveries are cancelled, and it is back in the queue. Those who decide and the writers
 * are told, each in one mail. What is being sent or has begun to go out stays, and so does what a person approved or let go;
 * and where the rules become wider, nothing happens.
 * @throws Conflict when somebody was faster.
 */
export async function changeGround(
  tx: Writer,
  by: GroundChange,
  change: () => Promise<void>,
): Promise<SetBack> {
  const before = await covered(tx, by)
  await change()
  const still = new Set((await covered(tx, by)).map(({ draft }) => draft.id))
  const lost = before.filter(({ draft }) => !still.has(draft.id))
  const drafts: Draft[] = []
  for (const one of lost) if (!one.begun) drafts.push(await setBack(tx, one, by))
  if (drafts.length > 0) await mailSetBack(tx, drafts, by)
  return { setBack: drafts.length, stays: lost.length - drafts.length }
}

/** What of that which the policy let go it would let go as things stand. */
async function covered(
  read: Reader,
  { accountId, now }: Pick<GroundChange, 'accountId' | 'now'>,
): Promise<LetGoByPolicy[]> {
  const account = (await findAccount(read, accountId))!
  const found: LetGoByPolicy[] = []
  for (const one of await letGoByPolicy(read, accountId))
    if (await covers(read, one, { account, now })) found.push(one)
  return found
}

async function covers(
  read: Reader,
  { draft, ground, dueAt }: LetGoByPolicy,
  { account, now }: { account: Account; now: Date },
): Promise<boolean> {
  const { findings } = await checkDraft(read, { ...draft, wishedAt: dueAt }, now)
  if (Object.keys(whyChecksRefuse(findings)).length > 0 || needsTwo(account, findings)) return false
  if (ground === 'standard-answer') return true
  if (wantsEyes(findings)) return false
  if (ground === 'live') return account.policy.live !== 'lane'
  const host = draft.weekId === null ? undefined : await findCurrentHost(read, draft.weekId)
  const trusted = host !== undefined && host.id === draft.weekHostId && host.trusted
  // Whoever looked at it before, and whose words stand in it, is not what changes.
  const submitted = { ...draft, trusted, ownWords: true, returned: false, wantsEyes: false }
  return groundOf(submitted, account.policy) !== null
}

async function setBack(
  tx: Writer,
  { draft, decision }: LetGoByPolicy,
  { actor, now }: GroundChange,
): Promise<Draft> {
  const { personId } = actor
  await cancelWaiting(tx, { draftId: draft.id }, { personId, now })
  const submitted = await changeDraft(
    tx,
    { id: draft.id, version: draft.version, from: ['approved'] },
    { state: 'submitted', changedAt: now, changedBy: personId },
  )
  if (!submitted) throw new Faster('Somebody was faster with one of the drafts. Please look again.')
  await insertDecision(tx, {
    ...decision,
    id: randomUUID(),
    kind: 'stopped',
    personId,
    comment: '',
    at: now,
  })
  await record(tx, { ...about(draft, { cause: 'rules' }), kind: 'draft.stopped', personId, at: now })
  return submitted
}

/** What is said of it on the next page, in sentences, and where the drafts are decided. */
export function setBackInWords({ setBack: count, stays }: SetBack): {
  said: string[]
  link: { href: string; label: string } | null
} {
  const one = 'One post that was to go out without a decision waits for one now.'
  const many = `${capital(inLetters(count))} posts that were to go out without a decision wait for one now.`
  const began =
    stays === 1
      ? 'One is being sent or has begun to go out, and stays.'
      : `${capital(inLetters(stays))} are being sent or have begun to go out, and stay.`
  return {
    said: [...(count === 0 ? [] : [count === 1 ? one : many]), ...(stays === 0 ? [] : [began])],
    link: count === 0 ? null : { href: '/queue', label: count === 1 ? 'Decide it' : 'Decide them' },
  }
}
