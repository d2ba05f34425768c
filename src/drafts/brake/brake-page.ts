import { findAccountFor } from '../../accounts/change-account.ts'
import type { Account } from '../../accounts/accounts.ts'
import { dayOf, machineReadable, momentInWords, timeInWords, timeOf, zoneInWords } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import { mailsOfKind, type Mail } from '../../mail/mails.ts'
import { decidersAt, findPeople, findPerson, listRoles, type Decider } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import { countPosts } from '../../publishing/brake.ts'
import { deliveryInWords } from '../../publishing/pages.ts'
import { heldByBrake, listTroubled, underWayAt, type Delivery } from '../../publishing/deliveries.ts'
import { draftsWithNames } from '../decisions-store.ts'
import { firstWords } from '../first-words.ts'
import { threadInWords, timeModel, type Moment } from '../pages.ts'
import { findPassingPost, passingInWords, type PassingPost } from './passing-post.ts'
import { capital, inLetters, partName } from '../../words.ts'

/** What was typed into the form of the page, and what is wrong with it. */
export interface RefusedNote {
  typed: Record<string, string>
  fields: Record<string, string>
}

/** The brake of an account: what it does at this moment, who knows, why it is on and until when. @throws NotFound */
export async function brakePage(
  read: Reader,
  {
    accountId,
    actor,
    now,
    refused,
  }: { accountId: string; actor: Actor; now: Date; refused?: RefusedNote | undefined },
) {
  const account = await findAccountFor(read, accountId, actor)
  const moment = { now, zone: account.timeZone }
  const parts = await heldByBrake(read, accountId)
  const held = countPosts(parts)
  const common = {
    id: accountId,
    releaseHref: `/accounts/${accountId}/brake/release`,
    handle: `@${account.handle}`,
    held: await heldList(read, parts, moment),
    heldCount: held,
  }
  const { brakeAt } = account
  if (!brakeAt)
    return { ...common, title: 'The brake', on: null, off: { held: held > 0 ? stillHeld(held) : null } }
  const passing = await findPassingPost(read, account, now)
  const others = (await listTroubled(read, accountId)).filter(
    ({ state, heldReason }) => state === 'held' && heldReason !== 'brake',
  )
  const by = account.brakeBy ? await findPerson(read, account.brakeBy) : undefined
  return {
    ...common,
    title: 'The brake is on',
    off: null,
    on: {
      since: { iso: machineReadable(brakeAt), label: momentInWords(brakeAt, now, account.timeZone) },
      // Nobody: after a backup was put back, as the reason says.
      by: account.brakeBy ? (by?.name ?? 'Somebody who left') : null,
      end: account.brakeEndsAt && momentInWords(account.brakeEndsAt, now, account.timeZone),
      reason: account.brakeReason,
      heading: headingOf(passing),
      nothing: passing && passing.stage !== 'asked' ? 'Nothing else' : 'Nothing',
      passing: passing && { text: passingInWords(passing, moment), href: `/drafts/${passing.draftId}` },
      held: heldSentence(held, countPosts(others), { passes: passing !== null && passing.stage !== 'asked' }),
      underWay: (await underWayAt(read, accountId, brakeAt)).map((one) => underWay(one, moment)),
      told: await toldOf(read, account, moment),
    },
    note: noteForm(account, moment, refused),
  }
}

function headingOf(passing: PassingPost | null): string {
  if (passing?.stage === 'goes') return 'One post goes out, nothing else'
  return passing?.stage === 'went' ? 'Nothing else goes out' : 'Nothing new goes out'
}

/** What the brake holds, each with who wrote it and when it was due; a thread is one. */
async function heldList(read: Reader, parts: Delivery[], moment: Moment) {
  const posts = parts.filter(
    (part, at) => parts.findIndex(({ decisionId }) => decisionId === part.decisionId) === at,
  )
  const drafts = new Map(
    (
      await draftsWithNames(
        read,
        posts.map(({ draftId }) => draftId),
      )
    ).map((one) => [one.draft.id, one]),
  )
  return posts.map((post) => {
    const goes = parts.filter(({ decisionId }) => decisionId === post.decisionId)
    return {
      text: firstWords({ parts: goes.map(({ payload }) => payload) }, 120),
      href: `/drafts/${post.draftId}`,
      by: drafts.get(post.draftId)?.name ?? 'Somebody who left',
      thread: threadInWords(post, goes.length),
      due: timeModel(post.dueAt, moment),
      past: post.dueAt <= moment.now,
    }
  })
}

function heldSentence(held: number, others: number, { passes }: { passes: boolean }): string {
  const nothing = passes ? 'Nothing else was on its way.' : 'Nothing was on its way.'
  if (held === 0 && others > 0)
    return `${nothing} ${others === 1 ? 'One post that was' : `${capital(inLetters(others))} posts that were`} held before, for another reason, still ${others === 1 ? 'waits' : 'wait'} for somebody’s word.`
  if (held === 0) return nothing
  return held === 1
    ? 'One post is held.'
    : `${capital(inLetters(held))} posts are held; a thread counts as one.`
}

function stillHeld(held: number): string {
  return held === 1
    ? 'One post that it held still waits for somebody to say whether it goes out.'
    : `${capital(inLetters(held))} posts that it held still wait for somebody to say whether they go out.`
}

function underWay(delivery: Delivery, moment: Moment) {
  const { state, label } = deliveryInWords(delivery, moment)
  return {
    text: firstWords({ parts: [delivery.payload] }),
    part: delivery.parts > 1 ? partName(delivery.position, delivery.parts) : null,
    href: `/deliveries/${delivery.id}`,
    removalHref: state === 'posted' ? `/deliveries/${delivery.id}/removal` : null,
    tag: { state, label },
  }
}

/** Who was mailed, and whether the mail has left. */
async function toldOf(read: Reader, account: Account, moment: Moment) {
  const mails = await mailsOfKind(read, {
    accountId: account.id,
    kind: 'brake-pulled',
    since: account.brakeAt!,
  })
  const deciders = await decidersAt(read, account.id, moment.now)
  const desk = await listRoles(read, account.id)
  const roles = new Map<string, string>([
    ...deciders.map((one) => [one.person.id, roleOf(one)] as const),
    ...desk.map(({ person, role }) => [person.id, role] as const),
  ])
  const people = new Map(
    (
      await findPeople(
        read,
        mails.map(({ personId }) => personId),
      )
    ).map((person) => [person.id, person.name]),
  )
  return mails.map((mail) => ({
    name: people.get(mail.personId) ?? mail.to,
    role: roles.get(mail.personId) ?? 'host',
    mailed: mailed(mail, moment),
    stuck: mail.state === 'failed',
  }))
}

function roleOf({ role, standsInFor }: Decider): string {
  return standsInFor === null ? role : `${role}, stands in for ${standsInFor}`
}

function mailed({ state, sentAt, trouble }: Mail, { now, zone }: Moment): string {
  if (sentAt) return `mailed ${momentInWords(sentAt, now, zone)}`
  if (state === 'failed') return 'the mail could not be delivered: tell them yourself'
  return trouble ? 'the mail did not get through yet, and is tried again' : 'the mail is on its way'
}

function noteForm(account: Account, { now, zone }: Moment, refused?: RefusedNote) {
  const { brakeEndsAt: end, brakeReason } = account
  const { typed, fields = {} } = refused ?? {}
  const value = (name: string, kept: string) => ({ value: typed?.[name] ?? kept, error: fields[name] })
  return {
    version: account.version,
    reason: value('reason', brakeReason ?? ''),
    day: { ...value('day', end ? dayOf(end, zone) : ''), min: dayOf(now, zone) },
    time: value('time', end ? timeOf(end, zone) : ''),
    zone: zoneInWords(zone),
    now: timeInWords(now, zone),
    which: fields['which'] && { error: fields['which'], options: WHICH },
  }
}

const WHICH = [
  { value: 'first', label: 'The first, before the clocks go back' },
  { value: 'second', label: 'The second, after it' },
]
