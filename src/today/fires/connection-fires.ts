import { momentInWords } from '../../calendar.ts'
import { momentOf } from '../../drafts/decision.ts'
import type { ToldAt } from '../../publishing/pages.ts'
import type { Delivery } from '../../publishing/deliveries.ts'
import { capital, inLetters } from '../../words.ts'
import type { Desk } from '../read-desk.ts'
import type { Fire } from './fire.ts'
import { heldPosts } from './held-fires.ts'

export function connectionFire(
  { account, connection, disconnected, look }: Desk,
  held: Delivery[],
  link: Fire['link'],
  { isLead, ...moment }: ToldAt & { isLead: boolean },
): Fire {
  const { zone, now } = moment
  const posts = heldPosts(held, moment)
  const waits =
    posts.length > 0
      ? ` ${posts.length === 1 ? 'One post is held; it goes out then, unless it is too late.' : `${capital(inLetters(posts.length))} posts are held; they go out then, unless it is too late.`}`
      : ''
  const heard = look?.wellAt
    ? ` Replies were last read ${momentInWords(look.wellAt, now, zone).replace(/^today /, '')}.`
    : ''
  if (disconnected)
    return {
      tag: { state: 'reconnect', label: 'Disconnected' },
      since: `${disconnected.by ?? 'Somebody'} disconnected @${account.handle} from X ${momentOf(disconnected.at, now, zone).replace(/^today /, '')}`,
      title: `@${account.handle} is disconnected from X`,
      quote: null,
      text: `Until a lead connects it again nothing goes out and no reply is read.${heard}${waits}`,
      link,
      posts,
    }
  return connection?.state === 'reconnect'
    ? {
        tag: { state: 'reconnect', label: 'Connection lost' },
        since: null,
        title: `@${account.handle} has to be connected to X again`,
        quote: null,
        text: `${connection.trouble ?? ''} Until ${isLead ? 'it is connected' : 'a lead connects it'} again, nothing goes out and no reply is read.${heard}${waits}`.trim(),
        link,
        posts,
      }
    : {
        tag: { state: 'reconnect', label: 'Not connected' },
        since: null,
        title: `@${account.handle} is not connected to X yet`,
        quote: null,
        text: `Weeks can be booked and drafts written, submitted and approved. Nothing goes out before ${isLead ? 'the account is connected' : 'a lead connects the account'}.${waits}`,
        link,
        posts,
      }
}
