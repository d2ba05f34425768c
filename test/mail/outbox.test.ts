import t from 'tap'
import { INVITATION_LINK, SIGN_IN_LINK, type MailKind } from '../../src/mail/mail.ts'
import { latestMails } from '../../src/mail/store.ts'
import { MAIL_RETRY_MINUTES, queueMail, sendDueMails } from '../../src/mail/outbox.ts'
import { signInLinkMaker } from '../../src/people/sign-in.ts'
import { invitationLinkMaker } from '../../src/rota/invitations/invitations.ts'
import { testClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { anAccount, LEAD } from '../support/story.ts'

async function anOutbox(tap: Parameters<typeof testDatabase>[0]) {
  const { db } = testDatabase(tap)
  const clock = testClock('2026-11-18T10:42:00Z')
  await anAccount(db, { now: clock.now() })
  const sent: { subject: string; text: string }[] = []
  const queue = (kind: MailKind, subject: string, text: string) =>
    db.write((tx) =>
      queueMail(tx, {
        kind,
        subject,
        text,
        personId: LEAD.id,
        to: LEAD.email,
        now: clock.now(),
        machineNow: clock.machine(),
      }),
    )
  const send = (take: (subject: string) => Promise<void> = async () => {}) =>
    sendDueMails(db, {
      transport: {
        send: async ({ subject, text }) => (await take(subject), void sent.push({ subject, text })),
      },
      links: {
        [SIGN_IN_LINK]: signInLinkMaker(() => 'https://week.example'),
        [INVITATION_LINK]: invitationLinkMaker(() => 'https://week.example'),
      },
      now: clock.now,
      machine: clock.machine,
    })
  const states = async () =>
    Object.fromEntries((await latestMails(db.read, 10)).map(({ subject, state }) => [subject, state]))
  return { db, clock, sent, queue, send, states }
}

t.test('words that somebody typed never become a secret link, nor stop the mail', async (t) => {
  const { sent, queue, send } = await anOutbox(t)
  const typed = `My draft: ${INVITATION_LINK} and ${SIGN_IN_LINK}`
  await queue('draft-submitted', 'A draft', typed)
  await queue('sign-in', 'A link', `Come in: ${SIGN_IN_LINK}`)
  t.equal(await send(), 2)
  t.equal(sent[0]?.text, typed)
  t.match(sent[1]?.text, /^Come in: https:\/\/week\.example\/sign-in\/\S{43}$/)
})

t.test('a mail whose link can’t be made is tried again, shown in the end, and holds up nobody', async (t) => {
  const { clock, sent, queue, send, states } = await anOutbox(t)
  await queue('invitation', 'Without its host', INVITATION_LINK)
  await queue('recap-ready', 'Behind it', 'The story is ready.')
  t.equal(await send(), 1)
  t.same(sent, [{ subject: 'Behind it', text: 'The story is ready.' }])
  for (const minutes of MAIL_RETRY_MINUTES) {
    t.match(await states(), { 'Without its host': 'queued', 'Behind it': 'sent' })
    clock.moveMachine(minutes)
    await send()
  }
  t.match(await states(), { 'Without its host': 'failed' })
})

t.test('a slow failure does not undo what another process sent meanwhile', async (t) => {
  const { clock, queue, send, states } = await anOutbox(t)
  await queue('recap-ready', 'Once', 'The story is ready.')
  await send(async () => {
    clock.moveMachine(2)
    t.equal(await send(), 1, 'the other process')
    throw new Error('the mail server fell silent')
  })
  t.match(await states(), { Once: 'sent' })
})
