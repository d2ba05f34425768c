import { base } from './base.ts'
import type { Check } from '../../drafts/checks/finding-check.ts'

/** Until the next question while something is looked up outside; after the last one nothing is asked. Milliseconds. */
const WAITS = [2000, 3000, 5000, 10_000, 20_000, 30_000, 60_000, 60_000]

/** What only the server can say of a draft: after it was kept, and when a look-up outside comes back. */
export interface ServerChecks {
  /** The server has other words now. */
  kept(): void
}

/**
 * Follows them beside the text, without touching what is being typed. Somebody who is about to press an answer keeps it under
 * their hand: the list waits until they are gone from it.
 */
export function followServerChecks(
  page: Document,
  show: (list: Element, checks: Check[]) => void,
): ServerChecks {
  let timer = 0
  let asked = 0

  const list = () => page.querySelector<HTMLElement>('[data-server-checks]')

  function plan(): void {
    window.clearTimeout(timer)
    const wait = WAITS[asked++]
    if (wait !== undefined) timer = window.setTimeout(() => void ask(), wait)
  }

  async function ask(): Promise<void> {
    window.clearTimeout(timer)
    const id = page.querySelector<HTMLFormElement>('form[data-editor]')?.dataset['draft']
    const answer = await fetch(`${base()}/drafts/${id}/checks`, { redirect: 'manual' }).catch(() => null)
    if (!answer?.ok) return
    const { checks, pending } = (await answer.json()) as { checks: Check[]; pending: boolean }
    const place = list()
    const busy = place?.contains(page.activeElement) ?? false
    if (place && !busy) show(place, checks)
    if (pending || busy) plan()
  }

  if (list()?.hasAttribute('data-pending')) plan()
  return {
    kept() {
      asked = 0
      void ask()
    },
  }
}
