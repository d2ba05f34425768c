import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount, type Account } from '../accounts/accounts.ts'
import { dayOf, timeInWords } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { readAnswer } from '../drafts/checks/answers.ts'
import { Conflict, Faster, NotFound, Refused } from '../errors.ts'
import { mayChoose, mayReadConversation } from '../listening/post.ts'
import type { Actor } from '../people/person.ts'
import { findWeek } from '../rota/weeks.ts'
import type { Deps } from '../web/deps.ts'
import { readForm, version } from '../web/forms.ts'
import { answerInStory, checkStory } from './editor/check-story.ts'
import type { Edit } from './editor/change-story.ts'
import { readWanted, wantedQuery } from './editor/happened.ts'
import { addPictureOfWeek } from './editor/add-piece.ts'
import { chooseReply, moveBlock, pinBlock, removeText, saveWords, showBlock } from './editor/edit-recap.ts'
import { conflictPage, editorPage, type Editing, type Typed } from './editor/editor-page.ts'
import { wordedAnew } from './story/generate.ts'
import { stepsOf } from './history/revisions.ts'
import { generateAnew } from './story/generate-recap.ts'
import { goBack } from './history/go-back.ts'
import { weekPageView } from './pages.ts'
import { publishRecap } from './publish-recap.ts'
import { recapPowers } from './recap.ts'
import { findEdition, findRecap, listBlocks } from './recaps.ts'
import { readStoryWords, saysNothing, withoutPiece, type StoryWords } from './editor/story-words.ts'
import { tellWeek } from './story/tell-week.ts'
import { weekFacts } from './story/week-facts.ts'
import { withdrawRecap } from './withdraw-recap.ts'

const wholeForm = z.object({ version })
const wordsForm = z.object({
  add: z
    .string()
    .regex(/^(?:heading|quote|picture|brought) [\w-]+$/)
    .transform((add) => ({ kind: add.slice(0, add.indexOf(' ')), after: add.slice(add.indexOf(' ') + 1) }))
    .optional(),
  look: z.string().optional(),
  more: z.string().optional(),
  /** A button beside what a check found. */
  answer: z.string().optional(),
})
const pictureForm = z.object({ picture: z.string(), after: z.string().optional() })
const positionForm = z.union([
  z.object({ direction: z.enum(['up', 'down']) }).transform(({ direction }) => direction),
  z.object({ after: z.string() }),
])
const pinForm = z.object({ version, pinned: z.enum(['yes', 'no']) })
const revisionForm = z.object({ to: z.union([z.enum(['undo', 'redo']), z.coerce.number().int().positive()]) })
const publicationForm = z.object({ despite: z.string().optional(), known: z.string().optional() })
const visibilityForm = z.object({ version, hidden: z.enum(['yes', 'no']) })
const choiceForm = z.union([
  z
    .object({ choose: z.string(), after: z.string().optional() })
    .transform(({ choose, after }) => ({ postId: choose, chosen: true, after })),
  z.object({ take: z.string() }).transform(({ take }) => ({ postId: take, chosen: false })),
])

/** The recap's editor: for the account's leads, and the week's host. */
export async function recapRoutes(app: FastifyInstance, { db, clock, settings, wake }: Deps): Promise<void> {
  const sandbox = settings.mode === 'sandbox'

  app.get('/weeks/:id/recap', async (request, reply) => show(request, reply))

  app.get('/weeks/:id/recap/preview', async (request, reply) => {
    const { facts, recap, page } = await readEditing(db.read, weekOf(request), request.actor, clock.now())
    if (!recap) throw new NotFound('There is no story of this week yet.')
    const over = clock.now() >= facts.week.closesAt
    const model = weekPageView(page, {
      publicUrl: settings.publicUrl(),
      sandbox,
      today: over ? null : dayOf(clock.now(), facts.account.timeZone),
      signedIn: true,
      note: 'A preview: only people who are signed in see this.',
    })
    const beside = request.headers['sec-fetch-dest'] === 'iframe'
    if (beside) mayStandBeside(reply)
    return reply.header('cache-control', 'no-store').publicPage('recaps/page', {
      ...model,
      noindex: true,
      home: `/weeks/${facts.week.id}/recap`,
      accountName: `@${facts.account.handle}`,
      nav: beside ? [] : [{ href: `/weeks/${facts.week.id}/recap`, label: 'Back to the story' }],
      colophon: { links: [], note: 'A preview of the page, as it would be published now.' },
    })
  })

  app.post('/weeks/:id/recap/words', async (request, reply) =>
    editing(request, reply, async (edit) => {
      if (request.headers.accept === 'application/json') {
        const { timeZone } = await accountOf(edit)
        return reply.send({ version: edit.version, at: timeInWords(edit.now, timeZone) })
      }
      const { add, look, more, answer } = readForm(wordsForm, request.body)
      const pressed = answer === undefined ? null : readAnswer(answer)
      if (pressed) {
        await answerInStory(db, { ...edit, ...pressed })
        const said = pressed.answer === 'back' ? 'Taken back.' : 'Answered. It stands on the record.'
        return reply.flash(said).redirect(here(request, edit), 303)
      }
      if (add) return reply.redirect(`${backTo(edit)}/pieces/new?kind=${add.kind}&after=${add.after}`, 303)
      // Who only looks for something has not been told twice that nothing was lost.
      if (look === undefined && more === undefined) void reply.flash('Saved.')
      return reply.redirect(here(request, edit), 303)
    }),
  )

  app.post('/weeks/:id/recap/pictures', async (request, reply) =>
    editing(request, reply, async (edit) => {
      const { picture, after } = readForm(pictureForm, request.body)
      await addPictureOfWeek(db, { ...edit, hash: picture, after })
      return reply.redirect(here(request, edit), 303)
    }),
  )

  app.post('/weeks/:id/recap/choices', async (request, reply) =>
    editing(request, reply, async (edit) => {
      await chooseReply(db, { ...edit, ...readForm(choiceForm, request.body) })
      return reply.redirect(here(request, edit), 303)
    }),
  )

  app.post('/weeks/:id/recap/blocks/:blockId/removal', async (request, reply) =>
    editing(request, reply, async (edit, blockId) => {
      await removeText(db, { ...edit, blockId })
      return reply.flash('Removed.').redirect(here(request, edit), 303)
    }),
  )

  app.post('/weeks/:id/recap/blocks/:blockId/position', async (request, reply) =>
    editing(request, reply, async (edit, blockId) => {
      await moveBlock(db, { ...edit, blockId, to: readForm(positionForm, request.body) })
      return reply.redirect(here(request, edit, blockId), 303)
    }),
  )

  app.post('/weeks/:id/recap/blocks/:blockId/pin', async (request, reply) =>
    editing(request, reply, async (edit, blockId) => {
      const { pinned } = readForm(pinForm, request.body)
      await pinBlock(db, { ...edit, blockId, pinned: pinned === 'yes' })
      return reply.redirect(here(request, edit, blockId), 303)
    }),
  )

  app.post('/weeks/:id/recap/revisions', async (request, reply) =>
    editing(request, reply, async (edit) => {
      const { to } = readForm(revisionForm, request.body)
      await goBack(db, { ...edit, to })
      const said = to === 'undo' ? 'Undone.' : to === 'redo' ? 'Done again.' : 'Brought back.'
      return reply.flash(said).redirect(here(request, edit), 303)
    }),
  )

  app.post('/weeks/:id/recap/blocks/:blockId/visibility', async (request, reply) =>
    editing(request, reply, async (edit, blockId) => {
      const { hidden } = readForm(visibilityForm, request.body)
      await showBlock(db, { ...edit, blockId, hidden: hidden === 'yes' })
      return reply.redirect(here(request, edit, blockId), 303)
    }),
  )

  app.post('/weeks/:id/recap/generation', async (request, reply) =>
    editing(request, reply, async (edit) => {
      const { changed } = await generateAnew(db, edit)
      const said = changed ? 'Gathered anew from what stands now.' : 'Nothing new has come since.'
      return reply.flash(said).redirect(here(request, edit), 303)
    }),
  )

  app.post('/weeks/:id/recap/publication', async (request, reply) =>
    editing(request, reply, async (edit) => {
      const at = { machineNow: clock.machine(), publicUrl: settings.publicUrl() }
      const { despite, known } = readForm(publicationForm, request.body)
      const edition = await publishRecap(db, {
        ...edit,
        ...at,
        despiteBrake: despite === 'brake',
        known: known?.split(' '),
      })
      wake.mail()
      const said = edition === 1 ? 'Published.' : `Published, edition ${edition}.`
      return reply.flash(said).redirect(here(request, edit), 303)
    }),
  )

  app.post('/weeks/:id/recap/publication/withdrawal', async (request, reply) =>
    editing(request, reply, async (edit) => {
      await withdrawRecap(db, edit)
      const said = 'Taken back. The week’s page says again that its story is being put together.'
      return reply.flash(said).redirect(here(request, edit), 303)
    }),
  )

  async function show(request: FastifyRequest, reply: FastifyReply, typed?: Typed): Promise<FastifyReply> {
    const { actor } = request
    const now = clock.now()
    const model = await readEditing(db.read, weekOf(request), actor, now)
    return reply.page(
      'recaps/editor',
      editorPage(model, {
        actor,
        now,
        sandbox,
        publicUrl: settings.publicUrl(),
        formIds: randomUUID,
        wanted: readWanted(typed ? request.body : request.query),
        ...(typed ? { typed } : {}),
      }),
    )
  }

  /**
   * One change to the story. Whatever was typed on its page is kept first, whichever button was pressed. What can't be
   * taken, or came too late, is given back where it was typed.
   */
  async function editing(
    request: FastifyRequest,
    reply: FastifyReply,
    act: (edit: Edit, blockId: string) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const { blockId = '' } = request.params as { blockId?: string }
    const words = readStoryWords((request.body ?? {}) as Record<string, unknown>)
    try {
      const { version: seen } = readForm(wholeForm, request.body)
      const edit = { weekId: weekOf(request), version: seen, actor: request.actor, now: clock.now() }
      if (OF_THE_WHOLE.test(request.url)) await requireLatest(db.read, edit)
      const removing = request.url.endsWith('/removal') ? blockId : null
      const version = await saveWords(db, { ...edit, words: withoutPiece(words, removing) })
      return await act({ ...edit, version }, blockId)
    } catch (error) {
      if (error instanceof Conflict) return await showConflict(request, reply.code(409), words, error)
      const publishing = request.url.endsWith('/publication')
      if (!(error instanceof Refused) || (saysNothing(words) && !publishing)) throw error
      return await show(request, reply.code(422), { words, errors: error.fields })
    }
  }

  async function accountOf({ weekId }: Edit): Promise<Account> {
    const week = (await findWeek(db.read, weekId))!
    return (await findAccount(db.read, week.accountId))!
  }

  async function showConflict(
    request: FastifyRequest,
    reply: FastifyReply,
    words: StoryWords,
    { message }: Conflict,
  ): Promise<FastifyReply> {
    const editing = await readEditing(db.read, weekOf(request), request.actor, clock.now())
    return reply.page('recaps/conflict', conflictPage(editing, words, message))
  }
}

/** The editor shows the page beside the story; nobody else may frame it. */
function mayStandBeside(reply: FastifyReply): void {
  const policy = String(reply.getHeader('content-security-policy'))
  void reply
    .header('content-security-policy', policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"))
    .header('x-frame-options', 'SAMEORIGIN')
}

/** What concerns the whole story is done only to the story that they saw. */
const OF_THE_WHOLE = /\/recap\/(?:publication|generation|revisions)/

async function requireLatest(read: Reader, { weekId, version: seen, actor }: Edit): Promise<void> {
  const week = await findWeek(read, weekId)
  const recap = week && recapPowers(actor, week).write ? await findRecap(read, weekId) : undefined
  if (recap && recap.version !== seen)
    throw new Faster('Somebody changed this story since you opened it. Look at it once more first.')
}

function weekOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}

/** The same page, with what was looked for on it. */
function here(request: FastifyRequest, edit: Edit, blockId?: string): string {
  const wanted = wantedQuery(readWanted(request.body))
  return `${backTo(edit)}${wanted}${blockId ? `#block-${blockId}` : ''}`
}

function backTo({ weekId }: Edit, blockId?: string): string {
  return `/weeks/${weekId}/recap${blockId ? `#block-${blockId}` : ''}`
}

/** @throws NotFound when there is no such week, or it is not for this person. */
async function readEditing(read: Reader, weekId: string, actor: Actor, now: Date): Promise<Editing> {
  const week = await findWeek(read, weekId)
  if (!week || week.state === 'cancelled' || !recapPowers(actor, week).see) throw new NotFound()
  const facts = await weekFacts(read, week)
  const recap = await findRecap(read, weekId)
  const blocks = recap ? wordedAnew(facts, await listBlocks(read, recap.id)) : []
  return {
    steps: recap ? await stepsOf(read, recap.id) : { undo: null, redo: null },
    facts,
    recap,
    blocks,
    page: tellWeek(facts, blocks),
    checks: await checkStory(read, facts.account, { recap: recap ?? { id: '' }, blocks, now }),
    published: recap?.state === 'published' ? await findEdition(read, recap) : undefined,
    powers: recapPowers(actor, week),
    mayChoose: mayChoose(actor, week, now),
    mayRead: mayReadConversation(actor, week, now),
  }
}
