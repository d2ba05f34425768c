import {
  dayInWords,
  dayOf,
  machineReadable,
  momentInWords,
  untilInWords,
  timeInWords,
  timeOf,
  weekdayName,
  zoneInWords,
} from '../calendar.ts'
import { unreadInWords } from '../accounts/texts.ts'
import { momentOf } from '../drafts/decision.ts'
import { passingInWords } from '../drafts/drafts.ts'
import { firstWords } from '../drafts/first-words.ts'
import { shortName } from '../drafts/queue/queue-pages.ts'
import { replyModel } from '../listening/pages.ts'
import { isListenedTo, needsAnswer } from '../listening/post.ts'
import type { Actor, Hosting } from '../people/person.ts'
import { initialsOf } from '../rota/host.ts'
import { fiveDays, weekInWords } from '../rota/pages.ts'
import { weekDays } from '../rota/week.ts'
import type { Delivery } from '../publishing/deliveries.ts'
import type { HeldReason } from '../publishing/delivery.ts'
import type { ToldAt } from '../publishing/pages.ts'
import { isKeptBack } from '../publishing/posting-limit.ts'
import { stoppedForHost } from '../publishing/tell-host.ts'
import { daysPlan } from './days-plan.ts'
import { reachedInWords } from '../recaps/recaps.ts'
import { byDecision, deliveryTag, tellingPart } from './outgoing.ts'
import type { MyWeek } from './read-my-week.ts'
import { capital, inLetters } from '../words.ts'

const SHOWN_REPLIES = 4

/** A host's own week: what happens next, what came back, the days, what people say. */
export function myWeekPage(
  mine: MyWeek,
  {
    actor,
    hosting,
    others,
    sandbox,
    practises,
    practising,
    now,
  }: {
    actor: Actor
    hosting: Hosting
    others: { href: string; label: string }[]
    /** Nothing of a stand-in's people leads to the real network. */
    sandbox: boolean
    /** There is a practice account to try things with. */
    practises: boolean
    /** This is that account: only what belongs to practising is there. */
    practising: boolean
    now: Date
  },
) {
  const { account, week, host, deciders } = mine
  const moment = { zone: account.timeZone, now, limit: mine.limit }
  const stage = stageOf(mine, now)
  const mayWrite = hosting.powers !== 'read'
  const back = stage === 'over' ? [] : cameBack(mine, moment)
  const unanswered = mine.replies.filter((post) => needsAnswer(post, mine.answered))
  return {
    title: 'My week',
    days: fiveDays(week, moment),
    theme: practising ? null : { href: `/weeks/${week.id}`, label: week.theme || 'What is agreed' },
    others,
    greeting: `${greeting(moment)}, ${shortName(host.name)}`,
    lead: leadOf(mine, { stage, back: back.length, unanswered: unanswered.length, moment }),
    outOfReach: mine.outOfReach,
    paused: stage === 'over' ? null : pausedModel(mine, moment),
    stopped: stage === 'over' || stage === 'invited' ? null : stoppedModel(mine, moment),
    invited: stage === 'invited' ? invitedModel(mine, moment) : null,
    swap: swapModel(mine, moment),
    before: stage === 'ahead' || stage === 'open' ? beforeModel(mine, moment) : null,
    over:
      stage === 'over'
        ? {
            recap: `/weeks/${week.id}/recap`,
            certificate: mine.host.acceptedAt ? `/weeks/${week.id}/certificate` : null,
            standby: mine.host.acceptedAt
              ? { action: `/weeks/${week.id}/standby${mine.standby ? '/removal' : ''}`, on: mine.standby }
              : null,
            conversation: isListenedTo(week, now) ? `/weeks/${week.id}/conversation` : null,
          }
        : null,
    aims: practising ? null : aimsModel(mine, stage),
    practise: practises && (stage === 'ahead' || stage === 'open') ? { ahead: stage === 'ahead' } : null,
    lookBack: lookBackModel(mine, stage, moment),
    next: stage === 'over' || stage === 'invited' ? null : nextUp(mine, moment, mayWrite),
    back,
    plan: daysPlan(mine, moment, { actor, mayWrite, foldPast: stage === 'open', practising }),
    write: mayWrite && stage === 'open' ? `/drafts/new?week=${week.id}` : null,
    planTitle: `The ${inLetters(weekDays(week, moment.zone).length)} days`,
    planNote: `${zoneInWords(moment.zone)} time, ${stage === 'over' ? 'closed' : 'until'} ${weekdayName(
      dayOf(week.closesAt, moment.zone),
    )} ${timeInWords(week.closesAt, moment.zone)}`,
    conversation: {
      href: `/weeks/${week.id}/conversation`,
      label: mine.replies.length > SHOWN_REPLIES ? `All ${mine.replies.length}` : 'Open the conversation',
      replies: (unanswered.length > 0 ? unanswered : mine.replies)
        .toReversed()
        .slice(0, SHOWN_REPLIES)
        .map((post) => ({
          ...replyModel(post, { ...moment, sandbox }),
          id: null,
          tag: mine.answered.has(post.networkId) ? { state: 'posted', label: 'Answered' } : null,
          answerHref: mayWrite ? `/drafts/new?week=${week.id}&reply=${post.networkId}` : null,
        })),
      none:
        stage === 'open'
          ? 'Nobody has answered yet. Replies stand here a few minutes after they were written.'
          : stage === 'over'
            ? isListenedTo(week, now)
              ? 'Nobody answered.'
              : 'Four weeks after a week its replies are the team’s alone. Those that were chosen stand on its page.'
            : 'When your week has begun, what people answer stands here.',
    },
    deciders: deciders.map(({ person, role }) => ({
      portrait: { initials: initialsOf(person.name) || '?' },
      name: person.name,
      detail: role === 'lead' ? 'decides drafts, and plans the weeks' : 'decides drafts',
    })),
  }
}

/** The brake is on: what that means for what the host wrote. Who reads this may be frightened, and did nothing wrong. */
function pausedModel({ account, deliveries, passing }: MyWeek, { zone, now }: ToldAt) {
  const { brakeAt, brakeReason, brakeEndsAt, handle } = account
  if (!brakeAt) return null
  const held = byDecision(deliveries.filter(({ state }) => state === 'held')).length
  const ofYours =
    held === 0
      ? 'Nothing of yours was waiting.'
      : held === 1
        ? 'One post of yours is held, and goes out only when the team says so.'
        : `${capital(inLetters(held))} posts of yours are held, and go out only when the team says so.`
  return {
    since: `since ${momentInWords(brakeAt, now, zone).replace(/^today /, '')}`,
    title: `@${handle} is paused`,
    reason: brakeReason,
    passing: passing && passing.stage !== 'asked' ? passingInWords(passing, { zone, now }) : null,
    text: `The team has stopped everything${passing && passing.stage !== 'asked' ? ' else' : ' new'} on the account${
      brakeEndsAt ? `, until ${momentInWords(brakeEndsAt, now, zone)} as things stand` : ''
    }. The pause deletes nothing. ${ofYours} What stands on the account stays. You can go on writing and submitting.`,
  }
}

/** What did not go out as planned, unless the card of what is next says so, or the brake does. */
function stoppedModel({ account, deliveries }: MyWeek, moment: ToldAt) {
  const all = stoppedOnes(deliveries)
  const stopped = account.brakeAt ? all.filter(({ state }) => state !== 'held') : all
  if (stopped.length === 0 || (all.length === 1 && !nextOf(deliveries))) return null
  const asksThem = stopped.some(({ heldReason }) => heldReason !== null && ASKS_HOST.includes(heldReason))
  return {
    posts: stopped.map((delivery) => ({
      tag: deliveryTag(delivery, moment),
      text: firstWords({ parts: [delivery.payload] }),
      href: `/drafts/${delivery.draftId}`,
      due: {
        iso: machineReadable(delivery.dueAt),
        label: momentInWords(delivery.dueAt, moment.now, moment.zone),
      },
      why: stoppedForHost(delivery, { brakeOn: account.brakeAt !== null }),
    })),
    text: asksThem ? null : 'The team knows, and sees to it. You don’t have to do anything.',
  }
}

/** For these the host can do something. */
const ASKS_HOST: readonly HeldReason[] = ['not-accepted', 'not-open']

/** What is missing before the week opens: what the host does, and what the team does with them. */
function beforeModel({ week, missing }: MyWeek, { now }: ToldAt) {
  if (!missing || (!missing.signature && missing.points.length === 0)) return null
  const begun = now >= week.opensAt
  return {
    title: begun ? 'Your week has not opened yet' : 'Before your week opens',
    text: begun
      ? 'You can go on writing. What you wrote waits until this is done, or the team says that your week opens all the same.'
      : 'Your week opens at its time once this is done.',
    sign: missing.signature ? `/weeks/${week.id}/agreement` : null,
    points: missing.points,
  }
}

/** What the host aims for: before the week as they said it, then with what came of it. */
function aimsModel({ week, reached }: MyWeek, stage: Stage) {
  if (stage === 'invited' || (stage === 'over' && reached.length === 0)) return null
  return {
    href: `/weeks/${week.id}/aims`,
    reached: reached.map((one) => ({
      words: one.aim.words,
      text:
        stage !== 'ahead'
          ? reachedInWords(one)
          : one.count === null
            ? 'You say what came of it.'
            : 'Counted from the first day on.',
    })),
  }
}

/** On the last day, and after it: what the host is asked, or what became of what they said. */
function lookBackModel({ week, reflection }: MyWeek, stage: Stage, { zone, now }: ToldAt) {
  const isTime = stage === 'over' || (stage === 'open' && dayOf(now, zone) === dayOf(week.closesAt, zone))
  if (!isTime || reflection === 'declined') return null
  const words = {
    new: [
      'Look back on your week',
      'A few questions, for the recap: a sentence each is enough.',
      'Look back',
    ],
    writing: ['Look back on your week', 'You have begun. Nobody reads it before you hand it in.', 'Go on'],
    submitted: ['You have looked back', 'The team reads what you say of your week.', 'Read it'],
    'changes-requested': [
      'Looking back',
      'The team asks you to change what you say of your week.',
      'Change it',
    ],
    approved: ['You have looked back', 'What you say of your week stands in the recap.', 'Read or change it'],
  } as const
  const [title, text, label] = words[reflection ?? 'new']
  const main = reflection === null || reflection === 'writing' || reflection === 'changes-requested'
  return { title, text, label, main, href: `/weeks/${week.id}/reflection` }
}

type Stage = 'invited' | 'ahead' | 'open' | 'over'

function stageOf({ week, host }: MyWeek, now: Date): Stage {
  if (now >= week.closesAt) return 'over'
  if (!host.acceptedAt) return 'invited'
  return now < week.opensAt ? 'ahead' : 'open'
}

function greeting({ zone, now }: ToldAt): string {
  const time = timeOf(now, zone)
  return time < '05:00' || time >= '18:00'
    ? 'Good evening'
    : time < '12:00'
      ? 'Good morning'
      : 'Good afternoon'
}

function leadOf(
  { week, account, deliveries }: MyWeek,
  { stage, back, unanswered, moment }: { stage: Stage; back: number; unanswered: number; moment: ToldAt },
): string {
  const { zone, now } = moment
  if (stage === 'over')
    return `Your week closed ${momentOf(week.closesAt, now, zone)}. Everything can still be read here, and the recap is yours to edit.`
  const opens = `Your week opens ${momentOf(week.opensAt, now, zone)}, ${zoneInWords(zone)} time`
  if (stage === 'invited')
    return now < week.opensAt
      ? `${opens}. It is yours when you accept.`
      : 'Your week has begun. It is yours when you accept.'
  const came =
    back === 0
      ? ''
      : back === 1
        ? 'One thing came back to you'
        : `${capital(inLetters(back))} things came back to you`
  if (stage === 'ahead')
    return `${opens}, in ${untilInWords(week.opensAt, now, zone)}. ${came ? `${came}.` : 'You can write and submit already.'}`
  const wait =
    unanswered === 0
      ? 'every reply has an answer'
      : unanswered === 1
        ? 'one reply has no answer yet'
        : `${inLetters(unanswered)} replies have no answer yet`
  const is = `It is ${weekdayName(dayOf(now, zone))}, ${timeInWords(now, zone)} in ${zoneInWords(zone)}.`
  // While the brake is on, what it means stands below.
  const stopped = account.brakeAt ? 0 : stoppedOnes(deliveries).length
  const held =
    stopped === 0
      ? ''
      : stopped === 1
        ? ' One post of yours has not gone out as planned.'
        : ` ${capital(inLetters(stopped))} posts of yours have not gone out as planned.`
  return came ? `${is}${held} ${came}, and ${wait}.` : `${is}${held} Nothing came back to you, and ${wait}.`
}

/** Whether they would take another host’s days; what they said to it, while the other one is asked still. */
function swapModel({ week, swap }: MyWeek, moment: ToldAt) {
  const own = swap?.parties.find((party) => party.week.id === week.id)
  const other = swap?.parties.find((party) => party.week.id !== week.id)
  if (!swap || !own || !other) return null
  const { days } = weekInWords(other.week, other.host, moment)
  const { name } = other.host
  return own.side.agreedAt
    ? {
        title: 'A swap is asked',
        text: `You said yes to ${days}. ${name} is asked still, and until then you keep your days.`,
        href: `/swaps/${swap.swap.id}`,
        label: 'Look at it',
        main: false,
      }
    : {
        title: `Would you take ${days} instead?`,
        text: `The team asks whether you and ${name} take each other’s days. Nothing changes unless both of you say yes.`,
        words: swap.swap.reason || null,
        href: `/swaps/${swap.swap.id}`,
        label: 'Read it, and answer',
        main: true,
      }
}

function invitedModel({ week, host, account }: MyWeek, { zone }: ToldAt) {
  const days = weekDays(week, zone)
  const unread = unreadInWords(account.policy)
  return {
    title: host.movedAt
      ? `Your week was moved: would ${dayInWords(days[0]!)} to ${dayInWords(days.at(-1)!)} suit you?`
      : `@${account.handle} can be yours from ${dayInWords(days[0]!)} to ${dayInWords(days.at(-1)!)}`,
    words: host.movedWords,
    text: `If you accept, followers are told that you are coming. You can begin to write at once; whatever you submit is read by somebody before it goes out${unread ? `, except ${unread}` : ''}. You never need the password.`,
    action: `/weeks/${week.id}/acceptance`,
    read: `/weeks/${week.id}`,
    refuse: `/weeks/${week.id}/invitation#answer-title`,
  }
}

const NOT_CONNECTED =
  'The account is not connected to X at the moment, so nothing goes out. The team knows, and you don’t have to do anything.'

/** What goes out next; or that nothing does, and how to change that. */
function nextUp(
  { week, drafts, deliveries, decisions, connected }: MyWeek,
  moment: ToldAt,
  mayWrite: boolean,
) {
  const { zone, now } = moment
  const write = mayWrite
    ? [{ href: `/drafts/new?week=${week.id}`, label: 'Write something', kind: 'main' }]
    : []
  const next = nextOf(deliveries)
  if (!next) {
    const waiting = drafts.filter(({ state }) => state === 'submitted').length
    const stopped = stoppedOnes(deliveries)
    if (stopped.length > 0)
      return {
        title:
          stopped.length === 1
            ? 'One post does not go out as planned'
            : `${capital(inLetters(stopped.length))} posts do not go out as planned`,
        time: null,
        text: firstWords({ parts: [stopped[0]!.payload] }, 140),
        tag: deliveryTag(stopped[0]!, moment),
        context: 'The team knows, and decides what becomes of it.',
        buttons: [...write, { href: `/drafts/${stopped[0]!.draftId}`, label: 'Open this one' }],
      }
    return {
      title: 'Nothing is on its way',
      time: null,
      text:
        waiting > 0
          ? `${waiting === 1 ? 'One draft waits' : `${capital(inLetters(waiting))} drafts wait`} for approval.`
          : 'What would you tell a colleague today?',
      tag: null,
      context: null,
      buttons: write,
    }
  }
  const draft = drafts.find(({ id }) => id === next.draftId)
  const decision = decisions.get(next.draftId)
  const today = dayOf(next.dueAt, zone) === dayOf(now, zone)
  const kept = keptBackInWords(deliveries, moment)
  return {
    title: today ? 'Next, at' : 'Next,',
    time: {
      iso: machineReadable(next.dueAt),
      label: today ? timeInWords(next.dueAt, zone) : momentOf(next.dueAt, now, zone).replace(/^on /, ''),
    },
    text: firstWords(draft && next.position === 0 ? draft.content : { parts: [next.payload] }, 140),
    tag: connected ? deliveryTag(next, moment) : { state: 'held', label: 'Not connected' },
    context:
      (connected ? null : NOT_CONNECTED) ??
      kept ??
      (decision
        ? `Approved by ${decision.personName ?? 'the account’s policy'}, ${momentOf(decision.at, now, zone).replace(/^on /, '')}`
        : null),
    buttons: [...write, { href: `/drafts/${next.draftId}`, label: 'Open this one' }],
  }
}

function nextOf(deliveries: Delivery[]): Delivery | undefined {
  return byDecision(deliveries)
    .map(tellingPart)
    .filter(({ state }) => state === 'waiting' || state === 'sending')
    .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())[0]
}

/** What is held, failed, or may have gone out or not, in the order of its times: of each thread the part that says so. */
function stoppedOnes(deliveries: Delivery[]): Delivery[] {
  return byDecision(deliveries)
    .map(tellingPart)
    .filter(({ state }) => state === 'held' || state === 'failed' || state === 'unknown')
    .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
}

/** While X takes no posts: until when, and how many of the week's wait for it. */
function keptBackInWords(deliveries: Delivery[], { zone, now, limit }: ToldAt): string | null {
  const waiting = byDecision(deliveries)
    .map(tellingPart)
    .filter(({ state, dueAt }) => state === 'waiting' && isKeptBack(dueAt, limit)).length
  if (!limit || waiting === 0) return null
  const until = momentInWords(limit.until, now, zone).replace(/^today /, '')
  return `X takes no posts until ${until}; ${waiting === 1 ? 'one waits' : `${inLetters(waiting)} wait`}`
}

/** What somebody said about their drafts, the latest first: with what is to do on top. */
function cameBack({ drafts, decisions, host }: MyWeek, { zone, now }: ToldAt) {
  return drafts
    .filter(
      ({ state, weekHostId }) =>
        weekHostId === host.id && (state === 'changes-requested' || state === 'declined'),
    )
    .flatMap((draft) => {
      const decision = decisions.get(draft.id)
      return decision ? [{ draft, decision }] : []
    })
    .toSorted(
      (a, b) =>
        Number(a.draft.state === 'declined') - Number(b.draft.state === 'declined') ||
        b.decision.at.getTime() - a.decision.at.getTime(),
    )
    .slice(0, 6)
    .map(({ draft, decision }) => {
      const who = decision.personName ?? 'The account’s policy'
      return {
        title:
          draft.state === 'declined'
            ? `${shortName(who)} decided that this does not go out`
            : `${shortName(who)} asks for changes`,
        words: firstWords(draft.content, 160),
        comment: decision.comment,
        who,
        time: {
          iso: machineReadable(decision.at),
          label: momentOf(decision.at, now, zone).replace(/^on /, ''),
        },
        href: `/drafts/${draft.id}`,
        label: draft.state === 'declined' ? 'Open it' : 'Change it',
        main: draft.state !== 'declined',
      }
    })
}
