import { isIP } from 'node:net'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { record } from '../activity/record.ts'
import type { Database, Reader } from '../db/database.ts'
import { NotAllowed, NotFound, Refused } from '../errors.ts'
import { queueMail } from '../mail/outbox.ts'
import {
  deletePasskey,
  findPasskey,
  insertPasskey,
  leadsWithPasskey,
  markUsed,
  passkeysOf,
  type Passkey,
} from './passkeys-store.ts'
import type { Actor } from './person.ts'
import { findPerson, type Person } from './store.ts'

/** Steps for the pages. */
export { leadsWithPasskey, passkeysOf, type Passkey } from './passkeys-store.ts'

/** More than these nobody needs; each device and each password manager is one. */
export const PASSKEYS_AT_MOST = 10

/** What a device is asked to sign, and where that may stand. */
export interface Ceremony {
  /** Made for this one time. */
  challenge: string
  publicUrl: string
}

type Options<T extends (given: never) => unknown> = Awaited<ReturnType<T>>

/** Browsers take passkeys where the address has a name; at a number such as 127.0.0.1 they refuse. */
export function takesPasskeys(publicUrl: string): boolean {
  return isIP(new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')) === 0
}

/** What a device needs to make a passkey for somebody. */
export async function optionsToMake(
  read: Reader,
  { actor, publicUrl }: { actor: Actor; publicUrl: string },
): Promise<Options<typeof generateRegistrationOptions>> {
  const known = await passkeysOf(read, actor.personId)
  return generateRegistrationOptions({
    rpName: 'My Working Week',
    rpID: new URL(publicUrl).hostname,
    userID: new TextEncoder().encode(actor.personId),
    userName: actor.email,
    userDisplayName: actor.name,
    attestationType: 'none',
    excludeCredentials: known.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** What a device needs to sign somebody in: it says by itself who that is. */
export async function optionsToUse(
  publicUrl: string,
): Promise<Options<typeof generateAuthenticationOptions>> {
  return generateAuthenticationOptions({
    rpID: new URL(publicUrl).hostname,
    userVerification: 'required',
  })
}

/**
 * Keeps a passkey that a device has just made, and tells its owner by mail.
 * @throws Refused for an answer that does not fit what was asked; NotAllowed where a passkey of theirs has to be shown first.
 */
export async function addPasskey(
  db: Database,
  {
    actor,
    name,
    response,
    ceremony,
    shown,
    now,
    machineNow,
  }: {
    actor: Actor
    /** What its owner calls it. */
    name: string
    /** As the browser sent it, JSON. */
    response: string
    ceremony: Ceremony | null
    /** They signed in with a passkey. */
    shown: boolean
    now: Date
    machineNow: Date
  },
): Promise<void> {
  const verified = ceremony && (await verifyMade(response, ceremony))
  if (!verified) throw new Refused({ passkey: NOT_TAKEN })
  const { credential } = verified
  await db.write(async (tx) => {
    const known = await passkeysOf(tx, actor.personId)
    if (known.length > 0 && !shown && (await leadsWithPasskey(tx, actor.personId)))
      throw new NotAllowed(SHOW_FIRST)
    if (known.length >= PASSKEYS_AT_MOST)
      throw new Refused({
        passkey: `You have ${PASSKEYS_AT_MOST} passkeys. Remove one that you use no more first.`,
      })
    const added = await insertPasskey(tx, {
      id: credential.id,
      personId: actor.personId,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: credential.transports ?? [],
      name,
      createdAt: machineNow,
    })
    if (!added) throw new Refused({ passkey: 'This passkey is known already.' })
    await record(tx, {
      accountId: null,
      kind: 'person.passkey-added',
      personId: actor.personId,
      details: { passkey: name, name: actor.name },
      at: now,
    })
    await queueMail(tx, {
      personId: actor.personId,
      kind: 'passkey-added',
      to: actor.email,
      subject: 'A passkey was added for you',
      text: `Hello ${actor.name},

The passkey “${name}” was added. Whoever has that device, and can unlock it, signs in as you from now on.

If this was not you, sign in, remove it on your page, and sign out everywhere else:
${ceremony.publicUrl}/you
`,
      now,
      machineNow,
    })
  })
}

/** Takes a passkey away. @throws NotFound, NotAllowed where a passkey has to be shown first. */
export async function removePasskey(
  db: Database,
  { id, actor, shown, now }: { id: string; actor: Actor; shown: boolean; now: Date },
): Promise<Passkey> {
  return db.write(async (tx) => {
    if (!shown && (await leadsWithPasskey(tx, actor.personId))) throw new NotAllowed(SHOW_FIRST)
    const removed = await deletePasskey(tx, actor.personId, id)
    if (!removed) throw new NotFound()
    await record(tx, {
      accountId: null,
      kind: 'person.passkey-removed',
      personId: actor.personId,
      details: { passkey: removed.name, name: actor.name },
      at: now,
    })
    return removed
  })
}

/** Who signs in with a passkey; null for one that is not known, does not fit what was asked, or is a copy. */
export async function signInWithPasskey(
  db: Database,
  {
    response,
    ceremony,
    now,
    machineNow,
  }: { response: string; ceremony: Ceremony | null; now: Date; machineNow: Date },
): Promise<Person | null> {
  const answer = parse(response)
  const passkey = typeof answer?.['id'] === 'string' ? await findPasskey(db.read, answer['id']) : undefined
  const counter = passkey && ceremony && (await verifyUsed(answer, passkey, ceremony))
  if (!passkey || typeof counter !== 'number') return null
  return db.write(async (tx) => {
    if (!(await markUsed(tx, passkey, { counter, machineNow }))) return null
    const person = await findPerson(tx, passkey.personId)
    if (!person) return null
    const details = { passkey: passkey.name }
    await record(tx, { accountId: null, kind: 'person.signed-in', personId: person.id, details, at: now })
    return person
  })
}

const NOT_TAKEN = 'The device’s answer does not fit what this page asked it. Please open the page again.'
const SHOW_FIRST =
  'Sign in with one of your passkeys first. If you have none of those devices any more, ask another lead to remove them.'

async function verifyMade(response: string, { challenge, publicUrl }: Ceremony) {
  try {
    const { origin, hostname } = new URL(publicUrl)
    const answer = await verifyRegistrationResponse({
      response: parse(response) as never,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: hostname,
      requireUserVerification: true,
    })
    return answer.verified ? answer.registrationInfo : null
  } catch {
    // What a stranger sends may be anything.
    return null
  }
}

/** How far the device has counted; null where its answer is not good. */
async function verifyUsed(
  answer: unknown,
  { id, publicKey, counter }: Passkey,
  { challenge, publicUrl }: Ceremony,
): Promise<number | null> {
  try {
    const { origin, hostname } = new URL(publicUrl)
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as never,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: hostname,
      credential: { id, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter },
      requireUserVerification: true,
    })
    return verified ? authenticationInfo.newCounter : null
  } catch {
    return null
  }
}

function parse(response: string): Record<string, unknown> | null {
  try {
    const answer: unknown = JSON.parse(response)
    return typeof answer === 'object' ? (answer as Record<string, unknown> | null) : null
  } catch {
    return null
  }
}
