import { scaleBand, scaleLinear } from 'd3-scale'
import { curveStep, line } from 'd3-shape'
import { weekdayName } from '../../calendar.ts'
import { countOf } from '../story/generate.ts'
import type { Charts } from '../week-page.ts'

const WIDTH = 440
const HEIGHT = 156
/** Where the bars stand; below it the axis is named. */
const FLOOR = 130
/** Above the highest bar there is room for its number and for what the colours mean. */
const CEILING = 44

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

/** So many pages’ charts are kept drawn; the ones drawn longest ago go first. */
const MOST_DRAWN = 20
const drawn = new Map<string, [days: Chart, hours: Chart]>()

/**
 * What was said, day by day and by the hour. Drawn once for the same counts: d3 makes functions that outlive a request, and
 * pages are shown again and again.
 */
export function drawCharts(counts: Charts): [days: Chart, hours: Chart] {
  const key = JSON.stringify(counts)
  const charts = drawn.get(key) ?? [daysChart(counts), hoursChart(counts)]
  drawn.set(key, charts)
  if (drawn.size > MOST_DRAWN) drawn.delete(drawn.keys().next().value!)
  return charts
}

/** Two bars a day with their numbers. */
function daysChart({ days }: Charts): Chart {
  const name = ({ day }: { day: string }) => weekdayName(day)
  const across = scaleBand()
    .domain(days.map(({ day }) => day))
    .range([0, WIDTH])
    .paddingInner(0.3)
    .paddingOuter(0.15)
  const up = scaleLinear(
    [0, Math.max(1, ...days.flatMap((one) => [one.posts, one.replies]))],
    [FLOOR, CEILING],
  )
  const half = across.bandwidth() / 2
  const marks = days.flatMap((one) => {
    const x = across(one.day)!
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
      ...days.map((one) => ({ x: round(across(one.day)! + half), y: 150, text: name(one).slice(0, 3) })),
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
function hoursChart({ hours }: Charts): Chart {
  const all = hours.map((one, hour) => ({ ...one, hour }))
  const busy = all.filter(({ posts, replies }) => posts + replies > 0)
  const from = Math.min(busy[0]?.hour ?? 0, 24 - FEWEST_HOURS)
  const to = Math.max(busy.at(-1)?.hour ?? 23, from + FEWEST_HOURS - 1)
  const shown = all.slice(from, to + 1)
  const across = scaleBand<number>()
    .domain(shown.map(({ hour }) => hour))
    .range([0, WIDTH])
    .paddingInner(0.25)
    .paddingOuter(0.15)
  const up = scaleLinear(
    [0, Math.max(1, ...shown.flatMap((one) => [one.posts, one.replies]))],
    [FLOOR, CEILING],
  )
  const middle = (hour: number) => across(hour)! + across.bandwidth() / 2
  const most = shown.reduce((known, one) => (one.replies > known.replies ? one : known))
  const overPosts = line<(typeof shown)[number]>()
    .x(({ hour }) => middle(hour))
    .y(({ posts }) => up(posts))
    .curve(curveStep)
    .digits(1)
  return {
    ...frame('When it was said'),
    label: `Bar chart of replies by the hour, with the posts as a line. Most replies came between ${most.hour}:00 and ${most.hour + 1}:00: ${most.replies}.`,
    bars: shown
      .filter(({ replies }) => replies > 0)
      .map(({ hour, replies }) => barOf(across(hour)!, across.bandwidth(), up(replies), true)),
    path: overPosts(shown),
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

function barOf(x: number, width: number, y: number, second: boolean): Bar {
  return { x: round(x), y: round(y), width: round(width), height: round(FLOOR - y), second }
}

function round(number: number): number {
  return Math.round(number * 10) / 10
}
