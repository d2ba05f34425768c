import { findAccount, findConnection, type Account, type Connection } from '../accounts/accounts.ts'
import { listEntries } from '../activity/activities.ts'
import { addDays, dayOf, instantOf } from '../calendar.ts'
import type { Clock } from '../clock.ts'
import type { Reader } from '../db/database.ts'
import {
  countSubmitted,
  draftsOfWeek,
  findPassingPost,
  goingByPolicy,
  undecidedBetween,
  waitingDrafts,
  type Draft,
  type GoingByPolicy,
  type PassingPost,
  type WaitingDraft,
} from '../drafts/drafts.ts'
import {
  countNeedingAnswer,
  lastLook,
  openHelp,
  ownPostsOfWeek,
  replyCounts,
  type Look,
  type NamedHelp,
} from '../listening/posts.ts'
import { openRemovalRequests, type RemovalRequest } from '../listening/removals.ts'
import { waitingAnswers, type StandardAnswer } from '../listening/standard-answers.ts'
import {
  failedMails,
  findOutage,
  heldMails,
  waitingMails,
  type Mail,
  type MailOutage,
  type NamedMail,
} from '../mail/outbox.ts'
import { outOfReach, type OutOfReach } from '../mail/addresses.ts'
import { findPeople, findPerson, listRoles } from '../people/people.ts'
import { costsOfMonth, type MonthCosts } from '../publishing/budget.ts'
import {
  deliveriesBetween,
  listTroubled,
  removalsSince,
  waitingUntil,
  type Delivery,
} from '../publishing/deliveries.ts'
import { postingLimit, type PostingLimit } from '../publishing/posting-limit.ts'
import { openSecondPosts } from '../publishing/second-posts.ts'
import { restoredLately, type RestoredAccount } from '../publishing/restores.ts'
import { findRecap, reflectionsWaiting } from '../recaps/recaps.ts'
import { daysNobodyDecides } from '../rota/nobody-decides.ts'
import { gapsWarnedOf } from '../rota/planner/gap-alerts.ts'
import { nextSlot, slotOf } from '../rota/slot.ts'
import {
  comingHosts,
  declinedWeeks,
  findRunningWeek,
  findWeekOfDay,
  listEvents,
  listWeeks,
  missingFor,
  weeksUnanswered,
  weeksWaiting,
  type Event,
  type HostedWeek,
  type Missing,
  type Week,
  type WeekHost,
} from '../rota/weeks.ts'
import { weekDays } from '../rota/week.ts'

/** Everything that the desk says about one account, as it stands. */
export interface Desk {
  account: Account
  connection: Connection | undefined
  /** Who disconnected the account, and when, while it stays so. */
  disconnected: { by: string | null; at: Date } | null
  /** The one post that may go out, or went, although it is on. */
  passing: PassingPost | null
  /** The week that is open at this moment. */
  running:
    (HostedWeek & { drafts: Draft[]; deliveries: Delivery[]; events: Event[]; unanswered: number }) | null
  /** Weeks that closed of late: the last one, and each whose recap waits for somebody to publish it; newest first. */
  over: (HostedWeek & { recapWaits: boolean })[]
  /** Whether the slot of today has no week at all, and which slot that is. */
  slot: string
  slotIsTaken: boolean
  next: { slot: string; hosted: (HostedWeek & { drafts: Draft[]; missing: Missing | null }) | null }
  troubled: Delivery[]
  /** What X took twice, and nobody has said what becomes of it, or the second one can’t be taken down. */
  twice: Delivery[]
  /** Weeks that are not over, whose host said no; the nearest first. */
  /** That open soon, and whose host has not accepted yet. */
  unanswered: { week: Week; host: WeekHost }[]
  declined: HostedWeek[]
  /** Weeks that open within a week or are open by now, and wait for what is missing. */
  unready: { week: Week; host: WeekHost; missing: Missing }[]
  /** Slots without a week within the account’s weeks of warning, the nearest first. */
  gaps: string[]
  /** Coming days on which a week is open and nobody can decide. */
  nobodyDecides: string[]
  waiting: WaitingDraft[]
  waitingCount: number
  /** Standard answers that wait for somebody’s approval, the longest first. */
  answersWaiting: StandardAnswer[]
  /** What hosts say of their weeks, and nobody has decided; the longest first. */
  reflections: Awaited<ReturnType<typeof reflectionsWaiting>>
  /** What goes out on the policy's word unless somebody stops it; the soonest first. */
  unlessStopped: GoingByPolicy[]
  today: { deliveries: Delivery[]; undecided: Draft[]; replies: Map<string, number> }
  /** What hosts took down today, a thread once; the latest first. */
  takenDown: { by: string; reason: string; at: Date; delivery: Delivery; parts: number }[]
  failedMails: NamedMail[]
  /** Whom mail does not reach, who marked it so, and the nearest week of theirs; null for who has none ahead. */
  outOfReach: (OutOfReach & { marker: string | null; weekId: string | null })[]
  /** While the mail server takes nothing: since when, why, and what waits for it. */
  mailOutage: (MailOutage & { waiting: NamedMail[] }) | null
  costs: MonthCosts
  /** While X takes no posts, and what waits for that, whatever day it is for. */
  limit: PostingLimit | null
  keptBack: Delivery[]
  /** While it is news: that all this goes on from an older copy, and the mails that were in its outbox. */
  restored: (RestoredAccount & { heldMails: Mail[] }) | null
  look: Look | undefined
  /** Who waits for help with a reply, the longest first. */
  help: NamedHelp[]
  /** Who asks to be taken off the public pages, the longest first. */
  removals: RemovalRequest[]
}

const SHOWN_WAITING = 5
const SHOWN_MAILS = 20
/** So early it is said that a week is not ready. */
const UNREADY_DAYS = 7

/** Before that an invitation may take its time; it stands under “Is next week ready?”. */
const UNANSWERED_DAYS = 3
/** Four weeks that closed: the first of them began five weeks ago at most. */
const DAYS_BACK = 34

export async function readDesk(
  read: Reader,
  { accountId, clock }: { accountId: string; clock: Clock },
): Promise<Desk> {
  const now = clock.now()
  const account = (await findAccount(read, accountId))!
  const zone = account.timeZone
  const day = dayOf(now, zone)
  const slot = slotOf(day, account.shape)
  const comingSlot = nextSlot(slot)
  const [from, to] = [instantOf(day, '00:00', zone), instantOf(addDays(day, 1), '00:00', zone)]
  const running = await findRunningWeek(read, accountId, now)
  const [coming] = await listWeeks(read, accountId, comingSlot, addDays(comingSlot, 6))
  const deliveries = (await deliveriesBetween(read, accountId, from, to)).filter(isShown)
  const networkIds = deliveries.flatMap(({ networkId }) => networkId ?? [])
  const connection = await findConnection(read, accountId)
  const limit = await postingLimit(read, account, clock)
  return {
    account,
    connection,
    disconnected: connection?.state === 'none' ? await disconnection(read, accountId) : null,
    passing: await findPassingPost(read, account, now),
    running: running ? await withItsDays(read, running, zone) : null,
    over: await weeksOver(read, account, now),
    slot,
    slotIsTaken: (await findWeekOfDay(read, accountId, day)) !== undefined,
    next: {
      slot: comingSlot,
      hosted: coming
        ? {
            ...coming,
            drafts: await draftsOfWeek(read, coming.week.id),
            missing: await missingFor(read, account, coming),
          }
        : null,
    },
    troubled: await listTroubled(read, accountId),
    twice: (await openSecondPosts(read, accountId))
      .filter(({ second }) => second.state === 'standing' || second.trouble !== null)
      .map(({ delivery }) => delivery),
    declined: await declinedWeeks(read, accountId, now),
    unready: await weeksWaiting(read, account, { now, days: UNREADY_DAYS }),
    unanswered: await weeksUnanswered(read, account, { now, days: UNANSWERED_DAYS }),
    gaps: await gapsWarnedOf(read, account, now),
    nobodyDecides: await daysNobodyDecides(read, account, now),
    waiting: await waitingDrafts(read, accountId, { limit: SHOWN_WAITING }),
    waitingCount: await countSubmitted(read, accountId),
    answersWaiting: await waitingAnswers(read, accountId),
    reflections: await reflectionsWaiting(read, accountId),
    unlessStopped: await goingByPolicy(read, accountId),
    today: {
      deliveries,
      undecided: await undecidedBetween(read, accountId, from, to),
      replies: await replyCounts(read, networkIds),
    },
    takenDown: await takenDownByHosts(read, accountId, from),
    failedMails: await failedMails(read, { accountId, now, limit: SHOWN_MAILS }),
    outOfReach: await unreached(read, accountId, now),
    limit,
    keptBack: limit ? await waitingUntil(read, accountId, limit.until) : [],
    costs: await costsOfMonth(read, account, now),
    restored: await restoration(read, { accountId, now }),
    mailOutage: await mailOutage(read, accountId),
    look: await lastLook(read, accountId),
    help: await openHelp(read, accountId),
    removals: await openRemovalRequests(read, accountId),
  }
}

async function unreached(read: Reader, accountId: string, now: Date): Promise<Desk['outOfReach']> {
  const found = await outOfReach(read, accountId, now)
  if (found.length === 0) return []
  const hosts = (await comingHosts(read, now)).filter(({ week }) => week.accountId === accountId)
  const markers = await findPeople(
    read,
    found.flatMap(({ markedBy }) => markedBy ?? []),
  )
  return found.map((one) => ({
    ...one,
    marker: one.markedBy && (markers.find(({ id }) => id === one.markedBy)?.name ?? 'Somebody who left'),
    weekId: hosts.find(({ host }) => host.personId === one.personId)?.week.id ?? null,
  }))
}

async function restoration(read: Reader, of: { accountId: string; now: Date }): Promise<Desk['restored']> {
  const restored = await restoredLately(read, of)
  return restored && { ...restored, heldMails: await heldMails(read, of.accountId) }
}

async function takenDownByHosts(read: Reader, accountId: string, since: Date): Promise<Desk['takenDown']> {
  const desk = new Set((await listRoles(read, accountId)).map(({ person }) => person.id))
  const found = (await removalsSince(read, accountId, since)).filter(
    ({ removal }) => !desk.has(removal.personId),
  )
  const people = await findPeople(
    read,
    found.map(({ removal }) => removal.personId),
  )
  const together = (one: (typeof found)[number]) =>
    found.filter(
      ({ removal, delivery }) =>
        +removal.at === +one.removal.at && delivery.decisionId === one.delivery.decisionId,
    )
  return found
    .filter((one) => together(one)[0] === one)
    .map((one) => ({
      by: people.find(({ id }) => id === one.removal.personId)?.name ?? 'Somebody who left',
      reason: one.removal.reason,
      at: one.removal.at,
      delivery: one.delivery,
      parts: together(one).length,
    }))
}

async function mailOutage(read: Reader, accountId: string): Promise<Desk['mailOutage']> {
  const outage = await findOutage(read)
  return outage ? { ...outage, waiting: await waitingMails(read, accountId) } : null
}

async function disconnection(read: Reader, accountId: string): Promise<Desk['disconnected']> {
  const [last] = await listEntries(read, { accountId, kinds: ['account.disconnected'] }, { most: 1 })
  if (!last) return null
  const person = last.personId ? await findPerson(read, last.personId) : undefined
  return { by: person?.name ?? null, at: last.at }
}

async function weeksOver(read: Reader, account: Account, now: Date): Promise<Desk['over']> {
  const day = dayOf(now, account.timeZone)
  const weeks = await listWeeks(read, account.id, addDays(day, -DAYS_BACK), day)
  const over = weeks.filter(({ week }) => week.kind === 'hosted' && week.state === 'closed').toReversed()
  const told = await Promise.all(
    over.map(async (one) => ({ ...one, recapWaits: await recapWaits(read, account, one.week) })),
  )
  return told.filter(({ recapWaits }, index) => index === 0 || recapWaits)
}

/**
 * Whether a person has to publish a closed week's story: where the policy does, only that of a week never announced, or what
 * the brake kept off its page.
 */
async function recapWaits(read: Reader, { policy }: Account, week: Week): Promise<boolean> {
  const recap = await findRecap(read, week.id)
  if (recap?.state !== 'draft') return false
  if (policy.publishRecap && week.announcedAt !== null && recap.edition > 0) return false
  return (await ownPostsOfWeek(read, week.id)).length > 0
}

async function withItsDays(read: Reader, hosted: HostedWeek, zone: string) {
  const { week } = hosted
  const days = weekDays(week, zone)
  const from = instantOf(days[0]!, '00:00', zone)
  const to = instantOf(addDays(days.at(-1)!, 1), '00:00', zone)
  return {
    ...hosted,
    drafts: await draftsOfWeek(read, week.id),
    deliveries: (await deliveriesBetween(read, week.accountId, from, to)).filter(isShown),
    events: await listEvents(read, week.id),
    unanswered: await countNeedingAnswer(read, week.id),
  }
}

function isShown({ state }: Delivery): boolean {
  return state !== 'cancelled'
}
