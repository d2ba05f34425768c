/** What made a story what it was from then on. */
export const REVISION_KINDS = [
  'generated',
  'reworded',
  'written',
  'added',
  'removed',
  'moved',
  'hidden',
  'shown',
  'pinned',
  'loosened',
  'chosen',
  'unchosen',
  'undone',
  'redone',
  'restored',
] as const
export type RevisionKind = (typeof REVISION_KINDS)[number]

/** How a change names what somebody else said, by its id: a reply is no piece of its own. */
export function replyPiece(postId: string): string {
  return `reply:${postId}`
}

/** The id in it; null for every other piece. */
export function repliedIn(piece: string | null): string | null {
  return piece?.startsWith('reply:') ? piece.slice('reply:'.length) : null
}

/** Where undoing and redoing lead from a state of a story; the numbers are revisions. */
export interface Steps {
  /** The latest change that is in it and can be undone. */
  change: number | null
  /** What undoing that leads to. */
  before: number | null
  /** What was undone and can be done again, the next one last. */
  ahead: number[]
}

export const NO_STEPS: Steps = { change: null, before: null, ahead: [] }

type At = Steps & { version: number }

/** After a person's change of `latest`: it can be undone, and nothing that was undone comes back over it. */
export function stepsAfterChange(latest: At, version: number): Steps {
  return { change: version, before: latest.version, ahead: [] }
}

/** What came by itself is nobody's to undo: it stays, and what people did before it can be undone still. */
export function stepsAfterGenerating({ change, before, ahead }: Steps): Steps {
  return { change, before, ahead }
}

export function stepsAfterUndoing(latest: At, target: At): Steps {
  return { change: target.change, before: target.before, ahead: [...latest.ahead, latest.version] }
}

export function stepsAfterRedoing(latest: At, target: At): Steps {
  return { change: target.change, before: latest.version, ahead: latest.ahead.slice(0, -1) }
}
