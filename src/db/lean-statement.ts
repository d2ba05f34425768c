import type { Statement } from 'better-sqlite3'
import { Column, getTableName, is, Param, Placeholder, SQL } from 'drizzle-orm'

/** What a statement that Drizzle prepared for better-sqlite3 runs with; its types keep it to itself. */
interface Inside {
  stmt: Statement
  query: { params: readonly unknown[] }
  /** What the columns of a row are called and how they are read; nothing where a statement gives no rows. */
  fields?: readonly { path: readonly string[]; field: unknown }[] | undefined
  /** By table, false where a left join may give none of its rows. */
  joinsNotNullableMap?: Readonly<Record<string, boolean>> | undefined
  customResultMapper?: unknown
}

type Values = Readonly<Record<string, unknown>>
type Row = unknown[]

/**
 * The same statement, and quicker: Drizzle asks at each run of each parameter and column what kind it is, along its classes.
 * Here that is asked once. Measured with a database in memory: a post takes the publisher about a tenth less processor time. A
 * statement that is not built as expected, after an upgrade say, is given back as it is.
 */
export function lean<T extends object>(statement: T): T {
  const inside = statement as unknown as Partial<Inside>
  const { stmt, query, fields, joinsNotNullableMap, customResultMapper } = inside
  if (!stmt || !Array.isArray(query?.params) || customResultMapper) return statement
  const bind = binderOf(query.params)
  if (!fields) return Object.assign(statement, { run: (given: Values = {}) => stmt.run(...bind(given)) })
  const read = readerOf(fields, joinsNotNullableMap)
  if (!read) return statement
  return Object.assign(statement, {
    get(given: Values = {}) {
      const row = stmt.raw().get(...bind(given)) as Row | undefined
      return row && read(row)
    },
    all: (given: Values = {}) => (stmt.raw().all(...bind(given)) as Row[]).map(read),
  })
}

function binderOf(params: readonly unknown[]): (given: Values) => unknown[] {
  const binders = params.map((param): ((given: Values) => unknown) => {
    if (is(param, Placeholder)) return (given) => valueOf(given, param.name)
    if (!is(param, Param) || !is(param.value, Placeholder)) return () => param
    const name = param.value.name
    return (given) => param.encoder.mapToDriverValue(valueOf(given, name))
  })
  return (given) => binders.map((binder) => binder(given))
}

function valueOf(given: Values, name: string): unknown {
  if (!(name in given)) throw new Error(`No value for placeholder "${name}" was provided`)
  return given[name]
}

/** One object of a row, or the row itself. */
interface Group {
  key: string | null
  columns: { name: string; at: number; decoder: Decoder }[]
  /** Where this column is null, a left join found nothing, and the object is null. */
  absentWithout: number | null
}

interface Decoder {
  mapFromDriverValue(value: unknown): unknown
}

function readerOf(
  fields: NonNullable<Inside['fields']>,
  notNullable: Inside['joinsNotNullableMap'],
): ((row: Row) => unknown) | null {
  const groups: Group[] = []
  for (const [at, { path, field }] of fields.entries()) {
    const decoder = decoderOf(field)
    const name = path.at(-1)
    if (!decoder || name === undefined || path.length > 2) return null
    const key = path.length === 2 ? path[0]! : null
    let group = groups.find((one) => one.key === key)
    if (!group) groups.push((group = { key, columns: [], absentWithout: null }))
    group.columns.push({ name, at, decoder })
  }
  for (const group of groups)
    if (group.key !== null && notNullable) group.absentWithout = deciding(group, fields, notNullable)
  return (row) => {
    const result: Record<string, unknown> = {}
    for (const { key, columns, absentWithout } of groups) {
      if (key !== null && absentWithout !== null && row[absentWithout] === null) {
        result[key] = null
        continue
      }
      const object = key === null ? result : (result[key] = {} as Record<string, unknown>)
      for (const { name, at, decoder } of columns) {
        const value = row[at]
        object[name] = value === null ? null : decoder.mapFromDriverValue(value)
      }
    }
    return result
  }
}

/** The first column of an object that is all of one table, and that one from a left join. */
function deciding(
  { columns }: Group,
  fields: NonNullable<Inside['fields']>,
  notNullable: Readonly<Record<string, boolean>>,
): number | null {
  const ofTables = columns.flatMap(({ at }) => {
    const { field } = fields[at]!
    return is(field, Column) ? [{ at, table: getTableName(field.table) }] : []
  })
  const [first] = ofTables
  if (!first || ofTables.some(({ table }) => table !== first.table) || notNullable[first.table]) return null
  return first.at
}

function decoderOf(field: unknown): Decoder | null {
  if (is(field, Column)) return field
  const sql = is(field, SQL.Aliased) ? field.sql : field
  return is(sql, SQL) ? (sql as unknown as { decoder: Decoder }).decoder : null
}
