import type { Reader } from '../../db/database.ts'
import { beingCleared } from '../../listening/being-cleared.ts'
import type { KeptBlock } from '../store.ts'
import type { Unnamed, WeekPage } from '../week-page.ts'
import { accountOfRecap } from './clearing-store.ts'
import { blocksWithout, pageWithout } from './without-person.ts'

/** A page as it may be shown at this moment. */
export async function clearedPage(read: Reader, page: WeekPage): Promise<WeekPage> {
  const unnamed = await beingCleared(read, page.account.id)
  return unnamed ? pageWithout(page, { gone: new Map(), unnamed }) : page
}

/** The pieces of a story as they may be shown at this moment. */
export async function clearedBlocks(
  read: Reader,
  recapId: string,
  blocks: KeptBlock[],
): Promise<KeptBlock[]> {
  const accountId = await accountOfRecap(read, recapId)
  const unnamed = accountId === null ? null : await beingCleared(read, accountId)
  return unnamed ? blocksWithout(blocks, { gone: new Map(), unnamed }) : blocks
}

/** What leaves out of anything that is told from the week's own tables whom it may not name at this moment. */
export async function maskAtPresent(read: Reader, accountId: string): Promise<Unnamed['mask']> {
  const unnamed = await beingCleared(read, accountId)
  return unnamed ? unnamed.mask : (kept) => kept
}
