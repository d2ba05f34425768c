import { dayInWords, dayOf, isDay, localTime } from '../../calendar.ts'
import { Refused } from '../../errors.ts'

/**
 * When the brake shall end by itself, from the form's fields, in the account's zone; null where no time is given. A time
 * without a day is today's.
 * @throws Refused under `day`, `time` or `which` for what is no time there.
 */
export function readBrakeEnd(
  { day, time, which }: { day: string; time: string; which: string },
  { now, zone }: { now: Date; zone: string },
): Date | null {
  if (time === '' && day === '') return null
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
    throw new Refused({ time: 'Choose a time, or leave day and time empty.' })
  if (day !== '' && !isDay(day)) throw new Refused({ day: 'Choose a day, or leave it empty for today.' })
  const on = day || dayOf(now, zone)
  const found = localTime(on, time, zone)
  if (found.kind === 'exact') return found.instant
  const clock = time.replace(/^0/, '')
  if (found.kind === 'skipped')
    throw new Refused({
      time: `There is no ${clock} on ${dayInWords(on)}: the clocks go forward over it. Choose another time.`,
    })
  if (which === 'first' || which === 'second') return found[which]
  throw new Refused({
    which: `${clock} comes twice on ${dayInWords(on)}, because the clocks go back. Choose which one.`,
  })
}
