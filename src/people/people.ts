/** Steps of this room for others. */
export {
  findPerson,
  findPersonByEmail,
  insertPerson,
  rolesOf,
  listRoles,
  setRole,
  type Person,
} from './store.ts'
