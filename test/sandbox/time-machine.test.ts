import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { createTimeMachine } from '../../src/sandbox/time-machine.ts'
import { testClock } from '../support/clock.ts'

const at = (time: string) => new Date(`2026-11-18T${time}:00Z`)

/** Work that takes a while, and for ever leaves undone what is due at one of the times `stuck`. */
function world(dues: string[], { stuck = [] as string[] } = {}) {
  const clock = testClock('2026-11-18T10:42:00Z')
  let waiting = dues.map(at)
  const done: string[] = []
  const untilQuiet = async () => {
    await setTimeout(2)
    for (const due of waiting.filter((one) => one <= clock.now())) {
      if (stuck.some((one) => at(one).getTime() === due.getTime())) continue
      waiting = waiting.filter((one) => one !== due)
      done.push(clock.now().toISOString().slice(11, 16))
    }
    await setTimeout(2)
  }
  const travelTo = createTimeMachine(
    clock,
    { untilQuiet },
    async (after) => waiting.find((due) => due > after) ?? null,
  )
  return { clock, done, travelTo }
}

t.test('each due event on the way happens at its own time', async (t) => {
  const { clock, done, travelTo } = world(['10:00', '11:15', '12:30', '18:00', '21:00'])
  await travelTo(at('18:00'))
  t.same(done, ['10:42', '11:15', '12:30', '18:00'])
  t.equal(clock.now().getTime(), at('18:00').getTime())
})

t.test('what can’t be done stops neither the clock nor what comes after it', async (t) => {
  const { clock, done, travelTo } = world(['10:30', '11:00', '11:30', '16:00'], { stuck: ['10:30', '11:00'] })
  await travelTo(at('18:00'))
  t.same(done, ['11:30', '16:00'])
  t.equal(clock.now().getTime(), at('18:00').getTime())
})

t.test('two journeys at once are made one after the other', async (t) => {
  const { clock, done, travelTo } = world(['11:15', '12:30', '14:00', '16:00'])
  await Promise.all([travelTo(at('18:00')), travelTo(at('12:00')), travelTo(at('19:00'))])
  t.same(done, ['11:15', '12:30', '14:00', '16:00'])
  t.equal(clock.now().getTime(), at('19:00').getTime())
})
