import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isDay } from '../calendar.ts'
import { deskOf, isLead } from '../people/person.ts'
import type { Deps } from '../web/deps.ts'
import { readForm } from '../web/forms.ts'
import { checkRecord } from './check-record.ts'
import { takeFile } from './take-file.ts'
import { recordPage } from './pages.ts'
import { ABOUT, readRecord, type About } from './read-record.ts'

const word = z.string().min(1).max(100).optional().catch(undefined)
const day = z.string().refine(isDay).optional().catch(undefined)

/** An address that asks for what is not there shows everything. */
const address = z.object({
  week: word,
  by: word,
  about: z
    .enum(Object.keys(ABOUT) as [About, ...About[]])
    .optional()
    .catch(undefined),
  from: day,
  to: day,
  before: z.coerce.number().int().positive().optional().catch(undefined),
})

const fileForm = z.object({
  week: word,
  by: word,
  from: day,
  to: day,
  as: z.enum(['html', 'json']).catch('html'),
  names: z.string().optional(),
})

/** The record of an account, for its leads and approvers. */
export async function recordRoutes(app: FastifyInstance, { db, clock }: Deps): Promise<void> {
  app.get('/activity', async (request, reply) => {
    const asked = readForm(address, request.query)
    const record = await readRecord(db.read, { actor: request.actor, asked })
    return reply.page(
      'record/activity',
      recordPage(record, { isLead: isLead(request.actor, record.account.id), now: clock.now() }),
    )
  })

  app.post('/activity/file', async ({ actor, body }, reply) => {
    const { as, names, ...asked } = readForm(fileForm, body)
    const file = await takeFile(db, { actor, asked, names: names ? 'out' : 'in', as, now: clock.now() })
    return reply
      .type(as === 'html' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="record.${as}"`)
      .send(file)
  })

  app.post('/activity/checks', async (request, reply) => {
    deskOf(request.actor)
    const { troubles } = await checkRecord(db, clock.now())
    const said = troubles.length === 0 ? 'Nothing of the record is missing or changed.' : null
    return (said ? reply.flash(said) : reply).redirect('/activity', 303)
  })
}
