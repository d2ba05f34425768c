import type { Account } from './accounts.ts'
import type { Person } from '../people/people.ts'

/** The accounts of an installation and who looks after it, for its owners. */
export function installationPage(
  { accounts, owners }: { accounts: { account: Account; leads: Person[] }[]; owners: Person[] },
  {
    id,
    typed,
    errors,
    actor,
  }: {
    /** For an account to come. */
    id: string
    typed: Record<string, string>
    errors: Record<string, string>
    actor: { personId: string; roles: { accountId: string }[] }
  },
) {
  const field = (name: string, label: string, more: object = {}) => ({
    id: name,
    name,
    label,
    value: typed[name] ?? '',
    error: errors[name],
    autocomplete: 'off',
    ...more,
  })
  const zone = typed['timeZone'] ?? 'Europe/London'
  return {
    title: 'Accounts',
    formId: id,
    installed: accounts.map(({ account, leads }) => ({
      handle: `@${account.handle}`,
      name: account.name,
      href: actor.roles.some(({ accountId }) => accountId === account.id) ? `/accounts/${account.id}` : null,
      tag: account.retiredAt
        ? { state: 'removed', label: 'Ended' }
        : account.pausedAt
          ? { state: 'held', label: 'Paused' }
          : null,
      leads: leads.map(({ name }) => name).join(', '),
    })),
    owners: owners.map(({ id: personId, name, email }) => ({
      name,
      email,
      you: personId === actor.personId,
      action: owners.length > 1 ? `/accounts/owners/${personId}/removal` : null,
    })),
    fields: [
      field('name', 'Name', { hint: 'As people say it, such as Your Organisation.' }),
      field('handle', 'Handle on X', { hint: 'The addresses of the public pages carry it.' }),
      field('hashtag', 'Hashtag', { hint: 'It can stay empty.' }),
    ],
    timeZone: {
      id: 'timeZone',
      name: 'timeZone',
      label: 'Time zone',
      error: errors['timeZone'],
      options: Intl.supportedValuesOf('timeZone').map((value) => ({
        value,
        label: value,
        selected: value === zone,
      })),
    },
    lead: [
      field('leadName', 'Name of its first lead'),
      field('leadEmail', 'Their e-mail', {
        type: 'email',
        hint: 'They get a mail, and can sign in at once.',
      }),
    ],
    owner: field('email', 'E-mail', { type: 'email', hint: 'Of somebody who is known here.' }),
  }
}
