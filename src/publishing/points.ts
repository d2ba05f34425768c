import { REFRESH_POINTS } from '../accounts/connection.ts'

/** Moments on the way of a post at which the end of the process would be hardest to get over, in their order. */
export const PUBLISHING_POINTS = [
  ...REFRESH_POINTS,
  'caught-up-unkept', // the timeline was read after a start, and nothing of it is kept
  'image-unsent',
  'image-unkept', // the network has the image, and its id is not kept
  'before-attempt',
  'after-attempt', // nothing is sent yet
  'answer-unkept', // the network answered, and its answer is not kept
  'answer-kept',
  'look-unkept', // the timeline was read for a post in doubt, and what it tells is not kept
  'watch-unkept', // the same, long after the looks
] as const
export type PublishingPoint = (typeof PUBLISHING_POINTS)[number]
