import { record } from '../../activity/record.ts'
import type { Database } from '../../db/database.ts'
import { Faster } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import { cancelWaiting } from '../../publishing/deliveries.ts'
import { DECIDED_STATES, EDITABLE_STATES } from '../draft.ts'
import { about } from '../on-record.ts'
import { changeDraft, type Draft } from '../store.ts'
import { whyNotThen } from '../wished-time.ts'
import { frameOf, openForWriting, refuse } from '../write-draft.ts'

/**
 * Gives a draft another time. One that was submitted or approved is only moved with `takeBack`: it is withdrawn then, and
 * what waits to go out is cancelled, so that it has to be approved anew.
 * @throws Refused under `day` or `time` for a time that it can't have; Conflict when somebody changed or decided it
 *   meanwhile, or when a part is being sent or went out already.
 */
export async function moveDraft(
  db: Database,
  {
    draftId,
    version,
    to,
    takeBack,
    actor,
    now,
  }: { draftId: string; version: number; to: Date; takeBack: boolean; actor: Actor; now: Date },
): Promise<Draft> {
  return db.write(async (tx) => {
    const draft = await openForWriting(tx, draftId, actor)
    const decided = DECIDED_STATES.includes(draft.state)
    const { frame, zone } = await frameOf(tx, draft)
    refuse({ ...whyNotThen(to, { frame, zone, now }) })
    const moved = await changeDraft(
      tx,
      { id: draftId, version, from: takeBack ? [...EDITABLE_STATES, ...DECIDED_STATES] : EDITABLE_STATES },
      {
        wishedAt: to,
        ...(decided ? { state: 'writing', submittedAt: null } : {}),
        changedAt: now,
        changedBy: actor.personId,
      },
    )
    if (!moved) throw new Faster('Meanwhile somebody changed or decided this draft. It was not moved.')
    const entry = { personId: actor.personId, at: now }
    if (decided) {
      const cancelled = await cancelWaiting(tx, { draftId }, { personId: actor.personId, now })
      await record(tx, {
        ...about(draft, { from: draft.state, cancelled }),
        kind: 'draft.withdrawn',
        ...entry,
      })
    }
    await record(tx, { ...about(moved), kind: 'draft.moved', ...entry })
    return moved
  })
}
