import t from 'tap'
import { sendDueMails } from '../../src/mail/outbox.ts'
import { refused, desk } from '../support/publishing-desk.ts'
import { APPROVER } from '../support/story.ts'

/** A desk whose mails can be sent. */
async function mailingDesk(tap: Parameters<typeof desk>[0]) {
  const made = await desk(tap)
  const sent: { to: string; subject: string; text: string }[] = []
  const send = (meanwhile = async () => {}) =>
    sendDueMails(made.db, {
      transport: { send: async (mail) => (await meanwhile(), void sent.push(mail)) },
      links: {},
      now: made.clock.now,
      machine: made.clock.machine,
    })
  return { ...made, sent, send }
}

t.test('twelve posts that fall under one cause are one mail to each who can decide', async (t) => {
  const { clock, publisher, queue, sent, send } = await mailingDesk(t)
  const ids: string[] = []
  for (let each = 1; each <= 12; each++) {
    const { deliveries } = await queue(`Post ${each} of a day that went wrong`)
    ids.push(deliveries[0]!.id)
  }
  clock.pass(31)
  await publisher.run()
  t.equal(await send(), 0, 'it waits for more of the same')
  clock.pass(1)
  t.equal(await send(), 2)
  t.same(sent.map(({ to }) => to).toSorted(), ['helen@north.example', APPROVER.email])
  t.equal(sent[0]!.subject, '12 posts of @NorthDaleHealth are held')
  for (const [index, id] of ids.entries()) {
    t.match(sent[0]!.text, `“Post ${index + 1} of a day that went wrong”`)
    t.match(sent[0]!.text, `http://week.example/deliveries/${id}\n`)
  }
  t.equal(sent[0]!.text.split('It could not go out in time').length, 2, 'the reason is said once')
  t.match(sent[0]!.text, 'for Wednesday 18 November, 9:00 in London')
})

t.test('what another cause did is another mail, and keeps its own reasons', async (t) => {
  const { network, clock, publisher, queue, mailsTo } = await mailingDesk(t)
  for (const why of ['No reply to strangers.', 'Too many hashtags.']) {
    await queue(`Refused: ${why}`)
    network.steps.push({ publish: false, answer: refused('forbidden', why) })
  }
  await queue('No money')
  network.steps.push({ publish: false, answer: refused('credit') })
  await publisher.run()
  clock.pass(1)
  const told = await mailsTo()
  t.same(told.map(({ subject }) => subject).toSorted(), [
    '2 posts of @NorthDaleHealth did not go out',
    'A post of @NorthDaleHealth is held: no credit with X',
  ])
  const text = told.find(({ subject }) => subject.startsWith('2'))!.text
  t.match(text, /Refused: No reply to strangers[^]*X said: “No reply to strangers\.”\nhttp/)
  t.match(text, /Refused: Too many hashtags[^]*X said: “Too many hashtags\.”\nhttp/)
})

t.test('a mail that is being sent is not written into; the next one gathers for longer', async (t) => {
  const { network, clock, publisher, queue, sent, mailsTo, send } = await mailingDesk(t)
  const refuse = async (text: string) => {
    await queue(text)
    network.steps.push({ publish: false, answer: refused('forbidden') })
    await publisher.run()
  }
  await refuse('One')
  clock.pass(1)
  let during = false
  await send(async () => {
    if (!during) {
      during = true
      await refuse('Two')
    }
  })
  t.same(
    sent.map(({ subject }) => subject).toSorted(),
    ['2 posts of @NorthDaleHealth did not go out', 'A post of @NorthDaleHealth did not go out'],
    'the mail that had not been taken yet tells of both',
  )
  await refuse('Three')
  clock.pass(10)
  t.equal(await send(), 0, 'not a mail a minute')
  clock.pass(6)
  t.equal(await send(), 2)
  t.same(
    (await mailsTo()).map(({ subject }) => subject),
    ['A post of @NorthDaleHealth did not go out', '2 posts of @NorthDaleHealth did not go out'],
  )
})

t.test(
  'credit that is used up anew is told anew, though nobody dealt with what the last time made late',
  async (t) => {
    const { network, clock, publisher, queue, state, sent, send } = await mailingDesk(t)
    const withoutCredit = async (text: string) => {
      await queue(text)
      network.steps.push({ publish: false, answer: refused('credit') })
      await publisher.run()
      clock.pass(1)
      await send()
    }
    await withoutCredit('In January')
    t.equal(sent.length, 2)
    clock.pass(40)
    await queue('Topped up')
    await publisher.run()
    t.same((await state()).split(' ').toSorted(), ['late', 'posted'])
    clock.pass(120)
    await send()
    await withoutCredit('In March')
    t.match(sent.at(-1), { subject: 'A post of @NorthDaleHealth is held', text: /“In March”/ })
  },
)
