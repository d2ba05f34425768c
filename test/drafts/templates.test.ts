import { eq, isNotNull } from 'drizzle-orm'
import t, { type Test } from 'tap'
import {
  DEFAULT_TEMPLATES,
  fillTemplate,
  TEMPLATE_KINDS,
  whyNotTemplate,
} from '../../src/accounts/post-templates.ts'
import { accounts, drafts, mails, weeks } from '../../src/db/schema/index.ts'
import { cancelWeek } from '../../src/drafts/week/cancel-week.ts'
import { replaceHost } from '../../src/drafts/week/replace-host.ts'
import { nextWeekPost, tendWeekPosts } from '../../src/drafts/templates/tend-week-posts.ts'
import { deliveriesOfDrafts } from '../../src/publishing/deliveries.ts'
import { weightOf } from '../../src/drafts/weight.ts'
import { PUBLIC_URL, testApp } from '../support/app.ts'
import { actorWith, aHost, aWeek, MEI, PRIYA } from '../support/bookings.ts'
import { testClock } from '../support/clock.ts'
import { scriptedNetwork } from '../support/network.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { revisionsOf } from '../support/submitted.ts'

const AT = '2026-11-19T12:00:00Z'
const SETTINGS = `/accounts/${ACCOUNT}`

/** What a page says, without its tags. */
const wordsIn = (html: string) => html.replaceAll(/<[^>]+>/g, '').replaceAll(/\s+/g, ' ')

/** On the Thursday before Priya's week of Monday 23 November, which opens at 9:00. */
async function world(t: Test) {
  const made = await testApp(t, { at: AT, network: scriptedNetwork(testClock(AT)) })
  const { db, clock } = made
  await anAccount(db, { now: clock.now() })
  const host = aHost(PRIYA.name, { job: 'dietitian', organisation: 'North General' })
  const weekId = await aWeek(db, clock.now(), { accepted: true, host, theme: 'Supper' })
  const tend = async (at?: string) => {
    if (at) clock.moveTo(new Date(at))
    await tendWeekPosts(db, { now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL })
    return fromTemplates()
  }
  const fromTemplates = () =>
    db.read.select().from(drafts).where(isNotNull(drafts.template)).orderBy(drafts.createdAt)
  const account = async () => (await db.read.select().from(accounts))[0]!
  const reword = async (words: Record<string, string>) => {
    const helen = await made.visitor(LEAD.email)
    const fields = { ...DEFAULT_TEMPLATES, ...words, version: String((await account()).version) }
    return helen.post(SETTINGS, `${SETTINGS}/templates`, fields)
  }
  return { ...made, weekId, tend, fromTemplates, account, reword }
}

t.test(
  'the introduction and the sign-off wait for a decision by themselves, once, and never go out without one',
  async (t) => {
    const { db, clock, tend, visitor } = await world(t)
    t.same(await tend(), [], 'not four days ahead')
    t.same(await nextWeekPost(db.read, clock.now()), new Date('2026-11-20T09:00:00Z'))
    const [introduction, ...others] = await tend('2026-11-20T09:00:00Z')
    t.same(others, [])
    t.match(introduction, {
      state: 'submitted',
      authorId: null,
      template: 'introduction',
      wishedAt: new Date('2026-11-23T08:30:00Z'),
      signOff: '',
    })
    t.equal(
      introduction!.content.parts[0]!.text,
      'This week, 23 to 27 November, @NorthDaleHealth is in the hands of Priya Nair.\nDietitian, North General\nThe theme: Supper\nSay hello, and ask! #NorthDaleWeek',
    )
    t.equal((await tend()).length, 1, 'once')
    const told = await db.read.select().from(mails).where(eq(mails.kind, 'draft-submitted'))
    t.same(new Set(told.map(({ personId }) => personId)), new Set([LEAD.id, APPROVER.id]))
    t.match(told[0]!.subject, /^A draft from a template waits for Monday 23 November, 8:30/)

    t.same(await deliveriesOfDrafts(db.read, [introduction!.id]), [], 'nothing is on its way')
    const owen = await visitor(APPROVER.email)
    const queue = await owen.get(`/queue?draft=${introduction!.id}`)
    const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(queue.body)![1]!
    t.match(wordsIn(queue.body), '@NorthDaleHealth')
    t.match(wordsIn(queue.body), 'it stays here. It does not go out late by itself.')
    const page = wordsIn((await owen.get(`/drafts/${introduction!.id}`)).body)
    t.match(page, 'Written by @NorthDaleHealth from its template, today 9:00.')
    await owen.post('/queue', `/drafts/${introduction!.id}/approval`, { fingerprint })
    const [delivery] = await deliveriesOfDrafts(db.read, [introduction!.id])
    t.match(delivery, { state: 'waiting', dueAt: new Date('2026-11-23T08:30:00Z') })

    const both = await tend('2026-11-26T18:00:00Z')
    t.match(both[1], { template: 'sign-off', state: 'submitted', wishedAt: new Date('2026-11-27T18:00:00Z') })
    t.equal(
      both[1]!.content.parts[0]!.text,
      'Priya Nair hands @NorthDaleHealth back now. Thank you for the week, and to everybody who read, asked and answered!',
      'what comes next is left out while nothing is announced',
    )
    const record = wordsIn((await owen.get('/activity')).body)
    t.match(record, /The account began “This week, 23 to 27 November.*from a template/)
  },
)

t.test('what was approved and is not true any more goes back into the queue, and says why', async (t) => {
  const { db, clock, tend, visitor, weekId } = await world(t)
  const mei = await aWeek(db, clock.now(), { slot: '2026-11-30', who: MEI, accepted: true, theme: 'Skin' })
  await db.write(async (tx) => void (await tx.delete(mails)))
  const owen = await visitor(APPROVER.email)
  const ofKind = async (template: string) => (await tend()).find((one) => one.template === template)!
  const approve = async (id: string) => {
    const queue = await owen.get(`/queue?draft=${id}`)
    const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(queue.body)![1]!
    t.equal((await owen.post('/queue', `/drafts/${id}/approval`, { fingerprint })).statusCode, 303)
  }
  const statesOf = async (id: string) => (await deliveriesOfDrafts(db.read, [id])).map(({ state }) => state)

  await tend('2026-11-20T09:00:00Z')
  const introduction = await ofKind('introduction')
  await approve(introduction.id)
  t.equal((await ofKind('introduction')).state, 'approved', 'it stays approved while it is true')
  await db.write((tx) => tx.update(weeks).set({ theme: 'Breakfast' }).where(eq(weeks.id, weekId)))
  const anew = await ofKind('introduction')
  t.match(anew, { state: 'submitted', changedBy: null })
  t.match(anew.content.parts[0]!.text, 'The theme: Breakfast')
  t.same(await statesOf(introduction.id), ['cancelled'])

  await tend('2026-11-26T18:00:00Z')
  const signOff = await ofKind('sign-off')
  t.match(signOff.content.parts[0]!.text, `Next: ${MEI.name}`)
  await approve(signOff.id)
  t.same(await statesOf(signOff.id), ['waiting'])
  const actor = await actorWith(db, LEAD.email, clock.now())
  const { version } = (await db.read.select().from(weeks).where(eq(weeks.id, mei)))[0]!
  await cancelWeek(db, {
    weekId: mei,
    version,
    actor,
    now: clock.now(),
    machineNow: clock.machine(),
    reason: '',
  })
  const back = await ofKind('sign-off')
  t.equal(back.state, 'submitted')
  t.notMatch(back.content.parts[0]!.text, MEI.name, 'it says what is true now')
  t.same(await statesOf(signOff.id), ['cancelled'], 'and nothing of it goes out')
  const why = `It names ${MEI.name}, who is not the next host any more: who comes next is open.`
  const told = (await db.read.select().from(mails)).filter(({ subject }) =>
    subject.startsWith('Approved, and not'),
  )
  t.same(
    told.map(({ to, text }) => [to, text.includes(why)]),
    [
      [LEAD.email, false],
      [APPROVER.email, false],
      [LEAD.email, true],
      [APPROVER.email, true],
    ],
  )
  t.match(wordsIn((await owen.get(`/queue?draft=${signOff.id}`)).body), why)
  await approve(signOff.id)
  t.equal((await ofKind('sign-off')).state, 'approved', 'and it is decided once more')
})

t.test('words of somebody’s own that name who comes next are left, and put back', async (t) => {
  const { db, clock, tend, visitor } = await world(t)
  const mei = await aWeek(db, clock.now(), { slot: '2026-11-30', who: MEI, accepted: true })
  const helen = await visitor(LEAD.email)
  const owen = await visitor(APPROVER.email)
  await tend('2026-11-26T18:00:00Z')
  const { id, version: first } = (await tend()).find((one) => one.template === 'sign-off')!
  await helen.post(`/drafts/${id}`, `/drafts/${id}/withdrawal`, { version: String(first) })
  const version = /name="version" value="(\d+)"/.exec((await helen.get(`/drafts/${id}`)).body)![1]!
  const text = `Bye from Priya. On Monday ${MEI.name} takes over.`
  const fields = { 'part-1-text': text, 'sign-off': '', when: 'soon', version }
  t.equal((await helen.post(`/drafts/${id}`, `/drafts/${id}/submission`, fields)).statusCode, 303)
  const queue = await owen.get(`/queue?draft=${id}`)
  const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(queue.body)![1]!
  await owen.post('/queue', `/drafts/${id}/approval`, { fingerprint })
  const now = async () => (await tend()).find((one) => one.id === id)!
  t.equal((await now()).state, 'approved')
  await db.write((tx) => tx.update(weeks).set({ state: 'cancelled' }).where(eq(weeks.id, mei)))
  t.match(await now(), { state: 'submitted', content: { parts: [{ text }] } })
})

t.test('what nobody decides is put away a day after its time', async (t) => {
  const { db, clock, tend } = await world(t)
  await tend('2026-11-20T09:00:00Z')
  t.match(await tend('2026-11-24T08:29:00Z'), [{ state: 'submitted' }])
  t.same(await nextWeekPost(db.read, clock.now()), new Date('2026-11-24T08:30:00Z'))
  t.match(await tend('2026-11-24T08:30:00Z'), [{ state: 'discarded' }])
  t.match(await tend(), [{ state: 'discarded' }], 'and does not come back')
})

t.test('a week that nobody may speak of yet is not introduced, nor one that has begun', async (t) => {
  const { db, tend, weekId } = await world(t)
  await db.write((tx) => tx.update(weeks).set({ announcedAt: null }).where(eq(weeks.id, weekId)))
  t.same(await tend('2026-11-20T09:00:00Z'), [])
  const announcedAt = new Date('2026-11-23T09:00:00Z')
  await db.write((tx) => tx.update(weeks).set({ announcedAt }).where(eq(weeks.id, weekId)))
  t.same(await tend('2026-11-23T09:00:00Z'), [])
})

t.test('it follows the week and the template until somebody touches it', async (t) => {
  const { db, tend, weekId, reword, visitor } = await world(t)
  const [first] = await tend('2026-11-20T09:00:00Z')
  await db.write((tx) => tx.update(weeks).set({ theme: 'Breakfast' }).where(eq(weeks.id, weekId)))
  t.match((await tend())[0]!.content.parts[0]!.text, 'The theme: Breakfast')
  await reword({ introduction: '{name} is here. {hashtag}' })
  t.equal((await tend())[0]!.content.parts[0]!.text, 'Priya Nair is here. #NorthDaleWeek')
  t.same(
    (await revisionsOf(db, first!.id)).map(({ authorId }) => authorId),
    [LEAD.id, null, null],
    'who worded the template has written these words',
  )
  const helen = await visitor(LEAD.email)
  t.match(
    wordsIn((await helen.get(`/queue?draft=${first!.id}`)).body),
    'You wrote in this draft, so somebody else',
  )
  const history = await helen.get(`/drafts/${first!.id}/history`)
  t.match(wordsIn(history.body), 'A template')
  const [waiting] = await tend()
  await helen.post(`/drafts/${first!.id}`, `/drafts/${first!.id}/withdrawal`, {
    version: String(waiting!.version),
  })
  await db.write((tx) => tx.update(weeks).set({ theme: 'Lunch' }).where(eq(weeks.id, weekId)))
  t.match(await tend(), [{ state: 'writing', content: waiting!.content }], 'a lead has it in hand')
})

t.test('what speaks of a host goes with their week, also when it was approved', async (t) => {
  const { db, clock, tend, weekId, visitor } = await world(t)
  const [introduction] = await tend('2026-11-20T09:00:00Z')
  const owen = await visitor(APPROVER.email)
  const queue = await owen.get(`/queue?draft=${introduction!.id}`)
  const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(queue.body)![1]!
  await owen.post('/queue', `/drafts/${introduction!.id}/approval`, { fingerprint })
  const actor = await actorWith(db, LEAD.email, clock.now())
  const times = { now: clock.now(), machineNow: clock.machine() }
  const versionOf = async () => (await db.read.select().from(weeks).where(eq(weeks.id, weekId)))[0]!.version
  const host = aHost(MEI.name)
  await replaceHost(db, {
    weekId,
    version: await versionOf(),
    email: MEI.email,
    host,
    theme: 'Tea',
    why: '',
    invite: false,
    reason: '',
    actor,
    ...times,
  })
  t.match(await deliveriesOfDrafts(db.read, [introduction!.id]), [{ state: 'cancelled' }])
  const both = await tend()
  t.match(both.map(({ state }) => state).toSorted(), ['discarded', 'submitted'])
  t.match(
    both.find(({ state }) => state === 'submitted')!.content.parts[0]!.text,
    'in the hands of Mei Lin Chan',
  )
  await cancelWeek(db, { weekId, version: await versionOf(), reason: '', actor, ...times })
  t.match(
    (await tend()).map(({ state }) => state),
    ['discarded', 'discarded'],
  )
})

t.test('leads word the posts; a variable that there is not is told at its field', async (t) => {
  const { reword, account, tend, visitor } = await world(t)
  const wrong = await reword({ introduction: 'Hello {nmae}, and {theme}!' })
  t.equal(wrong.statusCode, 422)
  t.match(
    wordsIn(wrong.body),
    'The introduction, as a week opens: {nmae} is no variable of a post. Those that there are stand below the fields.',
  )
  t.match(wrong.body, 'Hello {nmae}, and {theme}!', 'what was typed is there')
  t.equal((await account()).postTemplates, null)
  t.equal((await reword({ introduction: '', 'sign-off': 'Bye, {name}.' })).statusCode, 303)
  t.same((await account()).postTemplates, {
    introduction: { text: '', wordedBy: LEAD.id },
    'sign-off': { text: 'Bye, {name}.', wordedBy: LEAD.id },
  })
  t.same(await tend('2026-11-20T09:00:00Z'), [], 'an empty template makes nothing')
  const owen = await visitor(APPROVER.email)
  t.match(wordsIn((await owen.get(SETTINGS)).body), 'no such post')
})

t.test(
  'a lead is told what to change by hand on X, as a week opens and when it is over, until it is done',
  async (t) => {
    const { clock, visitor, weekId, reword } = await world(t)
    const helen = await visitor(LEAD.email)
    const today = async (at?: string) => {
      if (at) clock.moveTo(new Date(at))
      return wordsIn((await helen.get('/today')).body)
    }
    const note = 'The profile of @NorthDaleHealth on X'
    const done = (change: string) => helen.post('/today', `/weeks/${weekId}/profile`, { change })
    t.notMatch(await today(), note)
    t.match(await today('2026-11-23T08:00:00Z'), note, 'from the first day on')
    t.match(
      await today(),
      'This week: Priya Nair. Each week somebody else of NorthDale Health has this account. #NorthDaleWeek',
    )
    const owen = await visitor(APPROVER.email)
    t.notMatch(wordsIn((await owen.get('/today')).body), note, 'it is the leads’ to change')
    await reword({ bio: '' })
    t.notMatch(await today(), note, 'an account may want none of it')
    await reword({ bio: `{name} ${'has it '.repeat(30)}` })
    t.match(await today(), 'X takes 160 characters; these are 220.')
    await done('to-host')
    await done('to-host')
    t.notMatch(await today(), note)
    t.match(await today('2026-11-27T18:00:00Z'), 'Priya Nair’s week is over: change picture and bio back')
    await done('back')
    t.notMatch(await today(), note)
    const record = wordsIn((await helen.get('/activity')).body)
    t.equal(record.split('changed picture and bio on X to Priya Nair').length, 2, 'once')
    t.match(record, 'changed picture and bio on X back')
  },
)

t.test('the profile is to be changed back too when its host loses the week', async (t) => {
  const { clock, visitor, weekId } = await world(t)
  const helen = await visitor(LEAD.email)
  const today = async () => wordsIn((await helen.get('/today')).body)
  clock.moveTo(new Date('2026-11-23T08:00:00Z'))
  await helen.post('/today', `/weeks/${weekId}/profile`, { change: 'to-host' })
  const page = `/weeks/${weekId}/cancellation`
  const version = /name="version" value="(\d+)"/.exec((await helen.get(page)).body)![1]!
  t.equal((await helen.post(page, page, { version, reason: '' })).statusCode, 303)
  t.match(await today(), 'Priya Nair has the account no more: change picture and bio back')
  await helen.post('/today', `/weeks/${weekId}/profile`, { change: 'back' })
  t.notMatch(await today(), 'The profile of @NorthDaleHealth on X')
})

t.test('what does not fit a post becomes a thread', async (t) => {
  const { reword, tend } = await world(t)
  await reword({ introduction: '{name} has the account this week. '.repeat(12) })
  const [introduction] = await tend('2026-11-20T09:00:00Z')
  const { parts } = introduction!.content
  t.equal(parts.length, 2)
  t.ok(parts.every(({ text }) => weightOf(text) <= 280))
})

t.test('values are filled in once, and a line that stands for nothing is left out', async (t) => {
  const nothing = Object.fromEntries(
    ['name', 'role', 'handle', 'account', 'account-name', 'days', 'theme', 'why', 'hashtag', 'week-link'].map(
      (name) => [name, ''],
    ),
  ) as Parameters<typeof fillTemplate>[1]
  const next = { 'next-name': '', 'next-role': '', 'next-days': '', 'next-theme': '' }
  const values = { ...nothing, ...next, name: '{theme} $& $1' }
  t.equal(fillTemplate('By {name}\nAbout {theme}\n\n\n\nBye', values), 'By {theme} $& $1\n\nBye')
  for (const kind of TEMPLATE_KINDS) t.equal(whyNotTemplate(DEFAULT_TEMPLATES[kind]), null, kind)
})
