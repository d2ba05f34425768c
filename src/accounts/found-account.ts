import { record } from '../activity/record.ts'
import type { Database, Writer } from '../db/database.ts'
import { findPersonByEmail, insertPerson, listOwners, setOwner, setRole } from '../people/people.ts'
import type { Role } from '../people/person.ts'
import { DEFAULT_POLICY, DEFAULT_SHAPE, type Policy, type Shape, type Texts } from './account.ts'
import { keepHouseRules } from './house-rules.ts'
import type { OwnTemplates } from './post-templates.ts'
import { insertAccount } from './store.ts'
import { defaultTexts } from './texts.ts'

interface Founding {
  account: {
    id: string
    handle: string
    name: string
    timeZone: string
    hashtag: string
    shape?: Shape
    policy?: Partial<Policy>
    texts?: Partial<Texts>
    avatarHash?: string
    postTemplates?: OwnTemplates
  }
  people: { id: string; name: string; email: string; role: Role }[]
  now: Date
}

/**
 * Makes an account with its defaults, and its first people. Where nobody looks after the installation yet, the first lead
 * does from then on.
 */
export async function foundAccount(db: Database, founding: Founding): Promise<void> {
  await db.write((tx) => foundAccountIn(tx, { ...founding, by: null }))
}

/** Step: the same, in a transaction. `by`: null where the app did it as it was set up. */
export async function foundAccountIn(
  tx: Writer,
  { account, people, by, now }: Founding & { by: string | null },
): Promise<void> {
  const policy = { ...DEFAULT_POLICY, ...account.policy }
  await insertAccount(tx, {
    ...account,
    shape: account.shape ?? DEFAULT_SHAPE,
    policy,
    texts: { ...defaultTexts({ ...account, policy }), ...account.texts },
    createdAt: now,
  })
  const text = account.texts?.houseRules ?? defaultTexts({ ...account, policy }).houseRules
  await keepHouseRules(tx, { accountId: account.id, text, personId: null, now })
  if (by !== null)
    await record(tx, {
      accountId: account.id,
      kind: 'account.founded',
      personId: by,
      details: { handle: account.handle },
      at: now,
    })
  for (const { role, ...person } of people) {
    const known = await findPersonByEmail(tx, person.email)
    if (!known) await insertPerson(tx, { ...person, createdAt: now })
    const personId = known?.id ?? person.id
    await setRole(tx, personId, account.id, role)
    if (role === 'lead' && (await listOwners(tx)).length === 0) await setOwner(tx, personId, true)
    await record(tx, {
      accountId: account.id,
      kind: 'person.role-given',
      personId: by,
      details: { name: known?.name ?? person.name, role },
      at: now,
    })
  }
}
