import { addDays, dayInWords, dayOf, instantOf, isDay, localTime, timeInWords, timeOf } from '../calendar.ts'
import { Refused } from '../errors.ts'

/** When a draft shall go out, as the editor's fields say it. */
export interface Wish {
  when: 'soon' | 'time'
  day: string
  /** `HH:MM` */
  time: string
  /** Of a time that comes twice. */
  which: 'first' | 'second' | ''
}

/** The time that a draft may have: from one instant until just before another. */
export interface TimeFrame {
  from: Date
  until: Date
}

/**
 * The instant of a wish in the account's zone, or null for "as soon as approved".
 * @throws Refused under `when`, `day`, `time` or `which` when something is missing, or the change of the clocks is in the way.
 */
export function readWish({ when, day, time, which }: Wish, zone: string): Date | null {
  if (when === 'soon' && day === '' && time === '') return null
  if (when === 'soon')
    throw new Refused({
      when: 'Choose one: “As soon as it is approved”, with day and time empty, or “At this time”.',
    })
  if (!isDay(day)) throw new Refused({ day: 'Choose a day, or “As soon as it is approved”.' })
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
    throw new Refused({ time: 'Choose a time, or “As soon as it is approved”.' })
  const found = localTime(day, time, zone)
  if (found.kind === 'exact') return found.instant
  if (found.kind === 'skipped') {
    throw new Refused({
      time: `There is no ${clock(time)} on ${dayInWords(day)}: the clocks go forward over it. Choose another time.`,
    })
  }
  if (which === '')
    throw new Refused({
      which: `${clock(time)} comes twice on ${dayInWords(day)}, because the clocks go back. Choose which one.`,
    })
  return found[which]
}

/** The wish that an instant is, so that the form shows what was kept. */
export function wishOf(at: Date | null, zone: string): Wish {
  if (at === null) return { when: 'soon', day: '', time: '', which: '' }
  const day = dayOf(at, zone)
  const time = timeOf(at, zone)
  const found = localTime(day, time, zone)
  const which = found.kind !== 'twice' ? '' : found.second.getTime() === at.getTime() ? 'second' : 'first'
  return { when: 'time', day, time, which }
}

/** Whether a wish's time comes twice, so that the form must ask which. */
export function comesTwice({ when, day, time }: Wish, zone: string): boolean {
  return (
    when === 'time' &&
    isDay(day) &&
    /^([01]\d|2[0-3]):[0-5]\d$/.test(time) &&
    localTime(day, time, zone).kind === 'twice'
  )
}

/** A host's drafts go out while the week is open; the account's own on any of the slot's seven days. */
export function timeFrame(
  { slot, zone }: { slot: string; zone: string },
  hosted: { opensAt: Date; closesAt: Date } | null,
): TimeFrame {
  if (hosted) return { from: hosted.opensAt, until: hosted.closesAt }
  return { from: instantOf(slot, '00:00', zone), until: instantOf(addDays(slot, 7), '00:00', zone) }
}

/** Null when a draft may go out then; else why not, under the field to change. */
export function whyNotThen(
  at: Date,
  { frame, zone, now }: { frame: TimeFrame; zone: string; now: Date },
): { day: string } | { time: string } | null {
  if (at < frame.from || at >= frame.until) {
    const span = `from ${moment(frame.from, zone)} to ${moment(frame.until, zone)}`
    return { day: `That is outside the week, which runs ${span}.` }
  }
  if (at < now)
    return {
      time: `That time has passed: it is ${moment(now, zone)} now. Choose a later one, or “As soon as it is approved”.`,
    }
  return null
}

function moment(at: Date, zone: string): string {
  return `${dayInWords(dayOf(at, zone))}, ${timeInWords(at, zone)}`
}

function clock(time: string): string {
  return time.replace(/^0/, '')
}
