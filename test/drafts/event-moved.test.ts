import { eq } from 'drizzle-orm'
import t from 'tap'
import { liveWindows, weekHosts, weeks } from '../../src/db/schema/index.ts'
import { deliveriesOfDrafts } from '../../src/publishing/deliveries.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { anAccount, LEAD } from '../support/story.ts'
import { anOpenDay, josephsWeek, WEEK } from '../support/submitted.ts'

const at = (time: string) => new Date(`2026-11-18T${time}:00Z`)

/** The Wednesday of Joseph's open day, 10:00 to 13:00, for which scheduled posts step aside; two are due at 14:00. */
async function world(t: Parameters<typeof testApp>[0], { aside = true } = {}) {
  const app = await testApp(t, { at: '2026-11-18T09:00:00Z' })
  const { db, clock } = app
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  await anOpenDay(db)
  const window = { eventId: 'open-day', weekId: WEEK, startsAt: at('10:00'), endsAt: at('13:00'), aside }
  await db.write((tx) => tx.insert(liveWindows).values({ ...window, version: 1 }))
  const due = async (words: string) =>
    (await approved(db, { parts: [words], dueAt: at('14:05'), now: clock.now(), weekId: WEEK, hosted: true }))
      .draftId
  const drafts = [await due('Soup.'), await due('Bread.')]
  const helen = await app.visitor(LEAD.email)
  const move = async (from: string, to: string) => {
    const [host] = await db.read.select().from(weekHosts)
    const [week] = await db.read.select().from(weeks).where(eq(weeks.id, WEEK))
    return helen.post(`/weeks/${WEEK}/edit`, `/weeks/${WEEK}`, {
      version: String(week!.version),
      name: host!.name,
      handle: host!.handle,
      job: host!.job,
      organisation: host!.organisation,
      signOff: host!.signOff,
      theme: week!.theme,
      why: week!.why,
      'events.0.name': 'Open day',
      'events.0.hashtag': '#NorthDaleOpen',
      'events.0.place': 'Main entrance',
      'events.0.day': '2026-11-18',
      'events.0.from': from,
      'events.0.lastDay': '',
      'events.0.to': to,
    })
  }
  const held = async () =>
    (await deliveriesOfDrafts(db.read, drafts)).map(({ state, heldReason }) => heldReason ?? state).join(' ')
  const said = async (page = `/weeks/${WEEK}`) =>
    /<div class="flash"[\s\S]*?<\/div>/.exec((await helen.get(page)).body)?.[0] ?? ''
  return { ...app, helen, move, held, said }
}

t.test('who moves an event over posts that wait is told how many step aside, and where', async (t) => {
  const { move, held, said } = await world(t)
  t.equal((await move('13:30', '15:00')).statusCode, 303)
  t.equal(await held(), 'live live')
  const moved = await said()
  t.match(moved, 'Saved. 2 posts step aside while the event is live.')
  t.match(moved, `<a href="/weeks/${WEEK}/live">The live page</a>`)
  await move('10:00', '13:00')
  t.equal(await held(), 'waiting waiting')
  t.match(await said(), 'Saved. 2 posts that had stepped aside go out at their times again.')
  await move('10:00', '12:00')
  t.match(await said(), '<p>Saved.</p>')
})

t.test('nothing is said, and nothing steps aside, where the week’s posts go on', async (t) => {
  const { move, held, said } = await world(t, { aside: false })
  await move('13:30', '15:00')
  t.equal(await held(), 'waiting waiting')
  t.match(await said(), '<p>Saved.</p>')
})

t.test('the live page’s own form says it too', async (t) => {
  const { helen, held, said } = await world(t)
  const page = `/weeks/${WEEK}/live`
  const times = { fromDay: '2026-11-18', from: '10:00', toDay: '2026-11-18', to: '14:30' }
  await helen.post(page, `${page}/windows/open-day`, { version: '1', do: 'times', ...times })
  t.equal(await held(), 'live live')
  t.match(await said(page), 'Saved. 2 posts step aside while the event is live.')
})
