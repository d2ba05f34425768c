import t from 'tap'
import { costInWords, type Priced } from '../../src/drafts/cost-in-words.ts'
import { DEFAULT_PRICES } from '../../src/charges/charge.ts'
import { accounts } from '../../src/db/schema/index.ts'
import { testApp } from '../support/app.ts'
import { ACCOUNT, anAccount, APPROVER } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek } from '../support/submitted.ts'
import { charge } from '../../src/charges/charges.ts'

const account = { handle: 'NorthDaleHealth', prices: null }
const draft = (texts: string[], more: Partial<Priced> = {}): Priced => ({
  parts: texts.map((text) => ({ text, images: [] })),
  replyTo: null,
  answering: null,
  ...more,
})

t.test('what a draft costs, in words', async (t) => {
  const answer = (handle: string) => ({ replyTo: '502', answering: { handle } })
  const rows: [Priced, string][] = [
    [draft(['Good morning ^JA']), 'This post costs $0.015.'],
    [draft(['Read nhs.uk ^JA']), 'With its link this post costs $0.20 instead of $0.015.'],
    [draft(['One', 'Two']), 'This thread costs $0.03.'],
    [draft(['One', 'Two nhs.uk']), 'With its link this thread costs $0.215 instead of $0.03.'],
    [draft(['a.org', 'nhs.uk']), 'With its links this thread costs $0.40 instead of $0.03.'],
    [draft(['Thanks'], answer('mdunn')), 'This answer costs $0.01.'],
    [draft(['nhs.uk'], answer('mdunn')), 'With its link this answer costs $0.20 instead of $0.01.'],
    [draft(['And'], answer('northdalehealth')), 'This answer costs $0.015.'],
    [draft([], { parts: [{ text: 'Look', images: [{ alt: 'A car' }] }] }), 'This post costs $0.02.'],
  ]
  for (const [priced, words] of rows) t.equal(costInWords(priced, account, { sandbox: false }), words)
  t.equal(costInWords(rows[0]![0], account, { sandbox: true }), 'X would charge $0.015 for this post.')
  t.equal(
    costInWords(rows[1]![0], account, { sandbox: true }),
    'With its link X would charge $0.20 for this post instead of $0.015.',
  )
  const flat = { ...account, prices: { ...DEFAULT_PRICES, postWithLink: 15_000 } }
  t.equal(costInWords(rows[1]![0], flat, { sandbox: false }), 'This post costs $0.015.', 'a link no dearer')
})

t.test('who decides sees it before, and whether the budget has room for it', async (t) => {
  const { db, clock, visitor } = await testApp(t, { mode: 'live' })
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  const id = await aSubmittedDraft(db, { text: 'Read nhs.uk' })
  const owen = await visitor(APPROVER.email)
  const said = 'With its link this post costs $0.20 instead of $0.015.'
  t.match((await owen.get(`/queue?draft=${id}`)).body, said)
  t.match((await owen.get(`/drafts/${id}`)).body, said)
  t.notMatch((await owen.get(`/queue?draft=${id}`)).body, 'It would pass the month’s budget')
  const [row] = await db.read.select().from(accounts)
  await db.write(async (tx) => {
    await tx.update(accounts).set({ monthlyBudget: 500_000 })
    await charge(tx, row!, { kind: 'post-read', units: 70, at: clock.now() })
  })
  const { body } = await owen.get(`/queue?draft=${id}`)
  t.match(body, 'It would pass the month’s budget.')
  t.match(body, 'Of $0.50, $0.35 has been spent and $0.00 is needed for what is approved.')
})

t.test('who writes hears of it when a link makes it dearer, and else not', async (t) => {
  const { db, clock, visitor } = await testApp(t)
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  const dear = await aSubmittedDraft(db, { text: 'Read nhs.uk', state: 'writing' })
  const plain = await aSubmittedDraft(db, { text: 'Read on', state: 'writing' })
  const joseph = await visitor(JOSEPH.email)
  t.match(
    (await joseph.get(`/drafts/${dear}`)).body,
    'With its link X would charge $0.20 for this post instead of $0.015.',
  )
  t.notMatch((await joseph.get(`/drafts/${plain}`)).body, /X would charge/)
  t.equal((await db.read.select().from(accounts))[0]!.id, ACCOUNT)
})
