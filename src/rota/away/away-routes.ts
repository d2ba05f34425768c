import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isDay } from '../../calendar.ts'
import { absencesAfter, listRoles } from '../../people/people.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, formId, optionalLine, readForm, refusalOf, typedIn } from '../../web/forms.ts'
import { endAwayDays, enterAbsence, findAwayDesk, type Deputy } from './away.ts'
import { awayPage } from './away-page.ts'
import { email } from '../booking-form.ts'

const day = (missing: string) => z.string(missing).refine(isDay, missing)

const awayForm = z
  .object({
    id: formId,
    personId: z.string().optional(),
    firstDay: day('Choose the first day.'),
    lastDay: day('Choose the last day.'),
    deputy: z.string().default(''),
    deputyName: optionalLine('Their name', 80),
    deputyEmail: z.string().default(''),
  })
  .transform(({ deputy, deputyName, deputyEmail, ...form }, context) => {
    if (deputy !== 'other') return { ...form, deputy: ofDesk(deputy) }
    const address = email.safeParse(deputyEmail)
    if (!address.success) {
      const [issue] = address.error.issues
      context.addIssue({ code: 'custom', path: ['deputyEmail'], message: issue!.message })
      return z.NEVER
    }
    const other: Deputy = { kind: 'other', name: deputyName, email: address.data }
    return { ...form, deputy: other }
  })

function ofDesk(id: string): Deputy {
  return id === '' ? { kind: 'nobody' } : { kind: 'desk', id }
}

/** Days on which people of the desk are away, and who stands in for them. */
export async function awayRoutes(app: FastifyInstance, { db, clock, settings, wake }: Deps): Promise<void> {
  app.get('/away', (request, reply) => show(request, reply))

  app.post('/away', async (request, reply) => {
    const { actor } = request
    const account = await findAwayDesk(db.read, actor)
    try {
      const { personId = actor.personId, ...form } = readForm(awayForm, request.body)
      await enterAbsence(db, {
        ...form,
        personId,
        accountId: account.id,
        actor,
        now: clock.now(),
        machineNow: clock.machine(),
        publicUrl: settings.publicUrl(),
      })
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return show(request, reply.code(status), { typed: typedIn(request.body), errors: fields })
    }
    wake.mail()
    return reply.flash('Entered. It stands on the page of people too.').redirect('/away', 303)
  })

  app.post('/away/:id/end', async (request, reply) => {
    const { id } = request.params as { id: string }
    await endAwayDays(db, {
      id,
      actor: request.actor,
      now: clock.now(),
      machineNow: clock.machine(),
    })
    wake.mail()
    return reply.flash('Ended. Nobody stands in any more.').redirect('/away', 303)
  })

  async function show(
    { actor }: FastifyRequest,
    reply: FastifyReply,
    { typed = {}, errors = {} }: { typed?: Record<string, string>; errors?: Record<string, string> } = {},
  ): Promise<FastifyReply> {
    const account = await findAwayDesk(db.read, actor)
    const now = clock.now()
    const page = awayPage({
      account,
      absences: await absencesAfter(db.read, account.id, now),
      desk: await listRoles(db.read, account.id),
      typed,
      errors,
      actor,
      now,
    })
    return reply.page('rota/away', {
      ...page,
      id: typed['id'] ?? randomUUID(),
      summary: Object.keys(errors).length > 0 ? errorSummary(errors) : null,
    })
  }
}
