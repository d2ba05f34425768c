import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { INVITATION_LINK, LINK_OF, MAIL_KINDS, SIGN_IN_LINK, type MailKind } from '../../src/mail/mail.ts'
import { latestMails } from '../../src/mail/store.ts'
import { MAIL_RETRY_MINUTES, queueMail, sendDueMails } from '../../src/mail/outbox.ts'
import { signInLinkMaker } from '../../src/people/sign-in.ts'
import { invitationLinkMaker } from '../../src/rota/invitations/invitations.ts'
import { testClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT, anAccount, anotherAccount, LEAD, OTHER_ACCOUNT } from '../support/story.ts'

async function anOutbox(tap: Parameters<typeof testDatabase>[0]) {
  const { db } = testDatabase(tap)
  const clock = testClock('2026-11-18T10:42:00Z')
  await anAccount(db, { now: clock.now() })
  const sent: { subject: string; text: string }[] = []
  const queue = (kind: MailKind, subject: string, text: string, accountId?: string) =>
    db.write((tx) =>
      queueMail(tx, {
        ...(accountId && { accountId }),
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

t.test('where there are several accounts, the subject of every mail about one says which', async (t) => {
  const { db, clock, sent, queue, send } = await anOutbox(t)
  const about = (kind: MailKind, subject: string, accountId = ACCOUNT) =>
    queue(kind, subject, 'Words.', accountId)
  await about('draft-approved', 'Approved: What a bed weighs')
  await send()
  t.equal(sent.pop()!.subject, 'Approved: What a bed weighs', 'of one account nobody need be told')
  await anotherAccount(db, { now: clock.now() })
  // A placeholder makes its own link, which needs the booking; its subject goes the same way.
  const kinds = MAIL_KINDS.filter((kind) => LINK_OF[kind] === undefined)
  for (const kind of kinds) await about(kind, `What ${kind} says`)
  await send()
  clock.moveMachine(1)
  await send()
  t.same(
    sent.map(({ subject }) => subject).toSorted(),
    kinds.map((kind) => `[@NorthDaleHealth] What ${kind} says`).toSorted(),
  )
  const cases: [subject: string, accountId: string, sent: string][] = [
    ['@NorthDaleHealth goes on', ACCOUNT, '@NorthDaleHealth goes on'],
    ['News of @northdalehealth', ACCOUNT, 'News of @northdalehealth'],
    ['News of @NorthDaleHealthToo', ACCOUNT, '[@NorthDaleHealth] News of @NorthDaleHealthToo'],
    ['News', OTHER_ACCOUNT, '[@SouthDale] News'],
    ['Said of @NorthDaleHealth', OTHER_ACCOUNT, '[@SouthDale] Said of @NorthDaleHealth'],
  ]
  for (const [subject, accountId, expected] of cases) {
    await about('post-news', subject, accountId)
    await send()
    t.equal(sent.at(-1)!.subject, expected, subject)
    t.equal(
      (await latestMails(db.read, 100)).some((mail) => mail.subject === expected),
      true,
      'and stands so in the record',
    )
  }
  await queue('sign-in', 'Your link to sign in', 'Words.')
  await send()
  t.equal(sent.at(-1)!.subject, 'Your link to sign in', 'which is of no account')
})

t.test('only mails that are of no account are written without one', (t) => {
  const without: string[] = sources('src').flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return [
      ...text.matchAll(/\b(?:queueMail|queueMailToStranger|gatherMail)\(tx, \{[^]*?\bkind\b[^]{0,400}/g),
    ]
      .map(([call]) => call)
      .filter((call) => !/accountId|\.\.\.common/.test(call))
      .flatMap((call) => /kind: '([\w-]+)'/.exec(call)?.[1] ?? [])
  })
  t.same(without.toSorted(), ['data-deleted', 'passkey-added', 'sign-in'])
  t.end()
})

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}
