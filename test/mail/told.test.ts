import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { markByHand } from '../../src/mail/addresses.ts'
import { findPersonByEmail } from '../../src/people/people.ts'
import { addStandby, standbysOf } from '../../src/rota/planner/standby.ts'
import { PUBLIC_URL, testApp, type Visitor } from '../support/app.ts'
import { actorWith, aWeek, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

/** Priya has a week, and Mei is on standby; mail to Mei comes back, and to whoever else is marked. */
async function world(t: Test) {
  const made = await testApp(t)
  const { db, clock } = made
  const now = clock.now()
  await anAccount(db, { now })
  const weekId = await aWeek(db, now, { accepted: true })
  const actor = await actorWith(db, LEAD.email, now)
  const on = {
    accountId: ACCOUNT,
    job: 'Dietitian',
    organisation: '',
    note: '',
    actor,
    publicUrl: PUBLIC_URL,
  }
  await addStandby(db, { id: randomUUID(), ...MEI, ...on, now, machineNow: clock.machine() })
  await sentMails(db, clock)
  const mark = async (address: string) => {
    const { id: personId } = (await findPersonByEmail(db.read, address))!
    await db.write((tx) =>
      markByHand(tx, { personId, address, words: '', by: LEAD.id, accountId: ACCOUNT, now: clock.now() }),
    )
  }
  await mark(MEI.email)
  const standbyId = async () => (await standbysOf(db.read, ACCOUNT))[0]!.id
  return { ...made, weekId, mark, standbyId, helen: await made.visitor(LEAD.email) }
}

const read = async (visitor: Visitor, url: string) => (await visitor.get(url)).body.replaceAll(/\s+/g, ' ')
const versionIn = (body: string) => /name="version" value="(\d+)"/.exec(body)![1]!

t.test('who is called in and gets no mail is not said to be told', async (t) => {
  const { db, clock, weekId, mark, helen } = await world(t)
  await mark(APPROVER.email)
  const page = `/weeks/${weekId}/drop-out`
  const form = await read(helen, page)
  t.match(form, 'Told by mail: Priya Nair. Mail to Owen Price comes back: ring them.')
  t.match(form, /<b>Mei Lin Chan<\/b> .*?Mail comes back.*?Ring them too\..*?Call in Mei Lin Chan/)
  const instead = /value="(standby-[^"]+)"/.exec(form)![1]!
  await helen.post(page, page, { version: versionIn(form), reason: '', instead })
  t.match(
    await read(helen, `/weeks/${weekId}`),
    'Told by mail: Priya Nair. Mail to Mei Lin Chan and Owen Price comes back: ring them.',
  )
  t.same(
    (await sentMails(db, clock)).map(({ to }) => to),
    [PRIYA.email],
    'and so it is',
  )
})

t.test('nobody is said to be told where mail reaches none of them', async (t) => {
  const { weekId, mark, helen } = await world(t)
  await mark(APPROVER.email)
  await mark(PRIYA.email)
  const page = `/weeks/${weekId}/drop-out`
  const form = await read(helen, page)
  t.match(form, 'Mail to Priya Nair and Owen Price comes back: ring them.')
  t.notMatch(form, 'Told by mail')
  await helen.post(page, page, { version: versionIn(form), reason: '', instead: 'cancel' })
  const said = await read(helen, `/weeks/${weekId}`)
  t.match(said, 'Mail to Priya Nair and Owen Price comes back: ring them.')
  t.notMatch(said, 'Told by mail')
})

t.test('an invitation that waits is not said to be on its way', async (t) => {
  const { weekId, mark, helen, standbyId } = await world(t)
  const waits = 'Mail to Mei Lin Chan comes back, so the invitation waits: correct the address.'
  const who = { name: 'Mei Lin Chan', email: MEI.email }

  await mark(PRIYA.email)
  const page = `/weeks/${weekId}/replacement`
  const form = await read(helen, page)
  t.match(form, 'can’t sign in for this week any more. Mail to them comes back: ring them.')
  t.notMatch(form, 'reads it in the mail')
  t.notMatch(await read(helen, `/weeks/${weekId}/cancellation`), 'told by mail')
  await helen.post(page, page, { ...who, version: versionIn(form), do: 'invite' })
  const replaced = await read(helen, `/weeks/${weekId}`)
  t.match(replaced, `Mei Lin Chan has the week now. ${waits}`)
  t.notMatch(replaced, 'gets the invitation by mail')

  const several = '/rota/several'
  const rows = {
    id: randomUUID(),
    do: 'invite',
    'name.2026-12-14': who.name,
    'email.2026-12-14': who.email,
  }
  await helen.post(several, several, rows)
  t.match(await read(helen, '/rota'), `Booked: one week. ${waits}`)
  const more = {
    id: randomUUID(),
    do: 'invite',
    'name.2026-12-21': who.name,
    'email.2026-12-21': who.email,
    'name.2026-12-28': 'Tom Garside',
    'email.2026-12-28': 'tom@north.example',
  }
  await helen.post(several, several, more)
  t.match(
    await read(helen, '/rota'),
    `Booked: two weeks, and every other host gets an invitation by mail. ${waits}`,
  )

  const list = '/rota/standby'
  const calling = { id: randomUUID(), slot: '2027-01-04', standby: await standbyId() }
  await helen.post(list, '/rota/call-in', calling)
  t.match(
    await read(helen, `/weeks/${calling.id}`),
    `Mei Lin Chan is called in for 4 to 8 January 2027. ${waits} The week is theirs once they accept.`,
  )
  const priya = { id: randomUUID(), name: 'Priya Nair', email: PRIYA.email }
  await helen.post(list, list, priya)
  t.match(
    await read(helen, list),
    'Priya Nair can be called in now. Mail to Priya Nair comes back: ring them.',
  )
})
