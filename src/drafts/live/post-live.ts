import { isDeepStrictEqual } from 'node:util'
import { record } from '../../activity/record.ts'
import type { Database } from '../../db/database.ts'
import { Conflict, NotAllowed, NotFound } from '../../errors.ts'
import { hostingOf, type Actor } from '../../people/person.ts'
import { openWindowAt } from '../../rota/live-window.ts'
import { liveWindowsOf } from '../../rota/live-windows.ts'
import { checkContent } from '../check-content.ts'
import { checkDraft, whyChecksRefuse, type SeenFinding } from '../checks/check-draft.ts'
import { decideByPolicy } from '../policy/decide-by-policy.ts'
import { wantsEyes } from '../policy/policy-ground.ts'
import type { DraftImage } from '../draft.ts'
import { believedPress, liveRuling, liveTiming, whyNotLive, withHashtag, type LiveRuling } from './live.ts'
import { mailPostedLive } from './live-mails.ts'
import { about } from '../on-record.ts'
import { findDraft, insertDraft, insertRevision, type Draft } from '../store.ts'
import { findWritingPlace, missingImages, refuse } from '../write-draft.ts'

export interface LivePress {
  /** Made with the form, or on the phone: sent twice, it posts once. */
  id: string
  weekId: string
  text: string
  images: DraftImage[]
  /** The hashtag of the event, else of the account, is put at its end. */
  hashtag: boolean
  /** When the button was pressed, where that was before it arrived. Product time. */
  pressedAt: Date | null
  actor: Actor
  now: Date
  machineNow: Date
  publicUrl: string
}

export interface PostedLive {
  draft: Draft
  ruling: LiveRuling
  /** The policy decided it; null when it waits for people. */
  decided: { dueAt: Date; held: boolean } | null
  /** What the account’s checks found in it. */
  findings: SeenFinding[]
}

/**
 * Posts from an event: writes and submits a draft with one press, and lets the account's policy for live posts decide it. That
 * holds for the week's host, and for what was pressed while a live window was open; anything else waits for people like any
 * other draft, and so does what looks as if it should not go out.
 * @throws Refused by the editor's fields; NotAllowed with the reason; Conflict when the id is known with other words, or it
 *   could not be told apart from something on its way.
 */
export async function postLive(db: Database, press: LivePress): Promise<PostedLive> {
  const { id, weekId, actor, now } = press
  return db.write(async (tx) => {
    const known = await findDraft(tx, id)
    if (known) return postedBefore(known, press)
    const { account, slot, signOff } = await findWritingPlace(tx, actor, { weekId })
    const hosting = hostingOf(actor, weekId)
    const whyNot = whyNotLive(hosting?.powers)
    if (whyNot) throw new NotAllowed(whyNot)
    const windows = await liveWindowsOf(tx, weekId)
    const pressedAt = believedPress(press.pressedAt, now)
    const open = openWindowAt(windows, pressedAt)
    const hashtag = press.hashtag ? open?.event.hashtag || account.hashtag : ''
    const content = { parts: [{ text: withHashtag(press.text, hashtag), images: press.images }] }
    const { findings } = await checkDraft(
      tx,
      { id, accountId: account.id, weekId, content, wishedAt: null, replyTo: null },
      now,
    )
    refuse({
      // What may be answered instead of put right is for who approves it: at an event nobody has the time.
      ...whyChecksRefuse(findings.filter(({ level }) => level === 'never')),
      ...checkContent({ parts: [{ ...content.parts[0]!, text: press.text }] }, signOff),
      ...checkContent(content, signOff),
      ...(await missingImages(tx, content.parts, account.id)),
    })
    const ruling = liveRuling(windows, {
      pressedAt,
      policy: account.policy,
      advised: wantsEyes(findings),
    })
    await insertDraft(tx, {
      id,
      accountId: account.id,
      weekId,
      slot,
      authorId: actor.personId,
      weekHostId: hosting!.weekHostId,
      state: 'submitted',
      revision: 1,
      content,
      signOff,
      submittedAt: now,
      pressedAt,
      createdAt: now,
      changedAt: now,
      changedBy: actor.personId,
    })
    await insertRevision(tx, { draftId: id, number: 1, content, authorId: actor.personId, at: now })
    const draft = (await findDraft(tx, id))!
    await record(tx, {
      ...about(draft, { live: ruling !== 'ordinary', pressedAt: pressedAt.toISOString() }),
      kind: 'draft.submitted',
      personId: actor.personId,
      at: now,
    })
    const decided =
      ruling === 'at-once' || ruling === 'delay'
        ? await decideByPolicy(tx, draft, {
            ground: 'live',
            now,
            ...liveTiming(ruling, { pressedAt, now, policy: account.policy }),
          })
        : null
    // What goes at once asks nobody; unless something kept it from going, and it waits for people after all.
    if (!decided || ruling !== 'at-once')
      await mailPostedLive(tx, draft, { account, ...press, findings, dueAt: decided?.dueAt ?? null })
    return { draft: decided?.draft ?? draft, ruling, decided, findings }
  })
}

/** The same press again: an answer was lost on the way. Anything else under that id is another one. */
function postedBefore(draft: Draft, { actor, weekId, text, images, hashtag }: LivePress): PostedLive {
  if (draft.authorId !== actor.personId || draft.weekId !== weekId) throw new NotFound()
  const [part] = draft.content.parts
  const same =
    draft.content.parts.length === 1 &&
    isDeepStrictEqual(part!.images, images) &&
    (hashtag ? part!.text.startsWith(text.trim()) : part!.text === text.trim())
  if (!same && draft.revision === 1)
    throw new Conflict('This was posted already, and what you sent now reads differently.')
  return { draft, ruling: 'ordinary', decided: null, findings: [] }
}
