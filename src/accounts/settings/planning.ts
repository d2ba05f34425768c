import { NATION_NAMES, NATIONS } from '../bank-holidays.ts'
import { MOST_GAP_WEEKS } from '../planning.ts'
import type { Values } from './values.ts'

export function planning(values: Values) {
  const chosen = values('nations').value.split(',')
  const ownDays = values('ownDays')
  const gapWeeks = values('gapWeeks')
  const shown = NATIONS.filter((nation) => chosen.includes(nation)).map((nation) => NATION_NAMES[nation])
  return {
    nations: {
      id: 'nations',
      name: 'nations',
      legend: 'Bank holidays in the rota',
      type: 'checkbox',
      choices: NATIONS.map((nation) => ({
        value: nation,
        label: NATION_NAMES[nation],
        checked: chosen.includes(nation),
      })),
    },
    ownDays: {
      id: 'ownDays',
      name: 'ownDays',
      label: 'Your own days',
      hint: 'A line for each. Examples: 2027-05-12 Nurses’ Day, or 2027-05-10 to 2027-05-16 Mental Health Week',
      rows: 4,
      ...ownDays,
    },
    gapWeeks: {
      id: 'gapWeeks',
      name: 'gapWeeks',
      label: 'Tell the leads of gaps by mail, so many weeks ahead',
      type: 'number',
      inputmode: 'numeric',
      min: '0',
      max: String(MOST_GAP_WEEKS),
      required: true,
      hint: '0: not at all.',
      ...gapWeeks,
    },
    facts: [
      { term: 'Bank holidays', value: shown.join(', ') || 'none' },
      { term: 'Own days', value: ownDays.value || 'none' },
      {
        term: 'Gaps',
        value: gapWeeks.value === '0' ? 'no mail about them' : `a mail ${gapWeeks.value} weeks ahead`,
      },
    ],
  }
}
