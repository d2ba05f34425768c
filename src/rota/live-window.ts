import type { EventDetails } from './host.ts'

/** While it is open, its week's host may post live from the event. */
export interface LiveWindow {
  event: EventDetails & { id: string; weekId: string }
  startsAt: Date
  /** It is closed at this instant. */
  endsAt: Date
  /** The week's scheduled posts are held meanwhile. */
  aside: boolean
  /** 0 as long as nobody changed anything: then it has its event's own times. */
  version: number
}

export function isOpenAt({ startsAt, endsAt }: Pick<LiveWindow, 'startsAt' | 'endsAt'>, at: Date): boolean {
  return at >= startsAt && at < endsAt
}

/** The window that is open at an instant; of several the one that began last. */
export function openWindowAt(windows: readonly LiveWindow[], at: Date): LiveWindow | undefined {
  return windows
    .filter((window) => isOpenAt(window, at))
    .toSorted((one, other) => one.startsAt.getTime() - other.startsAt.getTime())
    .at(-1)
}

/** The open one; else the next to open; else the last that was. */
export function windowToShow(windows: readonly LiveWindow[], now: Date): LiveWindow | undefined {
  const inOrder = windows.toSorted((one, other) => one.startsAt.getTime() - other.startsAt.getTime())
  return (
    openWindowAt(windows, now) ??
    inOrder.find(({ startsAt }) => startsAt > now) ??
    inOrder.toSorted((one, other) => one.endsAt.getTime() - other.endsAt.getTime()).at(-1)
  )
}

/** How much longer a host may keep it open with one press, in minutes. */
export const EXTENSIONS = [30, 60, 120] as const

/** The end after an extension: from its end, or from now when it has closed already; never after the week's. */
export function extendedEnd(
  { endsAt }: Pick<LiveWindow, 'endsAt'>,
  { minutes, now, closesAt }: { minutes: number; now: Date; closesAt: Date },
): Date {
  const from = Math.max(endsAt.getTime(), now.getTime())
  return new Date(Math.min(from + minutes * 60_000, closesAt.getTime()))
}
