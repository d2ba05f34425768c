import { dayInWords, dayOf, machineReadable, momentInWords } from '../../calendar.ts'
import { momentOf } from '../../drafts/decision.ts'
import { firstWords } from '../../drafts/first-words.ts'
import type { DiskTrouble } from '../../errors.ts'
import type { ToldAt } from '../../publishing/pages.ts'
import { capital, inLetters, listInWords, sentence } from '../../words.ts'
import type { Desk } from '../read-desk.ts'
import type { Fire } from './fire.ts'

export function diskFire(disk: DiskTrouble): Fire {
  return {
    tag: { state: 'failed', label: disk === 'full' ? 'Disk full' : 'Disk fails' },
    since: null,
    title: `The disk of this installation ${disk === 'full' ? 'is full' : 'can’t be written to'}`,
    quote: null,
    text: 'Nothing can be saved, and nothing goes out before it can. What was saved is there. Please tell whoever runs this installation; it goes on by itself afterwards.',
    link: null,
  }
}

export function siteFire({ says, since }: { says: string; since: Date }, { now, zone }: ToldAt): Fire {
  return {
    tag: { state: 'failed', label: 'Site not kept' },
    since: `since ${momentInWords(since, now, zone)}`,
    title: 'The public site’s folder is not up to date',
    quote: null,
    text: `${says} The older site stands there, and it is tried again each minute. The pages here are not concerned. Please tell whoever runs this installation.`,
    link: null,
  }
}

export function outageFire(
  { since, reason, waiting }: NonNullable<Desk['mailOutage']>,
  { now, zone }: ToldAt,
): Fire {
  const count = waiting.length === 1 ? 'One mail waits' : `${capital(inLetters(waiting.length))} mails wait`
  return {
    tag: { state: 'failed', label: 'No mail' },
    since: `since ${momentInWords(since, now, zone)}`,
    title: 'Mails are not going out',
    quote: reason,
    text: `${count} for the mail server, to ${namesOf(waiting)}. It is tried again every minute, and nothing else waits for it. If this lasts, please tell whoever runs this installation.`,
    link: null,
  }
}

export function mailFire(mails: Desk['failedMails'], { now, zone }: ToldAt): Fire {
  const [latest] = mails
  // Nothing was ever written of what came too late, and its address is not in question.
  const refused = mails.filter(({ text }) => text !== '')
  const why = sentence(latest!.trouble ?? 'The mail server did not take it')
  return {
    tag: { state: 'failed', label: mails.length === 1 ? 'A mail failed' : `${mails.length} mails failed` },
    since: `latest ${momentInWords(latest!.plannedFor ?? latest!.createdAt, now, zone)}`,
    title:
      mails.length === 1
        ? `A mail to ${latest!.name} ${refused.length === 0 ? 'was not sent' : 'could not be delivered'}`
        : `${capital(inLetters(mails.length))} mails ${refused.length === 0 ? 'were not sent' : 'could not be delivered'}`,
    quote: latest!.subject,
    text:
      refused.length === 0
        ? `${why} ${namesOf(mails)} did not get ${mails.length === 1 ? 'it, and it' : 'them, and they'} can still be sent from the page of the week.`
        : `${why} ${namesOf(mails)} did not read ${mails.length === 1 ? 'it' : 'them'}: please check ${addressesOf(refused)}, and reach them another way.`,
    link:
      mails.length === 1 && latest!.weekId
        ? { href: `/weeks/${latest!.weekId}`, label: 'Open their week' }
        : null,
  }
}

/** Each once; three at most. */
function namesOf(mails: { name: string }[]): string {
  return inAList([...new Set(mails.map(({ name }) => name))])
}

function addressesOf(mails: { to: string }[]): string {
  return inAList([...new Set(mails.map(({ to }) => to))])
}

const NAMED_AT_MOST = 3

function inAList(all: string[]): string {
  const more = all.length - NAMED_AT_MOST
  const shown = more > 1 ? [...all.slice(0, NAMED_AT_MOST), `${inLetters(more)} others`] : all
  return listInWords(shown)
}

/** Of the posts that a restored copy does not know. */
const UNKNOWN_SHOWN = 20

/** For those who come back after a backup was put back: from when all this is, and what may be missing. */
export function restoreFire(
  { copyOf, restoredAt, compared, newsUntil, unknownPosts, heldMails }: NonNullable<Desk['restored']>,
  { now, zone }: ToldAt,
  { account, live }: { account: Desk['account']; live: boolean },
): Fire {
  const count = unknownPosts.length
  const posts = count === 1 ? 'One post stands' : `${capital(inLetters(count))} posts stand`
  const told = compared
    ? count === 0
      ? 'Everything that went out since is known.'
      : `${posts} on the account since, and ${count === 1 ? 'is' : 'are'} not known here; a draft with the same words is not sent again.${count > UNKNOWN_SHOWN ? ` The latest ${inLetters(UNKNOWN_SHOWN)}:` : ''}`
    : 'What went out since is looked up as soon as X can be asked, and before anything is sent.'
  const mails =
    heldMails.length === 0
      ? ''
      : heldMails.length === 1
        ? ` One mail may have been sent or not, and is not sent again: “${heldMails[0]!.subject}”, to ${heldMails[0]!.to}.`
        : ` ${capital(inLetters(heldMails.length))} mails may have been sent or not, and are not sent again; the latest is “${heldMails[0]!.subject}”, to ${heldMails[0]!.to}.`
  return {
    tag: { state: 'held', label: 'A backup was put back' },
    since: momentInWords(restoredAt, now, zone),
    title: `This is how things stood ${momentOf(copyOf, now, zone).replace(/^today /, '')}`,
    quote: null,
    text: `What happened here after that is lost: drafts, decisions, bookings, cancelled weeks. Whoever was taken off your pages since then shows again: the approvers’ mails of that time tell of those requests. This stands here until ${dayInWords(dayOf(newsUntil, zone))}.${mails} ${told}`,
    link: null,
    posts: unknownPosts.slice(-UNKNOWN_SHOWN).map(({ text, words, networkId, postedAt }) => ({
      text: firstWords({ parts: [{ text: words || text, images: [] }] }),
      href: live ? `https://x.com/${account.handle}/status/${networkId}` : null,
      time: { iso: machineReadable(postedAt), label: momentInWords(postedAt, now, zone) },
    })),
  }
}
