import { POST_LIMIT, weightOf } from '../weight.ts'
import { checkWords, type CheckContext } from './check-words.ts'
import { findingCheck, type Check } from './finding-check.ts'

/** What is said of a post that somebody wrote to show how they write. */
export interface SampleChecked {
  /** As X counts it. */
  weight: number
  limit: number
  /** By how much it is too long; 0 when it fits. */
  over: number
  checks: Check[]
  /** Of what was found, to tell whether it was seen. */
  keys: string[]
}

/** The same count and checks as of a draft, on the server and in the browser. Nothing of it binds: it goes nowhere. */
export function checkSample(text: string, context: CheckContext): SampleChecked {
  const weight = weightOf(text.trim())
  const found = text.trim() === '' ? [] : checkWords({ parts: [{ text, images: [] }] }, context)
  return {
    weight,
    limit: POST_LIMIT,
    over: Math.max(0, weight - POST_LIMIT),
    checks: found.map((finding) =>
      findingCheck(
        finding,
        { ...context, rules: { ...context.rules, levels: {} }, answered: {} },
        { mayAnswer: false },
      ),
    ),
    keys: found.map(({ key }) => key),
  }
}
