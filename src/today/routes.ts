import type { FastifyInstance } from 'fastify'
import { findAccount } from '../accounts/accounts.ts'
import { NotFound } from '../errors.ts'
import { isLead, mayDecide, type Actor, type Hosting } from '../people/person.ts'
import { dayInWords, isDay } from '../calendar.ts'
import { standbyOf } from '../rota/planner/standby.ts'
import { isSlot } from '../rota/slot.ts'
import { findWeekFor, findWeekOfSlot } from '../rota/weeks.ts'
import type { Deps } from '../web/deps.ts'
import { listInWords } from '../words.ts'
import { costsPage } from './costs-page.ts'
import { deskPage } from './desk-page.ts'
import { otherDesks } from './other-desks.ts'
import { myWeekPage } from './my-week-page.ts'
import { profileNote } from './profile-note.ts'
import { readCosts } from './read-costs.ts'
import { readDesk } from './read-desk.ts'
import { readMyWeek } from './read-my-week.ts'
import { readGapDays, readWeekDays } from './read-week-days.ts'
import { gapDaysPage, weekDaysPage } from './week-days-page.ts'

/**
 * The first page after signing in: the desk for leads and approvers, their week for hosts, a kind word for whoever has
 * neither. `?week=` shows one of several own weeks, also to somebody who has a desk. And for the desk the days of
 * any week or gap, and what X costs.
 */
export async function todayRoutes(
  app: FastifyInstance,
  { db, clock, settings, practice, siteTroubles }: Deps,
): Promise<void> {
  app.get('/today', async (request, reply) => {
    const { week } = request.query as { week?: string }
    const { actor } = request
    const now = clock.now()
    const role = actor.roles[0]
    const hosting = ownWeek(actor, week)
    if (role && week === undefined) {
      const desk = await readDesk(db.read, { accountId: role.accountId, clock })
      const own = hosting ? { href: weekHref(hosting), label: 'Your own week' } : null
      const page = deskPage(desk, {
        now,
        isLead: isLead(actor, role.accountId),
        ownWeek: own,
        disk: db.diskTrouble(),
        site: siteTroubles?.().find(({ accountId }) => accountId === role.accountId) ?? null,
        live: settings.mode === 'live',
      })
      const { accountId } = role
      const elsewhere = await otherDesks(db.read, { actor, accountId, clock, live: settings.mode === 'live' })
      const publicUrl = settings.publicUrl()
      const profile = isLead(actor, accountId)
        ? await profileNote(db.read, { accountId, now, publicUrl })
        : null
      return reply.page('today/desk', { ...page, profile, elsewhere, refreshes: request.url })
    }
    if (!hosting)
      return reply.page('today/nothing', {
        title: 'Welcome',
        name: actor.name,
        owner: actor.owner,
        standby: await standbyAt(actor.personId),
      })
    const others = actor.hosting
      .filter(({ weekId }) => weekId !== hosting.weekId)
      .map((other) => ({ href: weekHref(other), label: `Week of ${dayInWords(other.slot)}` }))
    const mine = await readMyWeek(db.read, hosting, clock)
    const sandbox = settings.mode === 'sandbox'
    const practises = practice !== undefined
    const practising = settings.practice !== undefined
    const page = myWeekPage(mine, { actor, hosting, others, sandbox, practises, practising, now })
    return reply.page('today/my-week', { ...page, refreshes: request.url })
  })

  /** "@NorthDaleHealth and @NorthDaleWorks"; empty for whoever is on no list. */
  async function standbyAt(personId: string): Promise<string> {
    const accounts = await Promise.all(
      (await standbyOf(db.read, personId)).map(({ accountId }) => findAccount(db.read, accountId)),
    )
    const handles = accounts.flatMap((account) => (account ? [`@${account.handle}`] : []))
    return listInWords(handles)
  }

  app.get('/accounts/:id/costs', async (request, reply) => {
    const { id: accountId } = request.params as { id: string }
    const { actor } = request
    const now = clock.now()
    const costs = await readCosts(db.read, { accountId, actor, now })
    const sandbox = settings.mode === 'sandbox'
    const canChange = isLead(actor, accountId)
    return reply.page('today/costs', costsPage(costs, { now, sandbox, canChange }))
  })

  app.get('/weeks/:id/days', async (request, reply) => {
    const { id } = request.params as { id: string }
    const { actor } = request
    const { week, host } = await findWeekFor(db.read, id, actor)
    if (!mayDecide(actor, week.accountId)) return reply.redirect(`/today?week=${id}`, 303)
    const account = (await findAccount(db.read, week.accountId))!
    const days = await readWeekDays(db.read, { account, week, clock })
    const mayWrite = isLead(actor, account.id)
    const page = weekDaysPage(days, { host, actor, mayWrite, now: clock.now() })
    return reply.page('today/week-days', { ...page, refreshes: request.url })
  })

  app.get('/accounts/:id/slots/:slot/days', async (request, reply) => {
    const { id: accountId, slot } = request.params as { id: string; slot: string }
    const { actor } = request
    const account = mayDecide(actor, accountId) ? await findAccount(db.read, accountId) : undefined
    if (!account || !isDay(slot) || !isSlot(slot, account.shape)) throw new NotFound()
    const week = await findWeekOfSlot(db.read, accountId, slot)
    if (week) return reply.redirect(`/weeks/${week.id}/days`, 303)
    const days = await readGapDays(db.read, { account, slot, clock })
    const mayWrite = isLead(actor, accountId)
    return reply.page('today/week-days', gapDaysPage(days, { actor, mayWrite, now: clock.now() }))
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
