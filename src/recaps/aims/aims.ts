import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import { momentInWords } from '../../calendar.ts'
import type { Database, Reader } from '../../db/database.ts'
import { Faster, NotAllowed, NotFound, Refused } from '../../errors.ts'
import { hostingOf, maySeeWeek, type Actor } from '../../people/person.ts'
import { findHostedWeek, type Week, type WeekHost } from '../../rota/weeks.ts'
import {
  LONGEST_AIM,
  LONGEST_OUTCOME,
  MOST_AIMS,
  reachedIn,
  reachedInWords,
  type Aim,
  type Reached,
} from './aim.ts'
import { findAims, keepAimsRow, type WeekAims } from './aims-store.ts'
import { countedBefore } from '../store.ts'
import { weekFacts } from '../story/week-facts.ts'
import { countWeek } from '../numbers/week-numbers.ts'

/** Weeks of a year. */
const LAST_YEAR = 52

export interface AimsPlace {
  account: Account
  week: Week
  host: WeekHost
  kept: WeekAims | undefined
  isHost: boolean
}

/** @throws NotFound when there is no such week, nobody hosts it, or it is not for this person. */
export async function findAimsPlace(read: Reader, weekId: string, actor: Actor): Promise<AimsPlace> {
  const found = await findHostedWeek(read, weekId)
  if (!found?.host || found.week.state === 'cancelled' || !maySeeWeek(actor, found.week)) throw new NotFound()
  const { week, host } = found
  const account = (await findAccount(read, week.accountId))!
  const isHost = hostingOf(actor, weekId)?.weekHostId === host.id
  return { account, week, host, kept: await findAims(read, host.id), isHost }
}

/** What a host's aims came to by now, beside the usual week of the year before; empty where they set none. */
export async function reachedSoFar(read: Reader, week: Week, weekHostId: string): Promise<Reached[]> {
  const kept = await findAims(read, weekHostId)
  if (!kept || kept.aims.length === 0) return []
  const facts = await weekFacts(read, week)
  const usual = countWeek(facts, await countedBefore(read, week, LAST_YEAR)).usual?.numbers ?? []
  return reachedIn(facts, kept.aims, usual)
}

/**
 * What the recap says of a host's aims, where they want that. Markdown; null where they don't. It is a part of what they hand in
 * when they look back, and is approved with it.
 */
export async function aimsForRecap(
  read: Reader,
  { account, week, host, now }: { account: Account; week: Week; host: WeekHost; now: Date },
): Promise<string | null> {
  const kept = await findAims(read, host.id)
  if (!kept?.inRecap) return null
  const reached = await reachedSoFar(read, week, host.id)
  if (reached.length === 0) return null
  const lines = reached.map((one) => `- **${plain(one.aim.words)}** ${plain(reachedInWords(one))}`)
  const counted = reached.some(({ count }) => count !== null)
  const when = momentInWords(now, now, account.timeZone).replace(/^today /, '')
  const soFar = now < week.closesAt && counted ? `\n\nCounted before the week was over, at ${when}.` : ''
  return lines.join('\n') + soFar
}

/** What somebody typed is no Markdown here. */
function plain(words: string): string {
  return words.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>#]/g, String.raw`\$&`)
}

/**
 * Keeps what the host aims for, and what came of it. What is aimed for can't be changed once the week is over, so that nobody
 * aims at what has happened.
 * @throws Refused by field; Conflict when it was changed in another window; NotAllowed for everybody but the host.
 */
export async function keepAims(
  db: Database,
  {
    weekId,
    version,
    aims: typed,
    inRecap,
    actor,
    now,
  }: { weekId: string; version: number; aims: Aim[]; inRecap: boolean; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const { week, host, kept, isHost } = await findAimsPlace(tx, weekId, actor)
    if (!isHost) throw new NotAllowed('What a week aims for is its host’s to say.')
    if (!host.acceptedAt) throw new NotAllowed('Please accept the week first.')
    const isOver = now >= week.closesAt
    const aims = isOver
      ? (kept?.aims ?? []).map((aim, at) => ({ ...aim, outcome: typed[at]?.outcome ?? aim.outcome }))
      : typed.filter(({ words }) => words !== '').slice(0, MOST_AIMS)
    const wrong = isOver ? whyNotOutcomes(typed) : { ...whyNotAims(typed), ...whyNotOutcomes(typed) }
    if (Object.keys(wrong).length > 0) throw new Refused(wrong)
    const row = { weekHostId: host.id, weekId, aims, inRecap, changedAt: now }
    if (!(await keepAimsRow(tx, version, row)))
      throw new Faster(
        'This was changed meanwhile: perhaps by you, in another window. What you typed is below.',
      )
    await record(tx, {
      accountId: week.accountId,
      kind: 'host.aimed',
      personId: actor.personId,
      weekId,
      details: { host: host.name, aims: aims.map(({ words }) => words).join('; ') },
      at: now,
    })
  })
}

/** Messages by the form's fields. */
function whyNotAims(aims: readonly Aim[]): Record<string, string> {
  const wrong: Record<string, string> = {}
  aims.forEach(({ words, measure, target, hashtag, outcome }, at) => {
    const field = (what: string) => `aim-${at + 1}-${what}`
    if (words.length > LONGEST_AIM) wrong[field('words')] = `An aim has at most ${LONGEST_AIM} characters.`
    if (words === '' && (target !== null || outcome !== '')) wrong[field('words')] = 'Say what you aim for.'
    if (target !== null && !(Number.isInteger(target) && target > 0 && target <= 100_000))
      wrong[field('target')] = 'How many: a whole number from 1 to 100,000, or nothing.'
    if (words !== '' && measure === 'hashtag' && !/^#[\p{L}\p{M}\p{N}_]{1,60}$/u.test(hashtag))
      wrong[field('hashtag')] = 'Which hashtag? Letters, digits and underscores. Example: #WardRound'
  })
  return wrong
}

function whyNotOutcomes(aims: readonly Aim[]): Record<string, string> {
  return Object.fromEntries(
    aims.flatMap(({ outcome }, at) =>
      outcome.length > LONGEST_OUTCOME
        ? [[`aim-${at + 1}-outcome`, `This has more than ${LONGEST_OUTCOME} characters.`]]
        : [],
    ),
  )
}
