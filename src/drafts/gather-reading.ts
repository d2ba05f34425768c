import { randomUUID } from 'node:crypto'
import { findAccount, type Account } from '../accounts/accounts.ts'
import { activityOfDraft } from '../activity/activities.ts'
import type { Reader } from '../db/database.ts'
import { findImages } from '../images/images.ts'
import { findPerson } from '../people/people.ts'
import { mayDecide, type Actor } from '../people/person.ts'
import { brakeTimesOf } from '../publishing/brake-times.ts'
import { deliveriesOfDrafts, type Delivery } from '../publishing/deliveries.ts'
import { postingLimit } from '../publishing/posting-limit.ts'
import { whyNotTakeDown } from '../publishing/delivery.ts'
import { findWeek } from '../rota/weeks.ts'
import type { Deps } from '../web/deps.ts'
import { acceptOf, saidOf } from './beside-draft.ts'
import { findBrakePass } from './brake/brake-pass.ts'
import { checkDraft } from './checks/check-draft.ts'
import { timeLinesOf } from './deliveries/time-lines.ts'
import { mayComment, whyNotWrite } from './draft.ts'
import { findRevision, type Draft } from './drafts.ts'
import { writerInWords } from './on-record.ts'
import { findStoppable } from './policy/stop-draft.ts'
import { readingPage } from './reading-page.ts'
import { draftsThatStand } from './stands-since-copy.ts'

/** The model of `drafts/reading`, with all that it tells. */
export async function gatherReading(
  { db, clock, settings }: Pick<Deps, 'db' | 'clock' | 'settings'>,
  { draft, actor }: { draft: Draft; actor: Actor },
) {
  const account = (await findAccount(db.read, draft.accountId))!
  const moment = {
    zone: account.timeZone,
    now: clock.now(),
    limit: await postingLimit(db.read, account, clock),
    lateAfterMinutes: account.policy.lateAfterMinutes,
  }
  const hashes = draft.content.parts.flatMap(({ images }) => images.map(({ hash }) => hash))
  const deliveries = await deliveriesOfDrafts(db.read, [draft.id])
  const model = readingPage(
    {
      draft,
      account,
      author: await writerInWords(db.read, draft, account),
      words: await lastWordsOf(db.read, draft, account),
      deliveries,
      brakes: await brakeTimesOf(db.read, deliveries),
      timeLines: await timeLinesOf(db.read, deliveries, {
        ...moment,
        forHost: !mayDecide(actor, draft.accountId),
      }),
      takenOff: await takenOff(db.read, draft, deliveries),
      images: await findImages(db.read, hashes),
      said: await saidOf(db.read, { draft, actor }, moment),
      whyNotWrite: whyNotWrite(actor, draft),
      mayDecide: mayDecide(actor, draft.accountId),
      mayComment: mayComment(actor, draft),
      mayTakeDown: settings.practice === undefined && whyNotTakeDown(actor, draft) === null,
      stoppable: await findStoppable(db.read, draft),
      pass: mayDecide(actor, draft.accountId)
        ? await findBrakePass(db.read, { draftId: draft.id, actor, now: clock.now() })
        : null,
      actorId: actor.personId,
      checked: await checkDraft(db.read, draft, clock.now()),
      live: settings.mode === 'live',
      closesAt: draft.weekId === null ? null : ((await findWeek(db.read, draft.weekId))?.closesAt ?? null),
      practising: settings.practice !== undefined,
      stands: await standsOf(db.read, draft, moment),
    },
    moment,
  )
  return { ...model, accept: await acceptOf(db.read, { draft, actor }), commentId: randomUUID() }
}

async function standsOf(read: Reader, draft: Draft, { now }: { now: Date }) {
  if (draft.state === 'approved' || draft.state === 'declined' || draft.state === 'discarded') return null
  const standing = await draftsThatStand(read, [draft], { accountId: draft.accountId, now })
  return standing.get(draft.id) ?? null
}

/** Who took all that was approved off the plan, and when; null where something of it is left, or nothing was approved. */
async function takenOff(read: Reader, { id, state }: Draft, deliveries: Delivery[]) {
  if (state !== 'approved' || deliveries.some((one) => one.state !== 'cancelled')) return null
  const last = (await activityOfDraft(read, id)).findLast(({ kind }) => kind === 'delivery.cancelled')
  if (!last) return null
  const by = last.personId === null ? undefined : await findPerson(read, last.personId)
  return { by: by?.name ?? null, at: last.at }
}

/** Who wrote the words that stand now, and when: decisions and submissions leave them alone. */
async function lastWordsOf(read: Reader, draft: Draft, account: Account) {
  const { id, revision, createdAt } = draft
  const kept = await findRevision(read, id, revision)
  const author = await writerInWords(read, { ...draft, authorId: kept?.authorId ?? draft.authorId }, account)
  return { at: kept?.at ?? createdAt, author, revision }
}
