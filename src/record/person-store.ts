import { and, asc, eq, inArray, isNull, ne, notInArray } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import {
  absences,
  accounts,
  activity,
  agreements,
  decisions,
  draftComments,
  draftRevisions,
  drafts,
  mails,
  passkeys,
  people,
  reflections,
  roles,
  sessions,
  signInLinks,
  weekAims,
  weekHosts,
  weeks,
} from '../db/schema/index.ts'

/** Everything that is kept about somebody, under the names of what it is. Secrets are left out: no key, no link, no session. */
export async function readPerson(read: Reader, id: string) {
  const [person] = await read
    .select({ name: people.name, email: people.email, since: people.createdAt })
    .from(people)
    .where(eq(people.id, id))
  const account = accounts.handle
  return {
    person: person ?? null,
    places: await read
      .select({ account, role: roles.role })
      .from(roles)
      .innerJoin(accounts, eq(accounts.id, roles.accountId))
      .where(eq(roles.personId, id)),
    daysAway: await read
      .select({ account, from: absences.beginsAt, until: absences.endsAt })
      .from(absences)
      .innerJoin(accounts, eq(accounts.id, absences.accountId))
      .where(eq(absences.personId, id)),
    passkeys: await read
      .select({ name: passkeys.name, added: passkeys.createdAt, used: passkeys.usedAt })
      .from(passkeys)
      .where(eq(passkeys.personId, id)),
    signedInUntil: (
      await read.select({ until: sessions.expiresAt }).from(sessions).where(eq(sessions.personId, id))
    ).map(({ until }) => until),
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
        ended: weekHosts.endedAt,
      })
      .from(weekHosts)
      .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
      .innerJoin(accounts, eq(accounts.id, weeks.accountId))
      .where(eq(weekHosts.personId, id))
      .orderBy(asc(weeks.slot)),
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
      .where(eq(weekHosts.personId, id)),
    aims: await read
      .select({ week: weeks.slot, aims: weekAims.aims })
      .from(weekAims)
      .innerJoin(weekHosts, eq(weekHosts.id, weekAims.weekHostId))
      .innerJoin(weeks, eq(weeks.id, weekAims.weekId))
      .where(eq(weekHosts.personId, id)),
    agreements: await read
      .select({
        houseRules: agreements.text,
        number: agreements.number,
        as: agreements.name,
        signed: agreements.signedAt,
      })
      .from(agreements)
      .where(eq(agreements.personId, id)),
    drafts: await read
      .select({ id: drafts.id, account, state: drafts.state, content: drafts.content, at: drafts.createdAt })
      .from(drafts)
      .innerJoin(accounts, eq(accounts.id, drafts.accountId))
      .where(eq(drafts.authorId, id))
      .orderBy(asc(drafts.createdAt)),
    revisions: await read
      .select({
        draft: draftRevisions.draftId,
        number: draftRevisions.number,
        content: draftRevisions.content,
        at: draftRevisions.at,
      })
      .from(draftRevisions)
      .where(eq(draftRevisions.authorId, id))
      .orderBy(asc(draftRevisions.at)),
    decisions: await read
      .select({
        draft: decisions.draftId,
        decision: decisions.kind,
        comment: decisions.comment,
        at: decisions.at,
      })
      .from(decisions)
      .where(eq(decisions.personId, id))
      .orderBy(asc(decisions.at)),
    comments: await read
      .select({ draft: draftComments.draftId, text: draftComments.text, at: draftComments.at })
      .from(draftComments)
      .where(eq(draftComments.personId, id))
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
      .where(and(eq(mails.personId, id), ne(mails.kind, 'sign-in')))
      .orderBy(asc(mails.createdAt)),
    record: await read
      .select({ did: activity.kind, details: activity.details, at: activity.at })
      .from(activity)
      .where(eq(activity.personId, id))
      .orderBy(asc(activity.id)),
  }
}

/** First days of the weeks that somebody hosts and that are not over. */
export async function weeksAhead(read: Reader, personId: string, now: Date): Promise<string[]> {
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
      ),
    )
    .orderBy(asc(weeks.slot))
  return rows.filter(({ closesAt }) => closesAt > now).map(({ slot }) => slot)
}

/** Accounts whose only lead somebody is. */
export async function ledAlone(read: Reader, personId: string): Promise<string[]> {
  const leads = await read
    .select({ personId: roles.personId, accountId: roles.accountId, handle: accounts.handle })
    .from(roles)
    .innerJoin(accounts, eq(accounts.id, roles.accountId))
    .where(and(eq(roles.role, 'lead'), isNull(accounts.retiredAt)))
  return leads
    .filter((one) => one.personId === personId)
    .filter(({ accountId }) => leads.filter((other) => other.accountId === accountId).length === 1)
    .map(({ handle }) => handle)
}

export async function isOnlyOwner(read: Reader, personId: string): Promise<boolean> {
  const owners = await read.select({ id: people.id }).from(people).where(eq(people.owner, true))
  return owners.length === 1 && owners[0]!.id === personId
}

/**
 * Deletes what only served to reach somebody and to let them in, and what they said of themselves for weeks that never took
 * place. Their name stays with what they did; mails that went to them stay as a fact, without address and words.
 */
export async function erasePerson(tx: Writer, id: string, now: Date): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.personId, id))
  await tx.delete(signInLinks).where(eq(signInLinks.personId, id))
  await tx.delete(passkeys).where(eq(passkeys.personId, id))
  await tx.delete(roles).where(eq(roles.personId, id))
  await tx.delete(absences).where(eq(absences.personId, id))
  await tx.update(absences).set({ deputyId: null, lendsPowers: false }).where(eq(absences.deputyId, id))
  await tx
    .delete(mails)
    .where(and(eq(mails.personId, id), inArray(mails.state, ['planned', 'held', 'queued', 'failed'])))
  await tx.update(mails).set({ to: '', text: '', calendar: null, items: null }).where(eq(mails.personId, id))
  const hostings = await tx
    .select({ host: weekHosts, opensAt: weeks.opensAt })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(eq(weekHosts.personId, id))
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
  await tx
    .update(people)
    .set({ email: `address deleted, ${id}`, owner: false, deletedAt: now })
    .where(eq(people.id, id))
}
