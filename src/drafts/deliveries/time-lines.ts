import { activityOfDraft } from '../../activity/activities.ts'
import type { Reader } from '../../db/database.ts'
import { findPeople } from '../../people/people.ts'
import { attemptsOf, findRemoval, type Delivery } from '../../publishing/deliveries.ts'
import { brakeTimesOf } from '../../publishing/brake-times.ts'
import { deliveryTimeLine } from '../../publishing/pages.ts'
import type { Moment } from '../pages.ts'

export type TimeLine = ReturnType<typeof deliveryTimeLine>

/** What happened to these deliveries of one draft, by their ids: for the partial `time-line`; in the words of a host, or of the desk. */
export async function timeLinesOf(
  read: Reader,
  deliveries: readonly Delivery[],
  moment: Moment & { forHost: boolean },
): Promise<Map<string, TimeLine>> {
  const [first] = deliveries
  if (!first) return new Map()
  const records = await activityOfDraft(read, first.draftId)
  const removals = new Map<string, Awaited<ReturnType<typeof findRemoval>>>()
  for (const { id } of deliveries) removals.set(id, await findRemoval(read, id))
  const acted = [...records, ...removals.values()].flatMap((one) => one?.personId ?? [])
  const names = new Map((await findPeople(read, [...new Set(acted)])).map(({ id, name }) => [id, name]))
  const told = { ...moment, nameOf: (id: string | null) => names.get(id ?? '') ?? null }
  const brakes = await brakeTimesOf(read, deliveries)
  const lines = new Map<string, TimeLine>()
  for (const delivery of deliveries) {
    const facts = {
      attempts: await attemptsOf(read, delivery.id),
      records: records.filter(
        ({ deliveryId, details }) =>
          deliveryId === delivery.id ||
          (delivery.letGoId !== null && details['letGoId'] === delivery.letGoId),
      ),
      removal: removals.get(delivery.id),
      brake: brakes.get(delivery.id),
    }
    lines.set(delivery.id, deliveryTimeLine(delivery, facts, told))
  }
  return lines
}
