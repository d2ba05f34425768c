import { createHash, randomBytes } from 'node:crypto'
import type { Grant } from '../network.ts'
import type { StandInDatabase } from './database.ts'

/** Seconds of machine time, as on X. */
const codeLife = 30
const accessLife = 2 * 60 * 60
/** X names no end; half a year of not being used. */
const refreshLife = 180 * 24 * 60 * 60

export interface Consent {
  userId: string
  clientId: string
  redirectUri: string
  challenge: string
  scope: string
}

export interface TokenHolder {
  userId: string
  clientId: string
  scope: string[]
}

/** A code that can be changed into tokens once, within 30 seconds. */
export function giveCode(database: StandInDatabase, consent: Consent, machine: Date): string {
  const code = newSecret()
  const { userId, clientId, redirectUri, challenge, scope } = consent
  const expiresAt = machine.getTime() + codeLife * 1000
  database
    .prepare('INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run(hashOf(code), BigInt(userId), clientId, redirectUri, challenge, scope, expiresAt)
  return code
}

/** What stood behind a code, which is used up by this, or undefined. */
export function takeCode(database: StandInDatabase, code: string, machine: Date): Consent | undefined {
  const found = database
    .prepare(
      `DELETE FROM codes WHERE hash = ? RETURNING CAST(user_id AS TEXT) AS userId, client_id AS clientId,
       redirect_uri AS redirectUri, challenge, scope, expires_at AS expiresAt`,
    )
    .get(hashOf(code)) as (Consent & { expiresAt: number }) | undefined
  return found && found.expiresAt > machine.getTime() ? found : undefined
}

export function giveTokens(
  database: StandInDatabase,
  holder: { userId: string; clientId: string; scope: string },
  machine: Date,
  grantId: string = newSecret(),
): Grant {
  const access = newSecret()
  const refresh = newSecret()
  const insert = database.prepare('INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)')
  const { userId, clientId, scope } = holder
  const keep = (token: string, kind: string, life: number) =>
    insert.run(hashOf(token), kind, grantId, BigInt(userId), clientId, scope, machine.getTime() + life * 1000)
  keep(access, 'access', accessLife)
  keep(refresh, 'refresh', refreshLife)
  return { accessToken: access, refreshToken: refresh, expiresIn: accessLife, scope: scope.split(' ') }
}

/** New tokens for a refresh token, which works once; undefined when it does not work. */
export function rotate(
  database: StandInDatabase,
  refreshToken: string,
  clientId: string,
  machine: Date,
): Grant | undefined {
  const found = database
    .prepare(
      `DELETE FROM tokens WHERE hash = ? AND kind = 'refresh' AND client_id = ? AND expires_at > ?
       RETURNING grant_id AS grantId, CAST(user_id AS TEXT) AS userId, scope`,
    )
    .get(hashOf(refreshToken), clientId, machine.getTime()) as
    { grantId: string; userId: string; scope: string } | undefined
  return found && giveTokens(database, { ...found, clientId }, machine, found.grantId)
}

/** Ends everything that was given with this token. */
export function revoke(database: StandInDatabase, token: string): void {
  database
    .prepare('DELETE FROM tokens WHERE grant_id = (SELECT grant_id FROM tokens WHERE hash = ?)')
    .run(hashOf(token))
}

export function holderOf(
  database: StandInDatabase,
  accessToken: string,
  machine: Date,
): TokenHolder | undefined {
  const found = database
    .prepare(
      `SELECT CAST(user_id AS TEXT) AS userId, client_id AS clientId, scope FROM tokens
       WHERE hash = ? AND kind = 'access' AND expires_at > ?`,
    )
    .get(hashOf(accessToken), machine.getTime()) as
    { userId: string; clientId: string; scope: string } | undefined
  return found && { ...found, scope: found.scope.split(' ') }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
