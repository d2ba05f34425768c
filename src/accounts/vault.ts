import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

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
