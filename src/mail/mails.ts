/** Steps of this room for others: look-ups. */
export { countMails, latestMails, listSandboxMails, mailsOfKind, nextMailAt, type Mail } from './store.ts'
