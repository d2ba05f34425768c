import { createHash } from 'node:crypto'
import type { Poll } from '../networks/network.ts'
import type { Payload } from '../publishing/delivery.ts'
import type { DraftContent } from './draft.ts'
import { textsAsPosted } from './weight.ts'

/** What approving a draft approves: all that decides what will stand on the network, and when. */
export interface Frozen {
  account: string
  /** The network's user to whom the account is connected; null while it is not. */
  networkUser: string | null
  /** In order, the sign-off on the last one. Texts as the editor counted them. */
  parts: { text: string; images: { hash: string; alt: string }[]; poll?: Poll }[]
  replyTo: string | null
  /** ISO 8601, UTC; null: as soon as approved. */
  at: string | null
}

export interface FreezableDraft {
  accountId: string
  content: DraftContent
  signOff: string
  replyTo: string | null
}

/** Freezes a draft for the user that the account is connected to and for a time; `at` null means as soon as approved. */
export function freeze(
  draft: FreezableDraft,
  { networkUserId, at }: { networkUserId: string | null; at: Date | null },
): Frozen {
  const texts = textsAsPosted(draft.content.parts, draft.signOff)
  return {
    account: draft.accountId,
    networkUser: networkUserId,
    parts: draft.content.parts.map(({ images, poll }, index) => ({
      text: texts[index]!,
      images: images.map(({ hash, alt }) => ({ hash, alt })),
      ...(poll && { poll: { options: [...poll.options], minutes: poll.minutes } }),
    })),
    replyTo: draft.replyTo,
    at: at?.toISOString() ?? null,
  }
}

/** SHA-256 of the canonical JSON, in hex. */
export function fingerprint(frozen: Frozen): string {
  return createHash('sha256').update(canonicalJson(frozen)).digest('hex')
}

/** JSON whose keys are sorted at every depth, so that equal things are equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** What goes to the network, a payload a part: only the first answers somebody, later ones follow the part before. */
export function payloadsOf(frozen: Frozen): Payload[] {
  return frozen.parts.map(({ text, images, poll }, index) => ({
    text,
    images,
    ...(poll && { poll }),
    replyTo: index === 0 ? frozen.replyTo : null,
  }))
}
