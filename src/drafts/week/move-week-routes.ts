import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { addDays, dayOf } from '../../calendar.ts'
import type { Typed } from '../../rota/booking-form.ts'
import { refuseOpenWeek, slotInWords } from '../../rota/planner/move-to-slot.ts'
import { specialDays, specialInWords } from '../../rota/planner/special-days.ts'
import { weekInWords } from '../../rota/pages.ts'
import { isSlot, nextSlot, slotOf, slotSpan } from '../../rota/slot.ts'
import { findWeekToChange, listWeeks, type HostedWeek } from '../../rota/weeks.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, optionalLine, readForm, refusalOf, typedIn, version } from '../../web/forms.ts'
import { countApproved, moveWeek, type MovedWeek } from './move-week.ts'

const moveForm = z.object({
  version,
  slot: z.string().default(''),
  reason: optionalLine('What you write', 300),
})

/** As many weeks ahead as a place can be chosen in. */
const WEEKS_AHEAD = 78

/** A week goes to other days. */
export async function moveWeekRoutes(app: FastifyInstance, { db, clock, wake }: Deps): Promise<void> {
  app.get('/weeks/:id/move', async (request, reply) => {
    const moving = await findMoving(request)
    const { to = '' } = request.query as { to?: string }
    return show(reply, moving, { slot: to, version: String(moving.found.week.version) })
  })

  app.post('/weeks/:id/move', async (request, reply) => {
    const moving = await findMoving(request)
    const typed = typedIn(request.body)
    const { id: weekId } = moving.found.week
    try {
      const at = { actor: request.actor, now: clock.now(), machineNow: clock.machine() }
      const done = await moveWeek(db, { weekId, ...readForm(moveForm, typed), ...at })
      wake.mail()
      wake.handover()
      wake.publisher()
      const link = done.held > 0 ? { link: { href: '/today', label: 'Decide about them' } } : {}
      return await reply.flash(movedInWords(done, moving), link).redirect(`/weeks/${weekId}`, 303)
    } catch (error) {
      return show(reply, await findMoving(request), typed, refusalOf(error))
    }
  })

  async function findMoving({ params, actor }: FastifyRequest): Promise<Moving> {
    const { id: weekId } = params as { id: string }
    const now = clock.now()
    const found = await findWeekToChange(db.read, { weekId, actor, now })
    const account = (await findAccount(db.read, found.week.accountId))!
    refuseOpenWeek(found.week, account, now)
    return {
      found,
      account,
      free: await freeSlots(found, account, now),
      approved: await countApproved(db.read, weekId),
      now,
    }
  }

  /** The slots that the week could have, from the next one on. */
  async function freeSlots({ week }: HostedWeek, account: Account, now: Date): Promise<string[]> {
    const { shape, timeZone } = account
    const first = slotOf(dayOf(now, timeZone), shape)
    const last = nextSlot(first, WEEKS_AHEAD)
    const there = await listWeeks(db.read, account.id, addDays(first, -6), addDays(last, 6))
    const others = there.filter((one) => one.week.id !== week.id)
    return Array.from({ length: WEEKS_AHEAD + 1 }, (_, by) => nextSlot(first, by)).filter((slot) => {
      const { opensAt, closesAt } = slotSpan(slot, shape, timeZone)
      const taken = others.some((one) => one.week.opensAt < closesAt && one.week.closesAt > opensAt)
      return opensAt > now && !taken && slot !== week.slot
    })
  }
}

interface Moving {
  found: HostedWeek
  account: Account
  free: string[]
  approved: number
  now: Date
}

function show(
  reply: FastifyReply,
  { found: { week, host }, account, free, approved, now }: Moving,
  typed: Typed,
  refusal?: { status: 409 | 422; fields: Record<string, string> },
): Promise<FastifyReply> {
  const words = weekInWords(week, host, { zone: account.timeZone, now })
  const today = dayOf(now, account.timeZone)
  const wanted = typed['slot'] ?? ''
  const specialOf = specialDays(account, free)
  const asks = host?.invitedAt && !host.declinedAt
  return reply.code(refusal?.status ?? 200).page('drafts/move-week', {
    title: `Move ${words.days}`,
    week: words,
    what: host ? `${host.name}’s week` : 'the hiatus',
    ...(refusal && { summary: errorSummary(refusal.fields) }),
    version: refusal?.status === 409 ? week.version : typed['version'],
    slot: {
      id: 'slot',
      name: 'slot',
      label: 'To which days?',
      error: refusal?.fields['slot'],
      options: [
        { value: '', label: 'Choose', selected: !free.includes(wanted) },
        ...free.map((slot) => ({
          value: slot,
          label: `${slotInWords(slot, account, today)}${specialInWords(specialOf(slot))}`,
          selected: slot === wanted,
        })),
      ],
    },
    taken:
      !refusal && wanted && isSlot(wanted, account.shape) && !free.includes(wanted)
        ? `${slotInWords(wanted, account, today)} can’t be had: choose other days.`
        : null,
    consequences: consequences({ week, host }, approved),
    reason: asks && {
      id: 'reason',
      name: 'reason',
      label: 'A word about it',
      value: typed['reason'] ?? '',
      error: refusal?.fields['reason'],
      hint: `${host.name} reads it in the mail and where they answer. It stays on the record.`,
      rows: 2,
    },
  })
}

/** What will happen: said before it is done. */
function consequences({ week, host }: HostedWeek, approved: number): string[] {
  return [
    ...(host?.invitedAt && !host.declinedAt
      ? [
          `${host.name} gets a mail, and has the new days once they say yes to them. They can go on writing meanwhile.`,
        ]
      : []),
    ...(host && !host.invitedAt ? [`${host.name} was not invited yet, and hears nothing of it.`] : []),
    ...(week.state === 'announced' ? ['The week leaves the public rota until then.'] : []),
    ...(host
      ? [
          'Drafts, their times, events and live hours move with the week, to the same weekday and hour. So do the mails that are planned.',
        ]
      : []),
    ...(approved > 0
      ? [
          `${approved === 1 ? 'One approved draft is' : `${approved} approved drafts are`} held at the new time until somebody says yes to it: the time is part of what was approved.`,
        ]
      : []),
    'The place in the rota that it has now becomes free.',
  ]
}

function movedInWords({ week, asked, held }: MovedWeek, { found, account, now }: Moving): string {
  const { days } = weekInWords(week, found.host, { zone: account.timeZone, now })
  const who = asked ? ` ${found.host!.name} is asked to say yes to the new days.` : ''
  const posts =
    held === 0
      ? ''
      : ` ${held === 1 ? 'One approved post is' : `${held} approved posts are`} held until somebody says yes to the new time.`
  return `Moved: it is ${days} now.${who}${posts}`
}
