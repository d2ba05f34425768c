/** Steps of this room for others: look-ups, which need no transaction of their own. */
export { findPerson, findPersonByEmail, rolesOf, listRoles, type Person } from './store.ts'
