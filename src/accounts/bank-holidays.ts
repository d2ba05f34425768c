import { addDays, weekdayOf } from '../calendar.ts'

/** Whose bank holidays there are: the three lists that gov.uk keeps. */
export const NATIONS = ['england-and-wales', 'scotland', 'northern-ireland'] as const
export type Nation = (typeof NATIONS)[number]

export const NATION_NAMES: Record<Nation, string> = {
  'england-and-wales': 'England and Wales',
  scotland: 'Scotland',
  'northern-ireland': 'Northern Ireland',
}

export interface Holiday {
  /** `YYYY-MM-DD` */
  day: string
  name: string
  /** gov.uk has published its year; those of later years follow from the rule alone. */
  announced: boolean
}

/** The last year of https://www.gov.uk/bank-holidays, as it stood when this was written. */
const LAST_ANNOUNCED_YEAR = 2027

type Rule = Omit<Holiday, 'announced'>

/**
 * The bank holidays of a year. The yearly ones follow from the Banking and Financial Dealings Act 1971, schedule 1, and the
 * proclamations and usage beside it: one on a Saturday or Sunday has the next free weekday instead. Those that were proclaimed
 * for once stand in a list, as https://www.gov.uk/bank-holidays published them; one that is proclaimed later is not known here.
 */
export function bankHolidays(year: number, nation: Nation): Holiday[] {
  const yearly = [...fixed(year, nation), ...moving(year, nation)]
  const once = ONCE.filter(({ day, nations }) => Number(day.slice(0, 4)) === year && nations.includes(nation))
  const replaced = once.flatMap((one) => one.instead ?? [])
  return [
    ...yearly.filter(({ day }) => !replaced.includes(day)),
    ...once.map(({ day, name }) => ({ day, name })),
  ]
    .map((one) => ({ ...one, announced: year <= LAST_ANNOUNCED_YEAR }))
    .toSorted((one, other) => one.day.localeCompare(other.day))
}

/** Those of several nations in a span of days, both included, a day once for each name. */
export function bankHolidaysBetween(nations: readonly Nation[], first: string, last: string): Holiday[] {
  const [from, to] = [Number(first.slice(0, 4)), Number(last.slice(0, 4))]
  const years = Array.from({ length: to - from + 1 }, (_, by) => from + by)
  const all = years.flatMap((year) => nations.flatMap((nation) => bankHolidays(year, nation)))
  return all.filter(
    ({ day, name }, at) =>
      day >= first && day <= last && all.findIndex((one) => one.day === day && one.name === name) === at,
  )
}

function fixed(year: number, nation: Nation): Rule[] {
  const on = (monthAndDay: string, name: string) => ({ day: `${year}-${monthAndDay}`, name })
  const newYear = [on('01-01', 'New Year’s Day')]
  const christmas = [on('12-25', 'Christmas Day'), on('12-26', 'Boxing Day')]
  const own: Record<Nation, Rule[][]> = {
    'england-and-wales': [newYear],
    scotland: [[...newYear, on('01-02', '2nd January')], [on('11-30', 'St Andrew’s Day')]],
    'northern-ireland': [newYear, [on('03-17', 'St Patrick’s Day')], [on('07-12', 'Battle of the Boyne')]],
  }
  return [...own[nation], christmas].flatMap(withSubstitutes)
}

/** Those that follow each other keep their weekdays where they can; each of the others has the next day that none of them has. */
function withSubstitutes(together: Rule[]): Rule[] {
  const taken = together.map(({ day }) => day).filter((day) => weekdayOf(day) <= 5)
  return together.map(({ day, name }) => {
    if (weekdayOf(day) <= 5) return { day, name }
    let free = addDays(day, 1)
    while (weekdayOf(free) > 5 || taken.includes(free)) free = addDays(free, 1)
    taken.push(free)
    return { day: free, name: `${name}, substitute day` }
  })
}

function moving(year: number, nation: Nation): Rule[] {
  const easter = easterSunday(year)
  return [
    { day: addDays(easter, -2), name: 'Good Friday' },
    ...(nation === 'scotland' ? [] : [{ day: addDays(easter, 1), name: 'Easter Monday' }]),
    { day: mondayFrom(`${year}-05-01`), name: 'Early May bank holiday' },
    { day: mondayFrom(`${year}-05-25`), name: 'Spring bank holiday' },
    {
      day: mondayFrom(nation === 'scotland' ? `${year}-08-01` : `${year}-08-25`),
      name: 'Summer bank holiday',
    },
  ]
}

/** That day or the first Monday after it. */
function mondayFrom(day: string): string {
  return addDays(day, (8 - weekdayOf(day)) % 7)
}

/** In the Gregorian calendar: the method of Meeus, Jones and Butcher. */
function easterSunday(year: number): string {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114
  const day = (f % 31) + 1
  return `${year}-${String(Math.floor(f / 31)).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/**
 * Proclaimed for one year; `instead` of a yearly one. That of 2026 by the proclamation of 4 February 2026 under section 1(3) of the
 * Act, for Scotland alone.
 */
const ONCE: (Rule & { nations: readonly Nation[]; instead?: string })[] = [
  { day: '2020-05-08', name: 'Early May bank holiday (VE day)', nations: NATIONS, instead: '2020-05-04' },
  { day: '2022-06-02', name: 'Spring bank holiday', nations: NATIONS, instead: '2022-05-30' },
  { day: '2022-06-03', name: 'Platinum Jubilee bank holiday', nations: NATIONS },
  { day: '2022-09-19', name: 'State Funeral of Queen Elizabeth II', nations: NATIONS },
  { day: '2023-05-08', name: 'Coronation of King Charles III', nations: NATIONS },
  { day: '2026-06-15', name: 'World Cup bank holiday', nations: ['scotland'] },
]
