import { findAccount } from '../../accounts/accounts.ts'
import { usableToken, type ConnectionDeps } from '../../accounts/connection.ts'
import { metered } from '../../charges/metered-network.ts'
import type { AddressAnswer } from '../../networks/guarded-fetch.ts'
import { ASKED_AGAIN_MS } from './outside.ts'
import { dueLookUps, nextLookUpAt, saveLookUp, type LookUp } from './store.ts'

export interface LookUpDeps extends ConnectionDeps {
  /** Null in a sandbox, from which nothing goes out. */
  askAddress: ((address: string) => Promise<AddressAnswer>) | null
}

/** So many links are asked about at the same time. */
const AT_ONCE = 4
/** When nothing can be asked because the account is not connected, or the network is busy. Milliseconds. */
const NOT_NOW_MS = 15 * 60_000

/**
 * Asks outside about the links and handles that are wanted, and keeps what came back. Says when to come again, in product
 * time; null when nothing is wanted.
 */
export async function lookUpDue(deps: LookUpDeps): Promise<{ nextAt: Date | null }> {
  const { db, clock } = deps
  for (;;) {
    const due = await dueLookUps(db.read, clock.now(), AT_ONCE)
    if (due.length === 0) return { nextAt: await nextLookUpAt(db.read) }
    await Promise.all(
      due.map((one) => (one.kind === 'link' ? askAboutLink(deps, one) : askAboutHandle(deps, one))),
    )
  }
}

async function askAboutLink(deps: LookUpDeps, lookUp: LookUp): Promise<void> {
  const answer: AddressAnswer = deps.askAddress
    ? await deps.askAddress(withScheme(lookUp.subject))
    : { state: 'unclear', detail: 'is not asked from a sandbox' }
  await keep(deps, lookUp, answer, deps.askAddress !== null)
}

/** A bare domain is a link on X too, and leads to plain HTTP there. */
function withScheme(link: string): string {
  return /^https?:\/\//i.test(link) ? link : `http://${link}`
}

async function askAboutHandle(deps: LookUpDeps, lookUp: LookUp): Promise<void> {
  const { db, clock } = deps
  const account = (await findAccount(db.read, lookUp.accountId))!
  const token = await usableToken(deps, account.id)
  if (!token.ok) return putOff(deps, lookUp, new Date(clock.now().getTime() + NOT_NOW_MS))
  const answer = await metered(deps, account).userByHandle(token.accessToken, lookUp.subject)
  if (answer.ok)
    return keep(
      deps,
      lookUp,
      answer.value ? { state: 'there', detail: '' } : { state: 'missing', detail: 'is nobody whom X knows' },
      false,
    )
  const { code, until } = answer.problem
  if (code === 'limited' || code === 'credit' || code === 'unauthorised')
    return putOff(
      deps,
      lookUp,
      until && until > clock.now() ? until : new Date(clock.now().getTime() + NOT_NOW_MS),
    )
  return keep(deps, lookUp, { state: 'unclear', detail: 'could not be looked up' }, true)
}

async function putOff({ db }: LookUpDeps, lookUp: LookUp, nextAt: Date): Promise<void> {
  await db.write((tx) => saveLookUp(tx, lookUp, { nextAt }))
}

/** What is unclear is asked again a little later. A link that still does not answer then counts as one that does not. */
async function keep(
  { db, clock }: LookUpDeps,
  lookUp: LookUp,
  { state, detail }: AddressAnswer,
  mayAskAgain: boolean,
): Promise<void> {
  const now = clock.now()
  const wait = state === 'unclear' && mayAskAgain ? ASKED_AGAIN_MS[lookUp.tries] : undefined
  const final = state === 'unclear' && mayAskAgain && lookUp.kind === 'link' ? 'missing' : state
  await db.write((tx) =>
    saveLookUp(
      tx,
      lookUp,
      wait === undefined
        ? { state: final, detail, askedAt: now, nextAt: null, tries: 0 }
        : { detail, askedAt: now, nextAt: new Date(now.getTime() + wait), tries: lookUp.tries + 1 },
    ),
  )
}
