import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Writer } from '../../db/database.ts'
import { Conflict } from '../../errors.ts'
import { queueMail } from '../../mail/outbox.ts'
import { listRoles } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import { weekInWords } from '../../rota/pages.ts'
import { detailsOf, findStandby } from '../../rota/planner/standby.ts'
import {
  findWeekToChange,
  takeOver,
  touchWeek,
  type HostedWeek,
  type Week,
  type WeekHost,
} from '../../rota/weeks.ts'
import { cancelNow } from './cancel-week.ts'
import { giveTo } from './replace-host.ts'

/** What becomes of a week whose host can't: somebody of the standby list is called in, a lead takes it over, or it is cancelled. */
export type Instead = { kind: 'standby'; id: string } | { kind: 'lead' } | { kind: 'cancel' }

/** What was done, and who hears of it by mail. */
export interface DroppedOut {
  /** Who has the week now, or is asked to; null: nobody. */
  next: string | null
  told: { personId: string; name: string }[]
}

/**
 * A host can't, at short notice: in one step their powers end, what of theirs waits is cancelled, the week goes to who is
 * called in, or to the lead, or is cancelled, and everybody is told. Who is called in has it once they accept; until then it is
 * announced no more. A lead who takes it over has it at once, and it opens on their word.
 * @throws Conflict when nobody hosts it, it is over, the standby is off the list, or somebody was faster; NotAllowed for
 *   everybody but leads.
 */
export async function dropOut(
  db: Database,
  {
    weekId,
    version,
    instead,
    reason,
    actor,
    now,
    machineNow,
  }: {
    weekId: string
    version: number
    instead: Instead
    /** For everybody who is told; may be empty. */
    reason: string
    actor: Actor
    now: Date
    machineNow: Date
  },
): Promise<DroppedOut> {
  return db.write(async (tx) => {
    const found = await findWeekToChange(tx, { weekId, actor, now })
    const { week, host: before } = found
    if (!before) throw new Conflict('Nobody hosts this week, so nobody can drop out.')
    const account = (await findAccount(tx, week.accountId))!
    const doing = { account, version, reason, actor, now, machineNow }
    const next = await settle(tx, { week, host: before }, { ...doing, instead })
    const told = await tellDesk(tx, { account, week, before, next, reason, actor, now, machineNow })
    const host = before.invitedAt && !before.declinedAt ? [before] : []
    const everybody = [...host, ...(next && !next.accepted ? [next] : []), ...told]
    return {
      next: next?.name ?? null,
      told: everybody.map(({ personId, name }) => ({ personId, name })),
    }
  })
}

interface Doing {
  account: Account
  version: number
  reason: string
  actor: Actor
  now: Date
  machineNow: Date
}

/** Who has the week now, or once they accept. */
interface Next {
  personId: string
  name: string
  accepted: boolean
}

async function settle(
  tx: Writer,
  found: HostedWeek & { host: WeekHost },
  { instead, ...doing }: Doing & { instead: Instead },
): Promise<Next | null> {
  const { week } = found
  const { account, actor, now } = doing
  if (instead.kind === 'cancel') {
    await cancelNow(tx, found, doing)
    return null
  }
  const { theme, why } = week
  if (instead.kind === 'standby') {
    const standby = await findStandby(tx, { id: instead.id, accountId: account.id })
    const details = await detailsOf(tx, standby)
    const given = await giveTo(tx, found, {
      ...doing,
      email: standby.email,
      host: details,
      theme,
      why,
      invite: true,
      word: doing.reason,
    })
    if (given.week.state === 'announced')
      await touchWeek(tx, given.week, given.week.version, {
        state: 'booked',
        announcedAt: null,
        unannouncedAt: doing.now,
      })
    return { personId: standby.personId, name: standby.name, accepted: false }
  }
  const { personId, name, email } = actor
  const details = await detailsOf(tx, { accountId: account.id, personId, name })
  const given = await giveTo(tx, found, { ...doing, email, host: details, theme, why, invite: false })
  await takeOver(tx, given, { actor, now })
  return { personId, name, accepted: true }
}

/** Leads and approvers, without the one who did it. Returns them. */
async function tellDesk(
  tx: Writer,
  {
    account,
    week,
    before,
    next,
    reason,
    actor,
    now,
    machineNow,
  }: Omit<Doing, 'version'> & {
    week: Week
    before: WeekHost
    next: Next | null
  },
): Promise<DroppedOut['told']> {
  const { days } = weekInWords(week, before, { zone: account.timeZone, now })
  const instead = !next
    ? 'The week is cancelled: its place in the rota is free.'
    : next.accepted
      ? `${next.name} takes it over, and has it from now on.`
      : `${next.name} is called in, and has it once they accept.`
  const desk = (await listRoles(tx, account.id)).filter(({ person }) => person.id !== actor.personId)
  for (const { person } of desk)
    await queueMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'host-dropped-out',
      to: person.email,
      subject: `${before.name} can’t host @${account.handle}, ${days}`,
      text: `Hello ${person.name},

${before.name} can’t host the week of ${days}. ${instead}
${reason ? `\n${actor.name} writes: ${reason}\n` : ''}
Nothing of ${before.name}’s that was waiting goes out any more; their drafts are kept.
`,
      now,
      machineNow,
    })
  await record(tx, {
    accountId: account.id,
    kind: 'host.dropped-out',
    personId: actor.personId,
    weekId: week.id,
    details: { host: before.name, instead: next?.name ?? null, reason },
    at: now,
  })
  return desk.map(({ person }) => ({ personId: person.id, name: person.name }))
}
