import { findAccount } from '../accounts/accounts.ts'
import { dayInWords, dayOf, timeInWords, zoneInWords } from '../calendar.ts'
import type { Reader, Writer } from '../db/database.ts'
import type { MailItem, Renewal } from '../mail/mail.ts'
import { gatherMail } from '../mail/outbox.ts'
import { decidersAt, findDecider, whyYou, type Decider } from '../people/people.ts'
import { beginningOf, hasBegunInWords } from './beginning.ts'
import { secondPostsOf } from './second-posts-store.ts'
import { findDelivery, partsOf, type Delivery } from './store.ts'

/** Where trouble is told: the link in the mail, and the two times. */
export interface Telling {
  publicUrl: string
  now: Date
  machineNow: Date
}

/** What became of one post, and of several. */
const BECAME = {
  held: ['is held', 'are held'],
  failed: ['did not go out', 'did not go out'],
  unknown: ['may have gone out or not', 'may have gone out or not'],
  stuck: ['is not taken down yet', 'are not taken down yet'],
  twice: ['stands twice', 'stand twice'],
  stands: ['stands on X after all', 'stand on X after all'],
} as const

/** What concerns all of the account is said in the subject already. */
const IN_BRIEF: Partial<Record<string, string>> = {
  'held:credit': 'no credit with X',
  'held:reconnect': 'not connected to X',
  'held:budget': 'the month’s budget',
}

export interface Trouble {
  deliveries: readonly Delivery[]
  became: keyof typeof BECAME
  /** In whole sentences, for people. */
  why: string
  /**
   * What caused it, as a key: `held:credit`. Deliveries of one account that fall under the same cause within a short time
   * are told in one mail, whoever tells of them.
   */
  cause: string
  /** Tell only where a mail of this cause has not gone out yet: of what lasts, people were told before. */
  onlyIntoOpen?: boolean
}

/**
 * Step: a mail to everybody who can decide about these deliveries of one account, its leads and approvers, or who stands in for them. It goes out
 * after some seconds; what is told with the same cause until then is written into the same mail, each post with its first
 * words and a link to its own page. Whether people want to hear of it again is the caller's question: this only gathers.
 */
export async function tellDeciders(
  tx: Writer,
  { deliveries, became, why, cause, onlyIntoOpen = false }: Trouble,
  { publicUrl, now, machineNow }: Telling,
): Promise<void> {
  const accountId = deliveries[0]!.accountId
  const account = (await findAccount(tx, accountId))!
  const items = deliveries.map((delivery) => ({
    id: delivery.id,
    text: `${quoted(delivery)}\n${dueInWords(delivery, account.timeZone)}`,
    why: [
      became === 'stuck' || became === 'twice' || became === 'stands' ? null : hasBegunInWords(delivery),
      why,
    ]
      .filter((one) => one !== null)
      .join(' '),
    link: `${publicUrl}${placeOf(delivery)}`,
  }))
  for (const decider of await decidersAt(tx, accountId, now)) {
    const { person } = decider
    await gatherMail(tx, {
      accountId,
      personId: person.id,
      kind: 'delivery-trouble',
      to: person.email,
      cause: `${accountId} ${cause}`,
      items,
      onlyIntoOpen,
      compose: (all) => worded(decider, { handle: account.handle, became, cause, items: all }),
      now,
      machineNow,
    })
  }
}

/** Whether a delivery is still in the trouble that a mail of this cause tells of. */
async function isStill(
  read: Reader,
  deliveryId: string,
  { became, cause }: Pick<Trouble, 'became' | 'cause'>,
): Promise<boolean> {
  const delivery = await findDelivery(read, deliveryId)
  if (!delivery) return false
  const { state, heldReason, decisionId } = delivery
  if (became === 'held') return state === 'held' && cause === `held:${heldReason}`
  if (became === 'twice' || (became === 'stands' && state !== 'posted'))
    return (await secondPostsOf(read, [deliveryId])).some(
      (second) => second.state === 'standing' || second.state === 'removing',
    )
  if (became === 'stands') return true
  if (became !== 'stuck') return state === became
  // One part was named for all of its thread.
  return (await partsOf(read, decisionId)).some((part) => part.state === 'removing')
}

/** What a mail of trouble still has to tell when it goes: somebody may have decided meanwhile, or decide no more. */
export const renewTrouble: Renewal = async (read, { accountId, personId, cause: ofAccount, items }, now) => {
  const cause = ofAccount.slice(`${accountId} `.length)
  const became = (Object.keys(BECAME) as (keyof typeof BECAME)[]).find((one) => cause.split(':')[0] === one)
  const account = accountId && (await findAccount(read, accountId))
  if (!became || !account) return null
  const decider = await findDecider(read, { accountId: account.id, personId, now })
  const still: MailItem[] = []
  for (const item of decider ? items : [])
    if (await isStill(read, item.id, { became, cause })) still.push(item)
  return {
    items: still,
    words: (all) => worded(decider!, { handle: account.handle, became, cause, items: all }),
  }
}

/** Where people decide about it: about what stepped aside in one form for its week. */
function placeOf({ id, state, heldReason, weekId }: Delivery): string {
  return state === 'held' && heldReason === 'live' && weekId !== null
    ? `/weeks/${weekId}/live/aside`
    : `/deliveries/${id}`
}

/** Not “today”: a mail is read some time. */
function dueInWords({ dueAt }: Delivery, zone: string): string {
  return `for ${dayInWords(dayOf(dueAt, zone))}, ${timeInWords(dueAt, zone)} in ${zoneInWords(zone)}`
}

/** The first words of a delivery, in quotation marks. */
export function quoted({ payload: { text } }: Pick<Delivery, 'payload'>): string {
  return text.trim() === '' ? 'A picture without words' : `“${beginningOf(text)}”`
}

function worded(
  decider: Decider,
  {
    handle,
    became,
    cause,
    items,
  }: { handle: string; became: Trouble['became']; cause: string; items: MailItem[] },
): { subject: string; text: string } {
  const { subject, text } = inWords(decider.person.name, handle, became, items)
  const brief = IN_BRIEF[cause]
  return { subject: brief ? `${subject}: ${brief}` : subject, text: `${text}${whyYou(decider)}` }
}

function inWords(name: string, handle: string, became: Trouble['became'], items: MailItem[]) {
  const [one, several] = BECAME[became]
  const first = items[0]!
  if (items.length === 1) {
    return {
      subject: `A post of @${handle} ${one}`,
      text: `Hello ${name},

A post of @${handle} ${one}. ${first.why}

${first.text}

What you can do about it stands here:

${first.link}
`,
    }
  }
  const sameWhy = items.every(({ why }) => why === first.why)
  const oneForm = items.every(({ link }) => link === first.link)
  const what = `${items.length} posts of @${handle} ${several}`
  return {
    subject: what,
    text: `Hello ${name},

${what}${sameWhy ? `, each for this reason: ${first.why}` : '.'}

${oneForm ? `In one form you say what becomes of each:\n\n${first.link}` : 'What you can do about each stands at its address:'}

${items.map(({ text, why, link }) => [text, ...(sameWhy ? [] : [why]), ...(oneForm ? [] : [link])].join('\n')).join('\n\n')}
`,
  }
}
