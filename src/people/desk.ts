import { record } from '../activity/record.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { Conflict, NotAllowed, NotFound, Refused } from '../errors.ts'
import { accountsReaching, leaveAddress } from '../mail/addresses.ts'
import { queueMail } from '../mail/outbox.ts'
import { accountsLent, endStandingIn } from './absences-store.ts'
import { deletePasskeysOf } from './passkeys-store.ts'
import { isLead, mayDecide, normaliseEmail, type Actor, type Role } from './person.ts'
import {
  accountsCalling,
  accountsHosted,
  deleteRole,
  deleteSessionsOf,
  deleteSignInLinksOf,
  findOrAddPerson,
  findPerson,
  findPersonByEmail,
  listRoles,
  rolesOf,
  setCalled,
  setRole,
  updatePerson,
  type Person,
} from './store.ts'

/** @throws NotFound for people from elsewhere, NotAllowed for approvers. */
export function requireLead(actor: Actor, accountId: string): void {
  if (!mayDecide(actor, accountId)) throw new NotFound()
  if (!isLead(actor, accountId)) throw new NotAllowed('Only a lead can change who is at the desk.')
}

/**
 * Gives somebody a place at an account's desk; a person with this address is taken as they are, else made. They sign in with
 * their address. Until they come they are called here as it was typed: what they are called elsewhere is theirs to tell.
 * @throws Refused when they have one, NotAllowed for everybody but leads.
 */
export async function addToDesk(
  db: Database,
  {
    accountId,
    handle,
    name,
    email,
    role,
    actor,
    ...telling
  }: { accountId: string; handle: string; name: string; email: string; role: Role; actor: Actor } & Telling,
): Promise<Person> {
  requireLead(actor, accountId)
  const { now } = telling
  return db.write(async (tx) => {
    const known = await findOrAddPerson(tx, { name, email, now })
    const has = (await listRoles(tx, accountId)).find(({ person }) => person.id === known.id)
    if (has)
      throw new Refused({ email: `${has.person.name} is at this desk already, as ${ROLE_WORDS[has.role]}.` })
    await setRole(tx, known.id, accountId, role)
    const person = { ...known, name }
    if (name !== known.name) await setCalled(tx, { personId: known.id, accountId, called: name })
    await record(tx, {
      accountId,
      kind: 'person.role-given',
      personId: actor.personId,
      details: { name: person.name, role },
      at: now,
    })
    await inviteToDesk(tx, { accountId, handle, person, role, actor, ...telling })
    return person
  })
}

interface Telling {
  publicUrl: string
  now: Date
  machineNow: Date
}

/** Step: tells somebody by mail that they have a place at a desk. The link holds no secret: they sign in with their address. */
export async function inviteToDesk(
  tx: Writer,
  {
    accountId,
    handle,
    person,
    role,
    asked = false,
    actor,
    publicUrl,
    now,
    machineNow,
  }: {
    accountId: string
    handle: string
    person: Person
    role: Role
    /** Somebody wants it tried, also where mail to the address came back. */
    asked?: boolean
    actor: Actor
  } & Telling,
): Promise<void> {
  await queueMail(tx, {
    accountId,
    personId: person.id,
    kind: 'desk-invitation',
    to: person.email,
    asked,
    subject: `You are ${ROLE_WORDS[role]} of @${handle} now`,
    text: `Hello ${person.name},

${actor.name} gave you a place at the desk of @${handle}, as ${ROLE_WORDS[role]}: ${role === 'lead' ? 'you book weeks, decide drafts and change the account' : 'you decide drafts, and can pull the brake'}.

Sign in here with this address, ${person.email}. There is no password: you get a link by mail each time.
${publicUrl}/today?account=${accountId}

If you did not expect this, please write to ${actor.name}, ${actor.email}.
`,
    now,
    machineNow,
  })
}

/** Somebody has come to a desk, and goes by their own name there from now on. */
export async function arriveAtDesk(
  db: Database,
  whose: { personId: string; accountId: string },
): Promise<void> {
  await db.write((tx) => setCalled(tx, { ...whose, called: null }))
}

/**
 * Changes somebody at the desk: what they are called, their address, what they may do. A new address signs them out, ends
 * the links that the old one was sent, and is refused for people who are at a desk, or host a week, of an account that this lead
 * does not lead, or who look after the installation: whoever reads that mailbox could sign in there. So is another name, which
 * would change it on that account's pages; somebody who has not come yet is called here as this account likes.
 * @throws Refused, NotFound when they are not at the desk (any more).
 */
export async function changeAtDesk(
  db: Database,
  {
    accountId,
    personId,
    name,
    email,
    role,
    actor,
    now,
  }: {
    accountId: string
    personId: string
    name: string
    email: string
    role: Role
    actor: Actor
    now: Date
  },
): Promise<void> {
  requireLead(actor, accountId)
  await db.write(async (tx) => {
    const { person, role: before } = await findAtDesk(tx, accountId, personId)
    if (before === 'lead' && role !== 'lead') await requireAnotherLead(tx, accountId, personId)
    const about = { accountId, personId: actor.personId, at: now }
    if (name !== person.name || normaliseEmail(email) !== person.email) {
      const ownName = (await findPerson(tx, personId))!.name
      const isAwaited = ownName !== person.name
      if (isAwaited) await setCalled(tx, { personId, accountId, called: name })
      else if (name !== person.name && !(await leadsAllOf(tx, person, actor)))
        throw new Refused({ name: `${person.name} ${elsewhere(person)} can change their name.` })
      await changeAddress(tx, person, { name: isAwaited ? ownName : name, email, actor })
      await record(tx, { ...about, kind: 'person.changed', details: { name, before: person.name } })
    }
    if (role === before) return
    await setRole(tx, personId, accountId, role)
    await record(tx, { ...about, kind: 'person.role-given', details: { name, role } })
  })
}

/**
 * Takes somebody's place at the desk. What they did stays on the record; weeks that they host stay theirs.
 * @throws Conflict for the last lead, NotFound when they are not at the desk (any more).
 */
export async function removeFromDesk(
  db: Database,
  { accountId, personId, actor, now }: { accountId: string; personId: string; actor: Actor; now: Date },
): Promise<Person> {
  requireLead(actor, accountId)
  return db.write(async (tx) => {
    const { person, role } = await findAtDesk(tx, accountId, personId)
    if (role === 'lead') await requireAnotherLead(tx, accountId, personId)
    await deleteRole(tx, personId, accountId)
    await endStandingIn(tx, { accountId, personId, now })
    await record(tx, {
      accountId,
      kind: 'person.role-taken',
      personId: actor.personId,
      details: { name: person.name, role },
      at: now,
    })
    return person
  })
}

/**
 * Signs somebody of the desk out everywhere and makes the links that they were sent void, as when a phone was lost.
 * `passkeys`: these are removed too, and they begin with a link by mail; for that one has to lead all that they have to do with,
 * as another account may rely on them.
 * @throws NotFound, NotAllowed for all but leads, Conflict where they have to do with what this lead has no power over.
 */
export async function signOutAtDesk(
  db: Database,
  {
    accountId,
    personId,
    passkeys,
    actor,
    now,
  }: { accountId: string; personId: string; passkeys: boolean; actor: Actor; now: Date },
): Promise<Person> {
  requireLead(actor, accountId)
  return db.write(async (tx) => {
    const { person } = await findAtDesk(tx, accountId, personId)
    if (passkeys && personId === actor.personId)
      throw new Conflict('Your own passkeys you remove on your own page.')
    if (passkeys && !(await leadsAllOf(tx, person, actor)))
      throw new Conflict(`${person.name} ${elsewhere(person)} can remove their passkeys.`)
    const details = { name: person.name }
    const about = { accountId, personId: actor.personId, details, at: now }
    await deleteSignInLinksOf(tx, personId)
    await deleteSessionsOf(tx, personId)
    await record(tx, { ...about, kind: 'person.signed-out' })
    if (passkeys && (await deletePasskeysOf(tx, personId)) > 0)
      await record(tx, { ...about, kind: 'person.passkey-removed' })
    return person
  })
}

/**
 * Step: what somebody is called, and the address that they sign in with. A new address signs them out, and ends the links that
 * the old one was sent.
 * @throws Refused when somebody else has it, or when the person has to do with an account that the actor does not lead, or
 *   looks after the installation and the actor does not.
 */
export async function changeAddress(
  tx: Writer,
  person: Person,
  { name, email, actor }: { name: string; email: string; actor: Actor },
): Promise<void> {
  await requireFreeAddress(tx, person, { email, actor })
  await updatePerson(tx, person.id, { name, email })
  if (normaliseEmail(email) === person.email) return
  await leaveAddress(tx, { personId: person.id, from: person.email, to: normaliseEmail(email) })
  await deleteSignInLinksOf(tx, person.id)
  if (person.id !== actor.personId) await deleteSessionsOf(tx, person.id)
}

/**
 * Step: for what has an effect on every account that needs to reach somebody, such as that they are sent nothing more.
 * @throws Conflict for whoever does not lead all of these. `can`: what they would do, such as “change it”.
 */
export async function requireLeadOfAll(
  tx: Writer,
  person: Person,
  { called, can, actor, now }: { called: string; can: string; actor: Actor; now: Date },
): Promise<void> {
  const all = await accountsReaching(tx, person.id, now)
  if ((person.owner && !actor.owner) || !all.every(({ accountId }) => isLead(actor, accountId)))
    throw new Conflict(`${called} ${elsewhere(person)} can ${can}.`)
}

async function findAtDesk(tx: Writer, accountId: string, personId: string) {
  const found = (await listRoles(tx, accountId)).find(({ person }) => person.id === personId)
  if (!found) throw new NotFound()
  return found
}

async function requireAnotherLead(tx: Writer, accountId: string, personId: string): Promise<void> {
  const others = (await listRoles(tx, accountId)).filter(
    ({ person, role }) => role === 'lead' && person.id !== personId,
  )
  if (others.length === 0)
    throw new Conflict(
      'This is the account’s last lead. Make somebody else a lead first, or nobody could book a week.',
    )
}

async function requireFreeAddress(
  tx: Writer,
  person: Person,
  { email, actor }: { email: string; actor: Actor },
): Promise<void> {
  if (normaliseEmail(email) === person.email) return
  if (await findPersonByEmail(tx, email)) throw new Refused({ email: 'Somebody else has this address.' })
  if (!(await leadsAllOf(tx, person, actor)))
    throw new Refused({
      email: `${person.name} ${elsewhere(person)} can change their address.`,
    })
}

/** Whether the actor leads every account that somebody has to do with, and has their power over the installation. */
async function leadsAllOf(read: Reader, person: Person, actor: Actor): Promise<boolean> {
  if (person.owner && !actor.owner) return false
  return (await accountsToLead(read, person.id)).every((accountId) => isLead(actor, accountId))
}

/** Who can change somebody’s address: leads of every account that they have to do with, with their power over the installation. */
export async function leadsOfAll(read: Reader, person: Person): Promise<Person[]> {
  const desks = await Promise.all(
    (await accountsToLead(read, person.id)).map(async (accountId) =>
      (await listRoles(read, accountId)).filter(({ role }) => role === 'lead'),
    ),
  )
  const [first = [], ...others] = desks
  const leadsOthers = (id: string) => others.every((desk) => desk.some((one) => one.person.id === id))
  return first.map((one) => one.person).filter(({ id, owner }) => leadsOthers(id) && (owner || !person.owner))
}

async function accountsToLead(read: Reader, personId: string): Promise<string[]> {
  const desks = (await rolesOf(read, personId)).map(({ accountId }) => accountId)
  const lent = await accountsLent(read, personId)
  const hosted = [...(await accountsHosted(read, personId)), ...(await accountsCalling(read, personId))]
  return [...new Set([...desks, ...lent, ...hosted])]
}

function elsewhere({ owner }: Person): string {
  return owner
    ? 'looks after the installation, so only somebody who does that too'
    : 'has to do with another account too, so only a lead of both'
}

export const ROLE_WORDS: Record<Role, string> = { lead: 'a lead', approver: 'an approver' }
