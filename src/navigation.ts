import type { FastifyRequest } from 'fastify'
import { findAccount, type Account } from './accounts/accounts.ts'
import { momentInWords } from './calendar.ts'
import type { Reader } from './db/database.ts'
import { countSubmitted, findPassingPost, passingInWords } from './drafts/drafts.ts'
import { mayReadConversation } from './listening/post.ts'
import { findPerson } from './people/people.ts'
import { accountsOf, mayDecide, type Actor } from './people/person.ts'
import { DESK_PAGES } from './desk-account.ts'
import { liveWindowsOf } from './rota/live-windows.ts'
import { findRunningWeek, findWeek } from './rota/weeks.ts'
import type { BrakeButton, Frame } from './web/views.ts'

/** How many brakes of other accounts are one press away on every page: with more, a wrong one is too easily hit. */
const MOST_BRAKES = 4

/** The masthead for who asks: the desk for leads and approvers, the notebook for hosts, bare for nobody. */
export async function frameOf(read: Reader, request: FastifyRequest, now: Date): Promise<Frame> {
  const { visitor } = request
  const accountId =
    request.accountId ?? visitor?.roles[0]?.accountId ?? visitor?.hosting.at(-1)?.accountId ?? ''
  const account = await findAccount(read, accountId)
  const accountName = account ? `@${account.handle}` : null
  if (!visitor) return { mood: 'notebook', home: '/', accountName: null, nav: [], more: [] }
  const brakeOf = await brakesOf(read, visitor)
  const brakes = brakeOf(accountId)
  const others = accountsOf(visitor).filter((id) => id !== accountId)
  const otherBrakes = others.flatMap(brakeOf)
  const atHand = otherBrakes.slice(0, MOST_BRAKES)
  const beyond = (id: string) =>
    brakeOf(id).filter((one) => atHand.every(({ action }) => action !== one.action))
  const accounts = await accountChoice(read, request, { current: accountId, brakeOf: beyond })
  /** Of a desk as a whole: whose it is stands in the address, where there is a choice. */
  const desk = (path: string) => (visitor.roles.length > 1 ? `${path}?account=${accountId}` : path)
  const isHere = (href: string) => request.url.split('?')[0] === href || request.url.startsWith(`${href}/`)
  const at = (href: string, label: string, count: number | null = null) => ({
    href,
    label,
    count,
    current: isHere(href.split('?')[0]!),
  })
  if (!mayDecide(visitor, accountId)) {
    const theirs = visitor.hosting.filter((hosting) => hosting.accountId === accountId)
    const week = theirs.find(({ powers }) => powers !== 'read') ?? theirs.at(-1)
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
    const live =
      week && (await liveAt(read, week.weekId, now)) ? [at(`/weeks/${week.weekId}/live`, 'Live')] : []
    // Somebody who has a desk elsewhere finds that on the page Today.
    const myWeek = at(week && accounts ? `/today?week=${week.weekId}` : '/today', 'My week')
    myWeek.current ||= isHere('/weeks') && ![...live, ...ofWeek].some(({ current }) => current)
    return {
      mood: 'notebook',
      home: myWeek.href,
      accountName,
      accounts,
      brakes,
      otherBrakes: atHand,
      // On the day of an event a phone shows its live page, and the rest is behind the menu.
      nav: [myWeek, ...[...live, ...ofWeek].slice(0, 1)],
      more: [...live, ...ofWeek].slice(1),
    }
  }
  const running = await findRunningWeek(read, accountId, now)
  const live =
    running && (await liveAt(read, running.week.id, now))
      ? [at(`/weeks/${running.week.id}/live`, 'Live')]
      : []
  const rota = at(desk('/rota'), 'Rota')
  rota.current ||= isHere('/weeks') && !live.some(({ current }) => current)
  const ofAccount = at(`/accounts/${accountId}`, 'Account')
  if ([`/accounts/${accountId}/slots`, `/accounts/${accountId}/candidates`, '/candidates'].some(isHere))
    [rota.current, ofAccount.current] = [true, false]
  return {
    mood: 'desk',
    home: desk('/today'),
    accountName,
    accounts,
    nav: [at(desk('/today'), 'Today'), at(desk('/queue'), 'Queue', await countSubmitted(read, accountId))],
    more: [...live, rota, at(desk('/people'), 'People'), ofAccount, at(desk('/activity'), 'Activity')],
    brakes,
    otherBrakes: atHand,
    band: account?.pausedAt
      ? restInWords(account)
      : account?.brakeAt && !isHere(`/accounts/${account.id}/brake`)
        ? {
            tag: { state: 'brake', label: 'The brake is on' },
            text: await brakeInWords(read, { ...account, brakeAt: account.brakeAt }, now),
            link: { href: `/accounts/${account.id}/brake`, label: 'What is held, and the release' },
          }
        : null,
  }
}

/** What stands over each page of a desk whose account rests, or has ended. */
function restInWords({ id, handle, retiredAt, pauseReason }: Account): NonNullable<Frame['band']> {
  const link = {
    href: `/accounts/${id}#pause`,
    label: retiredAt ? 'How it stands' : 'How it stands, and the end of it',
  }
  if (retiredAt)
    return {
      tag: { state: 'removed', label: 'Ended' },
      text: `@${handle} has ended. What it was can be read, and nothing new begins.`,
      link,
    }
  const why = pauseReason ? ` “${pauseReason}”` : ''
  return {
    tag: { state: 'held', label: 'Paused' },
    text: `@${handle} rests. Nothing goes out, and replies are not read.${why}`,
    link,
  }
}

/**
 * The accounts that somebody may go to, where they have several: each leads to the same page of that account's desk, or to
 * their own week there. Of very many the brakes that have no place under the masthead stand there too.
 */
async function accountChoice(
  read: Reader,
  { visitor, url }: FastifyRequest,
  { current, brakeOf }: { current: string; brakeOf: (accountId: string) => BrakeButton[] },
): Promise<Frame['accounts']> {
  const ids = visitor ? accountsOf(visitor) : []
  if (ids.length < 2) return undefined
  const here = url.split('?')[0]!
  const page = DESK_PAGES.includes(here) && here !== '/rota/book' ? here : '/today'
  const accounts = await Promise.all(ids.map((id) => findAccount(read, id)))
  return accounts
    .filter((account) => account !== undefined)
    .map(({ id, handle }) => {
      const theirs = visitor!.hosting.filter(({ accountId }) => accountId === id)
      const week = theirs.find(({ powers }) => powers !== 'read') ?? theirs.at(-1)
      return {
        handle: `@${handle}`,
        href: mayDecide(visitor!, id) ? `${page}?account=${id}` : `/today?week=${week!.weekId}`,
        current: id === current,
        brakes: id === current ? [] : brakeOf(id),
      }
    })
}

/** Whether an event of a week is live now, or will be within the hour, or was until an hour ago. */
async function liveAt(read: Reader, weekId: string, now: Date): Promise<boolean> {
  const windows = await liveWindowsOf(read, weekId)
  return windows.some(
    ({ startsAt, endsAt }) =>
      now.getTime() >= startsAt.getTime() - AROUND_LIVE && now.getTime() < endsAt.getTime() + AROUND_LIVE,
  )
}

const AROUND_LIVE = 3_600_000

/** The button for an account, if this person may stop it and nobody has; it says whose it is to people who have several. */
async function brakesOf(read: Reader, actor: Actor): Promise<(accountId: string) => BrakeButton[]> {
  const accounts = await Promise.all(actor.roles.map(({ accountId }) => findAccount(read, accountId)))
  const running = accounts.filter((account) => account?.brakeAt === null)
  const several = accountsOf(actor).length > 1
  return (accountId) =>
    running
      .filter((account) => account?.id === accountId)
      .map((account) => ({
        action: `/accounts/${accountId}/brake`,
        of: several ? `@${account!.handle}` : null,
      }))
}

async function brakeInWords(read: Reader, account: Account & { brakeAt: Date }, now: Date): Promise<string> {
  const { handle, brakeAt, brakeBy, brakeReason, brakeEndsAt, timeZone } = account
  const passing = await findPassingPost(read, account, now)
  const who = brakeBy ? ((await findPerson(read, brakeBy))?.name ?? 'Somebody who left') : null
  const since = momentInWords(brakeAt, now, timeZone)
  return [
    `${who ? `${who} pulled it ${since}` : `It is on since ${since}`}${brakeReason ? `: “${brakeReason}”${/[.!?…]$/.test(brakeReason) ? '' : '.'}` : '.'}`,
    passing && passing.stage !== 'asked'
      ? `Nothing else of @${handle} goes out.`
      : `Nothing new of @${handle} goes out.`,
    passing && passingInWords(passing, { now, zone: timeZone }),
    brakeEndsAt && `It ends by itself ${momentInWords(brakeEndsAt, now, timeZone)}.`,
  ]
    .filter(Boolean)
    .join(' ')
}
