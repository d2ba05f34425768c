import { eq } from 'drizzle-orm'
import type { Policy } from '../../src/accounts/account.ts'
import { mails, weekHosts } from '../../src/db/schema/index.ts'
import { findDraft } from '../../src/drafts/store.ts'
import { testApp, type Visitor } from './app.ts'
import { anAccount, APPROVER, LEAD } from './story.ts'
import { aSubmittedDraft, JOSEPH, JOSEPH_HOSTS, josephsWeek } from './submitted.ts'

type Tap = Parameters<typeof testApp>[0]

/** Joseph’s week on its Wednesday at 10:42, under a policy. */
export async function underPolicy(t: Tap, policy: Partial<Policy> = {}, { trusted = false } = {}) {
  const app = await testApp(t)
  const { db, clock, visitor } = app
  await anAccount(db, { now: clock.now(), policy })
  await josephsWeek(db)
  if (trusted)
    await db.write((tx) => tx.update(weekHosts).set({ trusted }).where(eq(weekHosts.id, JOSEPH_HOSTS)))
  const [helen, owen, joseph] = [
    await visitor(LEAD.email),
    await visitor(APPROVER.email),
    await visitor(JOSEPH.email),
  ]
  /** Joseph’s, ready to be submitted. */
  const written = (more: Parameters<typeof aSubmittedDraft>[1] = {}) =>
    aSubmittedDraft(db, { state: 'writing', ...more })
  const submit = async (id: string, who: Visitor = joseph) => {
    const { version } = (await findDraft(db.read, id))!
    return who.post(`/drafts/${id}`, `/drafts/${id}/submission`, { version: String(version) })
  }
  const stateOf = async (id: string) => (await findDraft(db.read, id))!.state
  const mailed = async (kind: (typeof mails.$inferSelect)['kind']) =>
    db.read.select().from(mails).where(eq(mails.kind, kind)).orderBy(mails.to)
  return { ...app, helen, owen, joseph, written, submit, stateOf, mailed }
}
