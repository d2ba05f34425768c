import { and, eq, isNotNull, isNull, ne } from 'drizzle-orm'
import type { TemplateKind } from '../../accounts/post-templates.ts'
import type { Reader } from '../../db/database.ts'
import { drafts } from '../../db/schema/index.ts'
import type { Draft } from '../store.ts'

/** The one draft that was made from a template for something. */
export async function findFromTemplate(
  read: Reader,
  { accountId, kind, about }: { accountId: string; kind: TemplateKind; about: string },
): Promise<Draft | undefined> {
  const rows = await read
    .select()
    .from(drafts)
    .where(and(eq(drafts.accountId, accountId), eq(drafts.template, kind), eq(drafts.templateFor, about)))
  return rows[0]
}

/** What came from templates and waits, and no person has touched. */
export async function undecidedFromTemplates(read: Reader): Promise<Draft[]> {
  return read
    .select()
    .from(drafts)
    .where(and(eq(drafts.state, 'submitted'), isNotNull(drafts.template), isNull(drafts.changedBy)))
}

/** What was made from templates about something, and is not put away. */
export async function draftsAbout(read: Reader, subject: string): Promise<Draft[]> {
  return read
    .select()
    .from(drafts)
    .where(and(isNotNull(drafts.template), eq(drafts.templateFor, subject), ne(drafts.state, 'discarded')))
}
