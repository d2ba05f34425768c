/** Steps of this room for others. */
export { changeAddress } from './desk.ts'
export { queueSignInMail } from './sign-in.ts'
export {
  deleteSessionsOf,
  endEverySession,
  findOrAddPerson,
  findPeople,
  findPerson,
  findPersonByEmail,
  insertPerson,
  rolesOf,
  listRoles,
  setRole,
  type Person,
} from './store.ts'
