import { timeInWords, weekdayName, dayOf, zoneInWords } from '../calendar.ts'
import type { Actor } from '../people/person.ts'
import { daysOf, fiveDays, weekInWords } from '../rota/pages.ts'
import { weekDays } from '../rota/week.ts'
import type { WeekHost } from '../rota/weeks.ts'
import { daysPlan } from './days-plan.ts'
import type { Week } from '../rota/weeks.ts'
import type { WeekDays } from './read-week-days.ts'
import { inLetters } from '../words.ts'

/** A week's drafts and posts, day by day, for the desk. */
export function weekDaysPage(
  held: WeekDays<Week>,
  { host, actor, mayWrite, now }: { host: WeekHost | null; actor: Actor; mayWrite: boolean; now: Date },
) {
  const { account, week } = held
  const moment = { zone: account.timeZone, now, limit: held.limit }
  const words = weekInWords(week, host, moment)
  const begun = now >= week.opensAt
  return {
    title: `${words.title}, day by day`,
    tag: words.tag,
    days: fiveDays(week, moment),
    week: { href: words.href, label: words.title },
    heading: `The ${inLetters(weekDays(week, moment.zone).length)} days`,
    lead: `${host ? `${host.name}’s week, ` : ''}${words.days}. What was posted, what goes out, what waits and what is begun.`,
    ...planTitle(held, now),
    plan: daysPlan(held, moment, { actor, mayWrite: mayWrite && week.state !== 'cancelled' }),
    links: begun
      ? [
          { href: `${words.href}/conversation`, label: 'What people say' },
          { href: `${words.href}/recap`, label: 'The recap' },
        ]
      : [],
  }
}

/** A gap's days, for the desk: what the account says itself while nobody hosts. */
export function gapDaysPage(
  held: WeekDays,
  { actor, mayWrite, now }: { actor: Actor; mayWrite: boolean; now: Date },
) {
  const { account, week } = held
  const moment = { zone: account.timeZone, now, limit: held.limit }
  const days = weekDays(week, moment.zone)
  const span = daysOf(days[0]!, days.at(-1)!, dayOf(now, moment.zone))
  const open = now < week.closesAt
  return {
    title: `Gap, ${span}, day by day`,
    tag: { state: 'gap', label: 'Gap' },
    days: fiveDays(week, moment),
    week: { href: '/rota', label: 'The rota' },
    heading: `The ${inLetters(days.length)} days`,
    lead: `Nobody hosts ${span}. What is written here is the account’s own.`,
    ...planTitle(held, now),
    plan: daysPlan(held, moment, { actor, mayWrite }),
    links: mayWrite && open ? [{ href: `/rota/book?slot=${week.slot}`, label: 'Book a host' }] : [],
  }
}

function planTitle({ account: { timeZone: zone }, week }: WeekDays, now: Date) {
  const until = `${weekdayName(dayOf(week.closesAt, zone))} ${timeInWords(week.closesAt, zone)}`
  return {
    planTitle: 'Day by day',
    planNote: `${zoneInWords(zone)} time, ${now >= week.closesAt ? 'closed' : 'until'} ${until}`,
  }
}
