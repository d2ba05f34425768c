import { findAccount } from '../../accounts/accounts.ts'
import { dayOf } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import { NotAllowed } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import { slotOf } from '../../rota/slot.ts'
import type { Draft } from '../drafts.ts'
import type { Place, WritingPlace } from '../write-draft.ts'

/** Where to write: the week or slot that was asked for, else the host's own week, else the desk's slot of today. */
export async function placeOf(
  read: Reader,
  asked: { week?: string | undefined; account?: string | undefined; slot?: string | undefined },
  { actor, now }: { actor: Actor; now: Date },
): Promise<Place> {
  if (asked.week) return { weekId: asked.week }
  const accountId = asked.account ?? actor.roles[0]?.accountId ?? ''
  if (asked.slot) return { accountId, slot: asked.slot }
  const open = actor.hosting.filter(({ powers }) => powers !== 'read')
  const own = open.find(({ powers }) => powers === 'post') ?? open[0]
  if (own) return { weekId: own.weekId }
  const account = await findAccount(read, accountId)
  if (!account) throw new NotAllowed('There is no week for you to write in at present.')
  return { accountId, slot: slotOf(dayOf(now, account.timeZone), account.shape) }
}

export function placeIn({ week, account, slot }: WritingPlace): Place {
  return week ? { weekId: week.id } : { accountId: account.id, slot }
}

/** Where one more draft stands beside this one. */
export function placeAgain({ weekId, accountId, slot }: Draft): Place {
  return weekId ? { weekId } : { accountId, slot }
}
