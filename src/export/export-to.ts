import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Account } from '../accounts/accounts.ts'
import { doorPage } from './door.ts'
import { NotOurs, renameWhole, replaceFile, writeFolder } from './folder.ts'
import type { SiteFile } from './site-files.ts'

/**
 * Writes the sites of all accounts into a folder that is new or empty, each into one of its own, with a page at the top that
 * leads there. All of it is written beside, and gets its name when it is whole.
 * @throws NotOurs when something lies there.
 */
export async function exportTo(
  given: string,
  accounts: readonly Account[],
  filesOf: (account: Account) => AsyncIterable<SiteFile>,
): Promise<{ files: number; bytes: number }> {
  const folder = resolve(given)
  const isThere = existsSync(folder)
  if (isThere && (await readdir(folder)).length > 0)
    throw new NotOurs(`${folder} is not empty. Name a new folder.`)
  // A name that is nobody's: whatever lies beside is not ours to delete.
  await mkdir(dirname(folder), { recursive: true })
  const making = await mkdtemp(`${folder}.making-`)
  try {
    const total = { files: 0, bytes: 0 }
    for (const account of accounts) {
      const written = await writeFolder(join(making, `@${account.handle}`), filesOf(account))
      total.files += written.files
      total.bytes += written.bytes
    }
    await replaceFile(join(making, 'index.html'), doorPage(accounts))
    // A web server reads it as somebody else.
    await chmod(making, 0o755)
    if (isThere) await rmdir(folder)
    await renameWhole(making, folder)
    return total
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    throw error
  }
}
