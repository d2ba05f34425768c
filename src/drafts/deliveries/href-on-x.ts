import type { Account } from '../../accounts/accounts.ts'
import type { Delivery } from '../../publishing/deliveries.ts'

/** Where a post stands on X; null where it does not, or not any more. */
export function hrefOnX(
  { networkId, state }: Pick<Delivery, 'networkId' | 'state'>,
  { handle }: Pick<Account, 'handle'>,
): string | null {
  return networkId && state !== 'removed' ? `https://x.com/${handle}/status/${networkId}` : null
}
