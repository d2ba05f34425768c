import { createHash } from 'node:crypto'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { eq, isNull } from 'drizzle-orm'
import type { Database } from '../../../src/db/database.ts'
import { attempts, decisions, deliveries, drafts, weekHosts } from '../../../src/db/schema/index.ts'
import { deliveryPage } from '../../../src/drafts/deliveries/delivery-page.ts'
import { Conflict, NotAllowed, NotFound, Refused } from '../../../src/errors.ts'
import { openImageFiles } from '../../../src/images/image-files.ts'
import type { Network, NetworkPost } from '../../../src/networks/network.ts'
import type { Actor } from '../../../src/people/person.ts'
import { endDueBrakes } from '../../../src/publishing/brake.ts'
import { listTroubled } from '../../../src/publishing/deliveries.ts'
import { DELIVERY_TRANSITIONS, type DeliveryState } from '../../../src/publishing/delivery.ts'
import type { PublishingPoint } from '../../../src/publishing/points.ts'
import { createPublisher, type Publisher } from '../../../src/publishing/publisher.ts'
import { findActor } from '../../../src/rota/powers.ts'
import { testClock } from '../../support/clock.ts'
import { testDatabase } from '../../support/database.ts'
import { connected, scriptedNetwork, testVault, type Scripted } from '../../support/network.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../../support/story.ts'
import { JOSEPH, JOSEPH_HOSTS, josephsWeek, WEEK } from '../../support/submitted.ts'
import { Model, Violation } from './model.ts'
import { refusingWhatIsByHand } from './same-words.ts'

export const START = '2026-11-18T09:00:00Z'
export const PUBLIC_URL = 'http://week.example'

/** A defect put in on purpose, so that the property is seen to fail. */
export interface Defect {
  /** Instead of what the network is asked for. */
  network?: (network: Scripted) => Partial<Network>
  /** Done to the database behind the app's back, before each run of the publisher, and unseen as a move. */
  sql?: string
  /** The same, and seen. */
  moves?: string
}

const START_OF_TIME = new Date(0)

/** A process that ended without a word stands in nobody's way for long. */
const TIMES = { sendDeadlineMs: 2000, answerGraceMs: 500, leaseMs: 5000 }

export class Death extends Error {}

/** The whole app but its web pages, on a database of its own and a network that does what the commands say. */
export class World {
  readonly model: Model
  readonly clock = testClock(START)
  readonly network = scriptedNetwork(this.clock)
  readonly db: Database
  readonly deps
  /** Where the process is to end. */
  deadly: PublishingPoint | null = null
  readonly #images
  readonly #raw: Sqlite.Database
  readonly #ends: (() => unknown)[] = []
  readonly #violations: Violation[] = []
  readonly #sql: string | undefined
  #life!: { alive: boolean; publisher: Publisher }
  #lives = 0
  #seenMoves = 0
  /** As it stood when all was well. */
  #held = ''

  private constructor(model: Model, template: string, { network, sql, moves }: Defect) {
    this.model = model
    const { db, folder } = testDatabase(
      { teardown: (end) => this.#ends.push(end) },
      { from: template, swift: true },
    )
    this.db = db
    this.#images = openImageFiles(folder)
    this.#raw = new Sqlite(join(folder, 'week.db'))
    this.#ends.unshift(() => this.#raw.close())
    this.#sql = sql ? `${sql}; delete from moves` : moves
    Object.assign(
      this.network,
      refusingWhatIsByHand(this.network, () => this.clock.now()),
    )
    if (network) Object.assign(this.network, network({ ...this.network }))
    this.network.accepted = (post) => this.#accepted(post)
    const settings = { publicUrl: () => PUBLIC_URL, ...TIMES }
    this.deps = { db, clock: this.clock, network: this.network, vault: testVault, settings }
    this.begin()
  }

  static async open(model: Model, template: string, defect: Defect = {}): Promise<World> {
    const world = new World(model, template, defect)
    await connected(world, world.network)
    return world
  }

  close(): void {
    for (const end of this.#ends) end()
  }

  actor(personId: string): Promise<Actor> {
    return findActor(this.db.read, personId, this.clock.now()).then((actor) => actor!)
  }

  /** In the order in which they came to be. */
  deliveries() {
    return this.db.read
      .select()
      .from(deliveries)
      .orderBy(deliveries.queuedAt, deliveries.draftId, deliveries.position)
  }

  /** A new process; the one before, if any, is not asked. */
  begin(): void {
    const life = { alive: true }
    const mortal = <T>(work: () => Promise<T>) => (life.alive ? work() : Promise.reject(new Death()))
    const network = new Proxy(this.network, {
      get: (target, name: keyof Network) => {
        const value: unknown = target[name]
        return typeof value === 'function'
          ? (...given: never[]) => mortal(() => (value as (...given: never[]) => Promise<unknown>)(...given))
          : value
      },
    })
    const publisher = createPublisher({
      ...this.deps,
      db: { ...this.db, write: (work) => mortal(() => this.db.write(work)) },
      network,
      images: this.#images,
      owner: `process ${++this.#lives}`,
      reached: (point) => {
        if (life.alive && point === this.deadly) life.alive = false
        if (!life.alive) throw new Death()
      },
    })
    this.#life = Object.assign(life, { publisher })
  }

  get process(): { alive: boolean; publisher: Publisher } {
    return this.#life
  }

  /** Ends the process without a word; nothing of what it does from now on counts. */
  die(): void {
    this.#life.alive = false
  }

  async stop(): Promise<void> {
    await this.#life.publisher.stop()
    this.begin()
  }

  /** One run of the publisher. Where the process ended in it, the next one begins. */
  async run(): Promise<{ died: boolean; nextAt: Date | null }> {
    const now = this.clock.now()
    await endDueBrakes(this.deps)
    if (this.model.brakeEnds && this.model.brakeEnds <= now) this.model.unbrake()
    if (this.#sql) this.#raw.exec(this.#sql)
    const life = this.#life
    const nextAt = await this.#runLife(life)
    if (life.alive) return { died: false, nextAt }
    this.#beginAfterDeath()
    return { died: true, nextAt: this.clock.machine() }
  }

  /** Time passes, and the publisher runs whenever it said that it wants to. */
  async pass(seconds: number): Promise<void> {
    const until = this.clock.machine().getTime() + seconds * 1000
    for (let turn = 0; turn < 20; turn++) {
      const { nextAt } = await this.run()
      const left = until - this.clock.machine().getTime()
      if (left <= 0) return
      const wait = Math.max(1000, (nextAt?.getTime() ?? Infinity) - this.clock.machine().getTime())
      this.clock.pass(Math.min(left, wait) / 60_000)
    }
    this.clock.pass(Math.max(0, until - this.clock.machine().getTime()) / 60_000)
    await this.run()
  }

  /** The publisher of this process and that of a second one, together. */
  async runTwo(): Promise<void> {
    const first = this.#life
    this.begin()
    await Promise.all([this.#runLife(first), this.#runLife(this.#life)])
    if (!first.alive || !this.#life.alive) this.#beginAfterDeath()
  }

  /** A run of a process that others may have followed meanwhile. */
  async runOf(process: { alive: boolean; publisher: Publisher }): Promise<void> {
    await this.#runLife(process)
    if (!process.alive) this.#beginAfterDeath()
  }

  #beginAfterDeath(): void {
    // A renewal that died is waited for by the machine's clock, which stands still here.
    if (this.deadly?.startsWith('refresh')) this.clock.pass(1)
    this.deadly = null
    this.begin()
  }

  async #runLife(life: { alive: boolean; publisher: Publisher }): Promise<Date | null> {
    try {
      return (await life.publisher.run()).nextAt
    } catch (error) {
      if (life.alive) throw error
      return null
    }
  }

  async #accepted(post: NetworkPost): Promise<void> {
    const open = await this.db.read
      .select({ sent: attempts.sent, decisionId: deliveries.decisionId, position: deliveries.position })
      .from(attempts)
      .innerJoin(deliveries, eq(deliveries.id, attempts.deliveryId))
      .where(isNull(attempts.outcome))
    const sentFor =
      open.find(({ sent }) => sent.text === post.text && sent.replyTo === post.replyTo) ?? open.at(-1)
    const before = this.network.everything.find(({ id }) => id === post.replyTo)
    try {
      this.model.accept(post, { sentFor, answered: before?.text ?? null, now: this.clock.now() })
    } catch (error) {
      this.#violations.push(error as Violation)
    }
  }

  /** What must hold after every command. @throws Violation */
  async hold(): Promise<void> {
    const [violation] = this.#violations
    if (violation) throw violation
    const { everything, removals } = this.network
    const stand = [this.db.changes(), everything.length, removals.length].join()
    if (stand === this.#held) return
    this.#held = stand
    this.#holdMoves()
    const all = await this.deliveries()
    const standing = this.network.timeline.filter(({ id }) =>
      this.network.published.some((one) => one.id === id),
    )
    for (const post of standing) await this.#holdStanding(post, all)
    const there = new Set(this.network.timeline.map(({ id }) => id))
    const draftStates = new Map(
      (await this.db.read.select().from(drafts)).map(({ id, state }) => [id, state]),
    )
    for (const one of all) {
      const says = `“${one.payload.text}” is ${one.state}`
      const licence = this.model.licences.get(one.decisionId)
      if (!licence) throw new Violation(`${says}, and nobody approved it.`)
      if (one.payload.text !== licence.texts[one.position])
        throw new Violation(`${says}, and approved was “${licence.texts[one.position]}”.`)
      const live = one.state === 'waiting' || one.state === 'held'
      if (live && one.position >= licence.upTo) throw new Violation(`${says}, though it was taken back.`)
      if (one.state === 'waiting' && this.model.braked && this.model.passes !== one.decisionId)
        throw new Violation(`${says}, though the brake is on.`)
      if (live && draftStates.get(one.draftId) !== 'approved')
        throw new Violation(`${says}, and its draft is ${draftStates.get(one.draftId)}.`)
      const stands = one.networkId !== null && there.has(one.networkId)
      if (one.state === 'posted' && !stands) throw new Violation(`${says}, and does not stand there.`)
      if (one.state === 'removed' && stands) throw new Violation(`${says}, and still stands there.`)
    }
  }

  async #holdStanding(post: NetworkPost, all: Awaited<ReturnType<World['deliveries']>>): Promise<void> {
    const says = `“${post.text}” (${post.id}) stands`
    const found = this.model.licenceOf(post.id)
    if (!found) throw new Violation(`${says}, and nobody approved it.`)
    const { licence, decisionId, position } = found
    const [decision] = await this.db.read.select().from(decisions).where(eq(decisions.id, decisionId))
    const hash = createHash('sha256')
      .update(decision?.frozen ?? '')
      .digest('hex')
    if (decision?.kind !== 'approved' || decision.fingerprint !== hash || hash !== licence.fingerprint)
      throw new Violation(`${says}, and no decision says what was read.`)
    const frozen = JSON.parse(decision.frozen) as { parts: { text: string }[] }
    if (frozen.parts[position]?.text !== post.text)
      throw new Violation(`${says}, and the decision says “${frozen.parts[position]?.text}”.`)
    const told = all.find((one) => one.decisionId === decisionId && one.position === position)
    if (!told || ['waiting', 'held', 'failed', 'cancelled', 'removed'].includes(told.state))
      throw new Violation(`${says}, and it is said to be ${told?.state}.`)
  }

  #holdMoves(): void {
    const moves = this.#raw
      .prepare('select rowid as id, before, after from moves where rowid > ?')
      .all(this.#seenMoves)
    for (const { id, before, after } of moves as {
      id: number
      before: DeliveryState
      after: DeliveryState
    }[]) {
      this.#seenMoves = id
      if (!DELIVERY_TRANSITIONS[before].includes(after))
        throw new Violation(`A delivery that was ${before} became ${after}.`)
    }
  }

  /** Nothing goes wrong any more: everything comes to rest, and people see what is theirs to decide. @throws Violation */
  async settle(): Promise<void> {
    this.deadly = null
    this.network.steps = []
    this.network.removing = []
    this.network.looks = []
    await connected(this, this.network)
    for (let round = 0; round < 10; round++) {
      this.clock.pass(1)
      await this.run()
      await this.hold()
    }
    const troubled = new Set((await listTroubled(this.db.read, ACCOUNT)).map(({ id }) => id))
    const actor = await this.actor(LEAD.id)
    const all = await this.deliveries()
    for (const one of all) {
      const page = await deliveryPage(this.db.read, {
        deliveryId: one.id,
        actor,
        clock: this.clock,
        live: true,
        practising: false,
      })
      const says = `“${one.payload.text}” is ${one.state}`
      if (!page.heading || !page.tag.label) throw new Violation(`${says}, and its page does not say so.`)
      if (one.state === 'sending') throw new Violation(`${says}, though nothing is sent any more.`)
      const before = all.find(
        (part) => part.decisionId === one.decisionId && part.position === one.position - 1,
      )
      const ready = one.dueAt <= this.clock.now() && (one.notBefore ?? START_OF_TIME) <= this.clock.machine()
      if (one.state === 'waiting' && ready && before?.state !== 'waiting' && before?.state !== 'held')
        throw new Violation(`${says}, though its time has come.`)
      if (!['unknown', 'held', 'failed'].includes(one.state)) continue
      if (page.looking) throw new Violation(`${says}, and is looked for without end.`)
      const answers =
        one.state === 'unknown'
          ? page.canFind && (page.canRepeat || page.notTheirs || page.stuck)
          : page.canCancel && (page.canLetGo || page.notTheirs || page.stuck)
      if (!answers) throw new Violation(`${says}, and people can’t decide about it.`)
      // What follows a part that people are asked about is told with it.
      const follows = all.some(
        (part) => part.decisionId === one.decisionId && part.position < one.position && troubled.has(part.id),
      )
      if (!troubled.has(one.id) && !(one.heldReason === 'thread-broken' && follows))
        throw new Violation(`${says}, and nobody is asked about it.`)
    }
  }
}

/** What the app says to people who ask for what can't be. */
export function expected(error: unknown): false {
  const kinds = [Conflict, Refused, NotAllowed, NotFound, Death]
  if (!kinds.some((kind) => error instanceof kind)) throw error
  return false
}

/** A database as each run finds it, in a file; its moves of deliveries are written down. */
export async function templateOf(t: { teardown(end: () => unknown): unknown }): Promise<string> {
  const { db, folder } = testDatabase(t, { swift: true })
  await anAccount(db, { now: new Date(START) })
  await josephsWeek(db)
  const file = join(folder, 'week.db')
  const raw = new Sqlite(file)
  raw.exec(`
    create table moves (before text, after text);
    create trigger deliveries_move after update of state on deliveries when old.state <> new.state
    begin insert into moves values (old.state, new.state); end`)
  raw.pragma('wal_checkpoint(TRUNCATE)')
  raw.close()
  return file
}

export function aModel(): Model {
  const model = new Model()
  model.hosting = { weekId: WEEK, weekHostId: JOSEPH_HOSTS, person: JOSEPH.id, signOff: '^JA' }
  return model
}

/** Who hosts the week now, as the store says. */
export async function hostNow({ db }: World, weekId: string) {
  const hosts = await db.read.select().from(weekHosts).where(eq(weekHosts.weekId, weekId))
  return hosts.find(({ endedAt }) => endedAt === null)
}

export const DESK = { helen: LEAD.id, owen: APPROVER.id }
