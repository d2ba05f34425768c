import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { listEntries } from '../activity/activities.ts'
import { Refused } from '../errors.ts'
import { findPerson } from '../people/people.ts'
import { isLead } from '../people/person.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, readForm } from '../web/forms.ts'
import { findConnection } from './accounts.ts'
import {
  changeAccount,
  findAccountFor,
  type AccountChange,
  type AccountSection,
  type Heeded,
  type HeedRules,
} from './change-account.ts'
import { connect, connectableAccount, disconnect } from './connection.ts'
import {
  askingForm,
  briefingForm,
  budgetForm,
  checksForm,
  identityForm,
  liveForm,
  planForm,
  policyForm,
  pricesForm,
  reflectionForm,
  shapeForm,
  signingInForm,
  templatesForm,
  textsForm,
} from './forms.ts'
import { planningForm } from './days-form.ts'
import { settingsPage } from './pages.ts'
import type { RefusedSection } from './settings/values.ts'

declare module 'fastify' {
  interface Session {
    /** Between the way to the network's page of consent and back. */
    connecting?: { accountId: string; state: string; codeVerifier: string }
  }
}

const FORMS = {
  identity: identityForm,
  shape: shapeForm,
  policy: policyForm,
  checks: checksForm,
  live: liveForm,
  plan: planForm,
  asking: askingForm,
  budget: budgetForm,
  prices: pricesForm,
  texts: textsForm,
  templates: templatesForm,
  briefing: briefingForm,
  'signing-in': signingInForm,
  planning: planningForm,
  reflection: reflectionForm,
}
const SAVED: Record<AccountSection, string> = {
  identity: 'Saved.',
  shape: 'The shape is saved. It counts for weeks that are booked from now on.',
  policy: 'The policy is saved.',
  checks: 'The checks are saved. They count from now on, also for drafts that wait.',
  live: 'What becomes of live posts is saved. It counts for what is posted from now on.',
  asking: 'Saved. Who asked before is deleted when they were told.',
  plan: 'The plan is saved. It counts from now on, in each week.',
  budget: 'The budget is saved. What it held and is not late goes on by itself, as far as there is room.',
  prices: 'The prices are saved. They count from now on; what was spent stays as it was counted.',
  texts: 'The texts are saved.',
  templates:
    'The posts about your weeks are saved. They count from now on, also for those that wait untouched.',
  reflection: 'The questions are saved. What hosts have answered already stays.',
  'signing-in': 'Saved. It counts from now on, for everybody who leads this account.',
  planning: 'Saved. The rota shows these days from now on.',
  briefing: 'The briefing is saved. It counts for each week that has not opened yet.',
}

/** The settings of an account, and its connection. */
export async function accountRoutes(
  app: FastifyInstance,
  deps: Deps & { heedRules: HeedRules },
): Promise<void> {
  const { db, clock, network, settings, wake, heedRules } = deps
  const redirectUri = () => `${settings.publicUrl()}/connections/x/callback`
  const idOf = (request: FastifyRequest) => (request.params as { id: string }).id

  async function show(request: FastifyRequest, reply: FastifyReply, refused?: RefusedSection) {
    const account = await findAccountFor(db.read, idOf(request), request.actor)
    const connection = await findConnection(db.read, account.id)
    const changes = await listEntries(
      db.read,
      { accountId: account.id, kinds: ['account.changed'] },
      { most: 100 },
    )
    const names = new Map<string, string>()
    for (const id of new Set([
      connection?.connectedBy,
      account.brakeBy,
      account.pausedBy,
      account.retiredBy,
      ...changes.map((one) => one.personId),
    ])) {
      const person = id ? await findPerson(db.read, id) : undefined
      if (person) names.set(person.id, person.name)
    }
    const canChange = isLead(request.actor, account.id)
    if (canChange) letLeadTo(reply, network.beginConnection({ redirectUri: redirectUri() }).url)
    return reply.page('accounts/settings', {
      title: `The account @${account.handle}`,
      owner: request.actor.owner,
      ...settingsPage({
        account,
        connection,
        changes,
        nameOf: (id) => names.get(id ?? '') ?? null,
        canChange,
        refused,
        now: clock.now(),
      }),
      summary: refused && errorSummary(refused.fields),
    })
  }

  app.get('/accounts/:id', (request, reply) => show(request, reply))

  for (const section of Object.keys(FORMS) as AccountSection[]) {
    app.post(`/accounts/:id/${section}`, async (request, reply) => {
      let heeded: Heeded
      try {
        const { version, ...to } = readForm(FORMS[section] as z.ZodType<{ version: number }>, request.body)
        const change = { section, to } as AccountChange
        heeded = await changeAccount(
          db,
          {
            accountId: idOf(request),
            version,
            change,
            actor: request.actor,
            now: clock.now(),
            machineNow: clock.machine(),
            publicUrl: settings.publicUrl(),
          },
          heedRules,
        )
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        const typed = request.body as Record<string, string | string[]>
        return show(request, reply.code(422), { section, typed, fields: error.fields })
      }
      // What was held for the budget may go now, and reading may go on.
      if (section === 'budget' || section === 'prices') {
        wake.publisher()
        wake.listener()
      }
      // Weeks may be ready now, or not any more.
      if (section === 'briefing' || section === 'planning' || section === 'texts' || section === 'templates')
        wake.handover()
      if (heeded.link) wake.mail()
      return reply
        .flash([SAVED[section], ...heeded.said].join(' '), { ...(heeded.link && { link: heeded.link }) })
        .redirect(`/accounts/${idOf(request)}#${section}`, 303)
    })
  }

  app.post('/accounts/:id/connection', async (request, reply) => {
    const account = await connectableAccount(deps, idOf(request), request.actor)
    const { url, state, codeVerifier } = network.beginConnection({ redirectUri: redirectUri() })
    request.session.connecting = { accountId: account.id, state, codeVerifier }
    return reply.redirect(url, 303)
  })

  app.get('/connections/x/callback', async (request, reply) => {
    const { code, state, error } = request.query as Record<string, string | undefined>
    const { connecting } = request.session
    delete request.session.connecting
    const page = connecting ? `/accounts/${connecting.accountId}` : '/today'
    const refuse = (message: string) => reply.flash(message, { level: 'stop' }).redirect(page, 303)
    if (!connecting || state !== connecting.state)
      return refuse(
        'This answer of X belongs to no request of yours. Nothing was changed: please begin again here.',
      )
    if (error || !code) return refuse('The permission was not given on X. Nothing was changed here.')
    try {
      const { user, account } = await connect(deps, {
        ...connecting,
        code,
        redirectUri: redirectUri(),
        actor: request.actor,
      })
      wake.publisher()
      const same = user.handle.toLowerCase() === account.handle.toLowerCase()
      const also = same
        ? ''
        : ` On X it is called @${user.handle} now: change the handle here too if that stays.`
      return reply.flash(`@${account.handle} is connected.${also}`).redirect(page, 303)
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused
      return refuse(refused.message)
    }
  })

  app.get('/accounts/:id/disconnection', async (request, reply) => {
    const account = await connectableAccount(deps, idOf(request), request.actor)
    return reply.page('accounts/disconnection', {
      title: 'Disconnect',
      handle: `@${account.handle}`,
      action: `/accounts/${account.id}/disconnection`,
      back: `/accounts/${account.id}`,
    })
  })

  app.post('/accounts/:id/disconnection', async (request, reply) => {
    const { revoked } = await disconnect(deps, { accountId: idOf(request), actor: request.actor })
    const message = revoked
      ? 'Disconnected. X has ended the permission; what becomes due is held.'
      : 'Disconnected here, and what becomes due is held. X did not confirm: end the permission there too, under “Connected apps”.'
    return reply.flash(message).redirect(`/accounts/${idOf(request)}`, 303)
  })
}

/** A form may only lead where the policy of its page says, also by a redirect: on this page, to the network's consent too. */
function letLeadTo(reply: FastifyReply, url: string): void {
  const policy = String(reply.getHeader('content-security-policy'))
  const origin = new URL(url).origin
  void reply.header(
    'content-security-policy',
    policy.replace("form-action 'self'", `form-action 'self' ${origin}`),
  )
}
