import { findAccount } from '../../accounts/accounts.ts'
import { dayOf, timeOf } from '../../calendar.ts'
import type { Clock } from '../../clock.ts'
import type { Reader } from '../../db/database.ts'
import { findImages } from '../../images/images.ts'
import { isLead, mayDecide, type Actor } from '../../people/person.ts'
import { brakeTimesOf } from '../../publishing/brake-times.ts'
import { attemptsOf, partsOf, type Delivery } from '../../publishing/deliveries.ts'
import { whyNotTakeDown, whyNotTakeDownYet, type DeliveryState } from '../../publishing/delivery.ts'
import { whatKeepsBack } from '../../publishing/outlook.ts'
import { brokenThread, deliveryInWords } from '../../publishing/pages.ts'
import { postingLimit } from '../../publishing/posting-limit.ts'
import { secondPostsOf, type SecondPost } from '../../publishing/second-posts.ts'
import { findDeliveryFor } from '../../publishing/found-delivery.ts'
import { stoppedForHost } from '../../publishing/tell-host.ts'
import { findDecidable } from '../decide-draft.ts'
import { whyNotGoOut, whyNotLetGo } from '../decision.ts'
import { hrefOnX } from './href-on-x.ts'
import { findLetGoable, fingerprintAsSeen, type LetGoable } from './let-go.ts'
import { draftsWithNames } from '../decisions-store.ts'
import { asPosted, timeModel } from '../pages.ts'
import { standingInWords } from './standing.ts'
import { timeLinesOf } from './time-lines.ts'
import type { Wish } from '../wished-time.ts'
import { capital, partName } from '../../words.ts'

/** What was typed into one of the page's forms, and what is wrong with it. */
export interface RefusedSettling {
  typed: Partial<Wish> & { address?: string }
  fields: Record<string, string>
}

/** One delivery: what it says, what happened to it, and what this person may decide. @throws NotFound */
export async function deliveryPage(
  read: Reader,
  {
    deliveryId,
    actor,
    clock,
    refused,
    live,
    practising,
  }: {
    deliveryId: string
    actor: Actor
    clock: Clock
    refused?: RefusedSettling | undefined
    /** The account stands on X itself, so that a post has an address there. */
    live: boolean
    /** It is a practice account’s, from which nothing has to be taken down. */
    practising: boolean
  },
) {
  const delivery = await findDeliveryFor(read, deliveryId, actor)
  const account = (await findAccount(read, delivery.accountId))!
  const attempts = await attemptsOf(read, deliveryId)
  const now = clock.now()
  const moment = {
    now,
    zone: account.timeZone,
    limit: await postingLimit(read, account, clock),
    lateAfterMinutes: account.policy.lateAfterMinutes,
  }
  const { payload, position, parts, state, version } = delivery
  const brakes = await brakeTimesOf(read, [delivery])
  const words = deliveryInWords(delivery, { ...moment, brakes })
  const others = parts > 1 ? await partsOf(read, delivery.decisionId) : []
  const looking = attempts.some(({ nextLookAt }) => nextLookAt !== null)
  const decides = mayDecide(actor, account.id)
  const theirs =
    state === 'held' && !decides ? stoppedForHost(delivery, { brakeOn: account.brakeAt !== null }) : null
  const [writer] = await draftsWithNames(read, [delivery.draftId])
  const letGoable = decides ? await findLetGoable(read, delivery, actor) : null
  const notTheirs =
    letGoable && whyNotLetGo({ ownWork: letGoable.ownWork, selfApproval: account.policy.selfApproval })
  const stuck = letGoable && UNSENT.has(state) ? await whyNotAtAll(read, letGoable, { actor, now }) : null
  const placeOf = (id: string) => (live ? `https://x.com/${account.handle}/status/${id}` : null)
  const twice = twiceModel(await secondPostsOf(read, [deliveryId]), { delivery, decides, placeOf })
  const mayTakeDown = !practising && whyNotTakeDown(actor, delivery) === null
  const standing = others.filter((other) => other.state === 'posted').length
  const notYet = whyNotTakeDownYet(others)
  const thread = threadModel(others, { deliveryId, mayTakeDown, mayDecide: decides })
  const triedInVain = delivery.trouble !== null
  const mayLetGo = decides && !notTheirs && !stuck
  const decisions = decisionsFor(state, { decides, looking, mayLetGo, triedInVain })
  return {
    id: deliveryId,
    version,
    tag: { state: words.state, label: words.label },
    detail: theirs ?? words.detail,
    heading: twice && state === 'posted' ? 'It went out twice' : HEADINGS[state],
    part: parts > 1 ? capital(partName(position, parts)) : null,
    due: {
      by: writer?.name ?? 'Somebody who left',
      past: delivery.dueAt <= now,
      ...timeModel(delivery.dueAt, moment),
    },
    draftHref: `/drafts/${delivery.draftId}`,
    postHref: live ? hrefOnX(delivery, account) : null,
    // Answers, and so the later parts of threads, stand under this address.
    accountHref: practising
      ? null
      : live
        ? `https://x.com/${account.handle}/with_replies`
        : '/sandbox#timeline-title',
    post: asPosted({
      account,
      parts: [payload],
      signOff: '',
      answering: null,
      images: await findImages(
        read,
        payload.images.map(({ hash }) => hash),
      ),
    }),
    others: others.map((other) => ({
      label: capital(partName(other.position)),
      href: other.id === deliveryId ? null : `/deliveries/${other.id}`,
      tag: deliveryInWords(other, moment),
    })),
    timeLine: (await timeLinesOf(read, [delivery], { ...moment, forHost: !decides })).get(deliveryId)!,
    follows: parts - position - 1,
    twice,
    watching: attempts.some(({ watchAt }) => watchAt !== null),
    thread,
    // Whoever is led to the part in question reads it there.
    notYet: mayTakeDown && state === 'posted' && !thread?.onward ? notYet : null,
    takeDown:
      mayTakeDown && state === 'posted' && !notYet
        ? {
            href: `/deliveries/${deliveryId}/removal`,
            threadHref: standing > 1 ? `/deliveries/${deliveryId}/removal?scope=thread` : null,
          }
        : null,
    fingerprint: letGoable && fingerprintAsSeen(letGoable),
    stuck: stuck && { ...stuck, ways: stuck.ways.filter(({ href }) => href !== thread?.onward?.href) },
    notTheirs: UNSENT.has(state) && !stuck ? notTheirs : null,
    ...decisions,
    keepsBack:
      decisions.canLetGo && !SAID_ABOVE.has(delivery.heldReason)
        ? await whatKeepsBack(read, clock, deliveryId, now)
        : null,
    connectHref:
      delivery.heldReason === 'reconnect' && isLead(actor, account.id) ? `/accounts/${account.id}` : null,
    ...fieldsOf(refused, moment),
  }
}

/** Why nobody can let it go at any time, as things stand; null when somebody can. */
async function whyNotAtAll(
  read: Reader,
  letGoable: LetGoable,
  { actor, now }: { actor: Actor; now: Date },
): Promise<Stuck | null> {
  const { delivery, account, before } = letGoable
  if (account.brakeAt) {
    const release = { href: `/accounts/${account.id}/brake/release`, label: 'Release the brake' }
    return delivery.state === 'held' && delivery.heldReason === 'brake'
      ? {
          text: 'The brake is on, so nothing goes before it is released. If this one post has to go all the same, somebody asks for it on its draft’s page, and a second person agrees.',
          ways: [release, { href: `/drafts/${delivery.draftId}`, label: 'Let only this one through' }],
        }
      : { text: 'The brake is on, so nothing goes before it is released.', ways: [release] }
  }
  if (before && before.state !== 'posted') {
    const name = partName(delivery.position - 1)
    const ways = [{ href: `/deliveries/${before.id}`, label: `Look at ${name}` }]
    return before.state === 'unknown' && before.notBefore
      ? {
          text: `${capital(name)} is being checked. Once it is known to stand on X, what follows it goes by itself.`,
          ways,
        }
      : { text: `${capital(name)} has to stand on X first: decide about that one.`, ways }
  }
  if (delivery.position > 0) return null
  const { hosted } = await findDecidable(read, delivery.draftId, actor)
  const over = whyNotGoOut(hosted, { now, zone: account.timeZone })
  return over === null ? null : { text: `${over} You can only cancel it.`, ways: [] }
}

/** What stands in the way of a post, and where that is mended. */
interface Stuck {
  text: string
  ways: { href: string; label: string }[]
}

/** What X took twice, and what is open about it; null when nothing is. */
function twiceModel(
  seconds: SecondPost[],
  {
    delivery: { networkId, state },
    decides,
    placeOf,
  }: {
    delivery: Pick<Delivery, 'networkId' | 'state'>
    decides: boolean
    placeOf: (id: string) => string | null
  },
) {
  const open = seconds.filter(({ state }) => state === 'standing' || state === 'removing')
  const [second] = open
  if (!second) return null
  const both = state === 'posted'
  return {
    networkId: second.networkId,
    both,
    places: [...(both ? [networkId!] : []), ...open.map((one) => one.networkId)].map((id) => ({
      label: id === networkId ? 'The one on our pages' : 'The second one',
      number: `Number ${id}`,
      href: placeOf(id),
    })),
    isGoing: second.state === 'removing',
    trouble: second.trouble,
    canSettle: decides && second.state === 'standing',
  }
}

/** What is to be said on each page of a thread that broke in the middle; null for all others. */
export function threadModel(
  parts: Parameters<typeof brokenThread>[0],
  { deliveryId, mayTakeDown, mayDecide }: { deliveryId?: string; mayTakeDown: boolean; mayDecide: boolean },
) {
  const broken = brokenThread(parts)
  if (!broken) return null
  const { onward, standing } = broken
  const here = mayDecide && onward !== null && onward.id === deliveryId
  const next = mayDecide && onward && !here ? onward : null
  const takeDownHref = standing && mayTakeDown ? `/deliveries/${standing.id}/removal?scope=thread` : null
  const todo = next?.state === 'unknown' ? 'Find out about' : 'Go on with'
  return {
    text: [
      standingInWords('approved', [...parts]),
      here
        ? hereInWords(onward, { standing: takeDownHref !== null, last: parts.length - 1 })
        : nextInWords(next, takeDownHref !== null),
    ]
      .filter((one) => one !== null)
      .join(' '),
    onward: next && { href: `/deliveries/${next.id}`, label: `${todo} ${partName(next.position)}` },
    takeDownHref,
    /** This is the part with which it goes on. */
    here,
  }
}

/** On the page of the part with which it goes on. */
function hereInWords(
  { state, position }: OnwardPart,
  { standing, last }: { standing: boolean; last: number },
): string | null {
  if (state === 'unknown')
    return position < last ? 'It goes on once it is known what became of this part.' : null
  return `It goes on when this part goes${standing ? '; or what stands of it can be taken down' : ''}.`
}

type OnwardPart = NonNullable<NonNullable<ReturnType<typeof brokenThread>>['onward']>

function nextInWords(
  next: { position: number; state: DeliveryState } | null,
  standing: boolean,
): string | null {
  if (next?.state === 'unknown')
    return `First find out about ${partName(next.position)}: until then it neither goes on nor can what stands be taken down.`
  if (next) return `It can go on${standing ? ', or what stands of it can be taken down' : ''}.`
  return standing ? 'What stands of it can be taken down.' : null
}

const HEADINGS: Record<DeliveryState, string> = {
  waiting: 'On its way',
  held: 'It has not gone out',
  sending: 'On its way',
  unknown: 'Did it go out?',
  failed: 'It did not go out',
  posted: 'It went out',
  removing: 'It is being taken down',
  removed: 'It was taken down',
  abandoned: 'Left as it is',
  cancelled: 'It does not go out',
}

/** What keeps it back is what holds it, and is said above. */
const SAID_ABOVE: ReadonlySet<Delivery['heldReason']> = new Set(['budget', 'credit', 'reconnect'])

/** Somebody may let them go, or send them again. */
const UNSENT: ReadonlySet<DeliveryState> = new Set(['held', 'failed', 'unknown'])

function decisionsFor(
  state: DeliveryState,
  {
    decides,
    looking,
    mayLetGo,
    triedInVain,
  }: { decides: boolean; looking: boolean; mayLetGo: boolean; triedInVain: boolean },
) {
  return {
    canLetGo: mayLetGo && (state === 'held' || state === 'failed'),
    failed: state === 'failed',
    canCancel: decides && (state === 'held' || state === 'failed' || state === 'waiting'),
    canFind: decides && state === 'unknown',
    canRepeat: mayLetGo && state === 'unknown' && !looking,
    looking: state === 'unknown' && looking,
    canRemoveAgain: decides && state === 'removing' && triedInVain,
  }
}

function fieldsOf(refused: RefusedSettling | undefined, { now, zone }: { now: Date; zone: string }) {
  const { typed = {}, fields = {} } = refused ?? {}
  return {
    fields: {
      day: { value: typed.day ?? dayOf(now, zone), error: fields['day'] },
      time: { value: typed.time ?? timeOf(now, zone), error: fields['time'] },
      which: fields['which'] && { error: fields['which'], options: WHICH },
      address: { value: typed.address ?? '', error: fields['address'] },
      sure: fields['sure'] && { error: fields['sure'] },
    },
  }
}

const WHICH = [
  { value: 'first', label: 'The first, before the clocks go back' },
  { value: 'second', label: 'The second, after it' },
]
