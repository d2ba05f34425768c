import { momentInWords } from '../calendar.ts'
import { saidOfAddress } from '../mail/addresses.ts'
import type { Mail } from '../mail/outbox.ts'
import { triedInWords } from '../mail/told.ts'
import { mailTitle } from '../rota/mails/mail-pages.ts'
import { weekInWords } from '../rota/pages.ts'
import { listInWords } from '../words.ts'
import type { Reach } from './reach-person.ts'

/** Whether mail reaches somebody, and what a lead can do where it does not. */
export function reachPage(
  { account, person, trouble, marker, atDesk, weeks, lost }: Reach,
  {
    tried,
    errors,
    typed,
    now,
  }: {
    tried: Mail | null | undefined
    errors: Record<string, string>
    typed: Record<string, string>
    now: Date
  },
) {
  const zone = account.timeZone
  const href = `/people/${person.id}`
  const hosted = weeks.map(({ week, host }) => ({ ...weekInWords(week, host, { zone, now }), week, host }))
  const changes = [
    ...(atDesk ? [{ href: `${href}?account=${account.id}`, label: 'Change it on their page' }] : []),
    ...(atDesk ? [] : hosted.slice(0, 1)).map((one) => ({
      href: `${one.href}/address`,
      label: 'Correct the address',
    })),
  ]
  return {
    title: `Mail to ${person.name}`,
    name: person.name,
    email: person.email,
    trouble: trouble && {
      since: `since ${momentInWords(trouble.since, now, zone)}`,
      title: `Mail to ${person.name} comes back`,
      words: trouble.words,
      tried: tried && triedInWords(tried, trouble, { now, zone }),
      text: `${saidOfAddress({ ...trouble, marker })} Nothing more is sent there, but for links to sign in that ${person.name} asks for. What they would be sent waits for three days.`,
    },
    changes,
    nowhere: `${person.name} has no place at the desk and no week ahead, so there is nothing to correct here: when you enter them next, type the right address.`,
    command: `npm run sign-in -- ${person.email}`,
    weeks: listInWords(hosted.map(({ days }) => days)),
    tryAction: `${href}/address/try`,
    markAction: `${href}/address/mark`,
    unmarkAction: `${href}/address/mark/removal`,
    words: {
      id: 'words',
      name: 'words',
      label: 'What does the mail say that came back?',
      hint: 'If you like: a line of it, for whoever looks at this later.',
      maxlength: '200',
      autocomplete: 'off',
      value: typed['words'] ?? '',
      error: errors['words'],
    },
    lost: lost.map((mail) => ({
      title: mailTitle(mail),
      time: momentInWords(mail.plannedFor ?? mail.createdAt, now, zone),
      again: trouble ? null : againOf(mail),
    })),
  }

  /** With one press, or on the page where it is to be read first. */
  function againOf(mail: Mail) {
    const found = hosted.find(({ host }) => host.id === mail.weekHostId)
    const label = `Send “${mailTitle(mail)}” again`
    if (mail.kind === 'desk-invitation' && atDesk)
      return { action: `${href}/invitation`, version: null, label }
    if (mail.kind === 'invitation' && found && !found.host.acceptedAt)
      return { action: `${found.href}/invitation`, version: found.week.version, label }
    return found && mail.plannedFor
      ? { action: `${found.href}/mails/${mail.id}`, act: 'send', version: null, label }
      : null
  }
}
