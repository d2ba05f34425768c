import { randomUUID } from 'node:crypto'
import { findAccount, type Account } from '../accounts/accounts.ts'
import type { Database, Writer } from '../db/database.ts'
import { findDelivery, sentSince, type Delivery } from '../publishing/deliveries.ts'
import { forgottenOf } from './forgotten.ts'
import { weekAt } from './keep.ts'
import { LISTEN_AFTER_CLOSE, type PostNumbers } from './post.ts'
import { findPostOnNetwork, findPostsOnNetwork, insertPost, updatePost, type Post } from './store.ts'

const UNKNOWN: PostNumbers = { replies: null, reposts: null, likes: null, quotes: null, impressions: null }

/**
 * Keeps what the publisher posted as posts, with our own text and pictures, and takes off what it took down or is taking down:
 * without the network, so that a page shows a post as soon as it is out, and never one that is not wanted any more. Returns how
 * many changed.
 */
export async function mirrorPosted(
  db: Database,
  { accountId, now }: { accountId: string; now: Date },
): Promise<number> {
  const account = await findAccount(db.read, accountId)
  if (!account) return 0
  const since = new Date(now.getTime() - LISTEN_AFTER_CLOSE)
  const sent = await sentSince(db.read, accountId, since)
  const ids = sent.map(({ networkId }) => networkId!)
  const known = await findPostsOnNetwork(db.read, accountId, ids)
  const due = sent.filter((delivery) => isDue(delivery, known.get(delivery.networkId!)))
  if (due.length === 0) return 0
  return db.write(async (tx) => {
    for (const { id } of due) {
      // Somebody may have taken it down since it was read.
      const delivery = await findDelivery(tx, id)
      if (delivery) await mirror(tx, account, delivery, { sent, now })
    }
    return due.length
  })
}

function isDue(delivery: Delivery, known: Post | undefined): boolean {
  const { payload, weekId } = delivery
  if (isOff(delivery)) return known?.removedAt === null
  if (!known) return true
  return (
    (weekId !== null && known.weekId !== weekId) ||
    payload.images.some(({ hash }) => known.images.every((image) => image.hash !== hash))
  )
}

/** Nobody wants it to stand there any more. */
function isOff({ state }: Delivery): boolean {
  return state === 'removing' || state === 'removed'
}

async function mirror(
  tx: Writer,
  account: Account,
  delivery: Delivery,
  { sent, now }: { sent: Delivery[]; now: Date },
): Promise<void> {
  const { networkId, payload, networkUserId } = delivery
  const postedAt = inWholeSeconds(delivery.postedAt ?? now)
  const known = await findPostOnNetwork(tx, account.id, networkId!)
  const weekId = delivery.weekId ?? known?.weekId ?? (await weekAt(tx, account, postedAt))
  if (known) {
    const removedAt = isOff(delivery) ? (known.removedAt ?? now) : known.removedAt
    return updatePost(tx, known.id, { weekId, images: payload.images, removedAt })
  }
  const before = partsBefore(delivery, sent)
  await insertPost(tx, {
    id: randomUUID(),
    accountId: account.id,
    weekId,
    networkId: networkId!,
    kind: 'own',
    authorNetworkId: networkUserId ?? '',
    authorHandle: account.handle,
    authorName: account.name,
    text: (await forgottenOf(tx, account.id)).mask(payload.text),
    links: [],
    images: payload.images,
    conversationId: payload.replyTo === null ? (before[0]?.networkId ?? networkId) : null,
    replyTo: before.at(-1)?.networkId ?? payload.replyTo,
    createdAt: postedAt,
    numbers: UNKNOWN,
    removedAt: isOff(delivery) ? now : null,
    seenAt: now,
  })
}

/** As X tells times: a reply of the same second must not seem older than what it answers. Then the ids tell the order. */
function inWholeSeconds(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1000) * 1000)
}

/** The parts of the same thread that stand before this one, in order. */
function partsBefore(delivery: Delivery, sent: Delivery[]): Delivery[] {
  return sent
    .filter((one) => one.decisionId === delivery.decisionId && one.position < delivery.position)
    .toSorted((a, b) => a.position - b.position)
}
