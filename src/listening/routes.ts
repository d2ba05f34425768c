import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { draftsAnswering } from '../drafts/drafts.ts'
import { NotFound, Refused } from '../errors.ts'
import { hostingOf, isLead, mayDecide, type Actor } from '../people/person.ts'
import { findHostedWeek } from '../rota/weeks.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, readForm, typedIn } from '../web/forms.ts'
import { safeNext } from '../web/sign-in-guard.ts'
import { askForHelp } from './ask-for-help.ts'
import { readable } from './being-cleared.ts'
import { choosePost } from './choose-post.ts'
import { nextListenAt } from './next-look.ts'
import { maySendAnswers, sendAnswer, sentTo, type SentAnswer } from './send-answer.ts'
import { listAnswers } from './standard-answers.ts'
import { freezeAnswer } from './write-answer.ts'
import { hideReply } from './hide-reply.ts'
import { findSaid, leavePost } from './leave-post.ts'
import { markRead } from './mark-read.ts'
import { conversationPage, SHOWN, type Conversation } from './pages.ts'
import { mayChoose, mayHide, mayReadConversation } from './post.ts'
import {
  answersOfOurs,
  conversationOfWeek,
  helpOfWeek,
  hidingsOfWeek,
  lastLook,
  ownPostsOfWeek,
  readUntil,
} from './posts.ts'

const address = z.object({
  show: z.enum(SHOWN).catch('all'),
  page: z.coerce.number().int().min(1).catch(1),
  at: z.string().max(30).optional().catch(undefined),
})

const choiceForm = z.object({
  chosen: z.enum(['yes', 'no'], 'This form is broken. Please open its page again.'),
  back: z.string().optional(),
})

const leavingForm = z.object({
  left: z.enum(['yes', 'no'], 'This form is broken. Please open its page again.'),
  back: z.string().optional(),
})

const hidingForm = z.object({
  hidden: z.enum(['yes', 'no'], 'This form is broken. Please open its page again.'),
  back: z.string().optional(),
})

/** Which answer, and the fingerprint of the words that were read. */
const standardForm = z.object({
  answer: z.string().regex(/^[\w-]+ [0-9a-f]{64}$/, 'This form is broken. Please open its page again.'),
  back: z.string().optional(),
})

const SENT: Record<SentAnswer['became'], (title: string, who: string) => string> = {
  sent: (title, who) => `“${title}” goes to ${who} now.`,
  held: (title, who) => `“${title}” to ${who} is held, because the brake is on.`,
  before: (title, who) => `“${title}” went to ${who} already. It is not sent again.`,
}

const readingForm = z.object({
  until: z.iso.datetime('This form is broken. Please open its page again.'),
  back: z.string().optional(),
})

/** What people say to a week, and what of it stands on its page. */
export async function listeningRoutes(
  app: FastifyInstance,
  { db, clock, settings, wake }: Deps,
): Promise<void> {
  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    weekId: string,
    refused?: { postId: string; note: string; fields: Record<string, string> },
  ): Promise<FastifyReply> {
    const { show, page: wanted, at } = readForm(address, request.query)
    const { actor } = request
    const now = clock.now()
    const conversation = await readConversation(db.read, { weekId, actor, now })
    const { week } = conversation
    const page = conversationPage(conversation, {
      show,
      page: wanted,
      at: refused ? conversation.replies.find(({ id }) => id === refused.postId)?.networkId : at,
      isHost: hostingOf(actor, week.id) !== undefined,
      may: {
        choose: mayChoose(actor, week, now),
        answer: isLead(actor, week.accountId) || mayStillWrite(actor, week.id),
        lead: isLead(actor, week.accountId),
        decide: mayDecide(actor, week.accountId),
        hide: mayHide(actor, week.accountId),
        sendAnswers: maySendAnswers(actor, week),
      },
      now,
      sandbox: settings.mode === 'sandbox',
      practising: settings.practice !== undefined,
      refused,
    })
    const mistakes =
      refused && errorSummary({ [`note-${refused.postId}`]: refused.fields['note'] ?? 'Please look again.' })
    return reply.page('listening/conversation', {
      ...page,
      mistakes,
      refreshes: request.url,
    })
  }

  app.get('/weeks/:id/conversation', (request, reply) =>
    show(request, reply, (request.params as { id: string }).id),
  )

  app.post('/posts/:id/choice', async (request, reply) => {
    const { id } = request.params as { id: string }
    const { chosen, back } = readForm(choiceForm, request.body)
    const post = await choosePost(db, {
      postId: id,
      chosen: chosen === 'yes',
      actor: request.actor,
      now: clock.now(),
    })
    const who = post.authorName || `@${post.authorHandle}`
    const said = chosen === 'yes' ? `${who} stands on the page now.` : `${who} is off the page.`
    return reply.flash(said).redirect(`${safeNext(back)}#reply-${post.networkId}`, 303)
  })

  app.post('/posts/:id/leaving', async (request, reply) => {
    const { id } = request.params as { id: string }
    const { left, back } = readForm(leavingForm, request.body)
    const post = await leavePost(db, {
      postId: id,
      left: left === 'yes',
      actor: request.actor,
      now: clock.now(),
    })
    const who = post.authorName || `@${post.authorHandle}`
    const said = left === 'yes' ? `${who} is left without an answer.` : `${who} needs an answer.`
    return reply.flash(said).redirect(`${safeNext(back)}#reply-${post.networkId}`, 303)
  })

  app.post('/posts/:id/hiding', async (request, reply) => {
    const { id: postId } = request.params as { id: string }
    const { hidden, back } = readForm(hidingForm, request.body)
    const post = await hideReply(db, {
      postId,
      hidden: hidden === 'yes',
      actor: request.actor,
      now: clock.now(),
    })
    wake.hider()
    const who = post.authorName || `@${post.authorHandle}`
    const said =
      hidden === 'yes'
        ? `The reply of ${who} is off our pages, and next hidden on X. It stands under “Hidden”, and can be shown again.`
        : `The reply of ${who} is shown again. On the week’s page it stands once somebody chooses it.`
    return reply.flash(said).redirect(safeNext(back), 303)
  })

  app.post('/posts/:id/standard-answer', async (request, reply) => {
    const { id: postId } = request.params as { id: string }
    const { answer, back } = readForm(standardForm, request.body)
    const [answerId, fingerprint] = answer.split(' ') as [string, string]
    const sent = await sendAnswer(db, {
      postId,
      answerId,
      fingerprint,
      actor: request.actor,
      now: clock.now(),
    })
    wake.publisher()
    const who = sent.post.authorName || `@${sent.post.authorHandle}`
    return reply
      .flash(SENT[sent.became](sent.title, who))
      .redirect(`${safeNext(back)}#reply-${sent.post.networkId}`, 303)
  })

  app.post('/posts/:id/help', async (request, reply) => {
    const { id: postId } = request.params as { id: string }
    const { back, ...typed } = typedIn(request.body)
    const note = (typed['note'] ?? '').trim()
    const times = { now: clock.now(), machineNow: clock.machine() }
    try {
      const { post, asked } = await askForHelp(db, {
        postId,
        note,
        actor: request.actor,
        publicUrl: settings.publicUrl(),
        ...times,
      })
      wake.mail()
      const said = settings.practice
        ? 'In your week the team is told now, by mail. Here nobody is: this is practice.'
        : asked === 'now'
          ? 'The team is told by mail, now. They have a copy; you don’t have to answer.'
          : 'Help is asked already, and the team knows.'
      return await reply.flash(said).redirect(`${safeNext(back)}#reply-${post.networkId}`, 303)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { week } = await findSaid(db.read, { postId, actor: request.actor, now: times.now })
      return show(request, reply.code(422), week.id, { postId, note, fields: error.fields })
    }
  })

  app.post('/weeks/:id/conversation/reading', async (request, reply) => {
    const { id } = request.params as { id: string }
    const { until, back } = readForm(readingForm, request.body)
    await markRead(db, { weekId: id, until: new Date(until), actor: request.actor, now: clock.now() })
    return reply.redirect(safeNext(back ?? `/weeks/${id}/conversation`), 303)
  })
}

function mayStillWrite(actor: Actor, weekId: string): boolean {
  const powers = hostingOf(actor, weekId)?.powers
  return powers === 'draft' || powers === 'post'
}

/** @throws NotFound when there is no such week, or its conversation is not for this person. */
async function readConversation(
  read: Reader,
  { weekId, actor, now }: { weekId: string; actor: Actor; now: Date },
): Promise<Conversation> {
  const found = await findHostedWeek(read, weekId)
  const account = found && (await findAccount(read, found.week.accountId))
  if (!found || !account || !mayReadConversation(actor, found.week, now)) throw new NotFound()
  const readably = await readable(read, account.id)
  const replies = (await conversationOfWeek(read, weekId)).map(readably)
  const ids = replies.map(({ networkId }) => networkId)
  const answers = await answersOfOurs(read, ids)
  const answered = new Map([...answers].map(([id, answer]) => [id, readably(answer)]))
  const drafts = ids.length > 0 ? await draftsAnswering(read, account.id, ids) : []
  return {
    account,
    ...found,
    own: (await ownPostsOfWeek(read, weekId)).map(readably),
    replies,
    answered,
    beingAnswered: new Set(
      drafts.flatMap(({ replyTo }) => (replyTo && !answered.has(replyTo) ? replyTo : [])),
    ),
    readUntil: await readUntil(read, actor.personId, weekId),
    help: await helpOfWeek(read, weekId),
    standard: (await listAnswers(read, account.id))
      .filter(({ state }) => state === 'approved')
      .map((one) => ({ ...one, fingerprint: freezeAnswer(one).fingerprint })),
    hidings: await hidingsOfWeek(read, weekId),
    sent: await sentTo(
      read,
      replies.map(({ id }) => id),
    ),
    look: await lastLook(read, account.id),
    nextLookAt: await nextListenAt(read, account.id, now),
  }
}
