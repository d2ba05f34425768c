import type { HeedRules } from '../../accounts/change-account.ts'
import { findAccount } from '../../accounts/accounts.ts'
import { changeGround, setBackInWords } from './change-ground.ts'

/** Step: an account's settings change what goes out without a decision. */
export const heedRules: HeedRules = async (tx, by, change) => {
  const { handle } = (await findAccount(tx, by.accountId))!
  const why = `${by.actor.name} changed what of @${handle} goes out without a decision.`
  return setBackInWords(await changeGround(tx, { ...by, why }, change))
}
