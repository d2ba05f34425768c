import { randomUUID } from 'node:crypto'
import { record } from '../activity/record.ts'
import type { Database, Reader } from '../db/database.ts'
import { Conflict, NotFound, Refused } from '../errors.ts'
import {
  findPersonByEmail,
  inviteToDesk,
  listOwners,
  listRoles,
  setOwner,
  type Person,
} from '../people/people.ts'
import type { Actor } from '../people/person.ts'
import { foundAccountIn } from './found-account.ts'
import { findAccount, findAccountByHandle, listAccounts, type Account } from './store.ts'

/** @throws NotFound for everybody but who looks after the installation: nobody else hears of this page. */
export function requireOwner(actor: Actor): void {
  if (!actor.owner) throw new NotFound()
}

/** What of an installation its owners see: which accounts there are, and who leads them. Nothing of what is in them. */
export async function readInstallation(
  read: Reader,
  actor: Actor,
): Promise<{ accounts: { account: Account; leads: Person[] }[]; owners: Person[] }> {
  requireOwner(actor)
  const accounts = []
  for (const account of await listAccounts(read)) {
    const desk = await listRoles(read, account.id)
    accounts.push({
      account,
      leads: desk.filter(({ role }) => role === 'lead').map(({ person }) => person),
    })
  }
  return { accounts, owners: await listOwners(read) }
}

/**
 * Adds an account with its defaults and its first lead, who gets a mail. Whoever adds it has no power over it unless they are
 * that lead. Sent twice, it is added once.
 * @throws NotFound for everybody but owners, Refused for a handle that is here already.
 */
export async function addAccount(
  db: Database,
  {
    id,
    account,
    lead,
    actor,
    ...telling
  }: {
    /** Made with the form. */
    id: string
    account: { handle: string; name: string; timeZone: string; hashtag: string }
    lead: { name: string; email: string }
    actor: Actor
    publicUrl: string
    now: Date
    machineNow: Date
  },
): Promise<void> {
  requireOwner(actor)
  await db.write(async (tx) => {
    if (await findAccount(tx, id)) return
    if (await findAccountByHandle(tx, account.handle))
      throw new Refused({ handle: `@${account.handle} is another account here already.` })
    await foundAccountIn(tx, {
      account: { id, ...account },
      people: [{ id: randomUUID(), ...lead, role: 'lead' }],
      by: actor.personId,
      now: telling.now,
    })
    const person = (await findPersonByEmail(tx, lead.email))!
    if (person.id !== actor.personId)
      await inviteToDesk(tx, {
        accountId: id,
        handle: account.handle,
        person,
        role: 'lead',
        actor,
        ...telling,
      })
  })
}

/**
 * Lets somebody look after the installation too. They must be known here.
 * @throws NotFound for everybody but owners, Refused where nobody has the address.
 */
export async function nameOwner(
  db: Database,
  { email, actor, now }: { email: string; actor: Actor; now: Date },
): Promise<Person> {
  requireOwner(actor)
  return db.write(async (tx) => {
    const person = await findPersonByEmail(tx, email)
    if (!person)
      throw new Refused({ email: 'Nobody here has this address. Give them a place at a desk first.' })
    if (person.owner) return person
    await setOwner(tx, person.id, true)
    await record(tx, {
      accountId: null,
      kind: 'person.owner-named',
      personId: actor.personId,
      details: { name: person.name },
      at: now,
    })
    return person
  })
}

/** @throws Conflict for the last owner, NotFound for somebody who is none. */
export async function endOwner(
  db: Database,
  { personId, actor, now }: { personId: string; actor: Actor; now: Date },
): Promise<Person> {
  requireOwner(actor)
  return db.write(async (tx) => {
    const owners = await listOwners(tx)
    const person = owners.find(({ id }) => id === personId)
    if (!person) throw new NotFound()
    if (owners.length === 1)
      throw new Conflict(
        'Nobody else looks after the installation. Name somebody first, or nobody could add an account.',
      )
    await setOwner(tx, personId, false)
    await record(tx, {
      accountId: null,
      kind: 'person.owner-taken',
      personId: actor.personId,
      details: { name: person.name },
      at: now,
    })
    return person
  })
}
