import { listAccounts } from '../accounts/accounts.ts'
import { appliedNow, knownMigrations } from '../db/check.ts'
import type { Database, Reader } from '../db/database.ts'
import { findOutage } from '../mail/outbox.ts'
import { leaseEnd } from '../publishing/lease.ts'
import type { JobState } from '../web/deps.ts'

/**
 * `fail`: it does not do its work, and whoever runs it has to act. `warn`: it does, but something beside it is broken. `says` is
 * for anybody to read: no addresses, no words of other servers.
 */
export interface Check {
  status: 'pass' | 'warn' | 'fail'
  says?: string
  since?: Date
}

export interface Health {
  ready: boolean
  checks: Record<string, Check>
  /** Why the database could not be asked, for the log. */
  problem: unknown
}

/** How long after its lease ran out the publisher counts as silent: it renews it at least each minute. Milliseconds. */
const SILENT_AFTER = 120_000
/** So long nothing in the background takes that does not hang. Milliseconds. */
const HANGS_AFTER = 15 * 60_000

/** Whether this installation can do its work, and what is wrong with it, by the names of the checks. */
export async function readHealth(
  db: Pick<Database, 'read' | 'diskTrouble'>,
  {
    jobs,
    machineNow,
    siteTroubles,
  }: {
    jobs: JobState[]
    machineNow: Date
    /** Null where no folder keeps the public sites. */
    siteTroubles: { says: string; since: Date }[] | null
  },
): Promise<Health> {
  const checks: Record<string, Check> = { database: { status: 'pass' }, disk: diskCheck(db.diskTrouble()) }
  let problem: unknown = null
  try {
    await listAccounts(db.read)
    checks['migrations'] = await migrationsCheck(db.read)
    checks['publisher'] = publisherCheck(await leaseEnd(db.read), { jobs, machineNow })
    checks['mail'] = await mailCheck(db.read)
  } catch (error) {
    problem = error
    checks['database'] = { status: 'fail', says: 'The database does not answer.' }
  }
  if (siteTroubles) checks['site'] = siteCheck(siteTroubles)
  checks['work'] = workCheck(jobs, machineNow)
  return { ready: Object.values(checks).every(({ status }) => status !== 'fail'), checks, problem }
}

function diskCheck(trouble: ReturnType<Database['diskTrouble']>): Check {
  if (!trouble) return { status: 'pass' }
  return { status: 'fail', says: trouble === 'full' ? 'The disk is full.' : 'The disk can’t be written to.' }
}

const known = knownMigrations()

async function migrationsCheck(read: Reader): Promise<Check> {
  if ((await appliedNow(read)) === known) return { status: 'pass' }
  return { status: 'fail', says: 'Another version has changed the database. Start the newest one.' }
}

function publisherCheck(
  leasedUntil: Date | null,
  { jobs, machineNow }: { jobs: JobState[]; machineNow: Date },
): Check {
  const failing = jobs.find(({ name }) => name === 'publisher')?.failingSince
  if (failing) return { status: 'fail', says: 'Nothing goes out: publishing fails.', since: failing }
  if (leasedUntil === null || machineNow.getTime() - leasedUntil.getTime() <= SILENT_AFTER)
    return { status: 'pass' }
  return { status: 'fail', says: 'Nothing goes out: the publisher is silent.', since: leasedUntil }
}

async function mailCheck(read: Reader): Promise<Check> {
  const outage = await findOutage(read)
  if (!outage) return { status: 'pass' }
  return { status: 'warn', says: 'The mail server takes no mails. They wait.', since: outage.since }
}

function siteCheck([first, ...more]: { says: string; since: Date }[]): Check {
  if (!first) return { status: 'pass' }
  const since = Math.min(...[first, ...more].map((one) => one.since.getTime()))
  return { status: 'warn', says: `${first.says} The old one stands.`, since: new Date(since) }
}

function workCheck(jobs: JobState[], machineNow: Date): Check {
  const hanging = ({ runningSince }: JobState) =>
    runningSince !== null && machineNow.getTime() - runningSince.getTime() > HANGS_AFTER
  const broken = jobs.filter((job) => job.failingSince !== null || hanging(job))
  if (broken.length === 0) return { status: 'pass' }
  const since = broken.map(({ failingSince, runningSince }) => (failingSince ?? runningSince)!)
  return {
    status: 'warn',
    says: `Fails or hangs in the background: ${broken.map(({ name }) => name).join(', ')}.`,
    since: new Date(Math.min(...since.map((at) => at.getTime()))),
  }
}
