import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { listAccounts, type Account } from '../accounts/accounts.ts'
import { dayInWords, dayOf, machineReadable, momentInWords, timeInWords } from '../calendar.ts'
import { NotFound, Refused } from '../errors.ts'
import { listSandboxMails } from '../mail/mails.ts'
import type { SandboxClient, SandboxPost } from '../networks/x-sandbox/client.ts'
import { nextDueAt } from '../publishing/deliveries.ts'
import { nextTry } from '../publishing/pass-waits.ts'
import { liveWindowsOf } from '../rota/live-windows.ts'
import { findWeekOfDay } from '../rota/weeks.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, line, readForm } from '../web/forms.ts'
import { listDoors } from './doors.ts'
import { FAULT_KINDS, FAULT_TIMES, faultsModel, FAULTY_ROUTE } from './faults.ts'
import { clockModel, destinationChoices, destinations, DESTINATIONS, timelineModel } from './pages.ts'

/** What the sandbox's pages need beside the others. Absent in a live installation, and with it every route here. */
export interface Sandbox {
  standIn: SandboxClient
  /** Moves product time, doing all that is due on the way. */
  travelTo(to: Date): Promise<void>
}

const followerForm = z.object({
  name: line('Your name', 50),
  handle: z
    .string()
    .trim()
    .transform((handle) => handle.replace(/^@/, ''))
    .pipe(z.string().regex(/^\w{1,15}$/, 'A handle has up to 15 letters, digits or underlines.')),
  text: line('What you say', 1000),
  replyTo: z
    .string()
    .regex(/^\d{0,19}$/)
    .transform((id) => id || undefined),
})

const faultForm = z.object({
  kind: z.enum(FAULT_KINDS),
  times: z.enum(FAULT_TIMES).transform((times) => (times === 'always' ? times : Number(times))),
})

const travelForm = z.object({ to: z.enum(DESTINATIONS) })

/** The stand-in's small face: open to everybody, since a sandbox listens on loopback only and its mails hold the links. */
export async function sandboxRoutes(
  app: FastifyInstance,
  { sandbox, ...deps }: Deps & { sandbox: Sandbox },
): Promise<void> {
  const { db, clock } = deps

  app.get('/sandbox', async (request, reply) => {
    const { reply: replyTo = '' } = request.query as { reply?: string }
    return reply.page(
      'sandbox/sandbox',
      await sandboxPage({ replyTo, name: 'A follower', handle: 'a_follower', text: '' }),
    )
  })

  app.post('/sandbox/time', async (request, reply) => {
    const { to } = readForm(travelForm, request.body)
    const account = await theAccount()
    const at = (await reachable(account))[to]
    if (!at) throw new NotFound('Nothing lies ahead there.')
    await sandbox.travelTo(at)
    return reply
      .flash(`It is ${momentWords(account)} now. All that was due on the way has happened.`)
      .redirect('/sandbox', 303)
  })

  app.post('/sandbox/posts', async (request, reply) => {
    try {
      await sandbox.standIn.postAs(readForm(followerForm, request.body))
      deps.wake.listener()
      return reply.flash('It stands there. Replies are fetched in a moment.').redirect('/sandbox', 303)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const typed = request.body as Record<string, string>
      const page = await sandboxPage(typed)
      return reply
        .code(422)
        .page('sandbox/sandbox', { ...page, summary: errorSummary(error.fields), errors: error.fields })
    }
  })

  app.post('/sandbox/faults', async (request, reply) => {
    await sandbox.standIn.addFault({ route: FAULTY_ROUTE, ...readForm(faultForm, request.body) })
    return reply.flash('Set. The next post that goes out meets it.').redirect('/sandbox#faults', 303)
  })

  app.post('/sandbox/faults/removal', async (_request, reply) => {
    await sandbox.standIn.clearFaults()
    return reply
      .flash('All taken away. What X said until now still holds: a limit ends at its time.')
      .redirect('/sandbox#faults', 303)
  })

  app.get('/sandbox/mail', async (_request, reply) => {
    const account = (await listAccounts(db.read))[0]
    const zone = account?.timeZone ?? 'Europe/London'
    const mails = (await listSandboxMails(db.read)).map((mail) => ({
      ...mail,
      when: { iso: machineReadable(mail.at), label: momentInWords(mail.at, clock.now(), zone) },
      pieces: withLinks(mail.text, deps.settings.publicUrl()),
    }))
    return reply.page('sandbox/mail', { title: 'The sandbox’s mail', mails })
  })

  app.get('/sandbox/media/:key', async (request, reply) => {
    const { key } = request.params as { key: string }
    if (!/^\d+_\d+$/.test(key)) throw new NotFound()
    const { bytes, mediaType } = await sandbox.standIn.media(key)
    return reply.type(mediaType).header('cache-control', 'private, max-age=3600').send(bytes)
  })

  app.post('/sandbox/doors', async (request, reply) => {
    const { person } = request.body as { person?: string }
    const found = (await listDoors(db.read, clock.now())).find((door) => door.personId === person)
    if (!found) throw new NotFound()
    await request.session.regenerate()
    request.session.personId = found.personId
    return reply.redirect('/today', 303)
  })

  async function theAccount(): Promise<Account> {
    const account = (await listAccounts(db.read))[0]
    if (!account) throw new NotFound('There is no account yet.')
    return account
  }

  async function reachable(account: Account) {
    const now = clock.now()
    const [nextPost, retry] = [await nextDueAt(db.read, now), await nextTry({ db, clock })]
    const week = await findWeekOfDay(db.read, account.id, dayOf(now, account.timeZone))
    const ahead = week ? (await liveWindowsOf(db.read, week.id)).filter(({ startsAt }) => startsAt > now) : []
    return destinations(account, now, { nextPost, retry, event: ahead[0]?.startsAt ?? null })
  }

  async function sandboxPage(typed: Record<string, string>) {
    const account = await theAccount()
    const now = clock.now()
    const [timeline, mentions, faults] = await Promise.all([
      sandbox.standIn.timeline(account.handle),
      sandbox.standIn.mentions(account.handle),
      sandbox.standIn.faults(),
    ])
    return {
      title: 'The sandbox',
      account: { name: account.name, handle: `@${account.handle}` },
      clock: clockModel(account, now),
      destinations: destinationChoices(account, now, await reachable(account)),
      timeline: timelineModel(account, whole(timeline, mentions), now).slice(0, 40),
      typed,
      answering: timelineModel(account, timeline, now).find((entry) => entry.id === typed['replyTo']),
      errors: {},
      faults: faultsModel(faults),
      doors: await listDoors(db.read, now),
    }
  }

  function momentWords(account: Account): string {
    const now = clock.now()
    return `${dayInWords(dayOf(now, account.timeZone))}, ${timeInWords(now, account.timeZone)}`
  }
}

/** The account's own threads, and what others said to it without answering anything. */
function whole(timeline: SandboxPost[], mentions: SandboxPost[]): SandboxPost[] {
  const known = new Set(timeline.map((post) => post.id))
  return [...timeline, ...mentions.filter((post) => post.replyTo === null && !known.has(post.id))].toSorted(
    (a, b) => b.createdAt.localeCompare(a.createdAt),
  )
}

/** A mail's text in pieces, our own addresses as links: also those from before a restart, which may have moved the port. */
function withLinks(text: string, publicUrl: string): { text: string; href?: string }[] {
  return text.split(/(https?:\/\/\S+)/).map((piece, index) => {
    if (index % 2 === 0) return { text: piece }
    const { hostname, pathname, search } = new URL(piece)
    const ours = LOOPBACK.includes(hostname)
    return ours ? { text: publicUrl + pathname + search, href: pathname + search } : { text: piece }
  })
}

/** A sandbox listens nowhere else. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']
