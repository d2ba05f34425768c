import type { Reader } from '../db/database.ts'
import { listRoles } from '../people/people.ts'
import { isNearName, isSameName } from '../people/near-name.ts'
import { Refused } from '../errors.ts'
import { normaliseEmail } from '../people/person.ts'
import { listHostings } from './hosts-store.ts'
import { standbysOf } from './planner/standby-store.ts'

/** Somebody whom an account knows, as its hosts, its desk and its standby list have them. */
export interface NearPerson {
  name: string
  email: string
}

/**
 * Whom an account knows under nearly this name and another address: a second address makes a second person, with a history of
 * their own. Whoever has the very name comes before who has a like one. Undefined where the address is one that it knows, and where nobody is called so. Whoever has the address `except`
 * is not meant.
 */
export async function nearPerson(
  read: Reader,
  accountId: string,
  typed: NearPerson,
  except = '',
): Promise<NearPerson | undefined> {
  const email = normaliseEmail(typed.email)
  const known = (await knownTo(read, accountId)).filter((one) => one.email !== except)
  if (known.some((one) => one.email === email)) return undefined
  const near =
    known.find((one) => isSameName(one.name, typed.name)) ??
    known.find((one) => isNearName(one.name, typed.name))
  return near && { name: near.name, email: near.email }
}

/**
 * Nobody gets a week, or a letter about it, under the name of somebody else.
 * @throws Refused for an address that the account knows as that of somebody who is not called so.
 */
export async function requireOwnAddress(
  read: Reader,
  accountId: string,
  typed: NearPerson,
  instead: string,
): Promise<void> {
  const email = normaliseEmail(typed.email)
  const owners = (await knownTo(read, accountId)).filter((one) => one.email === email)
  const isTheirs = owners.some(({ name }) => isSameName(name, typed.name) || isNearName(name, typed.name))
  if (owners[0] && !isTheirs)
    throw new Refused({ email: `This is the address of ${owners[0].name}. Is it them? ${instead}` })
}

async function knownTo(read: Reader, accountId: string): Promise<NearPerson[]> {
  const known = [
    ...(await listRoles(read, accountId)).map(({ person }) => person),
    ...(await standbysOf(read, accountId)),
    ...(await listHostings(read, accountId)).map(({ host, email }) => ({ name: host.name, email })),
  ]
  return known.filter(({ email }) => email !== '')
}

/** The model of the partial `same-person`. */
export type AskedNear = NearPerson & { asked: string }

/** What a form asks of it: whether it is them, before anything is done; null once that was asked of this address. */
export async function askWhetherSame(
  read: Reader,
  accountId: string,
  typed: Record<string, string>,
  except?: string,
): Promise<AskedNear | null> {
  const { name = '', email = '', asked } = typed
  if (!name.trim() || !email.trim() || asked === email) return null
  const near = await nearPerson(read, accountId, { name, email }, except)
  return near ? { ...near, asked: email } : null
}
