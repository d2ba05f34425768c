import type { Week } from '../../rota/weeks.ts'
import { inLetters } from '../../words.ts'

/**
 * What was said stays said when a week is cancelled: on the network, and on the page of a week that followers saw running. Null
 * where nothing went out.
 */
export function staysInWords(out: number, week: Pick<Week, 'state' | 'opensAt'>, now: Date): string | null {
  if (out === 0) return null
  const what = `What went out already, ${inLetters(out)} ${out === 1 ? 'post' : 'posts'}, stays on X`
  return week.state === 'announced' && now >= week.opensAt
    ? `${what} and on the week’s public page, which says that the week ended early. Whatever is taken down leaves both.`
    : `${what} until somebody takes it down.`
}
