import { weekdayName } from '../../calendar.ts'
import { countOf } from '../story/generate.ts'
import type { Charts } from '../week-page.ts'

const WIDTH = 440
const HEIGHT = 156
/** Where the bars stand; below it the axis is named. */
const FLOOR = 130
/** Above the highest bar there is room for its number and for what the colours mean. */
const CEILING = 44
/** Left free at either end, in bands. */
const OUTSIDE = 0.15

interface Bar {
  x: number
  y: number
  width: number
  height: number
  second: boolean
}

/** The model of the partial `chart`. */
export interface Chart {
  title: string
  label: string
  width: number
  height: number
  floor: number
  bars: Bar[]
  /** A line over the bars, as a path; null for none. */
  path: string | null
  texts: { x: number; y: number; text: string }[]
  legend: { x: number; second: boolean; text: string; textX: number }[]
  table: { caption: string; head: string[]; rows: { name: string; cells: number[] }[] }
}

/** What was said, day by day: two bars a day with their numbers. */
export function daysChart({ days }: Charts): Chart {
  const name = ({ day }: { day: string }) => weekdayName(day)
  const { across, width } = bands(days.length, 0.3)
  const up = heights(days)
  const half = width / 2
  const marks = days.flatMap((one, index) => {
    const x = across(index)
    return [
      { at: x, count: one.posts, second: false },
      { at: x + half, count: one.replies, second: true },
    ]
  })
  return {
    ...frame('Posts and replies, day by day'),
    label: `Bar chart. ${days.map((one) => `${name(one)}: ${countOf(one.posts, 'post')}, ${countOf(one.replies, 'reply', 'replies')}`).join('; ')}.`,
    bars: marks
      .filter(({ count }) => count > 0)
      .map(({ at, count, second }) => barOf(at + 1, half - 2, up(count), second)),
    path: null,
    texts: [
      ...marks
        .filter(({ count }) => count > 0)
        .map(({ at, count }) => ({ x: round(at + half / 2), y: round(up(count) - 6), text: String(count) })),
      ...days.map((one, index) => ({ x: round(across(index) + half), y: 150, text: name(one).slice(0, 3) })),
    ],
    table: {
      caption: 'Posts and replies, day by day',
      head: ['Day', 'Posts', 'Replies'],
      rows: days.map((one) => ({ name: name(one), cells: [one.posts, one.replies] })),
    },
  }
}

/** At most so many hours are left out at either end when nothing was said in them. */
const FEWEST_HOURS = 8

/** When it was said: replies as bars, the account's posts as a line over them. */
export function hoursChart({ hours }: Charts): Chart {
  const all = hours.map((one, hour) => ({ ...one, hour }))
  const busy = all.filter(({ posts, replies }) => posts + replies > 0)
  const from = Math.min(busy[0]?.hour ?? 0, 24 - FEWEST_HOURS)
  const to = Math.max(busy.at(-1)?.hour ?? 23, from + FEWEST_HOURS - 1)
  const shown = all.slice(from, to + 1)
  const { across, width } = bands(shown.length, 0.25)
  const up = heights(shown)
  const left = (hour: number) => across(hour - from)
  const middle = (hour: number) => left(hour) + width / 2
  const most = shown.reduce((known, one) => (one.replies > known.replies ? one : known))
  return {
    ...frame('When it was said'),
    label: `Bar chart of replies by the hour, with the posts as a line. Most replies came between ${most.hour}:00 and ${most.hour + 1}:00: ${most.replies}.`,
    bars: shown
      .filter(({ replies }) => replies > 0)
      .map(({ hour, replies }) => barOf(left(hour), width, up(replies), true)),
    path: steps(shown.map(({ hour, posts }) => ({ x: middle(hour), y: up(posts) }))),
    texts: [
      { x: round(middle(most.hour)), y: round(up(most.replies) - 6), text: String(most.replies) },
      ...shown
        .filter(({ hour }) => hour % (shown.length > 12 ? 4 : 2) === 0)
        .map(({ hour }) => ({ x: round(middle(hour)), y: 150, text: `${hour}:00` })),
    ],
    table: {
      caption: 'Posts and replies by the hour in which they were sent',
      head: ['Hour', 'Posts', 'Replies'],
      rows: shown.map(({ hour, posts, replies }) => ({ name: `${hour}:00`, cells: [posts, replies] })),
    },
  }
}

function frame(title: string) {
  return {
    title,
    width: WIDTH,
    height: HEIGHT,
    floor: FLOOR + 0.5,
    legend: [
      { x: WIDTH - 132, textX: WIDTH - 115, second: false, text: 'posts' },
      { x: WIDTH - 66, textX: WIDTH - 49, second: true, text: 'replies' },
    ],
  }
}

/** So many bands beside each other, with `gap` of each left free between two: where each begins, and how wide it is. */
function bands(count: number, gap: number) {
  const step = WIDTH / Math.max(1, count - gap + 2 * OUTSIDE)
  const begin = (WIDTH - step * (count - gap)) / 2
  return { across: (index: number) => begin + step * index, width: step * (1 - gap) }
}

/** How high a count stands; the highest of them reaches to the ceiling. */
function heights(counted: readonly { posts: number; replies: number }[]): (count: number) => number {
  const most = Math.max(1, ...counted.flatMap((one) => [one.posts, one.replies]))
  return (count) => FLOOR * (1 - count / most) + CEILING * (count / most)
}

/** A line that goes up and down half-way between two points, as a path. */
function steps([first, ...others]: readonly { x: number; y: number }[]): string {
  let { x, y } = first!
  const path = [`M${round(x)},${round(y)}`]
  for (const next of others) {
    const between = round((x + next.x) / 2)
    path.push(`${between},${round(y)}`, `${between},${round(next.y)}`)
    ;({ x, y } = next)
  }
  return [...path, `${round(x)},${round(y)}`].join('L')
}

function barOf(x: number, width: number, y: number, second: boolean): Bar {
  return { x: round(x), y: round(y), width: round(width), height: round(FLOOR - y), second }
}

function round(number: number): number {
  return Math.round(number * 10) / 10
}
