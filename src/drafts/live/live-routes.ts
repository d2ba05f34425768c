import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../../accounts/accounts.ts'
import { Conflict, NotAllowed, NotFound, Refused } from '../../errors.ts'
import { keepImage } from '../../images/keep-image.ts'
import { hostingOf } from '../../people/person.ts'
import { findWeekFor } from '../../rota/weeks.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, formId, readForm, refusalOf, typedIn, version } from '../../web/forms.ts'
import { changeLiveWindow, type WindowChange } from './change-live-window.ts'
import { approveDraft } from '../decide-draft.ts'
import { whyNotLive } from './live.ts'
import { keptLivePage, livePage, type LiveForm, type RefusedWindow } from './live-page.ts'
import { postLive, type PostedLive } from './post-live.ts'
import { readLive } from './read-live.ts'
import { stopDraft } from '../policy/stop-draft.ts'
import { readWish } from '../wished-time.ts'

const broken = 'This form is broken. Please open its page again.'
const postForm = z.object({
  id: formId,
  pressed: z.union([z.literal(''), z.iso.datetime({ error: broken })]).default(''),
})
const approvalForm = z.object({ draft: z.string(broken), fingerprint: z.string(broken) })
const stopForm = z.object({ draft: z.string(broken) })
const windowForm = z.object({
  version,
  do: z.enum(['times', 'extend', 'end', 'aside', 'go-on'], broken),
  minutes: z.coerce.number(broken).int().min(5).max(240).default(30),
})

/** Of the live page's form. What is wrong with a draft is told by the names of the editor's fields. */
const FIELDS: Record<string, string> = { 'part-1-text': 'text', 'part-1-alt': 'alt', 'part-1-image': 'photo' }

/** Posting live from an event, approving what comes, and when the page is open. */
export async function liveRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, settings, assets, wake } = deps

  app.get('/weeks/:id/live', (request, reply) => show(request, reply))

  app.post('/weeks/:id/live', async (request, reply) => {
    const form = readLiveForm(request.body)
    try {
      const { id, pressed } = readForm(postForm, request.body)
      form.id = id
      form.hash = (await receivePhoto(request)) ?? form.hash
      const posted = await postLive(db, {
        id,
        weekId: idOf(request),
        text: form.text,
        images: form.hash === '' ? [] : [{ hash: form.hash, alt: form.alt }],
        hashtag: form.hashtag,
        pressedAt: pressed === '' ? null : new Date(pressed),
        actor: request.actor,
        ...times(),
      })
      wake.publisher()
      wake.mail()
      if (wantsJson(request)) return await reply.send({ taken: true })
      return await reply.flash(saidOf(posted)).redirect(hrefOf(request), 303)
    } catch (error) {
      if (wantsJson(request)) return refuseInJson(reply, error)
      const { status, fields } = refusalOf(error)
      const errors = Object.fromEntries(
        Object.entries(fields).map(([field, message]) => [FIELDS[field] ?? field, message]),
      )
      return show(request, reply.code(status), { form, errors })
    }
  })

  app.post('/weeks/:id/live/approvals', async (request, reply) => {
    try {
      const { draft, fingerprint } = readForm(approvalForm, request.body)
      const { held, first } = await approveDraft(db, {
        draftId: draft,
        fingerprint,
        actor: request.actor,
        ...times(),
      })
      wake.publisher()
      wake.mail()
      return await reply
        .flash(
          first
            ? 'Approved. It goes out when a second person has approved it too.'
            : held
              ? 'Approved. The brake is on, so it is held.'
              : 'Approved. It goes out now.',
        )
        .redirect(hrefOf(request), 303)
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return show(request, reply.code(status), { errors: fields })
    }
  })

  app.post('/weeks/:id/live/stops', async (request, reply) => {
    try {
      const { draft: draftId } = readForm(stopForm, request.body)
      await stopDraft(db, { draftId, actor: request.actor, ...times() })
      wake.publisher()
      wake.mail()
      return await reply
        .flash('Stopped. Nothing of it goes out, and it waits for a decision.')
        .redirect(hrefOf(request), 303)
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return show(request, reply.code(status), { errors: fields })
    }
  })

  app.post('/weeks/:id/live/windows/:event', async (request, reply) => {
    const { event: eventId } = request.params as { event: string }
    const typed = typedIn(request.body)
    try {
      const { version, minutes, do: kind } = readForm(windowForm, request.body)
      const { week } = await findWeekFor(db.read, idOf(request), request.actor)
      const { timeZone } = (await findAccount(db.read, week.accountId))!
      const change: WindowChange =
        kind === 'times'
          ? { kind, ...readTimes(typed, timeZone) }
          : kind === 'extend'
            ? { kind, minutes }
            : { kind }
      const { actor } = request
      const { said } = await changeLiveWindow(db, {
        weekId: week.id,
        eventId,
        version,
        change,
        actor,
        now: clock.now(),
      })
      wake.publisher()
      return await reply
        .flash([kind === 'end' ? 'Ended. Nothing more can be posted live.' : 'Saved.', ...said].join(' '))
        .redirect(hrefOf(request), 303)
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return show(request, reply.code(status), { refused: { eventId, typed, fields } })
    }
  })

  // For the worker of a host's phone, which opens the page where there is no connection. It must not be found in /assets/: it
  // may answer for the addresses below it, and for the weeks only because this says so.
  app.get('/live/worker.js', (_request, reply) =>
    reply
      .header('service-worker-allowed', '/weeks/')
      .sendFile(basename(assets.path('live-worker.js')), { maxAge: 0, immutable: false }),
  )

  app.get('/live/page', async (_request, reply) => {
    const html = await reply.viewAsync('drafts/live-kept', keptLivePage(), { layout: 'layouts/desk' })
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(html)
  })

  // Addresses that only take forms, opened by hand or reloaded.
  app.get('/weeks/:id/live/:step', (request, reply) => reply.redirect(hrefOf(request), 303))

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    more: { form?: LiveForm; errors?: Record<string, string>; refused?: RefusedWindow } = {},
  ): Promise<FastifyReply> {
    const live = await readLive(db.read, { weekId: idOf(request), actor: request.actor, clock })
    const fresh = { id: randomUUID(), text: '', hash: '', alt: '', hashtag: true }
    const model = livePage(live, {
      actor: request.actor,
      ...more,
      form: more.form ?? fresh,
      now: clock.now(),
    })
    const errors = { ...more.errors, ...ofWindow(more.refused) }
    const summary = Object.keys(errors).length > 0 ? errorSummary(errors) : null
    return reply.page('drafts/live', { ...model, summary })
  }

  /** The photo of a form, kept before anything else, so that it need not be taken again whatever is wrong with the words. */
  async function receivePhoto(request: FastifyRequest): Promise<string | null> {
    const { actor } = request
    const file = request.uploads.find(({ field }) => field === 'photo')
    if (!file) return null
    const { week } = await findWeekFor(db.read, idOf(request), actor)
    const whyNot = whyNotLive(hostingOf(actor, week.id)?.powers)
    if (whyNot) throw new NotAllowed(whyNot)
    const { accountId } = week
    return keepImage(deps, { file, field: 'photo', accountId, personId: actor.personId, now: clock.now() })
  }

  function times() {
    return { publicUrl: settings.publicUrl(), now: clock.now(), machineNow: clock.machine() }
  }
}

function readLiveForm(body: unknown): LiveForm {
  const { id = '', text = '', hash = '', alt = '', hashtag = '' } = typedIn(body)
  return {
    id,
    text: text.replaceAll(/\r\n?/g, '\n'),
    hash,
    alt: alt.replaceAll(/\s+/g, ' ').trim(),
    hashtag: hashtag === 'yes',
  }
}

/** What became of it, on the next page. */
function saidOf({ ruling, decided, findings }: PostedLive): string {
  if (decided?.held) return 'Taken. The account is paused, so it is held until the team says so.'
  if (ruling === 'at-once' && decided) return 'It goes out now.'
  if (ruling === 'delay' && decided) return 'Taken. It goes out in a moment, unless somebody stops it.'
  const why = findings.filter(({ answer }) => answer === null).map(({ title }) => title)
  return ['Taken. It waits for somebody to approve it.', ...why].join(' ')
}

/** @throws Refused under `from` or `to`. */
function readTimes(typed: Record<string, string>, zone: string): { startsAt: Date; endsAt: Date } {
  const wrong: Record<string, string> = {}
  const read = (day: string, time: string): Date => {
    try {
      const wish = {
        when: 'time' as const,
        day: typed[day] ?? '',
        time: typed[time] ?? '',
        which: '' as const,
      }
      return readWish(wish, zone)!
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const [message] = Object.values(error.fields)
      wrong[time] = message!.replace(/, or “As soon as it is approved”/, '')
      return new Date(0)
    }
  }
  const found = { startsAt: read('fromDay', 'from'), endsAt: read('toDay', 'to') }
  if (Object.keys(wrong).length > 0) throw new Refused(wrong)
  return found
}

/** The page's script sends what waited on the phone, and reads what became of it. */
function wantsJson({ headers }: FastifyRequest): boolean {
  return headers.accept === 'application/json'
}

function refuseInJson(reply: FastifyReply, error: unknown): FastifyReply {
  const known = [Refused, Conflict, NotAllowed, NotFound].find((kind) => error instanceof kind)
  if (!known) throw error
  const status = { Refused: 422, Conflict: 409, NotAllowed: 403, NotFound: 404 }[known.name]!
  return reply.code(status).send({ taken: false, why: (error as Error).message })
}

function ofWindow(refused: RefusedWindow | undefined): Record<string, string> {
  if (!refused) return {}
  return Object.fromEntries(
    Object.entries(refused.fields).map(([field, message]) => [
      field === '' ? '' : `${field}-${refused.eventId}`,
      message,
    ]),
  )
}

function hrefOf(request: FastifyRequest): string {
  return `/weeks/${encodeURIComponent(idOf(request))}/live`
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}
