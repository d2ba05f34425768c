/** Steps of this room for others: look-ups, which need no transaction of their own. */
export {
  findAccount,
  findAccountByHandle,
  findConnection,
  listAccounts,
  listSeals,
  type Account,
  type Connection,
} from './store.ts'
