import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NotFound, Refused } from '../errors.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, formId, line, readForm, version } from '../web/forms.ts'
import { EDITABLE_STATES, maySeeDraft, whyNotWrite } from './draft.ts'
import { findDraft, type Draft } from './drafts.ts'
import { gatherDraft } from './editor/gather-editor.ts'
import { firstWords } from './first-words.ts'
import { gatherReading } from './gather-reading.ts'
import { commentOnDraft } from './queue/comment-on-draft.ts'
import { discardDraft, restoreDraft, withdrawDraft } from './write-draft.ts'

const versioned = z.object({ version })
const comment = z.object({ id: formId, text: line('Your answer', 2000) })

const WRITING_STEPS: ReadonlySet<string> = new Set([
  'submission',
  'answers',
  'autosave',
  'revisions',
  'withdrawal',
  'discarding',
  'restoration',
  'comments',
  'acceptance',
  'stop',
  'brake-naming',
  'brake-agreement',
  'brake-naming-withdrawal',
])
const DECIDING_STEPS: ReadonlySet<string> = new Set(['approval', 'change-request', 'refusal'])

/** A draft's address: the editor for who may write in it, else its reading page with its way back and what is said of it. */
export async function readingRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, settings, wake } = deps

  // Addresses that only take forms, opened by hand or reloaded.
  app.get('/drafts', (_request, reply) => reply.redirect('/today', 303))
  app.get('/drafts/:id/:step', (request, reply) => {
    const { id, step } = request.params as { id: string; step: string }
    const draft = encodeURIComponent(id)
    if (WRITING_STEPS.has(step)) return reply.redirect(`/drafts/${draft}`, 303)
    if (DECIDING_STEPS.has(step)) return reply.redirect(`/queue?draft=${draft}`, 303)
    throw new NotFound()
  })

  app.get('/drafts/:id', async (request, reply) => {
    const draft = await visible(request)
    const mayWrite = EDITABLE_STATES.includes(draft.state) && !whyNotWrite(request.actor, draft)
    return mayWrite
      ? reply.page('drafts/editor', await gatherDraft(deps, { draft, actor: request.actor, fresh: true }))
      : showReading(request, reply, draft)
  })

  app.post('/drafts/:id/withdrawal', async (request, reply) => {
    await withdrawDraft(db, {
      draftId: idOf(request),
      version: readForm(versioned, request.body).version,
      actor: request.actor,
      now: clock.now(),
    })
    wake.publisher()
    return reply
      .flash('Taken back. Nothing of it goes out until it is approved again.')
      .redirect(`/drafts/${idOf(request)}`, 303)
  })

  app.post('/drafts/:id/discarding', async (request, reply) => {
    const draft = await discardDraft(db, {
      draftId: idOf(request),
      version: readForm(versioned, request.body).version,
      actor: request.actor,
      now: clock.now(),
    })
    const undo = { action: `/drafts/${draft.id}/restoration`, label: 'Take it back' }
    return reply.flash(`“${firstWords(draft.content)}” is discarded.`, { undo }).redirect('/today', 303)
  })

  app.post('/drafts/:id/restoration', async (request, reply) => {
    const { id } = await restoreDraft(db, {
      draftId: idOf(request),
      actor: request.actor,
      now: clock.now(),
    })
    return reply.flash('Here it is again.').redirect(`/drafts/${id}`, 303)
  })

  app.post('/drafts/:id/comments', async (request, reply) => {
    const draft = await visible(request)
    try {
      const { id, text } = readForm(comment, request.body)
      await commentOnDraft(db, {
        id,
        draftId: draft.id,
        text,
        actor: request.actor,
        publicUrl: settings.publicUrl(),
        now: clock.now(),
        machineNow: clock.machine(),
      })
      wake.mail()
      return await reply.flash('Sent.').redirect(`/drafts/${draft.id}`, 303)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const typed = (request.body as { text?: string }).text ?? ''
      return showReading(request, reply.code(422), draft, { comment: typed, error: error.fields['text'] })
    }
  })

  async function showReading(
    request: FastifyRequest,
    reply: FastifyReply,
    draft: Draft,
    typed: { comment?: string; error?: string | undefined } = {},
  ): Promise<FastifyReply> {
    const model = await gatherReading(deps, { draft, actor: request.actor })
    return reply.page('drafts/reading', {
      ...model,
      refreshes: request.url,
      comment: typed.comment,
      commentError: typed.error,
      ...(typed.error && { summary: errorSummary({ comment: typed.error }) }),
    })
  }

  async function visible(request: FastifyRequest): Promise<Draft> {
    const draft = await findDraft(db.read, idOf(request))
    if (!draft || !maySeeDraft(request.actor, draft)) throw new NotFound()
    return draft
  }
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}
