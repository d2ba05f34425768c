import { eq } from 'drizzle-orm'
import t from 'tap'
import { weekHosts, weeks } from '../../src/db/schema/index.ts'
import { testApp } from '../support/app.ts'
import { LEAD } from '../support/story.ts'
import { at, ruthsWeek, WEEK } from '../support/told-week.ts'

t.test('a week’s page says what has happened, and what is to come', async (t) => {
  const world = await testApp(t, { at: at('Mon 6:00').toISOString() })
  const { db, clock } = world
  await ruthsWeek(db)
  const helen = await world.visitor(LEAD.email)
  const says = async (words: string, when: string) => {
    clock.moveTo(at(when))
    t.match((await helen.get(`/weeks/${WEEK}`)).body, words)
  }
  await says('opens Monday 7:00, closes Friday 18:00, London time', 'Mon 6:59')
  await says('opened Monday 7:00, closes Friday 18:00, London time', 'Mon 7:00')
  const opening = (to: 'waits' | 'ready') =>
    db.write(
      async (tx) => void (await tx.update(weekHosts).set({ opening: to }).where(eq(weekHosts.weekId, WEEK))),
    )
  await opening('waits')
  await says('was to open Monday 7:00, closes Friday 18:00', 'Mon 9:00')
  await opening('ready')
  await says('opened Monday 7:00, closed Friday 18:00', 'Fri 18:00')
  await db.write(
    async (tx) => void (await tx.update(weeks).set({ state: 'cancelled' }).where(eq(weeks.id, WEEK))),
  )
  await says('was to open Monday 7:00, was to close Friday 18:00', 'Sat 9:00')
})
