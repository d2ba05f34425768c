import { foundAccount } from '../../src/accounts/found-account.ts'
import type { Policy, Shape } from '../../src/accounts/account.ts'
import type { Database } from '../../src/db/database.ts'

export const ACCOUNT = 'account-north'
export const LEAD = { id: 'helen', name: 'Helen Marsh', email: 'helen@north.example' }
export const APPROVER = { id: 'owen', name: 'Owen Price', email: 'owen@north.example' }

/** An account with a lead and an approver, as most tests want it. */
export async function anAccount(
  db: Database,
  { now, policy = {}, shape }: { now: Date; policy?: Partial<Policy>; shape?: Shape },
): Promise<void> {
  await foundAccount(db, {
    account: {
      id: ACCOUNT,
      handle: 'NorthDaleHealth',
      name: 'NorthDale Health',
      timeZone: 'Europe/London',
      hashtag: '#NorthDaleWeek',
      policy,
      ...(shape ? { shape } : {}),
    },
    people: [
      { ...LEAD, role: 'lead' },
      { ...APPROVER, role: 'approver' },
    ],
    now,
  })
}

export const OTHER_ACCOUNT = 'account-south'
export const OTHER_LEAD = { id: 'sunita', name: 'Sunita Rao', email: 'sunita@south.example' }

/** A second account in the same installation, in another zone and with people of its own. */
export async function anotherAccount(
  db: Database,
  { now, people = [{ ...OTHER_LEAD, role: 'lead' as const }] }: { now: Date; people?: Founders },
): Promise<void> {
  await foundAccount(db, {
    account: {
      id: OTHER_ACCOUNT,
      handle: 'SouthDale',
      name: 'SouthDale Care',
      timeZone: 'Europe/Paris',
      hashtag: '',
    },
    people,
    now,
  })
}

type Founders = Parameters<typeof foundAccount>[1]['people']
