import { momentInWords } from '../../calendar.ts'
import type { DiskTrouble } from '../../errors.ts'
import { stopsListening } from '../../publishing/budget.ts'
import type { ToldAt } from '../../publishing/pages.ts'
import { sentence } from '../../words.ts'
import type { Desk } from '../read-desk.ts'
import { connectionFire } from './connection-fires.ts'
import { troubleFires, twiceFire } from './delivery-fires.ts'
import type { Fire } from './fire.ts'
import { asideFires, brakeFire, budgetFires, creditFire, limitFire } from './held-fires.ts'
import { diskFire, mailFire, outageFire, restoreFire, siteFire } from './installation-fires.ts'
import { helpFire, nobodyDecidesFire, removalFire, takenDownFire, unreachedFire } from './people-fires.ts'
import { declinedFire, gapsFire, unansweredFire, unreadyFire } from './week-fires.ts'

export function firesOf(
  desk: Desk,
  moment: ToldAt,
  {
    isLead,
    disk,
    site,
    live,
  }: {
    isLead: boolean
    disk: DiskTrouble | null
    site: { says: string; since: Date } | null
    live: boolean
  },
): Fire[] {
  const { account, connection, troubled, declined, failedMails, look } = desk
  const brakes = troubled.filter(({ heldReason }) => heldReason === 'brake')
  const lost = troubled.filter(({ heldReason }) => heldReason === 'reconnect')
  const dear = troubled.filter(({ heldReason }) => heldReason === 'budget')
  const unpaid = troubled.filter(({ heldReason }) => heldReason === 'credit')
  const aside = troubled.filter(({ heldReason }) => heldReason === 'live')
  const others = troubled.filter((one) => ![...brakes, ...lost, ...dear, ...unpaid, ...aside].includes(one))
  const settings = {
    href: `/accounts/${account.id}`,
    label: isLead ? 'Connect the account' : 'Open the account',
  }
  return [
    ...(disk ? [diskFire(disk)] : []),
    ...(site ? [siteFire(site, moment)] : []),
    ...desk.help.map((one) => helpFire(one, moment)),
    ...desk.removals.map((one) => removalFire(one, moment)),
    ...(account.brakeAt || brakes.length > 0 ? [brakeFire(desk, brakes, moment)] : []),
    ...(connection?.state !== 'connected'
      ? [connectionFire(desk, lost, settings, { ...moment, isLead })]
      : troubleFires(lost, moment)),
    ...desk.twice.map((delivery) => twiceFire(delivery, moment)),
    ...(desk.limit && desk.keptBack.length > 0 ? [limitFire(desk.keptBack, desk.limit, moment)] : []),
    ...(unpaid.length > 0 ? [creditFire(unpaid, moment)] : []),
    ...budgetFires(desk, dear, { ...moment, isLead }),
    ...asideFires(aside, moment),
    ...troubleFires(others, moment),
    ...(desk.nobodyDecides.length > 0 ? [nobodyDecidesFire(desk.nobodyDecides, moment)] : []),
    ...desk.takenDown.map((one) => takenDownFire(one, moment)),
    ...desk.unready.map((one) => unreadyFire(one, isLead, moment)),
    ...desk.unanswered.map((one) => unansweredFire(one, moment)),
    ...declined.map((one) => declinedFire(one, isLead, moment)),
    ...(desk.gaps.length > 0 ? [gapsFire(desk.gaps, isLead, { ...moment, account })] : []),
    ...(desk.restored ? [restoreFire(desk.restored, moment, { account, live })] : []),
    ...(desk.mailOutage && desk.mailOutage.waiting.length > 0 ? [outageFire(desk.mailOutage, moment)] : []),
    ...desk.outOfReach.map((one) => unreachedFire(one, { ...moment, isLead, accountId: account.id })),
    ...(failedMails.length > 0 ? [mailFire(failedMails, moment)] : []),
    ...(look?.trouble && connection?.state === 'connected' && !stopsListening(desk.costs)
      ? [
          {
            tag: { state: 'failed', label: 'Not heard' },
            since: look.wellAt ? `since ${momentInWords(look.wellAt, moment.now, moment.zone)}` : null,
            title: 'Replies can’t be read at the moment',
            quote: null,
            text: `${sentence(look.trouble)} It is tried again by itself.`,
            link: null,
          },
        ]
      : []),
  ]
}
