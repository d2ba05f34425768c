import type { FastifyInstance } from 'fastify'
import type { Actor } from '../people/person.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where nobody is signed in. */
    visitor: Actor | null
    /** Who is signed in. @throws Error outside the pages behind the guard. */
    actor: Actor
  }
}

export type FindActor = (personId: string) => Promise<Actor | null>

/** Knows who asks, on the pages that have sessions. */
export function identifyVisitors(app: FastifyInstance, findActor: FindActor): void {
  app.decorateRequest('visitor', null)
  app.decorateRequest('actor', {
    getter() {
      if (!this.visitor) throw new Error('Nobody is signed in here.')
      return this.visitor
    },
  })
  app.addHook('onRequest', async (request) => {
    const { personId } = request.session
    request.visitor = personId ? await findActor(personId) : null
  })
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
