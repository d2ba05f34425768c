import type { Account } from '../accounts/accounts.ts'
import { dayOf, monthName } from '../calendar.ts'
import { dollars, inCents, type ChargeKind } from '../charges/charge.ts'
import { isNearBudget, stopsListening } from '../publishing/budget.ts'
import { weekInWords } from '../rota/pages.ts'
import type { Costs } from './read-costs.ts'
import { capital, inLetters } from '../words.ts'

const KINDS: Record<ChargeKind, [one: string, several: string]> = {
  post: ['post', 'posts'],
  'post-with-link': ['post with a link', 'posts with a link'],
  answer: ['answer', 'answers'],
  description: ['picture described', 'pictures described'],
  'own-read': ['own post or mention read', 'own posts and mentions read'],
  'post-read': ['reply or post read', 'replies and posts read'],
  'user-read': ['profile read', 'profiles read'],
}

/** What X has cost an account: this week, this month, before, and what is still to come. The model of `today/costs`. */
export function costsPage(
  costs: Costs,
  { now, sandbox, canChange }: { now: Date; sandbox: boolean; canChange: boolean },
) {
  const { account, month } = costs
  const { spent, ahead, budget } = month
  const zone = account.timeZone
  const name = monthInWords(month.month, account, now)
  const before = monthInWords(costs.weekFrom.slice(0, 7), account, now)
  return {
    title: 'What X costs',
    handle: `@${account.handle}`,
    lead: leadOf(costs, name),
    sandbox,
    stopped: stopsListening(month),
    near: isNearBudget(month),
    facts: [
      { term: `Spent in ${name}`, value: inCents(spent) },
      { term: 'Approved, still to go out', value: inCents(ahead) },
      ...(budget === null
        ? [{ term: 'Budget', value: 'none' }]
        : [{ term: 'Budget', value: inCents(budget) }, leftOf(budget - spent - ahead)]),
    ],
    unsure:
      costs.unsure === 0
        ? null
        : costs.unsure === 1
          ? 'One post is counted though nobody knows whether X took it and charged for it.'
          : `${capital(inLetters(costs.unsure))} posts are counted though nobody knows whether X took them and charged for them.`,
    settings: canChange ? `/accounts/${account.id}#budget` : null,
    account: `/accounts/${account.id}`,
    spans: [
      {
        id: 'week-title',
        title: 'This week',
        note: `since ${shortDay(costs.weekFrom)}${costs.weekFrom.startsWith(month.month) ? '' : `, so partly in ${before}`}`,
        rows: rowsOf(costs.week),
        sum: sumOf(costs.week),
      },
      {
        id: 'kinds-title',
        title: `${capital(name)} so far`,
        note: '',
        rows: rowsOf(costs.byKind),
        sum: dollars(spent),
      },
    ],
    weeks: costs.weeks.map(({ hosted, cost }) => {
      const words = weekInWords(hosted.week, hosted.host, { zone, now })
      return { href: words.href, title: words.title, days: words.days, cost: inCents(cost) }
    }),
    months: costs.months.map((one) => ({
      name: capital(monthInWords(one.month, account, now)),
      cost: inCents(one.cost),
    })),
  }
}

/** What the budget has left, or lacks. */
function leftOf(left: number): { term: string; value: string } {
  return left < 0
    ? { term: 'More than the budget by', value: inCents(-left) }
    : { term: 'Left after that', value: inCents(left) }
}

function leadOf({ month: { spent, ahead, budget } }: Costs, name: string): string {
  const so = `${inCents(spent)} in ${name} so far`
  const toCome =
    ahead === 0
      ? 'nothing approved waits to go out'
      : `${inCents(ahead)} for what is approved is still to come`
  const of = budget === null ? 'There is no budget.' : `The budget is ${inCents(budget)}.`
  return `${so}, and ${toCome}. ${of}`
}

function rowsOf(charges: Costs['week']) {
  return charges.map(({ kind, units, cost }) => ({
    what: KINDS[kind][units === 1 ? 0 : 1],
    units: units.toLocaleString('en-GB'),
    cost: dollars(cost),
  }))
}

function sumOf(charges: Costs['week']): string {
  return dollars(charges.reduce((sum, { cost }) => sum + cost, 0))
}

/** "November", with the year where it is not this one. */
function monthInWords(month: string, { timeZone }: Account, now: Date): string {
  const name = monthName(`${month}-01`)
  return dayOf(now, timeZone).startsWith(month.slice(0, 4)) ? name : `${name} ${month.slice(0, 4)}`
}

function shortDay(day: string): string {
  return `${Number(day.slice(8))} ${monthName(day)}`
}
