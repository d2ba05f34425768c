import { and, asc, desc, eq, inArray, isNull, ne, notInArray } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Reader, Writer } from '../db/database.ts'
import {
  absences,
  accounts,
  activity,
  addressTroubles,
  agreements,
  decisions,
  draftComments,
  draftRevisions,
  drafts,
  erasedPeople,
  mails,
  passkeys,
  people,
  reflections,
  roles,
  sessions,
  signInLinks,
  standbys,
  swaps,
  swapSides,
  weekAims,
  weekHosts,
  weeks,
} from '../db/schema/index.ts'
import { findTrouble, seenFrom } from '../mail/addresses.ts'

/** Who somebody is, since when, and how they sign in, which is theirs and no account’s. Secrets are left out: no key, no link, no session. */
export async function readSelf(read: Reader, id: string) {
  const [person] = await read
    .select({ name: people.name, email: people.email, since: people.createdAt })
    .from(people)
    .where(eq(people.id, id))
  return {
    person: person ?? null,
    passkeys: await read
      .select({ name: passkeys.name, added: passkeys.createdAt, used: passkeys.usedAt })
      .from(passkeys)
      .where(eq(passkeys.personId, id)),
    ...(await readMailTrouble(read, id)),
    signedInUntil: (
      await read.select({ until: sessions.expiresAt }).from(sessions).where(eq(sessions.personId, id))
    ).map(({ until }) => until),
  }
}

/**
 * Since when mail to somebody comes back, and what was said of it; null while it reaches them. For an account: without the words
 * that were typed at the desk of another one.
 */
export async function readMailTrouble(read: Reader, id: string, accountId?: string) {
  const trouble = await findTrouble(read, id)
  if (!trouble) return { mailComesBack: null }
  const { since, words } = accountId === undefined ? trouble : seenFrom(accountId, trouble)
  return { mailComesBack: { since, words } }
}

/** Everything that is kept of what somebody has to do with accounts, or with one of them, under the names of what it is. */
export async function readAtAccounts(read: Reader, id: string, accountId?: string) {
  const account = accounts.handle
  const at = (column: SQLiteColumn) => (accountId === undefined ? undefined : eq(column, accountId))
  return {
    places: await read
      .select({ account, role: roles.role })
      .from(roles)
      .innerJoin(accounts, eq(accounts.id, roles.accountId))
      .where(and(eq(roles.personId, id), at(roles.accountId))),
    daysAway: await read
      .select({ account, from: absences.beginsAt, until: absences.endsAt })
      .from(absences)
      .innerJoin(accounts, eq(accounts.id, absences.accountId))
      .where(and(eq(absences.personId, id), at(absences.accountId))),
    weeks: await read
      .select({
        account,
        firstDay: weeks.slot,
        state: weeks.state,
        theme: weeks.theme,
        name: weekHosts.name,
        handle: weekHosts.handle,
        job: weekHosts.job,
        organisation: weekHosts.organisation,
        site: weekHosts.site,
        region: weekHosts.region,
        biography: weekHosts.biography,
        signOff: weekHosts.signOff,
        invited: weekHosts.invitedAt,
        accepted: weekHosts.acceptedAt,
        declined: weekHosts.declinedAt,
        declinedWords: weekHosts.declinedWords,
        movedWords: weekHosts.movedWords,
        ended: weekHosts.endedAt,
      })
      .from(weekHosts)
      .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
      .innerJoin(accounts, eq(accounts.id, weeks.accountId))
      .where(and(eq(weekHosts.personId, id), at(weeks.accountId)))
      .orderBy(asc(weeks.slot)),
    swaps: await read
      .select({
        account,
        firstDay: swapSides.slot,
        asked: swaps.askedAt,
        words: swaps.reason,
        agreed: swapSides.agreedAt,
        state: swaps.state,
      })
      .from(swapSides)
      .innerJoin(swaps, eq(swaps.id, swapSides.swapId))
      .innerJoin(weekHosts, eq(weekHosts.id, swapSides.weekHostId))
      .innerJoin(accounts, eq(accounts.id, swaps.accountId))
      .where(and(eq(weekHosts.personId, id), at(swaps.accountId)))
      .orderBy(asc(swaps.askedAt)),
    reflections: await read
      .select({
        week: weeks.slot,
        state: reflections.state,
        answers: reflections.answers,
        approved: reflections.approved,
      })
      .from(reflections)
      .innerJoin(weekHosts, eq(weekHosts.id, reflections.weekHostId))
      .innerJoin(weeks, eq(weeks.id, reflections.weekId))
      .where(and(eq(weekHosts.personId, id), at(weeks.accountId))),
    aims: await read
      .select({ week: weeks.slot, aims: weekAims.aims })
      .from(weekAims)
      .innerJoin(weekHosts, eq(weekHosts.id, weekAims.weekHostId))
      .innerJoin(weeks, eq(weeks.id, weekAims.weekId))
      .where(and(eq(weekHosts.personId, id), at(weeks.accountId))),
    agreements: await read
      .select({
        houseRules: agreements.text,
        number: agreements.number,
        as: agreements.name,
        signed: agreements.signedAt,
      })
      .from(agreements)
      .innerJoin(weekHosts, eq(weekHosts.id, agreements.weekHostId))
      .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
      .where(and(eq(agreements.personId, id), at(weeks.accountId))),
    drafts: await read
      .select({ id: drafts.id, account, state: drafts.state, content: drafts.content, at: drafts.createdAt })
      .from(drafts)
      .innerJoin(accounts, eq(accounts.id, drafts.accountId))
      .where(and(eq(drafts.authorId, id), at(drafts.accountId)))
      .orderBy(asc(drafts.createdAt)),
    revisions: await read
      .select({
        draft: draftRevisions.draftId,
        number: draftRevisions.number,
        content: draftRevisions.content,
        at: draftRevisions.at,
      })
      .from(draftRevisions)
      .innerJoin(drafts, eq(drafts.id, draftRevisions.draftId))
      .where(and(eq(draftRevisions.authorId, id), at(drafts.accountId)))
      .orderBy(asc(draftRevisions.at)),
    decisions: await read
      .select({
        draft: decisions.draftId,
        decision: decisions.kind,
        comment: decisions.comment,
        at: decisions.at,
      })
      .from(decisions)
      .innerJoin(drafts, eq(drafts.id, decisions.draftId))
      .where(and(eq(decisions.personId, id), at(drafts.accountId)))
      .orderBy(asc(decisions.at)),
    comments: await read
      .select({ draft: draftComments.draftId, text: draftComments.text, at: draftComments.at })
      .from(draftComments)
      .innerJoin(drafts, eq(drafts.id, draftComments.draftId))
      .where(and(eq(draftComments.personId, id), at(drafts.accountId)))
      .orderBy(asc(draftComments.at)),
    mails: await read
      .select({
        kind: mails.kind,
        subject: mails.subject,
        text: mails.text,
        state: mails.state,
        at: mails.createdAt,
      })
      .from(mails)
      .where(and(eq(mails.personId, id), ne(mails.kind, 'sign-in'), at(mails.accountId)))
      .orderBy(asc(mails.createdAt)),
    record: await read
      .select({ did: activity.kind, details: activity.details, at: activity.at })
      .from(activity)
      .where(and(eq(activity.personId, id), at(activity.accountId)))
      .orderBy(asc(activity.id)),
  }
}

/** First days of the weeks that somebody hosts and that are not over, of all accounts or of one. */
export async function weeksAhead(
  read: Reader,
  personId: string,
  now: Date,
  accountId?: string,
): Promise<string[]> {
  const rows = await read
    .select({ slot: weeks.slot, closesAt: weeks.closesAt })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(
      and(
        eq(weekHosts.personId, personId),
        isNull(weekHosts.endedAt),
        isNull(weekHosts.declinedAt),
        notInArray(weeks.state, ['cancelled', 'closed']),
        accountId === undefined ? undefined : eq(weeks.accountId, accountId),
      ),
    )
    .orderBy(asc(weeks.slot))
  return rows.filter(({ closesAt }) => closesAt > now).map(({ slot }) => slot)
}

/** Accounts whose only lead somebody is: their ids and handles. */
export async function ledAlone(
  read: Reader,
  personId: string,
): Promise<{ accountId: string; handle: string }[]> {
  const leads = await read
    .select({ personId: roles.personId, accountId: roles.accountId, handle: accounts.handle })
    .from(roles)
    .innerJoin(accounts, eq(accounts.id, roles.accountId))
    .where(and(eq(roles.role, 'lead'), isNull(accounts.retiredAt)))
  return leads
    .filter((one) => one.personId === personId)
    .filter(({ accountId }) => leads.filter((other) => other.accountId === accountId).length === 1)
    .map(({ accountId, handle }) => ({ accountId, handle }))
}

export async function isOnlyOwner(read: Reader, personId: string): Promise<boolean> {
  const owners = await read.select({ id: people.id }).from(people).where(eq(people.owner, true))
  return owners.length === 1 && owners[0]!.id === personId
}

/** Somebody as an account knows them; undefined for people who never had to do with it. */
export async function findOfAccount(
  read: Reader,
  { accountId, id }: { accountId: string; id: string },
): Promise<{ name: string; email: string; erased: boolean } | undefined> {
  const [person] = await read.select().from(people).where(eq(people.id, id))
  if (!person) return undefined
  const [place] = await read
    .select({ called: roles.called })
    .from(roles)
    .where(and(eq(roles.personId, id), eq(roles.accountId, accountId)))
  const [hosting] = await read
    .select({ called: weekHosts.name })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(and(eq(weekHosts.personId, id), eq(weeks.accountId, accountId)))
    .orderBy(desc(weekHosts.createdAt))
    .limit(1)
  const [standby] = await read
    .select({ called: standbys.name })
    .from(standbys)
    .where(and(eq(standbys.personId, id), eq(standbys.accountId, accountId)))
  const [lent] = await read
    .select({ called: absences.deputyCalled })
    .from(absences)
    .where(and(eq(absences.deputyId, id), eq(absences.accountId, accountId)))
  const [did] = await read
    .select({ id: activity.id })
    .from(activity)
    .where(and(eq(activity.personId, id), eq(activity.accountId, accountId)))
    .limit(1)
  const known = place ?? hosting ?? standby ?? lent ?? (did && { called: null })
  if (!known) return undefined
  const [erased] = await read
    .select({ at: erasedPeople.at })
    .from(erasedPeople)
    .where(and(eq(erasedPeople.personId, id), eq(erasedPeople.accountId, accountId)))
  return {
    name: known.called ?? person.name,
    email: person.email,
    erased: erased !== undefined || person.deletedAt !== null,
  }
}

/** Every account that has anything to do with somebody, or had. */
export async function accountsAround(read: Reader, id: string): Promise<string[]> {
  const found = [
    ...(await read.select({ at: roles.accountId }).from(roles).where(eq(roles.personId, id))),
    ...(await read
      .selectDistinct({ at: weeks.accountId })
      .from(weekHosts)
      .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
      .where(eq(weekHosts.personId, id))),
    ...(await read.selectDistinct({ at: drafts.accountId }).from(drafts).where(eq(drafts.authorId, id))),
    ...(await read.selectDistinct({ at: mails.accountId }).from(mails).where(eq(mails.personId, id))),
    ...(await read
      .selectDistinct({ at: activity.accountId })
      .from(activity)
      .where(eq(activity.personId, id))),
  ]
  return [...new Set(found.flatMap(({ at }) => at ?? []))]
}

/** Whether anything but one account still has to do with somebody, who needs to sign in there. */
export async function isNeededElsewhere(read: Reader, id: string, accountId: string): Promise<boolean> {
  const [person] = await read.select({ owner: people.owner }).from(people).where(eq(people.id, id))
  if (person?.owner) return true
  const erased = read
    .select({ accountId: erasedPeople.accountId })
    .from(erasedPeople)
    .where(eq(erasedPeople.personId, id))
  const elsewhere = (column: SQLiteColumn) => and(ne(column, accountId), notInArray(column, erased))
  const counts = [
    await read.$count(roles, and(eq(roles.personId, id), elsewhere(roles.accountId))),
    await read.$count(standbys, and(eq(standbys.personId, id), elsewhere(standbys.accountId))),
    await read.$count(absences, and(eq(absences.deputyId, id), elsewhere(absences.accountId))),
    (
      await read
        .select({ id: weekHosts.id })
        .from(weekHosts)
        .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
        .where(and(eq(weekHosts.personId, id), elsewhere(weeks.accountId)))
        .limit(1)
    ).length,
  ]
  return counts.some((count) => count > 0)
}

/**
 * Deletes what let somebody in, at every account. Their name stays with what they did.
 * @see eraseAtAccounts for what accounts keep of them.
 */
export async function eraseSelf(tx: Writer, id: string, now: Date): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.personId, id))
  await tx.delete(signInLinks).where(eq(signInLinks.personId, id))
  await tx.delete(passkeys).where(eq(passkeys.personId, id))
  await tx.delete(addressTroubles).where(eq(addressTroubles.personId, id))
  await tx
    .delete(mails)
    .where(and(eq(mails.personId, id), isNull(mails.accountId), inArray(mails.state, UNSENT)))
  await tx
    .update(mails)
    .set(WITHOUT_WORDS)
    .where(and(eq(mails.personId, id), isNull(mails.accountId)))
  await tx
    .update(people)
    .set({ email: `address deleted, ${id}`, owner: false, deletedAt: now })
    .where(eq(people.id, id))
}

/**
 * Deletes what only served to reach somebody for accounts, or for one of them, and what they said of themselves for weeks that
 * never took place. Their name stays with what they did; mails that went to them stay as a fact, without address and words.
 */
export async function eraseAtAccounts(tx: Writer, id: string, accountId?: string): Promise<void> {
  const at = (column: SQLiteColumn) => (accountId === undefined ? undefined : eq(column, accountId))
  await tx.delete(roles).where(and(eq(roles.personId, id), at(roles.accountId)))
  await tx.delete(absences).where(and(eq(absences.personId, id), at(absences.accountId)))
  await tx
    .update(absences)
    .set({ deputyId: null, deputyCalled: null, lendsPowers: false })
    .where(and(eq(absences.deputyId, id), at(absences.accountId)))
  const theirMails = and(eq(mails.personId, id), at(mails.accountId))
  await tx.delete(mails).where(and(theirMails, inArray(mails.state, UNSENT)))
  await tx.update(mails).set(WITHOUT_WORDS).where(theirMails)
  const hostings = await tx
    .select({ host: weekHosts, opensAt: weeks.opensAt })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(and(eq(weekHosts.personId, id), at(weeks.accountId)))
  const never = hostings.filter(
    ({ host, opensAt }) => host.declinedAt !== null || (host.endedAt !== null && host.endedAt < opensAt),
  )
  await tx
    .update(weekHosts)
    .set({
      handle: '',
      job: '',
      organisation: '',
      site: '',
      region: '',
      biography: '',
      portraitHash: null,
      declinedWords: null,
    })
    .where(
      inArray(
        weekHosts.id,
        never.map(({ host }) => host.id),
      ),
    )
  const theirs = hostings.map(({ host }) => host.id)
  // Why they were to have other days may be about them.
  await tx.update(weekHosts).set({ movedWords: null }).where(inArray(weekHosts.id, theirs))
  const asked = await tx
    .selectDistinct({ id: swapSides.swapId })
    .from(swapSides)
    .where(inArray(swapSides.weekHostId, theirs))
  await tx
    .update(swaps)
    .set({ reason: '' })
    .where(
      inArray(
        swaps.id,
        asked.map((one) => one.id),
      ),
    )
}

const UNSENT = ['planned', 'held', 'queued', 'failed'] as const
const WITHOUT_WORDS = { to: '', text: '', calendar: null, items: null }

/** An account has no address of somebody any more, though another one does. */
export async function markErased(
  tx: Writer,
  erased: { accountId: string; personId: string; at: Date },
): Promise<void> {
  await tx.insert(erasedPeople).values(erased).onConflictDoNothing()
}
