import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import { addDays, dayInWords, dayOf, daysBetween, instantOf } from '../../calendar.ts'
import type { Database, Reader, Writer } from '../../db/database.ts'
import { Conflict, NotAllowed, NotFound, Refused } from '../../errors.ts'
import { queueMail } from '../../mail/outbox.ts'
import {
  absencesAfter,
  accountsErased,
  accountsHosted,
  endAbsence,
  findOrAddPerson,
  findPerson,
  findPersonByEmail,
  insertAbsence,
  knowAgain,
  listRoles,
  type NamedAbsence,
  type Person,
} from '../../people/people.ts'
import { isLead, type Actor } from '../../people/person.ts'

/** Who stands in: somebody at the desk by their id, anybody by their address, or nobody. */
export type Deputy =
  { kind: 'nobody' } | { kind: 'desk'; id: string } | { kind: 'other'; name: string; email: string }

interface Entering {
  /** Made with the form. */
  id: string
  accountId: string
  personId: string
  /** Both included. */
  firstDay: string
  lastDay: string
  deputy: Deputy
  actor: Actor
  now: Date
  machineNow: Date
  publicUrl: string
}

/** Nobody is away longer than this in one go: a mistyped year would lend powers for as long. */
const MOST_DAYS = 92

/**
 * The account at whose desk the person has a place of their own.
 * @throws NotFound for everybody else, also for those who only stand in: powers that are lent are not lent on.
 */
export async function findAwayDesk(read: Reader, actor: Actor): Promise<Account> {
  const own = actor.roles.find(({ standsInFor }) => standsInFor === undefined)
  const account = own && (await findAccount(read, own.accountId))
  if (!account) throw new NotFound()
  return account
}

/**
 * Enters days on which somebody of the desk is away, and who decides for them: from the first midnight to the last, in the
 * account's zone, the deputy has an approver's powers. Each for themselves; leads for everybody. Sending the form twice
 * enters it once.
 * @throws Refused by field; NotAllowed; NotFound for people who are not at the desk.
 */
export async function enterAbsence(db: Database, entering: Entering): Promise<void> {
  const { id, accountId, personId, firstDay, lastDay, actor, now } = entering
  await db.write(async (tx) => {
    const account = await findAwayDesk(tx, actor)
    if (account.id !== accountId) throw new NotFound()
    const desk = await listRoles(tx, accountId)
    const away = desk.find(({ person }) => person.id === personId)?.person
    if (!away) throw new NotFound()
    if (personId !== actor.personId && !isLead(actor, accountId))
      throw new NotAllowed('Only a lead enters days for somebody else.')
    const zone = account.timeZone
    const begins = instantOf(firstDay, '00:00', zone)
    const beginsAt = begins > now ? begins : now
    const endsAt = instantOf(addDays(lastDay, 1), '00:00', zone)
    refuseDays({ firstDay, lastDay, endsAt, now })
    const others = (await absencesAfter(tx, accountId, beginsAt)).filter((one) => one.beginsAt < endsAt)
    if (others.some((one) => one.id === id)) return
    const same = others.find((one) => one.personId === personId)
    if (same) throw new Refused({ firstDay: `${away.name} is away already: ${spanOf(same, zone, now)}.` })
    const deputy = await findDeputy(tx, { ...entering, away })
    const busy = deputy && others.find((one) => one.personId === deputy.id)
    if (busy) throw new Refused({ deputy: `${deputy.name} is away then too: ${spanOf(busy, zone, now)}.` })
    const lendsPowers = deputy !== null && !desk.some(({ person }) => person.id === deputy.id)
    const entered = await insertAbsence(tx, {
      id,
      accountId,
      personId,
      deputyId: deputy?.id ?? null,
      lendsPowers,
      deputyCalled:
        lendsPowers && deputy.name !== (await findPerson(tx, deputy.id))!.name ? deputy.name : null,
      beginsAt,
      endsAt,
      createdBy: actor.personId,
      createdAt: now,
    })
    if (!entered) return
    await record(tx, {
      accountId,
      kind: 'person.away',
      personId: actor.personId,
      details: { name: away.name, from: firstDay, to: lastDay, deputy: deputy?.name ?? null },
      at: now,
    })
    if (deputy) await tellDeputy(tx, { ...entering, account, away, deputy, span: { beginsAt, endsAt } })
  })
}

/**
 * Ends days away, before they begin or in their middle: the deputy's powers end at that moment. Whoever is away ends them, and leads.
 * @throws NotFound, NotAllowed, Conflict when they are over.
 */
export async function endAwayDays(
  db: Database,
  { id, actor, now, machineNow }: { id: string; actor: Actor; now: Date; machineNow: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const account = await findAwayDesk(tx, actor)
    const found = (await absencesAfter(tx, account.id, now)).find((one) => one.id === id)
    if (!found) throw new Conflict('These days are over already. Nothing was changed.')
    if (found.personId !== actor.personId && !isLead(actor, account.id))
      throw new NotAllowed('Only a lead changes the days of somebody else.')
    // What has not begun never was: it ends as it begins.
    await endAbsence(tx, id, found.beginsAt > now ? found.beginsAt : now)
    await record(tx, {
      accountId: account.id,
      kind: 'person.back',
      personId: actor.personId,
      details: { name: found.person.name, deputy: found.deputy?.name ?? null },
      at: now,
    })
    const { deputy, person } = found
    if (!deputy || deputy.id === actor.personId) return
    await queueMail(tx, {
      accountId: account.id,
      personId: deputy.id,
      kind: 'deputy',
      to: deputy.email,
      subject: `You stand in for ${person.name} no more`,
      text: `Hello ${deputy.name},

${person.name} is back, so you do not decide for @${account.handle} in their place any more. Thank you.
`,
      now,
      machineNow,
    })
  })
}

/** "Monday 23 to Friday 27 November", with both days. */
export function spanOf(
  { beginsAt, endsAt }: Pick<NamedAbsence, 'beginsAt' | 'endsAt'>,
  zone: string,
  now: Date,
): string {
  const today = dayOf(now, zone)
  const [first, last] = [dayOf(beginsAt, zone), dayOf(new Date(endsAt.getTime() - 1), zone)]
  return first === last
    ? dayInWords(first, today)
    : `${dayInWords(first, today)} to ${dayInWords(last, today)}`
}

function refuseDays({
  firstDay,
  lastDay,
  endsAt,
  now,
}: Pick<Entering, 'firstDay' | 'lastDay' | 'now'> & { endsAt: Date }): void {
  if (lastDay < firstDay) throw new Refused({ lastDay: 'The last day lies before the first one.' })
  if (endsAt <= now) throw new Refused({ lastDay: 'These days are over already.' })
  if (daysBetween(firstDay, lastDay) >= MOST_DAYS)
    throw new Refused({ lastDay: `At most ${MOST_DAYS} days in one go.` })
}

async function findDeputy(
  tx: Writer,
  { deputy, away, accountId, actor, now }: Entering & { away: Person },
): Promise<Person | null> {
  if (deputy.kind === 'nobody') return null
  if (deputy.kind === 'desk') {
    const found = (await listRoles(tx, accountId)).find(({ person }) => person.id === deputy.id)
    if (!found)
      throw new Refused({ deputy: 'This person is not at the desk any more. Choose somebody else.' })
    return notThemselves(found.person, away)
  }
  const known = await findPersonByEmail(tx, deputy.email)
  const isOurs = known !== undefined && (await belongsHere(tx, known, accountId))
  if (!isOurs && !isLead(actor, accountId))
    throw new Refused({
      deputyEmail: 'Nobody of this account has this address. A lead can name somebody who is new here.',
    })
  if (known && isOurs) return notThemselves(known, away)
  if (deputy.name === '') throw new Refused({ deputyName: 'Their name is missing.' })
  const person = await findOrAddPerson(tx, { name: deputy.name, email: deputy.email, now })
  await knowAgain(tx, { accountId, personId: person.id })
  return notThemselves({ ...person, name: deputy.name }, away)
}

function notThemselves(deputy: Person, away: Person): Person {
  if (deputy.id !== away.id) return deputy
  throw new Refused({
    deputy: `${away.name} can’t stand in for themselves. Choose somebody else, or nobody.`,
  })
}

async function belongsHere(read: Reader, { id }: Person, accountId: string): Promise<boolean> {
  if ((await listRoles(read, accountId)).some(({ person }) => person.id === id)) return true
  if ((await accountsErased(read, id)).includes(accountId)) return false
  return (await accountsHosted(read, id)).includes(accountId)
}

async function tellDeputy(
  tx: Writer,
  {
    account,
    away,
    deputy,
    span,
    actor,
    now,
    machineNow,
    publicUrl,
  }: Omit<Entering, 'deputy'> & {
    account: Account
    away: Person
    deputy: Person
    span: { beginsAt: Date; endsAt: Date }
  },
): Promise<void> {
  if (deputy.id === actor.personId) return
  const days = spanOf(span, account.timeZone, now)
  await queueMail(tx, {
    accountId: account.id,
    personId: deputy.id,
    kind: 'deputy',
    to: deputy.email,
    subject: `You stand in for ${away.name} at @${account.handle}: ${days}`,
    text: `Hello ${deputy.name},

${away.name} is away on these days: ${days}. ${actor.personId === away.id ? `${away.name} asks` : `${actor.name} asks`} you to stand in. On these days, and only then, you read and decide the drafts of @${account.handle}, can stop what goes out, and get the mails about it.

Sign in with this address: ${publicUrl}/sign-in

If this does not suit you, please tell ${actor.name}, ${actor.email}.
`,
    now,
    machineNow,
  })
}
