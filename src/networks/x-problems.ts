import type { Answer, Problem, RateLimit, SendAnswer } from './network.ts'

/** What came back from X when a call failed; null where there was no answer, or one that broke off. */
export interface FailedCall {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: unknown
}

/**
 * What a failed call means. X's error bodies come in several shapes: a problem (`title`, `detail`), a list of problems or
 * of numbered errors, or OAuth's `error` and `error_description`.
 */
export function problemOf(failed: FailedCall | null, why: string): Problem {
  if (!failed) return { code: 'unreachable', status: null, detail: why, until: null }
  const detail = reasonIn(failed.body) ?? `X answered ${failed.status}.`
  const until = failed.status === 429 ? mayTryAgain(failed.headers) : null
  return { code: codeOf(failed.status, detail), status: failed.status, detail, until }
}

function codeOf(status: number, detail: string): Problem['code'] {
  if (status === 401) return 'unauthorised'
  if (status === 402) return 'credit'
  if (status === 403) return /duplicate content/i.test(detail) ? 'duplicate' : 'forbidden'
  if (status === 400 && /\bmedia ids?\b/i.test(detail)) return 'media'
  if (status === 404) return 'not-found'
  if (status === 429) return 'limited'
  if (status >= 400 && status < 500 && status !== 408) return 'invalid'
  return 'unreachable'
}

/**
 * What a failed call means for a post that was sent once. Only an answer that X itself wrote is definite: an error page
 * of a proxy or of a server in front of X says nothing of what became of the post.
 */
export function sendAnswerOf(failed: FailedCall | null, why: string): SendAnswer {
  const problem = problemOf(failed, why)
  const limit = failed ? limitIn(failed.headers) : undefined
  return { outcome: outcomeOf(failed, problem), problem, limit }
}

function outcomeOf(failed: FailedCall | null, problem: Problem): 'refused' | 'duplicate' | 'unknown' {
  if (!failed || problem.code === 'unreachable' || reasonIn(failed.body) === null) return 'unknown'
  if (problem.code === 'duplicate') return 'duplicate'
  return problem.code === 'limited' && problem.until === null ? 'unknown' : 'refused'
}

/** The reason in X's own words, or null when the body is none of X's. */
function reasonIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null
  const { detail, title, errors, error_description, error } = body as Record<string, unknown>
  const named = (Array.isArray(errors) ? errors : []).map(messageIn).filter((each) => each !== null)
  // "One or more parameters to your request was invalid." says less than the list of what was invalid.
  if (typeof error_description === 'string') return error_description
  if (named.length > 0 && (typeof detail !== 'string' || title === 'Invalid Request')) return named.join(' ')
  if (typeof detail === 'string') return detail
  if (typeof title === 'string') return title
  return typeof error === 'string' ? error : null
}

function messageIn(entry: unknown): string | null {
  if (typeof entry !== 'object' || entry === null) return null
  const { message, detail } = entry as Record<string, unknown>
  if (typeof message === 'string') return message
  return typeof detail === 'string' ? detail : null
}

/** The later of the window's end and, where a limit of 24 hours is used up, that one's end. */
function mayTryAgain(headers: FailedCall['headers']): Date | null {
  const ends = [secondsIn(headers, 'x-rate-limit-reset')]
  for (const day of ['x-app-limit-24hour', 'x-user-limit-24hour'])
    if (secondsIn(headers, `${day}-remaining`) === 0) ends.push(secondsIn(headers, `${day}-reset`))
  const known = ends.filter((end) => end !== null)
  return known.length > 0 ? new Date(Math.max(...known) * 1000) : null
}

/**
 * What X's headers say of the calls that are left: of the limit that is used up or, when several are, of the one that ends
 * last; else of the window of 15 minutes. Undefined where X sent none.
 */
export function limitIn(headers: FailedCall['headers']): RateLimit | undefined {
  const known = ['x-rate-limit', 'x-user-limit-24hour', 'x-app-limit-24hour'].flatMap((name) => {
    const remaining = secondsIn(headers, `${name}-remaining`)
    const reset = secondsIn(headers, `${name}-reset`)
    if (remaining === null || reset === null) return []
    return [{ name, remaining, resetsAt: new Date(reset * 1000) }]
  })
  const usedUp = known
    .filter(({ remaining }) => remaining === 0)
    .toSorted((one, other) => other.resetsAt.getTime() - one.resetsAt.getTime())
  const telling = usedUp[0] ?? known[0]
  if (!telling) return undefined
  const wholeApp = usedUp.some(({ name }) => name === 'x-app-limit-24hour')
  return { remaining: telling.remaining, resetsAt: telling.resetsAt, wholeApp }
}

/** No more digits than an instant has that a date can hold. */
function secondsIn(headers: FailedCall['headers'], name: string): number | null {
  const value = headers[name]
  return typeof value === 'string' && /^\d{1,11}$/.test(value) ? Number(value) : null
}

/** An answer whose form is not the one that X describes: something else answered, or X changed. */
export function oddAnswer(what: string): Extract<Answer<never>, { ok: false }> {
  const detail = `X answered in a form that is not known here (${what}).`
  return { ok: false, problem: { code: 'unreachable', status: null, detail, until: null } }
}
