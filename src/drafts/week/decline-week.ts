import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Reader, Writer } from '../../db/database.ts'
import { Conflict, Faster, NotAllowed, NotFound } from '../../errors.ts'
import { queueMail } from '../../mail/outbox.ts'
import { findPerson, listRoles } from '../../people/people.ts'
import { hostingOf, type Actor } from '../../people/person.ts'
import { weekInWords } from '../../rota/pages.ts'
import {
  findWeekFor,
  inspectInvitation,
  invitationState,
  markDeclined,
  touchWeek,
  type Week,
  type WeekHost,
} from '../../rota/weeks.ts'
import { takeBackHostWork } from './take-back.ts'

interface Invited {
  week: Week
  host: WeekHost
}

/** Who says no: the host who is signed in, or whoever holds the link of their invitation. */
export type Decliner = { weekId: string; actor: Actor } | { token: string }

/**
 * The invited host says no. Their powers end, what of theirs waits to go out is cancelled, an announcement is taken back, and
 * the leads are told; theme, reason and events stay for whoever is asked next. Saying no twice is saying it once.
 * @throws NotAllowed for anybody but its host, Conflict when they have accepted, when it is over or not theirs any more.
 */
export async function declineWeek(
  db: Database,
  decliner: Decliner,
  {
    words,
    publicUrl,
    now,
    machineNow,
  }: {
    /** To the leads; may be empty. */
    words: string
    /** For the link in the leads' mail, without a slash at its end. */
    publicUrl: string
    now: Date
    machineNow: Date
  },
): Promise<void> {
  await db.write(async (tx) => {
    const { week, host } = await findInvited(tx, decliner, now)
    if (host.declinedAt && !host.endedAt) return
    const state = invitationState(week, host, now)
    if (state === 'accepted')
      throw new Conflict(
        'You have accepted this week. If you can’t host it after all, write to the team: they give it to somebody else.',
      )
    if (state !== 'open')
      throw new Conflict('This invitation does not hold any more, so there is nothing to decline.')
    if (!(await markDeclined(tx, host.id, { declinedAt: now, declinedWords: words })))
      throw new Faster('Somebody was faster. Look at what stands now.')
    await touchWeek(tx, week, week.version, {
      state: 'booked',
      announcedAt: null,
      ...(week.announcedAt && { unannouncedAt: now }),
    })
    const cancelledDeliveries = await takeBackHostWork(tx, week.id, { personId: host.personId, now })
    await record(tx, {
      accountId: week.accountId,
      kind: 'host.declined',
      personId: host.personId,
      weekId: week.id,
      details: { host: host.name, reason: words, cancelledDeliveries },
      at: now,
    })
    const account = (await findAccount(tx, week.accountId))!
    await tell(tx, { account, week, host, words, publicUrl, now, machineNow })
  })
}

async function findInvited(read: Reader, decliner: Decliner, now: Date): Promise<Invited> {
  if ('token' in decliner) {
    const found = await inspectInvitation(read, decliner.token, now)
    if (!found) throw new NotFound()
    return found
  }
  const { week, host } = await findWeekFor(read, decliner.weekId, decliner.actor)
  if (!host || host.id !== hostingOf(decliner.actor, week.id)?.weekHostId)
    throw new NotAllowed('Only the host can decline an invitation.')
  return { week, host }
}

/** The leads learn of it. The host gets a line too: whoever held the link may have been somebody else. */
async function tell(
  tx: Writer,
  told: Invited & { account: Account; words: string; publicUrl: string; now: Date; machineNow: Date },
): Promise<void> {
  const { account, week, host, words, publicUrl, now, machineNow } = told
  const { days } = weekInWords(week, host, { zone: account.timeZone, now })
  const leads = (await listRoles(tx, account.id)).flatMap(({ person, role }) =>
    role === 'lead' ? [person] : [],
  )
  const common = { accountId: account.id, kind: 'week-declined', now, machineNow } as const
  for (const lead of leads) {
    await queueMail(tx, {
      ...common,
      personId: lead.id,
      to: lead.email,
      subject: `${host.name} can’t take @${account.handle}, ${days}`,
      text: `Hello ${lead.name},

${host.name} said no to the week of ${days}.
${words ? `\n${host.name} writes: ${words}\n` : ''}
Its theme, why this week, and its events are kept. To ask somebody else:
${publicUrl}/weeks/${week.id}/replacement
`,
    })
  }
  const person = await findPerson(tx, host.personId)
  if (!person) return
  await queueMail(tx, {
    ...common,
    personId: person.id,
    weekHostId: host.id,
    to: person.email,
    subject: `You said no to a week at @${account.handle}`,
    text: `Hello ${host.name},

Thank you for your answer. You don’t have the week of ${days} at @${account.handle}, and the team asks somebody else.

If this wasn’t you, or you have changed your mind, please write to ${leads.map(({ name, email }) => `${name}, ${email}`).join(', or ') || 'the team'}.
`,
  })
}
