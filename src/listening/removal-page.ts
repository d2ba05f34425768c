import { findAccount, findConnection } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { findDraft, writerToTell } from '../drafts/drafts.ts'
import { asPosted } from '../drafts/pages.ts'
import { findImages } from '../images/images.ts'
import type { Actor } from '../people/person.ts'
import type { Delivery } from '../publishing/deliveries.ts'
import { removalOf, type Removal, type RemovalScope } from '../publishing/delivery.ts'
import { deliveryInWords } from '../publishing/pages.ts'
import { asSeen, findToTakeDown } from '../publishing/removals.ts'
import { LONGEST_REASON } from './take-down.ts'
import { capital, inLetters, partName } from '../words.ts'

/** What was chosen and typed, and what is wrong with it. */
export interface RefusedRemoval {
  scope: string | undefined
  reason: string
  fields: Record<string, string>
}

/** Says what taking a post down will do, before anybody does it. @throws NotFound, NotAllowed */
export async function removalPage(
  read: Reader,
  { deliveryId, actor, now, typed }: { deliveryId: string; actor: Actor; now: Date; typed: RefusedRemoval },
) {
  const { delivery, parts } = await findToTakeDown(read, { deliveryId, actor })
  const account = (await findAccount(read, delivery.accountId))!
  const draft = (await findDraft(read, delivery.draftId))!
  const writer = draft.authorId === actor.personId ? undefined : await writerToTell(read, draft)
  const { state, label } = deliveryInWords(delivery, { now, zone: account.timeZone })
  const { position } = delivery
  const part = removalOf(parts, { position, scope: 'part' })
  const thread = removalOf(parts, { position, scope: 'thread' })
  const isThread = delivery.parts > 1
  // Two choices only where they differ: where one part stands by itself, they don’t.
  const mayChoose = part.goes.length > 0 && part.goes.length < thread.goes.length
  const chosen = mayChoose ? (scopeOf(typed.scope) ?? 'part') : 'thread'
  const images = thread.goes.flatMap(({ payload }) => payload.images.map(({ hash }) => hash))
  return {
    title: mayChoose ? 'Take the thread down' : isThread ? 'Take down what stands' : 'Take it down',
    heading: mayChoose
      ? 'Take it down, or the whole thread?'
      : isThread
        ? 'Take down what stands?'
        : 'Take it down?',
    href: `/deliveries/${deliveryId}`,
    action: `/deliveries/${deliveryId}/removal`,
    tag: { state, label },
    part: isThread ? capital(partName(position, delivery.parts)) : null,
    whyNot: thread.refusal,
    seen: asSeen(parts),
    post: asPosted({
      account,
      parts: thread.goes.map(({ payload }) => payload),
      signOff: '',
      answering: null,
      images: await findImages(read, images),
    }),
    goesTitle: thread.goes.length > 1 ? 'What stands on the account' : 'What goes',
    onlyScope: isThread ? null : 'part',
    scope: isThread && {
      id: 'scope',
      name: 'scope',
      legend: 'What goes?',
      type: 'radio',
      required: true,
      error: typed.fields['scope'],
      choices: [
        ...(mayChoose
          ? [
              {
                value: 'part',
                label: `Only ${partName(position)}.`,
                note: effectInWords(part),
                checked: chosen === 'part',
              },
            ]
          : []),
        {
          value: 'thread',
          label: 'All of the thread that stands.',
          note: effectInWords(thread),
          checked: chosen === 'thread',
        },
      ],
    },
    consequences: consequencesOf({
      thread,
      isThread,
      handle: account.handle,
      connected: (await findConnection(read, account.id))?.state === 'connected',
      writer: writer?.name,
      parts,
    }),
    reason: {
      id: 'reason',
      name: 'reason',
      label: 'Why?',
      hint: writer
        ? `${writer.name} reads it, and it stays on the record.`
        : 'It stays on the record, for the desk.',
      value: typed.reason,
      error: typed.fields['reason'],
      required: true,
      maxlength: LONGEST_REASON,
    },
  }
}

function scopeOf(typed: string | undefined): RemovalScope | null {
  return typed === 'part' || typed === 'thread' ? typed : null
}

/** "Three parts go. One that has not gone out is cancelled. Two stay on the account." */
function effectInWords({ goes, cancelled, stays }: Removal<Delivery>): string {
  return [
    goes.length === 1 ? 'One part goes.' : `${capital(inLetters(goes.length))} parts go.`,
    cancelled.length === 1 && 'One that has not gone out is cancelled.',
    cancelled.length > 1 && `${capital(inLetters(cancelled.length))} that have not gone out are cancelled.`,
    stays.length === 1 && 'One stays on the account.',
    stays.length > 1 && `${capital(inLetters(stays.length))} stay on the account.`,
  ]
    .filter(Boolean)
    .join(' ')
}

function consequencesOf({
  thread,
  isThread,
  handle,
  connected,
  writer,
  parts,
}: {
  thread: Removal<Delivery>
  isThread: boolean
  handle: string
  connected: boolean
  writer: string | undefined
  parts: Delivery[]
}): string[] {
  const unsure = parts.filter(({ state }) => state === 'abandoned')
  return [
    'It leaves our own pages at once: the week’s page, the account’s page and the recap.',
    `${connected ? 'Then it is deleted on X' : `On X it stands until a lead has connected @${handle} again; then it is deleted`}${isThread && thread.goes.length > 1 ? ', the last part first' : ''}, also while the brake is on. Nobody can bring it back there.`,
    ...(writer ? [`${writer} is told by mail, with your reason.`] : []),
    ...unsure.map(
      ({ position }) =>
        `Nobody knows whether ${partName(position)} stands there. Please look at @${handle} on X yourself.`,
    ),
    'What it said, its pictures, who wrote it and who approved it stay on the record.',
  ]
}
