import type { Account } from '../../accounts/accounts.ts'
import { dayInWords, dayOf, momentInWords } from '../../calendar.ts'
import { hostingOf, isLead, mayDecide, type Actor } from '../../people/person.ts'
import type { Moment } from '../pages.ts'
import { isNothing, missingInWords, missingOf, type Readiness } from './readiness.ts'
import type { Agreement } from './readiness-store.ts'
import type { Week, WeekHost } from '../store.ts'
import { cameLater, type Opening } from '../week.ts'

/** What has to be done before a week opens, on the week's page. */
export function readyModel(
  { week, host }: { week: Week; host: WeekHost },
  readiness: Readiness,
  {
    account,
    nameOf,
    actor,
    now,
  }: { account: Account; nameOf: (personId: string | null) => string | null; actor: Actor; now: Date },
) {
  const moment = { zone: account.timeZone, now }
  const missing = missingOf(readiness)
  const desk = mayDecide(actor, account.id)
  const own = hostingOf(actor, week.id)?.weekHostId === host.id
  const over = now >= week.closesAt
  const waits = host.opening === 'waits'
  return {
    tag: tagOf(host.opening, { over, begun: now >= week.opensAt }),
    said: saidOf({ week, host }, { missing: missingInWords(missing), nameOf, moment }),
    rules: rulesLine(readiness, { week, host, own, over, moment }),
    points: readiness.points.map(({ point, tick, asked }, at) => ({
      id: `point-${at + 1}`,
      point,
      done: tick !== undefined,
      note: tick
        ? `${nameOf(tick.tickedBy) ?? 'Somebody who left'}, ${dateOf(tick.tickedAt, moment)}`
        : 'to do',
      canTick: desk && !over && (asked || tick !== undefined),
      value: tick ? 'no' : 'yes',
      label: tick ? 'Take back' : 'Done',
      describe: `${tick ? 'Take back' : 'Done'}: ${point}`,
    })),
    canLetOpen: waits && !over && isLead(actor, account.id) && !isNothing(missing),
    reason: {
      id: 'open-reason',
      name: 'reason',
      label: 'Why, for the record',
      hint: 'If you like.',
      maxlength: '300',
    },
  }
}

function tagOf(opening: Opening, { over, begun }: { over: boolean; begun: boolean }) {
  if (over || opening === 'free') return null
  if (opening === 'waits') return { state: 'held', label: begun ? 'Not opened' : 'Not ready' }
  return { state: 'accepted', label: opening === 'word' ? 'Opens all the same' : 'Ready' }
}

function saidOf(
  { week, host }: { week: Week; host: WeekHost },
  {
    missing,
    nameOf,
    moment,
  }: { missing: string; nameOf: (personId: string | null) => string | null; moment: Moment },
): string {
  const { now, zone } = moment
  if (host.opening === 'word')
    return `${nameOf(host.openedBy) ?? 'A lead'} said ${momentInWords(host.openedAt!, now, zone)} that the week opens although something was missing.`
  if (host.opening === 'free' || !missing || now >= week.closesAt) return ''
  const rest = `What is missing: ${missing}. ${host.name} can go on writing; what becomes due is held.`
  if (cameLater(week, host))
    return `${host.name} came to a week that had begun. It opens for them when nothing is missing, or a lead says so. ${rest}`
  return now < week.opensAt
    ? `The week opens when nothing is missing, or a lead says so. What is missing: ${missing}.`
    : `The week was to open ${momentInWords(week.opensAt, now, zone)}, and did not. ${rest}`
}

function rulesLine(
  { rules, signed }: Readiness,
  {
    week,
    host,
    own,
    over,
    moment,
  }: { week: Week; host: WeekHost; own: boolean; over: boolean; moment: Moment },
) {
  const href = `/weeks/${week.id}/agreement`
  if (signed)
    return {
      done: true,
      text: `Signed by ${signed.name}, ${dateOf(signed.signedAt, moment)}`,
      note:
        rules && rules.number > signed.number
          ? `Version ${signed.number}, which is what they agreed to. The rules have changed since.`
          : '',
      link: { href, label: 'Read what was signed' },
      sign: false,
    }
  if (!rules) return null
  return {
    done: false,
    text: 'Not signed yet',
    note: host.acceptedAt ? '' : 'The host signs them after accepting.',
    link: { href, label: 'Read them' },
    sign: own && !over && host.acceptedAt !== null,
  }
}

/** The page of the agreement: what was signed, word for word, or the rules to sign. The text comes as HTML. */
export function agreementPage(
  { week, host }: { week: Week; host: WeekHost },
  { rules, signed }: Pick<Readiness, 'rules' | 'signed'>,
  {
    account,
    actor,
    render,
    typed,
    errors,
    now,
  }: {
    account: Account
    actor: Actor
    render: (markdown: string) => string
    typed: Record<string, string>
    errors: Record<string, string>
    now: Date
  },
) {
  const moment = { zone: account.timeZone, now }
  const own = hostingOf(actor, week.id)?.weekHostId === host.id
  const newer = rules && (!signed || rules.number > signed.number) ? rules : undefined
  return {
    handle: `@${account.handle}`,
    host: host.name,
    weekHref: `/weeks/${week.id}`,
    signed: signed && signedModel(signed, moment, render),
    rules: newer && {
      number: newer.number,
      since: dateOf(newer.at, moment),
      html: render(newer.text),
      title: signed ? 'The house rules as they stand now' : 'The house rules',
    },
    sign:
      newer && own && host.acceptedAt && now < week.closesAt
        ? {
            number: newer.number,
            date: dayInWords(dayOf(now, account.timeZone), '0000'),
            name: {
              id: 'name',
              name: 'name',
              label: 'Your name',
              hint: 'As you would sign a letter.',
              autocomplete: 'name',
              maxlength: '80',
              required: true,
              value: typed['name'] ?? '',
              error: errors['name'],
            },
          }
        : null,
    mustAccept: newer !== undefined && own && !host.acceptedAt,
  }
}

function signedModel(
  { name, number, text, signedAt }: Agreement,
  { now, zone }: Moment,
  render: (markdown: string) => string,
) {
  return { name, number, html: render(text), when: momentInWords(signedAt, now, zone) }
}

function dateOf(instant: Date, { zone, now }: Moment): string {
  return dayInWords(dayOf(instant, zone), dayOf(now, zone))
}
