import { eq } from 'drizzle-orm'
import t from 'tap'
import { attempts, deliveries } from '../../src/db/schema/index.ts'
import { DELIVERY_STATES, HELD_REASONS } from '../../src/publishing/delivery.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { aWeek, PRIYA } from '../support/bookings.ts'
import { anAccount, LEAD } from '../support/story.ts'
import { aSubmittedDraft } from '../support/submitted.ts'

const now = new Date('2026-11-23T09:30:00Z')
const dueAt = new Date('2026-11-23T15:00:00Z')
type Change = Partial<typeof deliveries.$inferInsert>

const WHY: Record<(typeof HELD_REASONS)[number], string> = {
  brake: 'The brake held it',
  late: 'It could not go out in time',
  'thread-broken': 'It waits until the part before it stands on X',
  'week-changed': 'Its week was moved or cancelled',
  credit: 'The credit with X is used up',
  reconnect: 'not connected',
  budget: 'budget for this month',
  live: 'It stepped aside for what is posted live from an event.',
  undecided: 'Something like it stands',
  'not-accepted': 'Its host has not accepted the week',
  'not-open': 'Its week has not opened',
}

/** The same for its host, who decides nothing about it. */
const WHY_FOR_HOST: Record<(typeof HELD_REASONS)[number], string> = {
  // It is off here, and this one stayed held.
  brake: 'It stayed held when the team let things go again.',
  late: 'It could not go out at its time.',
  'thread-broken': 'It waits until the part before it stands on X',
  'week-changed': 'Your week was changed meanwhile.',
  credit: 'The account can’t post to X at the moment.',
  reconnect: 'The account can’t post to X at the moment.',
  budget: 'The account posts no more for now.',
  live: 'It stepped aside for what is posted live',
  undecided: 'Something like it stands on the account already.',
  'not-accepted': 'You have not accepted the week for these days yet.',
  'not-open': 'Your week has not opened yet',
}

type Attempt = Partial<typeof attempts.$inferInsert>

/**
 * What a part says of itself in each state: its tag, and why where there is more to say; what its last attempt says on the time
 * line. What does not go out, or not stay, is beside nothing in the queue.
 */
const rows: {
  name: string
  change: Change
  says: string
  why?: string
  whyForHost?: string
  onDraft?: string
  attempt?: Attempt
  happened?: string
  besideNothing?: true
}[] = [
  { name: 'waiting', change: {}, says: 'Goes out' },
  {
    name: 'put off',
    change: { trouble: 'X takes no more.' },
    says: 'Goes out',
    why: 'X takes no more.',
    attempt: { outcome: 'put-off', trouble: 'X takes no more.' },
    happened: 'and put off. X takes no more.',
  },
  {
    name: 'sending',
    change: { state: 'sending' },
    says: 'Being sent',
    attempt: {},
    happened: 'the answer is not there yet',
  },
  {
    name: 'unknown',
    change: { state: 'unknown', notBefore: now },
    says: 'Being checked',
    attempt: { outcome: 'unknown', trouble: 'X fell silent.', looks: 1, nextLookAt: now },
    happened: 'without a clear answer. X fell silent. One look at the account so far; we look again.',
  },
  {
    name: 'unknown, and asked',
    change: { state: 'unknown' },
    says: 'Not known',
    why: 'Nobody knows whether',
    attempt: { outcome: 'unknown', trouble: 'X fell silent.', looks: 4 },
    happened: 'Four looks at the account did not settle it.',
  },
  {
    name: 'failed',
    change: { state: 'failed', trouble: 'X said no.' },
    says: 'Did not go out',
    why: 'X said no.',
    attempt: { outcome: 'refused', trouble: 'X said no.', said: 'Forbidden.' },
    happened: 'and refused. X said no.',
    besideNothing: true,
  },
  {
    name: 'posted',
    change: { state: 'posted', networkId: '7', postedAt: now },
    says: 'Posted',
    attempt: { outcome: 'posted', networkId: '7' },
    happened: 'and posted',
  },
  {
    name: 'removing',
    change: { state: 'removing', networkId: '7', postedAt: now },
    says: 'Being taken down',
    besideNothing: true,
  },
  {
    name: 'removed',
    change: { state: 'removed', networkId: '7', postedAt: now },
    says: 'Taken down',
    besideNothing: true,
  },
  { name: 'abandoned', change: { state: 'abandoned' }, says: 'Left as it is', besideNothing: true },
  {
    name: 'cancelled',
    change: { state: 'cancelled' },
    says: 'Cancelled',
    onDraft: 'aken off the plan',
    besideNothing: true,
  },
  ...HELD_REASONS.map((heldReason) => ({
    name: `held ${heldReason}`,
    change: { state: 'held' as const, heldReason },
    says: 'Held',
    why: WHY[heldReason],
    whyForHost: WHY_FOR_HOST[heldReason],
  })),
]

t.test('a part says where it is on every page, to the desk and to its host', async (t) => {
  const made = await testApp(t, { at: now.toISOString(), mode: 'live' })
  const { db } = made
  await anAccount(db, { now })
  const weekId = await aWeek(db, now, { accepted: true })
  const queued = await approved(db, { parts: ['Good morning'], dueAt, now, weekId, hosted: true })
  const { id } = queued.deliveries[0]!
  const waits = await aSubmittedDraft(db, {
    by: 'helen',
    text: 'Beside it',
    weekId: null,
    wishedAt: dueAt.toISOString(),
  })
  const readers = { desk: await made.visitor(LEAD.email), host: await made.visitor(PRIYA.email) }
  const clean: Change = { heldReason: null, trouble: null, notBefore: null, networkId: null, postedAt: null }
  for (const {
    name,
    change,
    says,
    why: whyAtDesk,
    whyForHost,
    onDraft,
    attempt,
    happened,
    besideNothing,
  } of rows) {
    await db.write(async (tx) => {
      await tx
        .update(deliveries)
        .set({ ...clean, state: 'waiting', ...change })
        .where(eq(deliveries.id, id))
      await tx.delete(attempts)
      const sent = { text: 'Good morning', replyTo: null, mediaIds: [] }
      if (attempt)
        await tx
          .insert(attempts)
          .values({ id: 'sent', deliveryId: id, fence: 1, sent, at: now, deadlineAt: now, ...attempt })
    })
    const queue = (await readers.desk.get(`/queue?draft=${waits}`)).body
    const beside = new RegExp(
      `15:00 “Good morning” \\(<a href="/deliveries/${id}">${lowerFirst(says)}[^<]*</a>\\)`,
    )
    t.equal(beside.test(queue), !besideNothing, `${name}: in the queue, beside what is to be decided`)
    for (const [who, visitor] of Object.entries(readers)) {
      const why = who === 'host' && whyForHost ? whyForHost : whyAtDesk
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
        if (page !== delivery && page !== draft) continue
        if (happened && !onDraft)
          t.match(body, happened, `${name}: what happened to it on ${page} for the ${who}`)
        const onX = body.includes('<a href="https://x.com/NorthDaleHealth/status/7">On X</a>')
        t.equal(
          onX,
          change.state === 'posted' || change.state === 'removing',
          `${name}: the way to it on ${page} for the ${who}`,
        )
      }
    }
  }
  t.same(new Set(rows.map(({ change }) => change.state ?? 'waiting')), new Set(DELIVERY_STATES))
})

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1)
}
