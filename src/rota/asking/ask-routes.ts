import { randomUUID } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { listAccounts, type Account } from '../../accounts/accounts.ts'
import { askHrefOf } from '../../accounts/asking.ts'
import { dayOf } from '../../calendar.ts'
import { NotFound, Refused } from '../../errors.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, formId, readForm, refusalOf, typedIn } from '../../web/forms.ts'
import { sharing } from '../../web/sharing.ts'
import { renderMarkdown } from '../../web/markdown.ts'
import { nextSlot } from '../slot.ts'
import { listWeeks } from '../weeks.ts'
import { askForm, requireSeen, suggestForm, type SampleChecks } from './ask-form.ts'
import { askForWeek, suggestHost } from './ask-for-week.ts'
import {
  aboutAccount,
  fieldOf,
  NOTHING_TYPED,
  ownFields,
  weeksToTick,
  WEEKS_SHOWN,
  type Typed,
} from './ask-page.ts'
import { readStamp, stampForm } from './form-stamp.ts'

const keys = z.object({ id: formId })

/** The name of a field that people don’t see: who fills it in is no person. */
const NOT_FOR_PEOPLE = 'leave-empty'

/** Asking for a week, or suggesting somebody: for everybody, without an account here. */
export async function askRoutes(app: FastifyInstance, deps: Deps & { sample: SampleChecks }): Promise<void> {
  const { db, clock, settings, wake, sample } = deps
  await app.register(rateLimit, { global: false })
  const limit = { rateLimit: { max: 20, timeWindow: '10 minutes' } }
  const times = () => ({ now: clock.now(), machineNow: clock.machine() })

  app.get('/@:handle/take-part', async (request, reply) =>
    showAsk(reply, await accountOf(request), NOTHING_TYPED),
  )

  app.post('/@:handle/take-part', { config: limit }, async (request, reply) => {
    const account = await accountOf(request)
    const typed = typedOfForm(request)
    return taken(reply, account, typed, {
      async take(id) {
        const asked = readForm(askForm, request.body)
        requireSeen(sample.check(account, asked.sample), typed.values['sampleSeen'])
        await askForWeek(db, { id, accountId: account.id, asked, ...times() })
      },
      show: (errors) => showAsk(reply, account, typed, errors),
    })
  })

  app.get('/@:handle/suggestion', async (request, reply) =>
    showSuggestion(reply, await accountOf(request), NOTHING_TYPED),
  )

  app.post('/@:handle/suggestion', { config: limit }, async (request, reply) => {
    const account = await accountOf(request)
    const typed = typedOfForm(request)
    return taken(reply, account, typed, {
      async take(id) {
        const { yourName, yourEmail, ...suggested } = readForm(suggestForm, request.body)
        const by = { name: yourName, email: yourEmail }
        await suggestHost(db, { id, accountId: account.id, by, suggested, ...times() })
      },
      show: (errors) => showSuggestion(reply, account, typed, errors),
    })
  })

  app.get('/@:handle/take-part/asked', async (request, reply) => {
    const account = await accountOf(request)
    return reply.page('rota/asking/asked', {
      title: 'Look at your mail',
      page: 'door',
      ...aboutAccount(account, renderMarkdown),
    })
  })

  async function accountOf({ params }: FastifyRequest): Promise<Account> {
    const { handle } = params as { handle: string }
    const found = (await listAccounts(db.read)).find(
      (account) => account.handle.toLowerCase() === handle.toLowerCase(),
    )
    if (!found) throw new NotFound('There is no such account here.')
    if (!askHrefOf(found) || found.retiredAt)
      throw new NotFound(`Nobody can ask for a week at @${found.handle} at present.`)
    return found
  }

  /** Takes a form that a person filled in. What a machine sent looks taken to it, and is not kept. */
  async function taken(
    reply: FastifyReply,
    account: Account,
    typed: Typed,
    {
      take,
      show,
    }: { take(id: string): Promise<void>; show(errors: Record<string, string>): Promise<FastifyReply> },
  ): Promise<FastifyReply> {
    const { values } = typed
    try {
      if (!values[NOT_FOR_PEOPLE]) {
        const { id } = readForm(keys, values)
        requirePerson(id, typed)
        await take(id)
      }
    } catch (error) {
      const { status, fields } = refusalOf(error)
      void reply.code(status)
      return show(fields)
    }
    wake.mail()
    return reply.redirect(`/@${account.handle}/take-part/asked`, 303)
  }

  /** @throws Refused where nobody can have read and filled in the form in that time, or it is of another day. */
  function requirePerson(id: string, typed: Typed): void {
    const { values } = typed
    const machineNow = clock.machine()
    const found = readStamp(settings.sessionSecret, { formId: id, stamp: values['shown'] ?? '', machineNow })
    if (found === 'good') return
    // The next try begins anew, with what was typed.
    if (found !== 'quick') delete values['id']
    throw new Refused({
      '': {
        quick: 'That was very quick, as only machines are. Please look it over, and send it once more.',
        old: 'This page was open for more than a day. What you typed stands below: please send it once more.',
        broken: 'This form is broken, but what you typed stands below. Please send it once more.',
      }[found],
    })
  }

  async function showAsk(
    reply: FastifyReply,
    account: Account,
    typed: Typed,
    errors?: Record<string, string>,
  ): Promise<FastifyReply> {
    const today = dayOf(clock.now(), account.timeZone)
    const booked = await listWeeks(db.read, account.id, today, nextSlot(today, WEEKS_SHOWN + 2))
    return reply.page('rota/asking/ask', {
      title: `A week at @${account.handle}`,
      indexed: true,
      ...sharing({
        title: `Host a week on @${account.handle}`,
        description: `Each week somebody else has @${account.handle}, and tells of their work. Ask for a week of your own.`,
        canonical: `${settings.publicUrl()}/@${account.handle}/take-part`,
      }),
      ...aboutAccount(account, renderMarkdown),
      ...formKeys(typed),
      summary: errors && errorSummary(errors),
      fields: ownFields(account, {
        typed,
        errors: errors ?? {},
        slots: weeksToTick(account, booked, clock.now()),
        sample: sample.check(account, typed.values['sample'] ?? ''),
        sampleContext: sample.contextOf(account),
      }),
    })
  }

  function showSuggestion(
    reply: FastifyReply,
    account: Account,
    typed: Typed,
    errors?: Record<string, string>,
  ): Promise<FastifyReply> {
    const field = fieldOf(typed, errors ?? {})
    const email = { type: 'email', required: true, maxlength: '200' }
    return reply.page('rota/asking/suggest', {
      title: `Suggest somebody for @${account.handle}`,
      ...sharing({
        title: `Suggest somebody for a week on @${account.handle}`,
        description: `Do you know somebody whose work more people should hear of? Suggest them for a week on @${account.handle}.`,
        canonical: `${settings.publicUrl()}/@${account.handle}/suggestion`,
      }),
      ...aboutAccount(account, renderMarkdown),
      ...formKeys(typed),
      summary: errors && errorSummary(errors),
      yourName: { ...field('yourName', 'Your name'), autocomplete: 'name', required: true, maxlength: '80' },
      yourEmail: {
        ...field('yourEmail', 'Your work e-mail'),
        ...email,
        autocomplete: 'email',
        hint: 'A mail goes there, in which you confirm what you send.',
      },
      theirs: [
        { ...field('name', 'Their name'), required: true, maxlength: '80' },
        { ...field('email', 'Their work e-mail'), ...email },
        { ...field('job', 'What they do'), maxlength: '120' },
      ],
      about: { ...field('about', 'Why them?'), rows: 4, hint: 'They read it, too.' },
    })
  }

  /** A new form has an id of its own and says when it was shown; one that comes back keeps both. */
  function formKeys({ values }: Typed) {
    const id = values['id'] ?? randomUUID()
    const stamp = values['id'] ? values['shown'] : stampForm(settings.sessionSecret, id, clock.machine())
    return { formId: id, shown: stamp, trap: NOT_FOR_PEOPLE }
  }
}

export function typedOfForm({ body }: Pick<FastifyRequest, 'body'>): Typed {
  const weeks = (body as { weeks?: string | string[] } | undefined)?.weeks ?? []
  return { values: typedIn(body), weeks: [weeks].flat() }
}
