import type { Account } from '../accounts/accounts.ts'
import { addDays, dayInWords, dayOf, momentInWords } from '../calendar.ts'
import type { NamedHelp } from './help-store.ts'
import type { Post } from './store.ts'
import { EVIDENCE_KEPT_DAYS } from './tend-help.ts'
import { directionOf, initialsOf } from './words.ts'

/** A request for help as the desk sees it: who asked, the copy of what was written, and what became of it. */
export function helpPage(
  help: NamedHelp,
  {
    account,
    post,
    now,
    sandbox,
    typed,
  }: {
    account: Account
    /** As it is on the network now. */
    post: Post | undefined
    now: Date
    sandbox: boolean
    typed?: { word: string; fields: Record<string, string> }
  },
) {
  const zone = account.timeZone
  const moment = (at: Date) => ({ iso: at.toISOString(), label: momentInWords(at, now, zone) })
  const { evidence, state } = help
  const who = evidence ? evidence.name || `@${evidence.handle}` : null
  return {
    title: who ? `Help with a reply from ${who}` : 'Help with a reply',
    tag: HELP_TAGS[state],
    asked: { who: help.asker, time: moment(help.askedAt), note: help.note || null },
    taken: help.taker && help.takenAt ? { who: help.taker, time: moment(help.takenAt) } : null,
    closed:
      help.closer && help.closedAt
        ? { who: help.closer, time: moment(help.closedAt), word: help.word }
        : null,
    conversation: help.weekId
      ? `/weeks/${help.weekId}/conversation${post && !post.removedAt && !post.hiddenAt ? `#reply-${post.networkId}` : ''}`
      : null,
    copy: evidence && {
      portrait: { initials: initialsOf(who!) },
      name: evidence.name || evidence.handle,
      handle: `@${evidence.handle}`,
      networkId: evidence.authorNetworkId,
      time: moment(new Date(evidence.createdAt)),
      words: [{ text: evidence.text }],
      lang: evidence.lang,
      dir: directionOf(evidence.lang),
      pictures: evidence.pictures.map(({ url, alt }) => ({
        // A sandbox's people are made up, and so are their pictures' addresses.
        url: sandbox ? null : url,
        address: url ?? 'X gave no address',
        alt: alt || 'not described',
      })),
      permalink: evidence.permalink,
      permalinkHref: sandbox ? null : evidence.permalink,
    },
    gone: post?.removedAt ? `They deleted it on X; seen ${momentInWords(post.removedAt, now, zone)}.` : null,
    kept: evidence
      ? help.closedAt
        ? `This copy is kept until ${dayInWords(addDays(dayOf(help.closedAt, zone), EVIDENCE_KEPT_DAYS))}, for the desk only.`
        : `This copy is kept for the desk only, and for ${EVIDENCE_KEPT_DAYS} days after you close this.`
      : `The copy of what was written was kept for ${EVIDENCE_KEPT_DAYS} days, and is deleted.`,
    canTake: state === 'open',
    canClose: state !== 'closed',
    take: `/help/${help.id}/look`,
    close: `/help/${help.id}/closing`,
    word: {
      id: 'word',
      name: 'word',
      label: `A word back to ${help.asker}`,
      hint: 'What you did, and what they can do now. They get it by mail, and it stands in the conversation.',
      value: typed?.word ?? '',
      error: typed?.fields['word'],
    },
  }
}

export const HELP_TAGS = {
  open: { state: 'submitted', label: 'Help is asked' },
  looking: { state: 'held', label: 'Being looked at' },
  closed: { state: 'closed', label: 'Closed' },
}

/** What a request says beside the reply in the conversation. */
export function helpLine(
  help: NamedHelp,
  { now, zone, practising = false }: { now: Date; zone: string; practising?: boolean },
) {
  const { state, taker, takenAt, closer, closedAt, askedAt, asker, word } = help
  const at = (instant: Date) => momentInWords(instant, now, zone)
  if (state === 'closed')
    return { tag: HELP_TAGS.closed, text: `${closer ?? 'Somebody'}, ${at(closedAt!)}: “${word}”` }
  const text =
    state === 'looking'
      ? `${taker ?? 'Somebody'} has it since ${at(takenAt!)}, with a copy. You don’t have to answer.`
      : practising
        ? `You asked for help ${at(askedAt)}. In your week the team is told at once; here nobody is. You don’t have to answer.`
        : `${asker} asked for help ${at(askedAt)}. The team was told at once, and has a copy. You don’t have to answer.`
  return { tag: HELP_TAGS[state], text }
}
