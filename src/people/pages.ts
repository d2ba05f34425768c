import type { Actor, Role } from './person.ts'
import { isLead } from './person.ts'
import type { Person } from './store.ts'

/** Somebody who hosts or hosted, as the page of people shows them. */
export interface HostLine {
  personId: string
  name: string
  initials: string
  portraitHash: string | null
  email: string
  detail: string
  weeks: { href: string; days: string; tag: { state: string; label: string } }[]
}

/** Days away of somebody at the desk, and who stands in. */
export interface AwayLine {
  personId: string
  name: string
  days: string
  isNow: boolean
  /** `lent`: they have no place at the desk of their own. */
  deputy: { id: string; name: string; email: string; lent: boolean } | null
}

const ROLE_TEXTS: Record<Role, { label: string; may: string }> = {
  lead: { label: 'Lead', may: 'books weeks, decides drafts, changes the account' },
  approver: { label: 'Approver', may: 'decides drafts, pulls the brake' },
}

/** The desk and the hosts of an account. */
export function peoplePage(
  {
    desk,
    hosts,
    away,
    outOfReach,
    reached,
  }: {
    desk: { person: Person; role: Role }[]
    hosts: HostLine[]
    away: AwayLine[]
    /** Ids of people to whom mail comes back. */
    outOfReach: string[]
    /** Ids of people whom the account needs to reach. */
    reached: string[]
  },
  { accountId, actor }: { accountId: string; actor: Actor },
) {
  const canChange = isLead(actor, accountId)
  const asked = actor.roles.length > 1 ? `?account=${accountId}` : ''
  const dataOf = (id: string, name: string) =>
    canChange ? { href: `/people/${id}/data${asked}`, label: `What is kept about ${name}` } : null
  const reachOf = (id: string, name: string) =>
    outOfReach.includes(id)
      ? { name, href: canChange ? `/people/${id}/address${asked}` : null, label: 'Mail comes back' }
      : null
  const markOf = (id: string, name: string) =>
    canChange && reached.includes(id) && !outOfReach.includes(id)
      ? { href: `/people/${id}/address${asked}`, label: `Mail comes back? ${name}` }
      : null
  return {
    canChange,
    desk: desk.map(({ person, role }) => ({
      id: person.id,
      name: person.name,
      you: person.id === actor.personId,
      email: person.email,
      reach: reachOf(person.id, person.name),
      portrait: { initials: initials(person.name) },
      may: ROLE_TEXTS[role].may,
      away: away.filter(({ personId }) => personId === person.id).map(awayInWords),
      role: ROLE_TEXTS[role].label,
      changeLabel: `Change ${person.name}`,
      changeHref: canChange ? `/people/${person.id}${asked}` : null,
    })),
    mayBeAway: actor.roles.some((role) => role.accountId === accountId && !role.standsInFor),
    deputies: away.flatMap(({ deputy, name, days, isNow }) =>
      deputy?.lent
        ? [
            {
              name: deputy.name,
              you: deputy.id === actor.personId,
              email: deputy.email,
              reach: reachOf(deputy.id, deputy.name),
              mark: markOf(deputy.id, deputy.name),
              portrait: { initials: initials(deputy.name) },
              role: isNow ? 'Approver now' : 'Approver then',
              may: `in place of ${name}, ${days}`,
              data: dataOf(deputy.id, deputy.name),
            },
          ]
        : [],
    ),
    hosts: hosts.map(({ portraitHash, initials: letters, ...host }) => ({
      ...host,
      data: dataOf(host.personId, host.name),
      reach: reachOf(host.personId, host.name),
      mark: markOf(host.personId, host.name),
      portrait: portraitHash ? { src: `/images/${portraitHash}`, lazy: true } : { initials: letters },
    })),
  }
}

function awayInWords({ days, isNow, deputy }: AwayLine): string {
  return `${isNow ? 'Away now' : 'Away'}, ${days}. ${deputy?.name ?? 'Nobody'} stands in.`
}

/** Models of the form partials for somebody at the desk. */
export function personFields(typed: Record<string, string>, errors: Record<string, string>) {
  const field = (name: string, label: string, more: object = {}) => ({
    id: name,
    name,
    label,
    value: typed[name] ?? '',
    error: errors[name],
    autocomplete: 'off',
    ...more,
  })
  return {
    name: field('name', 'Name'),
    email: field('email', 'E-mail', { type: 'email', hint: 'They sign in with it; there is no password.' }),
    role: {
      id: 'role',
      name: 'role',
      legend: 'What may they do?',
      type: 'radio',
      error: errors['role'],
      choices: (['approver', 'lead'] as const).map((role) => ({
        value: role,
        label: ROLE_TEXTS[role].label,
        note: ROLE_TEXTS[role].may,
        checked: (typed['role'] ?? 'approver') === role,
      })),
    },
  }
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  return [words[0], words.length > 1 ? words.at(-1) : '']
    .map((word) => word?.charAt(0).toUpperCase() ?? '')
    .join('')
}
