import type { Account } from '../accounts/accounts.ts'
import { momentInWords } from '../calendar.ts'
import type { Actor } from '../people/person.ts'
import { isLead } from '../people/person.ts'
import type { AnswerDecision, StandardAnswer } from './answers-store.ts'
import type { CheckedWords } from '../drafts/checks/check-draft.ts'
import { findingCheck } from '../drafts/checks/finding-check.ts'
import { whyNotSendable } from './check-answer.ts'
import type { AnswerState } from './post.ts'
import { freezeAnswer, LONGEST_TITLE } from './write-answer.ts'

/** A form that was not taken as it was typed; `id` is the answer's, or that of the form for a new one. */
export interface RefusedAnswer {
  id: string
  form: 'new' | 'words' | 'approval' | 'refusal'
  typed: Record<string, string>
  fields: Record<string, string>
}

/** The account's standard answers: leads write them, and whoever decides approves each once. */
export function answersPage({
  account,
  answers,
  decisions,
  checked,
  actor,
  newId,
  refused,
  now,
}: {
  account: Account
  answers: (StandardAnswer & { writer: string })[]
  /** The newest first. */
  decisions: (AnswerDecision & { decider: string })[]
  /** What the account's checks find in each, in the order of the answers. */
  checked: CheckedWords[]
  actor: Actor
  /** For the form of a new one. */
  newId: string
  refused?: RefusedAnswer | undefined
  now: Date
}) {
  const canWrite = isLead(actor, account.id)
  const zone = account.timeZone
  const modelOf = (answer: StandardAnswer & { writer: string }, at: number) => {
    const { id, state, revision, title, text, writtenBy } = answer
    const said = decisions.find((one) => one.answerId === id && one.revision === revision)
    const mine = refused?.id === id ? refused : undefined
    const own = writtenBy === actor.personId
    const waits = state === 'submitted'
    const { findings, context } = checked[at]!
    const whyNot = whyNotSendable(account, checked[at]!)
    return {
      id: `answer-${id}`,
      title,
      text,
      tag: TAGS[state],
      history: [
        `${answer.writer} wrote it ${momentInWords(answer.writtenAt, now, zone)}.`,
        said &&
          `${said.decider} ${said.kind}${said.ownWork ? ' their own words' : ' it'} ${momentInWords(said.at, now, zone)}${said.comment ? `: “${said.comment}”` : '.'}`,
        waits && own && !account.policy.selfApproval && 'Somebody else has to approve it.',
      ]
        .filter(Boolean)
        .join(' '),
      fingerprint: freezeAnswer(answer).fingerprint,
      version: answer.version,
      checks: findings.map((finding) => findingCheck(finding, context, { mayAnswer: state !== 'retired' })),
      checkForm: `checks-of-${id}`,
      keptBack: state === 'retired' ? null : whyNot && keptBackInWords(state),
      canApprove: waits && !whyNot && (!own || account.policy.selfApproval),
      canDecline: waits,
      canRetire: canWrite && state !== 'retired',
      action: `/answers/${id}`,
      change: canWrite
        ? {
            open: mine?.form === 'words',
            ...wordFields(mine?.form === 'words' ? mine : undefined, id, { title, text }),
          }
        : null,
      refusal: {
        open: mine?.form === 'refusal',
        comment: {
          id: `comment-${id}`,
          name: 'comment',
          label: 'Why it is not to be sent',
          rows: 2,
          value: mine?.form === 'refusal' ? (mine.typed['comment'] ?? '') : '',
          error: mine?.form === 'refusal' ? mine.fields['comment'] : undefined,
        },
      },
    }
  }
  const models = answers.map((answer, at) => ({
    retired: answer.state === 'retired',
    ...modelOf(answer, at),
  }))
  const beginning = refused?.form === 'new' ? refused : undefined
  return {
    title: 'Standard answers',
    handle: `@${account.handle}`,
    settings: `/accounts/${account.id}`,
    answers: models.filter(({ retired }) => !retired),
    retired: models.filter(({ retired }) => retired),
    canWrite,
    beginning: canWrite
      ? {
          action: `/accounts/${account.id}/answers`,
          formId: beginning?.id ?? newId,
          ...wordFields(beginning, 'new', { title: '', text: '' }),
        }
      : null,
  }
}

function keptBackInWords(state: AnswerState): string {
  return state === 'approved'
    ? 'It can’t be sent: a check of the account keeps it back.'
    : 'It can be approved once what the checks found is put right or answered.'
}

const TAGS: Record<AnswerState, { state: string; label: string }> = {
  submitted: { state: 'submitted', label: 'Waits for approval' },
  approved: { state: 'approved', label: 'Approved, can be sent' },
  declined: { state: 'declined', label: 'Declined' },
  retired: { state: 'cancelled', label: 'Out of use' },
}

function wordFields(mine: RefusedAnswer | undefined, id: string, now: { title: string; text: string }) {
  const of = (name: 'title' | 'text') => ({
    id: `${name}-${id}`,
    name,
    value: mine?.typed[name] ?? now[name],
    error: mine?.fields[name],
  })
  return {
    titleField: {
      ...of('title'),
      label: 'Title',
      hint: 'What it answers. Followers don’t see it.',
      maxlength: LONGEST_TITLE,
    },
    textField: {
      ...of('text'),
      label: 'Text',
      hint: 'Goes out exactly so, without a sign-off.',
      rows: 4,
    },
  }
}
