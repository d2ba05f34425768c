import type { FastifyInstance } from 'fastify'
import { findAccount } from '../../accounts/accounts.ts'
import { Conflict, NotFound } from '../../errors.ts'
import { listRoles } from '../../people/people.ts'
import { findWeekFor } from '../../rota/weeks.ts'
import type { Deps } from '../../web/deps.ts'
import { certificatePage } from './certificate-page.ts'
import { hostingNumbers } from './hosting-numbers.ts'

/** The certificate of hosting: for who had the week, and the desk, once the week is over. */
export async function certificateRoutes(app: FastifyInstance, { db, clock }: Deps): Promise<void> {
  app.get('/weeks/:id/certificate', async ({ params, actor }, reply) => {
    const { week, host } = await findWeekFor(db.read, (params as { id: string }).id, actor)
    if (!host?.acceptedAt || week.state === 'cancelled') throw new NotFound()
    const now = clock.now()
    if (now < week.closesAt)
      throw new Conflict('The certificate can be read once the week is over. Nothing is lost.')
    const account = (await findAccount(db.read, week.accountId))!
    const page = certificatePage(
      { week, host },
      {
        account,
        numbers: await hostingNumbers(db.read, { week, host }),
        leads: (await listRoles(db.read, account.id)).filter(({ role }) => role === 'lead'),
        now,
      },
    )
    return reply.page('recaps/certificate', page)
  })
}
