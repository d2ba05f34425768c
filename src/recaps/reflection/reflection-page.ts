import { machineReadable, momentInWords, timeInWords } from '../../calendar.ts'
import type { CheckedTexts } from '../../drafts/checks/check-texts.ts'
import { findingCheck } from '../../drafts/checks/finding-check.ts'
import { whyNotApprove } from '../../drafts/decision.ts'
import { mayDecide, type Actor } from '../../people/person.ts'
import { weekInWords } from '../../rota/pages.ts'
import { renderMarkdown } from '../../web/markdown.ts'
import { freezeReflection, reflectionFingerprint } from './decide-reflection.ts'
import { answersOf, type ReflectionPlace } from './reflect.ts'
import {
  answered,
  OPEN_REFLECTIONS,
  reflectionText,
  type Answer,
  type FrozenReflection,
} from './reflection.ts'
import type { ReflectionDecision } from './reflections-store.ts'
import type { ReflectionState } from '../recap.ts'

/** What came with a form that could not be taken. */
export interface RefusedReflection {
  answers?: Answer[]
  comment?: string
  errors: Record<string, string>
  /** Somebody was faster. */
  conflict?: string
}

const TAGS: Record<ReflectionState, { state: string; label: string }> = {
  writing: { state: 'writing', label: 'Being written' },
  submitted: { state: 'submitted', label: 'Waits for a decision' },
  'changes-requested': { state: 'changes-requested', label: 'Changes asked for' },
  approved: { state: 'approved', label: 'Approved' },
  declined: { state: 'declined', label: 'Declined' },
}

const DID: Record<ReflectionDecision['kind'], string> = {
  approved: 'approved it',
  'changes-requested': 'asked for changes',
  declined: 'declined it',
}

/** The host writes; who decides reads exactly what comes into the story; everybody else of the week reads along. */
export function reflectionPage(
  place: ReflectionPlace,
  {
    decisions,
    checked,
    actor,
    now,
    refused = { errors: {} },
    fresh,
  }: {
    decisions: ReflectionDecision[]
    /** Of what is kept. */
    checked: CheckedTexts
    actor: Actor
    now: Date
    refused?: RefusedReflection | undefined
    /** It shows what is kept, not what was typed. */
    fresh: boolean
  },
) {
  const { account, week, host, reflection, isHost } = place
  const moment = { zone: account.timeZone, now }
  const self = `/weeks/${week.id}/reflection`
  const state = reflection?.state ?? 'writing'
  const begun = now >= week.opensAt
  const writes = isHost && begun && OPEN_REFLECTIONS.includes(state)
  const decides = mayDecide(actor, account.id) && reflection?.state === 'submitted'
  const [last] = decisions
  return {
    title: isHost ? 'Look back on your week' : `${host.name} looks back`,
    week: { href: `/weeks/${week.id}`, name: weekInWords(week, host, moment).title },
    recap: `/weeks/${week.id}/recap`,
    tag: reflection ? TAGS[state] : null,
    self,
    lead: leadOf({
      isHost,
      begun,
      state: reflection?.state ?? null,
      inStory: !!reflection?.approved,
      name: host.name,
    }),
    conflict: refused.conflict ?? null,
    said: last && {
      who: last.personName,
      did: DID[last.kind],
      comment: last.comment,
      time: { iso: machineReadable(last.at), label: momentInWords(last.at, now, moment.zone) },
    },
    form: writes
      ? {
          ...formOf(place, refused),
          fresh,
          submission: `${self}/submission`,
          checks: checksOf(checked, { week, questions: (refused.answers ?? answersOf(place)).length }),
          personId: actor.personId,
          shelf: `reflection-${host.id}`,
          kept:
            reflection && state === 'writing'
              ? `Saved ${timeInWords(reflection.changedAt, moment.zone)}.`
              : '',
        }
      : null,
    reading: writes ? null : readingOf(place, last),
    standing:
      reflection?.approved && state !== 'approved'
        ? { html: renderMarkdown(reflectionText(reflection.approved)) }
        : null,
    withdraw:
      isHost && state === 'submitted' ? { action: `${self}/withdrawal`, version: reflection!.version } : null,
    decide: decides ? { ...decideOf(place, actor, refused), checks: checksOf(checked, null) } : null,
  }
}

/** Behind the questions comes what the host aimed for, on a page of its own. */
function checksOf(
  { findings, context }: CheckedTexts,
  writing: { week: { id: string }; questions: number } | null,
) {
  const linkTo = (at: number) =>
    writing && {
      link:
        at < writing.questions
          ? { href: `#answer-${at + 1}-text`, label: 'Go there' }
          : { href: `/weeks/${writing.week.id}/aims`, label: 'Go to what you aimed for' },
    }
  return findings.flatMap((found, at) =>
    found.map((finding) => findingCheck(finding, context, { mayAnswer: writing !== null, ...linkTo(at) })),
  )
}

/** What was handed in. Of what a host works on, others read what was decided last: the rest is theirs until they hand it in. */
function readingOf({ host, reflection }: ReflectionPlace, last: ReflectionDecision | undefined) {
  if (!reflection || reflection.state === 'writing') return null
  const decided = reflection.state === 'changes-requested' && last
  const { answers } = decided ? (JSON.parse(decided.frozen) as FrozenReflection) : reflection
  return { writer: host.name, html: renderMarkdown(reflectionText(answers)) }
}

function leadOf({
  isHost,
  begun,
  state,
  inStory,
  name,
}: {
  isHost: boolean
  begun: boolean
  state: ReflectionState | null
  inStory: boolean
  name: string
}): string {
  if (!begun) return 'When the week has begun, its host looks back here.'
  if (!isHost) {
    if (state === 'submitted')
      return `This is what ${name} says of the week. What you approve comes into the recap.`
    if (state === 'approved') return 'It stands in the recap, as it was approved.'
    return `${name} has not handed anything in${inStory ? ' since' : ''}.`
  }
  if (state === 'submitted')
    return 'The team reads it, and you get a mail. Take it back should you want to change it.'
  if (state === 'approved')
    return 'It stands in the recap. What you change is read by the team again; until then the recap keeps what was approved.'
  return 'Answer what you like, and leave out the rest. It becomes a part of the recap when the team has read it.'
}

function formOf(place: ReflectionPlace, { answers, errors }: RefusedReflection) {
  const shown = answers ?? answersOf(place)
  return {
    version: place.reflection?.version ?? 0,
    questions: shown.map(({ question, text }, at) => {
      const name = `answer-${at + 1}`
      return {
        questionName: `${name}-question`,
        question,
        field: {
          id: `${name}-text`,
          name: `${name}-text`,
          label: question,
          value: text,
          rows: Math.min(14, Math.max(4, 2 + Math.floor(text.length / 60))),
          error: errors[`${name}-text`],
        },
      }
    }),
  }
}

function decideOf(place: ReflectionPlace, actor: Actor, { comment = '', errors }: RefusedReflection) {
  const { account, host, week, reflection } = place
  const ownWork = host.personId === actor.personId
  const self = `/weeks/${week.id}/reflection`
  return {
    fingerprint: reflectionFingerprint(freezeReflection(place, reflection!)),
    whyNot: whyNotApprove({ ownWork, selfApproval: account.policy.selfApproval }),
    none: answered(reflection!.answers).length === 0,
    approval: `${self}/approval`,
    changeRequest: `${self}/change-request`,
    refusal: `${self}/refusal`,
    comment: {
      id: 'comment',
      name: 'comment',
      label: `Say something to ${host.name}`,
      hint: 'Needed when you ask for changes or decline.',
      value: comment,
      error: errors['comment'],
    },
  }
}
