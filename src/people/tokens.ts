import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits for an address, and the hash that is kept. */
export function makeToken(): { token: string; hash: string } {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashToken(token) }
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
