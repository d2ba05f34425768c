import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { publicAccounts } from './accounts/accounts.ts'
import { foundAccount } from './accounts/found-account.ts'
import { eraseDetails } from './activity/record.ts'
import type { Manifest } from './archive.ts'
import { makeBackup } from './backup.ts'
import { isWithin, localAddress, type Config } from './config.ts'
import { openDatabase, type Database } from './db/database.ts'
import { Conflict } from './errors.ts'
import type { FolderLock } from './db/folder-lock.ts'
import { migrateDatabase } from './db/migrate.ts'
import { checkLive, databaseOf, isEmpty, layOut, stamp, stampOf, WrongInstallation } from './installation.ts'
import { refuseOlderCopy } from './older-copy.ts'
import { restoreBackup, useFolder } from './restore.ts'
import { checkRecord } from './record/check-record.ts'
import { deleteByAddress, exportByAddress } from './record/person-on-request.ts'
import { makeSignInLink } from './people/sign-in.ts'
import { openSandboxClock, systemClock } from './clock.ts'
import { exportTo } from './export/export-to.ts'
import { NotOurs } from './export/folder.ts'
import { openImageFiles } from './images/image-files.ts'
import { filesOfAccount } from './still-app.ts'
import { loadAssets } from './web/assets.ts'
import type { PublicDeps } from './web/deps.ts'

/**
 * Makes a live installation with its first lead, and prints a link for them. The account is given its name on its page.
 * @throws WrongInstallation when the folder is in use, or the address is none.
 */
export async function setUp(config: Config, email: string | undefined): Promise<void> {
  const live = checkLive(config)
  const lead = address(email, 'npm run setup -- helen@example.org')
  if (!isEmpty(live.dataDir)) {
    throw new WrongInstallation(
      `${live.dataDir} is not empty. Name another folder in DATA_DIR, or start what is there with: npm start`,
    )
  }
  mkdirSync(live.dataDir, { recursive: true, mode: 0o700 })
  const { database } = layOut(live.dataDir)
  migrateDatabase(database)
  const db = openDatabase(database)
  try {
    const now = systemClock.now()
    await foundAccount(db, {
      account: {
        id: randomUUID(),
        handle: 'account',
        name: 'Our account',
        timeZone: 'Europe/London',
        hashtag: '',
      },
      people: [{ id: randomUUID(), name: lead.slice(0, lead.indexOf('@')), email: lead, role: 'lead' }],
      now,
    })
    await stamp(db, 'live', now)
    const link = await makeSignInLink(db, {
      email: lead,
      publicUrl: live.publicUrl,
      machineNow: systemClock.machine(),
    })
    console.log(`Made a live installation in ${live.dataDir}. Start it with: npm start`)
    console.log(`Then sign in, within ten minutes: ${link}`)
    console.log('Name the account and connect it to X on its page.')
  } finally {
    db.close()
  }
}

/** Prints a link that signs somebody in, for the day when mail is down. @throws NotFound when nobody has the address. */
export async function printSignInLink(config: Config, email: string | undefined): Promise<void> {
  const to = address(email, 'npm run sign-in -- helen@example.org')
  const lock = share(config.dataDir)
  const db = openDatabase(databaseOf(config.dataDir))
  try {
    await stampOf(db)
    const publicUrl = config.publicUrl ?? localAddress(config)
    const link = await makeSignInLink(db, { email: to, publicUrl, machineNow: systemClock.machine() })
    console.log(link)
  } finally {
    db.close()
    lock.release()
  }
}

/** Writes a backup of the data folder, which may be in use, into one file. @throws WrongInstallation */
export async function backUp(config: Config, args: string[]): Promise<void> {
  const { file, flags } = fileAnd(args, ['overwrite', 'incomplete'], 'npm run backup -- /backups/week.tar')
  const lock = share(config.dataDir)
  try {
    const made = await makeBackup(config.dataDir, {
      file,
      key: config.encryptionKey,
      overwrite: flags.has('overwrite'),
      incomplete: flags.has('incomplete'),
    })
    console.log(`Kept in ${file}: ${contentsInWords(made)}. It was read again, and is whole.`)
    console.log(keyInWords(made))
  } finally {
    lock.release()
  }
}

/**
 * Puts a backup into the data folder, whose present content is moved aside within it. @throws WrongInstallation
 */
export async function restore(config: Config, args: string[]): Promise<void> {
  const { file, flags } = fileAnd(args, ['without-key'], 'npm run restore -- /backups/week.tar')
  const { manifest, aside, withoutKey } = await restoreBackup(config, {
    file,
    withoutKey: flags.has('without-key'),
  })
  console.log(`Put back into ${config.dataDir}, as of ${manifest.takenAt}: ${contentsInWords(manifest)}.`)
  if (aside) console.log(`What was there before lies in ${aside}.`)
  console.log('The brake is on: look at what waits, then release it. Everybody has to sign in again.')
  if (withoutKey) console.log('The accounts have to be connected to X again, each on its page.')
  console.log('Start it with: npm start')
}

/** Writes the public site of every account into a new folder, as plain files. @throws WrongInstallation */
export async function exportSites(config: Config, args: string[]): Promise<void> {
  const { file: folder } = fileAnd(args, [], 'npm run export -- ./site')
  if (isWithin(resolve(folder), config.dataDir))
    throw new WrongInstallation(`${folder} lies in the data folder. Name a folder elsewhere.`)
  const lock = share(config.dataDir)
  const { database, images, clock } = layOut(config.dataDir)
  const db = openDatabase(database)
  try {
    const mode = await stampOf(db)
    const serverUrl = config.publicUrl ?? localAddress(config)
    const deps: PublicDeps = {
      db,
      clock: mode === 'sandbox' ? openSandboxClock(clock) : systemClock,
      images: openImageFiles(images),
      assets: loadAssets(fileURLToPath(new URL('../dist/assets', import.meta.url))),
      settings: {
        mode,
        publicUrl: () => serverUrl,
        sessionSecret: '',
        trustProxy: false,
        logLevel: config.logLevel,
      },
    }
    const accounts = await publicAccounts(db.read)
    const made = await exportTo(folder, accounts, (account) =>
      filesOfAccount(deps, account, { siteUrl: config.siteUrl ?? serverUrl, serverUrl }),
    )
    const megabytes = (made.bytes / 1_000_000).toFixed(1)
    console.log(
      `Wrote ${made.files} files, ${megabytes} MB. Open ${join(folder, 'index.html')} in a browser.`,
    )
  } catch (error) {
    throw error instanceof NotOurs ? new WrongInstallation(error.message) : error
  } finally {
    db.close()
    lock.release()
  }
}

/**
 * `verify` looks through the record; false when something is missing or changed. `erase 12 13 --why=…` takes away what those
 * entries said. @throws WrongInstallation for anything else and for an older copy that was put back by hand, NotFound and
 * Refused for entries that can’t be erased.
 */
export async function tendRecord(config: Config, [what, ...args]: string[]): Promise<boolean> {
  if (what !== 'verify' && what !== 'erase') throw new WrongInstallation('Say what: npm run record -- verify')
  const lock = share(config.dataDir)
  const db = openDatabase(databaseOf(config.dataDir))
  try {
    await stampOf(db)
    if (what === 'erase') {
      await refuseOlderCopy(db, layOut(config.dataDir).recordEnd)
      return await eraseEntries(db, args)
    }
    const { entries, erased, lastId, lastHash, troubles } = await checkRecord(db, systemClock.now())
    if (troubles.length > 0) {
      console.error(`Something is wrong with the record.\n${troubles.join('\n')}`)
      return false
    }
    const of = entries === 1 ? 'One entry' : `${entries} entries`
    console.log(
      `${of}: none is missing, and each is as it was written${erased > 0 ? `, but for ${erased} whose words were erased on purpose` : ''}.`,
    )
    console.log(`The newest is entry ${lastId}: ${lastHash}`)
    return true
  } finally {
    db.close()
    lock.release()
  }
}

async function eraseEntries(db: Database, args: string[]): Promise<boolean> {
  const why = args
    .find((arg) => arg.startsWith('--why='))
    ?.slice('--why='.length)
    .trim()
  const ids = args.filter((arg) => !arg.startsWith('--')).map(Number)
  if (!why || ids.length === 0 || !ids.every((id) => Number.isSafeInteger(id) && id > 0))
    throw new WrongInstallation(
      'Say which entries, and why. Example: npm run record -- erase 1204 --why="A name in it"',
    )
  await db.write((tx) => eraseDetails(tx, { ids, why, personId: null, at: systemClock.now() }))
  console.log(
    `What ${ids.length === 1 ? 'that entry' : 'those entries'} said is erased, and that it was is on the record. Backups still have it.`,
  )
  return true
}

/**
 * `export EMAIL` prints everything that is kept about somebody as JSON; `delete EMAIL` says whether it can be deleted, and with
 * `--yes` does it. @throws WrongInstallation for anything else and for what is in the way, NotFound when nobody has the address.
 */
export async function tendPerson(config: Config, [what, email, ...flags]: string[]): Promise<void> {
  if (what !== 'export' && what !== 'delete')
    throw new WrongInstallation('Say what: npm run --silent person -- export helen@example.org')
  const whose = address(email, `npm run --silent person -- ${what} helen@example.org`)
  const unknown = flags.find((flag) => what !== 'delete' || flag !== '--yes')
  if (unknown) throw new WrongInstallation(`There is no ${unknown} here.`)
  const lock = share(config.dataDir)
  const { clock, recordEnd } = layOut(config.dataDir)
  const db = openDatabase(databaseOf(config.dataDir))
  try {
    const { now, machine } = (await stampOf(db)) === 'sandbox' ? openSandboxClock(clock) : systemClock
    if (what === 'export') return console.log(await exportByAddress(db, { email: whose, now: now() }))
    const sure = flags.includes('--yes')
    if (sure) await refuseOlderCopy(db, recordEnd)
    const { name } = await deleteByAddress(db, { email: whose, sure, now: now(), machineNow: machine() })
    console.log(
      sure
        ? `What was kept about ${name} is deleted, but for what they did, under their name. A mail tells them. Backups still have it.`
        : `What is kept about ${name} can be deleted; nothing was changed yet. It keeps what they wrote, approved and signed under their name. To do it: npm run --silent person -- delete ${whose} --yes`,
    )
  } catch (error) {
    throw error instanceof Conflict ? new WrongInstallation(error.message) : error
  } finally {
    db.close()
    lock.release()
  }
}

function contentsInWords({ mode, files, lost }: Manifest): string {
  const images = files.filter(({ path }) => path.startsWith('images/')).length
  const pictures = `${images} ${images === 1 ? 'picture' : 'pictures'}`
  const parts =
    mode === 'sandbox' ? `the database, ${pictures} and the sandbox’s own X` : `the database and ${pictures}`
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000_000
  const without =
    lost.length > 0 ? `, without ${lost.length} that ${lost.length === 1 ? 'is' : 'are'} lost` : ''
  return `${parts}${without}, ${megabytes.toFixed(1)} MB`
}

function keyInWords({ mode, keyId }: Manifest): string {
  if (mode === 'sandbox') return 'A sandbox’s secrets are in it; they open nothing but that sandbox.'
  if (!keyId) return 'ENCRYPTION_KEY is not in it. Keep it, with the other settings, in another place.'
  return `It needs the ENCRYPTION_KEY with the id ${keyId}, which is not in it: keep that in another place.`
}

/** Says that something works in a folder that holds an installation. */
function share(dataDir: string): FolderLock {
  if (isEmpty(dataDir))
    throw new WrongInstallation(`There is nothing in ${dataDir} yet. Begin with: npm start`)
  return useFolder(dataDir)
}

function fileAnd<Flag extends string>(args: string[], known: Flag[], example: string) {
  const flags = new Set<Flag>()
  const files: string[] = []
  for (const arg of args) {
    const flag = known.find((one) => arg === `--${one}`)
    if (flag) flags.add(flag)
    else if (arg.startsWith('-'))
      throw new WrongInstallation(
        `There is no ${arg} here. There is: ${known.map((one) => `--${one}`).join(', ')}.`,
      )
    else files.push(arg)
  }
  const [file] = files
  if (!file || files.length > 1) throw new WrongInstallation(`Say which file. Example: ${example}`)
  return { file, flags }
}

function address(email: string | undefined, example: string): string {
  const result = z.email().safeParse(email)
  if (!result.success) throw new WrongInstallation(`Say the e-mail address. Example: ${example}`)
  return result.data
}
