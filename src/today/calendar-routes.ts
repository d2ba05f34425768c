import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { momentInWords } from '../calendar.ts'
import { findAccount } from '../accounts/accounts.ts'
import { NotFound } from '../errors.ts'
import {
  calendarAddressOf,
  dropAddress,
  makeCalendarAddress,
  ownerOfCalendar,
} from '../rota/calendar/calendar-addresses.ts'
import type { Actor } from '../people/person.ts'
import { calendarFile } from '../rota/calendar/calendar-file.ts'
import { findActor } from '../rota/powers.ts'
import type { Deps } from '../web/deps.ts'
import { calendarOf } from './calendar-feed.ts'

/** Calendar programs ask every few minutes, several of them from behind one address. */
const LIMIT = { rateLimit: { max: 120, timeWindow: '10 minutes' } }

/** Somebody's own calendar at its secret address, for programs that can't sign in. No session, no cookie; never logged. */
export async function calendarFeedRoutes(app: FastifyInstance, { db, clock, settings }: Deps): Promise<void> {
  await app.register(rateLimit, { global: false })
  app.get('/calendars/:token/calendar.ics', { config: LIMIT }, async (request, reply) => {
    const { token } = request.params as { token: string }
    const personId = await ownerOfCalendar(db.read, token)
    const actor = personId === undefined ? null : await findActor(db.read, personId, clock.now())
    if (!actor) throw new NotFound('There is no calendar here, or its address was made anew.')
    const publicUrl = settings.publicUrl()
    const entries = await calendarOf(db.read, { actor, publicUrl, now: clock.now() })
    return reply
      .type('text/calendar; charset=utf-8')
      .header('cache-control', 'private, no-store')
      .header('x-robots-tag', 'noindex')
      .send(calendarFile(entries, { name: 'My Working Week', publicUrl }))
  })
}

/** Where somebody finds the address of their own calendar, makes it anew, or ends it. */
export async function calendarRoutes(
  app: FastifyInstance,
  { db, clock, settings, vault }: Deps,
): Promise<void> {
  app.get('/calendar', async (request, reply) => {
    const { actor } = request
    const address = await calendarAddressOf(db.read, { personId: actor.personId, vault })
    const now = clock.now()
    const made = address && momentInWords(address.madeAt, now, await zoneOf(actor))
    const url = address?.token && `${settings.publicUrl()}/calendars/${address.token}/calendar.ics`
    return reply.page('today/calendar', {
      title: 'Your calendar',
      desk: actor.roles.length > 0,
      hosts: actor.hosting.length > 0,
      made,
      address: url && {
        id: 'address',
        name: 'address',
        label: 'Its address',
        hint: 'Whoever has it can read your calendar, so give it to nobody.',
        value: url,
        readonly: true,
      },
      subscribe: url && url.replace(/^https?:/, 'webcal:'),
    })
  })

  app.post('/calendar/address', async ({ actor: { personId } }, reply) => {
    await db.write((tx) => makeCalendarAddress(tx, { personId, vault, now: clock.now() }))
    return reply.flash('Your calendar has a new address.').redirect('/calendar', 303)
  })

  app.post('/calendar/address/removal', async ({ actor: { personId } }, reply) => {
    await db.write((tx) => dropAddress(tx, personId))
    return reply.flash('Your calendar has no address any more.').redirect('/calendar', 303)
  })

  async function zoneOf({ roles, hosting }: Actor): Promise<string> {
    const accountId = roles[0]?.accountId ?? hosting.at(-1)?.accountId
    return (accountId && (await findAccount(db.read, accountId))?.timeZone) || 'UTC'
  }
}
