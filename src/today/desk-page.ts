import {
  dayInWords,
  dayOf,
  daysBetween,
  machineReadable,
  momentInWords,
  timeInWords,
  weekdayLetter,
  weekdayName,
  zoneInWords,
} from '../calendar.ts'
import { inCents } from '../charges/charge.ts'
import { passingInWords } from '../drafts/drafts.ts'
import { momentOf } from '../drafts/decision.ts'
import { firstWords } from '../drafts/first-words.ts'
import { goingItem, shortName, waitingItem } from '../drafts/queue/queue-pages.ts'
import type { DiskTrouble } from '../errors.ts'
import { removalDueAt } from '../listening/post.ts'
import { HELP_TAGS } from '../listening/help-page.ts'
import { isNearBudget, stopsListening } from '../publishing/budget.ts'
import { hasBegunInWords } from '../publishing/beginning.ts'
import type { Delivery } from '../publishing/deliveries.ts'
import {
  ASKING_FOR_CREDIT,
  deliveryInWords,
  heldInWords,
  isTooLateByNow,
  type ToldAt,
} from '../publishing/pages.ts'
import { isLateAtItsEnd, type PostingLimit } from '../publishing/posting-limit.ts'
import { daysOf, fiveDays, portraitOf, weekInWords } from '../rota/pages.ts'
import { slotInWords } from '../rota/planner/move-to-slot.ts'
import { slotDays } from '../rota/slot.ts'
import { missingInWords, type HostedWeek } from '../rota/weeks.ts'
import { weekDays } from '../rota/week.ts'
import { dayAnchor, postsInWords, repliesInWords } from './days-plan.ts'
import { byDecision, deliveryTag, draftTag, tellingPart } from './outgoing.ts'
import type { Desk } from './read-desk.ts'
import { capital, inLetters, sentence } from '../words.ts'

/** The desk of leads and approvers: what is on fire, what waits for them, what goes out, whether next week is ready. */
export function deskPage(
  desk: Desk,
  {
    now,
    isLead,
    ownWeek,
    disk,
    site = null,
    live,
  }: {
    now: Date
    isLead: boolean
    ownWeek: { href: string; label: string } | null
    disk: DiskTrouble | null
    /** Why the folder with the public site is not up to date, and since when on the machine's clock; null where it is. */
    site?: { says: string; since: Date } | null
    /** Not a sandbox, whose posts have no page on X. */
    live: boolean
  },
) {
  const { account, running } = desk
  const zone = account.timeZone
  const moment = { zone, now, limit: desk.limit, lateAfterMinutes: account.policy.lateAfterMinutes }
  const today = dayOf(now, zone)
  const fires = firesOf(desk, moment, { isLead, disk, site: isLead ? site : null, live })
  return {
    title: 'Today',
    heading: dayInWords(today),
    days: running && fiveDays(running.week, moment),
    context: runningInWords(desk),
    contextLink: running && { href: `/weeks/${running.week.id}`, label: running.week.theme || 'The week' },
    ownWeek,
    lead: leadOf(desk, fires.length, moment),
    unanswered: unansweredOf(desk),
    over: desk.over.map((one) => overInWords(one, moment, isLead)),
    fires,
    noWeek: running || desk.slotIsTaken ? null : noWeek(desk, isLead),
    waiting: desk.waiting.map((one) => ({
      ...waitingItem(one, moment),
      tag: { state: 'submitted', label: `Submitted ${submittedAt(one.draft.submittedAt, moment)}` },
    })),
    unlessStopped: desk.unlessStopped.map((one) => goingItem(one, moment)),
    waitingMore:
      desk.waitingCount > desk.waiting.length
        ? `and ${inLetters(desk.waitingCount - desk.waiting.length)} more`
        : null,
    answersWaiting: desk.answersWaiting.map(({ id, accountId, title }) => ({
      href: `/accounts/${accountId}/answers#answer-${id}`,
      title,
    })),
    reflections: desk.reflections.map(({ weekId, host }) => ({ href: `/weeks/${weekId}/reflection`, host })),
    plan: planOf(desk, moment),
    writeHref: isLead ? writeHref(desk) : null,
    next: nextWeek(desk, moment, isLead),
    brake: brakeOf(desk),
    steady: steadyOf(desk, moment),
    strip: running && stripOf(running, moment),
  }
}

function runningInWords({ running, slotIsTaken }: Desk): string {
  if (running?.host) return `${running.host.name}’s week,`
  if (running) return 'A hiatus:'
  return slotIsTaken ? 'Between two weeks' : 'Nobody hosts this week'
}

function leadOf({ waitingCount, over }: Desk, fires: number, { zone, now }: ToldAt): string {
  const look =
    fires === 0
      ? 'Nothing needs a look now'
      : fires === 1
        ? 'One thing needs a look now'
        : `${capital(inLetters(fires))} things need a look now`
  const wait =
    waitingCount === 0
      ? 'no draft waits for a decision'
      : waitingCount === 1
        ? 'one draft waits for a decision'
        : `${inLetters(waitingCount)} drafts wait for a decision`
  const unread = over.filter(({ recapWaits }) => recapWaits)
  const recaps =
    unread.length === 0
      ? ''
      : unread.length === 1
        ? `, and ${whoseRecap(unread[0]!)} waits to be published`
        : `, and ${inLetters(unread.length)} recaps wait to be published`
  return `It is ${timeInWords(now, zone)} in ${zoneInWords(zone)}. ${look}, ${wait}${recaps}.`
}

function whoseRecap({ host }: Desk['over'][number]): string {
  return host ? `${shortName(host.name)}’s recap` : 'the recap'
}

/** A week that is over, where its story stands, and the way to it. */
function overInWords(over: Desk['over'][number], moment: ToldAt, isLead: boolean) {
  const words = weekInWords(over.week, over.host, moment)
  const waits = isLead ? 'waits to be read and published' : 'waits for a lead to publish it'
  return {
    title: over.recapWaits ? `${capital(whoseRecap(over))} ${waits}` : words.title,
    href: over.recapWaits ? `${words.href}/recap` : words.href,
    detail: `${[over.host?.name, words.days].filter(Boolean).join(', ')}.`,
    links: [
      ...(over.recapWaits ? [{ href: words.href, label: 'The week' }] : []),
      { href: `${words.href}/days`, label: 'Its days' },
      ...(over.recapWaits ? [] : [{ href: `${words.href}/recap`, label: 'The recap' }]),
    ],
  }
}

function unansweredOf({ running }: Desk) {
  if (!running || running.unanswered === 0) return null
  return {
    href: `/weeks/${running.week.id}/conversation?show=unanswered`,
    label:
      running.unanswered === 1
        ? 'One reply has no answer yet'
        : `${capital(inLetters(running.unanswered))} replies have no answer yet`,
  }
}

interface Fire {
  tag: { state: string; label: string }
  since: string | null
  title: string
  quote: string | null
  text: string
  link: { href: string; label: string } | null
  also?: { href: string; label: string } | null
  /** Where one sentence speaks of several posts: each of them. */
  posts?: { text: string; href: string | null; time: { iso: string; label: string } }[]
}

/** A person waits, so it stands before everything else. */
function helpFire(help: Desk['help'][number], { zone, now }: ToldAt): Fire {
  const { evidence, asker, taker } = help
  const from = evidence ? evidence.name || `@${evidence.handle}` : 'somebody'
  return {
    tag: HELP_TAGS[help.state],
    since: `since ${momentInWords(help.askedAt, now, zone)}`,
    title: `${asker} needs help with a reply from ${from}`,
    quote: evidence?.text ?? null,
    text: [
      help.note && `${asker} says: “${help.note}”`,
      taker ? `${taker} looks after it.` : 'Nobody looks after it yet.',
    ]
      .filter(Boolean)
      .join(' '),
    link: { href: `/help/${help.id}`, label: 'Open it' },
  }
}

function removalFire(request: Desk['removals'][number], { zone, now }: ToldAt): Fire {
  const dueAt = removalDueAt(request)
  const until = momentInWords(dueAt, now, zone)
  return {
    tag: { state: now >= dueAt ? 'failed' : 'submitted', label: now >= dueAt ? 'Late' : 'Waits for you' },
    since: `since ${momentInWords(request.askedAt, now, zone)}`,
    title: 'Somebody asks to be taken off the public pages',
    quote: request.words || null,
    text: now >= dueAt ? `It was to be done by ${until}.` : `It is to be done by ${until}.`,
    link: { href: `/removal-requests/${request.id}`, label: 'Open it' },
  }
}

function firesOf(
  desk: Desk,
  moment: ToldAt,
  {
    isLead,
    disk,
    site,
    live,
  }: {
    isLead: boolean
    disk: DiskTrouble | null
    site: { says: string; since: Date } | null
    live: boolean
  },
): Fire[] {
  const { account, connection, troubled, declined, failedMails, look } = desk
  const brakes = troubled.filter(({ heldReason }) => heldReason === 'brake')
  const lost = troubled.filter(({ heldReason }) => heldReason === 'reconnect')
  const dear = troubled.filter(({ heldReason }) => heldReason === 'budget')
  const unpaid = troubled.filter(({ heldReason }) => heldReason === 'credit')
  const aside = troubled.filter(({ heldReason }) => heldReason === 'live')
  const others = troubled.filter((one) => ![...brakes, ...lost, ...dear, ...unpaid, ...aside].includes(one))
  const settings = { href: `/accounts/${account.id}`, label: 'Open the account' }
  return [
    ...(disk ? [diskFire(disk)] : []),
    ...(site ? [siteFire(site, moment)] : []),
    ...desk.help.map((one) => helpFire(one, moment)),
    ...desk.removals.map((one) => removalFire(one, moment)),
    ...(account.brakeAt || brakes.length > 0 ? [brakeFire(desk, brakes, moment)] : []),
    ...(connection?.state !== 'connected'
      ? [connectionFire(desk, byDecision(lost).length, settings, { ...moment, isLead })]
      : troubleFires(lost, moment)),
    ...desk.twice.map((delivery) => twiceFire(delivery, moment)),
    ...(desk.limit && desk.keptBack.length > 0 ? [limitFire(desk.keptBack, desk.limit, moment)] : []),
    ...(unpaid.length > 0 ? [creditFire(unpaid, moment)] : []),
    ...budgetFires(desk, dear, { ...moment, isLead }),
    ...asideFires(aside, moment),
    ...troubleFires(others, moment),
    ...(desk.nobodyDecides.length > 0 ? [nobodyDecidesFire(desk.nobodyDecides, moment)] : []),
    ...desk.takenDown.map((one) => takenDownFire(one, moment)),
    ...desk.unready.map((one) => unreadyFire(one, isLead, moment)),
    ...desk.unanswered.map((one) => unansweredFire(one, moment)),
    ...declined.map((one) => declinedFire(one, isLead, moment)),
    ...(desk.gaps.length > 0 ? [gapsFire(desk.gaps, isLead, { ...moment, account })] : []),
    ...(desk.restored ? [restoreFire(desk.restored, moment, { account, live })] : []),
    ...(desk.mailOutage && desk.mailOutage.waiting.length > 0 ? [outageFire(desk.mailOutage, moment)] : []),
    ...(failedMails.length > 0 ? [mailFire(failedMails, moment)] : []),
    ...(look?.trouble && connection?.state === 'connected' && !stopsListening(desk.costs)
      ? [
          {
            tag: { state: 'failed', label: 'Not heard' },
            since: look.wellAt ? `since ${momentInWords(look.wellAt, moment.now, moment.zone)}` : null,
            title: 'Replies can’t be read at the moment',
            quote: null,
            text: `${sentence(look.trouble)} It is tried again by itself.`,
            link: null,
          },
        ]
      : []),
  ]
}

function diskFire(disk: DiskTrouble): Fire {
  return {
    tag: { state: 'failed', label: disk === 'full' ? 'Disk full' : 'Disk fails' },
    since: null,
    title: `The disk of this installation ${disk === 'full' ? 'is full' : 'can’t be written to'}`,
    quote: null,
    text: 'Nothing can be saved, and nothing goes out before it can. What was saved is there. Please tell whoever runs this installation; it goes on by itself afterwards.',
    link: null,
  }
}

function siteFire({ says, since }: { says: string; since: Date }, { now, zone }: ToldAt): Fire {
  return {
    tag: { state: 'failed', label: 'Site not kept' },
    since: `since ${momentInWords(since, now, zone)}`,
    title: 'The public site’s folder is not up to date',
    quote: null,
    text: `${says} The older site stands there, and it is tried again each minute. The pages here are not concerned. Please tell whoever runs this installation.`,
    link: null,
  }
}

/** Said once for all its days, in a list. */
function nobodyDecidesFire(days: string[], { now, zone }: ToldAt): Fire {
  const today = dayOf(now, zone)
  const words = days.map((day) => (day === today ? 'today' : dayInWords(day, today)))
  return {
    tag: { state: 'gap', label: 'Nobody decides' },
    since: null,
    title:
      days.length === 1
        ? `Nobody can decide ${days[0] === today ? 'today' : `on ${words[0]}`}`
        : `On ${inLetters(days.length)} days nobody can decide`,
    quote: null,
    text: `${days.length === 1 ? '' : `${capital(new Intl.ListFormat('en-GB').format(words))}: `}${days.length === 1 ? 'Everybody' : 'everybody'} at the desk is away and nobody stands in, while a week is open. What nobody decided by its time does not go out.`,
    link: { href: '/away', label: 'Say who stands in' },
  }
}

/** For a day: whoever decides may want to say something about it, or ask. */
function takenDownFire({ by, reason, at, delivery, parts }: Desk['takenDown'][number], moment: ToldAt): Fire {
  return {
    tag: { state: 'removed', label: 'Taken down' },
    since: momentInWords(at, moment.now, moment.zone),
    title: `${by} took down ${parts > 1 ? `${inLetters(parts)} parts of a thread` : 'a post'}`,
    quote: delivery.payload.text || null,
    text: `${by} says why: “${reason}”`,
    link: { href: `/drafts/${delivery.draftId}`, label: 'Open it' },
  }
}

/** Before the week opens, and while it should be open and is not. */
function unreadyFire(
  { week, host, missing }: Desk['unready'][number],
  isLead: boolean,
  moment: ToldAt,
): Fire {
  const { now, zone } = moment
  const words = weekInWords(week, host, moment)
  const begun = now >= week.opensAt
  return {
    tag: { state: 'held', label: begun ? 'Not opened' : 'Not ready' },
    since: begun
      ? `since ${momentInWords(week.opensAt, now, zone)}`
      : `opens ${momentOf(week.opensAt, now, zone)}`,
    title: begun ? `${host.name}’s week has not opened` : `${host.name}’s week is not ready to open`,
    quote: null,
    text: `What is missing: ${missingInWords(missing)}. ${
      begun
        ? `${host.name} can go on writing. What becomes due is held.`
        : 'Without it the week opens only when a lead says so.'
    }`,
    link: {
      href: `${words.href}#ready`,
      label: isLead ? 'Do it, or let it open all the same' : 'Open the week',
    },
  }
}

/** A week opens for nobody who has not accepted it. */
function unansweredFire({ week, host }: Desk['unanswered'][number], moment: ToldAt): Fire {
  const { now, zone } = moment
  const words = weekInWords(week, host, moment)
  const begun = now >= week.opensAt
  return {
    tag: { state: 'held', label: begun ? 'Not opened' : 'No answer' },
    since: begun
      ? `since ${momentInWords(week.opensAt, now, zone)}`
      : `opens ${momentOf(week.opensAt, now, zone)}`,
    title: host.invitedAt
      ? `${host.name} has not accepted ${words.days} yet`
      : `${host.name} is booked for ${words.days}, and not invited yet`,
    quote: null,
    text: begun
      ? 'The week is not open, and nothing of it goes out, until they accept. You can ask somebody else.'
      : 'The week opens only once they accept. Ask them, or somebody else.',
    link: { href: words.href, label: 'Open the week' },
  }
}

function declinedFire({ week, host }: HostedWeek, isLead: boolean, moment: ToldAt): Fire {
  const words = weekInWords(week, host, moment)
  return {
    tag: { state: 'declined', label: 'Said no' },
    since: momentInWords(host!.declinedAt!, moment.now, moment.zone),
    title: `${host!.name} can’t take ${words.days}`,
    quote: host!.declinedWords,
    text: isLead
      ? 'Theme, reason and events are kept for whoever has the week next.'
      : 'A lead can ask somebody else.',
    link: isLead
      ? { href: `${words.href}/replacement`, label: 'Ask somebody else' }
      : { href: words.href, label: 'Open the week' },
  }
}

/** As far ahead as the account wants to be warned. */
function gapsFire(gaps: string[], isLead: boolean, { account, now }: ToldAt & Pick<Desk, 'account'>): Fire {
  const today = dayOf(now, account.timeZone)
  const days = gaps.map((slot) => slotInWords(slot, account, today))
  const several = gaps.length > 1
  return {
    tag: { state: 'gap', label: several ? 'Gaps' : 'Gap' },
    since: null,
    title: several
      ? `${capital(inLetters(gaps.length))} weeks ahead have no host`
      : `Nobody hosts ${days[0]}`,
    quote: null,
    text: `${several ? `${sentence(days.join('; '))} ` : ''}${isLead ? 'Book somebody, or call in a standby host.' : 'A lead can book somebody.'}`,
    link: {
      href: isLead ? `/rota/book?slot=${gaps[0]}` : '/rota',
      label: isLead ? `Fill ${several ? 'the nearest' : 'it'}` : 'Open the rota',
    },
  }
}

function brakeFire({ account, brakedBy, passing }: Desk, held: Delivery[], { now, zone }: ToldAt): Fire {
  const count = byDecision(held).length
  const posts = heldPosts(held, { now, zone })
  if (!account.brakeAt) {
    return {
      tag: { state: 'held', label: 'Held' },
      since: null,
      title:
        count === 1
          ? 'One post was held by the brake'
          : `${capital(inLetters(count))} posts were held by the brake`,
      quote: null,
      text: 'The brake is off again. Each waits for somebody to say whether it still goes out.',
      link: { href: `/accounts/${account.id}/brake/release`, label: 'Say what becomes of each' },
      posts,
    }
  }
  const since = momentInWords(account.brakeAt, now, zone).replace(/^today /, '')
  return {
    tag: { state: 'brake', label: 'The brake is on' },
    since: brakedBy ? `${brakedBy} pulled it, ${since}` : `since ${since}`,
    title: passing && passing.stage !== 'asked' ? 'Nothing else goes out' : 'Nothing goes out',
    quote: account.brakeReason,
    text: `${passing ? `${passingInWords(passing, { now, zone })} ` : ''}Nothing ${passing && passing.stage !== 'asked' ? 'else' : 'new'} of @${account.handle} goes out until the brake is released${
      account.brakeEndsAt ? `, or ends by itself ${momentInWords(account.brakeEndsAt, now, zone)}` : ''
    }. What is held then stays held, until somebody decides about it.`,
    link: { href: `/accounts/${account.id}/brake`, label: 'About the brake, and the release' },
    also: passing && { href: `/drafts/${passing.draftId}`, label: 'Open the one post' },
    posts,
  }
}

/** X takes no more posts for a while, as it said itself. */
function limitFire(waiting: Delivery[], limit: PostingLimit, moment: ToldAt): Fire {
  const until = momentInWords(limit.until, moment.now, moment.zone).replace(/^today /, '')
  const count = waiting.length
  const late = waiting.filter(({ dueAt }) => isLateAtItsEnd(dueAt, limit)).length
  return {
    tag: { state: 'held', label: 'X asks for a pause' },
    since: null,
    title: `X takes no posts until ${until}; ${count === 1 ? 'one waits' : `${inLetters(count)} wait`}`,
    quote: null,
    text: `The account posted more in a short time than X takes. ${
      late === count
        ? `What is more than ${limit.lateAfterMinutes} minutes late is held, and you are asked.`
        : `What waits goes out then by itself${late > 0 ? `; what is more than ${limit.lateAfterMinutes} minutes late is held, and you are asked` : ''}.`
    }`,
    link: null,
    posts: heldPosts(waiting, moment),
  }
}

/** One cause, however many posts it holds. */
function creditFire(held: Delivery[], moment: ToldAt): Fire {
  const posts = heldPosts(held, moment)
  return {
    tag: { state: 'held', label: 'No credit' },
    since: null,
    title: `The credit with X is used up; ${posts.length === 1 ? 'one post is held' : `${inLetters(posts.length)} posts are held`}`,
    quote: null,
    text: `Whoever pays X for this account can top it up there. ${ASKING_FOR_CREDIT} When that is done, open one and let it go: that asks X at once.`,
    link: null,
    posts,
  }
}

/** What stepped aside for live hours: one card for each week, with the form that decides about all of it. */
function asideFires(held: Delivery[], moment: ToldAt): Fire[] {
  return [...new Set(held.map(({ weekId }) => weekId))].map((weekId) => {
    const posts = byDecision(held.filter((one) => one.weekId === weekId)).map(([first]) => first!)
    return {
      tag: { state: 'held', label: 'Held' },
      since: null,
      title:
        posts.length === 1
          ? 'One post stepped aside'
          : `${capital(inLetters(posts.length))} posts stepped aside`,
      quote: null,
      text: 'It is for what is posted live from an event. What can still keep its time afterwards goes out by itself; about the rest somebody has to say.',
      link: { href: `/weeks/${weekId}/live/aside`, label: 'Say which still go, and when' },
      posts: posts.map((delivery) => heldPost(delivery, moment)),
    }
  })
}

/** The month's budget: what it holds and stops, or that it is nearly gone. */
function budgetFires(
  { account, costs }: Desk,
  held: Delivery[],
  { isLead, ...moment }: ToldAt & { isLead: boolean },
): Fire[] {
  const { spent, ahead, budget } = costs
  if (held.length === 0 && (budget === null || !(stopsListening(costs) || isNearBudget(costs)))) return []
  const posts = heldPosts(held, moment)
  const so = `${inCents(spent)}${budget === null ? '' : ` of ${inCents(budget)}`} has been spent, and what is approved needs ${inCents(ahead)}.`
  const raise = isLead ? 'Raise the budget' : 'A lead can raise the budget'
  const reading = stopsListening(costs)
    ? ' Replies are not read, so that what is left goes into posts.'
    : ' When the rest is needed for what is approved, replies are no longer read.'
  return [
    {
      tag: { state: 'held', label: 'Budget' },
      since: null,
      title:
        held.length === 0
          ? stopsListening(costs)
            ? 'Replies are not read, to keep within the budget'
            : 'Four fifths of the month’s budget have been spent'
          : posts.length === 1
            ? 'One post is held by the month’s budget'
            : `${capital(inLetters(posts.length))} posts are held by the month’s budget`,
      quote: null,
      text: `${so}${reading}${held.length > 0 ? ` ${raise}, and what is not late goes by itself; or let a post go all the same.` : ''}`,
      link: { href: `/accounts/${account.id}/costs`, label: 'See what it was spent for' },
      posts,
    },
  ]
}

/** One line for each post, a thread being one: its first part that is held leads on. */
function heldPosts(deliveries: Delivery[], moment: ToldAt) {
  return byDecision(deliveries).map(([first]) => heldPost(first!, moment))
}

function heldPost(delivery: Delivery, moment: ToldAt) {
  const { id, dueAt, payload, position, parts } = delivery
  const { now, zone } = moment
  const late = isTooLateByNow(delivery, moment) ? 'Too late by now: ' : ''
  const begun = position === 0 ? '' : `Part ${position + 1} of ${parts} of a thread that has begun: `
  return {
    text: `${late}${begun}${firstWords({ parts: [payload] })}`,
    href: `/deliveries/${id}`,
    time: { iso: machineReadable(dueAt), label: momentInWords(dueAt, now, zone) },
  }
}

/** The brake, while it is off: what pulling it would stop. */
function brakeOf({ account, today, running }: Desk) {
  if (account.brakeAt) return null
  const waiting = (deliveries: Delivery[]) =>
    byDecision(deliveries.filter(({ state }) => state === 'waiting')).length
  const [day, week] = [waiting(today.deliveries), waiting(running?.deliveries ?? [])]
  const posts = (count: number) => (count === 1 ? 'one post' : `${inLetters(count)} posts`)
  const now = day === 0 ? 'nothing that waits for today' : `${posts(day)} of today`
  return {
    action: `/accounts/${account.id}/brake`,
    text: `Stops everything outgoing of @${account.handle} at once: ${now}${
      week > day ? `, ${posts(week)} of this week` : ''
    }. Nothing is lost, and each asks before it goes out later.`,
  }
}

function connectionFire(
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

/** More held posts than this for one reason are one thing to look at. */
const TOGETHER_FROM = 3

function troubleFires(deliveries: Delivery[], moment: ToldAt): Fire[] {
  const alike = (one: Delivery) =>
    deliveries.filter(({ state, heldReason }) => state === one.state && heldReason === one.heldReason)
  return deliveries.flatMap((delivery) => {
    const same = alike(delivery)
    if (delivery.state !== 'held' || same.length < TOGETHER_FROM) return [troubleFire(delivery, moment)]
    return same[0] === delivery ? [heldTogether(same, moment)] : []
  })
}

function heldTogether(deliveries: Delivery[], moment: ToldAt): Fire {
  return {
    tag: { state: 'held', label: 'Held' },
    since: null,
    title: `${capital(inLetters(deliveries.length))} posts are held`,
    quote: null,
    text: heldInWords({ heldReason: deliveries[0]!.heldReason, trouble: null }),
    link: null,
    posts: heldPosts(deliveries, moment),
  }
}

function twiceFire(delivery: Delivery, { now, zone }: ToldAt): Fire {
  return {
    tag: { state: 'failed', label: 'Stands twice' },
    since: `since ${momentInWords(delivery.postedAt!, now, zone)}`,
    title: 'A post stands twice on X',
    quote: delivery.payload.text || null,
    text: 'X took it twice, and told us of the second one only when the first one stood. Take the second one down, or leave both.',
    link: { href: `/deliveries/${delivery.id}`, label: 'See both' },
  }
}

function troubleFire(delivery: Delivery, moment: ToldAt): Fire {
  const words = deliveryInWords(delivery, moment)
  const day = dayOf(delivery.dueAt, moment.zone) === dayOf(moment.now, moment.zone)
  const time = timeInWords(delivery.dueAt, moment.zone)
  const post = day
    ? `the ${time} post`
    : `the ${time} post of ${dayInWords(dayOf(delivery.dueAt, moment.zone))}`
  const said: Partial<Record<Delivery['state'], { title: string; text: string }>> = {
    unknown: {
      // While the timeline is being read it has a time for the next look.
      title: delivery.notBefore
        ? `We don’t know yet whether ${post} went out`
        : `Nobody knows whether ${post} went out`,
      text: [
        ...(delivery.trouble ? [sentence(delivery.trouble)] : []),
        delivery.notBefore
          ? 'It won’t be sent again until the account’s own timeline has been read.'
          : 'It is not sent again by itself: please look, and say what becomes of it.',
        ...(delivery.parts > 1 ? ['What comes after it in the thread waits.'] : []),
      ].join(' '),
    },
    failed: { title: `${capital(post)} did not go out`, text: delivery.trouble ?? 'X refused it.' },
    held: { title: `${capital(post)} is held`, text: heldInWords(delivery) },
    removing: {
      title: `${capital(post)} still stands on X`,
      text: `It is off our own pages. ${delivery.trouble ?? ''}`.trim(),
    },
  }
  const begun = delivery.state === 'removing' ? null : hasBegunInWords(delivery)
  return {
    tag: { state: words.state, label: words.label },
    since: null,
    title: said[delivery.state]?.title ?? words.label,
    quote: delivery.payload.text || null,
    text: [begun, said[delivery.state]?.text].filter(Boolean).join(' '),
    link: { href: words.href ?? `/drafts/${delivery.draftId}`, label: 'Open the delivery' },
  }
}

function outageFire(
  { since, reason, waiting }: NonNullable<Desk['mailOutage']>,
  { now, zone }: ToldAt,
): Fire {
  const count = waiting.length === 1 ? 'One mail waits' : `${capital(inLetters(waiting.length))} mails wait`
  return {
    tag: { state: 'failed', label: 'No mail' },
    since: `since ${momentInWords(since, now, zone)}`,
    title: 'Mails are not going out',
    quote: reason,
    text: `${count} for the mail server, to ${namesOf(waiting)}. It is tried again every minute, and nothing else waits for it. If this lasts, please tell whoever runs this installation.`,
    link: null,
  }
}

/** Each once; three at most. */
function namesOf(mails: { name: string }[]): string {
  return inAList([...new Set(mails.map(({ name }) => name))])
}

function addressesOf(mails: { to: string }[]): string {
  return inAList([...new Set(mails.map(({ to }) => to))])
}

const NAMED_AT_MOST = 3

function inAList(all: string[]): string {
  const more = all.length - NAMED_AT_MOST
  const shown = more > 1 ? [...all.slice(0, NAMED_AT_MOST), `${inLetters(more)} others`] : all
  return new Intl.ListFormat('en-GB').format(shown)
}

function mailFire(mails: Desk['failedMails'], { now, zone }: ToldAt): Fire {
  const [latest] = mails
  return {
    tag: { state: 'failed', label: mails.length === 1 ? 'A mail failed' : `${mails.length} mails failed` },
    since: `latest ${momentInWords(latest!.createdAt, now, zone)}`,
    title:
      mails.length === 1
        ? `A mail to ${latest!.name} could not be delivered`
        : `${capital(inLetters(mails.length))} mails could not be delivered`,
    quote: latest!.subject,
    text: `${sentence(latest!.trouble ?? 'The mail server did not take it')} ${mails.length === 1 ? `${latest!.name} did` : `${namesOf(mails)} did`} not read it: please check ${addressesOf(mails)}, and reach them another way.`,
    link:
      mails.length === 1 && latest!.weekId
        ? { href: `/weeks/${latest!.weekId}`, label: 'Open their week' }
        : null,
  }
}

/** Of the posts that a restored copy does not know. */
const UNKNOWN_SHOWN = 20

/** For those who come back after a backup was put back: from when all this is, and what may be missing. */
function restoreFire(
  { copyOf, restoredAt, compared, newsUntil, unknownPosts, heldMails }: NonNullable<Desk['restored']>,
  { now, zone }: ToldAt,
  { account, live }: { account: Desk['account']; live: boolean },
): Fire {
  const count = unknownPosts.length
  const posts = count === 1 ? 'One post stands' : `${capital(inLetters(count))} posts stand`
  const told = compared
    ? count === 0
      ? 'Everything that went out since is known.'
      : `${posts} on the account since, and ${count === 1 ? 'is' : 'are'} not known here; a draft with the same words is not sent again.${count > UNKNOWN_SHOWN ? ` The latest ${inLetters(UNKNOWN_SHOWN)}:` : ''}`
    : 'What went out since is looked up as soon as X can be asked, and before anything is sent.'
  const mails =
    heldMails.length === 0
      ? ''
      : heldMails.length === 1
        ? ` One mail may have been sent or not, and is not sent again: “${heldMails[0]!.subject}”, to ${heldMails[0]!.to}.`
        : ` ${capital(inLetters(heldMails.length))} mails may have been sent or not, and are not sent again; the latest is “${heldMails[0]!.subject}”, to ${heldMails[0]!.to}.`
  return {
    tag: { state: 'held', label: 'A backup was put back' },
    since: momentInWords(restoredAt, now, zone),
    title: `This is how things stood ${momentInWords(copyOf, now, zone).replace(/^today /, '')}`,
    quote: null,
    text: `What happened here after that is lost. This stands here until ${dayInWords(dayOf(newsUntil, zone))}.${mails} ${told}`,
    link: null,
    posts: unknownPosts.slice(-UNKNOWN_SHOWN).map(({ text, words, networkId, postedAt }) => ({
      text: firstWords({ parts: [{ text: words || text, images: [] }] }),
      href: live ? `https://x.com/${account.handle}/status/${networkId}` : null,
      time: { iso: machineReadable(postedAt), label: momentInWords(postedAt, now, zone) },
    })),
  }
}

function noWeek({ slot }: Desk, isLead: boolean) {
  return {
    title: 'Nobody hosts this week',
    text: isLead
      ? 'Book somebody, or set a hiatus, so that followers know. You can write as the account meanwhile.'
      : 'A lead can book somebody, or set a hiatus, so that followers know.',
    action: {
      href: isLead ? `/rota/book?slot=${slot}` : '/rota',
      label: isLead ? 'Book this week' : 'Open the rota',
    },
  }
}

function writeHref({ running, slot }: Desk): string {
  return running ? `/drafts/new?week=${running.week.id}` : `/drafts/new?slot=${slot}`
}

function submittedAt(at: Date | null, { now, zone }: ToldAt): string {
  return at ? momentInWords(at, now, zone).replace(/^today /, '') : ''
}

/** What went and goes out today, with the line of this minute. */
function planOf({ today }: Desk, moment: ToldAt) {
  const { zone, now } = moment
  const sent = byDecision(today.deliveries).map((parts) => {
    const telling = tellingPart(parts)
    const { weekId } = telling
    const replies = parts.reduce((sum, { networkId }) => sum + (today.replies.get(networkId ?? '') ?? 0), 0)
    return {
      at: parts[0]!.dueAt,
      text: firstWords({ parts: parts.map(({ payload }) => payload) }),
      note: partsInWords(parts[0]!.parts),
      replies:
        replies > 0 && weekId
          ? {
              href: `/weeks/${weekId}/conversation#under-${parts[0]!.networkId}`,
              label: repliesInWords(replies),
            }
          : null,
      href: `/drafts/${telling.draftId}`,
      tag: deliveryTag(telling, moment),
    }
  })
  const undecided = today.undecided.map((draft) => ({
    at: draft.wishedAt!,
    text: firstWords(draft.content),
    note: partsInWords(draft.content.parts.length),
    replies: null,
    href: `/queue?draft=${draft.id}`,
    tag: draftTag(draft, now),
  }))
  const entries = [...sent, ...undecided].toSorted((a, b) => a.at.getTime() - b.at.getTime())
  if (entries.length === 0) return null
  const before = entries.filter(({ at }) => at <= now).length
  const shown = entries.map(({ at, tag, ...entry }) => ({
    ...entry,
    tag,
    time: timeModel(at, zone),
    when: tag.state === 'posted' ? 'past' : null,
  }))
  return shown.toSpliced(before, 0, {
    text: 'Now',
    note: '',
    replies: null,
    href: '',
    tag: null,
    time: timeModel(now, zone),
    when: 'now',
  } as never)
}

function partsInWords(parts: number): string {
  return parts > 1 ? `${inLetters(parts)} parts` : ''
}

function timeModel(at: Date, zone: string) {
  return { iso: machineReadable(at), label: timeInWords(at, zone) }
}

/** Drafts for its first day that a week should have before it begins. */
const DRAFTS_FOR_THE_START = 3

function nextWeek({ account, next }: Desk, { zone, now }: ToldAt, isLead: boolean) {
  const today = dayOf(now, zone)
  if (!next.hosted) {
    const days = slotDays(next.slot, account.shape)
    return {
      empty: {
        title: `${capital(daysOf(days[0]!, days.at(-1)!, today))} is free`,
        text: 'Nobody hosts next week yet.',
        action: isLead
          ? { href: `/rota/book?slot=${next.slot}`, label: 'Book somebody' }
          : { href: '/rota', label: 'Open the rota' },
      },
    }
  }
  const { week, host, drafts } = next.hosted
  const words = weekInWords(week, host, { zone, now })
  if (!host) {
    const title = week.kind === 'hiatus' ? 'Next week is a hiatus' : 'Next week has no host'
    return { empty: { title, text: week.why, action: { href: words.href, label: 'Open the week' } } }
  }
  const items = readiness(next.hosted, words.href, { zone, now })
  const done = items.filter((item) => item.done).length
  const ahead = daysBetween(today, words.first)
  return {
    href: words.href,
    name: host.name,
    portrait: portraitOf(host, 'large'),
    detail: `${host.job ? `${host.job}, ` : ''}${words.days}. ${
      done === items.length
        ? 'All is ready'
        : `${capital(inLetters(done))} of ${inLetters(items.length)} done`
    }, ${ahead === 1 ? 'one day' : `${inLetters(ahead)} days`} to go.`,
    items,
    drafts: drafts.length,
  }
}

function readiness(
  { week, host, drafts, missing: unready }: NonNullable<Desk['next']['hosted']>,
  href: string,
  { zone }: ToldAt,
) {
  const first = weekDays(week, zone)[0]!
  const submitted = drafts.filter(
    ({ state, wishedAt }) =>
      (state === 'submitted' || state === 'approved') && wishedAt && dayOf(wishedAt, zone) === first,
  ).length
  const missing = [
    !host!.portraitHash && 'a portrait',
    !host!.job && 'what they do',
    !week.theme && 'the theme',
  ].filter((one) => one !== false)
  const open = { href, label: 'open the week' }
  return [
    host!.declinedAt
      ? {
          done: false,
          label: 'A host',
          note: `${host!.name} said no`,
          link: { href: `${href}/replacement`, label: 'ask somebody else' },
        }
      : host!.invitedAt
        ? {
            done: host!.acceptedAt !== null,
            label: 'Invitation accepted',
            note: 'invited, no answer yet',
            link: open,
          }
        : { done: false, label: 'Invitation', note: 'not sent yet', link: open },
    {
      done: missing.length === 0,
      label: 'Portrait, job and theme',
      ...(missing.length > 0 ? { note: `${missing.join(', ')} missing`, link: open } : {}),
    },
    {
      done: week.why !== '',
      label: 'Why this week',
      ...(week.why === '' ? { note: 'nobody has said it yet', link: open } : {}),
    },
    {
      done: week.announcedAt !== null,
      label: 'Announced to followers',
      ...(week.announcedAt ? {} : { note: 'happens by itself when they accept', link: open }),
    },
    ...(unready
      ? [
          {
            done: missingInWords(unready) === '',
            label: 'House rules signed, briefing done',
            note: `${missingInWords(unready)} missing`,
            link: { href: `${href}#ready`, label: 'see what' },
          },
        ]
      : []),
    {
      done: submitted >= DRAFTS_FOR_THE_START,
      label: `${capital(inLetters(DRAFTS_FOR_THE_START))} drafts for ${weekdayName(first)}`,
      note:
        submitted >= DRAFTS_FOR_THE_START
          ? ''
          : `${inLetters(submitted)} of ${inLetters(DRAFTS_FOR_THE_START)} submitted`,
      link: { href: `${href}/days#${dayAnchor(first)}`, label: 'see the days' },
    },
  ].map((item) => (item.done ? { done: true, label: item.label } : item))
}

/** What is in order, said once and quietly; nothing that is not. */
function steadyOf({ connection, failedMails, look }: Desk, { zone, now }: ToldAt): string[] {
  // Without a connection nothing is read: the card above says since when.
  const heard = connection?.state === 'connected' ? look?.wellAt : null
  return [
    ...(connection?.state === 'connected' ? ['Connected to X'] : []),
    ...(failedMails.length === 0 ? ['Mail goes out'] : []),
    ...(heard && !look?.trouble
      ? [`Replies read ${momentInWords(heard, now, zone).replace(/^today /, '')}`]
      : []),
  ]
}

function stripOf({ week, drafts, deliveries, events }: NonNullable<Desk['running']>, { zone, now }: ToldAt) {
  const today = dayOf(now, zone)
  return weekDays(week, zone).map((day) => {
    const here = deliveries.filter(({ dueAt }) => dayOf(dueAt, zone) === day)
    const stands = byDecision(here).map((parts) => tellingPart(parts).state)
    const posts = here.filter(({ state }) => state === 'posted').length
    const checked = stands.filter((state) => state === 'unknown').length
    const failed = stands.filter((state) => state === 'failed').length
    const held = stands.filter((state) => state === 'held').length
    const others = drafts.filter(({ wishedAt }) => wishedAt && dayOf(wishedAt, zone) === day)
    const toGo = stands.filter((state) => state === 'waiting' || state === 'sending').length
    const toDecide = others.filter(({ state }) => state === 'submitted').length
    const begun = others.filter(({ state }) => state === 'writing' || state === 'changes-requested').length
    const event = events.find(({ startsAt }) => dayOf(startsAt, zone) === day)
    const counts = [
      posts > 0 && postsInWords(posts),
      checked > 0 && `${checked} being checked`,
      failed > 0 && `${failed} did not go out`,
      toGo > 0 && `${toGo} to go`,
      held > 0 && `${held} held`,
      toDecide > 0 && `${toDecide} to decide`,
      begun > 0 && (begun === 1 ? '1 draft begun' : `${begun} drafts begun`),
    ].filter((one) => one !== false)
    return {
      letter: weekdayLetter(day),
      href: `/weeks/${week.id}/days#${dayAnchor(day)}`,
      when: day < today ? 'past' : day === today ? 'now' : 'ahead',
      title: event
        ? `${event.name}, ${timeInWords(event.startsAt, zone)}`
        : counts.join(', ') || (day < today ? 'Nothing' : 'Nothing yet'),
      note: event ? counts.join(', ') : '',
      date: {
        iso: day,
        label: day === today ? 'Today' : `${weekdayName(day).slice(0, 3)} ${Number(day.slice(8))}`,
      },
    }
  })
}
