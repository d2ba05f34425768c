import { and, eq, inArray, or } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { images, imageUploads } from '../db/schema/index.ts'

export type Image = typeof images.$inferSelect

/** Step: names an image whose file lies in its place already, for an account. The same bytes twice are one image. */
export async function nameImage(
  tx: Writer,
  {
    accountId,
    uploadedBy = null,
    ...image
  }: typeof images.$inferInsert & { accountId: string; uploadedBy?: string | null },
): Promise<void> {
  await tx.insert(images).values(image).onConflictDoNothing()
  await tx
    .insert(imageUploads)
    .values({ hash: image.hash, accountId, uploadedBy, at: image.createdAt })
    .onConflictDoNothing()
}

export async function findImage(read: Reader, hash: string): Promise<Image | undefined> {
  return (await read.select().from(images).where(eq(images.hash, hash)))[0]
}

export async function findImages(read: Reader, hashes: string[]): Promise<Image[]> {
  return hashes.length === 0 ? [] : read.select().from(images).where(inArray(images.hash, hashes))
}

/** The hash of every image that is named, in order. */
export async function listImageHashes(read: Reader): Promise<string[]> {
  const rows = await read.select({ hash: images.hash }).from(images).orderBy(images.hash)
  return rows.map(({ hash }) => hash)
}

/** An image that somebody may look at: their own, or one of an account that they have to do with. */
export async function findImageFor(
  read: Reader,
  hash: string,
  { personId, accountIds }: { personId: string; accountIds: string[] },
): Promise<Image | undefined> {
  const rows = await read
    .select({ image: images })
    .from(images)
    .innerJoin(imageUploads, eq(imageUploads.hash, images.hash))
    .where(
      and(
        eq(images.hash, hash),
        or(eq(imageUploads.uploadedBy, personId), inArray(imageUploads.accountId, accountIds)),
      ),
    )
  return rows[0]?.image
}

/** The accounts for which an image was brought here. */
export async function accountsOfImage(read: Reader, hash: string): Promise<string[]> {
  const rows = await read
    .select({ accountId: imageUploads.accountId })
    .from(imageUploads)
    .where(eq(imageUploads.hash, hash))
  return rows.map(({ accountId }) => accountId)
}

/** Step: which of these images were brought here for an account. */
export async function imagesOfAccount(read: Reader, hashes: string[], accountId: string): Promise<string[]> {
  if (hashes.length === 0) return []
  const rows = await read
    .selectDistinct({ hash: imageUploads.hash })
    .from(imageUploads)
    .where(and(inArray(imageUploads.hash, hashes), eq(imageUploads.accountId, accountId)))
  return rows.map(({ hash }) => hash)
}
