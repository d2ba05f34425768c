import type { Reader } from '../../db/database.ts'
import { askedSwapsOf, findSwap, type Swap, type SwapSide, type WholeSwap } from './swap-store.ts'
import { findHosting } from '../hosts-store.ts'
import type { Week, WeekHost } from '../store.ts'

/** Steps of this room for others. */
export { insertSwap, markAgreed, settleSwap } from './swap-store.ts'
export { exchangeSlots } from './exchange-slots.ts'
export type { Swap, SwapSide }

/** One of the two of a swap, as things stand. */
export interface SwapParty {
  side: SwapSide
  week: Week
  host: WeekHost
}

export interface StandingSwap {
  swap: Swap
  parties: [SwapParty, SwapParty]
}

export async function findStandingSwap(read: Reader, id: string): Promise<StandingSwap | undefined> {
  const found = await findSwap(read, id)
  return found && standing(read, found)
}

/** The swap that the host of a week is asked about, if it can still happen. */
export async function openSwapOf(read: Reader, weekId: string, now: Date): Promise<StandingSwap | undefined> {
  for (const asked of await askedSwapsOf(read, [weekId])) {
    const found = await standing(read, asked)
    if (whyNotSwap(found, now) === null) return found
  }
  return undefined
}

async function standing(read: Reader, { swap, sides }: WholeSwap): Promise<StandingSwap> {
  const [one, other] = sides
  return { swap, parties: [await partyOf(read, one), await partyOf(read, other)] }
}

async function partyOf(read: Reader, side: SwapSide): Promise<SwapParty> {
  return { side, ...(await findHosting(read, side.weekHostId))! }
}

/** Why a swap that was asked can’t happen any more, in a sentence; null while it can. */
export function whyNotSwap({ swap, parties }: StandingSwap, now: Date): string | null {
  if (swap.state === 'done') return 'These weeks were swapped already.'
  if (swap.state === 'refused') return 'One of the two said no, so both keep their days.'
  if (swap.state === 'withdrawn') return 'The team took the question back, so both keep their days.'
  for (const party of parties) {
    const why = whyVanished(party, now)
    if (why) return `${why}, so there is nothing to swap any more. The other week stays as it is.`
  }
  return null
}

function whyVanished({ side, week, host }: SwapParty, now: Date): string | null {
  if (week.state === 'cancelled' || host.ending === 'cancelled') return `${host.name}’s week was cancelled`
  if (host.endedAt) return `${host.name}’s week went to somebody else`
  if (week.slot !== side.slot) return `${host.name}’s week was moved meanwhile`
  if (host.declinedAt || !host.acceptedAt) return `${host.name} does not have that week for certain`
  if (now >= week.opensAt) return `${host.name}’s week has opened`
  return null
}
