import type { FastifyInstance, FastifyRequest } from 'fastify'
import { seatedAt, type Actor } from '../people/person.ts'
import { isQuiet } from './quiet-refresh.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where nobody is signed in. */
    visitor: Actor | null
    /** Who is signed in. @throws Error outside the pages behind the guard. */
    actor: Actor
    /** Of somebody with several accounts the one that this is about; null for everybody else. */
    accountId: string | null
  }
}

export type FindActor = (personId: string) => Promise<Actor | null>

/** Of somebody's accounts the one that a request is about; null where it makes no difference. */
export type AccountAsked = (
  request: FastifyRequest,
  of: { actor: Actor; last: string | undefined },
) => Promise<string | null>

/** Knows who asks, and at which of their accounts, on the pages that have sessions. */
export function identifyVisitors(
  app: FastifyInstance,
  findActor: FindActor,
  accountAsked: AccountAsked,
): void {
  app.decorateRequest('visitor', null)
  app.decorateRequest('accountId', null)
  app.decorateRequest('actor', {
    getter() {
      if (!this.visitor) throw new Error('Nobody is signed in here.')
      return this.visitor
    },
  })
  app.addHook('onRequest', async (request) => {
    const { personId } = request.session
    request.visitor = personId ? await findActor(personId) : null
    await seat(request)
  })
  // A form says on whose page it stood, whatever was opened in another window since then.
  app.addHook('preHandler', async (request) => {
    if (request.method !== 'GET') await seat(request)
  })

  async function seat(request: FastifyRequest): Promise<void> {
    if (!request.visitor) return
    const last = request.session.accountId
    const accountId = await accountAsked(request, { actor: request.visitor, last })
    request.accountId = accountId
    if (accountId === null) return
    request.visitor = seatedAt(request.visitor, accountId)
    if (accountId !== last && !isQuiet(request)) request.session.accountId = accountId
  }
}

/** Everything registered in this scope is for people who are signed in. Others are led to the sign-in page and back. */
export function requireSignIn(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.visitor || request.method !== 'GET') return
    await reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303)
  })
  // A form is read first, so that what was typed can be given back when the session has ended meanwhile.
  app.addHook('preHandler', async (request, reply) => {
    if (!request.visitor) await reply.keepTyped(401)
  })
}

/** Where to go after signing in: a path of this site, nothing else. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(next) ? next : '/today'
}
