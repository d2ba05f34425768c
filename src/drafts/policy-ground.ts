import type { Policy } from '../accounts/account.ts'
import type { AnsweredPost, PolicyGround } from './draft.ts'

/** As much of a submitted draft as decides whether a person has to decide it. */
export interface Submitted {
  replyTo: string | null
  answering: AnsweredPost | null
  /** Set when a host wrote it in that role. */
  weekHostId: string | null
  /** A lead marked its host as trusted. */
  trusted: boolean
  /** A person stopped it or asked for changes before: then people go on deciding it. */
  returned: boolean
}

/** Why the account's policy decides a submitted draft by itself; null when people do. */
export function groundOf(
  { replyTo, answering, weekHostId, trusted, returned }: Submitted,
  { decided }: Pick<Policy, 'decided'>,
): PolicyGround | null {
  if (returned) return null
  if (decided === 'originals') return replyTo !== null && answering?.summons === true ? 'answer' : null
  if (decided === 'untrusted') return weekHostId !== null && trusted ? 'trusted-host' : null
  return null
}
