import { dayOf, daysBetween, weekdayName } from '../calendar.ts'
import type { ToldAt } from '../publishing/pages.ts'
import { daysOf, portraitOf, weekInWords } from '../rota/pages.ts'
import { slotDays } from '../rota/slot.ts'
import { weekDays } from '../rota/week.ts'
import { missingInWords } from '../rota/weeks.ts'
import { capital, inLetters } from '../words.ts'
import { dayAnchor } from './days-plan.ts'
import type { Desk } from './read-desk.ts'

/** Drafts for its first day that a week should have before it begins. */
const DRAFTS_FOR_THE_START = 3

export function nextWeek({ account, next, outOfReach }: Desk, { zone, now }: ToldAt, isLead: boolean) {
  const today = dayOf(now, zone)
  if (!next.hosted) {
    const days = slotDays(next.slot, account.shape)
    return {
      empty: {
        title: `${capital(daysOf(days[0]!, days.at(-1)!, today))} is free`,
        text: 'Nobody hosts next week yet.',
        action: isLead
          ? { href: `/rota/book?slot=${next.slot}`, label: 'Book somebody' }
          : { href: '/rota', label: 'Open the rota' },
      },
    }
  }
  const { week, host, drafts } = next.hosted
  const words = weekInWords(week, host, { zone, now })
  if (!host) {
    const title = week.kind === 'hiatus' ? 'Next week is a hiatus' : 'Next week has no host'
    return { empty: { title, text: week.why, action: { href: words.href, label: 'Open the week' } } }
  }
  const isOutOfReach = outOfReach.some(({ personId }) => personId === host.personId)
  const items = readiness(next.hosted, { href: words.href, isOutOfReach }, { zone, now })
  const done = items.filter((item) => item.done).length
  const ahead = daysBetween(today, words.first)
  return {
    href: words.href,
    name: host.name,
    portrait: portraitOf(host, 'large'),
    detail: `${host.job ? `${host.job}, ` : ''}${words.days}. ${
      done === items.length
        ? 'All is ready'
        : `${capital(inLetters(done))} of ${inLetters(items.length)} done`
    }, ${ahead === 1 ? 'one day' : `${inLetters(ahead)} days`} to go.`,
    items,
    drafts: drafts.length,
  }
}

function readiness(
  { week, host, drafts, missing: unready }: NonNullable<Desk['next']['hosted']>,
  { href, isOutOfReach }: { href: string; isOutOfReach: boolean },
  { zone }: ToldAt,
) {
  const first = weekDays(week, zone)[0]!
  const submitted = drafts.filter(
    ({ state, wishedAt }) =>
      (state === 'submitted' || state === 'approved') && wishedAt && dayOf(wishedAt, zone) === first,
  ).length
  const missing = [
    !host!.portraitHash && 'a portrait',
    !host!.job && 'what they do',
    !week.theme && 'the theme',
  ].filter((one) => one !== false)
  const open = { href, label: 'open the week' }
  return [
    host!.declinedAt
      ? {
          done: false,
          label: 'A host',
          note: `${host!.name} said no`,
          link: { href: `${href}/replacement`, label: 'ask somebody else' },
        }
      : host!.invitedAt
        ? {
            done: host!.acceptedAt !== null,
            label: 'Invitation accepted',
            note: 'invited, no answer yet',
            link: open,
          }
        : { done: false, label: 'Invitation', note: 'not sent yet', link: open },
    ...(isOutOfReach && !host!.declinedAt
      ? [{ done: false, label: 'An address that works', note: 'mail to them comes back', link: open }]
      : []),
    {
      done: missing.length === 0,
      label: 'Portrait, job and theme',
      ...(missing.length > 0 ? { note: `${missing.join(', ')} missing`, link: open } : {}),
    },
    {
      done: week.why !== '',
      label: 'Why this week',
      ...(week.why === '' ? { note: 'nobody has said it yet', link: open } : {}),
    },
    {
      done: week.announcedAt !== null,
      label: 'Announced to followers',
      ...(week.announcedAt ? {} : { note: 'happens by itself when they accept', link: open }),
    },
    ...(unready
      ? [
          {
            done: missingInWords(unready) === '',
            label: 'House rules signed, briefing done',
            note: `${missingInWords(unready)} missing`,
            link: { href: `${href}#ready`, label: 'see what' },
          },
        ]
      : []),
    {
      done: submitted >= DRAFTS_FOR_THE_START,
      label: `${capital(inLetters(DRAFTS_FOR_THE_START))} drafts for ${weekdayName(first)}`,
      note:
        submitted >= DRAFTS_FOR_THE_START
          ? ''
          : `${inLetters(submitted)} of ${inLetters(DRAFTS_FOR_THE_START)} submitted`,
      link: { href: `${href}/days#${dayAnchor(first)}`, label: 'see the days' },
    },
  ].map((item) => (item.done ? { done: true, label: item.label } : item))
}
