import t from 'tap'
import { DEFAULT_SHAPE } from '../../src/accounts/account.ts'
import { defaultSignOff, initialsOf } from '../../src/rota/host.ts'
import { fiveDays, shortDays } from '../../src/rota/pages.ts'
import { hostPowers } from '../../src/rota/powers.ts'
import { slotSpan } from '../../src/rota/slot.ts'
import type { Week, WeekHost } from '../../src/rota/weeks.ts'
import { weekDays, weekStanding } from '../../src/rota/week.ts'

const zone = 'Europe/London'
const at = (time: string) => new Date(`2026-11-${time}:00Z`)
const span = slotSpan('2026-11-16', DEFAULT_SHAPE, zone)
const before = at('13T09:00')
const during = at('18T10:42')
const after = at('20T18:00')
const week = (more: Partial<Week> = {}) => ({ kind: 'hosted', state: 'announced', ...span, ...more }) as Week
const host = (more: Partial<WeekHost> = {}) =>
  ({ invitedAt: before, acceptedAt: before, endedAt: null, ...more }) as WeekHost

t.test('what a host may do, and when', async (t) => {
  const cases: [what: string, Partial<Week>, Partial<WeekHost>, now: Date, powers: string | null][] = [
    ['booked only', { state: 'booked' }, { invitedAt: null, acceptedAt: null }, before, null],
    ['invited', { state: 'booked' }, { acceptedAt: null }, before, 'draft'],
    ['accepted, before the week', {}, {}, before, 'draft'],
    ['one minute before the opening', {}, {}, at('16T08:59'), 'draft'],
    ['at the opening', {}, {}, at('16T09:00'), 'post'],
    ['in the week', {}, {}, during, 'post'],
    ['in the week, never accepted', {}, { acceptedAt: null }, during, 'draft'],
    ['one minute before the close', {}, {}, at('20T17:59'), 'post'],
    ['at the close', {}, {}, after, 'read'],
    ['closed by the clock of the app', { state: 'closed' }, {}, after, 'read'],
    ['replaced in the week', {}, { endedAt: during }, during, null],
    ['cancelled', { state: 'cancelled' }, {}, during, null],
  ]
  for (const [what, of, by, now, powers] of cases) t.equal(hostPowers(week(of), host(by), now), powers, what)
})

t.test('where a week stands', async (t) => {
  const cases: [Partial<Week>, Partial<WeekHost> | null, now: Date, string][] = [
    [{ state: 'booked' }, { invitedAt: null }, before, 'booked'],
    [{ state: 'booked' }, {}, before, 'invited'],
    [{ state: 'booked' }, {}, during, 'invited'],
    [{}, {}, before, 'announced'],
    [{}, {}, during, 'running'],
    [{}, {}, after, 'closed'],
    [{ state: 'closed' }, {}, after, 'closed'],
    [{ kind: 'hiatus', state: 'booked' }, null, during, 'hiatus'],
    [{ state: 'cancelled' }, null, before, 'cancelled'],
  ]
  for (const [of, by, now, standing] of cases)
    t.equal(
      weekStanding(week(of), by && host(by), now),
      standing,
      `${JSON.stringify(of)} ${now.toISOString()}`,
    )
})

t.test('a square for each day, and how far the week is', async (t) => {
  const squares = (now: Date) => fiveDays(span, { zone, now }).days.map(({ when }) => when)
  t.same(squares(before), ['ahead', 'ahead', 'ahead', 'ahead', 'ahead'])
  t.same(squares(during), ['past', 'past', 'now', 'ahead', 'ahead'])
  t.same(squares(after), ['past', 'past', 'past', 'past', 'past'])
  t.same(
    squares(at('16T08:59')),
    ['ahead', 'ahead', 'ahead', 'ahead', 'ahead'],
    'the morning before it opens',
  )
  t.equal(fiveDays(span, { zone, now: during }).label, 'Wednesday, day three of five')
})

t.test('seven days, through the night when the clocks go back', async (t) => {
  const shape = { days: [1, 2, 3, 4, 5, 6, 7], opens: '09:00', closes: '18:00' }
  const { opensAt, closesAt } = slotSpan('2026-10-19', shape, zone)
  t.equal(opensAt.toISOString(), '2026-10-19T08:00:00.000Z', 'summer time')
  t.equal(closesAt.toISOString(), '2026-10-25T18:00:00.000Z', 'winter time')
  t.same(weekDays({ opensAt, closesAt }, zone).at(-1), '2026-10-25')
  const model = fiveDays({ opensAt, closesAt }, { zone, now: new Date('2026-10-25T00:30:00Z') })
  t.equal(model.label, 'Sunday, day seven of seven')
  t.equal(model.days.map(({ letter }) => letter).join(''), 'MTWTFSS')
})

t.test('days beside the month that they begin in', async (t) => {
  t.equal(shortDays('2026-10-05', '2026-10-09'), '5 to 9')
  t.equal(shortDays('2026-11-30', '2026-12-04'), '30 to 4 Dec')
  t.equal(shortDays('2026-11-29', '2026-11-29'), '29')
})

t.test('initials sign', async (t) => {
  const cases: [name: string, initials: string][] = [
    ['Priya Nair', 'PN'],
    ['Dr Mei Lin Chan', 'MLC'],
    ['Siân O’Brien', 'SO'],
    ['ann-marie de la Tour', 'ADT'],
    ['Cher', 'C'],
    ['Élodie Ünal', 'ÉÜ'],
    ['4471', ''],
  ]
  for (const [name, initials] of cases) t.equal(initialsOf(name), initials, name)
  t.equal(defaultSignOff('Priya Nair'), '^PN')
  t.equal(defaultSignOff('4471'), '', 'no caret alone')
})
