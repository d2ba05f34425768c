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
export { arriveAtDesk, changeAddress, inviteToDesk, requireLeadOfAll } from './desk.ts'
export { takesPasskeys } from './passkeys.ts'
export { queueSignInMail } from './sign-in.ts'
export {
  accountsErased,
  accountsHosted,
  deleteSessionsOf,
  endEverySession,
  findOrAddPerson,
  findPeople,
  findPerson,
  findPersonByEmail,
  insertPerson,
  knowAgain,
  rolesOf,
  listOwners,
  listRoles,
  setOwner,
  setRole,
  type Person,
} from './store.ts'
