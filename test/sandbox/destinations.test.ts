import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { Visitor } from '../support/app.ts'
import { testSandbox } from '../support/sandbox.ts'
import { anAccount } from '../support/story.ts'
import { anOpenDay, josephsWeek } from '../support/submitted.ts'

t.test('the time machine goes to where an event begins, so that it can be lived', async (t) => {
  const { deps, sandbox } = await testSandbox(t, '2026-11-18T08:42:00Z')
  await anAccount(deps.db, { now: deps.clock.now() })
  await josephsWeek(deps.db)
  await anOpenDay(deps.db)
  const app = await buildApp(deps, sandbox)
  t.teardown(() => app.close())
  const visitor = new Visitor(app)
  t.match((await visitor.get('/sandbox')).body, /When the next event begins <small>today 10:00</)
  t.equal((await visitor.post('/sandbox', '/sandbox/time', { to: 'event' })).statusCode, 303)
  t.equal(deps.clock.now().toISOString().slice(0, 16), '2026-11-18T10:00')
  t.notMatch((await visitor.get('/sandbox')).body, 'When the next event begins')
})
