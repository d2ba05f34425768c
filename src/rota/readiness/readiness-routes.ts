import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../../accounts/accounts.ts'
import { NotFound } from '../../errors.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, line, optionalLine, readForm, refusalOf, typedIn, version } from '../../web/forms.ts'
import { renderMarkdown } from '../../web/markdown.ts'
import { briefHost } from './brief-host.ts'
import { letOpen } from './let-open.ts'
import { weekInWords } from '../pages.ts'
import { readinessOf } from './readiness.ts'
import { agreementPage } from './ready-page.ts'
import { signAgreement } from './sign-agreement.ts'
import { findWeekFor } from '../weeks.ts'

const signForm = z.object({
  number: z.coerce.number('This form is broken. Please open its page again.').int(),
  name: line('Your name', 80),
})
const tickForm = z.object({
  point: z.string('This form is broken. Please open its page again.'),
  done: z.enum(['yes', 'no'], 'This form is broken. Please open its page again.'),
})
const openForm = z.object({ version, reason: optionalLine('Why', 300) })

/** What comes before a week opens: the signed house rules, the briefing, and a lead's word without them. */
export async function readinessRoutes(app: FastifyInstance, { db, clock, wake }: Deps): Promise<void> {
  app.get('/weeks/:id/agreement', (request, reply) => show(request, reply))

  app.post('/weeks/:id/agreement', async (request, reply) => {
    const typed = typedIn(request.body)
    const weekId = weekOf(request)
    try {
      const form = readForm(signForm, typed)
      await signAgreement(db, { weekId, ...form, actor: request.actor, now: clock.now() })
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return show(request, reply.code(status), typed, fields)
    }
    wake.publisher()
    wake.handover()
    return reply
      .flash('Signed. Thank you. What you agreed to is kept word for word.')
      .redirect(`/today?week=${weekId}`, 303)
  })

  app.post('/weeks/:id/briefing', async (request, reply) => {
    const { point, done } = readForm(tickForm, request.body)
    const weekId = weekOf(request)
    const { actor } = request
    await briefHost(db, { weekId, point, done: done === 'yes', actor, now: clock.now() })
    wake.publisher()
    wake.handover()
    return reply
      .flash(done === 'yes' ? 'Ticked.' : 'The tick is taken back.')
      .redirect(`/weeks/${weekId}#ready`, 303)
  })

  app.post('/weeks/:id/opening', async (request, reply) => {
    const weekId = weekOf(request)
    const form = readForm(openForm, request.body)
    await letOpen(db, { weekId, ...form, actor: request.actor, now: clock.now() })
    wake.publisher()
    wake.handover()
    return reply
      .flash('The week opens all the same. Your word stands on the record.')
      .redirect(`/weeks/${weekId}#ready`, 303)
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    typed: Record<string, string> = {},
    errors: Record<string, string> = {},
  ): Promise<FastifyReply> {
    const { actor } = request
    const { week, host } = await findWeekFor(db.read, weekOf(request), actor)
    if (!host) throw new NotFound()
    const account = (await findAccount(db.read, week.accountId))!
    const now = clock.now()
    const readiness = await readinessOf(db.read, account, host)
    if (!readiness.rules && !readiness.signed) throw new NotFound('There are no house rules to sign.')
    const words = weekInWords(week, host, { zone: account.timeZone, now })
    return reply.page('rota/agreement', {
      title: 'The house rules, signed',
      ...agreementPage({ week, host }, readiness, {
        account,
        actor,
        render: renderMarkdown,
        typed,
        errors,
        now,
      }),
      week: words,
      summary: Object.keys(errors).length > 0 ? errorSummary(errors) : null,
    })
  }
}

function weekOf({ params }: FastifyRequest): string {
  return (params as { id: string }).id
}
