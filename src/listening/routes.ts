import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { draftsAnswering } from '../drafts/drafts.ts'
import { NotFound } from '../errors.ts'
import { hostingOf, isLead, type Actor } from '../people/person.ts'
import { findHostedWeek } from '../rota/weeks.ts'
import type { Deps } from '../web/deps.ts'
import { readForm } from '../web/forms.ts'
import { safeNext } from '../web/sign-in-guard.ts'
import { choosePost } from './choose-post.ts'
import { nextListenAt } from './next-look.ts'
import { leavePost } from './leave-post.ts'
import { markRead } from './mark-read.ts'
import { conversationPage, SHOWN, type Conversation } from './pages.ts'
import { mayChoose, mayReadConversation } from './post.ts'
import { answersOfOurs, conversationOfWeek, lastLook, ownPostsOfWeek, readUntil } from './posts.ts'

const choiceForm = z.object({
  chosen: z.enum(['yes', 'no'], 'This form is broken. Please open its page again.'),
  back: z.string().optional(),
})

const leavingForm = z.object({
  left: z.enum(['yes', 'no'], 'This form is broken. Please open its page again.'),
  back: z.string().optional(),
})

const readingForm = z.object({
  until: z.iso.datetime('This form is broken. Please open its page again.'),
  back: z.string().optional(),
})

/** What people say to a week, and what of it stands on its page. */
export async function listeningRoutes(app: FastifyInstance, { db, clock, settings }: Deps): Promise<void> {
  app.get('/weeks/:id/conversation', async (request, reply) => {
    const { id } = request.params as { id: string }
    const { show } = request.query as { show?: string }
    const { actor } = request
    const now = clock.now()
    const conversation = await readConversation(db.read, { weekId: id, actor, now })
    const { week } = conversation
    const page = conversationPage(conversation, {
      show: SHOWN.find((one) => one === show) ?? 'all',
      may: {
        choose: mayChoose(actor, week, now),
        answer: isLead(actor, week.accountId) || mayStillWrite(actor, week.id),
        lead: isLead(actor, week.accountId),
      },
      now,
      sandbox: settings.mode === 'sandbox',
    })
    return reply.page('listening/conversation', page)
  })

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
  const replies = await conversationOfWeek(read, weekId)
  const ids = replies.map(({ networkId }) => networkId)
  const answered = await answersOfOurs(read, ids)
  const drafts = ids.length > 0 ? await draftsAnswering(read, account.id, ids) : []
  return {
    account,
    ...found,
    own: await ownPostsOfWeek(read, weekId),
    replies,
    answered,
    beingAnswered: new Set(
      drafts.flatMap(({ replyTo }) => (replyTo && !answered.has(replyTo) ? replyTo : [])),
    ),
    readUntil: await readUntil(read, actor.personId, weekId),
    look: await lastLook(read, account.id),
    nextLookAt: await nextListenAt(read, account.id, now),
  }
}
