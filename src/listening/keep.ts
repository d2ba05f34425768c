import { randomUUID } from 'node:crypto'
import type { Account } from '../accounts/accounts.ts'
import type { Reader, Writer } from '../db/database.ts'
import type { NetworkPost } from '../networks/network.ts'
import { takenDownAmong } from '../publishing/deliveries.ts'
import { findRunningWeek } from '../rota/weeks.ts'
import { forgottenOf, type Forgotten } from './forgotten.ts'
import { SEARCH_LAGS, type PostImage, type PostKind } from './post.ts'
import { findPostOnNetwork, insertPost, updatePost, type Post } from './store.ts'

/**
 * Step: keeps a post as the network tells it, whether it is known already or not. An edited post has a new id there for
 * each version; here it stays one, by the id of its first. Nothing is kept of people who asked to be taken off our pages.
 */
export async function keepPost(
  tx: Writer,
  account: Account,
  { networkUserId, post: read, now }: { networkUserId: string; post: NetworkPost; now: Date },
): Promise<void> {
  const networkId = read.editHistory[0] ?? read.id
  const { isForgotten, mask } = await forgottenOf(tx, account.id)
  if (isForgotten(read.author.id)) return
  const post = withoutNames(read, mask)
  const known = await findPostOnNetwork(tx, account.id, networkId)
  // The network may show for a while what was taken down here.
  const takenDown =
    post.author.id === networkUserId && (await takenDownAmong(tx, account.id, [networkId])).has(networkId)
  if (known) return renew(tx, known, { post, takenDown, now })
  const answered = await answeredPost(tx, account.id, post)
  const kind = kindOf(post, networkUserId, answered)
  await insertPost(tx, {
    id: randomUUID(),
    accountId: account.id,
    weekId: answered?.weekId ?? (await weekAt(tx, account, post.createdAt)),
    networkId,
    kind,
    ...wordsAndAuthor(post),
    images: imagesOf(post),
    conversationId: post.conversationId,
    replyTo: post.replyTo,
    createdAt: post.createdAt,
    numbers: post.numbers,
    numbersReadAt: now,
    edited: post.editHistory.length > 1,
    removedAt: takenDown ? now : null,
    seenAt: now,
  })
}

async function renew(
  tx: Writer,
  known: Post,
  { post, takenDown, now }: { post: NetworkPost; takenDown: boolean; now: Date },
): Promise<void> {
  if (isOlderVersion(known, post) || isEcho(known, now)) return
  await updatePost(tx, known.id, {
    ...wordsAndAuthor(post),
    conversationId: post.conversationId ?? known.conversationId,
    replyTo: post.replyTo ?? known.replyTo,
    images: known.images.some(({ hash }) => hash !== null) ? known.images : imagesOf(post),
    numbers: post.numbers,
    edited: known.edited || post.editHistory.length > 1,
    removedAt: takenDown ? (known.removedAt ?? now) : null,
    leftPage: null,
    // Other words are news for whoever tells the week.
    seenAt: post.text === known.text ? known.seenAt : now,
    numbersReadAt: now,
  })
}

function withoutNames(post: NetworkPost, mask: Forgotten['mask']): NetworkPost {
  return { ...post, text: mask(post.text), links: mask(post.links), media: mask(post.media) }
}

/** A look-up by the first id gives the first version, also when we have read a later one. */
function isOlderVersion(known: Post, post: NetworkPost): boolean {
  return known.edited && post.editHistory.at(-1) !== post.id && known.removedAt === null
}

/** X's search goes on showing for a while what has been deleted. */
function isEcho({ removedAt }: Post, now: Date): boolean {
  return removedAt !== null && now.getTime() - removedAt.getTime() < SEARCH_LAGS
}

function wordsAndAuthor(post: NetworkPost) {
  return {
    authorNetworkId: post.author.id,
    authorHandle: post.author.handle,
    authorName: post.author.name,
    text: post.text,
    lang: post.lang,
    links: post.links,
  }
}

/** Pictures of others are not copied: their descriptions and addresses are kept, and the post on the network is linked. */
function imagesOf(post: NetworkPost): PostImage[] {
  return post.media.map(({ alt, url }) => ({ hash: null, alt: alt ?? '', ...(url && { url }) }))
}

function kindOf(post: NetworkPost, networkUserId: string, answered: Post | undefined): PostKind {
  if (post.author.id === networkUserId) return 'own'
  return answered ? 'reply' : 'mention'
}

/** The post that it answers or, deeper in a conversation, the one of ours that opened it. */
async function answeredPost(read: Reader, accountId: string, post: NetworkPost): Promise<Post | undefined> {
  const { replyTo, conversationId } = post
  if (replyTo === null) return undefined
  const parent = await findPostOnNetwork(read, accountId, replyTo)
  if (parent && parent.kind !== 'mention') return parent
  const root = conversationId === null ? undefined : await findPostOnNetwork(read, accountId, conversationId)
  return root?.kind === 'own' ? root : undefined
}

/** The week that is open at an instant; none in a gap, a hiatus or outside the hours. */
export async function weekAt(read: Reader, account: Account, at: Date): Promise<string | null> {
  const found = await findRunningWeek(read, account.id, at)
  return found?.week.kind === 'hosted' ? found.week.id : null
}

/**
 * Step: a post that is not on the network any more. Of a stranger's nothing is kept but that it was there, with a line where it stood on the page; should it come
 * back, somebody has to choose it anew; our own words stay in our record.
 */
export async function forgetPost(tx: Writer, post: Post, now: Date): Promise<void> {
  const nothing = { authorHandle: '', authorName: '', text: '', lang: null, links: [], images: [] }
  const leftPage = post.chosenAt === null ? null : ('deleted' as const)
  const theirs = { ...nothing, chosenAt: null, chosenBy: null, leftPage }
  await updatePost(tx, post.id, { removedAt: now, ...(post.kind === 'own' ? {} : theirs) })
}
