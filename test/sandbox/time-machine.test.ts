import t from 'tap'
import { travel } from '../../src/sandbox/time-machine.ts'
import type { Work } from '../../src/work.ts'
import { testClock } from '../support/clock.ts'

const at = (time: string) => new Date(`2026-11-18T${time}:00Z`)

function world(dues: string[]) {
  const clock = testClock('2026-11-18T10:42:00Z')
  const waiting = dues.map(at)
  const done: string[] = []
  const work: Work = {
    wake() {},
    async stop() {},
    async untilQuiet() {
      while (waiting[0] && waiting[0] <= clock.now()) {
        waiting.shift()
        done.push(clock.now().toISOString().slice(11, 16))
      }
    },
  }
  return { clock, work, done, nextDue: async () => waiting[0] ?? null }
}

t.test('each due event on the way happens at its own time', async (t) => {
  const { clock, work, done, nextDue } = world(['10:00', '11:15', '12:30', '18:00', '21:00'])
  await travel(clock, work, nextDue, at('18:00'))
  t.same(done, ['10:42', '11:15', '12:30', '18:00'])
  t.equal(clock.now().getTime(), at('18:00').getTime())
})

t.test('what can’t be done does not stop the clock', async (t) => {
  const { clock, done } = world([])
  const stuck: Work = { wake() {}, async stop() {}, async untilQuiet() {} }
  let asked = 0
  await travel(clock, stuck, async () => ((asked += 1) < 5 ? at('11:00') : null), at('12:00'))
  t.same(done, [])
  t.equal(clock.now().getTime(), at('12:00').getTime())
})
