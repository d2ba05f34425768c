import { eq } from 'drizzle-orm'
import t from 'tap'
import { deliveries } from '../../src/db/schema/index.ts'
import { DELIVERY_STATES, HELD_REASONS } from '../../src/publishing/delivery.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { aWeek, PRIYA } from '../support/bookings.ts'
import { anAccount, LEAD } from '../support/story.ts'

const now = new Date('2026-11-23T09:30:00Z')
const dueAt = new Date('2026-11-23T15:00:00Z')
type Change = Partial<typeof deliveries.$inferInsert>

const WHY: Record<(typeof HELD_REASONS)[number], string> = {
  brake: 'The brake held it',
  late: 'It could not go out in time',
  'thread-broken': 'The part before it did not go out',
  'week-changed': 'Its week was cancelled',
  credit: 'The credit with X is used up',
  reconnect: 'not connected',
  budget: 'budget for this month',
  live: 'It stepped aside for what is posted live from an event. Afterwards: does it still make sense?',
  undecided: 'Something like it stands',
  'not-open': 'Its week has not opened',
}

/** What a part says of itself in each state: its tag, and why where there is more to say. */
const rows: { name: string; change: Change; says: string; why?: string; onDraft?: string }[] = [
  { name: 'waiting', change: {}, says: 'Goes out' },
  { name: 'sending', change: { state: 'sending' }, says: 'Being sent' },
  { name: 'unknown', change: { state: 'unknown', notBefore: now }, says: 'Being checked' },
  {
    name: 'unknown, and asked',
    change: { state: 'unknown' },
    says: 'Not known',
    why: 'Nobody knows whether',
  },
  {
    name: 'failed',
    change: { state: 'failed', trouble: 'X said no.' },
    says: 'Did not go out',
    why: 'X said no.',
  },
  { name: 'posted', change: { state: 'posted', networkId: '7', postedAt: now }, says: 'Posted' },
  {
    name: 'removing',
    change: { state: 'removing', networkId: '7', postedAt: now },
    says: 'Being taken down',
  },
  { name: 'removed', change: { state: 'removed', networkId: '7', postedAt: now }, says: 'Taken down' },
  { name: 'abandoned', change: { state: 'abandoned' }, says: 'Left as it is' },
  { name: 'cancelled', change: { state: 'cancelled' }, says: 'Cancelled', onDraft: 'aken off the plan' },
  ...HELD_REASONS.map((heldReason) => ({
    name: `held ${heldReason}`,
    change: { state: 'held' as const, heldReason },
    says: 'Held',
    why: WHY[heldReason],
  })),
]

t.test('a part says where it is on every page, to the desk and to its host', async (t) => {
  const made = await testApp(t, { at: now.toISOString() })
  const { db } = made
  await anAccount(db, { now })
  const weekId = await aWeek(db, now, { accepted: true })
  const queued = await approved(db, { parts: ['Good morning'], dueAt, now, weekId, hosted: true })
  const { id } = queued.deliveries[0]!
  const readers = { desk: await made.visitor(LEAD.email), host: await made.visitor(PRIYA.email) }
  const clean: Change = { heldReason: null, trouble: null, notBefore: null, networkId: null, postedAt: null }
  for (const { name, change, says, why, onDraft } of rows) {
    await db.write(
      async (tx) =>
        void (await tx
          .update(deliveries)
          .set({ ...clean, state: 'waiting', ...change })
          .where(eq(deliveries.id, id))),
    )
    for (const [who, visitor] of Object.entries(readers)) {
      const delivery = `/deliveries/${id}`
      const draft = `/drafts/${queued.draftId}`
      // What was taken off the plan is on no list of what goes out.
      const lists = onDraft ? [] : who === 'desk' ? ['/today', `/weeks/${weekId}/days`] : ['/today']
      for (const page of [delivery, draft, ...lists]) {
        const { body } = await visitor.get(page)
        const said = page === draft ? (onDraft ?? says) : says
        t.ok(body.includes(said), `${name}: ${said} on ${page} for the ${who}`)
        if (why && (page === delivery || page === draft))
          t.ok(body.includes(why), `${name}: ${why} on ${page} for the ${who}`)
      }
    }
  }
  t.same(new Set(rows.map(({ change }) => change.state ?? 'waiting')), new Set(DELIVERY_STATES))
})
