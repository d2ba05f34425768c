import type { Reader } from '../../db/database.ts'
import { ownPostsOfWeek, repliesOfWeek } from '../../listening/posts.ts'
import { cameLater } from '../../rota/week.ts'
import type { Week, WeekHost } from '../../rota/weeks.ts'
import { capital } from '../../words.ts'

/** What came of a hosting, as X counts it; `seen` is null where it was never told. */
export interface HostingNumbers {
  posts: number
  replies: number
  /** Who wrote them. */
  people: number
  seen: number | null
}

/** Of who was called in while the week was open, what came after that: the rest was somebody else's. */
export async function hostingNumbers(
  read: Reader,
  { week, host }: { week: Week; host: WeekHost },
): Promise<HostingNumbers> {
  const from = cameLater(week, host) ? host.createdAt : new Date(0)
  const since = ({ createdAt }: { createdAt: Date }) => createdAt >= from
  const own = (await ownPostsOfWeek(read, week.id)).filter(since)
  const theirs = (await repliesOfWeek(read, week.id)).filter(since)
  const counted = own.flatMap(({ numbers }) => numbers.impressions ?? [])
  return {
    posts: own.length,
    replies: theirs.length,
    people: new Set(theirs.map(({ authorNetworkId }) => authorNetworkId)).size,
    seen: counted.length > 0 ? counted.reduce((sum, seen) => sum + seen, 0) : null,
  }
}

/** "18 posts, and 42 replies from 31 people. The posts were seen 12,300 times." Empty where nothing was posted. */
export function numbersInWords({ posts, replies, people, seen }: HostingNumbers): string {
  if (posts === 0) return ''
  const counted = (count: number, one: string, many: string) =>
    count === 1 ? `one ${one}` : `${count.toLocaleString('en-GB')} ${many}`
  const answers =
    replies === 0
      ? ''
      : `, and ${counted(replies, 'reply', 'replies')} from ${counted(people, 'person', 'people')}`
  const views =
    seen === null
      ? ''
      : ` The posts were seen ${seen === 1 ? 'once' : `${seen.toLocaleString('en-GB')} times`}.`
  const said = `${counted(posts, 'post', 'posts')}${answers}.`
  return capital(said) + views
}

/** Step: the numbers as a sentence, for the mail of the week after. */
export async function hostingInNumbers(
  read: Reader,
  hosting: { week: Week; host: WeekHost },
): Promise<string> {
  return numbersInWords(await hostingNumbers(read, hosting))
}
