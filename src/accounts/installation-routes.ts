import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../web/deps.ts'
import { errorSummary, formId, line, readForm, refusalOf, typedIn } from '../web/forms.ts'
import { addAccount, endOwner, nameOwner, readInstallation, requireOwner } from './add-account.ts'
import { handle, hashtag, timeZone } from './forms.ts'
import { installationPage } from './installation-page.ts'

const address = z
  .string({ error: 'The e-mail address is missing.' })
  .trim()
  .pipe(z.email('That doesn’t look like an e-mail address. Example: owen@example.org'))

const accountForm = z.object({
  id: formId,
  name: line('The name', 80),
  handle,
  hashtag,
  timeZone,
  leadName: line('The lead’s name', 80),
  leadEmail: address,
})

const ownerForm = z.object({ email: address })

/** Which accounts this installation has. For its owners alone: nobody else finds it. */
export async function installationRoutes(
  app: FastifyInstance,
  { db, clock, settings, wake }: Deps,
): Promise<void> {
  app.get('/accounts', (request, reply) => show(request, reply))

  app.post('/accounts', async (request, reply) => {
    const { actor } = request
    requireOwner(actor)
    try {
      const { id, leadName, leadEmail, ...account } = readForm(accountForm, request.body)
      await addAccount(db, {
        id,
        account,
        lead: { name: leadName, email: leadEmail },
        actor,
        publicUrl: settings.publicUrl(),
        now: clock.now(),
        machineNow: clock.machine(),
      })
      wake.mail()
      const message = `@${account.handle} is added. Its lead connects it to X on its page.`
      return await reply.flash(message).redirect('/accounts', 303)
    } catch (error) {
      return show(request, reply, { typed: typedIn(request.body), refusal: refusalOf(error) })
    }
  })

  app.post('/accounts/owners', async (request, reply) => {
    const { actor } = request
    requireOwner(actor)
    try {
      const person = await nameOwner(db, { ...readForm(ownerForm, request.body), actor, now: clock.now() })
      const message = `${person.name} looks after the installation now, too.`
      return await reply.flash(message).redirect('/accounts', 303)
    } catch (error) {
      return show(request, reply, { typed: typedIn(request.body), refusal: refusalOf(error) })
    }
  })

  app.post('/accounts/owners/:id/removal', async (request, reply) => {
    const { actor, params } = request
    const { id: personId } = params as { id: string }
    const person = await endOwner(db, { personId, actor, now: clock.now() })
    const next = personId === actor.personId ? '/today' : '/accounts'
    return reply.flash(`${person.name} does not look after the installation any more.`).redirect(next, 303)
  })

  async function show(
    { actor }: FastifyRequest,
    reply: FastifyReply,
    again?: { typed: Record<string, string>; refusal: ReturnType<typeof refusalOf> },
  ): Promise<FastifyReply> {
    const typed = again?.typed ?? { leadName: actor.name, leadEmail: actor.email }
    const errors = again?.refusal.fields ?? {}
    const id = typed['id'] ?? randomUUID()
    return reply.code(again?.refusal.status ?? 200).page('accounts/installation', {
      ...installationPage(await readInstallation(db.read, actor), { id, typed, errors, actor }),
      summary: again && errorSummary(errors),
    })
  }
}
