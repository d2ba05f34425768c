import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { listSeals } from './accounts/accounts.ts'
import { keyIdOf, keyIdOfSeal } from './accounts/vault.ts'
import { describe, readArchive, writeArchive, type Manifest } from './archive.ts'
import { openSandboxClock, systemClock } from './clock.ts'
import { copyDatabase, flawOf, migrationsOf } from './db/check.ts'
import { openDatabase } from './db/database.ts'
import { placeOfImage } from './images/image-files.ts'
import { listImageHashes } from './images/images.ts'
import { layOut, sandboxSecrets, stampOf, WrongInstallation } from './installation.ts'
import { VERSION } from './version.ts'

/**
 * Writes a backup of a data folder that may be in use: its database, the images that this names and, of a sandbox, its
 * stand-in, clock and secrets. It is read again once it is written, and only a whole one gets its name.
 * @throws WrongInstallation when something of it is damaged, or the file is there already.
 */
export async function makeBackup(
  dataDir: string,
  {
    file: given,
    key,
    overwrite,
    incomplete,
  }: {
    file: string
    /** ENCRYPTION_KEY, where it is set: only its id is kept. */
    key: Buffer | undefined
    overwrite: boolean
    /** Whether images that are missing or damaged may be left out. */
    incomplete: boolean
  },
): Promise<Manifest> {
  const file = resolve(given)
  refuseTarget(file, dataDir, overwrite)
  const making = `${file}.making`
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making, { mode: 0o700 })
  try {
    const { manifest, prepared, images } = await prepare(dataDir, making, key)
    if (manifest.lost.length > 0 && !incomplete) throw lostImages(dataDir, manifest.lost)
    const part = join(making, 'backup.tar')
    await writeArchive(part, manifest, {
      prepared: { folder: making, paths: prepared },
      images: { folder: dataDir, paths: images },
    })
    chmodSync(part, 0o600)
    await readArchive(part)
    sync(part)
    renameSync(part, file)
    sync(dirname(file))
    return manifest
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
}

function refuseTarget(file: string, dataDir: string, overwrite: boolean): void {
  if (!existsSync(dirname(file)))
    throw new WrongInstallation(`There is no folder ${dirname(file)}. Make it first, or name another one.`)
  if (file === dataDir || file.startsWith(join(dataDir, '/')))
    throw new WrongInstallation(
      `${file} lies in the data folder itself, and would be lost with it. Name a file elsewhere, best on another disk.`,
    )
  const there = statSync(file, { throwIfNoEntry: false })
  if (there && !there.isFile()) throw new WrongInstallation(`${file} is no file. Name another one.`)
  if (there && !overwrite)
    throw new WrongInstallation(`${file} is there already. Name another file, or add --overwrite.`)
}

async function prepare(dataDir: string, making: string, key: Buffer | undefined) {
  const database = 'week.db'
  const copy = join(making, database)
  copyDatabase(layOut(dataDir).database, copy)
  const flaw = flawOf(copy)
  if (flaw) throw new WrongInstallation(`The database is damaged, so it was not copied: ${flaw}.`)
  const { mode, seals, hashes } = await readCopy(copy)
  const sandbox = mode === 'sandbox'
  const clock = sandbox ? openSandboxClock(layOut(dataDir).clock) : systemClock
  const prepared = [database, ...(sandbox ? prepareSandbox(dataDir, making) : [])]
  const { images, lost } = await prepareImages(dataDir, hashes)
  const manifest: Manifest = {
    format: 1,
    version: VERSION,
    migrations: migrationsOf(copy),
    mode,
    takenAt: clock.now().toISOString(),
    keyId: keyIdFor(seals, sandbox ? sandboxSecrets(dataDir).encryptionKey : key),
    files: [...(await describe({ folder: making, paths: prepared })), ...images],
    lost,
  }
  return { manifest, prepared, images: images.map(({ path }) => path) }
}

async function readCopy(copy: string) {
  const db = openDatabase(copy)
  try {
    return {
      mode: await stampOf(db),
      seals: (await listSeals(db.read)).map(({ sealed }) => sealed),
      hashes: await listImageHashes(db.read),
    }
  } finally {
    db.close()
  }
}

/** Its secrets open nothing but a pretended X, and without them the copy would be of no use. */
function prepareSandbox(dataDir: string, making: string): string[] {
  const places = layOut(dataDir)
  const here = layOut(making)
  sandboxSecrets(dataDir)
  copyFileSync(places.clock, here.clock)
  copyFileSync(places.secrets, here.secrets)
  if (existsSync(places.standIn)) copyDatabase(places.standIn, here.standIn)
  return [here.clock, here.secrets, here.standIn]
    .filter((file) => existsSync(file))
    .map((file) => file.slice(making.length + 1))
}

/** Each image is named by the hash of its bytes, so a damaged one can't hide. */
async function prepareImages(dataDir: string, hashes: string[]) {
  const images: Manifest['files'] = []
  const lost: string[] = []
  for (const hash of hashes) {
    const path = join('images', placeOfImage(hash))
    const found = existsSync(join(dataDir, path)) ? await describe({ folder: dataDir, paths: [path] }) : []
    if (found[0]?.sha256 === hash) images.push(...found)
    else lost.push(hash)
  }
  return { images, lost }
}

/** The seals say themselves which key they need; older ones need the one that is set. */
function keyIdFor(seals: string[], key: Buffer | undefined): string | null {
  const named = seals.map(keyIdOfSeal)
  const here = key ? keyIdOf(key) : null
  if (named.includes(here) || named.includes(null)) return here
  return named[0] ?? here
}

function lostImages(dataDir: string, lost: string[]): WrongInstallation {
  const [first] = lost
  const what = lost.length === 1 ? 'One picture is' : `${lost.length} pictures are`
  return new WrongInstallation(
    `${what} missing or damaged in ${layOut(dataDir).images} (${first}), so the copy would not be whole. Put it back from an older backup, or add --incomplete to go on without.`,
  )
}

/** Waits until a file or folder is on the disk. */
export function sync(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
