import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * Where `tsc` lays src/ and test/ as JavaScript while it checks the types: node starts on that a second sooner than on
 * TypeScript, and runs what ships.
 */
export const COMPILED = '.test-build'

/** What the sources name by a path from themselves stands beside the compiled ones too. */
export function clearCompiled(): void {
  rmSync(COMPILED, { recursive: true, force: true })
  for (const beside of ['dist', 'migrations', 'node_modules', 'package.json', 'views', 'src/demo/pictures']) {
    const link = join(COMPILED, beside)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(resolve(beside), link)
  }
}
