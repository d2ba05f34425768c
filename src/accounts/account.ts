/** Which days a week has, and when it opens and closes, in the account's zone. */
export interface Shape {
  /** ISO weekdays, 1 is Monday; rising, without holes. The first one names the slot. */
  days: number[]
  /** On the first day, `HH:MM`. */
  opens: string
  /** On the last day, `HH:MM`. */
  closes: string
}

export const DEFAULT_SHAPE: Shape = { days: [1, 2, 3, 4, 5], opens: '09:00', closes: '18:00' }

/** What the account's leads decided once for all drafts and weeks. */
export interface Policy {
  /** Somebody may approve what they wrote themselves; the record says so. */
  selfApproval: boolean
  /** The recap goes on the public page by itself when the week closes. */
  publishRecap: boolean
  /** A delivery later than this many minutes is held and asked about. */
  lateAfterMinutes: number
  /** Seconds between two parts of a thread: X was seen to refuse very fast chains. */
  threadGapSeconds: number
  /** Minutes between two looks for replies while a week is open. */
  listenEveryMinutes: number
  /** Which drafts wait for a person's decision; the others go out on the account's own. */
  decided: Decided
  /** Who may decide is reminded so many minutes before an undecided draft is wanted; 0: not at all. */
  remindMinutes: number
  /** What the account decides by itself goes out so many minutes after its submission at the earliest, and can be stopped. */
  stopMinutes: number
  /** What becomes of what a week's host posts from the live page while a live window is open. */
  live: LivePolicy
  /** Where live posts can be stopped: in how many minutes. */
  liveStopMinutes: number
  /** Posts nearer to each other than so many minutes are pointed out, answers aside. */
  gapMinutes: number
  suggestedTimes: SuggestedTimes
  /** Anybody may ask for a week, or suggest somebody, by a form on the public pages. */
  asking: boolean
  /** What somebody sent who asked for a week is deleted so many months after. */
  askingMonths: number
}

/** When it is good to post, for the plan of a week: times of day in the account's zone, `HH:MM`, rising. */
export interface SuggestedTimes {
  everyDay: string[]
  /** By ISO weekday, where a day has its own; an empty list: none on that day. */
  onDays: Partial<Record<number, string[]>>
}

/** How somebody types that a day has no suggested times. */
export const NO_TIMES = 'none'

/** They go out at once; after a few minutes, unless somebody stops them; or when somebody has approved them, on the phone. */
export const LIVE_POLICIES = ['at-once', 'delay', 'lane'] as const
export type LivePolicy = (typeof LIVE_POLICIES)[number]

/** To choose from. */
export const ASKING_MONTHS = [1, 3, 6, 12, 24] as const

/** To choose from. */
export const LIVE_STOP_MINUTES = [1, 2, 5] as const

/** `all`; all but answers to who spoke to the account (`originals`); all but those of a host whom a lead marked as trusted (`untrusted`). */
export const DECIDED = ['all', 'originals', 'untrusted'] as const
export type Decided = (typeof DECIDED)[number]

export const DEFAULT_POLICY: Policy = {
  selfApproval: false,
  publishRecap: false,
  lateAfterMinutes: 30,
  threadGapSeconds: 2,
  listenEveryMinutes: 5,
  decided: 'all',
  stopMinutes: 10,
  remindMinutes: 60,
  live: 'lane',
  liveStopMinutes: 2,
  gapMinutes: 30,
  suggestedTimes: { everyDay: ['09:00', '12:30', '17:00'], onDays: {} },
  asking: true,
  askingMonths: 6,
}

/** Texts of the public pages and of the invitation, in Markdown, with sensible defaults (`texts.ts`). */
export interface Texts {
  houseRules: string
  accessibility: string
  privacy: string
  /** How the public reaches the account's team: an address or a sentence. */
  contact: string
  /** How somebody gets a week, for the account’s public page. */
  takePart: string
}

export const CONNECTION_STATES = ['none', 'connected', 'reconnect'] as const
/** What the network limits apart from each other: one for each of its addresses that we use. */
export const NETWORK_CALLS = [
  'send',
  'remove',
  'upload',
  'hide',
  'own-posts',
  'mentions',
  'replies',
  'posts',
] as const
export type NetworkCall = (typeof NETWORK_CALLS)[number]

/** `limited`: until the network takes calls again. `credit`: until we ask once more whether there is some. */
export const PAUSE_REASONS = ['limited', 'credit'] as const
export type PauseReason = (typeof PAUSE_REASONS)[number]

/** How long nothing is sent after X said that the credit is used up, then one post asks again. Machine time. */
export const CREDIT_ASKED_EVERY_MINUTES = 10

/** The public pages of an account that ended stay as they are, or are not found any more. */
export const PAGES_AFTER = ['stay', 'withdrawn'] as const
export type PagesAfter = (typeof PAGES_AFTER)[number]
