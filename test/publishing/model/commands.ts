import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { findAccount } from '../../../src/accounts/accounts.ts'
import {
  nameForPass,
  agreeToPass,
  findBrakePass,
  takeNamingBack,
} from '../../../src/drafts/brake/brake-pass.ts'
import { cancelWeek } from '../../../src/drafts/week/cancel-week.ts'
import { approveDraft, findDecidable, freezeDecidable } from '../../../src/drafts/decide-draft.ts'
import type { DraftState } from '../../../src/drafts/draft.ts'
import { findDraft } from '../../../src/drafts/drafts.ts'
import { fingerprint } from '../../../src/drafts/freeze.ts'
import { fingerprintAsSeen, letGo, sendAgain } from '../../../src/drafts/deliveries/let-go.ts'
import { decideHeld, findHeldPosts, seenOf, type Fate } from '../../../src/drafts/deliveries/decide-held.ts'
import { replaceHost } from '../../../src/drafts/week/replace-host.ts'
import { submitDraft } from '../../../src/drafts/submit-draft.ts'
import { beginDraft, saveDraft, withdrawDraft } from '../../../src/drafts/write-draft.ts'
import { takeDown } from '../../../src/listening/take-down.ts'
import { explainBrake, pullBrake } from '../../../src/publishing/brake.ts'
import { partsOf, type Delivery } from '../../../src/publishing/deliveries.ts'
import { REMOVAL_SCOPES, type DeliveryState } from '../../../src/publishing/delivery.ts'
import { PUBLISHING_POINTS } from '../../../src/publishing/points.ts'
import { findReleasable } from '../../../src/publishing/release.ts'
import { asSeen } from '../../../src/publishing/removals.ts'
import { cancelFrom, itIsThere, leaveIt } from '../../../src/publishing/settle-delivery.ts'
import { bookWeek } from '../../../src/rota/book-week.ts'
import { findWeek } from '../../../src/rota/weeks.ts'
import { aHost, nothingAsked } from '../../support/bookings.ts'
import { connected, problem, type Step } from '../../support/network.ts'
import { refused, unknown } from '../../support/publishing-desk.ts'
import { ACCOUNT, LEAD } from '../../support/story.ts'
import { asApproved, Violation, type Licence, type Model } from './model.ts'
import { standsLately } from './same-words.ts'
import { DESK, expected, hostNow, PUBLIC_URL, type World } from './world.ts'

/** How often each command did what it says, over all runs. */
export type Tally = Map<string, number>

type Act<Given> = (given: Given, model: Model, world: World) => Promise<unknown>

/** A command whose act says false where there was nothing to do or the app refused. */
class Command<Given> implements fc.AsyncCommand<Model, World> {
  readonly #name: string
  readonly #given: Given
  readonly #act: Act<Given>
  readonly #tally: Tally

  constructor(name: string, given: Given, act: Act<Given>, tally: Tally) {
    this.#name = name
    this.#given = given
    this.#act = act
    this.#tally = tally
  }

  check(): boolean {
    return true
  }

  async run(model: Model, world: World): Promise<void> {
    const done = await this.#act(this.#given, model, world).catch(expected)
    if (done !== false) this.#tally.set(this.#name, (this.#tally.get(this.#name) ?? 0) + 1)
    await world.hold()
  }

  toString(): string {
    return `${this.#name}(${JSON.stringify(this.#given)})`
  }
}

/** Until after the last scheduled look: a timeline that lags even longer is the hole of which the documentation tells. */
const LAG = 4

const WHO = ['helen', 'owen', 'host'] as const
type Who = (typeof WHO)[number]
const DECIDERS = ['owen', 'helen'] as const

async function person(who: Who, model: Model, world: World) {
  const id = who === 'host' ? model.hosting?.person : DESK[who]
  return id ? world.actor(id) : null
}

function pick<T>(all: readonly T[], which: number): T | undefined {
  return all[which % all.length]
}

const minutes = (from: Date, count: number) => new Date(from.getTime() + count * 60_000)

/* Writing and deciding */

async function draftsIn(states: readonly DraftState[], model: Model, { db }: World) {
  const found = await Promise.all([...model.drafts.keys()].map((id) => findDraft(db.read, id)))
  return found.flatMap((draft) => (draft && states.includes(draft.state) ? [draft] : []))
}

interface Writing {
  by: 'helen' | 'host'
  /** The first ones come again and again, so that two drafts say the same. */
  words: number
  parts: number
  inMinutes: number | null
}

const draft: Act<Writing & { goes: 'nowhere' | 'submitted' | 'approved' }> = async (given, model, world) => {
  const { by, words, parts, inMinutes, goes } = given
  const actor = await person(by, model, world)
  if (!actor) return false
  const id = `draft-${String(model.drafts.size + 1).padStart(3, '0')}`
  const texts = textsOf(words < 3 ? `Often ${words}` : `Words ${model.drafts.size + 1}`, parts)
  const now = world.clock.now()
  await beginDraft(world.db, {
    id,
    place: by === 'host' ? { weekId: model.hosting!.weekId } : { accountId: ACCOUNT, slot: '2026-11-16' },
    words: wordsOf(texts, inMinutes === null ? null : minutes(now, inMinutes)),
    actor,
    now,
  })
  const signOff = by === 'host' ? model.hosting!.signOff : ''
  model.drafts.set(id, { texts, signOff, read: new Map() })
  if (goes === 'nowhere') return true
  if (!(await submitIt(id, by, model, world)) || goes === 'submitted') return true
  await approveIt(id, { who: 'owen', stale: false }, model, world)
  return true
}

function textsOf(words: string, parts: number): string[] {
  return Array.from({ length: parts }, (_, at) => (at === 0 ? words : `${words}, part ${at + 1}`))
}

function wordsOf(texts: string[], wishedAt: Date | null) {
  return { parts: texts.map((text) => ({ text, images: [] })), signOff: null, wishedAt }
}

const edit: Act<{ which: number; takeOver: boolean; parts: number }> = async (given, model, world) => {
  const { which, takeOver, parts } = given
  const found = pick(await draftsIn(['writing', 'submitted', 'approved'], model, world), which)
  if (!found) return false
  const written = model.drafts.get(found.id)!
  const texts = textsOf(`Edited ${found.revision}, ${found.id}`, parts)
  const now = world.clock.now()
  const [actor, words] = [await world.actor(LEAD.id), wordsOf(texts, null)]
  await saveDraft(world.db, { draftId: found.id, version: found.version, words, takeOver, actor, now })
  if (found.state !== 'writing') throw new Violation(`A draft that is ${found.state} was changed.`)
  written.texts = texts
  return true
}

const submit: Act<{ which: number }> = async ({ which }, model, world) => {
  const found = pick(await draftsIn(['writing'], model, world), which)
  return found ? submitIt(found.id, 'helen', model, world) : false
}

async function submitIt(draftId: string, by: 'helen' | 'host', model: Model, world: World): Promise<boolean> {
  const { version } = (await findDraft(world.db.read, draftId))!
  const actor = (await person(by, model, world))!
  await submitDraft(world.db, { draftId, version, actor, ...moment(world) })
  await read(draftId, model, world)
  return true
}

const moment = ({ clock }: World) => ({
  now: clock.now(),
  machineNow: clock.machine(),
  publicUrl: PUBLIC_URL,
})

/** What an approver sees, and the fingerprint of it that the form carries. */
async function read(draftId: string, model: Model, world: World): Promise<{ print: string; newTime?: Date }> {
  const decidable = await findDecidable(world.db.read, draftId, await world.actor(LEAD.id))
  const { wishedAt } = decidable.draft
  const newTime = wishedAt && wishedAt <= world.clock.now() ? minutes(world.clock.now(), 10) : undefined
  const print = fingerprint(freezeDecidable(decidable, newTime))
  const written = model.drafts.get(draftId)!
  written.read.set(print, asApproved(written))
  return { print, ...(newTime ? { newTime } : {}) }
}

const approve: Act<{ which: number; who: Who; stale: boolean }> = async (given, model, world) => {
  const found = pick(await draftsIn(['submitted'], model, world), given.which)
  return found ? approveIt(found.id, given, model, world) : false
}

async function approveIt(
  draftId: string,
  { who, stale }: { who: Who; stale: boolean },
  model: Model,
  world: World,
): Promise<boolean> {
  const actor = await person(who, model, world)
  if (!actor) return false
  const earlier = [...model.drafts.get(draftId)!.read.keys()][0]
  const { print, newTime } = await read(draftId, model, world)
  const seen = stale && earlier ? earlier : print
  const verdict = { draftId, fingerprint: seen, newTime, actor, ...moment(world) }
  const { goesOutAt } = await approveDraft(world.db, verdict)
  await allow(draftId, { seen, due: goesOutAt }, model, world)
  return true
}

/** Somebody approved what stands under this fingerprint. */
async function allow(
  draftId: string,
  { seen, due }: { seen: string; due: Date },
  model: Model,
  world: World,
): Promise<Licence> {
  const fresh = (await world.deliveries()).filter(
    (one) => one.draftId === draftId && !model.licences.has(one.decisionId),
  )
  if (fresh.length === 0) throw new Violation('Approved, and nothing of it is on its way.')
  const { decisionId, weekId } = fresh[0]!
  const texts = model.drafts.get(draftId)!.read.get(seen)!
  const licence: Licence = {
    draftId,
    fingerprint: seen,
    texts,
    due: texts.map(() => due),
    upTo: texts.length,
    posts: [],
    weekHostId: (await findDraft(world.db.read, draftId))!.weekHostId,
    weekId,
  }
  model.licences.set(decisionId, licence)
  return licence
}

const withdraw: Act<{ which: number }> = async ({ which }, model, world) => {
  const found = pick(await draftsIn(['submitted', 'approved'], model, world), which)
  if (!found) return false
  const { id: draftId, version } = found
  const [actor, now] = [await world.actor(LEAD.id), world.clock.now()]
  await withdrawDraft(world.db, { draftId, version, actor, now })
  for (const licence of model.licencesOf(draftId)) model.takeBack(licence)
  return true
}

/* The brake */

const brake: Act<{ who: Who; endsIn: number | null }> = async ({ who, endsIn }, model, world) => {
  const actor = await person(who, model, world)
  if (!actor) return false
  const { pulled } = await pullBrake(world.deps, { accountId: ACCOUNT, actor })
  if (!pulled) return false
  if (model.braked) throw new Violation('A brake that is on was pulled.')
  model.unbrake()
  model.brakeEnds = null
  if (endsIn === null) return true
  const { version } = (await findAccount(world.db.read, ACCOUNT))!
  const endsAt = minutes(world.clock.now(), endsIn)
  await explainBrake(world.deps, { accountId: ACCOUNT, actor, version, reason: 'A storm', endsAt })
  model.brakeEnds = endsAt
  return true
}

const HELD_BY_BRAKE = { reason: 'brake', accountId: ACCOUNT } as const
const FATES = ['own', 'stay', 'cancel', 'time'] as const

const releaseBrake: Act<{ who: Who; fates: (typeof FATES)[number][]; stale: boolean }> = async (
  { who, fates, stale },
  model,
  world,
) => {
  const actor = await person(who, model, world)
  if (!actor || !model.braked) return false
  const now = world.clock.now()
  const posts = await findHeldPosts(world.db.read, { set: HELD_BY_BRAKE, actor, now })
  const later = minutes(now, 20)
  const chosen = posts.map((post, at): Fate => {
    const kind = pick(fates, at)!
    if (kind === 'cancel' || post.whyNot) return { kind: kind === 'cancel' ? kind : 'stay' }
    return kind === 'time' || (kind === 'own' && !post.mayGoAtItsTime)
      ? { kind: 'time', at: later }
      : { kind }
  })
  const said = new Map(posts.map(({ id }, at) => [id, chosen[at]!]))
  const seen = seenOf(stale ? posts.slice(1) : posts, { releases: true })
  await decideHeld(world.deps, { set: HELD_BY_BRAKE, actor, seen, fates: said })
  if (stale && posts.length > 0) throw new Violation('The brake was released with another page than it was.')
  model.unbrake()
  posts.forEach(({ letGoable: { delivery } }, at) => {
    const licence = model.licences.get(delivery.decisionId)!
    const fate = chosen[at]!
    if (fate.kind === 'cancel') model.takeBack(licence, delivery.position)
    if (fate.kind === 'time') licence.due.fill(fate.at, delivery.position)
  })
  return true
}

const name: Act<Asked & { agreed: boolean }> = async ({ which, who, agreed }, model, world) => {
  const found = pick(await draftsIn(['submitted', 'approved'], model, world), which)
  if (!found) return false
  const passing = await readPass(found.id, who, model, world)
  if (!passing) return false
  await nameForPass(world.db, passing)
  model.named = { draftId: found.id, by: who }
  model.passes = null
  if (agreed) await agree({ who: who === 'helen' ? 'owen' : 'helen' }, model, world)
  return true
}

async function readPass(draftId: string, who: (typeof DECIDERS)[number], model: Model, world: World) {
  const actor = await world.actor(DESK[who])
  const pass = await findBrakePass(world.db.read, { draftId, actor, now: world.clock.now() })
  if (!pass) return null
  const { texts, signOff, read } = model.drafts.get(draftId)!
  read.set(pass.fingerprint, asApproved({ texts, signOff }))
  return { draftId, fingerprint: pass.fingerprint, actor, ...moment(world) }
}

const agree: Act<{ who: (typeof DECIDERS)[number] }> = async ({ who }, model, world) => {
  if (!model.named) return false
  const { draftId, by } = model.named
  const passing = await readPass(draftId, who, model, world)
  if (!passing) return false
  const { found, goesAt: due } = await agreeToPass(world.deps, passing)
  if (who === by) throw new Violation('One person let something pass the brake alone.')
  if (!due) return found
  const passed = (await world.deliveries()).find((one) => one.draftId === draftId && one.state === 'waiting')!
  if (!model.licences.has(passed.decisionId))
    await allow(draftId, { seen: passing.fingerprint, due }, model, world)
  model.licences.get(passed.decisionId)!.due.fill(due, passed.position)
  model.passes = passed.decisionId
  return true
}

const unname: Act<null> = async (_, model, world) => {
  if (!model.named) return false
  const [actor, now] = [await world.actor(LEAD.id), world.clock.now()]
  await takeNamingBack(world.db, { draftId: model.named.draftId, actor, now })
  model.named = null
  model.passes = null
  return true
}

/* What people are asked */

async function inStates(states: readonly DeliveryState[], world: World): Promise<Delivery[]> {
  return (await world.deliveries()).filter(({ state }) => states.includes(state))
}

async function settling(delivery: Delivery, who: (typeof DECIDERS)[number], world: World) {
  const releasable = await findReleasable(world.db.read, delivery)
  return {
    releasable,
    seen: {
      deliveryId: delivery.id,
      version: delivery.version,
      fingerprint: fingerprintAsSeen(releasable),
      actor: await world.actor(DESK[who]),
    },
  }
}

interface Asked {
  which: number
  who: (typeof DECIDERS)[number]
}

const letItGo: Act<Asked & { inMinutes: number | null }> = async (
  { which, who, inMinutes },
  model,
  world,
) => {
  const delivery = pick(await inStates(['held', 'failed'], world), which)
  if (!delivery) return false
  const now = world.clock.now()
  const at = inMinutes === null ? null : minutes(now, inMinutes)
  const { seen } = await settling(delivery, who, world)
  if ((await letGo(world.deps, seen, at)) === 'waiting')
    model.licences.get(delivery.decisionId)!.due.fill(at ?? now, delivery.position)
  return true
}

const again: Act<Asked> = async ({ which, who }, model, world) => {
  const delivery = pick(await inStates(['unknown'], world), which)
  if (!delivery) return false
  const { seen } = await settling(delivery, who, world)
  if ((await sendAgain(world.deps, seen)) === 'found') return true
  const licence = model.licences.get(delivery.decisionId)!
  licence.due.fill(world.clock.now(), delivery.position)
  const post = licence.posts[delivery.position]
  if (post)
    throw new Violation(`“${delivery.payload.text}” is to be sent again, and stands there as ${post}.`)
  return true
}

const there: Act<Asked & { post: number }> = async ({ which, who, post }, _, world) => {
  const delivery = pick(await inStates(['unknown'], world), which)
  const found = pick(world.network.timeline, post)
  if (!delivery || !found) return false
  const { seen } = await settling(delivery, who, world)
  await itIsThere(world.deps, seen, { address: `https://x.com/north/status/${found.id}`, sure: false })
  return true
}

const leave: Act<Asked> = async ({ which, who }, model, world) => {
  const delivery = pick(await inStates(['unknown'], world), which)
  if (!delivery) return false
  await leaveIt(world.deps, (await settling(delivery, who, world)).seen)
  model.takeBack(model.licences.get(delivery.decisionId)!, delivery.position)
  return true
}

const cancel: Act<Asked> = async ({ which, who }, model, world) => {
  const delivery = pick(await inStates(['waiting', 'held', 'failed'], world), which)
  if (!delivery) return false
  await cancelFrom(world.deps, (await settling(delivery, who, world)).seen)
  model.takeBack(model.licences.get(delivery.decisionId)!, delivery.position)
  return true
}

const down: Act<Asked & { scope: (typeof REMOVAL_SCOPES)[number] }> = async (given, model, world) => {
  const delivery = pick(await inStates(['posted'], world), given.which)
  if (!delivery) return false
  const seen = asSeen(await partsOf(world.db.read, delivery.decisionId))
  const actor = await world.actor(DESK[given.who])
  const order = { deliveryId: delivery.id, scope: given.scope, seen, reason: 'Wrong', actor }
  const { goes } = await takeDown({ db: world.db, clock: world.clock, publicUrl: PUBLIC_URL }, order)
  for (const { networkId } of goes) model.takenDown.add(networkId!)
  model.takeBack(model.licences.get(delivery.decisionId)!, goes[0]!.position + 1)
  return true
}

/* The week */

const PEOPLE = ['mei', 'priya', 'amara', 'tom'].map((first) => ({
  name: `${first} of the ward`,
  email: `${first}@north.example`,
}))

const replace: Act<{ who: number }> = async ({ who }, model, world) => {
  if (!model.hosting) return false
  const { weekId } = model.hosting
  const week = (await findWeek(world.db.read, weekId))!
  const { name: called, email } = pick(PEOPLE, who)!
  const host = aHost(called, { signOff: '^MC' })
  const order = { weekId, version: week.version, email, host, theme: '', why: '', invite: true, reason: '' }
  await replaceHost(world.db, { ...order, actor: await world.actor(LEAD.id), ...moment(world) })
  endWork((licence) => licence.weekHostId === model.hosting!.weekHostId, model)
  await hosted(weekId, model, world)
  return true
}

function endWork(ended: (licence: Licence) => boolean, model: Model): void {
  for (const licence of model.licences.values()) if (ended(licence)) model.takeBack(licence)
}

async function hosted(weekId: string, model: Model, world: World): Promise<void> {
  const host = (await hostNow(world, weekId))!
  model.hosting = { weekId, weekHostId: host.id, person: host.personId, signOff: host.signOff }
}

const cancelTheWeek: Act<null> = async (_, model, world) => {
  if (!model.hosting) return false
  const { weekId, weekHostId } = model.hosting
  const { version } = (await findWeek(world.db.read, weekId))!
  const actor = await world.actor(LEAD.id)
  await cancelWeek(world.db, { weekId, version, reason: '', actor, ...moment(world) })
  endWork((licence) => licence.weekHostId === weekHostId, model)
  model.hosting = null
  return true
}

const book: Act<{ who: number }> = async ({ who }, model, world) => {
  if (model.hosting) return false
  const { name: called, email } = pick(PEOPLE, who)!
  const weekId = randomUUID()
  await bookWeek(world.db, {
    weekId,
    accountId: ACCOUNT,
    slot: '2026-11-16',
    email,
    host: aHost(called, { signOff: '^MC' }),
    theme: '',
    why: '',
    events: [],
    invite: true,
    actor: await world.actor(LEAD.id),
    ...moment(world),
  })
  await nothingAsked(world.db, weekId)
  await hosted(weekId, model, world)
  return true
}

/* The network, the clock, the process */

const FAULTS = {
  'published, no answer': () => ({ publish: true, answer: unknown }),
  'published, no answer, seen late': () => ({ publish: true, answer: unknown, lag: LAG }),
  'published, 503': () => ({
    publish: true,
    answer: { outcome: 'unknown', problem: { ...problem('unreachable'), status: 503 } },
  }),
  'not published, no answer': () => ({ publish: false, answer: unknown }),
  'published, called a duplicate': () => ({
    publish: true,
    answer: { outcome: 'duplicate', problem: problem('duplicate') },
  }),
  'not published, called a duplicate': () => ({
    publish: false,
    answer: { outcome: 'duplicate', problem: problem('duplicate') },
  }),
  'refused, 403': () => ({ publish: false, answer: refused('forbidden') }),
  'out of credit, 402': () => ({ publish: false, answer: refused('credit') }),
  'token not taken, 401': () => ({ publish: false, answer: refused('unauthorised') }),
  'too many, 429': (now: Date) => ({
    publish: false,
    answer: refused('limited', '', new Date(now.getTime() + 60_000)),
  }),
} satisfies Record<string, (machineNow: Date) => Step>
const FAULT_NAMES = Object.keys(FAULTS) as (keyof typeof FAULTS)[]

const fault: Act<{ fault: keyof typeof FAULTS }> = async ({ fault: kind }, _, { network, clock }) => {
  network.steps.push(FAULTS[kind](clock.machine()))
}

const REMOVAL_FAULTS = ['unreachable', 'limited', 'forbidden', 'unauthorised'] as const

const removalFault: Act<{ fault: (typeof REMOVAL_FAULTS)[number] | 'death' }> = async (given, _, world) => {
  const { fault: kind } = given
  world.network.removing.push(
    kind === 'death' ? { meanwhile: () => world.die() } : { problem: problem(kind) },
  )
}

/** The images of a draft are not a part of the model. */
const POINTS = PUBLISHING_POINTS.filter((point) => !point.startsWith('image-'))

/** The process ends when it passes the moment, in this run or in a later one. */
const crash: Act<{ at: (typeof POINTS)[number] }> = async ({ at }, _, world) => {
  world.deadly = at
  return (await world.run()).died
}

/** People and the clock do not stand still while a post is being sent. */
const MEANWHILE = {
  brake: (model, world) => brake({ who: 'owen', endsIn: null }, model, world),
  withdraw: (model, world) => withdraw({ which: 0 }, model, world),
  replace: (model, world) => replace({ who: 0 }, model, world),
  'cancel the week': (model, world) => cancelTheWeek(null, model, world),
  cancel: (model, world) => cancel({ which: 0, who: 'owen' }, model, world),
  'take down': (model, world) => down({ which: 0, who: 'owen', scope: 'thread' }, model, world),
} satisfies Record<string, (model: Model, world: World) => Promise<unknown>>
const MEANWHILE_NAMES = Object.keys(MEANWHILE) as (keyof typeof MEANWHILE)[]

const meanwhile: Act<{ what: keyof typeof MEANWHILE; published: boolean; answered: boolean }> = async (
  { what, published, answered },
  model,
  world,
) => {
  const act = async () => void (await MEANWHILE[what](model, world).catch(expected))
  const answer = answered && published ? {} : { answer: unknown }
  world.network.steps.push({ publish: published, meanwhile: act, ...answer })
  await world.run()
}

/** The sender stands still for longer than its lease, and another process looks and goes on; then the answer comes. */
const frozen: Act<{ looks: number; left: boolean }> = async ({ looks, left }, model, world) => {
  const sending = world.process
  world.network.steps.push({
    publish: true,
    lag: LAG,
    meanwhile: async () => {
      world.begin()
      for (let look = 0; look < looks; look++) {
        world.clock.pass(1)
        await world.run()
      }
      if (left) await leave({ which: 0, who: 'owen' }, model, world).catch(expected)
    },
  })
  await world.runOf(sending)
}

const seconds: Act<{ pass: number; idle: boolean }> = async ({ pass, idle }, _, world) => {
  if (idle) world.clock.pass(pass / 60)
  else await world.pass(pass)
}

const byHand: Act<{ which: number }> = async ({ which }, model, { network, clock }) => {
  const licence = pick([...model.licences.values()], which)
  const text = licence?.texts[0]
  if (text === undefined || standsLately(network.timeline, text, clock.now())) return false
  network.byHand({ text })
  return true
}

/** All commands; what makes the others possible comes more often. */
export function commandsInto(tally: Tally): fc.Arbitrary<fc.AsyncCommand<Model, World>>[] {
  const command = <Given>(called: string, given: fc.Arbitrary<Given>, act: Act<Given>, times = 1) =>
    Array.from({ length: times }, () => given.map((one) => new Command(called, one, act, tally)))
  const which = fc.nat(7)
  const who = fc.constantFrom(...WHO)
  const decider = fc.constantFrom(...DECIDERS)
  const asked = { which, who: decider }
  const none = fc.constant(null)
  const parts = fc.integer({ min: 1, max: 3 })
  const writing = {
    by: fc.constantFrom('host', 'helen'),
    words: fc.nat(8),
    parts,
    inMinutes: fc.constantFrom(null, null, null, 5, 45),
  } as const
  return [
    ...command(
      'draft',
      fc.record({
        ...writing,
        goes: fc.constantFrom('approved', 'approved', 'approved', 'submitted', 'nowhere'),
      }),
      draft,
      8,
    ),
    ...command('edit', fc.record({ which, takeOver: fc.boolean(), parts }), edit),
    ...command('submit', fc.record({ which }), submit, 3),
    ...command('approve', fc.record({ which, who, stale: fc.boolean() }), approve, 4),
    ...command('withdraw', fc.record({ which }), withdraw),
    ...command('pull the brake', fc.record({ who, endsIn: fc.constantFrom(null, null, 10) }), brake, 2),
    ...command(
      'release the brake',
      fc.record({
        who,
        fates: fc.array(fc.constantFrom(...FATES), { minLength: 1, maxLength: 3 }),
        stale: fc.boolean(),
      }),
      releaseBrake,
    ),
    ...command('name for the pass', fc.record({ ...asked, agreed: fc.boolean() }), name, 3),
    ...command('agree to the pass', fc.record({ who: decider }), agree, 3),
    ...command('take the naming back', none, unname),
    ...command('let go', fc.record({ ...asked, inMinutes: fc.constantFrom(null, 10) }), letItGo, 4),
    ...command('send again', fc.record(asked), again, 3),
    ...command('it is there', fc.record({ ...asked, post: which }), there),
    ...command('leave it', fc.record(asked), leave),
    ...command('cancel', fc.record(asked), cancel),
    ...command('take down', fc.record({ ...asked, scope: fc.constantFrom(...REMOVAL_SCOPES) }), down),
    ...command('replace the host', fc.record({ who: which }), replace),
    ...command('cancel the week', none, cancelTheWeek),
    ...command('book the week', fc.record({ who: which }), book),
    ...command('fault', fc.record({ fault: fc.constantFrom(...FAULT_NAMES) }), fault, 6),
    ...command(
      'fault of a removal',
      fc.record({ fault: fc.constantFrom(...REMOVAL_FAULTS, 'death' as const) }),
      removalFault,
    ),
    ...command(
      'seconds',
      fc.record({
        pass: fc.constantFrom(1, 5, 20, 70, 200, 700, 2400),
        idle: fc.constantFrom(false, false, true),
      }),
      seconds,
      8,
    ),
    ...command('run', none, async (_, __, world) => void (await world.run()), 4),
    ...command('two at once', none, (_, __, world) => world.runTwo()),
    ...command('restart', none, (_, __, world) => world.stop()),
    ...command('replace the process', none, async (_, __, world) => world.begin()),
    ...command('crash', fc.record({ at: fc.constantFrom(...POINTS) }), crash, 4),
    ...command(
      'meanwhile',
      fc.record({
        what: fc.constantFrom(...MEANWHILE_NAMES),
        published: fc.boolean(),
        answered: fc.boolean(),
      }),
      meanwhile,
    ),
    ...command('frozen while sending', fc.record({ looks: fc.nat(5), left: fc.boolean() }), frozen),
    ...command(
      'blind look',
      none,
      async (_, __, { network }) => void network.looks.push(problem('unreachable')),
    ),
    ...command('the token dies', none, async (_, __, { network }) => network.goodTokens.clear()),
    ...command('connect again', none, async (_, __, world) => void (await connected(world, world.network))),
    ...command('post by hand', fc.record({ which }), byHand),
  ]
}
