import { z } from 'zod'
import { DECIDED, NO_TIMES } from './account.ts'
import { dollars } from '../charges/charge.ts'
import { isTimeZone } from '../calendar.ts'
import { MOST_POINTS } from './briefing.ts'
import { TEMPLATE_KINDS, TEMPLATE_TITLES, whyNotTemplate, type TemplateKind } from './post-templates.ts'
import { AIMS_QUESTION, LONGEST_QUESTION, MOST_QUESTIONS } from './reflection-questions.ts'
import { CHECK_KINDS, CHECK_LEVELS, CHECK_NAMES } from './check-rules.ts'
import { line, optionalLine, version } from '../web/forms.ts'
import { ASKING_MONTHS, LIVE_POLICIES, LIVE_STOP_MINUTES } from './account.ts'

const time = (label: string) =>
  z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, `${label}: a time is missing. Example: 09:00`)

const wholeNumber = (label: string, least: number, most: number) => {
  const wrong = `${label}: a whole number from ${least} to ${most}, please.`
  return z.coerce.number(wrong).int(wrong).min(least, wrong).max(most, wrong)
}

const ticked = z
  .literal('yes')
  .optional()
  .transform((value) => value === 'yes')

const text = (label: string) =>
  z
    .string()
    .trim()
    .max(20_000, `${label} has more than 20,000 characters.`)
    .default('')
    .transform((value) => value.replaceAll('\r\n', '\n'))

export const handle = z
  .string()
  .trim()
  .transform((typed) => typed.replace(/^@/, ''))
  .pipe(
    z.string().regex(/^\w{1,15}$/, 'A handle has 1 to 15 letters, digits or underscores. Example: @YourName'),
  )

/** With the #, or empty. */
export const hashtag = optionalLine('The hashtag', 60)
  .transform((typed) => (typed === '' || typed.startsWith('#') ? typed : `#${typed}`))
  .pipe(
    z
      .string()
      .regex(
        /^(#[\p{L}\p{M}\p{N}_]*[\p{L}_][\p{L}\p{M}\p{N}_]*)?$/u,
        'A hashtag has letters, digits and underscores only, and not only digits.',
      ),
  )

export const timeZone = z.string().refine(isTimeZone, 'Choose a time zone from the list.')

export const identityForm = z.object({ version, name: line('The name', 80), handle, hashtag })

export const shapeForm = z
  .object({
    version,
    days: z
      .union([z.string(), z.array(z.string())], 'Choose at least one day.')
      .transform((days) =>
        [days]
          .flat()
          .map(Number)
          .toSorted((one, other) => one - other),
      )
      .refine((days) => days.every((day) => day >= 1 && day <= 7), 'These are no days of the week.')
      .refine(
        (days) => days.every((day, at) => at === 0 || day === days[at - 1]! + 1),
        'The days of a week follow each other, without a gap between.',
      ),
    opens: time('Opens'),
    closes: time('Closes'),
    timeZone,
  })
  .refine(({ days, opens, closes }) => days.length !== 1 || closes > opens, {
    path: ['closes'],
    message: 'A week of one day closes after it opens.',
  })

export const policyForm = z
  .object({
    version,
    decided: z.enum(DECIDED, 'Choose what needs a decision.'),
    stopMinutes: wholeNumber('Can be stopped for', 0, 240),
    remindMinutes: wholeNumber('Reminder before a draft is wanted', 0, 1440),
    selfApproval: ticked,
    publishRecap: ticked,
    lateAfterMinutes: wholeNumber('Too late after', 5, 1440),
    threadGapSeconds: wholeNumber('Between the parts of a thread', 0, 300),
    listenEveryMinutes: wholeNumber('Look for replies every', 1, 240),
  })
  .refine(({ decided, stopMinutes }) => decided !== 'untrusted' || stopMinutes > 0, {
    path: ['stopMinutes'],
    message: 'Can be stopped for: at least a minute, so that somebody can stop what a trusted host submits.',
  })

const MOST_TIMES = 12

const timesOfDay = (label: string) =>
  z
    .string()
    .default('')
    .transform((typed, context) => readTimes(typed, label, context))

/** Nothing typed: as on every day. */
const timesOfOneDay = (label: string) =>
  z
    .string()
    .trim()
    .default('')
    .transform((typed, context) => {
      if (typed === '') return undefined
      return typed.toLowerCase() === NO_TIMES ? [] : readTimes(typed, label, context)
    })

/** Times as people type them: "9:00, 12.30 17:00". */
function readTimes(typed: string, label: string, context: z.RefinementCtx): string[] {
  const times = typed
    .split(/[\s,;]+/)
    .filter((time) => time !== '')
    .map((time) => time.replace('.', ':').padStart(5, '0'))
  const wrong = times.find((time) => !/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
  if (wrong !== undefined)
    context.addIssue(`${label}: times with a comma between, please. Example: 9:00, 12:30`)
  else if (times.length > MOST_TIMES) context.addIssue(`${label}: at most ${MOST_TIMES} times, please.`)
  return [...new Set(times)].toSorted()
}

export const planForm = z
  .object({
    version,
    gapMinutes: wholeNumber('Between two posts', 0, 720),
    times: timesOfDay('Suggested times'),
    'times-1': timesOfOneDay('On Mondays'),
    'times-2': timesOfOneDay('On Tuesdays'),
    'times-3': timesOfOneDay('On Wednesdays'),
    'times-4': timesOfOneDay('On Thursdays'),
    'times-5': timesOfOneDay('On Fridays'),
    'times-6': timesOfOneDay('On Saturdays'),
    'times-7': timesOfOneDay('On Sundays'),
  })
  .transform(({ version, gapMinutes, times, ...days }) => ({
    version,
    gapMinutes,
    suggestedTimes: {
      everyDay: times,
      onDays: Object.fromEntries(
        Object.entries(days).flatMap(([name, own]) =>
          own === undefined ? [] : [[Number(name.slice('times-'.length)), own]],
        ),
      ),
    },
  }))

/** A select for each check, by its own name. */
export const checksForm = z
  .object({
    version,
    secondApprover: ticked,
    ...Object.fromEntries(
      CHECK_KINDS.map((kind) => [
        kind,
        z.enum(CHECK_LEVELS, `Choose from the list what becomes of ${CHECK_NAMES[kind]}.`).default('advice'),
      ]),
    ),
  })
  .transform(({ version, secondApprover, ...levels }) => ({
    version,
    checkRules: { levels, secondApprover },
  }))

/** To choose from: what somebody sent who asked for a week is deleted so many months after. */
export const askingForm = z.object({
  version,
  asking: ticked,
  askingMonths: z.coerce
    .number()
    .refine((months) => ASKING_MONTHS.some((known) => known === months), 'Choose how long it is kept.'),
})

export const liveForm = z.object({
  version,
  live: z.enum(LIVE_POLICIES, 'Choose what becomes of live posts.'),
  liveStopMinutes: z.coerce
    .number()
    .refine(
      (minutes) => LIVE_STOP_MINUTES.some((known) => known === minutes),
      'Choose how long a live post can be stopped.',
    ),
})

/** Up to a million dollars, as micro-dollars. No comma: it would be read as thousands by some and as cents by others. */
const amount = (label: string, least: number) =>
  z
    .string(`${label} is missing.`)
    .trim()
    .transform((typed) => typed.replace(/^\$\s*/, ''))
    .pipe(
      z
        .string()
        .regex(
          /^\d{1,6}(\.\d{1,6})?$/,
          `${label}: an amount in dollars, with a point before the cents and no comma. Example: 12.50`,
        ),
    )
    .transform((typed) => Math.round(Number(typed) * 1_000_000))
    .refine((micro) => micro >= least, `${label}: ${dollars(least)} or more, please.`)

export const pricesForm = z.object({
  version,
  post: amount('A post', 0),
  postWithLink: amount('A post with a link', 0),
  answer: amount('An answer', 0),
  description: amount('The description of a picture', 0),
  postRead: amount('Reading a post', 0),
  ownRead: amount('Reading an own post', 0),
  userRead: amount('Reading a profile', 0),
  ownApp: ticked,
})

export const budgetForm = z.object({
  version,
  monthlyBudget: z.preprocess(
    (typed) => (typeof typed === 'string' && typed.trim() === '' ? null : typed),
    amount('The budget', 10_000).nullable(),
  ),
})

export const textsForm = z.object({
  version,
  houseRules: text('The house rules'),
  accessibility: text('The accessibility statement'),
  privacy: text('The privacy statement'),
  contact: optionalLine('How to reach you', 300),
  takePart: text('Have the account for a week'),
})

/** A field for each post, by its kind. */
export const templatesForm = z
  .object({
    version,
    ...Object.fromEntries(
      TEMPLATE_KINDS.map((kind) => [
        kind,
        z
          .string()
          .trim()
          .max(1_000, `${TEMPLATE_TITLES[kind]}: more than 1,000 characters.`)
          .default('')
          .transform((value) => value.replaceAll('\r\n', '\n'))
          .superRefine((value, context) => {
            const wrong = whyNotTemplate(value)
            if (wrong) context.addIssue(`${TEMPLATE_TITLES[kind]}: ${wrong}`)
          }),
      ]),
    ),
  })
  .transform((form) => form as { version: number } & Record<TemplateKind, string>)

/** A line for each question; none: the default ones. */
export const reflectionForm = z
  .object({
    version,
    questions: text('The questions')
      .transform((typed) =>
        [...new Set(typed.split('\n').map((question) => question.trim()))].filter(Boolean),
      )
      .refine(({ length }) => length <= MOST_QUESTIONS, `There are more than ${MOST_QUESTIONS} questions.`)
      .refine(
        (questions) => questions.every(({ length }) => length <= LONGEST_QUESTION),
        `A question has more than ${LONGEST_QUESTION} characters.`,
      )
      .refine(
        (questions) => !questions.includes(AIMS_QUESTION),
        `“${AIMS_QUESTION}” is said in the recap by itself. Please word the question differently.`,
      ),
  })
  .transform(({ version: seen, questions }) => ({
    version: seen,
    reflectionQuestions: questions.length > 0 ? questions : null,
  }))

/** A line for each point; the same words twice are one. */
export const signingInForm = z.object({ version, passkeyForLeads: ticked })

export const briefingForm = z.object({
  version,
  briefing: text('The briefing')
    .transform((typed) => [...new Set(typed.split('\n').map((point) => point.trim()))].filter(Boolean))
    .refine((points) => points.length <= MOST_POINTS, `The briefing has more than ${MOST_POINTS} points.`)
    .refine(
      (points) => points.every((point) => point.length <= 160),
      'A point of the briefing has more than 160 characters.',
    ),
})
