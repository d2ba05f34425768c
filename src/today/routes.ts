import type { FastifyInstance } from 'fastify'
import { NotFound } from '../errors.ts'
import { isLead, type Actor, type Hosting } from '../people/person.ts'
import { dayInWords } from '../calendar.ts'
import type { Deps } from '../web/deps.ts'
import { deskPage } from './desk-page.ts'
import { myWeekPage } from './my-week-page.ts'
import { readDesk } from './read-desk.ts'
import { readMyWeek } from './read-my-week.ts'

/**
 * The first page after signing in: the desk for leads and approvers, their week for hosts, a kind word for whoever has
 * neither. `?week=` shows one of several own weeks, also to somebody who has a desk.
 */
export async function todayRoutes(app: FastifyInstance, { db, clock, settings }: Deps): Promise<void> {
  app.get('/today', async (request, reply) => {
    const { week } = request.query as { week?: string }
    const { actor } = request
    const now = clock.now()
    const role = actor.roles[0]
    const hosting = ownWeek(actor, week)
    if (role && week === undefined) {
      const desk = await readDesk(db.read, { accountId: role.accountId, now })
      const own = hosting ? { href: weekHref(hosting), label: 'Your own week' } : null
      return reply.page(
        'today/desk',
        deskPage(desk, { now, isLead: isLead(actor, role.accountId), ownWeek: own }),
      )
    }
    if (!hosting) return reply.page('today/nothing', { title: 'Welcome', name: actor.name })
    const others = actor.hosting
      .filter(({ weekId }) => weekId !== hosting.weekId)
      .map((other) => ({ href: weekHref(other), label: `Week of ${dayInWords(other.slot)}` }))
    const mine = await readMyWeek(db.read, hosting, now)
    return reply.page(
      'today/my-week',
      myWeekPage(mine, { hosting, others, sandbox: settings.mode === 'sandbox', now }),
    )
  })
}

/** The week asked for; else the first that is not over, else the last one. @throws NotFound for somebody else's. */
function ownWeek({ hosting }: Actor, asked: string | undefined): Hosting | undefined {
  if (asked === undefined) return hosting.find(({ powers }) => powers !== 'read') ?? hosting.at(-1)
  const found = hosting.find(({ weekId }) => weekId === asked)
  if (!found) throw new NotFound()
  return found
}

function weekHref({ weekId }: Hosting): string {
  return `/today?week=${weekId}`
}
