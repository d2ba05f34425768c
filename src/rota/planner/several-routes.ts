import { createHash, randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Account } from '../../accounts/accounts.ts'
import { dayOf, isDay } from '../../calendar.ts'
import { Refused } from '../../errors.ts'
import { unreachedOf, waitingInWords } from '../../mail/told.ts'
import { deskOf } from '../../people/person.ts'
import type { Deps } from '../../web/deps.ts'
import { formId, readForm, refusalOf, typedIn } from '../../web/forms.ts'
import { freeOf } from '../asking/free-slots.ts'
import { bookSeveralWeeks, findAccountToBook, type ListedHiatus, type ListedWeek } from '../book-week.ts'
import { listedForm, reasonForm, type Typed } from '../booking-form.ts'
import { nearPerson } from '../near-person.ts'
import { nextSlot, slotOf } from '../slot.ts'
import { readPastedList, type PastedList } from './pasted-list.ts'
import {
  askedField,
  hiatusesTyped,
  hiatusField,
  LISTED_FIELDS,
  listedField,
  severalPage,
  takenSame,
  slotsTyped,
} from './several-page.ts'
import { findHostedWeek } from '../weeks.ts'
import { capital, inOneForm } from '../../words.ts'

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
    const isSame = takenSame(typedIn(request.body))
    const typed = isSame ?? typedIn(request.body)
    const near: Record<string, string> = {}
    if (!isSame && !['invite', 'book'].includes(typed['do'] ?? '')) return fillIn(reply, account, typed)
    try {
      const { weeks, hiatuses } = readWeeks(typed)
      await askOfNear(account, typed, weeks, near)
      if (isSame) return await show(reply, account, typed)
      const invite = typed['do'] === 'invite'
      const at = { now: clock.now(), machineNow: clock.machine() }
      const taken = await bookSeveralWeeks(db, {
        accountId: account.id,
        weeks,
        hiatuses,
        invite,
        actor,
        ...at,
      })
      wake.mail()
      const unreached = invite ? await unreachedHosts(weeks) : []
      return await reply
        .flash(
          bookedInWords(weeks.length, hiatuses.length, { taken, invite, unreached }) +
            notBookedInWords(typed['list'] ?? ''),
        )
        .redirect('/rota', 303)
    } catch (error) {
      const { status, fields } = refusalOf(error)
      // What is wrong with a whole week stands at its first field.
      const wrong = Object.entries(fields).map(([key, message]) => [
        isDay(key) ? firstField(key, typed) : key,
        message,
      ])
      return show(reply.code(status), account, typed, { wrong: Object.fromEntries(wrong), near })
    }
  })

  /** @throws Refused by field where somebody may be one whom the account knows, once for each address: `typed` says that it was asked, `nearBySlot` who. */
  async function askOfNear(
    { id }: Account,
    typed: Typed,
    weeks: ListedWeek[],
    nearBySlot: Record<string, string>,
  ): Promise<void> {
    const wrong: Record<string, string> = {}
    for (const { slot, email, host } of weeks) {
      if (typed[askedField(slot)] === email) continue
      const near = await nearPerson(db.read, id, { name: host.name, email })
      if (!near) continue
      typed[askedField(slot)] = email
      wrong[listedField('email', slot)] =
        `Is this ${near.name}, ${near.email}? If it is somebody else, book again.`
      nearBySlot[slot] = near.email
    }
    if (Object.keys(wrong).length > 0) throw new Refused(wrong)
  }

  async function unreachedHosts(weeks: ListedWeek[]): Promise<{ name: string }[]> {
    const found = await Promise.all(weeks.map(({ weekId }) => findHostedWeek(db.read, weekId)))
    return unreachedOf(
      db.read,
      found.map((one) => one!.host!),
    )
  }

  /** What a pasted list says goes to the weeks in which nothing is typed yet. */
  async function fillIn(reply: FastifyReply, account: Account, typed: Typed): Promise<FastifyReply> {
    const typedFor = [...slotsTyped(typed), ...hiatusesTyped(typed)]
    const free = (await freeAhead(account)).filter((slot) => !typedFor.includes(slot))
    const today = dayOf(clock.now(), account.timeZone)
    const { hosts, hiatuses, left } = readPastedList(typed['list'] ?? '', {
      shape: account.shape,
      free,
      today,
    })
    const found = [...hosts].flatMap(([slot, host]) =>
      LISTED_FIELDS.map((field) => [listedField(field, slot), host[field]]),
    )
    const empty = [...hiatuses].flatMap(([slot, reason]) => [
      [hiatusField('hiatus', slot), 'yes'],
      [hiatusField('reason', slot), reason],
    ])
    return show(
      reply,
      account,
      { ...typed, ...Object.fromEntries([...found, ...empty]) },
      { left, read: true },
    )
  }

  async function show(
    reply: FastifyReply,
    account: Account,
    typed: Typed,
    more: {
      left?: PastedList['left']
      read?: boolean
      wrong?: Record<string, string>
      near?: Record<string, string>
    } = {},
  ): Promise<FastifyReply> {
    const id = typed['id'] ?? randomUUID()
    const free = await freeAhead(account)
    const about = { left: [], read: false, wrong: {}, near: {}, ...more }
    return reply.page('rota/several', severalPage(account, { ...about, id, free, typed, now: clock.now() }))
  }

  function freeAhead(account: Account): Promise<string[]> {
    const current = slotOf(dayOf(clock.now(), account.timeZone), account.shape)
    const slots = Array.from({ length: WEEKS_AHEAD }, (_, by) => nextSlot(current, by))
    return freeOf(db.read, account, slots, clock.now())
  }
}

/** @throws Refused by field. */
function readWeeks(typed: Typed): { weeks: ListedWeek[]; hiatuses: ListedHiatus[] } {
  const { id } = readForm(keys, typed)
  const wrong: Record<string, string> = {}
  const weeks: ListedWeek[] = []
  const hiatuses: ListedHiatus[] = []
  const empty = hiatusesTyped(typed)
  const readRow = (slot: string, read: () => void) => {
    try {
      read()
    } catch (error) {
      for (const [field, message] of Object.entries(refusalOf(error).fields))
        wrong[`${field}.${slot}`] = message
    }
  }
  for (const slot of slotsTyped(typed)) {
    if (empty.includes(slot)) {
      wrong[hiatusField('hiatus', slot)] = 'A host is named, and it is to be a hiatus. Take one of them away.'
      continue
    }
    const row = LISTED_FIELDS.map((field) => [field, typed[listedField(field, slot)] ?? ''])
    readRow(slot, () =>
      weeks.push({ weekId: weekIdOf(id, slot), slot, ...readForm(listedForm, Object.fromEntries(row)) }),
    )
  }
  for (const slot of empty) {
    const reason = typed[hiatusField('reason', slot)]
    readRow(slot, () =>
      hiatuses.push({ weekId: weekIdOf(id, slot), slot, ...readForm(reasonForm, { reason }) }),
    )
  }
  if (Object.keys(wrong).length > 0) throw new Refused(wrong)
  if (weeks.length + hiatuses.length === 0) throw new Refused({ '': 'Fill in at least one week.' })
  return { weeks, hiatuses }
}

function firstField(slot: string, typed: Typed): string {
  return hiatusesTyped(typed).includes(slot) ? hiatusField('hiatus', slot) : listedField('name', slot)
}

/** The same for the same form and week, so that sending it twice books once. */
function weekIdOf(form: string, slot: string): string {
  const hex = createHash('sha256').update(`${form} ${slot}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}

function bookedInWords(
  hosts: number,
  hiatuses: number,
  { taken, invite, unreached }: { taken: number; invite: boolean; unreached: { name: string }[] },
): string {
  const before = hosts + hiatuses - taken
  const [some, empty, same] = inOneForm(hosts, hiatuses, before)
  const weeks = `${some} ${hosts === 1 ? 'week' : 'weeks'}`
  return [
    hosts > 0 &&
      (invite
        ? invitedInWords(weeks, hosts, unreached)
        : `Booked: ${weeks}. Nobody outside the desk knows of it yet.`),
    hiatuses > 0 && `Left empty on purpose: ${empty} ${hiatuses === 1 ? 'week' : 'weeks'}.`,
    before > 0 && taken > 0 && `${capital(same!)} of them ${before === 1 ? 'was' : 'were'} already so.`,
  ]
    .filter(Boolean)
    .join(' ')
}

function invitedInWords(weeks: string, hosts: number, unreached: { name: string }[]): string {
  if (unreached.length === 0) return `Booked: ${weeks}, and each host gets an invitation by mail.`
  const others = unreached.length < hosts ? ', and every other host gets an invitation by mail' : ''
  return `Booked: ${weeks}${others}. ${waitingInWords(unreached)}`
}

/** What was pasted and never filled in is not dropped without a word. */
function notBookedInWords(list: string): string {
  const lines = list.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines.length === 0) return ''
  const said = lines.slice(0, 5).map((line) => line.replaceAll(/\s+/g, ' ').trim())
  const more = lines.length > said.length ? `; and ${lines.length - said.length} more` : ''
  return ` Of your list not booked: ${said.join('; ')}${more}.`
}
