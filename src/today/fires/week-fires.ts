import { dayOf, momentInWords } from '../../calendar.ts'
import { momentOf } from '../../drafts/decision.ts'
import type { ToldAt } from '../../publishing/pages.ts'
import { weekInWords } from '../../rota/pages.ts'
import { slotInWords } from '../../rota/planner/move-to-slot.ts'
import { cameLater } from '../../rota/week.ts'
import { type HostedWeek, missingInWords } from '../../rota/weeks.ts'
import { capital, inLetters, sentence } from '../../words.ts'
import type { Desk } from '../read-desk.ts'
import type { Fire } from './fire.ts'

/** Before the week opens, and while it should be open and is not. */
export function unreadyFire(
  { week, host, missing }: Desk['unready'][number],
  isLead: boolean,
  moment: ToldAt,
): Fire {
  const words = weekInWords(week, host, moment)
  const { begun, ...shut } = notOpen({ week, host }, 'Not ready', moment)
  return {
    ...shut,
    title: begun ? `${host.name}’s week has not opened` : `${host.name}’s week is not ready to open`,
    quote: null,
    text: `What is missing: ${missingInWords(missing)}. ${
      begun
        ? `${host.name} can go on writing. What becomes due is held.`
        : 'Without it the week opens only when a lead says so.'
    }`,
    link: {
      href: `${words.href}#ready`,
      label: isLead ? 'Do it, or let it open all the same' : 'Open the week',
    },
  }
}

/** A week opens for nobody who has not accepted it. */
export function unansweredFire({ week, host }: Desk['unanswered'][number], moment: ToldAt): Fire {
  const words = weekInWords(week, host, moment)
  const { begun, ...shut } = notOpen({ week, host }, 'No answer', moment)
  return {
    ...shut,
    title: host.invitedAt
      ? `${host.name} has not accepted ${words.days} yet`
      : `${host.name} is booked for ${words.days}, and not invited yet`,
    quote: null,
    text: begun
      ? 'The week is not open, and nothing of it goes out, until they accept. You can ask somebody else.'
      : 'The week opens only once they accept. Ask them, or somebody else.',
    link: { href: words.href, label: 'Open the week' },
  }
}

/** How a week that does not open is tagged, and since or until when that is; `label` while its opening is ahead. */
function notOpen({ week, host }: Desk['unanswered'][number], label: string, { now, zone }: ToldAt) {
  const begun = now >= week.opensAt
  const tag: Fire['tag'] = { state: 'held', label: begun ? 'Not opened' : label }
  const since = begun
    ? `since ${momentInWords(wantedSince(week, host), now, zone)}`
    : `opens ${momentOf(week.opensAt, now, zone)}`
  return { begun, tag, since }
}

/** From when on a week is without its host: from its beginning, or from when they were called in. */
function wantedSince(week: HostedWeek['week'], host: NonNullable<HostedWeek['host']>): Date {
  return cameLater(week, host) ? host.createdAt : week.opensAt
}

export function declinedFire({ week, host }: HostedWeek, isLead: boolean, moment: ToldAt): Fire {
  const words = weekInWords(week, host, moment)
  return {
    tag: { state: 'declined', label: 'Said no' },
    since: momentInWords(host!.declinedAt!, moment.now, moment.zone),
    title: `${host!.name} can’t take ${words.days}`,
    quote: host!.declinedWords,
    text: isLead
      ? 'Theme, reason and events are kept for whoever has the week next.'
      : 'A lead can ask somebody else.',
    link: isLead
      ? { href: `${words.href}/replacement`, label: 'Ask somebody else' }
      : { href: words.href, label: 'Open the week' },
  }
}

/** As far ahead as the account wants to be warned. */
export function gapsFire(
  gaps: string[],
  isLead: boolean,
  { account, now }: ToldAt & Pick<Desk, 'account'>,
): Fire {
  const today = dayOf(now, account.timeZone)
  const days = gaps.map((slot) => slotInWords(slot, account, today))
  const several = gaps.length > 1
  return {
    tag: { state: 'gap', label: several ? 'Gaps' : 'Gap' },
    since: null,
    title: several
      ? `${capital(inLetters(gaps.length))} weeks ahead have no host`
      : `Nobody hosts ${days[0]}`,
    quote: null,
    text: `${several ? `${sentence(days.join('; '))} ` : ''}${isLead ? 'Book somebody, or call in a standby host.' : 'A lead can book somebody.'}`,
    link: {
      href: isLead ? `/rota/book?slot=${gaps[0]}` : '/rota',
      label: isLead ? `Fill ${several ? 'the nearest' : 'it'}` : 'Open the rota',
    },
  }
}
