import type { Writer } from '../db/database.ts'
import { Conflict } from '../errors.ts'
import type { Answer, NetworkPost, Problem } from '../networks/network.ts'
import { problemInWords } from '../networks/problem-in-words.ts'
import { alikeInDoubt, attemptsInDoubt } from './attempts-store.ts'
import { isNewer } from './match.ts'
import { adoptIfThere, readTimeline } from './reconcile.ts'
import { tellingOf } from './record-answer.ts'
import type { ReconcileDeps } from './settings.ts'
import { findDelivery, type Delivery } from './store.ts'
import { holdDelivery } from './trouble.ts'
import { takeWhatShows } from './watch-doubtful.ts'

/** The account's own posts, read for what may stand among them. */
export interface Look {
  /** By delivery: since which post it may stand there; null: since any. Without an entry nothing of it was handed to the network. */
  since: ReadonlyMap<string, string | null>
  timeline: Answer<NetworkPost[]>
}

/**
 * Before somebody lets these deliveries of one account go: reads the timeline, once, if one of them was handed to the network
 * before and nobody knows what became of that. To be asked with `adoptIfInDoubt` for each, in the transaction.
 */
export async function lookForDoubtful(
  deps: ReconcileDeps,
  accountId: string,
  deliveryIds: string[],
): Promise<Look> {
  const since = new Map<string, string | null>()
  for (const { deliveryId, newestKnownId } of await attemptsInDoubt(deps.db.read, deliveryIds))
    since.set(deliveryId, older(since.get(deliveryId) ?? newestKnownId, newestKnownId))
  if (since.size === 0) return { since, timeline: { ok: true, value: [] } }
  const oldest = [...since.values()].reduce(older)
  return { since, timeline: await readTimeline(deps, accountId, oldest ?? undefined) }
}

function older(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return null
  return isNewer(one, other) ? other : one
}

/**
 * Step: whether a delivery stands there already; then it is adopted.
 * @throws Conflict in plain words where nobody can say: it must not go.
 */
export async function adoptIfInDoubt(
  tx: Writer,
  deps: ReconcileDeps,
  { id }: Pick<Delivery, 'id'>,
  { since, timeline }: Look,
): Promise<boolean> {
  const newerThan = since.get(id)
  if (newerThan === undefined) return false
  if (!timeline.ok)
    throw new Conflict(
      `We can’t see the account now, and X may have taken it before. ${problemInWords(timeline.problem)} Please try again later.`,
    )
  const result = await adoptIfThere(tx, deps, id, timeline.value, newerThan)
  if (result === 'several')
    throw new Conflict(
      'More than one post on the account looks like it, so it was not let go. Look at the account: if one of them is it, cancel this one.',
    )
  return result === 'found'
}

/**
 * Before a delivery is sent of which an earlier attempt may stand, whoever let it go and whenever: looks for it. Adopts it, or
 * holds it for people to say which of several it is. So it is held, too, where the same words turn out to stand there of
 * another delivery that was given up. Says whether it may go, or why nobody knows.
 */
export async function lookBeforeSending(
  deps: ReconcileDeps,
  seen: Delivery,
): Promise<{ goes: boolean } | { problem: Problem }> {
  const given = (await alikeInDoubt(deps.db.read, seen)).map(({ delivery }) => delivery.id)
  const { since, timeline } = await lookForDoubtful(deps, seen.accountId, [seen.id, ...given])
  if (!timeline.ok) return timeline
  return deps.db.write(async (tx) => {
    const delivery = await findDelivery(tx, seen.id)
    if (delivery?.version !== seen.version) return { goes: false }
    for (const { attempt } of await alikeInDoubt(tx, delivery)) {
      if (!(await takeWhatShows(tx, deps, attempt, timeline.value))) continue
      await holdDelivery(tx, delivery, { reason: 'undecided' }, tellingOf(deps))
      return { goes: false }
    }
    const result = await adoptIfThere(tx, deps, seen.id, timeline.value, since.get(seen.id) ?? null)
    if (result === 'several') {
      const trouble = 'More than one post there looks like it.'
      await holdDelivery(tx, delivery, { reason: 'undecided', trouble }, tellingOf(deps))
    }
    return { goes: result === 'none' }
  })
}
