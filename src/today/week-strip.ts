import { dayOf, timeInWords, weekdayLetter, weekdayName } from '../calendar.ts'
import type { ToldAt } from '../publishing/pages.ts'
import { weekDays } from '../rota/week.ts'
import { dayAnchor, postsInWords } from './days-plan.ts'
import { byDecision, tellingPart } from './outgoing.ts'
import type { Desk } from './read-desk.ts'

export function stripOf(
  { week, drafts, deliveries, events }: NonNullable<Desk['running']>,
  { zone, now }: ToldAt,
) {
  const today = dayOf(now, zone)
  return weekDays(week, zone).map((day) => {
    const here = deliveries.filter(({ dueAt }) => dayOf(dueAt, zone) === day)
    const stands = byDecision(here).map((parts) => tellingPart(parts).state)
    const posts = here.filter(({ state }) => state === 'posted').length
    const checked = stands.filter((state) => state === 'unknown').length
    const failed = stands.filter((state) => state === 'failed').length
    const held = stands.filter((state) => state === 'held').length
    const others = drafts.filter(({ wishedAt }) => wishedAt && dayOf(wishedAt, zone) === day)
    const toGo = stands.filter((state) => state === 'waiting' || state === 'sending').length
    const toDecide = others.filter(({ state }) => state === 'submitted').length
    const begun = others.filter(({ state }) => state === 'writing' || state === 'changes-requested').length
    const event = events.find(({ startsAt }) => dayOf(startsAt, zone) === day)
    const counts = [
      posts > 0 && postsInWords(posts),
      checked > 0 && `${checked} being checked`,
      failed > 0 && `${failed} did not go out`,
      toGo > 0 && `${toGo} to go`,
      held > 0 && `${held} held`,
      toDecide > 0 && `${toDecide} to decide`,
      begun > 0 && (begun === 1 ? '1 draft begun' : `${begun} drafts begun`),
    ].filter((one) => one !== false)
    return {
      letter: weekdayLetter(day),
      href: `/weeks/${week.id}/days#${dayAnchor(day)}`,
      when: day < today ? 'past' : day === today ? 'now' : 'ahead',
      title: event
        ? `${event.name}, ${timeInWords(event.startsAt, zone)}`
        : counts.join(', ') || (day < today ? 'Nothing' : 'Nothing yet'),
      note: event ? counts.join(', ') : '',
      date: {
        iso: day,
        label: day === today ? 'Today' : `${weekdayName(day).slice(0, 3)} ${Number(day.slice(8))}`,
      },
    }
  })
}
