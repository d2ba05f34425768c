import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Reader } from '../../db/database.ts'
import { NotFound } from '../../errors.ts'
import { findWeek } from '../../rota/weeks.ts'
import type { Deps } from '../../web/deps.ts'
import { readForm } from '../../web/forms.ts'
import { historyPage, versionsPage } from './history-page.ts'
import { weekPageView } from '../pages.ts'
import { recapPowers } from '../recap.ts'
import { findEdition, findRecap, goneOf, listEditionDates, type Recap } from '../recaps.ts'
import { findRevision, listRevisions } from './revisions.ts'
import { weekFacts } from '../story/week-facts.ts'
import { postsOnPage, withoutGone, type WeekPage } from '../week-page.ts'

const number = z.coerce.number().int().positive().nullable().catch(null).default(null)
const historyQuery = z.object({ revision: number, from: number })
const versionsQuery = z.object({ edition: number, from: number })

/** How a week's story came about, and what was published of it: for everybody who may see its editor. */
export async function recapHistoryRoutes(app: FastifyInstance, { db, clock, settings }: Deps): Promise<void> {
  const { read } = db

  app.get('/weeks/:id/recap/history', async (request, reply) => {
    const { week, recap, powers } = await seen(request)
    const asked = readForm(historyQuery, request.query)
    const lines = await listRevisions(read, recap.id)
    const at = Math.max(
      0,
      lines.findIndex(({ version }) => version === asked.revision),
    )
    const earlier = asked.from ?? lines[at + 1]?.version
    const [one, other] = [lines[at]?.version, earlier].map((version) => version ?? null)
    const [later, sooner] = one && other && other > one ? [other, one] : [one, other]
    const shown = later ? await findRevision(read, recap.id, later) : undefined
    if (!shown) throw new NotFound('This story has no history yet: it begins with the first change.')
    const from = sooner && sooner !== later ? await findRevision(read, recap.id, sooner) : undefined
    const model = { facts: await weekFacts(read, week), recap, lines, shown, from, powers }
    return reply.page('recaps/history', historyPage(model, clock.now()))
  })

  app.get('/weeks/:id/recap/versions', async (request, reply) => {
    const { week, recap } = await seen(request)
    const asked = readForm(versionsQuery, request.query)
    const editions = await listEditionDates(read, recap.id)
    const one = asked.edition ?? editions[0]?.edition ?? 0
    const other = asked.from ?? one - 1
    const [was, is] = one < other ? [one, other] : [other, one]
    const model = {
      facts: await weekFacts(read, week),
      recap,
      editions,
      is: await editionOf(read, recap, is),
      was: was === is ? undefined : await editionOf(read, recap, was),
    }
    return reply.page('recaps/versions', versionsPage(model, clock.now()))
  })

  app.get('/weeks/:id/recap/versions/:edition', async (request, reply) => {
    const { week, recap } = await seen(request)
    const { edition } = request.params as { edition: string }
    const dates = await listEditionDates(read, recap.id)
    const date = dates.find((one) => String(one.edition) === edition)
    const found = date && (await editionOf(read, recap, date.edition))
    if (!found) throw new NotFound('There is no such edition of this story.')
    const model = weekPageView(found.page, {
      publicUrl: settings.publicUrl(),
      sandbox: settings.mode === 'sandbox',
      today: null,
      signedIn: true,
      correctedAt: date.edition > 1 ? date.publishedAt : undefined,
      note: `Edition ${date.edition}, as it was published: only people who are signed in see this.`,
    })
    const back = `/weeks/${week.id}/recap/versions`
    return reply.header('cache-control', 'no-store').publicPage('recaps/page', {
      ...model,
      noindex: true,
      home: back,
      accountName: `@${found.page.account.handle}`,
      nav: [{ href: back, label: 'Back to what was published' }],
      colophon: { links: [], note: `Edition ${date.edition}, without what was deleted on X since.` },
    })
  })

  async function seen(request: FastifyRequest) {
    const { id } = request.params as { id: string }
    const week = await findWeek(read, id)
    if (!week || week.state === 'cancelled' || !recapPowers(request.actor, week).see) throw new NotFound()
    const recap = await findRecap(read, week.id)
    if (!recap) throw new NotFound('There is no story of this week yet.')
    return { week, recap, powers: recapPowers(request.actor, week) }
  }
}

/** As it may be shown now; undefined where there is none. */
async function editionOf(
  read: Reader,
  { id }: Recap,
  edition: number,
): Promise<{ edition: number; page: WeekPage } | undefined> {
  const page = await findEdition(read, { id, edition })
  if (!page) return undefined
  return { edition, page: withoutGone(page, await goneOf(read, page.account.id, postsOnPage(page))) }
}
