import { record } from '../../activity/record.ts'
import type { Database, Reader } from '../../db/database.ts'
import { Conflict, NotAllowed, NotFound } from '../../errors.ts'
import { findMail, holdPlanned, resumePlanned, type Mail } from '../../mail/outbox.ts'
import { isLead, mayDecide, type Actor } from '../../people/person.ts'
import { MAIL_TITLES, WEEK_MAILS, type WeekMailKind } from './mail-plan.ts'
import { findHostedWeek, type HostedWeek } from '../store.ts'
import { tendPlannedMail, type Mailing } from './week-mails.ts'

export const MAIL_ACTS = ['hold', 'resume', 'send'] as const
export type MailAct = (typeof MAIL_ACTS)[number]

const RECORDED = { hold: 'mail.held', resume: 'mail.resumed', send: 'mail.sent-now' } as const

/** A mail of a week to its host, for the account's desk. @throws NotFound for everybody else. */
export async function findWeekMail(
  read: Reader,
  { weekId, mailId, actor }: { weekId: string; mailId: string; actor: Actor },
): Promise<{ found: HostedWeek; mail: Mail }> {
  const found = await findHostedWeek(read, weekId)
  const mail = await findMail(read, mailId)
  if (!found?.host || !mail || mail.weekHostId !== found.host.id) throw new NotFound()
  if (!mayDecide(actor, found.week.accountId)) throw new NotFound()
  return { found, mail }
}

export function isWeekMail(kind: Mail['kind']): kind is WeekMailKind {
  return WEEK_MAILS.some((one) => one === kind)
}

/** What can be done with a mail as it stands. Only what was planned is: another one tells of something that happened. */
export function actsOf({ plannedFor, state }: Pick<Mail, 'plannedFor' | 'state'>): MailAct[] {
  if (!plannedFor) return []
  if (state === 'planned') return ['send', 'hold']
  if (state === 'held') return ['send', 'resume']
  return state === 'failed' ? ['send'] : []
}

/**
 * Holds a planned mail, lets it go at its time after all, or sends it now, with the words as they stand.
 * @throws NotAllowed for all but leads, Conflict when it went out or was stopped meanwhile.
 */
export async function tendWeekMail(
  db: Database,
  {
    weekId,
    mailId,
    act,
    actor,
    ...mailing
  }: { weekId: string; mailId: string; act: MailAct; actor: Actor } & Mailing,
): Promise<void> {
  await db.write(async (tx) => {
    const { found, mail } = await findWeekMail(tx, { weekId, mailId, actor })
    const { week, host } = found
    if (!isLead(actor, week.accountId))
      throw new NotAllowed('Only a lead holds and sends the mails of a week.')
    if (!actsOf(mail).includes(act))
      throw new Conflict('This mail is not as it was when you opened the page. Look at what stands now.')
    if (act === 'hold') await holdPlanned(tx, mail, actor.personId)
    else if (act === 'resume') await resumePlanned(tx, mail)
    else await tendPlannedMail(tx, mail, mailing, { asked: true })
    await record(tx, {
      accountId: week.accountId,
      kind: RECORDED[act],
      personId: actor.personId,
      weekId,
      details: { host: host!.name, mail: isWeekMail(mail.kind) ? MAIL_TITLES[mail.kind] : mail.subject },
      at: mailing.now,
    })
  })
}
