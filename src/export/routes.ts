import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { findAccount, type Account } from '../accounts/accounts.ts'
import { findAccountFor } from '../accounts/change-account.ts'
import { dayOf } from '../calendar.ts'
import { NotAllowed, NotFound } from '../errors.ts'
import { isLead } from '../people/person.ts'
import { recapPowers } from '../recaps/recap.ts'
import { findWeek } from '../rota/weeks.ts'
import type { Deps } from '../web/deps.ts'
import { archiveOf } from './archive.ts'
import type { SiteFile } from './site-files.ts'

interface Sites {
  /** Every file of an account's public site. */
  filesOf(account: Account): AsyncIterable<SiteFile>
  /** The page of a published story with all that it needs in it; null where none is published. */
  oneFileOf(account: Account, slot: string): Promise<string | null>
}

/** What people take with them: the whole public site of an account, and a story as one file. */
export async function exportRoutes(
  app: FastifyInstance,
  { db, clock, sites }: Deps & { sites: Sites },
): Promise<void> {
  app.get('/accounts/:id/site.tar', async (request, reply) => {
    const { id } = request.params as { id: string }
    const account = await findAccountFor(db.read, id, request.actor)
    if (!isLead(request.actor, account.id))
      throw new NotAllowed('Only a lead of the account takes its whole site with them.')
    const now = clock.now()
    const name = `${account.handle}-${dayOf(now, account.timeZone)}`
    const archive = Readable.from(archiveOf(sites.filesOf(account), { folder: name, now }), {
      objectMode: false,
    })
    return reply
      .type('application/x-tar')
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${name}.tar"`)
      .send(archive)
  })

  app.get('/weeks/:id/recap/one-file.html', async (request, reply) => {
    const { id } = request.params as { id: string }
    const week = await findWeek(db.read, id)
    if (!week || !recapPowers(request.actor, week).see) throw new NotFound()
    const account = (await findAccount(db.read, week.accountId))!
    const html = await sites.oneFileOf(account, week.slot)
    if (html === null) throw new NotFound('There is nothing to take with you before this story is published.')
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${account.handle}-${week.slot}.html"`)
      .send(html)
  })
}
