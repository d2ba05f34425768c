import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** The files behind the rows of `images`: named by the SHA-256 of their bytes, so never changed and never doubled. */
export interface ImageFiles {
  /** Writes, syncs and renames into place; call it before the row that names the hash is committed. */
  keep(bytes: Buffer): Promise<string>
  /** @throws Error when it is missing, or its bytes are not those that the name says. */
  read(hash: string): Promise<Buffer>
  stream(hash: string): Readable
}

/** Where an image lies in its folder. */
export function placeOfImage(hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new RangeError('An image is named by a SHA-256 in hex.')
  return join(hash.slice(0, 2), hash)
}

export function openImageFiles(folder: string): ImageFiles {
  const place = (hash: string) => join(folder, placeOfImage(hash))
  return {
    async keep(bytes) {
      const hash = hashOf(bytes)
      const file = place(hash)
      if (await exists(file)) return hash
      const next = `${file}.${randomUUID()}.next`
      await mkdir(join(folder, hash.slice(0, 2)), { recursive: true })
      try {
        await writeAndSync(next, bytes)
        await rename(next, file)
      } catch (error) {
        await rm(next, { force: true })
        throw error
      }
      return hash
    },
    async read(hash) {
      const bytes = await readFile(place(hash))
      if (hashOf(bytes) !== hash) throw new Error(`The image ${hash} is not what it was when it was kept.`)
      return bytes
    },
    stream: (hash) => createReadStream(place(hash)),
  }
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

async function writeAndSync(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
