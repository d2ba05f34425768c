/** Steps of this room for others: look-ups. */
export { latestMails, listSandboxMails, nextMailAt, type Mail } from './store.ts'
