import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import t from 'tap'
import { settings } from '../src/config.ts'

/**
 * The house's rules, read from the code: which room may import which, and what each kind of file may do. A breach is told
 * with the file, the line and what to do instead.
 */

/** Rooms from the top down; a room may import those that stand below it, and neighbours as long as no circle arises. */
const LEVELS = [
  ['today', 'record', 'followers', 'export', 'sandbox', 'demo', 'practice'],
  ['recaps'],
  ['listening'],
  ['drafts'],
  ['publishing'],
  ['rota'],
  ['accounts', 'people'],
  ['activity', 'mail', 'images', 'charges'],
  ['db'],
]
const ROOMS = LEVELS.flat()
/** They drive the other rooms as people would, so they may call anybody's use cases. */
const DRIVERS = ['demo', 'sandbox', 'practice']
/** May speak to a network; `web/` names its type for those who build the pages. */
const NETWORK_USERS = [
  'charges',
  'accounts',
  'publishing',
  'drafts',
  'listening',
  'sandbox',
  'demo',
  'practice',
  'web',
]
/** Everybody may use these, and they use no room. The other files beside the rooms put the whole together. */
const FOUNDATIONS = ['calendar.ts', 'clock.ts', 'config.ts', 'errors.ts', 'words.ts']
/** Rules of a room: types, states, transitions, permissions. A word of the glossary in the singular. */
const RULE_FILE =
  /^(?!db\/)\w+\/(account|activity|block|candidate|charge|decision|delivery|draft|host|image|likeness|mail|person|post|recap|revision|slot|week)\.ts$/
const PURE_PACKAGE = /^(zod|temporal-polyfill|twitter-text|markdown-it|sanitize-html|node:crypto)$/

/** Queries outside a room's store, each with its reason. */
const OTHER_STORES: Record<string, string> = {
  'installation-store.ts': 'the stamp of the data folder belongs to no room',
  'web/session-store.ts': 'what @fastify/session wants as its store',
}

/** Use cases that another room may call, each with its reason. */
const OPEN_USE_CASES: Record<string, string> = {
  'images/keep-image.ts': 'a picture is kept as soon as it is sent, whatever becomes of the form around it',
}

interface Import {
  from: string
  line: number
  /** A path below src/, or the name of a package. */
  to: string
  package: boolean
  typeOnly: boolean
  /** What is imported by name, types aside. */
  names: string[]
}

interface House {
  code: Map<string, string>
  imports: Import[]
}

const roomOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '')
const levelOf = (room: string) => LEVELS.findIndex((level) => level.includes(room))
const isRoom = (room: string) => ROOMS.includes(room)
const isStore = (file: string) => isRoom(roomOf(file)) && /(^|[/-])store\.ts$/.test(file)
const isRoutes = (file: string) => /(^|[/-])routes\.ts$/.test(file)
const inBrowser = (file: string) => file.startsWith('web/browser/')

/** Each rule says what is wrong with one import, or nothing. */
const rules: Record<string, (one: Import, house: House) => string | false> = {
  'every import leads to a file, in a room that the house knows': (
    { from, to, package: ofPackage },
    { code },
  ) => {
    const known = [...ROOMS, 'networks', 'web', ''].includes(roomOf(from))
    if (!known) return `${roomOf(from)}/ is a new room: give it its place in this test`
    return !ofPackage && !code.has(to) && 'there is no such file'
  },

  'rooms import downwards only': ({ from, to, typeOnly, package: ofPackage }) => {
    const [here, there] = [roomOf(from), roomOf(to)]
    if (ofPackage || !isRoom(here) || !isRoom(there) || here === there) return false
    if (here === 'db')
      return (
        !typeOnly && !RULE_FILE.test(to) && 'db/ takes the lists of states from rule files, and nothing else'
      )
    return (
      levelOf(there) < levelOf(here) &&
      `${there}/ stands above ${here}/: move the use case up to ${there}/, or give ${here}/ what it needs as an argument`
    )
  },

  'what puts the whole together is imported by nobody below it': ({ from, to, package: ofPackage }) =>
    !ofPackage &&
    roomOf(to) === '' &&
    !FOUNDATIONS.includes(to) &&
    (roomOf(from) !== '' || FOUNDATIONS.includes(from)) &&
    'hand it down as an argument',

  'a store is imported inside its room only': ({ from, to, package: ofPackage }) =>
    !ofPackage &&
    isStore(to) &&
    roomOf(from) !== roomOf(to) &&
    `let a plural file of ${roomOf(to)}/ export it as a step, and import that`,

  'all queries stand in a store': ({ from, to, package: ofPackage }) => {
    const queries = ofPackage ? to.startsWith('drizzle-orm') : to.startsWith('db/schema/')
    const allowed = isStore(from) || roomOf(from) === 'db' || from in OTHER_STORES
    return queries && !allowed && `move the query to ${roomOf(from)}/store.ts`
  },

  'a room offers its steps and rules, not its use cases or routes': ({ from, to, names }, house) => {
    const here = roomOf(from)
    if (!isRoom(here) || here === roomOf(to) || DRIVERS.includes(here) || to in OPEN_USE_CASES) return false
    if (isRoutes(to)) return 'routes are registered by app.ts only'
    const called = names.filter((name) => isUseCase(house, to, name))
    return (
      called.length > 0 && `${called.join(', ')} opens its own transaction: take a step with a Writer instead`
    )
  },

  'a handler calls use cases and steps, never a store': ({ from, to, package: ofPackage }) =>
    isRoutes(from) &&
    isRoom(roomOf(from)) &&
    (ofPackage ? /^(drizzle-orm|better-sqlite3)/.test(to) : isStore(to)) &&
    'import a step from the plural file of the room',

  'only routes know the web': ({ from, to, package: ofPackage }, house) => {
    const here = roomOf(from)
    const web = ofPackage ? /^@?fastify\b/.test(to) : roomOf(to) === 'web'
    if (!web || here === 'web' || here === '' || from.startsWith('networks/x-sandbox/')) return false
    if (here === 'publishing' || here === 'networks')
      return `${here}/ runs without the web: its pages belong into a room above`
    if (!ofPackage && isPure(house, to)) return false
    return !isRoutes(from) && 'only routes.ts knows Fastify and web/: pass what is needed as an argument'
  },

  'web/ is plumbing, and knows no room': ({ from, to, typeOnly, package: ofPackage }, house) =>
    !ofPackage &&
    roomOf(from) === 'web' &&
    isRoom(roomOf(to)) &&
    roomOf(to) !== 'db' &&
    !typeOnly &&
    !isPure(house, to) &&
    'give it what it needs from app.ts',

  'the client of X is known in networks/x*.ts only': ({ from, to }) =>
    to.startsWith('twitter-api-v2') &&
    !/^networks\/x[^/]*\.ts$/.test(from) &&
    'ask through networks/network.ts',

  'a network is used by those who speak to it, and uses no room': ({ from, to, package: ofPackage }) => {
    const [here, there] = [roomOf(from), roomOf(to)]
    if (ofPackage || here === there) return false
    if (here === 'networks') return !FOUNDATIONS.includes(to) && 'networks/ stands below every room'
    return (
      there === 'networks' &&
      here !== '' &&
      !NETWORK_USERS.includes(here) &&
      `${here}/ takes what is stored, and asks no network`
    )
  },

  'rules are pure': ({ from, to, typeOnly, package: ofPackage }, house) =>
    RULE_FILE.test(from) &&
    !typeOnly &&
    !(ofPackage ? PURE_PACKAGE.test(to) : isPure(house, to)) &&
    'a rule file does no I/O: take the fact as an argument',

  'pages take rows as they are': ({ from, to, typeOnly, package: ofPackage }) =>
    isRoom(roomOf(from)) &&
    basename(from) === 'pages.ts' &&
    !typeOnly &&
    (ofPackage ? /^(node:fs|drizzle-orm|better-sqlite3)/.test(to) : isStore(to) || roomOf(to) === 'db') &&
    'let the handler ask for the rows',
}

/** What only one file may say. */
const words: Record<string, { pattern: RegExp; only: (file: string) => boolean; instead: string }> = {
  'only config.ts reads the environment': {
    pattern: /\bprocess\.env\b/,
    only: (file) => file === 'config.ts',
    instead: 'make it a setting in config.ts, and pass it on',
  },
  'only clock.ts asks the system what time it is': {
    pattern: /\bnew Date\(\)|\bDate\.now\b|\bTemporal\.Now\b|\bperformance\.now\b/,
    // A browser has a clock of its own, and no other.
    only: (file) => file === 'clock.ts' || inBrowser(file),
    instead: 'take `now` or `machineNow` as an argument, from the Clock',
  },
}

const root = process.cwd()
const ourHouse = readHouse(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts'))
    .toSorted()
    .map((file) => [file, readFileSync(join(root, 'src', file), 'utf8')]),
)

for (const rule of [...Object.keys(rules), ...Object.keys(words)]) {
  t.test(rule, async (t) => {
    const found = breaches(ourHouse, rule)
    for (const breach of found) t.fail(breach)
    if (found.length === 0) t.pass('nothing breaks it')
  })
}

t.test('no circle of rooms', async (t) => t.same(circleOfRooms(ourHouse), []))

t.test('each rule notices what breaks it', async (t) => {
  const planted: [rule: string, file: string, code: string][] = [
    ['every import leads to a file, in a room that the house knows', 'attic/old.ts', "import '../errors.ts'"],
    ['every import leads to a file, in a room that the house knows', 'rota/x.ts', "import '../drafts/no.ts'"],
    ['rooms import downwards only', 'rota/x.ts', "import type { Draft } from '../drafts/draft.ts'"],
    ['rooms import downwards only', 'db/x.ts', "import { listWeeks } from '../rota/weeks.ts'"],
    [
      'what puts the whole together is imported by nobody below it',
      'rota/x.ts',
      "import { a } from '../app.ts'",
    ],
    [
      'a store is imported inside its room only',
      'drafts/x.ts',
      "import { findWeek } from '../rota/store.ts'",
    ],
    ['all queries stand in a store', 'rota/cancel.ts', "import { eq } from 'drizzle-orm'"],
    ['all queries stand in a store', 'rota/cancel.ts', "import { weeks } from '../db/schema/index.ts'"],
    [
      'a room offers its steps and rules, not its use cases or routes',
      'drafts/x.ts',
      "import { bookWeek } from '../rota/weeks.ts'",
    ],
    [
      'a room offers its steps and rules, not its use cases or routes',
      'drafts/x.ts',
      "import { rotaRoutes } from '../rota/routes.ts'",
    ],
    [
      'a handler calls use cases and steps, never a store',
      'rota/routes.ts',
      "import {\n  findWeek,\n} from './store.ts'",
    ],
    ['only routes know the web', 'rota/weeks.ts', "import type { FastifyReply } from 'fastify'"],
    ['only routes know the web', 'publishing/routes.ts', "import { readForm } from '../web/forms.ts'"],
    ['only routes know the web', 'networks/x.ts', "import view from '@fastify/view'"],
    ['web/ is plumbing, and knows no room', 'web/x.ts', "import { bookWeek } from '../rota/weeks.ts'"],
    [
      'the client of X is known in networks/x*.ts only',
      'publishing/x.ts',
      "import { TwitterApi } from 'twitter-api-v2'",
    ],
    [
      'a network is used by those who speak to it, and uses no room',
      'recaps/x.ts',
      "import { x } from '../networks/x.ts'",
    ],
    [
      'a network is used by those who speak to it, and uses no room',
      'networks/x.ts',
      "import { bookWeek } from '../rota/weeks.ts'",
    ],
    ['rules are pure', 'rota/week.ts', "import { readFileSync } from 'node:fs'"],
    ['rules are pure', 'rota/week.ts', "import { bookWeek } from './weeks.ts'"],
    ['pages take rows as they are', 'rota/pages.ts', "import { findWeek } from './store.ts'"],
    ['only config.ts reads the environment', 'web/views.ts', "const mode = process.env['MODE']"],
    ['only clock.ts asks the system what time it is', 'rota/week.ts', 'const now = new Date()'],
  ]
  const innocent: [string, string][] = [
    ['app.ts', "import './rota/routes.ts'"],
    ['errors.ts', ''],
    ['drafts/draft.ts', "import type { Week } from '../rota/week.ts' // new Date()"],
    ['networks/x.ts', "import { TwitterApi } from 'twitter-api-v2'"],
    [
      'rota/routes.ts',
      "import type { FastifyInstance } from 'fastify'\nexport async function rotaRoutes() {}",
    ],
    ['rota/store.ts', "import { eq } from 'drizzle-orm'\nexport async function findWeek(read: Reader) {}"],
    ['rota/week.ts', '/** process.env */ export interface Week {}'],
    [
      'rota/book-week.ts',
      "import { findWeek } from './store.ts'\nexport async function bookWeek(\n  db: Database,\n) {}",
    ],
    ['rota/weeks.ts', "export { bookWeek } from './book-week.ts'\nexport { findWeek } from './store.ts'"],
    ['web/forms.ts', ''],
  ]
  for (const rule of [...Object.keys(rules), ...Object.keys(words)]) {
    t.same(breaches(readHouse(innocent), rule), [], `an innocent house: ${rule}`)
    t.ok(
      planted.some(([name]) => name === rule),
      `a breach is planted: ${rule}`,
    )
  }
  for (const [rule, file, code] of planted) {
    const house = readHouse([...new Map([...innocent, [file, code]])])
    t.match(breaches(house, rule)[0], `src/${file}:1 `, `${rule}: ${code}`)
  }
  const circle = readHouse([
    ['accounts/accounts.ts', "import '../people/people.ts'"],
    ['people/people.ts', "import '../accounts/accounts.ts'"],
  ])
  t.equal(circleOfRooms(circle).length, 2)
})

t.test('every setting stands in .env.example and in README, with its default', async (t) => {
  const example = readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm)
  const table = readFileSync(join(root, 'README.md'), 'utf8').matchAll(
    /^\| `([A-Z_]+)` +\| +(?:`([^`]*)`)? *\|/gm,
  )
  const defaults = Object.entries(settings).map(([name, { schema }]) => {
    const value = schema.safeParse(undefined).data as string | number | boolean | undefined
    return [name, value === undefined ? '' : String(value)]
  })
  const listed = (matches: Iterable<RegExpExecArray>) =>
    Object.fromEntries([...matches].map(([, name, value]) => [name!, value ?? '']))
  t.same(listed(example), Object.fromEntries(defaults), '.env.example')
  t.same(listed(table), Object.fromEntries(defaults), 'README')
})

t.test('what is excepted is still there', async (t) => {
  for (const file of Object.keys({ ...OTHER_STORES, ...OPEN_USE_CASES })) t.ok(ourHouse.code.has(file), file)
})

function breaches(house: House, rule: string): string[] {
  const ofImport = rules[rule]
  if (ofImport) {
    return house.imports.flatMap((one) => {
      const why = ofImport(one, house)
      return why ? [`src/${one.from}:${one.line} imports ${one.to}: ${why}`] : []
    })
  }
  const { pattern, only, instead } = words[rule]!
  return [...house.code].flatMap(([file, code]) =>
    code
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) && !only(file) ? [`src/${file}:${index + 1} says ${line.trim()}: ${instead}`] : [],
      ),
  )
}

function readHouse(sources: [file: string, source: string][]): House {
  const code = new Map(sources.map(([file, source]) => [file, withoutComments(source)]))
  return { code, imports: [...code].flatMap(([file, text]) => importsOf(file, text)) }
}

/** Comments become empty; lines stay where they are. */
function withoutComments(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/(^|\s)\/\/.*$/gm, '$1')
}

function importsOf(file: string, text: string): Import[] {
  const statement = /^(?:import|export) (type )?(?:([\w$*{},\s]+?) from )?'([^']+)'|\bimport\('([^']+)'\)/gm
  return [...text.matchAll(statement)].map((match) => {
    const [, type, clause = '', named, dynamic] = match
    const target = (named ?? dynamic)!
    const relative = target.startsWith('.')
    const names = [...clause.matchAll(/(type )?([\w$]+)(?: as [\w$]+)?/g)]
    return {
      from: file,
      line: text.slice(0, match.index).split('\n').length,
      to: relative ? posix.join(posix.dirname(file), target) : target,
      package: !relative,
      typeOnly: Boolean(type) || (names.length > 0 && names.every(([, ofType]) => ofType)),
      names: names.filter(([, ofType]) => !type && !ofType).map(([, , name]) => name!),
    }
  })
}

/** Whether a file reaches nothing but pure files and packages. */
function isPure(house: House, file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return true
  seen.add(file)
  return house.imports
    .filter((one) => one.from === file && !one.typeOnly)
    .every((one) => (one.package ? PURE_PACKAGE.test(one.to) : isPure(house, one.to, seen)))
}

/** Use cases take the Database first; steps a Reader or a Writer. Re-exports are followed. */
function isUseCase(house: House, file: string, name: string): boolean {
  const declared = new RegExp(
    `export (?:async )?function ${name}\\b[^(]*\\(\\s*(?:\\{[^}]*\\}|\\w+): (?:Pick<)?(\\w+)`,
  ).exec(house.code.get(file) ?? '')
  if (declared) return declared[1] === 'Database' || declared[1] === 'Deps'
  return house.imports.some(
    (one) => one.from === file && one.names.includes(name) && isUseCase(house, one.to, name),
  )
}

/** The imports that lead from a room back to itself; empty where there is no circle. db/ knows states, so it is left out. */
function circleOfRooms({ imports }: House): string[] {
  const between = imports.filter(({ from, to, package: ofPackage }) => {
    const [here, there] = [roomOf(from), roomOf(to)]
    return !ofPackage && here !== there && here !== 'db' && isRoom(here) && isRoom(there)
  })
  const done = new Set<string>()
  const visit = (room: string, way: Import[]): Import[] => {
    for (const next of between.filter(({ from }) => roomOf(from) === room)) {
      const path = [...way, next]
      const begin = path.findIndex(({ from }) => roomOf(from) === roomOf(next.to))
      if (begin >= 0) return path.slice(begin)
      const circle = done.has(roomOf(next.to)) ? [] : visit(roomOf(next.to), path)
      if (circle.length > 0) return circle
    }
    done.add(room)
    return []
  }
  for (const room of ROOMS) {
    const circle = done.has(room) ? [] : visit(room, [])
    if (circle.length > 0) return circle.map(({ from, line, to }) => `src/${from}:${line} imports ${to}`)
  }
  return []
}
