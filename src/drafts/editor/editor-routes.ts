import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { timeInWords } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import { Conflict, NotFound, Refused } from '../../errors.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, formId, readForm, version } from '../../web/forms.ts'
import { checkContent, partField, type Problems } from '../check-content.ts'
import { answerFinding } from '../checks/answer-finding.ts'
import { readAnswer } from '../checks/answers.ts'
import { maySeeDraft, type AnsweredPost } from '../draft.ts'
import { findDraft, type Draft } from '../drafts.ts'
import { submitDraft } from '../submit-draft.ts'
import { wishOf } from '../wished-time.ts'
import {
  beginDraft,
  findWritingPlace,
  isSameWindow,
  openForWriting,
  saveDraft,
  type WritingPlace,
} from '../write-draft.ts'
import { rearranged, type Arranged } from './arrange-parts.ts'
import { autosaveDraft } from './autosave-draft.ts'
import { mergedParts, ownParts, readMergeForm, unchosenAfresh, type MergeForm } from './conflict-page.ts'
import {
  editorPartsOf,
  emptyPart,
  hasWords,
  partsOf,
  readAction,
  readEditorForm,
  readWindow,
  type EditorAction,
  type EditorForm,
} from './editor-form.ts'
import { gatherConflict, gatherDraft, gatherNew, type Showing } from './gather-editor.ts'
import { placeAgain, placeIn, placeOf } from './places.ts'
import { receiveEditor } from './receive-editor.ts'
import { wordsOf } from './words-of-form.ts'

/** Looks up the post that a draft is to answer. Listening knows it; writing must not know listening. */
export type FindAnsweredPost = (
  read: Reader,
  accountId: string,
  networkId: string,
) => Promise<AnsweredPost | null>

const place = z.object({
  week: z.string().optional(),
  account: z.string().optional(),
  slot: z.string().optional(),
  reply: z.string().max(40).optional(),
})
const newQuery = place.extend({
  from: z.string().optional(),
  day: z.string().default(''),
  time: z.string().default(''),
})
const versioned = z.object({ version })

/** Writing: what the editor sends, and what becomes of it. The address at which it opens shows a draft to readers too. */
export async function editorRoutes(
  app: FastifyInstance,
  deps: Deps & { findAnsweredPost: FindAnsweredPost },
): Promise<void> {
  const { db, clock, settings, wake } = deps

  app.get('/drafts/new', async (request, reply) => {
    const query = readForm(newQuery, request.query)
    const from = query.from === undefined ? null : await visible(request, query.from)
    const place = from ? placeAgain(from) : await placeOf(db.read, query, whoAndWhen(request))
    const where = await findWritingPlace(db.read, request.actor, place)
    const form: EditorForm = {
      parts: from ? editorPartsOf(from.content) : [emptyPart()],
      signOff: from && from.weekHostId === null && where.weekHostId === null ? from.signOff : where.signOff,
      wish: { when: query.day || query.time ? 'time' : 'soon', day: query.day, time: query.time, which: '' },
      takeOver: false,
    }
    return showNew(request, reply, {
      where,
      form,
      id: randomUUID(),
      reply: from ? await stillThere(from) : query.reply,
      fresh: true,
    })
  })

  app.post('/drafts', { config: { formPage: newDraftPage } }, async (request, reply) => {
    const sent = readForm(place.extend({ id: formId }), request.body)
    const where = await findWritingPlace(
      db.read,
      request.actor,
      await placeOf(db.read, sent, whoAndWhen(request)),
    )
    const { form, problems } = await receive(request, where.account)
    const show = (more: Showing) =>
      showNew(request, reply, { where, form, id: sent.id, reply: sent.reply, ...more })
    const action = readAction(request.body)
    const arranged = rearranged(form.parts, action, where.signOff || form.signOff)
    if (arranged) return show(shownAgain(form, arranged, problems))
    const window = readWindow(request.body)
    const known = await findDraft(db.read, sent.id)
    // Kept by its window while somebody wrote: what the same window sends now is its next version.
    if (known && isSameWindow(known, window, request.actor)) {
      const account = (await findAccount(db.read, known.accountId))!
      return save(request, reply, { draft: known, account, form, problems, seen: known.version }, (kept) =>
        afterKeeping(request, reply, kept, action),
      )
    }
    let draft: Draft
    try {
      draft = await beginDraft(db, {
        id: sent.id,
        window,
        place: placeIn(where),
        words: wordsOf(form, where.account, where.signOff, problems),
        answered: await answered(where.account.id, sent.reply),
        actor: request.actor,
        now: clock.now(),
      })
    } catch (error) {
      if (error instanceof Conflict) return showConflict(request, reply, sent.id, form)
      if (error instanceof Refused)
        return show({ problems: allProblems(form, where.signOff || form.signOff, action, error.fields) })
      throw error
    }
    return afterKeeping(request, reply, draft, action)
  })

  /** For the editor's script only: keeps what is typed so far, and says when. What stands in the way has a status. */
  app.post('/drafts/:id/autosave', async (request, reply) => {
    const window = readWindow(request.body)
    if (!window) throw new NotFound()
    const { actor } = request
    const known = await findDraft(db.read, idOf(request))
    const draftId = known?.id ?? readForm(z.object({ id: formId }), request.params).id
    if (known) await openForWriting(db.read, draftId, actor)
    const sent = readForm(place.extend({ version: version.default(0) }), request.body)
    const where = known
      ? null
      : await findWritingPlace(db.read, actor, await placeOf(db.read, sent, whoAndWhen(request)))
    const account = where?.account ?? (await findAccount(db.read, known!.accountId))!
    const form = readEditorForm(request.body)
    try {
      const { draft, note } = await autosaveDraft(db, {
        draftId,
        version: sent.version,
        form,
        account,
        place: where ? placeIn(where) : placeAgain(known!),
        signOff: known?.signOff ?? where?.signOff ?? '',
        answered: known ? null : await answered(account.id, sent.reply),
        window,
        actor,
        now: clock.now(),
      })
      wake.lookingUp()
      return { version: draft.version, at: timeInWords(clock.now(), account.timeZone), note }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return reply.code(422).send({ note: Object.values(error.fields).join(' ') })
    }
  })

  /** For the editor's script only: what the server says of the words that are kept, and whether more of it is under way. */
  app.get('/drafts/:id/checks', async (request) => {
    const draft = await openForWriting(db.read, idOf(request), request.actor)
    const { otherChecks, lookingUp } = await gatherDraft(deps, { draft, actor: request.actor })
    return { checks: otherChecks, pending: lookingUp }
  })

  app.post('/drafts/:id', async (request, reply) => {
    const action = readAction(request.body)
    if (action.kind === 'merge' || action.kind === 'copy') return merge(request, reply, action.kind)
    const draft = await openForWriting(db.read, idOf(request), request.actor)
    const account = (await findAccount(db.read, draft.accountId))!
    const { form, problems } = await receive(request, account)
    const arranged = rearranged(form.parts, action, draft.weekHostId === null ? form.signOff : draft.signOff)
    if (arranged) {
      const seen = { ...draft, version: readForm(versioned, request.body).version }
      return showDraft(request, reply, seen, shownAgain(form, arranged, problems))
    }
    // What was typed is kept first, and it is those words that are answered for.
    return save(request, reply, { draft, account, form, problems }, async (kept) =>
      answerIn(request) ? answer(request, reply, kept.id) : saved(reply, kept),
    )
  })

  app.post('/drafts/:id/submission', async (request, reply) => {
    const draft = await openForWriting(db.read, idOf(request), request.actor)
    if (!hasWords(request.body))
      return submit(request, reply, { ...draft, version: readForm(versioned, request.body).version })
    const account = (await findAccount(db.read, draft.accountId))!
    const sent = await receive(request, account)
    if (
      draft.state === 'submitted' &&
      draft.changedBy === request.actor.personId &&
      sameWords(draft, sent.form)
    )
      return reply.redirect(`/drafts/${draft.id}`, 303)
    return save(request, reply, { draft, account, ...sent }, (kept) => submit(request, reply, kept))
  })

  app.post('/drafts/:id/answers', async (request, reply) => {
    return answer(request, reply, idOf(request))
  })

  /** What the pressed button asks for beyond keeping the words. */
  async function afterKeeping(
    request: FastifyRequest,
    reply: FastifyReply,
    draft: Draft,
    action: EditorAction,
  ): Promise<FastifyReply> {
    if (answerIn(request)) return answer(request, reply, draft.id)
    return action.kind === 'submit' ? submit(request, reply, draft) : saved(reply, draft)
  }

  /** Keeps what the editor sent, then goes on; a mistake or a conflict is shown with everything that was typed. */
  async function save(
    request: FastifyRequest,
    reply: FastifyReply,
    {
      draft,
      account,
      form,
      problems,
      seen = readForm(versioned, request.body).version,
    }: { draft: Draft; account: Account; form: EditorForm; problems: Problems; seen?: number },
    then: (kept: Draft) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    let kept: Draft
    try {
      const signOff = draft.weekHostId === null ? null : draft.signOff
      kept = await saveDraft(db, {
        draftId: draft.id,
        version: seen,
        words: wordsOf(form, account, signOff ?? form.signOff, problems),
        takeOver: form.takeOver,
        window: readWindow(request.body),
        actor: request.actor,
        now: clock.now(),
      })
    } catch (error) {
      if (error instanceof Conflict) return showConflict(request, reply, draft.id, form)
      if (error instanceof Refused)
        return showDraft(
          request,
          reply,
          { ...draft, version: seen },
          { form, problems: allProblems(form, draft.signOff, readAction(request.body), error.fields) },
        )
      throw error
    }
    return then(kept)
  }

  /** Submits what is kept. What must be put right first is shown in the editor: by then the words are kept. */
  async function submit(request: FastifyRequest, reply: FastifyReply, draft: Draft): Promise<FastifyReply> {
    let submitted: Draft
    try {
      submitted = await submitDraft(db, {
        ...timesAndUrl(),
        draftId: draft.id,
        version: draft.version,
        actor: request.actor,
      })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return showDraft(request, reply, draft, { problems: error.fields })
    }
    wake.mail()
    wake.lookingUp()
    if (submitted.state === 'approved') {
      wake.publisher()
      return reply
        .flash('Submitted. It needs nobody’s decision. Those who could stop it were told by mail.')
        .redirect(`/drafts/${draft.id}`, 303)
    }
    const told = settings.practice
      ? 'Submitted. In your week those who approve are told by mail; here the practice approver answers within ten seconds.'
      : 'Submitted. Those who approve were told by mail.'
    return reply.flash(told).redirect(`/drafts/${draft.id}`, 303)
  }

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    draftId: string,
  ): Promise<FastifyReply> {
    const pressed = answerIn(request)
    if (!pressed) throw new NotFound()
    await answerFinding(db, { draftId, ...pressed, actor: request.actor, now: clock.now() })
    const { from } = (request.body ?? {}) as { from?: string }
    return reply
      .flash(pressed.answer === 'back' ? 'The answer is taken back.' : 'Answered, and on the record.')
      .redirect(await pageAnsweredOn(draftId, from), 303)
  }

  /** Back to where the finding was read. */
  async function pageAnsweredOn(draftId: string, from: string | undefined): Promise<string> {
    if (from === 'queue') return `/queue?draft=${encodeURIComponent(draftId)}#checks-title`
    const weekId = from === 'live' ? (await findDraft(db.read, draftId))?.weekId : null
    return weekId ? `/weeks/${weekId}/live` : `/drafts/${draftId}#checks-title`
  }

  function saved(reply: FastifyReply, draft: Draft): FastifyReply {
    wake.lookingUp()
    const [problem] = Object.values(checkContent(draft.content, draft.signOff))
    return reply
      .flash(
        problem ? `Saved. Before you submit it: ${problem}` : 'Saved.',
        problem ? { level: 'advice' } : {},
      )
      .redirect(`/drafts/${draft.id}`, 303)
  }

  /** From the page with two versions: saves what was chosen, or what was typed as a draft of its own. */
  async function merge(
    request: FastifyRequest,
    reply: FastifyReply,
    kind: 'merge' | 'copy',
  ): Promise<FastifyReply> {
    const draft = await openForWriting(db.read, idOf(request), request.actor)
    const account = (await findAccount(db.read, draft.accountId))!
    const typed = readEditorForm(request.body, 'mine')
    const fields = request.body as Record<string, string>
    const choice = readMergeForm(fields)
    if (unchosenAfresh(choice, draft, typed.parts).length > 0)
      return showConflict(request, reply, draft.id, typed, choice)
    if (kind === 'copy') {
      const copy = await beginDraft(db, {
        id: readForm(z.object({ 'copy-id': formId }), fields)['copy-id'],
        place: placeAgain(draft),
        words: wordsOf(
          { ...typed, parts: ownParts(choice, typed.parts), wish: wishOf(null, account.timeZone) },
          account,
          typed.signOff,
          {},
        ),
        answered: draft.answering && { ...draft.answering, networkId: draft.replyTo! },
        actor: request.actor,
        now: clock.now(),
      })
      return reply
        .flash('What you typed is a draft of its own now. It has no time yet.')
        .redirect(`/drafts/${copy.id}`, 303)
    }
    const form = {
      ...typed,
      parts: mergedParts(choice, draft, typed.parts),
      wish: fields['take-time'] === 'mine' ? typed.wish : wishOf(draft.wishedAt, account.timeZone),
    }
    return save(request, reply, { draft, account, form, problems: {} }, async (kept) => saved(reply, kept))
  }

  async function showNew(
    request: FastifyRequest,
    reply: FastifyReply,
    {
      reply: networkId,
      ...asked
    }: { where: WritingPlace; form: EditorForm; id: string; reply: string | undefined } & Showing,
  ): Promise<FastifyReply> {
    const answering = await answered(asked.where.account.id, networkId)
    const model = await gatherNew(deps, { ...asked, answering, actor: request.actor })
    return showEditor(reply, model, asked.problems)
  }

  async function showDraft(
    request: FastifyRequest,
    reply: FastifyReply,
    draft: Draft,
    showing: Showing,
  ): Promise<FastifyReply> {
    const model = await gatherDraft(deps, { ...showing, draft, actor: request.actor })
    return showEditor(reply, model, showing.problems)
  }

  async function showConflict(
    request: FastifyRequest,
    reply: FastifyReply,
    draftId: string,
    form: EditorForm,
    asking: MergeForm | null = null,
  ): Promise<FastifyReply> {
    const model = await gatherConflict(deps, { draftId, form, asking, actor: request.actor })
    return reply.code(409).page('drafts/conflict', model)
  }

  function receive(request: FastifyRequest, account: Account) {
    return receiveEditor(deps, {
      body: request.body,
      files: request.uploads,
      accountId: account.id,
      personId: request.actor.personId,
      now: clock.now(),
    })
  }

  async function answered(accountId: string, networkId: string | undefined) {
    if (!networkId) return null
    const post = await deps.findAnsweredPost(db.read, accountId, networkId)
    if (!post) throw new NotFound('The post that you want to answer is not there any more.')
    return { ...post, networkId }
  }

  /** The post that a draft answers, where it can still be answered. */
  async function stillThere({ accountId, replyTo }: Draft): Promise<string | undefined> {
    return replyTo && (await deps.findAnsweredPost(db.read, accountId, replyTo)) ? replyTo : undefined
  }

  async function visible(request: FastifyRequest, id = idOf(request)): Promise<Draft> {
    const draft = await findDraft(db.read, id)
    if (!draft || !maySeeDraft(request.actor, draft)) throw new NotFound()
    return draft
  }

  function whoAndWhen({ actor }: FastifyRequest) {
    return { actor, now: clock.now() }
  }

  function timesAndUrl() {
    return { publicUrl: settings.publicUrl(), now: clock.now(), machineNow: clock.machine() }
  }
}

function shownAgain(
  form: EditorForm,
  { parts, problems: why, ...place }: Arranged,
  problems: Problems,
): Showing {
  return { form: { ...form, parts }, ...place, problems: { ...problems, ...why } }
}

/** Where the form of a new draft stood. */
function newDraftPage(body: unknown): string {
  const fields = (body ?? {}) as Record<string, unknown>
  const query = new URLSearchParams()
  for (const name of ['week', 'account', 'slot', 'reply', 'day', 'time']) {
    const value = fields[name]
    if (typeof value === 'string' && value !== '') query.set(name, value)
  }
  return query.size > 0 ? `/drafts/new?${query}` : '/drafts/new'
}

/** The answer to a finding whose button was pressed; null for another button. */
function answerIn(request: FastifyRequest): ReturnType<typeof readAnswer> {
  const { answer } = (request.body ?? {}) as { answer?: unknown }
  return typeof answer === 'string' ? readAnswer(answer) : null
}

function showEditor(
  reply: FastifyReply,
  model: Awaited<ReturnType<typeof gatherDraft>>,
  problems: Problems = {},
): Promise<FastifyReply> {
  const summary = Object.keys(problems).length > 0 ? errorSummary(problems) : null
  return reply.code(summary ? 422 : 200).page('drafts/editor', { ...model, summary })
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}

/** Who submits hears of all that must be put right at once, and not only of what can't be kept. */
function allProblems(form: EditorForm, signOff: string, action: EditorAction, wrong: Problems): Problems {
  if (action.kind !== 'submit') return wrong
  const all = { ...checkContent({ parts: partsOf(form) }, signOff), ...wrong }
  // A part whose image could not be taken is not empty by mistake.
  form.parts.forEach(({ text }, at) => {
    if (text.trim() === '' && partField(at, 'image') in wrong) delete all[partField(at, 'text')]
  })
  return all
}

function sameWords(draft: Draft, form: EditorForm): boolean {
  return JSON.stringify(partsOf(form)) === JSON.stringify(draft.content.parts)
}
