import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { Refused } from '../../errors.ts'
import { openHelp } from '../../listening/posts.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, typedIn } from '../../web/forms.ts'
import {
  candidatesFor,
  findRemovalFor,
  forgetPerson,
  isOwn,
  readAbout,
  refuseRemoval,
  settleRemoval,
  soughtOf,
  type Meant,
} from './forget-person.ts'
import { namedIn, soughtWords, type NamedIn } from './named-in.ts'
import { removalRequestPage, type TypedWords } from './removal-request-page.ts'

/** What the desk does when somebody asks to be taken off the public pages. Asking for it needs no account, and stands elsewhere. */
export async function removalRequestRoutes(app: FastifyInstance, { db, clock, wake }: Deps): Promise<void> {
  const idOf = (request: FastifyRequest) => (request.params as { id: string }).id
  const times = () => ({ now: clock.now(), machineNow: clock.machine() })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    typed: TypedWords = { fields: {} },
  ): Promise<FastifyReply> {
    const asked = await findRemovalFor(db.read, idOf(request), request.actor)
    const account = (await findAccount(db.read, asked.accountId))!
    const who = typed.who || (request.query as { who?: unknown }).who
    // Who presses with nothing typed looks for whoever asked.
    const about = typeof who === 'string' && who.trim() !== '' ? who.slice(0, 300) : asked.about
    const candidates = asked.state === 'open' ? await candidatesFor(db.read, account.id, about) : []
    const help = asked.state === 'open' ? await openHelp(db.read, account.id) : []
    const { handle } = readAbout(about)
    const onlyNamed = candidates.length === 0 && handle !== null && !isOwn(account, handle) ? handle : null
    const people = [
      ...candidates.map(({ authorNetworkId }) => ({ authorNetworkId, handle: '' })),
      ...(onlyNamed === null ? [] : [{ authorNetworkId: null, handle: onlyNamed }]),
    ]
    const { named, stays } =
      asked.state === 'open'
        ? await whereNamed(account, about, people)
        : { named: [], stays: new Map<string, NamedIn[]>() }
    const now = clock.now()
    const found = { candidates, onlyNamed, stays, help, named, who: about }
    const page = removalRequestPage(asked, { account, ...found, now, typed })
    const summary = Object.keys(typed.fields).length > 0 ? errorSummary(typed.fields) : null
    return reply.page('recaps/removal-request', { ...page, summary })
  }

  /** Where the words of a request stand, and for each of these people what stays of their names without them. */
  async function whereNamed(account: Account, about: string, people: readonly Meant[]) {
    const sought = [soughtWords(about)]
    for (const meant of people) sought.push(await soughtOf(db.read, account, meant))
    const [named, ...staying] = await namedIn(db.read, account, sought)
    const stays = new Map(people.map(({ authorNetworkId }, at) => [authorNetworkId ?? '', staying[at]!]))
    return { named: named!, stays }
  }

  app.get('/removal-requests/:id', (request, reply) => show(request, reply))

  app.post('/removal-requests/:id/removal', async (request, reply) => {
    const requestId = idOf(request)
    const { person = '', handle = '', who = handle, looked } = typedIn(request.body)
    const authorNetworkId = person === '' ? null : person
    const meant = { authorNetworkId, handle, looked: looked === 'yes' }
    try {
      await forgetPerson(db, { requestId, ...meant, actor: request.actor, now: clock.now() })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return show(request, reply.code(422), { person, who, fields: error.fields })
    }
    wake.clearing()
    wake.listener()
    return reply
      .flash('Done: nothing of theirs is on our pages any more. What is stored is gone through now.')
      .redirect(`/removal-requests/${requestId}`, 303)
  })

  app.post('/removal-requests/:id/settlement', async (request, reply) => {
    const requestId = idOf(request)
    const done = (typedIn(request.body)['done'] ?? '').trim()
    try {
      await settleRemoval(db, { requestId, done, actor: request.actor, ...times() })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return show(request, reply.code(422), { done, fields: error.fields })
    }
    wake.mail()
    return reply.flash('Closed, as done by hand.').redirect(`/removal-requests/${requestId}`, 303)
  })

  app.post('/removal-requests/:id/refusal', async (request, reply) => {
    const requestId = idOf(request)
    const word = (typedIn(request.body)['word'] ?? '').trim()
    try {
      await refuseRemoval(db, { requestId, word, actor: request.actor, ...times() })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return show(request, reply.code(422), { word, fields: error.fields })
    }
    wake.mail()
    return reply.flash('Closed, and not done.').redirect(`/removal-requests/${requestId}`, 303)
  })
}
