import { spawn, type SpawnOptions } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { delimiter, join } from 'node:path'
import { clearCompiled, COMPILED } from './support/compiled.ts'
import { DEMO_FOLDER, makeDemoFolder } from './support/server.ts'

/**
 * `npm test`: every check, then the tests, each under its heading. `npm test -- test/rota` takes only the test files whose
 * path begins so. The last line says how many assertions passed and failed; a failed check counts as one.
 */

const root = join(import.meta.dirname, '..')
process.chdir(root)
const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
}

const checks: [heading: string, command: string, ...args: string[]][] = [
  ['Build', 'npm', 'run', '--silent', 'build'],
  ['Types', 'tsc', '-p', 'test/tsconfig.json'],
  ['Lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['Format', 'prettier', '--check', '.'],
]

/** Where Linux has a folder in memory. Containers often give it 64 MB, and three browsers at a time need more. */
const IN_MEMORY = '/dev/shm'
const ENOUGH_BYTES = 2e9

/** Each takes longer than half a minute. */
const LONG = [
  'test/browser/',
  'test/crash/',
  'test/drafts/editor.test.ts',
  'test/export/keep-sites.test.ts',
  'test/publishing/frozen.test.ts',
  'test/publishing/model.test.ts',
  'test/recaps/editor.test.ts',
  'test/record/chain.test.ts',
  'test/restore.test.ts',
]

/** Files in one process; of the same folder. */
const TOGETHER = 8

/** What a file does that has a process of its own: it drives a browser, or something of it ends with the process. */
const APART = /support\/(browser|looks)\.ts'|^(?! ).*\bt\.(teardown|testdir)\b|^(const|let) .*\(t[,)]/m

const beginnings = process.argv.slice(2)
const files = testFiles()
if (files.length === 0) {
  console.error(`No test file begins with ${beginnings.join(' or ')}.`)
  console.log('0 passed, 1 failed')
  process.exit(1)
}
await preparePlugins()
clearCompiled()
let failedChecks = 0
for (const [heading, command, ...args] of checks) {
  console.log(`\n== ${heading}: ${[command, ...args].join(' ')}`)
  if ((await run(command, args)) === 0) continue
  failedChecks += 1
  console.log(`${heading}: failed`)
}

console.log(`\n== Tests: ${files.length} ${files.length === 1 ? 'file' : 'files'}`)
const tests = await withFolder(() => withDemo(() => runTests(files)))
console.log(`\n${tests.passed} passed, ${tests.failed + failedChecks} failed`)
process.exitCode = tests.status || (failedChecks > 0 || tests.failed > 0 ? 1 : 0)

function testFiles(): string[] {
  const all = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)) || a.localeCompare(b))
  return beginnings.length > 0
    ? all.filter((file) => beginnings.some((beginning) => file.startsWith(beginning.replace(/^\.\//, ''))))
    : all
}

/** These come first, so that at the end no processor waits for one. */
function isLong(file: string): boolean {
  return LONG.some((beginning) => file.startsWith(beginning))
}

/**
 * tap is installed as built with its own TypeScript plugin, which can't load TypeScript 7, and builds itself without it
 * only after the first run has chosen its loaders. So that build is made here, before the first run.
 */
async function preparePlugins(): Promise<void> {
  const built = readFileSync('node_modules/@tapjs/test/test-built/dist/esm/index.js', 'utf8')
  if (built.includes('@tapjs/typescript')) await run('tap', ['build'])
}

/** All that the tests write goes into one folder, and goes with it: in memory, for each waits many times until it is written. */
async function withFolder<T>(work: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(hasRoom(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'week-tests-'))
  env['TMPDIR'] = folder
  try {
    return await work()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize >= ENOUGH_BYTES
  } catch {
    return false
  }
}

/** Several files drive a browser through the demo, and making it takes many seconds: it is made once. */
async function withDemo<T>(work: () => Promise<T>): Promise<T> {
  if (failedChecks > 0 || files.filter((file) => file.startsWith('test/browser/')).length < 2) return work()
  env[DEMO_FOLDER] = join(env['TMPDIR']!, 'demo')
  await makeDemoFolder(env[DEMO_FOLDER])
  return work()
}

async function runTests(chosen: string[]): Promise<{ status: number; passed: number; failed: number }> {
  const tests = processesOf(chosen).map((together) =>
    together.map((file) => `${COMPILED}/${file.replace(/\.ts$/, '.js')}`).join(),
  )
  const tap = start('tsx', ['test/support/each-file.ts', ...tests], { stdio: ['ignore', 'pipe', 'inherit'] })
  const show = tapReader()
  for await (const line of createInterface({ input: tap.child.stdout! })) show.line(line)
  const status = await tap.ended
  // Without a total tap itself broke: that is a failure too.
  return { status, ...(show.totals() ?? { passed: 0, failed: 1 }) }
}

/** The files that run in each process. */
function processesOf(chosen: string[]): string[][] {
  const processes: string[][] = []
  let open: string[] = []
  for (const file of chosen) {
    if (isLong(file) || APART.test(readFileSync(file, 'utf8'))) {
      processes.push([file])
      continue
    }
    const isNeighbour = open[0] !== undefined && folderOf(open[0]) === folderOf(file)
    if (!isNeighbour || open.length === TOGETHER) processes.push((open = []))
    open.push(file)
  }
  return processes
}

/** `test/rota` */
function folderOf(file: string): string {
  return file.split('/').slice(0, 2).join('/')
}

/** Prints of tap's output a line for each file, and everything about what failed. Lines that are not tap's pass through. */
function tapReader() {
  let file = ''
  let named = false
  /** Something was said since this process of several files began. */
  let saidOfSeveral = false
  /** The indent of the diagnostics that are being read, and whether they are shown. */
  let diagnostics: { indent: string; shown: boolean } | undefined
  let lastFailed = false
  let totals: { passed: number; failed: number } | undefined
  const say = (text: string) => {
    if (!named && file) console.log(file)
    named = true
    saidOfSeveral = true
    console.log(text)
  }

  function line(text: string): void {
    const indent = /^ */.exec(text)![0]
    const body = text.slice(indent.length)
    if (diagnostics) {
      if (diagnostics.shown) say(text)
      if (body === '...' && indent === diagnostics.indent) diagnostics = undefined
    } else if (body === '---') {
      diagnostics = { indent, shown: lastFailed }
      if (lastFailed) say(text)
    } else if (/^(not )?ok\b/.test(body)) result(indent, body)
    else if (indent === '' && body.startsWith('# Subtest: ')) {
      file = body.slice('# Subtest: '.length)
      named = false
      saidOfSeveral = false
    } else if (body.startsWith('# begins test/')) {
      file = body.slice('# begins '.length)
      named = false
    } else if (body.startsWith('# ends test/')) {
      console.log(`${named ? 'not ok' : 'ok'} ${body.slice('# ends '.length)}`)
      named = true
    } else if (body.startsWith('# {')) {
      const count = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(body)?.[1] ?? 0)
      totals = { passed: count('pass'), failed: count('fail') }
    } else if (body !== '' && !/^(TAP version|\d+\.\.|# |[{}]$)/.test(body)) say(text)
  }

  function result(indent: string, body: string): void {
    const failed = body.startsWith('not ok')
    const ofFile = indent === ''
    // A subtest or file that failed because of what stands above needs no diagnostics of its own.
    lastFailed = failed && (ofFile ? !saidOfSeveral : !body.includes('# time='))
    if (failed) say(`${indent}${body}`)
    else if (ofFile && !/- \d+ files/.test(body))
      console.log(body.replace(/^ok \d+ - /, 'ok ').replace(/# time=([\d.]+)ms.*/, '($1 ms)'))
  }

  return { line, totals: () => totals }
}

async function run(command: string, args: string[]): Promise<number> {
  return start(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).ended
}

function start(command: string, args: string[], options: SpawnOptions) {
  const child = spawn(command, args, { ...options, env })
  const ended = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`)
      resolve(127)
    })
    child.once('close', (code) => resolve(code ?? 1))
  })
  return { child, ended }
}
