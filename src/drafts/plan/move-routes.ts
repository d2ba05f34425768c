import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../../accounts/accounts.ts'
import { Conflict, Refused } from '../../errors.ts'
import { deliveriesOfDrafts } from '../../publishing/deliveries.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, readForm, version } from '../../web/forms.ts'
import { DECIDED_STATES, maySeeDraft } from '../draft.ts'
import { draftsOfGap, draftsOfWeek, type Draft } from '../drafts.ts'
import { firstWords } from '../first-words.ts'
import { moveDraft } from './move-draft.ts'
import { canMove, movePage, planHref, timeToChoose } from './move-page.ts'
import { readWish, wishOf, type Wish } from '../wished-time.ts'
import { frameOf, openForWriting } from '../write-draft.ts'

const instant = z.iso.datetime('This form is broken. Please open its page again.').optional()
const wished = z.object({
  /** A button's time. */
  to: instant,
  /** The one that is chosen in a list. */
  at: instant,
  day: z.string().default(''),
  time: z
    .string()
    .default('')
    .transform((time) => time.slice(0, 5)),
  which: z.enum(['first', 'second', '']).catch('').default(''),
})
const moved = wished.extend({ version, 'take-back': z.literal('yes').optional() })

/** Another time for a draft: from the plan of its week, or on a page of its own. */
export async function moveRoutes(app: FastifyInstance, { db, clock, wake }: Deps): Promise<void> {
  app.get('/drafts/:id/time', async (request, reply) => {
    const draft = await movable(request)
    const { zone } = await frameOf(db.read, draft)
    const asked = readForm(wished, request.query)
    const nothing = !asked.to && !asked.at && !asked.day && !asked.time
    return show(request, reply, draft, nothing ? wishOf(draft.wishedAt, zone) : wishFrom(asked, zone))
  })

  app.post('/drafts/:id/time', async (request, reply) => {
    const draft = await movable(request)
    const { zone } = await frameOf(db.read, draft)
    const form = readForm(moved, request.body)
    const wish = wishFrom(form, zone)
    const takeBack = form['take-back'] === 'yes'
    if (DECIDED_STATES.includes(draft.state) && !takeBack) {
      const { day, time, which } = wish
      return reply.redirect(`/drafts/${draft.id}/time?${new URLSearchParams({ day, time, which })}`, 303)
    }
    let kept: Draft
    try {
      const to = form.to ?? form.at
      kept = await moveDraft(db, {
        draftId: draft.id,
        version: form.version,
        to: to ? new Date(to) : readWish(wish, zone)!,
        takeBack,
        actor: request.actor,
        now: clock.now(),
      })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return show(request, reply, draft, wish, error.fields)
    }
    if (takeBack) wake.publisher()
    const words = `“${firstWords(kept.content)}” stands at ${timeToChoose(kept.wishedAt!, zone)} now.`
    const page = planHref(kept)
    if (!DECIDED_STATES.includes(draft.state)) return reply.flash(words).redirect(page, 303)
    const link = { href: `/drafts/${kept.id}`, label: 'Open it' }
    return reply
      .flash(`${words} It is a draft again: submit it, so that it can be approved for that time.`, {
        level: 'advice',
        link,
      })
      .redirect(page, 303)
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    draft: Draft,
    wish: Wish,
    problems?: Record<string, string>,
  ): Promise<FastifyReply> {
    const account = (await findAccount(db.read, draft.accountId))!
    const { frame, week, zone } = await frameOf(db.read, draft)
    const weekOf = draft.weekId
      ? await draftsOfWeek(db.read, draft.weekId)
      : await draftsOfGap(db.read, draft.accountId, draft.slot)
    const planned = weekOf.flatMap((one) =>
      one.id !== draft.id && one.wishedAt && one.state !== 'declined' && maySeeDraft(request.actor, one)
        ? [{ at: one.wishedAt, isAnswer: one.replyTo !== null }]
        : [],
    )
    const place = { draft, account, week, frame, planned, wish }
    return reply.code(problems ? 422 : 200).page('drafts/move', {
      ...movePage({ ...place, ...(problems ? { problems } : {}) }, { zone, now: clock.now() }),
      summary: problems && errorSummary(problems),
    })
  }

  async function movable(request: FastifyRequest): Promise<Draft> {
    const { id } = request.params as { id: string }
    const draft = await openForWriting(db.read, id, request.actor)
    if (!canMove(draft, await deliveriesOfDrafts(db.read, [id])))
      throw new Conflict('It can’t be moved any more: it went out, is on its way, or was put away.')
    return draft
  }
}

function wishFrom({ to, at, day, time, which }: z.output<typeof wished>, zone: string): Wish {
  const chosen = to ?? at
  return chosen ? wishOf(new Date(chosen), zone) : { when: 'time', day, time, which }
}
