import {
  countEntries,
  latestCheck,
  listEntries,
  peopleOnRecord,
  type EntryFilter,
  type RecordCheck,
  type RecordedActivity,
} from '../activity/activities.ts'
import { findAccount, type Account } from '../accounts/accounts.ts'
import { ACTIVITY_KINDS, type ActivityKind } from '../activity/activity.ts'
import { addDays, instantOf } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { findDrafts } from '../drafts/drafts.ts'
import { firstWords } from '../drafts/first-words.ts'
import { forgottenOf } from '../listening/forgotten.ts'
import { findPeople, lentPowers, type NamedAbsence, type Person } from '../people/people.ts'
import { deskOf, type Actor } from '../people/person.ts'
import { listWeeks, type HostedWeek } from '../rota/weeks.ts'

export const ENTRIES_A_PAGE = 50

/** What the page can be asked to show only, and the kinds that belong to it. */
export const ABOUT = {
  decisions: kindsOf(
    /^(draft\.(submitted|approved|changes-requested|declined|withdrawn|answered|named|unnamed|passed)|answer\.(written|approved|declined|retired))$/,
  ),
  posts: kindsOf(/^(delivery|post|help|removal)\.|^answer\.sent$/),
  weeks: kindsOf(/^(week|host|candidate)\./),
  stories: kindsOf(/^recap\./),
  account: kindsOf(/^(account|person|installation|record)\./),
} satisfies Record<string, ActivityKind[]>
export type About = keyof typeof ABOUT

/** What somebody asked for; `by` is a person's id, or `app` for what happened by itself. */
export interface Asked {
  week?: string | undefined
  by?: string | undefined
  about?: About | undefined
  /** Days, both included. */
  from?: string | undefined
  to?: string | undefined
  /** The entry that the page before ended with. */
  before?: number | undefined
}

export interface RecordRead {
  account: Account
  asked: Asked
  entries: RecordedActivity[]
  /** Where the page after this one begins, when there is one. */
  next: number | null
  total: number
  /** Of everybody who ever did something for the account. */
  people: Person[]
  /** Whose powers were lent to whom, ever. */
  lent: NamedAbsence[]
  weeks: HostedWeek[]
  /** What drafts are called now, for entries that don't say it. */
  draftWords: Map<string, string>
  /** When the record was looked through last, and how it stood. */
  check: RecordCheck | undefined
}

/** A page of the account's record, for its leads and approvers. @throws NotFound for people who only host. */
export async function readRecord(
  read: Reader,
  { actor, asked }: { actor: Actor; asked: Asked },
): Promise<RecordRead> {
  const accountId = deskOf(actor)
  const account = (await findAccount(read, accountId))!
  const filter = filterOf(account, asked)
  const found = await listEntries(read, filter, { before: asked.before, most: ENTRIES_A_PAGE + 1 })
  // The record itself stays as it was written; whom an account forgot is not named on its page.
  const { mask } = await forgottenOf(read, accountId)
  const entries = mask(found.slice(0, ENTRIES_A_PAGE))
  const draftIds = new Set(
    entries.flatMap(({ draftId, details }) => (draftId && !details['words'] ? [draftId] : [])),
  )
  const drafts = await findDrafts(read, [...draftIds])
  return {
    account,
    asked,
    entries,
    next: found.length > entries.length ? entries.at(-1)!.id : null,
    total: await countEntries(read, filter),
    people: await findPeople(read, await peopleOnRecord(read, accountId)),
    lent: await lentPowers(read, accountId),
    weeks: await listWeeks(read, accountId, '0000-01-01', '9999-12-31'),
    check: await latestCheck(read),
    draftWords: new Map(drafts.map(({ id, content }) => [id, firstWords(content)])),
  }
}

function filterOf({ id, timeZone }: Account, { week, by, about, from, to }: Asked): EntryFilter {
  return {
    accountId: id,
    weekId: week,
    personId: by === 'app' ? null : by,
    kinds: about && ABOUT[about],
    from: from === undefined ? undefined : instantOf(from, '00:00', timeZone),
    until: to === undefined ? undefined : instantOf(addDays(to, 1), '00:00', timeZone),
  }
}

function kindsOf(pattern: RegExp): ActivityKind[] {
  return ACTIVITY_KINDS.filter((kind) => pattern.test(kind))
}
