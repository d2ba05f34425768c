import type { Account } from '../../accounts/accounts.ts'
import type { PostValues } from '../../accounts/post-templates.ts'
import { hostedDaysInWords, weekInWords } from '../../rota/pages.ts'
import type { HostedWeek, Week, WeekHost } from '../../rota/weeks.ts'

/** What the variables of an account's posts about a week stand for at this moment; of the next week only what is announced. */
export function postValues(
  account: Account,
  {
    week,
    host,
    next,
    publicUrl,
    now,
  }: { week: Week; host: WeekHost; next: HostedWeek | undefined; publicUrl: string; now: Date },
): PostValues {
  const moment = { zone: account.timeZone, now }
  const told = next?.host && next.week.announcedAt ? { week: next.week, host: next.host } : null
  return {
    name: host.name,
    role: roleOf(host),
    handle: host.handle && `@${host.handle}`,
    account: `@${account.handle}`,
    'account-name': account.name,
    days: hostedDaysInWords(week, host, moment),
    theme: week.theme,
    why: week.why,
    hashtag: account.hashtag,
    'week-link': `${publicUrl}/@${account.handle}/weeks/${week.slot}`,
    'next-name': told?.host.name ?? '',
    'next-role': told ? roleOf(told.host) : '',
    'next-days': told ? weekInWords(told.week, told.host, moment).days : '',
    'next-theme': told?.week.theme ?? '',
  }
}

/** "Ward sister, Hallbeck Hospital" */
function roleOf({ job, organisation }: WeekHost): string {
  return [job, organisation].filter(Boolean).join(', ')
}
