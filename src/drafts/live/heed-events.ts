import type { Heeded } from '../../accounts/change-account.ts'
import type { Writer } from '../../db/database.ts'
import { comeBack, stepAside } from '../../publishing/step-aside.ts'

/**
 * Step: a week's events, or when one of them is live, have just been changed. Its scheduled posts step aside and come back at
 * once, and what is said tells how many.
 */
export async function heedEvents(
  tx: Writer,
  whose: { accountId: string; weekId: string; personId: string; now: Date },
): Promise<Heeded> {
  const back = await comeBack(tx, whose)
  const aside = await stepAside(tx, whose)
  return {
    said: [
      ...(aside === 0
        ? []
        : [`${aside === 1 ? 'One post steps' : `${aside} posts step`} aside while the event is live.`]),
      ...(back === 0
        ? []
        : [
            back === 1
              ? 'One post that had stepped aside goes out at its time again.'
              : `${back} posts that had stepped aside go out at their times again.`,
          ]),
    ],
    link: aside === 0 ? null : { href: `/weeks/${whose.weekId}/live`, label: 'The live page' },
  }
}
