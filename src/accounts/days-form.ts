import { z } from 'zod'
import { isDay } from '../calendar.ts'
import { NATIONS } from './bank-holidays.ts'
import { MOST_GAP_WEEKS, type OwnDay } from './planning.ts'

const MOST_OWN_DAYS = 60

/** One line for each: a day or a first and a last one, then what it is called. */
const ownDays = z
  .string()
  .default('')
  .transform((text, context) => {
    const lines = text.split('\n').map((line) => line.trim())
    const read = lines.filter(Boolean).map(readLine)
    const wrong = read.findIndex((one) => one === null)
    if (wrong >= 0) {
      const line = lines.filter(Boolean)[wrong]!
      const message = `This line is no day and name: “${line.slice(0, 60)}”. Example: 2027-05-12 Nurses’ Day`
      context.addIssue({ code: 'custom', message })
    }
    if (read.length > MOST_OWN_DAYS)
      context.addIssue({ code: 'custom', message: `These are more than ${MOST_OWN_DAYS}.` })
    return read.flatMap((one) => one ?? [])
  })

function readLine(line: string): OwnDay | null {
  const [, first = '', last = first, name = ''] = /^(\S{10})(?: to (\S{10}))? (.{1,80})$/.exec(line) ?? []
  return isDay(first) && isDay(last) && first <= last && name ? { first, last, name } : null
}

export function ownDaysInWords(days: OwnDay[]): string {
  return days
    .map(({ first, last, name }) => `${first}${last === first ? '' : ` to ${last}`} ${name}`)
    .join('\n')
}

export const planningForm = z
  .object({
    version: z.coerce.number('This form is broken. Please open its page again.').int(),
    nations: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .transform((sent) => NATIONS.filter((nation) => [sent ?? []].flat().includes(nation))),
    ownDays,
    gapWeeks: z.coerce
      .number('How many weeks?')
      .int('Whole weeks, please.')
      .min(0, 'Not less than 0.')
      .max(MOST_GAP_WEEKS, `Not more than ${MOST_GAP_WEEKS}.`),
  })
  .transform(({ version, ...planning }) => ({ version, planning }))
