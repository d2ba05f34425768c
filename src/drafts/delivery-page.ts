import { activityOfDraft } from '../activity/activities.ts'
import { findAccount } from '../accounts/accounts.ts'
import { dayOf, timeOf } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { findImages } from '../images/images.ts'
import { findPeople } from '../people/people.ts'
import { mayDecide, type Actor } from '../people/person.ts'
import { attemptsOf, partsOf } from '../publishing/deliveries.ts'
import type { DeliveryState } from '../publishing/delivery.ts'
import { deliveryInWords, deliveryTimeLine } from '../publishing/pages.ts'
import { findDeliveryFor } from '../publishing/found-delivery.ts'
import { asPosted } from './pages.ts'
import type { Wish } from './wished-time.ts'

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
    now,
    refused,
    live,
  }: {
    deliveryId: string
    actor: Actor
    now: Date
    refused?: RefusedSettling | undefined
    /** The account stands on X itself, so that a post has an address there. */
    live: boolean
  },
) {
  const delivery = await findDeliveryFor(read, deliveryId, actor)
  const account = (await findAccount(read, delivery.accountId))!
  const attempts = await attemptsOf(read, deliveryId)
  const records = (await activityOfDraft(read, delivery.draftId)).filter(
    (one) => one.deliveryId === deliveryId,
  )
  const people = await findPeople(read, [...new Set(records.flatMap(({ personId }) => personId ?? []))])
  const names = new Map(people.map(({ id, name }) => [id, name]))
  const moment = { now, zone: account.timeZone }
  const { payload, position, parts, state, version, networkId } = delivery
  const words = deliveryInWords(delivery, moment)
  const others = parts > 1 ? await partsOf(read, delivery.decisionId) : []
  const looking = attempts.some(({ nextLookAt }) => nextLookAt !== null)
  const decides = mayDecide(actor, account.id)
  return {
    id: deliveryId,
    version,
    tag: { state: words.state, label: words.label },
    detail: words.detail,
    heading: HEADINGS[state],
    part: parts > 1 ? `Part ${position + 1} of ${parts}` : null,
    draftHref: `/drafts/${delivery.draftId}`,
    postHref: live && networkId ? `https://x.com/${account.handle}/status/${networkId}` : null,
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
      label: `Part ${other.position + 1}`,
      href: other.id === deliveryId ? null : `/deliveries/${other.id}`,
      tag: deliveryInWords(other, moment),
    })),
    timeLine: deliveryTimeLine(
      delivery,
      { attempts, records },
      { ...moment, nameOf: (id) => names.get(id ?? '') ?? null },
    ),
    follows: parts - position - 1,
    ...decisionsFor(state, { decides, looking }),
    ...fieldsOf(refused, moment),
  }
}

const HEADINGS: Record<DeliveryState, string> = {
  waiting: 'On its way',
  held: 'It is held',
  sending: 'On its way',
  unknown: 'Did it go out?',
  failed: 'It did not go out',
  posted: 'It went out',
  removing: 'It went out',
  removed: 'It was taken down',
  abandoned: 'Left as it is',
  cancelled: 'It does not go out',
}

function decisionsFor(state: DeliveryState, { decides, looking }: { decides: boolean; looking: boolean }) {
  return {
    canLetGo: decides && (state === 'held' || state === 'failed'),
    failed: state === 'failed',
    canCancel: decides && (state === 'held' || state === 'failed' || state === 'waiting'),
    canFind: decides && state === 'unknown',
    canRepeat: decides && state === 'unknown' && !looking,
    looking: state === 'unknown' && looking,
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
