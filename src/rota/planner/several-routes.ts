import { createHash, randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Account } from '../../accounts/accounts.ts'
import { dayOf, isDay } from '../../calendar.ts'
import { Refused } from '../../errors.ts'
import { deskOf } from '../../people/person.ts'
import type { Deps } from '../../web/deps.ts'
import { formId, readForm, refusalOf, typedIn } from '../../web/forms.ts'
import { freeOf } from '../asking/free-slots.ts'
import { bookSeveralWeeks, findAccountToBook, type ListedWeek } from '../book-week.ts'
import { listedForm, type Typed } from '../booking-form.ts'
import { nextSlot, slotOf } from '../slot.ts'
import { readPastedList, type PastedList } from './pasted-list.ts'
import { LISTED_FIELDS, listedField, severalPage, slotsTyped } from './several-page.ts'

const keys = z.object({ id: formId })

/** So many weeks ahead can be booked at once: a year, from the week after this one. */
const WEEKS_AHEAD = 53

/** A year of hosts on one page, typed or out of a spreadsheet. */
export async function severalRoutes(app: FastifyInstance, { db, clock, wake }: Deps): Promise<void> {
  app.get('/rota/several', async ({ actor }, reply) => {
    const account = await findAccountToBook(db.read, deskOf(actor), actor)
    return show(reply, account, {})
  })

  app.post('/rota/several', async (request, reply) => {
    const { actor } = request
    const account = await findAccountToBook(db.read, deskOf(actor), actor)
    const typed = typedIn(request.body)
    if (!['invite', 'book'].includes(typed['do'] ?? '')) return fillIn(reply, account, typed)
    try {
      const weeks = readWeeks(typed)
      const invite = typed['do'] === 'invite'
      const at = { now: clock.now(), machineNow: clock.machine() }
      await bookSeveralWeeks(db, { accountId: account.id, weeks, invite, actor, ...at })
      wake.mail()
      return await reply
        .flash(bookedInWords(weeks.length, invite) + notBookedInWords(typed['list'] ?? ''))
        .redirect('/rota', 303)
    } catch (error) {
      const { status, fields } = refusalOf(error)
      // What is wrong with a whole week stands at its first field.
      const wrong = Object.entries(fields).map(([key, message]) => [
        isDay(key) ? listedField('name', key) : key,
        message,
      ])
      return show(reply.code(status), account, typed, { wrong: Object.fromEntries(wrong) })
    }
  })

  /** What a pasted list says goes to the weeks in which nothing is typed yet. */
  async function fillIn(reply: FastifyReply, account: Account, typed: Typed): Promise<FastifyReply> {
    const free = (await freeAhead(account)).filter((slot) => !slotsTyped(typed).includes(slot))
    const today = dayOf(clock.now(), account.timeZone)
    const { hosts, left } = readPastedList(typed['list'] ?? '', { shape: account.shape, free, today })
    const found = [...hosts].flatMap(([slot, host]) =>
      LISTED_FIELDS.map((field) => [listedField(field, slot), host[field]]),
    )
    return show(reply, account, { ...typed, ...Object.fromEntries(found) }, { left, read: true })
  }

  async function show(
    reply: FastifyReply,
    account: Account,
    typed: Typed,
    more: { left?: PastedList['left']; read?: boolean; wrong?: Record<string, string> } = {},
  ): Promise<FastifyReply> {
    const id = typed['id'] ?? randomUUID()
    const free = await freeAhead(account)
    const about = { left: [], read: false, wrong: {}, ...more }
    return reply.page('rota/several', severalPage(account, { ...about, id, free, typed, now: clock.now() }))
  }

  function freeAhead(account: Account): Promise<string[]> {
    const current = slotOf(dayOf(clock.now(), account.timeZone), account.shape)
    const slots = Array.from({ length: WEEKS_AHEAD }, (_, by) => nextSlot(current, by))
    return freeOf(db.read, account, slots, clock.now())
  }
}

/** @throws Refused by field. */
function readWeeks(typed: Typed): ListedWeek[] {
  const { id } = readForm(keys, typed)
  const wrong: Record<string, string> = {}
  const weeks: ListedWeek[] = []
  for (const slot of slotsTyped(typed)) {
    const row = LISTED_FIELDS.map((field) => [field, typed[listedField(field, slot)] ?? ''])
    try {
      weeks.push({ weekId: weekIdOf(id, slot), slot, ...readForm(listedForm, Object.fromEntries(row)) })
    } catch (error) {
      for (const [field, message] of Object.entries(refusalOf(error).fields))
        wrong[`${field}.${slot}`] = message
    }
  }
  if (Object.keys(wrong).length > 0) throw new Refused(wrong)
  if (weeks.length === 0) throw new Refused({ '': 'Fill in at least one week.' })
  return weeks
}

/** The same for the same form and week, so that sending it twice books once. */
function weekIdOf(form: string, slot: string): string {
  const hex = createHash('sha256').update(`${form} ${slot}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}

function bookedInWords(count: number, invite: boolean): string {
  const weeks = count === 1 ? 'One week is' : `${count} weeks are`
  return invite
    ? `${weeks} booked, and each host gets an invitation by mail.`
    : `${weeks} booked. Nobody outside the desk knows of it yet.`
}

/** What was pasted and never filled in is not dropped without a word. */
function notBookedInWords(list: string): string {
  const lines = list.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines.length === 0) return ''
  const said = lines.slice(0, 5).map((line) => line.replaceAll(/\s+/g, ' ').trim())
  const more = lines.length > said.length ? `; and ${lines.length - said.length} more` : ''
  return ` Of your list not booked: ${said.join('; ')}${more}.`
}
