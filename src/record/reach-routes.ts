import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { latestTry } from '../mail/addresses.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, optionalLine, readForm, refusalOf, typedIn } from '../web/forms.ts'
import { reachPage } from './reach-page.ts'
import {
  inviteToDeskAgain,
  markAddress,
  readReach,
  tryAddress,
  tryOwnAddress,
  unmarkAddress,
} from './reach-person.ts'

const markForm = z.object({ words: optionalLine('What it says', 200) })

/** Whether mail reaches somebody: what a lead does where it comes back, and who it comes back from. */
export async function reachRoutes(app: FastifyInstance, { db, clock, settings, wake }: Deps): Promise<void> {
  app.get('/people/:id/address', (request, reply) => show(request, reply))

  app.post('/people/:id/address/mark', async (request, reply) => {
    const typed = typedIn(request.body)
    try {
      const { name } = await markAddress(db, { ...asked(request), ...readForm(markForm, typed) })
      return await reply
        .flash(`Marked: mail to ${name} comes back, and nothing more is sent there.`)
        .redirect(pageOf(request), 303)
    } catch (error) {
      return show(request, reply, { typed, refusal: refusalOf(error) })
    }
  })

  app.post('/people/:id/address/mark/removal', async (request, reply) => {
    const { name } = await unmarkAddress(db, asked(request))
    wake.mail()
    wake.handover()
    return reply.flash(`The mark is gone: mail goes to ${name} again.`).redirect(pageOf(request), 303)
  })

  app.post('/people/:id/address/try', async (request, reply) => {
    const { email } = await tryAddress(db, { ...asked(request), machineNow: clock.machine() })
    wake.mail()
    return reply
      .flash(`A mail to ${email} is on its way. If the mail server takes it, the mark goes by itself.`)
      .redirect(pageOf(request), 303)
  })

  app.post('/people/:id/invitation', async (request, reply) => {
    const at = { publicUrl: settings.publicUrl(), machineNow: clock.machine() }
    const { name } = await inviteToDeskAgain(db, { ...asked(request), ...at })
    wake.mail()
    return reply.flash(`${name} gets the mail once more.`).redirect(pageOf(request), 303)
  })

  app.post('/you/address/try', async ({ actor }, reply) => {
    await tryOwnAddress(db, { actor, now: clock.now(), machineNow: clock.machine() })
    wake.mail()
    return reply.flash(`A mail to ${actor.email} is on its way.`).redirect('/you', 303)
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
    const errors = again?.refusal.fields ?? {}
    const reach = await readReach(db.read, of)
    const tried = reach.trouble && (await latestTry(db.read, reach.trouble))
    return reply.code(again?.refusal.status ?? 200).page('people/address', {
      ...reachPage(reach, { tried, errors, typed: again?.typed ?? {}, now: of.now }),
      summary: again && errorSummary(errors),
    })
  }
}

function pageOf({ params }: FastifyRequest): string {
  return `/people/${(params as { id: string }).id}/address`
}
