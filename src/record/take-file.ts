import { record } from '../activity/record.ts'
import type { Database } from '../db/database.ts'
import { deskOf, type Actor } from '../people/person.ts'
import { aboutInWords, recordHtml } from './file-html.ts'
import { recordFile, type FileAsked } from './record-file.ts'

/**
 * A lead takes a part of the record out, as one page or as JSON; that they did is on the record itself.
 * @throws as `recordFile`.
 */
export async function takeFile(
  db: Database,
  { as, ...about }: { actor: Actor; asked: FileAsked; names: 'in' | 'out'; as: 'html' | 'json'; now: Date },
): Promise<string> {
  const file = await recordFile(db.read, about)
  const { actor, asked, names, now } = about
  await db.write((tx) =>
    record(tx, {
      accountId: deskOf(actor),
      kind: 'record.taken',
      personId: actor.personId,
      weekId: asked.week ?? null,
      details: { about: aboutInWords(file), names, as },
      at: now,
    }),
  )
  return as === 'html' ? recordHtml(file) : JSON.stringify(file, null, 2)
}
