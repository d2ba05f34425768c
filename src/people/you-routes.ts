import { createHash } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NotAllowed } from '../errors.ts'
import { findTrouble, latestTry } from '../mail/addresses.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, line, readForm, refusalOf } from '../web/forms.ts'
import {
  addPasskey,
  leadsWithPasskey,
  optionsToMake,
  passkeysOf,
  removePasskey,
  takesPasskeys,
} from './passkeys.ts'
import { leadsOfAll } from './desk.ts'
import { findPerson, listRoles } from './people.ts'
import { accountsOf, isLead, type Actor } from './person.ts'
import { endSession, sessionsOf, signOutElsewhere } from './sessions.ts'
import { takeCeremony } from './routes.ts'
import { youPage, type OwnReach } from './you-page.ts'

const passkeyForm = z.object({ name: line('Its name', 60), response: z.string().max(20_000).default('') })

/** Somebody's own page: their passkeys, and where they are signed in. */
export async function youRoutes(app: FastifyInstance, { db, clock, settings, wake }: Deps): Promise<void> {
  await app.register(rateLimit, { global: false })

  app.get('/you', (request, reply) => show(request, reply))

  app.post('/you/sessions/end', async (request, reply) => {
    const { actor } = request
    const { ended } = await signOutElsewhere(db, { actor, current: currentOf(request), now: clock.now() })
    const message = ended === 0 ? 'You were signed in nowhere else.' : 'You are signed out everywhere else.'
    return reply.flash(message).redirect('/you', 303)
  })

  app.post('/you/sessions/:id/end', async (request, reply) => {
    const { id: idHash } = request.params as { id: string }
    await endSession(db, { idHash, actor: request.actor })
    return reply.flash('Signed out there.').redirect('/you', 303)
  })

  app.post('/you/passkeys/options', async (request, reply) => {
    const options = await optionsToMake(db.read, { actor: request.actor, publicUrl: settings.publicUrl() })
    request.session.challenge = options.challenge
    return reply.header('cache-control', 'no-store').send({ options })
  })

  app.post('/you/passkeys', async (request, reply) => {
    const { actor, session } = request
    try {
      const form = readForm(passkeyForm, request.body)
      await addPasskey(db, {
        ...form,
        actor,
        ceremony: takeCeremony(session, settings.publicUrl()),
        shown: session.passkeyAt !== undefined,
        now: clock.now(),
        machineNow: clock.machine(),
      })
    } catch (error) {
      return show(request, reply, refusalOf(error))
    }
    wake.mail()
    // Whoever made it holds it.
    session.passkeyAt = clock.machine().getTime()
    return reply.flash('The passkey is added. You can sign in with it from now on.').redirect('/you', 303)
  })

  app.post('/you/passkeys/:id/removal', async (request, reply) => {
    const { id } = request.params as { id: string }
    const { actor, session } = request
    const shown = session.passkeyAt !== undefined
    const { name } = await removePasskey(db, { id, actor, shown, now: clock.now() })
    return reply
      .flash(`“${name}” is removed. The device may still offer it, but it opens nothing.`)
      .redirect('/you', 303)
  })

  /** While mail to them comes back: what is said of it, and who can change their address. */
  async function ownReach(actor: Actor): Promise<OwnReach | null> {
    const trouble = await findTrouble(db.read, actor.personId)
    if (!trouble) return null
    const led = actor.roles.find(({ accountId }) => isLead(actor, accountId))
    const able = await leadsOfAll(db.read, (await findPerson(db.read, actor.personId))!)
    const desks = await Promise.all(accountsOf(actor).map((accountId) => listRoles(db.read, accountId)))
    const leads = desks.flat().flatMap(({ role, person }) => (role === 'lead' ? [person] : []))
    const asked = (able.length > 0 ? able : leads).filter(({ id }) => id !== actor.personId)
    return {
      ...trouble,
      tried: await latestTry(db.read, trouble),
      isAlone: able.length === 0,
      changeHref:
        led && able.some(({ id }) => id === actor.personId)
          ? `/people/${actor.personId}?account=${led.accountId}`
          : null,
      leads: [...new Map(asked.map((person) => [person.id, person])).values()],
    }
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    refusal?: ReturnType<typeof refusalOf>,
  ): Promise<FastifyReply> {
    const { actor, session } = request
    const errors = refusal?.fields ?? {}
    const shown = session.passkeyAt !== undefined
    return reply.code(refusal?.status ?? 200).page('people/you', {
      ...youPage({
        actor,
        sessions: await sessionsOf(db.read, actor.personId, clock.machine()),
        passkeys: await passkeysOf(db.read, actor.personId),
        current: currentOf(request),
        reach: await ownReach(actor),
        asked: !shown && (await leadsWithPasskey(db.read, actor.personId)),
        shown,
        possible: takesPasskeys(settings.publicUrl()),
        errors,
        now: clock.now(),
        machineNow: clock.machine(),
      }),
      summary: refusal && errorSummary(errors),
    })
  }
}

/**
 * Leads of an account that wants it show a passkey before they do anything else; their own page is where they do. The brake can
 * be pulled all the same.
 */
export function requirePasskeys(app: FastifyInstance, { db }: Deps): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'GET' && (await isOwed(request))) await reply.redirect('/you', 303)
  })
  app.addHook('preHandler', async (request) => {
    if (request.method !== 'GET' && (await isOwed(request)))
      throw new NotAllowed(
        'Your account wants its leads to sign in with a passkey. Open your own page, and show it there.',
      )
  })

  async function isOwed({ visitor, session, routeOptions }: FastifyRequest): Promise<boolean> {
    if (!visitor || session.passkeyAt !== undefined) return false
    const route = routeOptions.url ?? ''
    if (route === '/you' || /^\/you\/(passkeys|sessions)/.test(route) || route === '/accounts/:id/brake')
      return false
    if (!visitor.roles.some(({ accountId }) => isLead(visitor, accountId))) return false
    return leadsWithPasskey(db.read, visitor.personId)
  }
}

function currentOf({ session }: FastifyRequest): string {
  return createHash('sha256').update(session.sessionId).digest('hex')
}
