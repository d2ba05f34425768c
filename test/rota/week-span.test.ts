import { eq } from 'drizzle-orm'
import t from 'tap'
import { weekHosts } from '../../src/db/schema/index.ts'
import { testApp } from '../support/app.ts'
import { LEAD } from '../support/story.ts'
import { at, ruthsWeek, said, WEEK } from '../support/told-week.ts'

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
})

t.test('the page of a cancelled week says what it was, who had it, and why it ended', async (t) => {
  for (const [when, span, lead] of [
    ['Mon 6:30', 'was to open Monday 7:00, was to close Friday 18:00', 'It was cancelled, and its place'],
    ['Wed 9:00', 'opened Monday 7:00, was to close Friday 18:00', 'It ended early, and its place in'],
  ] as const)
    await t.test(when, async (t) => {
      const world = await testApp(t, { at: at('Mon 6:00').toISOString() })
      const { db, clock } = world
      await ruthsWeek(db)
      const helen = await world.visitor(LEAD.email)
      clock.moveTo(at(when))
      const page = `/weeks/${WEEK}`
      await said(db, [{ id: '1', when: 'Mon 9:00', text: 'Ruth here.' }])
      const form = `${page}/cancellation`
      const version = /name="version" value="(\d+)"/.exec((await helen.get(form)).body)![1]!
      await helen.post(form, form, { version, reason: 'She was called to Hull.' })
      const { body } = await helen.get(page)
      for (const words of [span, `Ruth Ellwood’s week. ${lead}`, 'Who had it', '“She was called to Hull.”'])
        t.match(body, words)
      t.match(body, new RegExp(`Cancelled</dt>[^]*by ${LEAD.name}[^]*Host</dt>[^]*Ruth Ellwood`))
      t.notMatch(body, /What waits for a decision|The recap|Send the invitation|certificate/)
      const [, beside] = body.split('<h2 id="links-title">')
      const links = [...beside!.split('</section>')[0]!.matchAll(/<li><a href="([^"]+)"/g)].map(
        ([, href]) => href!,
      )
      for (const href of links) t.equal((await helen.get(href)).statusCode, 200, href)
      t.equal(links.includes('/@NorthDaleHealth/weeks/2026-11-09'), when.startsWith('Wed'), 'its public page')
    })
})
