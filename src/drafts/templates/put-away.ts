import type { TemplateKind } from '../../accounts/post-templates.ts'
import { record } from '../../activity/record.ts'
import type { Writer } from '../../db/database.ts'
import { cancelRest, deliveriesOfDrafts } from '../../publishing/deliveries.ts'
import { about } from '../on-record.ts'
import { changeDraft, type Draft } from '../store.ts'
import { draftsAbout } from './store.ts'

interface By {
  personId: string | null
  now: Date
}

/** Step: what was made from templates about something does not go out any more, also where it was approved; what went out stays. */
export async function putAwayAbout(
  tx: Writer,
  subject: string,
  {
    only,
    ...by
  }: By & { personId: string; /** Of what kind; of all where it is left out. */ only?: TemplateKind },
): Promise<void> {
  for (const draft of await draftsAbout(tx, subject)) {
    if (only && draft.template !== only) continue
    await cancelRest(tx, draft.id, by)
    const deliveries = await deliveriesOfDrafts(tx, [draft.id])
    if (deliveries.every(({ state }) => state === 'cancelled')) await putAway(tx, draft, by)
  }
}

/** Step: takes a draft that came from a template out of the way; nothing of it went out. */
export async function putAway(tx: Writer, draft: Draft, { personId, now }: By): Promise<void> {
  const change = { changedAt: now, changedBy: personId }
  const taken = await changeDraft(
    tx,
    { id: draft.id, version: draft.version, from: ['submitted', 'approved', 'changes-requested', 'writing'] },
    { state: 'writing', submittedAt: null, ...change },
  )
  if (!taken) return
  await changeDraft(
    tx,
    { id: taken.id, version: taken.version, from: ['writing'] },
    { state: 'discarded', ...change },
  )
  await record(tx, {
    ...about(draft, { template: draft.template ?? '' }),
    kind: 'draft.discarded',
    personId,
    at: now,
  })
}
