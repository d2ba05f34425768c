import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** Keeps an account's tokens so that neither a copy of the database nor another account's row is of use. */
export interface Vault {
  seal(secret: string, accountId: string): string
  /** @throws SealBroken when it was changed, belongs to another account, or its key is not here. */
  open(sealed: string, accountId: string): string
}

export class SealBroken extends Error {
  constructor() {
    super('The stored permission can’t be read: ENCRYPTION_KEY is not the one that it was stored with.')
  }
}

/** 32 bytes, and what the key is called in the seals that it made. */
export interface VaultKey {
  id: string
  key: Buffer
}

/**
 * What a key is called: enough to tell two keys apart, and of no use to find one. It stands in seals and in backups, so
 * that a wrong key is noticed before it is used.
 */
export function keyIdOf(key: Buffer): string {
  return createHash('sha256').update('my-working-week encryption key').update(key).digest('hex').slice(0, 8)
}

/** What every seal was called before keys had ids of their own. */
const FORMER_ID = 'k1'

/** The installation's key, also under the name that older seals have. */
export function vaultKeys(key: Buffer): [VaultKey, VaultKey] {
  return [
    { id: keyIdOf(key), key },
    { id: FORMER_ID, key },
  ]
}

/** The id of the key that a seal was made with; null for an older one, which does not say. */
export function keyIdOfSeal(sealed: string): string | null {
  const id = sealed.slice(0, sealed.indexOf('.'))
  return id === FORMER_ID ? null : id
}

/**
 * AES-256-GCM, the account's id as additional data. The first key seals, each of them opens: to change the key, put a new
 * one before the old. A seal is `keyId.iv.tag.ciphertext`.
 */
export function createVault([first, ...older]: [VaultKey, ...VaultKey[]]): Vault {
  const keys = new Map([...older, first].map(({ id, key }) => [id, key]))
  return {
    seal(secret, accountId) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', first.key, iv).setAAD(Buffer.from(accountId))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      const parts = [iv, cipher.getAuthTag(), text].map((part) => part.toString('base64url'))
      return [first.id, ...parts].join('.')
    },
    open(sealed, accountId) {
      const [id = '', ...parts] = sealed.split('.')
      const [iv, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'))
      const key = keys.get(id)
      if (!key || !iv || !tag || !text) throw new SealBroken()
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
        decipher.setAAD(Buffer.from(accountId)).setAuthTag(tag)
        return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
      } catch {
        throw new SealBroken()
      }
    },
  }
}
