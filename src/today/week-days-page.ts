import { timeInWords, weekdayName, dayOf, zoneInWords } from '../calendar.ts'
import type { Actor } from '../people/person.ts'
import { fiveDays, inLetters, weekInWords } from '../rota/pages.ts'
import { weekDays } from '../rota/week.ts'
import type { WeekHost } from '../rota/weeks.ts'
import { daysPlan } from './days-plan.ts'
import type { WeekDays } from './read-week-days.ts'

/** A week's drafts and posts, day by day, for the desk. */
export function weekDaysPage(
  held: WeekDays,
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
    planTitle: 'Day by day',
    planNote: `${zoneInWords(moment.zone)} time, ${now >= week.closesAt ? 'closed' : 'until'} ${weekdayName(
      dayOf(week.closesAt, moment.zone),
    )} ${timeInWords(week.closesAt, moment.zone)}`,
    plan: daysPlan(held, moment, { actor, mayWrite: mayWrite && week.state !== 'cancelled' }),
    links: begun
      ? [
          { href: `${words.href}/conversation`, label: 'What people say' },
          { href: `${words.href}/recap`, label: 'The recap' },
        ]
      : [],
  }
}
