import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { accounts, activity, connections, posts } from '../../src/db/schema/index.ts'
import { listen } from '../../src/listening/listen.ts'
import { mirrorPosted } from '../../src/listening/mirror.ts'
import { nextListenAt } from '../../src/listening/next-look.ts'
import { readAgainAfter } from '../../src/listening/post.ts'
import {
  findPostOnNetwork,
  lastLook,
  latestReplies,
  ownPostsOfWeek,
  repliesOfWeek,
  replyCounts,
} from '../../src/listening/posts.ts'
import { idAt } from '../../src/networks/x-ids.ts'
import { deliveriesOfDrafts } from '../../src/publishing/deliveries.ts'
import { changeDelivery } from '../../src/publishing/store.ts'
import { approved } from '../support/approved.ts'
import { testClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { networkPost, OUR_USER, ScriptedNetwork } from '../support/scripted-network.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'
import { josephsWeek, WEEK } from '../support/submitted.ts'

const DAY = 86_400_000

/** Ids that rise with time, as X's do. */
const id = (at: string) => (idAt(new Date(at)) + 1n).toString()
const P1 = id('2026-11-18T09:00:00Z')
const P2 = id('2026-11-18T10:00:00Z')
const R1 = id('2026-11-18T09:10:00Z')
const R2 = id('2026-11-18T09:20:00Z')
const M1 = id('2026-11-18T09:30:00Z')

async function world(t: Test) {
  const clock = testClock('2026-11-18T10:42:00Z')
  const { db } = testDatabase(t)
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  const script = new ScriptedNetwork()
  const look = () =>
    listen(db, {
      accountId: ACCOUNT,
      ear: { ok: true, value: { network: script.network, accessToken: 'token', networkUserId: OUR_USER } },
      now: clock.now(),
    })
  return { db, clock, script, look }
}

async function aTalk(t: Test) {
  const here = await world(t)
  here.script.own = [networkPost({ id: P1, text: 'First bed', createdAt: new Date('2026-11-18T09:00:00Z') })]
  here.script.others = [
    networkPost({
      id: R1,
      author: 'chloe',
      replyTo: P1,
      conversationId: P1,
      mentions: ['NorthDaleHealth'],
      createdAt: new Date('2026-11-18T09:10:00Z'),
    }),
    networkPost({
      id: R2,
      author: 'bob',
      replyTo: R1,
      conversationId: P1,
      createdAt: new Date('2026-11-18T09:20:00Z'),
    }),
    networkPost({
      id: M1,
      author: 'zoe',
      mentions: ['NorthDaleHealth'],
      createdAt: new Date('2026-11-18T09:30:00Z'),
    }),
  ]
  return here
}

t.test('what was said is kept once, in its week, however often it is read', async (t) => {
  const { db, look, clock } = await aTalk(t)
  await look()
  const version = db.latestChangeOf([`posts ${ACCOUNT}`])
  clock.pass(5)
  await look()
  t.same(
    (await ownPostsOfWeek(db.read, WEEK)).map((p) => p.networkId),
    [P1],
    'a post by hand too',
  )
  const replies = await repliesOfWeek(db.read, WEEK)
  t.same(
    replies.map((p) => [p.networkId, p.kind]),
    [
      [R1, 'reply'],
      [R2, 'reply'],
      [M1, 'mention'],
    ],
  )
  t.same(
    (await latestReplies(db.read, WEEK, 1)).map((p) => p.networkId),
    [M1],
  )
  t.same(Object.fromEntries(await replyCounts(db.read, [P1, R1, M1])), { [P1]: 1, [R1]: 1 })
  t.equal(db.latestChangeOf([`posts ${ACCOUNT}`]), version, 'a look that brings nothing new changes no page')
  const last = await lastLook(db.read, ACCOUNT)
  t.same([last!.readAt, last!.trouble], [clock.now(), null])
})

t.test('numbers, edits and deletions are followed', async (t) => {
  const { db, look, clock, script } = await aTalk(t)
  await look()
  const version = db.latestChangeOf([`posts ${ACCOUNT}`])
  const v2 = id('2026-11-18T10:30:00Z')
  const numbers = { replies: 3, reposts: 1, likes: 121, quotes: 0, impressions: 900 }
  script.own = [
    { ...script.own[0]!, numbers, editHistory: [P1, v2] },
    networkPost({ id: v2, text: 'First bed of the day', numbers, editHistory: [P1, v2] }),
  ]
  script.gone.add(R1)
  clock.pass(5)
  await look()
  const post = (await findPostOnNetwork(db.read, ACCOUNT, P1))!
  t.match(post, { text: 'First bed of the day', edited: true, numbers: { likes: 121 } })
  t.equal((await ownPostsOfWeek(db.read, WEEK)).length, 1, 'its versions are one post')
  t.ok(db.latestChangeOf([`posts ${ACCOUNT}`]) > version)
  t.notOk((await findPostOnNetwork(db.read, ACCOUNT, R1))!.removedAt, 'others are looked up daily')
  clock.pass(24 * 60)
  await look()
  t.match(await findPostOnNetwork(db.read, ACCOUNT, R1), { text: '', authorName: '', removedAt: clock.now() })
  t.same(
    (await repliesOfWeek(db.read, WEEK)).map((p) => p.networkId),
    [R2, M1],
  )
  script.gone.add(P1)
  clock.pass(60)
  await look()
  t.same(await ownPostsOfWeek(db.read, WEEK), [])
  t.match(
    (await db.read.select().from(activity)).filter((row) => row.kind === 'post.vanished'),
    [{ details: { own: true } }],
  )
})

t.test('what was deleted does not come back by an index that lags', async (t) => {
  const { db, look, clock, script } = await aTalk(t)
  const [A1, createdAt] = [id('2026-11-18T10:30:00Z'), new Date('2026-11-18T10:30:00Z')]
  script.own.push(networkPost({ id: A1, replyTo: R1, conversationId: P1, createdAt }))
  const stands = async () => (await ownPostsOfWeek(db.read, WEEK)).some(({ networkId }) => networkId === A1)
  await look()
  t.ok(await stands())
  script.gone.add(A1)
  clock.pass(5)
  await look()
  t.notOk(await stands())
  script.gone.delete(A1)
  clock.pass(5)
  await look()
  t.notOk(await stands(), 'though the search shows it still')
})

t.test('what a stranger deleted and writes again is chosen anew, or not public', async (t) => {
  const { db, look, clock, script } = await aTalk(t)
  await look()
  await db.write(async (tx) => {
    await tx.update(posts).set({ chosenAt: clock.now(), chosenBy: LEAD.id }).where(eq(posts.networkId, R1))
  })
  script.gone.add(R1)
  clock.pass(24 * 60)
  await look()
  t.match(await findPostOnNetwork(db.read, ACCOUNT, R1), {
    text: '',
    chosenAt: null,
    leftPage: 'deleted',
    removedAt: clock.now(),
  })
})

t.test('a week keeps its posts when the account’s shape changes while it runs', async (t) => {
  const { db, look, script } = await aTalk(t)
  const shape = { days: [2, 3, 4, 5, 6], opens: '09:00', closes: '18:00' }
  await db.write(async (tx) => void (await tx.update(accounts).set({ shape })))
  await look()
  t.same(
    (await ownPostsOfWeek(db.read, WEEK)).map(({ text }) => text),
    script.own.map(({ text }) => text),
  )
})

t.test('a failure is kept in plain words, and so is what came before it', async (t) => {
  const { db, look, script, clock } = await aTalk(t)
  script.refuses = { replies: 'credit', posts: 'unreachable' }
  await look()
  t.match((await lastLook(db.read, ACCOUNT))!.trouble, /credit at X is used up/)
  t.equal((await repliesOfWeek(db.read, WEEK)).length, 2, 'the mentions were read')
  script.refuses = {}
  clock.pass(5)
  await look()
  t.same((await lastLook(db.read, ACCOUNT))!.trouble, null)
  t.equal((await repliesOfWeek(db.read, WEEK)).length, 3, 'and the rest follows')
  const unreachable = { code: 'unauthorised', status: 401, detail: '', until: null } as const
  await listen(db, { accountId: ACCOUNT, ear: { ok: false, problem: unreachable }, now: clock.now() })
  t.match((await lastLook(db.read, ACCOUNT))!.trouble, /Connect the account again/)
})

t.test('a missing answer is not a deletion', async (t) => {
  const { db, look, script, clock } = await aTalk(t)
  await look()
  script.refuses = { posts: 'unreachable' }
  script.gone.add(P1)
  clock.pass(60)
  await look()
  t.equal((await ownPostsOfWeek(db.read, WEEK)).length, 1)
})

t.test(
  'what the publisher posted stands here at once, with our pictures, and goes when it is taken down',
  async (t) => {
    const { db, look, script, clock } = await world(t)
    const image = { hash: 'a'.repeat(64), alt: 'A corridor' }
    const { deliveries, draftId } = await approved(db, {
      parts: [{ text: 'One ^JA', images: [image] }, 'Two ^JA'],
      dueAt: clock.now(),
      now: clock.now(),
      weekId: WEEK,
      networkUserId: OUR_USER,
    })
    await db.write(async (tx) => {
      for (const [index, delivery] of deliveries.entries()) {
        const networkId = [P1, P2][index]!
        await changeDelivery(tx, delivery, { state: 'posted', networkId, postedAt: clock.now() })
      }
    })
    t.equal(await mirrorPosted(db, { accountId: ACCOUNT, now: clock.now() }), 2)
    t.equal(await mirrorPosted(db, { accountId: ACCOUNT, now: clock.now() }), 0, 'once')
    t.match(await ownPostsOfWeek(db.read, WEEK), [
      { text: 'One ^JA', images: [image], replyTo: null, conversationId: P1 },
      { text: 'Two ^JA', replyTo: P1, conversationId: P1 },
    ])
    script.own = [
      networkPost({ id: P1, text: 'One ^JA', media: [photo('A corridor')] }),
      networkPost({ id: P2, text: 'Two ^JA', replyTo: P1, conversationId: P1 }),
    ]
    await look()
    t.match((await ownPostsOfWeek(db.read, WEEK))[0], { images: [image] }, 'our picture stays')
    await db.write(async (tx) => {
      for (const delivery of (await deliveriesOfDrafts(tx, [draftId])).slice(1))
        await changeDelivery(tx, delivery, { state: 'removing' })
    })
    t.equal(await mirrorPosted(db, { accountId: ACCOUNT, now: clock.now() }), 1)
    t.equal((await ownPostsOfWeek(db.read, WEEK)).length, 1)
  },
)

t.test(
  'how often: the account’s minutes in an open week, then hourly for four weeks, then daily',
  async (t) => {
    const { db, look, clock } = await world(t)
    const next = () => nextListenAt(db.read, ACCOUNT, clock.now())
    t.equal(await next(), null, 'not without a connection')
    await db.write(async (tx) => {
      await tx
        .insert(connections)
        .values({ accountId: ACCOUNT, state: 'connected', networkUserId: OUR_USER, changedAt: clock.now() })
    })
    t.same(await next(), clock.now(), 'at once')
    const minutesUntilNext = async () => {
      await look()
      return ((await next())!.getTime() - clock.now().getTime()) / 60_000
    }
    t.equal(await minutesUntilNext(), 5)
    clock.moveTo(new Date('2026-11-21T12:00:00Z'))
    t.equal(await minutesUntilNext(), 60)
    clock.moveTo(new Date('2026-12-30T12:00:00Z'))
    t.equal(await minutesUntilNext(), 24 * 60)
  },
)

t.test(
  'each reading of a stranger’s post costs: it is read daily for a month, then weekly for a year where it is shown',
  async (t) => {
    const now = new Date('2026-11-18T10:00:00Z')
    const ago = (days: number) => new Date(now.getTime() - days * DAY)
    const cases: [Parameters<typeof readAgainAfter>[0], number | null][] = [
      [{ kind: 'own', chosen: false, createdAt: ago(0.5) }, 0],
      [{ kind: 'own', chosen: false, createdAt: ago(3) }, DAY / 24],
      [{ kind: 'own', chosen: false, createdAt: ago(60) }, 7 * DAY],
      [{ kind: 'reply', chosen: false, createdAt: ago(0.5) }, DAY],
      [{ kind: 'reply', chosen: true, createdAt: ago(0.5) }, DAY],
      [{ kind: 'reply', chosen: true, createdAt: ago(60) }, 7 * DAY],
      [{ kind: 'reply', chosen: true, createdAt: ago(366) }, null],
      [{ kind: 'mention', chosen: false, createdAt: ago(60) }, null],
    ]
    for (const [post, expected] of cases) t.equal(readAgainAfter(post, now), expected, JSON.stringify(post))
  },
)

function photo(alt: string) {
  return { mediaKey: '3_1', kind: 'photo' as const, url: null, alt, width: null, height: null }
}
