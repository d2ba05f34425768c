import { findAccountFor } from '../../accounts/change-account.ts'
import type { Account } from '../../accounts/accounts.ts'
import { dayOf, momentInWords, zoneInWords } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import { findImages } from '../../images/images.ts'
import { findPerson } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import { beginningOf } from '../../publishing/beginning.ts'
import { findDelivery, listTroubled } from '../../publishing/deliveries.ts'
import { deliveryInWords } from '../../publishing/pages.ts'
import { restoredLately, type RestoredAccount } from '../../publishing/restores.ts'
import { findPassingPost, passingInWords } from '../brake/passing-post.ts'
import { draftsWithNames } from '../decisions-store.ts'
import { asPosted, threadInWords, timeModel, type Moment } from '../pages.ts'
import { findHeldPosts, seenOf, type HeldPost, type HeldSet } from './decide-held.ts'
import { capital, inLetters } from '../../words.ts'

/** What was chosen in the form, and what is wrong with it. */
export interface RefusedFates {
  typed: Record<string, string>
  fields: Record<string, string>
}

/** All that is held for one reason, and what becomes of each. @throws NotFound */
export async function heldPostsPage(
  read: Reader,
  { set, actor, now, refused }: { set: HeldSet; actor: Actor; now: Date; refused?: RefusedFates | undefined },
) {
  const account = await findAccountFor(read, set.accountId, actor)
  const posts = await findHeldPosts(read, { set, actor, now })
  const releases = set.reason === 'brake' && account.brakeAt !== null
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
  const passing = releases ? await findPassingPost(read, account, now) : null
  const restored = releases ? await restoredUnder(read, account, now) : null
  const presets = new Map(posts.map((post) => [post.id, presetOf(post, restored)]))
  return {
    ...FRAMES[releases ? 'release' : set.reason](set),
    ...(releases && posts.length === 0 ? { does: 'Release the brake' } : {}),
    decides: releases || posts.length > 0,
    releases,
    why: releases ? await whyInWords(read, account, moment) : null,
    aside: releases ? await asideInWords(read, set.accountId) : null,
    passing: passing && { text: passingInWords(passing, moment), href: `/drafts/${passing.draftId}` },
    lead: leadOf(posts, { releases, reason: set.reason, presets }),
    older: [...presets.values()].includes('stay-from-copy') ? olderInWords(restored!, moment) : null,
    zone: zoneInWords(account.timeZone),
    seen: seenOf(posts, { releases }),
    wrong: refused && Object.keys(refused.fields).length > 0 ? wrongInWords(posts, refused) : null,
    notDone: refused ? await notDoneInWords(read, { set, posts, refused, moment }) : [],
    posts: posts.map((post, at) => ({
      id: post.id,
      heading: `${at + 1}. ${drafts.get(post.letGoable.draft.id)?.name ?? 'Somebody'}`,
      due: timeModel(post.letGoable.delivery.dueAt, moment),
      past: post.letGoable.delivery.dueAt <= now,
      ...threadOf(post),
      href: `/drafts/${post.letGoable.draft.id}`,
      posted: asPosted({
        account,
        parts: post.letGoable.goes.map(({ payload }) => payload),
        signOff: '',
        answering: post.letGoable.draft.answering,
        images,
        describes: true,
      }),
      whyNot: post.whyNot,
      ...choiceOf(post, at + 1, { moment, preset: presets.get(post.id)!, refused }),
    })),
  }
}

/** The restore since which the brake is on. */
async function restoredUnder(
  read: Reader,
  { id: accountId, brakeAt }: Account,
  now: Date,
): Promise<RestoredAccount | null> {
  const restored = await restoredLately(read, { accountId, now })
  return restored && brakeAt! <= restored.restoredAt ? restored : null
}

/** What becomes of a post of which nothing else is chosen. */
type Preset = 'own' | 'stay' | 'stay-from-copy'

/** What an older copy brought back may have been cancelled or left held since: it goes only where somebody says so. */
function presetOf({ mayGoAtItsTime, letGoable }: HeldPost, restored: RestoredAccount | null): Preset {
  if (!mayGoAtItsTime) return 'stay'
  return restored && letGoable.delivery.queuedAt <= restored.restoredAt ? 'stay-from-copy' : 'own'
}

function olderInWords({ copyOf }: RestoredAccount, { now, zone }: Moment): string {
  return `A backup was put back, so this is how things stood ${momentInWords(copyOf, now, zone)}. What of it was cancelled or held back since is not known here: nothing of it goes unless you choose so.`
}

/** What is wrong, by its field, with the post that it is about: the same can be wrong with several. */
function wrongInWords(posts: HeldPost[], { fields }: RefusedFates): Record<string, string> {
  const named = Object.entries(fields).map(([name, message]) => {
    const at = posts.findIndex(({ id }) => name.endsWith(id))
    const post = posts[at]
    if (!post) return [name, message]
    const words = beginningOf(post.letGoable.delivery.payload.text, 48)
    return [name, `Post ${at + 1}${words === '' ? '' : `, “${words}”`}: ${message}`]
  })
  return Object.fromEntries(named) as Record<string, string>
}

/** A thread in the heading; that it has begun in a line of its own. */
function threadOf({ letGoable: { delivery, goes } }: HeldPost) {
  const words = threadInWords(delivery, goes.length)
  return delivery.position === 0
    ? { thread: words, begun: null }
    : { thread: null, begun: words && `It is ${words}.` }
}

/** What the page is called, where its form goes and where it leads back. */
const FRAMES = {
  release: ({ accountId }: HeldSet) => ({
    title: 'Release the brake',
    action: `/accounts/${accountId}/brake/release`,
    back: { href: `/accounts/${accountId}/brake`, label: 'Don’t release it yet' },
    does: 'Release the brake, and do this',
    short: 'Release',
    none: '',
  }),
  brake: ({ accountId }: HeldSet) => ({
    title: 'What the brake held',
    action: `/accounts/${accountId}/brake/release`,
    back: { href: '/today', label: 'Leave all of it held' },
    does: 'Do this',
    short: 'Save',
    none: 'The brake is off, and holds nothing any more.',
  }),
  live: (set: HeldSet) => ({
    title: 'What stepped aside',
    action: set.reason === 'live' ? `/weeks/${set.weekId}/live/aside` : '',
    back: { href: '/today', label: 'Leave all of it held' },
    does: 'Do this',
    short: 'Save',
    none: 'Nothing that stepped aside for what is posted live waits any more.',
  }),
}

/** What was chosen for posts of which somebody else has decided meanwhile, and how these stand now. */
async function notDoneInWords(
  read: Reader,
  { set, posts, refused, moment }: { set: HeldSet; posts: HeldPost[]; refused: RefusedFates; moment: Moment },
) {
  const held = new Set(posts.map(({ id }) => id))
  const chosen = Object.entries(refused.typed).flatMap(([name, fate]) => {
    const id = name.startsWith('choice-') ? name.slice('choice-'.length) : ''
    return id !== '' && !held.has(id) && Object.hasOwn(WISHES, fate) ? [{ id, wish: WISHES[fate]! }] : []
  })
  const found = await Promise.all(chosen.map(({ id }) => findDelivery(read, id)))
  return chosen.flatMap(({ wish }, at) => {
    const delivery = found[at]
    if (delivery?.accountId !== set.accountId) return []
    const { state, label } = deliveryInWords(delivery, moment)
    const text = beginningOf(delivery.payload.text, 64)
    return [{ tag: { state, label }, text, wish, href: `/drafts/${delivery.draftId}` }]
  })
}

/** What somebody wanted of a post, other than that it goes at its time. */
const WISHES: Record<string, string> = {
  time: 'You wanted it to go at another time.',
  stay: 'You wanted it to stay held.',
  cancel: 'You wanted it to be cancelled.',
}

/** Who pulled it, when, and why. */
async function whyInWords(read: Reader, account: Account, { now, zone }: Moment): Promise<string> {
  const { brakeAt, brakeBy, brakeReason } = account
  const person = brakeBy ? await findPerson(read, brakeBy) : undefined
  const since = momentInWords(brakeAt!, now, zone)
  const pulled = brakeBy
    ? `${person?.name ?? 'Somebody who left'} pulled it ${since}`
    : `It is on since ${since}`
  return brakeReason ? `${pulled}: “${brakeReason}”` : `${pulled}, and gave no reason.`
}

/** What stepped aside for live hours comes back by itself, once the brake is off. */
async function asideInWords(read: Reader, accountId: string) {
  const aside = (await listTroubled(read, accountId)).filter(
    ({ heldReason, position }) => heldReason === 'live' && position === 0,
  )
  const [first] = aside
  if (!first) return null
  const [count, they, them] =
    aside.length === 1
      ? ['One post', 'It is', 'it']
      : [capital(`${inLetters(aside.length)} posts`), 'They are', 'each']
  return {
    text: `${count} stepped aside for what is posted live. ${they} not among these: once the brake is off, what can still keep its time after the event goes out by itself.`,
    link: { href: `/weeks/${first.weekId}/live/aside`, label: `Say what becomes of ${them}` },
  }
}

function leadOf(
  posts: HeldPost[],
  {
    releases,
    reason,
    presets,
  }: { releases: boolean; reason: HeldSet['reason']; presets: Map<string, Preset> },
): string {
  if (posts.length === 0)
    return releases ? 'It holds nothing. From then on things go out at their times again.' : ''
  const ahead = posts.filter(({ id }) => presets.get(id) === 'own').length
  const rest = posts.length - ahead
  const count = posts.length === 1 ? 'one post' : `${inLetters(posts.length)} posts`
  const held = releases
    ? `It holds ${count}.`
    : reason === 'brake'
      ? `It held ${count}.`
      : `For what is posted live ${count} stepped aside. What can still keep its time afterwards goes out by itself.`
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
  { id, whyNot, mayGoAtItsTime, letGoable }: HeldPost,
  number: number,
  { moment, preset, refused }: { moment: Moment; preset: Preset; refused?: RefusedFates | undefined },
) {
  const { now, zone } = moment
  const { typed = {}, fields = {} } = refused ?? {}
  const { dueAt } = letGoable.delivery
  const wanted = typed[`choice-${id}`]
  const choices = [
    ...(mayGoAtItsTime ? [{ value: 'own', label: 'It goes at its own time' }] : []),
    ...(whyNot ? [] : [{ value: 'time', label: 'It goes at a new time, below' }]),
    { value: 'stay', label: 'It stays held' },
    { value: 'cancel', label: 'It is cancelled' },
  ]
  const chosen = choices.some(({ value }) => value === wanted) ? wanted : preset === 'own' ? 'own' : 'stay'
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
          // Of what is for tomorrow a new time is one of tomorrow's.
          day: {
            ...field('day'),
            value: typed[`day-${id}`] ?? dayOf(dueAt > now ? dueAt : now, zone),
            min: dayOf(now, zone),
          },
          time: { ...field('time'), value: typed[`time-${id}`] ?? '' },
          which: fields[`which-${id}`] ? { ...field('which'), options: WHICH } : null,
        },
  }
}

const WHICH = [
  { value: 'first', label: 'The first, before the clocks go back' },
  { value: 'second', label: 'The second, after it' },
]
