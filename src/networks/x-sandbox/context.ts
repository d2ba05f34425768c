import type { FastifyRequest } from 'fastify'
import type { Clock } from '../../clock.ts'
import type { StandInDatabase } from './database.ts'
import { forbidden, unauthorised } from './refusal.ts'
import { holderOf } from './tokens.ts'
import { type StandInUser, userById } from './users.ts'

/** What the stand-in's routes share. */
export interface Context {
  database: StandInDatabase
  clock: Clock
  /** Where the stand-in itself is found, for links to images. */
  address(): string
}

/** The user whose token came with a call. @throws Refusal 401 without a good token, 403 without the scope. */
export function caller(context: Context, request: FastifyRequest, ...scopes: string[]): StandInUser {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  const holder = token && holderOf(context.database, token, context.clock.machine())
  const user = holder && userById(context.database, holder.userId)
  if (!user) throw unauthorised()
  const missing = scopes.filter((scope) => !holder.scope.includes(scope))
  if (missing.length > 0) throw forbidden(`Your client app was not given the scope ${missing.join(', ')}.`)
  return user
}
