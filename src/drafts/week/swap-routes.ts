import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { findPerson } from '../../people/people.ts'
import { isLead } from '../../people/person.ts'
import type { Typed } from '../../rota/booking-form.ts'
import { refuseOpenWeek } from '../../rota/planner/move-to-slot.ts'
import { portraitOf, weekInWords } from '../../rota/pages.ts'
import { whyNotSwap, type SwapParty } from '../../rota/planner/swap.ts'
import { comingWeeks, findWeekToChange, type HostedWeek } from '../../rota/weeks.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, formId, optionalLine, readForm, refusalOf, typedIn } from '../../web/forms.ts'
import {
  agreeToSwap,
  eventsAsked,
  askSwap,
  findSwapFor,
  otherOf,
  ownParty,
  refuseSwap,
  withdrawSwap,
} from './swap-weeks.ts'

const askForm = z.object({
  id: formId,
  other: z.string().default(''),
  reason: optionalLine('What you write', 300),
})

/** As many weeks as can be chosen from. */
const MOST_WEEKS = 104

/** Two hosts take each other's days, once both have said yes. */
export async function swapRoutes(app: FastifyInstance, { db, clock, settings, wake }: Deps): Promise<void> {
  app.get('/weeks/:id/swap', async (request, reply) => {
    const { with: other = '' } = request.query as { with?: string }
    return showAsking(reply, await findAsking(request), { other })
  })

  app.post('/weeks/:id/swap', async (request, reply) => {
    const asking = await findAsking(request)
    const typed = typedIn(request.body)
    try {
      const { id, other: otherId, reason } = readForm(askForm, typed)
      await askSwap(db, { id, weekId: asking.found.week.id, otherId, reason, ...momentOf(request) })
      wake.mail()
      return await reply
        .flash('Both are asked. Nothing changes before both have said yes.')
        .redirect(`/swaps/${id}`, 303)
    } catch (error) {
      return showAsking(reply, asking, typed, refusalOf(error))
    }
  })

  app.get('/swaps/:id', async (request, reply) => {
    const now = clock.now()
    const found = await findSwapFor(db.read, swapOf(request), request.actor)
    const account = (await findAccount(db.read, found.swap.accountId))!
    const own = ownParty(found, request.actor)
    const why = whyNotSwap(found, now)
    const [one, other] = found.parties
    const line = (party: SwapParty) => {
      const has = weekInWords(party.week, party.host, { zone: account.timeZone, now })
      const theirs = otherOf(found, party)
      const gets = weekInWords(theirs.week, theirs.host, { zone: account.timeZone, now })
      const done = found.swap.state === 'done'
      return {
        name: party.host.name,
        portrait: portraitOf(party.host),
        has: done ? gets.days : has.days,
        gets: done ? has.days : gets.days,
        answer: party.side.agreedAt ? 'Said yes' : 'Has not answered',
        tag: party.side.agreedAt ? 'accepted' : 'waiting',
      }
    }
    return reply.page('drafts/swap', {
      title: `${one.host.name} and ${other.host.name}`,
      href: `/swaps/${found.swap.id}`,
      sides: [line(one), line(other)],
      why,
      words: found.swap.reason
        ? {
            who: (await findPerson(db.read, found.swap.askedBy))?.name ?? 'The team',
            said: found.swap.reason,
          }
        : null,
      mayAnswer: own !== undefined && own.side.agreedAt === null && why === null,
      waits: own?.side.agreedAt && why === null ? otherOf(found, own).host.name : null,
      mayWithdraw: isLead(request.actor, account.id) && found.swap.state === 'asked',
      events: own && why === null ? await eventsAsked(db.read, account, own, otherOf(found, own), now) : '',
      back: own ? `/weeks/${own.week.id}` : '/rota',
    })
  })

  app.post('/swaps/:id/agreement', async (request, reply) => {
    const swapId = swapOf(request)
    const { done } = await agreeToSwap(db, { swapId, ...momentOf(request) })
    wake.mail()
    wake.handover()
    wake.publisher()
    return reply
      .flash(
        done ? 'Swapped: you have each other’s days now.' : 'You said yes. The other one is asked still.',
      )
      .redirect(`/swaps/${swapId}`, 303)
  })

  app.post('/swaps/:id/refusal', async (request, reply) => {
    const swapId = swapOf(request)
    await refuseSwap(db, { swapId, ...momentOf(request) })
    wake.mail()
    return reply.flash('You said no, and both keep their days.').redirect(`/swaps/${swapId}`, 303)
  })

  app.post('/swaps/:id/withdrawal', async (request, reply) => {
    const swapId = swapOf(request)
    await withdrawSwap(db, { swapId, ...momentOf(request) })
    wake.mail()
    return reply.flash('Taken back: both keep their days.').redirect(`/swaps/${swapId}`, 303)
  })

  function momentOf({ actor }: FastifyRequest) {
    return { actor, now: clock.now(), machineNow: clock.machine(), publicUrl: settings.publicUrl() }
  }

  async function findAsking({ params, actor }: FastifyRequest): Promise<Asking> {
    const now = clock.now()
    const found = await findWeekToChange(db.read, { weekId: (params as { id: string }).id, actor, now })
    const account = (await findAccount(db.read, found.week.accountId))!
    refuseOpenWeek(found.week, account, now)
    const others = (await comingWeeks(db.read, account.id, now, MOST_WEEKS)).filter(
      ({ week, host }) => week.id !== found.week.id && host?.acceptedAt,
    )
    return { found, account, others, now }
  }
}

interface Asking {
  found: HostedWeek
  account: Account
  others: HostedWeek[]
  now: Date
}

function swapOf({ params }: FastifyRequest): string {
  return (params as { id: string }).id
}

function showAsking(
  reply: FastifyReply,
  { found: { week, host }, account, others, now }: Asking,
  typed: Typed,
  refusal?: { status: 409 | 422; fields: Record<string, string> },
): Promise<FastifyReply> {
  const moment = { zone: account.timeZone, now }
  const words = weekInWords(week, host, moment)
  return reply.code(refusal?.status ?? 200).page('drafts/swap-asking', {
    title: `Swap ${words.days}`,
    week: words,
    name: host?.name ?? 'Nobody',
    nobody: others.length === 0,
    id: typed['id'] ?? randomUUID(),
    ...(refusal && { summary: errorSummary(refusal.fields) }),
    other: {
      id: 'other',
      name: 'other',
      label: 'With whom?',
      error: refusal?.fields['other'],
      hint: 'Hosts who have accepted their week.',
      options: [
        { value: '', label: 'Choose', selected: !typed['other'] },
        ...others.map((one) => ({
          value: one.week.id,
          label: `${one.host!.name}, ${weekInWords(one.week, one.host, moment).days}`,
          selected: one.week.id === typed['other'],
        })),
      ],
    },
    reason: {
      id: 'reason',
      name: 'reason',
      label: 'A word about it',
      value: typed['reason'] ?? '',
      error: refusal?.fields['reason'],
      hint: 'Both read it in the mail and where they answer. It stays on the record.',
      rows: 2,
    },
  })
}
