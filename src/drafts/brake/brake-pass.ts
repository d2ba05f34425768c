import { randomUUID } from 'node:crypto'
import { changeBrakePass } from '../../accounts/brake.ts'
import { findAccount } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import { dayInWords, dayOf, timeInWords, zoneInWords } from '../../calendar.ts'
import type { Database, Reader, Writer } from '../../db/database.ts'
import { Conflict, NotAllowed, Refused } from '../../errors.ts'
import { queueMail } from '../../mail/outbox.ts'
import { decidersAt, findPerson, listRoles, whyYou } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import { deliveriesOfDrafts } from '../../publishing/deliveries.ts'
import { holdWhileBraked } from '../../publishing/hold-while-braked.ts'
import { adoptIfInDoubt, lookForDoubtful } from '../../publishing/in-doubt.ts'
import type { ReconcileDeps } from '../../publishing/settings.ts'
import { tellHostLetGo } from '../../publishing/tell-host.ts'
import { approve, findDecidable, freezeDecidable, type DecidableDraft } from '../decide-draft.ts'
import { goesOutAt, isTooLate, whyNotGoOut, whyNotLetGo } from '../decision.ts'
import { findDecision, insertDecision } from '../decisions-store.ts'
import { firstWords } from '../first-words.ts'
import { canonicalJson, fingerprint, type Frozen } from '../freeze.ts'
import {
  decideToLetGo,
  findLetGoable,
  freezeLetGo,
  refuseToLetGo,
  type LetGoable,
} from '../deliveries/let-go.ts'
import { about } from '../on-record.ts'
import { latest } from '../deliveries/latest.ts'
import { findDraft, type Decision } from '../store.ts'
import { standingOfPass } from './passing-post.ts'

interface Passing {
  draftId: string
  /** Of what the person read; the form carries it. */
  fingerprint: string
  actor: Actor
  now: Date
  machineNow: Date
  publicUrl: string
}

/** Where a draft stands that might go out although the brake is on. */
export interface BrakePass {
  decidable: DecidableDraft
  /** What of it the brake holds; null while nobody has approved it. */
  held: LetGoable | null
  fingerprint: string
  /** Who may decide for the account, the one who asks aside. */
  others: string[]
  /** The decision that names a draft of the account, this one or another; null when none is named. */
  named: NamedDraft | null
  /** Why nobody can let it pass, for people; null when somebody may. */
  whyNot: string | null
  /** A second person agreed: it is on its way, or out. */
  agreed: boolean
}

/** `over`: nothing of it may still go out, so that it stands in nobody’s way. */
type NamedDraft = Decision & { personName: string; words: string; over: boolean }

/** Null unless the brake is on and this draft waits for a decision, is held by it, or is the one that passes. */
export async function findBrakePass(
  read: Reader,
  { draftId, actor, now }: Pick<Passing, 'draftId' | 'actor' | 'now'>,
): Promise<BrakePass | null> {
  const decidable = await findDecidable(read, draftId, actor)
  const { account, draft } = decidable
  if (!account.brakeAt) return null
  const held = draft.state === 'approved' ? await findHeld(read, draftId, actor) : null
  const decision = account.brakeNamedId ? await findDecision(read, account.brakeNamedId) : undefined
  const mine = decision?.draftId === draftId
  if (draft.state !== 'submitted' && !held && !mine) return null
  const others = await othersWhoDecide(read, { accountId: account.id, actor, now })
  const about = decision && (await findDraft(read, decision.draftId))
  return {
    decidable,
    held,
    fingerprint: fingerprint(frozenOf({ decidable, held })),
    others,
    named:
      decision && about
        ? {
            ...decision,
            personName: (await findPerson(read, decision.personId!))?.name ?? '',
            words: firstWords(about.content),
            over: !(await isStillAbout(read, decision, actor)),
          }
        : null,
    whyNot: whyNotPass(held),
    agreed: mine && account.brakePassId !== null,
  }
}

/** Whoever is away may decide all the same, and is named where nobody else does. */
async function othersWhoDecide(
  read: Reader,
  { accountId, actor, now }: { accountId: string; actor: Actor; now: Date },
): Promise<string[]> {
  const there = (await decidersAt(read, accountId, now)).filter(({ person }) => person.id !== actor.personId)
  const desk = (await listRoles(read, accountId)).filter(({ person }) => person.id !== actor.personId)
  return (there.length > 0 ? there : desk).map(({ person }) => person.name)
}

/** What of a draft the brake holds, from its first part that is held. */
async function findHeld(read: Reader, draftId: string, actor: Actor): Promise<LetGoable | null> {
  const parts = latest(await deliveriesOfDrafts(read, [draftId]))
  const first = parts.find(({ state, heldReason }) => state === 'held' && heldReason === 'brake')
  return first ? findLetGoable(read, first, actor) : null
}

/** When it would go out, could it pass; null: at once. */
export function whenItPasses(
  { decidable: { draft, hosted }, held }: Pick<BrakePass, 'decidable' | 'held'>,
  now: Date,
): Date | null {
  const due = held ? held.delivery.dueAt : goesOutAt(draft.wishedAt, hosted, now)
  return due > now ? due : null
}

/** Nobody can release what follows a part that does not stand there. */
function whyNotPass(held: LetGoable | null): string | null {
  const before = held?.before
  if (!before || before.state === 'posted') return null
  return before.state === 'sending' || before.state === 'unknown'
    ? 'We don’t know yet whether the part before it went out, so nothing that follows it can be let through. First find out about that part.'
    : 'The part before it did not go out, so nothing that follows it can be let through. Release the brake, then decide about that part.'
}

function frozenOf({ decidable, held }: Pick<BrakePass, 'decidable' | 'held'>): Frozen {
  return held ? freezeLetGo(held, held.delivery.dueAt) : freezeDecidable(decidable)
}

/**
 * Names the one draft of an account that may go out although the brake is on. Nothing goes until a second person agrees.
 * @throws Conflict when it changed, the brake is off, or another one is named; Refused when it can't go out.
 */
export async function nameForPass(db: Database, passing: Passing): Promise<void> {
  const { actor, now } = passing
  await db.write(async (tx) => {
    const pass = await readPass(tx, passing)
    const { account, draft, ownWork } = pass.decidable
    if (pass.named && !pass.named.over)
      throw new Conflict(
        `“${pass.named.words}” is asked for already, and only one post at a time may go out while the brake is on. Take that question back first.`,
      )
    refuseHopeless(pass, now)
    if (pass.whyNot) throw new Conflict(pass.whyNot)
    const namedId = randomUUID()
    const frozen = frozenOf(pass)
    await insertDecision(tx, {
      id: namedId,
      draftId: draft.id,
      revision: draft.revision,
      kind: 'named',
      personId: actor.personId,
      ownWork,
      comment: '',
      fingerprint: fingerprint(frozen),
      frozen: canonicalJson(frozen),
      at: now,
    })
    await changeBrakePass(tx, account, { namedId, passId: null })
    await record(tx, { ...about(draft), kind: 'draft.named', personId: actor.personId, at: now })
    await askTheOthers(tx, pass, passing)
  })
}

/**
 * The second person agrees: exactly what was named goes out, at its time or, when that has passed, at once. A draft that
 * nobody has approved yet is approved with it. What X may have taken before is looked for once more; where all of it stands,
 * nothing has to pass.
 * @throws NotAllowed for whoever named it, and for one's own work unless the account allows that; Conflict; Refused.
 */
export async function agreeToPass(
  deps: ReconcileDeps,
  passing: Passing,
): Promise<{ found: boolean; goesAt: Date | null }> {
  const { draftId, actor } = passing
  const { held: seen, decidable } = await readAgreeable(deps.db.read, passing)
  const look = await lookForDoubtful(deps, decidable.account.id, seen ? [seen.delivery.id] : [])
  return deps.db.write(async (tx) => {
    const pass = await readAgreeable(tx, passing)
    const { named } = pass
    const { account } = pass.decidable
    if (!pass.held) await approveWithNaming(tx, passing, { named, selfApproval: account.policy.selfApproval })
    const first = await findHeld(tx, draftId, actor)
    if (!first) throw new Conflict('The brake holds nothing of it.')
    const found = await adoptIfInDoubt(tx, deps, first.delivery, look)
    const held = found ? await findHeld(tx, draftId, actor) : first
    const goesAt = held && (await letPass(tx, passing, { held, named }))
    return { found, goesAt }
  })
}

type Agreeable = BrakePass & { named: NonNullable<BrakePass['named']> }

/** @throws NotAllowed, Conflict, Refused when this person can't agree, or to nothing of it. */
async function readAgreeable(read: Reader, passing: Passing): Promise<Agreeable> {
  const { draftId, actor, now } = passing
  const pass = await readPass(read, passing)
  const { decidable, named } = pass
  const { account, ownWork } = decidable
  if (named?.draftId !== draftId || pass.agreed)
    throw new Conflict(
      'Nobody asks any more that it goes out although the brake is on, or somebody agreed already.',
    )
  if (named.personId === actor.personId)
    throw new NotAllowed('You asked for it yourself, so a second person has to agree.')
  const notTheirs = whyNotLetGo({ ownWork, selfApproval: account.policy.selfApproval })
  if (notTheirs) throw new NotAllowed(notTheirs)
  if (named.fingerprint !== passing.fingerprint)
    throw new Conflict('It is not any more what was asked for. Take the question back, and ask anew.')
  refuseHopeless(pass, now)
  return { ...pass, named }
}

/** Returns when it goes. */
async function letPass(
  tx: Writer,
  passing: Passing,
  { held, named }: { held: LetGoable; named: Decision },
): Promise<Date> {
  const { actor, now } = passing
  const { account, draft, ownWork } = held
  const passId = randomUUID()
  const { dueAt } = held.delivery
  const at = dueAt > now ? dueAt : null
  await refuseToLetGo(tx, held, { at, now, brakeOn: 'ignore' })
  await changeBrakePass(tx, (await findAccount(tx, account.id))!, { namedId: named.id, passId })
  const goesAt = await decideToLetGo(tx, held, { at, actor, now, kind: 'passed', id: passId })
  await tellHostLetGo(tx, held.delivery, { at, by: actor }, passing)
  const details = ownWork ? { ownWork } : {}
  await record(tx, { ...about(draft, details), kind: 'draft.passed', personId: actor.personId, at: now })
  return goesAt
}

/** Who named it counts as the first of two people where two have to approve it, unless it is their own work. */
async function approveWithNaming(
  tx: Writer,
  passing: Passing,
  { named, selfApproval }: { named: Decision; selfApproval: boolean },
): Promise<void> {
  const counts = !named.ownWork || selfApproval
  const { first } = await approve(tx, passing, { withWordOf: counts ? named.personId : null })
  if (first)
    throw new Conflict(
      'A check that has to be put right was answered in it, so two people who did not write it have to approve it. Let one of them approve it in the queue, then another one agrees here.',
    )
}

/**
 * Takes the naming back, also after the second person agreed: what has not gone out is held again.
 * @throws Conflict when it is named no more, or all of it went out.
 */
export async function takeNamingBack(
  db: Database,
  { draftId, actor, now }: Pick<Passing, 'draftId' | 'actor' | 'now'>,
): Promise<void> {
  await db.write(async (tx) => {
    const { account, draft } = await findDecidable(tx, draftId, actor)
    const named = account.brakeNamedId ? await findDecision(tx, account.brakeNamedId) : undefined
    if (named?.draftId !== draftId) throw new Conflict('Nobody asks for it any more. Nothing was changed.')
    const { brakePassId } = account
    const passed = (await deliveriesOfDrafts(tx, [draftId])).filter(({ letGoId }) => letGoId === brakePassId)
    if (brakePassId && standingOfPass(passed)?.stage === 'went')
      throw new Conflict('It went out already. You can take it down.')
    await changeBrakePass(tx, account, { namedId: null, passId: null })
    await holdWhileBraked(tx, account.id)
    await record(tx, { ...about(draft), kind: 'draft.unnamed', personId: actor.personId, at: now })
  })
}

async function readPass(read: Reader, { draftId, actor, ...passing }: Passing): Promise<BrakePass> {
  const pass = await findBrakePass(read, { draftId, actor, now: passing.now })
  if (!pass) throw new Conflict('The brake is off by now, or it holds nothing of this. Please look again.')
  if (pass.fingerprint !== passing.fingerprint)
    throw new Conflict('This changed while you were reading it. Nothing was decided. Please read it again.')
  return pass
}

function refuseHopeless({ decidable, held }: BrakePass, now: Date): void {
  const { account, draft, hosted } = decidable
  const stuck = whyNotGoOut(hosted, { now, zone: account.timeZone })
  if (stuck) throw new Refused({ '': stuck })
  if (!held && isTooLate(draft.wishedAt, now))
    throw new Refused({
      '': 'Its time has passed. Approve it in the queue with a new time first, then ask for it.',
    })
}

/** Whether something of what was named may still go out; a named draft that is out, or taken back, stands in nobody's way. */
async function isStillAbout(read: Reader, named: Decision, actor: Actor): Promise<boolean> {
  const draft = await findDraft(read, named.draftId)
  if (draft?.state === 'submitted') return true
  if (draft?.state !== 'approved') return false
  const parts = latest(await deliveriesOfDrafts(read, [named.draftId]))
  return (
    (await findHeld(read, named.draftId, actor)) !== null ||
    parts.some(({ state }) => ['waiting', 'sending', 'unknown'].includes(state))
  )
}

async function askTheOthers(
  tx: Writer,
  pass: BrakePass,
  { actor, publicUrl, now, machineNow }: Passing,
): Promise<void> {
  const { account, draft } = pass.decidable
  const at = whenItPasses(pass, now)
  const zone = account.timeZone
  // Not “today”: a mail is read some time.
  const when = at
    ? `on ${dayInWords(dayOf(at, zone))} at ${timeInWords(at, zone)} (${zoneInWords(zone)} time)`
    : 'at once'
  for (const decider of await decidersAt(tx, account.id, now)) {
    const { person } = decider
    if (person.id === actor.personId) continue
    await queueMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'draft-named',
      to: person.email,
      subject: `May this go out although the brake is on? “${firstWords(draft.content, 60)}”`,
      text: `Hello ${person.name},

The brake of @${account.handle} is on. ${actor.name} asks that this one draft may go out all the same:

${draft.content.parts.map(({ text }) => text || '(an image without words)').join('\n\n')}

It goes out ${when}, but only if a second person agrees. Read it and decide here: ${publicUrl}/drafts/${draft.id}
${whyYou(decider)}`,
      now,
      machineNow,
    })
  }
}
