import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { findAccount } from '../accounts/accounts.ts'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps } from '../web/deps.ts'
import { isQuiet } from '../web/quiet-refresh.ts'
import { goodPosts } from './good-posts.ts'
import { endOfPractice, practisesFor } from './may-practise.ts'
import { endPage, practicePage } from './pages.ts'

const HOME = '/practice'
const BASE = '/practice/desk'
/** Each makes an account with all that belongs to it. */
const LIMIT = { max: 10, timeWindow: '10 minutes' }

/** A host's practice: the guide, its beginning and end, and the way into it. */
export async function practiceRoutes(app: FastifyInstance, { db, clock, practice }: Deps): Promise<void> {
  await app.register(rateLimit, { global: false })
  const limit = {
    rateLimit: {
      ...LIMIT,
      keyGenerator: ({ visitor, ip }: FastifyRequest) => visitor?.personId ?? ip,
    },
  }

  app.get(HOME, async (request, reply) => {
    const accountId = await accountOf(request)
    const account = (await findAccount(db.read, accountId))!
    const now = clock.now()
    const good = await goodPosts(db.read, { accountId, zone: account.timeZone, now })
    const stand = standOf(request, accountId)
    const other = stand ? null : standOf(request, null)
    const elsewhere = other && ((await findAccount(db.read, other.accountId)) ?? null)
    const closesAt = await endOfPractice(db.read, request.actor, accountId)
    const kept = { closesAt, zone: account.timeZone, now }
    return reply.page(
      'practice/practice',
      practicePage({ account, stand, elsewhere, good, kept, base: BASE }),
    )
  })

  app.post(HOME, { config: limit }, async (request, reply) => {
    const accountId = await accountOf(request)
    await practice!.begin(request.actor, accountId)
    return reply.redirect(HOME, 303)
  })

  app.get(`${HOME}/end`, async (request, reply) => {
    await accountOf(request)
    const stand = standOf(request, null)
    return stand ? reply.page('practice/end', endPage(stand)) : reply.redirect(HOME, 303)
  })

  app.post(`${HOME}/end`, async (request, reply) => {
    await accountOf(request)
    await practice!.end(request.actor.personId)
    return reply.flash('Everything that you practised is deleted.').redirect(HOME, 303)
  })

  app.route({
    method: ['GET', 'POST'],
    url: `${BASE}/*`,
    // Before the body is read: the practice reads it itself.
    onRequest: async (request, reply) => {
      if (!request.visitor) return
      const accountId = standOf(request, null)?.accountId
      if (!accountId || !(await practisesFor(db.read, request.visitor)).includes(accountId)) return
      // A page that was left open looks by itself: nobody is there, and its clock stands still.
      if (isQuiet(request) && !practice!.isOpen(request.visitor.personId)) await reply.code(304).send()
      else await answer(request, reply, request.visitor.personId)
    },
    handler: async (request, reply) => {
      await accountOf(request)
      return reply.redirect(HOME, 303)
    },
  })

  async function answer(request: FastifyRequest, reply: FastifyReply, personId: string): Promise<void> {
    try {
      await practice!.answer(personId, {
        taken: () => void reply.hijack(),
        request: request.raw,
        response: reply.raw,
        address: request.url.slice(BASE.length),
        looks: isQuiet(request),
      })
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      await reply.flash(error.message, { level: 'stop' }).redirect(HOME, 303)
    }
  }

  /** The account whose practice this is about: the one that they were at last, where they have several. @throws NotFound for whoever has nothing to practise for. */
  async function accountOf({ actor, accountId }: FastifyRequest): Promise<string> {
    const accounts = practice ? await practisesFor(db.read, actor) : []
    const [first] = accounts
    if (!first) throw new NotFound()
    return accountId !== null && accounts.includes(accountId) ? accountId : first
  }

  /** Null where they have none; `accountId`: none of that account. */
  function standOf({ visitor }: FastifyRequest, accountId: string | null) {
    const stand = visitor && practice ? practice.standOf(visitor.personId) : null
    return accountId === null || stand?.accountId === accountId ? stand : null
  }
}
