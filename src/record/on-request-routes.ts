import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../web/deps.ts'
import { errorSummary, refusalOf, typedIn } from '../web/forms.ts'
import { deleteOnRequest, exportOnRequest, readOnRequest } from './person-on-request.ts'

/** What an account keeps about somebody: a copy of it, and its end, when they ask a lead for it. */
export async function onRequestRoutes(app: FastifyInstance, { db, clock, wake }: Deps): Promise<void> {
  app.get('/people/:id/data', (request, reply) => show(request, reply))

  app.post('/people/:id/data', async (request, reply) => {
    const file = await exportOnRequest(db, { ...asked(request), machineNow: clock.machine() })
    wake.mail()
    return reply
      .type('application/json; charset=utf-8')
      .header('content-disposition', 'attachment; filename="person.json"')
      .header('cache-control', 'no-store')
      .send(file)
  })

  app.post('/people/:id/deletion', async (request, reply) => {
    const typed = typedIn(request.body)
    try {
      const email = typed['email'] ?? ''
      const { name } = await deleteOnRequest(db, { ...asked(request), email, machineNow: clock.machine() })
      wake.mail()
      const message = `What was kept about ${name} is deleted. They get one last mail that says so.`
      return await reply.flash(message).redirect('/people', 303)
    } catch (error) {
      return show(request, reply, { typed, refusal: refusalOf(error) })
    }
  })

  function asked({ actor, params }: FastifyRequest) {
    const { id: personId } = params as { id: string }
    return { personId, actor, now: clock.now() }
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    again?: { typed: Record<string, string>; refusal: ReturnType<typeof refusalOf> },
  ): Promise<FastifyReply> {
    const of = asked(request)
    const { account, person, reasons } = await readOnRequest(db.read, of)
    const errors = again?.refusal.fields ?? {}
    return reply.code(again?.refusal.status ?? 200).page('record/on-request', {
      title: `What is kept about ${person.name}`,
      name: person.name,
      handle: `@${account.handle}`,
      copy: `/people/${of.personId}/data`,
      deletion: `/people/${of.personId}/deletion`,
      isTold: !person.erased && of.personId !== of.actor.personId,
      reasons,
      isOpen: again !== undefined,
      field: {
        id: 'email',
        name: 'email',
        label: `Type ${person.email}`,
        hint: 'So that this does not happen by mistake.',
        autocomplete: 'off',
        value: again?.typed['email'] ?? '',
        error: errors['email'],
      },
      summary: again && errorSummary(errors),
    })
  }
}
