import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../../accounts/accounts.ts'
import { Conflict } from '../../errors.ts'
import { findPerson } from '../../people/people.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, readForm, refusalOf, typedIn, version } from '../../web/forms.ts'
import { email } from '../booking-form.ts'
import { correctAddress } from './correct-address.ts'
import { askWhetherSame, type AskedNear } from '../near-person.ts'
import { weekFields, type Errors } from '../form-page.ts'
import { weekInWords } from '../pages.ts'
import type { Typed } from '../booking-form.ts'
import { findWeekToChange } from '../weeks.ts'

const addressForm = z.object({ version, email })

/** A page of its own for a host's address: what follows from changing it is more than from changing a biography. */
export async function addressRoutes(app: FastifyInstance, { db, clock, wake }: Deps): Promise<void> {
  app.get('/weeks/:id/address', (request, reply) => show(request, reply))

  app.post('/weeks/:id/address', async (request, reply) => {
    const typed = typedIn(request.body)
    const weekId = weekOf(request)
    const { week, host } = await findWeekToChange(db.read, { weekId, actor: request.actor, now: clock.now() })
    if (typed['same']) return show(request, reply, { ...typed, email: typed['same'] })
    // Who accepted stays the person that they are, whatever their address is.
    if (host && !host.acceptedAt && !host.declinedAt) {
      const stands = (await findPerson(db.read, host.personId))!.email
      const near = await askWhetherSame(db.read, week.accountId, { ...typed, name: host.name }, stands)
      if (near) return show(request, reply.code(422), typed, undefined, near)
    }
    try {
      const at = { now: clock.now(), machineNow: clock.machine() }
      const form = readForm(addressForm, typed)
      const { invitedAgain } = await correctAddress(db, { weekId, ...form, actor: request.actor, ...at })
      wake.mail()
      wake.handover()
      return await reply
        .flash(
          invitedAgain
            ? `The invitation is on its way to ${form.email}.`
            : `The address is ${form.email} now.`,
        )
        .redirect(`/weeks/${weekId}`, 303)
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return show(request, reply.code(status), typed, fields)
    }
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    typed?: Typed,
    errors?: Errors,
    near: AskedNear | null = null,
  ) {
    const { actor } = request
    const { week, host } = await findWeekToChange(db.read, {
      weekId: weekOf(request),
      actor,
      now: clock.now(),
    })
    if (!host || host.declinedAt)
      throw new Conflict('Nobody hosts this week, so there is no address to correct.')
    const account = (await findAccount(db.read, week.accountId))!
    const stands = (await findPerson(db.read, host.personId))!.email
    const words = weekInWords(week, host, { zone: account.timeZone, now: clock.now() })
    const { email: field } = weekFields({ email: typed?.['email'] ?? stands }, errors ?? {}, { days: [] })
    return reply.page('rota/address', {
      title: `The address of ${host.name}`,
      name: host.name,
      week: words,
      version: week.version,
      ...(errors && { summary: errorSummary(errors) }),
      ...(near && { summary: errorSummary({ email: `Is this ${near.name}? Nothing is changed yet.` }) }),
      near,
      consequences: host.acceptedAt
        ? `${host.name} accepted as ${stands}. They sign in with the new address from now on, and both addresses are told.`
        : host.invitedAt
          ? `The invitation to ${stands} stops working, and a new one goes to the right address.`
          : `${host.name} was not invited yet, so nobody hears of it.`,
      field: { ...field, hint: '' },
    })
  }
}

function weekOf({ params }: FastifyRequest): string {
  return (params as { id: string }).id
}
