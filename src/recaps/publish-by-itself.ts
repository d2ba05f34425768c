import type { Account } from '../accounts/accounts.ts'
import type { Writer } from '../db/database.ts'
import type { Week } from '../rota/weeks.ts'
import { checkStory, whyStoryRefused } from './editor/check-story.ts'
import { lastChangeByPerson } from './history/revisions-store.ts'
import { publishEdition, type Publishing } from './publish-recap.ts'
import { listBlocks, waitToPublish, type Recap } from './store.ts'
import type { WeekFacts } from './story/week-facts.ts'

/**
 * Milliseconds after somebody's last change before a story publishes itself. What is typed is kept every few seconds, half sentences
 * too; who looks for a word, or reads what stands there, is back within these. The history takes what they type in that time for one change.
 */
export const PAUSED_AFTER = 5 * 60_000
/** Milliseconds at most: followers were told that there is a page, and somebody who never pauses is not to keep it from them. */
export const LONGEST_WAIT = 30 * 60_000

/** Whether the account's policy publishes the story of a week. */
export function publishesItself(
  { policy, brakeAt }: Pick<Account, 'policy' | 'brakeAt'>,
  { announcedAt }: Pick<Week, 'announcedAt'>,
): boolean {
  return policy.publishRecap && announcedAt !== null && brakeAt === null
}

/**
 * Step: publishes a story as the account's policy has it; while somebody is at it, once they have paused. `touchedAt`: when a person
 * changed it last, where that is not its very last change. What the account's checks keep off public pages waits for a lead.
 */
export async function publishByItself(
  tx: Writer,
  facts: WeekFacts,
  { recap, touchedAt, ...at }: { recap: Recap; touchedAt?: Date | null } & Publishing,
): Promise<'out' | 'waits' | 'for-a-lead'> {
  const touched = touchedAt === undefined ? await lastChangeByPerson(tx, recap.id) : touchedAt
  const by = recap.publishBy ?? new Date(at.now.getTime() + LONGEST_WAIT)
  if (pausedAt(touched, by) > at.now) {
    await waitToPublish(tx, recap.id, by)
    return 'waits'
  }
  const blocks = await listBlocks(tx, recap.id)
  const checks = await checkStory(tx, facts.account, { recap, blocks, now: at.now })
  if (Object.keys(whyStoryRefused(checks, blocks)).length > 0) {
    await waitToPublish(tx, recap.id, null)
    return 'for-a-lead'
  }
  await publishEdition(tx, facts, { recap, personId: null, ...at })
  return 'out'
}

/** When a story that waits goes out, if nobody changes it any more. */
export function pausedAt(touchedAt: Date | null, by: Date): Date {
  return touchedAt ? new Date(Math.min(touchedAt.getTime() + PAUSED_AFTER, by.getTime())) : new Date(0)
}
