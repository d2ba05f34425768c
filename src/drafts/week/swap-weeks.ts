import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import { daysBetween, daysLater, momentInWords } from '../../calendar.ts'
import type { Database, Reader, Writer } from '../../db/database.ts'
import { Conflict, Faster, NotAllowed, NotFound, Refused } from '../../errors.ts'
import type { MailKind } from '../../mail/mail.ts'
import { queueMail } from '../../mail/outbox.ts'
import { findPerson } from '../../people/people.ts'
import { isLead, mayDecide, type Actor } from '../../people/person.ts'
import { refuseOpenWeek } from '../../rota/planner/move-to-slot.ts'
import { weekInWords } from '../../rota/pages.ts'
import {
  exchangeSlots,
  findStandingSwap,
  insertSwap,
  markAgreed,
  openSwapOf,
  settleSwap,
  whyNotSwap,
  type StandingSwap,
  type SwapParty,
} from '../../rota/planner/swap.ts'
import { findWeekToChange, listEvents, type HostedWeek } from '../../rota/weeks.ts'
import { moveWork } from './move-week.ts'

interface Moment {
  actor: Actor
  now: Date
  machineNow: Date
  /** For the links in mails, without a slash at its end. */
  publicUrl: string
}

/**
 * Asks two hosts whether they take each other's days. Nothing changes before both have said yes; who asks has, where it is one
 * of them. Sending the same form twice asks once.
 * @throws Refused without two hosts who have accepted, Conflict when a week is open or a swap is asked already, NotAllowed for
 *   everybody but leads.
 */
export async function askSwap(
  db: Database,
  {
    id,
    weekId,
    otherId,
    reason,
    ...moment
  }: {
    /** Made with the form. */
    id: string
    weekId: string
    otherId: string
    /** For the two hosts and the record; may be empty. */
    reason: string
  } & Moment,
): Promise<void> {
  const { actor, now } = moment
  await db.write(async (tx) => {
    if (await findStandingSwap(tx, id)) return
    const one = await findToSwap(tx, weekId, moment)
    if (otherId === '' || otherId === weekId) throw new Refused({ other: 'Choose with whom.' })
    const other = await findToSwap(tx, otherId, moment)
    const { accountId } = one.week
    if (other.week.accountId !== accountId) throw new NotFound()
    await insertSwap(
      tx,
      { id, accountId, state: 'asked', askedBy: actor.personId, askedAt: now, reason },
      [one, other].map(({ week, host }) => ({
        weekHostId: host!.id,
        weekId: week.id,
        slot: week.slot,
        agreedAt: host!.personId === actor.personId ? now : null,
      })),
    )
    const asked = (await findStandingSwap(tx, id))!
    const account = (await findAccount(tx, accountId))!
    await recordSwap(tx, asked, 'swap.asked', moment)
    for (const party of asked.parties) {
      if (party.side.agreedAt) continue
      const theirs = otherOf(asked, party)
      await tell(tx, account, party, {
        kind: 'swap-asked',
        subject: `Swap your week at @${account.handle} with ${theirs.host.name}?`,
        text: `You have ${daysOf(party, account, now)} at @${account.handle}, ${theirs.host.name} has ${daysOf(theirs, account, now)}. Would you take each other’s days?
${reason ? `\n${actor.name} writes: ${reason}\n` : ''}
Nothing changes unless both of you say yes. What you wrote goes with you.${await eventsAsked(tx, account, party, theirs, now)} Say yes or no here:
${moment.publicUrl}/swaps/${id}`,
        moment,
      })
    }
  })
}

async function findToSwap(tx: Reader, weekId: string, { actor, now }: Moment): Promise<HostedWeek> {
  const found = await findWeekToChange(tx, { weekId, actor, now })
  const account = (await findAccount(tx, found.week.accountId))!
  refuseOpenWeek(found.week, account, now)
  const { host } = found
  if (!host || host.declinedAt)
    throw new Refused({ other: 'Nobody hosts that week. Move the other one instead.' })
  if (!host.acceptedAt)
    throw new Refused({ other: `${host.name} has not accepted that week yet. Ask again once they have.` })
  if (await openSwapOf(tx, weekId, now))
    throw new Conflict(
      `${host.name} is asked about a swap already. Wait for the answer, or take that question back.`,
    )
  return found
}

/** A swap, for its hosts and the account's desk. @throws NotFound for everybody else. */
export async function findSwapFor(read: Reader, id: string, actor: Actor): Promise<StandingSwap> {
  const found = await findStandingSwap(read, id)
  if (!found || !(mayDecide(actor, found.swap.accountId) || ownParty(found, actor))) throw new NotFound()
  return found
}

/** The side of a swap that is somebody's own. */
export function ownParty({ parties }: StandingSwap, actor: Actor): SwapParty | undefined {
  return parties.find(({ host }) => actor.hosting.some(({ weekHostId }) => weekHostId === host.id))
}

/**
 * One of the hosts says yes. Once both have, the weeks take each other's days, in the same transaction: drafts, events and live
 * windows go with them, what was approved is held at its new time, and both are told. Saying it twice is saying it once.
 * @throws NotAllowed for everybody but the two, Conflict when a side vanished meanwhile: cancelled, moved, opened or given away.
 */
export async function agreeToSwap(
  db: Database,
  { swapId, ...moment }: { swapId: string } & Moment,
): Promise<{ done: boolean }> {
  const { actor, now } = moment
  return db.write(async (tx) => {
    const seen = await findSwapFor(tx, swapId, actor)
    const own = ownParty(seen, actor)
    if (!own) throw new NotAllowed('Only the two hosts can say yes to a swap.')
    if (seen.swap.state === 'done') return { done: true }
    const why = whyNotSwap(seen, now)
    if (why) throw new Conflict(why)
    const said = await markAgreed(tx, own.side, now)
    const agreed = (await findStandingSwap(tx, swapId))!
    if (agreed.parties.some(({ side }) => side.agreedAt === null)) {
      if (said) await recordSwap(tx, agreed, 'swap.agreed', moment)
      return { done: false }
    }
    await swap(tx, agreed, moment)
    return { done: true }
  })
}

async function swap(tx: Writer, agreed: StandingSwap, moment: Moment): Promise<void> {
  const { actor, now } = moment
  const account = (await findAccount(tx, agreed.swap.accountId))!
  const [one, other] = agreed.parties
  const party = ({ week, host, side }: SwapParty) => ({ week, host, agreedAt: side.agreedAt! })
  if (!(await settleSwap(tx, agreed.swap, 'done', now))) throw new Faster(FASTER)
  const events = [
    await eventsAfter(tx, account, one, other, now),
    await eventsAfter(tx, account, other, one, now),
  ].filter(Boolean)
  const swapped = await exchangeSlots(tx, account, [party(one), party(other)], now)
  for (const { week, shift } of swapped) await moveWork(tx, week, shift, { personId: actor.personId, now })
  await recordSwap(tx, agreed, 'swap.done', moment)
  for (const party of agreed.parties)
    await tell(tx, account, party, {
      kind: 'swap-done',
      subject: `Your week at @${account.handle} is ${daysOf(otherOf(agreed, party), account, now)} now`,
      text: `${otherOf(agreed, party).host.name} said yes too: your week is ${daysOf(otherOf(agreed, party), account, now)} now, and ${daysOf(party, account, now)} is theirs. What you wrote went with you, to the same weekday and hour; what was approved is looked at once more, since its time is another one.

Your week:
${moment.publicUrl}/weeks/${party.week.id}`,
      moment,
    })
  const check =
    events.length > 0 ? ` Events went with them: ${events.join('; ')}. Put right what is not on then.` : ''
  await tellAsker(tx, account, agreed, `They have each other’s days now.${check}`, moment)
}

/**
 * One of the hosts says no: both keep their days, and who asked is told.
 * @throws NotAllowed for everybody but the two, Conflict when it is settled.
 */
export async function refuseSwap(
  db: Database,
  { swapId, ...moment }: { swapId: string } & Moment,
): Promise<void> {
  const { actor, now } = moment
  await db.write(async (tx) => {
    const seen = await findSwapFor(tx, swapId, actor)
    const own = ownParty(seen, actor)
    if (!own) throw new NotAllowed('Only the two hosts can say no to a swap.')
    if (seen.swap.state === 'refused') return
    if (!(await settleSwap(tx, seen.swap, 'refused', now)))
      throw new Conflict(whyNotSwap(seen, now) ?? FASTER)
    await recordSwap(tx, seen, 'swap.refused', moment)
    const account = (await findAccount(tx, seen.swap.accountId))!
    await tellAsker(tx, account, seen, `${own.host.name} said no. Both keep their days.`, moment)
    const theirs = otherOf(seen, own)
    await tell(tx, account, theirs, {
      kind: 'swap-done',
      subject: `Your week at @${account.handle} stays ${daysOf(theirs, account, now)}`,
      text: `The swap with ${own.host.name} does not happen. Your week stays as it was: ${daysOf(theirs, account, now)}.`,
      moment,
    })
  })
}

/** A lead takes the question back. @throws NotAllowed for everybody but leads, Conflict when it is settled. */
export async function withdrawSwap(
  db: Database,
  { swapId, ...moment }: { swapId: string } & Moment,
): Promise<void> {
  const { actor, now } = moment
  await db.write(async (tx) => {
    const seen = await findSwapFor(tx, swapId, actor)
    if (!isLead(actor, seen.swap.accountId)) throw new NotAllowed('Only a lead can change the rota.')
    if (seen.swap.state === 'withdrawn') return
    if (!(await settleSwap(tx, seen.swap, 'withdrawn', now)))
      throw new Conflict(whyNotSwap(seen, now) ?? FASTER)
    await recordSwap(tx, seen, 'swap.withdrawn', moment)
    const account = (await findAccount(tx, seen.swap.accountId))!
    for (const party of seen.parties)
      await tell(tx, account, party, {
        kind: 'swap-done',
        subject: `Your week at @${account.handle} stays ${daysOf(party, account, now)}`,
        text: `The swap with ${otherOf(seen, party).host.name} does not happen: the team took the question back. Your week stays as it was.`,
        moment,
      })
  })
}

/** When the events of one would be on the other's days; empty without any. */
async function eventsAfter(
  read: Reader,
  { timeZone: zone }: Account,
  { week }: SwapParty,
  { week: other }: SwapParty,
  now: Date,
): Promise<string> {
  const by = daysBetween(week.slot, other.slot)
  const events = await listEvents(read, week.id)
  return events
    .map(({ name, startsAt }) => `“${name}”, ${momentInWords(daysLater(startsAt, by, zone), now, zone)}`)
    .join('; ')
}

/** The world does not move its events because a week moves: a host is told before they say yes. */
export async function eventsAsked(
  read: Reader,
  account: Account,
  own: SwapParty,
  other: SwapParty,
  now: Date,
): Promise<string> {
  const events = await eventsAfter(read, account, own, other, now)
  return events ? ` So do your events: ${events}. If one is not on then, say so.` : ''
}

const FASTER = 'Somebody was faster. Look at what stands now.'

/** The other one of the two. */
export function otherOf({ parties: [one, other] }: StandingSwap, { host }: SwapParty): SwapParty {
  return host.id === one.host.id ? other : one
}

function daysOf({ week, host }: SwapParty, { timeZone: zone }: Account, now: Date): string {
  return weekInWords(week, host, { zone, now }).days
}

/** A host who still has the week. */
async function tell(
  tx: Writer,
  account: Account,
  { host }: SwapParty,
  {
    kind,
    subject,
    text,
    moment: { now, machineNow },
  }: { kind: MailKind; subject: string; text: string; moment: Moment },
): Promise<void> {
  const person = await findPerson(tx, host.personId)
  if (!person || host.endedAt) return
  await queueMail(tx, {
    accountId: account.id,
    personId: person.id,
    weekHostId: host.id,
    kind,
    to: person.email,
    subject,
    text: `Hello ${host.name},\n\n${text}\n`,
    now,
    machineNow,
  })
}

/** The lead who asked. */
async function tellAsker(
  tx: Writer,
  account: Account,
  { swap: { id, askedBy }, parties: [one, other] }: StandingSwap,
  what: string,
  { actor, now, machineNow, publicUrl }: Moment,
): Promise<void> {
  const person = await findPerson(tx, askedBy)
  if (!person || person.id === actor.personId) return
  await queueMail(tx, {
    accountId: account.id,
    personId: person.id,
    kind: 'swap-done',
    to: person.email,
    subject: `The swap of ${one.host.name} and ${other.host.name} at @${account.handle}`,
    text: `Hello ${person.name},\n\nYou asked ${one.host.name} and ${other.host.name} to take each other’s days. ${what}\n${publicUrl}/swaps/${id}\n`,
    now,
    machineNow,
  })
}

async function recordSwap(
  tx: Writer,
  { swap: { accountId, reason }, parties: [one, other] }: StandingSwap,
  kind: 'swap.asked' | 'swap.agreed' | 'swap.done' | 'swap.refused' | 'swap.withdrawn',
  { actor, now }: Moment,
): Promise<void> {
  await record(tx, {
    accountId,
    kind,
    personId: actor.personId,
    weekId: one.week.id,
    details: {
      one: one.host.name,
      other: other.host.name,
      from: one.side.slot,
      to: other.side.slot,
      ...(kind === 'swap.asked' && { reason }),
    },
    at: now,
  })
}
