import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { timeInWords } from '../../calendar.ts'
import { readAnswer } from '../../drafts/checks/answers.ts'
import type { VerdictKind, WritingWindow } from '../../drafts/draft.ts'
import { Conflict, NotFound, Refused } from '../../errors.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, readForm, typedIn, version } from '../../web/forms.ts'
import { decideReflection, type PageAfter } from './decide-reflection.ts'
import { answerInReflection, checkReflection } from './check-reflection.ts'
import {
  answersOf,
  findReflectionPlace,
  keepReflection,
  submitReflection,
  withAimsNow,
  withdrawReflection,
} from './reflect.ts'
import type { Answer } from './reflection.ts'
import { reflectionPage, type RefusedReflection } from './reflection-page.ts'
import { reflectionDecisionsOf } from '../recaps.ts'

const seen = z.object({ version })
const windowForm = z.object({ window: z.uuid(), turn: z.coerce.number().int().positive() })
const MOST_QUESTIONS = 20
const LONGEST_QUESTION = 200

/** Where a host looks back on their week, and those who decide read it. */
export async function reflectionRoutes(
  app: FastifyInstance,
  { db, clock, settings, wake }: Deps,
): Promise<void> {
  const weekOf = (request: FastifyRequest) => (request.params as { id: string }).id
  const pageOf = (request: FastifyRequest) => `/weeks/${weekOf(request)}/reflection`
  const outside = () => ({ machineNow: clock.machine(), publicUrl: settings.publicUrl() })

  function writing(request: FastifyRequest) {
    return {
      weekId: weekOf(request),
      version: readForm(seen, request.body).version,
      answers: readAnswers(request.body),
      window: readWindow(request.body),
      actor: request.actor,
      now: clock.now(),
    }
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    refused?: RefusedReflection,
  ): Promise<FastifyReply> {
    const { actor } = request
    const place = await findReflectionPlace(db.read, weekOf(request), actor)
    const decisions = await reflectionDecisionsOf(db.read, place.host.id)
    const fresh = refused?.answers === undefined
    const now = clock.now()
    const typed = refused?.answers ?? answersOf(place)
    const { reflection } = place
    const answers =
      reflection?.state === 'submitted'
        ? reflection.answers
        : await withAimsNow(db.read, place, { answers: typed, now })
    const checked = await checkReflection(db.read, place, { answers, now })
    const page = reflectionPage(place, { decisions, checked, actor, now, refused, fresh })
    const wrong = refused && Object.keys(refused.errors).length > 0
    return reply.page('recaps/reflection', { ...page, summary: wrong ? errorSummary(refused.errors) : null })
  }

  /** What can't be taken, or came too late, is given back where it was typed. */
  async function taking(
    request: FastifyRequest,
    reply: FastifyReply,
    act: () => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const answers = readAnswers(request.body)
    const comment = typedIn(request.body)['comment'] ?? ''
    const typed = { ...(answers.length > 0 ? { answers } : {}), comment }
    try {
      return await act()
    } catch (error) {
      if (error instanceof Refused) return show(request, reply.code(422), { ...typed, errors: error.fields })
      if (error instanceof Conflict)
        return show(request, reply.code(409), { ...typed, errors: {}, conflict: error.message })
      throw error
    }
  }

  app.get('/weeks/:id/reflection', (request, reply) => show(request, reply))

  app.post('/weeks/:id/reflection', (request, reply) =>
    taking(request, reply, async () => {
      // The browser has kept it, and wants it shown again.
      if (typedIn(request.body)['do'] === 'show')
        return show(request, reply, { answers: readAnswers(request.body), errors: {} })
      const by = writing(request)
      await keepReflection(db, by)
      const pressed = readAnswer(typedIn(request.body)['answer'] ?? '')
      if (pressed) {
        await answerInReflection(db, { ...by, ...pressed })
        const said = pressed.answer === 'back' ? 'Taken back.' : 'Answered. It stands on the record.'
        return reply.flash(said).redirect(pageOf(request), 303)
      }
      return reply.flash('Saved. Nobody else reads it before you hand it in.').redirect(pageOf(request), 303)
    }),
  )

  /** For the page's script only: keeps what is typed so far, and says when. */
  app.post('/weeks/:id/reflection/autosave', async (request, reply) => {
    if (!readWindow(request.body)) throw new NotFound()
    try {
      const kept = await keepReflection(db, writing(request))
      const { account } = await findReflectionPlace(db.read, weekOf(request), request.actor)
      return { version: kept, at: timeInWords(clock.now(), account.timeZone), note: null }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return reply.code(422).send({ note: Object.values(error.fields).join(' ') })
    }
  })

  app.post('/weeks/:id/reflection/submission', (request, reply) =>
    taking(request, reply, async () => {
      await submitReflection(db, { ...writing(request), ...outside() })
      wake.mail()
      return reply.flash('Handed in. Thank you!').redirect(pageOf(request), 303)
    }),
  )

  app.post('/weeks/:id/reflection/withdrawal', (request, reply) =>
    taking(request, reply, async () => {
      const { version: known } = readForm(seen, request.body)
      const by = { weekId: weekOf(request), version: known, actor: request.actor, now: clock.now() }
      await withdrawReflection(db, by)
      return reply.flash('It is yours again.').redirect(pageOf(request), 303)
    }),
  )

  const verdicts: [path: string, kind: VerdictKind, said: string][] = [
    ['approval', 'approved', 'Approved. It stands in the recap.'],
    ['change-request', 'changes-requested', 'Changes are asked for.'],
    ['refusal', 'declined', 'Declined.'],
  ]
  for (const [path, kind, said] of verdicts) {
    app.post(`/weeks/:id/reflection/${path}`, (request, reply) =>
      taking(request, reply, async () => {
        const { fingerprint = '', comment = '' } = typedIn(request.body)
        const of = { weekId: weekOf(request), kind, fingerprint, comment }
        const by = { actor: request.actor, now: clock.now(), ...outside() }
        const { page } = await decideReflection(db, { ...of, ...by })
        wake.mail()
        return reply.flash(said + MORE[page]).redirect(pageOf(request), 303)
      }),
    )
  }
}

const MORE: Record<PageAfter, string> = {
  'as-it-should-be': '',
  'for-a-lead': ' Publish the recap again, so that its public page has it too.',
  soon: ' Somebody is at the recap: its public page has it as soon as they have paused.',
}

/** `answer-1-question` and `answer-1-text`, and so on. */
function readAnswers(body: unknown): Answer[] {
  const typed = typedIn(body)
  const answers: Answer[] = []
  for (let number = 1; number <= MOST_QUESTIONS; number++) {
    const question = (typed[`answer-${number}-question`] ?? '').trim().slice(0, LONGEST_QUESTION)
    if (question === '') break
    const text = (typed[`answer-${number}-text`] ?? '').replaceAll('\r\n', '\n').trim()
    answers.push({ question, text })
  }
  return answers
}

function readWindow(body: unknown): WritingWindow | null {
  const { success, data } = windowForm.safeParse(body)
  return success ? { key: data.window, turn: data.turn } : null
}
