import { eq } from 'drizzle-orm'
import t from 'tap'
import { mails } from '../../src/db/schema/index.ts'
import { findPersonByEmail } from '../../src/people/people.ts'
import { markAddress, tryAddress } from '../../src/record/reach-person.ts'
import { actorWith, aWeek, PRIYA } from '../support/bookings.ts'
import { until } from '../support/in-time.ts'
import { testSandbox } from '../support/sandbox.ts'
import { anAccount, LEAD } from '../support/story.ts'

t.test('what was kept back goes at once when the mail server takes a try', async (t) => {
  const { deps, work } = await testSandbox(t, '2026-11-18T10:42:00Z')
  const { db, clock, wake } = deps
  await work.untilQuiet()
  await anAccount(db, { now: clock.now() })
  await aWeek(db, clock.now(), { accepted: true })
  const { id: personId } = (await findPersonByEmail(db.read, PRIYA.email))!
  const actor = await actorWith(db, LEAD.email, clock.now())
  await markAddress(db, { personId, words: '', actor, now: clock.now() })
  wake.handover()
  await work.untilQuiet()
  const confirmation = async () =>
    (await db.read.select().from(mails).where(eq(mails.kind, 'week-confirmed')))[0]?.state
  t.equal(await confirmation(), 'planned', 'its time has come, and it waits for the address')

  await tryAddress(db, { personId, actor, now: clock.now(), machineNow: clock.machine() })
  wake.mail()
  // Far less than a job sleeps when nobody wakes it.
  const patience = 25_000
  await until(t, 'the confirmation is sent', async () => (await confirmation()) === 'sent', patience)
})
