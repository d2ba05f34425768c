import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { Conflict } from '../../errors.ts'
import { unreachedOf, waitingInWords } from '../../mail/told.ts'
import { formInput, replacementForm, typedOfWeek, type Typed } from '../../rota/booking-form.ts'
import { weekFields, type Errors } from '../../rota/form-page.ts'
import { askWhetherSame, type AskedNear } from '../../rota/near-person.ts'
import { weekInWords } from '../../rota/pages.ts'
import { receivePortrait } from '../../rota/portrait.ts'
import { findHostedWeek, findWeekToChange, type HostedWeek } from '../../rota/weeks.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, optionalLine, readForm, refusalOf, typedIn, version } from '../../web/forms.ts'
import { inLetters } from '../../words.ts'
import { cancelWeek } from './cancel-week.ts'
import { replaceHost } from './replace-host.ts'
import { countHostWork, type HostWork } from './take-back.ts'
import { staysInWords } from './what-stays.ts'

const cancellation = z.object({ version, reason: optionalLine('The reason', 300) })
const weekKeys = z.object({ version })

/** The end of a hosting: it reaches into the host's drafts and what of them waits to go out. */
export async function weekEndingRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, wake } = deps

  app.get('/weeks/:id/cancellation', async (request, reply) => {
    const ending = await findEnding(request)
    return showCancellation(reply, ending, { version: String(ending.found.week.version) })
  })

  app.post('/weeks/:id/cancellation', async (request, reply) => {
    const ending = await findEnding(request)
    const typed = typedIn(request.body)
    try {
      const form = readForm(cancellation, typed)
      const done = await cancelWeek(db, { ...form, ...actNow(request), weekId: ending.found.week.id })
      wake.mail()
      wake.handover()
      return await reply.flash(cancelledInWords(ending.found, done)).redirect('/rota', 303)
    } catch (error) {
      return showCancellation(reply, ending, typed, refusalOf(error))
    }
  })

  app.get('/weeks/:id/replacement', async (request, reply) => {
    const ending = await findEnding(request)
    const { version: seen, theme, why } = typedOfWeek(ending.found, [], ending.account.timeZone)
    return showReplacement(reply, ending, { version: seen!, theme: theme!, why: why! })
  })

  app.post('/weeks/:id/replacement', async (request, reply) => {
    const ending = await findEnding(request)
    const { account, found } = ending
    const typed = typedIn(request.body)
    const portrait = await receivePortrait(deps, {
      files: request.uploads,
      typed,
      accountId: account.id,
      personId: request.actor.personId,
      now: clock.now(),
    })
    const again = { ...typed, portraitHash: portrait.hash ?? '' }
    if (typed['same']) return showReplacement(reply, ending, { ...again, email: typed['same'] })
    const near = await askWhetherSame(db.read, account.id, typed)
    if (near) return showReplacement(reply.code(422), ending, again, undefined, near)
    try {
      const form = readForm(replacementForm, formInput({ typed, portrait }))
      const keys = readForm(weekKeys, typed)
      const invite = typed['do'] !== 'only'
      await replaceHost(db, { ...form, ...keys, invite, ...actNow(request), weekId: found.week.id })
      wake.mail()
      wake.handover()
      const { host } = (await findHostedWeek(db.read, found.week.id))!
      const waiting = invite ? waitingInWords(await unreachedOf(db.read, [host!])) : ''
      const invited = invite && !waiting ? ', and gets the invitation by mail' : ''
      const message = [`${form.host.name} has the week now${invited}.`, waiting].filter(Boolean).join(' ')
      return await reply.flash(message).redirect(`/weeks/${found.week.id}`, 303)
    } catch (error) {
      return showReplacement(reply, ending, again, refusalOf(error))
    }
  })

  function actNow({ actor }: FastifyRequest) {
    return { actor, now: clock.now(), machineNow: clock.machine() }
  }

  async function findEnding({ params, actor }: FastifyRequest): Promise<Ending> {
    const { id } = params as { id: string }
    const found = await findWeekToChange(db.read, { weekId: id, actor, now: clock.now() })
    const account = (await findAccount(db.read, found.week.accountId))!
    const work = found.host ? await countHostWork(db.read, id, found.host.id) : null
    const comesBack = found.host ? (await unreachedOf(db.read, [found.host])).length > 0 : false
    return { found, account, work, comesBack, now: clock.now() }
  }
}

interface Ending {
  found: HostedWeek
  account: Account
  work: HostWork | null
  /** Mail to the host comes back. */
  comesBack: boolean
  now: Date
}

interface Refusal {
  status: 409 | 422
  fields: Errors
}

function showCancellation(reply: FastifyReply, ending: Ending, typed: Typed, refusal?: Refusal) {
  const { found, account, work, comesBack, now } = ending
  const words = weekInWords(found.week, found.host, { zone: account.timeZone, now })
  const fields = weekFields(typed, refusal?.fields ?? {}, { days: [] })
  return reply.code(refusal?.status ?? 200).page('drafts/cancel-week', {
    title: found.host ? `Cancel ${words.days}` : `End the hiatus of ${words.days}`,
    week: words,
    hiatus: !found.host,
    ...(refusal && { summary: errorSummary(refusal.fields) }),
    version: refusal?.status === 409 ? found.week.version : typed['version'],
    consequences: found.host && work ? consequences(found, work, { doing: 'cancel', comesBack, now }) : [],
    reason: {
      ...fields.reason,
      hint: reasonHint(ending),
    },
  })
}

function showReplacement(
  reply: FastifyReply,
  ending: Ending,
  typed: Typed,
  refusal?: Refusal,
  near: AskedNear | null = null,
) {
  const { found, account, work, comesBack, now } = ending
  if (!found.host || !work) throw new Conflict('Nobody hosts this week, so nobody can be replaced.')
  const words = weekInWords(found.week, found.host, { zone: account.timeZone, now })
  const fields = weekFields(typed, refusal?.fields ?? {}, { days: [] })
  if (refusal) void reply.code(refusal.status)
  return reply.page('drafts/replace-host', {
    title: `Replace ${found.host.name}`,
    week: words,
    ...(refusal && { summary: errorSummary(refusal.fields) }),
    ...(near && { summary: errorSummary({ email: `Is this ${near.name}? Nobody is replaced yet.` }) }),
    near,
    version: refusal?.status === 409 ? found.week.version : typed['version'],
    consequences: consequences(found, work, { doing: 'replace', comesBack, now }),
    fields: {
      ...fields,
      reason: {
        ...fields.reason,
        hint: reasonHint(ending),
      },
    },
  })
}

function reasonHint({ found: { host }, comesBack }: Ending): string {
  return host?.invitedAt && !host.declinedAt && !comesBack ? `${host.name} reads it in the mail.` : ''
}

/** What will happen, to how many: said before it is done. */
function consequences(
  { week, host }: HostedWeek,
  work: HostWork,
  { doing, comesBack, now }: { doing: 'cancel' | 'replace'; comesBack: boolean; now: Date },
): string[] {
  const name = host!.name
  const stays =
    doing === 'cancel'
      ? staysInWords(work.out, week, now)
      : work.out > 0
        ? `What went out already, ${counted(work.out, 'post')}, stays where it is.`
        : null
  return [
    host!.declinedAt
      ? `${name} said no, and hears nothing of it.`
      : host!.invitedAt
        ? `${name} is signed out at once, and can’t sign in for this week any more. ${comesBack ? 'Mail to them comes back: ring them.' : 'They are told by mail.'}`
        : `${name} was not invited yet, and hears nothing of it.`,
    work.waiting === 0
      ? `Nothing of theirs waits to go out${work.drafts === 0 ? ', and they have no drafts' : ''}.`
      : `What of theirs is approved and waits to go out is cancelled: ${counted(work.waiting, 'post')}.`,
    ...(work.submitted > 0
      ? [`What of theirs waits for a decision leaves the queue: ${counted(work.submitted, 'draft')}.`]
      : []),
    ...(work.drafts === 0 ? [] : [draftsKept(work.drafts, doing)]),
    ...(stays ? [stays] : []),
    ...(doing === 'cancel' ? ['The place in the rota becomes free again.'] : []),
    ...(doing === 'replace' && week.state === 'announced'
      ? ['The week is announced, so the public rota names the new host at once.']
      : []),
  ]
}

function counted(count: number, one: string): string {
  return `${inLetters(count)} ${count === 1 ? one : `${one}s`}`
}

function draftsKept(count: number, doing: 'cancel' | 'replace'): string {
  const what = `Their ${counted(count, 'draft')}`
  const stays = doing === 'cancel' ? (count === 1 ? 'is kept' : 'are kept') : count === 1 ? 'stays' : 'stay'
  return `${what} ${stays}, for you to read or take over.`
}

function cancelledInWords({ week, host }: HostedWeek, done: { cancelledDeliveries: number }): string {
  if (week.kind === 'hiatus') return 'The hiatus is over before it began: the week can be booked.'
  const { cancelledDeliveries: count } = done
  const stopped =
    count === 0 ? '' : ` With it ${counted(count, 'waiting post')} ${count === 1 ? 'was' : 'were'} cancelled.`
  return `${host?.name ?? 'The host'} does not have that week any more.${stopped} Its days can be booked again.`
}
