import type { Reader } from '../db/database.ts'
import { needsAnswer } from './post.ts'
import { answersOfOurs, repliesOfWeek } from './store.ts'

/** Step: how much of what is said to a week waits for an answer. */
export async function countNeedingAnswer(read: Reader, weekId: string): Promise<number> {
  const replies = await repliesOfWeek(read, weekId)
  const answered = await answersOfOurs(
    read,
    replies.map(({ networkId }) => networkId),
  )
  return replies.filter((post) => needsAnswer(post, answered)).length
}
