import type { Decided } from '../decide-several.ts'
import type { VerdictKind } from '../draft.ts'
import { firstWords } from '../first-words.ts'
import { openItem, pagerOf } from './queue-pages.ts'
import type { Together } from './queue.ts'
import { capital, inLetters } from '../../words.ts'

/** What was chosen and typed, and what is wrong with it, when the form comes back. */
export interface TogetherForm {
  chosen?: string[]
  comment?: string
  errors?: Record<string, string>
  /** Of a press that went through for some. */
  decided?: { kind: VerdictKind; all: Decided[] }
}

/** The model of `queue/together`: every draft of a page of the queue, to be read, chosen and decided with one press. */
export function togetherPage(
  { account, drafts, count, page }: Together,
  {
    actorId,
    sandbox,
    now,
    form: { chosen = [], comment = '', errors = {}, decided } = {},
  }: { actorId: string; sandbox: boolean; now: Date; form?: TogetherForm },
) {
  const moment = { zone: account.timeZone, now }
  const whyNot = new Map(decided?.all.map((one) => [one.draftId, one.whyNot]))
  const items = drafts.map((open) => ({
    ...openItem(open, { actorId, sandbox, moment }),
    chosen: chosen.includes(open.draft.id),
    error: whyNot.get(open.draft.id) ?? null,
  }))
  return {
    title: 'Decide several together',
    lead:
      count === 0
        ? 'Nothing waits for a decision.'
        : 'Read, choose, and decide what you chose with one press. Each is decided as it stands here: what somebody changed meanwhile is left out, and said.',
    items,
    comment,
    commentError: errors['comment'],
    chooseError: errors['draft'],
    pager: pagerOf(count, page, '/queue/together'),
    start: { href: '/queue', label: 'To the queue' },
    summary: summaryOf(errors, decided, drafts),
  }
}

function summaryOf(
  errors: Record<string, string>,
  decided: TogetherForm['decided'],
  drafts: Together['drafts'],
) {
  const failed = decided?.all.filter(({ whyNot }) => whyNot !== null) ?? []
  if (decided && failed.length > 0) {
    const here = new Map(drafts.map(({ draft }) => [draft.id, draft]))
    return {
      title: `${severalInWords(decided.kind, decided.all.length - failed.length)} ${notDecided(failed.length)}`,
      errors: failed.map(({ draftId, whyNot }) => {
        const draft = here.get(draftId)
        return {
          id: draft ? `draft-${draftId}` : null,
          message: draft ? `“${firstWords(draft.content)}”: ${whyNot}` : whyNot!,
        }
      }),
    }
  }
  const wrong = Object.entries(errors)
  if (wrong.length === 0) return null
  return {
    title: 'One thing to put right',
    errors: wrong.map(([id, message]) => ({ id: id === 'draft' ? null : id, message })),
  }
}

function notDecided(count: number): string {
  return count === 1 ? 'One was not decided.' : `${capital(inLetters(count))} were not decided.`
}

const BECAME: Record<VerdictKind, [one: string, several: string]> = {
  approved: ['is approved', 'are approved'],
  'changes-requested': ['is given back', 'are given back'],
  declined: ['is declined', 'are declined'],
}

/** "Three are approved." */
export function severalInWords(kind: VerdictKind, count: number): string {
  const [one, several] = BECAME[kind]
  return `${capital(inLetters(count))} ${count === 1 ? one : several}.`
}
