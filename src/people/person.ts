import { NotFound } from '../errors.ts'

/** What a person may be for an account, besides hosting weeks. A lead decides drafts too. */
export const ROLES = ['lead', 'approver'] as const
export type Role = (typeof ROLES)[number]

/** Somebody who is signed in, with all that decides what they may see and do. Passed as an argument, never ambient. */
export interface Actor {
  personId: string
  name: string
  email: string
  /** They look after the installation: they add accounts. It gives no power over any account. */
  owner?: boolean
  roles: ActorRole[]
  /** Weeks that this person hosts or hosted, without those that were taken from them. */
  hosting: Hosting[]
}

export interface ActorRole {
  accountId: string
  role: Role
  /** What they are called there until they have come; null, or nothing: by their own name. */
  called?: string | null
  /** Set where the role is not their own: they decide for somebody who is away. */
  standsInFor?: string
}

export interface Hosting {
  weekId: string
  weekHostId: string
  accountId: string
  slot: string
  powers: HostPowers
}

/** `draft`: invited, may write and submit. `post`: the week is open. `read`: the week is over. */
export type HostPowers = 'draft' | 'post' | 'read'

export function isLead(actor: Actor, accountId: string): boolean {
  return actor.roles.some((r) => r.accountId === accountId && r.role === 'lead')
}

/** The account whose desk somebody sits at: of several the one that they chose last, or that the page is about. @throws NotFound for people who only host. */
export function deskOf(actor: Actor): string {
  const [first] = actor.roles
  if (!first) throw new NotFound()
  return first.accountId
}

/** The same person, at the desk of one of their accounts: it comes first. Nothing changes for an account without a place of theirs. */
export function seatedAt(actor: Actor, accountId: string): Actor {
  const [here, elsewhere] = [true, false].map((is) =>
    actor.roles.filter((role) => (role.accountId === accountId) === is),
  )
  return { ...actor, roles: [...here!, ...elsewhere!] }
}

/** Every account that somebody has to do with: those of their desks first, then those whose weeks they host. */
export function accountsOf({ roles, hosting }: Actor): string[] {
  return [...new Set([...roles, ...hosting].map(({ accountId }) => accountId))]
}

/** Leads and approvers decide drafts, and pull the brake. */
export function mayDecide(actor: Actor, accountId: string): boolean {
  return actor.roles.some((r) => r.accountId === accountId)
}

export function hostingOf(actor: Actor, weekId: string): Hosting | undefined {
  return actor.hosting.find((h) => h.weekId === weekId)
}

/** Whether the person may see what belongs to a week: the desk, and the week's own host. */
export function maySeeWeek(actor: Actor, week: { id: string; accountId: string }): boolean {
  return mayDecide(actor, week.accountId) || hostingOf(actor, week.id) !== undefined
}

/** E-mail addresses are compared in this form: trimmed, lower case. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase()
}
