import { constants, type BigIntStats } from 'node:fs'
import {
  copyFile,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip, constants as zlib } from 'node:zlib'
import { existsSync, readFileSync } from 'node:fs'
import { NOTHING_BEFORE, type Before, type SiteFile } from './site-files.ts'

/** What a server may send packed; pictures and letters are packed as they are. */
const PACKED = /\.(html|css|svg|xml|json|csv|ics|txt)$/

const PACKERS: [ending: string, pack: (bytes: Buffer) => Promise<Buffer>][] = [
  ['.br', (bytes) => promisify(brotliCompress)(bytes, { params: { [zlib.BROTLI_PARAM_QUALITY]: 9 } })],
  ['.gz', (bytes) => promisify(gzip)(bytes, { level: 9 })],
]

/** A text's packed forms, by their endings; none of what is packed as it is. */
export async function packedForms(path: string, bytes: Buffer): Promise<[ending: string, bytes: Buffer][]> {
  if (!PACKED.test(path)) return []
  return Promise.all(PACKERS.map(async ([ending, pack]) => [ending, await pack(bytes)] as [string, Buffer]))
}

/** Beside the folders that are shown: those that are being written, and the one behind each name. */
const BEHIND = '.sites'

/** Something else lies where a site should be written. The message is one line, for people. */
export class NotOurs extends Error {}

/**
 * Writes files into a new folder, each with its packed forms, and waits until all of it is on the disk. A file that is the
 * same as in `old` becomes a second name of that one, which costs no room and nothing to pack.
 */
export async function writeFolder(
  folder: string,
  files: AsyncIterable<SiteFile>,
  { old }: { old?: string } = {},
): Promise<{ files: number; bytes: number; etags: Record<string, string> }> {
  const folders = new Set<string>([folder])
  const etags: Record<string, string> = {}
  const total = { files: 0, bytes: 0 }
  await mkdir(folder, { recursive: true })
  await severalAtOnce(files, async ({ path, bytes, etag }) => {
    const to = join(folder, path)
    for (let at = dirname(to); !folders.has(at); at = dirname(at)) folders.add(at)
    await mkdir(dirname(to), { recursive: true })
    const length = await place(to, { from: old && join(old, path), bytes })
    total.bytes += length
    total.files += 1
    if (etag) etags[path] = etag
  })
  for (const one of folders) await sync(one)
  return { ...total, etags }
}

/** Packing takes a processor for a while, and the disk lets one wait. */
const AT_ONCE = 8

/** Does something with each, several at a time; ends, also with an error, when nothing of it is under way any more. */
async function severalAtOnce<T>(all: AsyncIterable<T>, act: (one: T) => Promise<void>): Promise<void> {
  const running = new Set<Promise<unknown>>()
  try {
    for await (const one of all) {
      const acting: Promise<unknown> = act(one).then(() => running.delete(acting))
      // It stays among them, and is heard of at the next waiting.
      acting.catch(() => undefined)
      running.add(acting)
      if (running.size >= AT_ONCE) await Promise.race(running)
    }
    await Promise.all(running)
  } finally {
    await Promise.allSettled(running)
  }
}

/** Returns its length, without the packed forms. */
async function place(
  to: string,
  { from, bytes }: { from: string | undefined; bytes: Buffer | null },
): Promise<number> {
  if (from !== undefined && (bytes === null || (await holds(from, bytes)))) {
    const endings = PACKED.test(to) ? PACKERS.map(([ending]) => ending) : []
    for (const ending of ['', ...endings]) await secondName(from + ending, to + ending)
    return (await stat(to)).size
  }
  if (bytes === null) throw new Error(`${basename(to)} is not where it was.`)
  await write(to, bytes)
  for (const [ending, packed] of await packedForms(to, bytes)) await write(to + ending, packed)
  return bytes.length
}

async function holds(file: string, bytes: Buffer): Promise<boolean> {
  const there = await stat(file).catch(missing)
  return there?.size === bytes.length && (await readFile(file)).equals(bytes)
}

/** Some disks, such as memory sticks, know no second names. */
async function secondName(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch {
    await copyFile(from, to, constants.COPYFILE_EXCL)
    await sync(to)
  }
}

async function write(file: string, bytes: Buffer | string): Promise<void> {
  const handle = await open(file, 'wx', 0o644)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Waits until a file's bytes, or a folder's names, are on the disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Replaces what stands under `SITE_DIR/@handle`, whole or not at all. Readers of a web server never see a page of the old site
 * with a picture of the new one missing, whenever this process ends:
 *
 * 1. The new site is written into a folder of its own in `SITE_DIR/.sites`, and waited for until it is on the disk.
 * 2. A symbolic link to it is renamed onto `SITE_DIR/@handle`. On POSIX systems that is one step: before it everybody gets
 *    the old site, after it the new one. (A folder that is not empty can't be replaced in one step, so it is a link.)
 * 3. The old folder is deleted, so that nothing is left of what was taken off. What an earlier crash left is deleted too.
 *
 * @throws NotOurs when something else lies there. @throws Error of the file system (ENOSPC, EACCES …): then the old site stands.
 */
export async function replaceSite(
  siteDir: string,
  name: string,
  files: (before: Before) => AsyncIterable<SiteFile>,
): Promise<{ files: number; bytes: number }> {
  const shown = join(siteDir, name)
  const behind = join(siteDir, BEHIND)
  await mkdir(behind, { recursive: true })
  const current = await currentOf(shown)
  await removeOthers(behind, name, current && basename(current))
  const number = Number(/-(\d+)$/.exec(current ?? '')?.[1] ?? 0) + 1
  const next = join(behind, `${name}-${number}`)
  try {
    const old = current ? { old: current } : {}
    const { etags, ...written } = await writeFolder(next, files(beforeOf(current)), old)
    await write(`${next}.tags`, JSON.stringify(etags))
    await sync(behind)
    const pointer = join(behind, `${name}-${number}.link`)
    await symlink(join(BEHIND, basename(next)), pointer)
    await rename(pointer, shown)
    await sync(siteDir)
    await removeOthers(behind, name, basename(next))
    return written
  } catch (error) {
    if ((await currentOf(shown).catch(() => null)) !== next)
      await removeOthers(behind, name, current && basename(current)).catch(() => undefined)
    throw error
  }
}

/** The folder that is shown; null for none. @throws NotOurs */
async function currentOf(shown: string): Promise<string | null> {
  const there: BigIntStats | undefined = await lstat(shown, { bigint: true }).catch(missing)
  if (!there) return null
  const to = there.isSymbolicLink() ? await readlink(shown) : null
  if (to === null || dirname(to) !== BEHIND)
    throw new NotOurs(`${shown} was not made by this program. Move it away, or name another folder.`)
  const folder = join(dirname(shown), to)
  return existsSync(folder) ? folder : null
}

function beforeOf(folder: string | null): Before {
  if (folder === null) return NOTHING_BEFORE
  const tags = `${folder}.tags`
  const etags = existsSync(tags) ? (JSON.parse(readFileSync(tags, 'utf8')) as Record<string, string>) : {}
  return { has: (path) => existsSync(join(folder, path)), etagOf: (path) => etags[path] }
}

/** All that lies behind a name but the folder `kept`. */
async function removeOthers(behind: string, name: string, kept: string | null): Promise<void> {
  for (const entry of await readdir(behind)) {
    const rest = entry.startsWith(`${name}-`) ? entry.slice(name.length + 1) : ''
    if (!/^\d+(\.tags|\.link)?$/.test(rest) || entry === kept || entry === `${kept}.tags`) continue
    await rm(join(behind, entry), { recursive: true, force: true })
  }
}

/** Takes an account's site away, with all that lies behind its name: for a handle that is no account's any more. */
export async function removeSite(siteDir: string, name: string): Promise<void> {
  await currentOf(join(siteDir, name))
  await rm(join(siteDir, name), { force: true })
  await removeOthers(join(siteDir, BEHIND), name, null)
}

/** Names of the sites that this program made in a folder. */
export async function sitesIn(siteDir: string): Promise<string[]> {
  const names = await readdir(siteDir).catch((error: unknown) => missing(error) ?? [])
  const ours = []
  for (const name of names)
    if (name.startsWith('@') && (await currentOf(join(siteDir, name)).catch(() => null))) ours.push(name)
  return ours
}

/** A file that nobody may ever see half of, beside the sites. */
export async function replaceFile(file: string, bytes: string): Promise<void> {
  const next = `${file}.next`
  await rm(next, { force: true })
  await write(next, bytes)
  await rename(next, file)
  await sync(dirname(file))
}

/** Moves a whole folder, which is written beside, to its name. */
export async function renameWhole(from: string, to: string): Promise<void> {
  await rename(from, to)
  await sync(dirname(to))
}

function missing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw error
}
