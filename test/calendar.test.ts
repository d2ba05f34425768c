import fc from 'fast-check'
import t from 'tap'
import * as calendar from '../src/calendar.ts'

const LONDON = 'Europe/London'
const at = (iso: string) => new Date(iso)

t.test('a wall time becomes an instant, says that it is skipped, or that it comes twice', async (t) => {
  const cases: [day: string, time: string, zone: string, expected: unknown][] = [
    ['2015-01-19', '09:00', LONDON, { kind: 'exact', instant: at('2015-01-19T09:00:00Z') }],
    ['2015-07-20', '09:00', LONDON, { kind: 'exact', instant: at('2015-07-20T08:00:00Z') }],
    ['2015-01-19', '09:00', 'Australia/Sydney', { kind: 'exact', instant: at('2015-01-18T22:00:00Z') }],
    ['2026-03-29', '00:59', LONDON, { kind: 'exact', instant: at('2026-03-29T00:59:00Z') }],
    ['2026-03-29', '01:00', LONDON, { kind: 'skipped' }],
    ['2026-03-29', '01:59', LONDON, { kind: 'skipped' }],
    ['2026-03-29', '02:00', LONDON, { kind: 'exact', instant: at('2026-03-29T01:00:00Z') }],
    ['2026-10-25', '00:59', LONDON, { kind: 'exact', instant: at('2026-10-24T23:59:00Z') }],
    [
      '2026-10-25',
      '01:30',
      LONDON,
      { kind: 'twice', first: at('2026-10-25T00:30:00Z'), second: at('2026-10-25T01:30:00Z') },
    ],
    ['2026-10-25', '02:00', LONDON, { kind: 'exact', instant: at('2026-10-25T02:00:00Z') }],
  ]
  for (const [day, time, zone, expected] of cases)
    t.same(calendar.localTime(day, time, zone), expected, `${day} ${time} ${zone}`)
  t.throws(() => calendar.localTime('2026-02-29', '09:00', LONDON), RangeError)
  t.throws(() => calendar.localTime('2026-02-28', '24:30', LONDON), RangeError)
  t.throws(() => calendar.localTime('2026-02-28', '09:00', 'Europe/Nowhere'), RangeError)
})

t.test(
  'a rule’s wall time always has an instant: a skipped one moves on, of two the first counts',
  async (t) => {
    t.same(calendar.instantOf('2026-03-29', '01:30', LONDON), at('2026-03-29T01:30:00Z'))
    t.same(calendar.instantOf('2026-10-25', '01:30', LONDON), at('2026-10-25T00:30:00Z'))
  },
)

t.test('a day and a time are those of the zone', async (t) => {
  const lateEvening = at('2026-07-20T23:30:00Z')
  t.equal(calendar.dayOf(lateEvening, LONDON), '2026-07-21')
  t.equal(calendar.timeOf(lateEvening, LONDON), '00:30')
  t.equal(calendar.dayOf(lateEvening, 'America/New_York'), '2026-07-20')
  t.equal(calendar.timeInWords(lateEvening, LONDON), '0:30')
  t.equal(calendar.timeInWords(at('2026-01-19T09:05:59Z'), LONDON), '9:05')
  t.equal(calendar.machineReadable(lateEvening), '2026-07-20T23:30:00.000Z')
})

t.test('days are counted on the calendar, whatever the clocks do', async (t) => {
  t.equal(calendar.addDays('2026-03-28', 2), '2026-03-30')
  t.equal(calendar.addDays('2028-03-01', -1), '2028-02-29')
  t.equal(calendar.daysBetween('2026-12-30', '2027-01-02'), 3)
  t.equal(calendar.daysBetween('2026-03-30', '2026-03-28'), -2)
  t.equal(calendar.weekdayOf('2015-01-19'), 1)
  t.equal(calendar.weekdayOf('2015-01-25'), 7)
})

t.test('what is a day, and what is a zone', async (t) => {
  const days: [string, boolean][] = [
    ['2015-01-19', true],
    ['2028-02-29', true],
    ['2026-02-29', false],
    ['2026-1-9', false],
    ['2026-13-01', false],
    ['2026-01-19T00:00', false],
    ['20260119', false],
    ['', false],
    ['today', false],
  ]
  for (const [day, is] of days) t.equal(calendar.isDay(day), is, day)
  const zones: [string, boolean][] = [
    ['Europe/London', true],
    ['UTC', true],
    ['America/Argentina/Buenos_Aires', true],
    ['Europe/Nowhere', false],
    ['London', false],
    ['', false],
  ]
  for (const [zone, is] of zones) t.equal(calendar.isTimeZone(zone), is, zone)
})

t.test('words', async (t) => {
  const now = at('2026-11-18T10:42:00Z')
  const cases: [actual: string, expected: string][] = [
    [calendar.dayInWords('2015-01-19'), 'Monday 19 January'],
    [calendar.dayInWords('2026-01-19', '2026-11-18'), 'Monday 19 January'],
    [calendar.dayInWords('2015-01-19', '2026-11-18'), 'Monday 19 January 2015'],
    [calendar.daysInWords('2015-01-19', '2015-01-23'), '19 to 23 January 2015'],
    [calendar.daysInWords('2026-11-30', '2026-12-04'), '30 November to 4 December 2026'],
    [calendar.daysInWords('2026-12-28', '2027-01-01'), '28 December 2026 to 1 January 2027'],
    [calendar.daysInWords('2026-05-04', '2026-05-04'), '4 May 2026'],
    [calendar.momentInWords(at('2026-11-18T09:00:00Z'), now, LONDON), 'today 9:00'],
    [calendar.momentInWords(at('2026-11-19T00:05:00Z'), now, LONDON), 'tomorrow 0:05'],
    [calendar.momentInWords(at('2026-11-17T23:59:00Z'), now, LONDON), 'yesterday 23:59'],
    [calendar.momentInWords(at('2026-11-23T09:00:00Z'), now, LONDON), 'Monday 23 November, 9:00'],
    [calendar.momentInWords(at('2015-01-19T09:00:00Z'), now, LONDON), 'Monday 19 January 2015, 9:00'],
    [calendar.spanInWords(-5), 'less than a minute'],
    [calendar.spanInWords(59_999), 'less than a minute'],
    [calendar.spanInWords(60_000), '1 minute'],
    [calendar.spanInWords(59 * 60_000), '59 minutes'],
    [calendar.spanInWords(60 * 60_000), '1 h'],
    [calendar.spanInWords(130 * 60_000), '2 h 10 min'],
    [calendar.spanInWords(24 * 3_600_000), '1 day'],
    [calendar.spanInWords(100 * 3_600_000), '4 days'],
    [calendar.zoneInWords('Europe/London'), 'London'],
    [calendar.zoneInWords('America/Argentina/Buenos_Aires'), 'Buenos Aires'],
    [calendar.weekdayLetter('2026-11-19'), 'T'],
    [calendar.weekdayName('2026-11-19'), 'Thursday'],
    [calendar.monthName('2026-11-19'), 'November'],
  ]
  for (const [actual, expected] of cases) t.equal(actual, expected)
})

t.test('day and time are what the zone’s clocks show, whatever was asked for before', async (t) => {
  // Clocks that change at midnight, by half an hour, never, and over a day that was left out.
  const zones = [
    LONDON,
    'America/New_York',
    'America/Havana',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Pacific/Apia',
  ]
  const clocks = new Map(
    zones.map((zone) => [
      zone,
      new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }),
    ]),
  )
  const near = (day: string) =>
    fc.integer({ min: Date.parse(day) - 2 * 86_400_000, max: Date.parse(day) + 2 * 86_400_000 })
  const moments = fc.oneof(
    fc.integer({ min: Date.parse('2010-01-01'), max: Date.parse('2040-01-01') }),
    ...['2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-04', '2011-12-30'].map(near),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.array(moments, { minLength: 1, maxLength: 40 }),
      (zone, times) => {
        for (const time of times) {
          const instant = new Date(time)
          const shown = clocks.get(zone)!.format(instant)
          const found = `${calendar.dayOf(instant, zone)} ${calendar.timeOf(instant, zone)}`
          if (found !== shown) throw new Error(`${instant.toISOString()} in ${zone}: ${found}, not ${shown}`)
        }
      },
    ),
    { numRuns: 300 },
  )
  t.pass('in six zones')
})
