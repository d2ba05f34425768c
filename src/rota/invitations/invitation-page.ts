import type { Decided } from '../../accounts/account.ts'
import type { Account } from '../../accounts/accounts.ts'
import { contactOf } from '../../accounts/contact.ts'
import type { Person } from '../../people/people.ts'
import type { Role } from '../../people/person.ts'
import type { InvitationState } from './invitations.ts'
import { initialsOf } from '../host.ts'
import { opensInWords, weekInWords } from '../pages.ts'
import type { Week, WeekHost } from '../store.ts'
import { listInWords } from '../../words.ts'

/** What to expect, for somebody who is asked to host. The house rules come as HTML. */
export function invitationPage(
  { week, host, state }: { week: Week; host: WeekHost; state: InvitationState },
  {
    account,
    desk,
    now,
    ...more
  }: {
    account: Account
    /** Leads and approvers. */
    desk: { person: Person; role: Role }[]
    houseRules: string
    email: string
    /** Signed in as the host. */
    canAccept: boolean
    token: string | null
    /** Signed in as somebody else. */
    someoneElse: string | null
    now: Date
  },
) {
  const words = weekInWords(week, host, { zone: account.timeZone, now })
  const deciders = decidersInWords(desk)
  const lead = desk.find(({ role }) => role === 'lead')?.person
  const begun = now >= week.opensAt && now < week.closesAt
  return {
    ...more,
    words: { ...words, opens: opensInWords(week, host, { zone: account.timeZone, now }) },
    begun,
    accepted: state === 'accepted',
    moved: state === 'open' && host.movedAt !== null,
    movedWords: state === 'open' ? host.movedWords : null,
    account: { name: account.name, handle: `@${account.handle}` },
    hello: host.name,
    steps: [
      {
        title: 'You write',
        text: `From now on you can write drafts in your browser, also on a phone: words, pictures, a thread. You sign with ${host.signOff || 'your initials'}.`,
      },
      {
        title: `${deciders} ${desk.length === 1 ? 'reads' : 'read'} it`,
        text: READS[
          host.trusted && account.policy.decided === 'untrusted' ? 'trusted' : account.policy.decided
        ],
      },
      {
        title: 'It is posted at its time',
        text: `From ${begun ? 'when it opens' : words.opens} to ${words.closes}, ${words.zone} time, as @${account.handle} on X. You never get the password, and you need no account of your own.`,
      },
      {
        title: 'People answer, and you answer them',
        text: 'Replies come to your page, and your answers go the same way.',
      },
      {
        title: 'It stays as a story',
        text: 'After the week your posts and the best answers become a page of their own, with your name, job and portrait.',
      },
    ],
    deciders: desk.map(({ person, role }) => ({
      name: person.name,
      initials: initialsOf(person.name) || '?',
      role: role === 'lead' ? 'leads the account' : 'reads and decides',
    })),
    contact: contactLine(account, lead),
    refuse:
      state === 'open' && (more.canAccept || more.token)
        ? {
            action: more.token ? `/invitations/${more.token}/refusal` : `/weeks/${week.id}/refusal`,
            words: {
              id: 'words',
              name: 'words',
              label: `A word to ${lead?.name ?? 'the team'}, if you like`,
              rows: '3',
              maxlength: '300',
            },
          }
        : null,
  }
}

/** Where to ask: what the account says, or else a lead. */
function contactLine({ texts }: Account, lead: Person | undefined) {
  const contact = contactOf(texts.contact)
  if (contact)
    return 'address' in contact
      ? { href: `mailto:${contact.address}`, label: contact.address }
      : { href: null, label: contact.words }
  return lead ? { href: `mailto:${lead.email}`, label: `${lead.name}, ${lead.email}` } : null
}

/** "Helen Marsh or Owen Price". */
export function decidersInWords(desk: readonly { person: Person }[]): string {
  const names = desk.map(({ person }) => person.name)
  return listInWords(names, 'or') || 'The team'
}

/** Why an invitation leads nowhere any more. */
export const DEAD_INVITATIONS: Record<'declined' | 'over' | 'replaced' | 'cancelled', string> = {
  declined: 'You said no to this week, and the team has been told. Thank you for your answer.',
  over: 'The week is over, and the invitation went with it. Thank you for it, if it was yours.',
  replaced: 'The week has gone to somebody else meanwhile, so this invitation does not hold any more.',
  cancelled: 'The week was cancelled, so this invitation does not hold any more.',
}

/** What happens to a draft before it goes out, under the account's policy. */
const READS: Record<Decided | 'trusted', string> = {
  all: 'Nothing goes out before one of us has said yes. You see what we decided and why, and can change your draft.',
  originals:
    'Nothing of yours goes out before one of us has said yes, your answers to people aside: these go by themselves, unless one of us stops them. You see what we decided and why, and can change your draft.',
  untrusted:
    'Nothing goes out before one of us has said yes. You see what we decided and why, and can change your draft.',
  trusted:
    'What you submit goes out by itself, after some minutes in which one of us can stop it. Then you see who did, and can change it.',
}
