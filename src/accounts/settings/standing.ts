import type { RecordedActivity } from '../../activity/activities.ts'
import { dayInWords, dayOf, machineReadable, momentInWords } from '../../calendar.ts'
import { PERMISSION_VOID } from '../../networks/problem-in-words.ts'
import type { Account, Connection } from '../accounts.ts'

const SCOPES: [string, string][] = [
  ['tweet.write', 'post and answer'],
  ['media.write', 'upload pictures'],
  ['tweet.moderate.write', 'hide replies'],
  ['tweet.read', 'read the timeline'],
]

interface Told {
  now: Date
  zone: string
  nameOf: (personId: string | null) => string | null
}

export function connectionModel(
  account: Account,
  connection: Connection | undefined,
  { now, zone, nameOf }: Told,
) {
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

export function brakeModel({ id, brakeAt, brakeBy, brakeReason }: Account, { now, zone, nameOf }: Told) {
  return {
    href: `/accounts/${id}/brake`,
    on: brakeAt !== null,
    since: brakeAt && { iso: machineReadable(brakeAt), label: momentInWords(brakeAt, now, zone) },
    by: nameOf(brakeBy),
    reason: brakeReason,
  }
}

export function pauseModel(account: Account, { now, zone, nameOf }: Told) {
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
export function changedBy(changes: RecordedActivity[], { now, zone, nameOf }: Told): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { details, personId, at } of changes) {
    const section = String(details['section'])
    found[section] ??=
      `changed by ${nameOf(personId) ?? 'somebody'}, ${dayInWords(dayOf(at, zone), dayOf(now, zone))}`
  }
  return found
}
