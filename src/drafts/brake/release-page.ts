import { findAccountFor } from '../../accounts/change-account.ts'
import { dayOf, zoneInWords } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import { findImages } from '../../images/images.ts'
import type { Actor } from '../../people/person.ts'
import { inLetters } from '../../rota/pages.ts'
import { draftsWithNames } from '../decisions-store.ts'
import { asPosted, timeModel, type Moment } from '../pages.ts'
import { findHeldPosts, seenOf, type HeldPost } from './release-brake.ts'

/** What was chosen in the form, and what is wrong with it. */
export interface RefusedRelease {
  typed: Record<string, string>
  fields: Record<string, string>
}

/** Releasing the brake: all that it holds, and what becomes of each. @throws NotFound */
export async function releasePage(
  read: Reader,
  {
    accountId,
    actor,
    now,
    refused,
  }: { accountId: string; actor: Actor; now: Date; refused?: RefusedRelease | undefined },
) {
  const account = await findAccountFor(read, accountId, actor)
  const posts = await findHeldPosts(read, { accountId, actor, now })
  const moment = { now, zone: account.timeZone }
  const drafts = new Map(
    (
      await draftsWithNames(
        read,
        posts.map(({ letGoable }) => letGoable.draft.id),
      )
    ).map((one) => [one.draft.id, one]),
  )
  const hashes = posts.flatMap(({ letGoable }) =>
    letGoable.goes.flatMap(({ payload }) => payload.images.map(({ hash }) => hash)),
  )
  const images = await findImages(read, [...new Set(hashes)])
  return {
    title: 'Release the brake',
    id: accountId,
    on: account.brakeAt !== null,
    lead: leadOf(posts),
    zone: zoneInWords(account.timeZone),
    backHref: `/accounts/${accountId}/brake`,
    seen: seenOf(posts),
    posts: posts.map((post, at) => ({
      id: post.id,
      heading: `${at + 1}. ${drafts.get(post.letGoable.draft.id)?.name ?? 'Somebody'}`,
      due: timeModel(post.letGoable.delivery.dueAt, moment),
      past: post.letGoable.delivery.dueAt <= now,
      thread: post.letGoable.goes.length > 1 ? `${inLetters(post.letGoable.goes.length)} parts` : null,
      posted: asPosted({
        account,
        parts: post.letGoable.goes.map(({ payload }) => payload),
        signOff: '',
        answering: post.letGoable.draft.answering,
        images,
        describes: true,
      }),
      whyNot: post.whyNot,
      ...choiceOf(post, at + 1, moment, refused),
    })),
  }
}

function leadOf(posts: HeldPost[]): string {
  if (posts.length === 0) return 'It holds nothing. From then on things go out at their times again.'
  const ahead = posts.filter(({ mayGoAtItsTime }) => mayGoAtItsTime).length
  const rest = posts.length - ahead
  const held = posts.length === 1 ? 'It holds one post.' : `It holds ${inLetters(posts.length)} posts.`
  const choices = [
    fateOf(ahead, posts.length, ['goes at its own time', 'go at their own times']),
    fateOf(rest, posts.length, ['stays held', 'stay held']),
  ].filter((words) => words !== '')
  return `${held} If you choose nothing else, ${choices.join(' and ')}.`
}

function fateOf(count: number, of: number, [one, several]: [string, string]): string {
  if (count === 0) return ''
  if (count === of) return of === 1 ? `it ${one}` : `all ${several}`
  return `${inLetters(count)} ${count === 1 ? one : several}`
}

function choiceOf(
  { id, whyNot, mayGoAtItsTime }: HeldPost,
  number: number,
  { now, zone }: Moment,
  refused?: RefusedRelease,
) {
  const { typed = {}, fields = {} } = refused ?? {}
  const wanted = typed[`choice-${id}`]
  const choices = [
    ...(mayGoAtItsTime ? [{ value: 'own', label: 'It goes at its own time' }] : []),
    ...(whyNot ? [] : [{ value: 'time', label: 'It goes at a new time, below' }]),
    { value: 'stay', label: 'It stays held' },
    { value: 'cancel', label: 'It is cancelled' },
  ]
  const chosen = choices.some(({ value }) => value === wanted)
    ? wanted
    : choices[0]!.value === 'own'
      ? 'own'
      : 'stay'
  const field = (name: string) => ({
    id: `${name}-${id}`,
    name: `${name}-${id}`,
    error: fields[`${name}-${id}`],
  })
  return {
    choice: {
      ...field('choice'),
      type: 'radio',
      legend: `What becomes of post ${number}`,
      choices: choices.map((choice) => ({ ...choice, checked: choice.value === chosen })),
    },
    newTime: whyNot
      ? null
      : {
          day: { ...field('day'), value: typed[`day-${id}`] ?? dayOf(now, zone), min: dayOf(now, zone) },
          time: { ...field('time'), value: typed[`time-${id}`] ?? '' },
          which: fields[`which-${id}`] ? { ...field('which'), options: WHICH } : null,
        },
  }
}

const WHICH = [
  { value: 'first', label: 'The first, before the clocks go back' },
  { value: 'second', label: 'The second, after it' },
]
