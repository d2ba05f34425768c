import { heedingLimits } from '../accounts/heed-limits.ts'
import { giveUpToken, usableToken, type ConnectionDeps } from '../accounts/connection.ts'
import { listAccounts, type Account } from '../accounts/accounts.ts'
import { metered } from '../charges/metered-network.ts'
import { costsOfMonth, stopsListening } from '../publishing/budget.ts'
import { findRunningWeek } from '../rota/weeks.ts'
import { listen } from './listen.ts'
import { mirrorPosted } from './mirror.ts'
import { nextListenAt } from './next-look.ts'
import { saveLook } from './store.ts'

/** What the listener needs: all accounts, their tokens, and the network. */
export type ListenerDeps = ConnectionDeps

/**
 * Listens to every account whose time has come, and keeps what the publisher posted meanwhile. Says when to come again, in
 * product time; null when no account is connected. `atOnce` listens to all that are connected, whatever the time.
 */
export async function listenDue(
  deps: ListenerDeps,
  { atOnce = false }: { atOnce?: boolean } = {},
): Promise<{ nextAt: Date | null }> {
  const { db, clock } = deps
  const next: Date[] = []
  for (const account of await listAccounts(db.read)) {
    const { id: accountId } = account
    await mirrorPosted(db, { accountId, now: clock.now() })
    // Whoever rests hears nothing; what is said meanwhile is read when the account goes on.
    if (account.pausedAt) continue
    const due = await nextListenAt(db.read, accountId, clock.now())
    if (due && (atOnce || due <= clock.now())) {
      const costs = await costsOfMonth(db.read, account, clock.now())
      // Kept as a look, so that the next one is not asked for at once.
      if (stopsListening(costs)) await passOver(deps, accountId)
      else await listenOnce(deps, account)
    }
    const after = due && (await nextListenAt(db.read, accountId, clock.now()))
    if (after) next.push(after)
  }
  return { nextAt: next.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null }
}

const NO_BUDGET =
  'Replies are not read, so that the month’s budget is left for what you have approved. Reading goes on when the budget is raised, or next month.'

async function passOver({ db, clock }: ListenerDeps, accountId: string): Promise<void> {
  await db.write((tx) => saveLook(tx, accountId, { readAt: clock.now(), trouble: NO_BUDGET }))
}

/** One look at an account's network; a token that it refuses is renewed once. */
async function listenOnce(deps: ListenerDeps, account: Account): Promise<void> {
  const { db, clock } = deps
  const { id: accountId } = account
  const running = await findRunningWeek(db.read, accountId, clock.now())
  const network = metered({ ...deps, network: heedingLimits(deps, accountId) }, account, {
    weekId: running?.week.id ?? null,
  })
  let token = await usableToken(deps, accountId)
  for (const isLast of [false, true]) {
    const ear = token.ok
      ? ({
          ok: true,
          value: { network, accessToken: token.accessToken, networkUserId: token.networkUserId },
        } as const)
      : token
    const problem = await listen(db, { accountId, ear, now: clock.now() })
    if (!token.ok || problem?.code !== 'unauthorised') return
    if (isLast) await giveUpToken(deps, accountId, token.accessToken, problem)
    else token = await usableToken(deps, accountId, { refused: token.accessToken })
  }
}
