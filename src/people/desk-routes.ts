import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NotFound } from '../errors.ts'
import { findTrouble, neverArrived, outOfReach, peopleReached } from '../mail/addresses.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, line, readForm, refusalOf, typedIn } from '../web/forms.ts'
import { addToDesk, changeAtDesk, removeFromDesk, requireLead, signOutAtDesk } from './desk.ts'
import { listRoles } from './people.ts'
import { peoplePage, personFields, type AwayLine, type HostLine } from './pages.ts'
import { deskOf, normaliseEmail, ROLES } from './person.ts'

const personForm = z.object({
  name: line('The name', 80),
  email: z
    .string({ error: 'The e-mail address is missing.' })
    .trim()
    .pipe(z.email('That doesn’t look like an e-mail address. Example: owen@example.org')),
  role: z.enum(ROLES, 'Choose what they may do.'),
})

/** Who hosts is known to the rota, which builds on this room; so it hands that in. */
export interface PeopleDeps extends Deps {
  /** Of the account, without the @; accounts stand beside this room. */
  handleOf(accountId: string): Promise<string>
  listHosts(accountId: string): Promise<HostLine[]>
  listAway(accountId: string): Promise<AwayLine[]>
  /** Whether who is typed in may be somebody whom the account knows under another address; null once that was asked. */
  askWhetherSame(accountId: string, typed: Record<string, string>): Promise<AskedNear | null>
}

/** The model of the partial `same-person`. */
interface AskedNear {
  name: string
  email: string
  asked: string
}

/** The people of an account: its desk, and its hosts. Leads change the desk, approvers look. */
export async function peopleRoutes(
  app: FastifyInstance,
  { db, clock, settings, wake, handleOf, listHosts, listAway, askWhetherSame }: PeopleDeps,
): Promise<void> {
  app.get('/people', async (request, reply) => showPeople(request, reply))

  app.post('/people', async (request, reply) => {
    const { actor } = request
    const accountId = deskOf(actor)
    requireLead(actor, accountId)
    const typed = typedIn(request.body)
    if (typed['same']) return showPeople(request, reply, { typed: { ...typed, email: typed['same'] } })
    const near = await askWhetherSame(accountId, typed)
    if (near) return showPeople(request, reply.code(422), { typed, near })
    try {
      const form = readForm(personForm, request.body)
      const person = await addToDesk(db, {
        ...form,
        accountId,
        handle: await handleOf(accountId),
        actor,
        publicUrl: settings.publicUrl(),
        now: clock.now(),
        machineNow: clock.machine(),
      })
      wake.mail()
      const message = `${person.name} gets a mail, and can sign in now with ${person.email}.`
      return await reply.flash(message).redirect('/people', 303)
    } catch (error) {
      return showPeople(request, reply, { typed, refusal: refusalOf(error) })
    }
  })

  app.get('/people/:id', async (request, reply) => {
    const { person, role } = await atDesk(request)
    return showPerson(reply, { db, person }, { name: person.name, email: person.email, role })
  })

  app.post('/people/:id', async (request, reply) => {
    const { person, accountId } = await atDesk(request)
    try {
      const form = readForm(personForm, request.body)
      const now = clock.now()
      await changeAtDesk(db, { ...form, accountId, personId: person.id, actor: request.actor, now })
      wake.mail()
      wake.handover()
      const lost = await neverArrived(db.read, { personId: person.id, accountId, now })
      const [message, next] =
        normaliseEmail(form.email) !== person.email && lost.length > 0
          ? ['Saved. Some mails never reached the old address: send again what still matters.', '/address']
          : ['Saved.', null]
      return await reply.flash(message).redirect(next ? `/people/${person.id}${next}` : '/people', 303)
    } catch (error) {
      return showPerson(reply, { db, person }, typedIn(request.body), refusalOf(error))
    }
  })

  app.post('/people/:id/removal', async (request, reply) => {
    const { person, accountId, role } = await atDesk(request)
    try {
      const now = clock.now()
      await removeFromDesk(db, { accountId, personId: person.id, actor: request.actor, now })
      const next = person.id === request.actor.personId ? '/today' : '/people'
      const message = `${person.name} is not at this desk any more. What they did stays on the record.`
      return await reply.flash(message).redirect(next, 303)
    } catch (error) {
      const typed = { name: person.name, email: person.email, role }
      return showPerson(reply, { db, person }, typed, refusalOf(error))
    }
  })

  app.post('/people/:id/sign-out', async (request, reply) => {
    const { person, accountId, role } = await atDesk(request)
    const passkeys = (request.body as { passkeys?: string } | undefined)?.passkeys === 'yes'
    try {
      const who = { accountId, personId: person.id, passkeys, actor: request.actor, now: clock.now() }
      await signOutAtDesk(db, who)
    } catch (error) {
      const typed = { name: person.name, email: person.email, role }
      return showPerson(reply, { db, person }, typed, refusalOf(error))
    }
    const gone = passkeys ? ', and their passkeys are removed' : ''
    return reply.flash(`${person.name} is signed out everywhere${gone}.`).redirect('/people', 303)
  })

  async function atDesk({ actor, params }: FastifyRequest) {
    const accountId = deskOf(actor)
    requireLead(actor, accountId)
    const { id } = params as { id: string }
    const found = (await listRoles(db.read, accountId)).find(({ person }) => person.id === id)
    if (!found) throw new NotFound()
    return { ...found, accountId }
  }

  async function showPeople(
    { actor }: FastifyRequest,
    reply: FastifyReply,
    again?: { typed: Record<string, string>; refusal?: ReturnType<typeof refusalOf>; near?: AskedNear },
  ) {
    const accountId = deskOf(actor)
    const [desk, hosts] = [await listRoles(db.read, accountId), await listHosts(accountId)]
    const { refusal, near } = again ?? {}
    const errors = refusal?.fields ?? {}
    if (refusal) void reply.code(refusal.status)
    return reply.page('people/people', {
      title: 'People',
      ...peoplePage(
        {
          desk,
          hosts,
          away: await listAway(accountId),
          outOfReach: (await outOfReach(db.read, accountId, clock.now())).map(({ personId }) => personId),
          reached: (await peopleReached(db.read, accountId, clock.now())).map(({ personId }) => personId),
        },
        { accountId, actor },
      ),
      ...(refusal && { summary: errorSummary(errors) }),
      ...(near && { summary: errorSummary({ email: `Is this ${near.name}? Nobody is added yet.` }) }),
      near,
      fields: personFields(again?.typed ?? {}, errors),
    })
  }
}

async function showPerson(
  reply: FastifyReply,
  { db, person }: { db: Deps['db']; person: { id: string; name: string } },
  typed: Record<string, string>,
  refusal?: ReturnType<typeof refusalOf>,
) {
  return reply.code(refusal?.status ?? 200).page('people/person', {
    title: person.name,
    href: `/people/${person.id}`,
    dataHref: `/people/${person.id}/data`,
    reachHref: `/people/${person.id}/address`,
    isOutOfReach: (await findTrouble(db.read, person.id)) !== undefined,
    ...(refusal && { summary: errorSummary(refusal.fields) }),
    fields: personFields(typed, refusal?.fields ?? {}),
  })
}
