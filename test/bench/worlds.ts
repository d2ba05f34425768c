import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { and, eq, lt } from 'drizzle-orm'
import { findAccount } from '../../src/accounts/accounts.ts'
import { addDays } from '../../src/calendar.ts'
import type { Clock } from '../../src/clock.ts'
import type { Database } from '../../src/db/database.ts'
import { posts, weeks } from '../../src/db/schema/index.ts'
import { insertDraft, insertRevision } from '../../src/drafts/store.ts'
import { nameImage } from '../../src/images/store.ts'
import { choosePost } from '../../src/listening/choose-post.ts'
import { keepPost } from '../../src/listening/keep.ts'
import { findPostOnNetwork } from '../../src/listening/posts.ts'
import { makeSignInLink } from '../../src/people/sign-in.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { publishRecap } from '../../src/recaps/publish-recap.ts'
import { findRecap } from '../../src/recaps/recaps.ts'
import { Visitor } from '../support/app.ts'
import { actorWith, aHost, aWeek } from '../support/bookings.ts'
import { networkPost, OUR_USER } from '../support/scripted-network.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

type World = (
  db: Database,
  clock: Clock,
  app: FastifyInstance,
  args: string[],
) => Promise<{
  path: string
  cookie: string
  /** The page is looked at again and again, and stays as it is. */
  refreshes?: boolean
}>

const SLOT = '2026-11-16'
/** The last week that the planner shows. */
const LAST_SLOT = '2027-09-27'
const booked = new Date('2026-10-01T09:00:00Z')

/** The worlds that are measured, made through the use cases and stores that the product has. */
export const worlds: Record<string, World> = { recap, queue, images, refresh, rota }

/** A week that is over, with as many posts and chosen replies as asked for, its recap published. */
async function recap(db: Database, clock: Clock, _app: FastifyInstance, [items = '150']: string[]) {
  await anAccount(db, { now: booked })
  const weekId = await aWeek(db, booked, { slot: SLOT, accepted: true })
  const account = (await findAccount(db.read, ACCOUNT))!
  const lead = await actorWith(db, LEAD.email, booked)
  const opens = Date.parse('2026-11-16T09:00:00Z')
  for (let i = 0; i < Number(items); i += 1) {
    const own = i % 3 === 0
    const at = new Date(opens + i * 30 * 60_000)
    const id = String(10_000 + i)
    await db.write((tx) =>
      keepPost(tx, account, {
        networkUserId: OUR_USER,
        post: networkPost({
          id,
          createdAt: at,
          text: own ? `Number ${i}: what a bed weighs, with and without a person in it.` : `And number ${i}?`,
          ...(own ? {} : { author: `follower${i}`, replyTo: String(10_000 + i - (i % 3)) }),
        }),
        now: at,
      }),
    )
    if (own) continue
    const { id: postId } = (await findPostOnNetwork(db.read, ACCOUNT, id))!
    await choosePost(db, { postId, chosen: true, actor: lead, now: at })
  }
  const now = clock.now()
  await closeDueWeeks(db, { now, machineNow: now, publicUrl: 'http://127.0.0.1:3000' })
  const { version } = (await findRecap(db.read, weekId))!
  await publishRecap(db, {
    weekId,
    version,
    actor: lead,
    now,
    machineNow: now,
    publicUrl: 'http://127.0.0.1:3000',
  })
  return { path: `/@${account.handle}/weeks/${SLOT}`, cookie: '' }
}

/** So many weeks that are over, each with a published recap of as many posts and chosen replies. */
export async function publishedWeeks(
  db: Database,
  { weeks, posts: count }: { weeks: number; posts: number },
): Promise<void> {
  await anAccount(db, { now: new Date('2026-01-01T09:00:00Z') })
  const account = (await findAccount(db.read, ACCOUNT))!
  for (let week = 0; week < weeks; week += 1) {
    const slot = addDays('2026-01-12', week * 7)
    const opens = Date.parse(`${slot}T09:00:00Z`)
    const before = new Date(opens - 3 * 86_400_000)
    const weekId = await aWeek(db, before, { slot, theme: `Week ${week}`, accepted: true })
    await db.write(async (tx) => {
      for (let i = 0; i < count; i += 1) {
        const own = i % 3 === 0
        const at = new Date(opens + i * 60 * 60_000)
        const first = 100_000 + week * 1000
        const post = networkPost({
          id: String(first + i),
          createdAt: at,
          text: own ? `Number ${i}: what a bed weighs, with and without a person in it.` : `And number ${i}?`,
          ...(own ? {} : { author: `follower${i}`, replyTo: String(first + i - (i % 3)) }),
        })
        await keepPost(tx, account, { networkUserId: OUR_USER, post, now: at })
      }
      await tx
        .update(posts)
        .set({ chosenAt: before })
        .where(and(eq(posts.weekId, weekId), eq(posts.kind, 'reply')))
    })
    const now = new Date(opens + 7 * 86_400_000)
    const times = { now, machineNow: now, publicUrl: 'http://127.0.0.1:3000' }
    await closeDueWeeks(db, times)
    const { version, state } = (await findRecap(db.read, weekId))!
    if (state !== 'published')
      await publishRecap(db, { weekId, version, actor: await actorWith(db, LEAD.email, now), ...times })
  }
}

/** So many drafts that wait, each of four images, on the page where they are decided together. */
async function images(db: Database, clock: Clock, app: FastifyInstance, [count = '50']: string[]) {
  const shown = Array.from({ length: Number(count) * 4 }, (_, at) => ({
    hash: String(at).padStart(64, '0'),
    alt: `Picture ${at}: a bed in a corridor, with a blanket folded at its foot.`,
  }))
  const world = await queue(db, clock, app, [count], (at) => shown.slice(at * 4, at * 4 + 4))
  await db.write(async (tx) => {
    for (const { hash } of shown)
      await nameImage(tx, {
        accountId: ACCOUNT,
        hash,
        mediaType: 'image/jpeg',
        bytes: 200_000,
        width: 1600,
        height: 1200,
        createdAt: booked,
      })
  })
  return { ...world, path: '/queue/together' }
}

/** The queue of a lead who leaves it open. */
async function refresh(db: Database, clock: Clock, app: FastifyInstance) {
  return { ...(await queue(db, clock, app, ['20'])), refreshes: true }
}

/** So many drafts that wait for a decision, and a lead who looks at them. */
async function queue(
  db: Database,
  clock: Clock,
  app: FastifyInstance,
  [count = '100']: string[],
  imagesOf: (at: number) => { hash: string; alt: string }[] = () => [],
) {
  await anAccount(db, { now: booked })
  const weekId = await aWeek(db, booked, { slot: SLOT, accepted: true })
  const now = clock.now()
  await db.write(async (tx) => {
    for (let i = 0; i < Number(count); i += 1) {
      const id = randomUUID()
      const content = {
        parts: [
          {
            text: `Draft ${i}: what a bed weighs, with and without a person in it.`,
            images: imagesOf(i),
          },
        ],
      }
      await insertDraft(tx, {
        id,
        accountId: ACCOUNT,
        weekId,
        slot: SLOT,
        authorId: LEAD.id,
        state: 'submitted',
        revision: 1,
        content,
        signOff: '',
        wishedAt: new Date(now.getTime() + i * 60_000),
        submittedAt: now,
        createdAt: now,
        changedAt: now,
        changedBy: LEAD.id,
      })
      await insertRevision(tx, { draftId: id, number: 1, content, authorId: LEAD.id, at: now })
    }
  })
  return { path: '/queue', cookie: await leadsCookie(db, clock, app) }
}

/** The planner of a lead, whose year is booked whole; so many weeks up to its last one, each with a host of its own. */
async function rota(db: Database, clock: Clock, app: FastifyInstance, [count = '52']: string[]) {
  const first = addDays(LAST_SLOT, -7 * (Number(count) - 1))
  await anAccount(db, { now: new Date(`${addDays(first, -60)}T09:00:00Z`) })
  for (let i = 0; i < Number(count); i += 1) {
    const slot = addDays(first, i * 7)
    const early = new Date(`${addDays(slot, -30)}T09:00:00Z`)
    const now = early < clock.now() ? early : clock.now()
    const who = { name: `Host Number${i}`, email: `host${i}@north.example` }
    const about = { job: `Job ${i % 40}`, site: `Site ${i % 25}`, region: `Region ${i % 9}` }
    const host = aHost(who.name, about)
    await aWeek(db, now, { slot, who, host, theme: `Week ${i}`, accepted: true })
  }
  await db.write(async (tx) => {
    await tx.update(weeks).set({ state: 'closed' }).where(lt(weeks.closesAt, clock.now()))
  })
  return { path: '/rota', cookie: await leadsCookie(db, clock, app) }
}

async function leadsCookie(db: Database, clock: Clock, app: FastifyInstance): Promise<string> {
  const helen = new Visitor(app)
  await helen.signIn(
    await makeSignInLink(db, { email: LEAD.email, publicUrl: '', machineNow: clock.machine() }),
  )
  return helen.cookie
}
