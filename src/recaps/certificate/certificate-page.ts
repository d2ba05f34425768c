import type { Account } from '../../accounts/accounts.ts'
import { dayInWords, dayOf, daysInWords } from '../../calendar.ts'
import type { Person } from '../../people/people.ts'
import { hostedDays } from '../../rota/week.ts'
import type { Week, WeekHost } from '../../rota/weeks.ts'
import { numbersInWords, type HostingNumbers } from './hosting-numbers.ts'

/** What somebody puts into their development record about the week that they hosted. */
export function certificatePage(
  { week, host }: { week: Week; host: WeekHost },
  {
    account,
    numbers,
    leads,
    now,
  }: { account: Account; numbers: HostingNumbers; leads: { person: Person }[]; now: Date },
) {
  const days = hostedDays(week, host, account.timeZone)
  const span = daysInWords(days[0]!, days.at(-1)!)
  return {
    title: `Certificate of hosting: ${host.name}`,
    name: host.name,
    line: [host.job, host.organisation].filter(Boolean).join(', '),
    account: account.name,
    handle: `@${account.handle}`,
    span,
    theme: week.theme,
    numbers: numbersInWords(numbers),
    leads: leads.map(({ person }) => person.name),
    date: dayInWords(dayOf(now, account.timeZone), '0000'),
    weekHref: `/weeks/${week.id}`,
  }
}
