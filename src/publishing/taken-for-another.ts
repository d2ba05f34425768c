import { findAccount } from '../accounts/accounts.ts'
import type { Writer } from '../db/database.ts'
import { changeAttempt, type Attempt } from './attempts-store.ts'
import { placeOnX } from './place-on-x.ts'
import { findSecondPost } from './second-posts-store.ts'
import type { ReconcileDeps } from './settings.ts'
import { changeDelivery, findByNetworkId, holdPartsAfter, type Delivery } from './store.ts'
import { tellDeciders, type Telling } from './tell-deciders.ts'
import { tellHost } from './tell-host.ts'
import { holdDelivery, recordOf } from './trouble.ts'

/**
 * Step: X says that it took a delivery, and names a post that stands for another one here, or was noted as the second one of
 * another: a look or a person took it for that one, or X errs. Which of the two stands there nobody can say but somebody who
 * looks at the account: so people are asked, and nothing of it goes before that. What people have settled by now stays so.
 */
export async function takenForAnother(
  tx: Writer,
  { settings }: Pick<ReconcileDeps, 'settings'>,
  {
    attempt,
    delivery,
    networkId,
  }: { attempt: Pick<Attempt, 'id' | 'outcome'>; delivery: Delivery; networkId: string },
  telling: Telling,
): Promise<void> {
  const trouble = `X says that this is the post with the number ${networkId}, and that one stands for another post here.`
  await changeAttempt(tx, attempt.id, {
    outcome: 'unknown',
    networkId: null,
    trouble,
    answeredAt: telling.machineNow,
    nextLookAt: null,
    watchAt: null,
  })
  const { accountId, state } = delivery
  if (state === 'waiting' || state === 'held')
    return holdDelivery(tx, delivery, { reason: 'undecided', trouble }, telling)
  // What is being sent once more has its own answer first.
  if (state !== 'unknown' && (state !== 'sending' || attempt.outcome !== null)) return
  const unknown = await changeDelivery(tx, delivery, { state: 'unknown', trouble, notBefore: null })
  if (!unknown) return
  await holdPartsAfter(tx, unknown)
  await recordOf(tx, unknown, 'delivery.unknown', { reason: trouble }, telling.now)
  const { handle } = (await findAccount(tx, accountId))!
  const otherId =
    (await findByNetworkId(tx, accountId, networkId))?.id ??
    (await findSecondPost(tx, accountId, networkId))!.deliveryId
  const why = `${trouble} Look at the account, which of the two it is. It was not sent again. The post on X, and the other one here:

${placeOnX(settings, handle, networkId)}
${telling.publicUrl}/deliveries/${otherId}`
  await tellDeciders(tx, { deliveries: [unknown], became: 'unknown', why, cause: 'unknown' }, telling)
  await tellHost(tx, unknown, { news: 'unknown', why: 'X gave no clear answer to it.' }, telling)
}
