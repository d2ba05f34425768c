import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Account } from '../../accounts/accounts.ts'
import { templateOf, type PostValues, type TemplateKind } from '../../accounts/post-templates.ts'
import { activityOfDraft } from '../../activity/activities.ts'
import { record } from '../../activity/record.ts'
import type { Reader, Writer } from '../../db/database.ts'
import { queueMail } from '../../mail/outbox.ts'
import { decidersAt, whyYou } from '../../people/people.ts'
import { cancelWaiting, deliveriesOfDrafts } from '../../publishing/deliveries.ts'
import { hostsAfter, type Week } from '../../rota/weeks.ts'
import { quoteOf } from '../decision-mails.ts'
import { insertDecision, lastDecision } from '../decisions-store.ts'
import type { DraftContent } from '../draft.ts'
import { about } from '../on-record.ts'
import { changeDraft, insertRevision, type Draft } from '../store.ts'

interface Standing {
  account: Account
  kind: TemplateKind
  week: Week
  /** What its variables stand for at this moment. */
  values: PostValues
  /** What the template says now; null where it says nothing. */
  content: DraftContent | null
  now: Date
  machineNow: Date
  /** Without a slash at its end; for the mail's link. */
  publicUrl: string
}

/**
 * Step: what was approved and is not true any more does not go out. It is back in the queue, in the template's words of now
 * where nobody had worded it anew, and those who decide are told why. What has begun to go out stays.
 */
export async function setBackStale(tx: Writer, draft: Draft, standing: Standing): Promise<void> {
  if (draft.state !== 'approved') return
  const deliveries = (await deliveriesOfDrafts(tx, [draft.id])).filter(({ state }) => state !== 'cancelled')
  if (deliveries.length === 0 || !deliveries.every(({ state }) => state === 'waiting' || state === 'held'))
    return
  const reworded = (await activityOfDraft(tx, draft.id)).some(
    ({ kind, personId }) => kind === 'draft.changed' && personId !== null,
  )
  const why = await whyStale(tx, draft, { ...standing, reworded })
  if (why === null) return
  const { account, kind, content, now } = standing
  await cancelWaiting(tx, { draftId: draft.id }, { personId: null, now })
  const isNew = !reworded && content !== null && !isDeepStrictEqual(content, draft.content)
  const anew = isNew ? { content, revision: draft.revision + 1 } : {}
  const waiting = (await changeDraft(
    tx,
    { id: draft.id, version: draft.version, from: ['approved'] },
    {
      ...anew,
      state: 'submitted',
      submittedAt: now,
      changedAt: now,
      changedBy: reworded ? draft.changedBy : null,
    },
  ))!
  if (isNew) {
    const { wordedBy } = templateOf(account, kind)
    await insertRevision(tx, {
      draftId: draft.id,
      number: waiting.revision,
      content,
      authorId: wordedBy,
      at: now,
    })
  }
  const decision = (await lastDecision(tx, draft.id))!
  const stopped = { id: randomUUID(), kind: 'stopped', personId: null, comment: why, at: now } as const
  await insertDecision(tx, { ...decision, ...stopped })
  await record(tx, { ...about(draft, { cause: 'facts' }), kind: 'draft.stopped', personId: null, at: now })
  await tellDeciders(tx, waiting, { ...standing, why, reworded })
}

/** Why words that were approved are not true any more; null where nothing speaks against them. */
async function whyStale(
  read: Reader,
  { content }: Draft,
  { account, kind, week, values, reworded }: Standing & { reworded: boolean },
): Promise<string | null> {
  const said = plain(content.parts.map(({ text }) => text).join(' '))
  const says = (words: string) => words.trim() === '' || said.includes(plain(words))
  for (const { host, week: theirs } of await hostsAfter(read, account.id, week.opensAt)) {
    if (!says(host.name) || host.name === values.name || host.name === values['next-name']) continue
    const stands = theirs.state !== 'cancelled' && theirs.announcedAt && !host.endedAt && !host.declinedAt
    if (stands && reworded) continue
    const instead = values['next-name'] ? `${values['next-name']} is.` : 'who comes next is open.'
    return `It names ${host.name}, who is not the next host any more: ${instead}`
  }
  if (reworded) return null
  const { text } = templateOf(account, kind)
  const missing = (name: keyof PostValues) => text.includes(`{${name}}`) && !says(values[name])
  if (missing('name')) return `The host is ${values.name} by now.`
  if (missing('theme')) return `The theme is “${values.theme}” by now.`
  if (missing('days')) return `The week is ${values.days} by now.`
  const namesNext = values['next-name'] !== '' && says(values['next-name'])
  if (namesNext && missing('next-days')) return `The next week is ${values['next-days']} by now.`
  if (namesNext && missing('next-theme')) return `The next week’s theme is “${values['next-theme']}” by now.`
  return null
}

/** Where a thread was cut, and how lines are broken, says nothing. */
function plain(words: string): string {
  return words.replaceAll(/\s+/g, ' ').trim()
}

async function tellDeciders(
  tx: Writer,
  draft: Draft,
  { account, why, reworded, now, machineNow, publicUrl }: Standing & { why: string; reworded: boolean },
): Promise<void> {
  const words = reworded
    ? 'Somebody had worded it, so it was left as it is: change it before you approve it again.'
    : 'It says what is true now:'
  for (const decider of await decidersAt(tx, account.id, now))
    await queueMail(tx, {
      accountId: account.id,
      personId: decider.person.id,
      kind: 'draft-submitted',
      to: decider.person.email,
      subject: `Approved, and not true any more: please look again at a post of @${account.handle}`,
      text: `Hello ${decider.person.name},

A post of @${account.handle} was approved and waited to go out. ${why} So it does not go out, and is back in the queue. ${words}

${quoteOf(draft)}

${publicUrl}/queue?draft=${draft.id}
${whyYou(decider)}`,
      now,
      machineNow,
    })
}
