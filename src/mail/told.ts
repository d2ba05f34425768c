import { momentInWords } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { listInWords } from '../words.ts'
import { troubledOf, type AddressTrouble } from './address-store.ts'
import type { Mail } from './store.ts'

/** Of some people those to whom mail comes back: what is sent to them waits. */
export async function unreachedOf<P extends { personId: string }>(read: Reader, people: P[]): Promise<P[]> {
  const ids = people.map(({ personId }) => personId)
  const unreached = await troubledOf(read, ids)
  return people.filter(({ personId }) => unreached.includes(personId))
}

/** Whom a mail is for, and whom of them it does not reach; empty for nobody. */
export function toldInWords(
  told: { personId: string; name: string }[],
  unreached: { name: string }[],
): string {
  const reached = told.filter((one) => !unreached.includes(one)).map(({ name }) => name)
  return [
    ...(reached.length > 0 ? [`Told by mail: ${reached.join(', ')}.`] : []),
    ...(unreached.length > 0 ? [`Mail to ${namesOf(unreached)} comes back: ring them.`] : []),
  ].join(' ')
}

/** That invitations wait for an address that works; empty where none does. */
export function waitingInWords(unreached: { name: string }[]): string {
  if (unreached.length === 0) return ''
  const what =
    unreached.length === 1
      ? 'the invitation waits: correct the address'
      : 'their invitations wait: correct the addresses'
  return `Mail to ${namesOf(unreached)} comes back, so ${what}.`
}

/** What became of a try of an address that still does not work. */
export function triedInWords(
  tried: Pick<Mail, 'state' | 'trouble' | 'createdAt'>,
  known: Pick<AddressTrouble, 'words' | 'markedBy'>,
  { now, zone }: { now: Date; zone: string },
): string {
  const one = `The try of ${momentInWords(tried.createdAt, now, zone)}`
  const said = tried.trouble ? `: “${tried.trouble}”` : ''
  if (tried.state === 'failed' && known.markedBy === null && tried.trouble === known.words)
    return `${one} was refused for the same reason.`
  if (tried.state === 'failed')
    return `${one} did not get through${said}. That says nothing of the address itself, so the mark stays.`
  if (said) return `${one} has not got through yet${said}. It is made again by itself.`
  return tried.state === 'queued' ? `${one} is on its way.` : ''
}

function namesOf(people: { name: string }[]): string {
  return listInWords(people.map(({ name }) => name))
}
