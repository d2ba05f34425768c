import { findAccount } from '../accounts/accounts.ts'
import { heedingLimits } from '../accounts/heed-limits.ts'
import type { UsableToken } from '../accounts/connection.ts'
import { metered } from '../charges/metered-network.ts'
import { findImage } from '../images/images.ts'
import type { ImageType } from '../images/image.ts'
import type { Answer, Problem } from '../networks/network.ts'
import { later, timesOf, type PublisherDeps } from './settings.ts'
import type { Delivery } from './store.ts'
import { keepUpload, uploadsOf } from './uploads-store.ts'

/**
 * Uploads the images of a delivery, with their descriptions, and returns their ids in order. Publishes nothing, so it
 * can be repeated; an image whose id still holds is not uploaded again.
 */
export async function prepareMedia(
  deps: PublisherDeps,
  delivery: Delivery,
  { accessToken }: Extract<UsableToken, { ok: true }>,
): Promise<Answer<string[]>> {
  if (delivery.payload.images.length === 0) return { ok: true, value: [] }
  const ids: string[] = []
  const there = new Map((await uploadsOf(deps.db.read, delivery.id)).map((one) => [one.imageHash, one]))
  const holdsUntil = later(deps.clock.machine(), timesOf(deps).uploadReserveMs)
  for (const image of delivery.payload.images) {
    const upload = there.get(image.hash)
    if (upload && upload.expiresAt > holdsUntil) {
      ids.push(upload.mediaId)
      continue
    }
    const answer = await uploadImage(deps, delivery, image, accessToken)
    if (!answer.ok) return answer
    ids.push(answer.value)
  }
  return { ok: true, value: ids }
}

async function uploadImage(
  deps: PublisherDeps,
  { id: deliveryId, accountId, weekId }: Delivery,
  image: { hash: string; alt: string },
  accessToken: string,
): Promise<Answer<string>> {
  const { db, images, clock, reached } = deps
  const known = await findImage(db.read, image.hash)
  const bytes = known && (await images.read(image.hash).catch(() => null))
  if (!known || !bytes) return { ok: false, problem: lostImage }
  const mediaType = known.mediaType as ImageType
  const account = (await findAccount(db.read, accountId))!
  const counting = metered({ network: heedingLimits(deps, accountId), db, clock }, account, { weekId })
  reached?.('image-unsent')
  const answer = await counting.uploadImage(accessToken, { bytes, mediaType, alt: image.alt })
  reached?.('image-unkept')
  if (!answer.ok) return answer
  const { mediaId, mediaKey, expiresIn } = answer.value
  const expiresAt = later(clock.machine(), expiresIn * 1000)
  await db.write((tx) => keepUpload(tx, { deliveryId, imageHash: image.hash, mediaId, mediaKey, expiresAt }))
  return { ok: true, value: mediaId }
}

const lostImage: Problem = {
  code: 'invalid',
  status: null,
  detail: 'A picture of this post is missing from the data folder, or is not the one that was approved.',
  until: null,
}
