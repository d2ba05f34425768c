import { findAccount, findConnection } from '../../src/accounts/accounts.ts'
import { saveGrant } from '../../src/accounts/connection.ts'
import { deliveries } from '../../src/db/schema/index.ts'
import { approveDraft, findDecidable, freezeDecidable } from '../../src/drafts/decide-draft.ts'
import { isTooLate } from '../../src/drafts/decision.ts'
import { findDraft, type Draft } from '../../src/drafts/drafts.ts'
import { fingerprint } from '../../src/drafts/freeze.ts'
import {
  decideHeld,
  findHeldPosts,
  seenOf,
  type Fate,
  type HeldPost,
} from '../../src/drafts/deliveries/decide-held.ts'
import { fingerprintAsSeen, letGo, sendAgain } from '../../src/drafts/deliveries/let-go.ts'
import { submitDraft } from '../../src/drafts/submit-draft.ts'
import { beginDraft } from '../../src/drafts/write-draft.ts'
import { Conflict, NotAllowed, Refused } from '../../src/errors.ts'
import { canonicalTextOfSent } from '../../src/networks/canonical-text.ts'
import type { Grant, NetworkUser } from '../../src/networks/network.ts'
import type { Actor } from '../../src/people/person.ts'
import { attemptsOf, findDelivery, listTroubled, type Delivery } from '../../src/publishing/deliveries.ts'
import type { PublisherDeps } from '../../src/publishing/settings.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { cancelFrom, itIsThere, leaveIt } from '../../src/publishing/settle-delivery.ts'
import { findActor } from '../../src/rota/powers.ts'
import { findRunningWeek } from '../../src/rota/weeks.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'
import { randomOf, type DraftPlan } from './plan.ts'

/** A question that a follower asked on the stand-in. */
export interface Question {
  id: string
  handle: string
  text: string
}

/** An own post as it stands on the stand-in, to whoever opens the account there. */
export interface Standing {
  id: string
  text: string
  replyTo: string | null
}

/** A planned draft with what is only known when everything is set up. */
export interface DraftToApprove extends Omit<DraftPlan, 'parts' | 'answers'> {
  parts: { text: string; images: { hash: string; alt: string }[] }[]
  answered: Question | null
}

/** The host of the week that runs; null where nobody has it. */
async function hostNow({ db, clock }: PublisherDeps): Promise<{ weekId: string; actor: Actor } | null> {
  const running = await findRunningWeek(db.read, ACCOUNT, clock.now())
  if (!running?.host) return null
  const actor = await findActor(db.read, running.host.personId, clock.now())
  return actor && { weekId: running.week.id, actor }
}

async function lead({ db, clock }: PublisherDeps): Promise<Actor> {
  return (await findActor(db.read, LEAD.id, clock.now()))!
}

/**
 * Writes, submits and approves a draft as its people would, from wherever the last process left it. Returns why it was not
 * approved, or null when it was.
 */
export async function bringToApproval(deps: PublisherDeps, plan: DraftToApprove): Promise<string | null> {
  try {
    const draft = await begun(deps, plan)
    if (draft.state === 'approved') return null
    await submitted(deps, draft)
    await approve(deps, draft)
    return null
  } catch (error) {
    return reasonOf(error)
  }
}

async function begun(deps: PublisherDeps, plan: DraftToApprove): Promise<Draft> {
  const { db, clock } = deps
  const known = await findDraft(db.read, plan.id)
  if (known) return known
  const host = await hostNow(deps)
  const asHost = plan.byHost && host !== null
  const now = clock.now()
  return beginDraft(db, {
    id: plan.id,
    place: { weekId: host!.weekId },
    words: {
      parts: plan.parts,
      signOff: '',
      wishedAt: plan.dueInMs === null ? null : new Date(now.getTime() + plan.dueInMs),
    },
    answered: plan.answered && {
      networkId: plan.answered.id,
      handle: plan.answered.handle,
      name: plan.answered.handle,
      text: plan.answered.text,
    },
    actor: asHost ? host.actor : await lead(deps),
    now,
  })
}

async function submitted(deps: PublisherDeps, { id, authorId }: Draft): Promise<void> {
  const { db, clock, settings } = deps
  const now = clock.now()
  const { version } = (await findDraft(db.read, id))!
  const actor = (await findActor(db.read, authorId!, now))!
  const times = { now, machineNow: clock.machine(), publicUrl: settings.publicUrl() }
  await submitDraft(db, { draftId: id, version, actor, ...times })
}

async function approve({ db, clock, settings }: PublisherDeps, { id }: Draft): Promise<void> {
  const now = clock.now()
  const actor = (await findActor(db.read, APPROVER.id, now))!
  const decidable = await findDecidable(db.read, id, actor)
  const newTime = isTooLate(decidable.draft.wishedAt, now) ? new Date(now.getTime() + 200) : undefined
  await approveDraft(db, {
    draftId: id,
    fingerprint: fingerprint(freezeDecidable(decidable, newTime)),
    newTime,
    actor,
    now,
    machineNow: clock.machine(),
    publicUrl: settings.publicUrl(),
  })
}

/** Connects the account again where the connection is lost. Returns whether it was. */
export async function connectAgain(
  deps: PublisherDeps,
  { grant, user }: { grant: Grant; user: NetworkUser },
): Promise<boolean> {
  if ((await findConnection(deps.db.read, ACCOUNT))?.state === 'connected') return false
  await saveGrant(deps, { accountId: ACCOUNT, grant, user, personId: LEAD.id })
  return true
}

/**
 * An approver goes through what people are asked about, and answers as somebody does who looks at the account on X first; some
 * of it stays for another day. `occasion` makes the choices.
 */
export async function answerQuestions(
  deps: PublisherDeps,
  { standing, occasion }: { standing: Standing[]; occasion: string },
): Promise<void> {
  const actor = (await findActor(deps.db.read, APPROVER.id, deps.clock.now()))!
  await releaseBrake(deps, actor)
  for (const { id } of await listTroubled(deps.db.read, ACCOUNT)) {
    const delivery = (await findDelivery(deps.db.read, id))!
    const random = randomOf(`${occasion} ${delivery.draftId} ${delivery.position}`)
    if (random() < 0.2) continue
    const reason = await answer(deps, { delivery, actor, standing, random }).then(() => null, reasonOf)
    // What can't go any more, its week being over, is put away by some.
    if (reason && random() < 0.5 && delivery.state !== 'unknown')
      await cancelFrom(deps, { deliveryId: id, version: delivery.version, actor }).catch(reasonOf)
  }
}

/** It is on after a copy was put back: what waited goes at its time, or soon. */
async function releaseBrake(deps: PublisherDeps, actor: Actor): Promise<void> {
  if ((await findAccount(deps.db.read, ACCOUNT))!.brakeAt === null) return
  const now = deps.clock.now()
  const set = { reason: 'brake', accountId: ACCOUNT } as const
  const posts = await findHeldPosts(deps.db.read, { set, actor, now })
  const fateOf = ({ whyNot, mayGoAtItsTime }: HeldPost): Fate => {
    if (whyNot) return { kind: 'stay' }
    return mayGoAtItsTime ? { kind: 'own' } : { kind: 'time', at: new Date(now.getTime() + 200) }
  }
  const fates = new Map(posts.map((post) => [post.id, fateOf(post)]))
  const seen = seenOf(posts, { releases: true })
  await decideHeld(deps, { set, actor, seen, fates }).catch(reasonOf)
}

async function answer(
  deps: PublisherDeps,
  {
    delivery,
    actor,
    standing,
    random,
  }: { delivery: Delivery; actor: Actor; standing: Standing[]; random: () => number },
): Promise<unknown> {
  const fingerprint = fingerprintAsSeen(await findReleasable(deps.db.read, delivery))
  const settling = { deliveryId: delivery.id, version: delivery.version, fingerprint, actor }
  const { state, heldReason } = delivery
  if (state === 'unknown') {
    // In a hurry, without a look at the account.
    if (random() < 0.15) return leaveIt(deps, settling)
    const there = await seenThere(deps, delivery, standing)
    if (there) return itIsThere(deps, settling, { address: there.id, sure: true })
    return random() < 0.8 ? sendAgain(deps, settling) : leaveIt(deps, settling)
  }
  if (heldReason === 'undecided' && (await seenThere(deps, delivery, standing)))
    return cancelFrom(deps, settling)
  return random() < 0.95 ? letGo(deps, settling, null) : cancelFrom(deps, settling)
}

/** The post on the account that says this, and that nothing here stands for. */
async function seenThere(
  { db }: PublisherDeps,
  delivery: Delivery,
  standing: Standing[],
): Promise<Standing | undefined> {
  const attempt = (await attemptsOf(db.read, delivery.id)).at(-1)
  const replyTo = attempt?.sent.replyTo ?? delivery.payload.replyTo
  const text = canonicalTextOfSent({ text: delivery.payload.text, replyTo })
  const known = new Set((await db.read.select().from(deliveries)).map(({ networkId }) => networkId))
  return standing.find(
    (post) => post.replyTo === replyTo && !known.has(post.id) && canonicalTextOfSent(post) === text,
  )
}

/** @throws whatever is no answer to a person. */
function reasonOf(error: unknown): string {
  if (error instanceof Refused || error instanceof Conflict || error instanceof NotAllowed)
    return error.message
  throw error
}
