import {
  DECIDED,
  type Decided,
  LIVE_POLICIES,
  LIVE_STOP_MINUTES,
  type LivePolicy,
  NO_TIMES,
} from '../account.ts'
import { CHECK_KINDS, CHECK_LEVELS, CHECK_NAMES, type CheckLevel, LEVEL_NAMES } from '../check-rules.ts'
import { capital } from '../../words.ts'
import { dayName } from './identity-and-shape.ts'
import type { Values } from './values.ts'

export function policy(values: Values) {
  const number = (name: string, label: string, min: number, max: number, hint: string) => ({
    id: name,
    name,
    label,
    type: 'number',
    inputmode: 'numeric',
    min: String(min),
    max: String(max),
    required: true,
    hint,
    ...values(name),
  })
  const ticked = (name: string, label: string, hint: string) => {
    const { value, error } = values(name)
    return { id: name, name, label, hint, error, checked: value === 'true' || value === 'yes' }
  }
  const self = ticked(
    'selfApproval',
    'Who wrote a draft may approve it',
    'The record then says that it was their own work.',
  )
  const recap = ticked(
    'publishRecap',
    'The recap is published when the week closes',
    'Else it waits for somebody to read it first.',
  )
  const decided = values('decided')
  return {
    decided: {
      id: 'decided',
      name: 'decided',
      legend: 'What needs a person’s decision?',
      type: 'radio',
      required: true,
      error: decided.error,
      choices: DECIDED.map((value) => ({
        value,
        ...DECIDED_WORDS[value],
        checked: value === decided.value,
      })),
    },
    stopMinutes: number(
      'stopMinutes',
      'Can be stopped for, minutes',
      0,
      240,
      'What needs no decision goes out at its time, but never sooner than this after it was submitted. Until it is sent, each lead and approver can stop it; they get a mail.',
    ),
    ticks: [self, recap],
    fields: [
      number(
        'remindMinutes',
        'Reminder before a draft is wanted, minutes',
        0,
        1440,
        'Leads and approvers get one mail when nobody has decided by then. 0 sends none.',
      ),
      number(
        'lateAfterMinutes',
        'Too late after, minutes',
        5,
        1440,
        'A post that could not go out by then is held, and you are asked.',
      ),
      number(
        'threadGapSeconds',
        'Between the parts of a thread, seconds',
        0,
        300,
        'X refuses threads that come too fast.',
      ),
      number(
        'listenEveryMinutes',
        'Look for replies every, minutes',
        1,
        240,
        'While a week is open. Each look costs a little.',
      ),
    ],
    facts: [
      {
        term: 'Needs a decision',
        value: (DECIDED_WORDS[decided.value as Decided] ?? DECIDED_WORDS.all).label.toLowerCase(),
      },
      ...(decided.value === 'all'
        ? []
        : [{ term: 'Can be stopped for', value: `${values('stopMinutes').value} minutes` }]),
      {
        term: 'Own drafts',
        value: self.checked ? 'who wrote a draft may approve it' : 'somebody else approves',
      },
      {
        term: 'Recap',
        value: recap.checked ? 'published when the week closes' : 'waits for somebody to publish it',
      },
      {
        term: 'Reminder',
        value:
          values('remindMinutes').value === '0'
            ? 'none'
            : `${values('remindMinutes').value} minutes before an undecided draft is wanted`,
      },
      { term: 'Too late after', value: `${values('lateAfterMinutes').value} minutes` },
      { term: 'In a thread', value: `${values('threadGapSeconds').value} seconds between the parts` },
      { term: 'Replies', value: `looked for every ${values('listenEveryMinutes').value} minutes` },
    ],
  }
}

const DECIDED_WORDS: Record<Decided, { label: string; note: string }> = {
  all: { label: 'Every post', note: 'Nothing goes out that no lead or approver has approved.' },
  originals: {
    label: 'Every post, but not answers',
    note: 'An answer to somebody who named or answered the account goes out unless somebody stops it. An answer to anybody else waits for a decision.',
  },
  untrusted: {
    label: 'Every post, but not those of trusted hosts',
    note: 'A lead marks the host of a week as trusted on the week’s page. What that host submits goes out unless somebody stops it.',
  },
}

export function checks(values: Values) {
  const second = values('secondApprover')
  const checked = second.value === 'true' || second.value === 'yes'
  return {
    fields: CHECK_KINDS.map((kind) => {
      const { value, error } = values(kind)
      return {
        id: kind,
        name: kind,
        label: capital(CHECK_NAMES[kind]),
        error,
        options: CHECK_LEVELS.map((level) => ({
          value: level,
          label: capital(LEVEL_NAMES[level]),
          selected: level === value,
        })),
      }
    }),
    second: {
      id: 'secondApprover',
      name: 'secondApprover',
      label: 'Two people approve a draft in which such a check was answered',
      hint: 'Of those that have to be put right or answered. It goes out when the second one has approved it.',
      error: second.error,
      checked,
    },
    facts: [
      ...CHECK_KINDS.map((kind) => ({
        term: capital(CHECK_NAMES[kind]),
        value: LEVEL_NAMES[values(kind).value as CheckLevel],
      })),
      { term: 'A check that was answered', value: checked ? 'two people approve' : 'one person approves' },
    ],
  }
}

const LIVE: Record<LivePolicy, { label: string; note: string; fact: string }> = {
  lane: {
    label: 'Somebody approves each, on the phone',
    note: 'The newest stands on top of the live page of leads and approvers, with a large button.',
    fact: 'somebody approves each, on the phone',
  },
  delay: {
    label: 'They go out after some minutes, unless somebody stops them',
    note: 'Nobody has read a post before it goes out, unless they look in time.',
    fact: 'they go out after some minutes, unless somebody stops them',
  },
  'at-once': {
    label: 'They go out at once',
    note: 'Nobody reads a post before it goes out. The brake stops them, as it stops everything.',
    fact: 'they go out at once',
  },
}

export function live(values: Values) {
  const chosen = values('live')
  const minutes = values('liveStopMinutes')
  return {
    choice: {
      id: 'live',
      name: 'live',
      legend: 'What a host posts live',
      type: 'radio',
      required: true,
      error: chosen.error,
      choices: LIVE_POLICIES.toReversed().map((value) => ({
        value,
        label: LIVE[value].label,
        note: LIVE[value].note,
        checked: value === chosen.value,
      })),
    },
    minutes: {
      id: 'liveStopMinutes',
      name: 'liveStopMinutes',
      label: 'Can be stopped for',
      error: minutes.error,
      options: LIVE_STOP_MINUTES.map((value) => ({
        value: String(value),
        label: value === 1 ? '1 minute' : `${value} minutes`,
        selected: String(value) === minutes.value,
      })),
    },
    facts: [
      { term: 'Live posts', value: LIVE[chosen.value as LivePolicy]?.fact ?? chosen.value },
      ...(chosen.value === 'delay' ? [{ term: 'Can be stopped for', value: `${minutes.value} min` }] : []),
    ],
  }
}

export function plan(values: Values, days: number[]) {
  const gap = {
    id: 'gapMinutes',
    name: 'gapMinutes',
    label: 'Between two posts at least, minutes',
    type: 'number',
    inputmode: 'numeric',
    min: '0',
    max: '720',
    required: true,
    hint: 'Two that are nearer to each other are pointed out. Answers and the parts of a thread are not meant.',
    ...values('gapMinutes'),
  }
  const times = {
    id: 'times',
    name: 'times',
    label: 'Suggested times',
    hint: 'With a comma between. Empty: none. Example: 9:00, 12:30',
    maxlength: '200',
    ...values('times'),
  }
  const own = days.map((day) => ({
    id: `times-${day}`,
    name: `times-${day}`,
    label: `On ${dayName(day)}s`,
    maxlength: '200',
    ...values(`times-${day}`),
  }))
  return {
    fields: [gap, times],
    days: own,
    openDays: own.some(({ value, error }) => value !== '' || error !== undefined),
    facts: [
      { term: 'Between two posts', value: `${gap.value} minutes` },
      { term: 'Suggested times', value: times.value || NO_TIMES },
      ...own.filter(({ value }) => value !== '').map(({ label, value }) => ({ term: label, value })),
    ],
  }
}
