import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import t from 'tap'
import type { LivePolicy } from '../../src/accounts/account.ts'
import { accounts, drafts, mails } from '../../src/db/schema/index.ts'
import { deliveriesOfDrafts } from '../../src/publishing/deliveries.ts'
import { liveWindowsOf } from '../../src/rota/live-windows.ts'
import { testApp } from '../support/app.ts'
import { anAccount, APPROVER, LEAD } from '../support/story.ts'
import { anOpenDay, JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const LIVE = `/weeks/${WEEK}/live`
const photo = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#246' } })
  .jpeg()
  .toBuffer()

async function anEvent(t: Parameters<typeof testApp>[0], live: LivePolicy, at = '2026-11-18T10:42:00Z') {
  const world = await testApp(t, { at })
  await anAccount(world.db, { now: world.clock.now(), policy: { live } })
  await josephsWeek(world.db)
  await anOpenDay(world.db)
  const everyone = { host: JOSEPH.email, approver: APPROVER.email, lead: LEAD.email }
  const [host, approver, lead] = await Promise.all(Object.values(everyone).map((one) => world.visitor(one)))
  return { ...world, host: host!, approver: approver!, lead: lead! }
}

const idIn = (page: string) => /name="id" value="([^"]+)"/.exec(page)![1]!

t.test('a photo with words goes out from the event without a script', async (t) => {
  const { host, db } = await anEvent(t, 'at-once')
  const { body } = await host.get(LIVE)
  t.match(body, /Open day[^]*Main entrance, 10:00 to 13:00\. What you post goes out at once\./)
  t.match(body, /type="file"[^>]*capture="environment"/)
  const id = idIn(body)
  const fields = { id, text: 'The boiler room.', alt: 'A boiler', hashtag: 'yes' }
  const sent = await host.upload(LIVE, LIVE, fields, { photo: { name: 'a.jpg', bytes: photo } })
  t.match(sent, { statusCode: 303, headers: { location: LIVE } })
  t.match(await deliveriesOfDrafts(db.read, [id]), [
    {
      state: 'waiting',
      payload: { text: 'The boiler room. #NorthDaleOpen ^JA', images: [{ alt: 'A boiler' }] },
    },
  ])
  const after = (await host.get(LIVE)).body
  t.match(
    after,
    /It goes out now\.[^]*10:42[^]*The boiler room\. #NorthDaleOpen[^]*with a photo[^]*Goes out now/,
  )
  const again = await host.upload(LIVE, LIVE, fields, { photo: { name: 'a.jpg', bytes: photo } })
  t.equal(again.statusCode, 303, 'the same form once more')
  t.equal(await db.read.$count(drafts), 1)
})

t.test('what can’t be taken comes back with what was typed, and with its photo', async (t) => {
  const { host, db } = await anEvent(t, 'at-once')
  const id = randomUUID()
  const fields = { id, text: 'The boiler room.', alt: '', hashtag: 'yes' }
  const sent = await host.upload(LIVE, LIVE, fields, { photo: { name: 'a.jpg', bytes: photo } })
  t.equal(sent.statusCode, 422)
  t.match(sent.body, /<a href="#alt">Describe the image[^]*>\nThe boiler room\.<\/textarea>/)
  const hash = /name="hash" value="(\w{64})"/.exec(sent.body)?.[1]
  t.ok(hash)
  t.equal((await host.post(LIVE, LIVE, { ...fields, alt: 'A boiler', hash: hash! })).statusCode, 303)
  t.match(await deliveriesOfDrafts(db.read, [id]), [{ payload: { images: [{ hash, alt: 'A boiler' }] } }])
})

t.test('who approves has the newest on top, and lets it go with one press', async (t) => {
  const { host, approver, db, clock } = await anEvent(t, 'lane')
  const [first, second] = [randomUUID(), randomUUID()]
  await host.post(LIVE, LIVE, { id: first, text: 'One.' })
  clock.pass(1)
  await host.post(LIVE, LIVE, { id: second, text: 'Two.' })
  const { body } = await approver.get(LIVE)
  t.match(body, /Waits for you[^]*Two\.[^]*>Approve<[^]*One\./)
  t.notMatch(body, /data-live-form/, 'the form is the host’s')
  const seen = [
    ...body.matchAll(/name="draft" value="([^"]+)"><input type="hidden" name="fingerprint" value="([^"]+)"/g),
  ]
  t.same(
    seen.map(([, id]) => id),
    [second, first],
  )
  const [, draft, fingerprint] = seen[0]!
  const stale = await approver.post(LIVE, `${LIVE}/approvals`, { draft: first, fingerprint: fingerprint! })
  t.equal(stale.statusCode, 409)
  const approved = await approver.post(LIVE, `${LIVE}/approvals`, {
    draft: draft!,
    fingerprint: fingerprint!,
  })
  t.match(approved, { statusCode: 303, headers: { location: LIVE } })
  t.match(await deliveriesOfDrafts(db.read, [second]), [{ state: 'waiting', dueAt: clock.now() }])
  t.equal((await deliveriesOfDrafts(db.read, [first])).length, 0)
})

t.test('who approves stops within the delay, and then it waits for people', async (t) => {
  const { host, approver, db } = await anEvent(t, 'delay')
  const id = randomUUID()
  await host.post(LIVE, LIVE, { id, text: 'Tour two.' })
  t.match((await host.get(LIVE)).body, /Goes out in 2 min[^]*Take it back/)
  t.match((await approver.get(LIVE)).body, /Goes out unless you stop it[^]*10:44[^]*Tour two\.[^]*>Stop it</)
  const refused = await host.post(LIVE, `${LIVE}/stops`, { draft: id })
  t.equal(refused.statusCode, 403)
  t.equal((await approver.post(LIVE, `${LIVE}/stops`, { draft: id })).statusCode, 303)
  t.match(await deliveriesOfDrafts(db.read, [id]), [{ state: 'cancelled' }])
  t.match((await approver.get(LIVE)).body, /Waits for you[^]*Tour two\./)
})

t.test('the page says when it opens and closes, and stays open for longer with one press', async (t) => {
  const { host, lead, approver, db, clock } = await anEvent(t, 'at-once', '2026-11-18T09:12:00Z')
  const before = (await host.get(LIVE)).body
  t.match(before, /Opens today 10:00[^]*You can post live from today 10:00 on, in 48 minutes\./)
  t.notMatch(before, /data-live-form/)
  t.match(
    (await host.get('/today')).body,
    new RegExp(`href="${LIVE}"[^>]*>Live<`),
    'an hour before it is on the masthead',
  )
  const early = {
    version: '0',
    do: 'times',
    fromDay: '2026-11-18',
    from: '09:00',
    toDay: '2026-11-18',
    to: 'half one',
  }
  const action = `${LIVE}/windows/open-day`
  const wrong = await lead.post(LIVE, action, early)
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, /<a href="#to-open-day">Choose a time<\/a>|#to-open-day/)
  t.equal((await lead.post(LIVE, action, { ...early, to: '13:30' })).statusCode, 303)
  t.match((await host.get(LIVE)).body, /Live until 13:30[^]*data-live-form/)
  t.equal((await approver.post(LIVE, action, { version: '1', do: 'extend' })).statusCode, 403)
  t.equal((await host.post(LIVE, action, { version: '1', do: 'extend', minutes: '60' })).statusCode, 303)
  t.match(await liveWindowsOf(db.read, WEEK), [{ endsAt: new Date('2026-11-18T14:30:00Z') }])
  t.match((await lead.get('/activity')).body, /let Open day be live from/)
  clock.moveTo(new Date('2026-11-18T14:30:00Z'))
  t.match((await host.get(LIVE)).body, /Closed today 14:30[^]*is not live any more/)
})

t.test('what the script sends is answered in words that it can show', async (t) => {
  const { host } = await anEvent(t, 'at-once')
  const token = /name="_csrf" value="([^"]+)"/.exec((await host.get(LIVE)).body)![1]!
  const send = (fields: Record<string, string>) =>
    host.request({
      method: 'POST',
      url: LIVE,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
        accept: 'application/json',
      },
      payload: new URLSearchParams({ _csrf: token, ...fields }).toString(),
    })
  const id = randomUUID()
  const press = { id, text: 'From the lift.', hashtag: 'yes', pressed: '2026-11-18T10:20:00.000Z' }
  t.same((await send(press)).json(), { taken: true })
  t.same((await send(press)).json(), { taken: true }, 'its answer was lost, so it comes again')
  const empty = await send({ id: randomUUID(), text: '' })
  t.equal(empty.statusCode, 422)
  t.match(empty.json(), { taken: false, why: /./ })
  t.match((await send({ ...press, text: 'Other words.' })).json(), { taken: false, why: /posted already/ })
})

t.test('what the checks found is said to the host and to who approves, and in the mail', async (t) => {
  const { host, approver, db } = await anEvent(t, 'at-once')
  const found = '01632 960123 looks like a phone number.'
  const id = randomUUID()
  const sent = await host.post(LIVE, LIVE, { id, text: 'Ring the ward: 01632 960123.' })
  t.equal(sent.statusCode, 303, 'it is taken all the same')
  t.same(await deliveriesOfDrafts(db.read, [id]), [], 'and people look at it first')
  const page = (await host.get(LIVE)).body
  t.match(page, `Taken. It waits for somebody to approve it. ${found}`)
  t.match(page, `<p class="live-found">${found}</p>`, 'beside what was said')
  t.match(page, /data-check-context="[^"]*known/, 'the phone can say it before the press')
  const told = (await db.read.select().from(mails)).filter(({ kind }) => kind === 'live-posted')
  t.match(told, [{ text: `The checks found:\n- ${found}` }, { text: found }])
  const lane = (await approver.get(LIVE)).body
  t.match(lane, new RegExp(`Waits for you[^]*${found.replaceAll('.', '\\.')}[^]*>Approve<`), 'as advice')
  t.notMatch((await host.get(LIVE)).body, 'It is a public number', 'the host has no time for answers')
})

t.test('a check that binds keeps it back until somebody answers it, on the live page itself', async (t) => {
  const { host, approver, db } = await anEvent(t, 'lane')
  const rules = (level: 'answer' | 'never') => ({ levels: { 'phone-number': level }, secondApprover: false })
  await db.write(async (tx) => void (await tx.update(accounts).set({ checkRules: rules('answer') })))
  const id = randomUUID()
  await host.post(LIVE, LIVE, { id, text: 'Ring the ward: 01632 960123.' })
  const lane = (await approver.get(LIVE)).body
  t.match(lane, 'It can be approved once what the checks found is answered')
  t.notMatch(lane, '>Approve<')
  const answer = /name="answer" value="(0 phone-number:[^"]+)"/.exec(lane)![1]!
  const answered = await approver.post(LIVE, `/drafts/${id}/answers`, { answer, from: 'live' })
  t.equal(answered.headers.location, LIVE)
  t.match((await approver.get(LIVE)).body, /“It is a public number\.”[^]*>Approve</)
  await db.write(async (tx) => void (await tx.update(accounts).set({ checkRules: rules('never') })))
  const refused = await host.post(LIVE, LIVE, { id: randomUUID(), text: 'Or 01632 960124.' })
  t.equal(refused.statusCode, 422)
  t.match(refused.body, /01632 960124 looks like a phone number\. Put it right first\.[^]*Or 01632 960124\./)
})
