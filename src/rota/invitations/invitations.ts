import type { Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Reader, Writer } from '../../db/database.ts'
import type { LinkMaker } from '../../mail/mail.ts'
import { queueMail } from '../../mail/outbox.ts'
import { findPerson } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import { hashToken, makeToken } from '../../people/tokens.ts'
import { writeWeekMail } from '../mails/week-mails.ts'
import { updateHost } from '../hosts-store.ts'
import { findInvited, insertInvitation, isHostOf } from './invitations-store.ts'
import type { Week, WeekHost } from '../store.ts'

/** Step: mails the current host their invitation, for the first time or again. From now on they may draft. */
export async function queueInvitation(
  tx: Writer,
  {
    account,
    week,
    host,
    word = '',
    asked = false,
    actor,
    now,
    machineNow,
  }: {
    account: Account
    week: Week
    host: WeekHost
    /** What the one who asks adds to the mail; may be empty. */
    word?: string
    /** Somebody wants it tried, also where mail to the address came back. */
    asked?: boolean
    actor: Actor
    now: Date
    machineNow: Date
  },
): Promise<void> {
  const person = await findPerson(tx, host.personId)
  if (!person) return
  if (!host.invitedAt) await updateHost(tx, host.id, { invitedAt: now })
  const words = await writeWeekMail(tx, 'invitation', {
    account,
    week,
    host,
    lead: actor,
    // Before they sign in no address here is for them but the invitation's own.
    publicUrl: '',
    numbersOf: async () => '',
    now,
  })
  await queueMail(tx, {
    accountId: account.id,
    personId: person.id,
    weekHostId: host.id,
    kind: 'invitation',
    to: person.email,
    asked,
    subject: words.subject,
    text: word ? `${words.text.trimEnd()}\n\n${actor.name} writes: ${word}\n` : words.text,
    now,
    machineNow,
  })
  await record(tx, {
    accountId: account.id,
    kind: 'host.invited',
    personId: actor.personId,
    weekId: week.id,
    details: { host: host.name, again: host.invitedAt !== null },
    at: now,
  })
}

/** Makes an invitation's link at the moment of sending. It lives until the week closes, or is taken from its host. */
export function invitationLinkMaker(publicUrl: () => string): LinkMaker {
  return async (tx, mail, machineNow) => {
    if (!mail.weekHostId) throw new Error('An invitation needs its host.')
    if (!mail.personId || !(await isHostOf(tx, mail.weekHostId, mail.personId)))
      throw new Error('The address was corrected meanwhile.')
    const { token, hash } = makeToken()
    await insertInvitation(tx, { tokenHash: hash, weekHostId: mail.weekHostId, createdAt: machineNow })
    return { url: `${publicUrl()}/invitations/${token}` }
  }
}

export type InvitationState = 'open' | 'accepted' | 'declined' | 'over' | 'replaced' | 'cancelled'

/** Whose a link is and whether it still leads anywhere; null for a link that we never made. */
export async function inspectInvitation(
  read: Reader,
  token: string,
  now: Date,
): Promise<{ state: InvitationState; week: Week; host: WeekHost } | null> {
  const found = await findInvited(read, hashToken(token))
  return found ? { ...found, state: invitationState(found.week, found.host, now) } : null
}

export function invitationState(week: Week, host: WeekHost, now: Date): InvitationState {
  if (week.state === 'cancelled' || host.ending === 'cancelled') return 'cancelled'
  if (host.endedAt) return 'replaced'
  if (host.declinedAt) return 'declined'
  if (week.state === 'closed' || now >= week.closesAt) return 'over'
  return host.acceptedAt ? 'accepted' : 'open'
}
