import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { Conflict, Refused } from '../../errors.ts'
import { toldInWords, unreachedOf } from '../../mail/told.ts'
import { listRoles } from '../../people/people.ts'
import type { Typed } from '../../rota/booking-form.ts'
import { initialsOf } from '../../rota/host.ts'
import { weekInWords } from '../../rota/pages.ts'
import { standbysOf, type Standby } from '../../rota/planner/standby.ts'
import { findWeekToChange, type HostedWeek, type WeekHost } from '../../rota/weeks.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, optionalLine, readForm, refusalOf, typedIn, version } from '../../web/forms.ts'
import { inLetters } from '../../words.ts'
import { dropOut, type DroppedOut, type Instead } from './drop-out.ts'
import { countHostWork, type HostWork } from './take-back.ts'
import { staysInWords } from './what-stays.ts'

const dropOutForm = z.object({
  version,
  reason: optionalLine('The reason', 300),
  instead: z.string().default(''),
})

/** One page for the Sunday night on which a host can’t: whom to call in is one press, and everybody is told. */
export async function dropOutRoutes(app: FastifyInstance, { db, clock, wake }: Deps): Promise<void> {
  app.get('/weeks/:id/drop-out', async (request, reply) =>
    show(request, reply, await findDropping(request), {}),
  )

  app.post('/weeks/:id/drop-out', async (request, reply) => {
    const dropping = await findDropping(request)
    const { id: weekId } = dropping.found.week
    const typed = typedIn(request.body)
    try {
      const { instead, ...form } = readForm(dropOutForm, typed)
      const at = { actor: request.actor, now: clock.now(), machineNow: clock.machine() }
      const done = await dropOut(db, { weekId, ...form, instead: insteadOf(instead), ...at })
      wake.mail()
      wake.handover()
      const message = doneInWords(done, dropping.found.host, await unreachedOf(db.read, done.told))
      return await reply.flash(message).redirect(`/weeks/${weekId}`, 303)
    } catch (error) {
      return show(request, reply, await findDropping(request), typed, refusalOf(error))
    }
  })

  async function findDropping({ params, actor }: FastifyRequest): Promise<Dropping> {
    const { id: weekId } = params as { id: string }
    const now = clock.now()
    const { week, host } = await findWeekToChange(db.read, { weekId, actor, now })
    if (!host) throw new Conflict('Nobody hosts this week, so nobody can drop out.')
    const account = (await findAccount(db.read, week.accountId))!
    const standbys = (await standbysOf(db.read, account.id)).filter(
      ({ personId }) => personId !== host.personId,
    )
    const desk = (await listRoles(db.read, account.id)).filter(({ person }) => person.id !== actor.personId)
    const told = [
      ...(host.invitedAt && !host.declinedAt ? [{ personId: host.personId, name: host.name }] : []),
      ...desk.map(({ person }) => ({ personId: person.id, name: person.name })),
    ]
    const work = await countHostWork(db.read, weekId, host.id)
    return {
      found: { week, host },
      account,
      standbys,
      told,
      unreached: await unreachedOf(db.read, told),
      unreachedStandbys: await unreachedOf(db.read, standbys),
      work,
      now,
    }
  }
}

interface Dropping {
  found: HostedWeek & { host: WeekHost }
  account: Account
  standbys: (Standby & { email: string })[]
  /** The host and the desk, without the one who acts. */
  told: { personId: string; name: string }[]
  /** Whom of these mail does not reach. */
  unreached: Dropping['told']
  unreachedStandbys: Standby[]
  work: HostWork
  now: Date
}

function insteadOf(value: string): Instead {
  if (value === 'lead' || value === 'cancel') return { kind: value }
  const id = /^standby-(.+)$/.exec(value)?.[1]
  if (!id) throw new Refused({ instead: 'Choose what becomes of the week.' })
  return { kind: 'standby', id }
}

function show(
  { actor }: FastifyRequest,
  reply: FastifyReply,
  dropping: Dropping,
  typed: Typed,
  refusal?: { status: 409 | 422; fields: Record<string, string> },
): Promise<FastifyReply> {
  const { found, account, standbys, unreachedStandbys, told, unreached, work, now } = dropping
  const { week, host } = found
  const words = weekInWords(week, host, { zone: account.timeZone, now })
  return reply.code(refusal?.status ?? 200).page('drafts/drop-out', {
    title: `${host.name} can’t host`,
    week: words,
    name: host.name,
    running: now >= week.opensAt,
    stays: staysInWords(work.out, week, now),
    ...(refusal && { summary: errorSummary(refusal.fields) }),
    version: week.version,
    told: toldInWords(told, unreached),
    stops: stopsInWords(host, work),
    canTakeOver: host.personId !== actor.personId,
    standbys: standbys.map(({ id, ...one }) => ({
      value: `standby-${id}`,
      comesBack: unreachedStandbys.some(({ personId }) => personId === one.personId),
      name: one.name,
      initials: initialsOf(one.name) || '?',
      line: [one.job, one.organisation].filter(Boolean).join(', '),
      note: one.note,
    })),
    reason: {
      id: 'reason',
      name: 'reason',
      label: 'A word to everybody, if you like',
      value: typed['reason'] ?? '',
      error: refusal?.fields['reason'],
      autocomplete: 'off',
    },
  })
}

function stopsInWords(host: WeekHost, { waiting, drafts }: HostWork): string {
  const stopped =
    waiting === 0
      ? 'Nothing of theirs waits to go out'
      : waiting === 1
        ? 'Their one post that waits to go out is cancelled'
        : `Their ${inLetters(waiting)} posts that wait to go out are cancelled`
  const kept = drafts === 0 ? '' : ', and their drafts are kept for you to take over'
  return `${host.name}’s powers end at once. ${stopped}${kept}.`
}

function doneInWords({ next, told }: DroppedOut, before: WeekHost, unreached: { name: string }[]): string {
  const who = next ? `${next} instead of ${before.name}.` : `${before.name}’s week is cancelled.`
  return [who, toldInWords(told, unreached)].filter(Boolean).join(' ')
}
