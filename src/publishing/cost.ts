import { findChargedAccount } from '../accounts/accounts.ts'
import { kindOfPost, type ChargedAccount, type Sent } from '../charges/charge.ts'
import { charge } from '../charges/charges.ts'
import type { Reader, Writer } from '../db/database.ts'
import { adoptedAmong, type Delivery } from './store.ts'

/**
 * A delivery as its price sees it. Who is answered has named or quoted the account, since X lets nobody else be answered;
 * unless it is a post of our own.
 */
export async function asSent(
  read: Reader,
  { accountId, payload }: Pick<Delivery, 'accountId' | 'payload'>,
): Promise<Sent> {
  const { text, images, replyTo } = payload
  const own = replyTo !== null && (await adoptedAmong(read, accountId, [replyTo])).has(replyTo)
  return { text, images, summoned: replyTo !== null && !own }
}

/** Step: what sending costs, or may have cost. The descriptions of its pictures were charged when they were uploaded. */
export async function chargeSend(
  tx: Writer,
  delivery: Delivery,
  at: Date,
  known?: ChargedAccount,
): Promise<void> {
  const account = known ?? (await findChargedAccount(tx, delivery.accountId))!
  const kind = kindOfPost(await asSent(tx, delivery))
  await charge(tx, account, { kind, units: 1, weekId: delivery.weekId, at })
}
