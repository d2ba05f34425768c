import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readAnswer } from '../drafts/checks/answers.ts'
import { NotFound, Refused } from '../errors.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, formId, readForm, typedIn, version } from '../web/forms.ts'
import { answersPage, type RefusedAnswer } from './answers-page.ts'
import { checkAnswers } from './check-answer.ts'
import { decideAnswer } from './decide-answer.ts'
import { settleCheck } from './settle-check.ts'
import { listAnswerDecisions, listAnswers } from './standard-answers.ts'
import {
  changeAnswerWords,
  findAnswerFor,
  findAnswersAccount,
  retireAnswer,
  writeAnswer,
} from './write-answer.ts'

const words = { title: z.string().trim().default(''), text: text() }
const newForm = z.object({ id: formId, ...words })
const wordsForm = z.object({ version, ...words })
const versionForm = z.object({ version })
const verdictForm = z.object({
  fingerprint: z.string('This form is broken. Please open its page again.'),
  comment: text(),
})

function text() {
  return z
    .string()
    .default('')
    .transform((typed) => typed.replaceAll('\r\n', '\n').trim())
}

/** The account's standard answers: written, approved once, changed, taken out of use. */
export async function answersRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, settings, wake } = deps
  const idOf = (request: FastifyRequest) => (request.params as { id: string }).id
  const telling = (request: FastifyRequest) => ({
    actor: request.actor,
    publicUrl: settings.publicUrl(),
    now: clock.now(),
    machineNow: clock.machine(),
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    accountId: string,
    refused?: RefusedAnswer,
  ): Promise<FastifyReply> {
    const { actor } = request
    const account = await findAnswersAccount(db.read, accountId, actor)
    const now = clock.now()
    const answers = await listAnswers(db.read, accountId)
    const page = answersPage({
      account,
      answers,
      checked: await checkAnswers(db.read, accountId, answers, now),
      decisions: await listAnswerDecisions(db.read, accountId),
      actor,
      newId: randomUUID(),
      refused,
      now,
    })
    const place = refused?.form === 'new' ? 'new' : refused?.id
    const fields = Object.entries(refused?.fields ?? {}).map(([name, why]) => [
      name === '' ? '' : `${name}-${place}`,
      why,
    ])
    return reply.page('listening/answers', {
      ...page,
      summary: refused && errorSummary(Object.fromEntries(fields)),
    })
  }

  /** Comes back with what was typed when it is refused. */
  async function orAgain(
    request: FastifyRequest,
    reply: FastifyReply,
    { accountId, id, form }: { accountId: string; id: string; form: RefusedAnswer['form'] },
    work: () => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const typed = typedIn(request.body)
      return show(request, reply.code(422), accountId, { id, form, typed, fields: error.fields })
    }
  }

  app.get('/accounts/:id/answers', (request, reply) => show(request, reply, idOf(request)))

  app.post('/accounts/:id/answers', (request, reply) => {
    const accountId = idOf(request)
    const id = typedIn(request.body)['id'] ?? randomUUID()
    return orAgain(request, reply, { accountId, id, form: 'new' }, async () => {
      const { id: own, ...said } = readForm(newForm, request.body)
      await writeAnswer(db, { id: own, accountId, words: said, ...telling(request) })
      wake.mail()
      wake.lookingUp()
      return reply
        .flash('It waits for somebody to approve it. Then it can be sent.')
        .redirect(`/accounts/${accountId}/answers#answer-${own}`, 303)
    })
  })

  app.post('/answers/:id', async (request, reply) => {
    const id = idOf(request)
    const { accountId } = await findAnswerFor(db.read, id, request.actor)
    return orAgain(request, reply, { accountId, id, form: 'words' }, async () => {
      const { version: seen, ...said } = readForm(wordsForm, request.body)
      await changeAnswerWords(db, { answerId: id, version: seen, words: said, ...telling(request) })
      wake.mail()
      wake.lookingUp()
      return reply
        .flash('Saved. Other words are sent once somebody has approved them.')
        .redirect(`/accounts/${accountId}/answers#answer-${id}`, 303)
    })
  })

  app.post('/answers/:id/approval', async (request, reply) => {
    const id = idOf(request)
    const { accountId } = await findAnswerFor(db.read, id, request.actor)
    return orAgain(request, reply, { accountId, id, form: 'approval' }, async () => {
      const { fingerprint, comment } = readForm(verdictForm, request.body)
      const { actor, now } = telling(request)
      await decideAnswer(db, { answerId: id, kind: 'approved', fingerprint, comment, actor, now })
      return reply
        .flash('Approved. It can be sent with one press.')
        .redirect(`/accounts/${accountId}/answers#answer-${id}`, 303)
    })
  })

  app.post('/answers/:id/checks', async (request, reply) => {
    const id = idOf(request)
    const { accountId } = await findAnswerFor(db.read, id, request.actor)
    const pressed = readAnswer(typedIn(request.body)['answer'] ?? '')
    if (!pressed) throw new NotFound()
    const { actor, now } = telling(request)
    await settleCheck(db, { answerId: id, ...pressed, actor, now })
    return reply
      .flash(pressed.answer === 'back' ? 'Taken back.' : 'Answered. It stands on the record.')
      .redirect(`/accounts/${accountId}/answers#answer-${id}`, 303)
  })

  app.post('/answers/:id/refusal', async (request, reply) => {
    const id = idOf(request)
    const { accountId } = await findAnswerFor(db.read, id, request.actor)
    return orAgain(request, reply, { accountId, id, form: 'refusal' }, async () => {
      const { fingerprint, comment } = readForm(verdictForm, request.body)
      const { actor, now } = telling(request)
      await decideAnswer(db, { answerId: id, kind: 'declined', fingerprint, comment, actor, now })
      return reply.flash('Declined.').redirect(`/accounts/${accountId}/answers#answer-${id}`, 303)
    })
  })

  app.post('/answers/:id/retirement', async (request, reply) => {
    const id = idOf(request)
    const { accountId } = await findAnswerFor(db.read, id, request.actor)
    const { version: seen } = readForm(versionForm, request.body)
    const { actor, now } = telling(request)
    await retireAnswer(db, { answerId: id, version: seen, actor, now })
    return reply
      .flash('It is out of use. What was sent stands.')
      .redirect(`/accounts/${accountId}/answers`, 303)
  })
}
