import { findAccount } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Writer } from '../../db/database.ts'
import { queueMail } from '../../mail/outbox.ts'
import { findPerson, listRoles } from '../../people/people.ts'
import { weekInWords } from '../pages.ts'
import { missingInWords, missingOf, readinessOf, weighReadiness } from './readiness.ts'
import { comingHosts, updateHost } from '../hosts-store.ts'
import { findHostedWeek, type Week, type WeekHost } from '../store.ts'
import { cameLater } from '../week.ts'

/** Whoever could post for so long has found out, and is not told any more. Milliseconds. */
const NEWS_FOR = 12 * 3600_000

interface Tending {
  now: Date
  machineNow: Date
  /** Without a slash at its end; for the mail's link. */
  publicUrl: string
}

/**
 * Weighs the coming weeks anew, since what an account asks for may have changed, and tells the leads of a week that did not
 * open at its time, once; and its host when it has opened after all.
 */
export async function tendOpenings(db: Database, tending: Tending): Promise<void> {
  const asked = (await comingHosts(db.read, tending.now)).filter(
    ({ host }) => host.opening === 'waits' || host.opening === 'ready' || host.stoodStillAt,
  )
  for (const { week } of asked) await db.write((tx) => tendOne(tx, week.id, tending))
}

async function tendOne(tx: Writer, weekId: string, tending: Tending): Promise<void> {
  const { week, host } = (await findHostedWeek(tx, weekId))!
  if (!host || week.state === 'cancelled') return
  const account = (await findAccount(tx, week.accountId))!
  const readiness = await readinessOf(tx, account, host)
  await weighReadiness(tx, { week, host }, { readiness, now: tending.now })
  const missing = missingInWords(missingOf(readiness))
  if (missing && host.opening === 'waits') await stoodStill(tx, { week, host }, missing, tending)
  const weighed = (await findHostedWeek(tx, weekId))!.host!
  if (weighed.stoodStillAt && weighed.opening !== 'waits')
    await opensLate(tx, { week, host: weighed }, tending)
}

async function stoodStill(
  tx: Writer,
  { week, host }: { week: Week; host: WeekHost },
  missing: string,
  { now, machineNow, publicUrl }: Tending,
): Promise<void> {
  if (now < week.opensAt || host.stoodStillAt || !host.acceptedAt || host.declinedAt) return
  await updateHost(tx, host.id, { stoodStillAt: now })
  const account = (await findAccount(tx, week.accountId))!
  await record(tx, {
    accountId: account.id,
    kind: 'week.not-opened',
    personId: null,
    weekId: week.id,
    details: { host: host.name, missing },
    at: now,
  })
  const { days } = weekInWords(week, host, { zone: account.timeZone, now })
  const happened = cameLater(week, host)
    ? `${host.name} has accepted ${days}, and the week is not open for them yet.`
    : `${host.name}’s week was to open now, and did not.`
  for (const { person, role } of await listRoles(tx, account.id)) {
    if (role !== 'lead') continue
    await queueMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'week-not-open',
      to: person.email,
      subject: `${host.name}’s week has not opened: @${account.handle}, ${days}`,
      text: `Hello ${person.name},

${happened} What is missing: ${missing}. ${host.name} can go on writing. What of theirs becomes due is held, and you are asked about it.

Say that it opens all the same, or do what is missing:
${publicUrl}/weeks/${week.id}#ready
`,
      now,
      machineNow,
    })
  }
}

/** Nothing was said to the host at the moment itself, and they may be sitting over a draft that was held. */
async function opensLate(
  tx: Writer,
  { week, host }: { week: Week; host: WeekHost },
  { now, machineNow, publicUrl }: Tending,
): Promise<void> {
  const account = (await findAccount(tx, week.accountId))!
  // While the account rests its hosts get no mails, and nothing would go out.
  if (account.pausedAt) return
  await updateHost(tx, host.id, { stoodStillAt: null })
  if (!host.openedAt || now.getTime() - host.openedAt.getTime() > NEWS_FOR) return
  const person = await findPerson(tx, host.personId)
  if (!person) return
  const { closes, zone } = weekInWords(week, host, { zone: account.timeZone, now })
  await queueMail(tx, {
    accountId: account.id,
    personId: person.id,
    weekHostId: host.id,
    kind: 'week-open',
    to: person.email,
    subject: `@${account.handle} is open to you now`,
    text: `Hello ${host.name},

your week at @${account.handle} is open, until ${closes}, ${zone} time. From now on what is approved goes out at its time.

Write, see what goes out, and answer people:
${publicUrl}/today?week=${week.id}
`,
    now,
    machineNow,
  })
}
