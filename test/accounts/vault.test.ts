import { randomBytes } from 'node:crypto'
import t from 'tap'
import { createVault, keyIdOf, keyIdOfSeal, SealBroken, vaultKeys } from '../../src/accounts/vault.ts'

const key = { id: 'k1', key: randomBytes(32) }
const sealBroken = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return error instanceof SealBroken
  }
  return false
}

t.test('what is sealed for an account opens for that account only', async (t) => {
  const vault = createVault([key])
  const sealed = vault.seal('a token ü', 'north')
  t.equal(vault.open(sealed, 'north'), 'a token ü')
  t.notMatch(sealed, 'a token')
  t.not(vault.seal('a token ü', 'north'), sealed, 'never the same twice')
  t.ok(sealBroken(() => vault.open(sealed, 'south')))
})

t.test('nothing that was changed opens', async (t) => {
  const vault = createVault([key])
  const parts = vault.seal('a token', 'north').split('.')
  for (const [index, part] of parts.entries()) {
    const other = parts.with(index, (part.startsWith('A') ? 'B' : 'A') + part.slice(1))
    t.ok(
      sealBroken(() => vault.open(other.join('.'), 'north')),
      `part ${index}`,
    )
    t.ok(
      sealBroken(() => vault.open(parts.toSpliced(index, 1).join('.'), 'north')),
      `without part ${index}`,
    )
  }
  const shortTag = parts.with(2, Buffer.from(parts[2]!, 'base64url').subarray(0, 4).toString('base64url'))
  t.ok(
    sealBroken(() => vault.open(shortTag.join('.'), 'north')),
    'a short tag',
  )
  t.ok(
    sealBroken(() => createVault([{ id: 'k1', key: randomBytes(32) }]).open(parts.join('.'), 'north')),
    'another key',
  )
})

t.test('after a change of key, old seals open and new ones need the new key', async (t) => {
  const old = createVault([key]).seal('old', 'north')
  const newer = { id: 'k2', key: randomBytes(32) }
  const both = createVault([newer, key])
  t.equal(both.open(old, 'north'), 'old')
  t.equal(createVault([newer]).open(both.seal('new', 'north'), 'north'), 'new')
  t.ok(sealBroken(() => createVault([key]).open(both.seal('new', 'north'), 'north')))
})

t.test('a key has an id of its own, and opens what older seals say of it', (t) => {
  const [first, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  t.match(keyIdOf(first), /^[0-9a-f]{8}$/)
  t.not(keyIdOf(first), keyIdOf(other))
  const older = createVault([{ id: 'k1', key: first }]).seal('a token', 'north')
  t.equal(createVault(vaultKeys(first)).open(older, 'north'), 'a token')
  t.ok(sealBroken(() => createVault(vaultKeys(other)).open(older, 'north')))
  const sealed = createVault(vaultKeys(first)).seal('a token', 'north')
  t.equal(keyIdOfSeal(sealed), keyIdOf(first))
  t.equal(keyIdOfSeal(older), null, 'an older one does not say')
  t.ok(sealBroken(() => createVault(vaultKeys(other)).open(sealed, 'north')))
  t.end()
})
