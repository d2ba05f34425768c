import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { findAccount } from '../accounts/accounts.ts'
import { Refused } from '../errors.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, typedIn } from '../web/forms.ts'
import { helpPage } from './help-page.ts'
import { findPost } from './posts.ts'
import { closeHelp, findHelpFor, takeHelp } from './tend-help.ts'

/** What the desk does about a reply with which somebody needs help. Asking for it stands with the conversation. */
export async function helpRoutes(app: FastifyInstance, { db, clock, settings, wake }: Deps): Promise<void> {
  const idOf = (request: FastifyRequest) => (request.params as { id: string }).id

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    typed?: { word: string; fields: Record<string, string> },
  ): Promise<FastifyReply> {
    const help = await findHelpFor(db.read, idOf(request), request.actor)
    const account = (await findAccount(db.read, help.accountId))!
    const post = await findPost(db.read, help.postId)
    const sandbox = settings.mode === 'sandbox'
    const page = helpPage(help, { account, post, now: clock.now(), sandbox, ...(typed && { typed }) })
    return reply.page('listening/help', { ...page, summary: typed && errorSummary(typed.fields) })
  }

  app.get('/help/:id', (request, reply) => show(request, reply))

  app.post('/help/:id/look', async (request, reply) => {
    const helpId = idOf(request)
    await takeHelp(db, { helpId, actor: request.actor, now: clock.now() })
    return reply.flash('You have it. Who asked sees that.').redirect(`/help/${helpId}`, 303)
  })

  app.post('/help/:id/closing', async (request, reply) => {
    const helpId = idOf(request)
    const word = (typedIn(request.body)['word'] ?? '').trim()
    const times = { now: clock.now(), machineNow: clock.machine() }
    try {
      await closeHelp(db, { helpId, word, actor: request.actor, publicUrl: settings.publicUrl(), ...times })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return show(request, reply.code(422), { word, fields: error.fields })
    }
    wake.mail()
    return reply.flash('Closed. Your word is on its way.').redirect(`/help/${helpId}`, 303)
  })
}
