import { randomUUID } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { listAccounts, type Account } from '../accounts/accounts.ts'
import { NotFound } from '../errors.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, formId, line, optionalLine, readForm, refusalOf, typedIn } from '../web/forms.ts'
import { sharing } from '../web/sharing.ts'
import { askForRemoval } from './ask-removal.ts'

const form = z.object({
  id: formId,
  about: line('Your handle, an address or your name', 300),
  words: optionalLine('What you want to say', 2000),
  email: z.union(
    [z.literal(''), z.email()],
    'That doesn’t look like an e-mail address. Example: helen@example.org',
  ),
})

/** Asking to be taken off an account's pages: for everybody, without an account here. Limited, so that nobody floods a desk. */
export async function askRemovalRoutes(
  app: FastifyInstance,
  { db, clock, settings, wake }: Deps,
): Promise<void> {
  await app.register(rateLimit, { global: false })
  const limit = { rateLimit: { max: 20, timeWindow: '10 minutes' } }

  async function accountOf({ params }: FastifyRequest): Promise<Account> {
    const { handle } = params as { handle: string }
    const found = (await listAccounts(db.read)).find(
      (account) => account.handle.toLowerCase() === handle.toLowerCase(),
    )
    if (!found) throw new NotFound('There is no such account here.')
    return found
  }

  app.get('/@:handle/removal', async (request, reply) => {
    const account = await accountOf(request)
    return show(reply, account, { id: randomUUID() }, settings.publicUrl())
  })

  app.post('/@:handle/removal', { config: limit }, async (request, reply) => {
    const account = await accountOf(request)
    const typed = typedIn(request.body)
    try {
      const asked = readForm(form, { ...typed, email: (typed['email'] ?? '').trim() })
      const times = { now: clock.now(), machineNow: clock.machine() }
      await askForRemoval(db, {
        ...asked,
        accountId: account.id,
        publicUrl: settings.publicUrl(),
        ...times,
      })
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return show(reply.code(status), account, typed, settings.publicUrl(), fields)
    }
    wake.mail()
    return reply.redirect(`/@${account.handle}/removal/asked`, 303)
  })

  app.get('/@:handle/removal/asked', async (request, reply) => {
    const account = await accountOf(request)
    return reply.page('listening/removal-asked', {
      title: 'We have it',
      page: 'door',
      ...aboutAccount(account),
    })
  })
}

/** Whose pages they are, and the way back to them. */
function aboutAccount({ handle, name }: Pick<Account, 'handle' | 'name'>) {
  const home = `/@${handle}`
  return { handle: `@${handle}`, accountName: name, home, foot: { href: home, label: `@${handle}` } }
}

function show(
  reply: FastifyReply,
  { handle, name }: Account,
  typed: Record<string, string>,
  publicUrl: string,
  fields: Record<string, string> = {},
): Promise<FastifyReply> {
  const field = (name: string) => ({ id: name, name, value: typed[name] ?? '', error: fields[name] })
  return reply.page('listening/ask-removal', {
    title: `Be taken off the pages of @${handle}`,
    page: 'door',
    ...sharing({
      title: `Be taken off the pages of @${handle}`,
      description: `Did you say something to @${handle}, or are you named on its pages here? Ask to be taken off. You need no account for it.`,
      canonical: `${publicUrl}/@${handle}/removal`,
    }),
    ...aboutAccount({ handle, name }),
    action: `/@${handle}/removal`,
    formId: typed['id'] ?? '',
    summary: Object.keys(fields).length > 0 ? errorSummary(fields) : null,
    about: {
      ...field('about'),
      label: 'Your handle, the address of what you said, or your name as it stands there',
      hint: 'For example @mdunn, the link of the post on X, or Brenda Hughes. The address of the page helps, too.',
      maxlength: 300,
      required: true,
    },
    words: {
      ...field('words'),
      label: 'Anything we should know',
      hint: 'You don’t have to give a reason.',
      rows: 4,
    },
    email: {
      ...field('email'),
      type: 'email',
      label: 'E-mail',
      hint: 'Only if you want to be told when it is done. It is used for that and nothing else.',
      autocomplete: 'email',
    },
  })
}
