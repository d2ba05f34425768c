import type { Database, Reader, Writer } from '../db/database.ts'
import { NotFound } from '../errors.ts'
import { record } from '../activity/record.ts'
import { SIGN_IN_LINK, type LinkMaker } from '../mail/mail.ts'
import { countMails } from '../mail/mails.ts'
import { queueMail } from '../mail/outbox.ts'
import {
  deleteSignInLinksBefore,
  extendSignInLink,
  findPerson,
  findPersonByEmail,
  findSignInLink,
  insertSignInLink,
  useSignInLink,
  type Person,
} from './store.ts'
import { hashToken, makeToken } from './tokens.ts'

/** How long a sign-in link works, from the moment when the mail server took it. */
export const SIGN_IN_LINK_MINUTES = 10
/** More mails than these go to nobody in that time, whoever asks for them from wherever: a mailbox can't be flooded. */
export const SIGN_IN_MAILS_AT_MOST = 3

/**
 * Queues a mail with a sign-in link for a person whom we know. For anybody else nothing happens: the page says the same
 * in both cases, so that nobody can ask who has an account.
 */
export async function requestSignIn(
  db: Database,
  { email, now, machineNow }: { email: string; now: Date; machineNow: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const person = await findPersonByEmail(tx, email)
    if (person) await queueSignInMail(tx, { person, now, machineNow })
  })
}

/**
 * Step: a sign-in mail for somebody we know, as requested by them or offered by their invitation; nothing when they were
 * sent several just now.
 */
export async function queueSignInMail(
  tx: Writer,
  { person, now, machineNow }: { person: Person; now: Date; machineNow: Date },
): Promise<void> {
  const since = new Date(now.getTime() - SIGN_IN_LINK_MINUTES * 60_000)
  const lately = await countMails(tx, { personId: person.id, kind: 'sign-in', since })
  if (lately >= SIGN_IN_MAILS_AT_MOST) return
  await queueMail(tx, {
    personId: person.id,
    kind: 'sign-in',
    to: person.email,
    subject: 'Your link to sign in',
    text: `Hello ${person.name},

This link signs you in to My Working Week. It works once, for ${SIGN_IN_LINK_MINUTES} minutes:

${SIGN_IN_LINK}

If you did not ask for it, you can leave this mail alone: nothing happens without the link.
`,
    now,
    machineNow,
  })
}

/** Makes the link of a sign-in mail at the moment of sending; its minutes count from when the server took the mail. */
export function signInLinkMaker(publicUrl: () => string): LinkMaker {
  return async (tx, mail, machineNow) => {
    if (!mail.personId || (await findPerson(tx, mail.personId))?.email !== mail.to)
      throw new Error('This person has another address by now.')
    const { token, hash } = makeToken()
    await insertSignInLink(tx, {
      tokenHash: hash,
      personId: mail.personId,
      createdAt: machineNow,
      expiresAt: expiry(machineNow),
    })
    return {
      url: `${publicUrl()}/sign-in/${token}`,
      taken: (later, at) => extendSignInLink(later, hash, expiry(at)),
    }
  }
}

/** A link made at once, without mail: for the command line. @throws NotFound when nobody has this address. */
export async function makeSignInLink(
  db: Database,
  { email, publicUrl, machineNow }: { email: string; publicUrl: string; machineNow: Date },
): Promise<string> {
  const { token, hash } = makeToken()
  await db.write(async (tx) => {
    const person = await findPersonByEmail(tx, email)
    if (!person) throw new NotFound(`Nobody has the address ${email}.`)
    await insertSignInLink(tx, {
      tokenHash: hash,
      personId: person.id,
      createdAt: machineNow,
      expiresAt: expiry(machineNow),
    })
  })
  return `${publicUrl}/sign-in/${token}`
}

export type SignInLinkState = 'good' | 'used' | 'expired' | 'unknown'

/** Looks at a link without using it up: a mail scanner that opens the page must not sign in. */
export async function inspectSignInLink(
  read: Reader,
  token: string,
  machineNow: Date,
): Promise<SignInLinkState> {
  const link = await findSignInLink(read, hashToken(token))
  if (!link) return 'unknown'
  if (link.usedAt) return 'used'
  return link.expiresAt <= machineNow ? 'expired' : 'good'
}

/** Uses the link up; null when it can't be used any more. */
export async function signIn(
  db: Database,
  { token, now, machineNow }: { token: string; now: Date; machineNow: Date },
): Promise<Person | null> {
  return db.write(async (tx) => {
    const personId = await useSignInLink(tx, hashToken(token), machineNow)
    const person = personId ? await findPerson(tx, personId) : undefined
    if (!person) return null
    await record(tx, { accountId: null, kind: 'person.signed-in', personId: person.id, at: now })
    return person
  })
}

function expiry(from: Date): Date {
  return new Date(from.getTime() + SIGN_IN_LINK_MINUTES * 60_000)
}

/** How long the page of a link that stopped working can say why. Days of machine time. */
export const DEAD_LINKS_KEPT_DAYS = 7

/** Step: deletes links that stopped working long ago. Who signed in stays on the record. */
export async function sweepSignInLinks(tx: Writer, machineNow: Date): Promise<void> {
  await deleteSignInLinksBefore(tx, new Date(machineNow.getTime() - DEAD_LINKS_KEPT_DAYS * 86_400_000))
}
