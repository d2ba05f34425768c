import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listSeals } from './accounts/accounts.ts'
import { createVault, keyIdOf, SealBroken, vaultKeys } from './accounts/vault.ts'
import { Damaged, OtherFormat, readArchive, unpack, type Manifest } from './archive.ts'
import { sync } from './backup.ts'
import { openSandboxClock, systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { flawOf, knownMigrations, migrationsOf } from './db/check.ts'
import { openDatabase, type Database } from './db/database.ts'
import { LOCK_FILE, shareFolder, takeFolder, type FolderLock } from './db/folder-lock.ts'
import { migrateDatabase } from './db/migrate.ts'
import { listImageHashes } from './images/images.ts'
import {
  checkLive,
  checkSandbox,
  databaseOf,
  isEmpty,
  layOut,
  sandboxSecrets,
  stampOf,
  WrongInstallation,
} from './installation.ts'
import { noteRestored } from './note-restored.ts'
import { writeRecordEnd } from './older-copy.ts'
import { VERSION } from './version.ts'

/*
 * A restore goes through three folders inside the data folder, since that may be a disk of its own, or lie where nothing
 * can be made beside it. Each step begins with one renaming, so a crash at any moment leaves the old or the new:
 */
/** The backup is unpacked and checked here. Until it is whole nothing else is touched. */
const UNPACKING = 'restore-unpacking'
/** It is whole and decided: from here on it goes forward only. What was there is being moved aside. */
const DECIDED = 'restore-decided'
/** What was there is aside. The new is being moved to its place. */
const ENTERING = 'restore-entering'
/** Inside of the folders above: the name of the folder for what was there. */
const ASIDE = 'aside'

/** Everything that this program puts into a data folder. Whatever else lies there stays. */
const OURS = /^(week\.db|x\.db|clock\.json|secrets\.json|record-end\.json)|^images$/

/** What may lie in a folder that nobody uses: a new disk has its own. */
const NOBODYS = new RegExp(`^(${LOCK_FILE}.*|${UNPACKING}|lost\\+found)$`)

/**
 * Says that this process works in a data folder. A restore that a crash interrupted is brought to its end first.
 * @throws WrongInstallation while a backup is being put back.
 */
export function useFolder(dataDir: string): FolderLock {
  for (;;) {
    if (!isDecided(dataDir)) databaseOf(dataDir)
    const lock = shareFolder(dataDir)
    if (!lock)
      throw new WrongInstallation(`A backup is being put back into ${dataDir}. Wait until that is done.`)
    if (!isDecided(dataDir)) return lock
    lock.release()
    const alone = takeFolder(dataDir)
    if (!alone)
      throw new WrongInstallation(
        `A restore of ${dataDir} was interrupted. End what runs there, then start again.`,
      )
    finish(dataDir)
    alone.release()
  }
}

/**
 * Puts a backup into a data folder: all of it is checked before anything is touched, what is there is moved aside within
 * the folder, and a crash leaves the one or the other.
 * @throws WrongInstallation or WrongSetting with what stands in the way; then nothing was changed.
 */
export async function restoreBackup(
  config: Config,
  { file, withoutKey }: { file: string; withoutKey: boolean },
): Promise<{ manifest: Manifest; aside: string | null; withoutKey: boolean }> {
  const { dataDir } = config
  const manifest = await readWhole(file)
  refuseNewer(file, manifest)
  if (manifest.mode === 'live') checkLive(config)
  else checkSandbox(config)
  const foreign = manifest.mode === 'live' && !fits(manifest.keyId, config.encryptionKey)
  if (foreign && !withoutKey) throw otherKey(manifest.keyId, config.encryptionKey)

  if (!isDecided(dataDir)) refuseForeign(dataDir)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const lock = takeFolder(dataDir)
  if (!lock) throw new WrongInstallation(`My Working Week runs in ${dataDir}. Stop it first.`)
  try {
    if (isDecided(dataDir)) finish(dataDir)
    await refuseOtherStamp(dataDir, manifest)
    const unpacking = join(dataDir, UNPACKING)
    rmSync(unpacking, { recursive: true, force: true })
    mkdirSync(unpacking, { mode: 0o700 })
    try {
      await unpack(file, manifest, unpacking)
      const sealed = await prepare(unpacking, manifest, { key: config.encryptionKey, withoutKey })
      const aside = asideOf(dataDir)
      writeFileSync(join(unpacking, ASIDE), aside)
      syncAll(unpacking)
      renameSync(unpacking, join(dataDir, DECIDED))
      finish(dataDir)
      return {
        manifest,
        aside: existsSync(join(dataDir, aside)) ? join(dataDir, aside) : null,
        withoutKey: sealed,
      }
    } catch (error) {
      rmSync(unpacking, { recursive: true, force: true })
      throw error
    }
  } finally {
    lock.release()
  }
}

async function readWhole(file: string): Promise<Manifest> {
  if (!existsSync(file)) throw new WrongInstallation(`There is no file ${file}.`)
  try {
    return await readArchive(file)
  } catch (error) {
    if (error instanceof OtherFormat) throw newer(file, 'another version')
    if (!(error instanceof Damaged)) throw error
    throw new WrongInstallation(
      `${file} is no whole backup of My Working Week (${error.message}). Nothing was changed. Take another copy of it, or an older backup.`,
    )
  }
}

function refuseNewer(file: string, { migrations, version }: Manifest): void {
  if (migrations > knownMigrations()) throw newer(file, `version ${version}`)
}

function newer(file: string, by: string): WrongInstallation {
  return new WrongInstallation(
    `${file} was written by ${by} of My Working Week, which is newer than this one (${VERSION}). Install that version first. Nothing was changed.`,
  )
}

function fits(keyId: string | null, key: Buffer | undefined): boolean {
  return keyId === null || (key !== undefined && keyIdOf(key) === keyId)
}

function otherKey(keyId: string | null, key: Buffer | undefined): WrongInstallation {
  const needs = keyId ? `the ENCRYPTION_KEY with the id ${keyId}` : 'another ENCRYPTION_KEY'
  return new WrongInstallation(
    `The backup needs ${needs}; the one that is set has the id ${key ? keyIdOf(key) : 'of none'}. Set the right one or, if it is lost, add --without-key: then the accounts have to be connected to X again. Nothing was changed.`,
  )
}

/** What something else keeps there is not ours to move. */
function refuseForeign(dataDir: string): void {
  if (isEmpty(dataDir)) return
  const names = readdirSync(dataDir).filter((name) => !NOBODYS.test(name))
  if (names.length > 0 && !names.some((name) => OURS.test(name)))
    throw new WrongInstallation(
      `${dataDir} is not empty, and holds no installation of My Working Week. Name another folder in DATA_DIR.`,
    )
}

/** A folder is a sandbox or live for good. */
async function refuseOtherStamp(dataDir: string, manifest: Manifest): Promise<void> {
  const stamp = await stampIn(layOut(dataDir).database)
  if (stamp && stamp !== manifest.mode)
    throw new WrongInstallation(
      `${dataDir} holds ${NAMES[stamp]}, and the backup is of ${NAMES[manifest.mode]}. Name another folder in DATA_DIR.`,
    )
}

const NAMES = { sandbox: 'a sandbox', live: 'a live installation' }

/** Null where the database is gone, or damaged: that is what a backup is for. */
async function stampIn(database: string) {
  if (!existsSync(database) || flawOf(database)) return null
  const db = openDatabase(database)
  try {
    return await stampOf(db).catch(() => null)
  } finally {
    db.close()
  }
}

/** Checks what was unpacked as it lies there now, and brings it to the present. Returns whether the tokens were given up. */
async function prepare(
  folder: string,
  manifest: Manifest,
  { key, withoutKey }: { key: Buffer | undefined; withoutKey: boolean },
): Promise<boolean> {
  const { database, clock, recordEnd } = layOut(folder)
  const whole =
    existsSync(database) && flawOf(database) === null && migrationsOf(database) === manifest.migrations
  if (!whole) throw new WrongInstallation('The database in the backup is damaged. Nothing was changed.')
  migrateDatabase(database)
  const db = openDatabase(database)
  try {
    if ((await stampOf(db)) !== manifest.mode)
      throw new WrongInstallation(
        'The backup’s manifest and its database do not belong together. Nothing was changed.',
      )
    await refuseMissingImages(db, manifest)
    const sandbox = manifest.mode === 'sandbox'
    const opens = await opensSeals(db, sandbox ? sandboxSecrets(folder).encryptionKey : key)
    if (!opens && !withoutKey) throw otherKey(null, key)
    const now = (sandbox ? openSandboxClock(clock) : systemClock).now()
    await noteRestored(db, { copyOf: new Date(manifest.takenAt), now, forgetTokens: !opens })
    await writeRecordEnd(db, recordEnd)
    return !opens
  } finally {
    db.close()
  }
}

async function refuseMissingImages(db: Database, { files, lost }: Manifest): Promise<void> {
  const kept = new Set(files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)))
  const missing = (await listImageHashes(db.read)).filter((hash) => !kept.has(hash) && !lost.includes(hash))
  if (missing.length > 0)
    throw new WrongInstallation(
      `The backup lacks ${missing.length} of the pictures that its database names. Nothing was changed. Take an older backup.`,
    )
}

async function opensSeals(db: Database, key: Buffer | undefined): Promise<boolean> {
  const seals = await listSeals(db.read)
  if (!key) return seals.length === 0
  const vault = createVault(vaultKeys(key))
  try {
    for (const { sealed, accountId } of seals) vault.open(sealed, accountId)
    return true
  } catch (error) {
    if (error instanceof SealBroken) return false
    throw error
  }
}

function asideOf(dataDir: string): string {
  const name = `before-restore-${systemClock.machine().toISOString().slice(0, 19).replaceAll(':', '-')}`
  return existsSync(join(dataDir, name)) ? `${name}-${systemClock.machine().getTime()}` : name
}

function isDecided(dataDir: string): boolean {
  return [DECIDED, ENTERING].some((name) => existsSync(join(dataDir, name)))
}

/** Goes on from wherever a restore stands. May be called again after a crash in it. */
function finish(dataDir: string): void {
  const [decided, entering] = [join(dataDir, DECIDED), join(dataDir, ENTERING)]
  if (existsSync(decided)) {
    const aside = join(dataDir, readFileSync(join(decided, ASIDE), 'utf8'))
    for (const name of readdirSync(dataDir).filter((one) => OURS.test(one))) {
      mkdirSync(aside, { recursive: true, mode: 0o700 })
      renameSync(join(dataDir, name), join(aside, name))
    }
    if (existsSync(aside)) sync(aside)
    renameSync(decided, entering)
    sync(dataDir)
  }
  for (const name of readdirSync(entering).filter((one) => one !== ASIDE))
    renameSync(join(entering, name), join(dataDir, name))
  sync(dataDir)
  rmSync(entering, { recursive: true })
}

function syncAll(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) syncAll(path)
    else sync(path)
  }
  sync(folder)
}
