import { z } from 'zod'
import type { Account } from '../../accounts/accounts.ts'
import { isDay } from '../../calendar.ts'
import { Refused } from '../../errors.ts'

/** A post that somebody wrote as a sample, looked at by a room above: how long it is, and what is to be thought about. */
export interface SampleChecks {
  /** For the browser, as JSON. */
  contextOf(account: Account): string
  check(account: Account, text: string): Sample
}

export interface Sample {
  weight: number
  limit: number
  over: number
  /** The model of the partial `checks`. */
  checks: { level?: 'advice' | 'stop'; title?: string; text: string }[]
  keys: string[]
}

const text = (label: string, most: number) =>
  z
    .string()
    .trim()
    .max(most, `${label} has more than ${most.toLocaleString('en-GB')} characters.`)
    .default('')
    .transform((typed) => typed.replaceAll('\r\n', '\n'))

const needed = (label: string, most: number) =>
  text(label, most).refine((typed) => typed !== '', `${label} is missing.`)

/** In any alphabet, for there are such domains; initials stand before one letter, or a blank. */
const ADDRESS = /[\p{L}\p{M}]\.[\p{L}\p{M}]{2}/u

/** It stands in mails to others, so it can hold no address of the web. */
const name = (label: string) =>
  needed(label, 80).refine(
    (typed) => typed === '' || (/^[\p{L}\p{M}'’.,() -]+$/u.test(typed) && !ADDRESS.test(typed)),
    `${label}: letters only, please.`,
  )

const email = (label: string) =>
  needed(label, 200).pipe(
    z.union(
      [z.literal(''), z.email()],
      'That doesn’t look like an e-mail address. Example: helen@example.org',
    ),
  )

const weeks = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((chosen) => [...new Set([chosen].flat())].filter(isDay).toSorted().slice(0, 60))

const own = {
  name: name('Your name'),
  job: needed('What you do', 120),
  about: needed('What you would talk about', 1500),
  weeks,
  weeksWords: text('Which weeks suit', 300),
  sample: text('The sample post', 2000),
}

/** Asking for oneself. */
export const askForm = z.object({ ...own, email: email('Your e-mail address') })

/** What somebody says who was suggested, or changes later. */
export const ownForm = z.object(own)

/** Suggesting somebody else. */
export const suggestForm = z
  .object({
    yourName: name('Your name'),
    yourEmail: email('Your e-mail address'),
    name: name('Their name'),
    email: email('Their e-mail address'),
    job: text('What they do', 120),
    about: text('Why them', 1500),
  })
  .refine(({ yourEmail, email: theirs }) => yourEmail.toLowerCase() !== theirs.toLowerCase(), {
    path: ['email'],
    message: 'That is your own address. To ask for yourself, use the other form.',
  })

/**
 * What the checks found in a sample is looked at once, before it is sent; it stops nobody who has seen it. `seen`: the keys of
 * what stood on the page, with blanks between.
 * @throws Refused for one that is too long, or with something that was not seen yet.
 */
export function requireSeen({ over, keys }: Sample, seen = ''): void {
  if (over > 0) throw new Refused({ sample: `The sample post is ${over} too long.` })
  const known = seen.split(' ')
  if (keys.some((key) => !known.includes(key)))
    throw new Refused({
      sample: 'Please look at what is said below about the sample post. Then send it, changed or as it is.',
    })
}
