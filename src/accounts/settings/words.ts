import { ASKING_MONTHS } from '../account.ts'
import { POST_VARIABLES, TEMPLATE_KINDS, TEMPLATE_TITLES, type TemplateKind } from '../post-templates.ts'
import type { Values } from './values.ts'

export function texts(values: Values) {
  const area = (name: string, label: string, hint: string) => ({
    id: name,
    name,
    label,
    hint,
    rows: 8,
    ...values(name),
  })
  const areas = [
    area(
      'houseRules',
      'House rules',
      'Each host signs them before their week opens. A change is a new version; who signed before keeps the one they signed.',
    ),
    area('accessibility', 'Accessibility', 'A page for everybody.'),
    area('privacy', 'Privacy', 'A page for everybody.'),
    area(
      'takePart',
      'Have the account for a week',
      'On the public page, above how to reach you: who may ask, and what you promise. Without it nobody is asked.',
    ),
  ]
  const contact = {
    id: 'contact',
    name: 'contact',
    label: 'How to reach you',
    hint: 'An address or a sentence, at the foot of each public page.',
    ...values('contact'),
  }
  return {
    areas,
    contact,
    facts: [...areas, contact].map(({ label, value }) => ({ term: label, value: value || 'nothing yet' })),
  }
}

export function templates(values: Values) {
  const areas = TEMPLATE_KINDS.map((kind) => ({
    id: kind,
    name: kind,
    label: TEMPLATE_TITLES[kind],
    hint: TEMPLATE_HINTS[kind],
    rows: 5,
    ...values(kind),
  }))
  return {
    areas,
    variables: Object.entries(POST_VARIABLES).map(([name, meaning]) => ({ name: `{${name}}`, meaning })),
    facts: areas.map(({ label, value }) => ({ term: label, value: value || 'no such post' })),
  }
}

const TEMPLATE_HINTS: Record<TemplateKind, string> = {
  introduction: 'In the queue three days before a week opens, for half an hour before.',
  'sign-off': 'In the queue a day before a week closes, for the moment it closes.',
  'recap-out': 'In the queue when a recap is published.',
  bio: 'On your Today as a week opens, to be set by hand. Empty: no note about the profile.',
  'next-host': 'In the queue when a recap is published, where the next week is announced.',
}

export function asking(values: Values) {
  const open = values('asking')
  const checked = open.value === 'true' || open.value === 'yes'
  const { value, error } = values('askingMonths')
  const months = (count: number) => (count === 1 ? 'one month' : `${count} months`)
  return {
    tick: {
      id: 'asking',
      name: 'asking',
      label: 'Everybody can ask for a week, or suggest somebody',
      hint: 'By a form on the public pages. You see who has confirmed their address.',
      checked,
    },
    months: {
      id: 'askingMonths',
      name: 'askingMonths',
      label: 'What they send is deleted after',
      hint: 'The form says so. Who asked before a change is deleted when they were told.',
      error,
      options: ASKING_MONTHS.map((count) => ({
        value: String(count),
        label: months(count),
        selected: String(count) === value,
      })),
    },
    facts: [
      { term: 'The form', value: checked ? 'is open to everybody' : 'is closed' },
      { term: 'What they send', value: `is deleted after ${months(Number(value))}` },
    ],
  }
}

export function briefing(values: Values) {
  const { value, error } = values('briefing')
  const points = value.split('\n').filter(Boolean)
  return {
    field: {
      id: 'briefing',
      name: 'briefing',
      label: 'What you go through with each host',
      hint: 'A line for each point. Empty: there is no briefing.',
      rows: Math.max(4, points.length + 1),
      value,
      error,
    },
    facts: [{ term: 'With each host', value: points.length > 0 ? points.join('\n') : 'no briefing' }],
  }
}

export function reflection(values: Values) {
  const { value, error } = values('questions')
  const rows = Math.max(4, value.split('\n').length + 1)
  const hint = 'A line for each question. Empty: our own four.'
  return {
    field: { id: 'questions', name: 'questions', label: 'What you ask each host', hint, rows, value, error },
    facts: [{ term: 'Each host is asked', value }],
  }
}
