import { latestCheck, type RecordedActivity } from '../activity/activities.ts'
import { findAccount, type Account } from '../accounts/accounts.ts'
import { addDays, instantOf } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { NotAllowed, NotFound } from '../errors.ts'
import { firstWords } from '../drafts/first-words.ts'
import { forgottenOf } from '../listening/forgotten.ts'
import { deskOf, isLead, type Actor } from '../people/person.ts'
import {
  aboutDrafts,
  aboutWeeks,
  draftsInScope,
  entriesInScope,
  everybody,
  mailsInScope,
  weeksInScope,
  type Scope,
} from './file-store.ts'
import { listWeeks } from '../rota/weeks.ts'
import { entryInWords } from './pages.ts'
import { withoutNames, type Named } from './without-names.ts'

/** What somebody wants a file about; nothing means everything. */
export interface FileAsked {
  week?: string | undefined
  by?: string | undefined
  /** Days, both included. */
  from?: string | undefined
  to?: string | undefined
}

/** Rises when something in the file is called otherwise or is gone. */
const FORMAT = 1

export type RecordFile = Awaited<ReturnType<typeof gather>>

/**
 * Everything that is known of a week, a person or a period of an account, for those who ask for it: a court, an auditor, or
 * the person. With `names` out, people are numbered instead, also inside of texts.
 * @throws NotFound for people who only host and for a week of elsewhere, NotAllowed for all but leads.
 */
export async function recordFile(
  read: Reader,
  { actor, asked, names, now }: { actor: Actor; asked: FileAsked; names: 'in' | 'out'; now: Date },
): Promise<RecordFile> {
  const accountId = deskOf(actor)
  if (!isLead(actor, accountId)) throw new NotAllowed('Only a lead takes the record out as a file.')
  const account = (await findAccount(read, accountId))!
  const { mask } = await forgottenOf(read, accountId)
  const known = mask(await gather(read, account, { asked, names, now }))
  return names === 'in' ? known : withoutNames(known, await namedIn(read, known), account)
}

async function gather(
  read: Reader,
  account: Account,
  { asked, names, now }: { asked: FileAsked; names: 'in' | 'out'; now: Date },
) {
  const { id: accountId, timeZone } = account
  const scope: Scope = {
    accountId,
    weekId: asked.week,
    personId: asked.by,
    from: asked.from === undefined ? undefined : instantOf(asked.from, '00:00', timeZone),
    until: asked.to === undefined ? undefined : instantOf(addDays(asked.to, 1), '00:00', timeZone),
  }
  const weeks = await weeksInScope(read, scope)
  if (asked.week !== undefined && weeks.length === 0) throw new NotFound()
  const entries = await entriesInScope(read, scope, asked.week === undefined ? undefined : weeks[0])
  const drafts = await draftsInScope(read, scope, [
    ...new Set(entries.flatMap(({ draftId }) => draftId ?? [])),
  ])
  const of = await aboutDrafts(
    read,
    drafts.map(({ id }) => id),
  )
  const around = await aboutWeeks(
    read,
    weeks.map(({ id }) => id),
  )
  const mails = await mailsInScope(
    read,
    scope,
    around.hosts.map(({ id }) => id),
  )
  const check = await latestCheck(read)
  const context = {
    account,
    weeks: await listWeeks(read, accountId, '0000-01-01', '9999-12-31'),
    draftWords: new Map(drafts.map(({ id, content }) => [id, firstWords(content)])),
  }
  const nameOf = new Map((await everybody(read)).map(({ id, name }) => [id, name]))
  const who = (personId: string | null) =>
    personId === null ? null : { id: personId, name: nameOf.get(personId) ?? '' }
  return {
    format: FORMAT,
    account: { handle: account.handle, name: account.name, timeZone },
    asked,
    madeAt: now,
    names,
    /** The whole record was looked through then; `hash` is of its newest entry at that moment. */
    checked: check && { at: check.at, entry: check.lastId, hash: check.lastHash, troubles: check.troubles },
    weeks: weeks.map((week) => ({
      ...week,
      events: around.events.filter(({ weekId }) => weekId === week.id),
      hosts: around.hosts
        .filter(({ weekId }) => weekId === week.id)
        .map(({ personId, openedBy, ...host }) => ({
          ...host,
          person: who(personId),
          openedBy: who(openedBy),
          agreements: around.agreements
            .filter(({ weekHostId }) => weekHostId === host.id)
            .map(({ number, text, name, signedAt }) => ({ number, text, name, signedAt })),
          briefing: around.ticks
            .filter(({ weekHostId }) => weekHostId === host.id)
            .map(({ point, tickedBy, tickedAt }) => ({ point, by: who(tickedBy), at: tickedAt })),
        })),
    })),
    drafts: drafts.map(
      ({
        id,
        weekId,
        slot,
        authorId,
        state,
        signOff,
        wishedAt,
        replyTo,
        answering,
        submittedAt,
        createdAt,
      }) => ({
        id,
        weekId,
        slot,
        author: who(authorId),
        state,
        signOff,
        wishedAt,
        replyTo,
        answering,
        submittedAt,
        createdAt,
        revisions: of.revisions
          .filter(({ draftId }) => draftId === id)
          .map(({ number, content, authorId: by, acceptedBy, at }) => ({
            number,
            at,
            author: who(by),
            acceptedBy: who(acceptedBy),
            parts: content.parts,
          })),
        comments: of.comments
          .filter(({ draftId }) => draftId === id)
          .map(({ personId, text, revision, part, suggestion, takenIn, at }) => ({
            at,
            author: who(personId),
            text,
            revision,
            part,
            suggestion,
            takenIn,
          })),
        decisions: of.decisions
          .filter(({ draftId }) => draftId === id)
          .map(({ kind, revision, personId, ground, ownWork, comment, fingerprint, at }) => ({
            kind,
            at,
            person: who(personId),
            revision,
            ground,
            ownWork,
            comment,
            fingerprint,
          })),
        deliveries: of.deliveries
          .filter(({ draftId }) => draftId === id)
          .map(
            ({
              id: deliveryId,
              position,
              parts,
              state,
              queuedAt,
              dueAt,
              payload,
              heldReason,
              trouble,
              networkId,
              postedAt,
            }) => ({
              id: deliveryId,
              part: position + 1,
              parts,
              state,
              queuedAt,
              dueAt,
              payload,
              heldReason,
              trouble,
              networkId,
              postedAt,
              attempts: of.attempts
                .filter((attempt) => attempt.deliveryId === deliveryId)
                .map(({ at, sent, outcome, networkId: answered, trouble: said }) => ({
                  at,
                  sent,
                  outcome,
                  networkId: answered,
                  trouble: said,
                })),
              takenDown: of.removals
                .filter((removal) => removal.deliveryId === deliveryId)
                .map(({ personId, reason, at }) => ({ at, person: who(personId), reason })),
            }),
          ),
      }),
    ),
    mails: mails.map(
      ({ kind, to, personId, subject, text, state, plannedFor, createdAt, sentAt, trouble }) => ({
        kind,
        to,
        person: who(personId),
        subject,
        text,
        state,
        plannedFor,
        createdAt,
        sentAt,
        trouble,
      }),
    ),
    entries: entries.map((entry) => ({
      id: entry.id,
      at: entry.at,
      kind: entry.kind,
      person: who(entry.personId),
      what: entryInWords(entry, context, now),
      weekId: entry.weekId,
      draftId: entry.draftId,
      deliveryId: entry.deliveryId,
      details: entry.details,
      erased: entry.salt === null,
      hash: entry.hash,
    })),
  }
}

/** Everybody who is named in a file, each once, with all that they are called there. */
async function namedIn(read: Reader, file: RecordFile): Promise<Named[]> {
  const named = new Map<string, Named>()
  const of = (key: string): Named => {
    if (!named.has(key)) named.set(key, { id: null, names: [], handles: [], emails: [], signOffs: [] })
    return named.get(key)!
  }
  // Whoever is known here may be named in what somebody wrote, though they did nothing in this file.
  for (const { id, name, email } of await everybody(read)) {
    const one = of(id)
    one.id = id
    one.names.push(name)
    one.emails.push(email)
  }
  for (const { hosts } of file.weeks)
    for (const { person, name, handle, signOff, agreements } of hosts) {
      const one = of(person!.id)
      one.names.push(name, ...agreements.map((signed) => signed.name))
      one.handles.push(handle)
      one.signOffs.push(signOff)
    }
  for (const { author, signOff } of file.drafts) if (author) of(author.id).signOffs.push(signOff)
  for (const { to, person } of file.mails) of(person?.id ?? to).emails.push(to)
  for (const { answering } of file.drafts) {
    if (!answering) continue
    of(`@${answering.handle}`).names.push(answering.name)
    of(`@${answering.handle}`).handles.push(answering.handle)
  }
  for (const entry of file.entries) namedInDetails(entry, of)
  return [...named.values()]
}

/** Details that are names of people, in the kinds that speak of people. */
const OF_PEOPLE =
  /^(person|host|week|swap|standby|post|help|removal|answer|candidate|mail)\.|^account\.profile-changed$/
const NAMES = [
  'name',
  'host',
  'from',
  'to',
  'before',
  'authorName',
  'deputy',
  'one',
  'other',
  'instead',
] as const

function namedInDetails(
  { kind, details }: Pick<RecordedActivity, 'kind' | 'details'>,
  of: (key: string) => Named,
): void {
  if (!OF_PEOPLE.test(kind)) return
  const text = (name: string) => (typeof details[name] === 'string' ? details[name] : '')
  const handle = text('handle') || text('authorHandle')
  if (handle) of(`@${handle}`).handles.push(handle)
  for (const field of NAMES) {
    const name = text(field)
    // A day, or an instant.
    if (name === '' || /^\d{4}-\d\d-\d\d/.test(name)) continue
    of(handle && field === 'name' ? `@${handle}` : `name ${name}`).names.push(name)
  }
}
