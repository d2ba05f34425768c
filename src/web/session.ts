import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import session from '@fastify/session'
import type { FastifyInstance } from 'fastify'
import type { Deps } from './deps.ts'
import { SESSION_LIFE, sessionStore } from './session-store.ts'

declare module 'fastify' {
  interface Session {
    personId?: string
    flash?: Flash
    /** Of several accounts the one that the person was at last. */
    accountId?: string
    /** A comment on a draft that was typed and not sent, when the brake had to be pulled first. */
    unsent?: { draftId: string; comment: string }
  }
}

/** Said once on the next page; the model of the partial `flash`. */
export interface Flash {
  message: string
  level?: 'advice' | 'stop'
  link?: { href: string; label: string }
  undo?: { action: string; label: string }
}

/** Cookies, sessions and CSRF tokens: registered around signed-in pages only, so that a follower gets no cookie. */
export async function registerSession(app: FastifyInstance, { db, clock, settings }: Deps): Promise<void> {
  const { practice } = settings
  const secure = (settings.mode === 'live' || practice) && settings.publicUrl().startsWith('https:')
  const name = practice ? 'practice' : 'week'
  if (secure) {
    // A proxy ends HTTPS and speaks plain HTTP to us, so the session's plugin would keep its cookie back. PUBLIC_URL decides.
    app.addHook(
      'onRequest',
      async (request) => void Object.defineProperty(request, 'protocol', { value: 'https' }),
    )
  }
  await app.register(cookie)
  await app.register(session, {
    secret: settings.sessionSecret,
    cookieName: secure ? `__Host-${name}` : name,
    store: sessionStore(db, clock.machine),
    saveUninitialized: false,
    rolling: false,
    cookie: { secure: Boolean(secure), httpOnly: true, sameSite: 'lax', path: '/', maxAge: SESSION_LIFE },
  })
  await app.register(csrf, {
    sessionPlugin: '@fastify/session',
    getToken: (request) => (request.body as { _csrf?: string } | undefined)?._csrf ?? undefined,
  })
  app.addHook('preHandler', (request, reply, done) => {
    if (request.method === 'GET' || request.method === 'HEAD') return done()
    app.csrfProtection(request, reply, done)
  })
}
