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
  /**
   * What was made of an image, by its name: the first time it is made and kept beside it, one at a time, since that takes a
   * processor for a while. It can be made anew, so backups leave it out.
   */
  derived(hash: string, name: string, make: (original: Buffer) => Promise<Buffer>): Promise<Buffer>
}

/** Where an image lies in its folder. */
export function placeOfImage(hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new RangeError('An image is named by a SHA-256 in hex.')
  return join(hash.slice(0, 2), hash)
}

export function openImageFiles(folder: string): ImageFiles {
  const place = (hash: string) => join(folder, placeOfImage(hash))
  const making = new Map<string, Promise<Buffer>>()
  let last: Promise<unknown> = Promise.resolve()
  const read = async (hash: string) => {
    const bytes = await readFile(place(hash))
    if (hashOf(bytes) !== hash) throw new Error(`The image ${hash} is not what it was when it was kept.`)
    return bytes
  }
  return {
    async keep(bytes) {
      const hash = hashOf(bytes)
      const file = place(hash)
      if (await exists(file)) return hash
      await mkdir(join(folder, hash.slice(0, 2)), { recursive: true })
      await putInPlace(file, bytes)
      return hash
    },
    read,
    stream: (hash) => createReadStream(place(hash)),
    async derived(hash, name, make) {
      if (!/^\w+\.\w+$/.test(name)) throw new RangeError('What is made of an image has a short name.')
      const file = `${place(hash)}.${name}`
      if (await exists(file)) return readFile(file)
      const running = making.get(file)
      if (running) return running
      const made = last.then(async () => {
        const bytes = await make(await read(hash))
        await putInPlace(file, bytes)
        return bytes
      })
      making.set(file, made)
      last = made.catch(() => undefined).finally(() => making.delete(file))
      return made
    },
  }
}

/** Whole or not at all. */
async function putInPlace(file: string, bytes: Buffer): Promise<void> {
  const next = `${file}.${randomUUID()}.next`
  try {
    await writeAndSync(next, bytes)
    await rename(next, file)
  } catch (error) {
    await rm(next, { force: true })
    throw error
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
