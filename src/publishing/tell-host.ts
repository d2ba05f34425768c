import { findAccount } from '../accounts/accounts.ts'
import { dayInWords, dayOf, timeInWords, zoneInWords } from '../calendar.ts'
import type { Writer } from '../db/database.ts'
import type { MailItem, Renewal } from '../mail/mail.ts'
import { gatherMail, wasTold } from '../mail/outbox.ts'
import { findPerson, listRoles } from '../people/people.ts'
import type { DeliveryState, HeldReason } from './delivery.ts'
import { countPostedOfHost, findDelivery, hostOfDelivery, type Delivery } from './store.ts'
import { quoted, type Telling } from './tell-deciders.ts'

/** What became of what a host wrote: the beginning of the sentence, for one post and for several, and what comes now. */
const NEWS = {
  held: {
    one: 'Your post has not gone out yet',
    several: 'posts of yours have not gone out yet',
    next: 'You don’t have to do anything: the account’s team knows, and sees to it. How it stands:',
  },
  failed: {
    one: 'Your post did not go out',
    several: 'posts of yours did not go out',
    next: 'The account’s team knows, and decides what becomes of it. You can write another one meanwhile. How it stands:',
  },
  unknown: {
    one: 'We don’t know whether your post went out',
    several: 'posts of yours may have gone out or not',
    next: 'The account’s team looks and decides. Please don’t write it again meanwhile. How it stands:',
  },
  'let-go': {
    one: 'Your post goes out after all',
    several: 'posts of yours go out after all',
    next: 'You don’t have to do anything. How it stands:',
  },
  abandoned: {
    one: 'Whether your post went out stays open',
    several: 'posts of yours stay without an answer whether they went out',
    next: 'Nothing more is tried with it. If it is missing on the account, you can write it again as a new post. What you wrote is kept:',
  },
  cancelled: {
    one: 'Your post was cancelled',
    several: 'posts of yours were cancelled',
    next: 'What you wrote is kept:',
  },
  found: {
    one: 'Your post went out after all',
    several: 'posts of yours went out after all',
    next: 'You need do nothing. On the account:',
  },
  first: {
    one: 'Your first post is out',
    several: 'of your posts are out',
    next: 'Answers come in on your page, where you can reply to them. This is the only mail of its kind: your page shows the others. The post:',
  },
} as const

type News = keyof typeof NEWS
const NEWS_KINDS = Object.keys(NEWS) as News[]

/** Why it waits, as far as it is a host's business. */
const HELD_FOR_HOST: Partial<Record<HeldReason, string>> = {
  brake: 'The team stopped everything on the account. It goes out when they say so.',
  'thread-broken': 'It waits until the part before it stands on X.',
  'week-changed': 'Your week was changed meanwhile.',
  late: 'It could not go out at its time.',
  live: 'It stepped aside for what is posted live, and its time has passed.',
  undecided: 'Something like it stands on the account already.',
  credit: 'The account can’t post to X at the moment.',
  reconnect: 'The account can’t post to X at the moment.',
  budget: 'The account posts no more for now.',
  'not-accepted': 'You have not accepted the week for these days yet. Your page asks you.',
  'not-open': 'Your week has not opened yet: something is missing before it can. Your page says what.',
}

/** Their own mails tell of them. */
const TOLD_OTHERWISE: readonly HeldReason[] = ['brake', 'thread-broken', 'week-changed']

/** Why something is held, as a host reads it everywhere. */
export function heldForHost(reason: HeldReason | null): string {
  return (reason && HELD_FOR_HOST[reason]) ?? 'The team has to decide about it.'
}

/** What stopped a host's post, in their words; null where nothing did. */
export function stoppedForHost(
  { state, heldReason, trouble, notBefore }: Pick<Delivery, 'state' | 'heldReason' | 'trouble' | 'notBefore'>,
  { brakeOn }: { brakeOn: boolean },
): string | null {
  if (state === 'held' && heldReason === 'brake' && !brakeOn)
    return 'It stayed held when the team let things go again. They decide about it.'
  if (state === 'held') return heldForHost(heldReason)
  if (state === 'failed') return trouble
  if (state !== 'unknown') return null
  return notBefore
    ? 'X gave no clear answer. We look whether it stands there. Please don’t write it again meanwhile.'
    : 'X gave no clear answer, so nobody knows whether it stands there. Please don’t write it again meanwhile.'
}

/** Step: tells who wrote it, as the host of a week that is still theirs. The brake and an ended week have their own mails. */
export async function tellHostHeld(tx: Writer, held: Delivery, telling: Telling): Promise<void> {
  const why = held.heldReason && !TOLD_OTHERWISE.includes(held.heldReason) && HELD_FOR_HOST[held.heldReason]
  if (why) await tellHost(tx, held, { news: 'held', why }, telling)
}

/**
 * Step: it stands there. Told of the first post of their week, of one of which they heard that nobody knows, and of one of
 * which they heard that it is held, unless they hear who let it go.
 */
export async function tellHostPosted(tx: Writer, posted: Delivery, telling: Telling): Promise<void> {
  const host = await hostOfDelivery(tx, posted.id)
  if (!host) return
  const doubted = { personId: host.personId, cause: causeOf(posted, 'unknown'), itemId: posted.id }
  const waited = { ...doubted, cause: causeOf(posted, 'held') }
  const letGo = { ...doubted, cause: causeOf(posted, 'let-go'), orWillBe: true }
  const why = (await wasTold(tx, doubted))
    ? 'We did not know whether X had taken it. It stands on the account.'
    : (await wasTold(tx, waited))
      ? 'What kept it back is over. It stands on the account.'
      : null
  if (why !== null && !(await wasTold(tx, letGo)))
    return tellHost(tx, posted, { news: 'found', why }, telling)
  if ((await countPostedOfHost(tx, host.weekHostId)) !== 1) return undefined
  return tellHost(tx, posted, { news: 'first', why: 'It stands on the account now.' }, telling)
}

/** Step: somebody of the desk decided when it goes; null: at once. */
export async function tellHostLetGo(
  tx: Writer,
  delivery: Delivery,
  { at, by }: { at: Date | null; by: { personId: string; name: string } },
  telling: Telling,
): Promise<void> {
  const { timeZone } = (await findAccount(tx, delivery.accountId))!
  const when = at ? `on ${timeIn(at, timeZone)}` : 'at once'
  const why = `${by.name} decided that it goes out ${when}.`
  await tellHost(tx, delivery, { news: 'let-go', why, byId: by.personId }, telling)
}

/** Step: somebody of the desk decided that it does not go out. */
export async function tellHostCancelled(
  tx: Writer,
  delivery: Delivery,
  by: { personId: string; name: string },
  telling: Telling,
): Promise<void> {
  const why = `${by.name} decided that it does not go out.`
  await tellHost(tx, delivery, { news: 'cancelled', why, byId: by.personId }, telling)
}

/**
 * Step: a mail to the host who wrote it, at their own address; none when they decide about the account themselves and have
 * those mails, and none to whoever did it. What happens to several at about the same time is one mail.
 */
export async function tellHost(
  tx: Writer,
  delivery: Delivery,
  { news, why, byId = null }: { news: News; why: string; byId?: string | null },
  { publicUrl, now, machineNow }: Telling,
): Promise<void> {
  const host = await hostOfDelivery(tx, delivery.id)
  if (!host || host.personId === byId) return
  const desk = await listRoles(tx, delivery.accountId)
  if (desk.some(({ person }) => person.id === host.personId)) return
  const { handle, timeZone } = (await findAccount(tx, delivery.accountId))!
  const item = {
    id: delivery.id,
    text: `${quoted(delivery)}\nfor ${timeIn(delivery.dueAt, timeZone)}`,
    why,
    link: `${publicUrl}/drafts/${delivery.draftId}`,
  }
  await gatherMail(tx, {
    accountId: delivery.accountId,
    personId: host.personId,
    kind: 'post-news',
    to: host.email,
    cause: causeOf(delivery, news),
    items: [item],
    compose: (items) => inWords(host.name, handle, news, items),
    // When it goes is of use only before it goes.
    ...(news === 'let-go' ? { againAfter: LET_GO_AGAIN_AFTER } : {}),
    now,
    machineNow,
  })
}

/** Milliseconds of machine time. */
const LET_GO_AGAIN_AFTER = 60_000

function causeOf({ accountId }: Pick<Delivery, 'accountId'>, news: News): string {
  return `${accountId} host ${news}`
}

/** In which states of the post the news is still news. */
const STILL: Record<News, readonly DeliveryState[]> = {
  held: ['held'],
  failed: ['failed'],
  unknown: ['unknown'],
  'let-go': ['waiting', 'sending', 'posted', 'unknown'],
  abandoned: ['abandoned'],
  cancelled: ['cancelled'],
  found: ['posted'],
  first: ['posted'],
}

/** What a mail to a host still has to tell when it goes. */
export const renewNews: Renewal = async (read, { accountId, personId, cause, items }) => {
  const news = NEWS_KINDS.find((one) => cause === `${accountId} host ${one}`)
  const account = accountId && (await findAccount(read, accountId))
  const host = await findPerson(read, personId)
  if (!news || !account || !host) return null
  const still: MailItem[] = []
  for (const item of items) {
    const delivery = await findDelivery(read, item.id)
    if (delivery && STILL[news].includes(delivery.state)) still.push(item)
  }
  return {
    items: still,
    words: (all) => inWords(host.name, account.handle, news, all),
  }
}

/** Not “today”: a mail is read some time. */
function timeIn(at: Date, zone: string): string {
  return `${dayInWords(dayOf(at, zone))}, ${timeInWords(at, zone)} in ${zoneInWords(zone)}`
}

function inWords(name: string, handle: string, news: News, items: MailItem[]) {
  const { one, several, next } = NEWS[news]
  const what = items.length === 1 ? one : `${items.length} ${several}`
  return {
    subject: `${what}: @${handle}`,
    text: `Hello ${name},

${items.map(({ text, why }) => `${text}\n${why}`).join('\n\n')}

${next}

${[...new Set(items.map(({ link }) => link))].join('\n')}
`,
  }
}
