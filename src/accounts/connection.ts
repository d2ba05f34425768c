import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { record } from '../activity/record.ts'
import { dayInWords, dayOf, timeInWords, zoneInWords } from '../calendar.ts'
import { metered } from '../charges/metered-network.ts'
import type { Clock } from '../clock.ts'
import type { Database, Writer } from '../db/database.ts'
import { NotAllowed, NotFound, Refused } from '../errors.ts'
import { queueMail } from '../mail/outbox.ts'
import { inLetters } from '../words.ts'
import { PERMISSION_VOID, problemInWords } from '../networks/problem-in-words.ts'
import type { Answer, Grant, Network, NetworkUser, Problem } from '../networks/network.ts'
import { isLead, mayDecide, type Actor } from '../people/person.ts'
import { listRoles } from '../people/people.ts'
import {
  changeAccountRow,
  changeConnection,
  dropRefreshes,
  endRefresh,
  findAccount,
  findConnection,
  postsToCome,
  takeRefresh,
  upsertConnection,
  type Account,
  type Connection,
} from './store.ts'
import { requireNotRetired } from './pause.ts'
import { SealBroken, type Vault } from './vault.ts'

/** Moments of a renewal: before the network is asked, when its answer is there and not kept, and when it is kept. */
export const REFRESH_POINTS = ['refresh-unsent', 'refresh-unkept', 'refresh-kept'] as const

export interface ConnectionDeps {
  db: Database
  clock: Clock
  network: Network
  vault: Vault
  /** For the link in the mail that tells of a lost connection. */
  settings: { publicUrl(): string }
  /** Is told of each moment that is passed, so that tests can end the process there. */
  reached?: ((point: (typeof REFRESH_POINTS)[number]) => void) | undefined
}

/** A token with less life than this is renewed before it is used. Milliseconds. */
const RENEW_BEFORE = 5 * 60_000
/** Longer than the network's client waits for an answer. Milliseconds. */
const REFRESH_TAKES_AT_MOST = 45_000
/** Between two looks whether somebody else's refresh is through. Milliseconds. */
const REFRESH_LOOK = 100

/** What consent gives: the permission is kept, and the account is connected. */
export async function connect(
  deps: ConnectionDeps,
  consent: { accountId: string; code: string; codeVerifier: string; redirectUri: string; actor: Actor },
): Promise<{ user: NetworkUser; account: Account }> {
  const { accountId, actor, ...exchange } = consent
  const seen = await connectableAccount(deps, accountId, actor)
  requireNotRetired(seen)
  const grant = taken(await deps.network.finishConnection(exchange))
  try {
    const user = taken(await metered(deps, seen).me(grant.accessToken))
    const account = await saveGrant(deps, { accountId, grant, user, personId: actor.personId })
    return { user, account }
  } catch (error) {
    await deps.network.revoke(grant.refreshToken)
    throw error
  }
}

/** @throws NotFound or NotAllowed when this person may not connect the account. */
export async function connectableAccount(
  { db }: Pick<ConnectionDeps, 'db'>,
  accountId: string,
  actor: Actor,
): Promise<Account> {
  const account = await findAccount(db.read, accountId)
  if (!account || !mayDecide(actor, accountId)) throw new NotFound()
  if (!isLead(actor, accountId)) throw new NotAllowed('Only the account’s leads change its connection.')
  return account
}

/** @throws Refused in plain words. */
function taken<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value
  throw new Refused({
    '': `X did not connect the account. ${problemInWords(answer.problem)} Nothing was changed here. Please try again.`,
  })
}

/**
 * Keeps what consent gave. The first connection must be of the user whose handle the account has, and the account takes
 * over how that user writes it; later ones must be of the same user, whatever their handle is by then, because what was approved was approved for that user.
 * @throws Refused for another user.
 */
export async function saveGrant(
  { db, clock, vault }: Pick<ConnectionDeps, 'db' | 'clock' | 'vault'>,
  {
    accountId,
    grant,
    user,
    personId,
  }: { accountId: string; grant: Grant; user: NetworkUser; personId: string },
): Promise<Account> {
  const now = clock.now()
  return db.write(async (tx) => {
    const account = await findAccount(tx, accountId)
    if (!account) throw new NotFound()
    const before = await findConnection(tx, accountId)
    refuseAnotherUser(account, before, user)
    const asWritten = before?.networkUserId ? {} : { handle: user.handle }
    const connected = await changeAccountRow(tx, account, asWritten)
    await upsertConnection(tx, {
      accountId,
      state: 'connected',
      networkUserId: user.id,
      networkHandle: user.handle,
      ...sealed(vault, accountId, grant, clock.machine()),
      refreshOwner: null,
      refreshUntil: null,
      trouble: null,
      changedAt: now,
      connectedBy: personId,
      connectedAt: now,
      renewedAt: now,
    })
    await record(tx, {
      accountId,
      kind: 'account.connected',
      personId,
      details: { handle: user.handle },
      at: now,
    })
    return connected!
  })
}

function refuseAnotherUser(account: Account, before: Connection | undefined, user: NetworkUser): void {
  if (before?.networkUserId) {
    if (before.networkUserId === user.id) return
    throw new Refused({
      '': `You are signed in to X as @${user.handle}. This account was connected as @${before.networkHandle ?? account.handle}, and what waits here was approved for that one. Nothing was changed: sign in to X as @${before.networkHandle ?? account.handle} and connect again.`,
    })
  }
  if (user.handle.toLowerCase() === account.handle.toLowerCase()) return
  throw new Refused({
    '': `You are signed in to X as @${user.handle}, but this account is @${account.handle}. Nothing was changed: sign in to X as @${account.handle} and connect again or, if @${user.handle} is right, change the handle here first.`,
  })
}

function sealed(vault: Vault, accountId: string, grant: Grant, machineNow: Date) {
  return {
    accessToken: vault.seal(grant.accessToken, accountId),
    refreshToken: vault.seal(grant.refreshToken, accountId),
    accessExpiresAt: new Date(machineNow.getTime() + grant.expiresIn * 1000),
    scope: grant.scope.join(' '),
  }
}

/** `lost`: only a person can mend it, by connecting the account (again). */
export type UsableToken =
  { ok: true; accessToken: string; networkUserId: string } | { ok: false; lost: boolean; problem: Problem }

/**
 * A token that can be used now, renewed where it has to be. A refresh token works once: whoever takes it says so in the
 * database first, asks the network, and saves the answer before anybody uses it. Others wait for that.
 *
 * `refused` is a token with which the network has just answered 401: it is not given again. `seen` spares a look where the
 * connection was read just now.
 */
export async function usableToken(
  deps: ConnectionDeps,
  accountId: string,
  { refused, seen: known }: { refused?: string; seen?: Connection | undefined } = {},
): Promise<UsableToken> {
  for (let waited = 0; ; waited += REFRESH_LOOK) {
    const seen = (waited === 0 && known) || (await findConnection(deps.db.read, accountId))
    if (!seen || seen.state !== 'connected') return notConnected(seen)
    const accessToken = open(deps.vault, seen, 'accessToken')
    if (accessToken === null) return loseConnection(deps, seen, new SealBroken().message)
    const life = seen.accessExpiresAt!.getTime() - deps.clock.machine().getTime()
    const usable = accessToken !== refused && life > 0
    const given: UsableToken = {
      ok: true,
      accessToken,
      networkUserId: seen.networkUserId!,
    }
    if (usable && life > RENEW_BEFORE) return given
    const refreshToken = open(deps.vault, seen, 'refreshToken')
    if (refreshToken === null) return loseConnection(deps, seen, new SealBroken().message)
    const owner = randomUUID()
    if (await takeRefreshNow(deps, seen, owner)) {
      const renewed = await renew(deps, seen, refreshToken, owner)
      if (renewed === 'look-again') continue
      return !renewed.ok && !renewed.lost && usable ? given : renewed
    }
    if (usable) return given
    if (waited > REFRESH_TAKES_AT_MOST)
      return failing('unreachable', 'The permission is being renewed, and that takes unusually long.')
    await sleep(REFRESH_LOOK)
  }
}

/**
 * Frees the refreshes that a process took and did not live to end, so that nothing waits for their time to be over. Only for
 * who has the data folder for itself: of two refreshes at once one would fail.
 */
export async function endLeftRefreshes(db: Database): Promise<void> {
  await db.write((tx) => dropRefreshes(tx))
}

/**
 * Step for a network that refuses a token that it has just given: only a person can mend that. Does nothing when the
 * permission was renewed meanwhile.
 */
export async function giveUpToken(
  deps: ConnectionDeps,
  accountId: string,
  refused: string,
  problem: Problem,
): Promise<UsableToken> {
  const seen = await findConnection(deps.db.read, accountId)
  if (!seen || seen.state !== 'connected') return notConnected(seen)
  if (open(deps.vault, seen, 'accessToken') !== refused) return usableToken(deps, accountId)
  return loseConnection(deps, seen, problemInWords(problem), problem.detail)
}

function notConnected(seen: Connection | undefined): UsableToken {
  const detail =
    seen?.state === 'reconnect' && seen.trouble ? seen.trouble : 'The account is not connected to X.'
  return { ...failing('unauthorised', detail), lost: true }
}

function failing(code: Problem['code'], detail: string) {
  return { ok: false as const, lost: false, problem: { code, status: null, detail, until: null } }
}

/** Null where it can’t be read, or was forgotten. */
function open(vault: Vault, connection: Connection, which: 'accessToken' | 'refreshToken'): string | null {
  const sealed = connection[which]
  if (sealed === null) return null
  try {
    return vault.open(sealed, connection.accountId)
  } catch (error) {
    if (error instanceof SealBroken) return null
    throw error
  }
}

function takeRefreshNow({ db, clock }: ConnectionDeps, seen: Connection, owner: string): Promise<boolean> {
  const machineNow = clock.machine()
  const until = new Date(machineNow.getTime() + REFRESH_TAKES_AT_MOST)
  return db.write((tx) => takeRefresh(tx, seen, { owner, until, machineNow }))
}

async function renew(
  deps: ConnectionDeps,
  seen: Connection,
  refreshToken: string,
  owner: string,
): Promise<UsableToken | 'look-again'> {
  const { db, network, clock, vault } = deps
  const { accountId } = seen
  deps.reached?.('refresh-unsent')
  const answer = await network.refresh(refreshToken)
  deps.reached?.('refresh-unkept')
  if (answer.ok) {
    const change = { ...sealed(vault, accountId, answer.value, clock.machine()), renewedAt: clock.now() }
    const kept = await db.write((tx) => endRefresh(tx, seen, owner, change))
    deps.reached?.('refresh-kept')
    if (kept) return { ok: true, accessToken: answer.value.accessToken, networkUserId: seen.networkUserId! }
    // Disconnected or connected anew meanwhile: nobody may use what came too late.
    await network.revoke(answer.value.refreshToken)
    return 'look-again'
  }
  const refusedForGood = answer.problem.code === 'invalid' || answer.problem.code === 'unauthorised'
  if (!refusedForGood) {
    await db.write((tx) => endRefresh(tx, seen, owner, {}))
    return { ok: false, lost: false, problem: answer.problem }
  }
  const now = await findConnection(db.read, accountId)
  if (now?.refreshToken !== seen.refreshToken) return 'look-again'
  return loseConnection(deps, seen, PERMISSION_VOID, answer.problem.detail)
}

/** `said`: the network's own words, for the record only. */
async function loseConnection(
  deps: ConnectionDeps,
  seen: Connection,
  detail: string,
  said: string | null = null,
): Promise<UsableToken> {
  const { db, clock, settings } = deps
  const { accountId } = seen
  const now = clock.now()
  await db.write(async (tx) => {
    const change = { state: 'reconnect' as const, trouble: detail, changedAt: now, ...noRefresh }
    if (!(await changeConnection(tx, seen, change))) return
    await record(tx, {
      accountId,
      kind: 'account.connection-lost',
      personId: null,
      details: { reason: detail, said },
      at: now,
    })
    await tellDeciders(tx, accountId, {
      detail,
      publicUrl: settings.publicUrl(),
      now,
      machineNow: clock.machine(),
    })
  })
  return { ...failing('unauthorised', detail), lost: true }
}

/** Step: the key of the tokens is lost, so nobody can read them any more. */
export async function forgetTokens(
  tx: Writer,
  { accountId, now }: { accountId: string; now: Date },
): Promise<void> {
  const seen = await findConnection(tx, accountId)
  if (!seen || seen.accessToken === null) return
  const trouble = 'A backup was put back without the key that its permission was stored with.'
  const gone = { accessToken: null, refreshToken: null, accessExpiresAt: null, ...noRefresh }
  await changeConnection(tx, seen, { state: 'reconnect', trouble, changedAt: now, ...gone })
}

const noRefresh = { refreshOwner: null, refreshUntil: null }

async function tellDeciders(
  tx: Writer,
  accountId: string,
  { detail, publicUrl, now, machineNow }: { detail: string; publicUrl: string; now: Date; machineNow: Date },
): Promise<void> {
  const account = (await findAccount(tx, accountId))!
  const [link, desk] = [`${publicUrl}/accounts/${accountId}`, `${publicUrl}/today`]
  const waits = toComeInWords(await postsToCome(tx, accountId), account)
  for (const { person, role } of await listRoles(tx, accountId)) {
    const mend =
      role === 'lead'
        ? `What is due until you or another lead connects the account again is held, and nothing is lost. ${waits} It takes a minute:\n\n${link}`
        : `What is due until a lead connects the account again is held, and nothing is lost. ${waits} The leads have this mail too. How the connection stands:\n\n${link}\n\nWhat is held:\n\n${desk}`
    await queueMail(tx, {
      accountId,
      personId: person.id,
      kind: 'connection-lost',
      to: person.email,
      subject: `@${account.handle} must be connected again`,
      text: `Hello ${person.name},

@${account.handle} can’t post to X any more. ${detail}

${mend}
`,
      now,
      machineNow,
    })
  }
}

function toComeInWords(
  { count, nextDueAt }: { count: number; nextDueAt: Date | null },
  { timeZone }: Account,
): string {
  if (!nextDueAt) return 'No post is waiting at the moment.'
  const when = `${dayInWords(dayOf(nextDueAt, timeZone))}, ${timeInWords(nextDueAt, timeZone)} in ${zoneInWords(timeZone)}`
  return count === 1
    ? `One post waits, for ${when}.`
    : `The first of ${inLetters(count)} posts that wait is for ${when}.`
}

/**
 * Takes the connection away: the tokens are forgotten here at once, then revoked. The network user is remembered, since
 * waiting deliveries were approved for it. Returns whether the network confirmed.
 */
export async function disconnect(
  deps: ConnectionDeps,
  { accountId, actor }: { accountId: string; actor: Actor },
): Promise<{ revoked: boolean }> {
  const { db, network, vault, clock } = deps
  await connectableAccount(deps, accountId, actor)
  const by = { accountId, personId: actor.personId, now: clock.now() }
  return revoke(network, await db.write((tx) => forgetConnection(tx, vault, by)))
}

type Tokens = (string | null)[]

/** Step: the connection is forgotten here. Returns its tokens, to be revoked once the transaction has ended. */
export async function forgetConnection(
  tx: Writer,
  vault: Vault,
  { accountId, personId, now }: { accountId: string; personId: string; now: Date },
): Promise<Tokens | null> {
  const seen = await findConnection(tx, accountId)
  if (!seen || seen.state === 'none') return null
  const gone = { accessToken: null, refreshToken: null, accessExpiresAt: null, trouble: null, ...noRefresh }
  await changeConnection(tx, seen, { state: 'none', changedAt: now, ...gone })
  await record(tx, { accountId, kind: 'account.disconnected', personId, at: now })
  return [open(vault, seen, 'refreshToken'), open(vault, seen, 'accessToken')]
}

/** Tells the network that tokens which were forgotten here end. Whether it confirmed. */
export async function revoke(network: Network, tokens: Tokens | null): Promise<{ revoked: boolean }> {
  // Some networks end the whole grant with either token, some only the one they are given.
  let revoked = false
  for (const token of tokens ?? []) if (token !== null && (await network.revoke(token)).ok) revoked = true
  return { revoked }
}
