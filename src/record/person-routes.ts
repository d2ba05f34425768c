import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../web/deps.ts'
import { errorSummary, refusalOf, typedIn } from '../web/forms.ts'
import { deletePerson, exportPerson, whyNotDelete } from './delete-person.ts'

/** What is kept about somebody: a copy of it, and its end, at their own wish. */
export async function personRoutes(app: FastifyInstance, { db, clock }: Deps): Promise<void> {
  app.get('/you/data', async ({ actor }, reply) => {
    const data = await exportPerson(db, { actor, now: clock.now() })
    return reply
      .type('application/json; charset=utf-8')
      .header('content-disposition', 'attachment; filename="my-working-week.json"')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(data, null, 2))
  })

  app.get('/you/deletion', (request, reply) => show(request, reply))

  app.post('/you/deletion', async (request, reply) => {
    const typed = typedIn(request.body)
    try {
      await deletePerson(db, { email: typed['email'] ?? '', actor: request.actor, now: clock.now() })
    } catch (error) {
      return show(request, reply, { typed, refusal: refusalOf(error) })
    }
    await request.session.destroy()
    return reply.redirect('/', 303)
  })

  async function show(
    { actor }: FastifyRequest,
    reply: FastifyReply,
    again?: { typed: Record<string, string>; refusal: ReturnType<typeof refusalOf> },
  ): Promise<FastifyReply> {
    const errors = again?.refusal.fields ?? {}
    return reply.code(again?.refusal.status ?? 200).page('record/deletion', {
      title: 'Delete the data about you',
      reasons: await whyNotDelete(db.read, actor.personId, clock.now()),
      field: {
        id: 'email',
        name: 'email',
        label: `Type ${actor.email}`,
        hint: 'So that this does not happen by mistake.',
        autocomplete: 'off',
        value: again?.typed['email'] ?? '',
        error: errors['email'],
      },
      summary: again && errorSummary(errors),
    })
  }
}
