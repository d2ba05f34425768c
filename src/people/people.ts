/** Steps of this room for others. */
export {
  absencesAfter,
  endAbsence,
  insertAbsence,
  lentPowers,
  lentRoles,
  type Absence,
  type NamedAbsence,
} from './absences-store.ts'
export { decidersAt, findDecider, whyYou, type Decider } from './deciders.ts'
export { changeAddress } from './desk.ts'
export { queueSignInMail } from './sign-in.ts'
export {
  accountsHosted,
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
