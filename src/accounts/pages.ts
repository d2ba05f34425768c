import { NATIONS, NATION_NAMES } from './bank-holidays.ts'
import { MOST_GAP_WEEKS } from './planning.ts'
import type { RecordedActivity } from '../activity/activities.ts'
import { takePartOf } from './texts.ts'
import { PERMISSION_VOID } from '../networks/problem-in-words.ts'
import { dayInWords, dayOf, machineReadable, momentInWords, weekdayName, zoneInWords } from '../calendar.ts'
import { amountTyped, DEFAULT_PRICES, dollars, type Prices } from '../charges/charge.ts'
import { DECIDED, NO_TIMES, type Decided } from './account.ts'
import type { Account, Connection } from './accounts.ts'
import { CHECK_KINDS, CHECK_LEVELS, CHECK_NAMES, LEVEL_NAMES, type CheckLevel } from './check-rules.ts'
import { ASKING_MONTHS, LIVE_POLICIES, LIVE_STOP_MINUTES, type LivePolicy } from './account.ts'
import { POST_VARIABLES, TEMPLATE_KINDS, TEMPLATE_TITLES, type TemplateKind } from './post-templates.ts'
import { sectionOf, type AccountSection, type SectionValues } from './change-account.ts'

/** What was typed into a section's form, and what is wrong with it. */
export interface RefusedSection {
  section: AccountSection
  typed: SectionValues
  fields: Record<string, string>
}

const SCOPES: [string, string][] = [
  ['tweet.write', 'post and answer'],
  ['media.write', 'upload pictures'],
  ['tweet.moderate.write', 'hide replies'],
  ['tweet.read', 'read the timeline'],
]

/** Everything that holds for an account: forms for its leads, facts for its approvers. */
export function settingsPage({
  account,
  connection,
  changes,
  nameOf,
  canChange,
  refused,
  now,
}: {
  account: Account
  connection: Connection | undefined
  changes: RecordedActivity[]
  nameOf: (personId: string | null) => string | null
  canChange: boolean
  refused?: RefusedSection | undefined
  now: Date
}) {
  const moment = { now, zone: account.timeZone }
  const forms = {
    identity: identity(valuesOf(account, 'identity', refused)),
    shape: shape(valuesOf(account, 'shape', refused)),
    policy: policy(valuesOf(account, 'policy', refused)),
    checks: checks(valuesOf(account, 'checks', refused)),
    live: live(valuesOf(account, 'live', refused)),
    plan: plan(valuesOf(account, 'plan', refused), account.shape.days),
    asking: asking(valuesOf(account, 'asking', refused)),
    budget: budget(valuesOf(account, 'budget', refused)),
    prices: prices(valuesOf(account, 'prices', refused)),
    texts: texts(
      valuesOf({ ...account, texts: { ...account.texts, takePart: takePartOf(account) } }, 'texts', refused),
    ),
    templates: templates(valuesOf(account, 'templates', refused)),
    reflection: reflection(valuesOf(account, 'reflection', refused)),
    briefing: briefing(valuesOf(account, 'briefing', refused)),
    planning: planning(valuesOf(account, 'planning', refused)),
  }
  return {
    id: account.id,
    version: account.version,
    handle: `@${account.handle}`,
    canChange,
    connection: connectionModel(account, connection, { ...moment, nameOf }),
    brake: brakeModel(account, { ...moment, nameOf }),
    signingIn: {
      id: 'passkeyForLeads',
      name: 'passkeyForLeads',
      label: 'Leads sign in with a passkey',
      hint: 'A link by mail alone then lets them pull the brake, and nothing else.',
      checked: account.passkeyForLeads,
      error: refused?.section === 'signing-in' ? refused.fields['passkeyForLeads'] : undefined,
    },
    pause: pauseModel(account, { ...moment, nameOf }),
    ...forms,
    changed: changedBy(changes, { ...moment, nameOf }),
  }
}

type Values = (name: string) => { value: string; error: string | undefined }

function valuesOf(account: Account, section: AccountSection, refused?: RefusedSection): Values {
  const mine = refused?.section === section ? refused : undefined
  const now = sectionOf(account, section)
  return (name) => {
    const value = (mine?.typed ?? now)[name] ?? ''
    return { value: String(value), error: mine?.fields[name] }
  }
}

function identity(values: Values) {
  const hint = 'As it stands on X. Addresses of the public pages carry it.'
  return {
    fields: [
      { id: 'name', name: 'name', label: 'Name', required: true, ...values('name') },
      { id: 'handle', name: 'handle', label: 'Handle', required: true, hint, ...values('handle') },
      { id: 'hashtag', name: 'hashtag', label: 'Hashtag', ...values('hashtag') },
    ],
    facts: [
      { term: 'Name', value: values('name').value },
      { term: 'Handle', value: `@${values('handle').value}` },
      { term: 'Hashtag', value: values('hashtag').value || 'none' },
    ],
  }
}

function shape(values: Values) {
  const days = values('days')
  const chosen = new Set(days.value.split(','))
  const zone = values('timeZone')
  const zones = Intl.supportedValuesOf('timeZone')
  const all = zones.includes(zone.value) || zone.value === '' ? zones : [zone.value, ...zones]
  const names = WEEKDAYS.filter((day) => chosen.has(String(day))).map(dayName)
  const first = names[0] ?? 'No day'
  const last = names.at(-1) ?? first
  return {
    days: WEEKDAYS.map((day) => ({
      value: day,
      label: dayName(day),
      letter: dayName(day).charAt(0),
      checked: chosen.has(String(day)),
    })),
    daysError: days.error,
    fields: [
      {
        id: 'opens',
        name: 'opens',
        type: 'time',
        label: 'Opens, first day',
        required: true,
        ...values('opens'),
      },
      {
        id: 'closes',
        name: 'closes',
        type: 'time',
        label: 'Closes, last day',
        required: true,
        ...values('closes'),
      },
    ],
    timeZone: {
      id: 'timeZone',
      name: 'timeZone',
      label: 'Time zone',
      error: zone.error,
      options: all.map((value) => ({ value, label: value, selected: value === zone.value })),
    },
    facts: [
      { term: 'Days', value: first === last ? first : `${first} to ${last}` },
      { term: 'Opens', value: `${first} ${timeOfDay(values('opens').value)}` },
      { term: 'Closes', value: `${last} ${timeOfDay(values('closes').value)}` },
      { term: 'Time zone', value: zoneInWords(zone.value) },
    ],
  }
}

/** ISO weekdays, 1 is Monday. */
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]

function dayName(weekday: number): string {
  return weekdayName(`2026-06-0${weekday}`)
}

/** "9:00" for a field's `09:00`. */
function timeOfDay(time: string): string {
  return time.replace(/^0/, '')
}

function policy(values: Values) {
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

function checks(values: Values) {
  const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)
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

function live(values: Values) {
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

function plan(values: Values, days: number[]) {
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

function budget(values: Values) {
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

function prices(values: Values) {
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

function texts(values: Values) {
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

function templates(values: Values) {
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

function asking(values: Values) {
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

function planning(values: Values) {
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

function briefing(values: Values) {
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

function reflection(values: Values) {
  const { value, error } = values('questions')
  const rows = Math.max(4, value.split('\n').length + 1)
  const hint = 'A line for each question. Empty: our own four.'
  return {
    field: { id: 'questions', name: 'questions', label: 'What you ask each host', hint, rows, value, error },
    facts: [{ term: 'Each host is asked', value }],
  }
}

interface Told {
  now: Date
  zone: string
  nameOf: (personId: string | null) => string | null
}

function connectionModel(account: Account, connection: Connection | undefined, { now, zone, nameOf }: Told) {
  const state = connection?.state ?? 'none'
  const at = (when: Date | null) =>
    when && { iso: machineReadable(when), label: momentInWords(when, now, zone) }
  const scope = new Set(connection?.scope?.split(' '))
  const may = SCOPES.filter(([name]) => scope.has(name)).map(([, words]) => words)
  const lacks = SCOPES.filter(([name]) => !scope.has(name)).map(([, words]) => words)
  const connectAs = connection?.networkHandle ?? account.handle
  return {
    [state]: true,
    tag: {
      connected: { state: 'connected', label: 'Connected' },
      reconnect: null,
      none: { state: 'gap', label: 'Not connected' },
    }[state],
    as: `@${connectAs}`,
    otherHandle: state === 'connected' && connectAs.toLowerCase() !== account.handle.toLowerCase(),
    by: nameOf(connection?.connectedBy ?? null),
    since: at(connection?.connectedAt ?? null),
    renewed: at(connection?.renewedAt ?? null),
    changed: at(connection?.changedAt ?? null),
    trouble: connection?.trouble === PERMISSION_VOID ? null : connection?.trouble,
    may: may.join(', '),
    lacks: state === 'connected' ? lacks.join(', ') : '',
  }
}

function brakeModel({ id, brakeAt, brakeBy, brakeReason }: Account, { now, zone, nameOf }: Told) {
  return {
    href: `/accounts/${id}/brake`,
    on: brakeAt !== null,
    since: brakeAt && { iso: machineReadable(brakeAt), label: momentInWords(brakeAt, now, zone) },
    by: nameOf(brakeBy),
    reason: brakeReason,
  }
}

function pauseModel(account: Account, { now, zone, nameOf }: Told) {
  const { pausedAt, pausedBy, pauseReason, retiredAt, retiredBy, pagesAfter } = account
  const at = (moment: Date | null) =>
    moment && { iso: machineReadable(moment), label: momentInWords(moment, now, zone) }
  return {
    on: pausedAt !== null,
    since: at(pausedAt),
    by: nameOf(pausedBy),
    reason: pauseReason,
    ended: at(retiredAt),
    endedBy: nameOf(retiredBy),
    withdrawn: pagesAfter === 'withdrawn',
    endHref: `/accounts/${account.id}/retirement`,
    tag: retiredAt
      ? { state: 'removed', label: 'Ended' }
      : pausedAt
        ? { state: 'held', label: 'Paused' }
        : null,
    reasonField: {
      id: 'pause-reason',
      name: 'reason',
      label: 'Why it is paused',
      hint: 'For the mails to the desk and the hosts. You can leave it empty.',
      value: '',
    },
  }
}

/** "changed by Helen, Monday 5 October", by section. */
function changedBy(changes: RecordedActivity[], { now, zone, nameOf }: Told): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { details, personId, at } of changes) {
    const section = String(details['section'])
    found[section] ??=
      `changed by ${nameOf(personId) ?? 'somebody'}, ${dayInWords(dayOf(at, zone), dayOf(now, zone))}`
  }
  return found
}
