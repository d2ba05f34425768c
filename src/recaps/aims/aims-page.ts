import { weekInWords } from '../../rota/pages.ts'
import { MEASURE_NAMES, MEASURES, MOST_AIMS, reachedInWords, type Aim, type Reached } from './aim.ts'
import type { AimsPlace } from './aims.ts'

export interface RefusedAims {
  aims: Aim[]
  inRecap: boolean
  /** As they were typed: they need not be numbers. */
  targets: string[]
  errors: Record<string, string>
  conflict?: string
}

export const NO_AIM: Aim = { words: '', measure: 'replies', target: null, hashtag: '', outcome: '' }

/** The host says what they aim for, and later what came of it; the desk reads. */
export function aimsPage(
  { account, week, host, kept, isHost }: AimsPlace,
  { reached, now, refused }: { reached: Reached[]; now: Date; refused?: RefusedAims | undefined },
) {
  const isOver = now >= week.closesAt
  const shown = refused?.aims ?? kept?.aims ?? []
  const errors = refused?.errors ?? {}
  const writes = isHost && host.acceptedAt !== null && !(isOver && shown.length === 0)
  const count = isOver ? shown.length : MOST_AIMS
  return {
    title: isHost ? 'What you aim for' : `What ${host.name} aims for`,
    week: {
      href: `/weeks/${week.id}`,
      name: weekInWords(week, host, { zone: account.timeZone, now }).title,
    },
    lead:
      isOver && shown.length === 0
        ? 'The week is over.'
        : isOver
          ? 'The week is over. This is what came of it, beside what a usual week of this account has.'
          : 'One or two aims make a week easier to look back on. What can be counted is counted as the week goes on.',
    conflict: refused?.conflict ?? null,
    reached: reached.map((one) => ({ words: one.aim.words, text: reachedInWords(one) })),
    none: shown.length === 0 && !writes,
    form: writes
      ? {
          action: `/weeks/${week.id}/aims`,
          version: kept?.version ?? 0,
          aims: Array.from({ length: count }, (_none, at) =>
            aimFields(shown[at] ?? NO_AIM, { at, isOver, errors, target: refused?.targets[at] }),
          ),
          inRecap: {
            id: 'in-recap',
            name: 'in-recap',
            value: 'yes',
            label: 'Say so in the recap',
            hint: 'It comes with what you say when you look back, and is read by the team with that.',
            checked: refused?.inRecap ?? kept?.inRecap ?? false,
          },
        }
      : null,
  }
}

function aimFields(
  aim: Aim,
  {
    at,
    isOver,
    errors,
    target,
  }: { at: number; isOver: boolean; errors: Record<string, string>; target: string | undefined },
) {
  const number = at + 1
  const field = (what: string) => ({
    id: `aim-${number}-${what}`,
    name: `aim-${number}-${what}`,
    error: errors[`aim-${number}-${what}`],
  })
  return {
    /** What is seldom filled in before the last day stands open where something is in it. */
    more:
      aim.hashtag !== '' ||
      aim.outcome !== '' ||
      field('hashtag').error !== undefined ||
      field('outcome').error !== undefined,
    legend: isOver ? aim.words : number === 1 ? 'An aim' : 'Another one, if you like',
    words: isOver
      ? null
      : {
          ...field('words'),
          label: 'What you aim for',
          hint: 'Such as “five answers from district nurses”.',
          value: aim.words,
        },
    measure: isOver
      ? null
      : {
          ...field('measure'),
          label: 'Measured by',
          options: MEASURES.map((value) => ({
            value,
            label: MEASURE_NAMES[value],
            selected: value === aim.measure,
          })),
        },
    target: isOver
      ? null
      : {
          ...field('target'),
          label: 'How many, if you like',
          value: target ?? (aim.target === null ? '' : String(aim.target)),
        },
    hashtag: isOver
      ? null
      : { ...field('hashtag'), label: 'The hashtag, where you measure by one', value: aim.hashtag },
    outcome: {
      ...field('outcome'),
      label: 'What came of it, in your words',
      hint: 'For the last day.',
      rows: 2,
      value: aim.outcome,
    },
  }
}
