import { and, desc, eq, isNotNull, lte, max } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { people, recapRevisions } from '../../db/schema/index.ts'
import { keptContent, readChoices, readContent, type StoredBlock } from '../block.ts'
import { clearedBlocks } from '../removal/being-cleared.ts'
import type { KeptBlock } from '../store.ts'

type Row = typeof recapRevisions.$inferSelect
export type Revision = Omit<Row, 'blocks'> & { blocks: KeptBlock[] }
export type RevisionLine = Omit<Row, 'blocks' | 'before' | 'ahead'> & { person: string | null }

/** The state that a story was in at one of its versions; undefined where it was not kept. */
export async function findRevision(
  read: Reader,
  recapId: string,
  version: number,
): Promise<Revision | undefined> {
  const rows = await read
    .select()
    .from(recapRevisions)
    .where(and(eq(recapRevisions.recapId, recapId), eq(recapRevisions.version, version)))
  return rows[0] && cleared(read, rows[0])
}

/** The latest state, or as it was at a version: publishing raises that and changes nothing of the story. */
export async function latestRevision(
  read: Reader,
  recapId: string,
  version: number = Number.MAX_SAFE_INTEGER,
): Promise<Revision | undefined> {
  const rows = await read
    .select()
    .from(recapRevisions)
    .where(and(eq(recapRevisions.recapId, recapId), lte(recapRevisions.version, version)))
    .orderBy(desc(recapRevisions.version))
    .limit(1)
  return rows[0] && cleared(read, rows[0])
}

/** When a person changed a story last; null where nobody did. */
export async function lastChangeByPerson(read: Reader, recapId: string): Promise<Date | null> {
  const rows = await read
    .select({ at: max(recapRevisions.at) })
    .from(recapRevisions)
    .where(and(eq(recapRevisions.recapId, recapId), isNotNull(recapRevisions.personId)))
  return rows[0]?.at ?? null
}

/** What was changed, when and by whom, the latest first. */
export async function listRevisions(read: Reader, recapId: string): Promise<RevisionLine[]> {
  return read
    .select({
      recapId: recapRevisions.recapId,
      version: recapRevisions.version,
      what: recapRevisions.what,
      piece: recapRevisions.piece,
      personId: recapRevisions.personId,
      at: recapRevisions.at,
      change: recapRevisions.change,
      person: people.name,
    })
    .from(recapRevisions)
    .leftJoin(people, eq(people.id, recapRevisions.personId))
    .where(eq(recapRevisions.recapId, recapId))
    .orderBy(desc(recapRevisions.version))
}

export async function insertRevision(tx: Writer, { blocks, ...revision }: Revision): Promise<void> {
  await tx.insert(recapRevisions).values({ ...revision, blocks: blocks.map(stored) })
}

export async function removeRevision(
  tx: Writer,
  { recapId, version }: Pick<Revision, 'recapId' | 'version'>,
): Promise<void> {
  await tx
    .delete(recapRevisions)
    .where(and(eq(recapRevisions.recapId, recapId), eq(recapRevisions.version, version)))
}

async function cleared(read: Reader, { blocks, ...row }: Row): Promise<Revision> {
  return { ...row, blocks: await clearedBlocks(read, row.recapId, blocks.map(openedBlock)) }
}

/** A piece of a state, as it was kept. */
export function openedBlock(block: StoredBlock): KeptBlock {
  const { kind, content, choices } = block
  return { ...block, content: readContent(kind, content), choices: readChoices(choices) } as KeptBlock
}

/** As a piece of a state is kept. */
export function stored(block: KeptBlock): StoredBlock {
  return { ...block, content: keptContent(block.content) }
}
