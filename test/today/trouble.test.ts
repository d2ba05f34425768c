import t, { type Test } from 'tap'
import type { FaultKind } from '../../src/networks/x-sandbox/client.ts'
import { connections, mails } from '../../src/db/schema/index.ts'
import { appOnStandIn } from '../support/app-on-stand-in.ts'
import { approved } from '../support/approved.ts'
import { deliveriesOfDrafts } from '../../src/publishing/deliveries.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'
import { JOSEPH, WEEK } from '../support/submitted.ts'

const at = (time: string) => new Date(`2026-11-18T${time}:00Z`)

/** Joseph's week on the stand-in while it misbehaves; what its pages say, without markup. */
async function world(tap: Test, policy: Parameters<typeof appOnStandIn>[1] = {}) {
  const made = await appOnStandIn(tap, policy)
  const { db, clock, x, visitor } = made
  const [helen, joseph] = [await visitor(LEAD.email), await visitor(JOSEPH.email)]
  const queue = (text: string, time: string, parts: string[] = [text]) =>
    approved(db, { parts, dueAt: at(time), now: clock.now(), weekId: WEEK, hosted: true })
  const fault = (kind: FaultKind, times: number | 'always' = 'always') =>
    x.addFault({ route: 'POST /2/tweets', kind, times })
  const says = async (who: typeof helen, url: string) => textOf((await who.get(url)).body)
  return { ...made, helen, joseph, queue, fault, says }
}

function textOf(html: string): string {
  return html
    .replace(/^[^]*<main/, '<main')
    .replace(/<\/main>[^]*$/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
}

t.test('while X takes no posts, every page says until when and how many wait', async (t) => {
  const { helen, joseph, queue, fault, says, goOn, publisher, clock } = await world(t)
  await fault('limited', 1)
  const first = await queue('The first', '10:42')
  await queue('The second', '10:42')
  await queue('The third', '10:50')
  await queue('Much later', '16:00')
  await goOn(1)

  const today = await says(helen, '/today')
  t.match(today, 'X takes no posts until 10:57; three wait')
  t.match(today, 'What waits goes out then by itself.')
  t.match(today, 'Waits for X until 10:57')
  t.notMatch(today, 'Goes out now')
  t.match(today, 'Goes out 16:00')
  const mine = await says(joseph, '/today')
  t.match(mine, 'X takes no posts until 10:57; three wait')
  t.notMatch(mine, 'Goes out now')
  for (const url of [`/drafts/${first.draftId}`, `/deliveries/${first.deliveries[0]!.id}`]) {
    const page = await says(helen, url)
    t.match(page, 'Waits for X until 10:57', url)
    t.match(page, 'X takes no posts until 10:57. It goes out then by itself.', url)
    t.match(page, /Goes out +today 10:57/, 'the time line too')
  }

  clock.pass(16)
  await publisher.run()
  await publisher.run()
  t.notMatch(await says(helen, '/today'), 'X takes no posts')
})

t.test(
  'a limit that meets a thread in the middle is told as one that meets it at its beginning',
  async (t) => {
    const { db, helen, joseph, queue, x, says, goOn, clock, publisher } = await world(t)
    await x.addFault({ route: 'POST /2/tweets', kind: 'limited', times: 1, skip: 1 })
    const thread = await queue('', '10:42', ['The beginning', 'The middle', 'The end'])
    await goOn(1)
    await goOn(1)
    const waits = /Waits for X until 10:5[78]/
    const states = async () => (await deliveriesOfDrafts(db.read, [thread.draftId])).map(({ state }) => state)
    t.strictSame(await states(), ['posted', 'waiting', 'waiting'])

    for (const who of [helen, joseph]) {
      const today = await says(who, '/today')
      t.match(today, /X takes no posts until 10:5[78]; one waits/)
      t.match(today, waits)
      t.notMatch(today, 'Nothing needs a look now')
    }
    for (const url of [`/drafts/${thread.draftId}`, `/deliveries/${thread.deliveries[1]!.id}`]) {
      const page = await says(helen, url)
      t.match(page, waits, url)
      t.match(page, /X takes no posts until 10:5[78]. It goes out then by itself./, url)
    }

    clock.pass(17)
    await goOn(1)
    await publisher.run()
    t.notMatch(await says(helen, '/today'), 'X takes no posts')
  },
)

t.test('a limit that ends too late says that people will be asked', async (t) => {
  const { helen, queue, fault, says, goOn } = await world(t, { policy: { lateAfterMinutes: 10 } })
  await fault('limited', 1)
  const { deliveries } = await queue('The first', '10:42')
  await goOn(1)
  t.match(await says(helen, '/today'), 'What is more than 10 minutes late is held, and you are asked.')
  t.match(
    await says(helen, `/deliveries/${deliveries[0]!.id}`),
    'By then it is too late: it is held 10 minutes',
  )
})

t.test('what is let go “now” says what will happen to it', async (t) => {
  const { helen, queue, fault, says, goOn, clock, publisher } = await world(t)
  await fault('limited', 1)
  const early = await queue('Too early', '09:30')
  await queue('Meets the limit', '10:42')
  await goOn(1)
  const page = `/deliveries/${early.deliveries[0]!.id}`
  t.match(await says(helen, page), 'It could not go out in time')
  const release = async () => {
    const { body } = await helen.get(page)
    const value = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(body)![1]!
    const sent = { version: value('version'), fingerprint: value('fingerprint'), when: 'now' }
    t.equal((await helen.post(page, `${page}/release`, sent)).statusCode, 303)
    return says(helen, page)
  }
  const said = await release()
  t.match(said, 'X takes no posts until 10:57. It goes out then.')
  t.notMatch(said, 'It goes out now')
  t.match((await helen.get(page)).body, /<main[^>]+data-refresh=/, 'and the page looks again by itself')

  clock.pass(20)
  await publisher.run()
  t.match(await says(helen, page), 'It went out')
})

t.test('what X answers is told in plain words; its own stand in the time line’s small print', async (t) => {
  const { helen, queue, fault, says, goOn } = await world(t)
  await fault('unavailable-before', 1)
  const { deliveries, draftId } = await queue('The first', '10:42')
  await goOn()
  const page = `/deliveries/${deliveries[0]!.id}`
  t.match(await says(helen, page), 'X answered that something was wrong at its own end.')
  t.match((await helen.get(page)).body, /<small>[^]*?X’s own words: “Service Unavailable”<\/small>/)
  const today = await says(helen, '/today')
  t.match(today, 'X answered that something was wrong at its own end.')
  t.match(today, '1 being checked', 'in the strip of the week')
  for (const text of [today, (await says(helen, `/drafts/${draftId}`)).replace(/X’s own words: “[^”]+”/, '')])
    t.notMatch(text, 'Service Unavailable')
})

t.test('no credit is one thing on Today, with its posts in it, a thread being one', async (t) => {
  const { helen, queue, fault, says, goOn } = await world(t)
  await fault('credit')
  await queue('The first', '10:42')
  await queue('A thread', '10:43', ['A thread', 'And its end'])
  await goOn(2)
  await goOn()
  const today = await says(helen, '/today')
  t.match(today, 'One thing needs a look now')
  t.match(today, 'The credit with X is used up; two posts are held')
  t.equal(today.match(/The credit with X is used up/g)?.length, 1)
  const { body } = await helen.get('/today')
  t.equal(body.match(/<li><a href="\/deliveries\//g)?.length, 2)
  t.notMatch(today, 'Your enrolled account')
})

t.test('a lost permission: a lead is asked, an approver is told that a lead must', async (t) => {
  const { helen, visitor, queue, fault, says, goOn, db, clock } = await world(t)
  const owen = await visitor(APPROVER.email)
  await goOn()
  t.match(await says(helen, '/today'), 'Replies read 10:42')
  await fault('unauthorised')
  const { deliveries } = await queue('The first', '10:42')
  await goOn(1)
  const today = await says(helen, '/today')
  t.match(today, '@NorthDaleHealth has to be connected to X again')
  t.match(
    today,
    'Until it is connected again, nothing goes out and no reply is read. Replies were last read 10:42. One post is held; it goes out then, unless it is too late.',
  )
  t.match(today, 'Connect the account')
  t.notMatch(today, 'Replies read 10:42')
  const approver = await says(owen, '/today')
  t.match(approver, 'Until a lead connects it again, nothing goes out')
  t.notMatch(approver, 'Connect the account')
  t.match(await says(helen, `/accounts/${ACCOUNT}`), 'X asks you to connect again')
  const seen = await says(owen, `/accounts/${ACCOUNT}`)
  t.match(seen, 'A lead must connect it again')
  t.notMatch(seen, 'X asks you')
  const held = await says(helen, `/deliveries/${deliveries[0]!.id}`)
  t.match(
    held,
    'The account is not connected to X. X did not take the account’s permission. When a lead connects it',
  )
  t.match(held, 'Connect the account')
  t.notMatch(held, 'It is held until a lead connects it', 'said above')
  t.notMatch(await says(owen, `/deliveries/${deliveries[0]!.id}`), 'Connect the account')
  clock.pass(31)
  t.match(await says(helen, '/today'), 'Too late by now: The first')
  for (const text of [today, seen, held.replace(/X’s own words: “[^”]+”/g, '')])
    t.notMatch(text, 'Unauthorized')
  for (const { text } of await db.read.select().from(mails)) t.notMatch(text, 'Unauthorized')
})

t.test('what waited for a limit until it was too late says that as its reason', async (t) => {
  const { helen, queue, fault, says, goOn, clock, publisher } = await world(t, {
    policy: { lateAfterMinutes: 10 },
  })
  await fault('limited', 1)
  const { deliveries } = await queue('The first', '10:42')
  await goOn(1)
  clock.pass(11)
  await publisher.run()
  t.match(
    await says(helen, `/deliveries/${deliveries[0]!.id}`),
    'It could not go out in time. X asked the account to wait before it posts more. Does it still make sense?',
  )
})

t.test('what somebody took off the plan says so, in the host’s plan and on its page', async (t) => {
  const { helen, joseph, queue, says } = await world(t)
  const { draftId, deliveries } = await queue('The first', '16:00')
  t.match(await says(joseph, '/today'), 'Move: The first'.slice(0, 4))
  const page = `/deliveries/${deliveries[0]!.id}`
  await helen.post(page, `${page}/cancellation`, { version: String(deliveries[0]!.version) })
  const mine = await says(joseph, '/today')
  t.match(mine, /The first.*Cancelled/)
  t.notMatch(mine, 'Approved')
  t.notMatch(mine, 'Move')
  const read = await says(joseph, `/drafts/${draftId}`)
  t.match(read, 'It was approved, and Helen Marsh took it off the plan today at 10:42.')
  t.match(read, /^\s*.{0,40}Cancelled/)
})

t.test('a host is told of what is held, whatever else is to come', async (t) => {
  const { joseph, queue, fault, says, goOn } = await world(t)
  await fault('credit')
  await queue('The first', '10:42')
  await goOn(1)
  const held = await says(joseph, '/today')
  t.match(held, 'One post of yours has not gone out as planned.')
  t.match(held, 'One post does not go out as planned')
  t.match(held, 'The team knows, and decides what becomes of it.')
  t.notMatch(held, 'Nothing is on its way')
  await queue('Much later', '16:00')
  const both = await says(joseph, '/today')
  t.match(both, 'One post of yours has not gone out as planned.')
  t.match(both, 'Next, at 16:00')
  t.match(
    both,
    /Not out as planned The first +Held for today 10:42 The account can’t post to X at the moment\./,
  )
  t.match(both, 'The team knows, and sees to it. You don’t have to do anything.')
})

t.test('a lead’s disconnecting is told with what it holds, each thing once', async (t) => {
  const { db, helen, joseph, queue, says, goOn } = await world(t)
  const page = `/accounts/${ACCOUNT}/disconnection`
  t.equal((await helen.post(page, page)).statusCode, 303)
  const { deliveries } = await queue('The first', '10:42')
  await goOn(1)
  const once =
    'The account is not connected to X. When a lead connects it, what is not too late by then goes out'
  t.match(await says(helen, `/deliveries/${deliveries[0]!.id}`), once)
  const told = (await db.read.select().from(mails)).filter(({ kind }) => kind === 'delivery-trouble')
  t.same(told.map(({ to }) => to).toSorted(), [LEAD.email, APPROVER.email].toSorted())
  t.match(told[0], { subject: 'A post of @NorthDaleHealth is held: not connected to X', text: once })
  t.match(
    await says(helen, `/drafts/${deliveries[0]!.draftId}`),
    /Held : The account is not connected to X\. +today 10:42/,
  )
  await queue('Much later', '16:00')
  t.match(await says(joseph, '/today'), 'Not out as planned The first')
})

t.test('while the brake is on, a host still reads of one that nobody knows', async (t) => {
  const { helen, joseph, queue, fault, x, says, publisher } = await world(t)
  await fault('drop-before', 1)
  await x.addFault({ route: 'GET /2/users/:id/tweets', kind: 'empty', times: 'always' })
  await queue('The first', '10:42')
  await queue('Much later', '16:00')
  await publisher.run()
  await helen.post('/today', `/accounts/${ACCOUNT}/brake`)
  const mine = await says(joseph, '/today')
  t.match(mine, '@NorthDaleHealth is paused')
  t.match(mine, /Not out as planned The first +Being checked/)
  t.notMatch(mine, /Not out as planned.*Much later.*Came back/)
})

t.test('of one that nobody knows, its draft leads whoever decides to the answers', async (t) => {
  const { helen, joseph, queue, fault, x, says, publisher, clock } = await world(t)
  await fault('drop-before', 1)
  await x.addFault({ route: 'GET /2/users/:id/tweets', kind: 'empty', times: 'always' })
  const { draftId, deliveries } = await queue('The first', '10:42')
  await queue('Much later', '16:00')
  await publisher.run()
  t.match(await says(joseph, '/today'), 'We look whether it stands there. Please don’t write it again')
  t.notMatch(await says(helen, `/drafts/${draftId}`), 'Say what became of it')
  for (let look = 0; look < 5; look += 1) {
    clock.pass(1)
    await publisher.run()
  }
  t.match(await says(helen, '/today'), 'Say what became of it')
  t.match(
    await says(joseph, '/today'),
    'so nobody knows whether it stands there. Please don’t write it again',
  )
  const draft = (await helen.get(`/drafts/${draftId}`)).body
  t.match(
    draft,
    new RegExp(`<a class="button"[^>]*href="/deliveries/${deliveries[0]!.id}"[^>]*>Say what became of it`),
  )
  t.notMatch(await says(joseph, `/drafts/${draftId}`), 'Say what became of it')
})

t.test('the desk is told when a host takes something down, and so is who reads its draft', async (t) => {
  const { db, helen, joseph, queue, says, goOn, clock, x } = await world(t)
  const { draftId, deliveries } = await queue('A thread', '10:42', ['A thread', 'And its end'])
  for (let look = 0; look < 3; look += 1) await goOn()
  const page = `/deliveries/${deliveries[0]!.id}/removal`
  const seen = /name="seen" value="([^"]*)"/.exec((await joseph.get(page)).body)![1]!
  t.equal(seen, 'posted posted')
  const reason = 'Somebody can be recognised.'
  t.equal((await joseph.post(page, page, { seen, scope: 'thread', reason })).statusCode, 303)
  const asked = await says(helen, `/deliveries/${deliveries[0]!.id}`)
  t.match(asked, 'Asked to be taken down')
  t.notMatch(asked, 'Ask X now', 'it was not tried yet')
  const today = await says(helen, '/today')
  t.match(today, 'Joseph Adeyemi took down two parts of a thread')
  t.match(today, `Joseph Adeyemi says why: “${reason}”`)
  const told = (await db.read.select().from(mails)).filter(({ kind }) => kind === 'post-taken-down')
  t.same(told.map(({ to }) => to).toSorted(), [LEAD.email, APPROVER.email].toSorted())
  t.match(told[0], {
    subject: 'Joseph Adeyemi took down a thread of @NorthDaleHealth',
    text: /A thread[^]*And its end[^]*Somebody can be recognised/,
  })
  t.match(
    await says(helen, `/drafts/${draftId}`),
    /What was said.*Somebody can be recognised\. Joseph Adeyemi took two parts down/,
  )
  await x.addFault({ route: 'DELETE /2/tweets/:id', kind: 'unavailable-before', times: 'always' })
  await goOn()
  t.match(await says(helen, `/deliveries/${deliveries[1]!.id}`), 'Ask X now', 'the last part goes first')
  clock.pass(24 * 60)
  t.notMatch(await says(helen, '/today'), 'took down')
})

t.test('a thread that broke in the middle is told as one, on Today and by mail', async (t) => {
  const { db, helen, queue, x, says, goOn } = await world(t)
  await x.addFault({ route: 'POST /2/tweets', kind: 'credit', times: 'always', skip: 1 })
  await queue('', '10:42', ['The beginning', 'The middle', 'The end'])
  await goOn(1)
  await goOn(1)
  const today = await says(helen, '/today')
  t.match(today, 'Part two of three of a thread that has begun: The middle')
  const sent = await db.read.select().from(mails)
  const mail = sent.find(({ kind, to }) => kind === 'delivery-trouble' && to === LEAD.email)!
  t.match(
    mail.text,
    'It is part two of a thread of three, of which part one has gone out already. The credit',
  )
})

t.test('what X refuses in the middle of a thread says what stands already', async (t) => {
  const { helen, queue, x, says, goOn } = await world(t)
  await x.addFault({ route: 'POST /2/tweets', kind: 'unavailable-before', times: 1, skip: 1 })
  await queue('', '10:42', ['The beginning', 'The middle'])
  await goOn()
  await goOn(1)
  const today = await says(helen, '/today')
  t.match(today, 'It is part two of a thread of two, of which part one has gone out already.')
})

t.test('while the account is not connected, a host reads that nothing goes out', async (t) => {
  const { db, joseph, queue, says } = await world(t)
  await queue('In the afternoon', '16:00')
  t.match(await says(joseph, '/today'), 'Goes out 16:00')
  await db.write(async (tx) => void (await tx.update(connections).set({ state: 'none' })))
  const today = await says(joseph, '/today')
  t.match(today, 'Not connected The account is not connected to X at the moment, so nothing goes out.')
})

t.test(
  'what follows a part that is being checked waits for it, and is not to be decided first',
  async (t) => {
    const { helen, queue, fault, says, goOn } = await world(t)
    await fault('drop-after', 1)
    const { draftId, deliveries } = await queue('', '10:42', ['The beginning', 'The end'])
    await goOn()
    const page = await says(helen, `/drafts/${draftId}`)
    t.match(page, 'Part one may have gone out or not and part two is held.')
    t.match(page, 'It waits until the part before it stands on X.')
    t.notMatch(page, 'did not go out')
    t.notMatch(page, 'Let it go, or cancel it')
    const second = await says(helen, `/deliveries/${deliveries[1]!.id}`)
    t.match(
      second,
      'Part one is being checked. Once it is known to stand on X, what follows it goes by itself.',
    )
    t.notMatch(second, 'At this time')
  },
)

t.test('without credit, what is too late by now no longer says that it may go by itself', async (t) => {
  const { helen, queue, fault, says, goOn, clock } = await world(t)
  await fault('credit')
  const { draftId, deliveries } = await queue('The walk', '10:42')
  await goOn(1)
  const pages = [`/drafts/${draftId}`, `/deliveries/${deliveries[0]!.id}`]
  for (const url of pages)
    t.match(await says(helen, url), 'what is not too late by then goes out by itself', url)
  clock.pass(31)
  for (const url of pages)
    t.match(
      await says(helen, url),
      'By now it is too late for it to go out by itself: let it go when it can',
      url,
    )
  t.match(await says(helen, '/today'), 'Too late by now: The walk')
})

t.test(
  'the brake in the middle of a thread: what has gone out is said before somebody decides',
  async (t) => {
    const { helen, joseph, queue, x, says, goOn } = await world(t)
    await x.addFault({ route: 'POST /2/tweets', kind: 'limited', times: 1, skip: 1 })
    const { draftId } = await queue('', '10:42', ['The beginning', 'The end'])
    await goOn(1)
    await goOn(1)
    await helen.post('/today', `/accounts/${ACCOUNT}/brake`)
    const rest = 'the rest of a thread of two, of which part one has gone out'
    for (const page of ['brake', 'brake/release'])
      t.match(await says(helen, `/accounts/${ACCOUNT}/${page}`), rest, page)
    t.match(await says(helen, `/drafts/${draftId}`), 'Go on with part two')
    t.notMatch(await says(joseph, `/drafts/${draftId}`), 'Go on with part two', 'the team decides')
  },
)
