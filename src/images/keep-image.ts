import type { Database } from '../db/database.ts'
import { Refused } from '../errors.ts'
import type { ImageFiles } from './image-files.ts'
import { nameImage } from './images.ts'
import { prepareImage, preparePortrait } from './prepare.ts'

/** A file that somebody sent with a form. */
export interface SentFile {
  path: string
  bytes: number
  /** It was cut off, being larger than a form may carry. */
  tooLarge: boolean
}

/**
 * Prepares an image that somebody sent, keeps it, and names it for an account. Returns its hash. Nothing of it is public
 * or in a draft by that: the form that comes back carries the hash on.
 * @throws Refused under `field`, in plain words, when it is no image that X takes.
 */
export async function keepImage(
  db: Database,
  files: ImageFiles,
  {
    file,
    field,
    accountId,
    personId,
    now,
    portrait = false,
  }: {
    file: SentFile
    field: string
    accountId: string
    personId: string
    now: Date
    /** Somebody's face: made square and small. */
    portrait?: boolean
  },
): Promise<string> {
  if (file.tooLarge)
    throw new Refused({ [field]: 'This file is larger than 30 MB. Please choose a smaller picture.' })
  const { bytes, mediaType, width, height } = await (portrait ? preparePortrait : prepareImage)(
    file.path,
    field,
  )
  const hash = await files.keep(bytes)
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
