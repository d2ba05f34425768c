import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { WrongSetting } from './config.ts'
import type { Database } from './db/database.ts'
import { LOCK_FILE } from './db/folder-lock.ts'
import { findStamp, insertStamp } from './installation-store.ts'

export type Mode = 'sandbox' | 'live'

/** Where things lie in the data folder. */
export function layOut(dataDir: string) {
  return {
    database: join(dataDir, 'week.db'),
    images: join(dataDir, 'images'),
    clock: join(dataDir, 'clock.json'),
    standIn: join(dataDir, 'x.db'),
    secrets: join(dataDir, 'secrets.json'),
    practice: join(dataDir, 'practice'),
    recordEnd: join(dataDir, 'record-end.json'),
  }
}

/** A data folder refuses to be used in a way that does not fit its stamp. The message is one line, for the terminal. */
export class WrongInstallation extends Error {}

/** Whether nothing was ever made in the folder. */
export function isEmpty(dataDir: string): boolean {
  return !existsSync(dataDir) || readdirSync(dataDir).every((name) => name.startsWith(LOCK_FILE))
}

/** The database of a folder that is in use. @throws WrongInstallation when something else lies there. */
export function databaseOf(dataDir: string): string {
  const { database } = layOut(dataDir)
  if (existsSync(database)) return database
  throw new WrongInstallation(
    `${dataDir} is not empty, and holds no installation of My Working Week. Name another folder in DATA_DIR.`,
  )
}

/** Stamps the folder once, when it is made. */
export async function stamp(db: Database, mode: Mode, now: Date): Promise<void> {
  await db.write((tx) => insertStamp(tx, { mode, madeAt: now }))
}

/** @throws WrongInstallation when the database was never stamped. */
export async function stampOf(db: Database): Promise<Mode> {
  const found = await findStamp(db.read)
  if (!found)
    throw new WrongInstallation(
      'This data folder was never finished. Delete it, or name another one in DATA_DIR.',
    )
  return found.mode
}

/** The first setting that only a live installation uses; null where there is none. */
export function liveSetting(config: Config): string | null {
  if (config.publicUrl) return 'PUBLIC_URL'
  if (config.smtpUrl) return 'SMTP_URL'
  if (config.x) return 'X_CLIENT_ID'
  return null
}

/** @throws WrongInstallation for settings of a live installation. @throws WrongSetting for a HOST beyond loopback. */
export function checkSandbox(config: Config): void {
  const live = liveSetting(config)
  if (live) {
    throw new WrongInstallation(
      `${config.dataDir} holds a sandbox, but ${live} is set, which is for a live installation. Name another folder in DATA_DIR, or take ${live} away.`,
    )
  }
  if (!['127.0.0.1', 'localhost', '::1'].includes(config.host)) {
    throw new WrongSetting(
      'HOST',
      'must be loopback for a sandbox, which shows mails and sign-in links',
      '127.0.0.1',
    )
  }
}

export type LiveConfig = Config &
  Required<{
    [K in 'publicUrl' | 'smtpUrl' | 'sessionSecret' | 'encryptionKey' | 'x']: NonNullable<Config[K]>
  }>

/** @throws WrongSetting naming the first setting that a live installation misses. */
export function checkLive(config: Config): LiveConfig {
  const { publicUrl, smtpUrl, sessionSecret, encryptionKey, x } = config
  if (!publicUrl) throw missing('PUBLIC_URL', 'https://week.example.org')
  const { protocol, hostname } = new URL(publicUrl)
  if (protocol !== 'https:' && !['127.0.0.1', 'localhost'].includes(hostname)) {
    throw new WrongSetting('PUBLIC_URL', 'must begin with https:', 'https://week.example.org')
  }
  if (!smtpUrl) throw missing('SMTP_URL', 'smtps://user:password@mail.example.org')
  // Mail servers refuse such a sender or lose the mail without a word, and with it the links that sign people in.
  if (/@localhost>?$/.test(config.mailFrom)) {
    throw new WrongSetting(
      'MAIL_FROM',
      'must be an address of yours, which mail servers take',
      '"My Working Week <week@example.org>"',
    )
  }
  if (!sessionSecret) throw missing('SESSION_SECRET', '(what `openssl rand -hex 32` prints)')
  if (!encryptionKey) throw missing('ENCRYPTION_KEY', '(what `openssl rand -hex 32` prints)')
  if (!x) throw missing('X_CLIENT_ID', 'abc123')
  return { ...config, publicUrl, smtpUrl, sessionSecret, encryptionKey, x }
}

function missing(name: string, example: string): WrongSetting {
  return new WrongSetting(name, 'is missing: a live installation needs it', example)
}

export interface Secrets {
  sessionSecret: string
  encryptionKey: Buffer
}

/** A sandbox makes its own secrets, readable by its owner only. */
export function sandboxSecrets(dataDir: string): Secrets {
  const { secrets } = layOut(dataDir)
  mkdirSync(dataDir, { recursive: true })
  if (!existsSync(secrets)) {
    const made = {
      sessionSecret: randomBytes(32).toString('hex'),
      encryptionKey: randomBytes(32).toString('hex'),
    }
    writeFileSync(secrets, JSON.stringify(made), { mode: 0o600, flag: 'wx' })
  }
  const kept = JSON.parse(readFileSync(secrets, 'utf8')) as { sessionSecret: string; encryptionKey: string }
  return { sessionSecret: kept.sessionSecret, encryptionKey: Buffer.from(kept.encryptionKey, 'hex') }
}
