import { amountTyped, DEFAULT_PRICES, dollars, type Prices } from '../../charges/charge.ts'
import type { Values } from './values.ts'

export function budget(values: Values) {
  const { value, error } = values('monthlyBudget')
  return {
    field: {
      id: 'monthlyBudget',
      name: 'monthlyBudget',
      label: 'For a month, in dollars',
      hint: 'Empty: no budget. Example: 12.50',
      inputmode: 'decimal',
      maxlength: '20',
      value,
      error,
    },
    facts: [{ term: 'For a month', value: value ? `$${value}` : 'no budget' }],
  }
}

const PRICES: [name: Exclude<keyof Prices, 'ownApp'>, label: string][] = [
  ['post', 'A post'],
  ['postWithLink', 'A post with a link'],
  ['answer', 'An answer to somebody who named the account'],
  ['description', 'The description of a picture'],
  ['postRead', 'Reading a post'],
  ['ownRead', 'Reading an own post or a mention, with an app of the account’s own'],
  ['userRead', 'Reading a profile, at each connection'],
]

export function prices(values: Values) {
  const ownApp = values('ownApp')
  const checked = ownApp.value === 'true' || ownApp.value === 'yes'
  return {
    own: PRICES.some(([name]) => values(name).value !== amountTyped(DEFAULT_PRICES[name])),
    fields: PRICES.map(([name, label]) => ({
      id: name,
      name,
      label,
      hint: `X’s list: ${dollars(DEFAULT_PRICES[name])}`,
      inputmode: 'decimal',
      maxlength: '20',
      required: true,
      ...values(name),
    })),
    tick: {
      id: 'ownApp',
      name: 'ownApp',
      label: 'The app at X is registered under this account',
      hint: 'Then reading its own posts and mentions has the lower price.',
      error: ownApp.error,
      checked,
    },
    facts: [
      ...PRICES.map(([name, label]) => ({ term: label, value: `$${values(name).value}` })),
      { term: 'The app at X', value: checked ? 'is the account’s own' : 'is somebody else’s' },
    ],
  }
}
