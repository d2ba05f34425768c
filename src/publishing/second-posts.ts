import { findAccount } from '../accounts/accounts.ts'
import type { Writer } from '../db/database.ts'
import { Conflict, NotFound } from '../errors.ts'
import { FASTER, findDecidableDelivery, type Settling } from './found-delivery.ts'
import { changeSecondPost, insertSecondPost, secondPostsOf } from './second-posts-store.ts'
import type { ReconcileDeps } from './settings.ts'
import { placeOnX } from './place-on-x.ts'
import { adoptedAmong, type Delivery } from './store.ts'
import { tellDeciders, type Telling } from './tell-deciders.ts'
import { recordOf } from './trouble.ts'

/** Steps for the pages. */
export { openSecondPosts, secondPostsOf, type SecondPost } from './second-posts-store.ts'

/**
 * Step: X took a delivery a second time, which is known only now. People are told, with both places, and it is kept until
 * one of them says what becomes of it. Where the first was taken down the second one goes too, unless it was only `seen` on the
 * timeline: that it is ours, and not somebody's by hand, is for people to say.
 */
export async function noteSecondPost(
  tx: Writer,
  { settings }: Pick<ReconcileDeps, 'settings'>,
  { delivery, networkId, seen = false }: { delivery: Delivery; networkId: string; seen?: boolean },
  telling: Telling,
): Promise<void> {
  const { accountId, id: deliveryId } = delivery
  // It stands for another delivery, or was told of.
  if ((await adoptedAmong(tx, accountId, [networkId])).size > 0) return
  const isUnwanted = delivery.state === 'removing' || delivery.state === 'removed'
  const state = isUnwanted && !seen ? 'removing' : 'standing'
  if (!(await insertSecondPost(tx, { accountId, networkId, deliveryId, state, at: telling.now }))) return
  await recordOf(tx, delivery, 'delivery.posted-twice', { networkId }, telling.now)
  if (state === 'removing') return
  const { handle } = (await findAccount(tx, accountId))!
  const where = (id: string) => placeOnX(settings, handle, id)
  const learnt = seen ? 'one of them shows on the account only now' : 'told us of one of them only now'
  const why = isUnwanted
    ? `It was taken down, and X had taken it twice: ${learnt}, and stands there still:\n\n${where(networkId)}`
    : `X took it twice, and ${learnt}. This post stands twice; take one down:\n\n${where(delivery.networkId!)}\n${where(networkId)}`
  const became = isUnwanted ? 'stands' : 'twice'
  await tellDeciders(tx, { deliveries: [delivery], became, why, cause: became }, telling)
}

/**
 * What becomes of a post that stands twice: the second one is taken down, or both stay. Leads and approvers say so.
 * @throws NotFound, NotAllowed, or Conflict when somebody was faster.
 */
export async function settleSecondPost(
  { db, clock }: Pick<ReconcileDeps, 'db' | 'clock'>,
  settling: Settling,
  { networkId, fate }: { networkId: string; fate: 'take-down' | 'leave' },
): Promise<void> {
  await db.write(async (tx) => {
    const delivery = await findDecidableDelivery(tx, settling, ['posted', 'removing', 'removed'])
    const second = (await secondPostsOf(tx, [delivery.id])).find((one) => one.networkId === networkId)
    if (!second) throw new NotFound()
    const state = fate === 'leave' ? 'left' : 'removing'
    if (!(await changeSecondPost(tx, { ...second, state: 'standing' }, { state }))) throw new Conflict(FASTER)
    const kind = fate === 'leave' ? 'delivery.second-left' : 'delivery.second-taken-down'
    await recordOf(tx, delivery, kind, { networkId }, clock.now(), settling.actor.personId)
  })
}

/** Step: who takes a post down means it wherever it stands. */
export async function removeSecondPosts(tx: Writer, { id }: Pick<Delivery, 'id'>): Promise<void> {
  for (const second of await secondPostsOf(tx, [id]))
    if (second.state === 'standing' || second.state === 'left')
      await changeSecondPost(tx, second, { state: 'removing' })
}
