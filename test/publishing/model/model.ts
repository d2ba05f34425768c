/**
 * What people allowed, as small as it can be said: it knows nothing of deliveries, states, attempts or leases, only who
 * approved which words, what was taken back since, and when nothing new may go out.
 */
export class Model {
  drafts = new Map<string, Written>()
  /** By decision. */
  licences = new Map<string, Licence>()
  /** When the brake ends by itself (product time); null where it stays on, undefined while it is off. */
  brakeEnds: Date | null | undefined = undefined
  /** Who named a draft that may pass the brake. */
  named: { draftId: string; by: string } | null = null
  /** The decision whose parts pass the brake. */
  passes: string | null = null
  hosting: { weekId: string; weekHostId: string; person: string; signOff: string } | null = null
  /** Posts of which somebody decided that they come down. */
  takenDown = new Set<string>()

  get braked(): boolean {
    return this.brakeEnds !== undefined
  }

  unbrake(): void {
    this.brakeEnds = undefined
    this.named = null
    this.passes = null
  }

  licencesOf(draftId: string): Licence[] {
    return [...this.licences.values()].filter((licence) => licence.draftId === draftId)
  }

  /** Nothing of it may go out any more, from this part on. */
  takeBack(licence: Licence, from = 0): void {
    licence.upTo = Math.min(licence.upTo, from)
  }

  /**
   * The network takes a post: throws when nobody allowed exactly that, or when it may not go out now.
   * `sentFor`: whose attempt is open. `answered`: what the post answers says.
   */
  accept(
    post: { id: string; text: string; replyTo: string | null },
    {
      sentFor,
      answered,
      now,
    }: {
      sentFor: { decisionId: string; position: number } | undefined
      answered: string | null
      now: Date
    },
  ): void {
    const says = `“${post.text}”`
    if (!sentFor) throw new Violation(`${says} went out without an attempt on record.`)
    const { decisionId, position } = sentFor
    const licence = this.licences.get(decisionId)
    if (!licence) throw new Violation(`${says} went out, and nobody approved it.`)
    if (post.text !== licence.texts[position])
      throw new Violation(`${says} went out, and approved was “${licence.texts[position]}”.`)
    if (position >= licence.upTo) throw new Violation(`${says} went out after it was taken back.`)
    if (licence.posts[position])
      throw new Violation(`${says} went out twice: ${licence.posts[position]}, ${post.id}.`)
    if (this.braked && this.passes !== decisionId)
      throw new Violation(`${says} went out while the brake was on.`)
    if (licence.due[position]! > now) throw new Violation(`${says} went out before its time.`)
    if (position > 0 && answered !== licence.texts[position - 1])
      throw new Violation(`${says} does not answer the part before it, but “${answered}”.`)
    if (position === 0 && post.replyTo !== null)
      throw new Violation(`${says} answers a post, and should not.`)
    licence.posts[position] = post.id
  }

  /** The post that somebody's approval put there. */
  licenceOf(networkId: string): { licence: Licence; decisionId: string; position: number } | undefined {
    for (const [decisionId, licence] of this.licences) {
      const position = licence.posts.indexOf(networkId)
      if (position >= 0) return { licence, decisionId, position }
    }
    return undefined
  }
}

/** A draft as its writer last saved it. */
export interface Written {
  texts: string[]
  signOff: string
  /** What people read of it, by fingerprint: also what it said before it was changed. */
  read: Map<string, string[]>
}

/** What one approval allows: each part once, word for word, not before its time. */
export interface Licence {
  draftId: string
  fingerprint: string
  texts: string[]
  /** Product time of each part. */
  due: Date[]
  /** Parts from this one on were taken back. */
  upTo: number
  /** What the network took, by part. */
  posts: (string | undefined)[]
  /** The host who wrote it; null for the account's own. */
  weekHostId: string | null
  weekId: string | null
}

/** Something happened that nobody allowed. */
export class Violation extends Error {}

/** The words of a draft as they must stand. */
export function asApproved({ texts, signOff }: Pick<Written, 'texts' | 'signOff'>): string[] {
  return texts.map((text, at) => (at === texts.length - 1 && signOff ? `${text} ${signOff}` : text))
}
