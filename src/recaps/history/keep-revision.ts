import type { Writer } from '../../db/database.ts'
import {
  NO_STEPS,
  stepsAfterChange,
  stepsAfterGenerating,
  type RevisionKind,
  type Steps,
} from '../revision.ts'
import { insertRevision, latestRevision, removeRevision, type Revision } from './revisions-store.ts'
import type { KeptBlock, Recap } from '../store.ts'

/** While somebody goes on typing in one piece, so many milliseconds apart at most, it is one change. */
const SAME_CHANGE = 5 * 60_000

/** Of what changed a story. */
export interface Changed {
  what: RevisionKind
  /** The source of the piece, where it is one. */
  piece: string | null
}

/**
 * Step: keeps the whole story as it stands from this version on, so that it can be looked at and brought back. `steps` is
 * given where somebody undid or redid.
 */
export async function keepRevision(
  tx: Writer,
  {
    recap,
    before,
    after,
    changed: { what, piece },
    personId,
    now,
    steps,
  }: {
    /** With the version that it has now. */
    recap: Pick<Recap, 'id' | 'version'>
    before: KeptBlock[]
    after: KeptBlock[]
    changed: Changed
    personId: string | null
    now: Date
    steps?: Steps
  },
): Promise<{ /** Somebody went on typing: it is no change of its own. */ goesOn: boolean }> {
  const { id: recapId, version } = recap
  const latest = await latestOrFirst(tx, { recapId, version: version - 1, blocks: before, at: now })
  const revision = { recapId, version, blocks: after, what, piece, personId, at: now }
  if (steps) await insertRevision(tx, { ...revision, ...steps })
  else if (!latest) await insertRevision(tx, { ...revision, ...NO_STEPS })
  else if (what === 'generated')
    await insertRevision(tx, { ...revision, ...stepsAfterGenerating(latest), change: latest.change })
  else if (goesOn(latest, revision)) {
    await removeRevision(tx, latest)
    const { what: began, before: led } = latest
    await insertRevision(tx, { ...revision, what: began, change: version, before: led, ahead: [] })
    return { goesOn: true }
  } else await insertRevision(tx, { ...revision, ...stepsAfterChange(latest, version) })
  return { goesOn: false }
}

/** A story from before there was a history gets the state that it was in. */
async function latestOrFirst(
  tx: Writer,
  first: Pick<Revision, 'recapId' | 'version' | 'blocks' | 'at'>,
): Promise<Revision | undefined> {
  const latest = await latestRevision(tx, first.recapId)
  if (latest || first.blocks.length === 0) return latest
  const revision = { ...first, what: 'generated' as const, piece: null, personId: null, ...NO_STEPS }
  await insertRevision(tx, revision)
  return revision
}

const TYPING: readonly RevisionKind[] = ['reworded', 'written']

function goesOn(latest: Revision, { what, piece, personId, at }: Omit<Revision, keyof Steps>): boolean {
  return (
    what === 'reworded' &&
    TYPING.includes(latest.what) &&
    piece !== null &&
    latest.piece === piece &&
    latest.personId === personId &&
    latest.change === latest.version &&
    at.getTime() - latest.at.getTime() < SAME_CHANGE
  )
}
