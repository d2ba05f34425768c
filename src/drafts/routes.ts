import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount, type Account } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { Conflict, NotAllowed, NotFound, Refused } from '../errors.ts'
import { findImages } from '../images/images.ts'
import { findPerson } from '../people/people.ts'
import { isLead, mayDecide, type Actor } from '../people/person.ts'
import { deliveriesOfDrafts } from '../publishing/deliveries.ts'
import { whyNotTakeDown } from '../publishing/delivery.ts'
import { slotOf } from '../rota/slot.ts'
import { dayOf, timeInWords } from '../calendar.ts'
import { listEvents } from '../rota/weeks.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, formId, line, readForm, version } from '../web/forms.ts'
import { findBrakePass } from './brake/brake-pass.ts'
import { autosaveDraft } from './editor/autosave-draft.ts'
import { checkContent, partField, type Problems } from './check-content.ts'
import { answerFinding } from './checks/answer-finding.ts'
import { readAnswer } from './checks/answers.ts'
import { checkDraft } from './checks/check-draft.ts'
import { rearranged, type Arranged } from './editor/arrange-parts.ts'
import { commentOnDraft } from './queue/comment-on-draft.ts'
import {
  conflictPage,
  mergedParts,
  ownParts,
  readMergeForm,
  unchosenAfresh,
  type MergeForm,
} from './editor/conflict-page.ts'
import {
  draftsOfGap,
  draftsOfWeek,
  findDraft,
  findRevision,
  foreignRevisions,
  listComments,
  listDecisions,
  type Draft,
} from './drafts.ts'
import { EDITABLE_STATES, mayComment, maySeeDraft, whyNotWrite, type AnsweredPost } from './draft.ts'
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
} from './editor/editor-form.ts'
import { editorPage, wishedIn, type Editor } from './editor/editor-page.ts'
import { firstWords } from './first-words.ts'
import { acceptModel, conversationOf } from './pages.ts'
import { groundIfSubmitted } from './policy/policy-ground.ts'
import { readingPage } from './reading-page.ts'
import { receiveEditor } from './editor/receive-editor.ts'
import { wordsOf } from './editor/words-of-form.ts'
import { findStoppable } from './policy/stop-draft.ts'
import { submitDraft } from './submit-draft.ts'
import { timeLinesOf } from './deliveries/time-lines.ts'
import { timeFrame, wishOf } from './wished-time.ts'
import {
  beginDraft,
  discardDraft,
  findWritingPlace,
  frameOf,
  isSameWindow,
  openForWriting,
  restoreDraft,
  saveDraft,
  withdrawDraft,
  type Place,
  type WritingPlace,
} from './write-draft.ts'

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

/** Writing: a draft's editor, its submission, its way back, and the conversation beside it. */
export async function draftRoutes(
  app: FastifyInstance,
  deps: Deps & { findAnsweredPost: FindAnsweredPost },
): Promise<void> {
  const { db, clock, settings, wake } = deps

  app.get('/drafts/new', async (request, reply) => {
    const query = readForm(newQuery, request.query)
    const from = query.from === undefined ? null : await visible(request, query.from)
    const place = from ? placeAgain(from) : await placeOf(query, request.actor)
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
    const where = await findWritingPlace(db.read, request.actor, await placeOf(sent, request.actor))
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
    const where = known ? null : await findWritingPlace(db.read, actor, await placeOf(sent, actor))
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
      return { version: draft.version, at: timeInWords(clock.now(), account.timeZone), note }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return reply.code(422).send({ note: Object.values(error.fields).join(' ') })
    }
  })

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
    return mayWrite ? showDraft(request, reply, draft, { fresh: true }) : showReading(request, reply, draft)
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
      await commentOnDraft(db, { ...timesAndUrl(), id, draftId: draft.id, text, actor: request.actor })
      wake.mail()
      return await reply.flash('Sent.').redirect(`/drafts/${draft.id}`, 303)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const typed = (request.body as { text?: string }).text ?? ''
      return showReading(request, reply.code(422), draft, { comment: typed, error: error.fields['text'] })
    }
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
    return reply.flash('Submitted. Those who approve were told by mail.').redirect(`/drafts/${draft.id}`, 303)
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
    const page = from === 'queue' ? `/queue?draft=${encodeURIComponent(draftId)}` : `/drafts/${draftId}`
    return reply
      .flash(pressed.answer === 'back' ? 'The answer is taken back.' : 'Answered, and on the record.')
      .redirect(`${page}#checks-title`, 303)
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
      where,
      form,
      id,
      reply: networkId,
      ...more
    }: {
      where: WritingPlace
      form: EditorForm
      id: string
      reply: string | undefined
      fresh?: boolean
    } & Omit<Showing, 'form'>,
  ): Promise<FastifyReply> {
    const { account, week, slot, weekHostId } = where
    return showEditor(request, reply, account, {
      form,
      draft: null,
      id,
      weekId: week?.id ?? null,
      slot,
      frame: timeFrame({ slot, zone: account.timeZone }, weekHostId === null ? null : week),
      weekHostId,
      ownSignOff: weekHostId === null ? null : where.signOff,
      mayTakeOver: false,
      answering: await answered(account.id, networkId),
      said: [],
      ...more,
    })
  }

  async function showDraft(
    request: FastifyRequest,
    reply: FastifyReply,
    draft: Draft,
    more: Showing & { fresh?: boolean } = {},
  ): Promise<FastifyReply> {
    const account = (await findAccount(db.read, draft.accountId))!
    const { frame, zone } = await frameOf(db.read, draft)
    const kept: EditorForm = {
      parts: editorPartsOf(draft.content),
      signOff: draft.signOff,
      wish: wishOf(draft.wishedAt, zone),
      takeOver: false,
    }
    return showEditor(request, reply, account, {
      form: kept,
      draft,
      id: draft.id,
      weekId: draft.weekId,
      slot: draft.slot,
      frame,
      weekHostId: draft.weekHostId,
      ownSignOff: draft.weekHostId === null ? null : draft.signOff,
      mayTakeOver: draft.weekHostId !== null && isLead(request.actor, draft.accountId),
      answering: draft.answering && { ...draft.answering, networkId: draft.replyTo! },
      said: await saidOf(draft, account, request.actor),
      ...more,
    })
  }

  async function showEditor(
    request: FastifyRequest,
    reply: FastifyReply,
    account: Account,
    editor: Omit<
      Editor,
      'account' | 'hashtags' | 'images' | 'personId' | 'others' | 'sandbox' | 'checked'
    > & {
      weekHostId: string | null
    },
  ): Promise<FastifyReply> {
    const { form, weekId, problems } = editor
    const events = weekId ? await listEvents(db.read, weekId) : []
    const tags = [account.hashtag, ...events.map(({ hashtag }) => hashtag)].filter((tag) => tag !== '')
    const images = await findImages(
      db.read,
      form.parts.flatMap((part) => part.images.map(({ hash }) => hash)),
    )
    const checked = await checkDraft(
      db.read,
      {
        id: editor.id,
        accountId: account.id,
        weekId,
        content: { parts: partsOf(form) },
        wishedAt: wishedIn(form, account.timeZone),
        replyTo: editor.answering?.networkId ?? null,
      },
      clock.now(),
    )
    const model = editorPage(
      {
        ...editor,
        account,
        hashtags: [...new Set(tags)],
        images,
        personId: request.actor.personId,
        sandbox: settings.mode === 'sandbox',
        others: await neighbours(editor, account, request.actor),
        checked,
      },
      momentOf(account),
    )
    const summary = problems && Object.keys(problems).length > 0 ? errorSummary(problems) : null
    const replyTo = editor.answering?.networkId ?? null
    const { answering, id, weekHostId } = editor
    const mine = { id, weekId, weekHostId, replyTo, answering }
    return reply.code(summary ? 422 : 200).page('drafts/editor', {
      ...model,
      summary,
      unasked: (await groundIfSubmitted(db.read, mine, { account, findings: checked.findings })) !== null,
      accept: editor.draft && (await acceptOf(editor.draft, request.actor)),
      commentId: randomUUID(),
    })
  }

  async function showReading(
    request: FastifyRequest,
    reply: FastifyReply,
    draft: Draft,
    typed: { comment?: string; error?: string | undefined } = {},
  ): Promise<FastifyReply> {
    const account = (await findAccount(db.read, draft.accountId))!
    const { actor } = request
    const hashes = draft.content.parts.flatMap(({ images }) => images.map(({ hash }) => hash))
    const deliveries = await deliveriesOfDrafts(db.read, [draft.id])
    const model = readingPage(
      {
        draft,
        account,
        author: (await findPerson(db.read, draft.authorId))?.name ?? '',
        words: await lastWordsOf(draft),
        deliveries,
        timeLines: await timeLinesOf(db.read, deliveries, momentOf(account)),
        images: await findImages(db.read, hashes),
        said: await saidOf(draft, account, actor),
        whyNotWrite: whyNotWrite(actor, draft),
        mayDecide: mayDecide(actor, draft.accountId),
        mayComment: mayComment(actor, draft),
        mayTakeDown: whyNotTakeDown(actor, draft) === null,
        stoppable: await findStoppable(db.read, draft),
        pass: mayDecide(actor, draft.accountId) ? await findBrakePass(db.read, draft.id, actor) : null,
        actorId: actor.personId,
        checked: await checkDraft(db.read, draft, clock.now()),
        live: settings.mode === 'live',
      },
      momentOf(account),
    )
    return reply.page('drafts/reading', {
      ...model,
      accept: await acceptOf(draft, actor),
      commentId: randomUUID(),
      comment: typed.comment,
      commentError: typed.error,
      ...(typed.error && { summary: errorSummary({ comment: typed.error }) }),
    })
  }

  async function showConflict(
    request: FastifyRequest,
    reply: FastifyReply,
    draftId: string,
    form: EditorForm,
    asking: MergeForm | null = null,
  ): Promise<FastifyReply> {
    const draft = await openForWriting(db.read, draftId, request.actor)
    const account = (await findAccount(db.read, draft.accountId))!
    const by = draft.changedBy === null ? undefined : await findPerson(db.read, draft.changedBy)
    const model = conflictPage(
      {
        draft,
        form,
        account,
        changedBy: by?.name ?? null,
        own: draft.changedBy === request.actor.personId,
        copyId: randomUUID(),
        asking,
      },
      momentOf(account),
    )
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

  async function neighbours(
    { weekId, slot }: Pick<Editor, 'weekId' | 'slot'>,
    account: Account,
    actor: Actor,
  ): Promise<Draft[]> {
    const all = weekId ? await draftsOfWeek(db.read, weekId) : await draftsOfGap(db.read, account.id, slot)
    return all.filter((draft) => draft.state !== 'declined' && maySeeDraft(actor, draft))
  }

  async function saidOf(draft: Draft, account: Account, actor: Actor) {
    const decisions = await listDecisions(db.read, draft.id)
    const comments = await listComments(db.read, draft.id)
    return conversationOf({ decisions, comments }, momentOf(account), {
      draft,
      takes: isWriter(draft, actor),
    })
  }

  async function acceptOf(draft: Draft, actor: Actor) {
    return isWriter(draft, actor) ? acceptModel(draft, await foreignRevisions(db.read, draft)) : null
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

  /** Who wrote the words that stand now, and when: decisions and submissions leave them alone. */
  async function lastWordsOf({ id, revision, authorId, createdAt }: Draft) {
    const kept = await findRevision(db.read, id, revision)
    const author = await findPerson(db.read, kept?.authorId ?? authorId)
    return { at: kept?.at ?? createdAt, author: author?.name ?? '', revision }
  }

  /** Where to write: the week or slot that was asked for, else the host's own week, else the desk's slot of today. */
  async function placeOf(asked: z.output<typeof place>, actor: Actor): Promise<Place> {
    if (asked.week) return { weekId: asked.week }
    const accountId = asked.account ?? actor.roles[0]?.accountId ?? ''
    if (asked.slot) return { accountId, slot: asked.slot }
    const open = actor.hosting.filter(({ powers }) => powers !== 'read')
    const own = open.find(({ powers }) => powers === 'post') ?? open[0]
    if (own) return { weekId: own.weekId }
    const account = await findAccount(db.read, accountId)
    if (!account) throw new NotAllowed('There is no week for you to write in at present.')
    return { accountId, slot: slotOf(dayOf(clock.now(), account.timeZone), account.shape) }
  }

  async function visible(request: FastifyRequest, id = idOf(request)): Promise<Draft> {
    const draft = await findDraft(db.read, id)
    if (!draft || !maySeeDraft(request.actor, draft)) throw new NotFound()
    return draft
  }

  function momentOf(account: Account) {
    return { zone: account.timeZone, now: clock.now() }
  }

  function timesAndUrl() {
    return { publicUrl: settings.publicUrl(), now: clock.now(), machineNow: clock.machine() }
  }
}

/** What the editor shows instead of what is kept, and where one goes on. */
interface Showing {
  form?: EditorForm
  problems?: Problems
  focus?: number
  caret?: number
}

function shownAgain(
  form: EditorForm,
  { parts, problems: why, ...place }: Arranged,
  problems: Problems,
): Showing {
  return { form: { ...form, parts }, ...place, problems: { ...problems, ...why } }
}

/** They began it and may still write in it. */
function isWriter(draft: Draft, actor: Actor): boolean {
  return draft.authorId === actor.personId && whyNotWrite(actor, draft) === null
}

function placeIn({ week, account, slot }: WritingPlace): Place {
  return week ? { weekId: week.id } : { accountId: account.id, slot }
}

/** Where one more draft stands beside this one. */
function placeAgain({ weekId, accountId, slot }: Draft): Place {
  return weekId ? { weekId } : { accountId, slot }
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
