import type { Account } from '../../accounts/accounts.ts'
import type { Policy } from '../../accounts/account.ts'
import type { Reader } from '../../db/database.ts'
import { findCurrentHost } from '../../rota/weeks.ts'
import { wasReturned } from '../decisions-store.ts'
import { isOverridden, type SeenFinding } from '../checks/check-draft.ts'
import type { CheckKind } from '../../accounts/check-rules.ts'
import type { AnsweredPost, PolicyGround } from '../draft.ts'
import { foreignRevisions } from '../store.ts'

/** As much of a submitted draft as decides whether a person has to decide it. */
export interface Submitted {
  replyTo: string | null
  answering: AnsweredPost | null
  /** Set when a host wrote it in that role. */
  weekHostId: string | null
  /** A lead marked its host as trusted. */
  trusted: boolean
  /** All words in it are its writer's, or were accepted by them: trust in a host covers what that host wrote. */
  ownWords: boolean
  /** A person stopped it or asked for changes before: then people go on deciding it. */
  returned: boolean
  /** As `wantsEyes` says. */
  wantsEyes: boolean
}

/** Why the account's policy decides a submitted draft by itself; null when people do. */
export function groundOf(
  { replyTo, answering, weekHostId, trusted, ownWords, returned, wantsEyes: somebodyLooks }: Submitted,
  { decided }: Pick<Policy, 'decided'>,
): PolicyGround | null {
  if (returned || somebodyLooks) return null
  if (decided === 'originals') return replyTo !== null && answering?.summons === true ? 'answer' : null
  if (decided === 'untrusted') return weekHostId !== null && trusted && ownWords ? 'trusted-host' : null
  return null
}

/**
 * Whether a person looks at it whatever the policy says: something in it could tell who a patient is or is found rude by many,
 * also where the writer answered that, or a check that binds was answered instead of put right.
 */
export function wantsEyes(findings: SeenFinding[]): boolean {
  return isOverridden(findings) || findings.some(({ kind }) => WAITS_FOR.has(kind))
}

const WAITS_FOR: ReadonlySet<CheckKind> = new Set([
  'nhs-number',
  'date-of-birth',
  'hospital-number',
  'phone-number',
  'email-address',
  'post-code',
  'rude-word',
])

/**
 * Step: why the account's policy would decide a draft, were it submitted as it stands; null when people would. `weekHostId` is
 * that of the host who wrote it, or writes it now.
 */
export async function groundIfSubmitted(
  read: Reader,
  draft: Pick<Submitted, 'replyTo' | 'answering' | 'weekHostId'> & {
    id: string
    weekId: string | null
    authorId: string | null
  },
  { account, findings }: { account: Pick<Account, 'policy'>; findings: SeenFinding[] },
): Promise<PolicyGround | null> {
  if (account.policy.decided === 'all') return null
  const host = draft.weekId === null ? undefined : await findCurrentHost(read, draft.weekId)
  const own = host !== undefined && host.id === draft.weekHostId
  // Before a week may open people decide all of it.
  if (own && host.opening === 'waits') return null
  const trusted = own && host.trusted
  const returned = await wasReturned(read, draft.id)
  const ownWords = (await foreignRevisions(read, draft)).length === 0
  return groundOf({ ...draft, trusted, ownWords, returned, wantsEyes: wantsEyes(findings) }, account.policy)
}
