import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { PAGES_AFTER } from '../../accounts/account.ts'
import type { Account } from '../../accounts/accounts.ts'
import { findAccountFor } from '../../accounts/change-account.ts'
import { Conflict, NotAllowed } from '../../errors.ts'
import { isLead } from '../../people/person.ts'
import { pauseAccount, resumeAccount } from '../../publishing/pause.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, optionalLine, readForm, refusalOf, typedIn } from '../../web/forms.ts'
import { choosePagesAfter, retireAccount, type Retired } from './retire-account.ts'
import { countAccountWork } from './account-work.ts'
import { counted, retirementPage } from './retirement-page.ts'
import { inLetters } from '../../words.ts'

const reason = optionalLine('The reason', 300)
const pauseForm = z.object({ reason })
const pagesAfter = z.enum(PAGES_AFTER, 'Choose what becomes of the public pages.')
const pagesForm = z.object({ pagesAfter })
const retirementForm = z.object({ reason, pagesAfter, handle: z.string().trim().default('') })

/** An account rests for a while, or ends for good. */
export async function standstillRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, wake } = deps
  const asked = ({ params, actor }: FastifyRequest) => ({
    accountId: (params as { id: string }).id,
    actor,
  })

  app.post('/accounts/:id/pause', async (request, reply) => {
    const { accountId } = asked(request)
    const form = readForm(pauseForm, request.body)
    await pauseAccount(deps, { ...asked(request), ...form })
    wake.mail()
    const message =
      'The account is paused: nothing goes out, and nothing is read. Everybody concerned is told.'
    return reply.flash(message).redirect(`/accounts/${accountId}#pause`, 303)
  })

  app.post('/accounts/:id/pause/end', async (request, reply) => {
    const { accountId } = asked(request)
    await resumeAccount(deps, asked(request))
    wake.mail()
    wake.listener()
    wake.handover()
    const message = 'The account goes on. The brake is still on: look at what it held, then release it.'
    const link = { href: `/accounts/${accountId}/brake`, label: 'What is held' }
    return reply.flash(message, { link }).redirect(`/accounts/${accountId}#pause`, 303)
  })

  app.get('/accounts/:id/retirement', async (request, reply) => show(reply, await found(request), {}))

  app.post('/accounts/:id/retirement', async (request, reply) => {
    const account = await found(request)
    try {
      const form = readForm(retirementForm, request.body)
      const done = await retireAccount(deps, { ...asked(request), ...form })
      wake.mail()
      return await reply.flash(doneInWords(account, done)).redirect(`/accounts/${account.id}#pause`, 303)
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return show(reply.code(status), account, typedIn(request.body), fields)
    }
  })

  app.post('/accounts/:id/pages-after', async (request, reply) => {
    const { accountId } = asked(request)
    await choosePagesAfter(db, { ...asked(request), ...readForm(pagesForm, request.body), now: clock.now() })
    return reply.flash('Saved.').redirect(`/accounts/${accountId}#pause`, 303)
  })

  /** @throws NotFound, NotAllowed for all but leads, Conflict for one that has ended. */
  async function found(request: FastifyRequest): Promise<Account> {
    const { accountId, actor } = asked(request)
    const account = await findAccountFor(db.read, accountId, actor)
    if (!isLead(actor, accountId)) throw new NotAllowed('Only the account’s leads pause or end it.')
    if (account.retiredAt) throw new Conflict('This account has ended already.')
    return account
  }

  async function show(
    reply: FastifyReply,
    account: Account,
    typed: Record<string, string>,
    errors?: Record<string, string>,
  ): Promise<FastifyReply> {
    const work = await countAccountWork(db.read, account.id, clock.now())
    return reply.page('drafts/retirement', {
      ...retirementPage(account, work, { typed, errors: errors ?? {} }),
      summary: errors && errorSummary(errors),
    })
  }
}

function doneInWords({ handle }: Account, { weeks, cancelledDeliveries, revoked }: Retired): string {
  const ended =
    weeks === 0 ? 'No week was ahead' : `${counted(weeks, 'week')} ${weeks === 1 ? 'is' : 'are'} cancelled`
  const held =
    cancelledDeliveries === 0
      ? 'nothing was on its way'
      : cancelledDeliveries === 1
        ? 'one post that waited is never sent'
        : `${inLetters(cancelledDeliveries)} posts that waited are never sent`
  const permission = revoked
    ? 'X has ended our permission.'
    : 'X did not confirm that our permission ended: if it was connected, end it there too, under “Connected apps”.'
  return `@${handle} has ended. ${ended}, ${held}. ${permission}`
}
