import { findAccount } from '../accounts/accounts.ts'
import type { Clock } from '../clock.ts'
import type { Reader } from '../db/database.ts'
import { isLead, type Actor } from '../people/person.ts'
import { deskPage } from './desk-page.ts'
import { readDesk } from './read-desk.ts'

/** What another account of the same person wants of them, each line with that account's handle. */
export interface OtherDesk {
  handle: string
  href: string
  /** In short: what needs a look and what waits there. */
  lead: string
  lines: { tag: { state: string; label: string }; title: string; href: string }[]
}

/** The desks that somebody has beside the one at hand, so that one look tells whether anything is on fire anywhere. */
export async function otherDesks(
  read: Reader,
  { actor, accountId, clock, live }: { actor: Actor; accountId: string; clock: Clock; live: boolean },
): Promise<OtherDesk[]> {
  const desks: OtherDesk[] = []
  for (const role of actor.roles) {
    if (role.accountId === accountId) continue
    const account = (await findAccount(read, role.accountId))!
    const desk = await readDesk(read, { accountId: account.id, clock })
    const page = deskPage(desk, {
      now: clock.now(),
      isLead: isLead(actor, account.id),
      ownWeek: null,
      // The desk at hand says it: it is the same disk.
      disk: null,
      live,
    })
    const href = `/today?account=${account.id}`
    desks.push({
      handle: `@${account.handle}`,
      href,
      lead: page.lead,
      lines: [
        ...page.fires.map(({ tag, title, link }) => ({ tag, title, href: link?.href ?? href })),
        ...page.waiting.map(({ tag, excerpt, href: draft }) => ({ tag, title: excerpt, href: draft })),
      ],
    })
  }
  return desks
}
