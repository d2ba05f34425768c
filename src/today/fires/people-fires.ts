import { beginningOf } from '../../publishing/beginning.ts'
import { dayInWords, dayOf, momentInWords } from '../../calendar.ts'
import { HELP_TAGS } from '../../listening/help-page.ts'
import { removalDueAt } from '../../listening/post.ts'
import { saidOfAddress } from '../../mail/addresses.ts'
import type { ToldAt } from '../../publishing/pages.ts'
import { capital, inLetters, listInWords } from '../../words.ts'
import type { Desk } from '../read-desk.ts'
import type { Fire } from './fire.ts'

/** A person waits, so it stands before everything else. */
export function helpFire(help: Desk['help'][number], { zone, now }: ToldAt): Fire {
  const { evidence, asker, taker } = help
  const from = evidence ? evidence.name || `@${evidence.handle}` : 'somebody'
  return {
    tag: HELP_TAGS[help.state],
    since: `since ${momentInWords(help.askedAt, now, zone)}`,
    title: `${asker} needs help with a reply from ${from}`,
    quote: evidence?.text ?? null,
    text: [
      help.note && `${asker} says: “${help.note}”`,
      taker ? `${taker} looks after it.` : 'Nobody looks after it yet.',
    ]
      .filter(Boolean)
      .join(' '),
    link: { href: `/help/${help.id}`, label: 'Open it' },
  }
}

export function removalFire(request: Desk['removals'][number], { zone, now }: ToldAt): Fire {
  const dueAt = removalDueAt(request)
  const until = momentInWords(dueAt, now, zone)
  return {
    tag: { state: now >= dueAt ? 'failed' : 'submitted', label: now >= dueAt ? 'Late' : 'Waits for you' },
    since: `since ${momentInWords(request.askedAt, now, zone)}`,
    title: 'Somebody asks to be taken off the public pages',
    quote: request.words || null,
    text: `${request.about ? `It is about “${beginningOf(request.about, 64)}”. ` : ''}${
      now >= dueAt ? `It was to be done by ${until}.` : `It is to be done by ${until}.`
    }`,
    link: { href: `/removal-requests/${request.id}`, label: 'Open it' },
  }
}

/** Until the address is another one, or a mail reaches it again. */
export function unreachedFire(
  { personId, name, address, since, words, byHand, marker, waiting, weekId }: Desk['outOfReach'][number],
  { isLead, accountId, zone, now }: ToldAt & { isLead: boolean; accountId: string },
): Fire {
  const week = weekId && { href: `/weeks/${weekId}`, label: 'Open their week' }
  const page = {
    href: `/people/${personId}/address?account=${accountId}`,
    label: 'Correct it, or reach them otherwise',
  }
  const waits =
    waiting === 0
      ? ''
      : waiting === 1
        ? ' One mail waits for it.'
        : ` ${capital(inLetters(waiting))} mails wait for it.`
  return {
    tag: { state: 'failed', label: 'Out of reach' },
    since: `since ${momentInWords(since, now, zone)}`,
    title: `Mail to ${name} comes back`,
    quote: words || null,
    text: `${saidOfAddress({ address, byHand, marker })} Nothing more is sent there.${waits}${isLead ? '' : ' A lead can correct it.'}`,
    link: isLead ? page : week || null,
    also: isLead ? week || null : null,
  }
}

/** For a day: whoever decides may want to say something about it, or ask. */
export function takenDownFire(
  { by, reason, at, delivery, parts }: Desk['takenDown'][number],
  moment: ToldAt,
): Fire {
  return {
    tag: { state: 'removed', label: 'Taken down' },
    since: momentInWords(at, moment.now, moment.zone),
    title: `${by} took down ${parts > 1 ? `${inLetters(parts)} parts of a thread` : 'a post'}`,
    quote: delivery.payload.text || null,
    text: `${by} says why: “${reason}”`,
    link: { href: `/drafts/${delivery.draftId}`, label: 'Open it' },
  }
}

/** Said once for all its days, in a list. */
export function nobodyDecidesFire(days: string[], { now, zone }: ToldAt): Fire {
  const today = dayOf(now, zone)
  const words = days.map((day) => (day === today ? 'today' : dayInWords(day, today)))
  return {
    tag: { state: 'gap', label: 'Nobody decides' },
    since: null,
    title:
      days.length === 1
        ? `Nobody can decide ${days[0] === today ? 'today' : `on ${words[0]}`}`
        : `On ${inLetters(days.length)} days nobody can decide`,
    quote: null,
    text: `${days.length === 1 ? '' : `${capital(listInWords(words))}: `}${days.length === 1 ? 'Everybody' : 'everybody'} at the desk is away and nobody stands in, while a week is open. What nobody decided by its time does not go out.`,
    link: { href: '/away', label: 'Say who stands in' },
  }
}
