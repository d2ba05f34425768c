import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Database } from '../../src/db/database.ts'
import { weekHosts } from '../../src/db/schema/index.ts'
import { sendDueMails } from '../../src/mail/outbox.ts'
import { ANSWER_LINK, CONFIRM_LINK, INVITATION_LINK, SIGN_IN_LINK } from '../../src/mail/mail.ts'
import type { Actor } from '../../src/people/person.ts'
import { findPersonByEmail } from '../../src/people/people.ts'
import { signInLinkMaker } from '../../src/people/sign-in.ts'
import { acceptInvitation } from '../../src/rota/invitations/accept-invitation.ts'
import { candidateLinkMaker } from '../../src/rota/asking/candidates.ts'
import { bookWeek } from '../../src/rota/book-week.ts'
import type { HostDetails } from '../../src/rota/host.ts'
import { invitationLinkMaker } from '../../src/rota/invitations/invitations.ts'
import { weekEntries } from '../../src/rota/calendar/week-entries.ts'
import { findActor } from '../../src/rota/powers.ts'
import { PUBLIC_URL } from './app.ts'
import type { TestClock } from './clock.ts'
import { ACCOUNT, LEAD } from './story.ts'

export const PRIYA = { name: 'Priya Nair', email: 'priya@north.example' }
export const MEI = { name: 'Mei Lin Chan', email: 'mei@north.example' }

export function aHost(name: string, more: Partial<HostDetails> = {}): HostDetails {
  const nothing = { handle: '', job: '', organisation: '', biography: '', portraitHash: null, signOff: '' }
  return { name, ...nothing, ...more }
}

/** Somebody with the powers that they have at this moment. */
export async function actorWith(db: Database, email: string, now: Date): Promise<Actor> {
  const person = await findPersonByEmail(db.read, email)
  return (await findActor(db.read, person!.id, now))!
}

/** A booking as its form makes it, by Helen; what a test cares about it says. */
export async function bookingOf(
  db: Database,
  now: Date,
  more: Partial<Parameters<typeof bookWeek>[1]> & { who?: { name: string; email: string } } = {},
): Promise<Parameters<typeof bookWeek>[1]> {
  const { who = PRIYA, ...rest } = more
  return {
    weekId: randomUUID(),
    accountId: ACCOUNT,
    slot: '2026-11-23',
    email: who.email,
    host: aHost(who.name),
    theme: '',
    why: '',
    events: [],
    invite: true,
    actor: await actorWith(db, LEAD.email, now),
    now,
    machineNow: now,
    ...rest,
  }
}

/** The week opens by itself, as those of before anything was asked. */
export async function nothingAsked(db: Database, weekId: string): Promise<void> {
  await db.write(async (tx) => {
    await tx.update(weekHosts).set({ opening: 'free' }).where(eq(weekHosts.weekId, weekId))
  })
}

/** A booked week; its host invited, and with `accepted` it is announced, with `asked` it waits for what is asked. Returns its id. */
export async function aWeek(
  db: Database,
  now: Date,
  {
    accepted = false,
    asked = false,
    ...more
  }: Parameters<typeof bookingOf>[2] & { accepted?: boolean; asked?: boolean } = {},
): Promise<string> {
  const booking = await bookingOf(db, now, more)
  await bookWeek(db, booking)
  if (!asked) await nothingAsked(db, booking.weekId)
  if (accepted)
    await acceptInvitation(db, {
      weekId: booking.weekId,
      actor: await actorWith(db, booking.email, now),
      now,
    })
  return booking.weekId
}

/** Sends what lies in the outbox, and returns it. */
export async function sentMails(db: Database, clock: TestClock) {
  const sent: { to: string; subject: string; text: string; calendar?: string | null }[] = []
  await sendDueMails(db, {
    transport: { send: async (mail) => void sent.push(mail) },
    links: {
      [SIGN_IN_LINK]: signInLinkMaker(() => PUBLIC_URL),
      [INVITATION_LINK]: invitationLinkMaker(() => PUBLIC_URL),
      [CONFIRM_LINK]: candidateLinkMaker(() => PUBLIC_URL, { ofForm: true }),
      [ANSWER_LINK]: candidateLinkMaker(() => PUBLIC_URL, { ofForm: false }),
    },
    entries: weekEntries({ publicUrl: () => PUBLIC_URL, from: 'The week <week@north.example>' }),
    now: clock.now,
    machine: clock.machine,
  })
  return sent
}

/** The address of the link in a mail, on this site. */
export function linkIn(text: string): string {
  return /http\S+/.exec(text)![0].slice(PUBLIC_URL.length)
}
