import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Conflict, NotAllowed, NotFound, Refused } from '../../errors.ts'
import { findPerson } from '../../people/people.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, formId, readForm, typedIn, version } from '../../web/forms.ts'
import { safeNext } from '../../web/sign-in-guard.ts'
import { acceptWords, takeSuggestion } from './accept-words.ts'
import { commentOnDraft } from './comment-on-draft.ts'
import { mayComment, maySeeDraft } from '../draft.ts'
import { findDraft, type Draft } from '../drafts.ts'
import { partCommentPage, type PartCommentTyped } from './part-comment-page.ts'
import { submitDraft } from '../submit-draft.ts'

const broken = 'This form is broken. Please open its page again.'
const commentForm = z.object({
  id: formId,
  revision: z.coerce.number(broken).int(),
  text: z.string().trim().max(2000, 'What you say has more than 2,000 characters.').default(''),
  suggestion: z.string().max(4000, 'The words have more than 4,000 characters.').default(''),
  back: z.string().optional(),
})
const takingForm = z.object({ version, onward: z.string().optional() })

/** Speaking of a part of a draft, suggesting words for it, and taking them as one's own. */
export async function wordRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, settings, wake } = deps

  app.get('/drafts/:id/parts/:part/comments', async (request, reply) => {
    const { draft, at } = await partOf(request)
    return showForm(reply, draft, at, {})
  })

  app.post('/drafts/:id/parts/:part/comments', async (request, reply) => {
    const { draft, at } = await partOf(request)
    try {
      const { id, revision, text, suggestion, back } = readForm(commentForm, request.body)
      const aboutPart = { revision, part: at, suggestion }
      await commentOnDraft(db, { ...taking(request), id, text, aboutPart })
      wake.mail()
      return await reply.flash('Sent.').redirect(back ? safeNext(back) : `/drafts/${draft.id}`, 303)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { id, text, suggestion, back } = typedIn(request.body)
      const typed = { id, text, suggestion, ...(back && { back: safeNext(back) }), errors: error.fields }
      return showForm(reply.code(422), draft, at, typed)
    }
  })

  // Addresses that only take forms, reloaded.
  app.get('/drafts/:id/suggestions/:comment/taking', (request, reply) =>
    reply.redirect(`/drafts/${encodeURIComponent(draftOf(request))}`, 303),
  )

  app.post('/drafts/:id/suggestions/:comment/taking', async (request, reply) => {
    const { comment } = request.params as { comment: string }
    const form = readForm(takingForm, request.body)
    const draftId = draftOf(request)
    try {
      const { state, version: kept } = await takeSuggestion(db, {
        ...taking(request),
        commentId: comment,
        version: form.version,
      })
      const submits = form.onward === 'submit' && state !== 'submitted'
      if (submits) await submitDraft(db, { ...taking(request), version: kept })
      wake.mail()
      void reply.flash(
        submits
          ? 'The words are in, and the draft is submitted.'
          : state === 'submitted'
            ? 'The words are in. The draft waits for a decision with them.'
            : 'The words are in. Submit the draft when it is ready.',
      )
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Conflict)) throw error
      void reply.flash(error.message, { level: 'advice' })
    }
    return reply.redirect(`/drafts/${draftId}`, 303)
  })

  app.post('/drafts/:id/acceptance', async (request, reply) => {
    await acceptWords(db, { ...taking(request), version: readForm(takingForm, request.body).version })
    wake.mail()
    return reply
      .flash('The words count as yours. Who wrote them may approve the draft too.')
      .redirect(`/drafts/${draftOf(request)}`, 303)
  })

  async function showForm(
    reply: FastifyReply,
    draft: Draft,
    at: number,
    typed: PartCommentTyped,
  ): Promise<FastifyReply> {
    const writer = draft.authorId
      ? ((await findPerson(db.read, draft.authorId))?.name ?? 'its writer')
      : 'the desk'
    return reply.page('drafts/part-comment', {
      ...partCommentPage(draft, at, { writer, typed }),
      summary: typed.errors ? errorSummary(typed.errors) : null,
    })
  }

  /** @throws NotFound for what is not there, or not for this person; NotAllowed where they only read. */
  async function partOf(request: FastifyRequest): Promise<{ draft: Draft; at: number }> {
    const { id, part } = request.params as { id: string; part: string }
    const draft = await findDraft(db.read, id)
    if (!draft || !maySeeDraft(request.actor, draft)) throw new NotFound()
    const at = Number(part) - 1
    if (!draft.content.parts[at]) throw new NotFound('That part is not there any more.')
    if (!mayComment(request.actor, draft))
      throw new NotAllowed('You can read this conversation, but not add to it.')
    return { draft, at }
  }

  function taking(request: FastifyRequest) {
    return {
      draftId: draftOf(request),
      actor: request.actor,
      publicUrl: settings.publicUrl(),
      now: clock.now(),
      machineNow: clock.machine(),
    }
  }
}

function draftOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}
