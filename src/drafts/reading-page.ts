import type { Account } from '../accounts/accounts.ts'
import type { Image } from '../images/images.ts'
import type { Delivery } from '../publishing/deliveries.ts'
import { deliveryInWords } from '../publishing/pages.ts'
import { partInWords } from './check-content.ts'
import { threadModel } from './delivery-page.ts'
import { asPosted, stateOf, timeModel, whenInWords, type Moment } from './pages.ts'
import type { Draft } from './store.ts'
import type { TimeLine } from './time-lines.ts'

/** The model of `drafts/reading`: a draft that is not to be changed now, or not by who reads it. */
export function readingPage(
  {
    draft,
    account,
    author,
    deliveries,
    timeLines,
    images,
    said,
    whyNotWrite,
    mayDecide,
    mayComment,
    mayTakeDown,
  }: {
    draft: Draft
    account: Account
    author: string
    deliveries: Delivery[]
    /** What happened to each, by its id. */
    timeLines: Map<string, TimeLine>
    images: Image[]
    said: object[]
    whyNotWrite: string | null
    mayDecide: boolean
    mayComment: boolean
    mayTakeDown: boolean
  },
  moment: Moment,
) {
  const { zone } = moment
  const current = latest(deliveries)
  const mayWrite = whyNotWrite === null
  const standing = current.find(({ state }) => state === 'posted')
  const gone = current.some(({ state }) => BEYOND_RECALL.includes(state))
  return {
    title: `Draft for ${whenInWords(draft.wishedAt, zone)}`,
    heading: draft.wishedAt ? `For ${whenInWords(draft.wishedAt, zone)}` : 'As soon as approved',
    tag: stateOf(draft),
    standing: gone ? 'What was sent stays on the record, word for word.' : STANDING[draft.state],
    byline: `Written by ${author}, changed ${timeModel(draft.changedAt, moment).label}.`,
    draftId: draft.id,
    version: draft.version,
    answering: draft.answering,
    previewTitle: gone ? 'As it was sent' : 'As it will be posted',
    preview: asPosted({
      account,
      parts: draft.content.parts,
      signOff: draft.signOff,
      answering: draft.answering,
      images,
    }),
    deliveries: current.map((delivery) => {
      const { state, label, detail, href } = deliveryInWords(delivery, moment)
      return {
        part: delivery.parts > 1 ? `${partInWords(delivery.position, delivery.parts)}:` : null,
        tag: { state, label },
        detail,
        href: `/deliveries/${delivery.id}`,
        open: href ? 'Look into it' : 'Details',
        describe: `${href ? 'Look into it' : 'Details'}: ${partInWords(delivery.position, delivery.parts).toLowerCase()}`,
        timeLine: timeLines.get(delivery.id) ?? [],
        postHref:
          delivery.networkId && state === 'posted'
            ? `https://x.com/${account.handle}/status/${delivery.networkId}`
            : null,
      }
    }),
    thread: threadModel(current, { mayTakeDown }),
    takeDownHref: standing && mayTakeDown ? `/deliveries/${standing.id}/removal?scope=thread` : null,
    takeDown: current.length > 1 ? 'Take the thread down' : 'Take it down',
    said,
    mayComment,
    mayDecide: mayDecide && draft.state === 'submitted',
    decideHref: `/queue?draft=${draft.id}`,
    withdrawal: mayWrite && !gone ? WITHDRAWAL[draft.state] : null,
    mayRestore: mayWrite && draft.state === 'discarded',
    whyNotWrite: draft.state === 'declined' ? null : whyNotWrite,
  }
}

const BEYOND_RECALL: readonly Delivery['state'][] = ['sending', 'unknown', 'posted', 'removing', 'removed']

const STANDING: Record<Draft['state'], string> = {
  writing: 'Nothing goes out until it is approved.',
  submitted: 'It can’t be changed while somebody decides it.',
  'changes-requested': 'Nothing goes out until it is approved.',
  approved: 'It goes out word for word as it stands here.',
  declined: 'It will not go out.',
  discarded: 'It will not go out, and is on no list.',
}

const WITHDRAWAL: Partial<Record<Draft['state'], { label: string; note: string }>> = {
  submitted: {
    label: 'Take it back and change it',
    note: 'Taking it back ends the wait for a decision. You submit it again when it is ready.',
  },
  approved: {
    label: 'Take it back and change it',
    note: 'Taking it back ends the approval: all of its parts are taken off the plan, and it needs a new approval.',
  },
}

/** Of several approvals the deliveries of the last one, unless all were cancelled when the draft was taken back. */
export function latest(deliveries: Delivery[]): Delivery[] {
  const last = deliveries.at(-1)?.decisionId
  const parts = deliveries.filter(({ decisionId }) => decisionId === last)
  return parts.every(({ state }) => state === 'cancelled') ? [] : parts
}
