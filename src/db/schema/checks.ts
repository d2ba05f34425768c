import { sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { CheckKind } from '../../accounts/check-rules.ts'
import { accounts } from './accounts.ts'
import { instant } from './columns.ts'
import { people } from './people.ts'

/** What somebody answered to a finding of a check, instead of changing the words. */
export const checkAnswers = sqliteTable(
  'check_answers',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    /** The draft's id; of a picture `account`, since it is asked about once. */
    scope: text('scope').notNull(),
    kind: text('kind').$type<CheckKind>().notNull(),
    /** The kind and the words that it was about. */
    key: text('key').notNull(),
    words: text('words').notNull(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    at: instant('at').notNull(),
  },
  (t) => [uniqueIndex('check_answers_finding').on(t.accountId, t.scope, t.key)],
)
