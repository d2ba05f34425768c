/** Steps of this room for others: look-ups, which need no transaction of their own. */
export {
  findAccount,
  findAccountByHandle,
  findChargedAccount,
  isBraked,
  findConnection,
  latestHouseRules,
  listHouseRules,
  listAccounts,
  publicAccounts,
  listSeals,
  type Account,
  type Connection,
  type HouseRules,
} from './store.ts'
