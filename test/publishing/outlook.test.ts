import { eq } from 'drizzle-orm'
import t from 'tap'
import { keepLimit } from '../../src/accounts/heed-limits.ts'
import { pauseForCredit } from '../../src/accounts/credit.ts'
import { accounts, connections, deliveries } from '../../src/db/schema/index.ts'
import { whatKeepsBack } from '../../src/publishing/outlook.ts'
import { desk } from '../support/publishing-desk.ts'
import { ACCOUNT } from '../support/story.ts'

type World = Awaited<ReturnType<typeof desk>>

const inMinutes = ({ clock }: World, minutes: number) =>
  new Date(clock.machine().getTime() + minutes * 60_000)
const limited = async (world: World, minutes: number) => {
  const limit = { remaining: 0, resetsAt: inMinutes(world, minutes), wholeApp: false }
  await keepLimit(world.deps, { accountId: ACCOUNT, call: 'send' }, { limit })
}

const ROWS: [name: string, arrange: (world: World, id: string) => Promise<unknown>, says: string | null][] = [
  ['nothing', async () => undefined, null],
  ['a limit', (world) => limited(world, 15), 'X takes no posts until 9:15. It goes out then.'],
  [
    'a limit that ends too late',
    (world) => limited(world, 45),
    'X takes no posts until 9:45. It will be too late by then, so it will be held, and you are asked again.',
  ],
  [
    'no credit',
    ({ db, clock }) => db.write((tx) => pauseForCredit(tx, ACCOUNT, clock.machine())),
    'The credit with X is used up. It goes out as soon as X takes posts again, unless it is too late by then.',
  ],
  [
    'no connection',
    ({ db }) => db.write(async (tx) => void (await tx.update(connections).set({ state: 'reconnect' }))),
    'The account is not connected to X. It is held until a lead connects it, and goes out then unless it is too late.',
  ],
  [
    'no room in the budget',
    ({ db }) => db.write(async (tx) => void (await tx.update(accounts).set({ monthlyBudget: 10_000 }))),
    'It would pass the month’s budget, so it is held for that now. Let it go once more if it is to go all the same.',
  ],
  [
    'the budget, which somebody passed on purpose',
    ({ db }, id) =>
      db.write(async (tx) => {
        await tx.update(accounts).set({ monthlyBudget: 10_000 })
        await tx.update(deliveries).set({ overBudget: true }).where(eq(deliveries.id, id))
      }),
    null,
  ],
]

t.test('what keeps back a post that somebody let go at once', async (t) => {
  for (const [name, arrange, says] of ROWS) {
    const world = await desk(t)
    const { db, clock, publisher, queue, state } = world
    const { deliveries: made } = await queue('Good morning')
    await arrange(world, made[0]!.id)
    t.equal(await whatKeepsBack(db.read, clock, made[0]!.id), says, name)
    await publisher.run()
    t.equal((await state()) === 'posted', says === null, `${name}: and so it is`)
  }
})
