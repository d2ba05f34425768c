import { createHash } from 'node:crypto'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findAccount } from './accounts/accounts.ts'
import { Conflict, diskTroubleOf, NotFound } from './errors.ts'
import { makeWorld, openWorld, type Surroundings, type World } from './practice-world.ts'
import { practisesFor } from './practice/may-practise.ts'
import { isLeft } from './practice/progress.ts'
import { readProgress } from './practice/progress-file.ts'
import { findActor } from './rota/powers.ts'
import type { PracticeDoor } from './web/deps.ts'

export interface Practices extends PracticeDoor {
  /** Closes what nobody uses, deletes what is over, and says when to come again, in machine time. */
  sweep(): Promise<Date>
  /** Opens none any more, and closes them all. */
  close(): Promise<void>
}

/** A practice that nobody used for so long is put away until they come back. Milliseconds. */
const RESTS_AFTER = 20 * 60_000
/** Each has a database, a stand-in and pages: some 4 MB of memory. */
const MOST_OPEN = 12
const SWEPT_EVERY = 5 * 60_000
/** So long what is being answered may take before its practice is closed. Milliseconds. */
const LAST_ANSWERS = 4_000
const A_LITTLE = 20

/**
 * The practices of an installation, which people open when they come. No practice has anything of the installation but its
 * assets and a reader: its database, pictures, keys and network are its own, and that network is a stand-in on loopback.
 */
export function openPractices(around: Surroundings): Practices {
  const { folder, machine, mostOpen = MOST_OPEN } = around
  /** By person. */
  const open = new Map<string, World>()
  /** How many are being opened. */
  let opening = 0
  /** By person: two forms sent at once make one practice. */
  const turns = new Map<string, Promise<unknown>>()
  let closing = false

  const placeOf = (personId: string) =>
    join(folder, createHash('sha256').update(personId).digest('hex').slice(0, 32))
  const inTurn = <T>(personId: string, work: () => Promise<T>): Promise<T> => {
    const after = (turns.get(personId) ?? Promise.resolve()).then(work, work)
    const ended = after.then(
      () => undefined,
      () => undefined,
    )
    turns.set(personId, ended)
    void ended.then(() => turns.get(personId) === ended && turns.delete(personId))
    return after
  }

  /** In their turn only. */
  async function worldOf(personId: string): Promise<World | null> {
    const known = open.get(personId)
    if (known) return known
    const progress = readProgress(placeOf(personId))
    if (!progress) return null
    refuseWhenClosing()
    const room = makeRoom()
    opening += 1
    try {
      await room
      const world = await openWorld(placeOf(personId), progress, around)
      open.set(personId, world)
      return world
    } catch (error) {
      if (diskTroubleOf(error)) throw error
      around.report('opening', error)
      throw new Conflict(
        'Your practice could not be opened, as something of it is broken. Delete it and begin afresh: nothing else is concerned.',
      )
    } finally {
      opening -= 1
    }
  }

  function refuseWhenClosing(): void {
    if (closing) throw new Conflict('The server is being restarted. Please try again in a minute.')
  }

  /**
   * Puts the one away that nobody used for longest. Nobody's turn is waited for but that of somebody whose practice is open, and
   * who is therefore not here themselves: so no two wait for each other.
   */
  async function makeRoom(): Promise<void> {
    if (open.size + opening < mostOpen) return
    const idle = [...open].filter(([, { busy }]) => busy === 0)
    const [longest] = idle.toSorted(([, a], [, b]) => a.progress.usedMs - b.progress.usedMs)
    if (!longest) return
    const [personId, world] = longest
    await inTurn(personId, async () => {
      if (open.get(personId) === world && world.busy === 0) await putAway(personId)
    })
  }

  /** In their turn only. */
  async function putAway(personId: string): Promise<void> {
    const world = open.get(personId)
    if (!world) return
    for (let waited = 0; world.busy > 0 && waited < LAST_ANSWERS; waited += A_LITTLE) await sleep(A_LITTLE)
    open.delete(personId)
    await world.close()
  }

  async function end(personId: string): Promise<void> {
    await putAway(personId)
    rmSync(placeOf(personId), { recursive: true, force: true })
  }

  async function sweepOne(name: string): Promise<void> {
    const progress = readProgress(join(folder, name))
    if (!progress) {
      // One that is being made has its owner's turn, and is gone when that crashed.
      if (turns.size === 0) rmSync(join(folder, name), { recursive: true, force: true })
      return
    }
    const { personId, accountId } = progress
    const actor = await findActor(around.read, personId, around.now())
    const may = actor !== null && (await practisesFor(around.read, actor)).includes(accountId)
    // What was kept last may be older than the last visit.
    const { usedMs } = open.get(personId)?.progress ?? progress
    if (!may || isLeft({ usedMs }, machine())) await inTurn(personId, () => end(personId))
  }

  return {
    standOf(personId) {
      const progress = open.get(personId)?.progress ?? readProgress(placeOf(personId))
      return progress && { ...progress }
    },
    isOpen: (personId) => open.has(personId),
    begin: (person, accountId) =>
      inTurn(person.personId, async () => {
        const place = placeOf(person.personId)
        if (readProgress(place)?.accountId === accountId) return
        refuseWhenClosing()
        await end(person.personId)
        const model = await findAccount(around.read, accountId)
        if (!model) throw new NotFound()
        await makeWorld(place, { person, model, accountId }, around)
      }),
    end: (personId) => inTurn(personId, () => end(personId)),
    async answer(personId, { request, response, address, looks, taken }) {
      const world = await inTurn(personId, async () => {
        const here = await worldOf(personId)
        if (here) here.busy += 1
        return here
      })
      if (!world) throw new NotFound()
      if (!looks) world.progress.usedMs = machine().getTime()
      let over = false
      const ends = () => {
        if (!over) world.busy -= 1
        over = true
      }
      response.once('finish', ends).once('close', ends)
      taken()
      request.url = address
      world.app.routing(request, response)
    },
    async sweep() {
      const now = machine().getTime()
      for (const [personId, world] of open)
        await inTurn(personId, async () => {
          const rests = world.busy === 0 && now - world.progress.usedMs > RESTS_AFTER
          if (rests && open.get(personId) === world) await putAway(personId)
        })
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        try {
          await sweepOne(name)
        } catch (error) {
          // One that is broken keeps no other from being looked after.
          around.report('sweeping', error)
        }
      }
      return new Date(machine().getTime() + SWEPT_EVERY)
    },
    async close() {
      closing = true
      await Promise.allSettled(turns.values())
      for (const personId of open.keys()) await inTurn(personId, () => putAway(personId))
    },
  }
}
