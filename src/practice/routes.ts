import type { FastifyInstance, FastifyRequest } from 'fastify'
import { findAccount } from '../accounts/accounts.ts'
import { NotFound } from '../errors.ts'
import type { Deps } from '../web/deps.ts'
import { goodPosts } from './good-posts.ts'
import { practisesFor } from './may-practise.ts'
import { practicePage } from './pages.ts'

const HOME = '/practice'
const BASE = '/practice/desk'

/** A host's practice: the guide, its beginning and end, and the way into it. */
export async function practiceRoutes(app: FastifyInstance, { db, clock, practice }: Deps): Promise<void> {
  app.get(HOME, async (request, reply) => {
    const accountId = await accountOf(request)
    const account = (await findAccount(db.read, accountId))!
    const now = clock.now()
    const good = await goodPosts(db.read, { accountId, zone: account.timeZone, now })
    return reply.page(
      'practice/practice',
      practicePage({ account, stand: standOf(request, accountId), good, base: BASE }),
    )
  })

  app.post(HOME, async (request, reply) => {
    const accountId = await accountOf(request)
    await practice!.begin(request.actor, accountId)
    return reply.redirect(HOME, 303)
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
      await practice!.answer(request.visitor.personId, {
        taken: () => void reply.hijack(),
        request: request.raw,
        response: reply.raw,
        address: request.url.slice(BASE.length),
      })
    },
    handler: async (request, reply) => {
      await accountOf(request)
      return reply.redirect(HOME, 303)
    },
  })

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
