import { momentInWords, machineReadable } from '../calendar.ts'
import type { AddressTrouble } from '../mail/addresses.ts'
import type { Mail } from '../mail/outbox.ts'
import { triedInWords } from '../mail/told.ts'
import type { Actor } from './person.ts'
import type { Passkey } from './passkeys.ts'
import type { SignedIn } from './sessions.ts'

/** Of people the installation knows no zone. */
const ZONE = 'Europe/London'

/** Mail to somebody comes back. */
export interface OwnReach extends AddressTrouble {
  /** The latest mail that was to show whether the address works. */
  tried: Mail | undefined
  /** Nobody has what it takes to change their address: to lead all that they have to do with. */
  isAlone: boolean
  /** Where they change their address themselves; null for who can’t. */
  changeHref: string | null
  /** Who can change it, beside them; where nobody can, the leads of where they have a place or a week. */
  leads: { name: string; email: string }[]
}

/** Somebody's own page: how they sign in, and where they are signed in. */
export function youPage({
  actor,
  sessions,
  passkeys,
  current,
  reach,
  asked,
  shown,
  possible,
  errors,
  now,
  machineNow,
}: {
  actor: Actor
  sessions: SignedIn[]
  passkeys: Passkey[]
  /** Hash of the session that looks. */
  current: string
  reach: OwnReach | null
  /** An account that they lead wants a passkey, and they have not shown one. */
  asked: boolean
  /** They signed in with a passkey. */
  shown: boolean
  /** The address of this installation has a name. */
  possible: boolean
  errors: Record<string, string>
  now: Date
  machineNow: Date
}) {
  const time = (at: Date) => ({ iso: machineReadable(at), label: momentInWords(at, machineNow, ZONE) })
  return {
    title: actor.name,
    email: actor.email,
    owner: actor.owner,
    possible,
    shown,
    reach: reach && {
      since: `since ${momentInWords(reach.since, now, ZONE)}`,
      words: reach.words,
      tried: reach.tried && triedInWords(reach.tried, reach, { now, zone: ZONE }),
      isAlone: reach.isAlone,
      changeHref: reach.changeHref,
      leads: reach.leads.map(({ name, email }) => ({
        name,
        href: `mailto:${email}`,
        label: `${name}, ${email}`,
      })),
    },
    // The device is asked for what they have; without any they make the first one.
    ask: asked ? (passkeys.length > 0 ? { use: true } : { make: true }) : null,
    passkeys: passkeys.map(({ id, name, createdAt, usedAt }) => ({
      name,
      added: time(createdAt),
      used: usedAt && time(usedAt),
      action: `/you/passkeys/${id}/removal`,
      label: `Remove the passkey ${name}`,
    })),
    nameField: {
      id: 'passkey-name',
      name: 'name',
      label: 'What do you call it?',
      hint: 'The device or the password manager, such as “Work laptop”.',
      value: '',
      autocomplete: 'off',
      error: errors['name'],
    },
    trouble: errors['passkey'] ?? null,
    elsewhere: sessions.length > 1,
    sessions: sessions.map(({ idHash, device, signedInAt, withPasskey }) => ({
      device,
      since: signedInAt && time(signedInAt),
      withPasskey,
      here: idHash === current,
      action: idHash === current ? null : `/you/sessions/${idHash}/end`,
    })),
    others: sessions.length > 1,
  }
}
