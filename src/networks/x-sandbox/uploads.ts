import type { StandInDatabase } from './database.ts'
import { nextId } from './ids.ts'

export interface StandInMedia {
  id: string
  ownerId: string
  mediaType: string
  category: string
  totalBytes: number
  alt: string | null
  width: number | null
  height: number | null
  expiresAt: number
  /** All of it has come. */
  ready: boolean
}

/** Seconds of machine time for which an upload can be put into a post, as on X. */
export const uploadLife = 24 * 60 * 60

export interface UploadToBegin {
  ownerId: string
  mediaType: string
  category: string
  totalBytes: number
}

export function beginUpload(
  database: StandInDatabase,
  upload: UploadToBegin,
  times: { now: Date; machine: Date },
): string {
  const id = nextId(database, times.now)
  const { ownerId, mediaType, category, totalBytes } = upload
  database
    .prepare(
      'INSERT INTO media (id, owner_id, media_type, category, total_bytes, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
    )
    .run(
      BigInt(id),
      BigInt(ownerId),
      mediaType,
      category,
      totalBytes,
      times.machine.getTime() + uploadLife * 1000,
    )
  return id
}

export function addChunk(database: StandInDatabase, mediaId: string, segment: number, bytes: Buffer): void {
  database
    .prepare('INSERT INTO chunks VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET bytes = excluded.bytes')
    .run(BigInt(mediaId), segment, bytes)
}

export function chunksOf(database: StandInDatabase, mediaId: string): Buffer {
  const chunks = database.prepare('SELECT bytes FROM chunks WHERE media_id = ? ORDER BY segment').pluck()
  return Buffer.concat(chunks.all(BigInt(mediaId)) as Buffer[])
}

export function finishUpload(
  database: StandInDatabase,
  mediaId: string,
  whole: { bytes: Buffer; width: number; height: number },
): void {
  const { bytes, width, height } = whole
  database
    .prepare('UPDATE media SET bytes = ?, width = ?, height = ? WHERE id = ?')
    .run(bytes, width, height, BigInt(mediaId))
  database.prepare('DELETE FROM chunks WHERE media_id = ?').run(BigInt(mediaId))
}

export function describeMedia(database: StandInDatabase, mediaId: string, alt: string): void {
  database.prepare('UPDATE media SET alt = ? WHERE id = ?').run(alt, BigInt(mediaId))
}

export function mediaById(database: StandInDatabase, mediaId: string): StandInMedia | undefined {
  const found = database
    .prepare(
      `SELECT CAST(id AS TEXT) AS id, CAST(owner_id AS TEXT) AS ownerId, media_type AS mediaType, category,
       total_bytes AS totalBytes, alt, width, height, expires_at AS expiresAt, bytes IS NOT NULL AS ready
       FROM media WHERE id = ?`,
    )
    .get(BigInt(mediaId)) as (Omit<StandInMedia, 'ready'> & { ready: number }) | undefined
  return found && { ...found, ready: found.ready === 1 }
}

export function bytesOf(database: StandInDatabase, mediaId: string): Buffer | undefined {
  return database.prepare('SELECT bytes FROM media WHERE id = ?').pluck().get(BigInt(mediaId)) as
    Buffer | undefined
}

/** X's keys name the kind and the id: 3 is an image, 16 a GIF. */
export function keyOf(media: { id: string; category: string }): string {
  return `${media.category === 'tweet_gif' ? 16 : 3}_${media.id}`
}
