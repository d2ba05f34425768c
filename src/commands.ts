import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { foundAccount } from './accounts/found-account.ts'
import type { Config } from './config.ts'
import { openDatabase } from './db/database.ts'
import { migrateDatabase } from './db/migrate.ts'
import { checkLive, databaseOf, isEmpty, layOut, stamp, stampOf, WrongInstallation } from './installation.ts'
import { makeSignInLink } from './people/sign-in.ts'
import { systemClock } from './clock.ts'

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
  const db = openExisting(config)
  try {
    await stampOf(db)
    const publicUrl = config.publicUrl ?? `http://${config.host}:${config.port}`
    const link = await makeSignInLink(db, { email: to, publicUrl, machineNow: systemClock.machine() })
    console.log(link)
  } finally {
    db.close()
  }
}

/** Copies the database while it is in use. Pictures lie beside it, are never changed, and can be copied as files. */
export async function backUp(config: Config, file: string | undefined): Promise<void> {
  if (!file)
    throw new WrongInstallation('Say where the copy goes. Example: npm run backup -- /backups/week.db')
  if (!existsSync(dirname(file)))
    throw new WrongInstallation(`There is no folder ${dirname(file)}. Make it first, or name another one.`)
  const db = openExisting(config)
  try {
    if (existsSync(file) && realpathSync(file) === realpathSync(databaseOf(config.dataDir)))
      throw new WrongInstallation(`${file} is the database itself. Name another file for the copy.`)
    await db.backup(file)
    console.log(
      `Copied to ${file}. The pictures are files in ${layOut(config.dataDir).images}: copy that folder too.`,
    )
  } finally {
    db.close()
  }
}

function openExisting(config: Config) {
  if (isEmpty(config.dataDir))
    throw new WrongInstallation(`There is nothing in ${config.dataDir} yet. Begin with: npm start`)
  return openDatabase(databaseOf(config.dataDir))
}

function address(email: string | undefined, example: string): string {
  const result = z.email().safeParse(email)
  if (!result.success) throw new WrongInstallation(`Say the e-mail address. Example: ${example}`)
  return result.data
}
