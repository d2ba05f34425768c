import type { z } from 'zod'
import type { Answer } from './network.ts'
import { type FailedCall, limitIn, oddAnswer, problemOf } from './x-problems.ts'

/** What one call brought: X's answer, or how it failed. Holds neither token nor request. */
export type Result =
  | { ok: true; body: unknown; headers: FailedCall['headers'] }
  | { ok: false; failed: FailedCall | null; why: string }

export type Query = Record<string, string | number | undefined>

/** Calls to X with one user's token; each is made once. Paths begin after `/2`. */
export interface Ask {
  get(path: string, query?: Query): Promise<Result>
  post(path: string, body: object, options?: { form?: boolean; deadlineMs?: number }): Promise<Result>
  put(path: string, body: object): Promise<Result>
  delete(path: string): Promise<Result>
}

/** An answer in the form that is expected, read; anything else is a problem. `what` names it there. */
export function understood<T, V>(
  result: Result,
  schema: z.ZodType<T>,
  what: string,
  read: (value: T) => V,
): Answer<V> {
  if (!result.ok) return refused(result)
  const parsed = schema.safeParse(result.body)
  if (!parsed.success) return oddAnswer(what)
  return { ok: true, value: read(parsed.data), limit: limitIn(result.headers) }
}

/** An answer of which nothing is read but that it was good. */
export function done(result: Result): Answer<void> {
  return result.ok ? { ok: true, value: undefined, limit: limitIn(result.headers) } : refused(result)
}

function refused({ failed, why }: Extract<Result, { ok: false }>): Extract<Answer<never>, { ok: false }> {
  return { ok: false, problem: problemOf(failed, why), limit: failed ? limitIn(failed.headers) : undefined }
}
