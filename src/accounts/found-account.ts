import { record } from '../activity/record.ts'
import type { Database } from '../db/database.ts'
import { insertPerson, findPersonByEmail, setRole } from '../people/people.ts'
import type { Role } from '../people/person.ts'
import { DEFAULT_POLICY, DEFAULT_SHAPE, type Policy, type Shape, type Texts } from './account.ts'
import { keepHouseRules } from './house-rules.ts'
import type { OwnTemplates } from './post-templates.ts'
import { insertAccount } from './store.ts'
import { defaultTexts } from './texts.ts'

/** Makes an account with its defaults, and its first people. */
export async function foundAccount(
  db: Database,
  {
    account,
    people,
    now,
  }: {
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
  },
): Promise<void> {
  await db.write(async (tx) => {
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
    for (const { role, ...person } of people) {
      const known = await findPersonByEmail(tx, person.email)
      if (!known) await insertPerson(tx, { ...person, createdAt: now })
      const personId = known?.id ?? person.id
      await setRole(tx, personId, account.id, role)
      await record(tx, {
        accountId: account.id,
        kind: 'person.role-given',
        personId: null,
        details: { name: person.name, role },
        at: now,
      })
    }
  })
}
