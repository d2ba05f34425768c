import { integer, text } from 'drizzle-orm/sqlite-core'

/** An instant, stored as milliseconds since 1970, UTC. */
export const instant = (name: string) => integer(name, { mode: 'timestamp_ms' })
export const flag = (name: string) => integer(name, { mode: 'boolean' })
export const json = <T>(name: string) => text(name, { mode: 'json' }).$type<T>()
/** A calendar day, `YYYY-MM-DD`. */
export const day = (name: string) => text(name)
