import type { Account } from './accounts.ts'

/** Where anybody asks for a week of an account; null where nobody can. */
export function askHrefOf({
  handle,
  policy,
  retiredAt,
}: Pick<Account, 'handle' | 'policy' | 'retiredAt'>): string | null {
  return policy.asking && !retiredAt ? `/@${handle}/take-part` : null
}
