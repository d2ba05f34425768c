import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, Session } from 'fastify'
import { z } from 'zod'
import { Refused } from '../errors.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, readForm } from '../web/forms.ts'
import { safeNext } from '../web/sign-in-guard.ts'
import { optionsToUse, signInWithPasskey, takesPasskeys, type Ceremony } from './passkeys.ts'
import { deviceInWords } from './sessions.ts'
import { inspectSignInLink, requestSignIn, signIn } from './sign-in.ts'

const signInForm = z.object({
  email: z
    .string()
    .trim()
    .pipe(z.email('That doesn’t look like an e-mail address. Example: helen@example.org')),
  next: z.string().optional(),
})

/** Signing in and out, for everybody. Limited, so that nobody tries tokens or addresses in large numbers. */
export async function signInRoutes(app: FastifyInstance, { db, clock, settings, wake }: Deps): Promise<void> {
  await app.register(rateLimit, { global: false })
  const limit = { rateLimit: { max: 20, timeWindow: '10 minutes' } }

  app.get('/sign-in', async (request, reply) => {
    const { next } = request.query as { next?: string }
    if (request.visitor) return reply.redirect(safeNext(next), 303)
    return reply.page('people/sign-in', {
      title: 'Sign in',
      next,
      email: '',
      page: 'door',
      passkeys: takesPasskeys(settings.publicUrl()),
    })
  })

  app.post('/sign-in', { config: limit }, async (request, reply) => {
    try {
      const { email, next } = readForm(signInForm, request.body)
      if (next) request.session.next = safeNext(next)
      await requestSignIn(db, { email, now: clock.now(), machineNow: clock.machine() })
      wake.mail()
      return await reply.page('people/check-mail', { title: 'Look at your mail', email })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { email, next } = request.body as Record<string, string>
      const summary = errorSummary(error.fields)
      return reply
        .code(422)
        .page('people/sign-in', { title: 'Sign in', email, next, summary, emailError: error.fields['email'] })
    }
  })

  app.get('/sign-in/:token', { config: limit }, async (request, reply) => {
    const { token } = request.params as { token: string }
    const state = await inspectSignInLink(db.read, token, clock.machine())
    if (state === 'good') return reply.page('people/confirm-sign-in', { title: 'Sign in', token })
    return reply
      .code(410)
      .page('people/dead-link', { title: 'This link doesn’t work any more', [state]: true })
  })

  app.post('/sign-in/passkey/options', { config: limit }, async (request, reply) => {
    const options = await optionsToUse(settings.publicUrl())
    request.session.challenge = options.challenge
    return reply.header('cache-control', 'no-store').send({ options })
  })

  app.post('/sign-in/passkey', { config: limit }, async (request, reply) => {
    const { response = '', next } = (request.body ?? {}) as { response?: string; next?: string }
    const person = await signInWithPasskey(db, {
      response,
      ceremony: takeCeremony(request.session, settings.publicUrl()),
      now: clock.now(),
      machineNow: clock.machine(),
    })
    if (!person)
      return reply.code(422).page('people/sign-in', {
        title: 'Sign in',
        email: '',
        next,
        page: 'door',
        passkeys: true,
        passkeyError:
          'This passkey is not known here, or its answer came too late. You can have a link by mail.',
      })
    await begin(request, person.id)
    request.session.passkeyAt = clock.machine().getTime()
    return reply.redirect(safeNext(next), 303)
  })

  app.post('/sign-in/:token', { config: limit }, async (request, reply) => {
    const { token } = request.params as { token: string }
    const person = await signIn(db, { token, now: clock.now(), machineNow: clock.machine() })
    if (!person)
      return reply
        .code(410)
        .page('people/dead-link', { title: 'This link doesn’t work any more', used: true })
    const next = safeNext(request.session.next)
    await begin(request, person.id)
    return reply.redirect(next, 303)
  })

  app.post('/sign-out', async (request, reply) => {
    await request.session.destroy()
    return reply.redirect('/sign-in', 303)
  })
}

/** A new session, whatever was in the one before it. */
async function begin(request: FastifyRequest, personId: string): Promise<void> {
  await request.session.regenerate()
  request.session.personId = personId
  request.session.device = deviceInWords(request.headers['user-agent'])
}

/** What a device was asked to sign last; once. */
export function takeCeremony(session: Session, publicUrl: string): Ceremony | null {
  const { challenge } = session
  delete session.challenge
  return challenge ? { challenge, publicUrl } : null
}

declare module 'fastify' {
  interface Session {
    /** Where the person wanted to go before signing in. */
    next?: string
    /** What a device is to sign for a passkey. */
    challenge?: string
    /** When they showed a passkey, in milliseconds of machine time. */
    passkeyAt?: number
    /** What they signed in from, in words. */
    device?: string
  }
}
