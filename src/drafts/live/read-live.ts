import { findAccount, type Account } from '../../accounts/accounts.ts'
import type { Clock } from '../../clock.ts'
import type { Reader } from '../../db/database.ts'
import { NotFound } from '../../errors.ts'
import { findImages, type Image } from '../../images/images.ts'
import { decidersAt } from '../../people/people.ts'
import { mayDecide, type Actor } from '../../people/person.ts'
import { deliveriesOfDrafts, heldAside, type Delivery } from '../../publishing/deliveries.ts'
import { postingLimit, type PostingLimit } from '../../publishing/posting-limit.ts'
import type { LiveWindow } from '../../rota/live-window.ts'
import { liveWindowsOf } from '../../rota/live-windows.ts'
import { findWeekFor, type Week, type WeekHost } from '../../rota/weeks.ts'
import { checkDrafts, type CheckedWords } from '../checks/check-draft.ts'
import { findDecidables, freezeDecidable } from '../decide-draft.ts'
import { maySeeDraft } from '../draft.ts'
import { fingerprint } from '../freeze.ts'
import { liveDraftsOfWeek, type Draft } from '../store.ts'

/** What somebody sees of a live week: as its host, or as who approves and stops. */
export interface LiveWeek {
  account: Account
  week: Week
  host: WeekHost | null
  windows: LiveWindow[]
  posts: LivePost[]
  images: Image[]
  /** First names come from here: who approves. */
  deciders: string[]
  /** How many scheduled posts are held for what is posted live. */
  stepped: number
  /** While X takes no posts. */
  limit: PostingLimit | null
}

export interface LivePost {
  draft: Draft
  /** The latest delivery of it. */
  delivery: Delivery | undefined
  /** What approving would freeze; null where it does not wait, or not for this person. */
  fingerprint: string | null
  /** This person wrote in it. */
  ownWork: boolean
  /** What the account’s checks find in it; null once it has gone out. */
  checked: CheckedWords | null
}

/** So many of what was posted live are shown. */
const MOST_SHOWN = 40

/** @throws NotFound for a week that is not there, not for this person, or that nobody hosts on purpose. */
export async function readLive(
  read: Reader,
  { weekId, actor, clock }: { weekId: string; actor: Actor; clock: Clock },
): Promise<LiveWeek> {
  const { week, host } = await findWeekFor(read, weekId, actor)
  if (week.kind === 'hiatus' || week.state === 'cancelled') throw new NotFound()
  const drafts = (await liveDraftsOfWeek(read, weekId, MOST_SHOWN)).filter((draft) =>
    maySeeDraft(actor, draft),
  )
  const deliveries = await deliveriesOfDrafts(
    read,
    drafts.map(({ id }) => id),
  )
  const deliveryOf = (draft: Draft) => deliveries.findLast(({ draftId }) => draftId === draft.id)
  const waiting = drafts.filter(({ state }) => state === 'submitted')
  const decidables = mayDecide(actor, week.accountId) ? await findDecidables(read, waiting, actor) : []
  const open = drafts.filter(
    (draft) =>
      draft.state === 'submitted' || (draft.state === 'approved' && deliveryOf(draft)?.state === 'waiting'),
  )
  const checks = await checkDrafts(read, week.accountId, open, clock.now())
  const posts = drafts.map((draft): LivePost => {
    const decidable = decidables.find((one) => one.draft.id === draft.id)
    return {
      draft,
      delivery: deliveryOf(draft),
      fingerprint: decidable ? fingerprint(freezeDecidable(decidable)) : null,
      ownWork: decidable?.ownWork ?? false,
      checked: checks[open.indexOf(draft)] ?? null,
    }
  })
  const account = (await findAccount(read, week.accountId))!
  return {
    account,
    limit: await postingLimit(read, account, clock),
    week,
    host,
    windows: await liveWindowsOf(read, weekId),
    posts,
    images: await findImages(
      read,
      drafts.flatMap(({ content }) => content.parts.flatMap(({ images }) => images.map(({ hash }) => hash))),
    ),
    stepped: (await heldAside(read, weekId)).filter(({ position }) => position === 0).length,
    deciders: (await decidersAt(read, week.accountId, clock.now())).map(({ person }) => person.name),
  }
}
