import { createHash } from 'node:crypto'
import { PUBLISHING_POINTS } from '../../src/publishing/points.ts'

/** Where the process can be ended: at each moment that the publisher names, and while X has a post in its hands. */
export const KILL_POINTS = [...PUBLISHING_POINTS, 'in-request', 'accepted'] as const
export type KillPoint = (typeof KILL_POINTS)[number]

/** What the proxy can do to a call. `before` means that X never hears of it. */
export const FAULT_KINDS = [
  'cut-before',
  'cut-after', // X did it, and nothing of its answer arrives
  'cut-in-answer', // half of the answer, then the connection breaks
  'hold', // X did it, and its answer never comes
  'limited', // 429 with X's headers
  'credit', // 402
  'unavailable-before', // 503
  'unavailable-after',
  'unauthorised', // 401
  'lagging', // X did it, nothing of its answer arrives, and for a while the timeline does not show it
  'duplicate', // 403, though no such text stands there
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

export const CALLS = ['post', 'timeline', 'media', 'token'] as const
export type Call = (typeof CALLS)[number]

const FAULTS_OF: Record<Call, readonly FaultKind[]> = {
  post: FAULT_KINDS,
  timeline: FAULT_KINDS.filter((kind) => !['duplicate', 'credit', 'lagging'].includes(kind)),
  media: FAULT_KINDS.filter((kind) => !['duplicate', 'lagging'].includes(kind)),
  token: ['cut-before', 'cut-after', 'hold', 'unavailable-before', 'unavailable-after'],
}

/** The `nth` call of its kind in a life suffers; calls count from 1. */
export interface Fault {
  call: Call
  nth: number
  kind: FaultKind
}

export interface PartPlan {
  text: string
  images: { picture: number; alt: string }[]
}

export interface DraftPlan {
  id: string
  /** Else a lead writes it in the account's name. */
  byHost: boolean
  parts: PartPlan[]
  /** Which of the followers' questions it answers. */
  answers: number | null
  /** How long after it was approved it is due; null: as soon as approved. Milliseconds. */
  dueInMs: number | null
}

/** With `npm run restore`, or as somebody does who copies the files back: the app has to notice that by itself. */
export const RESTORES = ['by-command', 'by-hand'] as const
export type Restore = (typeof RESTORES)[number]

/** From one start of the app to its end by SIGKILL. */
export interface Life {
  number: number
  /** For how long nothing ran before. Milliseconds of the clock that app and stand-in share. */
  downtimeMs: number
  /** Before the start: an older copy takes the place of the data. */
  restore: Restore | null
  /** Before the start: the stand-in is ended by SIGKILL too, and started again. */
  standInDies: boolean
  faults: Fault[]
  drafts: DraftPlan[]
  /** Once the drafts are approved: the data is copied while the app runs. */
  copy: boolean
  kill: { point: KillPoint; nth: number } | { afterMs: number }
  /** Whether X still gets the request in whose middle the app dies. */
  arrives: boolean
}

export const PICTURES = 6
export const QUESTIONS = 8

const SECOND = 1000
const MINUTE = 60 * SECOND

/** Everything that the seed decides, before anything runs. */
export function planOf(seed: number, kills: number): Life[] {
  const points = pointsInTurn(seed, kills)
  const before: DraftPlan[] = []
  return Array.from({ length: kills }, (_, number) => {
    const random = randomOf(`${seed} life ${number}`)
    const point = points[number] ?? null
    const drafts = draftsOf(seed, number, { random, before, provoke: point })
    before.push(...drafts)
    return {
      number,
      downtimeMs: downtimeOf(random),
      restore: random() < 1 / 15 ? restoreOf(seed, number) : null,
      standInDies: random() < 1 / 25,
      faults: faultsOf(random, point),
      drafts,
      copy: number === 0 || random() < 1 / 4,
      kill: point === null ? { afterMs: Math.floor(random() * 700) } : { point, nth: nthOf(random, point) },
      arrives: random() < 0.5,
    }
  })
}

function restoreOf(seed: number, life: number): Restore {
  return randomOf(`${seed} restore ${life}`)() < 0.5 ? 'by-command' : 'by-hand'
}

/** Every point as often as any other, in an order of the seed's; null where the time of the end is left to chance. */
function pointsInTurn(seed: number, kills: number): (KillPoint | null)[] {
  const random = randomOf(`${seed} points`)
  const all: (KillPoint | null)[] = []
  while (all.length < kills) {
    const round = [...KILL_POINTS, null, null, null, null].map((point) => ({ point, at: random() }))
    all.push(...round.toSorted((one, other) => one.at - other.at).map(({ point }) => point))
  }
  return all
}

function nthOf(random: () => number, point: KillPoint): number {
  if (/^(refresh|caught|look|watch)/.test(point)) return 1
  return 1 + Math.floor(random() * 3)
}

/** Mostly minutes; sometimes so short that the lease of the one before still holds, sometimes an hour, a night, days. */
function downtimeOf(random: () => number): number {
  const kind = random()
  if (kind < 0.15) return Math.floor(random() * SECOND)
  if (kind < 0.8) return Math.floor((1 + random() * 5) * MINUTE)
  if (kind < 0.93) return Math.floor((25 + random() * 100) * MINUTE)
  return Math.floor((8 + random() * 40) * 60 * MINUTE)
}

function faultsOf(random: () => number, point: KillPoint | null): Fault[] {
  const faults: Fault[] = []
  // A point is passed only when something leads there.
  if (point?.startsWith('refresh')) faults.push({ call: 'timeline', nth: 1, kind: 'unauthorised' })
  if (point === 'look-unkept') faults.push({ call: 'post', nth: 1, kind: oneOf(random, LEAVE_DOUBT) })
  if (point === 'watch-unkept') faults.push({ call: 'post', nth: 1, kind: oneOf(random, NOT_SEEN_SOON) })
  const more = Math.floor(random() * 3)
  for (let i = 0; i < more; i++) {
    const call = random() < 0.6 ? 'post' : oneOf(random, CALLS)
    const nth = 1 + Math.floor(random() * 4)
    faults.push({ call, nth, kind: oneOf(random, FAULTS_OF[call]) })
  }
  return faults
}

const LEAVE_DOUBT: readonly FaultKind[] = [
  'cut-before',
  'cut-after',
  'cut-in-answer',
  'hold',
  'unavailable-before',
  'unavailable-after',
]

/** What all looks miss. */
const NOT_SEEN_SOON: readonly FaultKind[] = ['lagging', 'cut-before', 'unavailable-before']

function draftsOf(
  seed: number,
  life: number,
  { random, before, provoke }: { random: () => number; before: DraftPlan[]; provoke: KillPoint | null },
): DraftPlan[] {
  return Array.from({ length: 1 + Math.floor(random() * 2) }, (_, index) => {
    const name = `${life}${'abc'[index]}`
    const again = random() < 0.12 ? oneOf(random, before) : undefined
    const count = again?.parts.length ?? (random() < 0.4 ? 1 : 2 + Math.floor(random() * 4))
    const parts = again?.parts ?? Array.from({ length: count }, (_, at) => partOf(random, `${name}${at + 1}`))
    if (provoke?.startsWith('image') && index === 0 && parts[0]!.images.length === 0)
      parts[0] = { ...parts[0]!, images: imagesOf(random, 3) }
    return {
      id: `draft-${seed}-${name}`,
      byHost: random() < 0.7,
      parts,
      answers: random() < 0.25 ? Math.floor(random() * QUESTIONS) : null,
      dueInMs: random() < 0.3 ? Math.floor(random() * 400) : null,
    }
  })
}

const WORDS = [
  'Nobody sees the porters & their nine miles of corridor',
  'Doors open at 9:30 <early> – the queue goes past the phone box',
  'Tea first, then the ward round 🫖 and the list at www.nhs.uk/conditions',
  'Read https://www.example.org/a?b=1&c=2#d before Friday, please',
  '“Was it always so cold?” she asked: it was, café and all',
  '早上好 from the night shift 👩🏽‍⚕️👨‍👩‍👧',
  'Thank you to @LegClubSkelby, #NorthDaleWeek',
]

function partOf(random: () => number, name: string): PartPlan {
  const words = Array.from({ length: 1 + Math.floor(random() * 2) }, () => oneOf(random, WORDS)).join('. ')
  const most = random() < 0.5 ? 0 : 4
  return { text: `${name} ${words}`, images: imagesOf(random, most) }
}

function imagesOf(random: () => number, most: number): PartPlan['images'] {
  const count = most === 0 ? 0 : 1 + Math.floor(random() * most)
  const first = Math.floor(random() * PICTURES)
  return Array.from({ length: count }, (_, index) => ({
    picture: (first + index) % PICTURES,
    alt: `Picture ${index + 1}: a corridor & <a trolley>`,
  }))
}

function oneOf<T>(random: () => number, all: readonly T[]): T {
  return all[Math.floor(random() * all.length)]!
}

/** Numbers from 0 up to 1, the same ones for the same name: mulberry32, seeded by a hash. */
export function randomOf(name: string): () => number {
  let state = createHash('sha256').update(name).digest().readUInt32LE()
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
