import { momentInWords } from '../calendar.ts'
import type { Account } from '../accounts/accounts.ts'
import type { Image } from '../images/images.ts'
import type { BrakeTimes } from '../publishing/brake-times.ts'
import type { Delivery } from '../publishing/deliveries.ts'
import { stoppedForHost } from '../publishing/tell-host.ts'
import { deliveryInWords } from '../publishing/pages.ts'
import type { StandsSinceCopy } from '../publishing/restores.ts'
import type { BrakePass } from './brake/brake-pass.ts'
import { passModel } from './brake/pass-model.ts'
import { partInWords } from './check-content.ts'
import { momentOf } from './decision.ts'
import { ANSWERABLE } from './checks/answer-finding.ts'
import type { CheckedWords } from './checks/check-draft.ts'
import { findingCheck } from './checks/finding-check.ts'
import { costInWords } from './cost-in-words.ts'
import { threadModel } from './deliveries/delivery-page.ts'
import { whyNotTakeDownYet } from '../publishing/delivery.ts'
import { latest } from './deliveries/latest.ts'
import type { PolicyGround } from './draft.ts'
import { freeze } from './freeze.ts'
import { asPosted, forWhen, leftUntil, stateOf, timeModel, type Moment } from './pages.ts'
import { hrefOnX } from './deliveries/href-on-x.ts'
import { standingInWords, UNDECIDED } from './deliveries/standing.ts'
import type { Stoppable } from './policy/stop-draft.ts'
import { approvedInWords, standsInWords } from './stands-since-copy.ts'
import type { Draft } from './store.ts'
import type { TimeLine } from './deliveries/time-lines.ts'
import { isLeftOver, LEFT_OVER, leftOverInWords } from './week/after-week.ts'

/** The model of `drafts/reading`: a draft that is not to be changed now, or not by who reads it. */
export function readingPage(
  {
    draft,
    account,
    author,
    words,
    deliveries,
    brakes,
    timeLines,
    takenOff,
    images,
    said,
    whyNotWrite,
    mayDecide,
    mayComment,
    mayTakeDown,
    stoppable,
    pass,
    actorId,
    checked,
    live,
    practising,
    closesAt,
    stands,
  }: {
    draft: Draft
    account: Account
    author: string
    /** Who last wrote its words, and when. */
    words: { at: Date; author: string; revision: number }
    deliveries: Delivery[]
    /** When the brake was on that holds one of them, by its id. */
    brakes: ReadonlyMap<string, BrakeTimes>
    /** What happened to each, by its id. */
    timeLines: Map<string, TimeLine>
    /** Who took all of it off the plan, and when; null where that did not happen. */
    takenOff: { by: string | null; at: Date } | null
    images: Image[]
    said: object[]
    whyNotWrite: string | null
    mayDecide: boolean
    mayComment: boolean
    mayTakeDown: boolean
    /** Null unless it goes out on the policy's word, and nothing of it is being sent yet. */
    stoppable: Stoppable | null
    /** Null unless the brake is on, and the person may decide. */
    pass: BrakePass | null
    actorId: string
    checked: CheckedWords
    /** The account stands on X itself, so that a post has an address there. */
    live: boolean
    /** It is a practice account’s. */
    practising: boolean
    /** When the week closes or did; null for what belongs to none. */
    closesAt: Date | null
    /** What has its words on X, since a backup was put back; null where nothing is known of that. */
    stands: StandsSinceCopy | null
  },
  moment: Moment,
) {
  const current = latest(deliveries)
  const held = mayDecide ? heldModel(current, { brakeOn: account.brakeAt !== null, brakes, moment }) : null
  const mayWrite = whyNotWrite === null
  const standing = current.find(({ state }) => state === 'posted')
  const gone = current.some(({ state }) => BEYOND_RECALL.includes(state))
  const heading = headingOf(draft, current, moment)
  const leftOver = isLeftOver(draft, closesAt, moment.now)
  return {
    title: `Draft: ${heading}`,
    heading,
    refreshesEvery: practising && isUnderWay(draft, current, moment.now) ? SOON : null,
    standing: stands
      ? [
          standsInWords(stands, draft, moment),
          draft.state === 'submitted' && !leftOver && approvedInWords(stands, draft),
        ]
          .filter(Boolean)
          .join(' ')
      : leftOver
        ? leftOverInWords(draft, { closesAt: closesAt!, mayTakeOver: false })
        : draft.state === 'submitted' && draft.wishedAt !== null && draft.wishedAt <= moment.now
          ? UNDECIDED
          : standingInWords(
              draft.state,
              current,
              takenOff && { by: takenOff.by, when: momentOf(takenOff.at, moment.now, moment.zone) },
              practising,
            ),
    tag: leftOver ? LEFT_OVER : tagOf(draft, current, { ...moment, cancelled: takenOff !== null }),
    byline: bylineOf(author, words, moment),
    draftId: draft.id,
    historyHref: draft.revision > 1 ? `/drafts/${draft.id}/history` : null,
    version: draft.version,
    answering: draft.answering,
    previewTitle: leftOver ? 'What was written' : previewTitleOf(draft, gone),
    preview: asPosted({
      account,
      parts: draft.content.parts,
      signOff: draft.signOff,
      answering: draft.answering,
      images,
      describes: true,
    }),
    cost:
      mayDecide && !gone && (draft.state === 'submitted' || draft.state === 'approved')
        ? costInWords(
            { ...freeze(draft, { networkUserId: null, at: null }), answering: draft.answering },
            account,
            { sandbox: !live },
          )
        : null,
    checks: gone
      ? []
      : checked.findings.map((finding) =>
          findingCheck(finding, checked.context, {
            mayAnswer: ANSWERABLE.includes(draft.state) && (mayWrite || mayDecide),
          }),
        ),
    deliveries: current.map((delivery) => {
      const { state, label, detail, href } = deliveryInWords(delivery, { ...moment, brakes })
      return {
        part: delivery.parts > 1 ? `${partInWords(delivery.position, delivery.parts)}:` : null,
        tag: { state, label },
        // Said above already.
        detail:
          held?.id === delivery.id
            ? null
            : ((!mayDecide && state === 'held'
                ? stoppedForHost(delivery, { brakeOn: account.brakeAt !== null })
                : null) ?? detail),
        href: `/deliveries/${delivery.id}`,
        open: href ? 'Look into it' : 'Details',
        describe: `${href ? 'Look into it' : 'Details'}: ${partInWords(delivery.position, delivery.parts).toLowerCase()}`,
        timeLine: timeLines.get(delivery.id) ?? [],
        postHref: live ? hrefOnX(delivery, account) : null,
      }
    }),
    thread: threadModel(current, { mayTakeDown, mayDecide }),
    takeDownHref:
      standing && mayTakeDown && !whyNotTakeDownYet(current)
        ? `/deliveries/${standing.id}/removal?scope=thread`
        : null,
    takeDown:
      current.length === 1
        ? 'Take it down'
        : current.every(({ state }) => state === 'posted')
          ? 'Take the thread down'
          : 'Take down what stands',
    stoppable: stoppable && stoppableModel(stoppable, { mayDecide, mayWrite }, moment),
    held,
    pass: pass && passModel(pass, { actorId, current, moment }),
    said,
    mayComment,
    mayDecide: mayDecide && draft.state === 'submitted',
    decideHref: `/queue?draft=${draft.id}`,
    withdrawal: mayWrite && !gone ? (stoppable ? WITHDRAWAL_OF_POLICY : WITHDRAWAL[draft.state]) : null,
    anewHref: mayWrite && draft.state === 'declined' ? `/drafts/new?from=${draft.id}` : null,
    mayRestore: mayWrite && draft.state === 'discarded',
    whyNotWrite: draft.state === 'declined' ? null : whyNotWrite,
  }
}

/** Seconds: in a practice nobody waits for long. */
const SOON = 2
/** Milliseconds. */
const NEAR = 60_000

/** Whether it is about to become something else. */
function isUnderWay({ state }: Draft, current: Delivery[], now: Date): boolean {
  return (
    state === 'submitted' ||
    current.some(
      (one) =>
        one.state === 'sending' || (one.state === 'waiting' && one.dueAt.getTime() - now.getTime() < NEAR),
    )
  )
}

/**
 * What somebody who decides can do at once about what is held, failed, or may have gone out or not. While the brake is on the
 * way past it is shown instead.
 */
function heldModel(
  current: Delivery[],
  { brakeOn, brakes, moment }: { brakeOn: boolean; brakes: ReadonlyMap<string, BrakeTimes>; moment: Moment },
) {
  // What only follows a broken part is not to be decided before that one.
  const stopped = current.find(
    ({ state, heldReason }) => STOPPED.includes(state) && heldReason !== 'thread-broken',
  )
  if (!stopped || (brakeOn && stopped.heldReason === 'brake')) return null
  const isSought = stopped.state === 'unknown' && stopped.notBefore !== null
  return {
    id: stopped.id,
    text: deliveryInWords(stopped, { ...moment, brakes }).detail,
    href: isSought ? null : `/deliveries/${stopped.id}`,
    label: TODO[stopped.state],
  }
}

const TODO: Partial<Record<Delivery['state'], string>> = {
  held: 'Let it go, or cancel it',
  failed: 'Try again, or cancel it',
  unknown: 'Say what became of it',
}
const STOPPED = Object.keys(TODO) as Delivery['state'][]

const BEYOND_RECALL: readonly Delivery['state'][] = ['sending', 'unknown', 'posted', 'removing', 'removed']

function headingOf(draft: Draft, current: Delivery[], moment: Moment): string {
  if (draft.state === 'declined') return 'A declined draft'
  if (draft.state === 'discarded') return 'A discarded draft'
  const [first] = current
  if (draft.state !== 'approved' || !first) return forWhen(draft.wishedAt, moment)
  return first.postedAt
    ? `Posted ${momentInWords(first.postedAt, moment.now, moment.zone)}`
    : forWhen(first.dueAt, moment)
}

/** Of an approved draft the first part that does not stand yet says it, or else the last. */
function tagOf(
  draft: Draft,
  current: Delivery[],
  { cancelled, ...moment }: Moment & { cancelled: boolean },
): { state: string; label: string } {
  if (draft.state === 'approved' && cancelled && current.length === 0)
    return { state: 'cancelled', label: 'Cancelled' }
  const telling = current.find(({ state }) => state !== 'posted') ?? current.at(-1)
  if (draft.state !== 'approved' || !telling) return stateOf(draft)
  const { state, label } = deliveryInWords(telling, moment)
  return { state, label: state === 'posted' ? 'Posted' : label }
}

function bylineOf(
  author: string,
  words: { at: Date; author: string; revision: number },
  { zone, now }: Moment,
): string {
  const at = momentInWords(words.at, now, zone)
  if (words.revision === 1) return `Written by ${author}, ${at}.`
  const by = words.author === author ? '' : `by ${words.author}, `
  return `Written by ${author}, last changed ${by}${at}.`
}

function previewTitleOf({ state }: Draft, gone: boolean): string {
  if (gone) return 'As it was sent'
  return state === 'declined' || state === 'discarded' ? 'What was written' : 'As it will be posted'
}

const WITHDRAWAL: Partial<Record<Draft['state'], { label: string; note: string }>> = {
  submitted: {
    label: 'Take it back and change it',
    note: 'Taking it back ends the wait for a decision. You submit it again when it is ready.',
  },
  approved: {
    label: 'Take it back and change it',
    note: 'Taking it back ends the approval: all of it is taken off the plan, and it needs a new approval.',
  },
}

/** What goes out unless somebody stops it: why nobody decides it, when it goes, and what this person can do. */
export function stoppableModel(
  { draft, decision, dueAt }: Stoppable,
  { mayDecide, mayWrite }: { mayDecide: boolean; mayWrite: boolean },
  moment: Moment,
) {
  return {
    draftId: draft.id,
    why: decision.ground ? NOBODY_DECIDES[decision.ground] : null,
    time: timeModel(dueAt, moment),
    left: leftUntil(dueAt, moment),
    mayStop: mayDecide,
    mayTakeBack: mayWrite && !mayDecide,
  }
}

const NOBODY_DECIDES: Record<PolicyGround, string> = {
  answer: 'Answers to people who speak to the account need nobody’s decision here.',
  'trusted-host': 'A lead marked the host of this week as trusted, so their posts need nobody’s decision.',
  live: 'Live posts need nobody’s decision here.',
  'standard-answer': 'This answer was approved once for all.',
}

const WITHDRAWAL_OF_POLICY = {
  label: 'Take it back and change it',
  note: 'Taken back, nothing of it goes out. You submit it again when it is ready.',
}
