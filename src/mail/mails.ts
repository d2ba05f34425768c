/** Steps of this room for others: look-ups. */
export { countMails, latestMails, listSandboxMails, nextMailAt, type Mail } from './store.ts'
