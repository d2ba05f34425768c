import { record } from '../activity/record.ts'
import { daysInWords } from '../calendar.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { LISTEN_AFTER_CLOSE } from '../listening/post.ts'
import { gatherMail, queueMail, wasTold } from '../mail/outbox.ts'
import { listRoles } from '../people/people.ts'
import { closeWeek, findWeek, nextClosing, weeksToClose, type Week } from '../rota/weeks.ts'
import { closeDueDays } from './close-days.ts'
import { countDueWeeks } from './numbers/count-weeks.ts'
import { generateRecap } from './story/generate-recap.ts'
import { lastChangeByPerson } from './history/revisions-store.ts'
import { pausedAt, publishByItself, publishesItself } from './publish-by-itself.ts'
import {
  findEdition,
  findRecap,
  listBlocks,
  recapsToPublish,
  staleRecaps,
  waitToPublish,
  type Recap,
} from './store.ts'
import { sweepRecaps } from './removal/sweep-recaps.ts'
import { tellWeek } from './story/tell-week.ts'
import { weekFacts, type WeekFacts } from './story/week-facts.ts'
import { postsOnPage } from './week-page.ts'

interface Closing {
  now: Date
  machineNow: Date
  /** Without a slash at its end; for the mail's link. */
  publicUrl: string
}

/**
 * Closes the weeks whose end has passed, and puts their stories together from what stands. Where the account's policy
 * says so, they were announced and the brake is off, they are published at once, or when who is at it has paused; else its leads
 * are told. Stories of weeks
 * closed within the last four weeks are put together anew when something was said, chosen or taken down since. What the brake
 * kept off the public page waits for a lead, also after the release. Running weeks are told day by day, and what closed weeks
 * came to is counted. What strangers took from the network is taken out of all stored copies. Returns when the next of this is due.
 */
export async function closeDueWeeks(db: Database, closing: Closing): Promise<Date | null> {
  for (const week of await weeksToClose(db.read, closing.now)) {
    await db.write((tx) => close(tx, week, closing))
  }
  const since = new Date(closing.now.getTime() - LISTEN_AFTER_CLOSE)
  for (const weekId of await staleRecaps(db.read, since)) {
    await db.write((tx) => tellAnew(tx, weekId, closing))
  }
  for (const { weekId } of await recapsToPublish(db.read)) {
    await db.write((tx) => publishWaiting(tx, weekId, closing))
  }
  await sweepRecaps(db)
  const next = [
    await closeDueDays(db, closing.now),
    await countDueWeeks(db, closing.now),
    await nextClosing(db.read),
    await nextPause(db.read),
  ].filter((at) => at !== null)
  return next.length === 0 ? null : new Date(Math.min(...next.map((at) => at.getTime())))
}

async function close(tx: Writer, week: Week, closing: Closing): Promise<void> {
  const { now } = closing
  if (!(await closeWeek(tx, week, now))) return
  await record(tx, {
    accountId: week.accountId,
    kind: 'week.closed',
    personId: null,
    weekId: week.id,
    at: now,
  })
  if (week.kind === 'hosted') await tell(tx, { ...week, state: 'closed' }, closing, { atClose: true })
}

async function tellAnew(tx: Writer, weekId: string, closing: Closing): Promise<void> {
  const week = await findWeek(tx, weekId)
  if (week) await tell(tx, week, closing, { atClose: false })
}

/** What a person published stays as they published it, until they publish again. */
async function tell(
  tx: Writer,
  week: Week,
  closing: Closing,
  { atClose }: { atClose: boolean },
): Promise<void> {
  const { now } = closing
  const facts = await weekFacts(tx, week)
  const { recap, first } = await generateRecap(tx, facts, { personId: null, now })
  if (facts.own.length === 0) return
  const begins = atClose || first
  if (!publishesItself(facts.account, week)) {
    if (begins) await tellLeads(tx, facts, closing)
  } else if (begins ? recap.edition === 0 : await showsOtherPosts(tx, facts, recap)) {
    await publishOrTell(tx, facts, recap, closing)
  }
}

/** Somebody was at the story when it was to publish itself. Meanwhile the policy may have changed, or the brake been pulled. */
async function publishWaiting(tx: Writer, weekId: string, closing: Closing): Promise<void> {
  const [week, recap] = [await findWeek(tx, weekId), await findRecap(tx, weekId)]
  if (!week || !recap?.publishBy) return
  const facts = await weekFacts(tx, week)
  if (publishesItself(facts.account, week)) {
    await publishOrTell(tx, facts, recap, closing)
    return
  }
  await waitToPublish(tx, recap.id, null)
  if (recap.edition === 0) await tellLeads(tx, facts, closing)
}

async function publishOrTell(tx: Writer, facts: WeekFacts, recap: Recap, closing: Closing): Promise<void> {
  const came = await publishByItself(tx, facts, { recap, ...closing })
  if (came !== 'for-a-lead') return
  if (recap.edition === 0) await tellLeads(tx, facts, closing, CHECKED)
  else await tellLeadsOfOldPage(tx, facts, recap, closing)
}

const CHECKED =
  ' A check of the account found something in it that must not be published, so it did not publish itself: the piece says what.'

async function nextPause(read: Reader): Promise<Date | null> {
  const waiting = await Promise.all(
    (await recapsToPublish(read)).map(async ({ id, publishBy }) =>
      pausedAt(await lastChangeByPerson(read, id), publishBy!),
    ),
  )
  return waiting.reduce<Date | null>((next, at) => (next === null || at < next ? at : next), null)
}

/** Whether a page that the policy published would show other posts now. */
async function showsOtherPosts(tx: Writer, facts: WeekFacts, recap: Recap): Promise<boolean> {
  if (recap.state !== 'published' || recap.publishedBy !== null) return false
  const published = await findEdition(tx, recap)
  const now = tellWeek(facts, await listBlocks(tx, recap.id))
  return published === undefined || String(postsOnPage(published)) !== String(postsOnPage(now))
}

async function tellLeads(tx: Writer, facts: WeekFacts, closing: Closing, kept = ''): Promise<void> {
  const { account, host } = facts
  const whose = whoseWeek(facts)
  const braked =
    account.brakeAt && account.policy.publishRecap
      ? ' The brake is on, so it did not publish itself, and does not after the release either: it waits for you.'
      : ''
  await mailLeads(tx, facts, closing, {
    subject: host ? `The story of ${whose} is ready to read` : 'The story of the week is ready to read',
    news: `${whose} on @${account.handle}, ${daysOf(facts)}, is over. Its story has been put together from what was posted, and the replies that were chosen. Nobody sees it before you publish it.${braked}${kept}`,
    next: 'Read it, move what should stand elsewhere, write what is missing, and publish:',
  })
}

/** Nobody is to wait for what comes by itself otherwise. Once for each edition that stays, however often it is tried. */
async function tellLeadsOfOldPage(
  tx: Writer,
  facts: WeekFacts,
  recap: Recap,
  closing: Closing,
): Promise<void> {
  const story = `The story of ${facts.host ? whoseWeek(facts) : 'the week'}`
  await mailLeads(tx, facts, closing, {
    subject: `${story} was not published anew`,
    news: `${story} on @${facts.account.handle}, ${daysOf(facts)}, was to be published anew by itself. A check of the account found something in it that must not be published, so its page stays as it was: the piece says what.`,
    next: 'Put it right, and publish:',
    once: { cause: `recap-kept:${recap.id}`, itemId: String(recap.edition) },
  })
}

function whoseWeek({ host }: WeekFacts): string {
  return host ? `${host.name}’s week` : 'The week'
}

function daysOf({ days }: WeekFacts): string {
  return daysInWords(days[0]!, days.at(-1)!)
}

async function mailLeads(
  tx: Writer,
  { account, week }: WeekFacts,
  { now, machineNow, publicUrl }: Closing,
  {
    subject,
    news,
    next,
    once,
  }: { subject: string; news: string; next: string; once?: { cause: string; itemId: string } },
): Promise<void> {
  const link = `${publicUrl}/weeks/${week.id}/recap`
  for (const { person, role } of await listRoles(tx, account.id)) {
    if (role !== 'lead') continue
    const text = `Hello ${person.name},

${news}

${next}
${link}
`
    const mail = {
      accountId: account.id,
      personId: person.id,
      kind: 'recap-ready',
      to: person.email,
      now,
      machineNow,
    } as const
    if (!once) await queueMail(tx, { ...mail, subject, text })
    else if (!(await wasTold(tx, { personId: person.id, ...once, orWillBe: true }))) {
      const items = [{ id: once.itemId, text: '', why: '', link }]
      await gatherMail(tx, { ...mail, cause: once.cause, items, compose: () => ({ subject, text }) })
    }
  }
}
