import type { Reader, Writer } from '../db/database.ts'
import { Conflict, Faster, NotAllowed, NotFound } from '../errors.ts'
import { isLead, maySeeWeek, type Actor } from '../people/person.ts'
import { findHostedWeek, updateWeek, type HostedWeek, type Week, type WeekSet } from './store.ts'
import { OPEN_STATES, type WeekState } from './week.ts'

/** Steps of this room for others. */
export { beginHosting, endHosting } from './hostings.ts'
export {
  missingFor,
  missingInWords,
  weeksUnanswered,
  weeksWaiting,
  type Missing,
} from './readiness/readiness.ts'
export { takeOver } from './take-over.ts'
export { moveToSlot, takeBackAcceptance } from './planner/move-to-slot.ts'
export { inspectInvitation, invitationState, queueInvitation } from './invitations/invitations.ts'
export { listEvents, type Event } from './events-store.ts'
export {
  addressOfHost,
  comingHosts,
  earlierHosts,
  findCurrentHost,
  hostsAfter,
  hostsByWeek,
  isAnnouncedPortrait,
  markDeclined,
  nextWaitingOpening,
} from './hosts-store.ts'
export {
  findTemplate as findMailTemplate,
  listTemplates as listMailTemplates,
} from './mails/mail-words-store.ts'
export {
  closeWeek,
  comingWeeks,
  declinedWeeks,
  findCutShort,
  findHostedWeek,
  findRunningWeek,
  latestClosedWeek,
  findWeek,
  findWeekOfDay,
  findWeekOfSlot,
  listCutShort,
  listWeeks,
  nextClosing,
  turnsAround,
  weeksToClose,
  type HostedWeek,
  type Week,
  type WeekHost,
} from './store.ts'

/** A week with its host, for somebody who may see it. @throws NotFound for everybody else. */
export async function findWeekFor(read: Reader, weekId: string, actor: Actor): Promise<HostedWeek> {
  const found = await findHostedWeek(read, weekId)
  if (!found || !maySeeWeek(actor, found.week)) throw new NotFound()
  return found
}

/**
 * A week, for a lead who is about to change it while it is not over.
 * @throws NotFound, NotAllowed for approvers and hosts, Conflict once it is over or cancelled.
 */
export async function findWeekToChange(
  read: Reader,
  { weekId, actor, now }: { weekId: string; actor: Actor; now: Date },
): Promise<HostedWeek> {
  const found = await findWeekFor(read, weekId, actor)
  if (!isLead(actor, found.week.accountId)) throw new NotAllowed('Only a lead can change the rota.')
  if (found.week.state === 'cancelled')
    throw new Conflict('This week was cancelled meanwhile. Its place in the rota is free again.')
  if (now >= found.week.closesAt || !OPEN_STATES.includes(found.week.state))
    throw new Conflict('This week is over, so who has it can’t be changed any more.')
  return found
}

/** Step: changes a week as its form showed it. @throws Conflict when somebody was faster. */
export async function touchWeek(
  tx: Writer,
  week: Week,
  version: number,
  set: WeekSet,
  states: readonly WeekState[] = OPEN_STATES,
): Promise<Week> {
  const changed = await updateWeek(tx, { id: week.id, version, states }, set)
  if (!changed)
    throw new Faster(
      'Somebody changed this week after you opened the page. Look at what stands now, then decide again.',
    )
  return changed
}
