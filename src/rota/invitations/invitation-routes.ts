import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { findAccount } from '../../accounts/accounts.ts'
import { findPerson, listRoles, queueSignInMail } from '../../people/people.ts'
import type { Deps } from '../../web/deps.ts'
import { renderMarkdown } from '../../web/markdown.ts'
import { DEAD_INVITATIONS, invitationPage } from './invitation-page.ts'
import { inspectInvitation } from './invitations.ts'

/** The page behind an invitation's link, for everybody who has it. It signs nobody in: it mails a link to the booked address. */
export async function invitationRoutes(app: FastifyInstance, { db, clock, wake }: Deps): Promise<void> {
  await app.register(rateLimit, { global: false })
  const limit = { rateLimit: { max: 20, timeWindow: '10 minutes' } }
  const inspect = ({ params }: FastifyRequest) =>
    inspectInvitation(db.read, (params as { token: string }).token, clock.now())

  app.get('/invitations/:token', { config: limit }, async (request, reply) => {
    const found = await inspect(request)
    if (!found)
      return reply
        .code(404)
        .page('rota/dead-invitation', { title: 'We don’t know this invitation', page: 'door' })
    const { state, week, host } = found
    if (state === 'over' || state === 'replaced' || state === 'cancelled')
      return reply.code(410).page('rota/dead-invitation', {
        title: 'This invitation has ended',
        why: DEAD_INVITATIONS[state],
        page: 'door',
      })
    if (state === 'declined')
      return reply.page('rota/dead-invitation', {
        title: 'You said no',
        why: DEAD_INVITATIONS[state],
        page: 'door',
      })
    const account = (await findAccount(db.read, week.accountId))!
    const { visitor } = request
    const isHost = visitor?.personId === host.personId
    const page = invitationPage(
      { week, host, state },
      {
        account,
        desk: await listRoles(db.read, account.id),
        houseRules: renderMarkdown(account.texts.houseRules),
        email: (await findPerson(db.read, host.personId))!.email,
        canAccept: isHost && state === 'open',
        token: isHost ? null : (request.params as { token: string }).token,
        someoneElse: visitor && !isHost ? visitor.name : null,
        now: clock.now(),
      },
    )
    return reply.page('rota/invitation', { ...page, title: `A week at ${page.account.handle}` })
  })

  app.post('/invitations/:token/sign-in-mail', { config: limit }, async (request, reply) => {
    const found = await inspect(request)
    if (found?.state !== 'open' && found?.state !== 'accepted')
      return reply.redirect(`/invitations/${(request.params as { token: string }).token}`, 303)
    const person = (await findPerson(db.read, found.host.personId))!
    const at = { now: clock.now(), machineNow: clock.machine() }
    await db.write((tx) => queueSignInMail(tx, { person, ...at }))
    wake.mail()
    request.session.next = `/weeks/${found.week.id}${found.state === 'open' ? '/invitation' : ''}`
    return reply.page('people/check-mail', { title: 'Look at your mail', email: person.email, page: 'door' })
  })
}
