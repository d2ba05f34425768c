import { momentInWords } from '../../calendar.ts'
import { momentOf } from '../../drafts/decision.ts'
import type { ToldAt } from '../../publishing/pages.ts'
import { capital, inLetters } from '../../words.ts'
import type { Desk } from '../read-desk.ts'
import type { Fire } from './fire.ts'

export function connectionFire(
  { account, connection, disconnected, look }: Desk,
  held: number,
  link: Fire['link'],
  { zone, now, isLead }: ToldAt & { isLead: boolean },
): Fire {
  const waits =
    held > 0
      ? ` ${held === 1 ? 'One post is' : `${capital(inLetters(held))} posts are`} held until then.`
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
    }
  return connection?.state === 'reconnect'
    ? {
        tag: { state: 'reconnect', label: 'Connection lost' },
        since: null,
        title: `@${account.handle} has to be connected to X again`,
        quote: null,
        text: `${connection.trouble ?? ''} Until ${isLead ? 'it is connected' : 'a lead connects it'} again, nothing goes out and no reply is read.${heard}${waits}`.trim(),
        link,
      }
    : {
        tag: { state: 'reconnect', label: 'Not connected' },
        since: null,
        title: `@${account.handle} is not connected to X yet`,
        quote: null,
        text: `Weeks can be booked and drafts written, submitted and approved. Nothing goes out before ${isLead ? 'the account is connected' : 'a lead connects the account'}.${waits}`,
        link,
      }
}
