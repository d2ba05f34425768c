import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { clearCompiled, COMPILED } from './support/compiled.ts'

/**
 * `npm run bench`: compiles what is measured, and measures that. Run as TypeScript, each function would be given its name as it
 * is made, which makes some of them dearer than they are where the app runs.
 */
const root = join(import.meta.dirname, '..')
process.chdir(root)
clearCompiled()
process.exitCode =
  run(join('node_modules', '.bin', 'tsc'), '-p', 'test/tsconfig.json') ||
  run(process.execPath, join(COMPILED, 'test/bench/run.js'), ...process.argv.slice(2))

function run(command: string, ...args: string[]): number {
  return spawnSync(command, args, { stdio: 'inherit' }).status ?? 1
}
