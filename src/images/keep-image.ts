import type { Database } from '../db/database.ts'
import { Refused } from '../errors.ts'
import type { ImageFiles } from './image-files.ts'
import { nameImage } from './images.ts'
import type { PreparedImage } from './image.ts'
import { prepareImage, preparePortrait } from './prepare.ts'

/** A file that somebody sent with a form. */
export interface SentFile {
  path: string
  bytes: number
  /** It was cut off, being larger than a form may carry. */
  tooLarge: boolean
}

/** Where images are kept: their rows and their files. */
export interface ImageStore {
  db: Database
  images: ImageFiles
}

interface Sent {
  file: SentFile
  /** Of the form: what is wrong is said there. */
  field: string
  accountId: string
  personId: string
  now: Date
}

/**
 * Prepares an image that somebody sent, keeps it, and names it for an account. Returns its hash. Nothing of it is public
 * or in a draft by that: the form that comes back carries the hash on.
 * @throws Refused under `field`, in plain words, when it is no image that X takes.
 */
export async function keepImage(store: ImageStore, sent: Sent): Promise<string> {
  requireWhole(sent)
  return keep(store, await prepareImage(sent.file.path, sent.field), sent)
}

/** As `keepImage`, for somebody's face: square and small. */
export async function keepPortrait(store: ImageStore, sent: Sent): Promise<string> {
  requireWhole(sent)
  return keep(store, await preparePortrait(sent.file.path, sent.field), sent)
}

function requireWhole({ file, field }: Sent): void {
  if (file.tooLarge)
    throw new Refused({ [field]: 'This file is larger than 30 MB. Please choose a smaller picture.' })
}

async function keep(
  { db, images }: ImageStore,
  { bytes, mediaType, width, height }: PreparedImage,
  { accountId, personId, now }: Sent,
): Promise<string> {
  const hash = await images.keep(bytes)
  await db.write((tx) =>
    nameImage(tx, {
      hash,
      mediaType,
      width,
      height,
      bytes: bytes.length,
      accountId,
      uploadedBy: personId,
      createdAt: now,
    }),
  )
  return hash
}
