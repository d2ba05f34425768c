import type { LivePolicy, Policy } from '../../accounts/account.ts'
import type { HostPowers } from '../../people/person.ts'
import { openWindowAt, type LiveWindow } from '../../rota/live-window.ts'

/**
 * What becomes of something that was pressed on the live page: the account's policy, or `ordinary`, when no live window was
 * open: then it waits in the queue like anything else.
 */
export type LiveRuling = LivePolicy | 'ordinary'

/** Why this person can't post live; null when they may: the policy holds for the week's host alone, and while it is open. */
export function whyNotLive(powers: HostPowers | undefined): string | null {
  if (powers === 'post') return null
  if (powers === 'draft') return 'Your week has not opened yet. What you write here goes out from then on.'
  if (powers === 'read') return 'Your week is over, so nothing more can be posted in it.'
  return 'The live page is for the week’s host. You can approve and stop what they post.'
}

/** When it was pressed, as far as we believe a phone: never in the future. Product time. */
export function believedPress(pressedAt: Date | null, now: Date): Date {
  return pressedAt === null || pressedAt > now ? now : pressedAt
}

/** What decides about a press, by the window that was open at that moment. */
export function liveRuling(
  windows: readonly LiveWindow[],
  {
    pressedAt,
    policy,
    advised,
  }: {
    pressedAt: Date
    policy: Pick<Policy, 'live'>
    /** Something in it looks as if it should not go out. */
    advised: boolean
  },
): LiveRuling {
  if (!openWindowAt(windows, pressedAt)) return 'ordinary'
  return advised ? 'lane' : policy.live
}

/**
 * How the policy times a live post: in how many minutes it can be stopped, and from when that and its lateness count. What a
 * phone kept back can be stopped for as long as any other; unless by then it would be late, as counted from the press: then it
 * is late at once, and held.
 */
export function liveTiming(
  ruling: 'at-once' | 'delay',
  {
    pressedAt,
    now,
    policy,
  }: { pressedAt: Date; now: Date; policy: Pick<Policy, 'liveStopMinutes' | 'lateAfterMinutes'> },
): { delayMinutes: number; since: Date } {
  if (ruling === 'at-once') return { delayMinutes: 0, since: pressedAt }
  const delayMinutes = policy.liveStopMinutes
  const waited = now.getTime() + delayMinutes * 60_000 - pressedAt.getTime()
  const late = waited > policy.lateAfterMinutes * 60_000
  return late ? { delayMinutes: 0, since: pressedAt } : { delayMinutes, since: now }
}

/** The words with the hashtag at their end, unless it stands in them already. */
export function withHashtag(text: string, hashtag: string): string {
  const words = text.trim()
  const has = words.toLowerCase().split(/[^#\p{L}\p{M}\p{N}_]+/u)
  if (hashtag === '' || has.includes(hashtag.toLowerCase())) return words
  return words === '' ? hashtag : `${words} ${hashtag}`
}
