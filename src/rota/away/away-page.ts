import { dayOf } from '../../calendar.ts'
import type { Account } from '../../accounts/accounts.ts'
import type { NamedAbsence, Person } from '../../people/people.ts'
import { isLead, type Actor, type Role } from '../../people/person.ts'
import { initialsOf } from '../host.ts'
import { spanOf } from './away.ts'

/** The page of days away: those to come, and the form for more. */
export function awayPage({
  account,
  absences,
  desk,
  typed,
  errors,
  actor,
  now,
}: {
  account: Account
  absences: NamedAbsence[]
  desk: { person: Person; role: Role }[]
  typed: Record<string, string>
  errors: Record<string, string>
  actor: Actor
  now: Date
}) {
  const lead = isLead(actor, account.id)
  const today = dayOf(now, account.timeZone)
  const field = (name: string, label: string, more: object = {}) => ({
    id: name,
    name,
    label,
    value: typed[name] ?? '',
    error: errors[name],
    ...more,
  })
  const chosen = typed['personId'] ?? actor.personId
  return {
    title: 'Days away',
    handle: `@${account.handle}`,
    absences: absences.map((one) => ({
      name: one.person.name,
      portrait: { initials: initialsOf(one.person.name) },
      days: spanOf(one, account.timeZone, now),
      deputy: one.deputy?.name ?? null,
      now: one.beginsAt <= now,
      endHref: lead || one.personId === actor.personId ? `/away/${one.id}/end` : null,
      endLabel: one.beginsAt <= now ? 'Back already' : 'Take it back',
      describe: `${one.beginsAt <= now ? 'Back already' : 'Take it back'}: ${one.person.name}, ${spanOf(one, account.timeZone, now)}`,
    })),
    who: lead
      ? {
          ...field('personId', 'Who is away?'),
          options: desk.map(({ person }) => ({
            value: person.id,
            label: person.name,
            selected: person.id === chosen,
          })),
        }
      : null,
    firstDay: field('firstDay', 'From', { type: 'date', min: today, required: true }),
    lastDay: field('lastDay', 'To, this day included', { type: 'date', min: today, required: true }),
    deputy: {
      ...field('deputy', 'Who stands in?', {
        hint: 'They decide drafts on these days only, and get the mails about it. Whoever wrote a draft does not approve it, also then.',
      }),
      options: [
        { value: '', label: 'Nobody', selected: (typed['deputy'] ?? '') === '' },
        ...desk.map(({ person }) => ({
          value: person.id,
          label: person.name,
          selected: typed['deputy'] === person.id,
        })),
        { value: 'other', label: 'Somebody else, by e-mail', selected: typed['deputy'] === 'other' },
      ],
    },
    deputyEmail: field('deputyEmail', 'Their e-mail', {
      type: 'email',
      hint: lead
        ? 'They sign in with it. They can be new here.'
        : 'Of somebody who hosts or hosted a week here. Somebody new is named by a lead.',
      autocomplete: 'off',
    }),
    deputyName: lead
      ? field('deputyName', 'Their name, if they are new here', { autocomplete: 'off' })
      : null,
    openOther: typed['deputy'] === 'other' || Boolean(errors['deputyEmail'] ?? errors['deputyName']),
  }
}
