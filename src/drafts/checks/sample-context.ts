import type { Account } from '../../accounts/accounts.ts'
import { wordsOf } from './check-draft.ts'
import { checkSample, type SampleChecked } from './check-sample.ts'

/** What a sample of an account’s posts is checked with, which the browser may know too; and the check itself. */
export const sampleChecks = {
  contextOf: (account: Account): string => JSON.stringify(wordsOf(account, [])),
  check: (account: Account, text: string): SampleChecked => checkSample(text, wordsOf(account, [])),
}
