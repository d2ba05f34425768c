import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openSandboxClock, systemClock } from '../src/clock.ts'

const day = 24 * 3_600_000
const near = (actual: Date, expected: number) => Math.abs(actual.getTime() - expected) < 5_000

t.test('the system’s clock has one time', async (t) => {
  t.ok(near(systemClock.now(), Date.now()))
  t.ok(near(systemClock.machine(), Date.now()))
})

t.test('a sandbox begins when it is told to, and its time runs on', async (t) => {
  const file = join(t.testdir(), 'clock.json')
  const clock = openSandboxClock(file, new Date('2026-11-18T10:42:00Z'))
  const first = clock.now()
  t.ok(near(first, Date.parse('2026-11-18T10:42:00Z')))
  t.ok(near(clock.machine(), Date.now()), 'machine time stays the machine’s')
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.ok(clock.now() > first)
})

t.test('without a beginning it is machine time', async (t) => {
  t.ok(near(openSandboxClock(join(t.testdir(), 'clock.json')).now(), Date.now()))
})

t.test('product time moves forward only, machine time never', async (t) => {
  const folder = t.testdir()
  const clock = openSandboxClock(join(folder, 'clock.json'), new Date('2026-11-18T10:42:00Z'))
  clock.moveTo(new Date('2026-11-20T17:00:00Z'))
  t.ok(near(clock.now(), Date.parse('2026-11-20T17:00:00Z')))
  t.throws(() => clock.moveTo(new Date('2026-11-19T00:00:00Z')), /forward only/)
  t.ok(near(clock.now(), Date.parse('2026-11-20T17:00:00Z')), 'a refused move moves nothing')
  t.ok(near(clock.machine(), Date.now()))
  t.same(readdirSync(folder), ['clock.json'], 'nothing is left half written')
})

t.test('the offset outlives a restart, and is shared', async (t) => {
  const file = join(t.testdir(), 'clock.json')
  const one = openSandboxClock(file, new Date(Date.now() + day))
  const other = openSandboxClock(file, new Date('2015-01-19T09:00:00Z'))
  t.ok(near(other.now(), Date.now() + day), 'what is kept goes before a beginning')
  one.moveTo(new Date(Date.now() + 3 * day))
  t.ok(near(other.now(), Date.now() + 3 * day), 'a second process sees the move')
  t.match(JSON.parse(readFileSync(file, 'utf8')), { offsetMs: Number })
})
