import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { NotFound } from '../../errors.ts'
import { findPeople, findPerson } from '../../people/people.ts'
import { isLead, mayDecide } from '../../people/person.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, line, readForm, refusalOf, typedIn, version } from '../../web/forms.ts'
import { changeMailWords, requireWords } from './change-mail-words.ts'
import { mailsPage, templatePage, weekMailPage, withMeanings } from './mail-pages.ts'
import { isAskingMail, MAIL_TITLES, type WordedMailKind } from './mail-plan.ts'
import { mailValues, type NumbersOf } from './mail-values.ts'
import { DEFAULT_WORDS, fillIn, type MailWords } from './mail-words.ts'
import { findWeekMail, isWeekMail, MAIL_ACTS, tendWeekMail } from './tend-week-mail.ts'
import { wordsOf, writeWeekMail } from './week-mails.ts'
import { comingWeeks, findMailTemplate, listMailTemplates } from '../weeks.ts'

const actForm = z.object({ act: z.enum(MAIL_ACTS, 'This form is broken. Please open its page again.') })
const versionForm = z.object({ version })
const wordsForm = z.object({
  subject: line('The subject', 200),
  text: z
    .string('The text is missing.')
    .trim()
    .min(1, 'The text is missing.')
    .max(10_000, 'The text has more than 10,000 characters.')
    .transform((typed) => typed.replaceAll('\r\n', '\n')),
})

/** The mails of a week to its host, and the words that an account gives them. */
export async function mailRoutes(
  app: FastifyInstance,
  { db, clock, settings, wake, numbersOf }: Deps & { numbersOf: NumbersOf },
): Promise<void> {
  const mailing = () => ({
    numbersOf,
    now: clock.now(),
    machineNow: clock.machine(),
    publicUrl: settings.publicUrl(),
  })

  app.get('/weeks/:id/mails/:mail', async (request, reply) => {
    const { actor } = request
    const { found, mail } = await findWeekMail(db.read, { ...mailOf(request), actor })
    const { week, host } = found
    const account = (await findAccount(db.read, week.accountId))!
    const waits = (mail.state === 'planned' || mail.state === 'held') && mail.plannedFor !== null
    const words =
      waits && isWeekMail(mail.kind)
        ? await writeWeekMail(db.read, mail.kind, {
            account,
            week,
            host: host!,
            ...mailing(),
            readAt: mail.plannedFor! > clock.now() ? mail.plannedFor! : clock.now(),
          })
        : mail
    const heldBy = mail.heldBy ? ((await findPerson(db.read, mail.heldBy))?.name ?? null) : null
    const page = weekMailPage(found, mail, { words, account, heldBy, actor, now: clock.now() })
    return reply.page('rota/mail', { title: page.name, ...page })
  })

  app.post('/weeks/:id/mails/:mail', async (request, reply) => {
    const { act } = readForm(actForm, request.body)
    const of = mailOf(request)
    await tendWeekMail(db, { ...of, act, actor: request.actor, ...mailing() })
    wake.mail()
    wake.handover()
    const said = {
      hold: 'Held. It goes when somebody lets it.',
      resume: 'It goes at its time.',
      send: 'It is on its way.',
    }
    return reply.flash(said[act]).redirect(`/weeks/${of.weekId}#mails-title`, 303)
  })

  app.get('/accounts/:id/mails', async (request, reply) => {
    const account = await accountOf(request)
    const templates = await listMailTemplates(db.read, account.id)
    const people = await findPeople(
      db.read,
      templates.map(({ changedBy }) => changedBy),
    )
    const nameOf = (id: string) => people.find((person) => person.id === id)?.name ?? null
    const page = mailsPage(account, templates, { nameOf, now: clock.now() })
    return reply.page('rota/mails', { title: 'Mails to hosts', ...page })
  })

  app.get('/accounts/:id/mails/:kind', (request, reply) => showTemplate(request, reply))

  app.post('/accounts/:id/mails/:kind', async (request, reply) => {
    const typed = typedIn(request.body)
    const account = await accountOf(request)
    const kind = kindOf(request)
    const asTyped = { subject: typed['subject'] ?? '', text: typed['text'] ?? '' }
    try {
      const asked = typed['do']
      const words = asked === 'default' ? null : readForm(wordsForm, typed)
      if (asked === 'preview' && words) {
        requireWords(kind, words)
        return await showTemplate(request, reply, { words, preview: true })
      }
      const keys = readForm(versionForm, typed)
      await changeMailWords(db, {
        accountId: account.id,
        kind,
        ...keys,
        words,
        actor: request.actor,
        now: clock.now(),
      })
      const said = words ? 'Saved. It counts for what goes out from now on.' : 'The standard words are back.'
      return await reply.flash(said).redirect(`/accounts/${account.id}/mails`, 303)
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return showTemplate(request, reply.code(status), { words: asTyped, errors: fields })
    }
  })

  async function showTemplate(
    request: FastifyRequest,
    reply: FastifyReply,
    {
      words,
      preview = false,
      errors = {},
    }: { words?: MailWords; preview?: boolean; errors?: Record<string, string> } = {},
  ): Promise<FastifyReply> {
    const account = await accountOf(request)
    const kind = kindOf(request)
    const stands = await wordsOf(db.read, account.id, kind)
    const shown = words ?? stands
    const page = templatePage(account, kind, {
      words: shown,
      own: await findMailTemplate(db.read, account.id, kind),
      preview: preview || !isLead(request.actor, account.id) ? await previewOf(account, kind, shown) : null,
      errors,
      canChange: isLead(request.actor, account.id),
    })
    return reply.page('rota/mail-words', {
      title: `Mail: ${page.name}`,
      ...page,
      ourWords: DEFAULT_WORDS[kind],
      summary: Object.keys(errors).length > 0 ? errorSummary(errors) : null,
    })
  }

  /** As it would be written to the next host, or with what each variable means. */
  async function previewOf(account: Account, kind: WordedMailKind, words: MailWords) {
    if (isAskingMail(kind))
      return { words: withMeanings(kind, words), readBy: 'This says what stands where.' }
    const coming = await comingWeeks(db.read, account.id, clock.now(), 12)
    const found = coming.find(({ host }) => host && !host.declinedAt)
    if (!found?.host)
      return {
        words: withMeanings(kind, words),
        readBy: 'No week is booked, so this says what stands where.',
      }
    const values = await mailValues(db.read, { account, week: found.week, host: found.host, ...mailing() })
    const secret = { 'invitation-link': `${settings.publicUrl()}/invitations/…` }
    return {
      words: fillIn(words, { ...values, ...secret }),
      readBy: `As ${found.host.name} would read it now.`,
    }
  }

  async function accountOf({ params, actor }: FastifyRequest): Promise<Account> {
    const { id } = params as { id: string }
    const account = mayDecide(actor, id) ? await findAccount(db.read, id) : undefined
    if (!account) throw new NotFound()
    return account
  }
}

function mailOf({ params }: FastifyRequest): { weekId: string; mailId: string } {
  const { id, mail } = params as { id: string; mail: string }
  return { weekId: id, mailId: mail }
}

function kindOf({ params }: FastifyRequest): WordedMailKind {
  const { kind } = params as { kind: string }
  if (!Object.hasOwn(MAIL_TITLES, kind)) throw new NotFound('There is no such mail.')
  return kind as WordedMailKind
}
