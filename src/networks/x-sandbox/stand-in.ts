import type { AddressInfo } from 'node:net'
import formbody from '@fastify/formbody'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Clock } from '../../clock.ts'
import { caller, type Context } from './context.ts'
import { openDatabase } from './database.ts'
import { createFaults, type FaultKind, type Faults, sufferAfter, sufferBefore } from './faults.ts'
import { createLimits } from './limits.ts'
import { registerMedia } from './media-api.ts'
import { registerOAuth } from './oauth.ts'
import { registerPosts } from './posts-api.ts'
import { broken, Refusal, tooMany } from './refusal.ts'
import { registerTimelines } from './timelines-api.ts'
import { ensureUser, type UserToAdd } from './users.ts'
import { registerWorld } from './world.ts'

declare module 'fastify' {
  interface FastifyRequest {
    fault: FaultKind | undefined
  }
}

export interface StandInSettings {
  /** SQLite file of its own; `:memory:` for none. */
  file: string
  /** 0 takes any free port. */
  port: number
  clock: Clock
  /** Made at start where they are missing. */
  users?: UserToAdd[] | undefined
  /** Calls in 15 minutes, by route (`POST /2/tweets`), where they shall not be X's. */
  limits?: Record<string, number> | undefined
}

export interface StandIn {
  port: number
  /** `http://127.0.0.1:…` */
  address: string
  faults: Faults
  close(): Promise<void>
}

/**
 * Starts a stand-in for X on loopback: X's interface as far as the product uses it, and people on it who read and answer.
 * Posts bear product time; tokens, uploads and rate limits run on the machine's.
 */
export async function startStandIn(settings: StandInSettings): Promise<StandIn> {
  const database = openDatabase(settings.file)
  const faults = createFaults()
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 16 * 1024 * 1024 })
  let address = ''
  const context: Context = { database, clock: settings.clock, address: () => address }
  for (const user of settings.users ?? []) ensureUser(database, user, settings.clock.now())

  await app.register(formbody)
  app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
    const refusal = error instanceof Refusal ? error : broken()
    const unreadable = error.statusCode !== undefined && error.statusCode < 500
    const { status, body } = unreadable
      ? { status: 400, body: { title: 'Invalid Request', detail: error.message } }
      : refusal
    return reply.code(status).type('application/problem+json').send(body)
  })
  refuseStrangers(app)
  suffer(app, context, faults)
  limit(app, context, settings.limits)
  registerOAuth(app, context)
  registerPosts(app, context)
  registerTimelines(app, context)
  registerMedia(app, context)
  registerWorld(app, context, faults)

  await app.listen({ host: '127.0.0.1', port: settings.port })
  const { port } = app.server.address() as AddressInfo
  address = `http://127.0.0.1:${port}`
  return {
    port,
    address,
    faults,
    async close() {
      await app.close()
      database.close()
    },
  }
}

/** A page elsewhere must not reach the stand-in: by a name that it points at this machine, or by a form of its own. */
function refuseStrangers(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '')
    if (!['127.0.0.1', 'localhost', 'api.x.com'].includes(name)) return reply.code(421).send()
    const site = request.headers['sec-fetch-site'] ?? 'none'
    if (request.method !== 'GET' && !['same-origin', 'none'].includes(site)) return reply.code(403).send()
    return undefined
  })
}

function suffer(app: FastifyInstance, context: Context, faults: ReturnType<typeof createFaults>): void {
  app.decorateRequest('fault', undefined)
  app.addHook('preHandler', async (request, reply) => {
    request.fault = faults.take(routeOf(request))
    if (request.fault) await sufferBefore(request.fault, request, reply, context.clock.machine())
  })
  app.addHook('onSend', async (request, reply, payload) =>
    request.fault && typeof payload === 'string'
      ? sufferAfter(request.fault, request, reply, payload)
      : payload,
  )
}

function routeOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url}`
}

function limit(app: FastifyInstance, context: Context, changed: Record<string, number> | undefined): void {
  const limits = createLimits(changed)
  app.addHook('preHandler', async (request, reply) => {
    const route = routeOf(request)
    if (!/ \/2\/(?!oauth2)/.test(route) || reply.sent) return
    const { id } = caller(context, request)
    const { window, allowed } = limits.count(id, route, context.clock.machine())
    void reply.headers({
      'x-rate-limit-limit': String(window.limit),
      'x-rate-limit-remaining': String(window.remaining),
      'x-rate-limit-reset': String(Math.ceil(window.resetsAt / 1000)),
    })
    if (!allowed) throw tooMany()
  })
}
