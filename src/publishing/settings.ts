import { endOfWindow } from '../accounts/heed-limits.ts'
import type { ConnectionDeps } from '../accounts/connection.ts'
import type { ImageFiles } from '../images/image-files.ts'
import type { PublishingPoint } from './points.ts'

/** All waiting and giving up of the publisher, in one place. Machine time. */
export interface PublisherTimes {
  /** A post's whole way, there and back. Milliseconds. */
  sendDeadlineMs: number
  /** After the deadline, until an attempt without an answer counts as unknown. Milliseconds. */
  answerGraceMs: number
  /** How long the publisher's lease lasts; longer than the two above together. Milliseconds. */
  leaseMs: number
  /** When the timeline is read for a post of which nobody knows whether it went out, in seconds from then. */
  looksAfterSeconds: number[]
  /**
   * When the timeline is read once more for what nobody knows of still, in seconds from then: it may show after all looks, and
   * after people had it sent again.
   */
  watchesAfterSeconds: number[]
  /** Until something that failed without harm (an upload, a look) is tried again. Milliseconds. */
  retryMs: number
  /** Until taking a post down is tried again, after each time that it failed; after the last one ever again so. Milliseconds. */
  removalRetriesMs: number[]
  /** An uploaded image is used only while its id holds for longer than this. Milliseconds. */
  uploadReserveMs: number
}

export const PUBLISHER_TIMES: PublisherTimes = {
  sendDeadlineMs: 20_000,
  answerGraceMs: 5_000,
  leaseMs: 60_000,
  looksAfterSeconds: [5, 15, 60, 180],
  watchesAfterSeconds: [900, 3600, 6 * 3600, 24 * 3600],
  retryMs: 15_000,
  removalRetriesMs: [15_000, 60_000, 300_000, 900_000, 3_600_000],
  uploadReserveMs: 120_000,
}

/** What looking back and deciding need. */
export interface ReconcileDeps extends ConnectionDeps {
  settings: ConnectionDeps['settings'] & Partial<PublisherTimes> & { mode?: 'sandbox' | 'live' }
  /** Is told of each moment that is passed, so that tests can end the process there. */
  reached?: ((point: PublishingPoint) => void) | undefined
}

export interface PublisherDeps extends ReconcileDeps {
  images: Pick<ImageFiles, 'read'>
  /** Once it says so nothing more is begun: the process is about to end, and would lose the answer. */
  isStopping?: (() => boolean) | undefined
}

export function timesOf({ settings }: Pick<ReconcileDeps, 'settings'>): PublisherTimes {
  const { publicUrl: _, mode: __, ...changed } = settings
  return { ...PUBLISHER_TIMES, ...changed }
}

/** The network's clock and ours are not the same; nothing goes out before it was approved. Milliseconds. */
export const CLOCKS_DIFFER = 60_000

export function later(from: Date, milliseconds: number): Date {
  return new Date(from.getTime() + milliseconds)
}

/** The later of a time that the network named, if it did, and one of ours, which is soon. Machine time. */
export function laterOf(named: Date | null, own: Date): Date {
  const end = named && endOfWindow(named, own)
  return end && end > own ? end : own
}
