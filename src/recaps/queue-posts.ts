import type { Writer } from '../db/database.ts'
import { postValues, queueFromTemplate } from '../drafts/drafts.ts'
import { dayOf } from '../calendar.ts'
import { slotOf } from '../rota/slot.ts'
import type { Recap } from './store.ts'
import type { WeekFacts } from './story/week-facts.ts'

/** Milliseconds. */
const DAY = 86_400_000

/**
 * Step: puts what the account says about a recap that has come out into the queue, in the words of its templates: that it can be
 * read, and who hosts next, a day before they begin. Each once and for all; nothing of it goes out before somebody decides. They
 * are of no week, so that neither becomes a part of a story. A week that nobody hosts has none.
 */
export async function queueRecapPosts(
  tx: Writer,
  { account, week, host, next }: WeekFacts,
  { recap, ...at }: { recap: Pick<Recap, 'id'>; now: Date; machineNow: Date; publicUrl: string },
): Promise<void> {
  if (!host || account.retiredAt) return
  const { now, publicUrl } = at
  const values = postValues(account, { week, host, next, publicUrl, now })
  const place = (on: Date) => ({
    weekId: null,
    slot: slotOf(dayOf(on, account.timeZone), account.shape),
  })
  await queueFromTemplate(tx, {
    account,
    kind: 'recap-out',
    about: recap.id,
    place: place(now),
    values,
    wishedAt: null,
    ...at,
  })
  // Later the introduction says it.
  const dayBefore = next && new Date(next.week.opensAt.getTime() - DAY)
  if (!next?.host || !dayBefore || dayBefore <= now) return
  await queueFromTemplate(tx, {
    account,
    kind: 'next-host',
    about: next.host.id,
    place: place(dayBefore),
    values,
    wishedAt: dayBefore,
    ...at,
  })
}
