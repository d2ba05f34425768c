import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { create, extract, list, replace, type ReadEntry } from 'tar'
import { z } from 'zod'

/**
 * A backup is one tar file, which any tar can open: `manifest.json`, then the files that it lists, under their names in a
 * data folder. The manifest says of each how long it is and its SHA-256, and of itself too, so that nothing of a backup
 * can have changed unnoticed.
 */
const contents = z.object({
  format: z.literal(1),
  /** Of the program that wrote it. */
  version: z.string(),
  /** How many migrations its database has. */
  migrations: z.number().int(),
  mode: z.enum(['sandbox', 'live']),
  /** Product time, ISO. */
  takenAt: z.iso.datetime(),
  /** Of the key without which its connections can't be read; null when none is needed. Never the key. */
  keyId: z.string().nullable(),
  files: z.array(z.object({ path: z.string(), bytes: z.number().int(), sha256: z.string() })),
  /** Images that were missing or damaged already. */
  lost: z.array(z.string()),
})
export type Manifest = z.infer<typeof contents>

/** The archive is no backup, or not a whole one. */
export class Damaged extends Error {}

/** It was written by a program that knows another form of backup. */
export class OtherFormat extends Error {}

const MANIFEST = 'manifest.json'
const LARGEST_MANIFEST = 256 * 1024 * 1024

/** What stands in a data folder or beside it: where it lies, and which of its files go into the archive. */
export interface Source {
  folder: string
  paths: string[]
}

/** The sizes and hashes of files as they lie there. */
export async function describe({ folder, paths }: Source): Promise<Manifest['files']> {
  const files: Manifest['files'] = []
  for (const path of paths) files.push({ path, ...(await digest(join(folder, path))) })
  return files
}

/** Writes an archive anew: `prepared` lies in a folder of its own, which takes the manifest too; `images` where they are. */
export async function writeArchive(
  file: string,
  manifest: Manifest,
  { prepared, images }: { prepared: Source; images: Source },
): Promise<void> {
  await writeFile(join(prepared.folder, MANIFEST), JSON.stringify({ ...manifest, sha256: seal(manifest) }))
  const plain = { file, portable: true, strict: true }
  await create({ ...plain, cwd: prepared.folder, mode: 0o600 }, [MANIFEST, ...prepared.paths])
  if (images.paths.length > 0) await replace({ ...plain, cwd: images.folder }, images.paths)
}

/**
 * Reads an archive from its beginning to its end and compares all of it with its manifest.
 * @throws Damaged, OtherFormat
 */
export async function readArchive(file: string): Promise<Manifest> {
  const found = new Map<string, { bytes: number; hash: Hash }>()
  const beginning: Buffer[] = []
  const onReadEntry = (entry: ReadEntry) => {
    const seen = { bytes: 0, hash: createHash('sha256') }
    const twice = found.has(entry.path)
    found.set(entry.path, seen)
    // A link, or a second file of one name, is nothing that we write: it makes the comparison fail.
    if (twice || entry.type !== 'File') seen.bytes = Number.NaN
    entry.on('data', (bytes: Buffer) => {
      seen.bytes += bytes.length
      seen.hash.update(bytes)
      if (entry.path === MANIFEST && seen.bytes <= LARGEST_MANIFEST) beginning.push(bytes)
    })
  }
  await list({ file, strict: true, onReadEntry }).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall) throw error
    throw new Damaged('it can’t be read to its end')
  })
  const manifest = parseManifest(Buffer.concat(beginning).toString())
  found.delete(MANIFEST)
  for (const { path, bytes, sha256 } of manifest.files) {
    const seen = found.get(path)
    if (!seen) throw new Damaged(`${path} is missing`)
    if (seen.bytes !== bytes || seen.hash.digest('hex') !== sha256) throw new Damaged(`${path} has changed`)
    found.delete(path)
  }
  if (found.size > 0) throw new Damaged(`${[...found.keys()][0]} does not belong there`)
  return manifest
}

function parseManifest(text: string): Manifest {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    throw new Damaged('it has no manifest')
  }
  const { format } = z.looseObject({ format: z.number() }).safeParse(given).data ?? {}
  if (format !== undefined && format !== 1) throw new OtherFormat()
  const read = contents.extend({ sha256: z.string() }).safeParse(given)
  if (!read.success) throw new Damaged('its manifest can’t be read')
  const { sha256, ...manifest } = read.data
  if (sha256 !== seal(manifest)) throw new Damaged('its manifest has changed')
  return manifest
}

/** Unpacks what the manifest lists, and nothing else, into a folder. */
export async function unpack(file: string, manifest: Manifest, folder: string): Promise<void> {
  const listed = new Set(manifest.files.map(({ path }) => path))
  await extract({ file, cwd: folder, strict: true, filter: (path) => listed.has(path) })
}

/** Zod gives the members in the order of the schema, whatever their order in the file. */
function seal(manifest: Manifest): string {
  return createHash('sha256')
    .update(JSON.stringify(contents.parse(manifest)))
    .digest('hex')
}

async function digest(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    hash.update(chunk)
  }
  return { bytes, sha256: hash.digest('hex') }
}
