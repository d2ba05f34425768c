import { isDeepStrictEqual } from 'node:util'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { templateOf, type TemplateKind } from '../../accounts/post-templates.ts'
import { record } from '../../activity/record.ts'
import type { Database, Reader, Writer } from '../../db/database.ts'
import { comingHosts, comingWeeks, type Week, type WeekHost } from '../../rota/weeks.ts'
import { about } from '../on-record.ts'
import { changeDraft, insertRevision, type Draft } from '../store.ts'
import { contentOf, queueFromTemplate } from './queue-from-template.ts'
import { postValues } from './post-values.ts'
import { putAway } from './put-away.ts'
import { setBackStale } from './set-back.ts'
import { findFromTemplate, undecidedFromTemplates } from './store.ts'

/** Milliseconds. */
const MINUTE = 60_000
const DAY = 86_400_000

/** When the account's own posts about a week wait for a decision, and when they are to go out. */
const WEEK_POSTS: { kind: TemplateKind; queued(week: Week): Date; wished(week: Week): Date }[] = [
  {
    kind: 'introduction',
    queued: ({ opensAt }) => before(opensAt, 3 * DAY),
    wished: ({ opensAt }) => before(opensAt, 30 * MINUTE),
  },
  {
    kind: 'sign-off',
    queued: ({ closesAt }) => before(closesAt, DAY),
    wished: ({ closesAt }) => closesAt,
  },
]

interface Tending {
  now: Date
  machineNow: Date
  /** Without a slash at its end; for links. */
  publicUrl: string
}

/**
 * Puts the introduction and the sign-off of coming weeks into the queue, where the week is announced. As long as nobody has
 * touched one that waits, it follows what changes in the week or in its template; one that was approved and is not true any
 * more is put back. One that nobody decides is put away: a day
 * after its time, or a week after it came where it has none.
 */
export async function tendWeekPosts(db: Database, tending: Tending): Promise<void> {
  const { now } = tending
  for (const { week, host } of await announcedHosts(db.read, now)) {
    const account = (await findAccount(db.read, week.accountId))!
    for (const { kind, queued, wished } of WEEK_POSTS) {
      if (now < queued(week) || now >= lastly(kind, week)) continue
      await db.write((tx) => tendOne(tx, { account, week, host, kind, wishedAt: wished(week) }, tending))
    }
  }
  for (const draft of await undecidedFromTemplates(db.read)) {
    if (endsWaiting(draft) <= now) await db.write((tx) => putAway(tx, draft, { now, personId: null }))
  }
}

/** When `tendWeekPosts` has something to do next; null when nothing is in sight. */
export async function nextWeekPost(read: Reader, now: Date): Promise<Date | null> {
  const hosts = await announcedHosts(read, now)
  const due = [
    ...hosts.flatMap(({ week }) => WEEK_POSTS.map(({ queued }) => queued(week))),
    ...(await undecidedFromTemplates(read)).map(endsWaiting),
  ].filter((at) => at > now)
  return due.length === 0 ? null : new Date(Math.min(...due.map((at) => at.getTime())))
}

async function announcedHosts(read: Reader, now: Date): Promise<{ week: Week; host: WeekHost }[]> {
  return (await comingHosts(read, now)).filter(({ week }) => week.announcedAt !== null)
}

/** Afterwards it would say what everybody knows. */
function lastly(kind: TemplateKind, { opensAt, closesAt }: Week): Date {
  return kind === 'introduction' ? opensAt : closesAt
}

async function tendOne(
  tx: Writer,
  {
    account,
    week,
    host,
    kind,
    wishedAt,
  }: { account: Account; week: Week; host: WeekHost; kind: TemplateKind; wishedAt: Date },
  tending: Tending,
): Promise<void> {
  const [next] = await comingWeeks(tx, account.id, week.opensAt, 1)
  const values = postValues(account, { week, host, next, ...tending })
  const known = await findFromTemplate(tx, { accountId: account.id, kind, about: host.id })
  if (known) {
    const content = contentOf(account, kind, values)
    await follow(tx, known, { account, kind, content, ...tending })
    await setBackStale(tx, known, { account, kind, week, values, content, ...tending })
  } else {
    await queueFromTemplate(tx, {
      account,
      kind,
      about: host.id,
      place: { weekId: week.id, slot: week.slot },
      values,
      wishedAt,
      ...tending,
    })
  }
}

async function follow(
  tx: Writer,
  draft: Draft,
  {
    account,
    kind,
    content,
    now,
  }: { account: Account; kind: TemplateKind; content: Draft['content'] | null; now: Date },
): Promise<void> {
  const isUntouched = draft.state === 'submitted' && draft.changedBy === null
  if (!isUntouched || content === null || isDeepStrictEqual(content, draft.content)) return
  const number = draft.revision + 1
  const changed = await changeDraft(
    tx,
    { id: draft.id, version: draft.version, from: ['submitted'] },
    { content, revision: number, changedAt: now, changedBy: null },
  )
  if (!changed) return
  const { wordedBy } = templateOf(account, kind)
  await insertRevision(tx, { draftId: draft.id, number, content, authorId: wordedBy, at: now })
  await record(tx, { ...about(changed), kind: 'draft.changed', personId: null, at: now })
}

function endsWaiting({ wishedAt, submittedAt, createdAt }: Draft): Date {
  return wishedAt
    ? new Date(wishedAt.getTime() + DAY)
    : new Date((submittedAt ?? createdAt).getTime() + 7 * DAY)
}

function before(at: Date, span: number): Date {
  return new Date(at.getTime() - span)
}
