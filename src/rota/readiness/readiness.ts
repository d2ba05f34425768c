import { briefingOf } from '../../accounts/briefing.ts'
import { findAccount, latestHouseRules, type Account, type HouseRules } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Reader, Writer } from '../../db/database.ts'
import { comingHosts, updateHost } from '../hosts-store.ts'
import { agreementsOf, ticksOf, type Agreement, type Tick } from './readiness-store.ts'
import type { HostedWeek, Week, WeekHost } from '../store.ts'
import { inLetters } from '../../words.ts'

/** What of the agreement and the briefing is done with a host. */
export interface Readiness {
  /** The house rules that hold now; undefined where there are none to sign. */
  rules: HouseRules | undefined
  /** The newest that the host signed. */
  signed: Agreement | undefined
  /** The account's points, and those that were ticked before they went from its list. */
  points: { point: string; tick: Tick | undefined; asked: boolean }[]
}

/** What is missing before a week opens by itself; nothing is, where both are empty. */
export interface Missing {
  signature: boolean
  points: string[]
}

export function missingOf({ rules, signed, points }: Readiness): Missing {
  return {
    signature: rules !== undefined && signed === undefined,
    points: points.filter(({ asked, tick }) => asked && !tick).map(({ point }) => point),
  }
}

export function isNothing({ signature, points }: Missing): boolean {
  return !signature && points.length === 0
}

/** "the signed house rules, and two points of the briefing" */
export function missingInWords({ signature, points }: Missing): string {
  return [
    ...(signature ? ['the signed house rules'] : []),
    ...(points.length === 0
      ? []
      : [
          points.length === 1
            ? 'one point of the briefing'
            : `${inLetters(points.length)} points of the briefing`,
        ]),
  ].join(', and ')
}

export async function readinessOf(
  read: Reader,
  account: Account,
  host: Pick<WeekHost, 'id'>,
): Promise<Readiness> {
  return (await readinessOfAll(read, account, [host]))[0]!
}

/** In the order of the hosts; three queries, however many they are. */
async function readinessOfAll(
  read: Reader,
  account: Account,
  hosts: Pick<WeekHost, 'id'>[],
): Promise<Readiness[]> {
  const ids = hosts.map(({ id }) => id)
  const latest = await latestHouseRules(read, account.id)
  const rules = latest && latest.text !== '' ? latest : undefined
  const [agreements, ticks] = [await agreementsOf(read, ids), await ticksOf(read, ids)]
  const asked = briefingOf(account)
  return ids.map((id) => {
    const mine = ticks.filter(({ weekHostId }) => weekHostId === id)
    const others = mine.map(({ point }) => point).filter((point) => !asked.includes(point))
    return {
      rules,
      signed: agreements.findLast(({ weekHostId }) => weekHostId === id),
      points: [...asked, ...others].map((point) => ({
        point,
        tick: mine.find((tick) => tick.point === point),
        asked: asked.includes(point),
      })),
    }
  })
}

/**
 * Step: whether a week opens at its time, after something of it has changed. What is open stays so, and so does a lead's word
 * and what was booked before anything was asked.
 */
export async function weighReadiness(
  tx: Writer,
  { week, host }: { week: Week; host: WeekHost },
  { readiness, now }: { readiness: Readiness; now: Date },
): Promise<void> {
  if (host.opening === 'free' || host.opening === 'word' || now >= week.closesAt) return
  const ready = isNothing(missingOf(readiness))
  if (ready === (host.opening === 'ready')) return
  if (!ready && now >= week.opensAt) return
  if (!(await updateHost(tx, host.id, { opening: ready ? 'ready' : 'waits', openedAt: ready ? now : null })))
    return
  await record(tx, {
    accountId: week.accountId,
    kind: ready ? 'week.ready' : 'week.unready',
    personId: null,
    weekId: week.id,
    details: { host: host.name },
    at: now,
  })
}

/** Step: the same for one week, as it stands. */
export async function weighWeek(tx: Writer, found: { week: Week; host: WeekHost }, now: Date): Promise<void> {
  const account = (await findAccount(tx, found.week.accountId))!
  await weighReadiness(tx, found, { readiness: await readinessOf(tx, account, found.host), now })
}

/** The weeks that open within so many days or are open by now, whose host accepted and that do not open by themselves; the nearest first. */
export async function weeksWaiting(
  read: Reader,
  account: Account,
  { now, days }: { now: Date; days: number },
): Promise<{ week: Week; host: WeekHost; missing: Missing }[]> {
  const until = new Date(now.getTime() + days * 86_400_000)
  const hosts = (await comingHosts(read, now)).filter(
    ({ week, host }) =>
      week.accountId === account.id && week.opensAt <= until && host.acceptedAt && host.opening === 'waits',
  )
  const all = await readinessOfAll(
    read,
    account,
    hosts.map(({ host }) => host),
  )
  return hosts.map((found, at) => ({ ...found, missing: missingOf(all[at]!) }))
}

/** The weeks that open within so many days or should be open by now, whose host has not accepted and has not said no; the nearest first. */
export async function weeksUnanswered(
  read: Reader,
  account: Account,
  { now, days }: { now: Date; days: number },
): Promise<{ week: Week; host: WeekHost }[]> {
  const until = new Date(now.getTime() + days * 86_400_000)
  return (await comingHosts(read, now)).filter(
    ({ week, host }) => week.accountId === account.id && week.opensAt <= until && !host.acceptedAt,
  )
}

/** What is missing for a week; null for one of which nothing is asked, or that a lead lets open. */
export async function missingFor(
  read: Reader,
  account: Account,
  { host }: HostedWeek,
): Promise<Missing | null> {
  if (!host || host.opening === 'free' || host.opening === 'word') return null
  return missingOf(await readinessOf(read, account, host))
}
