import type { Problem } from './network.ts'

/**
 * What a call's failure means, for people, in the past tense, since it is read later too. X's own words are only passed on
 * where it refused for a reason that is not known here: nobody could put that right otherwise.
 */
export function problemInWords({ code, status, detail }: Problem): string {
  switch (code) {
    case 'limited':
      return 'X asked the account to wait before it posts more.'
    case 'credit':
      return 'The account’s credit with X was used up.'
    case 'unauthorised':
      // Without a status it is our own reason: X was not asked.
      return status === null ? detail : PERMISSION_VOID
    case 'duplicate':
      return ALREADY_THERE
    case 'media':
      return 'X did not take its picture.'
    case 'not-found':
      return 'X answered that there is no such thing.'
    case 'unreachable':
      return status === null ? detail : 'X answered that something was wrong at its own end.'
    default:
      return refusalInWords(detail)
  }
}

export const ALREADY_THERE = 'X answered that the same words stand there already.'

export const PERMISSION_VOID = 'X did not take the account’s permission.'

/** X's own words for what happened, where `problemInWords` says it otherwise; null where they are the same, or ours. */
export function ownWordsOf(problem: Problem): string | null {
  if (problem.status === null || problem.detail === '') return null
  return problemInWords(problem).includes(problem.detail) ? null : problem.detail
}

function refusalInWords(detail: string): string {
  if (/text is too long/i.test(detail)) return 'X found its text too long.'
  if (/was not given the scope/i.test(detail))
    return 'X does not allow this app to do that. A lead can connect the account again, with every permission.'
  return `X said: “${detail}”`
}
