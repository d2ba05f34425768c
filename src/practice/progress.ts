import type { Task } from './task.ts'

/** How somebody's practice stands, as it is kept beside its data. */
export interface Progress {
  personId: string
  /** The same person, as they are known within the practice. */
  hostId: string
  /** The account whose hosts practise so. */
  accountId: string
  /** The practice week's first day. */
  slot: string
  zone: string
  /** With its mark, as it was when the practice was made; absent from older ones. */
  hashtag?: string
  /** Product time of the practice, which stands still while nobody is there; in milliseconds. */
  productMs: number
  /** When somebody was there last; machine time, in milliseconds. */
  usedMs: number
  done: Task[]
}

/** A practice that nobody opened for so long is deleted. Days of machine time. */
export const KEPT_DAYS = 28

export function isLeft({ usedMs }: Pick<Progress, 'usedMs'>, machineNow: Date): boolean {
  return machineNow.getTime() - usedMs > KEPT_DAYS * 86_400_000
}
