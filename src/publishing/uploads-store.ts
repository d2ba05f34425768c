import { eq } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { uploads } from '../db/schema/index.ts'

export type Upload = typeof uploads.$inferSelect

export async function uploadsOf(read: Reader, deliveryId: string): Promise<Upload[]> {
  return read.select().from(uploads).where(eq(uploads.deliveryId, deliveryId))
}

export async function keepUpload(tx: Writer, upload: Upload): Promise<void> {
  await tx
    .insert(uploads)
    .values(upload)
    .onConflictDoUpdate({ target: [uploads.deliveryId, uploads.imageHash], set: upload })
}

/** What the network does not know any more is uploaded anew. */
export async function forgetUploads(tx: Writer, deliveryId: string): Promise<void> {
  await tx.delete(uploads).where(eq(uploads.deliveryId, deliveryId))
}
