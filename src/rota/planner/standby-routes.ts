import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../../accounts/accounts.ts'
import { dayOf, isDay } from '../../calendar.ts'
import { Conflict } from '../../errors.ts'
import { toldInWords, unreachedOf, waitingInWords } from '../../mail/told.ts'
import { findPersonByEmail } from '../../people/people.ts'
import { deskOf } from '../../people/person.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, formId, line, optionalLine, readForm, refusalOf, typedIn } from '../../web/forms.ts'
import { findAccountToBook } from '../book-week.ts'
import { email, type Typed } from '../booking-form.ts'
import { initialsOf } from '../host.ts'
import { askWhetherSame } from '../near-person.ts'
import { slotInWords } from './move-to-slot.ts'
import { findHostedWeek } from '../weeks.ts'
import { addStandby, callIn, offerStandby, removeStandby, standbysOf, withdrawStandby } from './standby.ts'

const addForm = z.object({
  id: formId,
  name: line('The name', 80),
  email,
  job: optionalLine('The job', 120),
  organisation: optionalLine('The organisation', 120),
  note: optionalLine('When they can', 200),
})
const callForm = z.object({ id: formId, slot: z.string().refine(isDay), standby: z.string() })

/** Who may be called in, and calling them in for a gap. */
export async function standbyRoutes(
  app: FastifyInstance,
  { db, clock, settings, wake }: Deps,
): Promise<void> {
  app.get('/rota/standby', (request, reply) => show(request, reply, {}))

  app.post('/rota/standby', async (request, reply) => {
    const { actor } = request
    const account = await findAccountToBook(db.read, deskOf(actor), actor)
    const typed = typedIn(request.body)
    if (typed['same']) return show(request, reply, { ...typed, email: typed['same'] })
    const near = await askWhetherSame(db.read, account.id, typed)
    if (near) return show(request, reply.code(422), typed, undefined, near)
    try {
      const form = readForm(addForm, typed)
      await addStandby(db, {
        ...form,
        accountId: account.id,
        actor,
        publicUrl: settings.publicUrl(),
        now: clock.now(),
        machineNow: clock.machine(),
      })
      wake.mail()
      const { id: personId } = (await findPersonByEmail(db.read, form.email))!
      const unreached = await unreachedOf(db.read, [{ personId, name: form.name }])
      const told = toldInWords(unreached, unreached) || 'A mail tells them so.'
      return await reply.flash(`${form.name} can be called in now. ${told}`).redirect('/rota/standby', 303)
    } catch (error) {
      return show(request, reply, typed, refusalOf(error))
    }
  })

  app.post('/rota/standby/:id/removal', async ({ params, actor }, reply) => {
    const { id } = params as { id: string }
    await removeStandby(db, { id, accountId: deskOf(actor), actor, now: clock.now() })
    return reply.flash('They are not called in any more.').redirect('/rota/standby', 303)
  })

  app.post('/weeks/:id/standby', async ({ params, actor }, reply) => {
    const { id: weekId } = params as { id: string }
    await offerStandby(db, { weekId, actor, now: clock.now() })
    return reply
      .flash('Thank you. The team can ask you when a week has nobody.')
      .redirect(`/today?week=${weekId}`, 303)
  })

  app.post('/weeks/:id/standby/removal', async ({ params, actor }, reply) => {
    const { id: weekId } = params as { id: string }
    await withdrawStandby(db, { weekId, actor, now: clock.now() })
    return reply.flash('You are not called in any more.').redirect(`/today?week=${weekId}`, 303)
  })

  app.post('/rota/call-in', async ({ body, actor }, reply) => {
    const account = await findAccountToBook(db.read, deskOf(actor), actor)
    const { id: weekId, slot, standby: standbyId } = readForm(callForm, body)
    const at = { now: clock.now(), machineNow: clock.machine() }
    try {
      const { name } = await callIn(db, { weekId, accountId: account.id, slot, standbyId, actor, ...at })
      wake.mail()
      const days = slotInWords(slot, account, dayOf(at.now, account.timeZone))
      const { host } = (await findHostedWeek(db.read, weekId))!
      const waiting = waitingInWords(await unreachedOf(db.read, [host!]))
      return await reply
        .flash(
          `${name} is called in for ${days}${waiting ? `. ${waiting}` : ', by mail.'} The week is theirs once they accept.`,
        )
        .redirect(`/weeks/${weekId}`, 303)
    } catch (error) {
      throw new Conflict(Object.values(refusalOf(error).fields).join(' '))
    }
  })

  async function show(
    { actor }: FastifyRequest,
    reply: FastifyReply,
    typed: Typed,
    refusal?: ReturnType<typeof refusalOf>,
    near: Awaited<ReturnType<typeof askWhetherSame>> = null,
  ): Promise<FastifyReply> {
    const accountId = deskOf(actor)
    await findAccountToBook(db.read, accountId, actor)
    const account = (await findAccount(db.read, accountId))!
    const field = (name: string, label: string, more: object = {}) => ({
      id: name,
      name,
      label,
      value: typed[name] ?? '',
      error: refusal?.fields[name],
      ...more,
    })
    if (refusal) void reply.code(refusal.status)
    return reply.page('rota/standby', {
      title: 'Standby hosts',
      handle: `@${account.handle}`,
      ...(refusal && { summary: errorSummary(refusal.fields) }),
      ...(near && { summary: errorSummary({ email: `Is this ${near.name}? Nobody is added yet.` }) }),
      near,
      id: typed['id'] ?? randomUUID(),
      standbys: (await standbysOf(db.read, accountId)).map(({ id, ...one }) => ({
        name: one.name,
        initials: initialsOf(one.name) || '?',
        line: [one.job, one.organisation].filter(Boolean).join(', '),
        note: one.note,
        email: one.email,
        removeHref: `/rota/standby/${id}/removal`,
        describe: `Take ${one.name} off the list`,
      })),
      fields: {
        name: field('name', 'Name'),
        email: field('email', 'E-mail', {
          type: 'email',
          hint: 'A mail here tells them that they are on the list, and where to see or delete what is kept. The invitation goes here too when you call them in.',
        }),
        job: field('job', 'Job'),
        organisation: field('organisation', 'Organisation'),
        note: field('note', 'When they can', {
          hint: 'In their words. Example: any week, with two days’ notice',
        }),
      },
    })
  }
}
