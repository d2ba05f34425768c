import { isDeepStrictEqual } from 'node:util'
import { findAccount, type Account } from '../../accounts/accounts.ts'
import { AIMS_QUESTION, questionsOf } from '../../accounts/reflection-questions.ts'
import { record } from '../../activity/record.ts'
import type { ActivityKind } from '../../activity/activity.ts'
import type { Database, Reader, Writer } from '../../db/database.ts'
import { Faster, NotAllowed, NotFound, Refused } from '../../errors.ts'
import type { WritingWindow } from '../../drafts/draft.ts'
import { queueMail } from '../../mail/outbox.ts'
import { decidersAt, whyYou } from '../../people/people.ts'
import { hostingOf, maySeeWeek, type Actor } from '../../people/person.ts'
import { findHostedWeek, type Week, type WeekHost } from '../../rota/weeks.ts'
import { checkReflection, whyReflectionRefused } from './check-reflection.ts'
import { aimsForRecap } from '../aims/aims.ts'
import {
  answered,
  answersToShow,
  goesOn,
  LONGEST_ANSWER,
  OPEN_REFLECTIONS,
  withoutAims,
  type Answer,
} from './reflection.ts'
import { changeReflection, findReflection, insertReflection, type Reflection } from './reflections-store.ts'

/** A week whose host may look back, with what they said so far. */
export interface ReflectionPlace {
  account: Account
  week: Week
  host: WeekHost
  reflection: Reflection | undefined
  /** The person is the week's host. */
  isHost: boolean
}

interface Reflecting {
  weekId: string
  /** That the page showed; 0 before anything was kept. */
  version: number
  actor: Actor
  now: Date
}

/** @throws NotFound when there is no such week, nobody hosts it, or it is not for this person. */
export async function findReflectionPlace(
  read: Reader,
  weekId: string,
  actor: Actor,
): Promise<ReflectionPlace> {
  const found = await findHostedWeek(read, weekId)
  if (!found?.host || found.week.state === 'cancelled' || !maySeeWeek(actor, found.week)) throw new NotFound()
  const { week, host } = found
  const account = (await findAccount(read, week.accountId))!
  const isHost = hostingOf(actor, weekId)?.weekHostId === host.id
  return { account, week, host, reflection: await findReflection(read, host.id), isHost }
}

/** What the host answers, question by question, and the account's questions that they have not answered yet. */
export function answersOf({ account, reflection }: ReflectionPlace): Answer[] {
  return answersToShow(questionsOf(account), withoutAims(reflection?.answers ?? []))
}

/** What is handed in with these answers: what the host aimed for too, where they want that in the recap. */
export async function withAimsNow(
  read: Reader,
  { account, week, host }: Pick<ReflectionPlace, 'account' | 'week' | 'host'>,
  { answers, now }: { answers: readonly Answer[]; now: Date },
): Promise<Answer[]> {
  const aims = await aimsForRecap(read, { account, week, host, now })
  return [...withoutAims(answers), ...(aims === null ? [] : [{ question: AIMS_QUESTION, text: aims }])]
}

/**
 * Keeps what the host typed. What one `window` sends again and again is no conflict with itself, and what arrives late is
 * older than what is kept. Of what was approved before, the approved words stay in the story.
 * @throws Refused by field for what is too long; Conflict when another window was faster, or it waits for a decision; NotAllowed
 *   for everybody but the host, and before their week opens.
 */
export async function keepReflection(
  db: Database,
  { window, answers, ...by }: Reflecting & { answers: Answer[]; window: WritingWindow | null },
): Promise<number> {
  return db.write(async (tx) => (await keep(tx, by, { answers, window })).version)
}

/**
 * Keeps what the host typed, and hands it to those who decide; they are told.
 * @throws as `keepReflection`, and Refused when nothing is answered, or the account's checks keep it off public pages.
 */
export async function submitReflection(
  db: Database,
  {
    answers,
    window,
    publicUrl,
    machineNow,
    ...by
  }: Reflecting & { answers: Answer[]; window: WritingWindow | null; publicUrl: string; machineNow: Date },
): Promise<void> {
  await db.write(async (tx) => {
    if (answered(answers).length === 0)
      throw new Refused({ 'answer-1-text': 'Answer at least one question, then hand it in.' })
    const kept = await keep(tx, by, { answers: withoutAims(answers), window })
    const place = await findReflectionPlace(tx, by.weekId, by.actor)
    const { now } = by
    const handedIn = await withAimsNow(tx, place, { answers, now })
    const refused = whyReflectionRefused(
      await checkReflection(tx, place, { answers: handedIn, now }),
      handedIn,
    )
    if (Object.keys(refused).length > 0) throw new Refused(refused)
    const submitted = await changeReflection(tx, kept, OPEN_REFLECTIONS, {
      state: 'submitted',
      answers: handedIn,
      submittedAt: by.now,
      changedAt: by.now,
      writtenIn: null,
    })
    if (!submitted) throw new Faster(CHANGED)
    await note(tx, place, 'reflection.submitted', by)
    for (const decider of await decidersAt(tx, place.account.id, by.now)) {
      if (decider.person.id === by.actor.personId) continue
      await queueMail(tx, {
        accountId: place.account.id,
        personId: decider.person.id,
        kind: 'reflection-submitted',
        to: decider.person.email,
        subject: `${place.host.name} looks back on their week, and waits for your word`,
        text: `Hello ${decider.person.name},

${place.host.name} has looked back on their week on @${place.account.handle}. It comes into the recap when one of you has approved it.

Read and decide it here:
${publicUrl}/weeks/${place.week.id}/reflection
${whyYou(decider)}`,
        now: by.now,
        machineNow,
      })
    }
  })
}

/** Takes it back from those who decide, to write on. @throws Conflict when somebody decided it meanwhile. */
export async function withdrawReflection(db: Database, by: Reflecting): Promise<void> {
  await db.write(async (tx) => {
    const place = await placeToWrite(tx, by)
    const { reflection } = place
    if (!reflection) throw new NotFound()
    const seen = { weekHostId: reflection.weekHostId, version: by.version }
    const change = { state: 'writing', submittedAt: null, changedAt: by.now } as const
    if (!(await changeReflection(tx, seen, ['submitted'], change)))
      throw new Faster('Meanwhile somebody decided it. Please look again.')
    await note(tx, place, 'reflection.withdrawn', by)
  })
}

/** Step: who did what with it, on the record. */
export async function note(
  tx: Writer,
  { week }: Pick<ReflectionPlace, 'week'>,
  kind: ActivityKind,
  { actor, now, details = {} }: { actor: Actor; now: Date; details?: Record<string, string | boolean> },
): Promise<void> {
  await record(tx, {
    accountId: week.accountId,
    kind,
    personId: actor.personId,
    weekId: week.id,
    details,
    at: now,
  })
}

const CHANGED = 'Somebody changed this meanwhile: perhaps you, in another window. What you typed is below.'

async function placeToWrite(tx: Writer, { weekId, actor, now }: Reflecting): Promise<ReflectionPlace> {
  const place = await findReflectionPlace(tx, weekId, actor)
  if (!place.isHost) throw new NotAllowed('Looking back is for the week’s host. You read and decide it here.')
  if (now < place.week.opensAt) throw new NotAllowed('There is nothing to look back on yet.')
  return place
}

async function keep(
  tx: Writer,
  by: Reflecting,
  { answers, window }: { answers: Answer[]; window: WritingWindow | null },
): Promise<Reflection> {
  const { reflection, week, host } = await placeToWrite(tx, by)
  const tooLong = answers.flatMap(({ text }, at) =>
    text.length > LONGEST_ANSWER
      ? [
          [
            `answer-${at + 1}-text`,
            `This has more than ${LONGEST_ANSWER.toLocaleString('en-GB')} characters.`,
          ],
        ]
      : [],
  )
  if (tooLong.length > 0) throw new Refused(Object.fromEntries(tooLong) as Record<string, string>)
  const { now } = by
  if (!reflection) {
    const row = { weekHostId: host.id, weekId: week.id, state: 'writing' as const, answers, changedAt: now }
    return insertReflection(tx, { ...row, writtenIn: window && { ...window, since: null } })
  }
  if (!OPEN_REFLECTIONS.includes(reflection.state))
    throw new Faster('It waits for a decision. Take it back to write on.')
  const same = goesOn(reflection.writtenIn, window)
  if (same && window!.turn <= reflection.writtenIn!.turn) return reflection // it arrived late
  if (isDeepStrictEqual(answered(answers), answered(withoutAims(reflection.answers)))) return reflection
  const seen = { weekHostId: host.id, version: same ? reflection.version : by.version }
  const kept = await changeReflection(tx, seen, OPEN_REFLECTIONS, {
    answers,
    // What was asked for is on its way; what was decided stands until something else is said.
    state: reflection.state === 'changes-requested' ? 'changes-requested' : 'writing',
    changedAt: now,
    writtenIn: window && { ...window, since: null },
  })
  if (!kept) throw new Faster(CHANGED)
  return kept
}
