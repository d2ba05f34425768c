import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount, type Account } from '../accounts/accounts.ts'
import type { Heeded } from '../accounts/change-account.ts'
import { dayOf, isDay } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { Conflict, NotFound } from '../errors.ts'
import { findTrouble, isReachedBy, mailsToHost, seenFrom } from '../mail/outbox.ts'
import { unreachedOf, waitingInWords } from '../mail/told.ts'
import { findPeople, listRoles } from '../people/people.ts'
import { deskOf, isLead, mayDecide, type Actor } from '../people/person.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, formId, readForm, refusalOf, typedIn, version } from '../web/forms.ts'
import { renderMarkdown } from '../web/markdown.ts'
import { acceptInvitation } from './invitations/accept-invitation.ts'
import { announceWeek } from './announce-week.ts'
import { nextFree } from './asking/free-slots.ts'
import { countCandidates } from './asking/candidates.ts'
import { bookWeek, findAccountToBook } from './book-week.ts'
import {
  bookingForm,
  changeForm,
  formInput,
  ownChangeForm,
  reasonForm,
  typedOfHost,
  typedOfWeek,
  type Portrait,
  type Typed,
} from './booking-form.ts'
import { cancellationOf } from './cancellation.ts'
import { changeWeek, requireChangeable, type HeedEvents } from './change-week.ts'
import { eventDays, weekFields, withOtherRows, type Errors } from './form-page.ts'
import { invitationPage } from './invitations/invitation-page.ts'
import { invitationState } from './invitations/invitations.ts'
import { initialsOf } from './host.ts'
import { askWhetherSame } from './near-person.ts'
import { inviteHost } from './invitations/invite-host.ts'
import { daysOf, weekInWords } from './pages.ts'
import { slotInWords } from './planner/move-to-slot.ts'
import { neighbours, plannerPage, plannerSpan } from './planner/planner-page.ts'
import { readinessOf } from './readiness/readiness.ts'
import { readyModel } from './readiness/ready-page.ts'
import { receivePortrait } from './portrait.ts'
import { setHiatus } from './planner/set-hiatus.ts'
import { standbysOf } from './planner/standby.ts'
import { findPastHosting, monthInWords, pastHosts, suggestionsFor } from './planner/suggestions.ts'
import { openSwapOf } from './planner/swap.ts'
import { isSlot, nextSlot, slotDays } from './slot.ts'
import { weekDays } from './week.ts'
import { weekPage } from './week-page.ts'
import {
  addressOfHost,
  findHostedWeek,
  findWeekFor,
  listEvents,
  listWeeks,
  type HostedWeek,
  type Week,
} from './weeks.ts'

const bookingKeys = z.object({ id: formId, slot: z.string().refine(isDay) })
const acceptanceForm = z.object({ slot: z.string().optional() })
const weekKeys = z.object({ version })

/** Whether followers find a week at its address: known where its posts are. */
type HasPage = (read: Reader, account: Account, week: Week) => Promise<boolean>

interface BookingSent {
  typed: Typed
  portrait: Portrait
  account: Account
  actor: Actor
}

/** The planner, one week, and its hand-over. */
export async function rotaRoutes(
  app: FastifyInstance,
  deps: Deps & { heedEvents: HeedEvents; hasPage: HasPage },
): Promise<void> {
  const { db, clock, wake, heedEvents, hasPage } = deps
  const now = () => clock.now()
  const machineNow = () => clock.machine()

  app.get('/rota', async (request, reply) => {
    const account = await deskAccount(request)
    const { from } = request.query as { from?: string }
    return reply.page('rota/planner', { title: 'Rota', planner: await planner(request, account, { from }) })
  })

  app.get('/rota/book', async (request, reply) => {
    const account = await findAccountToBook(db.read, deskOf(request.actor), request.actor)
    const { slot = '', again } = request.query as { slot?: string; again?: string }
    if (!isDay(slot) || !isSlot(slot, account.shape)) throw new NotFound('No week begins on that day.')
    const before = again ? await findPastHosting(db.read, account.id, again) : undefined
    const known = before && { ...typedOfHost(before.host), email: before.email }
    return showBooking(request, reply, account, { id: randomUUID(), slot, kind: 'host', ...known })
  })

  app.post('/rota/book', async (request, reply) => {
    const account = await findAccountToBook(db.read, deskOf(request.actor), request.actor)
    const typed = typedIn(request.body)
    const { id, slot } = readForm(bookingKeys, typed)
    const portrait = await portraitOf(request, typed, account)
    const again = { ...typed, portraitHash: portrait.hash ?? '' }
    const rows = withOtherRows(again, slot)
    if (rows) return showBooking(request, reply, account, rows)
    if (typed['same']) return showBooking(request, reply, account, { ...again, email: typed['same'] })
    const near = typed['kind'] === 'hiatus' ? null : await askWhetherSame(db.read, account.id, typed)
    if (near) return showBooking(request, reply.code(422), account, again, undefined, near)
    try {
      const message = await book({ typed, portrait, account, actor: request.actor })
      wake.mail()
      const gap = await nextFree(db.read, account, slot, now())
      const link = gap && {
        href: `/rota/book?slot=${gap}`,
        label: `Book the next gap, ${slotInWords(gap, account, dayOf(now(), account.timeZone))}`,
      }
      return await reply.flash(message, { ...(link && { link }) }).redirect(`/weeks/${id}`, 303)
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return showBooking(request, reply.code(status), account, again, fields)
    }
  })

  app.get('/weeks/:id', async (request, reply) => {
    const { found, account } = await weekOf(request)
    const { week } = found
    const cancellation = await cancellationOf(db.read, week)
    const host = cancellation ? cancellation.host : found.host
    const desk = mayDecide(request.actor, account.id)
    const page = weekPage(
      { week, host },
      {
        account,
        cancellation,
        isPublic: await hasPage(db.read, account, week),
        ready: await readyOf(request, found, account),
        swap: await swapOf(found),
        events: await listEvents(db.read, week.id),
        mails: desk && host ? await mailsToHost(db.read, host.id) : [],
        email: host ? await addressOfHost(db.read, host) : null,
        outOfReach: host && (await troubleOf(host, account)),
        isReached:
          host !== null && (await isReachedBy(db.read, { ...host, accountId: account.id, now: now() })),
        actor: request.actor,
        now: now(),
      },
    )
    return reply.page('rota/week', { week: page, title: page.title })
  })

  app.get('/weeks/:id/edit', async (request, reply) => {
    const { found, account } = await weekOf(request)
    requireChangeable(found, request.actor)
    const events = await listEvents(db.read, found.week.id)
    return showChange(request, reply, found, account, typedOfWeek(found, events, account.timeZone))
  })

  app.post('/weeks/:id', async (request, reply) => {
    const { found, account } = await weekOf(request)
    requireChangeable(found, request.actor)
    const typed = typedIn(request.body)
    const portrait = await portraitOf(request, typed, account)
    const again = { ...typed, portraitHash: portrait.hash ?? '' }
    const rows = withOtherRows(again, found.week.slot)
    if (rows) return showChange(request, reply, found, account, rows)
    let heeded: Heeded
    try {
      const input = formInput({ typed, portrait })
      const change =
        found.week.kind === 'hiatus'
          ? { why: readForm(reasonForm, typed).reason }
          : isLead(request.actor, account.id)
            ? readForm(changeForm(account.timeZone), input)
            : readForm(ownChangeForm, input)
      const keys = readForm(weekKeys, typed)
      heeded = await changeWeek(
        db,
        { weekId: found.week.id, ...keys, change, actor: request.actor, now: now() },
        heedEvents,
      )
    } catch (error) {
      const { status, fields } = refusalOf(error)
      const stands = error instanceof Conflict ? await standing(found, account) : undefined
      return showChange(request, reply.code(status), found, account, again, fields, stands)
    }
    const { said, link } = heeded
    if (said.length > 0) wake.publisher()
    return reply
      .flash(['Saved.', ...said].join(' '), { ...(link && { link }) })
      .redirect(`/weeks/${found.week.id}`, 303)
  })

  app.post('/weeks/:id/invitation', async (request, reply) => {
    const { found } = await weekOf(request)
    const keys = readForm(weekKeys, request.body)
    const common = { weekId: found.week.id, actor: request.actor, now: now() }
    await inviteHost(db, { ...common, ...keys, machineNow: machineNow() })
    wake.mail()
    return reply.flash('The invitation is on its way.').redirect(`/weeks/${found.week.id}`, 303)
  })

  app.post('/weeks/:id/announcement', async (request, reply) => {
    const { found } = await weekOf(request)
    const keys = readForm(weekKeys, request.body)
    await announceWeek(db, { weekId: found.week.id, ...keys, actor: request.actor, now: now() })
    return reply
      .flash('Announced: the week stands on the public pages.')
      .redirect(`/weeks/${found.week.id}`, 303)
  })

  app.get('/weeks/:id/invitation', async (request, reply) => {
    const { found, account } = await weekOf(request)
    const { week, host } = found
    if (!host) throw new NotFound()
    const state = invitationState(week, host, now())
    const page = invitationPage(
      { week, host, state },
      {
        account,
        desk: await listRoles(db.read, account.id),
        houseRules: renderMarkdown(account.texts.houseRules),
        email: '',
        canAccept: state === 'open' && host.personId === request.actor.personId,
        token: null,
        someoneElse: null,
        now: now(),
      },
    )
    return reply.page('rota/invitation', { ...page, title: `A week at ${page.account.handle}` })
  })

  app.post('/weeks/:id/acceptance', async (request, reply) => {
    const { found, account } = await weekOf(request)
    const { slot } = readForm(acceptanceForm, request.body ?? {})
    await acceptInvitation(db, { weekId: found.week.id, slot, actor: request.actor, now: now() })
    wake.handover()
    return reply
      .flash(
        `The week is yours, and @${account.handle} says so. You can begin to write.`,
        deps.practice && { link: { href: '/practice', label: 'Or practise first' } },
      )
      .redirect(`/today?week=${found.week.id}`, 303)
  })

  /** Books or leaves empty, as the form says. Returns what is said of it. */
  async function book({ typed, portrait, account, actor }: BookingSent): Promise<string> {
    const { id: weekId, slot } = readForm(bookingKeys, typed)
    const common = { weekId, accountId: account.id, slot, actor, now: now() }
    if (typed['kind'] === 'hiatus') {
      await setHiatus(db, { ...common, ...readForm(reasonForm, typed) })
      return 'Nobody has that week now, on purpose.'
    }
    const form = readForm(bookingForm(account.timeZone), formInput({ typed, portrait }))
    const invite = typed['do'] !== 'book'
    await bookWeek(db, { ...common, ...form, invite, machineNow: machineNow() })
    const host = (await findHostedWeek(db.read, weekId))!.host!
    const waiting = invite ? waitingInWords(await unreachedOf(db.read, [host])) : ''
    if (waiting) return `Booked. ${waiting}`
    return invite
      ? `Booked. ${form.host.name} gets the invitation at ${form.email}.`
      : 'Booked. Nobody outside the desk knows of it yet.'
  }

  async function readyOf({ actor }: FastifyRequest, { week, host }: HostedWeek, account: Account) {
    if (!host || host.declinedAt || week.state === 'cancelled') return null
    const readiness = await readinessOf(db.read, account, host)
    const ids = [host.openedBy, ...readiness.points.map(({ tick }) => tick?.tickedBy)]
    const people = await findPeople(db.read, [...new Set(ids.flatMap((id) => id ?? []))])
    const nameOf = (id: string | null) => people.find((person) => person.id === id)?.name ?? null
    return readyModel({ week, host }, readiness, { account, nameOf, actor, now: now() })
  }

  async function troubleOf({ personId }: { personId: string }, account: Account) {
    const trouble = await findTrouble(db.read, personId)
    return trouble ? seenFrom(account.id, trouble) : null
  }

  async function swapOf({ week }: HostedWeek) {
    const open = await openSwapOf(db.read, week.id, now())
    if (!open) return null
    const [one, other] = open.parties
    const text = `${one.host.name} and ${other.host.name} are asked whether they take each other’s days.`
    return { href: `/swaps/${open.swap.id}`, text }
  }

  async function deskAccount({ actor }: FastifyRequest): Promise<Account> {
    return (await findAccount(db.read, deskOf(actor)))!
  }

  async function weekOf({ params, actor }: FastifyRequest): Promise<{ found: HostedWeek; account: Account }> {
    const found = await findWeekFor(db.read, (params as { id: string }).id, actor)
    return { found, account: (await findAccount(db.read, found.week.accountId))! }
  }

  function portraitOf(
    { uploads, actor }: FastifyRequest,
    typed: Typed,
    { id: accountId }: Account,
  ): Promise<Portrait> {
    return receivePortrait(deps, { files: uploads, typed, accountId, personId: actor.personId, now: now() })
  }

  async function planner(
    { actor }: FastifyRequest,
    account: Account,
    { from, booking }: { from?: string | undefined; booking?: string },
  ) {
    const span = plannerSpan(account, now(), from)
    const [first, last] = [span.slots[0]!, span.slots.at(-1)!]
    const weeks = await listWeeks(db.read, account.id, nextSlot(first, -1), nextSlot(last))
    const canBook = isLead(actor, account.id)
    const page = plannerPage(account, weeks, { span, canBook, now: now(), ...(booking ? { booking } : {}) })
    const count = canBook ? await countCandidates(db.read, account.id, 'new') : 0
    const gap = page.nextGap?.slot ?? null
    const suggestions = canBook ? await suggestionsFor(db.read, account, { gap, now: now() }) : null
    return {
      ...page,
      suggestions,
      candidates: canBook ? { href: `/accounts/${account.id}/candidates`, count } : null,
    }
  }

  async function showBooking(
    request: FastifyRequest,
    reply: FastifyReply,
    account: Account,
    typed: Typed,
    errors?: Errors,
    near: Awaited<ReturnType<typeof askWhetherSame>> = null,
  ): Promise<FastifyReply> {
    const slot = typed['slot']!
    const days = slotDays(slot, account.shape)
    const today = dayOf(now(), account.timeZone)
    const around = await listWeeks(db.read, account.id, nextSlot(slot, -1), nextSlot(slot))
    const fields = weekFields(typed, errors ?? {}, { days: eventDays(days) })
    const from =
      Math.abs(Number(slot.slice(0, 4)) - Number(today.slice(0, 4))) > 1 ? slot.slice(0, 7) : undefined
    return reply.page('rota/planner', {
      title: `Book ${daysOf(days[0]!, days.at(-1)!, today)}`,
      planner: await planner(request, account, { from, booking: slot }),
      booking: {
        id: typed['id'],
        slot,
        title: `Book ${daysOf(days[0]!, days.at(-1)!, today)}`,
        lead: neighbours(slot, around, account),
        close: '/rota',
        past: (await pastHosts(db.read, account.id)).map(({ weekHostId, name, lastSlot }) => ({
          value: weekHostId,
          label: `${name}, ${monthInWords(lastSlot)}`,
        })),
        callInId: randomUUID(),
        standbys: (await standbysOf(db.read, account.id)).map(({ id, name, job, note }) => ({
          id,
          name,
          initials: initialsOf(name) || '?',
          note: [job, note].filter(Boolean).join('. '),
        })),
        summary: near
          ? errorSummary({ email: `Is this ${near.name}? Nothing is booked yet.` })
          : errors && errorSummary(errors),
        near,
        kind: {
          id: 'kind',
          name: 'kind',
          legend: 'What is this week?',
          type: 'radio',
          choices: [
            { value: 'host', label: 'A host has it', checked: typed['kind'] !== 'hiatus' },
            { value: 'hiatus', label: 'Hiatus, nobody on purpose', checked: typed['kind'] === 'hiatus' },
          ],
        },
        fields: { ...fields, name: { ...fields.name, autofocus: !errors } },
      },
    })
  }

  function showChange(
    request: FastifyRequest,
    reply: FastifyReply,
    { week, host }: HostedWeek,
    account: Account,
    typed: Typed,
    errors?: Errors,
    stands?: Typed,
  ): Promise<FastifyReply> {
    const zone = account.timeZone
    const words = weekInWords(week, host, { zone, now: now() })
    const fields = weekFields(typed, errors ?? {}, {
      days: eventDays(weekDays(week, zone)),
      ...(stands ? { stands } : {}),
    })
    const lead = isLead(request.actor, account.id)
    return reply.page('rota/edit', {
      title: `Change ${words.days}`,
      week: words,
      version: stands?.['version'] ?? typed['version'] ?? week.version,
      lead,
      canReplace: lead && now() < week.closesAt,
      hiatus: week.kind === 'hiatus',
      summary: errors && errorSummary(errors),
      fields: lead
        ? { ...fields, email: null, reason: { ...fields.reason, value: typed['reason'] ?? week.why } }
        : {
            ...fields,
            name: null,
            email: null,
            theme: { ...fields.theme, hint: 'A few words, as a headline.' },
          },
    })
  }

  async function standing({ week }: HostedWeek, account: Account): Promise<Typed | undefined> {
    const found = (await findHostedWeek(db.read, week.id))!
    return typedOfWeek(found, await listEvents(db.read, week.id), account.timeZone)
  }
}
