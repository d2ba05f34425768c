import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../../accounts/accounts.ts'
import { NotFound } from '../../errors.ts'
import type { Deps } from '../../web/deps.ts'
import { readForm, version } from '../../web/forms.ts'
import { maySeeDraft, whyNotWrite } from '../draft.ts'
import { goBack } from './go-back.ts'
import { historyPage } from './history-page.ts'
import { findDraft, listRevisions } from '../drafts.ts'

const number = z.coerce.number().int().positive()
const query = z.object({
  revision: number.nullable().catch(null).default(null),
  from: number.nullable().catch(null).default(null),
})
const back = z.object({ version, number })

/** How a draft came about, and the way back to what it said before. */
export async function historyRoutes(app: FastifyInstance, { db, clock }: Deps): Promise<void> {
  app.get('/drafts/:id/history', async (request, reply) => {
    const draft = await findDraft(db.read, idIn(request.params))
    if (!draft || !maySeeDraft(request.actor, draft)) throw new NotFound()
    const { timeZone: zone } = (await findAccount(db.read, draft.accountId))!
    const model = historyPage(
      {
        draft,
        revisions: await listRevisions(db.read, draft.id),
        asked: readForm(query, request.query),
        whyNotWrite: whyNotWrite(request.actor, draft),
      },
      { zone, now: clock.now() },
    )
    return reply.page('drafts/history', model)
  })

  app.post('/drafts/:id/revisions', async (request, reply) => {
    const form = readForm(back, request.body)
    const now = clock.now()
    const draft = await goBack(db, { draftId: idIn(request.params), ...form, actor: request.actor, now })
    return reply
      .flash(`Revision ${form.number} stands again, as revision ${draft.revision}.`)
      .redirect(`/drafts/${draft.id}`, 303)
  })
}

function idIn(params: unknown): string {
  return (params as { id: string }).id
}
