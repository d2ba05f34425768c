import { and, eq } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { mailTemplates } from '../../db/schema/index.ts'

export type MailTemplate = typeof mailTemplates.$inferSelect

export async function findTemplate(
  read: Reader,
  accountId: string,
  kind: MailTemplate['kind'],
): Promise<MailTemplate | undefined> {
  return (await read.select().from(mailTemplates).where(isTemplate(accountId, kind)))[0]
}

export async function listTemplates(read: Reader, accountId: string): Promise<MailTemplate[]> {
  return read.select().from(mailTemplates).where(eq(mailTemplates.accountId, accountId))
}

/** Keeps an account's own words as they were seen, of which there may be none yet (version 0); false when somebody was faster. */
export async function keepTemplate(
  tx: Writer,
  { version, ...template }: typeof mailTemplates.$inferInsert & { version: number },
): Promise<boolean> {
  const rows =
    version === 0
      ? await tx.insert(mailTemplates).values(template).onConflictDoNothing().returning()
      : await tx
          .update(mailTemplates)
          .set({ ...template, version: version + 1 })
          .where(and(isTemplate(template.accountId, template.kind), eq(mailTemplates.version, version)))
          .returning()
  return rows.length === 1
}

/** Back to the default; false when somebody was faster. */
export async function deleteTemplate(
  tx: Writer,
  { accountId, kind, version }: Pick<MailTemplate, 'accountId' | 'kind' | 'version'>,
): Promise<boolean> {
  const rows = await tx
    .delete(mailTemplates)
    .where(and(isTemplate(accountId, kind), eq(mailTemplates.version, version)))
    .returning()
  return rows.length === 1
}

function isTemplate(accountId: string, kind: MailTemplate['kind']) {
  return and(eq(mailTemplates.accountId, accountId), eq(mailTemplates.kind, kind))
}
