import { eq } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { images } from '../db/schema/index.ts'

export type Image = typeof images.$inferSelect

/** Step: names an image whose file lies in its place already. The same bytes twice are one image. */
export async function nameImage(tx: Writer, image: typeof images.$inferInsert): Promise<void> {
  await tx.insert(images).values(image).onConflictDoNothing()
}

export async function findImage(read: Reader, hash: string): Promise<Image | undefined> {
  return (await read.select().from(images).where(eq(images.hash, hash)))[0]
}
