import type { FastifyRequest } from 'fastify'
import { findAccount } from './accounts/accounts.ts'
import { momentInWords } from './calendar.ts'
import type { Reader } from './db/database.ts'
import { countSubmitted } from './drafts/drafts.ts'
import { mayReadConversation } from './listening/post.ts'
import { findWeek } from './rota/weeks.ts'
import type { Frame } from './web/views.ts'

/** The masthead for who asks: the desk for leads and approvers, the notebook for hosts, bare for nobody. */
export async function frameOf(read: Reader, request: FastifyRequest, now: Date): Promise<Frame> {
  const { visitor } = request
  const accountId = visitor?.roles[0]?.accountId ?? visitor?.hosting.at(-1)?.accountId
  const account = accountId ? await findAccount(read, accountId) : undefined
  const accountName = account ? `@${account.handle}` : null
  if (!visitor) return { mood: 'notebook', home: '/', accountName: null, nav: [], more: [] }
  const isHere = (href: string) => request.url.split('?')[0] === href || request.url.startsWith(`${href}/`)
  const at = (href: string, label: string, count: number | null = null) => ({
    href,
    label,
    count,
    current: isHere(href),
  })
  if (visitor.roles.length === 0) {
    const week = visitor.hosting.find(({ powers }) => powers !== 'read') ?? visitor.hosting.at(-1)
    const hosted = week && (await findWeek(read, week.weekId))
    // Before it opens a week has neither a conversation nor a story.
    const begun = hosted && now >= hosted.opensAt
    const ofWeek = begun
      ? [
          ...(mayReadConversation(visitor, hosted, now)
            ? [at(`/weeks/${hosted.id}/conversation`, 'Conversation')]
            : []),
          at(`/weeks/${hosted.id}/recap`, 'Recap'),
        ]
      : []
    const myWeek = at('/today', 'My week')
    myWeek.current ||= isHere('/weeks') && !ofWeek.some(({ current }) => current)
    return {
      mood: 'notebook',
      home: '/today',
      accountName,
      nav: [myWeek, ...ofWeek.slice(0, 1)],
      more: ofWeek.slice(1),
    }
  }
  const rota = at('/rota', 'Rota')
  rota.current ||= isHere('/weeks')
  return {
    mood: 'desk',
    home: '/today',
    accountName,
    nav: [at('/today', 'Today'), at('/queue', 'Queue', await countSubmitted(read, accountId!))],
    more: [
      rota,
      at('/people', 'People'),
      at(`/accounts/${accountId}`, 'Account'),
      at('/activity', 'Activity'),
    ],
    band: account?.brakeAt
      ? {
          tag: { state: 'brake', label: 'The brake is on' },
          text: `Nothing new of @${account.handle} has gone out since ${momentInWords(account.brakeAt, now, account.timeZone)}.`,
          link: { href: '/today', label: 'See what is held' },
        }
      : null,
  }
}
